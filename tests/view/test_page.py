"""The page, used as a person would: clicks, keys, sliders, files, links."""

import re

import pandas as pd
import pytest

import cgsim
from cgsim.view.ensemble import headline
from cgsim.view.recording import record

from .conftest import picture

pytest.importorskip("playwright")
from playwright.sync_api import expect


def answer(page):
    return page.get_by_role("region", name="The answer")


def whole_answer(page):
    """Return the answer once its last sentence, which takes longest, stands there too."""
    expect(answer(page)).to_contain_text("Nine of ten runs lie between")
    return answer(page).inner_text()


def open_file(page, path):
    page.get_by_text("Open a scenario file of your own").click()
    page.get_by_label("A file that ends in .toml").set_input_files(path)


def month(page):
    return page.get_by_label("Month", exact=True)


def test_what_the_page_says_is_what_the_engine_says(visit):
    page = visit("?v=1&s=inertia&seed=5")
    results = cgsim.run("inertia", replicates=500, seed=5)
    first = headline(results)
    expect(answer(page)).to_contain_text(first)
    expect(page.get_by_role("row", name=re.compile("collaborative gain"))).to_contain_text(
        cgsim.answer.formats.percent(results.estimate("gain").value)
    )
    scenario = cgsim.load("inertia")
    seen = record(scenario, 5, 0)
    model = cgsim.PartnershipModel(scenario, seed_number=5, replicate=0)
    model.run_model()
    assert (seen.column("met") == model.column("met")).all()
    last = seen.months - 1
    expect(page.locator("svg.lines")).to_have_attribute(
        "aria-label",
        f"Need met in month {last + 1}: {seen.column('met')[last]:.0f} units together, "
        f"{seen.column('met', 'alone')[last]:.0f} alone.",
    )


def test_the_clock_plays_pauses_steps_and_runs_back(visit):
    page = visit()
    page.get_by_role("button", name="Reset").click()
    expect(page.get_by_text("month 1 (year 1)")).to_be_visible()
    page.get_by_role("button", name="Step", exact=True).click()
    expect(page.get_by_text("month 2 (year 1)")).to_be_visible()
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_text(re.compile("month 1[0-9]"))).to_be_visible()
    page.get_by_role("button", name="Pause").click()
    month(page).fill("30")
    expect(page.get_by_text("month 31 (year 3)")).to_be_visible()
    expect(page.locator("svg.network")).to_have_attribute(
        "aria-label", re.compile("8 of 20 agencies are in a partnership in month 31")
    )
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_text("month 30 (year 3)")).to_be_visible()
    page.get_by_role("heading", name="Together against alone").click()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_text("month 29 (year 3)")).to_be_visible()


def test_an_agency_tells_its_story_when_it_is_clicked_or_chosen(visit):
    page = visit()
    page.locator('svg.network [data-agency="2"]').hover()
    expect(page.locator(".tip")).to_contain_text("It leads Partnership of eight")
    picture(page, "tip-1280")
    page.locator('svg.network [data-agency="2"]').click()
    story = page.locator(".agency-story")
    expect(story).to_contain_text("It leads Partnership of eight")
    page.get_by_label("Follow an agency").select_option("3")
    expect(story).to_contain_text("agency 4 has")
    expect(story).to_contain_text("is in no partnership")
    picture(page, "watch-1280")


def test_moving_a_lever_shows_other_results_and_a_command_that_gives_them(visit):
    page = visit()
    before = whole_answer(page)
    slider = page.get_by_label("Members", exact=True)
    slider.fill("14")
    expect(answer(page)).not_to_have_text(before)
    expect(page.get_by_text("Changed: Members 14.")).to_be_visible()
    results = cgsim.run("baseline", replicates=500, seed=1, set=["size=14"])
    expect(answer(page)).to_contain_text(headline(results))
    page.get_by_text("Take it away").click()
    expect(
        page.get_by_text("cgsim run baseline --replicates 500 --seed 1 --set size=14")
    ).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(answer(page)).to_have_text(before)


