"""What lessons teach still holds, on other luck too; and what is wrong with a file is said."""

import re
import shlex
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from cgsim import lessons, statistics
from cgsim.cli import lessons as command
from cgsim.cli.app import app as cgsim_app
from cgsim.lessons import forms
from cgsim.lessons.reading import questions_of
from cgsim.page.lessons import lessons_for
from cgsim.running.results import run_many
from cgsim.scenario import load
from cgsim.scenario.errors import ScenarioError

ROOT = Path(__file__).parents[2]
STUDY = "Study, section "
NAMES = {
    "more-partners",
    "meeting-month",
    "who-is-in-charge",
    "can-they-decide",
    "grant-that-ran-out",
    "good-intentions",
    "front-line-staff",
    "sandbox",
    "when-to-stop",
    "seen-to-meet",
    "why-evaluations-flatter",
    "aims-in-common",
}
SMALL = """+++
title = "A title"
replicates = 20
situation = "One."
question = "Two?"
explanation = "Three."
source = "Four."
[decision]
opening = "Once."
ask = "What?"
[[decision.pick]]
label = "this"
[[decision.pick]]
label = "that"
set = { size = 4 }
[bet]
choices = ["yes", "no"]
[answer]
choice = "yes"
comparison = "above"
value = -5
[[feedback]]
choice = "no"
says = "It is above."
comparison = "above"
value = -5
[homework]
task = "Seven?"
model = "Eight."
set = { size = 3 }
answer = 0
near = 90
[[option]]
label = "A"
set = { size = 3 }
text = "Five."
[[option]]
label = "B"
set = { meetings = 2 }
text = "Six."
+++
## Aims of mine
"""


def test_all_lessons_are_there():
    assert set(lessons.names()) == NAMES


@pytest.mark.parametrize("name", sorted(NAMES))
def test_what_a_lesson_teaches_holds_on_other_luck(played, name):
    assert lessons.failing(played(name)) == []


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_lesson_is_whole(name):
    lesson = lessons.load_lesson(name)
    form = lesson.form
    assert STUDY in form.source
    assert form.reading
    assert all(option.check for option in form.option), "what is said of an option is tested"
    wrong = {c for c in form.bet.choices if c != form.answer.choice} or {"low", "high"}
    assert {said.choice for said in form.feedback} == wrong, "each wrong bet hears why"
    assert lesson.homework is not None
    assert len(questions_of(lesson.notes)) == 3
    headings = re.findall(r"^## (.+)$", lesson.notes, re.MULTILINE)
    assert headings == [
        "Aims",
        "Plan for 50 minutes",
        "Plan for 90 minutes",
        "What students usually guess",
        "Questions for discussion",
    ]
    assert "An expectation, not a measurement" in lesson.notes
    told = " ".join([form.situation, form.question, form.explanation, lesson.notes])
    assert not re.search(r"\b(proves?|proven|proved)\b", told)


@pytest.mark.parametrize("name", sorted(NAMES))
def test_quotations_of_the_study_are_short(name):
    quoted = re.findall(r"“([^”]+)”", lessons.load_lesson(name).form.source)
    assert all(len(words.split()) <= 15 for words in quoted)


def test_the_right_bet_on_size_is_the_one_with_the_highest_gain_of_the_area(played):
    played = played("more-partners")
    sizes = (6, 8, 10, 12, 16)
    assert played.lesson.form.bet.choices == [f"{n} members" for n in sizes]
    again = run_many([load("baseline", [f"size={n}"]) for n in sizes], 120, played.seed)
    gains = [results.estimate("area_gain").value for results in again]
    assert played.lesson.form.answer.choice == f"{sizes[gains.index(max(gains))]} members"
    assert gains == [
        played.results[lessons.Run(-1, c)].estimate("area_gain").value for c in range(5)
    ]


def test_a_difference_is_paired(played):
    played = played("who-is-in-charge")
    found = lessons.judge(played.lesson.form.answer, played)
    strong, none = (played.results[lessons.Run(-1, c)].column("gain") for c in (3, 0))
    assert found.estimate == statistics.mean(strong - none)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("value = -5\n[[feedback]]", "value = 5\n[[feedback]]", "the answer: gain above: it came"),
        ("value = -5\n[homework]", "value = 5\n[homework]", "feedback 'no': gain above: it came"),
        ("answer = 0", "answer = 100", "the homework: gain is not 100: it came to"),
    ],
)
def test_a_lesson_that_no_longer_holds_becomes_no_page(app, tmp_path, old, new, said):
    assert old in SMALL
    (tmp_path / "wrong.md").write_text(SMALL.replace(old, new))
    out = tmp_path / "x.html"
    done = CliRunner().invoke(app, ["lesson", str(tmp_path / "wrong.md"), "-o", str(out)])
    assert done.exit_code == 1
    assert said in " ".join(done.output.split())
    assert not out.exists()


