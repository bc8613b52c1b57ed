"""Files of answers: what is read, and what is said of what cannot be."""

import contextlib
import csv
import io
import random
import re
import unicodedata
import zipfile
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from cgsim.assess.answers import (
    Voice,
    as_toml,
    load_answers,
    template,
    workbook,
)
from cgsim.assess.questions import UNKNOWN, questionnaire
from cgsim.scenario.errors import ScenarioError
from cgsim.scenario.sheets import plain


def read(tmp_path, text, name="a.toml"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_answers([path])


def faults(tmp_path, text, name="a.toml"):
    with pytest.raises(ScenarioError) as caught:
        read(tmp_path, text, name)
    return str(caught.value).replace(str(tmp_path) + "/", "")


def test_one_partner_in_toml(tmp_path):
    text = 'title = "Ours"\npartner = "Council"\n[answers]\nsize = "few"\ntrust = "unknown"\n'
    found = read(tmp_path, text)
    assert found.title == "Ours"
    assert found.voices == (Voice("Council", {"size": "few"}),)
    assert "trust" in found.missing
    assert "size" not in found.missing


def test_several_partners_in_toml_and_in_csv_are_the_same(tmp_path):
    toml = '[partners.Council]\nsize = "few"\n[partners."NHS Fife"]\nsize = "large"\n'
    csv = "question,Council,NHS Fife\r\nsize,few,large\r\ntrust,,unknown\r\n"
    one, other = read(tmp_path, toml), read(tmp_path, csv, "b.csv")
    assert one.voices == other.voices
    assert one.disputed == ["size"]


def test_how_far_answers_lie_apart(tmp_path):
    text = "question,A,B,C\nsize,few,very-large,few\ntrust,high,high,\nlead,nobody,,\n"
    found = read(tmp_path, text, "a.csv")
    assert found.apart("size") == pytest.approx(2 / 3)
    assert found.apart("trust") == 0.0
    assert found.apart("lead") is None


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_csv_as_spreadsheets_of_any_country_write_it(tmp_path, mark, start):
    text = start + f'question{mark}"A, B"\r\n"size"{mark}few\r\n{mark}\r\n'
    assert read(tmp_path, text, "a.csv").voices == (Voice("A, B", {"size": "few"}),)


@pytest.mark.parametrize(
    "text",
    [
        "Question,Council,Charity\r\nSIZE,Large,Middling\r\nTrust,High,wary\r\n",
        "question,Council,Charity\rsize,large,middling\rtrust,high,wary",
        "question,Council,Charity\nsize,large,middling\ntrust,high,wary,,,\nlead\ngoals,,\n",
        ",,\n\nquestion,,Council,Charity,\nsize,,large,middling,\n\ntrust,,high,wary\n",
        "sep=;\nquestion;Council;Charity\nsize;large;middling\ntrust;high;wary\n",
        '"sep=\t"\r\nquestion\tCouncil\tCharity\r\nsize\tlarge\tmiddling\r\ntrust\thigh\twary',
        "question , Council,\u00a0Charity\n size, large ,\u200bmiddling\u200b\n"
        "trust,\u201chigh\u201d,wary\u00ad",
        'question, "Council", "Charity"\nsize, "large", "middling"\ntrust, "high", "wary"\n',
        "question,Council,Charity\nsize,large,middling\ntrust,high,wary\n".encode("utf-16"),
        "question;Council;Charity\nsize;large;middling\ntrust;high;wary\n".encode("utf-8-sig"),
    ],
)
@pytest.mark.parametrize("name", ["a.csv", "a.txt", "a.xlsx", "answers"])
def test_what_leaves_one_reading_is_read(tmp_path, text, name):
    expected = (
        Voice("Council", {"size": "large", "trust": "high"}),
        Voice("Charity", {"size": "middling", "trust": "wary"}),
    )
    assert read(tmp_path, text, name).voices == expected


def test_a_short_row_is_a_partner_who_does_not_know(tmp_path):
    found = read(tmp_path, "question,Council,Charity\nsize,few,few\ntrust,high\n", "a.csv")
    assert found.given("trust") == {"Council": "high"}


def test_hyphens_and_blanks_of_any_kind_are_those_of_an_answer(tmp_path):
    for typed in (
        "very\u2011large",
        "Very large",
        "very\u2013large",
        "very_large",
        "\u2018very-large\u2019",
    ):
        text = f'[answers]\nSize = "{typed}"\n'
        assert read(tmp_path, text).voices[0].answers == {"size": "very-large"}, typed


def test_no_two_answers_are_told_apart_by_case_blanks_or_marks_alone():
    for question in questionnaire().questions.values():
        allowed = [*question.answers, UNKNOWN]
        assert len({plain(word) for word in allowed}) == len(allowed)
    assert len({plain(q) for q in questionnaire().questions}) == len(questionnaire().questions)


def test_a_partner_without_a_name_is_called_after_the_file(tmp_path):
    assert read(tmp_path, '[answers]\nsize = "few"\n', "police.toml").voices[0].partner == "police"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[answers]\nsise = "few"', r'a.toml:2: answers.sise: .*\(did you mean "size"\?\)'),
        ('[answers]\n\nsize = "fww"', r'a.toml:3: answers.size: got "fww"; allowed few, .*"few"'),
        ("[answers]\nsize = 3", r"a.toml:2: answers.size: got 3; allowed few"),
        ('[answers]\nsize = ["few"]', r'answers.size: got \["few"\]'),
        ("size = 1", r"a.toml:1: size: got an unknown key; .*answers"),
        ("answers = 1", r"a.toml:1: answers: got 1; allowed a table"),
        ('title = "x"', r"got neither; allowed either \[answers\] or \[partners"),
        ("[answers]\n[partners.A]", "got both"),
        ("partners = 3", r"partners: got 3"),
        ('partner = ""\n[answers]', r'partner: got ""; allowed 1 to 80'),
        ('[partners."a\\u202eb"]\nsize = "few"', r"allowed 1 to 80 printing"),
        ("[answers", r"a.toml: got a text that is not TOML"),
        ("[answers]\nsize = \n", r"a.toml:2: got a text that is not TOML"),
        ("a." * 40 + "b = 1", r"not TOML \(nested more than"),
        (b"\xff", r"a.toml:1: got bytes that are not UTF-8"),
        (b"\xff\xfea", r"not UTF-8, nor whole UTF-16"),
        (
            '[answers]\nsize = "few"\nSize = "few"',
            r'a.toml:3: answers.Size: got the .* "size" again',
        ),
        ("#" * 300_000, r"more than 128 KiB"),
    ],
)
def test_what_is_wrong_in_toml_is_told_with_its_place(tmp_path, text, said):
    told = faults(tmp_path, text)
    assert re.search(said, told), told
    assert all(len(line) < 400 for line in told.splitlines())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "a.csv:1: got another first line"),
        ("frage,A\nsize,few", "a.csv:1: got another first line"),
        ("question\nsize", "a.csv:1: got no partner in the first line"),
        ("question,A\nsize,fwe", 'a.csv:2: A.size: got "fwe"'),
        ("question,A\n\nsise,few", r'a.csv:3: A.sise: .*"size"'),
        ("question,A\nsize,few,few", r'a.csv:2: got "few" in column 3, over which the first line'),
        ("question,A\nsize,few\nSize ,few", r"a.csv:3: size: got the question again"),
        ("question,A\n,few", r"a.csv:2: A.: got an unknown question"),
        ("sep=#\nquestion#A\nsize#few", r'a.csv:1: got "sep=#"; allowed sep= with commas, semi'),
        ('question,A\n"size"x,few', r"a.csv:2: .* between a closing quotation mark and the mark"),
        ("question,A\nsize,f\0w", r"a.csv: got a text with bytes of zero"),
        ("question,Caf\xe9\nsize,few".encode("cp1252"), r"a.csv:1: .*save as CSV UTF-8"),
        (b"PK\x03\x04\x14\x00", r"a.csv: got an Excel workbook that is damaged or not whole"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            r"a.csv: got an old Excel workbook .*save it as .xlsx",
        ),
        ("question,e\u0301,\u00e9\nsize,few,few", r'a.csv:1: got the partner "\u00e9" again'),
        ("question,A\nsize,few\nsize,few", r"a.csv:3: size: got the question again"),
        ("question,A,A\nsize,few,few", r'a.csv:1: got the partner "A" again'),
        ("question,A\x1b\nsize,few", r'a.csv:1: got "A\\x1b" as the name in column 2'),
        ('question,A\nsize,"few', r"a.csv:2: got a text that is not CSV"),
    ],
)
def test_what_is_wrong_in_csv_is_told_with_its_place(tmp_path, text, said):
    told = faults(tmp_path, text, "a.csv")
    assert re.search(said, told), told


