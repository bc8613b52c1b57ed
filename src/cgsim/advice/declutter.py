"""Which groups of a landscape could go, or be merged: each alone, and step by step.

from cgsim.advice.declutter import declutter

found = declutter(cgsim.load("cluttered"))
found.groups      # a row a group: what closing it alone does
found.merges      # a row a pair: what merging them alone does
found.path        # a row a step, until nothing more helps
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cgsim import statistics
from cgsim.advice.landscapes import (
    Close,
    Field,
    First,
    Founders,
    Lived,
    Merge,
    Step,
    changed,
    in_order_of_names,
)
from cgsim.answer.lives import COLUMN
from cgsim.answer.record import plain
from cgsim.compiler import changed_rules, source_hash
from cgsim.engine.run import Progress, progress_of, refuse_the_impossible
from cgsim.extend.in_use import extensions
from cgsim.running.results import as_scenario
from cgsim.running.workers import crew_of, refuse_vain_patience
from cgsim.scenario.errors import Fault, ScenarioError, whole_number
from cgsim.scenario.files import Settings
from cgsim.scenario.model import Scenario
from cgsim.statistics import Estimate
from cgsim.store.folder import Aside, Store
from cgsim.whole import write_text

if TYPE_CHECKING:
    import pandas as pd

REPLICATES = 100
FEWEST_RUNS = 8
SHARE_TRIED = 4
"""A step is chosen on one run in so many of those that its interval rests on."""
FEWEST_TRIED = 20
A_FEW = 4
"""So many changes are tried at a time, those first that did best when last tried."""
MOST_LOOKED_AT = 12
"""After so many a step is chosen, if not sooner; all others are tried before the path ends."""
LUCK_STEP = 10**9
"""Every choice and every interval has runs of its own; these are so far apart."""
MONTHS_A_YEAR = 12.0


@dataclass(frozen=True)
class Taken:
    """One step of the path: what is done, and what that changes on luck of its own."""

    step: Step
    words: tuple[str, ...]  #: the names of the groups it is about
    tried: int  #: how many changes it was chosen from
    gain: Estimate  #: of the area over the same money, by this step, a share
    whole: Estimate  #: by all steps so far
    units: float  #: by this step, units of need a year
    overhead_hours: Estimate  #: what this step changes, hours in a run
    joint_hours: Estimate
    own_hours: Estimate
    left: int  #: groups that are left


@dataclass(frozen=True)
class Decluttered:
    """What closing and merging groups does to the need met in the area, over the same money.

    All gains are shares of what all agencies met apart since the first group began.
    """

    scenario: Scenario  #: with its groups in the order of their names
    seed: int
    replicates: int
    tried: int  #: runs on which each step was chosen
    now: Estimate  #: what the landscape as it is gains against all agencies apart, a share
    groups: pd.DataFrame
    merges: pd.DataFrame
    overlaps: NDArray[np.float64]  #: (B, B) as ``Founders.overlaps``
    steps: tuple[Taken, ...]
    refused: Taken | None  #: the best that was left, where it could not be told from no gain
    set_aside: tuple[Aside, ...] = ()  #: files of the folder that were damaged

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the groups."""
        return tuple(p.name for p in self.scenario.partnerships)

    @cached_property
    def path(self) -> pd.DataFrame:
        """A row a step: what is closed or merged, its gain, and that of all steps so far."""
        import pandas as pd

        rows = []
        for number, taken in enumerate(self.steps, 1):
            row: dict[str, Any] = {
                "step": number,
                "change": "merge" if isinstance(taken.step, Merge) else "close",
                "group": taken.words[0],
                "with": taken.words[1] if len(taken.words) > 1 else None,
                "tried": taken.tried,
                "left": taken.left,
                "units_a_year": taken.units,
            }
            for name in ("gain", "whole", "overhead_hours", "joint_hours", "own_hours"):
                row |= _told(name, getattr(taken, name))
            rows.append(row)
        return pd.DataFrame(rows)

    @cached_property
    def order(self) -> list[int]:
        """The groups in an order in which those that overlap stand together."""
        return order_of(self.overlaps)

    def __repr__(self) -> str:
        """Tell what it is of, not every number."""
        steps = len(self.steps)
        return f"<Decluttered {self.scenario.name}: {len(self.names)} groups, {steps} steps>"


def csv_of(found: Decluttered) -> str:
    """Return the groups as CSV."""
    return str(found.groups.to_csv(index=False))


