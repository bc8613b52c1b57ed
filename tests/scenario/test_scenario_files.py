"""Scenario files: what is read, what is refused, and in which words."""

import random
import re
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cgsim.scenario import ScenarioError, library, load, loads
from cgsim.scenario.data import LONGEST_TITLE, TEXTS
from cgsim.scenario.errors import hint
from cgsim.scenario.files import patterns
from cgsim.scenario.model import Scenario
from cgsim.scenario.parameters import BY_NAME, PARAMETERS
from cgsim.scenario.writing import differences, template

LIBRARY = sorted((Path(__file__).parents[2] / "scenarios").glob("*.toml"))
SECTIONED = [p for p in PARAMETERS if p.section != "partnership"]


def faults_of(text, **more):
    with pytest.raises(ScenarioError) as caught:
        loads(text, file="x.toml", **more)
    return str(caught.value)


@pytest.mark.parametrize("path", LIBRARY, ids=lambda p: p.stem)
def test_the_library_is_valid_explained_and_round(path):
    scenario = load(path)
    for text in ("summary", "happened", "assumed", "look_for", "source"):
        assert len(getattr(scenario, text)) > 20
    again = loads(scenario.to_toml(), file=path.name)
    assert again == scenario
    assert Scenario.from_dict(scenario.to_dict(), scenario.name) == scenario


@pytest.mark.parametrize("name", library.every())
def test_a_template_says_what_holds_with_its_marks_and_without(name):
    scenario = load(name)
    text = template(scenario, scenario.title, name)
    without = re.sub("^# ?", "", text, flags=re.MULTILINE)
    for version in (text, without):
        found = loads(version, file=f"{name}.toml")
        assert replace(found, **{name: getattr(scenario, name) for name in TEXTS}) == scenario
    assert without.count("\n[[partnership]]") == len(scenario.partnerships)


def test_a_template_says_that_its_partnerships_replace_those_before():
    text = template(load("korsakoff"), "Mine", "korsakoff")
    said = " ".join(line.lstrip("# ") for line in text.splitlines())
    assert "takes the place of all those in the scenario that is extended" in said
    assert "--set meetings=2" in said
    without = re.sub("^# ?", "", text, flags=re.MULTILINE)
    assert "size = " not in without
    more = loads(without.replace("\nmeetings = 1.0", "\nmeetings = 2.0"))
    assert more.partnerships == load("korsakoff", ["meetings=2"]).partnerships


def test_the_library_draws_nothing_over_a_range_that_leaves_its_own_value_out():
    """Such a value makes the case what it is, so the case says that it is known."""
    for name in library.every():
        scenario = load(name)
        for parameter in PARAMETERS:
            if parameter.prior is None or parameter.name not in scenario.values:
                continue
            value = scenario.values[parameter.name]
            base = scenario.values[parameter.prior_times] if parameter.prior_times else 1.0
            low, high = (base * end for end in parameter.prior)
            inside = low <= value <= high
            assert inside or parameter.name in scenario.known, (name, parameter.name)


def test_what_is_known_is_written_down_and_read_again():
    scenario = load("baseline", ['known=["turnover", "ambient"]', "ambient=0.6"])
    assert scenario.known == ("ambient", "turnover")
    assert loads(scenario.to_toml()).known == scenario.known
    assert sorted(differences(load("baseline"), scenario)) == [
        ("agencies.ambient", "0.1", "0.6"),
        ("known", "none", '["ambient", "turnover"]'),
    ]
    child = 'title = "Mine"\nextends = "inertia"\n'
    assert loads(child).known == load("inertia").known == ("patience",)
    assert loads(f"{child}known = []\n").known == ()
    # A template inherits it as well, and with all marks taken away says the same.
    commented = template(load("inertia"), "Mine", "inertia")
    assert loads(commented).known == ("patience",)
    assert '# known = ["patience"]' in commented


@pytest.mark.parametrize(
    ("known", "told"),
    [
        ("3", "got 3; allowed a list of uncertain inputs' names"),
        ('["meetings"]', 'got "meetings"; allowed an uncertain input: this one is never drawn'),
        (
            '["ambiet"]',
            'got "ambiet"; allowed an uncertain input (did you mean "ambient"?)',
        ),
        ('["ambient", "ambient"]', 'got "ambient" twice; allowed each input once'),
        (
            '["trust_gain"]',
            'got "trust_gain"; allowed it together with trust_loss, '
            "which is drawn as a multiple of it",
        ),
    ],
)
def test_what_cannot_be_known_is_refused_where_it_stands(known, told):
    with pytest.raises(ScenarioError) as caught:
        loads(f'title = "Mine"\nknown = {known}\n', file="mine.toml")
    assert [str(fault) for fault in caught.value.faults] == [f"mine.toml:2: known: {told}"]


