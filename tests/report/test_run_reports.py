"""The report on a scenario as text, tables and figures: its numbers are those of the results."""

import dataclasses
import io
import json
import math
import re
import subprocess
import sys
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from openpyxl import load_workbook
from page_reading import HOSTILE

from cgsim.answer import build
from cgsim.answer import formats as words
from cgsim.measures import COLUMN, RUN
from cgsim.pictures import drawings, figures, tables
from cgsim.report.document import Table
from cgsim.report.markdown import as_markdown, plain
from cgsim.report.page import json_for_script, write_report
from cgsim.report.run_document import run_document
from cgsim.rules.state import FRICTIONS, MONTH_COLUMNS
from cgsim.running import sources
from cgsim.running.batch import open_batch
from cgsim.running.example import live, members_table
from cgsim.running.results import run_many
from cgsim.running.saving import save
from cgsim.scenario import ScenarioError, load
from cgsim.scenario.parameters import PARAMETERS
from cgsim.statistics import Estimate
from cgsim.workbooks import of_tables

REPLICATES, SEED = 60, 5
MET = MONTH_COLUMNS.index("met")


@pytest.fixture(scope="module")
def results():
    return run_many([load("korsakoff")], REPLICATES, SEED, months=True)[0]


@pytest.fixture(scope="module")
def source():
    command = "cgsim report korsakoff --replicates 60 --seed 5 -o report.md"
    return sources.run_scenario(load("korsakoff"), REPLICATES, SEED, [command])


@pytest.fixture(scope="module")
def document(source):
    return run_document(source)


@pytest.fixture(scope="module")
def text(document):
    return as_markdown(document)


def rows_of(document, caption):
    """Return a table's rows by their first cell."""
    blocks = [b for section in document.sections for b in section.blocks]
    table = next(b for b in blocks if isinstance(b, Table) and b.caption.startswith(caption))
    return {row[0]: list(row[1:]) for row in table.rows}


# ---- the numbers --------------------------------------------------------------------------------


def test_the_report_says_what_the_results_say(source, document, text):
    answer = source.answer
    assert answer.text in text
    assert "the same money spent on services, of what the founders met alone" in text
    assert "What nobody knows: drawn 60 times" in text
    rows = rows_of(document, "What came of it")
    listed = {v.words for (v,) in build.rows(RUN, answer)}
    assert {label[:1].lower() + label[1:] for label in rows} == listed
    rows |= rows_of(document, "All other measures")
    assert len(rows) == len(answer.values)
    for value in answer.values:
        label = value.words[:1].upper() + value.words[1:]
        estimate = Estimate(value.value, value.low, value.high, value.count)
        assert rows[label] == [
            words.told(estimate, value.unit),
            words.interval(estimate, value.unit),
            value.of,
        ]


def test_the_tables_are_the_results(results, document):
    summary = document.tables["summary"]
    expected = results.summary
    assert list(summary["measure"]) == list(expected["measure"])
    for column in ("estimate", "low", "high"):
        np.testing.assert_allclose(summary[column], expected[column], rtol=1e-11)
    replicates = document.tables["replicates"]
    assert len(replicates) == REPLICATES
    np.testing.assert_allclose(replicates["gain"], results.column("gain"), rtol=1e-11)
    assert list(replicates["outcome"]) == list(results.replicates["outcome"])


def test_the_months_are_means_and_quantiles_over_replicates(results, document):
    months = document.tables["months"]
    assert list(months["arm"].unique()) == ["together", "alone", "equal_money"]
    for place, (_, rows) in enumerate(months.groupby("arm", sort=False)):
        met = results.month_values[:, place, :, MET]
        np.testing.assert_allclose(rows["mean"], met.mean(axis=0), rtol=1e-11)
        np.testing.assert_allclose(rows["low"], np.quantile(met, 0.05, axis=0), rtol=1e-11)
        np.testing.assert_allclose(rows["high"], np.quantile(met, 0.95, axis=0), rtol=1e-11)