WITH_COMMAND = ("front-line-staff", "more-partners", "seen-to-meet")
"""Homework on money, on the whole area, and on a loss."""


@pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=[] if n in WITH_COMMAND else pytest.mark.soak) for n in sorted(NAMES)],
)
def test_the_answer_key_of_the_homework_is_what_its_command_says(name, capsys):
    """As a student would do it: the command that the lecturer's edition gives, and its number."""
    lesson = lessons.load_lesson(name)
    answer = lesson.form.homework.answer
    told = lessons_for([lesson], notes=True)["all"][0]["homework"]
    words = shlex.split(told["command"])
    assert words[:2] == ["cgsim", "run"]
    done = CliRunner().invoke(cgsim_app, [*words[1:], "--no-doubt"])
    assert done.exit_code == 0, done.output
    says = " ".join(done.output.split())
    way = "less" if answer < 0 else "more"
    size = f"{abs(answer):.1f} %"
    assert f"{size} {way} need" in says or f"{size} of what all agencies met alone" in says, says


@pytest.mark.parametrize("name", sorted(NAMES))
def test_what_students_hold_has_no_answer_of_the_lecturers(name):
    (told,) = lessons_for([lessons.load_lesson(name)])["all"]
    assert told["notes"] is None
    assert set(told["homework"]) == {"task"}


def test_the_first_three_questions_of_the_notes_are_what_students_are_asked():
    notes = "## Aims\n\n1. **No.**\n\n## Questions for discussion\n\n"
    notes += "".join(f"{n}. **Question {n}?** Answer {n}.\n" for n in range(1, 6))
    assert questions_of(notes) == ["Question 1?", "Question 2?", "Question 3?"]
    assert questions_of("## Aims") == []


@pytest.mark.parametrize(
    ("word", "more", "said"),
    [("ab", [], 'got "ab"; allowed 3 to 40'), ("two words", [], "allowed 3 to 40"),
     ("inertia", ["--notes"], "got it with --notes")],
)  # fmt: skip
def test_a_word_that_cannot_be_given_is_refused(app, tmp_path, word, more, said):
    lesson = tmp_path / "mine.md"
    lesson.write_text(SMALL)
    out = str(tmp_path / "x.html")
    done = CliRunner().invoke(app, ["lesson", str(lesson), "-o", out, "--word", word, *more])
    assert isinstance(done.exception, ScenarioError)
    assert said in str(done.exception)
    assert not Path(out).exists()


