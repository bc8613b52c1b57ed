"""World files are read whole, or refused in one line that names the file and the key."""

import copy
import json
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from cgsim.cli.app import app
from cgsim.engine.replay import (
    FORMAT,
    WITHOUT_AREAS,
    differences,
    export_world,
    read_world,
    world_file_of,
)
from cgsim.scenario import load, loads
from cgsim.scenario.errors import ScenarioError
from cgsim.scenario.parameters import GENERAL, LEVER_NUMBERS

VECTORS = sorted((Path(__file__).parents[1] / "vectors").glob("*.json"))
SMALLEST = json.loads((Path(__file__).parents[1] / "vectors/one_partnership.json").read_text())


@pytest.fixture(scope="module")
def changing():
    """A world with scheduled changes and two partnerships."""
    return json.loads(
        json.dumps(export_world(load("cluttered", ["agencies=9", "months=40"]), 3, 0))
    )


def refused(tables, name="w.json"):
    with pytest.raises(ScenarioError) as caught:
        world_file_of(tables, name)
    (fault,) = caught.value.faults
    assert fault.file == name
    return f"{fault.key}: {fault.message}"


def test_published_worlds_have_no_format_and_are_read():
    for path in VECTORS:
        assert "format" not in json.loads(path.read_text())
        assert read_world(path).expected.keys() == {"together", "alone", "equal_money"}


def test_what_is_exported_says_its_format_and_who_wrote_it(changing):
    assert changing["format"] == WITHOUT_AREAS  # which older programs read
    assert set(changing["written_by"]) == {"cgsim", "source", "changed_rules"}
    assert world_file_of(changing).changed_rules == ()


def test_a_world_of_a_later_format_is_refused():
    tables = {**SMALLEST, "format": FORMAT + 1}
    assert refused(tables) == f"format: got {FORMAT + 1}; allowed a whole number from 1 to {FORMAT}"


@pytest.fixture(scope="module")
def of_areas():
    """A world of three areas with national agencies, a partnership in each."""
    values = ["areas=3", "national_share=0.2", "agencies=15", "months=15", "issue_hours=50"]
    text = """
title = "Areas"
summary = "Three."
[[partnership]]
per_area = 1
name = "board {area}"
recruit = "all"
start = 3
"""
    return json.loads(json.dumps(export_world(loads(text, values), 3, 0)))


def test_a_world_of_areas_gives_what_it_was_exported_with(of_areas):
    assert of_areas["format"] == FORMAT
    assert of_areas["first_local"] == [3, 7, 11, 15]
    assert of_areas["area"] == [0, 1, 2]
    found = list(differences(world_file_of(of_areas)))
    assert max(size for _, _, size in found) == 0.0


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("format", 1, "first_local: got areas in a file of format 1; allowed them from format 2"),
        ("first_local", [3, 7, 6, 15], "first_local[2]: got 6; allowed a whole number from 7 to"),
        ("first_local", [3, 7, 11, 14], "first_local[3]: got 14; allowed 15, all the agencies"),
        ("first_local", [15], "first_local: got 1 of them; allowed two or more: one area, and"),
        ("area", [0, 1, 3], "area[2]: got 3; allowed a whole number from 0 to 2"),
        ("area", [0, 1], "area: got 2 of them; allowed 3, one for each of the members' rows"),
        ("area", [0, 0, 2], "members[1]: got agency 7; allowed agencies of area 0, from 3 to 6,"),
    ],
)
def test_areas_that_do_not_fit_are_refused(of_areas, key, value, message):
    assert refused({**of_areas, key: value}).startswith(message)


READ_TIES = [
    ["joining=ties", "tie_rate=0.1"],
    ["ties=carrying", "news=0.5"],
    ["joining=ties", "tie_rate=0.1", "ties=carrying"],
    ["joining=invitation", "invitation_rate=1", "worth_asking=0"],
]


@pytest.mark.parametrize("chosen", READ_TIES, ids=" ".join)
def test_a_world_in_which_others_join_or_ties_carry_news_replays(chosen):
    tables = json.loads(json.dumps(export_world(load("baseline", [*chosen, "months=30"]), 3, 0)))
    assert ("tied" in tables["world"]) == (chosen[0] in ("joining=ties", "ties=carrying"))
    found = list(differences(world_file_of(tables)))
    assert max(size for _, _, size in found) == 0.0
    members = np.array(tables["expected"]["together"]["board"]["members"])
    assert (members.max() > 8) == (chosen[0] != "ties=carrying")


def test_a_world_whose_ties_are_read_must_give_them_both_ways():
    tables = json.loads(json.dumps(export_world(load("baseline", READ_TIES[0]), 3, 0)))
    tied = tables["world"].pop("tied")
    assert refused(tables) == 'world.tied: got nothing; allowed it where joining is "ties"'
    first, second = (int(n) for n in np.argwhere(np.triu(tied))[0])
    tables["world"]["tied"] = tied
    tied[second][first] = 0
    assert refused(tables) == (
        f"world.tied[{first}]: got a tie of agency {first} with agency {second} alone; "
        "allowed ties both ways"
    )
    tied[first][second] = 2
    assert refused(tables) == "world.tied: got 2.0; allowed 0 or 1"


