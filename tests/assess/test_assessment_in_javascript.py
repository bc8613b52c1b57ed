"""The page assesses answers as cgsim assess does: the same numbers, the same letters."""

import json
import math
import shutil
import subprocess
from dataclasses import asdict
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import cgsim
from cgsim.assess import words
from cgsim.assess.answers import Answers, Voice, all_as_toml, as_toml, template
from cgsim.assess.assessment import assess
from cgsim.assess.draws import Draws, Start
from cgsim.assess.questions import questionnaire
from cgsim.page.questions import asked, given
from cgsim.page.tables import tables

from .people import BEST, NOBODY, TORN, WORST

NODE = shutil.which("node")
IN_NODE = Path(__file__).parents[1] / "page" / "in_node.mjs"
pytestmark = pytest.mark.skipif(NODE is None, reason="Node is missing")
DRAWS, REPLICATES = 50, 2
MONEY = Voice("Council", {"money": "a-post", "trust": "high"})
CASES = {
    "one": ((BEST,), "", 1),
    "two": ((BEST, WORST), "", 7),
    "three": ((WORST, NOBODY, TORN), "", 2),
    "two heard of three": ((NOBODY, WORST, TORN), "", 5),
    "nobody": ((NOBODY,), "", 1),
    "own case": ((MONEY, TORN), "korsakoff", 3),
    "own levers": ((TORN,), "baseline", 4),
    "knows some": ((TORN,), "inertia", 6),
}


ORDINARY = ("one", "three", "own case")
"""One who answers, several who disagree, and a case of their own; the others take as long again."""
every_case = pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[] if n in ORDINARY else pytest.mark.soak) for n in CASES]
)


