"""The game as people play it: on a phone, on a wall, by keyboard alone; and a room's plays."""

import csv
import io
import random
import re

import numpy as np
import pytest
from playwright.sync_api import expect
from tests.browsing import VISIBLE_WORDS, WORDS_A_SECOND, picture
from tests.game.test_plays import drawn

from cgsim.answer import formats
from cgsim.answer.catalogue import english
from cgsim.game import ACTIONS, CASES, Decision, Play, live, read_code, write_code
from cgsim.page import one_file

from .looking import plain, until

MOST_WORDS = 40
FIRST_DECISION = 30
RUBRIC = [
    "What did you see?",
    "What did you think it meant?",
    "What was it?",
    "What would you do otherwise?",
]
SURVEYED = (1, 3)
"""Quarters at whose end a survey is read: with a guess to make, and with decisions."""
TO = Decision.to
GRANT = CASES[0]


@pytest.fixture(scope="module")
def game_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("game") / "game.html"
    path.write_text(one_file.game_page(), "utf-8")
    return path


def words_on(page, parts=".game"):
    return page.evaluate(VISIBLE_WORDS, parts)


def begin(page, number, case=None):
    page.get_by_label("Your number").fill(str(number))
    if case:
        page.get_by_label("The case").select_option(label=case.title)
    page.get_by_role("button", name="Begin").click()
    page.wait_for_selector(".quarter")


def live_on(page):
    """Live three months, and wait until they are behind."""
    progress = "document.querySelector('.quarter-head .hidden')?.textContent"
    before = page.evaluate(progress)
    assert re.fullmatch(r"Quarter \d+ of 12", before)
    page.locator(".go button").click()
    # The address changes before the screen does: a press on the quarter before is lost.
    until(page, "lived", f"{progress} !== {before!r}")


def guess(page, text, why=""):
    page.get_by_text(text, exact=True).click()
    page.get_by_label("Why?").fill(why)
    page.get_by_role("button", name="Keep it").click()
    page.wait_for_selector(".choices-of")


def code_in(page):
    return re.search(r"play=([0-9A-Z-]+)", page.url)[1]


@pytest.mark.parametrize("width", [390, 1920])
def test_three_years_from_end_to_end(visit, game_file, width):
    size = {"width": width, "height": 844 if width == 390 else 1080}
    page = visit(file=game_file, **size)
    before = words_on(page)
    assert before <= MOST_WORDS
    picture(page, f"game-begin-{width}")
    # What wins, and what more of the grant is, can be asked before anything is decided.
    page.get_by_text("What wins?").click()
    first = page.locator(".begin form.card").inner_text()
    grant = CASES[0].grant
    assert "more need than the same money would have met in services" in first
    assert f"{grant['fund']:.0f} paid hours a month for {grant['fund_months']} months" in first
    assert "12 more months of it" in first
    begin(page, 7)
    first = words_on(page)
    assert first <= MOST_WORDS
    assert (before + first) / WORDS_A_SECOND <= FIRST_DECISION
    picture(page, f"game-first-{width}")
    page.get_by_role("button", name="Take the grant").click()
    page.get_by_role("button", name="Your own time").click()
    page.get_by_role("button", name="Give leading some of your time").click()
    expect(page.locator(".game .left")).to_have_text("none left")
    expect(page.get_by_role("button", name="Aims")).to_have_attribute("aria-disabled", "true")
    picture(page, f"game-chosen-{width}")
    for quarter in range(12):
        if quarter in (2, 6):
            page.wait_for_selector("fieldset")
            assert words_on(page) <= MOST_WORDS
            picture(page, f"game-guess-{quarter}-{width}")
            if quarter == 2:
                guess(page, "more: about 300 more", "They all still come.")
            else:
                guess(page, "about as much", "It stalls.")
        assert words_on(page) <= MOST_WORDS, page.inner_text(".game")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if quarter in SURVEYED:
            page.get_by_role("button", name="Ask everybody how it is going").click()
        if quarter == 4:
            page.get_by_role("button", name="Meet as needed").click()
            picture(page, f"game-middle-{width}")
        live_on(page)
    page.wait_for_selector(".debrief[data-found=all]")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    picture(page, f"game-debrief-{width}")
    surveys = [TO("survey", quarter) for quarter in SURVEYED]
    decisions = (TO("leading", 0, 1), TO("grant", 0), *surveys, TO("as_needed", 4, 1))
    play = Play(GRANT, 7, decisions, (300, 0))
    assert code_in(page) == write_code(play)
    (lived,) = live([play])
    assert plain(page.inner_text(".debrief .figure")) == formats.signed_units(lived.score)
    said = plain(page.inner_text(".debrief"))
    assert "Your words: They all still come." in said
    assert "After month 18 you wrote: 0 units a year." in said
    without = live([play.without(place) for place in range(len(decisions))])
    for effect in (lived.score - one.score for one in without):
        assert abs(effect) < 0.5 or formats.signed_units(effect) in said
    handed = page.get_by_label("Your three sentences").input_value()
    assert "because: It stalls." in handed
    assert plain(handed).endswith(f"and {formats.signed_units(lived.score)} over all three years.")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save code and reasons as a file").click()
    kept = download.value.path().read_text("utf-8")
    assert read_code(kept.splitlines()[0]) == play
    assert "They all still come." in kept


