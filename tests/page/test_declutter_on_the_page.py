"""Which groups could go, on the page: the search of the command, and what people see of it."""

import json
import math
import re
import shutil
import subprocess
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote, unquote_plus
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import expect
from tests.browsing import picture

import cgsim
from cgsim.advice import declutter as decluttering
from cgsim.advice.declutter import declutter, order_of
from cgsim.advice.landscapes import (
    Close,
    Founders,
    Merge,
    changed,
    in_order_of_names,
    natural,
)
from cgsim.answer import clutter, record
from cgsim.answer.catalogue import word
from cgsim.page import one_file
from cgsim.page.contents import answered
from cgsim.page.tables import MOST_GROUPS, tables
from cgsim.page.ties import ties_of
from cgsim.scenario.parameters import NEVER

from .looking import SEED, WAIT, plain, settled

NODE = shutil.which("node")
in_node = pytest.mark.skipif(NODE is None, reason="Node is missing")
HERE = Path(__file__).parent
PACKAGE = Path(cgsim.__file__).parent
RUNS = 12

TOWN = """
title = "Groups of one town"
extends = "baseline"
[world]
agencies = 14
objectives = 4
months = 36
[[agency]]
name = "Council"
[[agency]]
name = "Health board"
[[agency]]
name = "Police"
"""
GROUPS = """
[[partnership]]
name = "Task group 10"
size = 5
focus = ["objective 1", "objective 2"]
recruit = "random"
[[partnership]]
name = "Task group 9"
size = 5
focus = ["objective 1", "objective 2"]
recruit = "random"
start = 6
[[partnership]]
name = "Board"
members = ["Council", "Health board", "Police"]
lead = "Council"
focus = ["objective 3"]
[[partnership]]
name = "board of few"
members = ["Council", "Health board"]
focus = ["objective 3", "objective 4"]
meetings = 0.5
[[partnership]]
name = "Late"
size = 4
focus = 1
start = 40
"""
CHANGES = """
[[change]]
month = 12
set = { meetings = 3, ambient = 0.2 }
[[change]]
month = 20
partnership = ["Board", "Task group 9"]
set = { last = 30 }
[[change]]
month = 24
partnership = "Board"
set = { focus = ["objective 1", "objective 3"] }
"""
PAID = """
[[partnership]]
name = "Everybody"
recruit = "all"
focus = 2
fund = 200
start = 3
"""
TIES = """
[[partnership]]
count = 3
name = "Circle {n}"
size = { from = 3, to = 6 }
focus = 2
recruit = "ties"
start = { from = 2, to = 8 }
"""
WORTH = """
title = "Groups of another town"
extends = "baseline"
[world]
agencies = 24
objectives = 6
[[partnership]]
name = "Board"
size = 8
focus = ["objective 1", "objective 2"]
[[partnership]]
name = "Health and care"
size = 6
focus = ["objective 3", "objective 4"]
[[partnership]]
count = 3
name = "Task group {n}"
size = { from = 4, to = 6 }
focus = ["objective 1", "objective 5"]
recruit = "random"
start = { from = 12, to = 18 }
"""


def town(*parts):
    return cgsim.loads(TOWN + "".join(parts), file="town.toml")


LANDSCAPES = {
    "many ways": town(GROUPS),
    "changes": town(GROUPS, CHANGES),
    "money": town(GROUPS, PAID),
    "ties": town(TIES),
    "worth": cgsim.loads(WORTH, file="worth.toml"),
    "cluttered": cgsim.load("cluttered"),
}


def told(scenario):
    return {"scenario": scenario.to_dict(), **ties_of(scenario)}


def javascript(folder, work):
    job = folder / "job.json"
    job.write_text(json.dumps({"package": str(PACKAGE), "tables": tables(), "work": work}))
    made = subprocess.run(
        [NODE, HERE / "declutter_in_node.mjs", job], capture_output=True, text=True, timeout=400
    )
    assert made.returncode == 0, made.stderr
    return json.loads(made.stdout)