def record(found: Decluttered) -> dict[str, Any]:
    """Return all that came of it, and what it came from, as JSON can hold it."""
    from cgsim.answer import clutter

    return {
        "scenario": found.scenario.name,
        "scenario_tables": found.scenario.to_dict(),
        "seed": found.seed,
        "replicates": found.replicates,
        "source": source_hash(),
        "changed_rules": list(changed_rules()),
        "extensions": [one.to_dict() for one in extensions()],
        "packages": {name: metadata.version(name) for name in ("cgsim", "numpy")},
        "now": vars(found.now),
        "groups": found.groups.to_dict("records"),
        "merges": found.merges.to_dict("records"),
        "path": found.path.to_dict("records"),
        "refused": None if found.refused is None else plain(found.refused),
        "order": [found.names[place] for place in found.order],
        "overlaps": found.overlaps.tolist(),
        "statements": [plain(one) for one in clutter.statements(found)],
    }


def save(found: Decluttered, folder: Path) -> None:
    """Write the tables as CSV and as a workbook, the map of overlaps and a record into a folder."""
    import pandas as pd

    from cgsim.pictures import figures
    from cgsim.store.writing import write_tables

    order = [found.names[place] for place in found.order]
    matrix = found.overlaps[np.ix_(found.order, found.order)]
    overlaps = pd.DataFrame(matrix, columns=order)
    overlaps.insert(0, "group", order)
    tables = {
        "Groups": found.groups,
        "Merges": found.merges,
        "Path": found.path,
        "Overlaps": overlaps,
    }
    write_tables(folder, tables, "declutter.xlsx")
    with figures.house_style():
        height = min(14.0, 2.2 + 0.22 * max(6, len(order)))
        figure = figures.new_figure(8.0, height)
        figures.draw_overlaps(figure, found)
        about = {"title": found.scenario.title, "seed": str(found.seed)}
        figures.save_figure(figure, folder / "declutter.svg", about)
    text = json.dumps(plain(record(found)), ensure_ascii=False, indent=2, allow_nan=False)
    write_text(folder / "declutter.json", text + "\n", replace=True)


def _told(name: str, estimate: Estimate) -> dict[str, float]:
    return {name: estimate.value, f"{name}_low": estimate.low, f"{name}_high": estimate.high}


def order_of(overlaps: NDArray[np.float64]) -> list[int]:
    """Return groups in an order in which those that overlap stand together.

    The two rows of groups that overlap most, on average over all their pairs, become one row,
    until there is one (average linkage: Sokal and Michener 1958). They are laid end to end in that
    one of four ways in which the two groups that meet there overlap most. Of what is alike the
    first counts, so that the page comes to the same order (decision 25).
    """
    rows = [[number] for number in range(len(overlaps))]
    between = overlaps.copy()
    left = list(range(len(rows)))
    while len(left) > 1:
        sizes = np.array([len(rows[number]) for number in left], float)
        means = between[np.ix_(left, left)] / (sizes[:, None] * sizes[None, :])
        means[np.tril_indices(len(left))] = -1.0
        one, other = (left[place] for place in np.unravel_index(means.argmax(), means.shape))
        ways = [
            (first, second)
            for first in (rows[one], rows[one][::-1])
            for second in (rows[other], rows[other][::-1])
        ]
        first, second = max(ways, key=lambda way: overlaps[way[0][-1], way[1][0]])
        rows[one] = [*first, *second]
        between[one] += between[other]
        between[:, one] = between[one]
        left.remove(other)
    return rows[left[0]] if left else []


def refuse_too_few(scenario: Scenario) -> None:
    """Raise ``ScenarioError`` where there are not two partnerships."""
    if len(scenario.partnerships) < 2:
        got = "one partnership" if scenario.partnerships else "no partnership"
        message = f"got {got}; allowed two or more: cgsim advise is for the design of one"
        raise ScenarioError([Fault(scenario.name, None, "partnership", message)])


