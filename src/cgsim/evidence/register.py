"""The register of evidence: the study's claims judged over what is uncertain.

A claim is never judged at the defaults. Parameters that its settings leave open are drawn from
their priors; every draw has luck of its own, which all settings share; and the verdict is the share
of draws in which the claim's pattern is seen (``docs/evidence.md``).
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cgsim import __version__, statistics
from cgsim.analysis.tree import depends_on
from cgsim.answer.catalogue import word
from cgsim.answer.formats import joined, percent
from cgsim.engine.run import Progress
from cgsim.evidence.claims import (
    At,
    Claim,
    Condition,
    CorrelationForm,
    EffectForm,
    MoreForm,
    NearForm,
    ShapeForm,
    SplitForm,
    ValueForm,
    Variant,
    at,
    folder,
)
from cgsim.experiment.design import SCENARIO, Experiment, Point, arm_named, prior_factors
from cgsim.extend.in_use import extensions
from cgsim.running.batch import run_experiment
from cgsim.scenario.errors import Fault, ScenarioError, safe
from cgsim.scenario.writing import toml_value
from cgsim.store.folder import Store
from cgsim.whole import write_text

Array = NDArray[np.float64]
Cube = Callable[[str, str], Array]
"""Returns a measure at a setting, (draws, replicates)."""

SUPPORTED, CONDITIONAL = 0.8, 0.5
"""Least shares of draws for these verdicts; below the second a claim is not supported."""
FEWEST_DRAWS = 20
"""With fewer draws that count, there is no verdict."""
CLEAR = 2.0
"""Standard errors of its replicates by which a draw must differ from none to be clear."""
DRAWS, REPLICATES, SEED = 120, 24, 1
MORE_REPLICATES = 200
"""Where a pattern is of runs among each other: that two measures go together, or two outcomes."""
FEWER_DRAWS, FEWER_REPLICATES = 40, 12
"""Where effects are switched off, which is done for every claim many times."""
REGISTER = "register.json"
MORE = "more"
"""The folder of more draws, where fewer left the verdict near a border."""
NOTHING = "nothing"
"""The whole model, over the fewer draws that effects are switched off in."""


@dataclass(frozen=True)
class Seen:
    """What was seen of one condition: whether it is met in each draw, and how clearly."""

    met: Array  #: (D,) 1 or 0; NaN where it cannot be told
    clear: Array | None = None  #: (D,) standard errors from the bound; None where not defined


def look(condition: Condition, cube: Cube) -> Seen:
    """Return whether a condition is met in each draw."""
    match condition:
        case ValueForm():
            return _value(condition, cube)
        case MoreForm():
            return _contrast(cube(*at(condition.more)) - cube(*at(condition.less)), condition.by)
        case NearForm():
            one, other = (_mean(cube(*at(text))) for text in condition.near)
            return _flags(np.abs(one - other) <= condition.within, one, other)
        case ShapeForm():
            return _shape(condition, cube)
        case EffectForm():
            values = [cube(*at(text)) for text in (*condition.effect, *condition.beats)]
            return _contrast(values[0] - values[1] - (values[2] - values[3]))
        case CorrelationForm():
            r = _correlation(*(cube(m, condition.at) for m in condition.correlation))
            return _flags((r > condition.above) & (r < condition.below), r)
        case SplitForm():
            ends = cube(*at(condition.split))
            low = _mean(np.where(np.isnan(ends), np.nan, ends < condition.low))
            high = _mean(np.where(np.isnan(ends), np.nan, ends > condition.high))
            return _flags((low >= condition.each) & (high >= condition.each), low, high)


def _mean(values: Array) -> Array:
    """Return means over replicates; those that are not a number are left out."""
    there = ~np.isnan(values)
    count = there.sum(axis=1)
    total = np.where(there, values, 0.0).sum(axis=1)
    return np.asarray(np.divide(total, count, out=np.full(len(values), np.nan), where=count > 0))


def _flags(met: NDArray[np.bool_], *values: Array) -> Seen:
    unknown = np.isnan(np.sum(values, axis=0))
    return Seen(np.where(unknown, np.nan, met.astype(float)))


def _contrast(values: Array, by: float = 0.0) -> Seen:
    """Return whether the mean of a paired difference, (D, R), is above ``by``."""
    mean = _mean(values)
    count = (~np.isnan(values)).sum(axis=1)
    squares = np.where(np.isnan(values), 0.0, (values - mean[:, None]) ** 2).sum(axis=1)
    error = np.sqrt(squares / np.maximum(count - 1, 1) / np.maximum(count, 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        clear = np.where((count > 1) & (mean != by), (mean - by) / error, 0.0)
    return Seen(_flags(mean > by, mean).met, clear)


def _value(condition: ValueForm, cube: Cube) -> Seen:
    values = cube(*at(condition.value))
    if condition.stat != "mean":
        with np.errstate(invalid="ignore"):
            end = values.max(axis=1) if condition.stat == "highest" else values.min(axis=1)
        met = np.ones(len(end), bool)
        if condition.above is not None:
            met &= end > condition.above
        if condition.below is not None:
            met &= end < condition.below
        return _flags(met, end)
    sides = []
    if condition.above is not None:
        sides.append(_contrast(values, condition.above))
    if condition.below is not None:
        sides.append(_contrast(-values, -condition.below))
    return _all_of(sides)


def _all_of(seen: Sequence[Seen]) -> Seen:
    """Return what was seen of several conditions that must all be met."""
    met = np.min([s.met for s in seen], axis=0)
    if any(s.clear is None for s in seen):
        return Seen(met)
    return Seen(met, np.min([s.clear for s in seen if s.clear is not None], axis=0))


def _shape(condition: ShapeForm, cube: Cube) -> Seen:
    values = [cube(condition.measure, setting) for setting in condition.along]
    if condition.shape in ("rises", "falls"):
        weights = np.arange(len(values)) - (len(values) - 1) / 2
        slope = sum(w * v for w, v in zip(weights, values, strict=True)) / np.sum(weights**2)
        return _contrast(slope if condition.shape == "rises" else -slope)
    means = np.array([_mean(v) for v in values])
    highest = np.where(np.isnan(means), -np.inf, means).argmax(axis=0)
    inside = highest < len(values) - 1
    if condition.shape == "rises then falls":
        inside &= highest > 0
    return _flags(inside, *means)


def _correlation(first: Array, second: Array) -> Array:
    """Return Pearson's r over the replicates of each draw; NaN where one of them never varies."""
    both = ~(np.isnan(first) | np.isnan(second))
    first, second = np.where(both, first, np.nan), np.where(both, second, np.nan)
    a = np.where(both, first - _mean(first)[:, None], 0.0)
    b = np.where(both, second - _mean(second)[:, None], 0.0)
    below = np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1))
    r = np.full(len(a), np.nan)
    return np.asarray(np.divide((a * b).sum(axis=1), below, out=r, where=below > 1e-12))


