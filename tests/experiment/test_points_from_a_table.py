"""Design points from a table beside the experiment: read whole, or refused with their line."""

import json

import pandas as pd
import pytest

from cgsim.experiment.files import load_experiment
from cgsim.running.batch import open_batch, run_experiment
from cgsim.running.checking import reproduce, verify
from cgsim.scenario import ScenarioError
from cgsim.workbooks import of_tables
from small_batches import files_of, table_of

FILE = """title = "Points of our own"
question = "How do they do?"
design = "draws"
file = "{file}"
replicates = 4
{more}
[set]
months = 24
agencies = 8
size = 4
"""
TABLE = "meetings,trust_gain,recruit\n1,0.1,fit\n2.5,0.2,random\n1,0.05,fit\n"
POINTS = (
    {"meetings": 1.0, "trust_gain": 0.1, "recruit": "fit"},
    {"meetings": 2.5, "trust_gain": 0.2, "recruit": "random"},
    {"meetings": 1.0, "trust_gain": 0.05, "recruit": "fit"},
)


def written(folder, table=TABLE, file="points.csv", more=""):
    folder.mkdir(exist_ok=True)
    data = table if isinstance(table, bytes) else table.encode()
    (folder / file).write_bytes(data)
    path = folder / "mine.toml"
    path.write_text(FILE.format(file=file, more=more))
    return path


@pytest.mark.parametrize(
    "table",
    [
        TABLE,
        "\ufeff" + TABLE,
        TABLE.replace(",", ";"),
        TABLE.replace(",", "\t"),
        TABLE.replace("\n", "\r\n"),
        TABLE.replace("fit", '"fit"'),
        TABLE.replace("1,0.1", " 1 , 0.1 ") + "\n\n",
        TABLE.replace("\n", "\r"),
        "sep=;\r\n" + TABLE.replace(",", ";"),
        TABLE.encode("utf-16"),
        TABLE.replace(",", ";").replace(".", ","),
        TABLE.replace(",", "\t").replace(".", ","),
        TABLE.replace(",", "|"),
        TABLE.replace("meetings", "Meetings").replace("trust_gain", "Trust gain "),
        TABLE.replace("\n", ",,\r\n"),
        "point,meetings,trust_gain,recruit\n0,1,0.1,fit\n1,2.5,0.2,random\n2,1,0.05,fit\n",
    ],
)
def test_a_table_in_any_usual_dress_gives_the_same_points(tmp_path, table):
    assert load_experiment(written(tmp_path, table)).points == POINTS


def test_a_parquet_table_gives_the_same_points(tmp_path):
    path = written(tmp_path)
    pd.DataFrame(POINTS).to_parquet(tmp_path / "points.parquet")
    other = path.with_name("other.toml")
    other.write_text(FILE.format(file="points.parquet", more=""))
    assert load_experiment(other).points == POINTS


def test_a_workbook_gives_the_same_points(tmp_path):
    path = written(tmp_path, of_tables({"Points": pd.DataFrame(POINTS)}), "points.xlsx")
    assert load_experiment(path).points == POINTS


def test_the_points_of_one_batch_are_those_of_another(tmp_path):
    first = run_experiment(load_experiment(written(tmp_path)), tmp_path / "out")
    (tmp_path / "again.toml").write_text(FILE.format(file="out/points.parquet", more=""))
    again = load_experiment(tmp_path / "again.toml")
    assert again.points == first.experiment.points == POINTS


@pytest.mark.parametrize(
    ("table", "line", "telling"),
    [
        ("", None, "got no points"),
        ("meetings\n", None, "got no points"),
        ("meetings,size\n1,2\n1\n", 3, "size: got nothing; allowed a value"),
        ("meetings,size\n1,\n", 2, "size: got nothing; allowed a value"),
        ("meetings,meetings\n1,2\n", 1, 'got "meetings" twice'),
        ("meetings,\n1,2\n", 2, 'got "2" in column 2, over which the first line has no name'),
        ("point,meetings\n0,1\n2,1\n", 2, "allowed 0, 1, 2"),
        ("point\n0\n", None, "got no keys"),
        ('meetings\n"1\n', 2, "not CSV (a quotation mark that is never closed)"),
        (b"meetings\n\xff\n", 2, "not UTF-8"),
        (b"PAR1 and no more", None, "cannot be read"),
    ],
)
def test_a_table_that_is_not_whole_is_refused_with_its_line(tmp_path, table, line, telling):
    with pytest.raises(ScenarioError) as told:
        load_experiment(written(tmp_path, table))
    fault = told.value.faults[0]
    assert (fault.file, fault.line) == (str(tmp_path / "points.csv"), line)
    assert telling in str(fault)