@pytest.mark.parametrize(
    ("old", "new", "line", "key", "said"),
    [
        ('title = "A title"', 'titel = "A title"', 2, "titel", 'did you mean "title"'),
        ('title = "A title"', "title = 3", 2, "title", "got 3; allowed 1 to 80"),
        ("replicates = 20", "replicates = 0", 3, "replicates", "got 0; allowed a whole number"),
        ('question = "Two?"\n', "", None, "question", "got nothing"),
        ("value = -5", "valeu = -5", 21, "answer.valeu", 'did you mean "value"'),
        ("value = -5", "value = nan", 21, "answer.value", "got nan"),
        ('choice = "yes"', 'choice = "yse"', 19, "answer.choice", 'did you mean "yes"'),
        ('"above"', '"abvoe"', 20, "answer.comparison", "allowed one of above"),
        ('"above"', '"highest"', 20, "answer.comparison", "allowed it with two cases"),
        ('comparison = "above"', 'comparison = "above"\nmeasure = "gian"', 21,
         "answer.measure", 'did you mean "gain"'),
        ('comparison = "above"', 'comparison = "above"\nof = "C"', 21, "answer.of", 'got "C"'),
        ('"A"\nset = { size = 3 }', '"A"\nset = { size = 999 }', 35,
         "option.1.set.size", "got 999"),
        ('"A"\nset = { size = 3 }', '"A"\nset = { siez = 3 }', 35,
         "option.1.set.siez", 'did you mean "size"'),
        ('label = "B"', 'label = "A"', 38, "option.2.label", "twice"),
        ('choices = ["yes", "no"]', "", 16, "bet", "got a part of it"),
        ('choice = "no"', 'choice = "yes"', 23, "feedback.1.choice",
         "allowed each of no once"),
        ('label = "that"', 'label = "this"', 14, "decision.pick.2.label", "twice"),
        ("{ size = 4 }", "{ siez = 4 }", 15, "decision.pick.2.set.siez", '"size"'),
        ('ask = "What?"', 'aks = "What?"', 10, "decision.aks", 'did you mean "ask"'),
        ('ask = "What?"', 'ask = "What?"\nshows = ["mood"]', 11, "decision.shows.1",
         "allowed one or two of members, settled, met"),
        ("near = 90", "near = 0", 32, "homework.near", "allowed a number above 0"),
        ("near = 90", 'near = 90\nmeasure = "gian"', 33, "homework.measure", '"gain"'),
        ("replicates = 20", 'scenario = "basline"', 3, "scenario", 'did you mean "baseline"'),
        ("replicates = 20", "replicates = 20 20", 3, "", "not TOML"),
        ("+++\ntitle", "title", 1, "", "got no head"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_place(old, new, line, key, said):
    assert old in SMALL
    with pytest.raises(ScenarioError) as raised:
        lessons.read_lesson(SMALL.replace(old, new, 1), "mine.md")
    where = "mine.md" if line is None else f"mine.md:{line}"
    start = ": ".join(part for part in (where, key) if part) + ": "
    told = str(raised.value)
    assert any(row.startswith(start) and said in row for row in told.splitlines()), told


LEVER = """[decision.lever]
key = "size"
label = "Members"
values = [4, 5, 6]
names = ["four", "five", "six"]
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"six"]', '"five"]', "mine.md:15: decision.lever.names: got 2 names; allowed one for"),
        ("[4, 5, 6]", "[4, 5]", "mine.md:14: decision.lever.values: got [4, 5]; allowed three to"),
        ("[4, 5, 6]", "[4, 5, 99]", "mine.md:12: decision.lever.key.size: got 99; allowed"),
        ('"size"', '"siez"', "mine.md:12: decision.lever.key.siez: got an unknown key"),
        ("[decision.lever]", '[[decision.pick]]\nlabel = "x"\n[decision.lever]',
         "got it beside [[decision.pick]]"),
    ],
)  # fmt: skip
def test_a_lever_stands_where_it_says_and_its_faults_have_their_place(old, new, said):
    start, end = SMALL.index("[[decision.pick]]"), SMALL.index("[bet]")
    text = SMALL[:start] + LEVER + SMALL[end:]
    picks = lessons.read_lesson(text).picks
    sizes = [scenario.to_dict()["partnership"][0]["size"] for _, scenario in picks]
    assert ([label for label, _ in picks], sizes) == (["four", "five", "six"], [4, 5, 6])
    assert old in text
    with pytest.raises(ScenarioError) as raised:
        lessons.read_lesson(text.replace(old, new, 1), "mine.md")
    assert said in str(raised.value)


@pytest.mark.parametrize(
    "form", [forms.LessonForm, *forms.CheckForm.__subclasses__(), *forms.Form.__subclasses__()]
)
def test_every_key_says_what_it_allows(form):
    if form.__module__ == forms.__name__:
        assert [key for key, field in form.model_fields.items() if not field.description] == []


@pytest.mark.parametrize("data", [b"\xff\xfe", b"x" * 300_000, b"", b"+++\n+++\n"])
def test_a_strange_file_is_refused(tmp_path, data):
    path = tmp_path / "strange.md"
    path.write_bytes(data)
    with pytest.raises(ScenarioError):
        lessons.load_lesson(path)


@pytest.fixture(scope="module")
def app():
    made = typer.Typer()
    command.register(made)
    made.callback()(lambda: None)  # with one command alone typer asks for no name
    return made


def test_without_a_name_the_lessons_are_listed(app):
    done = CliRunner().invoke(app, ["lesson"])
    assert done.exit_code == 0
    assert all(name in done.output for name in NAMES)


def test_a_wrong_name_gets_the_nearest_one(app, tmp_path):
    done = CliRunner().invoke(app, ["lesson", "more-partner", "-o", str(tmp_path / "x.html")])
    assert isinstance(done.exception, ScenarioError)  # the program makes it a line and code 2
    assert str(done.exception).endswith('(did you mean "more-partners"?)')
    assert list(tmp_path.iterdir()) == []


def test_a_page_is_written_with_notes_or_without(app, tmp_path):
    lesson = tmp_path / "mine.md"
    lesson.write_text(SMALL)
    for notes in ([], ["--notes"]):
        out = tmp_path / "x.html"
        done = CliRunner().invoke(app, ["lesson", str(lesson), "-o", str(out), *notes])
        assert done.exit_code == 0, done.output
        assert ("Aims of mine" in out.read_text("utf-8")) == bool(notes)
        assert ("not for handing out" in done.output) == bool(notes)


def test_help_has_an_example(app):
    assert "Example: cgsim lesson more-partners -o lesson.html" in (
        CliRunner().invoke(app, ["lesson", "--help"]).output
    )
    assert CliRunner().invoke(app, ["lesson", "sandbox"]).exit_code == 2
