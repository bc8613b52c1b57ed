"""What partnerships hand in is read as it stands, or refused in one line that says where."""

import random
import sys
import types
from datetime import datetime

import numpy as np
import pytest

from cgsim.calibrate.kinds import KINDS
from cgsim.calibrate.records import load_records, template
from cgsim.scenario.errors import ScenarioError

HEAD = "month,what,value,of\n"
ENOUGH = "".join(f"{m},joint_hours,{100 + m},\n{m},present,{m % 5},8\n" for m in range(1, 13))


def read(folder, text, name="records.csv", encoding="utf-8"):
    path = folder / name
    path.write_text(text, encoding=encoding, newline="")
    return load_records(path)


def refused(folder, text, **more):
    with pytest.raises(ScenarioError) as caught:
        read(folder, text, **more)
    return [str(fault).replace(f"{folder}/", "") for fault in caught.value.faults]


def test_a_plain_file_is_read(tmp_path):
    found = read(tmp_path, HEAD + ENOUGH + "7,trust,62 %,9\n")
    assert found.months == 12
    assert list(found.series) == ["trust", "joint_hours", "present"]
    assert found.series["joint_hours"].months.tolist() == list(range(12))
    assert found.series["joint_hours"].values.tolist() == [101.0 + m for m in range(12)]
    trust = found.series["trust"]
    assert (trust.months.tolist(), trust.values.tolist(), trust.of.tolist()) == ([6], [0.62], [9])
    assert found.series["present"].shares[3] == 4 / 8


def test_what_is_empty_is_missing(tmp_path):
    found = read(tmp_path, HEAD + ENOUGH + "13,joint_hours,,\n14,joint_hours,90,\n,,,\n")
    assert found.months == 14
    assert 12 not in found.series["joint_hours"].months


@pytest.mark.parametrize(
    "text",
    [
        HEAD + ENOUGH,
        (HEAD + ENOUGH).replace(",", ";"),
        (HEAD + ENOUGH).replace(",", "\t"),
        "sep=;\n" + (HEAD + ENOUGH).replace(",", ";"),
        "# Our records, and a remark\n" + (HEAD + ENOUGH).replace(",", ";"),
        "\ufeff" + (HEAD + ENOUGH).replace("\n", "\r\n"),
        (HEAD + ENOUGH).replace(",\n", "\n"),  # a spreadsheet leaves out empty cells at the end
        HEAD.upper() + ENOUGH.replace("joint_hours", "Joint hours"),
    ],
)
def test_every_dialect_says_the_same(tmp_path, text):
    found, wanted = read(tmp_path, text), read(tmp_path, HEAD + ENOUGH, name="other.csv")
    for kind, one in wanted.series.items():
        assert found.series[kind].values.tolist() == one.values.tolist()
        assert found.series[kind].months.tolist() == one.months.tolist()


def test_dates_count_from_the_first_month(tmp_path):
    rows = "2023-11,began,\n" + "".join(
        f"{2023 + (m + 10) // 12}-{(m + 10) % 12 + 1:02d},{what}\n"
        for m in range(12)
        for what in ("joint_hours,80,", "settled,3,4")
    )
    found = read(tmp_path, HEAD + rows)
    assert found.months == 12
    assert found.series["settled"].months.tolist() == list(range(12))


def test_a_workbook_is_read_as_its_table(tmp_path, monkeypatch):
    """With a stand-in for openpyxl, which gives cells as Excel holds them."""
    rows = [("month", "what", "value", "of", None), (datetime(2024, 1, 1), "began", None, None)]
    for m in range(12):
        rows.append((datetime(2024, 1 + m, 1), "trust" if m % 6 else "present", 0.0, 8.0))
        rows.append((datetime(2024, 1 + m, 1), "joint_hours", 10.5, None))
    sheet = types.SimpleNamespace(iter_rows=lambda values_only, max_row: iter(rows))
    book = types.SimpleNamespace(worksheets=[sheet])
    stand_in = types.ModuleType("openpyxl")
    stand_in.load_workbook = lambda *_, **__: book
    monkeypatch.setitem(sys.modules, "openpyxl", stand_in)
    path = tmp_path / "records.xlsx"
    path.write_bytes(b"PK\x03\x04")
    found = load_records(path)
    assert found.series["joint_hours"].values.tolist() == [10.5] * 12
    assert found.series["present"].months.tolist() == [0, 6]


