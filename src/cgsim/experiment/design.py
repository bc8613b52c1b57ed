"""What an experiment asks: which scenarios, at which design points, how often, on what luck."""

from __future__ import annotations

import hashlib
import itertools
import json
import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cgsim.answer.compare import BY_AREA, BY_FOUNDERS
from cgsim.engine.run import ARMS, Arm
from cgsim.experiment.restriction import Restriction
from cgsim.experiment.windows import Window
from cgsim.measures import COLUMN, MEASURES
from cgsim.scenario.errors import Fault, ScenarioError
from cgsim.scenario.model import Scenario
from cgsim.scenario.parameters import BY_NAME, FREE, OWN_MECHANISMS, PARAMETERS, Parameter, is_read
from cgsim.scenario.writing import toml_value

DESIGNS = ("factorial", "list", "draws", "latin_hypercube", "sobol", "morris", "priors")
LISTED = ("list", "draws")
"""Designs whose points are given one by one: in the file itself, or in a table beside it."""
RESTRICTED = ("factorial", "draws", "latin_hypercube", "priors")
"""Designs of which points may be left out; the others' points belong together."""
SAMPLED = ("latin_hypercube", "sobol", "morris", "priors")
MOST_POINTS = 1_000_000
MORRIS_LEVELS = 4
MOST_BASE = 2**20
"""Base points of Sobol's sample at most."""
SCENARIO = "scenario"
"""The factor whose values are whole scenarios."""

LABEL = "label"
"""What a point of a list is called; it sets nothing."""

PRIOR_STREAM = 0x5052494F52  # "PRIOR": keeps these draws apart from those of worlds
LUCKS = ("common", "own")
OWN_LUCK_STEP = 10**9
"""With luck of their own, replicate k of point p is the engine's replicate p * 10^9 + k."""

Point = Mapping[str, Any]
"""The values of one design point by key, as ``--set`` takes them."""


MEMBERSHIP = frozenset({"size", "recruit", "members", "agencies", SCENARIO})
"""Where one of these varies, other agencies are members."""


@dataclass(frozen=True)
class Factor:
    """One thing that an experiment varies: given values, or a range to draw from."""

    key: str  #: as in ``--set``, or "scenario"
    values: tuple[Any, ...] = ()
    low: float = math.nan
    high: float = math.nan
    times: str | None = None  #: the range is a multiple of this parameter's value

    @property
    def parameter(self) -> Parameter | None:
        """The parameter that the factor sets, if it is one of the table."""
        return BY_NAME.get(self.key.rpartition(".")[2])

    @property
    def whole(self) -> bool:
        """Whether only whole numbers will do."""
        return self.parameter is not None and self.parameter.kind == "whole"

    def at(self, shares: NDArray[np.float64]) -> list[Any]:
        """Return the values that lie at shares from 0 to 1 of the range, or of the values."""
        if self.values:
            count = len(self.values)
            places = np.minimum(count - 1, (shares * count).astype(np.int64))
            return [self.values[place] for place in places]
        if self.whole:
            drawn = (self.low + shares * (self.high - self.low + 1)).astype(np.int64)
            return np.minimum(int(self.high), drawn).tolist()
        return (self.low + shares * (self.high - self.low)).tolist()

    def multiples(self, times: Iterable[float], others: Iterable[float]) -> list[float]:
        """Return its values where its range is of multiples: within what its parameter allows."""
        allowed = BY_NAME[self.key]
        return [
            min(allowed.high, max(allowed.low, one * other))
            for one, other in zip(times, others, strict=True)
        ]

    def to_dict(self) -> Any:
        """Return the factor as an experiment file writes it."""
        if self.values:
            return list(self.values)
        times = {"times": self.times} if self.times else {}
        return {"low": self.low, "high": self.high, **times}


@dataclass(frozen=True)
class Precision:
    """Replicates are added to a design point until this is reached, or the budget is spent."""

    measure: str
    half_width: float  #: of the paired 95 % interval, in the measure's unit
    budget: int = 20_000  #: replicates a design point at most
    also: tuple[tuple[str, float], ...] = ()  #: further measures and their half-widths

    @property
    def widths(self) -> dict[str, float]:
        """The half-width to reach of every measure, by its name."""
        return {self.measure: self.half_width, **dict(self.also)}

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        record = {"measure": self.measure, "half_width": self.half_width, "budget": self.budget}
        return record | ({"also": [list(pair) for pair in self.also]} if self.also else {})

    @staticmethod
    def from_dict(record: Mapping[str, Any]) -> Precision:
        """Return the precision that ``to_dict`` wrote down."""
        also = tuple((str(name), float(width)) for name, width in record.get("also", ()))
        return Precision(**{**record, "also": also})


