"""What partnerships hand in is read as it stands, or refused in one line that says where."""

import io
import random
from datetime import datetime

import numpy as np
import pytest
from openpyxl import Workbook, load_workbook

from cgsim.calibrate.kinds import KINDS
from cgsim.calibrate.records import load_records, months_meant, template, workbook
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
    found = read(tmp_path, HEAD + ENOUGH + "13,joint_hours,NA,n/a\n14,joint_hours,90,\n,,,\n")
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
        '# Ours; with "marks, and the like\n' + (HEAD + ENOUGH).replace(",", ";"),
        "\ufeff" + (HEAD + ENOUGH).replace("\n", "\r\n"),
        (HEAD + ENOUGH).replace("\n", "\r"),
        (HEAD + ENOUGH).replace(",", "|"),
        (HEAD + ENOUGH).replace("\n", ",,\n").replace("of,,", "of,Error,"),
        (HEAD + ENOUGH).replace(",joint_hours,", ', "Joint\u00a0hours",'),
        (HEAD + ENOUGH).replace(",\n", "\n"),  # a spreadsheet leaves out empty cells at the end
        HEAD.upper() + ENOUGH.replace("joint_hours", "Joint hours"),
    ],
)
def test_every_dialect_says_the_same(tmp_path, text):
    found, wanted = read(tmp_path, text), read(tmp_path, HEAD + ENOUGH, name="other.csv")
    for kind, one in wanted.series.items():
        assert found.series[kind].values.tolist() == one.values.tolist()
        assert found.series[kind].months.tolist() == one.months.tolist()


def test_utf16_is_read_as_spreadsheets_write_it(tmp_path):
    found = read(tmp_path, HEAD + ENOUGH, encoding="utf-16")
    assert found.series["joint_hours"].values.tolist() == [101.0 + m for m in range(12)]


@pytest.mark.parametrize("mark", [";", "\t", "|"])
def test_decimal_commas_are_read_where_they_can_be_nothing_else(tmp_path, mark):
    rows = HEAD + ENOUGH + "6,trust,0.62,8\n12,trust,55.5 %,8\n"
    found = read(tmp_path, rows.replace(",", mark).replace(".", ","))
    assert found.series["trust"].values.tolist() == [0.62, 0.555]
    quoted = HEAD + ENOUGH + '13,joint_hours,"1,250",\n14,joint_hours,"97,5",\n'
    assert read(tmp_path, quoted).series["joint_hours"].values[-2:].tolist() == [1.25, 97.5]


