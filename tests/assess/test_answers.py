"""Files of answers: what is read, and what is said of what cannot be."""

import contextlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cgsim.assess.answers import Voice, as_toml, load_answers, template
from cgsim.assess.questions import UNKNOWN, questionnaire
from cgsim.scenario.errors import ScenarioError


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


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_csv_as_spreadsheets_of_any_country_write_it(tmp_path, mark, start):
    text = start + f'question{mark}"A, B"\r\n"size"{mark}few\r\n{mark}\r\n'
    assert read(tmp_path, text, "a.csv").voices == (Voice("A, B", {"size": "few"}),)


def test_a_partner_without_a_name_is_called_after_the_file(tmp_path):
    assert read(tmp_path, '[answers]\nsize = "few"\n', "police.toml").voices[0].partner == "police"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[answers]\nsise = "few"', r'a.toml:2: answers.sise: .*\(did you mean "size"\?\)'),
        ('[answers]\n\nsize = "fww"', r'a.toml:3: answers.size: got "fww"; allowed few, .*"few"'),
        ("[answers]\nsize = 3", r"a.toml:2: answers.size: got 3; allowed few"),
        ('[answers]\nsize = ["few"]', r"answers.size: got a list of 1"),
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
        (b"\xff\xfe", r"a.toml:1: got bytes that are not UTF-8"),
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
        ("question\nsize", "a.csv:1: got another first line"),
        ("question,A\nsize,fwe", 'a.csv:2: A.size: got "fwe"'),
        ("question,A\n\nsise,few", r'a.csv:3: A.sise: .*"size"'),
        ("question,A\nsize", r"a.csv:2: size: got 1 cells; allowed 2"),
        ("question,A\nsize,few\nsize,few", r"a.csv:3: size: got the question again"),
        ("question,A,A\nsize,few,few", r'a.csv:1: got the partner "A" again'),
        ("question,A,\nsize,few,few", r"a.csv:1: got \"\" as the name in column 3"),
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


def test_the_templates_are_files_of_people_who_know_nothing(tmp_path):
    for kind, voices in (("toml", 1), ("csv", 3)):
        found = read(tmp_path, template(kind), f"t.{kind}")
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