def declutter(
    scenario: Scenario | str | Path,
    out: str | Path | None = None,
    *,
    replicates: int = REPLICATES,
    seed: int = 1,
    set: Settings = (),
    workers: int | None = None,
    scheduler: Any = None,
    patience: float | None = None,
    progress: Progress | bool | None = None,
) -> Decluttered:
    """Return what closing and merging the groups of a landscape does, alone and step by step.

    ``replicates`` runs for every landscape that an interval is told of. ``out`` is a folder that
    keeps what was lived, so that the same call goes on there. ``workers`` counts threads;
    ``scheduler`` is a Dask scheduler that computes instead, for ``patience`` seconds without a
    worker. The result hangs on none of these, nor on the order of tables in the file. Raises
    ``ScenarioError`` where there are not two partnerships, ``ClusterLost``, ``CannotWrite``, and
    ``OutputInUse`` where another process works in the folder.
    """
    whole_number("replicates", replicates, FEWEST_RUNS, 10**6)
    whole_number("seed", seed, 0, 2**63 - 1)
    landscape = in_order_of_names(as_scenario(scenario, set))
    refuse_too_few(landscape)
    refuse_the_impossible([landscape], replicates, 3)
    refuse_vain_patience(scheduler, patience)
    crew = crew_of(workers, scheduler, patience)
    store = None if out is None else Store(Path(out))
    try:
        field = Field(landscape, seed, crew, store, progress_of(progress))
        with nullcontext() if store is None else store.held():
            found = _Search(field, replicates).run()
        return found if store is None else replace(found, set_aside=tuple(store.aside))
    finally:
        crew.close()