@dataclass(frozen=True)
class Verdict:
    """How often a claim's pattern was seen over the priors, and what goes with it."""

    claim: str
    verdict: str  #: "supported", "conditional", "not supported" or "not judged"
    share: float  #: of the draws that count
    low: float  #: of its 95 % interval (Wilson)
    high: float
    draws: int
    judged: int  #: draws that count: those that meet ``where`` and in which all can be told
    clear: float | None  #: share of these in which the pattern is clear of the replicates' luck
    contrary: float | None  #: share in which its opposite is
    parts: tuple[float, ...]  #: share of these in which each condition is met, in the file's order
    means: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  #: see ``means_of``
    highest: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    #: for measures that are to peak: the share of the draws in which each setting is the highest
    depends: tuple[Mapping[str, Any], ...] = ()  #: leaves of the tree, for a conditional claim
    right: tuple[float, float] | None = None  #: the tree's share of right guesses, and without it
    without: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  #: by effect
    by_founders: Mapping[str, Any] | None = None
    #: verdict, share, low and high by the share of what the founders met alone, where it is judged
    #: by the gain of the area
    replicates: int = REPLICATES  #: runs in every draw
    enough: float | None = None  #: the share that is enough, where the claim names its own

    @property
    def near_a_border(self) -> bool:
        """Whether the interval holds a share at which the verdict would be another."""
        borders = (SUPPORTED, CONDITIONAL) if self.enough is None else (self.enough,)
        return any(self.low < border <= self.high for border in borders)

    def to_dict(self) -> dict[str, Any]:
        """Return the verdict as JSON can hold it."""
        kept = {k: v for k, v in vars(self).items() if k not in SELDOM or v is not None}
        return {key: plain(value) for key, value in kept.items()}