def test_every_fault_of_every_file_is_told_and_partners_speak_once(tmp_path):
    (tmp_path / "one.toml").write_text('partner = "A"\n[answers]\nsise = "few"\n')
    (tmp_path / "two.toml").write_text('partner = "A"\n[answers]\nsize = "few"\n')
    missing = tmp_path / "three.toml"
    with pytest.raises(ScenarioError) as caught:
        load_answers([tmp_path / "one.toml", tmp_path / "two.toml", missing])
    told = str(caught.value)
    assert "one.toml:3" in told
    assert 'two.toml:2: answers: got the partner "A" again' in told
    assert "three.toml: No such file" in told


def book(*sheets, merged=""):
    made = Workbook()
    made.remove(made.active)
    for title, rows in sheets:
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(row)
        if merged:
            sheet.merge_cells(merged)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


GIVEN = [["question", "Council", 2], ["Size", "Large", " few "], ["trust", None, "high"], []]
LIKE = (Voice("Council", {"size": "large"}), Voice("2", {"size": "few", "trust": "high"}))


@pytest.mark.parametrize("name", ["a.xlsx", "a.csv", "answers"])
def test_a_workbook_is_read_whatever_it_is_called(tmp_path, name):
    assert read(tmp_path, book(("Sheet 1", GIVEN), ("Empty", [])), name).voices == LIKE
    assert read(tmp_path, book(("Notes", [["x"]]), ("ANSWERS", GIVEN)), name).voices == LIKE


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (book(("A", GIVEN), ("B", GIVEN)), r'a.xlsx: got 2 sheets \("A", "B"\); allowed one sheet'),
        (book(("A", [])), "a.xlsx: got a workbook with nothing in it"),
        (book(("A", [["question", "A"], ["size", 3]])), r"a.xlsx:2: A.size: got 3; allowed few"),
        (book(("A", [["question", "A"], ["size", True]])), r"a.xlsx:2: A.size: got true"),
        (book(("A", [["question", "A"], [], ["sise", "few"]])), r'a.xlsx:3: A.sise: .*"size"'),
        (book(("A", [["question", "A"], ["size", "=B9"]])), r"a.xlsx:2: got a formula without a"),
        (book(("A", [["question", "A"], ["size", "#N/A"]])), r"a.xlsx:2: got the error"),
        (book(("A", [["question", "A"], ["size", date(2026, 3, 1)]])), r"a.xlsx:2: got a date"),
        (book(("A", [["question", "A"], ["size", "few", "few"]])), r"a.xlsx:2: got \"few\" in col"),
        (book(("A", GIVEN), merged="B2:C2"), r"a.xlsx: got merged cells"),
        (book(("A", [["frage", "A"]])), r"a.xlsx:1: got another first line"),
        (book(("A", GIVEN))[:-300], r"a.xlsx: got an Excel workbook that is damaged"),
        (book(("A", GIVEN)) + b" " * 3_000_000, r"a.xlsx: got a file of more than 2 MiB"),
    ],
)
def test_what_is_wrong_in_a_workbook_is_told_with_its_row(tmp_path, data, said):
    told = faults(tmp_path, data, "a.xlsx")
    assert re.search(said, told), told


