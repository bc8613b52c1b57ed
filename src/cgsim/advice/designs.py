"""Advice: which design of a partnership is robust over what is uncertain, and whether to form it.

Every design of a few levers lives the same draws of what is uncertain, with the same luck. A
design is robust where a bad draw, the lowest quarter of them, still goes well.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cgsim import statistics
from cgsim.analysis.tree import depends_on
from cgsim.answer import advice as wording
from cgsim.answer.compare import BY_AREA, BY_FOUNDERS
from cgsim.answer.record import plain
from cgsim.engine.run import Progress
from cgsim.experiment.design import Experiment, Factor, prior_factors
from cgsim.experiment.posterior import FEWEST_DRAWS, Posterior
from cgsim.running.batch import Batch, run_experiment
from cgsim.scenario.errors import Fault, ScenarioError
from cgsim.scenario.model import Scenario
from cgsim.scenario.parameters import BY_NAME
from cgsim.store.writing import write_csv, write_workbook

if TYPE_CHECKING:
    import pandas as pd

LEVERS: Mapping[str, tuple[float, ...]] = {
    "size": (3, 5, 8, 12),
    "meetings": (0.5, 1, 2),
    "lead_strength": (0.3, 0.6, 0.9),
    "fund": (0, 100),
}
"""The designs that are tried: every combination of these."""
DRAWS, REPLICATES = 100, 8
QUARTILE = 0.25
RESAMPLES = 999

FORM, DEPENDS, DO_NOT_FORM = "form", "depends", "do not form"


@dataclass(frozen=True)
class Beside:
    """A neighbour of the advised design: one lever is set one step higher or lower."""

    key: str
    value: float
    change: statistics.Estimate  #: of the mean gain, from the advised design to this one
    loses: float  #: share of draws


@dataclass(frozen=True)
class Curve:
    """What one lever does with all else as the scenario has it."""

    key: str
    values: tuple[float, ...]
    means: tuple[float, ...]  #: mean gain over draws at each value
    loses: tuple[float, ...]  #: share of draws
    advised: int  #: the place of the value that is advised
    best: int  #: the place of the highest mean
    lead: statistics.Estimate  #: of the mean gain, of the best value over the advised one
    switched: statistics.Estimate | None  #: of the mean, if the advised design took the best value
    switched_loses: float  #: and the share of draws in which it would lose then


@dataclass(frozen=True)
class Advice:
    """What came of every design over the draws.

    ``designs`` has a row a design in the order of the one rule, the advised one first: its levers;
    ``p25``, ``median`` and ``p75`` over draws of the mean of ``measure``; ``p25_low`` and
    ``p25_high`` (95 % bootstrap over draws); ``loses``, the share of draws in which it is below 0,
    with Wilson's ``loses_low`` and ``loses_high``; ``overhead_hours``; and ``like_best``, whether
    its lowest quarter cannot be told from the best one.
    """

    verdict: str  #: ``FORM``, ``DEPENDS`` or ``DO_NOT_FORM``
    designs: pd.DataFrame
    present: Mapping[str, float]  #: the scenario's own design, as a row of ``designs``
    change: statistics.Estimate  #: of the mean gain, from the present design to the advised one
    depends: tuple[Mapping[str, Any], ...]  #: where the advised design gains, as a shallow tree
    draws: int
    replicates: int
    measure: str = BY_AREA
    beside: tuple[Beside, ...] = ()
    curves: tuple[Curve, ...] = ()
    drawn_anew: tuple[str, ...] = ()  #: whose values in the scenario the advice does not use
    known: tuple[str, ...] = ()  #: uncertain inputs that the scenario knows: they are not drawn
    given: Mapping[str, str] | None = None  #: what its draws rest on, where not on the priors alone
    there: int = 0  #: how many draws there are of what is given
    present_first: bool = False
    """Whether the one rule would put the present design before all that were tried."""

    @property
    def levers(self) -> list[str]:
        """The levers that were varied."""
        return [key for key in LEVERS if key in self.designs]

    def by_lever(self) -> pd.DataFrame:
        """Return ``p25`` and ``loses`` of the first design by the rule with each lever's value."""
        import pandas as pd

        rows = []
        for key in self.levers:
            for value, group in self.designs.groupby(key):
                first = group.iloc[0]
                rows.append({"lever": key, "value": value, "p25": first.p25, "loses": first.loses})
        return pd.DataFrame(rows)