def test_the_gain_so_far_ends_at_the_gain_of_the_headline_and_its_interval(results, document):
    last = document.tables["gain-so-far"].iloc[-1]
    gain = results.estimate("gain_over_equal_money")
    assert last["month"] == 71
    np.testing.assert_allclose([last["mean"], last["low"], last["high"]],
                               [gain.value, gain.low, gain.high], rtol=1e-9)  # fmt: skip
    plain = run_many([load("baseline")], 9, SEED, months=True)[0]
    last = tables.gain_so_far(plain, plain.month_values).iloc[-1]
    assert last["mean"] == pytest.approx(plain.estimate("gain").value, rel=1e-9)


def test_what_would_change_it_is_that_of_the_same_runs(source, document, text):
    steps = document.tables["changes"].set_index("friction")
    lived = source.results.lived
    for place, name in enumerate(FRICTIONS):
        assert steps.loc[name, "estimate"] == pytest.approx(lived.without[:, place].mean())
    assert list(steps["estimate"]) == sorted(steps["estimate"], reverse=True)
    for change in source.answer.changes:
        assert build.change_statement(change).text in text


def test_outcomes_are_shares_that_add_up(results):
    table = tables.outcomes_table(results)
    assert math.isclose(table["share"].sum(), 1.0)
    assert dict(zip(table["outcome"], table["share"], strict=True)) == results.outcomes


def test_each_partners_own_gain_agrees_with_the_measure_that_counts_them(results):
    table = tables.partners_table(results)
    partners = tables.partners_of(results.scenario)
    assert len(table) == len(partners) == 9
    # Hours were bought, so what is shown is over the same money.
    for own, measure in (
        (results.lived.own_gain[:, partners], "better_off"),
        (results.lived.own_gain_over_money[:, partners], "better_off_over_equal_money"),
    ):
        better = (own > tables.LEAST_SEEN).mean(axis=1)
        np.testing.assert_allclose(better, results.column(measure), atol=1e-12)
    np.testing.assert_allclose(table["estimate"], own.mean(axis=0), rtol=1e-5)


def test_own_gains_are_none_where_no_partnership_begins():
    never = run_many([load("korsakoff", ["start=1000"])], 3, SEED)[0]
    assert not never.lived.own_gain.any()


def test_the_example_lives_as_the_replicate_of_the_results(results):
    example = live(results.scenario, SEED, 7)
    np.testing.assert_array_equal(example.met, results.month_values[7, 0, :, MET])
    np.testing.assert_array_equal(example.met_alone, results.month_values[7, 1, :, MET])
    assert [m.month for m in example.moments] == list(range(-1, 72))
    founders = [p.members for p in results.scenario.partnerships]
    assert tuple(np.flatnonzero(example.moments[0].member)) == founders[0]
    members = members_table(example)
    assert set(members["agency"]) <= set(results.scenario.agency_names)
    assert members[["trust_at_first", "commitment_at_the_end"]].stack().between(0, 1).all()


def test_markdown_says_the_same(source, results, text):
    assert source.answer.text in text
    for name in ("gain", "area_gain", "better_off"):
        _, unit, estimate = results.findings[name][:3]
        assert f"| {words.told(estimate, unit)} |" in text
    for key in ("scenario: korsakoff", "seed: 5", "version: cgsim"):
        assert key in text
    assert "](" not in text


def test_a_report_of_a_folder_is_that_of_the_scenario(results, document, tmp_path):
    folder = tmp_path / "results"
    save(results, folder)
    batch = open_batch(folder)
    assert sources.holds_one_run(batch)
    again = run_document(sources.run_in_folder(batch))
    ours = {s.identity: s for s in document.sections}
    theirs = {s.identity: s for s in again.sections}
    assert list(ours) == list(theirs)
    for name in set(ours) - {"reproduce", "example"}:
        pairs = zip(ours[name].blocks, theirs[name].blocks, strict=True)
        for left, right in pairs:
            drawn = {"draw": None} if hasattr(left, "draw") else {}
            assert dataclasses.replace(left, **drawn) == dataclasses.replace(right, **drawn)
    facts = sources.origin_of(batch).facts
    assert facts["hash of the rows"] == batch.manifest["content_sha256"]
    assert facts["hash of the rows"] in as_markdown(again)


