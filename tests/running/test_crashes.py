"""A batch that is killed at any moment, or loses its power, ends as if nothing had been."""

import json
import random
from functools import cache

import pytest
from tests import program

from crashing import EXPERIMENTS, work
from file_steps import watched
from small_batches import HERE, hidden, table_of

WRITTEN = ("runs", "points.parquet", "manifest.json", "summary.csv", "failures.jsonl")
MOMENTS = (
    "before the file is there",
    "in the middle of writing",
    "after writing",
    "after the file is synced",
    "after the file has its name",
)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """Return the steps of an undisturbed batch and what it comes to, by the experiment's name."""

    @cache
    def lived(name):
        folder = tmp_path_factory.mktemp(name) / "batch"
        steps = []
        with watched(lambda step, kind, path: steps.append(f"{step}: {kind}")):
            work(name, folder)
        return steps, table_of(folder)

    return lived


def kill_and_go_on(orders, folder):
    """Carry out orders; return an answer an order. The folder is for what is told to the program.

    An order is (folder, experiment, moments), an answer where each child died and the exit code of
    the command that was left alone.
    """
    told = folder / "orders"
    told.write_text("".join(json.dumps([str(a), *b]) + "\n" for a, *b in orders))
    done = program.run_file(HERE / "crashing.py", told, timeout=3000)
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(orders)
    return [(died, code) for died, code in answers]


def assert_as_if_nothing_had_been(folder, expected):
    found = table_of(folder)
    aside = {name: data for name, data in found.items() if name.startswith("aside/")}
    # Months and boards whose runs were lost are written again.
    written = {data for name, data in expected.items() if name.startswith(("months/", "boards/"))}
    for name, data in aside.items():
        assert data in written
        del found[name]
    assert found == expected
    assert hidden(folder) == []


def number_of(steps, place, last=False):
    """Return which step this is, counted from 1: the first of its kind, or the last."""
    numbers = [number for number, name in enumerate(steps, 1) if name == place]
    return numbers[-1 if last else 0]


@pytest.fixture(scope="module")
def killed(undisturbed, tmp_path_factory):
    """Kill batches at every kind of step; return (folder, experiment, answer) by place."""
    plain, _ = undisturbed("plain")
    wanted = {
        f"{moment}: {kind}": ("plain", [number_of(plain, f"{moment}: {kind}")])
        for kind in WRITTEN
        for moment in MOMENTS
    }
    for moment in (MOMENTS[1], MOMENTS[-1]):
        place = f"{moment}: .running.json"
        wanted[place] = ("plain", [number_of(plain, place)])
    for moment in MOMENTS:
        place = f"{moment}: manifest.json"
        wanted[f"{place}, in the end"] = ("plain", [number_of(plain, place, last=True)])
    months, _ = undisturbed("months")
    place = "after the file has its name: months"
    wanted[place] = ("months", [number_of(months, place)])
    precise, _ = undisturbed("precise")
    wanted["between two rounds"] = ("precise", [len(precise) // 2])
    wide, _ = undisturbed("wide")
    once = number_of(wide, "in the middle of writing: runs")
    # What is done stays done: later attempts have fewer steps to take.
    wanted["three times"] = ("wide", [once + 20, once + 5, once])
    folders = [tmp_path_factory.mktemp("killed") / "batch" for _ in wanted]
    orders = [(a, *b) for a, b in zip(folders, wanted.values(), strict=True)]
    answers = kill_and_go_on(orders, tmp_path_factory.mktemp("orders"))
    return {
        place: (folder, name, *answer)
        for place, (folder, name, _), answer in zip(wanted, orders, answers, strict=True)
    }


def before_there_is_a_batch(place):
    """Whether the manifest that makes a folder a batch is not there yet."""
    begun = ".running.json" in place or "points.parquet" in place
    named = "the end" in place or "has its name" in place
    return begun or ("manifest.json" in place and not named)


def places(killed, early):
    return {k: v for k, v in killed.items() if before_there_is_a_batch(k) == early}


def test_every_death_was_where_it_was_meant_to_be(killed):
    assert len(killed) >= 25
    for place, (_, _, died, _) in killed.items():
        assert None not in died, place
        if ":" in place:
            assert died == [place.removesuffix(", in the end")]


def test_killed_at_any_step_of_a_batch_the_same_command_gives_the_same_bytes(killed, undisturbed):
    refused = []
    for place, (folder, name, _, code) in places(killed, early=False).items():
        if code == 0:
            assert_as_if_nothing_had_been(folder, undisturbed(name)[1])
        else:
            refused.append(place)
    assert refused == []


def test_killed_before_the_first_manifest_the_same_command_gives_the_same_bytes(
    killed, undisturbed
):
    refused = []
    for place, (folder, name, _, code) in places(killed, early=True).items():
        if code == 0:
            assert_as_if_nothing_had_been(folder, undisturbed(name)[1])
        else:
            refused.append(place)
    assert refused == []


def test_a_run_killed_while_it_saves_goes_on_and_gives_the_same_bytes(undisturbed, tmp_path):
    steps, expected = undisturbed("run")
    kinds = ("points.parquet", "manifest.json", "months", "boards", "runs", "summary.csv")
    places = [f"{moment}: {kind}" for kind in kinds for moment in MOMENTS]
    orders = [
        (tmp_path / str(number) / "run", "run", [number_of(steps, place, last=number % 2 == 1)])
        for number, place in enumerate(places)
    ]
    answers = kill_and_go_on(orders, tmp_path)
    for place, (folder, _, _), (died, code) in zip(places, orders, answers, strict=True):
        assert died == [place]
        assert code == 0, place
        assert_as_if_nothing_had_been(folder, expected)


@pytest.mark.soak
def test_five_hundred_kills_at_random_lose_nothing(undisturbed, tmp_path):
    chance = random.Random(20081001)
    orders = []
    for number in range(500):
        name = chance.choice(list(EXPERIMENTS))
        steps = len(undisturbed(name)[0])
        by_step = chance.randint(1, steps)
        by_clock = chance.uniform(0.001, 0.15)
        moments = [chance.choice((by_step, by_clock)) for _ in range(chance.choice((1, 1, 2)))]
        orders.append((tmp_path / str(number) / "batch", name, moments))
    answers = kill_and_go_on(orders, tmp_path)
    assert sum(place is not None for died, _ in answers for place in died) >= 500
    refused = []
    for (folder, name, _), (died, code) in zip(orders, answers, strict=True):
        if code == 0:
            assert_as_if_nothing_had_been(folder, undisturbed(name)[1])
        else:
            refused.append(died)
    assert refused == []
