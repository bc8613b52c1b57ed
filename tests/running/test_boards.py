"""What minutes would hold: every month of every partnership, beside the runs."""

import numpy as np
import pandas as pd
import pytest
from pyarrow import parquet

import cgsim
from cgsim.experiment import columns
from cgsim.experiment.columns import COLUMNS
from cgsim.rules.state import BOARD_COLUMNS, MONTH_COLUMNS
from cgsim.running.batch import open_batch, run_experiment
from cgsim.running.checking import damage, reproduce, verify
from small_batches import TINY, files_of, small_experiment

KEYS = ["point", "replicate", "month"]


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A batch with its months and boards."""
    experiment = small_experiment(replicates=20, months=True, boards=True)
    return run_experiment(experiment, tmp_path_factory.mktemp("boards") / "batch")


def test_every_month_of_every_partnership_has_a_row(kept):
    boards = kept.boards
    assert len(boards) == 6 * 20 * 24
    assert not boards.duplicated([*KEYS, "partnership"]).any()
    assert list(boards) == [*KEYS, "partnership", *BOARD_COLUMNS]
    assert set(boards["partnership"]) == {p.name for p in kept.experiment.scenario.partnerships}


def test_the_hours_of_partnerships_add_up_to_those_of_the_month(kept):
    months = kept.months.query("arm == 'together'").set_index(KEYS)
    sums = kept.boards.groupby(KEYS)[["joint_hours", "bought_hours", "overhead_hours"]].sum()
    together = sums.join(months.add_suffix("_of_month"))
    for name in ("joint_hours", "bought_hours"):
        np.testing.assert_allclose(together[name], together[f"{name}_of_month"], rtol=1e-9)
    # What a partnership asks for may be more than its members have.
    assert (together["overhead_hours"] >= together["overhead_hours_of_month"] - 1e-9).all()
    assert (together["overhead_hours"] > 0).any()


def test_what_is_not_defined_is_missing_and_why_it_ended_is_a_word():
    scenario = cgsim.load("baseline", ["months=40", "agencies=8", "size=4", "start=6", "last=20"])
    results = cgsim.run(scenario, replicates=10, months=True)
    boards = results.boards
    before = boards[boards["month"] < 6]
    assert (before["members"] == 0).all()
    for name in ("trust", "clarity", "settled", "commitment"):
        assert before[name].isna().all()
    assert before["ended"].isna().all()
    last = boards[boards["month"] == 39].set_index("replicate")["ended"].astype(str)
    outcome = results.replicates.set_index("replicate")["outcome"]
    assert (outcome == "dated end").any()
    for replicate, told in outcome.items():
        assert last[replicate] == told


def test_a_run_saves_the_boards_that_python_gives(tmp_path):
    from cgsim.running.saving import save

    results = cgsim.run(cgsim.load("baseline", TINY), replicates=90, months=True)
    save(results, tmp_path / "run")
    stored = open_batch(tmp_path / "run").boards.drop(columns="point")
    pd.testing.assert_frame_equal(stored, results.boards, check_categorical=False)


def test_without_the_months_there_are_no_boards():
    with pytest.raises(ValueError, match="months=True"):
        cgsim.run(cgsim.load("baseline", TINY), replicates=2).boards  # noqa: B018


def test_boards_may_be_kept_without_the_months(tmp_path):
    batch = run_experiment(small_experiment(replicates=4, boards=True), tmp_path / "batch")
    assert len(batch.boards) == 6 * 4 * 24
    assert not (tmp_path / "batch/months").exists()
    again = reproduce(tmp_path / "batch", tmp_path / "again")
    assert again.same_rows
    one, two = files_of(tmp_path / "batch"), files_of(tmp_path / "again")
    assert {n: d for n, d in one.items() if n.startswith("boards/")} == {
        n: d for n, d in two.items() if n.startswith("boards/")
    }


@pytest.mark.parametrize("harm", ["lost", "flipped", "foreign"])
def test_boards_that_are_not_whole_are_named_set_aside_and_computed_again(tmp_path, harm):
    experiment = small_experiment(replicates=4, boards=True)
    run_experiment(experiment, tmp_path)
    before = files_of(tmp_path)
    part = next((tmp_path / "boards").iterdir())
    data = part.read_bytes()
    if harm == "lost":
        part.unlink()
    elif harm == "flipped":
        part.write_bytes(data[:100] + bytes([data[100] ^ 1]) + data[101:])
    else:
        part.rename(part.with_name("copy-of-" + part.name))
    assert any("boards" in fault for fault in damage(tmp_path))
    assert verify(tmp_path, again=False).faults
    done = run_experiment(experiment, tmp_path)
    assert verify(tmp_path, again=False).faults == []
    after = files_of(tmp_path)
    assert {n: d for n, d in after.items() if n.startswith("boards/")} == {
        n: d for n, d in before.items() if n.startswith("boards/")
    }
    assert (harm == "lost") == (not any("boards" in a.file for a in done.set_aside))


def test_every_stored_column_says_what_it_holds(kept):
    for kind in ("runs", "months", "boards"):
        for path in (kept.folder / kind).iterdir():
            for field in parquet.read_schema(path):
                assert field.metadata[b"description"], field.name
    gain = parquet.read_schema(next((kept.folder / "runs").iterdir())).field("gain")
    assert gain.metadata[b"unit"] == b"share"
    assert gain.metadata[b"description"] == b"collaborative gain"
    size = parquet.read_schema(kept.folder / "points.parquet").field("size")
    assert size.metadata[b"description"].decode() == columns.of_parameter("size").words


def test_the_table_of_columns_knows_all_that_is_stored_and_no_more():
    assert set(columns.MONTHS) == set(MONTH_COLUMNS)
    assert set(columns.BOARDS) == set(BOARD_COLUMNS)
    assert set(COLUMNS) <= set(columns.KINDS["runs"])