class _Search:
    """Tries changes of a landscape, each alone and then one after the other."""

    def __init__(self, field: Field, replicates: int) -> None:
        self.field = field
        self.replicates = replicates
        self.tried = max(FEWEST_TRIED, replicates // SHARE_TRIED)
        self.scenario = field.scenario
        self.lucks = 0
        self.whole_luck = self._next_luck()
        self.as_is: Lived | None = None  # on that luck

    def run(self) -> Decluttered:
        as_is, first = self.field.first(self.replicates)
        agendas = np.zeros(
            (len(self.scenario.partnerships), int(self.scenario.values["objectives"]))
        )
        for number, group in enumerate(self.scenario.partnerships):
            agendas[number, list(group.focus)] = 1.0
        self.founders = Founders(first.flags, agendas > 0.0)
        self.base = _base(as_is)
        overlaps = self.founders.overlaps()
        alone = self._changes(())
        lived = self._live("each", [(), *((step,) for step in alone)], self.replicates, luck=0)
        now, rest = lived[0], lived[1:]
        changes = [self._change(now, one) for one in rest]
        closings = [n for n, step in enumerate(alone) if isinstance(step, Close)]
        steps, refused = self._path(dict(zip(alone, (c.gain for c in changes), strict=True)))
        # Without a group nothing is gained or lost: the landscape's own gain over all apart.
        against = self._against_apart(as_is)
        return Decluttered(
            scenario=self.scenario,
            seed=self.field.seed,
            replicates=self.replicates,
            tried=self.tried,
            now=against,
            groups=_groups(self.scenario, first, [changes[n] for n in closings], overlaps),
            merges=_merges(
                self.scenario,
                [(alone[n], changes[n]) for n in range(len(alone)) if n not in closings],
                overlaps,
            ),
            overlaps=overlaps,
            steps=tuple(steps),
            refused=refused,
        )

    def _against_apart(self, as_is: Lived) -> Estimate:
        """Return what the landscape gains over the same money against all agencies apart."""
        beyond = as_is.over_money - (0.0 if self.field.money else as_is.alone)
        return statistics.mean(beyond / self.base)

    def _changes(self, steps: Sequence[Step]) -> list[Step]:
        """Return what may be changed after some steps: every closing, and merges that overlap."""
        gone = {step.groups[-1] for step in steps}
        left = [b for b in range(len(self.scenario.partnerships)) if b not in gone]
        overlaps = self.founders.overlaps(steps)
        pairs = [(a, b) for place, a in enumerate(left) for b in left[place + 1 :]]
        overlapping = [pair for pair in pairs if overlaps[pair] > 0.0]
        overlapping.sort(key=lambda pair: -overlaps[pair])  # the order of names where alike
        merges = [self._merge(*pair) for pair in overlapping[: len(left)]]
        closed = {self._identity((*steps, Close(b))) for b in left}
        # To merge two with the same members and agenda is to close one of them.
        new = [merge for merge in merges if self._identity((*steps, merge)) not in closed]
        return [*(Close(b) for b in left), *new]

    def _identity(self, steps: Sequence[Step]) -> Any:
        made = changed(self.scenario, steps, self.founders)
        return tuple(
            (g.recruit, g.size, g.members, g.focus, g.levers["start"]) for g in made.partnerships
        )

    def _merge(self, one: int, other: int) -> Merge:
        """Return the merge of two: who begins first goes on, or comes first by name."""
        groups = self.scenario.partnerships
        earlier = groups[one].levers["start"] <= groups[other].levers["start"]
        return Merge(one, other) if earlier else Merge(other, one)

    def _live(
        self, name: str, landscapes: Sequence[Sequence[Step]], count: int, luck: int
    ) -> list[Lived]:
        made = [
            (_called(steps), changed(self.scenario, steps, self.founders)) for steps in landscapes
        ]
        return self.field.live(name, made, luck, count)

    def _next_luck(self) -> int:
        self.lucks += 1
        return self.lucks * LUCK_STEP

    def _path(self, last: dict[Step, Estimate]) -> tuple[list[Taken], Taken | None]:
        """Take the best step after the other; ``last`` is what each change did alone."""
        done: list[Taken] = []
        steps: tuple[Step, ...] = ()
        screened = True
        while changes := (list(last) if screened else self._changes(steps)):
            refused: Taken | None = None
            changes.sort(key=lambda step: -last[step].value if step in last else -np.inf)
            for round_of in self._rounds(steps, changes, last, len(done) + 1, screened):
                taken = self._take_best(steps, round_of, last, len(done) + 1, len(changes))
                if taken is not None and taken.gain.low > 0.0:
                    break
                if taken and (refused is None or taken.gain.value > refused.gain.value):
                    refused = taken
            else:
                return done, refused
            done.append(taken)
            steps = (*steps, taken.step)
            screened = False
        return done, None

    def _rounds(
        self,
        steps: Sequence[Step],
        changes: Sequence[Step],
        last: dict[Step, Estimate],
        number: int,
        screened: bool,
    ) -> Iterator[Sequence[Step]]:
        """Yield what a step is chosen from: a few that promise most, then all that are left.

        What a change does falls as others are made, mostly. So where the best of those that were
        tried does more than the next did when it was last tried, the rest need no trial (lazy
        greedy search: Minoux 1978). ``changes`` in the order of what they did; ``last``, what each
        did when last tried, is brought up to date; ``screened``: it is already.
        """
        tried = MOST_LOOKED_AT if screened else 0
        promised = [last[step].value if step in last else np.inf for step in changes]
        while tried < min(MOST_LOOKED_AT, len(changes)):
            few = changes[tried : tried + A_FEW]
            last |= self._try(steps, few, number)
            tried += len(few)
            best = max(last[step].value for step in changes[:tried])
            if tried < len(changes) and best >= promised[tried]:
                break
        yield changes[:tried]
        if rest := changes[tried:]:
            if not screened:
                last |= self._try(steps, rest, number)
            yield rest

    def _take_best(
        self,
        steps: Sequence[Step],
        changes: Sequence[Step],
        last: dict[Step, Estimate],
        number: int,
        tried: int,
    ) -> Taken | None:
        """Return the first of two changes that is confirmed; else the better one, if any gained.

        The two are that which did most when it was tried, and that which most surely did something:
        a merge may do most by chance alone.
        """
        most = max(changes, key=lambda step: last[step].value)
        surest = max(changes, key=lambda step: last[step].low)
        taken: Taken | None = None
        for change in dict.fromkeys((most, surest)):
            if last[change].value > 0.0:
                found = self._take(steps, change, number, tried)
                if found.gain.low > 0.0:
                    return found
                if taken is None or found.gain.value > taken.gain.value:
                    taken = found
        return taken

    def _try(
        self, steps: Sequence[Step], changes: Sequence[Step], number: int
    ) -> dict[Step, Estimate]:
        """Return the gain of every change after some steps, on a few runs."""
        landscapes = [steps, *((*steps, change) for change in changes)]
        lived = self._live(f"step-{number}-tried", landscapes, self.tried, self._next_luck())
        return {
            change: self._change(lived[0], one).gain
            for change, one in zip(changes, lived[1:], strict=True)
        }

    def _take(self, steps: Sequence[Step], best: Step, number: int, tried: int) -> Taken:
        """Return what a step does on runs that it was not chosen on."""
        landscapes = [steps, (*steps, best)]
        luck = self._next_luck()
        before, after = self._live(f"step-{number}", landscapes, self.replicates, luck)
        found = self._change(before, after)
        whole = self._whole((*steps, best), number)
        names = [p.name for p in self.scenario.partnerships]
        gone = len({step.groups[-1] for step in (*steps, best)})
        return Taken(
            step=best,
            words=tuple(names[b] for b in best.groups),
            tried=tried,
            gain=found.gain,
            whole=whole,
            units=found.units,
            overhead_hours=found.overhead_hours,
            joint_hours=found.joint_hours,
            own_hours=found.own_hours,
            left=len(names) - gone,
        )

    def _whole(self, steps: Sequence[Step], number: int) -> Estimate:
        """Return what all steps do together, on luck by which no step was chosen or confirmed."""
        if self.as_is is None:
            (self.as_is,) = self._live("whole-0", [()], self.replicates, self.whole_luck)
        (after,) = self._live(f"whole-{number}", [steps], self.replicates, self.whole_luck)
        return self._change(self.as_is, after).gain

    def _change(self, before: Lived, after: Lived) -> Changed:
        """Return what one landscape does beyond another, run by run."""
        extra = after.over_money - before.over_money
        years = self._years
        return Changed(
            gain=statistics.mean(extra / self.base),
            units=float(np.mean(extra)) / years,
            overhead_hours=statistics.mean(after.overhead_hours - before.overhead_hours),
            joint_hours=statistics.mean(after.joint_hours - before.joint_hours),
            own_hours=statistics.mean(after.own_hours - before.own_hours),
        )

    @property
    def _years(self) -> float:
        months = float(self.scenario.values["months"])
        first = min(p.levers["start"] for p in self.scenario.partnerships)
        return max(1.0, months - first) / MONTHS_A_YEAR


@dataclass(frozen=True)
class Changed:
    """What a change does: run by run, means with intervals."""

    gain: Estimate  #: of the area over the same money, a share of what all met apart
    units: float  #: units of need a year
    overhead_hours: Estimate
    joint_hours: Estimate
    own_hours: Estimate


def _base(as_is: Lived) -> float:
    """Return what all agencies met apart since a group began, in all months where none did.

    The mean over runs: intervals come from other luck, so nothing can be paired with its runs.
    """
    base = float(np.where(as_is.base > 0.0, as_is.base, as_is.alone).mean())
    return base if base > 0.0 else 1.0


def _groups(
    scenario: Scenario,
    first: First,
    changes: Sequence[Changed],
    overlaps: NDArray[np.float64],
) -> pd.DataFrame:
    """Return a row a group: what closing it alone does, what it does, and whom it overlaps."""
    import pandas as pd

    rows = []
    for number, (group, change) in enumerate(zip(scenario.partnerships, changes, strict=True)):
        nearest = int(overlaps[number].argmax())
        row: dict[str, Any] = {
            "group": group.name,
            **_told("without", change.gain),
            "units_a_year": change.units,
        }
        joint = first.lives[:, number, COLUMN["joint_hours"]]
        for name in ("overhead_hours", "own_hours"):
            row |= _told(name, getattr(change, name))
        # Its own joint work is gone with it; what is left of the change is other groups'.
        row["other_joint_hours"] = change.joint_hours.value + float(joint.mean())
        for name in ("months", "members", "joint_met", "joint_hours"):
            values = first.lives[:, number, COLUMN[name]]
            row[f"its_{name}"] = float(np.nanmean(values)) if not np.isnan(values).all() else np.nan
        row["most_like"] = scenario.partnerships[nearest].name if overlaps[number].any() else None
        row["overlap"] = float(overlaps[number, nearest])
        rows.append(row)
    return pd.DataFrame(rows)


def _merges(
    scenario: Scenario, tried: Sequence[tuple[Step, Changed]], overlaps: NDArray[np.float64]
) -> pd.DataFrame:
    """Return a row a pair: what merging them alone does."""
    import pandas as pd

    names = [p.name for p in scenario.partnerships]
    columns = ["group", "with", "overlap", "gain", "gain_low", "gain_high", "units_a_year"]
    rows = [
        {
            "group": names[step.groups[0]],
            "with": names[step.groups[1]],
            "overlap": float(overlaps[step.groups]),
            **_told("gain", change.gain),
            "units_a_year": change.units,
        }
        for step, change in tried
    ]
    return pd.DataFrame(rows, columns=columns)


def _called(steps: Sequence[Step]) -> str:
    """Return what a landscape is called in the folder."""
    told = [
        f"merge {step.other} into {step.keeper}"
        if isinstance(step, Merge)
        else f"close {step.group}"
        for step in steps
    ]
    return ", ".join(told) or "as it is"
