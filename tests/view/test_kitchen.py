"""What many visitors ask for at once is worked out once or twice, not for each of them."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from cgsim.scenario import load
from cgsim.view import ensemble
from cgsim.view.choice import Panel


def test_people_who_ask_for_the_same_wait_for_the_same(monkeypatch):
    made, lock = [], threading.Lock()

    def slow(scenarios, count, seed):
        with lock:
            made.append(seed)
        time.sleep(0.05)
        return [f"results of {seed}"]

    monkeypatch.setattr(ensemble, "run_many", slow)
    kitchen, scenario = ensemble.Kitchen(at_once=2), load("baseline")
    with ThreadPoolExecutor(30) as people:
        asked = [people.submit(kitchen.results, (Panel(), 1), scenario) for _ in range(30)]
    assert {answer.result() for answer in asked} == {"results of 1"}
    assert len(made) <= 2
    assert kitchen.results((Panel(), 2), scenario) == "results of 2"


def test_only_the_last_results_are_kept(monkeypatch):
    monkeypatch.setattr(ensemble, "run_many", lambda scenarios, count, seed: [object()])
    kitchen, scenario = ensemble.Kitchen(), load("baseline")
    first = kitchen.results((Panel(), 0), scenario)
    assert kitchen.results((Panel(), 0), scenario) is first
    for seed in range(1, ensemble.MOST_KEPT + 1):
        kitchen.results((Panel(), seed), scenario)
    assert kitchen.results((Panel(), 0), scenario) is not first
