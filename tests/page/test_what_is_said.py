"""What the page says beside numbers: what was changed, of what they are, and one sign for minus."""

import re

import pytest
from playwright.sync_api import expect

import cgsim
from cgsim import statistics
from cgsim.answer import compare, formats
from cgsim.answer.catalogue import word
from cgsim.mechanisms import KINDS
from cgsim.running.results import run_many

from .looking import RUNS, SEED, plain, settled


def region(page, name):
    return page.get_by_role("region", name=name)


def test_a_text_to_paste_says_what_was_changed(visit):
    asked = "set.meetings=2&set.size=7&set.production=3&set.trust_gain=0.1"
    page = settled(visit(f"#case=korsakoff&room=take&{asked}", behind=True))
    wanted = (
        "This is with meetings twice a month (fortnightly) in place of once a month; seven members "
        "in place of nine; production by “o ring” in place of “harmonic”; “trust gain” 0.1 in "
        "place of 0.2; all else is as in “Korsakoff: nine contributors and one hard case”."
    )
    for name in ("In short, to paste", "A paragraph to paste"):
        assert wanted in plain(region(page, name).inner_text())


def test_a_text_to_paste_says_that_members_were_entered(visit):
    page = settled(visit("#case=korsakoff&room=members", behind=True))
    hours = page.get_by_label("hours a month of Local hospital")
    hours.fill("400")
    hours.blur()
    page.get_by_role("link", name="Take away").click()
    said = region(page, "In short, to paste")
    expect(said).to_contain_text("This is with its members as they were entered by hand; all else")


def test_a_text_to_paste_of_what_was_given_tells_of_no_change(visit):
    page = settled(visit("#case=korsakoff&room=take", behind=True))
    assert "This is with" not in page.inner_text("main")


def test_only_levers_that_differ_are_marked(visit):
    page = visit("#case=cluttered&room=compare&with=baseline", behind=True)
    sides = [cgsim.load(name) for name in ("cluttered", "baseline")]
    for label, key in (("Meetings", "meetings"), ("Who may decide", "authority")):
        values = {tuple(sorted({p.levers[key] for p in side.partnerships})) for side in sides}
        row = page.locator(".levers-of-two tr", has_text=label)
        expect(row).to_have_count(1)
        assert ("differs" in row.get_attribute("class")) == (len(values) > 1)
    assert len(sides[0].partnerships) > 1  # of as many partnerships each would be no test


def test_values_that_differ_read_differently(visit):
    page = visit(
        "#case=baseline&room=compare&set.authority=0.9501&with=baseline&with.authority=0.95014"
        "&set.meetings=0.33&with.meetings=0.5",
        behind=True,
    )
    chosen = {
        side: page.get_by_label(f"Who may decide, {side}").locator("option:checked").inner_text()
        for side in "AB"
    }
    assert chosen == {"A": "95.01 of 100 things", "B": "95.014 of 100 things"}
    meetings = page.get_by_label("Meetings, A").locator("option:checked")
    expect(meetings).to_have_text("about every three months (0.33 a month)")


def test_gains_that_differ_by_little_read_differently(visit):
    hours = cgsim.load("korsakoff").partnerships[0].levers["hours"] + 1e-4
    asked = f"#case=korsakoff&room=compare&with=korsakoff&with.hours={hours}"
    page = settled(visit(asked))
    changes = ([], [f"hours={hours}"])
    results = run_many([cgsim.load("korsakoff", c) for c in changes], RUNS, SEED)
    gains = [r.estimate("gain_over_equal_money").value for r in results]
    assert formats.signed(gains[0]) == formats.signed(gains[1])
    expect(page.locator(".side .figure")).to_have_count(2)
    shown = [plain(text) for text in page.locator(".side .figure").all_inner_texts()]
    assert shown[0] != shown[1]
    for text, gain in zip(shown, gains, strict=True):
        digits = len(text.removesuffix(" %").partition(".")[2])
        assert text == f"+{formats.percent(gain, digits)}"


