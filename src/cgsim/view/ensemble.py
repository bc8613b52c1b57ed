"""Many replicates behind the one that is watched, and what they say in words."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from cgsim.answer import names
from cgsim.answer.build import one_run, outcomes_in_words
from cgsim.answer.catalogue import word
from cgsim.engine.plan import shape_of
from cgsim.experiment.results import Frictions, Results, run_frictions, run_many
from cgsim.rules.state import FRICTIONS
from cgsim.scenario import Scenario
from cgsim.view.choice import Panel
from cgsim.view.recording import FEW_KINDS, work_of

REPLICATES = 500
FRICTION_REPLICATES = 100
EASY_WORK = 8 * 20 * 72 * FEW_KINDS
"""Work of which all the runs are done in about a second of two cores (measured)."""
MOST_KEPT = 64


NICE = 10
PATIENCE = 0.1  #: seconds after which whoever waits looks whether it is still wanted

Key = tuple[Panel, int]


class Dropped(Exception):
    """What was ordered is not wanted any more."""


class Order:
    """What one visitor wants just now. A newer choice drops it, also while it is worked on."""

    def __init__(self) -> None:
        """Want it."""
        self._gone = threading.Event()

    def drop(self) -> None:
        """Want it no longer."""
        self._gone.set()

    @property
    def dropped(self) -> bool:
        """Whether it is wanted no longer."""
        return self._gone.is_set()

    def go_on(self, *done: int) -> None:
        """Raise ``Dropped`` if it is wanted no longer; the engine asks after every chunk."""
        if self.dropped:
            raise Dropped


def step_back() -> None:
    """Let this thread, and those it starts, give way to the ones that draw, where the system can.

    Else many runs for one visitor would hold up the pictures of others.
    """
    with suppress(AttributeError, OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)


class Stoves:
    """Places to work at. What is most wanted goes first, and always finds a place before long."""

    def __init__(self, count: int) -> None:
        """Have so many places; what can wait gets all but one of them."""
        self._count = count
        self._free = threading.Condition()
        self._working = self._late = self._waiting = 0

    def take(self, order: Order, late: bool) -> bool:
        """Wait for a place; False where the order is dropped meanwhile. ``late``: it can wait."""
        with self._free:
            self._waiting += not late
            try:
                while not self._has_room(late):
                    self._free.wait(PATIENCE)
                    if order.dropped:
                        return False
            finally:
                self._waiting -= not late
            self._working += 1
            self._late += late
            return True

    def _has_room(self, late: bool) -> bool:
        if late and (self._waiting or self._late >= max(1, self._count - 1)):
            return False
        return self._working < self._count

    def leave(self, late: bool) -> None:
        """Give a place back."""
        with self._free:
            self._working -= 1
            self._late -= late
            self._free.notify_all()


class Kitchen:
    """Computes results, a few at a time, and keeps the latest: they are the same for everybody."""

    def __init__(self, at_once: int = 2) -> None:
        """Let so many be computed at once."""
        self._stoves = Stoves(at_once)
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, Key], Any] = OrderedDict()

    def results(self, key: Key, scenario: Scenario, order: Order) -> Results | None:
        """Return many replicates of a panel with a seed; None where they are not wanted any more.

        They are kept for whoever asks for the same.
        """
        count = affordable(scenario, REPLICATES)
        return self._get(
            ("results", key),
            order,
            lambda: run_many([scenario], count, key[1], progress=order.go_on)[0],
        )

    def frictions(self, key: Key, scenario: Scenario, order: Order) -> Frictions | None:
        """Return what each friction takes; None where it is not wanted any more."""
        count = affordable(scenario, FRICTION_REPLICATES)
        return self._get(
            ("frictions", key),
            order,
            lambda: run_frictions(scenario, count, key[1], progress=order.go_on),
            late=True,  # they take longest, and everybody's gain comes before anybody's frictions
        )

    def _get(
        self, name: tuple[str, Key], order: Order, make: Callable[[], Any], late: bool = False
    ) -> Any:
        found = self._look(name)
        if found is not None:
            return found
        if not self._stoves.take(order, late):
            return None
        try:
            found = self._look(name)  # somebody else may have made it meanwhile
            if found is None:
                order.go_on()
                found = make()
                self._keep(name, found)
            return found
        except Dropped:
            return None
        finally:
            self._stoves.leave(late)

    def _look(self, name: tuple[str, Key]) -> Any:
        with self._lock:
            if name in self._kept:
                self._kept.move_to_end(name)
            return self._kept.get(name)

    def _keep(self, name: tuple[str, Key], made: Any) -> None:
        with self._lock:
            self._kept[name] = made
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)


def affordable(scenario: Scenario, wanted: int) -> int:
    """Return how many replicates of a scenario a visitor may have: fewer of large worlds."""
    return int(max(wanted // 10, wanted / max(1.0, work_of(shape_of(scenario)) / EASY_WORK)))


def steps(frictions: Frictions) -> list[tuple[str, float]]:
    """Return from what is possible, by what each friction takes, to what is left."""
    taken = [(names.friction(n), frictions.losses[n].value) for n in FRICTIONS]
    potential, left = frictions.potential.value, frictions.realised.value
    return [("possible gain", potential), *taken, ("gain that is left", left)]


def headline(results: Results, frictions: Frictions | None = None) -> str:
    """Say in plain words what the replicates came to."""
    return results.headline()


def outcome_words(results: Results) -> str:
    """Say how the replicates came out, the most frequent first."""
    return outcomes_in_words(results.answer())


def one_of_many(results: Results | None, replicate: int, seed: int) -> str:
    """Say that what is watched is a single run, and what came of it."""
    one = word("watch.one", replicate=replicate, seed=seed)
    if results is None or replicate >= results.count:
        return one
    return f"{one} {one_run(results, replicate).text}"