def test_the_library_is_whole():
    assert library.names() == (
        "baseline",
        "armadale",
        "civic-centre",
        "cluttered",
        "community-safety",
        "cpp-performance",
        "frontier",
        "inertia",
        "korsakoff",
        "more-choices",
        "one-area",
        "seen-to-partner",
        "under-authorised",
        "west-lothian-chcp",
        "wide-agenda",
    )
    assert library.every() == (*library.names(), "thirty-two-areas")
    areas = {name: load(name).values["areas"] for name in library.every()}
    assert {name for name, count in areas.items() if count > 1} == {*library.of_areas()}


def test_a_template_of_a_landscape_has_the_few_lines_of_its_file():
    scenario = load("thirty-two-areas")
    assert len(scenario.partnerships) == 288
    text = template(scenario, "Mine", "thirty-two-areas", patterns("thirty-two-areas"))
    assert text.count("# [[partnership]]") == 3
    without = re.sub("^# ?", "", text, flags=re.MULTILINE)
    assert loads(without).partnerships == scenario.partnerships
    fewer = loads(
        without.replace("per_area = 4", "per_area = 2").replace("areas = 32", "areas = 3")
    )
    assert len(fewer.partnerships) == 3 * (1 + 2 + 2)
    assert patterns("korsakoff") == []


def table(parameter, value):
    header = "[[partnership]]" if parameter.section == "partnership" else f"[{parameter.section}]"
    return f'title = "T"\n\n{header}\n{parameter.name} = {value}\n'


def wrong_values(p):
    if p.kind == "choice":
        return ['"nonsense"', "3"]
    if p.kind == "flag":
        return ["1", '"yes"']
    too_high = int(p.high) + 1 if p.kind == "whole" else p.high * 2 + 1
    too_low = int(p.low) - 1 if p.kind == "whole" else p.low - 1
    return [str(too_high), str(too_low), '"much"', "true", "nan", "inf"]


SYSTEMATIC = [(p, value) for p in PARAMETERS for value in wrong_values(p)]


def test_there_are_three_hundred_faults_and_more():
    assert len(SYSTEMATIC) >= 300


@pytest.mark.parametrize(("p", "value"), SYSTEMATIC, ids=lambda x: getattr(x, "name", x))
def test_a_wrong_value_gets_its_line(p, value):
    key = f"partnership.1.{p.name}" if p.section == "partnership" else f"{p.section}.{p.name}"
    got = value if not value[0].isdigit() and value[0] != "-" else str(eval(value, {}, {}))
    expected = f"x.toml:4: {key}: got {got}; allowed {p.allowed}"
    if p.kind == "choice" and value == '"nonsense"':
        expected += hint("nonsense", p.choices)
    assert faults_of(table(p, value)) == expected


@pytest.mark.parametrize("p", SECTIONED, ids=lambda p: p.name)
def test_a_misspelt_key_gets_the_nearest_right_one(p):
    wrong = p.name + "x"
    text = faults_of(f'title = "T"\n[{p.section}]\n{wrong} = 1\n')
    assert text.startswith(f"x.toml:3: {p.section}.{wrong}: got an unknown key; allowed ")
    assert text.endswith(f'(did you mean "{p.name}"?)')