def archive(**parts):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in parts.items():
            made.writestr(name.replace("__", "."), text)
    return stream.getvalue()


def with_part(data, name, change):
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", 8) as new:
        for part in old.namelist():
            text = old.read(part)
            new.writestr(part, change(text) if part.endswith(name) else text)
    return stream.getvalue()


def test_archives_of_other_kinds_and_hostile_ones_are_refused_by_name(tmp_path):
    sheets = archive(mimetype="application/vnd.oasis", content__xml="<a/>")
    assert "got an OpenDocument sheet" in faults(tmp_path, sheets, "a.ods")
    assert "an archive that is no Excel workbook" in faults(tmp_path, archive(a="b"), "a.zip")
    good = book(("A", GIVEN))
    huge = with_part(good, "sheet1.xml", lambda text: text + b" " * (33 * 2**20))
    assert "more than 32 MiB when unpacked" in faults(tmp_path, huge, "a.xlsx")
    declared = b'<!DOCTYPE x [<!ENTITY a "few">]>'
    bomb = with_part(good, "sheet1.xml", lambda text: declared + text)
    assert "damaged or not whole" in faults(tmp_path, bomb, "a.xlsx")
    wide = with_part(good, "sheet1.xml", lambda text: text.replace(b'"C3"', b'"XFD3"'))
    assert "a.xlsx:3: got 16384 columns" in faults(tmp_path, wide, "a.xlsx")


