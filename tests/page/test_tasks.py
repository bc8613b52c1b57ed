"""What people come to the page for, done as they would do it, without help."""

import re

import pytest
from playwright.sync_api import expect
from tests.assess.people import BEST

import cgsim
from cgsim import statistics
from cgsim.answer import compare, formats
from cgsim.assess import words
from cgsim.assess.answers import Answers, Voice
from cgsim.assess.assessment import assess
from cgsim.assess.questions import questionnaire
from cgsim.experiment.doubt import drawn_many
from cgsim.page.questions import PAGE_REPLICATES
from cgsim.rules.state import MONTH_COLUMNS
from cgsim.running.results import run_many

from .conftest import make
from .looking import CASES, CURVE_RUNS, RUNS, SEED, plain, settled, until


def choose(page, title):
    page.get_by_label("Partnership", exact=True).select_option(label=title)


def go(page, room):
    page.get_by_role("link", name=room, exact=True).click()


def test_monthly_or_fortnightly_for_nine_members(visit):
    """Compare what is with the same twice a month: one sentence says which, and how surely."""
    page = visit()
    go(page, "Compare")
    page.get_by_label("What A is compared with").select_option(label="this one, with other levers")
    page.get_by_label("Meetings, B").select_option(label="twice a month (fortnightly)")
    settled(page, "all")
    scenarios = [cgsim.load("korsakoff"), cgsim.load("korsakoff", ["meetings=2"])]
    first, second = run_many(scenarios, RUNS, SEED)
    drawn = drawn_many(scenarios, SEED)
    said = plain(page.get_by_role("region", name="The difference").inner_text())
    assert compare.beyond_statement("B", "A", second, first).text in said
    assert compare.doubt_statement("B", "A", drawn[1], drawn[0]).text in said


def test_the_size_at_which_the_gain_is_gone(visit, tmp_path):
    """The curve of a lever is looked at, and its line says from where on there is none."""
    file = make(tmp_path / "many.html", [cgsim.load("under-authorised")])
    page = visit("#room=answer", file=file)
    settled(page, "done")
    told = plain(page.locator(".lever", has_text="Members").locator(".note").inner_text())
    found = {
        size: statistics.mean(
            cgsim.run("under-authorised", CURVE_RUNS, SEED, {"size": size}).column(
                "area_gain_over_equal_money"
            )
        )
        for size in range(12, 21)
    }
    gains = {size: estimate.value for size, estimate in found.items()}
    gone = min(size for size in found if all(found[k].low <= 0 for k in range(size, 21)))
    assert f"From {gone} on, no gain that can be told from luck in {CURVE_RUNS} runs." in told
    slider = page.get_by_label("Members", exact=True)
    expect(slider).not_to_have_attribute("aria-valuetext", re.compile(f"^{gone}:"))
    page.evaluate("(to) => { location.hash = to; }", f"case=under-authorised&set.size={gone}")
    # That stop's own curve is the same: the lever does not move it.
    said = f"{gone}: gain {formats.signed(gains[gone])} of what all agencies met alone"
    expect(slider).to_have_attribute("aria-valuetext", said)


