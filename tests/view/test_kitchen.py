"""What many visitors ask for at once is worked out once or twice, not for each of them."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from cgsim.experiment.results import run_many
from cgsim.scenario import load
from cgsim.view import ensemble
from cgsim.view.choice import Panel


def test_people_who_ask_for_the_same_wait_for_the_same(monkeypatch):
    made, lock = [], threading.Lock()

    def slow(scenarios, count, seed, progress):
        with lock:
            made.append(seed)
        time.sleep(0.05)
        return [f"results of {seed}"]

    monkeypatch.setattr(ensemble, "run_many", slow)
    kitchen, scenario = ensemble.Kitchen(at_once=2), load("baseline")
    with ThreadPoolExecutor(30) as people:
        asked = [
            people.submit(kitchen.results, (Panel(), 1), scenario, ensemble.Order())
            for _ in range(30)
        ]
    assert {answer.result() for answer in asked} == {"results of 1"}
    assert len(made) <= 2
    assert kitchen.results((Panel(), 2), scenario, ensemble.Order()) == "results of 2"


def test_only_the_last_results_are_kept(monkeypatch):
    monkeypatch.setattr(ensemble, "run_many", lambda *_, **__: [object()])
    kitchen, scenario = ensemble.Kitchen(), load("baseline")
    first = kitchen.results((Panel(), 0), scenario, ensemble.Order())
    assert kitchen.results((Panel(), 0), scenario, ensemble.Order()) is first
    for seed in range(1, ensemble.MOST_KEPT + 1):
        kitchen.results((Panel(), seed), scenario, ensemble.Order())
    assert kitchen.results((Panel(), 0), scenario, ensemble.Order()) is not first


def test_what_is_not_wanted_any_more_is_not_made():
    kitchen, scenario = ensemble.Kitchen(at_once=1), load("baseline")
    old, new = ensemble.Order(), ensemble.Order()
    begun, go = threading.Event(), threading.Event()

    def long(order):
        begun.set()
        go.wait(10)
        order.go_on()  # as the engine asks after every chunk
        return "old"

    with ThreadPoolExecutor(4) as people:
        working = people.submit(kitchen._get, ("results", (Panel(), 1)), old, lambda: long(old))
        assert begun.wait(10)
        waiting = [
            people.submit(kitchen.results, (Panel(), seed), scenario, old) for seed in (2, 3)
        ]
        old.drop()
        # Whoever waits for a place gives up although it is not free.
        assert [answer.result(10) for answer in waiting] == [None, None]
        go.set()
        assert working.result(10) is None
        assert kitchen.results((Panel(), 4), scenario, new).count == 500
    assert list(kitchen._kept) == [("results", (Panel(), 4))]


def test_the_engine_stops_between_two_chunks():
    order, told = ensemble.Order(), []

    def progress(done, total):
        told.append((done, total))
        order.drop()
        order.go_on()

    with pytest.raises(ensemble.Dropped):
        run_many([load("baseline")], 5000, 1, workers=2, progress=progress)
    assert len(told) == 1
    assert told[0][0] < told[0][1]


def test_what_can_wait_lets_others_go_first_and_never_takes_all_places():
    stoves, order = ensemble.Stoves(2), ensemble.Order()
    done = []
    assert stoves.take(order, late=True)
    with ThreadPoolExecutor(4) as people:

        def work(name, late):
            assert stoves.take(order, late)
            done.append(name)
            stoves.leave(late)

        late = people.submit(work, "late", True)  # there is room, but not for two that can wait
        first = people.submit(work, "first", False)
        first.result(10)
        assert done == ["first"]
        assert not late.done()
        stoves.leave(late=True)
        late.result(10)
    assert done == ["first", "late"]
