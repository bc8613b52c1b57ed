"""The rooms: watch, members, compare, what nobody knows, take away."""

import csv
import io
import json
import re
import tomllib
from urllib.parse import quote

import numpy as np
import pytest
from openpyxl import load_workbook
from playwright.sync_api import TimeoutError as NothingCame
from playwright.sync_api import expect
from tests.browsing import picture

import cgsim
from cgsim.answer import compare
from cgsim.engine.plan import draw_one
from cgsim.experiment.doubt import drawn_many
from cgsim.running.results import run_many

from .looking import CURVE_RUNS, RUNS, SEED, WAIT, borne_out, plain, settled, until


def note(page, name):
    return page.get_by_role("region", name=name)


def test_watch_shows_the_months_that_the_model_lives(visit):
    page = visit("#case=korsakoff&room=watch&run=3&month=30")
    results = cgsim.run("korsakoff", 4, SEED, months=True)
    together, alone = results.month_values[3, 0, :, 0], results.month_values[3, 1, :, 0]
    month = page.get_by_label("Month", exact=True)
    expect(month).to_have_value("30")
    lines = note(page, "Together beside alone").locator("svg[role=img]")
    for at in (30, 31, 71):
        if at == 31:
            page.get_by_role("button", name="A month on").click()
        if at == 71:
            month.press("End")
        expect(lines).to_have_attribute(
            "aria-label",
            f"Need met in month {at}: {together[at]:,.0f} units together, {alone[at]:,.0f} alone.",
        )
    assert "month=71" in page.evaluate("location.hash")
    members = int(results.board_values[3, 71, 0, 0])
    expect(page.locator("dl div", has_text="members").first).to_contain_text(str(members))
    names = note(page, "Who works together").locator("g text").all_text_contents()
    assert "Local hospital" in names
    assert len(names) == 16
    note(page, "What happened").get_by_role("button", name=re.compile("it begins")).click()
    expect(month).to_have_value("12")
    page.go_back()
    expect(month).to_have_value("71")
    picture(page, "page-watch-1280")


def test_watch_plays_to_the_end_and_stops(visit):
    page = visit("#case=korsakoff&room=watch&month=68")
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_label("Month", exact=True)).to_have_value("71")
    expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_the_middle_the_best_and_the_worst_run_are_those_of_python(visit):
    page = settled(visit("#case=korsakoff&room=watch"), "done")
    gains = cgsim.run("korsakoff", RUNS, SEED).column("gain_over_equal_money")
    for name, run in (("Worst", int(gains.argmin())), ("Best", int(gains.argmax()))):
        page.get_by_role("button", name=f"{name} run").click()
        expect(note(page, "Which run")).to_contain_text(f"(run {run} of seed {SEED})")


def members_file(page):
    """The scenario as the page writes it down, as Python reads it."""
    page.get_by_role("link", name="Take away").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Scenario (.toml)").click()
    return cgsim.loads(download.value.path().read_text("utf-8"))


def test_a_members_hours_are_changed_and_the_file_gives_the_same_numbers(visit):
    page = settled(visit(behind=True))
    page.get_by_role("link", name="Members").click()
    page.get_by_label("hours a month of Local hospital").fill("400")
    page.get_by_label("hours a month of Local hospital").blur()
    page.get_by_label("Architects is a member").uncheck()
    page.get_by_label("Housing association leads").check()
    scenario = members_file(page)
    assert scenario.agencies[1].capacity == 400
    assert len(scenario.partnerships[0].members) == 8
    assert scenario.partnerships[0].lead == 2
    results = cgsim.run(scenario, RUNS, SEED)
    answer = results.answer()
    region = note(page, "A paragraph to paste")
    settled(page)
    expect(region).to_contain_text(answer.headline[0].text.replace(" %", "\u00a0%"))
    assert "cgsim run korsakoff-changed.toml" in page.locator("footer").inner_text()
    # What came of it stands above the table; with other founders the whole area tells.
    page.get_by_role("link", name="Members").click()
    seen = page.get_by_role("group", name="The answer")
    gain = cgsim.answer.formats.signed(results.estimate(answer.measure).value)
    expect(seen.locator(".figure")).to_have_text(gain.replace(" %", "\u00a0%"))
    units = round(results.estimate("extra_met_over_equal_money_a_year").value)
    expect(seen.locator(".was")).to_contain_text(f"now +{units} (")


def test_a_members_goal_is_chosen_and_the_file_gives_the_same_numbers(visit):
    page = settled(visit("#case=korsakoff&room=members"))
    names = [objective.name for objective in cgsim.load("korsakoff").objectives]
    page.get_by_label("goal of Local hospital").select_option(label=names[1])
    page.get_by_label("goal of Architects").select_option(label="all alike")
    page.get_by_label("goal of Alcohol charity").select_option(label=names[0])
    page.get_by_label("goal of Alcohol charity").select_option(label="drawn")
    expect(page.get_by_label("goal of Local hospital")).to_have_value("1")
    scenario = members_file(page)
    goals = {agency.name: agency.goals for agency in scenario.agencies}
    assert goals["Local hospital"] == tuple(float(k == 1) for k in range(len(names)))
    assert goals["Architects"] == pytest.approx([1 / len(names)] * len(names))
    assert goals["Alcohol charity"] is None
    answer = cgsim.run(scenario, RUNS, SEED).answer()
    settled(page)
    said = answer.headline[0].text.replace(" %", "\u00a0%")
    expect(note(page, "A paragraph to paste")).to_contain_text(said)