def test_numbers_of_another_version_are_not_mixed_with_those_of_this_one(
    results, tmp_path, monkeypatch
):
    folder = tmp_path / "results"
    save(results, folder)
    other = dataclasses.replace(results, measures=results.measures * 1.001, lived=None)
    monkeypatch.setattr(sources, "results_in", lambda batch: other)
    made = sources.run_in_folder(open_batch(folder))
    assert made.months is made.example is made.drawn is None
    assert made.results.lived is None
    assert "does not give the numbers" in made.notes[0]
    assert "does not give the numbers" in as_markdown(run_document(made))


def test_it_says_how_to_get_the_numbers_again(text):
    assert "cgsim report korsakoff --replicates 60 --seed 5 -o report.md" in text
    assert "This command gives the numbers of this page again" in text
    assumed = sum(p.basis == "assumption" for p in PARAMETERS)
    assert f"{assumed} of them are expert assumptions" in text
    assert "compatible with" in text
    assert "proves" not in text
    assert 'name = "Alcohol charity"' in text  # the whole scenario file


# ---- what may be in a name ----------------------------------------------------------------------


def named(results, text):
    """Return the same results under names that no file could give."""
    scenario = results.scenario
    agencies = tuple(
        dataclasses.replace(a, name=f"{text}{n}") for n, a in enumerate(scenario.agencies)
    )
    partnerships = tuple(dataclasses.replace(p, name=text) for p in scenario.partnerships)
    texts = dict.fromkeys(("title", "name", "summary", "assumed", "source"), text)
    spoiled = dataclasses.replace(scenario, agencies=agencies, partnerships=partnerships, **texts)
    made = dataclasses.replace(results, scenario=spoiled)
    made.__dict__["findings"] = results.findings  # no name is in them, and they take time
    return made


@pytest.fixture(scope="module")
def spoil(source):
    def make(text):
        results = named(source.results, text)
        example = dataclasses.replace(source.example, scenario=results.scenario)
        return dataclasses.replace(source, results=results, example=example)

    return make


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_names_stay_text_in_documents(spoil, text):
    document = run_document(spoil(text))
    markdown = as_markdown(document)
    assert not re.search(r"(?<!\\)<|\x1b|\x00|\u202e", markdown.partition("## Reproduce")[0])
    assert not re.search(r"(?<!\\)\]\(", markdown.partition("## Reproduce")[0])
    for name in ("summary", "partners"):
        for line in tables.csv_text(document.tables[name]).splitlines()[1:]:
            assert not line.lstrip('" ').startswith(tables.FORMULA_SIGNS)


def test_formulas_in_any_cell_get_an_apostrophe():
    table = pd.DataFrame({"=a": ["=1", "+1", "-1", "@x", "\t=1", " =1", "a=1"], "b": [-1.5] * 7})
    rows = tables.csv_text(table).splitlines()
    assert rows[0] == "'=a,b"
    assert [row.rpartition(",")[0].strip('"') for row in rows[1:]] == [
        "'=1", "'+1", "'-1", "'@x", "'\t=1", "' =1", "a=1",
    ]  # fmt: skip
    assert all(row.endswith(",-1.5") for row in rows[1:])  # numbers stay numbers


@pytest.mark.parametrize("first", range(0, len(HOSTILE), 6))
def test_names_stay_text_in_figures_that_are_files(first, tmp_path):
    path = tmp_path / "figure.svg"
    names = HOSTILE[first : first + 6]
    text = names[0]
    table = pd.DataFrame({"label": names, "estimate": 0.1, "low": 0.0, "high": 0.2})
    with figures.house_style():
        figure = figures.new_figure()
        drawings.draw_points(figure.subplots(), table, 100.0, text)
        figures.save_figure(figure, path, {"title": text, "scenario": text, "seed": "1"})
    root = ElementTree.parse(path).getroot()
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert not tags & {"script", "img", "foreignObject"}
    told = " ".join(e.text for e in root.iter() if e.tag.endswith("description"))
    assert told.startswith("title: ")
    assert told.endswith("; seed: 1")


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_json_in_a_script_cannot_end_it(text):
    made = json_for_script({text: [text, 1.5, None]})
    assert not re.search(r"[<>&\u2028\u2029]", made)
    assert json.loads(made) == {text: [text, 1.5, None]}


def test_plain_text_for_markdown():
    assert plain("# a *b* `c` | <d> [e](f)") == (r"\# a \*b\* \`c\` \| &lt;d&gt; \[e\](f)")
    assert plain("14.0 %") == "14.0 %"
    assert plain("1. one") == r"1\. one"
    assert plain("- one\n# two") == r"\- one \# two"
    assert plain("===") == r"\==="