@pytest.mark.parametrize(
    ("table", "telling"),
    [
        ("metings\n1\n", "points.csv:2: metings: got an unknown key"),
        ("scenario\nno-such\n", "points.csv:2: scenario: got"),
        ("meetings\n0,5\n", 'got "5" in column 2, over which'),
        ("meetings;size\n1,500;2\n", 'points.csv:2: meetings: got "1,500", which may be 1.500 or'),
        ("meetings;size\n0,5;2\n0.5;2\n", 'got "0,5" beside "0.5"; allowed a point in both'),
        ("meetings,size;own_costs\n1,2;3\n", "got lines that commas or semicolons may part"),
        ("meetings\nnan\n", "meetings"),
        ("meetings\n1\n-1\n", "points.csv:3: meetings: got -1"),
        ("size\n2.5\n", "size"),
    ],
)
def test_a_value_that_no_point_can_have_is_refused(tmp_path, table, telling):
    with pytest.raises(ScenarioError) as told:
        load_experiment(written(tmp_path, table))
    assert telling in str(told.value)


def test_the_table_and_the_design_go_together(tmp_path):
    path = written(tmp_path)
    text = path.read_text()
    path.write_text(text.replace('file = "points.csv"\n', ""))
    with pytest.raises(ScenarioError, match="file: got no file"):
        load_experiment(path)
    path.write_text(text.replace('"draws"', '"factorial"') + "[factors]\nmeetings = [1, 2]\n")
    with pytest.raises(ScenarioError, match='allowed with design = "draws"'):
        load_experiment(path)
    path.write_text(text + "[factors]\nmeetings = [1, 2]\n")
    with pytest.raises(ScenarioError, match="gives too"):
        load_experiment(path)


def test_what_the_table_holds_is_the_batch_and_not_where_it_is(tmp_path):
    out = tmp_path / "out"
    run_experiment(load_experiment(written(tmp_path / "a")), out)
    before = files_of(out)
    moved = run_experiment(load_experiment(written(tmp_path / "b", file="other.csv")), out)
    assert moved.computed == 0
    changed = written(tmp_path / "a", TABLE.replace("0.05", "0.06"))
    with pytest.raises(ScenarioError) as told:
        run_experiment(load_experiment(changed), out)
    assert any("points" in fault.key for fault in told.value.faults)
    assert files_of(out).keys() == before.keys()


def test_the_folder_needs_no_table_beside_it(tmp_path):
    path = written(tmp_path)
    done = run_experiment(load_experiment(path), tmp_path / "out")
    (tmp_path / "points.csv").unlink()
    path.unlink()
    assert open_batch(tmp_path / "out").experiment.points == POINTS
    assert verify(tmp_path / "out").faults == []
    assert reproduce(tmp_path / "out", tmp_path / "again").same_rows
    assert table_of(tmp_path / "again") == table_of(done.folder)


def test_a_harmed_table_of_points_is_told_and_mended(tmp_path):
    experiment = load_experiment(written(tmp_path))
    run_experiment(experiment, tmp_path / "out")
    points = tmp_path / "out/points.parquet"
    data = points.read_bytes()
    points.write_bytes(data[:60] + bytes([data[60] ^ 4]) + data[61:])
    with pytest.raises(ScenarioError, match=r"points\.parquet"):
        verify(tmp_path / "out")
    run_experiment(experiment, tmp_path / "out")
    assert points.read_bytes() == data


def test_a_condition_keeps_rows_of_the_table(tmp_path):
    path = written(tmp_path, more='only = "meetings < 2"')
    experiment = load_experiment(path)
    assert experiment.points == (POINTS[0], POINTS[2])
    done = run_experiment(experiment, tmp_path / "out")
    assert done.store.experiment().points == experiment.points
    assert reproduce(tmp_path / "out", tmp_path / "again").same_rows


def test_the_manifest_does_not_repeat_the_table(tmp_path):
    rows = "".join(f"{1 + n / 1000}\n" for n in range(500))
    done = run_experiment(load_experiment(written(tmp_path, "meetings\n" + rows)), tmp_path / "out")
    manifest = json.loads((tmp_path / "out/manifest.json").read_text())
    assert manifest["experiment"]["points"] == 500
    assert len((tmp_path / "out/manifest.json").read_bytes()) < 20_000
    assert len(done.points) == 500