def test_something_to_paste_for_a_chief_executive(browser, page_file):
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(page_file.as_uri())
    go(page, "Take away")
    settled(page, "all")
    page.get_by_role("button", name="Copy the paragraph").click()
    expect(page.get_by_text("copied", exact=True)).to_be_visible()
    pasted = page.evaluate("navigator.clipboard.readText()")
    scenario = cgsim.load("korsakoff")
    answer = cgsim.run(scenario, RUNS, SEED, reasons=True).answer(drawn_many([scenario], SEED)[0])
    assert answer.text in pasted
    assert "expert assumptions" in pasted
    assert "not what will happen" in pasted
    page.get_by_role("button", name="Copy the short form").click()
    expect(page.get_by_text("copied", exact=True)).to_have_count(2)
    short = page.evaluate("navigator.clipboard.readText()")
    # In short sentences, without the words of statistics, and with the same numbers.
    head, doubt, luck = answer.headline[0], answer.doubt, answer.luck
    interval = formats.interval(statistics.Estimate(head.value, head.low, head.high, RUNS), "share")
    turns = [formats.FORMATS["input"](one.input) for one in doubt.turns_on if one.stands_out]
    assert short.startswith(f"We asked a computer model about “{answer.title}”. ")
    for said in (
        f"meets {formats.number(head.value, 'share')} more need than the same money spent on",
        f"Allowing for chance, the average is {interval}.",
        f"it came out behind in {formats.FORMATS['of_runs']((luck.loses, luck.runs))}.",
        f"{doubt.draws} sets of assumptions, it came out ahead in {doubt.gains} and behind in "
        f"{doubt.loses}.",
        *turns,
        "expert assumptions",
        "not what will happen",
    ):
        assert said in short
    assert len(turns) == 2
    assert "95 %" not in short
    sentences = re.split(r"(?<=[.:]) ", short)
    assert max(len(sentence.split()) for sentence in sentences) <= 32
    assert len(short) < len(pasted) / 1.3
    context.close()


def test_a_partnership_of_ones_own_of_seven_with_their_hours(visit):
    page = visit(behind=True)
    choose(page, cgsim.load("baseline").title)
    go(page, "Members")
    page.get_by_text("Paste from a spreadsheet").click()
    hours = {"Library": 120, "Youth work": 80, "Police": 200, "Clinic": 1040, "School": 90}
    hours |= {"Charity": 15.5, "Housing": 60}
    rows = "".join(f"{name}\t{count:,}\n" for name, count in hours.items())
    page.get_by_label("Rows from a spreadsheet").fill(f"Name\tHours\n{rows}")
    page.get_by_role("button", name="Take these as the members").click()
    go(page, "The answer")
    settled(page, "runs")
    figure = plain(page.inner_text(".figure"))
    go(page, "Take away")
    with page.expect_download() as download:
        page.get_by_role("button", name="Scenario (.toml)").click()
    scenario = cgsim.loads(download.value.path().read_text("utf-8"))
    assert {a.name: a.capacity for a in scenario.agencies} == hours
    value = cgsim.run(scenario, RUNS, SEED).estimate("gain").value
    assert figure == formats.signed(value)


PHONE = {"width": 390, "height": 844, "has_touch": True, "is_mobile": True}
TITLE = "Safer together"
POLICE = Voice("Police", BEST.answers | {"trust": "wary", "lead": "nobody", "meetings": "often"})


def answer_on_a_phone(page, voice):
    """Answer all questions as a partner would, one tap each."""
    page.get_by_role("link", name="Ask your partners", exact=True).tap()
    page.get_by_role("button", name="Answer the questions").tap()
    page.get_by_label("Your organisation").fill(voice.partner)
    page.get_by_label("The partnership", exact=True).fill(TITLE)
    for id, answer in voice.answers.items():
        question = questionnaire().questions[id]
        asked = page.locator("fieldset", has_text=question.text)
        asked.get_by_text(question.answers[answer].text, exact=True).tap()
    expect(page.locator(".form-foot")).to_contain_text("All 24 questions answered.")


def test_two_colleagues_who_disagree(visit, tmp_path):
    """Each answers on a phone; one sends a file, and the other sees what to talk about first."""
    theirs = visit("#room=start", **PHONE)
    answer_on_a_phone(theirs, POLICE)
    with theirs.expect_download() as download:
        theirs.get_by_role("button", name="Save as a file").tap()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    assert file.name == "answers-police.toml"
    page = visit("#room=start", **PHONE)
    answer_on_a_phone(page, BEST)
    page.get_by_role("button", name="Use these answers here").tap()
    page.get_by_label("Choose files of answers").set_input_files(file)
    expect(page.locator(".voices")).to_contain_text("Police: knew an answer to 24 of 24 questions")
    found = assess(Answers((BEST, POLICE), TITLE), replicates=PAGE_REPLICATES, seed=SEED)
    first = page.get_by_role("region", name="Talk about these three first")
    asked = questionnaire().questions
    expect(first.locator("ol > li > b")).to_have_text(
        [asked[id].text for id in ("trust", "lead", "meetings")]
    )
    for voice in (BEST, POLICE):
        said = asked["trust"].answers[voice.answers["trust"]].text
        expect(first).to_contain_text(f"{voice.partner}: “{said}”")
    seen = page.get_by_role("region", name="As each partner sees it")
    expect(seen.locator(".name")).to_have_text(["Council", "Police", "all together"])
    until(page, "all tried", "!document.querySelector('main').innerText.includes('Working it out')")
    said = plain(page.inner_text("main"))
    for told in (*words.headlines(found), *words.changes(found)):
        assert told in said
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    page.get_by_role("link", name="Open this with levers").tap()
    settled(page, "all")
    results = cgsim.run(found.scenario, RUNS, SEED)
    value = results.estimate(results.answer().measure).value
    assert plain(page.inner_text(".figure")) == formats.signed(value)