def test_two_scenarios_stand_side_by_side_on_one_clock_and_one_luck(visit):
    page = visit(width=1920, height=1080)
    page.get_by_role("button", name="Compare").click()
    page.get_by_label("Scenario", exact=True).nth(1).select_option("inertia")
    expect(page.locator("svg.network")).to_have_count(2)
    expect(answer(page).get_by_text(re.compile("In 500 runs"))).to_have_count(2)
    page.get_by_role("button", name="Add a scenario").click()
    expect(page.locator("svg.network")).to_have_count(3)
    month(page).fill("20")
    for place in range(3):
        expect(page.locator("svg.lines").nth(place)).to_have_attribute(
            "aria-label", re.compile("^Need met in month 21")
        )
    expect(answer(page).get_by_text(re.compile("In 500 runs"))).to_have_count(3)
    expect(page.locator("svg.waterfall")).to_have_count(3)
    picture(page, "compare-1920")
    first, second = (cgsim.run(name, replicates=500, seed=1) for name in ("baseline", "inertia"))
    beyond = cgsim.answer.compare.beyond_statement("B", "A", second, first).text
    expect(answer(page).get_by_text(beyond)).to_be_visible()
    expect(page.get_by_role("table")).to_have_count(1)
    gain = page.get_by_role("row", name=re.compile("collaborative gain")).get_by_role("cell")
    assert [cell.split(" (")[0] for cell in gain.all_inner_texts()] == [
        cgsim.answer.formats.percent(results.estimate("gain").value)
        for results in (first, second, second)
    ]
    page.get_by_role("button", name="Watch").click()
    expect(page.locator("svg.network")).to_have_count(1)
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("svg.network")).to_have_count(3)


@pytest.mark.parametrize(("width", "least"), [(1280, 380), (1920, 400)])
def test_three_scenarios_stand_beside_each_other_large_enough_to_read(visit, width, least):
    page = visit("?v=1&s=baseline&s=inertia&s=korsakoff&mode=compare", width=width)
    expect(page.locator("svg.waterfall")).to_have_count(3)
    for kind in ("network", "lines", "ledger", "spread", "waterfall"):
        boxes = [page.locator(f"svg.{kind}").nth(place).bounding_box() for place in range(3)]
        assert len({round(box["y"]) for box in boxes}) == 1 or kind == "waterfall"
        assert boxes[0]["x"] < boxes[1]["x"] < boxes[2]["x"]
        assert min(box["width"] for box in boxes) >= least
    picture(page, f"compare-three-{width}")


def test_whoever_reloads_the_page_comes_back_to_what_was_chosen(visit):
    page = visit()
    page.get_by_label("Meetings", exact=True).fill("2")
    expect(page.get_by_text("Changed: Meetings 2.")).to_be_visible()
    page.get_by_role("button", name="Teach").click()
    page.wait_for_url("**mode=teach")
    page.reload()
    expect(page.get_by_role("button", name="Show the controls")).to_be_visible()
    page.get_by_role("button", name="Watch").click()
    expect(page.get_by_text("Changed: Meetings 2.")).to_be_visible()


def test_one_run_is_told_to_be_one_of_many(visit):
    page = visit("?v=1&s=korsakoff&seed=3&replicate=7")
    runs = cgsim.run("korsakoff", replicates=500, seed=3).replicates
    gain, over = runs.gain[7], runs.gain_over_equal_money[7]
    told = f"One run of many (run 7 of seed 3). In it, working together met {100 * over:.1f} %"
    expect(page.get_by_text(told)).to_be_visible()
    expect(page.locator("svg.spread")).to_have_attribute(
        "aria-label", re.compile(f"The run shown: {100 * gain:.1f} %")
    )
    expect(page.locator("svg.spread .watched")).to_be_visible()


LARGE = """title = "A large county"
[world]
agencies = 60
months = 240
[[partnership]]
size = 10
[[partnership]]
size = 10
"""


