"""No text beside a number bypasses the catalogue; the record is plain; library texts stay."""

import json
import re
from pathlib import Path

import pytest
from tests.answer.nowhere import letters_of, printed, texts_of_nowhere
from tests.golden import refresh_texts

import cgsim
from cgsim.answer import catalogue
from cgsim.answer.formats import FORMATS
from cgsim.answer.record import PALETTE
from cgsim.measures import COMPARE, MEASURES, RUN
from cgsim.mechanisms import KINDS
from cgsim.rules.state import FRICTIONS
from cgsim.scenario import library
from cgsim.scenario.data import CHANGED
from cgsim.scenario.parameters import PARAMETERS


@pytest.fixture
def nowhere():
    """The language of nowhere."""
    return texts_of_nowhere()


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "baseline", "--replicates", "30"],
        ["run", "korsakoff", "--replicates", "30"],
        ["run", "community-safety", "--replicates", "6", "--no-doubt"],
        ["run", "baseline", "--replicates", "2", "--set", "start=90", "--set", "months=24"],
        ["compare", "baseline", "inertia", "--replicates", "6"],
        ["compare", "korsakoff", "korsakoff", "--replicates", "6"],
        ["frictions", "inertia", "--replicates", "6"],
        ["advise", "korsakoff", "--draws", "20", "--replicates", "2"],
    ],
)
def test_nothing_that_is_printed_bypasses_the_catalogue(arguments, monkeypatch, capsys):
    titles = [cgsim.load(name).title for name in library.names()]
    titles = [*(f"{title}{CHANGED}" for title in titles), *titles]
    told = printed(monkeypatch, capsys, *arguments)
    assert letters_of([told], *titles, *library.names()) == []


def test_nothing_that_is_said_of_a_frontier_bypasses_the_catalogue(nowhere, tmp_path):
    from cgsim.analysis.frontier import find_frontier
    from cgsim.running.batch import run_experiment

    file = tmp_path / "grid.toml"
    file.write_text(
        'title = "T"\nquestion = "Q?"\nreplicates = 8\n[factors]\nsize = [3, 8, 14]\n'
        "meetings = [0.5, 4]\n"
    )
    found = find_frontier(run_experiment(file, tmp_path / "results"))
    with catalogue.using(nowhere):
        assert letters_of(found.sentences()) == []


def test_nothing_that_is_said_of_a_claim_bypasses_the_catalogue(nowhere):
    from cgsim.evidence import claims
    from cgsim.evidence import register as evidence
    from cgsim.report.evidence_page import sentence

    register = evidence.shipped_register()
    with catalogue.using(nowhere):
        for name in ("A9", "B1", "B3", "C1", "E1"):
            assert letters_of([sentence(claims.load_claim(name), register.verdicts[name])]) == []


def test_every_text_is_filled_in_by_formats_that_there_are():
    for key, template in catalogue.english().texts.items():
        for name, how in catalogue.PLACEHOLDER.findall(template):
            assert not how or how in FORMATS, (key, name)
        assert "{" not in catalogue.PLACEHOLDER.sub("", template), key


def test_every_friction_outcome_and_input_has_its_words():
    texts = catalogue.english().texts
    for name in FRICTIONS:
        assert texts[f"friction.{name}"] != texts[f"without.{name}"]
    assert {p.name for p in PARAMETERS if p.prior} == {
        key.removeprefix("input.") for key in texts if key.startswith("input.")
    }


def test_every_mechanism_has_a_label_of_its_own():
    texts = catalogue.english().texts
    labels = {key: text for key, text in texts.items() if key.startswith("mechanism.")}
    assert set(labels) == {f"mechanism.{kind.name}_{name}" for kind in KINDS for name in kind.names}
    assert len(set(labels.values())) == len(labels)
    assert max(map(len, labels.values())) <= 40  # it stands in a list on a phone, with the name


def test_every_text_is_used_somewhere():
    """A statement's id stands in the code, whole or as a family and an end."""
    from pathlib import Path

    here = Path(cgsim.__file__).parent
    files = [*here.rglob("*.py"), *(here / "page/built").glob("page.js")]
    code = "".join(path.read_text("utf-8") for path in files)
    for key in catalogue.english().texts:
        family, _, _end = key.partition(".")
        assert key in code or re.search(rf"[\"'`]{family}[\"'`.]", code), key


def test_style_sheets_have_the_colours_of_the_one_palette():
    """A style sheet cannot ask Python; where it names a colour of the palette, it is that one."""
    for path in ("page/web/look.css", "report/templates/style.css"):
        sheet = (Path(cgsim.__file__).parent / path).read_text("utf-8")
        light = sheet[: sheet.index("}")]
        named = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", light))
        known = set(PALETTE) & set(named)
        assert {"ink", "gains"} <= known
        assert {name: named[name] for name in known} == {name: PALETTE[name] for name in known}


def test_the_record_is_plain_and_has_what_a_page_needs():
    answer = cgsim.run("korsakoff", 20, 1, reasons=True).answer()
    record = answer.to_dict()
    again = json.loads(json.dumps(record, allow_nan=False))
    assert again == record
    assert record["text"] == " ".join(s["text"] for s in record["headline"])
    assert record["palette"] == PALETTE
    assert record["palette"]["gains"] == "#0f766e"
    (ahead,) = record["series"]
    assert len(ahead["lines"]) == len(ahead["quantiles"]) == 5
    assert all(len(line) == 72 for line in ahead["lines"])
    assert ahead["money"] == list(range(12, 36))
    assert next(c["friction"] for c in record["changes"]) == "overhead"
    assert sum(o["runs"] for o in record["outcomes"]) == 20


def test_tables_take_their_rows_from_the_measures():
    answers = [cgsim.run(name, 3, 1).answer() for name in ("baseline", "korsakoff")]
    from cgsim.answer import build

    listed = [m.name for m in MEASURES if COMPARE in m.shown]
    assert [row[0].measure for row in build.rows(COMPARE, *answers)] == listed
    plain = [row[0].measure for row in build.rows(RUN, answers[0])]
    paid = [row[0].measure for row in build.rows(RUN, answers[1])]
    assert "gain_sd" in plain
    assert set(paid) - set(plain) == {m.name for m in MEASURES if m.money}


def test_the_texts_of_the_library_are_the_golden_ones():
    assert refresh_texts.texts() == json.loads(refresh_texts.FILE.read_text())