@pytest.mark.parametrize(
    ("other", "changes", "measure"),
    [
        ("baseline", [], "area_gain_over_equal_money"),
        ("korsakoff&with.meetings=2", ["meetings=2"], "gain_over_equal_money"),
    ],
)
def test_gains_and_their_difference_are_of_one_base(visit, other, changes, measure):
    page = settled(visit(f"#case=korsakoff&room=compare&with={other}"))
    scenarios = [cgsim.load("korsakoff"), cgsim.load(other.partition("&")[0], changes)]
    first, second = run_many(scenarios, RUNS, SEED)
    gains = [statistics.mean(r.column(measure)).value for r in (first, second)]
    expect(page.locator(".side .figure")).to_have_count(2)
    shown = [plain(text) for text in page.locator(".side .figure").all_inner_texts()]
    assert shown == [formats.signed(gain) for gain in gains]
    assert gains[1] - gains[0] == pytest.approx(second.beyond(first).value)
    said = plain(region(page, "The difference").locator(".first").inner_text())
    assert compare.beyond_statement("B", "A", second, first).text in said
    for base in page.locator(".side .base").all_inner_texts():
        assert base.startswith("of what ")
        assert base in said


def test_a_mechanism_is_chosen_by_hand_and_undone(visit):
    page = settled(visit("#case=korsakoff", behind=True))
    place = region(page, "What the model assumes")
    assert not place.locator("details").evaluate("one => one.open")
    before = plain(page.inner_text(".figure"))
    place.locator("summary").click()
    for kind in KINDS:
        choice = place.get_by_label(kind.help)
        # What each is stands before its name, which files and commands take.
        labels = [word(f"mechanism.{kind.name}_{name}") for name in kind.names]
        own = f"{labels[0]} ({kind.default}, the model's own)"
        others = [
            f"{label} ({name})" for label, name in list(zip(labels, kind.names, strict=True))[1:]
        ]
        expect(choice.locator("option")).to_have_text([own, *others])
        expect(choice).to_have_value("0")
        expect(place).to_contain_text(f"{kind.default}: {kind.mechanisms[0].help}")
    narrow = "all => all.every(one => one.getBoundingClientRect().right <= innerWidth)"
    page.set_viewport_size({"width": 390, "height": 844})
    assert place.locator("select").evaluate_all(narrow)
    page.set_viewport_size({"width": 1280, "height": 900})
    place.get_by_label(KINDS[0].help).select_option(
        label="skills replace each other, more or less (ces)"
    )
    settled(page)
    expect(place).to_contain_text(KINDS[0].mechanisms[1].help)
    told = region(page, "The answer").locator(".exchanged")
    expect(told).to_have_text(
        "Here the model works in other ways than its own: production by “ces” (skills replace each "
        "other, more or less)."
    )
    right = cgsim.run("korsakoff", RUNS, SEED, ["production=ces"])
    after = formats.signed(right.estimate("gain_over_equal_money").value)
    expect(page.locator(".figure").first).to_have_text(after.replace(" %", "\u00a0%"))
    assert before != after
    assert "set.production=1" in page.evaluate("location.hash")
    footer = page.locator("footer")
    expect(footer).to_contain_text("cgsim run korsakoff --set production=ces --replicates")
    page.get_by_role("button", name="Undo").click()
    expect(told).to_have_count(0)
    assert "production" not in page.evaluate("location.hash")
    page.get_by_role("button", name="Redo").click()
    expect(told).to_have_count(1)
    page.get_by_role("link", name="Take away").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Scenario (.toml)").click()
    taken = cgsim.loads(download.value.path().read_text("utf-8"))
    assert taken.to_dict() == right.scenario.to_dict()
    page.get_by_role("link", name="The answer").click()
    place.locator("summary").click()
    place.get_by_label(KINDS[0].help).select_option("0")
    expect(page.get_by_role("button", name="As given")).to_be_disabled()  # nothing is changed


def test_mechanisms_side_by_side_have_their_label_and_name(visit):
    page = visit("#case=korsakoff&room=compare&with=korsakoff&with.production=3", behind=True)
    row = page.locator(".levers-of-two tr", has_text="production")
    expect(row.locator("td")).to_have_text(
        [
            "every skill is needed, in balance (harmonic, the model's own)",
            "each weak skill weakens the whole (o_ring)",
        ]
    )


def test_a_mechanism_that_is_none_is_refused(visit):
    page = visit("#case=korsakoff&set.production=9", behind=True)
    expect(page.get_by_role("alert")).to_contain_text("production: got 9; allowed 0 to 3: harmonic")


ROOMS = ("answer", "compare&with=baseline", "watch&month=40", "members", "unknown", "take")


@pytest.mark.parametrize("room", ROOMS)
def test_one_sign_stands_for_minus(visit, room):
    page = settled(visit(f"#case=cluttered&set.fund=80&room={room}"), "all")
    page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
    page.evaluate("document.querySelectorAll('code, pre').forEach((one) => one.remove())")
    said = page.inner_text("main")
    assert re.findall(r".{20}(?<!\w)-\d.{9}", said) == []
    if room == "answer":
        assert "\u2212" in said