def test_why_month_30_loses(visit):
    """A month is clicked, and a sentence says what it was; one member's month is told, too."""
    worst = cgsim.run("cluttered", 60, SEED, months=True)
    gap = worst.month_values[:, 0, 30, 0] - worst.month_values[:, 1, 30, 0]
    run = int(gap.argmin())
    assert gap[run] < 0
    page = visit(f"#case=cluttered&room=watch&run={run}&month=30")
    said = page.get_by_role("region", name="The month")
    less = formats.FORMATS["count"](-gap[run])
    expect(said).to_contain_text(f"Month 30: together they met {less} units less than apart, main")
    expect(said).to_contain_text(re.compile(r"gave [\d,]+ hours to joint work and [\d,]+ to"))


PARTS = {
    "joint": r"members' joint work ([+−][\d.,]+) beyond what those hours meet in own work",
    "paid": r"paid hours ([+−][\d.,]+)",
    "overhead": r"hours of overhead, lost to own work, ([+−][\d.,]+)",
    "own": r"all other own work ([+−][\d.,]+)",
}
CAUSES = {
    ("joint", 1): "an hour of joint work met ([\\d.,]+) times as much as an hour of own work",
    ("joint", -1): "an hour of joint work met ([\\d]+) % of what an hour of own work met",
    ("paid", 1): "([\\d,]+) hours were paid for from outside",
    ("overhead", -1): "([\\d,]+) hours went to meetings and other overhead",
    ("own", 1): "own work met more beside it",
    ("own", -1): "own work met less beside it",
}


@pytest.mark.parametrize(
    ("case", "month", "fact"),
    [
        ("baseline", 12, ""),
        ("korsakoff", 30, "clients are better understood than apart"),
        ("civic-centre", 40, "understood than apart and {saved} hours of support were freed"),
        ("cluttered", 24, ""),
    ],
)
def test_why_a_month_is_as_it_is_by_parts_that_add_up(visit, tmp_path, case, month, fact):
    """Joint work, money, hours lost to overhead, all other own work; the largest is the cause."""
    rows = cgsim.run(case, 1, SEED, months=True).month_values[0, :, month]
    together = dict(zip(MONTH_COLUMNS, rows[0], strict=True))
    gap = together["met"] - rows[1][MONTH_COLUMNS.index("met")]
    joint, bought, overhead = (
        together[name] for name in ("joint_hours", "bought_hours", "overhead_hours")
    )
    rate = (together["joint_met"] - together["net_yield"]) / (joint + overhead)
    paid = together["joint_met"] * bought / (joint + bought)
    expected = {
        "joint": together["joint_met"] - paid - rate * joint,
        "paid": paid,
        "overhead": -rate * overhead,
        "own": gap - together["net_yield"],
    }
    assert sum(expected.values()) == pytest.approx(gap)
    file = None if case in CASES else make(tmp_path / "page.html", [cgsim.load(case)])
    page = visit(f"#case={case}&room=watch&run=0&month={month}", file=file, behind=True)
    told = page.get_by_role("region", name="The month").locator("p")
    expect(told).to_contain_text("What makes it up")
    text = plain(told.inner_text())
    said = re.search(r"they met ([\d.,]+) units (more|less) than apart, mainly because ", text)
    written = float(said[1].replace(",", "")) * (1 if said[2] == "more" else -1)
    step = 0.1 if "." in said[1] else 1.0
    assert written == pytest.approx(gap, abs=0.51 * step)
    found = {name: re.search(words, text) for name, words in PARTS.items()}
    values = {
        name: float(hit[1].replace(",", "").replace("−", "-")) for name, hit in found.items() if hit
    }
    for name, value in expected.items():
        assert values.get(name, 0.0) == pytest.approx(value, abs=2.01 * step)
    assert sum(values.values()) == pytest.approx(written, abs=1e-9)
    main = max(expected, key=lambda name: expected[name] * (1 if gap > 0 else -1))
    cause = re.search(CAUSES[main, 1 if expected[main] > 0 else -1], text)
    assert cause
    assert cause.start() == said.end()
    if main == "joint":
        ratio = together["joint_met"] / (joint + bought) / rate
        shown = float(cause[1]) / (1 if ratio > 1 else 100)
        assert shown == pytest.approx(ratio, abs=0.051 if ratio > 1 else 0.0051)
    assert fact.format(saved=f"{together['saved_hours']:.0f}") in text