LITERAL = [
    ("", "x.toml: title: got nothing; allowed 1 to 80 printing characters"),
    ('title = ""', 'x.toml:1: title: got ""; allowed 1 to 80 printing characters'),
    ('title = "a\\u0007b"', 'x.toml:1: title: got "a\\x07b"; allowed 1 to 80 printing characters'),
    ('title = "T"\nworld = 3', "x.toml:2: world: got 3; allowed a table [world]"),
    (
        'title = "T"\n[talk]\nissue_hours = 1',
        "x.toml:3: talk.issue_hours: got an unknown key; allowed view_rate, self_interest, "
        "evidence, engage_hours, engage_half, engage_max, spillover (it belongs in [coordination])",
    ),
    (
        'title = "T"\n[[partnership]]\nsize = 30',
        "x.toml:3: partnership.1.size: got 30; allowed at most 20, all the agencies",
    ),
    (
        'title = "T"\n[[partnership]]\nfocus = 9',
        "x.toml:3: partnership.1.focus: got 9; allowed at most 4, all the objectives",
    ),
    (
        'title = "T"\n[[partnership]]\nname = "A"\n[[partnership]]\nname = "A"',
        'x.toml:5: partnership.2.name: got "A"; allowed each name once',
    ),
    (
        'title = "T"\n[[agency]]\nname = "A"\n[[partnership]]\nmembers = ["A", "B"]',
        'x.toml:5: partnership.1.members: got "B"; allowed the name of a given agency (A)',
    ),
    (
        'title = "T"\n[[partnership]]\nmembers = ["agency 1"]\nsize = 1',
        'x.toml:3: partnership.1.members: got "agency 1"; allowed the name of a given agency',
    ),
    (
        'title = "T"\n[[agency]]\nname = "A"\ngoals = { "objective 9" = 1 }',
        'x.toml:4: agency.1.goals.objective 9: got "objective 9"; allowed the name of a given '
        "objective (objective 1, objective 2, objective 3, objective 4) (did you mean "
        '"objective 4"?)',
    ),
    (
        'title = "T"\n[[change]]\nmonth = 72\nset = { turnover = 0.1 }',
        "x.toml:3: change.1.month: got 72; allowed 0 to 71, the months there are",
    ),
    (
        'title = "T"\n[world]\nnetwork = "file"',
        'x.toml:3: world.network: got "file"; allowed it together with network_file',
    ),
    ('title = "T"\nextends = "../x"', None),
    ('title = "T', None),
    (
        "a = [[[[[[[[[[1]]]]]]]]]]",
        "x.toml:1: got keys or brackets nested more than 8 deep; allowed 8",
    ),
]


@pytest.mark.parametrize(("text", "expected"), LITERAL)
def test_what_does_not_fit_is_said_in_a_line(text, expected):
    found = faults_of(text)
    assert "\n" not in found
    assert found.startswith("x.toml") if expected is None else found == expected


def test_at_most_twenty_faults_are_told():
    text = 'title = "T"\n[talk]\n' + "\n".join(f"key{n} = 1" for n in range(30))
    lines = faults_of(text).splitlines()
    assert len(lines) == 21
    assert lines[-1] == "... and 10 more"


def test_a_fault_in_a_parent_is_told_at_the_parents_line(tmp_path):
    (tmp_path / "parent.toml").write_text('title = "P"\n[trust]\nturnover = 3\n')
    child = tmp_path / "child.toml"
    child.write_text('title = "C"\nextends = "parent.toml"\n')
    with pytest.raises(ScenarioError, match=r"parent\.toml:3: trust\.turnover: got 3"):
        load(child)


def test_a_circle_of_files_is_refused(tmp_path):
    (tmp_path / "a.toml").write_text('title = "A"\nextends = "b.toml"\n')
    (tmp_path / "b.toml").write_text('title = "B"\nextends = "a.toml"\n')
    with pytest.raises(ScenarioError, match=r"b\.toml:2: extends: .* in a circle"):
        load(tmp_path / "a.toml")


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path):
    path = tmp_path / "w.toml"
    path.write_bytes(b'\xef\xbb\xbftitle = "W"\r\n[trust]\r\nturnover = 0.5\r\n')
    assert load(path).values["turnover"] == 0.5


@pytest.mark.parametrize(
    "data",
    [b"\xff\xfe\x00", b"a = 1\n" * 60_000, b"title = '\xe9'"],
    ids=["bytes", "huge", "latin"],
)
def test_files_that_are_no_scenario_are_refused(tmp_path, data):
    path = tmp_path / "w.toml"
    path.write_bytes(data)
    with pytest.raises(ScenarioError):
        load(path)


@pytest.mark.parametrize(
    "text",
    [
        ".".join("a" * 50_000) + " = 1",
        "[" * 200_000,
        "a = " + "9" * 10_000,
        '"""a""""' * 20_000,
        "x = {" + "a." * 60_000 + "a = 1}",
        "\n".join(f"k{n} = 1" for n in range(25_000)),
    ],
    ids=["dotted", "brackets", "digits", "quotes", "inline", "keys"],
)
def test_hostile_texts_are_refused_soon(text):
    begun = time.process_time()
    faults_of(text)
    assert time.process_time() - begun < 10  # a second; this only catches blow-ups


def edits(count, seed):
    rng = random.Random(seed)
    texts = [path.read_text() for path in LIBRARY]
    for _ in range(count):
        text = rng.choice(texts)
        for _ in range(rng.randint(1, 4)):
            place = rng.randrange(len(text) + 1)
            kind = rng.random()
            if kind < 0.4:
                text = text[:place] + text[place + rng.randint(1, 9) :]
            elif kind < 0.8:
                text = text[:place] + rng.choice("[]{}=\"'\n#.0-9eE+true,\x00é") + text[place:]
            else:
                text = text[:place] + text[rng.randrange(len(text)) :][:40] + text[place:]
        yield text