def test_the_command_gives_as_many_runs_as_the_page_says(visit, tmp_path):
    (tmp_path / "large.toml").write_text(LARGE)
    page = visit()
    open_file(page, tmp_path / "large.toml")
    expect(page.get_by_role("heading", name="A large county")).to_be_visible()
    expect(answer(page)).to_contain_text("runs of “A large county”", timeout=20_000)
    count = int(re.search(r"In (\d+) runs", answer(page).inner_text()).group(1))
    assert 50 <= count < 500  # fewer of a large world
    page.get_by_text("Take it away").click()
    expect(page.get_by_text(f"cgsim run large.toml --replicates {count} --seed 1")).to_be_visible()


def test_files_and_a_link_carry_the_scenario_to_a_fresh_session(visit, tmp_path):
    page = visit()
    expect(answer(page)).to_contain_text("In 500 runs")
    page.get_by_label("Meetings", exact=True).fill("2")
    expect(page.get_by_text("Changed: Meetings 2.")).to_be_visible()
    expect(answer(page)).to_contain_text("In 500 runs")
    page.get_by_text("Take it away").click()
    with page.expect_download() as got:
        page.get_by_role("button", name="as a file").click()
    got.value.save_as(tmp_path / "mine.toml")
    assert cgsim.load(tmp_path / "mine.toml").partnerships[0].levers["meetings"] == 2
    expect(page.get_by_role("button", name="Results as a table")).to_be_enabled()
    with page.expect_download() as got:
        page.get_by_role("button", name="Results as a table").click()
    got.value.save_as(tmp_path / "mine.csv")
    results = cgsim.run("baseline", replicates=500, seed=1, set=["meetings=2"])
    table = pd.read_csv(tmp_path / "mine.csv")
    assert table.gain.tolist() == results.replicates.gain.tolist()
    with page.expect_download() as got:
        page.get_by_role("button", name="to print or send").click()
    got.value.save_as(tmp_path / "mine.html")
    report = (tmp_path / "mine.html").read_text()
    assert cgsim.answer.formats.percent(results.estimate("gain").value) in report
    assert "cgsim run baseline --replicates 500 --seed 1 --set meetings=2" in report
    link = page.get_by_label("A link that carries this").input_value()
    other = visit("?" + link.partition("?")[2])
    expect(other.get_by_text("Changed: Meetings 2.")).to_be_visible()
    expect(answer(other)).to_have_text(whole_answer(page))


@pytest.mark.parametrize(
    "query",
    [
        "?v=1&s=<img src=x onerror=alert(1)>",
        "?v=1&s=baseline;size=1e999",
        "?v=1&s=baseline;agencies=9999",
        "?v=9&s=baseline",
        "?v=1&s=../../etc/passwd",
        "?v=1&s=baseline;meetings=nan",
        "?v=1&seed=-5&s=baseline" + ";hours=1" * 400,
        "?v=1&s={{constructor.constructor('alert(1)')()}}",
    ],
)
def test_a_link_that_was_tampered_with_does_no_harm(visit, query):
    page = visit(query)
    expect(page.get_by_role("heading", name="Together against alone")).to_be_visible()
    expect(answer(page)).to_contain_text("In 500 runs")
    assert page.locator("img").count() == 0


def test_a_class_guesses_before_it_sees_the_result(visit):
    page = visit(width=1920, height=1080)
    page.get_by_role("button", name="Teach").click()
    page.get_by_role("checkbox", name="Predict first").check()
    expect(page.get_by_text("The result is covered until everybody has guessed.")).to_be_visible()
    expect(page.locator("svg")).to_have_count(0)
    assert "In 500 runs" not in page.content()
    scenario = cgsim.load("baseline")
    case = page.get_by_role("region", name="The case")
    expect(case).to_contain_text("One partnership of 8 members.")
    page.get_by_role("button", name="Show the controls").click()
    page.get_by_text("What this scenario is about").click()
    for telling in (scenario.summary, scenario.look_for):
        assert telling not in page.content()
    page.get_by_role("button", name="Hide the controls").click()
    page.get_by_label("People who guess").fill("2")
    page.get_by_label("People who guess").blur()
    for guess in ("5", "20"):
        expect(page.get_by_role("button", name="reveal")).to_have_count(0)
        page.get_by_label("How much more need", exact=False).fill(guess)
        page.get_by_role("button", name="Place this guess").click()
    expect(page.get_by_text("2 guesses placed.")).to_be_visible()
    page.get_by_role("button", name="Take back the last guess").click()
    expect(page.get_by_text("1 guess placed.")).to_be_visible()
    page.get_by_label("How much more need", exact=False).fill("20")
    page.get_by_role("button", name="Place this guess").click()
    expect(page.get_by_text("2 guesses placed.")).to_be_visible()
    picture(page, "teach-covered-1920")
    page.get_by_role("button", name="reveal").click()
    gain = 100 * cgsim.run("baseline", replicates=500, seed=1).estimate("gain").value
    expect(
        page.get_by_text(f"The room guessed 12.5 % (5 to 20). The runs came to {gain:.1f} %.")
    ).to_be_visible()
    expect(page.locator("svg.network")).to_be_visible()
    expect(page.locator("svg.spread .guess")).to_have_count(2)
    picture(page, "teach-revealed-1920")