def test_a_choice_can_be_undone_before_it_is_lived_and_a_reload_goes_on(visit, game_file):
    page = visit(file=game_file)
    begin(page, 12)
    page.get_by_role("button", name="Take the grant").click()
    page.get_by_role("button", name="Win twelve more months of the grant").click()
    expect(page.locator(".decision.made")).to_have_count(2)
    page.get_by_role("button", name="Undo: Take the grant").click()
    expect(page.locator(".decision.made")).to_have_count(0)  # no money without a grant
    page.get_by_role("button", name="Members").click()
    page.get_by_label("How many members").select_option("7")
    before = set(names_in(page))
    told = page.locator(".who").inner_text()
    live_on(page)
    expect(page.get_by_role("heading", level=2)).to_have_text("Year 1, summer")
    expect(page.locator(".faces li")).to_have_count(7)
    gone = before - set(names_in(page))
    assert len(gone) == 3
    assert sorted(re.split(", | and ", told.removesuffix(" would go."))) == sorted(gone)
    page.get_by_role("button", name="Ask everybody how it is going").click()
    page.reload()
    expect(page.get_by_role("heading", level=2)).to_have_text("Year 1, summer")
    expect(page.locator(".decision.made")).to_have_count(1)
    live_on(page)
    (lived,) = live([Play(GRANT, 12, (TO("members", 0, 5), TO("survey", 1)))])
    trust = lived.column("trust")[12 + 5]
    expect(page.locator(".survey")).to_contain_text(f"trust {100 * trust:.0f}\u00a0%, agreement")
    page.go_back()
    expect(page.get_by_role("heading", level=2)).to_have_text("Year 1, summer")


def names_in(page):
    """Return who is in, by name."""
    return page.locator(".faces li:not(.gone) .hidden").all_inner_texts()


def test_those_who_left_are_named(visit, game_file):
    page = visit(file=game_file)
    many = CASES[1]
    code = write_code(Play(many, 0, (TO("grant", 0),)))
    (lived,) = live([read_code(code)])
    names = []
    for quarter in (4, 5):
        to = f"room=game&play={code}&lived={quarter}"
        page.evaluate("(to) => { location.hash = to; }", to)
        page.wait_for_selector(".choices-of")
        names.append(set(names_in(page)))
        assert len(names[-1]) == lived.seen(quarter).members
    left = names[0] - names[1]
    assert len(left) == 3
    said = page.locator(".who-in summary").inner_text()
    who = re.fullmatch(r"Thirteen are in\. (.+) and two more left\.", said)
    assert who[1] in left
    assert words_on(page) <= MOST_WORDS
    page.locator(".who-in summary").click()
    listed = page.locator(".who-in p").inner_text()
    assert all(name in listed for name in names[1])


