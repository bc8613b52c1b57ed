"""Commands on experiments, the register and assessments print no English beside the catalogue."""

import re

import pytest
from tests.answer.nowhere import letters_of, printed, texts_of_nowhere
from tests.assess.people import BEST, TORN

import cgsim
from cgsim import lessons
from cgsim.answer import formats
from cgsim.assess.answers import as_toml
from cgsim.assess.questions import questionnaire
from cgsim.evidence import claims
from cgsim.experiment import files
from cgsim.page import one_file
from cgsim.page.contents import answered
from cgsim.running.batch import run_experiment
from cgsim.scenario import library
from cgsim.scenario.parameters import BY_NAME

GRID = """
title = "T"
question = "Q?"
replicates = 8
[factors]
size = [3, 8, 14]
meetings = [0.5, 4]
"""
PRECISE = """
title = "T"
question = "Q?"
replicates = 64
precision = { gain = "0.4%", budget = 128 }
[factors]
meetings = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
[set]
months = 24
agencies = 8
"""
DRAWN = """
title = "T"
question = "Q?"
design = "priors"
points = 8
replicates = 8
[factors]
size = [4, 8]
"""
CLOCK = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00")
CLAIM = re.compile(r"\b[A-GR]\d+\b")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("batches")
    (place / "grid.toml").write_text(GRID)
    run_experiment(place / "grid.toml", place / "done")
    return place


@pytest.mark.parametrize("text", [GRID, PRECISE, DRAWN])
def test_a_batch_is_told_in_words_of_the_catalogue(text, tmp_path, monkeypatch, capsys):
    file = tmp_path / "x.toml"
    file.write_text(text)
    out = tmp_path / "out"
    names = ("Q?", str(out), "runs/*.parquet")
    for more in (["--dry-run"], ["--out", out], ["--out", out]):
        told = printed(monkeypatch, capsys, "batch", file, *more)
        assert letters_of([told], *names) == []


def test_where_a_batch_stands_is_told_in_words_of_the_catalogue(folder, monkeypatch, capsys):
    done = folder / "done"
    told = printed(monkeypatch, capsys, "status", done, "--precision", "gain=1%")
    assert letters_of([CLOCK.sub("", told)], str(done), "grid: Q?") == []
    told = printed(monkeypatch, capsys, "verify", done)
    assert letters_of([told], str(done)) == []
    for _ in range(2):
        told = printed(monkeypatch, capsys, "reproduce", done, "--out", folder / "again")
        assert letters_of([told], str(folder / "again"), str(done)) == []


def test_damage_is_told_in_words_of_the_catalogue(folder, tmp_path, monkeypatch, capsys):
    done = tmp_path / "done"
    batch = run_experiment(folder / "grid.toml", done)
    part = next((batch.folder / "runs").glob("*.parquet"))
    part.write_bytes(part.read_bytes() + b"x")
    (done / "summary.csv").unlink()
    names = (str(done), part.name, "runs/", "summary.csv")
    told = printed(monkeypatch, capsys, "verify", done, code=(1,))
    assert letters_of([told], *names) == []
    told = printed(monkeypatch, capsys, "report", done, "-o", tmp_path / "x.html", code=(1,))
    assert letters_of([told], *names) == []
    told = printed(monkeypatch, capsys, "status", done)
    assert letters_of([CLOCK.sub("", told)], str(done), "grid: Q?") == []
    out = tmp_path / "out"
    told = printed(monkeypatch, capsys, "reproduce", done, "--out", out, code=(1,))
    assert letters_of([told], str(out), *names) == []


def test_the_library_is_told_in_words_of_the_catalogue(tmp_path, monkeypatch, capsys):
    every = [cgsim.load(name) for name in library.every()]
    told = printed(monkeypatch, capsys, "scenarios")
    assert letters_of([told], *(s.title for s in every), *(s.name for s in every)) == []
    one = cgsim.load("korsakoff")
    texts = (one.title, one.summary, one.happened, one.assumed, one.look_for, one.source)
    told = printed(monkeypatch, capsys, "describe", "korsakoff")
    head, _, table = told.partition(texts_of_nowhere().texts["library.differs"])
    assert table
    assert letters_of([head], *texts) == []
    told = printed(monkeypatch, capsys, "diff", "korsakoff", "korsakoff")
    assert letters_of([told]) == []
    mine = tmp_path / "mine.toml"
    assert letters_of([printed(monkeypatch, capsys, "new", mine)], str(mine)) == []
    mine.write_text('title = "T"\n[[partnership]]\nname = "One"\nstart = 20\nlast = 5\n')
    assert letters_of([printed(monkeypatch, capsys, "validate", mine)], str(mine), "One") == []
    page = tmp_path / "p.html"
    monkeypatch.setattr(one_file, "answered", lambda s, seed, **more: answered(s, seed, 2, **more))
    told = printed(monkeypatch, capsys, "page", "baseline", "-o", page)
    assert letters_of([told], str(page)) == []
    told = printed(monkeypatch, capsys, "lesson")
    known = [lessons.load_lesson(name) for name in lessons.names()]
    assert letters_of([told], *(k.form.title for k in known), *(k.name for k in known)) == []


def test_worlds_and_records_are_told_in_words_of_the_catalogue(tmp_path, monkeypatch, capsys):
    world = tmp_path / "w.json"
    told = printed(monkeypatch, capsys, "export-world", "baseline", "-o", world)
    assert letters_of([told], str(world)) == []
    told = printed(monkeypatch, capsys, "replay", world, "--check")
    assert letters_of([told], str(world)) == ["e", "e"]  # of two numbers
    for option in ("--template", "--example"):
        path = tmp_path / f"{option[2:]}.csv"
        assert (
            letters_of([printed(monkeypatch, capsys, "calibrate", option, path)], str(path)) == []
        )