def test_the_workbook_to_fill_in_offers_every_answer_and_comes_back(tmp_path):
    made = load_workbook(io.BytesIO(workbook()))
    sheet = made["Answers"]
    offered = [one.formula1.strip('"').split(",") for one in sheet.data_validations.dataValidation]
    asked = questionnaire().questions.values()
    assert offered == [[*q.answers, UNKNOWN] for q in asked]
    for row, words in enumerate(offered, 2):
        sheet.cell(row, 3).value = words[0]
    made.save(tmp_path / "filled.xlsx")
    found = load_answers([tmp_path / "filled.xlsx"])
    assert found.voices[1] == Voice("Health board", {q.id: next(iter(q.answers)) for q in asked})
    assert [v.answers for v in found.voices if v.partner != "Health board"] == [{}, {}]


def test_the_templates_are_files_of_people_who_know_nothing(tmp_path):
    for kind, voices in (("toml", 1), ("csv", 3), ("xlsx", 3)):
        text = workbook() if kind == "xlsx" else template(kind)
        found = read(tmp_path, text, f"t.{kind}")
        assert [v.answers for v in found.voices] == [{}] * voices
        assert len(found.missing) == len(questionnaire().questions)


picks = st.fixed_dictionaries(
    {q.id: st.sampled_from([*q.answers, UNKNOWN]) for q in questionnaire().questions.values()}
)
printing = st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=40)