@pytest.fixture(scope="module")
def searched(tmp_path_factory):
    """What JavaScript makes of each landscape; the first is left on the way and gone on with."""
    cases = [
        {**told(scenario), "seed": 2**40 + 1 if place else SEED, "runs": RUNS}
        for place, scenario in enumerate(LANDSCAPES.values())
    ]
    cases[0]["leave"] = 300
    found = javascript(tmp_path_factory.mktemp("searched"), {"searched": cases})["searched"]
    return dict(zip(LANDSCAPES, found, strict=True))


def alike(one, other, where=""):
    """Hold what JavaScript found to be what Python's record says, to nine digits."""
    if isinstance(other, dict):
        assert isinstance(one, dict), where
        for key in other:
            alike(one[key], other[key], f"{where}.{key}")
    elif isinstance(other, list):
        assert len(one) == len(other), where
        for place, (a, b) in enumerate(zip(one, other, strict=True)):
            alike(a, b, f"{where}[{place}]")
    elif isinstance(other, float) and isinstance(one, int | float):
        assert math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12), (where, one, other)
    else:
        assert one == other, where


@in_node
@pytest.mark.parametrize("name", LANDSCAPES)
def test_the_page_finds_what_the_command_finds_in_the_same_words(searched, name):
    mine = searched[name]
    scenario = LANDSCAPES[name]
    seed = SEED if name == "many ways" else 2**40 + 1
    found = declutter(scenario, replicates=RUNS, seed=seed, workers=2)
    theirs = json.loads(json.dumps(record.plain(decluttering.record(found))))
    for key in ("now", "groups", "merges", "path", "order", "overlaps", "statements"):
        alike(mine[key], theirs[key], key)
    for mine_table, (_, rows) in zip(
        mine["tables"], (clutter.groups_table(found), clutter.path_table(found)), strict=True
    ):
        assert mine_table[1:] == rows
    assert (mine["refused"] is None) == (found.refused is None)
    if found.refused:
        assert tuple(mine["refused"]["words"]) == found.refused.words
    assert mine["stages"][-1] == "done"


@in_node
def test_landscapes_are_of_many_kinds(searched):
    """What is compared above has closings and merges, steps that are refused, and many ways."""
    kinds = {row["change"] for one in searched.values() for row in one["path"]}
    assert kinds == {"close", "merge"}
    assert searched["worth"]["refused"]
    assert {row["without"] > 0 for row in searched["worth"]["groups"]} == {True, False}
    assert any(not row["without"] for one in searched.values() for row in one["groups"])
    assert sum(len(one["merges"]) for one in searched.values()) > 10


@in_node
def test_a_search_that_was_left_goes_on_where_it_was(searched, tmp_path):
    scenario = LANDSCAPES["many ways"]
    (whole,) = javascript(tmp_path, {"searched": [{**told(scenario), "seed": SEED, "runs": RUNS}]})[
        "searched"
    ]
    left = searched["many ways"]
    assert len(left["stages"]) == 2
    assert left["path"] == whole["path"]
    # All but what was under way when it was left is lived once.
    assert whole["lived"] < left["lived"] < 1.5 * whole["lived"]


def seam(overlaps, order):
    return sum(overlaps[a, b] for a, b in pairwise(order))


def drawn_overlaps(count):
    rng = np.random.default_rng(11)
    made = [np.zeros((n, n)) for n in (0, 1, 2, 5)]
    for _ in range(count):
        groups = int(rng.integers(2, 31))
        flags = rng.random((6, groups, 40)) < rng.uniform(0.05, 0.4)
        agendas = rng.random((groups, 6)) < 0.35
        made.append(Founders(flags, agendas).overlaps())
    return made


@in_node
def test_the_map_has_the_same_order_everywhere(tmp_path):
    all_of_them = drawn_overlaps(60)
    orders = javascript(tmp_path, {"orders": [one.tolist() for one in all_of_them]})["orders"]
    assert orders == [order_of(one) for one in all_of_them]