def dated(form):
    """Return a year of records from November 2023 on, with months written in some form."""
    rows = []
    for m in range(12):
        when = datetime(2023 + (m + 10) // 12, (m + 10) % 12 + 1, 1)
        month = form(when)
        rows += [f"{month},began,,"] * (m == 0)
        rows += [f"{month},joint_hours,80,", f"{month},settled,3,4"]
    return HEAD + "\n".join(rows) + "\n"


@pytest.mark.parametrize(
    "form",
    [
        "{:%Y-%m}",
        "{:%Y/%m}",
        "{:%Y-%m-%d}",
        "{:%Y-%m-%d %H:%M:%S}",
        "{:%m/%Y}",
        "{:%d.%m.%Y}",
        "{:%b-%y}",
        "{:%B %Y}",
        "{:%d %b %Y}",
        "28/{:%m/%Y}",
    ],
)
def test_dates_count_from_the_first_month(tmp_path, form):
    found = read(tmp_path, dated(form.format))
    assert found.months == 12
    assert found.series["settled"].months.tolist() == list(range(12))


def test_a_date_has_one_reading_or_is_refused(tmp_path):
    for text in ("01/03/2024", "1-3-2024"):
        assert months_meant(text) == [12 * 2024, 12 * 2024 + 2]
    assert months_meant("3/3/2024") == [12 * 2024 + 2]
    assert months_meant("Sept 2024") == [12 * 2024 + 8]
    assert months_meant("30/02/2024") == []
    assert months_meant("29.02.2024") == [12 * 2024 + 1]
    for text in ("24-Mar", "2024", "45352", "2024-13", "32/33/2024", "Mars 2024", "Q1 2024", ""):
        assert months_meant(text) == [], text
    for text in ("2024-02-30", "29.02.2023", "32 Jan 2024", "0.03.2024", "0000-03"):
        assert months_meant(text) == [], text
    faults = refused(tmp_path, dated("01/{:%m/%Y}".format))
    assert "may be 2023-01 or 2023-11; allowed one of these" in faults[0]


def saved(folder, *sheets):
    """Save sheets of a workbook, each with a name and rows, and return its path."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(folder / "records.xlsx")
    return folder / "records.xlsx"


def test_a_workbook_is_read_as_its_table(tmp_path):
    """Dates as Excel keeps them, numbers as numbers, remarks, and columns that are empty."""
    rows = [["# Ours"], ["Month", "what", None, "Value", "of"], [datetime(2024, 1, 5), "began"]]
    for m in range(12):
        rows.append([datetime(2024, 1 + m, 1), "trust" if m % 6 else "Present", None, 0, 8])
        rows.append([datetime(2024, 1 + m, 28).date(), "joint hours", None, 10.5])
    found = load_records(saved(tmp_path, ("Records", rows), ("Other", [["x"]])))
    assert found.series["joint_hours"].values.tolist() == [10.5] * 12
    assert found.series["present"].months.tolist() == [0, 6]


def test_a_number_that_became_a_date_is_told(tmp_path):
    """As a spreadsheet makes of 1.5 where commas are the decimal mark."""
    rows = [["month", "what", "value"], [1, "joint_hours", datetime(2024, 5, 1)]]
    with pytest.raises(ScenarioError, match=r'records.xlsx:2: joint_hours: got "2024-05"; allowed'):
        load_records(saved(tmp_path, ("A", rows)))


def test_workbooks_that_can_be_read_in_two_ways_are_refused(tmp_path):
    rows = [["month", "what", "value"], [1, "members", 8]]
    with pytest.raises(ScenarioError, match=r'got 2 sheets \("A", "B"\); allowed one sheet, or'):
        load_records(saved(tmp_path, ("A", rows), ("B", rows)))
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK\x03\x04 and more")
    with pytest.raises(ScenarioError, match="damaged or not whole"):
        load_records(broken)


WRONG = {
    "": "got an empty file; allowed a first line month, what, value, of, error, note",
    "month,what\n": "records.csv:1: got no column value; allowed month, what, value, of, error,"
    " note",
    "month,what,valeu\n": 'got a column "valeu"; allowed month, what, value, of, error, note '
    '(did you mean "value"?)',
    HEAD + "1,joint_hour,5,\n": "records.csv:2: joint_hour: got an unknown kind of record",
    HEAD + "1,joined,1,\n": "not who joins; give members instead",
    HEAD + "1,led,council,\n": "the model does not record who leads",
    HEAD + "1,joint_hours,many,\n": 'joint_hours: got "many"; allowed a number from 0',
    HEAD + "1,joint_hours,-4,\n": 'joint_hours: got "-4"; allowed a number from 0',
    HEAD + '1,joint_hours,"1,200",\n': 'joint_hours: got "1,200", which may be 1.200 or 1200; '
    "allowed one of these",
    HEAD + '1,trust,"0,5",8\n2,trust,0.5,8\n': 'got "0,5" beside "0.5"; allowed a point in both',
    HEAD + '1,joint_hours,"1,200",\n2,joint_hours,7.5,\n': 'joint_hours: got "1,200" beside "7.5"; '
    "allowed 1200 or 1.200, as a point is used there",
    HEAD + "1,atendance,5,8\n": 'left, meetings, began, ended, fund (did you mean "present"?)',
    HEAD + "1,joint_hours,1 200,\n": 'joint_hours: got "1 200"; allowed a number',
    HEAD + "1,Meeting,1,\n": "kind of record; allowed appeal, need_met, trust, agreement, "
    "joint_hours, overhead_hours, activities, present, settled, members, left, meetings, began, "
    'ended, fund (did you mean "meetings"?)',
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
    HEAD + "1,members,8,9,9,9,9,9\n": 'records.csv:2: got "9" in column 5, over which the first',
    HEAD + '1,"members,8,\n': "records.csv:2: got a text that is not CSV (a quotation mark that is",
    "month,what,value,what\n": 'got the column "what" twice; allowed once',
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
    old.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an old workbook")
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


def test_a_workbook_to_fill_in_is_the_same_and_is_read_back(tmp_path):
    book = load_workbook(io.BytesIO(workbook()))
    asked = [[c.value for c in row] for row in book["Records"].iter_rows()]
    assert len(asked) == len(template().splitlines())
    assert asked[1][:2] == [6, "appeal"]
    for row in book["Records"].iter_rows(min_row=2):
        if row[1].value in ("members", "joint_hours"):
            row[2].value = 8
    book.save(tmp_path / "ours.xlsx")
    found = load_records(tmp_path / "ours.xlsx")
    assert found.months == 24
    assert found.series["members"].values.tolist() == [8.0] * 24


def test_random_dialects_are_read_as_the_same_or_refused(tmp_path):
    """Never as other numbers, whatever a spreadsheet writes them like."""
    rng = random.Random(11)
    read_back, told = 0, []
    for number in range(400):
        values = {("joint_hours", m): rng.choice([rng.randint(0, 2500), rng.random() * 300])
                  for m in range(1, 14)}  # fmt: skip
        values |= {("trust", 3): rng.random(), ("trust", 9): rng.random()}
        mark, comma = rng.choice(",;\t|"), rng.random() < 0.5
        digits = rng.randint(0, 3)
        ends = rng.choice(["\n", "\r\n", "\r"])
        rows = [["Month", "WHAT", "value", "of"]]
        for (kind, month), value in values.items():
            number_text = f"{value:.{digits}f}".replace(".", "," if comma else ".")
            rows.append([str(month), kind, number_text, "8" if kind == "trust" else ""])
        if rng.random() < 0.3:
            rows = [[*row, ""] for row in rows]
        quoted = [[f'"{c}"' if mark in c or rng.random() < 0.1 else c for c in r] for r in rows]
        text = ends.join([f"sep={mark}"] * (rng.random() < 0.2) + [mark.join(r) for r in quoted])
        encoding = rng.choice(["utf-8", "utf-8-sig", "utf-16"])
        try:
            found = read(tmp_path, text + ends, name=f"{number % 7}.csv", encoding=encoding)
        except ScenarioError as error:
            told.append((comma, str(error)))
            continue
        read_back += 1
        for (kind, month), value in values.items():
            series = found.series[kind]
            (place,) = np.flatnonzero(series.months == month - 1)
            assert series.values[place] == float(f"{value:.{digits}f}")
    assert read_back > 300
    for comma, message in told:  # a decimal comma may part thousands, and nothing else is refused
        assert comma, message
        assert "which may be" in message


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