@given(picks, printing)
def test_answers_are_read_as_they_were_written(tmp_path_factory, given, name):
    kept = {q: a for q, a in given.items() if a != UNKNOWN}
    found = read(tmp_path_factory.mktemp("a"), as_toml(Voice(name, kept)))
    assert found.voices == (Voice(name, kept),)


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode)))
def test_no_text_however_strange_does_more_than_be_refused(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("a")
    for name in ("a.toml", "a.csv"):
        with contextlib.suppress(ScenarioError):
            read(folder, data, name)


names = printing.map(lambda name: unicodedata.normalize("NFC", name).strip()).filter(bool)
people = st.lists(names, min_size=1, max_size=4, unique_by=plain)
HYPHENS = "-\u2010\u2011\u2012\u2013\u2212_ "
AROUND = ("", " ", "\u00a0", "\u200b", "\ufeff", "\u201c", "'")


def as_typed(luck, word):
    """Return a word as somebody might type it."""
    word = "".join(luck.choice(HYPHENS) if c == "-" else c for c in word)
    word = luck.choice((str, str.upper, str.title))(word)
    return luck.choice(AROUND) + word + luck.choice(AROUND)


def as_table(luck, voices):
    """Return answers as bytes in a dialect that chance chooses, with rows in any order."""
    questions = list(questionnaire().questions)
    luck.shuffle(questions)
    rows = [[as_typed(luck, "question"), *(v.partner for v in voices)]]
    for question in questions:
        cells = [v.answers.get(question) for v in voices]
        cells = [luck.choice(("", "unknown")) if c is None else as_typed(luck, c) for c in cells]
        rows.append([as_typed(luck, question), *cells])
        while luck.random() < 0.5 and not rows[-1][-1]:
            rows[-1].pop()
        if luck.random() < 0.05:
            rows.append([""] * luck.randrange(4))
    if luck.random() < 0.3:
        place = luck.randrange(1, len(rows[0]) + 1)
        rows = [[*row[:place], "", *row[place:]] for row in rows]
    if luck.random() < 0.15:
        return book(("Sheet", [[cell or None for cell in row] for row in rows]))
    mark = luck.choice(",;\t|")
    ends = luck.choice(("\n", "\r\n", "\r"))
    stream = io.StringIO(newline="")
    quoting = luck.choice((csv.QUOTE_ALL, csv.QUOTE_MINIMAL))
    csv.writer(stream, delimiter=mark, lineterminator=ends, quoting=quoting).writerows(rows)
    text = (f"sep={mark}{ends}" if luck.random() < 0.3 else "") + stream.getvalue()
    return text.encode(luck.choice(("utf-8", "utf-8-sig", "utf-16")))


@settings(max_examples=150)
@given(st.randoms(use_true_random=False), people, st.data())
def test_answers_in_any_dialect_come_back_the_same_or_are_refused(
    tmp_path_factory, luck, called, data
):
    voices = [
        Voice(name, {q: a for q, a in data.draw(picks).items() if a != UNKNOWN}) for name in called
    ]
    written = as_table(luck, voices)
    try:
        found = read(tmp_path_factory.mktemp("a"), written, "a.csv")
    except ScenarioError:
        # Names that a table cannot hold as they are: with marks around them, or like a first line.
        assert any(re.search("[\"',;|]|^=|^#|^sep=", name) for name in called), called
    else:
        assert found.voices == tuple(voices)


def test_a_thousand_edits_of_answers_are_read_or_refused_in_a_few_lines(tmp_path):
    luck = random.Random(13)
    voices = [Voice("Council", {"size": "few", "trust": "high"}), Voice("NHS", {"lead": "nobody"})]
    for number in range(1000):
        kind = luck.choice(("toml", "csv", "table"))
        text = as_table(luck, voices) if kind == "table" else template(kind).encode()
        edited = bytearray(text)
        for _ in range(luck.randrange(1, 4)):
            place = luck.randrange(len(edited))
            what = luck.randrange(4)
            if what == 0:
                edited[place] = luck.randrange(256)
            elif what == 1:
                del edited[place : place + luck.randrange(1, 30)]
            elif what == 2:
                edited[place:place] = luck.choice(
                    (b'"', b",", b"\n", b"\xff", b"\0", b"=", b"[", b"\r")
                )
            else:
                edited[place:place] = edited[: luck.randrange(1, 200)]
        try:
            read(tmp_path, bytes(edited), f"a.{'toml' if kind == 'toml' else 'csv'}")
        except ScenarioError as error:
            lines = str(error).splitlines()
            assert len(lines) <= 21, number
            assert all(len(line) < 500 and line.isprintable() for line in lines), lines