def test_neighbours_on_the_map_overlap_as_much_as_in_the_best_order_of_a_library():
    """Average linkage with SciPy's best order of leaves, which the page has not got."""
    from scipy.cluster import hierarchy
    from scipy.spatial.distance import squareform

    shares = []
    for overlaps in drawn_overlaps(60):
        order = order_of(overlaps)
        assert sorted(order) == list(range(len(overlaps)))
        if len(overlaps) < 3 or not overlaps.any():
            continue
        apart = 1.0 - overlaps
        np.fill_diagonal(apart, 0.0)
        tree = hierarchy.linkage(squareform(apart), "average", optimal_ordering=True)
        shares.append(seam(overlaps, order) / seam(overlaps, hierarchy.leaves_list(tree)))
    assert np.mean(shares) > 0.99
    assert min(shares) > 0.8


@in_node
def test_names_stand_in_the_same_order_everywhere(tmp_path):
    names = ["Group 10", "Group 9", "group 1", "", "9", "09", "1²", "²", "Ärzte", "Group", "z", "￿"]
    names += ["\U0001f600", "a1b2", "a1b10", "a01b2", "a" + "9" * 30, "a" + "8" * 31, "٣", "٢"]
    ordered = javascript(tmp_path, {"names": [names]})["names"][0]
    assert [natural(name) for name in ordered] == [
        natural(name) for name in sorted(names, key=natural)
    ]
    assert ordered.index("Group 9") < ordered.index("Group 10")


@in_node
def test_a_landscape_after_some_steps_is_the_scenario_that_the_command_makes(tmp_path):
    scenario = in_order_of_names(town(GROUPS, PAID, CHANGES))
    names = [p.name for p in scenario.partnerships]
    assert names[:2] == ["Board", "Everybody"]
    flags = np.zeros((1, len(names), 14), bool)
    flags[:, :, :7] = True
    founders = Founders(flags, np.zeros((len(names), 4), bool))
    few, late = names.index("board of few"), names.index("Late")
    nine = names.index("Task group 9")
    paths = [
        [Close(0)],
        [Merge(0, few)],
        [Merge(0, 1), Close(late)],
        [Merge(0, nine), Merge(nine + 1, 0)],
        [Merge(nine, nine + 1), Close(nine), Close(0), Close(1)],
    ]
    cases = [{**told(scenario), "steps": steps, "together": 7} for steps in paths]
    made = javascript(tmp_path, {"changed": cases})["changed"]
    for steps, mine in zip(paths, made, strict=True):
        theirs = changed(scenario, steps, founders)
        loaded = cgsim.Scenario.from_dict(mine, scenario.name)
        for one, other in zip(loaded.partnerships, theirs.partnerships, strict=True):
            assert one.levers == other.levers
            assert (one.name, one.recruit, one.members, one.lead, one.focus) == (
                other.name,
                other.recruit,
                other.members,
                other.lead,
                other.focus,
            )
            assert one.recruit == "all" or one.size == other.size
        for lever in ("meetings", "last"):
            assert held(loaded, lever) == held(theirs, lever)
        assert [c.set["ambient"] for c in loaded.changes if "ambient" in c.set] == [0.2]


def held(scenario, lever):
    """Return which groups a lever is changed of, by month."""
    return {
        (change.month, number): change.set[lever]
        for change in scenario.changes
        if lever in change.set
        for number in change.partnerships
    }


ROOM = word("live_declutter.title")
ALONE, MAP, PATH = (word(f"live_declutter.{name}") for name in ("alone", "map", "path"))
MANY = 'title = "Too many"\nextends = "baseline"\n[world]\nagencies = 14\nmonths = 24\n' + (
    f'[[partnership]]\ncount = {MOST_GROUPS + 1}\nname = "Group {{n}}"\nsize = 3\nfocus = 1\n'
)


@pytest.fixture(scope="module")
def landscapes(tmp_path_factory):
    """A page with landscapes, one partnership, and a landscape of too many groups."""
    scenarios = [LANDSCAPES["worth"], cgsim.load("baseline"), cgsim.loads(MANY, file="many.toml")]
    text = one_file.page_of(answered(scenarios, SEED, RUNS))
    file = tmp_path_factory.mktemp("landscapes") / "page.html"
    file.write_text(text, "utf-8")
    return file