def test_what_a_lead_does_not_see_is_nowhere_before_the_end(visit, game_file):
    page = visit(file=game_file)
    decisions = (TO("grant", 0), TO("leading", 0, 1))
    code = write_code(Play(GRANT, 3, decisions))
    page.evaluate("(to) => { location.hash = to; }", f"room=game&play={code}&lived=5")
    page.wait_for_selector(".choices-of")
    (lived,) = live([read_code(code)])
    seen = lived.seen(5)
    said = plain(page.inner_text(".game"))
    for one in live([read_code(code), read_code(code).without(0)]):
        assert f"{abs(one.score):,.0f}" not in said
    assert f"{seen.hours:,.0f} hours" in said
    assert f"{round(seen.money_left / 80)} months of money" in said
    texts = english().texts
    sayings = [text for key, text in texts.items() if key.startswith("game_says.")]
    assert any(f"“{one}”" in said for one in sayings)


def test_closing_ends_it_and_is_praised_where_it_was_right(visit, game_file):
    page = visit(file=game_file)
    begin(page, 3)
    page.get_by_role("button", name="Take the grant").click()
    live_on(page)
    page.get_by_role("button", name="Close the partnership").click()
    page.locator(".go button").click()
    page.wait_for_selector(".debrief[data-found=all]")
    play = Play(GRANT, 3, (TO("grant", 0), TO("close", 1)))
    closed, open_ = live([play, play.without(1)])
    assert closed.score > open_.score
    told = f"Going on would have cost {closed.score - open_.score:,.0f} units a year."
    expect(page.locator(".praise")).to_contain_text(told)


