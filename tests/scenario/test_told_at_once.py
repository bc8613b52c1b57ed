"""All that is wrong with a scenario file is told at once, each thing once, and with a hint."""

import io

import pytest
from openpyxl import Workbook

import cgsim
from cgsim.assess.answers import load_answers
from cgsim.scenario.errors import ScenarioError, pointed


def lines(text):
    """The lines that refuse a file which extends the baseline."""
    with pytest.raises(ScenarioError) as refused:
        cgsim.loads(f'title = "T"\nextends = "baseline"\n{text}')
    return str(refused.value).splitlines()


def test_a_wrong_range_hides_no_other_fault():
    found = lines('[trust]\ntrust_gain = 7\n[[partnership]]\nname = "A"\nfocus = ["none such"]\n')
    assert found[0].startswith("scenario:4: trust.trust_gain: got 7; allowed a number from 0 to 1")
    assert found[1].startswith('scenario:7: partnership.1.focus: got "none such"; allowed the name')
    assert len(found) == 2


def test_an_unknown_key_of_a_section_hides_no_other_fault():
    found = lines('[trust]\ntrust_gian = 0.1\n[[partnership]]\nname = "A"\nlead = "none such"\n')
    assert [line.partition(":")[2].split(":")[1] for line in found] == [
        " trust.trust_gian",
        " partnership.1.lead",
    ]


def test_what_may_follow_from_a_wrong_count_is_not_told_as_a_fault():
    found = lines("[world]\nobjectives = 900\n[[partnership]]\nfocus = 8\n")
    assert len(found) == 1
    assert "world.objectives: got 900" in found[0]


def test_a_wrong_count_of_partnerships_hides_no_fault_of_other_tables():
    found = lines('[[partnership]]\nname = "G {n}"\ncount = 0\n[trust]\ntrust_gain = 7\n')
    assert [("count" in line, "trust_gain" in line) for line in found] == [
        (True, False),
        (False, True),
    ]


def test_one_table_for_many_partnerships_tells_each_fault_once():
    found = lines(
        '[[partnership]]\nname = "First"\n[[partnership]]\nname = "G {n}"\ncount = 8\n'
        'focus = ["one", "two"]\n'
    )
    assert [line.partition(";")[0] for line in found] == [
        'scenario:8: partnership.2.focus: got "one"',
        'scenario:8: partnership.2.focus: got "two"',
    ]


def test_an_unknown_key_of_a_table_for_many_is_told_once_however_many_they_are():
    (line,) = lines('[[partnership]]\nname = "G {n}"\ncount = 60\nmeetngs = 3\n')
    assert line.endswith('(did you mean "meetings"?)')


def test_what_is_set_for_one_of_many_is_told_by_its_own_number():
    text = 'title = "T"\nextends = "baseline"\n[[partnership]]\nname = "G {n}"\ncount = 3\n'
    with pytest.raises(ScenarioError, match=r"--set: partnership\.3\.meetings: got -1"):
        cgsim.loads(text, ["partnership.3.meetings=-1"])


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("0,5", " (did you mean 0.5?)"),
        ("-12,25", " (did you mean -12.25?)"),
        ("1,200", " (did you mean 1.200 or 1200?)"),
        ("0,125", " (did you mean 0.125?)"),
        ("0.5", ""),
        ("1,2,3", ""),
        ("a,5", ""),
    ],
)
def test_a_decimal_comma_is_hinted_at(text, hint):
    assert pointed(text) == hint


@pytest.mark.parametrize("written", ["0,5", '"0,5"'])
def test_a_decimal_comma_in_a_file_is_told_with_what_may_be_meant(written):
    (line,) = lines(f"[trust]\ntrust_gain = {written}\n")
    assert line.startswith("scenario:4: ")
    assert line.endswith("(did you mean 0.5?)")


def test_a_decimal_comma_that_is_set_is_told_with_what_may_be_meant():
    with pytest.raises(ScenarioError, match=r'meetings: got "0,5"; .* \(did you mean 0\.5\?\)'):
        cgsim.load("baseline", ["meetings=0,5"])


def test_a_comma_in_a_name_is_no_number():
    (line,) = lines('[world]\nnetwork = "0,5"\n')
    assert "did you mean" not in line


def test_merged_cells_are_told_by_their_place(tmp_path):
    book = Workbook()
    book.active.append(["question", "answer"])
    book.active.merge_cells("B2:C3")
    held = io.BytesIO()
    book.save(held)
    path = tmp_path / "a.xlsx"
    path.write_bytes(held.getvalue())
    with pytest.raises(ScenarioError, match=r"got merged cells \(B2:C3\), which may stand for"):
        load_answers([path])


def test_an_encoding_that_is_not_read_is_named_with_what_to_do(tmp_path):
    path = tmp_path / "s.toml"
    path.write_bytes('title = "Caf\u00e9"\n'.encode("cp1252"))
    with pytest.raises(
        ScenarioError, match=r"s\.toml:1: .*it may be Windows-1252: save it as UTF-8"
    ):
        cgsim.load(path)