@pytest.fixture(scope="module")
def found():
    """What the command finds of the first of them."""
    return declutter(LANDSCAPES["worth"], replicates=RUNS, seed=SEED, workers=2)


def region(page, name):
    return page.get_by_role("region", name=name)


def shown(page, name):
    return plain(region(page, name).inner_text())


def sought(page, stage="done"):
    page.wait_for_selector(f"[data-declutter={stage}]", timeout=WAIT)
    return page


def said(found):
    """Return what the command says, by paragraph, as the page writes it."""
    return [" ".join(s.text for s in some) for some in clutter.paragraphs(found)]


def test_a_policy_officer_asks_which_groups_could_go(visit, landscapes, found):
    """She sees what the command says, opens the landscape without a group, and comes back."""
    page = visit("#room=start", file=landscapes)
    page.locator(".task").filter(has_text=word("live_start.declutter")).click()
    assert page.evaluate("location.hash") == "#case=worth&room=declutter"
    sought(page)
    now, alone, path, rests = said(found)
    assert now in shown(page, ROOM).replace("?", "")
    assert alone in shown(page, ALONE)
    assert path in shown(page, PATH)
    assert rests in shown(page, PATH)
    rows = region(page, ALONE).get_by_role("listitem")
    _, told = clutter.groups_table(found)
    assert rows.count() == len(told)
    for row, (name, points, interval, freed, own, others, like) in zip(
        rows.all(), told, strict=True
    ):
        text = plain(row.inner_text())
        assert text.startswith(name)
        assert points in text
        assert f"{interval} points" in text
        for hours in (f"freed {freed} hours", f"own work {own},", f"joint work {others}."):
            assert hours in text
        assert like in text
    steps = region(page, PATH).get_by_role("listitem")
    _, told = clutter.path_table(found)
    assert steps.count() == len(told) > 0
    for step, (number, change, gain, gained, whole, so_far, left) in zip(
        steps.all(), told, strict=True
    ):
        text = plain(step.inner_text())
        assert text.startswith(f"{number}. {change}")
        for part in (f"{gain} ({gained})", f"So far {so_far} points", f"Groups left: {left}."):
            assert part in text
        assert f"\n{whole}\n" in text
    picture(page, "page-declutter-1280")
    lived = page.get_by_text(re.compile("runs lived$")).inner_text()
    worst = clutter.groups_table(found)[1][0][0]
    page.get_by_role("button", name=word("live_declutter.open_without", group=worst)).click()
    expect(page.get_by_role("note").last).to_contain_text(f"closed: {worst}.")
    assert f'steps=[["{worst}"]]' in unquote_plus(page.evaluate("location.hash"))
    settled(page)
    expect(region(page, "The answer").first).to_contain_text(first_of_answer_without(worst))
    picture(page, "page-declutter-opened-1280")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text(f"closed: {worst}.")).to_have_count(0)
    page.get_by_role("button", name="Redo").click()
    expect(page.get_by_text(f"closed: {worst}.")).to_be_visible()
    page.get_by_role("link", name="Declutter", exact=True).click()
    # Nothing is lived again, and that group is closed already.
    expect(page.get_by_text(lived)).to_be_visible()
    expect(rows.first.get_by_role("button")).to_be_disabled()
    page.get_by_role("button", name=word("live_declutter.all_back")).click()
    expect(rows.first.get_by_role("button")).to_be_enabled()


def closed_in_worth(*names):
    """Return the landscape as the page writes it down without some groups."""
    scenario = LANDSCAPES["worth"]
    places = [[p.name for p in scenario.partnerships].index(name) for name in names]
    nobody = Founders(np.zeros((1, 5, 24), bool), np.zeros((5, 6), bool))
    made = changed(scenario, [Close(place) for place in places], nobody)
    return replace(made, title=f"{made.title} (changed)")


def first_of_answer_without(name):
    text = cgsim.run(closed_in_worth(name), RUNS, SEED).answer().headline[0].text
    return text.split(", ", 1)[0]  # what comes after has marks for words that can be asked for