def record(found: Advice, given: Posterior | None = None) -> dict[str, Any]:
    """Return all that was found, as data and in statements; ``given`` are the draws it rests on."""
    return {
        "verdict": found.verdict,
        "measure": found.measure,
        "given": None if given is None else given.about(),
        "advised": found.designs.iloc[0].to_dict(),
        "present": dict(found.present),
        "change": vars(found.change),
        "beside": [plain(one) for one in found.beside],
        "curves": [plain(one) for one in found.curves],
        "drawn_anew": list(found.drawn_anew),
        "known": list(found.known),
        "depends": list(found.depends),
        "designs": found.designs.to_dict("records"),
        "statements": [plain(one) for one in wording.statements(found)],
    }


def save(found: Advice, folder: Path, scenario: Scenario, seed: int) -> None:
    """Write the designs as CSV and as a workbook, and the picture, into a folder."""
    from cgsim.pictures import figures

    write_csv(folder / "advice.csv", found.designs)
    write_workbook(folder / "advice.xlsx", {"Designs": found.designs})
    figures.save_drawing(
        folder / "advice.svg",
        (7.0, 4.6),
        lambda axes: figures.draw_designs(axes, found),
        f"Advice on {scenario.title}",
        seed,
    )


def measure_of(levers: Mapping[str, Any]) -> str:
    """Return what designs are ranked by, over the same money: of the area where members differ."""
    return BY_AREA if "size" in levers else BY_FOUNDERS


def levers_of(scenario: Scenario) -> dict[str, tuple[float, ...]]:
    """Return the levers that can be varied; raise where there is not one partnership."""
    if len(scenario.partnerships) != 1:
        message = (
            f"got {len(scenario.partnerships)} partnerships; "
            "allowed a scenario with one partnership, as the advice is on the design of one"
        )
        raise ScenarioError([Fault(scenario.name, None, "partnership", message)])
    levers = dict(LEVERS)
    agencies = int(scenario.values["agencies"])
    given = scenario.partnerships[0].recruit in ("names", "all")
    levers["size"] = tuple(size for size in LEVERS["size"] if size <= agencies)
    if given or not levers["size"]:
        del levers["size"]
    return levers


def plan(
    scenario: Scenario,
    draws: int,
    replicates: int,
    seed: int,
    given: Posterior | None = None,
) -> tuple[Experiment, ...]:
    """Return experiments on the same draws and luck.

    Every design, the present one, and each lever varied alone in the present one. ``given`` are
    draws to use in place of those from the priors, so many of them.
    """
    levers = levers_of(scenario)
    drawn = prior_factors(scenarios=[scenario])
    designs = int(np.prod([len(values) for values in levers.values()]))
    every = Experiment(
        scenarios={scenario.name: scenario},
        design="priors",
        factors=(*(Factor(key, values) for key, values in levers.items()), *drawn),
        draws=draws,
        replicates=replicates,
        seed=seed,
        luck="own",
        in_a_row=designs,
        measures=("gain", measure_of(levers), "overhead_hours"),
        name=scenario.name,
        title=f"Advice on {scenario.title}",
        question="Which design is robust over what is uncertain?",
    )
    if given is None:
        alone = (
            replace(every, factors=(Factor(key, values), *drawn), in_a_row=len(values))
            for key, values in levers.items()
        )
        return every, replace(every, factors=drawn, in_a_row=1), *alone

    kept, about = given.some(draws), given.about()

    def crossed(varied: Mapping[str, Sequence[float]]) -> Experiment:
        """Return every given draw with every combination of some levers' values."""
        # A table of points holds each column as whole numbers or as numbers throughout.
        kinds = {k: float if any(map(_is_broken, values)) else int for k, values in varied.items()}
        settings = [
            {key: kinds[key](value) for key, value in zip(varied, values, strict=True)}
            for values in itertools.product(*varied.values())
        ]
        listed = tuple({**draw, **setting} for draw in kept for setting in settings)
        return replace(
            every,
            design="draws",
            factors=(),
            listed=listed,
            draws=len(listed),
            in_a_row=len(settings),
            given=about,
        )

    return crossed(levers), crossed({}), *(crossed({key: levers[key]}) for key in levers)


