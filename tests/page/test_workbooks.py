"""Workbooks of answers are read in the page as Python reads them, and refused in its words."""

import io
import re
import zipfile
from datetime import date

import pytest
from openpyxl import Workbook
from playwright.sync_api import expect

from cgsim.assess.answers import load_answers, workbook
from cgsim.assess.questions import questionnaire
from cgsim.scenario.errors import ScenarioError

SHEETS = "xl/worksheets/sheet1.xml"
ROWS = [("question", "Council", "Police"), ("trust", "high", "wary"), ("size", None, "unknown")]


def saved(*sheets, formats=()):
    """Return the bytes of a workbook with sheets, each a name and its rows."""
    made = Workbook()
    made.remove(made.active)
    for name, rows in sheets:
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for cell, code in formats:
            sheet[cell].number_format = code
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def packed(parts, way=zipfile.ZIP_DEFLATED):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", way) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return stream.getvalue()


def parts_of(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def with_part(data, change, name=SHEETS, way=zipfile.ZIP_DEFLATED):
    """Return a workbook in which the text of a part is another."""
    parts = parts_of(data)
    text = parts[name].decode()
    parts[name] = change(text).encode()
    assert parts[name] != text.encode()
    return packed(parts, way)


KIND = "officeDocument/2006/relationships/sharedStrings"
CONTENT = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"


def shared(data, change=lambda texts: texts):
    """Return a workbook in which texts stand once for all cells, as Excel writes them."""
    parts = parts_of(data)
    texts = []

    def number(found):
        texts.append(found[2])
        return f'<c{found[1]} t="s"><v>{len(texts) - 1}</v></c>'

    text = parts[SHEETS].decode()
    parts[SHEETS] = re.sub(r'<c([^>]*) t="inlineStr"><is>(.*?)</is></c>', number, text)
    listed = "".join(f"<si>{one}</si>" for one in change(texts))
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts["xl/sharedStrings.xml"] = f'<sst xmlns="{main}">{listed}</sst>'
    for name, end, more in (
        (
            "xl/_rels/workbook.xml.rels",
            "</Relationships>",
            f'<Relationship Type="http://schemas.openxmlformats.org/{KIND}" '
            'Target="sharedStrings.xml" Id="rId9"/>',
        ),
        (
            "[Content_Types].xml",
            "</Types>",
            f'<Override PartName="/xl/sharedStrings.xml" ContentType="{CONTENT}"/>',
        ),
    ):
        parts[name] = parts[name].decode().replace(end, more + end)
    return packed(parts)


def cells(*rows):
    """Return what makes these the rows of a sheet, in XML."""
    told = f"<sheetData>{''.join(rows)}</sheetData>"
    return lambda text: re.sub("<sheetData>.*</sheetData>", told, text, flags=re.DOTALL)


def inline(text):
    return f'<c t="inlineStr"><is><t>{text}</t></is></c>'


ONE = saved(("Sheet", [("question", "A"), ("trust", "high")]))
HEAD = f"<row>{inline('question')}{inline('A')}</row>"
FILLED = workbook()
RICH = "<r><t>Fi</t></r><r><rPr><b/></rPr><t>re &amp; “R”</t></r><rPh sb='0' eb='1'><t>x</t></rPh>"

FINE = {
    "by its name": saved(("Answers", ROWS), ("What they mean", [("trust", "x")])),
    "of another name": saved(("Ours", [("Question ", "Fire"), ("TRUST", "“High”")]), ("Empty", [])),
    "numbers and flags as names": saved(("S", [("question", 12, 2.5, True), ("trust", "high")])),
    "empty columns, short rows": saved(
        ("S", [("question", None, "Library", ""), (), ("trust", None, "wary"), (" ", "\u200b")])
    ),
    "blanks of all kinds": saved(
        ("S", [("\u00a0question", " Cafe\u0301\u200b "), ("trust\u00ad", "\u2060high ")])
    ),
    "inline": with_part(
        ONE,
        cells(
            f"<row>{inline('question')}{inline('Inline')}</row>",
            f"<row>{inline('trust')}{inline('high')}</row>",
        ),
    ),
    "formulas": with_part(
        ONE,
        cells(
            f"<row>{inline('question')}{inline('Formulas')}</row>",
            f'<row r="7">{inline("trust")}<c r="B7" t="str"><f>A1&amp;"x"</f><v>high</v></c></row>',
        ),
    ),
    "shared": shared(
        saved(("S", [("question", "Rich", "Plain"), ("trust", "high", "high")])),
        lambda texts: [RICH if "Rich" in one else one for one in texts],
    ),
    "prefixes": with_part(
        with_part(
            saved(("S", [("question", "Prefixed"), ("trust", "high")])),
            lambda text: re.sub(r"<(/?)(?=\w)", r"<\1x:", text).replace("xmlns=", "xmlns:x="),
        ),
        lambda text: text.replace("/xl/worksheets", "worksheets"),
        "xl/_rels/workbook.xml.rels",
    ),
    "stored": with_part(
        saved(("S", [("question", "Stored"), ("trust", "high")])),
        lambda text: text + "\n",
        way=zipfile.ZIP_STORED,
    ),
    "a number of no date": saved(
        ("S", [("question", 45000), ("trust", "high")]), formats=[("B1", '0.0 "days"')]
    ),
}


def lying(data):
    """Return a workbook of which a part says that it is smaller than it is."""
    parts = parts_of(data)
    made = bytearray(packed(parts))
    size = len(parts[SHEETS]).to_bytes(4, "little")
    assert made.count(size) >= 2
    return bytes(made).replace(size, (len(parts[SHEETS]) - 9).to_bytes(4, "little"))


def merged():
    made = Workbook()
    for row in ROWS:
        made.active.append(row)
    made.active.merge_cells("B2:C2")
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


REFUSED = {
    "old": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    "open": packed({"mimetype": "x", "content.xml": "<x/>"}),
    "no workbook": packed({"a.txt": "x"}),
    "two sheets": saved(("One", ROWS), ("Two", ROWS)),
    "nothing": saved(("One", []), ("Two", [])),
    "merged": merged(),
    "a formula": saved(("S", [("question", "A"), ("trust", "=1+1")])),
    "an error": with_part(
        ONE, cells(HEAD, f'<row>{inline("trust")}<c t="e"><v>#REF!</v></c></row>')
    ),
    "a date": saved(("S", [("question", date(2024, 3, 1)), ("trust", "high")])),
    "a date of its own": saved(
        ("S", [("question", 45000), ("trust", "high")]), formats=[("B1", 'dd" of "mmm[Red]')]
    ),
    "cut": ONE[:-40],
    "cut in the middle": ONE[: len(ONE) // 2],
    "declared": with_part(ONE, lambda text: '<!DOCTYPE x [<!ENTITY a "b">]>' + text),
    "no such text": shared(ONE, lambda texts: texts[:-1]),
    "a letter that changed": packed(parts_of(ONE), zipfile.ZIP_STORED).replace(
        b">high<", b">wary<"
    ),
    "a bomb": packed({**parts_of(ONE), "xl/media.xml": b" " * (33 * 2**20)}),
    "lying": lying(ONE),
    "no name": saved(("S", [("question", "A"), ("trust", "high", "low")])),
    "another head": saved(("S", [("frage", "A"), ("trust", "high")])),
    "very wide": saved(("S", [("question", *["A"] * 2001), ("trust", "high")])),
    "very long": saved(("S", [("question", "A"), *[(f"q{n}", "x") for n in range(300)]])),
}

IN_OTHER_WORDS = {
    "a number": (saved(("S", [("question", "A"), ("trust", 3)])), 'line 2: trust: got "3"'),
    "no answer": (saved(("S", [("question", "A"), ("trust", "hihg")])), 'trust: got "hihg"'),
    "no question": (saved(("S", [("question", "A"), ("trsut", "high")])), '"trsut"'),
    "twice": (saved(("S", [("question", "A", "A"), ("trust", "high")])), '"A" is there twice'),
    "too large": (ONE + b"\0" * 2**21, "allowed 2097152"),
}


def write(folder, files):
    for name, data in files.items():
        path = folder / f"{name}.xlsx"
        path.write_bytes(data)
        yield path


def test_no_answer_is_a_number_or_a_flag():
    """What a cell holds is read as it would be typed."""
    ids = {answer for one in questionnaire().questions.values() for answer in one.answers}
    assert not [one for one in ids if re.fullmatch(r"[\d.+-].*|true|false", one)]


@pytest.fixture
def asking(visit):
    page = visit("#room=assess", behind=True)
    return page, page.get_by_label("Choose files of answers"), page.get_by_role("alert")


def test_workbooks_are_read_as_python_reads_them(asking, tmp_path):
    page, field, _ = asking
    paths = list(write(tmp_path, FINE))
    field.set_input_files(paths)
    right = load_answers(paths)
    expect(page.locator(".voices li")).to_have_count(len(right.voices))
    listed = page.locator(".voices li > span").all_inner_texts()
    for voice, said in zip(right.voices, listed, strict=True):
        assert said.startswith(
            f"{voice.partner}: knew an answer to {len(voice.answers)} of 24 questions"
        )
    names = [voice.partner for voice in right.voices]
    assert {"Council", "12", "2.5", "true", "Café", "Fire & “R”", "Formulas", "45000"} <= set(names)


def test_a_workbook_that_is_filled_in_gives_the_same_answers(visit, tmp_path):
    """The one that ``cgsim assess --template`` writes; with each question's last answer."""
    from openpyxl import load_workbook

    page = visit("#room=assess")
    field = page.get_by_label("Choose files of answers")
    book = load_workbook(io.BytesIO(FILLED))
    for row, question in enumerate(questionnaire().questions.values(), 2):
        book["Answers"].cell(row, 2).value = list(question.answers)[-1]
        book["Answers"].cell(row, 4).value = next(iter(question.answers)).upper()
    path = tmp_path / "filled.xlsx"
    book.save(path)
    field.set_input_files(path)
    right = load_answers([path])
    expect(page.locator(".voices li")).to_have_count(3)
    take = page.get_by_role("button", name="All answers (.toml)")
    with page.expect_download() as download:
        take.click()
    made = tmp_path / "all.toml"
    download.value.save_as(made)
    found = load_answers([made])
    assert [(v.partner, v.answers) for v in found.voices] == [
        (v.partner, v.answers) for v in right.voices
    ]


def test_workbooks_that_python_refuses_are_refused_in_the_same_words(asking, tmp_path):
    page, field, alert = asking
    wrong = []
    for path in write(tmp_path, REFUSED):
        with pytest.raises(ScenarioError) as caught:
            load_answers([path])
        fault = caught.value.faults[0]
        where = path.name if fault.line is None else f"{path.name}, line {fault.line}"
        field.set_input_files(path)
        expect(alert).to_contain_text(path.name)
        if alert.inner_text() != f"{where}: {fault.message}":
            wrong.append((alert.inner_text(), f"{where}: {fault.message}"))
    assert wrong == []
    expect(page.locator(".voices")).to_have_count(0)


def test_answers_of_a_workbook_that_cannot_be_are_told_by_line(asking, tmp_path):
    page, field, alert = asking
    for name, (data, told) in IN_OTHER_WORDS.items():
        (path,) = write(tmp_path, {name: data})
        with pytest.raises(ScenarioError):
            load_answers([path])
        field.set_input_files(path)
        expect(alert).to_contain_text(path.name)
        assert told in alert.inner_text()
        assert "\n" not in alert.inner_text()
    expect(page.locator(".voices")).to_have_count(0)


def test_a_sheet_that_is_not_whole_is_refused(browser, page_file, tmp_path):
    """Of such a text Chromium makes a page of its own, and tells its own style to the console."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{page_file.as_uri()}#room=assess")
    damaged = with_part(ONE, lambda text: text.replace("</sheetData>", ""))
    (path,) = write(tmp_path, {"not closed": damaged})
    with pytest.raises(ScenarioError, match="damaged or not whole"):
        load_answers([path])
    page.get_by_label("Choose files of answers").set_input_files(path)
    expect(page.get_by_role("alert")).to_contain_text("damaged or not whole")
    context.close()


def test_a_browser_that_unpacks_nothing_says_so(asking, tmp_path):
    page, field, alert = asking
    page.evaluate("delete globalThis.DecompressionStream")
    (path,) = write(tmp_path, {"one": ONE})
    field.set_input_files(path)
    expect(alert).to_contain_text("this browser cannot unpack; allowed CSV in UTF-8")