def edited_texts_end_well(count, seed):
    refused = 0
    for text in edits(count, seed):
        try:
            loads(text, file="x.toml")
        except ScenarioError as error:
            refused += 1
            for line in str(error).splitlines():
                assert line.isprintable()
                assert line.startswith(("x.toml", "... and", "/", "baseline")) or ".toml" in line
    assert 0 < refused < count


def test_random_edits_end_in_a_scenario_or_in_lines():
    edited_texts_end_well(400, 1)


@pytest.mark.soak
def test_twenty_thousand_random_edits():
    edited_texts_end_well(20_000, 2)


NUMBERS = [p for p in PARAMETERS if p.kind == "number" and p.name not in ("last", "national_share")]


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=6, unique=True), st.data())
def test_set_means_what_it_says_and_a_scenario_survives_being_written(chosen, data):
    values = {p.name: data.draw(st.floats(p.low, p.high)) for p in chosen}
    scenario = load("baseline", [f"{key}={value!r}" for key, value in values.items()])
    for key, value in values.items():
        of = scenario.values if key in scenario.values else scenario.partnerships[0].levers
        assert of[key] == value
    assert loads(scenario.to_toml(), file="baseline.toml") == scenario


def test_every_parameter_says_what_it_is():
    for p in PARAMETERS:
        assert p.help.endswith(".")
        assert len(p.help) > 15
        if p.kind not in ("choice",):
            assert p.low <= float(p.default) <= p.high
        if p.prior and not p.prior_times:
            assert p.low <= p.prior[0] < p.prior[1] <= p.high
    assert len(BY_NAME) == len(PARAMETERS)


def test_a_value_is_given_once():
    for pair in (["meetings=2", "meetings=3"], ["months=30", "world.months=40"]):
        with pytest.raises(ScenarioError) as error:
            load("baseline", pair)
        told = f'got "{pair[0]}" and "{pair[1]}"; allowed one of the two'
        assert str(error.value) == f"--set: {told}"
    assert load("baseline", ["meetings=2", "meetings=2.0"]).partnerships[0].levers["meetings"] == 2
    two = 'title = "x"\n[[partnership]]\nname = "a"\n[[partnership]]\nname = "b"\n'
    own = loads(two, ["meetings=2", "partnership.b.meetings=3"]).partnerships
    assert [p.levers["meetings"] for p in own] == [2, 3]
    with pytest.raises(ScenarioError, match="allowed one of the two"):
        loads(two, ["partnership.b.meetings=3", "meetings=2"])


def told(scenario):
    return {name: getattr(scenario, name) for name in TEXTS if getattr(scenario, name)}


def test_what_a_file_tells_is_told_of_no_other_values():
    given = load("inertia")
    for other in (
        load("inertia", ["size=8"]),
        given.replace("lead_strength=0.8"),
        given.with_numbers({"lead_strength": 0.8}),
        given.replace("lead_strength=0.8").replace("meetings=3"),
        load("inertia", ["months=9"]).replace("months=60"),
    ):
        assert other.title == f"{given.title} (changed)"
        assert told(other) == {}
        assert loads(other.to_toml()).title == other.title
    size = given.partnerships[0].size
    for same in (load("inertia", [f"size={size}"]), given.replace(f"size={size}")):
        assert same == given
    assert given.with_numbers({"alignment": given.values["alignment"]}) == given


def test_a_title_of_its_own_stays_and_a_long_one_still_fits():
    own = load("baseline", ["title=Ours", "size=5"])
    assert (own.title, told(own)) == ("Ours", {})
    assert told(load("baseline", ["title=Ours"])) == told(load("baseline"))
    long = loads(f'title = "{"é" * LONGEST_TITLE}"').replace("months=9")
    assert long.title.endswith("é (changed)")
    assert len(long.title) == LONGEST_TITLE
    # What could not be before is changed, too.
    assert load("baseline", ["agencies=4", "size=4"]).title.endswith("(changed)")


def test_a_file_that_extends_another_inherits_no_prose_with_other_values():
    ours = loads('title = "Ours"\nsource = "We"\nextends = "baseline"\n[world]\nmonths = 9\n')
    assert (ours.title, told(ours)) == ("Ours", {"source": "We"})
    nameless = loads('extends = "baseline"\n[[partnership]]\nsize = 5\n')
    assert (nameless.title, told(nameless)) == ("A partnership of eight (changed)", {})
    same = loads('title = "Ours"\nextends = "baseline"\n[world]\n')
    assert told(same) == told(load("baseline"))
