"""Advice: which design of a partnership is robust over what is uncertain, and whether to form it.

Every design of a few levers lives the same draws from the priors, with the same luck. A design is
robust where a bad draw, the lowest quarter of them, still goes well.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cgsim.engine.run import Progress
from cgsim.experiment import statistics
from cgsim.experiment.batch import run_experiment
from cgsim.experiment.design import MOST_POINTS, Experiment, Factor, Maker, Point, prior_factors
from cgsim.experiment.evidence import depends_on
from cgsim.experiment.given_points import read_points
from cgsim.experiment.words import beyond_in_words, joined, meetings_in_words, percent
from cgsim.scenario.errors import Fault, ScenarioError
from cgsim.scenario.model import Scenario
from cgsim.scenario.outside import name_of
from cgsim.scenario.parameters import BY_NAME

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
FEWEST_DRAWS = 20
QUARTILE = 0.25
RESAMPLES = 999
MEASURE = "gain_over_equal_money"
"""Money from outside has to beat the same money for services; without a fund it is the gain."""

FORM, DEPENDS, DO_NOT_FORM = "form", "depends", "do not form"


@dataclass(frozen=True)
class Advice:
    """What came of every design over the draws.

    ``designs`` has a row a design, the most robust first: its levers; ``p25``, ``median`` and
    ``p75`` over draws of the mean gain over equal money; ``p25_low`` and ``p25_high`` (95 %
    bootstrap over draws); ``loses``, the share of draws in which it is below 0, with Wilson's
    ``loses_low`` and ``loses_high``; ``overhead_hours``; and ``like_best``, whether its lowest
    quarter cannot be told from the best one.
    """

    verdict: str  #: ``FORM``, ``DEPENDS`` or ``DO_NOT_FORM``
    designs: pd.DataFrame
    advised: int  #: the row of the design that is advised
    present: Mapping[str, float]  #: the scenario's own design, as a row of ``designs``
    change: statistics.Estimate  #: of the mean gain, from the present design to the advised one
    depends: tuple[Mapping[str, Any], ...]  #: where the advised design gains, as a shallow tree
    draws: int
    replicates: int
    drawn_anew: tuple[str, ...] = ()  #: whose values in the scenario the advice does not use
    given: str = ""  #: the file of draws that it rests on in place of the priors


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
    given: Sequence[Point] | None = None,
) -> tuple[Experiment, ...]:
    """Return two experiments on the same draws and luck: every design, and the present one.

    ``given`` are draws to use in place of some from the priors.
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
        measures=("gain", MEASURE, "overhead_hours"),
        name=scenario.name,
        title=f"Advice on {scenario.title}",
        question="Which design is robust over what is uncertain?",
    )
    if given is None:
        return every, replace(every, factors=drawn, in_a_row=1)
    settings = [
        dict(zip(levers, values, strict=True)) for values in itertools.product(*levers.values())
    ]
    crossed = tuple({**draw, **setting} for draw in given for setting in settings)
    every = replace(every, design="draws", factors=(), listed=crossed, draws=len(crossed))
    return every, replace(every, listed=tuple(given), draws=len(given), in_a_row=1)