# ---- figures by themselves ----------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["svg", "png", "pdf"])
def test_the_main_figure_says_inside_where_it_comes_from(document, tmp_path, kind):
    path = tmp_path / f"figure.{kind}"
    write_report(document, path, kind)
    data = path.read_bytes()
    if kind == "png":
        from PIL import Image

        with Image.open(path) as image:
            text = image.text["Description"]
    elif kind == "svg":
        root = ElementTree.fromstring(data)
        text = next(e.text for e in root.iter() if e.tag.endswith("}description"))
    else:
        text = re.search(rb"/Subject \((.*?)\)", data).group(1).decode()
    for part in ("scenario: korsakoff", "seed: 5", "runs: 60", "version: cgsim", "source: "):
        assert part in text
    assert not list(tmp_path.glob(".*"))


def test_figures_are_drawn_from_tidy_tables_on_axes_without_pyplot():
    code = """
import sys
import pandas as pd
from cgsim.pictures import drawings, figures
table = pd.DataFrame({"month": [0, 1], "mean": [0.0, 0.1], "low": [0.0, 0.05], "high": [0.0, 0.2]})
with figures.house_style():
    axes = figures.new_figure().subplots()
    drawings.draw_gain_so_far(axes, table)
assert axes.get_xlabel() == "month"
assert "matplotlib.pyplot" not in sys.modules
"""
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, timeout=60)


def test_labels_beside_lines_do_not_overlap():
    axes = Figure(figsize=(7, 4)).subplots()
    axes.set_ylim(0, 100)
    placed = figures.apart(axes, [50.0, 50.0, 51.0, 10.0])
    ordered = np.sort(placed)
    inches = np.diff(ordered) / 100 * figures.size_of(axes)[1]
    assert (inches > 0.13).all()
    assert placed[3] == min(placed)
    assert figures.apart(axes, [10.0, 90.0]) == [10.0, 90.0]


def test_ticks_that_would_overlap_are_left_out():
    axes = Figure(figsize=(3, 3)).subplots()
    axes.set_xlim(0, 4)
    figures.set_ticks(axes, [0.25, 0.5, 1, 2, 4])
    assert [t.get_text() for t in axes.get_xticklabels()] == ["4", "2", "1"]


def test_long_names_are_cut_and_control_characters_do_not_stay():
    assert len(figures.cut("x" * 1000)) == 80
    assert figures.cut("a\x1b[31m\x00b") == "a [31m b"
    assert figures.folded("word " * 60, 18).count("\n") == 2


def test_no_bar_holds_both_gains_and_losses():
    axes = Figure().subplots()
    gain = np.array([-0.031, -0.001, 0.001, 0.05, 0.12, math.nan])
    drawings.draw_spread(axes, gain, "short-term gain, %", "fall behind")
    edges = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in axes.patches]
    assert all(right <= 1e-9 or left >= -1e-9 for left, right in edges)
    assert math.isclose(sum(bar.get_height() for bar in axes.patches), 100.0)
    assert axes.get_xlabel() == "short-term gain, %"
    assert [text.get_text() for text in axes.texts] == ["mean 2.8 %", "40.0 % fall behind"]


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.0, "none"), (0.0004, "under 0.1 %"), (0.9996, "over 99.9 %"), (1.0, "all"),
     (0.12, "12.0 %")],
)  # fmt: skip
def test_a_share_that_rounds_to_none_is_not_called_none(share, said):
    assert tables.some_share(share) == said


def test_a_partnership_that_gains_and_is_called_inert_is_explained():
    source = sources.run_scenario(load("civic-centre"), 12, 1, ["cgsim report"], doubt=False)
    assert source.results.estimate("gain").low > 0
    assert source.results.outcomes["inert"] > 0.5
    text = as_markdown(run_document(source))
    for remark in source.answer.remarks:
        assert remark.text in text
    assert "Freed support hours are a gain that the words above leave out." in text


# ---- few replicates, short and long runs, large tables ------------------------------------------