def test_members_that_cannot_be_are_told_and_change_nothing(visit):
    page = visit("#case=korsakoff&room=members", behind=True)
    hours = page.get_by_label("hours a month of Local hospital")
    hours.fill("-5")
    hours.blur()
    expect(page.get_by_role("alert")).to_contain_text("members, row 2: hours: got -5; allowed")
    assert "members=" not in page.evaluate("location.hash")
    page = visit("#case=korsakoff&room=members", behind=True)
    name = page.get_by_label("name, row 3")
    name.fill("Local hospital")
    name.blur()
    expect(page.get_by_role("alert")).to_contain_text("Local hospital is there twice")


def test_a_partnership_of_ones_own_is_pasted(visit):
    page = visit("#case=baseline&room=members", behind=True)
    page.get_by_text("Paste from a spreadsheet").click()
    box = page.get_by_label("Rows from a spreadsheet")
    box.fill("Library\tmany")
    page.get_by_role("button", name="Take these as the members").click()
    expect(page.get_by_role("alert")).to_contain_text('row 1, hours a month: got "many"; allowed')
    rows = [f"Body {n}\t{hours}" for n, hours in enumerate((120, 80, 60, 200, 40, 90, 30), 1)]
    box.fill("name\thours\n" + "\n".join(rows))
    page.get_by_role("button", name="Take these as the members").click()
    expect(page.get_by_label("name, row 7")).to_have_value("Body 7")
    scenario = members_file(page)
    assert [a.capacity for a in scenario.agencies] == [120, 80, 60, 200, 40, 90, 30]
    assert scenario.partnerships[0].size == 7
    said = cgsim.run(scenario, RUNS, SEED).answer().headline[0].text.replace(" %", "\u00a0%")
    expect(note(page, "A paragraph to paste")).to_contain_text(said)


KORSAKOFF = [agency.name for agency in cgsim.load("korsakoff").agencies]
GOALS = [objective.name for objective in cgsim.load("korsakoff").objectives]


def paste(page, text, button="Change the members of the table"):
    page.get_by_label("Rows from a spreadsheet").fill(text)
    page.get_by_role("button", name=button).click()


def test_columns_of_goals_and_buy_in_are_pasted_in_any_order(visit):
    page = visit("#case=korsakoff&room=members", behind=True)
    page.get_by_text("Paste from a spreadsheet").click()
    given = {agency.name: agency for agency in cgsim.load("korsakoff").agencies}
    paste(
        page,
        "Front line’s buy-in (0 to 1)\tName\tGoal\tManagers' buy-in\tHours a month\n"
        f"80 %\tarchitects\t{GOALS[1].upper()}\t0.5\t1,040\n"
        "\tLocal hospital\tall alike\t\tdrawn\n",
    )
    said = "Read: front line's buy-in, name, goal, managers' buy-in and hours a month, in 2 of the "
    said += "9 rows of the table. Council social work leads."
    expect(page.get_by_role("status").filter(has_text="Read")).to_have_text(said)
    # A column without names goes down the table; an empty cell leaves what is there.
    column = ["0.25"] + 4 * [""] + ["1"] + 3 * [""]
    paste(page, "Managers' buy-in\n" + "\n".join(column) + "\n")
    shares = [f"{GOALS[0]}\t{GOALS[2]}\tname", "1\t3\tAlcohol charity"]
    paste(page, "\n".join(shares))
    found = {agency.name: agency for agency in members_file(page).agencies}
    changed = found["Architects"]
    assert (changed.operational, changed.senior, changed.capacity) == (0.8, 0.5, 1040)
    assert changed.goals == (0.0, 1.0, 0.0)[: len(GOALS)] + (0.0,) * (len(GOALS) - 3)
    assert found["Local hospital"].goals == pytest.approx([1 / len(GOALS)] * len(GOALS))
    assert found["Local hospital"].capacity is None
    assert [found[name].senior for name in (KORSAKOFF[0], KORSAKOFF[5])] == [0.25, 1]
    goals = found["Alcohol charity"].goals
    assert (goals[0], goals[2]) == pytest.approx((0.25, 0.75))
    for name in ("Council social work", "Housing association"):
        assert found[name].goals == given[name].goals
        assert found[name].capacity == given[name].capacity


def lead_of(page):
    """Return who leads by the scenario that the page takes away, and in runs of it."""
    scenario = members_file(page)
    names = [agency.name for agency in scenario.agencies]
    lead = scenario.partnerships[0].lead
    found = {draw_one(scenario, SEED, run).world.founding_lead[0] for run in range(9)}
    return None if lead is None else names[lead], {names[one] for one in found}