@pytest.mark.parametrize("width", [400, 1280, 1920])
def test_the_page_fits_its_screen(visit, width):
    page = visit(width=width)
    expect(page.locator("svg.waterfall")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    picture(page, f"page-{width}")


@pytest.mark.parametrize("mode", ["Watch", "Compare", "Teach"])
def test_axe_finds_no_serious_fault(visit, mode):
    from axe_playwright_python.sync_playwright import Axe

    page = visit()
    page.get_by_role("button", name=mode).click()
    if mode == "Teach":
        page.get_by_role("button", name="Show the controls").click()
    expect(page.locator("svg.waterfall").first).to_be_visible()
    page.get_by_text("Take it away").click()
    page.get_by_text("All other assumptions").first.click()
    found = Axe().run(page).response["violations"]
    serious = [
        (v["id"], [n["html"][:120] for n in v["nodes"]][:3])
        for v in found
        if v["impact"] in ("serious", "critical")
    ]
    assert serious == []


def test_the_page_can_be_used_by_keyboard_alone(visit):
    page = visit()
    expect(answer(page)).to_contain_text("In 500 runs")
    page.keyboard.press("Tab")
    expect(page.get_by_text("To the results")).to_be_focused()
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id").endswith("meetings"):
            break
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("Changed: Meetings 1.25.")).to_be_visible()


def test_agencies_are_reached_by_tab_told_followed_and_left_by_keyboard(visit):
    page = visit()
    expect(answer(page)).to_contain_text("In 500 runs")
    page.get_by_label("Month", exact=True).focus()
    page.keyboard.press("Tab")
    agency = page.get_by_role("option", name=re.compile("^agency 1 has"))
    expect(agency).to_be_focused()
    expect(page.locator(".tip")).to_contain_text("agency 1 has")
    for key, there in (("ArrowRight", 2), ("ArrowDown", 3), ("ArrowLeft", 2), ("End", 20)):
        page.keyboard.press(key)
        here = page.locator(f'svg.network [data-agency="{there - 1}"]')
        expect(here).to_be_focused()
        expect(page.locator(".tip")).to_contain_text(f"agency {there} has")
    picture(page, "agency-by-keyboard-1280")
    expect(page.get_by_text("month 72 (year 6)")).to_be_visible()  # the clock stood still
    page.keyboard.press("ArrowRight")  # round to the first
    expect(agency).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    second = page.locator('svg.network [data-agency="1"]')
    expect(second).to_have_attribute("aria-selected", "true")
    expect(page.locator(".agency-story")).to_contain_text("agency 2 has")
    expect(second).to_be_focused()  # though the picture was drawn anew
    page.evaluate("document.querySelector('.cg .month input').value = 20")
    page.locator(".cg .month input").dispatch_event("input")
    expect(page.get_by_text("month 21 (year 2)")).to_be_visible()
    expect(page.locator("svg.network")).to_have_attribute("aria-label", re.compile("month 21"))
    expect(page.locator('svg.network [data-agency="1"]')).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".agency-story")).not_to_contain_text("agency 2 has")
    expect(page.locator(".tip")).to_have_count(0)
    page.keyboard.press("Tab")
    expect(page.get_by_label("Follow an agency")).to_be_focused()