def _is_broken(value: float) -> bool:
    return value != int(value)


def drawn_anew(scenario: Scenario) -> tuple[str, ...]:
    """Return the parameters that a scenario gives other values than usual, and the advice draws."""
    drawn = (BY_NAME[factor.key] for factor in prior_factors(scenarios=[scenario]))
    return tuple(p.name for p in drawn if scenario.values[p.name] != p.default)


def advise(
    scenario: Scenario,
    out: Path,
    *,
    draws: int = DRAWS,
    replicates: int = REPLICATES,
    seed: int = 1,
    workers: int | None = None,
    progress: Progress | None = None,
    given: Posterior | None = None,
) -> Advice:
    """Run what is missing of the designs in ``out``, and return the advice.

    ``given`` are draws to use in place of those from the priors, ``draws`` of them at most. Raises
    ``ScenarioError`` where they do not hold for the scenario.
    """
    if given is not None:
        given.check([scenario])
        draws = len(given.some(max(draws, FEWEST_DRAWS)))
    every, present, *alone = plan(scenario, draws, replicates, seed, given)
    levers = levers_of(scenario)
    measure = measure_of(levers)
    batch = run_experiment(every, out / "designs", workers=workers, progress=progress)
    own = run_experiment(present, out / "present", workers=workers)

    def means(batch: Batch, name: str) -> NDArray[np.float64]:
        """Return the mean of every draw and setting, (draws, settings)."""
        return np.asarray(np.nanmean(batch.matrix(name), axis=1).reshape(draws, -1))

    lines = {}
    for key, experiment in zip(levers, alone, strict=True):
        lived = run_experiment(experiment, out / f"{key}-alone", workers=workers)
        lines[key] = means(lived, measure)
    settings = [{k: point[k] for k in levers} for point in every.points[: every.in_a_row]]
    own_gains = means(own, measure)[:, 0]
    described = own_design(scenario, levers) | _spread(own_gains)
    described["overhead_hours"] = float(means(own, "overhead_hours").mean())
    found = weigh(
        settings,
        means(batch, measure),
        means(batch, "overhead_hours").mean(axis=0),
        own_gains,
        described,
        present.points,
        replicates,
        measure,
        lines,
    )
    if given is not None:
        return replace(found, given=given.basis, there=len(given.points))
    return replace(found, drawn_anew=drawn_anew(scenario), known=scenario.known_and_read)


def own_design(scenario: Scenario, levers: Iterable[str]) -> dict[str, float]:
    """Return the levers of a scenario's partnership as they stand."""
    one = scenario.partnerships[0]
    return {key: float(one.size if key == "size" else one.levers[key]) for key in levers}


def _spread(values: NDArray[np.float64]) -> dict[str, float]:
    low, middle, high = np.quantile(values, [QUARTILE, 0.5, 1 - QUARTILE])
    loses = statistics.share((values < 0.0).astype(float))
    return {
        "p25": float(low),
        "median": float(middle),
        "p75": float(high),
        "loses": loses.value,
        "loses_low": loses.low,
        "loses_high": loses.high,
    }