def test_a_workbook_without_openpyxl_is_one_line(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    path = tmp_path / "records.xlsx"
    path.write_bytes(b"PK\x03\x04 and more")
    with pytest.raises(ScenarioError, match="which needs openpyxl; allowed CSV UTF-8"):
        load_records(path)


WRONG = {
    "": "got an empty file; allowed a first line month, what, value, of, error, note",
    "month,what\n": "records.csv:1: got no column value; allowed month, what, value, of, error,"
    " note",
    "month,what,valeu\n": 'got a column "valeu"; allowed month, what, value, of, error, note '
    '(did you mean "value"?)',
    HEAD + "1,joint_hour,5,\n": "records.csv:2: joint_hour: got an unknown kind of record",
    HEAD + "1,joined,1,\n": "the model knows no member who joins later",
    HEAD + "1,led,council,\n": "the model does not record who leads",
    HEAD + "1,joint_hours,many,\n": 'joint_hours: got "many"; allowed a number from 0',
    HEAD + "1,joint_hours,-4,\n": 'joint_hours: got "-4"; allowed a number from 0',
    HEAD + '1,joint_hours,"1,200",\n': 'got "1,200"; allowed a number',
    HEAD + "1,joint_hours,nan,\n": 'got "nan"; allowed a number',
    HEAD + "1,joint_hours,5,8\n": 'of: got "8"; allowed nothing for this kind',
    HEAD + "1,trust,3.5,8\n": 'trust: got "3.5"; allowed a share from 0 to 1',
    HEAD + "1,trust,0.5,\n": "of: got nothing; allowed a whole number from 1 on: people who",
    HEAD + "1,present,9,8\n": "present: got 9 of 8; allowed at most 8",
    HEAD + "1,members,7.5,\n": 'members: got "7.5"; allowed a whole number',
    HEAD + "0,members,8,\n": "got a month that is number 0 of the partnership; allowed 1 to 120",
    HEAD + "-12,need_met,8,\n": "got a month that is number -12 of the partnership; allowed -11",
    HEAD + "May,members,8,\n": 'got the month "May"; allowed a number, 1 the partnership',
    HEAD + "2024-05,members,8,\n": 'got the month "2024-05" and no row began',
    HEAD + "2024-05,began,\n5,members,8,\n": 'got the month "5"; allowed a date such as 2024-03',
    HEAD + "3,began,\n": 'began: got the month "3"; allowed a date such as 2024-03',
    HEAD + "1,members,8,\n1,members,8,\n": "got the month again; allowed once (it is in line 2",
    HEAD + "14,ended,bored,\n": 'ended: got "bored"; allowed collapsed, dated end, completed',
    HEAD + ENOUGH + "13,members,0,\n": "members: got 0 in month 13 and no row ended",
    HEAD + "12,ended,collapsed,\n13,members,8,\n": "got a month after the partnership ended",
    HEAD + "".join(ENOUGH.splitlines(True)[:20]): "got records up to month 10 of the partnership; "
    "allowed 12 months or more",
    HEAD + "".join(f"{m},members,8,\n" for m in range(1, 25)): "got one kind of record; allowed",
    HEAD + ENOUGH + "5,need_met,40,\n": "need_met: got 0 months before the start; allowed 3",
    HEAD + "1,members,8,9,9,9,9,9\n": "records.csv:2: got 8 cells; allowed 4",
    HEAD + '1,"members,8,\n': "got a line that is no CSV",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_one_line(tmp_path, text):
    faults = refused(tmp_path, text)
    assert any(WRONG[text] in fault for fault in faults), faults
    assert all("\n" not in fault and fault.startswith("records.csv") for fault in faults)


def test_other_encodings_and_files_are_refused(tmp_path):
    text = HEAD + ENOUGH + "# Glenalmond caf\u00e9,,,\n"
    assert "not UTF-8" in refused(tmp_path, text, encoding="cp1252")[0]
    old = tmp_path / "records.xls"
    old.write_bytes(b"\xd0\xcf\x11\xe0 an old workbook")
    with pytest.raises(ScenarioError, match="old Excel workbook"):
        load_records(old)
    with pytest.raises(ScenarioError, match=r"Is a directory|got a folder"):
        load_records(tmp_path)


def test_a_template_asks_for_what_teaches_most_first(tmp_path):
    lines = template().splitlines()
    asked = list(dict.fromkeys(line.split(",")[1] for line in lines[1:]))
    assert asked[:2] == ["appeal", "need_met"]
    assert set(KINDS) <= set(asked)
    assert refused(tmp_path, template()) == [
        "records.csv: got no records: no row has a value; allowed at least 2 kinds over 12 months"
    ]
    filled = [line if m % 3 else line.replace(",,,", ",1,,", 1) for m, line in enumerate(lines)]
    with pytest.raises(ScenarioError):  # such as a survey without the number who answered
        read(tmp_path, "\n".join(filled))


def test_random_edits_are_read_or_refused(tmp_path):
    """Nothing else may happen, whatever is done to a file."""
    rng = random.Random(7)
    text = HEAD + ENOUGH + "12,trust,0.5,8\n6,trust,0.4,8\n"
    outcomes = set()
    for number in range(400):
        letters = list(text)
        for _ in range(rng.randint(1, 4)):
            place = rng.randrange(len(letters))
            letters[place : place + rng.randint(0, 3)] = rng.choice(
                ["", ",", "\n", '"', "x", "9", "-", "\x00", ";", "0.5", "%", "\u2212"]
            )
        try:
            found = read(tmp_path, "".join(letters), name=f"{number % 5}.csv")
        except ScenarioError:
            outcomes.add("refused")
        else:
            assert all(np.isfinite(s.values).all() for s in found.series.values())
            outcomes.add("read")
    assert outcomes == {"read", "refused"}