def test_arrow_keys_move_the_clock_after_a_click_on_an_agency(visit):
    page = visit()
    page.get_by_role("button", name="Teach").click()
    page.locator('svg.network [data-agency="4"]').click()
    expect(page.locator(".agency-story")).to_contain_text("agency 5 has")
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_text("month 71 (year 6)")).to_be_visible()


OWN = """title = "Two towns"
extends = "baseline"
summary = "A town and its neighbour."
[[partnership]]
name = "Town deal"
size = 5
"""


def test_a_file_of_ones_own_is_opened_changed_linked_and_taken_away(visit, tmp_path):
    (tmp_path / "two towns.toml").write_text(OWN)
    page = visit()
    open_file(page, tmp_path / "two towns.toml")
    expect(page.get_by_role("heading", name="Two towns")).to_be_visible()
    mine = cgsim.load(tmp_path / "two towns.toml")
    results = cgsim.run(mine, replicates=500, seed=1)
    expect(answer(page)).to_contain_text(headline(results))
    page.get_by_label("Meetings", exact=True).fill("2")
    expect(page.get_by_text("Changed: Meetings 2.")).to_be_visible()
    page.get_by_text("Take it away").click()
    expect(page.get_by_text("with the scenario taken as a file")).to_be_visible()
    expect(
        page.get_by_text("cgsim run two-towns-changed.toml --replicates 500 --seed 1")
    ).to_be_visible()
    with page.expect_download() as got:
        page.get_by_role("button", name="as a file").click()
    assert got.value.suggested_filename == "two-towns-changed.toml"
    got.value.save_as(tmp_path / "taken.toml")
    taken = cgsim.load(tmp_path / "taken.toml")
    assert taken.title == "Two towns, changed"
    assert taken.partnerships[0].levers["meetings"] == 2
    changed = whole_answer(page)
    picture(page, "own-file-1280")
    link = page.get_by_label("A link that carries this").input_value()
    other = visit("?" + link.partition("?")[2])
    expect(other.get_by_role("heading", name="Two towns")).to_be_visible()
    expect(answer(other)).to_have_text(changed)
    expect(other.get_by_label("Scenario", exact=True)).to_have_value("~two-towns")
    other.get_by_label("Scenario", exact=True).select_option("inertia")
    expect(other.get_by_role("heading", name="Two towns")).to_have_count(0)
    other.get_by_label("Scenario", exact=True).select_option("~two-towns")
    expect(other.get_by_role("heading", name="Two towns")).to_be_visible()
    expect(other.get_by_text("Changed: meetings")).to_have_count(0)


def test_a_file_with_a_fault_is_told_by_its_line_and_the_page_stays_as_it_was(visit, tmp_path):
    (tmp_path / "bad.toml").write_text(OWN.replace("size = 5", "sise = 5"))
    page = visit()
    open_file(page, tmp_path / "bad.toml")
    expect(page.get_by_role("alert")).to_contain_text("bad.toml:6: partnership.1.sise")
    expect(page.get_by_role("alert")).to_contain_text("size")
    expect(page.get_by_role("heading", name="A partnership of eight")).to_be_visible()
    for name, content, told in (
        ("long.toml", b"#" * 300_000, "long.toml: got more than 64 KiB; allowed that much"),
        ("old.toml", 'title = "Café"'.encode("latin-1"), "old.toml: got bytes that are not UTF-8"),
    ):
        (tmp_path / name).write_bytes(content)
        page.get_by_label("A file that ends in .toml").set_input_files(tmp_path / name)
        expect(page.get_by_role("alert")).to_contain_text(told)
    page.get_by_label("Meetings", exact=True).fill("2")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_file_that_takes_a_while_is_told_to_be_on_its_way(visit):
    page = visit()
    expect(page.locator("svg.waterfall")).to_be_visible()
    page.get_by_text("Take it away").click()
    with page.expect_download() as got:
        page.get_by_role("button", name="to print or send").click()
        expect(page.get_by_text("The file is being made")).to_be_visible()
    assert got.value.suggested_filename == "baseline.html"
    expect(page.get_by_text("The file is being made")).to_have_count(0)