@pytest.mark.parametrize("width", [390, 1280])
def test_what_was_pasted_is_told_and_who_leads_is_chosen(visit, width):
    page = visit("#case=baseline&room=members&panel=paste", width=width, behind=True)
    anew = "Take these as the members"
    paste(page, "Library\t120\nYouth work\t80\nSports\t600", anew)
    read = page.get_by_role("status").filter(has_text="Read")
    expect(read).to_be_in_viewport()
    expect(read).to_have_text(
        "Read: name and hours a month, of 3 members. Not given, and so drawn anew in every "
        "run: skill, goal, managers' buy-in and front line's buy-in. Nobody is marked as lead. In "
        "every run the member leads that brings most: its hours a month, times the part of its "
        "goals on which the partnership works."
    )
    chosen = page.get_by_label("Who leads")
    expect(chosen.locator("option")).to_have_text(
        ["nobody is marked", "Library", "Youth work", "Sports"]
    )
    chosen.select_option("Youth work")
    expect(page.get_by_label("Youth work leads")).to_be_checked()
    expect(page.get_by_text("Nobody is marked as lead")).to_have_count(0)
    expect(read).to_have_count(0)
    chosen.select_option("nobody is marked")
    expect(page.get_by_text("Nobody is marked as lead")).to_be_visible()
    expect(page.get_by_label("Youth work leads")).not_to_be_checked()


def test_who_leads_where_nobody_is_marked_is_as_the_page_says(visit):
    page = visit("#case=korsakoff&room=members&panel=paste", behind=True)
    assert cgsim.load("korsakoff").partnerships[0].focus == (0,)
    on, off = GOALS[:2]
    rows = f"A\t500\t{off}\nB\t300\t{on}\nC\t200\t{on}\n"
    paste(page, f"name\thours\tgoal\n{rows}", "Take these as the members")
    assert lead_of(page) == (None, {"B"})
    page.get_by_role("link", name="Members").click()
    page.get_by_label("Who leads").select_option("C")
    assert lead_of(page) == ("C", {"C"})


BAD_CELLS = {
    "Architects\t-5": 'row 1, hours a month: got "-5"; allowed a number from 0.001',
    "Architects\t1.040": 'row 1, hours a month: got "1.040"; allowed',
    "Architects\t80\tDancing": 'row 1, skill: got "Dancing"; allowed Health care, Social work',
    "name\tgoal\nArchitects\tfame": 'row 2, goal: got "fame"; allowed ' + ", ".join(GOALS),
    "name\tmanagers' buy-in\nArchitects\t1.2": 'row 2, managers\' buy-in: got "1.2"; allowed a '
    "number from 0 to 1",
    "name\tfront line's buy-in\nArchitects\t0,5": 'row 2, front line\'s buy-in: got "0,5"',
    "name\tbudget\nArchitects\t3": 'row 1, column 2: got "budget"; allowed name, hours a month',
    "name\thours\nArchitects\t3\t4": 'row 2, column 3: got "4"; allowed 2 columns',
    "name\tgoal\tgoals": "row 1, column 3: goal is there twice",
    "Architects\t1\t\t\t\t\tsurplus": 'row 1, column 7: got "surplus"; allowed 6 columns',
    f"name\t{GOALS[0]}\nArchitects\t0": "got weights that are all 0; allowed one above 0",
    f"name\t{GOALS[0]}\nArchitects\t-1": f'row 2, {GOALS[0]}: got "-1"; allowed a number from 0',
    "hours\n80\n90": "got 2 rows without names; allowed 9, one for each row of the table",
    "Architects\t8\nArchitects\t9": 'row 2, name: got "Architects" twice',
    "Architects\t8\n\n\t9": "row 3, name: got an empty cell; allowed a name",
    "Nobody\t8": 'row 1, name: got "Nobody"; allowed names that are in the table',
    "name\thours": "there is no row below the headings",
}


def test_all_that_is_wrong_with_pasted_rows_is_told_at_once(visit):
    page = visit("#case=korsakoff&room=members", behind=True)
    page.get_by_text("Paste from a spreadsheet").click()
    paste(
        page,
        "name\thours\tskill\nArchitects\tmany\tDancing\nLocal hospital\t80\nArchitects\t9\n"
        "\t5\nNobody\t8",
    )
    alert = page.get_by_role("alert")
    expect(alert).to_be_visible()
    lines = alert.inner_text().split("\n")
    begins = ['row 2, hours a month: got "many"', 'row 2, skill: got "Dancing"']
    begins += ['row 4, name: got "Architects" twice', "row 5, name: got an empty cell"]
    begins += ['row 6, name: got "Nobody"; allowed names that are in the table']
    assert len(lines) == len(begins)
    assert all(line.startswith(begin) for line, begin in zip(lines, begins, strict=True))
    paste(page, "name\thours\n" + "".join(f"Body {n}\t-{n}\n" for n in range(1, 12)))
    expect(alert).to_contain_text('row 2, hours a month: got "-1"')
    lines = alert.inner_text().split("\n")
    assert (len(lines), lines[-1]) == (9, "and 14 more")
    paste(page, "name\tbudget\tname\nArchitects\t3")
    expect(alert).to_contain_text("row 1, column 3: name is there twice")
    assert len(alert.inner_text().split("\n")) == 2
    assert "members=" not in page.evaluate("location.hash")


def test_kinds_without_names_are_said_to_be_numbered(visit):
    page = visit("#case=baseline&room=members", behind=True)
    members = page.get_by_role("region", name="The members")
    world = cgsim.load("baseline").to_dict()["world"]
    said = f"the area has {world['skills']} kinds of skill and {world['objectives']} kinds of need"
    expect(members).to_contain_text(said)
    expect(members).to_contain_text("which are numbered")
    page = visit("#case=korsakoff&room=members", behind=True)
    expect(page.get_by_label("skill of Architects")).to_be_visible()
    expect(page.get_by_role("region", name="The members")).not_to_contain_text("are numbered")