@dataclass(frozen=True)
class Experiment:
    """A designed experiment, whole and checked. See ``cgsim.load_experiment``."""

    scenarios: Mapping[str, Scenario]  #: by name; the first is the one that factors are laid over
    design: str = "list"
    factors: tuple[Factor, ...] = ()
    listed: tuple[Point, ...] = ({},)  #: the points of a list
    only: str = ""  #: a condition on the points that are kept; see ``restriction``
    draws: int = 0  #: points of a sample; base points of Sobol's; trajectories of Morris's
    replicates: int = 1000  #: a design point; with a precision, as many to begin with
    precision: Precision | None = None
    seed: int = 1
    luck: str = "common"
    in_a_row: int = 1  #: with luck of their own: so many points in a row share theirs
    arms: tuple[Arm, ...] = ARMS
    measures: tuple[str, ...] = ()  #: columns to keep; all of them if empty
    months: bool = False
    boards: bool = False  #: whether every month of every partnership is kept
    partnerships: bool = False  #: whether what every partnership came to is kept
    windows: tuple[Window, ...] = ()  #: further columns: averages over some months
    off: tuple[str, ...] = ()  #: frictions switched off in the arm together
    given: Mapping[str, Any] = field(default_factory=dict)  #: what takes the place of the priors
    name: str = "experiment"
    title: str = ""
    question: str = ""
    source: str = ""
    sensitivity: Mapping[str, Any] = field(default_factory=dict)  #: settings of `cgsim sensitivity`

    @property
    def scenario(self) -> Scenario:
        """The scenario that the factors are laid over."""
        return next(iter(self.scenarios.values()))

    @property
    def kinds(self) -> tuple[str, ...]:
        """The folders that its parts are stored in, by their names; the rows of runs last."""
        asked = {"months": self.months, "boards": self.boards, "partnerships": self.partnerships}
        return (*(kind for kind, kept in asked.items() if kept), "runs")

    @property
    def lived_arms(self) -> tuple[Arm, ...]:
        """The arms as the engine lives them, with the frictions that are switched off."""
        return tuple(
            replace(arm, off=self.off) if arm.name == "together" else arm for arm in self.arms
        )

    @property
    def sampled(self) -> tuple[Factor, ...]:
        """The factors that a sample is drawn from; the others are crossed with it."""
        if self.design not in SAMPLED:
            return ()
        if self.design == "priors":
            return tuple(f for f in self.factors if not f.values)
        return self.factors

    @cached_property
    def points(self) -> tuple[Point, ...]:
        """Every design point, in order."""
        if not self.only:
            return self.all_points
        keep = Restriction(self.only, self.varied).keeps
        return tuple(point for point in self.all_points if keep(point))

    @property
    def varied(self) -> tuple[str, ...]:
        """The keys that vary."""
        if self.design in LISTED:
            return tuple(dict.fromkeys(key for point in self.listed for key in point))
        return tuple(f.key for f in self.factors)

    @property
    def ranked_by(self) -> str:
        """The measure that points are ranked by: the gain over the same money.

        It is that of the area where points differ in who is a member, as shares of what different
        founders met alone do not compare. Of what is kept: an experiment may keep few columns, or
        live no arm of equal money; then it is the nearest measure, or the first that is kept.
        """
        differ = {key.rpartition(".")[2] for key in self.varied} & MEMBERSHIP
        wanted = (BY_AREA, "area_gain") if differ else (BY_FOUNDERS,)
        paid = any(arm.name == "equal_money" for arm in self.arms)
        kept = self.measures
        for name in (*wanted, "gain"):
            if (paid or not MEASURES[COLUMN[name]].arm) and (not kept or name in kept):
                return name
        return next((name for name in kept if name in COLUMN and name != "outcome"), "gain")

    @property
    def drawn_keys(self) -> frozenset[str]:
        """The keys that every point has another value of: they stand in the table of points."""
        keys = self.varied if self.design == "draws" else [f.key for f in self.sampled]
        return frozenset(keys) - {LABEL, SCENARIO}

    @cached_property
    def all_points(self) -> tuple[Point, ...]:
        """The points of the design before any is left out."""
        if self.design in LISTED:
            return self.listed
        crossed = [f for f in self.factors if f not in self.sampled]
        grid = [
            dict(zip((f.key for f in crossed), values, strict=True))
            for values in itertools.product(*(f.values for f in crossed))
        ]
        if not self.sampled:
            # Where a scenario knows all that is uncertain, its draws differ by their luck alone.
            return tuple(grid) * (self.draws if self.design == "priors" else 1)
        return tuple({**point, **setting} for point in self._sampled_points() for setting in grid)

    @cached_property
    def shares(self) -> NDArray[np.float64]:
        """Where each sampled point lies in the unit cube, (points, factors)."""
        names = [f.key for f in self.sampled]
        if self.design == "priors":
            return np.column_stack([uniforms(self.seed, key, self.draws) for key in names])
        problem = {
            "num_vars": len(names),
            "names": names,
            "bounds": [[0.0, 1.0]] * len(names),
        }
        if self.design == "sobol":
            from SALib.sample import sobol

            return np.asarray(
                sobol.sample(problem, self.draws, calc_second_order=False, seed=self.seed)
            )
        if self.design == "morris":
            from SALib.sample import morris

            return np.asarray(
                morris.sample(problem, self.draws, num_levels=MORRIS_LEVELS, seed=self.seed)
            )
        from scipy.stats import qmc

        rng = np.random.default_rng(self.seed)
        return np.asarray(qmc.LatinHypercube(len(names), rng=rng).random(self.draws))

    def _sampled_points(self) -> Iterator[dict[str, Any]]:
        """Yield the points of a sample, made factor by factor: there may be many thousands."""
        columns = {f.key: f.at(self.shares[:, n]) for n, f in enumerate(self.sampled)}
        for f in self.sampled:
            if f.times:
                own = itertools.repeat(self.scenario.values[f.times], len(columns[f.key]))
                columns[f.key] = f.multiples(columns[f.key], columns.get(f.times, own))
        for values in zip(*columns.values(), strict=True):
            yield dict(zip(columns, values, strict=True))

    def replicate_numbers(self, point: int, replicates: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the engine's replicates: the same for all points, unless luck is their own."""
        if self.luck == "common":
            return replicates
        return replicates + point // self.in_a_row * OWN_LUCK_STEP

    def base_of(self, number: int) -> Scenario:
        """Return the scenario that one design point's values are laid over."""
        return self.scenarios[self.points[number].get(SCENARIO, next(iter(self.scenarios)))]

    def scenario_at(self, number: int) -> Scenario:
        """Return the scenario of one design point."""
        return self.maker.scenario(self.points[number])

    @cached_property
    def maker(self) -> Maker:
        """Makes scenarios of design points."""
        return Maker(self.scenarios)

    @cached_property
    def points_hash(self) -> str:
        """A hash of every design point."""
        text = json.dumps([dict(p) for p in self.points], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def to_dict(self) -> dict[str, Any]:
        """Return all that makes the experiment what it is, as JSON can hold it."""
        record: dict[str, Any] = {
            "scenarios": {name: s.to_dict() for name, s in self.scenarios.items()},
            "design": self.design,
            "factors": {f.key: f.to_dict() for f in self.factors},
            "points": [dict(p) for p in self.listed] if self.design == "list" else self.draws,
            "replicates": self.replicates,
            "seed": self.seed,
            "luck": self.luck,
            "arms": [arm.name for arm in self.arms],
            "measures": list(self.measures),
            "months": self.months,
        }
        if self.precision:
            record["precision"] = self.precision.to_dict()
        if self.boards:
            record["boards"] = True
        if self.partnerships:
            record["partnerships"] = True
        if self.only:
            record["only"] = self.only
        if self.windows:
            record["windows"] = {w.name: w.to_dict() for w in self.windows}
        if self.in_a_row != 1:
            record["in_a_row"] = self.in_a_row
        if self.off:
            record["off"] = list(self.off)
        if self.given:
            record["given"] = dict(self.given)
        return record

    @staticmethod
    def from_dict(
        record: Mapping[str, Any], given: Sequence[Point] = (), **texts: Any
    ) -> Experiment:
        """Return the experiment that ``to_dict`` wrote down.

        ``given`` are the points of a design of draws, which stand in a table of their own.
        """
        listed = record["points"] if record["design"] == "list" else given or [{}]
        return Experiment(
            scenarios={
                name: Scenario.from_dict(tables, name)
                for name, tables in record["scenarios"].items()
            },
            design=record["design"],
            factors=tuple(_factor(key, value) for key, value in record["factors"].items()),
            listed=tuple(listed),
            draws=0 if record["design"] == "list" else record["points"],
            replicates=record["replicates"],
            precision=Precision.from_dict(record["precision"]) if "precision" in record else None,
            seed=record["seed"],
            luck=record["luck"],
            arms=tuple(arm_named(name) for name in record["arms"]),
            measures=tuple(record["measures"]),
            months=record["months"],
            boards=record.get("boards", False),
            partnerships=record.get("partnerships", False),
            only=record.get("only", ""),
            windows=tuple(Window.from_dict(*item) for item in record.get("windows", {}).items()),
            off=tuple(record.get("off", ())),
            in_a_row=record.get("in_a_row", 1),
            given=record.get("given", {}),
            **texts,
        )


def _factor(key: str, value: Any) -> Factor:
    return Factor(key, tuple(value)) if isinstance(value, list) else Factor(key, **value)


def arm_named(name: str) -> Arm:
    """Return one of the three arms."""
    return next(arm for arm in ARMS if arm.name == name)


def arms_with(arms: Sequence[Arm], measure: str) -> tuple[Arm, ...]:
    """Return arms and the one that a measure needs besides, in their order."""
    wanted = {*(arm.name for arm in arms), MEASURES[COLUMN[measure]].arm}
    return tuple(arm for arm in ARMS if arm.name in wanted)


def prior_factors(
    names: Sequence[str] = (),
    scenarios: Iterable[Scenario] = (),
    varied: Collection[str] = (),
) -> tuple[Factor, ...]:
    """Return a factor for each uncertain parameter, or for those named, with its prior range.

    Left out are what one of the ``scenarios`` settles by its own names, what all of them know, and
    what none of them reads: a parameter of a mechanism that they do not choose, unless its kind is
    ``varied``.
    """
    scenarios = tuple(scenarios)
    settled = frozenset[str]().union(*(scenario.fixed_counts for scenario in scenarios))
    if scenarios:
        settled |= set.intersection(*(set(scenario.known) for scenario in scenarios))
    chosen = [
        p
        for p in PARAMETERS
        if p.prior
        and (not names or p.name in names)
        and p.name not in settled
        and is_read_by_any(p, scenarios, varied)
    ]
    return tuple(
        Factor(p.name, low=float(p.prior[0]), high=float(p.prior[1]), times=p.prior_times)
        for p in chosen
        if p.prior
    )


def is_read_by_any(
    parameter: Parameter, scenarios: Iterable[Scenario], varied: Collection[str] = ()
) -> bool:
    """Tell whether a mechanism that a scenario chooses, or of a ``varied`` kind, reads a parameter.

    Where there are no scenarios it is told of the model's own mechanisms.
    """
    if parameter.only_under is None or parameter.only_under[0] in varied:
        return True
    chosen = [scenario.values for scenario in scenarios] or [OWN_MECHANISMS]
    return any(is_read(parameter, values) for values in chosen)


def uncertain_in(point: Iterable[str]) -> list[str]:
    """Return which keys of a point are uncertain parameters: a table of points may hold others."""
    return [key for key in point if key in BY_NAME and BY_NAME[key].prior]


def key_word(key: str) -> int:
    """Return the number, below 2^48, that stands for a key in the address of its draws."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:6], "big")


def uniforms(seed: int, key: str, count: int) -> NDArray[np.float64]:
    """Return ``count`` uniforms strictly between 0 and 1 from the stream of a key.

    Draw d of a key is the same however many draws or other keys there are. Words of Philox 4x64-10,
    turned to uniforms as in ``cgsim.world.draws``.
    """
    counter = [0, key_word(key), 0, 0]
    words = np.random.Philox(key=[seed, PRIOR_STREAM], counter=counter).random_raw(count)
    return ((words >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52


class Maker:
    """Makes scenarios of design points; what has to be checked as a whole is checked once."""

    def __init__(self, scenarios: Mapping[str, Scenario]) -> None:
        """Start from the scenarios that points are laid over."""
        self.scenarios = scenarios
        self._checked: dict[tuple[str, ...], Scenario] = {}

    def scenario(self, point: Point) -> Scenario:
        """Return the scenario of a design point; raise ``ScenarioError`` where it does not fit."""
        quick: dict[str, float] = {}
        slow = []
        base = self.scenarios[point.get(SCENARIO, next(iter(self.scenarios)))]
        for key, value in point.items():
            if key.rpartition(".")[2] in ("network_file", "network_scale"):
                # A path in a point would be read again, perhaps elsewhere and as another file.
                message = "got a network file that varies; allowed a scenario file for each"
                raise ScenarioError([Fault(base.name, None, key, f"{message} network")])
            if key in FREE and isinstance(value, (bool, int, float)):
                quick[key] = float(value)
            elif key not in (SCENARIO, LABEL):
                slow.append(f"{key}={toml_value(value)}")
        known = (base.name, *slow)
        if known not in self._checked:
            self._checked[known] = base.replace(*slow) if slow else base
        try:
            return self._checked[known].with_numbers(quick)
        except ValueError as error:
            raise ScenarioError([Fault(base.name, None, "", str(error))]) from None