def test_a_lever_beyond_its_slider_is_shown_as_it_is_and_every_lever_is_explained(visit, tmp_path):
    (tmp_path / "rich.toml").write_text(
        'title = "Rich"\n[[partnership]]\nfund = 1500\nmeetings = 0.125\n'
    )
    page = visit()
    open_file(page, tmp_path / "rich.toml")
    expect(page.get_by_role("heading", name="Rich")).to_be_visible()
    expect(page.get_by_text("1500 paid hours a month", exact=True)).to_be_visible()
    expect(page.get_by_text("0.13 a month", exact=True)).to_be_visible()
    page.get_by_text("What these mean").click()
    for slider in page.get_by_role("slider", disabled=False).all():
        explained = slider.get_attribute("aria-describedby")
        if explained:  # all but the month
            expect(page.locator(f"#{explained}")).to_be_visible()
    expect(page.get_by_text("Meetings a month. 1/6 is one every six months.")).to_be_visible()


def test_the_clock_ends_with_what_is_shown(visit, tmp_path):
    (tmp_path / "long.toml").write_text('title = "Long"\n[world]\nmonths = 100\n')
    page = visit("?v=1&s=baseline&s=baseline&mode=compare")
    page.get_by_text("Open a scenario file of your own").nth(1).click()
    page.get_by_label("A file that ends in .toml").nth(1).set_input_files(tmp_path / "long.toml")
    expect(page.get_by_text("month 100 (year 9)")).to_be_visible()
    page.get_by_role("button", name="Watch").click()
    expect(page.get_by_text("month 72 (year 6)")).to_be_visible()
    expect(month(page)).to_have_value("71")


def test_one_file_changed_in_two_ways_is_taken_away_as_two(visit, tmp_path):
    (tmp_path / "two towns.toml").write_text(OWN)
    page = visit()
    open_file(page, tmp_path / "two towns.toml")
    page.get_by_role("button", name="Compare").click()
    page.get_by_label("Meetings", exact=True).first.fill("2")
    page.get_by_label("Meetings", exact=True).nth(1).fill("3")
    page.get_by_text("Take it away").click()
    expect(page.get_by_text("cgsim run two-towns-changed-A.toml")).to_be_visible()
    expect(page.get_by_text("cgsim run two-towns-changed-B.toml")).to_be_visible()


def test_what_cannot_be_used_is_told_and_an_empty_field_changes_nothing(visit):
    page = visit()
    before = whole_answer(page)
    page.get_by_text("All other assumptions").click()
    page.get_by_text("What every agency is like").click()
    field = page.locator("#c0ambient")
    field.fill("5")
    field.blur()
    expect(page.get_by_role("alert")).to_have_text("ambient: 5 cannot be used; 1 is.")
    expect(page.get_by_text("Changed: ambient 1.")).to_be_visible()
    page.get_by_role("button", name="Undo all changes").click()
    expect(page.get_by_role("alert")).to_have_count(0)
    field.fill("")
    field.blur()
    expect(field).to_have_value("0.1")
    expect(answer(page)).to_have_text(before)


def test_who_adds_a_scenario_goes_on_with_it(visit):
    page = visit("?v=1&s=baseline&s=inertia&mode=compare", width=1280)
    page.get_by_role("button", name="Add a scenario").click()
    head = page.locator(".panel-controls > summary").nth(2)
    expect(head).to_be_focused()
    expect(head).to_be_in_viewport()
    expect(page.get_by_label("Scenario", exact=True).nth(2)).to_be_visible()


def test_keys_work_wherever_one_stands(visit):
    page = visit()
    page.locator('svg.network [data-agency="4"]').click()
    expect(page.locator(".agency-story")).to_contain_text("agency 5 has")
    page.get_by_role("heading", name="Together against alone").click()
    page.keyboard.press("Escape")
    expect(page.locator(".agency-story")).not_to_contain_text("agency 5 has")
    month(page).focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_on_a_phone_the_controls_are_one_step_away(visit):
    page = visit(width=390, height=844)
    expect(answer(page)).to_contain_text("In 500 runs")
    page.get_by_role("link", name="To the controls").click()
    expect(page.get_by_label("Members", exact=True)).to_be_in_viewport()