def test_kinds_of_skill_are_named_and_members_show_them(visit):
    page = visit("#case=baseline&room=members", behind=True)
    page.get_by_role("button", name="Name the members of run 0").click()
    skill = page.get_by_label("skill of Member 1", exact=True)
    kind = skill.input_value()
    page.get_by_text("Name the kinds of skill").click()
    for name in ("Home care", "Law"):
        page.get_by_label(kind, exact=True).fill(name)
        page.get_by_label(kind, exact=True).blur()
        expect(skill).to_have_value(name)
    page.get_by_role("button", name="Undo").click()
    expect(skill).to_have_value("Home care")
    other = next(f"skill {k}" for k in range(1, 7) if f"skill {k}" != kind)
    page.get_by_label(other, exact=True).fill("Home care")
    page.get_by_label(other, exact=True).blur()
    expect(page.get_by_role("alert")).to_contain_text("Home care is there twice")
    scenario = members_file(page)
    assert scenario.skill_names[int(kind[-1]) - 1] == "Home care"
    assert scenario.to_dict()["agency"][0]["home"] == "Home care"
    said = cgsim.run(scenario, RUNS, SEED).answer().headline[0].text.replace(" %", "\u00a0%")
    settled(page)
    expect(note(page, "A paragraph to paste")).to_contain_text(said)
    page.get_by_role("button", name="As given").click()
    page.get_by_role("link", name="Members").click()
    expect(page.get_by_label(kind, exact=True)).to_have_value("")


def test_who_gains_hangs_on_goals_as_the_page_says(visit):
    """Members of the same goals gain the same, however many hours they give."""
    goals = quote(
        json.dumps([[f"M{n}", 40 * n, None, None, None, [1, 0, 0], 1, 0] for n in (1, 4)])
    )
    page = settled(visit(f"#case=korsakoff&room=members&members={goals}"), "all")
    region = page.get_by_role("region", name="Who gains and who pays")
    expect(region).to_contain_text("members with the same goals gain the same")
    label = plain(region.locator("svg").first.get_attribute("aria-label"))
    gains = re.findall(r"M\d gains (\S+ %) by its own goals", label)
    assert len(gains) == 2
    assert len(set(gains)) == 1


def test_a_cell_that_cannot_be_is_told_by_row_and_column_and_changes_nothing(visit):
    page = visit("#case=korsakoff&room=members", behind=True)
    page.get_by_text("Paste from a spreadsheet").click()
    for text, told in BAD_CELLS.items():
        paste(page, text)
        alert = page.get_by_role("alert")
        expect(alert).to_contain_text(told)
        assert "\n" not in alert.inner_text()
        expect(page.get_by_label("Rows from a spreadsheet")).to_have_value(text)
    paste(page, "hours\n80", "Take these as the members")
    expect(page.get_by_role("alert")).to_contain_text(
        "no column of names; allowed one, the first or headed name"
    )
    paste(page, "80\n90\n100", "Take these as the members")  # numbers are no names
    expect(page.get_by_role("alert")).to_contain_text("row 1: no column of names")
    assert "members=" not in page.evaluate("location.hash")


def test_a_bare_column_of_numbers_is_the_members_hours(visit):
    page = visit("#case=korsakoff&room=members", behind=True)
    page.get_by_text("Paste from a spreadsheet").click()
    hours = [100 * place for place in range(1, 10)]
    paste(page, "\n".join(map(str, hours)))
    said = "Read: hours a month, in 9 of the 9 rows of the table. Council social work leads."
    expect(page.get_by_role("status").filter(has_text="Read")).to_have_text(said)
    found = {agency.name: agency for agency in members_file(page).agencies}
    assert [found[name].capacity for name in KORSAKOFF] == hours
    given = {agency.name: agency for agency in cgsim.load("korsakoff").agencies}
    assert all(found[name].goals == given[name].goals for name in KORSAKOFF)


@pytest.mark.parametrize(
    ("changes", "other", "against"),
    [
        ([], "equal_money", "against the same money spent on services"),
        (["fund=0"], "alone", "against everybody working alone"),
    ],
    ids=["paid", "unpaid"],
)
def test_who_gains_is_ranked_as_python_measures_it(visit, changes, other, against):
    moved = "".join(f"&set.{change}" for change in changes)
    page = settled(visit(f"#case=korsakoff{moved}&room=members"), "done")
    region = note(page, "Who gains and who pays")
    expect(region.get_by_role("heading")).to_contain_text(against)
    names = region.locator("svg title").all_text_contents()
    right = own_gains(cgsim.load("korsakoff", changes), RUNS, other)
    assert names == sorted(right, key=lambda name: -right[name])
    label = region.locator("svg").get_attribute("aria-label")
    for name, gain in right.items():
        assert f"{name} gains {cgsim.answer.formats.signed(gain)} by its own goals." in label


THE_ONE_AREA = 0