def test_worlds_whose_ties_only_set_trust_say_nothing_of_them(changing):
    assert "tied" not in changing["world"]


def test_a_missing_parameter_has_its_default():
    # As if the model had got it after the file was published.
    for group, parameters in (("parameters", GENERAL), ("partnerships", LEVER_NUMBERS)):
        for parameter in parameters:
            tables = copy.deepcopy(SMALLEST)
            tables[group].pop(parameter.name, None)
            world = world_file_of(tables)
            rows = world.settings if group == "parameters" else world.levers
            assert np.all(rows[parameter.name] == parameter.number()), parameter.name


def test_a_byte_order_mark_is_read(tmp_path):
    path = tmp_path / "world.json"
    path.write_bytes(b"\xef\xbb\xbf" + VECTORS[0].read_bytes())
    done = CliRunner().invoke(app, ["replay", str(path), "--check"])
    assert done.exit_code == 0, done.output


def with_value(keys, value):
    def edit(tables):
        inner = tables
        for key in keys[:-1]:
            inner = inner[key]
        inner[keys[-1]] = value

    return edit


def without(*keys):
    def edit(tables):
        inner = tables
        for key in keys[:-1]:
            inner = inner[key]
        del inner[keys[-1]]

    return edit


@pytest.mark.parametrize(
    ("edit", "line"),
    [
        (without("months"), "months: got nothing; allowed it in every world file"),
        (without("world", "mix"), "world.mix: got nothing; allowed it in every world file"),
        (without("shocks", "slip"), "shocks.slip: got nothing; allowed it in every world file"),
        (with_value(["months"], 10**9), "months: got 1000000000; allowed a whole number from 1"),
        (with_value(["months"], True), "months: got true; allowed a whole number"),
        (with_value(["months"], 24.0), "months: got 24.0; allowed a whole number"),
        (with_value(["switched_off"], 5), "switched_off: got 5; allowed a list"),
        (with_value(["switched_off"], ["overhed"]), '(did you mean "overhead"?)'),
        (with_value(["switched_off"], [["x"]]), 'switched_off: got ["x"]; allowed'),
        (with_value(["parameters"], [1]), "parameters: got [1]; allowed an object"),
        (with_value(["parameters", "trust_los"], 1), "parameters.trust_los: got an unknown key"),
        (with_value(["parameters", "trust_los"], 1), '(did you mean "trust_loss"?)'),
        (with_value(["parameters", "trust_loss"], "0.1"), 'parameters.trust_loss: got "0.1"'),
        (with_value(["parameters", "trust_loss"], True), "parameters.trust_loss: got true"),
        (with_value(["parameters", "trust_loss"], None), "parameters.trust_loss: got None"),
        (with_value(["parameters", "trust_loss"], 7), "parameters.trust_loss: got 7"),
        (with_value(["parameters", "trust_loss"], 10**400), "allowed finite numbers"),
        (with_value(["parameters", "trust_loss"], float("nan")), "allowed finite numbers"),
        (with_value(["partnerships", "meetings"], 2), "allowed 1 numbers"),
        (with_value(["world", "capacity"], []), "world.capacity: got no agencies"),
        (
            with_value(["world", "capacity", 2], "100"),
            'world.capacity[2]: got "100"; allowed a num',
        ),
        (
            with_value(["world", "trust", 1, 2], -0.5),
            "world.trust: got -0.5; allowed numbers from 0",
        ),
        (
            with_value(["world", "trust", 1], [0.5]),
            "world.trust[1]: got [0.5]; allowed a list",
        ),
        (with_value(["world", "mix"], "x"), 'world.mix: got "x"; allowed a list'),
        (with_value(["members", 0, 0], 0.5), "members: got 0.5; allowed 0 or 1"),
        (with_value(["members", 0], None), "members[0]: got None"),
        (with_value(["lead"], [99]), "lead[0]: got 99; allowed a whole number from 0 to 5"),
        (with_value(["lead"], []), "lead: got 0 of them; allowed 1"),
        (with_value(["leed"], [0]), "leed: got an unknown key"),
        (with_value(["changes"], {}), "changes: got a table; allowed a list"),
        (with_value(["changes"], [3]), "changes[0]: got 3; allowed an object"),
        (with_value(["changes"], [{}]), "changes[0].month: got nothing"),
        (
            with_value(["changes"], [{"month": 0}]),
            "changes[0].month: got 0; allowed a whole number",
        ),
        (
            with_value(["changes"], [{"month": 5}, {"month": 5}]),
            "changes[1].month: got 5; allowed a whole number from 6 to 23",
        ),
        (with_value(["expected", "together"], 1), "expected.together: got 1; allowed an object"),
        (with_value(["expected", "apart"], {}), "expected.apart: got an unknown key"),
        (
            with_value(["expected", "together", "month", "met", 3], None),
            "expected.together.month.met[3]: got None; allowed a number",
        ),
        (
            with_value(["expected", "alone", "board"], []),
            "expected.alone.board: got a list of 0; allowed an object",
        ),
        (with_value(["name"], 5), "name: got 5; allowed a text"),
        (with_value(["written_by"], {"by": "me"}), "written_by.by: got an unknown key"),
    ],
)
def test_what_does_not_fit_is_told_with_its_key(edit, line):
    tables = copy.deepcopy(SMALLEST)
    edit(tables)
    assert line in refused(tables)