def test_it_is_played_by_keyboard_alone(visit, game_file):
    page = visit(file=game_file)

    def tab_to(what):
        for _ in range(60):
            page.keyboard.press("Tab")
            told = page.evaluate(
                "[document.activeElement.innerText, document.activeElement.labels?.[0]?.innerText,"
                " document.activeElement.getAttribute('aria-label')].join('|')"
            )
            if what in told:
                return
        raise AssertionError(f"{what} is not reached")

    tab_to("Your number")
    page.keyboard.press("Control+A")
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    page.wait_for_selector(".quarter")
    # Reading goes on where the new quarter begins.
    assert page.evaluate("document.activeElement.innerText") == "Year 1, spring"
    tab_to("Your own time")
    page.keyboard.press("Enter")
    tab_to("Give leading most of your time")
    page.keyboard.press("Space")
    until(page, "chosen", "document.querySelectorAll('.decision.made').length === 1")
    assert page.evaluate("document.activeElement.id") == "do-leading"
    for quarter in range(12):
        if quarter in (2, 6):
            page.wait_for_selector("fieldset")
            tab_to("far more")
            page.keyboard.press("ArrowDown")
            tab_to("Keep it")
            page.keyboard.press("Enter")
            page.wait_for_selector(".choices-of")
        tab_to("Live ")
        page.keyboard.press("Enter")
        if quarter < 11:
            until(page, "lived", f"location.hash.endsWith('lived={quarter + 1}')")
            # The address changes before the screen does, which takes the focus along.
            until(
                page,
                "drawn",
                "document.activeElement !== document.body"
                " && !document.activeElement.innerText.startsWith('Live ')",
            )
    page.wait_for_selector(".debrief[data-found=all]")
    assert page.evaluate("document.activeElement.innerText") == "What it came to"
    assert code_in(page) == write_code(Play(GRANT, 5, (TO("leading", 0, 2),), (600, 600)))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_screen(visit, game_file, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = visit(file=game_file, color_scheme=scheme)
    found = []

    def look():
        page.wait_for_timeout(200)
        found.extend(Axe().run(page).response["violations"])

    look()
    begin(page, 9)
    page.get_by_role("button", name="Take the grant").click()
    page.get_by_role("button", name="Who may decide").click()
    look()
    page.get_by_role("button", name="Ask managers to let their people decide more").click()
    look()
    code = write_code(Play(GRANT, 9, (TO("grant", 0), TO("survey", 1))))
    page.evaluate("(to) => { location.hash = to; }", f"room=game&play={code}&lived=2")
    page.wait_for_selector("fieldset")
    look()
    page.evaluate("(to) => { location.hash = to; }", f"room=game&play={code}")
    page.wait_for_selector(".debrief[data-found=all]")
    page.evaluate("() => document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    look()
    picture(page, f"game-debrief-{scheme}")
    page.evaluate("() => { location.hash = 'room=game&panel=wall'; }")
    page.get_by_label("Codes, one a line").fill(code)
    page.get_by_role("button", name="Show them").click()
    page.wait_for_selector(".wall[data-found=all]")
    page.evaluate("() => document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    look()
    told = [(v["id"], v["nodes"][0]["html"][:200]) for v in found if v["impact"] != "minor"]
    assert told == []


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("play=20001-5Q308", "play: got a code with a slip in it, or a part of one"),
        ("play=<b>", "play: got '<' in a code; allowed letters and digits, without U"),
        ("lived=3", "lived: got quarters without a play"),
        ("play={}&lived=13", "lived: got 13; allowed 0 to 12"),
        ("play={}&lived=1", "lived: got 1 quarters, and a decision in quarter 3"),
        ("play={}&lived=x", 'lived: got "x"; allowed a number'),
        ("play=" + "0" * 201, "play: got"),
    ],
)
def test_an_address_that_is_no_play_is_refused_in_one_line(visit, game_file, address, told):
    page = visit(file=game_file)
    code = write_code(Play(GRANT, 1, (TO("grant", 3),)))
    to = "room=game&" + address.format(code)
    page.evaluate("(to) => { location.hash = to; }", to)
    expect(page.get_by_role("alert")).to_contain_text(told)


def test_a_long_number_is_told_which_luck_it_is(visit, game_file):
    page = visit(file=game_file)
    number = page.get_by_label("Your number")
    number.fill("201912345678")
    told = page.locator("#game-number-how")
    expect(told).to_contain_text("Longer than eight digits, so your luck is number")
    luck = int(re.search(r"number (\d+)\.", told.inner_text())[1])
    number.fill("two")
    expect(page.get_by_role("alert")).to_have_text("Up to 20 digits, please.")
    expect(page.get_by_role("button", name="Begin")).to_be_disabled()
    number.fill("201912345678")
    begin(page, "201912345678", CASES[2])
    assert read_code(code_in(page)) == Play(CASES[2], luck)


def room(count, seed=2):
    """Return plays of a room: most of one case, with and without guesses."""
    draw = random.Random(seed)
    made = []
    for _ in range(count):
        play = drawn(GRANT if draw.random() < 0.8 else draw.choice(CASES), draw)
        guesses = (draw.choice([None, 100]), draw.choice([None, 300, -100, 600]))
        made.append(Play(play.case, draw.randrange(10**7), play.decisions, guesses))
    return made


def test_the_wall_shows_what_a_room_played(visit, game_file):
    plays = room(24)
    lines = ["Name,Code"]
    lines += [f'"Student, {n}",{write_code(play)}' for n, play in enumerate(plays)]
    lines.insert(4, "Oops,20001-5Q308-8CG9P-0KEF7-1YX59-J")
    page = visit("#room=game&panel=wall", file=game_file)
    page.get_by_label("Codes, one a line").fill("\n".join(lines))
    page.get_by_role("button", name="Show them").click()
    page.wait_for_selector(".wall[data-found=all]")
    said = plain(page.inner_text(".wall"))
    assert "24 plays" in said
    assert "Line 1 has no code; taken as a heading." in said
    assert "Line 5: got a code with a slip in it" in said
    lived = live(plays)
    scores = np.array([one.score for one in lived])
    first = [_grant_first(play) for play in plays]
    assert (
        f"{np.sum(scores >= 0)} of 24 met more than the same money. {sum(first)} took the grant "
        f"before anybody led: {np.sum(scores[first] < 0)} of them lost."
    ) in said
    guesses = [
        (play.guesses[1], np.sum(one.met[0, 12:30] - one.met[2, 12:30]) * 12 / 18)
        for play, one in zip(plays, lived, strict=True)
        if play.guesses[1] is not None
    ]
    high = sum(guess > truth for guess, truth in guesses)
    low = len(guesses) - high
    assert f"{high} of {len(guesses)} believed it better than it was, {low} believed it " in said
    ended = [one.ended for one in lived]
    closed = ended.count("dated end")
    fell = sum(bool(one) for one in ended) - closed
    assert f"{closed} closed it, {fell} fell apart, {ended.count('')} lived on." in said
    page.get_by_text("Mark each play").click()
    expect(page.locator(".marked tbody tr")).to_have_count(24)
    for asked, mark in zip(RUBRIC, "2130", strict=True):
        page.get_by_label(f"{asked} Student, 3", exact=True).select_option(mark)
    page.get_by_label(f"{RUBRIC[0]} Student, 4", exact=True).select_option("1")
    expect(page.locator(".marked tbody tr").nth(3)).to_contain_text(re.compile("6$"))
    with page.expect_download() as download:
        page.get_by_role("button", name="Save as a table (.csv)").click()
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text("utf-8"))))
    assert len(rows) == 24
    marks = [f"{asked} (of {most})" for asked, most in zip(RUBRIC, (2, 2, 3, 3), strict=True)]
    given = [[row[mark] for mark in [*marks, "marks (of 10)"]] for row in rows]
    assert given[3] == ["2", "1", "3", "0", "6"]
    assert given[4] == ["1", "", "", "", ""], "no sum until each was given"
    assert not any("".join(row) for row in given[:3] + given[5:])
    for row, play, one, marked in zip(rows, plays, lived, first, strict=True):
        assert read_code(row["code"]) == play
        assert float(row["score, units a year"]) == pytest.approx(one.score, abs=1e-9)
        assert (
            float(row["founding members better off than with the same money, share"])
            == one.better_off
        )
        assert row["grant before anybody led"] == ("yes" if marked else "no")
        assert row["beside the code"].startswith("Student, ")
        assert bool(row["could be turned until month"]) <= (one.score < 0)
    stuck = re.search(r"nine in ten could no longer turn it from month (\d+) on", said)
    turned = sorted(
        int(row["could be turned until month"] or -2) + 3
        for row, score in zip(rows, scores, strict=True)
        if score < 0
    )
    assert int(stuck[1]) == turned[int(np.ceil(0.9 * len(turned))) - 1]
    picture(page, "game-wall-1280")