def own_gains(scenario, runs, other):
    """Each founder's own gain over another arm, by the rule of the measures, mean over runs."""
    from cgsim.engine.run import ARMS, simulate
    from cgsim.measures import first_month, own_gain

    against = [arm.name for arm in ARMS].index(other)
    members = scenario.partnerships[0].members
    gains = np.zeros((runs, len(members)))

    def reduce(lived):
        chunk = lived.chunk
        made = np.zeros((len(lived.points), len(members)))
        for run in range(len(made)):
            start = first_month(chunk.board[run, 0])
            met = chunk.met_by_objective[run]
            for place, agency in enumerate(members):
                goals = chunk.world.goal[run, agency]
                made[run, place] = own_gain(goals, THE_ONE_AREA, met[0], met[against], start)
        return made

    points, numbers = np.zeros(runs, np.int64), np.arange(runs)
    for places, part in simulate([scenario], points, numbers, SEED, reduce, arms=ARMS):
        gains[places] = part
    means = gains.mean(axis=0)
    return {scenario.agency_names[a]: float(m) for a, m in zip(members, means, strict=True)}


def test_two_are_compared_as_cgsim_compare_does(visit):
    page = visit("#case=korsakoff&room=compare&with=korsakoff&with.meetings=2")
    scenarios = [cgsim.load("korsakoff"), cgsim.load("korsakoff", ["meetings=2"])]
    first, second = run_many(scenarios, RUNS, SEED)
    drawn = drawn_many(scenarios, SEED)
    region = note(page, "The difference")
    said = [
        compare.beyond_statement("B", "A", second, first).text,
        compare.doubt_statement("B", "A", drawn[1], drawn[0]).text,
    ]
    expect(region.locator(".first")).to_have_text(" ".join(said).replace(" %", "\u00a0%"))
    for place, (results, draws) in enumerate(((first, drawn[0]), (second, drawn[1]))):
        side, against = borne_out(results.answer(draws))
        of = region.locator(".side").nth(place)
        expect(of.locator(".figure")).to_have_class(re.compile(rf"^figure ?{side}$"))
        expect(of.locator(".way")).to_have_text([against] * bool(against))
    marked = page.locator("tr.differs th")
    expect(marked).to_have_count(1)
    expect(marked).to_contain_text("Meetings")
    page.get_by_label("Meetings, B").select_option(label="once a month")
    expect(marked).to_have_count(0)
    expect(region).to_contain_text("B gains exactly as much as A.")
    page.get_by_role("button", name="Undo").click()
    expect(marked).to_have_count(1)
    picture(page, "page-compare-1280")


def test_three_stand_side_by_side_and_each_can_be_taken(visit):
    page = visit("#case=korsakoff&room=compare&with=korsakoff&with.meetings=2")
    page.get_by_label("What else A is compared with").select_option("baseline")
    page.get_by_label("Members, C").select_option(label="five")
    settled(page, "all")
    changes = ([], ["meetings=2"]), ["size=5"]
    first, second = run_many([cgsim.load("korsakoff", c) for c in changes[0]], RUNS, SEED)
    third = cgsim.run("baseline", RUNS, SEED, ["size=5"])
    said = plain(note(page, "The difference").locator(".first").inner_text())
    for letter, results in (("B", second), ("C", third)):
        assert compare.beyond_statement(letter, "A", results, first).text in said
    expect(page.locator(".side h3")).to_have_count(3)
    page.get_by_role("link", name="Take away").click()
    settled(page, "all")
    for letter, right in (("B", second.scenario), ("C", third.scenario)):
        page.get_by_label("What is taken").select_option(letter)
        with page.expect_download() as download:
            page.get_by_role("button", name="Scenario (.toml)").click()
        assert download.value.suggested_filename.endswith(f"-{letter}-changed.toml")
        taken = cgsim.loads(download.value.path().read_text("utf-8"))
        assert taken.to_dict() == right.to_dict()
    answer = third.answer().headline[0].text.replace(" %", "\u00a0%")
    expect(note(page, "A paragraph to paste")).to_contain_text(answer)
    page.get_by_role("link", name="Compare").click()
    page.get_by_label("What A is compared with").select_option("")
    expect(page.locator(".side h3")).to_have_count(2)  # what was C is B now
    assert "and=" not in page.evaluate("location.hash")
    picture(page, "page-compare-three")


def test_members_of_ones_own_are_compared_with_other_levers(visit):
    """Monthly or fortnightly for us: the same members stand on both sides."""
    page = visit("#case=korsakoff&room=members", behind=True)
    hours = page.get_by_label("hours a month of Local hospital")
    hours.fill("400")
    hours.blur()
    scenario = members_file(page)
    page.get_by_role("link", name="Compare").click()
    chosen = page.get_by_label("What A is compared with")
    chosen.select_option(label="this one, with other levers")
    page.get_by_label("Meetings, B").select_option(label="twice a month (fortnightly)")
    settled(page)
    first, second = run_many([scenario, scenario.replace("meetings=2")], RUNS, SEED)
    said = plain(note(page, "The difference").locator(".first").inner_text())
    assert compare.beyond_statement("B", "A", second, first).text in said
    assert "paired run by run" in said
    assert "with.members=same" in page.evaluate("location.hash")
    footer = plain(page.inner_text("footer"))
    assert "The same numbers of A: cgsim run korsakoff-changed.toml" in footer
    assert "The same numbers of B: cgsim run korsakoff-B-changed.toml" in footer
    page.reload()
    settled(page)
    expect(page.get_by_label("Meetings, B").locator("option:checked")).to_have_text(
        "twice a month (fortnightly)"
    )
    page.get_by_role("button", name="Swap A and B").click()
    expect(page.get_by_label("Meetings, A").locator("option:checked")).to_have_text(
        "twice a month (fortnightly)"
    )
    chosen.select_option(label="this one, as it was given")
    settled(page)
    expect(note(page, "The difference")).not_to_contain_text("paired run by run")