def test_a_list_of_experiments_has_words_of_the_catalogue_beside_the_questions(monkeypatch, capsys):
    told = printed(monkeypatch, capsys, "experiments")
    known = [files.load_experiment(name) for name in files.names()]
    assert letters_of([told], *(e.question for e in known), *(e.name for e in known)) == []


def test_a_sensitivity_analysis_is_told_in_words_of_the_catalogue(tmp_path, monkeypatch, capsys):
    small = ["--trajectories", "2", "--keep", "2", "--base", "8", "--replicates", "2"]
    out = tmp_path / "out"
    told = printed(monkeypatch, capsys, "sensitivity", *small, "--out", out)
    known = ("Morris", "Sobol", str(out), *BY_NAME)
    assert letters_of([told], *known) == []


def test_a_frontier_and_advice_are_told_in_words_of_the_catalogue(folder, monkeypatch, capsys):
    out = folder / "frontier"
    told = printed(monkeypatch, capsys, "frontier", folder / "grid.toml", "--out", out)
    assert letters_of([told], "Q?", str(out)) == []
    out = folder / "advice"
    few = ["--draws", "20", "--replicates", "2"]
    told = printed(monkeypatch, capsys, "advise", "baseline", *few, "--out", out)
    assert letters_of([told], str(out)) == []


def test_the_register_is_told_in_words_of_the_catalogue(monkeypatch, capsys):
    known = [claims.load_claim(name) for name in claims.names()]
    told = printed(monkeypatch, capsys, "evidence")
    assert letters_of([CLAIM.sub("", told)], *(claim.title for claim in known)) == []
    for claim in known[:3]:
        told = printed(monkeypatch, capsys, "evidence", claim.id)
        words = (claim.title, claim.quotation, claim.pattern, claim.reading, *claim.sections)
        assert letters_of([CLAIM.sub("", told)], *(CLAIM.sub("", text) for text in words)) == []


def questions_in_words():
    """Every text of the questions: they have a file of their own."""
    asked = questionnaire()
    for question in asked.questions.values():
        yield from (question.text, question.topic, question.theme, question.id)
        for answer in question.answers.values():
            yield from (answer.text, answer.id)
    for change in asked.changes:
        yield from (change.text, change.assumed)


@pytest.mark.parametrize(
    ("voices", "more", "writes"),
    [
        ((BEST,), [], True),
        ((BEST, TORN), [], False),
        ((TORN,), ["--scenario", "korsakoff"], False),
    ],
)
def test_an_assessment_is_told_in_words_of_the_catalogue(
    voices, more, writes, tmp_path, monkeypatch, capsys
):
    paths = []
    for voice in voices:
        paths.append(tmp_path / f"{voice.partner.lower()}.toml")
        paths[-1].write_text(as_toml(voice, "Safer streets"))
    page, case, out = tmp_path / "page.html", tmp_path / "case.toml", tmp_path / "runs"
    wrote = ["-o", page, "--scenario-file", case, "--out", out] if writes else []
    few = ["--draws", "50", "--replicates", "2"]
    monkeypatch.setattr(one_file, "answered", lambda s, seed, **more: answered(s, seed, 2, **more))
    told = printed(monkeypatch, capsys, "assess", *paths, *few, *more, *wrote)
    helped = [p.help.split(". ")[0].rstrip(".") for p in BY_NAME.values()]
    helped = [text[:1].lower() + text[1:] for text in helped]
    known = (*questions_in_words(), *helped, *(v.partner for v in voices))
    assert letters_of([told], *known, "Safer streets", *map(str, (page, case, out))) == []


def test_questions_and_files_to_fill_in_have_words_of_the_catalogue(tmp_path, monkeypatch, capsys):
    told = printed(monkeypatch, capsys, "assess", "--questions").lower()
    known = (text.lower() for text in questions_in_words())
    assert letters_of([told], *known, "unknown") == []
    for option, name in (("--template", "a.csv"), ("--form", "a.html")):
        told = printed(monkeypatch, capsys, "assess", option, tmp_path / name)
        assert letters_of([told], str(tmp_path / name)) == []


def test_a_text_that_bypasses_the_catalogue_is_found(folder, monkeypatch, capsys):
    """The watch has teeth: a heading, a number's words and a sentence in English are each found."""
    done = folder / "done"
    monkeypatch.setitem(formats.FORMATS, "runs", lambda count: f"{count} runs")
    told = printed(monkeypatch, capsys, "verify", done)
    assert letters_of([told], str(done)) == ["runs", "runs"]
    monkeypatch.undo()
    monkeypatch.setattr("cgsim.answer.formats.duration", lambda seconds: "soon")
    told = printed(monkeypatch, capsys, "batch", folder / "grid.toml", "--dry-run")
    assert letters_of([told], "Q?") == ["soon"]
    monkeypatch.undo()
    monkeypatch.setattr(cgsim.cli.batches, "_value", lambda value: "eight")
    told = printed(monkeypatch, capsys, "batch", folder / "grid.toml", "--out", done)
    assert letters_of([told], "Q?", str(done), "runs/*.parquet") == ["eight"] * 12


def test_a_landscape_is_told_in_words_of_the_catalogue(monkeypatch, capsys):
    scenario = cgsim.load("cluttered")
    groups = [p.name for p in scenario.partnerships]
    run = ("run", "cluttered", "--replicates", "6", "--no-doubt", "--partnerships")
    for command in (("declutter", "cluttered", "--replicates", "8"), run):
        told = printed(monkeypatch, capsys, *command)
        assert letters_of([told], scenario.title, *groups) == []