SELDOM = ("by_founders", "enough")
"""What few verdicts have, and files of the others do not name."""


def plain(value: Any) -> Any:
    """Return what was found as the register's files have it: rounded, null where not known."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, float):
        return None if math.isnan(value) else round(value, 6)
    return value


def judge(claim: Claim, cube: Cube, draws: Sequence[Point] = ()) -> Verdict:
    """Return the verdict on a claim from the values of its measures.

    ``draws`` holds the drawn parameters of each draw; with them a conditional claim gets the
    conditions on which it depends. Where settings differ in who is a member it is judged by the
    gain of the area, and by the share of what the founders met alone beside that.
    """
    if not claim.by_area:
        return _judge(claim, cube, cube, draws)
    founders = _judge(claim, cube, cube, ())
    by_founders = {key: plain(vars(founders)[key]) for key in ("verdict", "share", "low", "high")}
    return replace(_judge(claim, _of_area(cube), cube, draws), by_founders=by_founders)


def _of_area(cube: Cube) -> Cube:
    """Return a cube in which gain is that of the area."""

    def area(measure: str, setting: str) -> Array:
        return cube("area_gain" if measure == "gain" else measure, setting)

    return area


def seen_in(claim: Claim, cube: Cube) -> Array:
    """Return for each draw whether the pattern is seen: 1 or 0; NaN where the draw is not judged.

    As ``judge`` counts them: by the gain of the area where settings differ in who is a member.
    """
    cube = _of_area(cube) if claim.by_area else cube
    whole = _all_of([look(condition, cube) for condition in claim.holds])
    return np.where(_count(claim, cube, whole), whole.met, np.nan)


def _count(claim: Claim, cube: Cube, whole: Seen) -> NDArray[np.bool_]:
    """Return which draws count: all can be told there, and the claim's ``where`` is met."""
    counts = ~np.isnan(whole.met)
    for condition in claim.where:
        counts &= look(condition, cube).met == 1.0
    return counts


def _judge(claim: Claim, cube: Cube, shown: Cube, draws: Sequence[Point]) -> Verdict:
    """Return the verdict by one cube; the means of ``shown`` stand beside it."""
    seen = [look(condition, cube) for condition in claim.holds]
    whole = _all_of(seen)
    counts = _count(claim, cube, whole)
    judged = int(counts.sum())
    met = whole.met[counts] == 1.0
    found = statistics.share(met.astype(float))
    clear = contrary = None
    if whole.clear is not None and judged:
        clear = float(np.mean(whole.clear[counts] > CLEAR))
        each = np.array([s.clear[counts] for s in seen if s.clear is not None])
        contrary = float(np.mean((each < -CLEAR).any(axis=0)))
    verdict = Verdict(
        claim=claim.id,
        verdict=verdict_on(found, claim.enough),
        share=found.value,
        low=found.low,
        high=found.high,
        draws=len(counts),
        judged=judged,
        clear=clear,
        contrary=contrary,
        parts=tuple(float(np.mean(s.met[counts])) if judged else math.nan for s in seen),
        means=means_of(claim, shown, counts),
        highest=highest_of(claim, cube, counts),
        enough=claim.enough,
    )
    if verdict.verdict == "conditional" and draws:
        held = frozenset.intersection(*(s.not_drawn for s in claim.settings.values()))
        kept = [
            {k: v for k, v in draws[int(d)].items() if k not in held}
            for d in np.flatnonzero(counts)
        ]
        if kept and kept[0]:
            leaves, right = depends_on(kept, met)
            verdict = replace(verdict, depends=leaves, right=right)
    return verdict


def verdict_on(share: statistics.Estimate, enough: float | None = None) -> str:
    """Return the verdict that a share of draws leads to.

    A claim that something happens at times (``enough``) is supported where the whole interval of
    the share lies above ``enough``, and not supported where it lies below.
    """
    if share.count < FEWEST_DRAWS:
        return "not judged"
    if enough is not None:
        if share.low >= enough:
            return "supported"
        return "not supported" if share.high < enough else "conditional"
    if share.value >= SUPPORTED:
        return "supported"
    return "conditional" if share.value >= CONDITIONAL else "not supported"