def test_other_areas_are_told_to_be_others(visit):
    page = visit("#case=korsakoff&room=compare")
    page.get_by_label("What A is compared with").select_option("baseline")
    expect(note(page, "The difference")).to_contain_text("are different areas")


def test_what_nobody_knows_turns_on_what_python_says(visit):
    page = visit("#case=korsakoff&room=unknown")
    scenario = cgsim.load("korsakoff")
    answer = cgsim.run(scenario, RUNS, SEED).answer(drawn_many([scenario], SEED)[0])
    region = page.get_by_role("region", name="What nobody knows")
    for statement in answer.headline:
        if statement.id.startswith("doubt."):
            expect(region).to_contain_text(statement.text)
    turns = note(page, "What it turns on").locator("li")
    for place, turn in enumerate(answer.doubt.turns_on):
        expect(turns.nth(place)).to_contain_text(cgsim.answer.formats.FORMATS["input"](turn.input))
        for share in (turn.lower, turn.upper):
            assert cgsim.answer.formats.signed(share) in plain(turns.nth(place).inner_text())
    turns.nth(1).get_by_role("button", name="Show").click()
    expect(page.get_by_role("region", name="One input").locator("circle")).to_have_count(60)
    picture(page, "page-unknown-1280")


def test_what_one_knows_is_kept_and_not_drawn(visit):
    page = visit("#case=baseline&room=unknown")
    region, one = (note(page, name) for name in ("What nobody knows", "One input"))
    one.get_by_role("combobox").select_option("turnover")
    field = one.get_by_label("how often representatives change here")
    expect(field).to_have_value("0.015")
    field.fill("0,05")
    one.get_by_role("button", name="Keep this value").click()
    fault = 'turnover: got "0,05"; allowed a number from 0 to 1 (did you mean 0.05?)'
    expect(one.get_by_role("alert")).to_have_text(fault)
    field.fill("0.05")
    one.get_by_role("button", name="Keep this value").click()
    known = note(page, "Known here, and not drawn")
    expect(known).to_contain_text("how often representatives change: 0.05")
    assert "known=turnover" in page.evaluate("location.hash")
    scenario = cgsim.load("baseline", ["turnover=0.05", 'known=["turnover"]'])
    answer = cgsim.run(scenario, RUNS, SEED).answer(drawn_many([scenario], SEED)[0])
    for statement in answer.headline:
        if statement.id.startswith("doubt."):
            expect(region).to_contain_text(statement.text, timeout=WAIT)
    expect(page.locator("footer")).to_contain_text(
        """cgsim run baseline --set turnover=0.05 --set 'known=["turnover"]'"""
    )
    # What a draw takes as a multiple of it goes with it, and comes back with it.
    one.get_by_role("combobox").select_option("trust_gain")
    one.get_by_role("button", name="Keep this value").click()
    expect(known.get_by_role("listitem")).to_have_count(3)
    known.get_by_role("button", name="Draw how fast broken promises lower trust").click()
    expect(known.get_by_role("listitem")).to_have_count(1)
    picture(page, "page-known-1280")
    page.get_by_role("button", name="As given").click()
    expect(known).to_have_count(0)


@pytest.mark.parametrize("known", ["meetings", "trust_gain", "ambient,ambient", "ambient,1"])
def test_an_address_that_says_what_cannot_be_known_is_refused(visit, known):
    page = visit(f"#case=baseline&known={known}")
    expect(page.get_by_role("alert").first).to_contain_text(known.split(",")[-1])


def downloaded(page, button):
    """Click, and return the file that comes; where none does within half a minute, click again.

    On a busy machine a picture may be made so late that the browser no longer counts it as asked
    for by a click, and holds it back among so many files.
    """
    try:
        with page.expect_download(timeout=30_000) as download:
            button.click()
    except NothingCame:
        with page.expect_download() as download:
            button.click()
    return download.value