@pytest.mark.parametrize(
    ("name", "assignments", "replicates"),
    [
        ("baseline", [], 1),
        ("baseline", ["months=1"], 2),
        ("baseline", ["start=1000"], 3),
        ("baseline", ["months=700"], 2),
        ("cluttered", ["agencies=80"], 2),
    ],
)
def test_reports_of_odd_runs(name, assignments, replicates):
    made = sources.run_scenario(load(name, assignments), replicates, 1, ["cgsim report"])
    document = run_document(made)
    text = as_markdown(document).partition("## What came of it")[0]
    assert not re.search(r"\bnan\b", text.lower())
    assert made.answer.text in text
    assert ("not known" in text) == (replicates == 1)
    assert "runs are few" in as_markdown(document)
    for picture in document.pictures[:2]:
        picture.draw(Figure(figsize=picture.wide))


def test_an_area_without_partnerships_has_a_report_too(tmp_path):
    file = tmp_path / "none.toml"
    file.write_text('title = "Nobody together"\npartnerships = "none"\n')
    made = sources.run_scenario(load(file), 3, 1, ["cgsim report none.toml"])
    assert made.example is None
    assert "there is no partnership, so nothing can be gained" in as_markdown(run_document(made))


def test_months_that_do_not_fit_into_memory_are_left_out(monkeypatch):
    monkeypatch.setattr(sources, "MOST_MONTH_BYTES", 3 * 72 * 10 * 8 * 4)
    made = sources.run_scenario(load("baseline"), 5, 1, [])
    assert made.months is None
    document = run_document(made)
    assert document.main.name == "spread"
    assert "do not fit into memory" in as_markdown(document)


def test_a_workbook_holds_every_table_whole_with_numbers_as_numbers(results, tmp_path):
    source = sources.RunSource(
        results, sources.Origin((), {"version": "", "source of the model": ""})
    )
    document = run_document(source)
    write_report(document, tmp_path / "a.xlsx", "xlsx")
    write_report(document, tmp_path / "b.xlsx", "xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    sheets = pd.read_excel(tmp_path / "a.xlsx", sheet_name=None)
    assert set(sheets) == {"About", *document.tables}
    pd.testing.assert_frame_equal(
        sheets["replicates"], results.replicates, check_dtype=False, check_exact=True
    )
    assert sheets["summary"]["estimate"].dtype == float


def test_a_workbook_takes_no_text_for_a_formula_and_no_number_for_a_text():
    given = {"a": ["=1+1", "@x", "a\x1bb", "007"], "b": [0.1, float("nan"), float("inf"), -1e-300]}
    table = pd.DataFrame({**given, "c": [True, False, True, True]})
    sheet = load_workbook(io.BytesIO(of_tables({"a/b": table})))["a b"]
    read = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert read == [
        ["=1+1", 0.1, True],
        ["@x", None, False],
        ["a\\x1bb", None, True],
        ["007", -1e-300, True],
    ]
    assert sheet["A2"].data_type == "s"


def test_a_table_that_no_sheet_holds_is_refused(monkeypatch, results, tmp_path):
    monkeypatch.setattr("cgsim.workbooks.MOST_ROWS", 5)
    document = run_document(
        sources.RunSource(results, sources.Origin((), {"version": "", "source of the model": ""}))
    )
    with pytest.raises(ScenarioError, match="a sheet holds 5"):
        write_report(document, tmp_path / "a.xlsx", "xlsx")
    assert list(tmp_path.iterdir()) == []


def test_tables_that_are_too_large_for_a_page_are_cut():
    table = pd.DataFrame(np.random.default_rng(1).random((20_000, 12)))
    rows = tables.fitting(table)
    text = tables.csv_text(table.head(rows))
    assert 0.6 * tables.MOST_CSV_BYTES < len(text) <= tables.MOST_CSV_BYTES
    assert len(text.splitlines()) == rows + 1


def test_estimates_in_tables_are_shares_in_per_cent():
    axes = Figure().subplots()
    table = pd.DataFrame([{"label": "a", "estimate": 0.5, "low": 0.4, "high": 0.6}])
    drawings.draw_points(axes, table, 100.0, "x")
    assert axes.lines[0].get_xdata()[0] == 50.0
    estimate = Estimate(0.5, 0.4, 0.6, 9)
    assert words.interval(estimate, "share") == "40.0 to 60.0 %"
    assert COLUMN["gain"] == 0
