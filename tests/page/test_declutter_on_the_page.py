"""Which groups could go, on the page: the search of the command, and what people see of it."""

import csv
import io
import json
import math
import re
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect
from tests.browsing import picture

import cgsim
from cgsim.answer import clutter, record
from cgsim.answer.catalogue import word
from cgsim.experiment import declutter as decluttering
from cgsim.experiment.declutter import declutter, order_of
from cgsim.experiment.landscapes import (
    Close,
    Founders,
    Merge,
    changed,
    in_order_of_names,
    natural,
)
from cgsim.page.tables import MOST_GROUPS, tables
from cgsim.page.ties import ties_of

from .conftest import make
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
            if key != "its_joint_met":  # the page does not live the arm together once more for it
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
    page = settled(visit("#case=worth", file=landscapes))
    page.get_by_role("link", name="Declutter", exact=True).click()
    sought(page)
    now, alone, path, rests = said(found)
    assert now in shown(page, ROOM).replace("?", "")
    assert alone in shown(page, ALONE)
    assert path in shown(page, PATH)
    assert rests in shown(page, PATH)
    rows = region(page, ALONE).get_by_role("listitem")
    _, told = clutter.groups_table(found)
    assert rows.count() == len(told)
    for row, (name, points, interval, freed, own, others, like) in zip(rows.all(), told, strict=True):
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
    expect(page.get_by_role("note")).to_contain_text(f"closed: {worst}")
    settled(page)
    assert f'steps=[["{worst}"]]' in unquote(page.evaluate("location.hash")).replace("+", " ")
    ordered = in_order_of_names(LANDSCAPES["worth"])
    place = [p.name for p in ordered.partnerships].index(worst)
    nobody = Founders(np.zeros((1, 5, 24), bool), np.zeros((5, 6), bool))
    closed = changed(LANDSCAPES["worth"], [Close(place)], nobody)
    answer = cgsim.run(closed.rename("t") if False else closed, RUNS, SEED).answer()
    gain = cgsim.answer.formats.signed(answer.values[0].value)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("note")).to_have_count(0)
    page.get_by_role("button", name="Redo").click()
    expect(page.get_by_role("note")).to_contain_text(f"closed: {worst}")
    page.get_by_role("link", name="Declutter", exact=True).click()
    # Nothing is lived again, and that group is closed already.
    expect(page.get_by_text(lived)).to_be_visible()
    expect(rows.first.get_by_role("button")).to_be_disabled()
    page.get_by_role("button", name=word("live_declutter.all_back")).click()
    expect(rows.first.get_by_role("button")).to_be_enabled()