@pytest.fixture(scope="module")
def taken(browser, page_file):
    """Everything that can be taken away, once."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(WAIT)
    page.goto(page_file.as_uri() + "#case=korsakoff&set.meetings=2&room=take")
    settled(page, "done")
    made = {}
    for name in ("Scenario (.toml)", "Measures (.csv)", "Every run (.csv)", "Workbook (.xlsx)"):
        with page.expect_download() as download:
            page.get_by_role("button", name=name).click()
        made[name] = (download.value.suggested_filename, download.value.path().read_bytes())
    made["drawings"] = {}
    for kind in ("SVG", "PNG"):
        buttons = page.get_by_role("button", name=kind, exact=True)
        for place in range(buttons.count()):
            download = downloaded(page, buttons.nth(place))
            made["drawings"][download.suggested_filename] = download.path().read_bytes()
    made["pdf"] = ("", page.pdf())
    made["page"] = ("", page.inner_text("main").encode())
    picture(page, "page-take-1280")
    yield made
    context.close()


def test_files_hold_what_python_computes(taken):
    scenario = cgsim.load("korsakoff", ["meetings=2"])
    results = cgsim.run(scenario, RUNS, SEED)
    name, text = taken["Scenario (.toml)"]
    assert name == "korsakoff-changed.toml"
    assert cgsim.Scenario.from_dict(tomllib.loads(text.decode())).to_dict() == scenario.to_dict()
    rows = list(csv.DictReader(io.StringIO(taken["Measures (.csv)"][1].decode("utf-8-sig"))))
    summary = results.summary
    assert [row["measure"] for row in rows] == list(summary["measure"])
    for row, right in zip(rows, summary.to_dict("records"), strict=True):
        for key in ("estimate", "low", "high"):
            value = float(row[key] or "nan")
            assert value == pytest.approx(right[key], rel=0, abs=1e-9, nan_ok=True)
    runs = list(csv.DictReader(io.StringIO(taken["Every run (.csv)"][1].decode("utf-8-sig"))))
    assert [float(row["gain"]) for row in runs] == results.column("gain").tolist()
    assert [row["outcome"] for row in runs] == list(results.replicates["outcome"])


def test_the_workbook_opens(taken):
    book = load_workbook(io.BytesIO(taken["Workbook (.xlsx)"][1]))
    assert book.sheetnames == ["answer", "measures", "runs"]
    assert book["runs"].max_row == RUNS + 1
    assert book["answer"]["A1"].value.startswith(f"In {RUNS} runs of")
    gain = cgsim.run("korsakoff", RUNS, SEED, {"meetings": 2}).column("gain")
    assert [book["runs"].cell(row, 2).value for row in (2, RUNS + 1)] == [gain[0], gain[-1]]


FIGURES = ["months", "doubts", "levers", "hours", "changes", "members", "network", "together"]


def texts_of(drawing):
    """All that a drawing says, each text with its place."""
    import xml.etree.ElementTree as tree

    root = tree.fromstring(drawing)
    assert root.tag.endswith("svg")
    return [one.text for one in root.iter() if one.tag.endswith("}text") and one.text]


@pytest.mark.parametrize("part", FIGURES)
def test_every_figure_carries_its_source_and_stands_alone(taken, part):
    assert len(taken["drawings"]) == 2 * len(FIGURES)
    drawing = taken["drawings"][f"korsakoff-changed-{part}.svg"].decode()
    assert not re.search(r"var\(|class=|style=|<image|<foreignObject", drawing)
    said = plain(" ".join(texts_of(drawing)))
    assert "“Korsakoff: nine contributors and one hard case (changed)”." in said
    assert "seed 1, cgsim" in said
    assert "Most inputs are expert assumptions" in said
    png = taken["drawings"][f"korsakoff-changed-{part}.png"]
    assert png.startswith(b"\x89PNG")
    assert len(png) > 5000


def test_figures_say_in_texts_what_they_show(taken):
    said = {
        part: plain(" ".join(texts_of(taken["drawings"][f"korsakoff-changed-{part}.svg"])))
        for part in FIGURES
    }
    names = [agency.name for agency in cgsim.load("korsakoff").agencies]
    for name in names:
        assert name in said["members"]
    assert "Local hospital" in said["network"]
    assert "Run 0 of seed 1" in said["network"]
    for words in (
        "Meetings: twice a month",
        "Members: nine",
        "once a year",
        f"{CURVE_RUNS} runs a point",
    ):
        assert words in said["levers"]
    answer = cgsim.run("korsakoff", RUNS, SEED, {"meetings": 2}).answer()
    luck = next(one.text for one in answer.headline if one.id.startswith("luck."))
    assert luck in said["doubts"]


def test_a_figure_of_a_phone_is_as_whole_as_one_of_a_desk(visit):
    page = settled(
        visit("#case=korsakoff&room=take", width=390, height=844, has_touch=True), "done"
    )
    for part in ("network", "levers"):
        row = page.locator(".drawing", has=page.locator(f"#take-korsakoff-{part}"))
        with page.expect_download() as download:
            row.get_by_role("button", name="SVG", exact=True).click()
        drawing = download.value.path().read_text("utf-8")
        width = int(re.search(r'width="(\d+)"', drawing).group(1))
        assert 300 < width <= 390
        assert "not what will happen." in " ".join(texts_of(drawing))


def test_the_page_prints(taken):
    assert taken["pdf"][1].startswith(b"%PDF")
    said = json.dumps(taken["page"][1].decode())
    assert f"cgsim run korsakoff --set meetings=2 --replicates {RUNS} --seed 1" in said
    assert "it shows what follows from them, not what will happen" in said


def test_what_is_being_typed_stays_while_results_come_in(visit):
    page = visit("#case=korsakoff&room=members")
    hours = page.get_by_label("hours a month of Local hospital")
    hours.press("Control+a")
    hours.press("7")
    page.evaluate("(to) => { location.hash = to; }", "case=korsakoff&room=members&run=3")
    until(page, "who gains", "document.querySelector('[aria-label^=\"Who gains\"] svg') !== null")
    expect(hours).to_have_value("7")
    hours.press("5")
    hours.press("Tab")
    until(page, "taken", "location.hash.includes('75')")


def test_an_address_of_a_file_is_said_to_lead_nowhere_else(visit):
    page = visit("#case=korsakoff&room=watch", behind=True)
    page.get_by_role("button", name="Share").click()
    expect(page.get_by_text("This address opens on this device only.")).to_be_visible()


def test_files_of_answers_in_another_coding_are_refused_and_all_faults_are_told(visit, tmp_path):
    fine, excel, wrong = (tmp_path / name for name in ("fine.csv", "excel.csv", "wrong.csv"))
    fine.write_text("question,Council\ntrust,high\n")
    excel.write_bytes("question,Café\ntrust,high\n".encode("cp1252"))
    wrong.write_text("question,Police\ntrust,hihg\n")
    page = visit("#room=assess")
    field = page.get_by_label("Choose files of answers")
    field.set_input_files([fine, excel, wrong])
    fault = page.get_by_role("alert")
    expect(fault).to_contain_text("excel.csv: got bytes that are no text; allowed a text in UTF-8")
    expect(fault).to_contain_text('wrong.csv, line 2: trust: got "hihg"')
    expect(fault).to_contain_text("None of these files was taken")
    expect(page.locator(".voices")).to_have_count(0)
    field.set_input_files(fine)
    expect(page.locator(".voices")).to_contain_text("Council: knew an answer to 1 of 24 questions")
    expect(fault).to_have_count(0)


def test_files_of_one_name_are_told_apart(visit, tmp_path):
    page = visit("#room=assess", behind=True)
    field, listed = page.get_by_label("Choose files of answers"), page.locator(".voices li")
    fault = page.get_by_role("alert")

    def of(folder, name, text):
        path = tmp_path / folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        return path

    def bring(*given):
        field.set_input_files([of(*one) for one in given])

    # Two who name nobody: each is called after a file, the second with its number.
    own = ("a", "partners.toml", '[answers]\ntrust = "high"\n')
    other = ("b", "partners.toml", '[answers]\ntrust = "wary"\n')
    bring(own)
    expect(listed).to_have_text(["partners: knew an answer to 1 of 24 questions in partners.toml×"])
    bring(own)
    expect(fault).to_have_text(
        "partners.toml (2): got the same answers as in partners.toml; allowed each partner once "
        '(partner = "NAME" says who it is)'
    )
    bring(other)
    expect(fault).to_have_count(0)
    expect(listed.nth(1)).to_have_text(
        "partners (2): knew an answer to 1 of 24 questions in partners.toml (2)×"
    )
    # Tables name partners: who is there twice is told with both files.
    bring(("a", "partners.csv", "question,Council\ntrust,high\n"))
    bring(("b", "partners.csv", "question,Police,Council\ntrust,wary,wary\n"))
    said = 'partners.csv (2): "Council" has answered already, in partners.csv: remove the one or '
    expect(fault).to_have_text(f"{said}the other")
    expect(listed).to_have_count(3)
    bring(("b", "partners.csv", "question,Police\ntrust,hihg\n"))
    expect(fault).to_contain_text('partners.csv (2), line 2: trust: got "hihg"')
    bring(("b", "partners.csv", "question,Police\ntrust,wary\n"))
    expect(listed.nth(3)).to_have_text(
        "Police: knew an answer to 1 of 24 questions in partners.csv (2)×"
    )
    # What is removed leaves its name free.
    page.get_by_role("button", name="remove Council").click()
    bring(("a", "partners.csv", "question,Fire\ntrust,high\n"))
    expect(listed.nth(3)).to_have_text("Fire: knew an answer to 1 of 24 questions in partners.csv×")
    # Dropped from two folders at once.
    page.evaluate(
        """(texts) => {
            const all = new DataTransfer();
            for (const text of texts) all.items.add(new File([text], "mail.csv"));
            const drop = new DragEvent("drop", { dataTransfer: all, bubbles: true });
            document.querySelector(".voices").dispatchEvent(drop);
        }""",
        ["question,A\ntrust,hihg\n", "question,B\ntrust,hihg\n"],
    )
    lines = fault.inner_text().split("\n")
    assert [line.split(":")[0] for line in lines] == ["mail.csv, line 2", "mail.csv (2), line 2"]


def test_a_lever_that_is_moved_by_little_is_told(visit):
    page = settled(visit("#case=korsakoff&room=take&set.fund=120.4"))
    expect(note(page, "A paragraph to paste")).to_contain_text("120.4 a month")


def test_on_a_phone_every_number_is_seen_with_its_interval(visit):
    """No table is wider than the screen, and no lever's value is cut with three side by side."""
    page = settled(visit("#case=korsakoff&room=answer", 390, 844))
    page.get_by_text("All the numbers, and how runs came out").click()
    rows = page.locator(".stacked tbody tr")
    expect(rows.first).to_contain_text("12.")
    hidden = "all => all.filter(one => one.getBoundingClientRect().right > innerWidth).length"
    assert page.locator(".stacked td").evaluate_all(hidden) == 0
    page = settled(
        visit(
            "#case=korsakoff&room=compare&with=korsakoff&with.meetings=2&and=korsakoff&and.fund=0",
            390,
            844,
        )
    )
    chosen = page.get_by_label("Bought hours, B")
    assert chosen.evaluate("one => one.getBoundingClientRect().width") > 250
    page.get_by_text("All the numbers side by side").click()
    expect(page.locator(".stacked tbody tr").first).to_contain_text("13.")
    assert page.locator(".stacked td").evaluate_all(hidden) == 0
    # Without money there is nothing that money did, and nothing that is not known.
    table = page.locator(".stacked")
    assert table.inner_text().count("no money") == 4
    assert "not known" not in table.inner_text()