def limits_in_words(claims: Sequence[Claim]) -> str:
    """Say from which share of draws on a claim is supported, and which claims differ in that."""
    said = word("verdict.limits", supported=SUPPORTED, conditional=CONDITIONAL)
    own = [f"{c.id} {percent(c.enough, 0)}" for c in claims if c.enough is not None]
    return f"{said} {word('verdict.at_times', limits=joined(own))}" if own else said


def means_of(claim: Claim, cube: Cube, counts: NDArray[np.bool_]) -> dict[str, dict[str, Any]]:
    """Return for each measure and setting the mean over draws, and the middle 80 % of draws.

    Only draws that count; replicates are averaged first.
    """
    shown: dict[str, dict[str, Any]] = {}
    for measure in claim.measures:
        shown[measure] = {}
        for setting in claim.settings:
            means = _mean(cube(measure, setting)[counts])
            means = means[~np.isnan(means)]
            if len(means):
                low, high = np.quantile(means, [0.1, 0.9])
                row = {"mean": float(means.mean()), "low": float(low), "high": float(high)}
                shown[measure][setting] = row | {"draws": len(means)}
    return shown


def highest_of(claim: Claim, cube: Cube, counts: NDArray[np.bool_]) -> dict[str, dict[str, float]]:
    """Return in which share of draws each setting is the highest, where a peak is looked for."""
    shares: dict[str, dict[str, float]] = {}
    for condition in claim.holds:
        if not isinstance(condition, ShapeForm) or condition.shape in ("rises", "falls"):
            continue
        means = np.array([_mean(cube(condition.measure, s)[counts]) for s in condition.along])
        known = means[:, ~np.isnan(means).any(axis=0)]
        # Where several are the highest, as when everything is settled, each has its part.
        top = known == known.max(axis=0)
        parts = (top / top.sum(axis=0)).mean(axis=1)
        shares[condition.measure] = dict(zip(condition.along, map(float, parts), strict=True))
    return shares


# ---- running the claims -------------------------------------------------------------------------


@dataclass(frozen=True)
class Plan:
    """One batch of a claim: settings that have the same frictions switched off."""

    name: str  #: of its folder
    experiment: Experiment
    settings: tuple[str, ...]


def is_among_runs(claim: Claim) -> bool:
    """Return whether a claim's pattern is of runs among each other: it takes many of them."""
    among = (CorrelationForm, SplitForm)
    return any(isinstance(condition, among) for condition in (*claim.where, *claim.holds))


def replicates_for(claim: Claim) -> int:
    """Return how many runs of every draw a claim needs, if it is not said."""
    return MORE_REPLICATES if is_among_runs(claim) else REPLICATES


def draws_of(count: int, seed: int = SEED) -> tuple[Point, ...]:
    """Return draws from the priors of all uncertain parameters; draw d is always the same."""
    names_only = Experiment({"baseline": _any_scenario()}, design="priors", factors=prior_factors())
    return replace(names_only, draws=count, seed=seed).points


def _any_scenario() -> Any:
    from cgsim.scenario import load

    return load("baseline")


def plans(
    claim: Claim, draws: Sequence[Point], replicates: int, seed: int, without: Variant | None
) -> tuple[Plan, ...]:
    """Return the batches that a claim needs; none where its settings set what is switched off."""
    laid = without.set if without else {}
    if any(setting.fixed & set(laid) for setting in claim.settings.values()):
        return ()
    if without and any(set(without.off) & set(s.off) for s in claim.settings.values()):
        return ()
    texts = [f"{key}={toml_value(value)}" for key, value in laid.items()]
    off = without.off if without else ()
    groups: dict[tuple[str, ...], list[str]] = {}
    for name, setting in claim.settings.items():
        groups.setdefault((*setting.off, *off), []).append(name)
    arms = ("together", "alone", "equal_money") if claim.equal_money else ("together", "alone")
    made = []
    for switched, members in groups.items():
        fixed = {m: claim.settings[m].not_drawn | set(laid) for m in members}
        scenarios = {m: claim.settings[m].scenario for m in members}
        if texts:
            scenarios = {m: replace(s.replace(*texts), name=m) for m, s in scenarios.items()}
        points = tuple(
            {SCENARIO: m, **{k: v for k, v in draw.items() if k not in fixed[m]}}
            for draw in draws
            for m in members
        )
        experiment = Experiment(
            scenarios=scenarios,
            design="list",
            listed=points,
            replicates=replicates,
            seed=seed,
            luck="own",
            in_a_row=len(members),
            arms=tuple(arm_named(name) for name in arms),
            windows=claim.windows,
            off=switched,
            name=claim.id,
            title=claim.title,
            question=claim.pattern,
            source=f"Study, {', '.join(claim.sections)}" if claim.sections else claim.source,
        )
        name = "-".join(["runs", *switched])
        made.append(Plan(name, experiment, tuple(members)))
    return tuple(made)