def read_draws(scenario: Scenario, path: Path) -> tuple[Point, ...]:
    """Return the draws in a file, such as ``posterior.parquet``; raise where one does not fit."""
    points, lines = read_points(path, MOST_POINTS)
    if len(points) < FEWEST_DRAWS:
        message = f"got {len(points)} draws; allowed {FEWEST_DRAWS} or more"
        raise ScenarioError([Fault(name_of(path), None, "", message)])
    maker = Maker({scenario.name: scenario})
    for point, line in zip(points, lines, strict=True):
        try:
            maker.scenario(point)
        except ScenarioError as error:
            told = error.faults[0]
            fault = Fault(name_of(path), line, told.key, told.message)
            raise ScenarioError([fault]) from None
    return points


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
    given: Path | None = None,
) -> Advice:
    """Run what is missing of the designs in ``out``, and return the advice.

    ``given`` is a file of draws to use in place of ``draws`` from the priors.
    """
    points = None if given is None else read_draws(scenario, given)
    draws = draws if points is None else len(points)
    every, present = plan(scenario, draws, replicates, seed, points)
    batch = run_experiment(every, out / "designs", workers=workers, progress=progress)
    own = run_experiment(present, out / "present", workers=workers)
    shape = (draws, every.in_a_row, replicates)
    gains = np.nanmean(batch.matrix(MEASURE).reshape(shape), axis=2)
    hours = np.nanmean(batch.matrix("overhead_hours").reshape(shape), axis=(0, 2))
    keys = list(levers_of(scenario))
    settings = [{k: point[k] for k in keys} for point in every.points[: every.in_a_row]]
    own_gains = np.nanmean(own.matrix(MEASURE), axis=1)
    levers = scenario.partnerships[0].levers
    size = scenario.partnerships[0].size
    described = {k: float(size if k == "size" else levers[k]) for k in keys}
    described |= _spread(own_gains) | {
        "overhead_hours": float(np.nanmean(own.matrix("overhead_hours")))
    }
    found = weigh(settings, gains, hours, own_gains, described, present.points, replicates)
    if given is not None:
        return replace(found, given=given.name)
    return replace(found, drawn_anew=drawn_anew(scenario))


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
) -> Advice:
    """Return the advice from the mean gain of every draw and design, (draws, designs).

    Among designs whose lowest quarter cannot be told from the best one, the one that loses in the
    fewest draws is advised, then the one with the fewest hours of overhead.
    """
    import pandas as pd

    draws, designs = gains.shape
    rng = np.random.default_rng(statistics.BOOTSTRAP_SEED)
    resampled = np.empty((RESAMPLES, designs))
    for number in range(RESAMPLES):
        rows = rng.integers(0, draws, draws)
        resampled[number] = np.quantile(gains[rows], QUARTILE, axis=0)
    tail = (1 - statistics.LEVEL) / 2
    table = pd.DataFrame([{**s, **_spread(g)} for s, g in zip(settings, gains.T, strict=True)])
    table["overhead_hours"] = hours
    table["p25_low"], table["p25_high"] = np.quantile(resampled, [tail, 1 - tail], axis=0)
    best = int(table["p25"].to_numpy().argmax())
    behind = np.quantile(resampled[:, [best]] - resampled, tail, axis=0)
    table["like_best"] = behind <= 0.0
    table["design"] = np.arange(designs)
    # A design that may lose in more than a quarter of draws is no tie for one that does not.
    alike = table[table["like_best"] & ((table["p25"] > 0.0) | (table["p25"].max() <= 0.0))]
    alike = alike.sort_values(["loses", "overhead_hours"], kind="stable")
    advised = int(alike["design"].iloc[0])
    chosen = gains[:, advised]
    gaining = float(np.mean(chosen > 0.0))
    if np.quantile(chosen, QUARTILE) > 0.0:
        verdict = FORM
    else:
        verdict = DEPENDS if gaining >= 0.5 else DO_NOT_FORM
    leaves: tuple[Mapping[str, Any], ...] = ()
    if verdict == DEPENDS:
        leaves, _ = depends_on(points, chosen > 0.0)
    table = table.sort_values("p25", ascending=False, kind="stable").reset_index(drop=True)
    return Advice(
        verdict=verdict,
        advised=int(np.flatnonzero(table["design"] == advised)[0]),
        designs=table.drop(columns="design"),
        present=described,
        change=statistics.mean(chosen - present),
        depends=leaves,
        draws=draws,
        replicates=replicates,
    )


