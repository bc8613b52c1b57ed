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
from cgsim.evidence import claims, exchanged
from cgsim.evidence import register as evidence
from cgsim.measures import MEASURES
from cgsim.mechanisms import RECRUITMENT
from cgsim.pictures import drawings, figures, tables
from cgsim.report import evidence_page, film
from cgsim.report.document import Code, Data
from cgsim.report.experiment_page import experiment_document
from cgsim.report.markdown import as_markdown
from cgsim.report.run_document import run_document
from cgsim.running import computing as parts
from cgsim.running import sources
from cgsim.running.batch import open_batch, run_experiment
from cgsim.running.results import run_frictions
from cgsim.scenario import library
from cgsim.scenario.parameters import BY_NAME
from cgsim.scenario.writing import differences

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
        said.append(section.heading)
        for block in section.blocks:
            if isinstance(block, Code):
                said.append(block.folded)
                continue
            said += texts_of(block)
            said.append(getattr(block, "description", ""))
            said += [block.what] if isinstance(block, Data) else []
    for picture in document.pictures:
        said += drawn(picture.draw, picture.wide) + drawn(picture.draw, picture.narrow)
    return said


def english_in(batch, *names):
    """Return the English words of a report, besides what people, files and machines are called."""
    with catalogue.using(texts_of_nowhere()):
        origin = sources.origin_of(batch)
        said = said_by(experiment_document(batch, origin))
    assert len(said) > 30
    scenario = batch.experiment.scenario
    return letters_of(said, *TITLES, *named_in(scenario, origin), *library.names(), *names)


def named_in(scenario, origin):
    """Return an author's texts, values as a file has them, names, and facts of a machine."""
    values = (t for row in differences(cgsim.loads('title = "Default"'), scenario) for t in row)
    known = (scenario.title, scenario.summary, scenario.assumed, *scenario.agency_names)
    return [*filter(None, (*known, *values, *origin.facts.values())), *BY_NAME]


@pytest.mark.parametrize("name", ["korsakoff", "community-safety"])
def test_the_report_on_a_scenario_is_in_words_of_the_catalogue(name):
    scenario = cgsim.load(name)
    with catalogue.using(texts_of_nowhere()):
        source = sources.run_scenario(scenario, 12, 1, ["1"], example=0)
        document = run_document(source)
        said = said_by(document)
        shown = [b.shown for s in document.sections for b in s.blocks if isinstance(b, Data)]
        said += [text for table in filter(None, shown) for text in (*table.heads, *table.rows[0])]
        said += as_markdown(document).splitlines()[-2:]
    assert len(said) > 300
    files = [f"{name}.csv" for name in document.tables]
    measures = [m.name for m in MEASURES]
    assert letters_of(said, *named_in(scenario, source.origin), *files, *measures, name) == []


def test_what_a_report_leaves_out_is_told_in_words_of_the_catalogue(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "months_that_fit", lambda scenario, count: 0)
    with catalogue.using(texts_of_nowhere()):
        source = sources.run_scenario(cgsim.load("baseline"), 8, 1, ["1"], doubt=False)
        assert letters_of(source.notes) == []
    assert len(source.notes) == 1


@pytest.mark.parametrize("name", DESIGNS)
def test_the_report_on_an_experiment_is_in_words_of_the_catalogue(batch_of, name):
    assert english_in(batch_of(name), *VALUES) == []


def test_what_failed_or_is_not_there_is_told_in_words_of_the_catalogue(
    batch_of, tmp_path, monkeypatch
):
    folder = tmp_path / "unfinished"
    shutil.copytree(batch_of("frontier").folder, folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["complete"] = False
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert english_in(open_batch(folder)) == []

    def failing(self, task):
        raise ZeroDivisionError("1")

    monkeypatch.setattr(parts.Simulation, "live", failing)
    file = tmp_path / "x.toml"
    file.write_text(HEAD + DESIGNS["flags"])
    assert english_in(run_experiment(file, tmp_path / "results"), "ZeroDivisionError") == []


def test_the_register_is_in_words_of_the_catalogue():
    known = [claims.load_claim(name) for name in claims.names()]
    effects = claims.effects()
    with catalogue.using(texts_of_nowhere()):
        text = evidence_page.as_markdown(
            evidence.shipped_register(), known, effects, exchanged.shipped()
        )
    text = re.sub(r"<!-- .* -->", "", text)
    words = [w for c in known for w in (c.title, c.quotation, c.pattern, c.reading, *c.settings)]
    words += [
        r for c in known for r in (c.check, c.discussion, *(h.built_in for h in c.holds)) if r
    ]
    words += [w for e in effects for w in (e.name, e.words)]
    lines = [re.sub(r"\b[A-GR]\d*\b", "", line) for line in text.splitlines()]
    words = [re.sub(r"\b[A-GR]\d*\b", "", text) for text in words]
    version = evidence.shipped_register().version
    option = "--border-draws"  # of a command, which is the same in any language
    assert letters_of(lines, *words, *BY_NAME, version, option) == []


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
        months = tables.over_time(results, results.month_values)
        so_far = tables.gain_so_far(results, results.month_values)
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
    assert english_in(batch_of("list")) == ["each", "time"]
    monkeypatch.undo()
    monkeypatch.setattr("cgsim.pictures.tables.axis_of", lambda *known: "gain")
    assert set(english_in(batch_of("one-curve"))) == {"gain"}
    monkeypatch.undo()
    monkeypatch.setitem(formats.FORMATS, "span", lambda record: "1 to 2")
    with pytest.raises(AssertionError, match="to"):
        test_the_register_is_in_words_of_the_catalogue()