def _grant_first(play):
    named = [(ACTIONS[d.action].name, d) for d in play.decisions]
    grants = [d.quarter for name, d in named if name == "grant"]
    leads = [d.quarter for name, d in named if name == "leading" and d.level > 0]
    return bool(grants) and grants[0] < min([*leads, 99])


def test_a_room_of_120_is_shown_whole(visit, game_file):
    plays = room(120, seed=9)
    page = visit("#room=game&panel=wall", file=game_file)
    page.get_by_label("Codes, one a line").fill("\n".join(map(write_code, plays)))
    page.get_by_role("button", name="Show them").click()
    page.wait_for_selector(".wall[data-found=lives], .wall[data-found=all]")
    guessed = sum(play.guesses[1] is not None for play in plays)
    over = sum(bool(one.ended) for one in live(plays))
    expect(page.locator(".wall section svg g > title")).to_have_count(120 + guessed + over)


def test_the_game_is_reached_from_the_start_and_from_teach(visit):
    page = visit("#room=start", behind=True)
    page.get_by_role("link", name="What would you decide?").click()
    expect(page.get_by_role("button", name="Begin")).to_be_visible()
    page.get_by_role("link", name="Teach", exact=True).click()
    page.get_by_role("link", name="What would you decide?").click()
    expect(page.get_by_role("button", name="Begin")).to_be_visible()