def sentences(advice: Advice) -> list[str]:
    """Return the advice in words."""
    row = advice.designs.iloc[advice.advised]
    words = described({k: row[k] for k in LEVERS if k in advice.designs})
    told = {
        FORM: "Over what is uncertain, a partnership pays in most cases if it is kept to a robust "
        "design.",
        DEPENDS: "It depends: even the most robust design loses in more than a quarter of the "
        "draws, though it gains in at least half of them.",
        DO_NOT_FORM: "Do not form a partnership for this: even the most robust design of those "
        "tried gains in fewer than half of the draws.",
    }
    if advice.given:
        rests = (
            f"What is uncertain is drawn from {advice.given}. The advice is as good as these draws."
        )
    else:
        rests = _rests_on(advice.drawn_anew)
    lines = [told[advice.verdict], rests]
    quarter = f"In the lowest quarter of draws its gain is {percent(row.p25)} or less"
    lines.append(
        f"The design that is advised{' if it is to be formed' * (advice.verdict != FORM)}: {words}."
        f" {quarter} (95 % interval {percent(row.p25_low)} to {percent(row.p25_high)}), in the "
        f"middle {percent(row['median'])}; it loses in {percent(row.loses, 0)} of draws "
        f"({100 * row.loses_low:.0f} to {100 * row.loses_high:.0f} %)."
    )
    lines.append(_tried(advice))
    others = int(advice.designs.like_best.sum()) - 1
    if others:
        lines.append(
            f"{others} of the other {len(advice.designs) - 1} designs cannot be told from the best "
            "by their lowest quarter. Of these, the one that loses least often is advised, then "
            "the one with the fewest hours of overhead."
        )
    now = advice.present
    design = described({k: now[k] for k in LEVERS if k in now})
    change = beyond_in_words("The advised design", "this one", advice.change, "draw by draw")
    lines.append(
        f"As it stands, with {design}, the scenario has "
        f"{percent(now['p25'])} at the lowest quarter and loses in {percent(now['loses'], 0)} of "
        f"draws. {change}."
    )
    for leaf in sorted(advice.depends, key=lambda leaf: -leaf["share"]):
        lines.append(
            f"Where {' and '.join(leaf['where'])}: it gains in {percent(leaf['share'], 0)} of "
            f"{leaf['draws']} draws."
        )
    return lines


def _rests_on(anew: tuple[str, ...]) -> str:
    """Say that the advice is not on the scenario's own values of what is uncertain."""
    said = "All that is uncertain is drawn anew over its whole range, whatever the scenario says"
    if anew:
        said += f" (here it has values of its own for {joined(anew)})"
    return (
        f"{said}. So this is advice to such a partnership where nobody knows these values, and may "
        "differ from what the scenario itself shows in cgsim run or cgsim compare."
    )


def _tried(advice: Advice) -> str:
    """Say which values of each lever were tried, and where the advised design is at their edge."""
    row = advice.designs.iloc[advice.advised]
    levers = [key for key in LEVERS if key in advice.designs]
    values, edges = [], []
    for key in levers:
        tried = sorted(set(advice.designs[key]))
        values.append(f"{_NAMES[key]} {joined([f'{value:g}' for value in tried])}")
        # Nothing lies beyond no fund, and a lever with one value was not varied.
        if len(tried) > 1 and row[key] in (tried[0], tried[-1]) and row[key] != 0:
            edges.append(_EDGES[key][int(row[key] == tried[-1])])
    said = f"Tried were {'; '.join(values)}."
    if edges:
        said += (
            f" The advised design has {joined(edges)} of these: it is at the edge of what was "
            "tried, and what lies beyond may be better or worse."
        )
    return said


_NAMES = {
    "size": "members:",
    "meetings": "meetings a month:",
    "lead_strength": "strength of the lead (0 to 1):",
    "fund": "fund in hours a month:",
}
_EDGES = {
    "size": ("the fewest members", "the most members"),
    "meetings": ("the fewest meetings", "the most meetings"),
    "lead_strength": ("the weakest lead", "the strongest lead"),
    "fund": ("the smallest fund", "the largest fund"),
}


def described(design: Mapping[str, float]) -> str:
    """Return a design in words."""
    return ", ".join(setting(key, value) for key, value in design.items())


def setting(key: str, value: float) -> str:
    """Return one lever's value in words."""
    if key == "meetings":
        return meetings_in_words(value)
    if key == "size":
        return f"{value:g} members"
    if key == "lead_strength":
        return f"a lead of strength {value:g} (0 to 1)"
    return f"a fund of {value:g} hours a month" if value else "no fund"


def by_lever(advice: Advice) -> pd.DataFrame:
    """Return ``p25`` and ``loses`` of the most robust design with each value of each lever."""
    import pandas as pd

    rows = []
    for key in (k for k in LEVERS if k in advice.designs):
        for value, group in advice.designs.groupby(key):
            first = group.sort_values("p25", ascending=False).iloc[0]
            rows.append({"lever": key, "value": value, "p25": first.p25, "loses": first.loses})
    return pd.DataFrame(rows)