def weigh(
    settings: list[dict[str, Any]],
    gains: NDArray[np.float64],
    hours: NDArray[np.float64],
    present: NDArray[np.float64],
    described: Mapping[str, float],
    points: Any,
    replicates: int,
    measure: str = BY_AREA,
    lines: Mapping[str, NDArray[np.float64]] = MappingProxyType({}),
) -> Advice:
    """Return the advice from the mean gain of every draw and design, (draws, designs).

    One rule orders all designs. Those whose lowest quarter cannot be told from the best one come
    first, the one that loses in the fewest draws before others, then the one with the fewest hours
    of overhead; all others follow by their lowest quarter. ``lines`` holds for each lever the mean
    gain of every draw and value, (draws, values), with all else as the scenario has it.
    """
    import pandas as pd

    draws, designs = gains.shape
    rng = np.random.default_rng(statistics.BOOTSTRAP_SEED)
    resampled = np.empty((RESAMPLES, designs + 1))
    both = np.column_stack([gains, present])
    for number in range(RESAMPLES):
        rows = rng.integers(0, draws, draws)
        resampled[number] = np.quantile(both[rows], QUARTILE, axis=0)
    resampled, own = resampled[:, :designs], resampled[:, designs]
    tail = (1 - statistics.LEVEL) / 2
    table = pd.DataFrame([{**s, **_spread(g)} for s, g in zip(settings, gains.T, strict=True)])
    table["overhead_hours"] = hours
    table["p25_low"], table["p25_high"] = np.quantile(resampled, [tail, 1 - tail], axis=0)
    best = int(table["p25"].to_numpy().argmax())
    behind = np.quantile(resampled[:, [best]] - resampled, tail, axis=0)
    # A design that may lose in more than a quarter of draws is no tie for one that does not.
    safe = (table["p25"] > 0.0) | (table["p25"].max() <= 0.0)
    table["like_best"] = (behind <= 0.0) & safe
    alike = table[table["like_best"]].sort_values(["loses", "overhead_hours"], kind="stable")
    others = table[~table["like_best"]].sort_values("p25", ascending=False, kind="stable")
    table = pd.concat([alike, others])
    advised = int(table.index[0])
    chosen = gains[:, advised]
    quarter, first = np.quantile(present, QUARTILE), table.iloc[0]
    rank = (float(np.mean(present < 0.0)), described.get("overhead_hours", np.inf))
    # As any design is ranked that was tried.
    tied = np.quantile(resampled[:, best] - own, tail) <= 0.0
    allowed = quarter > 0.0 or first.p25 <= 0.0
    present_first = bool(tied and allowed and rank < (first.loses, first.overhead_hours))
    gaining = float(np.mean(chosen > 0.0))
    if np.quantile(chosen, QUARTILE) > 0.0:
        verdict = FORM
    else:
        verdict = DEPENDS if gaining >= 0.5 else DO_NOT_FORM
    leaves: tuple[Mapping[str, Any], ...] = ()
    if verdict == DEPENDS:
        leaves, _ = depends_on(points, chosen > 0.0)
    return Advice(
        verdict=verdict,
        designs=table.reset_index(drop=True),
        present=described,
        change=statistics.mean(chosen - present),
        depends=leaves,
        draws=draws,
        replicates=replicates,
        measure=measure,
        beside=tuple(_beside(settings, gains, advised)),
        curves=tuple(_curves(settings, gains, advised, lines)),
        present_first=present_first,
    )


def _tried(settings: Sequence[Mapping[str, Any]], key: str) -> list[float]:
    return sorted({float(setting[key]) for setting in settings})


def _with(
    settings: Sequence[Mapping[str, Any]], gains: NDArray[np.float64], design: Mapping[str, Any]
) -> NDArray[np.float64] | None:
    """Return the mean gain of every draw of a design, (draws,); None for one not tried."""
    place = next((n for n, setting in enumerate(settings) if setting == design), None)
    return None if place is None else gains[:, place]


def _beside(
    settings: Sequence[Mapping[str, Any]], gains: NDArray[np.float64], advised: int
) -> Iterator[Beside]:
    own = settings[advised]
    for key in own:
        values = _tried(settings, key)
        place = values.index(float(own[key]))
        for value in values[max(0, place - 1) : place] + values[place + 1 : place + 2]:
            theirs = _with(settings, gains, {**own, key: value})
            if theirs is not None:
                change = statistics.mean(theirs - gains[:, advised])
                yield Beside(key, value, change, float(np.mean(theirs < 0.0)))


def _curves(
    settings: Sequence[Mapping[str, Any]],
    gains: NDArray[np.float64],
    advised: int,
    lines: Mapping[str, NDArray[np.float64]],
) -> Iterator[Curve]:
    own = settings[advised]
    for key, line in lines.items():
        values = _tried(settings, key)
        place, best = values.index(float(own[key])), int(line.mean(axis=0).argmax())
        theirs = _with(settings, gains, {**own, key: values[best]})
        yield Curve(
            key,
            tuple(values),
            tuple(float(v) for v in line.mean(axis=0)),
            tuple(float(v) for v in (line < 0.0).mean(axis=0)),
            place,
            best,
            statistics.mean(line[:, best] - line[:, place]),
            None if theirs is None else statistics.mean(theirs - gains[:, advised]),
            float("nan") if theirs is None else float(np.mean(theirs < 0.0)),
        )
