"""No text of a report, a figure, a film or the register bypasses the catalogue."""

import json
import re
import shutil
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from test_experiment_reports import DESIGNS, HEAD
from tests.answer.nowhere import letters_of, texts_of_nowhere
from tests.report.texts import texts_of

import cgsim
from cgsim.answer import catalogue, formats
from cgsim.experiment import claims, evidence, parts, sources
from cgsim.experiment.batch import open_batch, run_experiment
from cgsim.experiment.results import run_frictions
from cgsim.report import drawings, evidence_page, figures, film, tables
from cgsim.report.document import Data
from cgsim.report.experiment_page import experiment_document
from cgsim.scenario import library
from cgsim.scenario.parameters import BY_NAME, RECRUITMENT

ELSEWHERE = {"assumed", "caveats", "reproduce"}
"""Sections that are not of this report alone."""
SIMULATED = "Simulated, not measured."
TITLES = ("A small one", "What does it change?", "as it is", "NA")
VALUES = ("true", "false", *RECRUITMENT)
"""Values as a file has them."""


@pytest.fixture(scope="module")
def batch_of(tmp_path_factory):
    made = {}

    def make(name):
        if name not in made:
            folder = tmp_path_factory.mktemp(name)
            (folder / "x.toml").write_text(HEAD.replace("12", "20") + DESIGNS[name])
            made[name] = run_experiment(folder / "x.toml", folder / "results")
        return made[name]

    return make


def drawn(draw, size):
    """Return the texts that stand in a figure."""
    svg = ElementTree.fromstring(figures.as_svg(draw, size, "x", "", ""))
    return ["".join(text.itertext()) for text in svg.iter("{http://www.w3.org/2000/svg}text")]


def said_by(document):
    """Return all that a reader sees of a document, the texts in its figures too."""
    said = [document.kind, document.title]
    for section in document.sections:
        if section.identity in ELSEWHERE:
            continue
        said.append(section.heading)
        for block in section.blocks:
            if getattr(block, "text", "").startswith(SIMULATED):
                continue
            said += texts_of(block)
            said.append(getattr(block, "description", ""))
            said += [block.what] if isinstance(block, Data) else []
    for picture in document.pictures:
        said += drawn(picture.draw, picture.wide) + drawn(picture.draw, picture.narrow)
    return said


def document_of(batch):
    with catalogue.using(texts_of_nowhere()):
        return said_by(experiment_document(batch, sources.origin_of(batch)))


@pytest.mark.parametrize("name", DESIGNS)
def test_the_report_on_an_experiment_is_in_words_of_the_catalogue(batch_of, name):
    said = document_of(batch_of(name))
    assert len(said) > 30
    assert letters_of(said, *TITLES, *BY_NAME, *VALUES, *library.names()) == []


def test_what_failed_or_is_not_there_is_told_in_words_of_the_catalogue(
    batch_of, tmp_path, monkeypatch
):
    folder = tmp_path / "unfinished"
    shutil.copytree(batch_of("frontier").folder, folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["complete"] = False
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert letters_of(document_of(open_batch(folder)), *TITLES, *BY_NAME) == []

    def failing(self, task):
        raise ZeroDivisionError("1")

    monkeypatch.setattr(parts.Simulation, "live", failing)
    file = tmp_path / "x.toml"
    file.write_text(HEAD + DESIGNS["flags"])
    said = document_of(run_experiment(file, tmp_path / "results"))
    assert letters_of(said, *TITLES, *BY_NAME, "ZeroDivisionError") == []


def test_the_register_is_in_words_of_the_catalogue():
    known = [claims.load_claim(name) for name in claims.names()]
    mechanisms = claims.mechanisms()
    with catalogue.using(texts_of_nowhere()):
        text = evidence_page.as_markdown(evidence.shipped_register(), known, mechanisms)
    text = re.sub(r"<!-- .* -->", "", text)
    words = [w for c in known for w in (c.title, c.quotation, c.pattern, c.reading, *c.settings)]
    words += [w for m in mechanisms for w in (m.name, m.words)]
    lines = [re.sub(r"\b[A-GR]\d*\b", "", line) for line in text.splitlines()]
    words = [re.sub(r"\b[A-GR]\d*\b", "", text) for text in words]
    version = evidence.shipped_register().version
    assert letters_of(lines, *words, *BY_NAME, version) == []


def test_figures_are_in_words_of_the_catalogue():
    scenario = cgsim.load("korsakoff")
    results = cgsim.run_many([scenario], 12, 1, months=True)[0]
    shares = np.array([-0.1, 0.0, 0.2, 0.3])
    sobol = pd.DataFrame({"parameter": ["1", "2"]})
    for name in ("total", "first"):
        sobol[[name, f"{name}_low", f"{name}_high"]] = 0.5, 0.4, 0.6
    said = []
    with catalogue.using(texts_of_nowhere()):
        steps = tables.frictions_table(run_frictions(scenario, 12, 1))
        months = tables.over_time(results, results.months)
        so_far = tables.gain_so_far(results, results.months)
        outcomes = tables.outcomes_table(results)
        for draw in (
            lambda axes: drawings.draw_over_time(axes, months),
            lambda axes: drawings.draw_so_far(axes, months, 12),
            lambda axes: drawings.draw_gain_so_far(axes, so_far),
            lambda axes: drawings.draw_spread(axes, shares),
            lambda axes: drawings.draw_frictions(axes, steps),
            lambda axes: drawings.draw_outcomes(axes, outcomes),
            lambda axes: figures.draw_sensitivity(axes, sobol),
        ):
            for width in (7.4, 4.9):
                said += drawn(lambda figure, draw=draw: draw(figure.subplots()), (width, 4.0))
    assert len(said) > 100
    assert letters_of(said) == []


def test_a_film_is_in_words_of_the_catalogue(monkeypatch):
    from matplotlib.figure import Figure

    scenario = cgsim.load("korsakoff", ["months=15"])
    seen = []
    save = Figure.draw

    def draw(figure, renderer):
        seen.extend(text.get_text() for text in figure.findobj(lambda a: hasattr(a, "get_text")))
        return save(figure, renderer)

    monkeypatch.setattr(Figure, "draw", draw)
    with catalogue.using(texts_of_nowhere()):
        frames = list(film._pictures(film._example(scenario, 1, 0), 40))
    assert len(frames) == 16
    assert len(seen) > 100
    assert letters_of(seen, scenario.title) == []


def test_a_text_that_bypasses_the_catalogue_is_found(batch_of, monkeypatch):
    monkeypatch.setattr("cgsim.report.experiment_page._each", lambda view: "each time")
    assert letters_of(document_of(batch_of("list")), *TITLES, *BY_NAME) == ["each", "time"]
    monkeypatch.undo()
    monkeypatch.setattr("cgsim.report.tables.axis_of", lambda *known: "gain")
    found = letters_of(document_of(batch_of("one-curve")), *TITLES, *BY_NAME)
    assert set(found) == {"gain"}
    monkeypatch.undo()
    monkeypatch.setitem(formats.FORMATS, "span", lambda record: "1 to 2")
    with pytest.raises(AssertionError, match="to"):
        test_the_register_is_in_words_of_the_catalogue()