def in_node(work, folder):
    """Return what the page's JavaScript makes of some work."""
    job = {"package": str(Path(cgsim.__file__).parent), "tables": tables(), "work": work}
    path = folder / "job.json"
    path.write_text(json.dumps(job), "utf-8")
    done = subprocess.run(
        [NODE, str(IN_NODE), str(path)], capture_output=True, text=True, timeout=550
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """Return what the page's JavaScript makes of a case, worked out when it is first asked for."""

    @cache
    def of(name):
        voices, scenario, seed = CASES[name]
        answers = Answers(voices, "Safer together")
        cases = [
            {"name": name, "title": "", "tables": cgsim.load(name).to_dict()}
            for name in filter(None, [scenario])
        ]
        start = Start(cgsim.load(scenario or "baseline"), own=bool(scenario))
        told = given(Draws(answers, start, DRAWS, seed), REPLICATES)
        work = {"asked": asked(), "given": told, "cases": cases, "kept": None}
        (found,) = in_node({"assessments": [work]}, tmp_path_factory.mktemp("node"))["assessments"]
        return found

    return of


@pytest.fixture(scope="module")
def mine():
    done = {}

    def of(name):
        if name not in done:
            voices, scenario, seed = CASES[name]
            answers = Answers(voices, "Safer together")
            done[name] = assess(
                answers, scenario or None, draws=DRAWS, replicates=REPLICATES, seed=seed
            )
        return done[name]

    return of


def plain(value):
    """Return numbers and texts as JSON has them; what is not known is None."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, (np.floating, float)):
        return None if math.isnan(value) else float(value)
    return int(value) if isinstance(value, np.integer) else value


def same(theirs, ours, where=""):
    """Assert that two records are the same, numbers to 1e-9."""
    if isinstance(ours, dict):
        assert theirs.keys() == ours.keys(), where
        for key, value in ours.items():
            same(theirs[key], value, f"{where}.{key}")
    elif isinstance(ours, list):
        assert len(theirs) == len(ours), where
        for place, (one, other) in enumerate(zip(theirs, ours, strict=True)):
            same(one, other, f"{where}[{place}]")
    elif isinstance(ours, float) and not isinstance(theirs, str):
        assert theirs == pytest.approx(ours, rel=1e-9, abs=1e-9), where
    else:
        assert theirs == ours, where


def estimate(found):
    return found._asdict() if hasattr(found, "_asdict") else vars(found)


def record(found):
    """Return a forecast, or what is left after the money, as the page has it."""
    return plain(asdict(found))


@every_case
def test_draws_are_those_of_python(said, mine, name):
    found = mine(name)
    same(said(name)["points"], plain([dict(p) for p in found.draws.points]))
    same(said(name)["medians"], plain(found.draws.medians()))


@every_case
def test_every_number_is_pythons(said, mine, name):
    found, theirs = mine(name), said(name)
    same(theirs["forecast"], record(found.forecast), "forecast")
    if found.after is None:
        assert theirs["after"] is None
    else:
        same(theirs["after"], record(found.after), "after")
    for key, shares in (("shares", found.shares), ("disputes", found.disputes)):
        ours = [{"name": s.name, "estimate": estimate(s.estimate)} for s in shares]
        same(theirs[key], plain(ours), key)
    same(theirs["by_partner"], [[v.partner, record(f)] for v, f in found.by_partner], "partners")
    assert theirs["against"] == found.advised_against
    assert theirs["settled"] == [change.id for change in found.settled]
    all_of_them = [(t, one) for t, one in zip(theirs["tried"], found.tried, strict=True)]
    if found.together is not None:
        all_of_them.append((theirs["together"], found.together))
    for one, tried in all_of_them:
        assert one["ids"] == [change.id for change in tried.changes]
        assert one["clear"] == tried.clear
        for key in ("effect", "helps", "hours", "bought"):
            same(one[key], plain(estimate(getattr(tried, key))), key)


@every_case
def test_every_sentence_is_pythons(said, mine, name):
    found = mine(name)
    assert said(name)["said"] == [[head, text] for head, text in words.paragraphs(found)]
    heads, rows = words.table(found)
    assert said(name)["table"] == [heads, [list(row) for row in rows]]


@every_case
def test_the_middle_is_the_scenario_that_python_writes(said, mine, name):
    theirs = cgsim.scenario.model.Scenario.from_dict(said(name)["middle"], "assessed")
    ours = mine(name).scenario
    assert theirs.values == pytest.approx(ours.values, abs=1e-9)
    one, other = theirs.partnerships[0], ours.partnerships[0]
    assert one.levers == pytest.approx(other.levers, abs=1e-9)
    assert (one.size, one.recruit, sorted(one.focus)) == (
        other.size,
        other.recruit,
        sorted(other.focus),
    )


def test_how_far_answers_lie_apart_is_pythons(said, mine):
    for name in ORDINARY:
        answers = mine(name).answers
        ours = {question: answers.apart(question) for question in questionnaire().questions}
        assert said(name)["apart"] == pytest.approx(ours)


def test_a_file_of_all_answers_is_read_by_python(said, mine):
    for name in ORDINARY:
        assert said(name)["file"] == all_as_toml(mine(name).answers)


READ = {
    "a form": ("council.toml", as_toml(BEST, "Safer together")),
    "all": ("all.toml", all_as_toml(Answers((BEST, WORST, TORN), "T"))),
    "a template": ("t.toml", template("toml")),
    "a table": (
        "t.csv",
        "question,Council,Police\r\ntrust,high,wary\r\nmeetings,monthly,\r\n",
    ),
    "semicolons": ("t.csv", "\ufeffquestion;Council\nTrust;High\n"),
    "said": ("t.csv", "sep=;\r\nquestion;Council\r\ntrust;high\r\n"),
    "bars": ("t.csv", "question|A|B\ntrust|high|wary\n"),
    "tabs": ("t.txt", "question\tA\tB\ntrust\thigh\t\n"),
    "quoted": ("t.csv", '"question","Council, the"\n"trust","high"\n'),
    "typed marks": (
        "t.csv",
        "question,A,B\ntrust,“high”,«\u200bwary»\nmeetings,‘monthly’,`often´\n",
    ),
    "no name": ("police.toml", "[answers]\ntrust = 'wary' # so\n"),
}


def test_files_are_read_as_python_reads_them(tmp_path):
    from cgsim.assess.answers import load_answers

    cases = [{"asked": asked(), "text": text, "name": name} for name, text in READ.values()]
    found = in_node({"read": cases}, tmp_path)["read"]
    for (name, text), theirs in zip(READ.values(), found, strict=True):
        path = tmp_path / name
        path.write_bytes(text.encode())
        ours = load_answers([path])
        assert theirs["voices"] == [
            {"partner": v.partner, "answers": dict(v.answers)} for v in ours.voices
        ]
        assert (theirs["title"] or "A partnership") == ours.title
        for again, voice in zip(theirs["again"], ours.voices, strict=True):
            path.with_suffix(".toml").write_text(again)
            assert load_answers([path.with_suffix(".toml")]).voices == (voice,)


@pytest.mark.parametrize(
    ("text", "said_of_it"),
    [
        ("[answers]\ntrsut = 'high'\n", 'line 2: got an unknown question "trsut"'),
        ("[answers]\ntrust = 'hihg'\n", 'line 2: trust: got "hihg"; allowed'),
        ("[answers]\ntrust = 'high'\nTrust = 'wary'\n", "line 3: trust: it is there twice"),
        ("[answers]\ntrust = 3\n", "line 2: got"),
        ("trust = 'high'\n", 'line 1: got an unknown key "trust"'),
        ("[partners.A]\n[partners.A]\n", 'line 2: "A" is there twice'),
        ("[answers]\n[partners.A]\n", "line 2: got [answers] and [partners]"),
        ("[partners.'']\n", 'line 1: got "" as a name'),
        ("question,A\ntrust,high,wary\n", 'line 2: got "wary" in column 3, over which the'),
        ("question,A,A\ntrust,high,wary\n", 'line 1: "A" is there twice'),
        ("question,A\ntrust,high\ntrust,wary\n", "line 3: trust: it is there twice"),
        ('question,A\n"trust,high\n', "line 2: a quotation mark is not closed"),
        ("PK\u0003\u0004", "got what is no text"),
        ("", "got no answers"),
        ("title = 'T'\n", "got no answers"),
        ("x" * 200_000, "got 200000 characters"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(tmp_path, text, said_of_it):
    case = {"asked": asked(), "text": text, "name": "mine.toml"}
    (found,) = in_node({"read": [case]}, tmp_path)["read"]
    assert found["fault"].startswith("mine.toml")
    assert said_of_it in found["fault"]
    assert "\n" not in found["fault"]