def test_it_is_sent_on_with_what_was_chosen_to_somebody_without_python(visit, tmp_path):
    page = visit("#case=korsakoff&set.meetings=2&set.fund=0")
    settled(page)
    figure = page.inner_text(".figure")
    go(page, "Take away")
    settled(page, "all")
    with page.expect_download() as download:
        page.get_by_role("button", name="This page, as it stands (.html)").click()
    assert download.value.suggested_filename == "korsakoff-changed.html"
    file = tmp_path / "sent.html"
    download.value.save_as(file)
    other = visit(file=file, behind=True)
    settled(other)
    assert other.inner_text(".figure") == figure
    expect(other.locator(".lever output").first).to_have_text("twice a month (fortnightly)")
    other.get_by_role("button", name="As given").click()
    settled(other)
    expect(other.locator(".lever output").first).to_have_text("once a month")
    without = visit(file=file, java_script_enabled=False)
    results = cgsim.run("korsakoff", RUNS, SEED, {"meetings": 2, "fund": 0}, reasons=True)
    expect(without.locator("main")).to_contain_text(results.answer().headline[0].text)


@pytest.mark.parametrize("agency", [1, 12])
def test_one_agencys_month_is_told_as_the_model_lives_it(visit, agency):
    model = cgsim.PartnershipModel("korsakoff", seed_number=SEED, replicate=3)
    for _ in range(31):
        model.step()
    one = model.agencies[agency]
    page = visit("#case=korsakoff&room=watch&run=3&month=30")
    page.get_by_label("Follow").select_option(label=one.name)
    region = page.get_by_role("region", name="Who works together")
    count = formats.FORMATS["count"]
    own = count(one.own_hours)
    if not one.memberships:
        expect(region).to_contain_text(f"{one.name} in month 30: no member. Its {own} hours")
        return
    given, overhead = count(one.given_hours), count(one.overhead_hours)
    expect(region).to_contain_text(
        f"it gave {given} to joint work and {overhead} to meetings and other overhead; {own} went"
    )
    others = [other for other in model.partnerships[0].members if other is not one]
    trust = sum(other.trust[agency] for other in others) / len(others)
    expect(region).to_contain_text(f"trust it at {formats.FORMATS['decimal'](trust)} on a scale")
    assert f"agency={agency}" in page.evaluate("location.hash")
    page.get_by_label("Follow").select_option(label="nobody")
    assert "agency" not in page.evaluate("location.hash")
    page.locator("svg.network g", has_text=one.name).first.click()
    assert f"agency={agency}" in page.evaluate("location.hash")