def examine(
    claim: Claim,
    out: Path,
    *,
    draws: int = DRAWS,
    replicates: int = REPLICATES,
    seed: int = SEED,
    without: Variant | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Verdict | None:
    """Run what is missing of a claim's batches in ``out``, and return the verdict.

    None where what is switched off or exchanged is what the claim itself varies.
    """
    drawn = draws_of(draws, seed)
    wanted = plans(claim, drawn, replicates, seed, without)
    if not wanted:
        return None
    values = lived(wanted, claim.measures, out, draws, workers=workers, progress=progress)
    verdict = judge(claim, lambda measure, setting: values[At(measure, setting)], drawn)
    return replace(verdict, replicates=replicates)


def lived(
    wanted: Sequence[Plan],
    measures: Sequence[str],
    out: Path,
    draws: int,
    *,
    workers: int | None = None,
    progress: Progress | None = None,
    summarised: bool = True,
) -> dict[At, Array]:
    """Run what is missing of batches in ``out``; return each measure at each setting, (D, R)."""
    values: dict[At, Array] = {}
    total = sum(len(p.experiment.points) * p.experiment.replicates for p in wanted)
    done = 0
    for plan in wanted:

        def told(runs: int, _: int, before: int = done) -> None:
            if progress:
                progress(before + runs, total)

        batch = run_experiment(
            plan.experiment,
            out / plan.name,
            workers=workers,
            progress=told,
            summarised=summarised,
        )
        replicates = plan.experiment.replicates
        done += len(plan.experiment.points) * replicates
        for measure in measures:
            matrix = batch.matrix(measure).reshape(draws, len(plan.settings), replicates)
            for place, setting in enumerate(plan.settings):
                values[At(measure, setting)] = matrix[:, place]
    return values


def examine_without(
    claim: Claim,
    out: Path,
    effect: Variant | None,
    *,
    seed: int = SEED,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Verdict | None:
    """Return the verdict with an effect, or nothing, switched off, over fewer draws.

    None as ``examine``.
    """
    return examine(
        claim,
        out / f"without-{effect.name if effect else NOTHING}",
        draws=FEWER_DRAWS,
        replicates=FEWER_REPLICATES,
        seed=seed,
        without=effect,
        workers=workers,
        progress=progress,
    )


@dataclass(frozen=True)
class Register:
    """The verdicts on claims, and what they were computed with."""

    verdicts: Mapping[str, Verdict]
    draws: int = DRAWS
    replicates: int = REPLICATES
    seed: int = SEED
    version: str = __version__
    own: Mapping[str, str] = field(default_factory=dict)  #: files of claims of one's own, by id
    extensions: tuple[Mapping[str, str], ...] = ()  #: with which they were judged

    @property
    def more_draws(self) -> tuple[int, ...]:
        """How many draws claims were judged over, where more were made than for the others."""
        counts = {verdict.draws for verdict in self.verdicts.values()}
        return tuple(sorted(counts - {self.draws}))

    @property
    def more_replicates(self) -> tuple[int, ...]:
        """How many runs of every draw there were, where there were more than for the others."""
        counts = {verdict.replicates for verdict in self.verdicts.values()}
        return tuple(sorted(counts - {self.replicates}))

    def to_json(self) -> str:
        """Return the register as the text of a file."""
        record = {
            "version": self.version,
            "draws": self.draws,
            "replicates": self.replicates,
            "seed": self.seed,
            "without_draws": FEWER_DRAWS,
            "without_replicates": FEWER_REPLICATES,
            "claims": {name: verdict.to_dict() for name, verdict in self.verdicts.items()},
        }
        record |= {"own": dict(self.own)} if self.own else {}
        record |= {"extensions": list(self.extensions)} if self.extensions else {}
        return json.dumps(record, indent=1, ensure_ascii=False, allow_nan=False) + "\n"

    @staticmethod
    def from_json(text: str) -> Register:
        """Return the register that ``to_json`` wrote."""
        record = json.loads(text)
        return Register(
            {name: _verdict(item) for name, item in record["claims"].items()},
            record["draws"],
            record["replicates"],
            record["seed"],
            record["version"],
            record.get("own", {}),
            tuple(record.get("extensions", ())),
        )

    def with_those_in(self, out: Path) -> Register:
        """Return the register with the verdicts that stand in a folder's register as well.

        Raises ``ScenarioError`` where those were judged in another way.
        """
        path = out / REGISTER
        if not path.exists():
            return self
        try:
            before = Register.from_json(path.read_text("utf-8"))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return self  # damaged: what is judged now takes its place
        others = before.verdicts.keys() - self.verdicts.keys()
        for name in ("version", "draws", "replicates", "seed", "extensions"):
            was, now = getattr(before, name), getattr(self, name)
            if others and was != now:
                told = f"got {_in_short(now)}; allowed {_in_short(was)}, as the other claims there"
                message = f"{told} were judged, or another folder"
                raise ScenarioError([Fault(safe(str(path)), None, name, message)])
        return replace(
            self,
            verdicts={**before.verdicts, **self.verdicts},
            own={**before.own, **self.own},
        )


def _in_short(value: Any) -> str:
    """Write one thing that a register was judged with; of extensions their names and hashes."""
    if isinstance(value, tuple):
        return ", ".join(f"{e['name']} (sha256 {e['sha256'][:16]})" for e in value) or "none"
    return str(value)


def _verdict(record: Mapping[str, Any]) -> Verdict:
    numbers = {k: math.nan if record[k] is None else record[k] for k in ("share", "low", "high")}
    right = record["right"]
    return Verdict(
        **{
            **record,
            **numbers,
            "parts": tuple(math.nan if p is None else p for p in record["parts"]),
            "depends": tuple(record["depends"]),
            "right": tuple(right) if right else None,
        }
    )


def shipped_register() -> Register:
    """Return the register that comes with cgsim."""
    return Register.from_json((folder() / REGISTER).read_text("utf-8"))


def compile_register(
    claims: Sequence[Claim],
    out: Path,
    *,
    draws: int = DRAWS,
    replicates: int | None = None,
    seed: int = SEED,
    border_draws: int | None = None,
    without: Sequence[Variant] = (),
    workers: int | None = None,
    told: Callable[[str], Progress] | None = None,
) -> Register:
    """Judge claims, each in a folder of ``out``, and write ``register.json`` there.

    What is done already is not run again. ``replicates``: as many as each claim needs if not given.
    ``border_draws``: over as many a claim is judged whose interval over ``draws`` holds a border.
    ``without`` names effects to switch off one by one; ``told`` returns what is called with the
    progress of a claim. Claims that the folder's register has besides stay in it. Raises
    ``ScenarioError`` where these were judged in another way.
    """
    register = Register(
        dict.fromkeys(claim.id for claim in claims),  # type: ignore[arg-type]
        draws,
        REPLICATES if replicates is None else replicates,
        seed,
        own={claim.id: claim.text for claim in claims if claim.text},
        extensions=tuple(source.to_dict() for source in extensions()),
    )
    register.with_those_in(out)  # told before anything is run
    verdicts = {}
    for claim in claims:

        def judged(count: int, where: Path, claim: Claim = claim) -> Verdict:
            verdict = examine(
                claim,
                where,
                draws=count,
                replicates=replicates_for(claim) if replicates is None else replicates,
                seed=seed,
                workers=workers,
                progress=told(claim.id) if told else None,
            )
            assert verdict is not None  # None only where something is switched off
            return verdict

        verdict = judged(draws, out / claim.id)
        if border_draws is not None and border_draws > draws and verdict.near_a_border:
            verdict = judged(border_draws, out / claim.id / MORE)
        shares = {}
        for effect in (None, *without) if without else ():
            alone = examine_without(claim, out / claim.id, effect, seed=seed, workers=workers)
            if alone is not None:
                kept = ("verdict", "share", "low", "high", "judged")
                shares[effect.name if effect else NOTHING] = {
                    key: plain(vars(alone)[key]) for key in kept
                }
        verdicts[claim.id] = replace(verdict, without=shares)
    register = replace(register, verdicts=verdicts)
    with Store(out).held():
        write_text(out / REGISTER, register.with_those_in(out).to_json(), replace=True)
    return register
