"""Results at hand in Python: labelled tables, pictures, words in notebooks, wrong names."""

import io
from importlib.resources import files

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import cgsim
from cgsim.engine.run import Bar
from cgsim.measures import MEASURES
from cgsim.rules.state import MONTH_COLUMNS

GRID = """
title = "Few <or> many?"
question = "Does size pay?"
replicates = 4
[factors]
size = [3, 6]
meetings = [0.5, 1, 2]
"""


@pytest.fixture(scope="module")
def results():
    return cgsim.run("baseline", 30, set={"months": 24}, months=True)


@pytest.fixture(scope="module")
def batch(tmp_path_factory):
    place = tmp_path_factory.mktemp("batch")
    (place / "grid.toml").write_text(GRID)
    return cgsim.run_experiment(place / "grid.toml", place / "out")


@pytest.fixture(autouse=True)
def no_windows():
    before = mpl.get_backend()
    plt.switch_backend("agg")
    yield
    plt.close("all")
    plt.switch_backend(before)


def test_months_have_labels_and_the_numbers_that_were_lived(results):
    table = results.months
    assert list(table.columns) == ["replicate", "arm", "month", *MONTH_COLUMNS]
    assert len(table) == 30 * 3 * 24
    row = table.query("replicate == 7 and arm == 'alone' and month == 5").iloc[0]
    np.testing.assert_array_equal(
        row[list(MONTH_COLUMNS)].to_numpy(float), results.month_values[7, 1, 5]
    )
    assert set(results.boards["partnership"]) == {"Partnership of eight"}
    without = cgsim.run("baseline", 2, set={"months": 24})
    for name in ("months", "boards"):
        with pytest.raises(ValueError, match="run with months=True"):
            getattr(without, name)


def test_tables_are_had_in_the_same_way_from_results_and_from_a_batch(results, batch):
    for one in (results.summary, batch.summary, results.months, batch.months, batch.boards):
        assert isinstance(one, pd.DataFrame)
    assert len(batch.months) == 0  # none were kept
    assert set(results.summary["measure"]) >= {m.name for m in MEASURES if m.interval != "class"}


@pytest.mark.parametrize(
    ("what", "label"),
    [
        ("gain", "collaborative gain"),
        ("area_gain", "gain of the area"),
        ("outcomes", "runs"),
        ("months", "month"),
        ("gain so far", "month"),
    ],
)
def test_results_are_drawn_into_axes_of_ones_own_or_new_ones(results, what, label):
    _, mine = plt.subplots()
    assert results.plot(what, mine) is mine
    new = results.plot(what)
    assert new is not mine
    for axes in (mine, new):
        assert axes.has_data()
        assert label in axes.get_xlabel().lower().replace("\n", " ")
        axes.figure.savefig(io.BytesIO(), format="png")


def test_where_hours_were_bought_the_picture_is_that_of_the_headline():
    paid = cgsim.run("korsakoff", 20, months=True)
    assert "same money" not in paid.plot("gain").get_xlabel()
    assert "spending the money on services" in paid.plot().get_xlabel()
    assert "same money" in paid.plot("gain so far").get_ylabel()
    last = paid.plot("gain so far").lines[-1].get_ydata()[-1]
    assert last == pytest.approx(100 * paid.estimate("gain_over_equal_money").value)


def test_frictions_and_batches_are_drawn(results, batch):
    found = cgsim.run_frictions(results.scenario, 10)
    assert len(found.plot().patches) == 7
    (axes, *_) = batch.plot()
    assert axes.has_data()
    figure = plt.figure()
    assert batch.plot("overhead_hours", figure)[0].figure is figure
    assert len(figure.axes[0].lines) >= 2


def test_a_wrong_name_is_answered_with_the_nearest_right_one(results, batch):
    for ask in (results.column, results.estimate):
        with pytest.raises(ValueError, match=r'got "gian"; .*did you mean "gain"'):
            ask("gian")
    with pytest.raises(ValueError, match=r'got "monhts"; .*did you mean "months"'):
        results.plot("monhts")
    with pytest.raises(ValueError, match=r'got "overhed_hours"; .*did you mean "overhead_hours"'):
        batch.plot("overhed_hours")
    few = cgsim.run("baseline", 2, set={"months": 24})
    with pytest.raises(ValueError, match="run with months=True"):
        few.plot("months")


def test_a_cell_of_a_notebook_shows_the_answer_and_no_markup_of_others(results, batch):
    shown = results._repr_html_()
    assert results.headline().split(",")[0] in shown
    assert "<table>" in shown
    assert "collaborative gain" in shown
    assert "if issues settled themselves" not in results.scenario._repr_html_()
    assert "A partnership of eight" in results.scenario._repr_html_()
    assert "Few &lt;or&gt; many?" in batch._repr_html_()
    assert "possible" in cgsim.run_frictions(results.scenario, 4)._repr_html_()


def test_what_is_printed_tells_what_it_is_and_not_every_number(results, batch):
    assert repr(results) == "<Results of baseline: 30 replicates, seed 1>"
    assert repr(results.scenario) == "<Scenario baseline: A partnership of eight (changed)>"
    assert repr(batch) == "<Batch of grid: 6 design points, complete>"


def test_a_bar_shows_how_far_it_is(capsys):
    assert cgsim.run("baseline", 20, set={"months": 12}, progress=True).count == 20
    assert "20/20" in capsys.readouterr().err
    assert cgsim.run("baseline", 20, set={"months": 12}, progress=False).count == 20
    assert capsys.readouterr().err == ""
    bar = Bar()
    for done in (3, 7, 10):
        bar(done, 10)
    assert "10/10" in capsys.readouterr().err


def test_types_are_told_to_those_who_check_them():
    assert files("cgsim").joinpath("py.typed").is_file()


def test_a_wrong_column_of_a_summary_is_answered_with_the_nearest(results):
    with pytest.raises(KeyError) as wrong:
        results.summary["estimat"]
    assert str(wrong.value).startswith('got "estimat"; allowed a column: measure, words, unit, of')
    assert str(wrong.value).endswith('(did you mean "estimate"?)')
    with pytest.raises(KeyError, match=r'of a measure: estimate\("gain"\)'):
        results.summary["gain"]
    assert results.summary.get("gain") is None
    assert type(results.summary[["measure"]]).__name__ == "DataFrame"
    assert "gain" in set(results.summary["measure"])