def test_the_blank_key_plays_and_escape_closes(visit):
    page = visit("#case=korsakoff&room=watch&month=20")
    page.get_by_label("Month", exact=True).focus()
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    until(page, "play", "document.querySelector('input[type=range]').value > 20")
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    page.evaluate("() => { location.hash = 'case=nowhere'; }")
    expect(page.get_by_role("alert")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.get_by_role("alert")).to_have_count(0)
    phone = visit("#case=baseline", width=390, height=844, behind=True)
    phone.get_by_role("button", name="Meetings: once a month").click()
    expect(phone.locator(".lever")).to_have_count(1)
    phone.keyboard.press("Escape")
    expect(phone.locator(".lever")).to_have_count(0)


def test_a_scenario_file_of_ones_own_is_opened_and_sent_on(visit, tmp_path):
    text = 'title = "Ours & <b>theirs</b>"\nextends = "baseline"\n'
    text += "[[partnership]]\nsize = 6\nmeetings = 2\n"
    (tmp_path / "ours.toml").write_text(text)
    page = visit("#case=korsakoff&room=take")
    settled(page)
    page.get_by_label("Scenario file").set_input_files(tmp_path / "ours.toml")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ours & <b>theirs</b>")
    settled(page)
    value = cgsim.run(cgsim.loads(text), RUNS, SEED).estimate("gain").value
    assert plain(page.inner_text(".figure")) == formats.signed(value)
    expect(page.locator("footer")).to_contain_text(f"cgsim run ours.toml --replicates {RUNS}")
    # A lever that is moved is in the command: the file by itself gives other numbers.
    page.get_by_label("Members", exact=True).press("ArrowLeft")
    line = f"cgsim run ours.toml --set size=5 --replicates {RUNS} --seed 1, with your scenario file"
    expect(page.locator("footer")).to_contain_text(line)
    page.get_by_role("button", name="Undo").click()
    settled(page)
    go(page, "Take away")
    settled(page, "all")
    with page.expect_download() as download:
        page.get_by_role("button", name="This page, as it stands (.html)").click()
    download.value.save_as(tmp_path / "sent.html")
    other = visit(file=tmp_path / "sent.html", behind=True)
    settled(other)
    assert plain(other.inner_text(".figure")) == formats.signed(value)


WRONG = {
    "title = 3": "a.toml: title: got 3; allowed 1 to 80 printing characters",
    'title = "T"\n[[partnership]]\nsize = 30': "partnership.1.size: got 30; allowed at most 20",
    'title = "T"\n[talk]\nwish = 1': "talk.wish: got an unknown key; allowed view_rate",
    'title = "T"\nextends = "inertia"': 'extends: got "inertia"; allowed a scenario of the library',
    "title = [": "got a text that is not TOML",
    "\xff": "got bytes that are no text; allowed a text in UTF-8",
    "#" * 300_000: "got more than 256 KiB; allowed 256 KiB",
    'title = "T"\nquestion = "Q?"': "got an experiment; allowed a scenario",
}


def test_a_file_that_cannot_be_is_refused_in_one_line_and_changes_nothing(visit, tmp_path):
    page = visit("#case=korsakoff&room=take", behind=True)
    settled(page)
    alert = page.get_by_role("region", name="Open a file").get_by_role("alert")
    for text, told in WRONG.items():
        (tmp_path / "a.toml").write_bytes(text.encode("latin-1"))
        page.get_by_label("Scenario file").set_input_files(tmp_path / "a.toml")
        expect(alert).to_contain_text(told)
        assert "\n" not in alert.inner_text()
    # All that is wrong is told at once, a line each.
    text = 'title = "T"\n[[partnership]]\nsize = 30\nmeetings = -1\n[talk]\nwish = 1\n'
    (tmp_path / "a.toml").write_text(text)
    page.get_by_label("Scenario file").set_input_files(tmp_path / "a.toml")
    expect(alert).to_contain_text("at most 20")
    begins = ["partnership.1.meetings: got -1", "talk.wish: got", "partnership.1.size: got 30"]
    for line, begin in zip(alert.inner_text().split("\n"), begins, strict=True):
        assert line.startswith(f"a.toml: {begin}")
    expect(page.get_by_role("heading", level=1)).to_have_text(cgsim.load("korsakoff").title)
    assert page.evaluate("location.hash") == "#case=korsakoff&room=take"