def test_a_lead_is_a_member():
    tables = copy.deepcopy(SMALLEST)
    outsider = tables["members"][0].index(0) if 0 in tables["members"][0] else None
    if outsider is None:
        outsider = tables["lead"][0]
        tables["members"][0][outsider] = 0
    tables["lead"] = [outsider]
    assert refused(tables) == f"lead[0]: got agency {outsider}; allowed one of members[0]"


@pytest.mark.parametrize("tables", [[], 5, None, "world", {}, {"world": {}}])
def test_what_is_no_world_at_all_is_told(tables):
    assert "allowed" in refused(tables)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "got a text that is not JSON"),
        ("{", "got a text that is not JSON"),
        ('{"months": 1, "months": 2}', '"months" stands twice in one object; allowed once'),
        ("[" * 100_000, "allowed"),
        (f'{{"months": {"9" * 5000}}}', "too long to read"),
    ],
)
def test_a_text_that_cannot_be_read_is_told(text, line, tmp_path):
    path = tmp_path / "world.json"
    path.write_text(text)
    with pytest.raises(ScenarioError, match=line.replace("[", r"\[")) as caught:
        read_world(path)
    assert str(caught.value).startswith(str(path))


def test_a_world_that_would_not_fit_into_memory_is_refused_before_it_is_lived():
    tables = copy.deepcopy(SMALLEST)
    tables["months"] = 100_000
    tables["world"]["capacity"] = [100.0] * 5000
    assert "GiB; allowed" in refused(tables)


VALUES = (None, True, False, 0, 1, -1, 2.5, 10**30, 1e308, float("nan"), "", "x", "1", [], {}, [1])


def places(value, path=()):
    """Yield the path of everything inside a parsed file; of long lists some."""
    yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from places(inner, (*path, key))
    elif isinstance(value, list):
        for number in sorted({0, len(value) // 2, len(value) - 1}) if value else ():
            yield from places(value[number], (*path, number))


def edited(tables, seed):
    """Return a world with one random edit, and what was done."""
    luck = random.Random(seed)
    tables = copy.deepcopy(tables)
    path = luck.choice([p for p in places(tables) if p])
    inner = tables
    for key in path[:-1]:
        inner = inner[key]
    way = luck.choice(("set", "set", "delete", "rename", "double"))
    if way == "set":
        inner[path[-1]] = luck.choice(VALUES)
    elif way == "delete":
        del inner[path[-1]]
    elif way == "rename" and isinstance(inner, dict):
        inner[f"{path[-1]}x"] = inner.pop(path[-1])
    elif isinstance(inner, list):
        inner.append(inner[path[-1]])
    return tables, (way, path)


def must_be_read_or_refused(tables, done, tmp_path):
    path = tmp_path / "world.json"
    path.write_text(json.dumps(tables))
    result = CliRunner().invoke(app, ["replay", str(path), "--check"])
    if isinstance(result.exception, ScenarioError):  # what the program ends with 2 and these lines
        lines = str(result.exception).splitlines()
        assert lines, done
        assert all(line.startswith(f"{path}: ") and "allowed" in line for line in lines), done
    else:
        assert result.exit_code in (0, 1), (done, result.exception)
        assert "agrees" in result.output or "DIFFERS" in result.output or "nothing" in result.output


@given(seed=st.integers(0, 2**32))
@settings(max_examples=50)
def test_an_edited_world_is_lived_or_refused_in_a_line(seed, tmp_path_factory):
    must_be_read_or_refused(*edited(SMALLEST, seed), tmp_path_factory.mktemp("world"))


def test_an_edited_world_with_changes_too(changing, tmp_path):
    assert "changes" in changing
    for seed in range(30):
        must_be_read_or_refused(*edited(changing, seed), tmp_path)


@pytest.mark.soak
def test_a_thousand_edits_of_published_worlds(tmp_path):
    worlds = [json.loads(path.read_text()) for path in VECTORS]
    for seed in range(1000):
        must_be_read_or_refused(*edited(worlds[seed % len(worlds)], seed), tmp_path)


@pytest.mark.soak
def test_five_hundred_edits_of_a_small_world_and_of_one_with_changes(changing, tmp_path):
    for seed in range(500):
        must_be_read_or_refused(*edited(SMALLEST, seed), tmp_path)
        must_be_read_or_refused(*edited(changing, seed), tmp_path)