def test_the_landscape_after_a_step_is_opened_and_its_file_gives_the_same_numbers(
    visit, landscapes, found
):
    page = sought(visit("#case=worth&room=declutter", file=landscapes))
    step = len(found.steps)
    assert any(isinstance(taken.step, Merge) for taken in found.steps)
    page.get_by_role("button", name=word("live_declutter.open_after", step=step)).click()
    page.get_by_role("link", name="Take away").click()
    settled(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Scenario (.toml)").click()
    scenario = cgsim.loads(download.value.path().read_text("utf-8"), file="worth-changed.toml")
    never = [p.name for p in scenario.partnerships if p.levers["start"] == NEVER]
    assert sorted(never) == sorted(taken.words[-1] for taken in found.steps)
    text = cgsim.run(scenario, RUNS, SEED).answer().headline[0].text
    expect(region(page, "A paragraph to paste")).to_contain_text(text.replace(" %", "\u00a0%"))
    assert "cgsim run worth-changed.toml" in page.locator("footer").inner_text()
    page.get_by_role("link", name="Declutter", exact=True).click()
    assert "cgsim declutter worth.toml --replicates 12 --seed 1" in page.inner_text("footer")
    last = region(page, PATH).get_by_role("listitem").last
    expect(last.get_by_role("button")).to_have_text(word("live_declutter.is_open"))


def test_what_is_taken_away_is_what_the_command_writes(visit, landscapes, found):
    page = sought(visit("#case=worth&room=declutter", file=landscapes))
    order = [found.names[place] for place in found.order]
    overlaps = pd.DataFrame(found.overlaps[np.ix_(found.order, found.order)], columns=order)
    overlaps.insert(0, "group", order)
    tables_of = {
        "groups": found.groups,
        "merges": found.merges,
        "path": found.path,
        "overlaps": overlaps,
    }
    for part, theirs in tables_of.items():
        with page.expect_download() as download:
            page.get_by_role("button", name=word(f"live_declutter.file_{part}")).click()
        assert download.value.suggested_filename == f"worth-{part}.csv"
        mine = pd.read_csv(download.value.path(), encoding="utf-8-sig")
        pd.testing.assert_frame_equal(mine, theirs, check_dtype=False, rtol=1e-9, atol=1e-12)
    for part, name in (("alone", ALONE), ("overlaps", MAP), ("path", PATH)):
        drawing = page.locator(".drawing", has=region(page, name))
        with page.expect_download() as download:
            drawing.get_by_role("button", name="SVG").click()
        assert download.value.suggested_filename == f"worth-{part}.svg"
        texts = " ".join(ElementTree.parse(download.value.path()).getroot().itertext())
        told = {w for taken in found.steps for w in taken.words} if part == "path" else found.names
        for group in told:
            assert group in texts
        assert "12 runs, seed 1" in texts


def test_on_a_phone_the_map_stays_text_that_can_be_read(visit, landscapes, found):
    page = sought(visit("#case=worth&room=declutter", 390, 844, file=landscapes))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    smallest = page.evaluate(
        """() => Math.min(...[...document.querySelectorAll('main *')]
          .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
          .map((e) => parseFloat(getComputedStyle(e).fontSize)))"""
    )
    assert smallest >= 13
    drawing = region(page, MAP).get_by_role("img")
    rows = drawing.locator(":scope > g > text").all_text_contents()
    assert [row.removesuffix("…") for row in rows] == [
        found.names[place][: len(row.removesuffix("…"))]
        for row, place in zip(rows, found.order, strict=True)
    ]
    box = drawing.bounding_box()
    assert box["x"] + box["width"] <= 390
    pairs = region(page, MAP).get_by_text(word("live_declutter.pairs"))
    pairs.click()
    first = region(page, MAP).locator("tbody tr").first
    most = np.unravel_index(found.overlaps.argmax(), found.overlaps.shape)
    told = [found.names[place] for place in most] + [f"{100 * found.overlaps.max():.0f}"]
    assert first.locator("td").all_inner_texts() == told
    picture(page, "page-declutter-390")


def test_the_search_is_stopped_and_gone_on_with_by_keyboard(visit, landscapes):
    page = visit("#case=worth&room=declutter", file=landscapes)
    stop = page.get_by_role("button", name=word("live_declutter.stop"), exact=True)
    stop.focus()
    page.keyboard.press("Enter")
    status = region(page, ROOM).get_by_role("status")
    expect(status).to_have_text(word("live_declutter.stage_stopped"))
    before = page.locator("[data-declutter]").get_attribute("data-declutter")
    page.wait_for_timeout(500)
    assert page.locator("[data-declutter]").get_attribute("data-declutter") == before != "done"
    expect(page.get_by_role("button", name=word("live_declutter.go_on"))).to_be_focused()
    page.keyboard.press("Enter")
    sought(page)
    expect(status).to_have_text(word("live_declutter.stage_done"))
    # From there to a group, and into the landscape without it.
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText") == word("live_declutter.open"):
            break
    page.keyboard.press("Enter")
    expect(
        page.get_by_text(re.compile("^Not the landscape as it was given; closed: "))
    ).to_be_visible()
    expect(page.locator("#room")).to_be_focused()


def test_the_search_waits_while_another_room_is_open(visit, landscapes):
    page = sought(visit("#case=worth&room=declutter", file=landscapes), "each")
    page.get_by_role("link", name="The answer", exact=True).click()
    settled(page, "done")
    page.get_by_role("link", name="Declutter", exact=True).click()
    sought(page)


def test_axe_finds_nothing_in_the_room(visit, landscapes):
    from axe_playwright_python.sync_playwright import Axe

    page = sought(visit("#case=worth&room=declutter", file=landscapes))
    page.evaluate("() => document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found = [
            (v["id"], [n["html"][:160] for n in v["nodes"]][:3])
            for v in Axe().run(page).response["violations"]
            if v["impact"] != "minor"
        ]
        assert found == []
    picture(page, "page-declutter-dark")


def test_the_room_is_there_for_two_groups_or_more_and_sends_large_landscapes_to_the_command(
    visit, landscapes
):
    page = visit("#case=baseline", file=landscapes, behind=True)
    expect(page.get_by_role("link", name="Compare", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Declutter", exact=True)).to_have_count(0)
    page = visit("#case=baseline&room=declutter", file=landscapes, behind=True)
    expect(region(page, ROOM)).to_contain_text(word("live_declutter.one"))
    page = visit("#case=many&room=declutter", file=landscapes, behind=True)
    counts = {"groups": MOST_GROUPS + 1, "most": MOST_GROUPS}
    expect(region(page, ROOM)).to_contain_text(word("live_declutter.many", **counts))
    expect(region(page, ROOM)).to_contain_text("cgsim declutter many.toml")


def test_what_is_set_for_all_groups_begins_none_that_is_closed(visit, landscapes):
    steps = quote(json.dumps([["Board"]]))
    page = visit(f"#case=worth&room=take&set.start=3&steps={steps}", file=landscapes)
    settled(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Scenario (.toml)").click()
    scenario = cgsim.loads(download.value.path().read_text("utf-8"))
    starts = {p.name: p.levers["start"] for p in scenario.partnerships}
    assert starts.pop("Board") == NEVER
    assert set(starts.values()) == {3.0}


@pytest.mark.parametrize(
    ("steps", "why"),
    [
        ('[["Nobody"]]', '"Nobody" is no partnership of this scenario'),
        ('[["Board"],["Board"]]', '"Board" is closed already'),
        ('[["Board","Board",7]]', '"Board" cannot be merged with itself'),
        ('[["Board","Health and care"]]', "got no members; allowed a whole number from 2 to 24"),
        ('[["Board","Health and care",25]]', "got 25 members; allowed a whole number from 2"),
        ('{"Board":1}', "got what is no list of groups that are closed or merged"),
    ],
)
def test_an_address_with_steps_that_cannot_be_is_refused_in_one_line(visit, landscapes, steps, why):
    page = visit(f"#case=worth&steps={quote(steps)}", file=landscapes, behind=True)
    expect(page.get_by_role("alert")).to_contain_text(f"steps: {why}")
    assert "steps" not in page.evaluate("document.querySelector('.head').innerText")
