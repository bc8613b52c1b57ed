"""Reading experiment files: strict, and what is wrong with them in lines that say where."""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from cgsim import shipped
from cgsim.engine.run import ARMS, MOST_REPLICATES, Arm, refuse_the_impossible
from cgsim.experiment import windows as looks
from cgsim.experiment.columns import COLUMNS
from cgsim.experiment.design import (
    DESIGNS,
    LABEL,
    LUCKS,
    MOST_BASE,
    MOST_POINTS,
    RESTRICTED,
    SAMPLED,
    SCENARIO,
    Experiment,
    Factor,
    Maker,
    Point,
    Precision,
    arm_named,
    arms_with,
    is_read_by_any,
    prior_factors,
)
from cgsim.experiment.given_points import read_points
from cgsim.experiment.precision import STEP
from cgsim.experiment.restriction import LANGUAGE, NotUnderstood, Restriction
from cgsim.measures import MEASURES
from cgsim.rules.state import FRICTIONS
from cgsim.scenario import library, load
from cgsim.scenario.errors import (
    MOST_FAULTS,
    Fault,
    ScenarioError,
    hint,
    safe,
    shown,
    whole_number,
)
from cgsim.scenario.files import Draft, Settings, assignments, is_file, read
from cgsim.scenario.form import Form, Name, Text
from cgsim.scenario.model import Scenario
from cgsim.scenario.outside import is_stream, name_of
from cgsim.scenario.parameters import BY_NAME, PARAMETERS
from cgsim.tables import Names, Rows

_log = logging.getLogger("cgsim")

PRIORS = Rows(lambda: (p.name for p in PARAMETERS if p.prior))
_MEASURES = Rows(lambda: (m.name for m in MEASURES))
_AVERAGED = Rows(lambda: (m.name for m in MEASURES if m.interval == "mean"))
_Value = bool | int | float | str


class RangeForm(Form):
    """A range: to draw from, or with ``steps`` a row of values from end to end."""

    low: Annotated[float, Field(allow_inf_nan=False)]
    high: Annotated[float, Field(allow_inf_nan=False)]
    steps: Annotated[int, Field(ge=2, le=1000)] | None = None


class PointForm(Form):
    """One point of a list."""

    label: Name | None = None
    scenario: Name | None = None
    set: dict[str, _Value] = Field({})


def _column(name: str) -> str:
    if name not in looks.COLUMNS:
        raise ValueError("no column")
    return name


class WindowForm(Form):
    """A further column of the results: an average over some months of each run."""

    column: Annotated[
        str,
        AfterValidator(_column),
        Field(
            json_schema_extra=lambda schema: schema.update(enum=list(dict.fromkeys(looks.COLUMNS)))
        ),
    ]
    months: Annotated[
        list[Annotated[int, Field(ge=0, le=10_000)]], Field(min_length=2, max_length=2)
    ]
    dead_count: bool = Field(False, description="Whether a partnership that does not live is a 0.")


class SensitivityForm(Form):
    """How `cgsim sensitivity` looks at the drawn parameters."""

    measure: str = "gain"
    trajectories: Annotated[int, Field(ge=2, le=10_000)] = 20
    keep: Annotated[int, Field(ge=1, le=64)] = 12
    base: Annotated[int, Field(ge=8, le=MOST_BASE)] = 1024


class ExperimentForm(Form):
    """An experiment file."""

    model_config = ConfigDict(extra="forbid", strict=True)

    title: Name = Field(description="What the experiment is called.")
    question: Text = Field(description="The question it is to answer, in words.")
    source: Text = Field("", description="What in the study or elsewhere it rests on.")
    scenario: Name = Field("baseline", description="A library scenario, or a file beside this one.")
    set: dict[str, _Value | list[str]] = Field(
        {}, description="Values laid over the scenario, as --set does."
    )
    design: Literal[DESIGNS] = Field(  # type: ignore[valid-type]
        "factorial", description="How the points are chosen."
    )
    factors: dict[str, list[_Value] | RangeForm] = Field(
        {}, description="What is varied: any key, with its values or its range."
    )
    parameters: list[str] = Field(
        [], description="For priors, sobol and morris: which uncertain parameters; empty for all."
    )
    point: list[PointForm] = Field([], description="The points of a list.")
    file: Annotated[str, Field(min_length=1, max_length=4096)] | None = Field(
        None, description="For draws: a CSV or Parquet file beside this one, a row a point."
    )
    only: str = Field(
        "", description='Which points are kept, such as "size <= 12 or meetings < 2".'
    )
    points: Annotated[int, Field(ge=1, le=MOST_POINTS)] = Field(
        64, description="Points of a sample; base points for sobol; trajectories for morris."
    )
    replicates: Annotated[int, Field(ge=1, le=MOST_REPLICATES)] | None = Field(
        None, description="Replicates at every point: 1000; with a precision, 64 to begin with."
    )
    precision: dict[str, str | int | float] = Field(
        {}, description="Measures and the half-widths to reach; and budget, replicates at most."
    )
    seed: Annotated[int, Field(ge=0, le=2**63 - 1)] = Field(
        1, description="Other seed, other luck."
    )
    luck: Literal[LUCKS] = Field(  # type: ignore[valid-type]
        "common", description="The same luck at every point, or its own."
    )
    arms: list[Literal["together", "alone", "equal_money"]] = Field(
        ["together", "alone"], description="The ways in which every replicate is lived."
    )
    measures: list[str] = Field([], description="Measures to keep; all of them if empty.")
    months: bool = Field(False, description="Whether every month of every arm is kept.")
    boards: bool = Field(False, description="Whether every month of every partnership is kept.")
    partnerships: bool = Field(
        False, description="Whether what every partnership came to in a run is kept."
    )
    windows: dict[str, WindowForm] = Field(
        {}, description="Further columns: a column averaged over some months, ends included."
    )
    off: list[Literal[FRICTIONS]] = Field(  # type: ignore[valid-type]
        [], description="Frictions that are switched off when living together."
    )
    sensitivity: SensitivityForm = SensitivityForm()


_ALLOWED = {
    "title": "1 to 80 printing characters",
    "question": "a question in words",
    "scenario": "the name of a library scenario, or a path",
    "set": "a table of keys and their values",
    "design": "one of " + ", ".join(DESIGNS),
    "factors": "a list of values, or { low = ..., high = ... }, with steps for a factorial",
    "parameters": "a list of uncertain parameters",
    "point": "[[point]] tables with set = { key = value }",
    "file": "the path of a CSV or Parquet file with a column a key and a row a point",
    "only": LANGUAGE,
    "points": f"a whole number from 1 to {MOST_POINTS}",
    "replicates": f"a whole number from 1 to {MOST_REPLICATES}",
    "precision": 'measures and their half-widths, such as gain = "0.5%", and budget',
    "seed": "a whole number from 0 to 9223372036854775807",
    "luck": "one of " + ", ".join(LUCKS),
    "arms": "a list of " + ", ".join(arm.name for arm in ARMS) + ", with together and alone",
    "measures": "a list of measures",
    "months": "true or false",
    "boards": "true or false",
    "partnerships": "true or false",
    "windows": "{ column = ..., months = [first, last] }; column one of "
    + ", ".join(looks.COLUMNS),
    "off": "a list of " + ", ".join(FRICTIONS),
    "sensitivity": "a table with measure, trajectories, keep and base",
}

_WORDS = {"arms": [arm.name for arm in ARMS], "off": FRICTIONS}
"""Lists in which only some words may stand."""
_TABLES = ("factors", "set", "precision", "sensitivity", "windows")
_WINDOW_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_TAKEN = Names(lambda: (*COLUMNS, "point", "replicate", "arm", LABEL, SCENARIO, *BY_NAME))


def load_experiment(
    path: str | Path,
    set: Settings = (),
    *,
    replicates: int | None = None,
    seed: int | None = None,
    precision: str | Sequence[str] | None = None,
    budget: int | None = None,
) -> Experiment:
    """Return an experiment, by its name or its file; some of what it says may be overridden.

    ``set`` changes values of the scenario, as in ``cgsim.load``; ``precision`` is a text such as
    ``"gain=0.5%"``, or several. Raises ``ScenarioError`` with every fault found.
    """
    if replicates is not None:
        whole_number("replicates", replicates, 1, MOST_REPLICATES)
    if seed is not None:
        whole_number("seed", seed, 0, 2**63 - 1)
    file = _find(path)
    draft = read(file)
    form = _formed(draft)
    maker = _Reader(draft, form, file.parent, assignments(set))
    experiment = maker.experiment()
    changes: dict[str, Any] = {}
    if replicates is not None:
        changes |= {"replicates": replicates, "precision": None}
    if seed is not None:
        changes["seed"] = seed
    if precision is not None:
        changes |= {"precision": precision_of(precision), "replicates": replicates or STEP}
    experiment = replace(experiment, **changes)
    if budget is not None:
        if experiment.precision is None:
            message = "got it without --precision; allowed with a precision to reach"
            raise ScenarioError([Fault("--budget", None, "", message)])
        wanted = replace(experiment.precision, budget=budget)
        experiment = replace(experiment, precision=wanted)
    if experiment.precision is not None and precision is not None:
        faults = [
            Fault("--precision", None, "", _without_its_arm(name))
            for name in experiment.precision.widths
            if lacks_an_arm(name, experiment.arms)
        ]
        if faults:
            raise ScenarioError(faults)
    refuse_the_impossible(
        list(experiment.scenarios.values()), experiment.replicates, len(experiment.arms)
    )
    return experiment


def lacks_an_arm(measure: str, arms: Sequence[Arm]) -> bool:
    """Tell whether a measure needs an arm that is not lived: it would be null throughout."""
    return len(arms_with(arms, measure)) > len(arms)


def _without_its_arm(measure: str) -> str:
    arm = next(m.arm for m in MEASURES if m.name == measure)
    return f'got {shown(measure)} without the arm it needs; allowed with "{arm}" among arms'


def names() -> tuple[str, ...]:
    """Return the names of the experiments that come with cgsim."""
    return shipped.names("experiments")


def _find(name: str | Path) -> Path:
    if str(name) in names():
        return shipped.folder("experiments") / f"{name}.toml"
    path = Path(name)
    if path.suffix == ".toml" or is_file(path) or is_stream(name):
        return path
    message = f"got {shown(str(name))}; allowed a shipped experiment or the path of a .toml file"
    if str(name) in library.every():
        message += f"; that is a scenario: cgsim run {name}"
    else:
        message += hint(str(name), names()) or "; cgsim experiments lists them"
    raise ScenarioError([Fault(safe(str(name)), None, "", message)])


def precision_of(texts: str | Sequence[str], place: str = "--precision") -> Precision:
    """Return the precision that ``gain=0.5%`` asks for, or several such texts."""
    fault = partial(Fault, place, None, "")
    given: dict[str, Any] = {}
    for text in [texts] if isinstance(texts, str) else texts:
        name, _, width = text.partition("=")
        if name.strip() in given:
            message = f"got {shown(name.strip())} twice; allowed each measure once"
            raise ScenarioError([fault(message)])
        given[name.strip()] = width.strip()
    return _precision(given, fault)


def _precision(given: Mapping[str, Any], fault: Any) -> Precision:
    wanted = {key: value for key, value in given.items() if key != "budget"}
    if not wanted:
        raise ScenarioError([fault(f"got no measure; allowed {_ALLOWED['precision']}")])
    (first, width), *also = ((name, _width(name, text, fault)) for name, text in wanted.items())
    budget = given.get("budget", Precision.budget)
    if not isinstance(budget, int) or not 2 <= budget <= MOST_REPLICATES:
        message = f"got budget {shown(budget)}; allowed a whole number from 2 to {MOST_REPLICATES}"
        raise ScenarioError([fault(message)])
    return Precision(first, width, budget, tuple(also))


def _width(name: str, text: Any, fault: Any) -> float:
    if name not in _AVERAGED:
        message = f"got {shown(name)}; allowed a measure that is averaged{hint(name, _AVERAGED)}"
        raise ScenarioError([fault(message)])
    unit = next(m.unit for m in MEASURES if m.name == name)
    found = re.fullmatch(r"\s*([0-9]*\.?[0-9]+(?:[eE]-?[0-9]+)?)\s*(%?)\s*", str(text))
    value = float(found.group(1)) / (100 if found.group(2) else 1) if found else 0.0
    if not 0.0 < value < math.inf or (found and found.group(2) and unit != "share"):
        example = "0.5%" if unit == "share" else f"10, in {unit}"
        raise ScenarioError([fault(f"got {shown(text)}; allowed a half-width above 0: {example}")])
    bare = found is not None and not found.group(2)
    if unit == "share" and bare and (isinstance(text, str) or value >= 1.0):
        # Who types 0.5 means half a point more often than fifty.
        message = f"got {shown(text)} without a sign of per cent; allowed one, such as 0.5%"
        raise ScenarioError([fault(f"{name}: {message}")])
    return value


def _formed(draft: Draft) -> ExperimentForm:
    """Check the tables one by one."""
    try:
        return ExperimentForm.model_validate(draft.tables)
    except ValidationError as error:
        faults: dict[tuple[str | int, ...], Fault] = {}
        for item in error.errors(include_url=False, include_context=False, include_input=False):
            path = tuple(item["loc"])
            top = str(path[0])
            if top == "factors":  # pydantic names the types tried in between
                path = (*path[:2], path[-1]) if item["type"] == "extra_forbidden" else path[:2]
            if item["type"] == "extra_forbidden":
                forms: dict[str, type[BaseModel]] = {
                    "sensitivity": SensitivityForm,
                    "point": PointForm,
                    "factors": RangeForm,
                    "windows": WindowForm,
                }
                form = ExperimentForm if len(path) == 1 else forms.get(top, ExperimentForm)
                known = list(form.model_fields)
                near = hint(str(path[-1]), known)
                message = f"got an unknown key; allowed {', '.join(known)}{near}"
            elif item["type"] == "missing" and len(path) == 1:
                message = f"got nothing; allowed {_ALLOWED[top]}"
            else:
                value: Any = draft.tables
                place = path[1] if len(path) > 1 else None
                path = path[: 2 if top in _TABLES else 1]
                for part in path:
                    value = value[part]
                near = ""
                if top in _WORDS and isinstance(value, list) and isinstance(place, int):
                    value = value[place]
                    near = hint(str(value), _WORDS[top])
                allowed = _ALLOWED.get(top, "printing characters")
                message = f"got {shown(value)}; allowed {allowed}{near}"
            faults.setdefault(path, draft.fault(path, message))
        raise ScenarioError(list(faults.values())[:MOST_FAULTS]) from None


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of an experiment file, for editors."""
    schema = ExperimentForm.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "cgsim experiment"
    return schema


class _Reader:
    """Puts an experiment together from a form, and collects what does not fit."""

    def __init__(
        self, draft: Draft, form: ExperimentForm, folder: Path, set: tuple[str, ...]
    ) -> None:
        self.draft = draft
        self.form = form
        self.folder = folder
        self.over = set
        self.faults: list[Fault] = []

    def fault(self, path: tuple[str | int, ...], message: str) -> None:
        self.faults.append(self.draft.fault(path, message))

    def experiment(self) -> Experiment:
        form = self.form
        scenarios = self.scenarios()
        missing = bool(self.faults)
        factors = self.factors(scenarios)
        varied = {_plain(factor.key) for factor in factors}
        for key in self.form.set:
            if _plain(key) in varied:
                self.fault(("set", key), "got a key that the experiment varies; allowed others")
        self.names("measures", form.measures, _MEASURES)
        if not {"together", "alone"} <= {*form.arms} or len({*form.arms}) < len(form.arms):
            self.fault(("arms",), f"got {shown(form.arms)}; allowed {_ALLOWED['arms']}")
        if form.sensitivity.measure not in _AVERAGED:
            near = hint(form.sensitivity.measure, _AVERAGED)
            message = f"got {shown(form.sensitivity.measure)}; allowed a measure{near}"
            self.fault(("sensitivity", "measure"), message)
        if form.design != "list" and form.point:
            self.fault(("point",), f'got points; allowed with design = "list", not "{form.design}"')
        if form.design == "list" and not form.point:
            self.fault(("design",), 'got "list"; allowed it together with [[point]] tables')
        if (form.design == "draws") != (form.file is not None):
            given = "no file" if form.file is None else shown(form.file)
            self.fault(("file",), f'got {given}; allowed with design = "draws", and needed there')
        if form.only and form.design not in RESTRICTED:
            message = f'got it with design = "{form.design}"; allowed with {", ".join(RESTRICTED)}'
            self.fault(("only",), message)
        self.check_base()
        precision = None
        if form.precision:
            try:
                precision = _precision(
                    form.precision, lambda message: self.draft.fault(("precision",), message)
                )
            except ScenarioError as error:
                self.faults += error.faults
        listed: tuple[Point, ...] = tuple(
            {
                **({LABEL: p.label} if p.label else {}),
                **({SCENARIO: p.scenario} if p.scenario else {}),
                **p.set,
            }
            for p in form.point
        )
        arms = tuple(arm_named(a.name) for a in ARMS if a.name in form.arms)
        for name in dict.fromkeys(form.measures):
            if name in _MEASURES and lacks_an_arm(name, arms):
                self.fault(("measures",), _without_its_arm(name))
        for name in precision.widths if precision else ():
            if lacks_an_arm(name, arms):
                self.fault(("precision",), _without_its_arm(name))
        if form.design == "draws" and form.file is not None:
            listed = self.points_of(form.file, scenarios)
        windows = self.windows()
        if not missing:
            rows = () if form.design == "draws" else listed  # a table's are checked in their lines
            self.check_values(Maker(scenarios), factors, rows)
        if self.faults:
            raise ScenarioError(self.faults)
        experiment = Experiment(
            scenarios=scenarios,
            design=form.design,
            factors=factors,
            listed=listed or ({},),
            only="" if form.design == "draws" else form.only.strip(),
            draws=len(listed) if form.design == "draws" else form.points,
            replicates=form.replicates or (STEP if precision else 1000),
            precision=precision,
            seed=form.seed,
            luck=form.luck,
            arms=arms,
            measures=tuple(form.measures),
            months=form.months,
            boards=form.boards,
            partnerships=form.partnerships,
            windows=windows,
            off=tuple(form.off),
            name=self.draft.name,
            title=form.title,
            question=form.question.strip(),
            source=form.source.strip(),
            sensitivity=form.sensitivity.model_dump(),
        )
        self.check_points(experiment)
        return experiment

    def points_of(self, file: str, scenarios: Mapping[str, Scenario]) -> tuple[Point, ...]:
        """Return the points of a table, with every value checked in its place."""
        path = Path(file) if Path(file).is_absolute() else self.folder / file
        try:
            given, lines = read_points(path, MOST_POINTS)
        except ScenarioError as error:
            self.faults += error.faults
            return ()
        both = [key for key in self.form.factors if key in given[0]]
        for key in both:
            self.fault(("factors", key), f"got a factor that {shown(file)} gives too; allowed one")
        if self.form.factors and not both:
            self.fault(("factors",), 'got factors; allowed none with design = "draws"')
        for key in self.form.set:
            if key in given[0]:
                message = f"got a key that {shown(file)} gives too; allowed one"
                self.fault(("set", key), message)
        for text in self.over:
            key = text.partition("=")[0].strip()
            if key in given[0]:
                message = f"got {shown(text)}; allowed a key that the experiment does not vary"
                self.faults.append(Fault("--set", None, "", message))
        if not self.faults:
            self.check_rows(path, Maker(scenarios), given, lines)
        if not self.form.only or self.faults:
            return given
        return self.kept(self.form.only, given)

    def check_rows(
        self,
        path: Path,
        maker: Maker,
        given: Sequence[Point],
        lines: Sequence[int | None],
    ) -> None:
        """Refuse values of a table that no point can have, with their line."""
        for row, (point, line) in enumerate(zip(given, lines, strict=True)):
            try:
                named = point.get(SCENARIO)
                if named is not None and named not in maker.scenarios:
                    message = f"got {shown(named)}; allowed no scenario but that of the experiment"
                    raise ScenarioError([Fault("", None, SCENARIO, message)])
                refuse_the_impossible([maker.scenario(point)], 1, len(ARMS))
            except ScenarioError as error:
                where = "" if line is not None else f"row {row}: "
                self.faults += [
                    Fault(name_of(path), line, fault.key, where + fault.message)
                    for fault in error.faults
                ]
            if len(self.faults) >= MOST_FAULTS:
                return

    def kept(self, only: str, points: tuple[Point, ...]) -> tuple[Point, ...]:
        """Return the points that meet a condition; it is a fault if none does."""
        try:
            keeps = Restriction(only, dict.fromkeys(k for p in points for k in p)).keeps
            found = tuple(point for point in points if keeps(point))
            if not found:
                message = f"got {shown(only)}, which no point meets; allowed one that some do"
                raise NotUnderstood(message)
        except NotUnderstood as error:
            self.fault(("only",), str(error))
            return ()
        return found

    def check_base(self) -> None:
        base = self.form.points
        power_of_two = base & (base - 1) == 0
        if self.form.design == "sobol" and not power_of_two:
            self.fault(("points",), f"got {base}; allowed a power of 2, such as 512 or 1024")
        if self.form.design == "morris" and base < 2:
            self.fault(("points",), f"got {base}; allowed at least 2 trajectories")

    def scenarios(self) -> dict[str, Scenario]:
        """Return the scenario to vary, and those that points or a factor name."""
        over = {_plain(text.partition("=")[0].strip()) for text in self.over}
        laid = [
            f"{key}={_text(self.beside(key, value))}"
            for key, value in self.form.set.items()
            if _plain(key) not in over
        ]
        wanted: list[tuple[tuple[str | int, ...], str]] = []
        if not isinstance(self.form.factors.get(SCENARIO), list):
            wanted.append((("scenario",), self.form.scenario))
        else:
            names = self.form.factors[SCENARIO]
            wanted += [(("factors", SCENARIO), str(name)) for name in names]  # type: ignore[union-attr]
        wanted += [
            (("point", n, "scenario"), p.scenario)
            for n, p in enumerate(self.form.point)
            if p.scenario
        ]
        for text in self.over:
            key = text.partition("=")[0].strip()
            if key in self.form.factors or key in self.form.parameters:
                message = f"got {shown(text)}; allowed a key that the experiment does not vary"
                self.faults.append(Fault("--set", None, "", message))
        found: dict[str, Scenario] = {}
        for path, name in wanted:
            if name in found:
                continue
            try:
                beside = self.folder / name
                where = beside if name.endswith(".toml") else name
                found[name] = replace(load(where, [*laid, *self.over]), name=name)
            except ScenarioError as error:
                self.faults += [self.scenario_fault(path, fault) for fault in error.faults]
        return found

    def beside(self, key: str, value: Any) -> Any:
        """Return a value of [set]; a network file is looked for beside the experiment file."""
        if key.rpartition(".")[2] == "network_file" and isinstance(value, str):
            return str(self.folder / value)
        return value

    def scenario_fault(self, path: tuple[str | int, ...], fault: Fault) -> Fault:
        """Return a scenario's fault where it was made: in [set], by --set, or where it is named."""
        leaf = fault.key.rpartition(".")[2]
        laid = next((key for key in self.form.set if key.rpartition(".")[2] == leaf), None)
        if fault.file == "--set" and laid is not None:
            return self.draft.fault(("set", laid), fault.message)
        text = f"{fault.key}: {fault.message}" if fault.key else fault.message
        if fault.file == "--set":
            return Fault("--set", None, "", text)
        return self.draft.fault(path, text)

    def windows(self) -> tuple[looks.Window, ...]:
        found = []
        for name, given in self.form.windows.items():
            path = ("windows", name)
            first, last = given.months
            if not _WINDOW_NAME.fullmatch(name) or name in _TAKEN:
                message = f"got {shown(name)}; allowed a new name in small letters, digits and _"
                self.fault(path, message)
            if first > last:
                self.fault(path, f"got months {first} to {last}; allowed first <= last")
            found.append(looks.Window(name, given.column, first, last, given.dead_count))
        return tuple(found)

    def factors(self, scenarios: Mapping[str, Scenario]) -> tuple[Factor, ...]:
        form = self.form
        found = []
        for key, given in form.factors.items():
            path = ("factors", key)
            if isinstance(given, list):
                if len({repr(v) for v in given}) < len(given):
                    self.fault(path, "got a value twice; allowed each value once")
                if given:
                    found.append(Factor(key, tuple(given)))
                else:
                    self.fault(path, "got no values; allowed at least one")
                continue
            if not given.low < given.high:
                self.fault(
                    path, f"got low {given.low:g} and high {given.high:g}; allowed low < high"
                )
                continue
            factor = Factor(key, low=given.low, high=given.high)
            if given.steps is not None:
                stepped = [
                    given.low + k * (given.high - given.low) / (given.steps - 1)
                    for k in range(given.steps)
                ]
                values = [round(v) for v in stepped] if factor.whole else stepped
                found.append(Factor(key, tuple(dict.fromkeys(values))))
            elif form.design not in SAMPLED:
                self.fault(path, "got a range without steps; allowed values, or a range with steps")
            elif (
                key.partition(".")[2]
                or key not in BY_NAME
                or BY_NAME[key].kind in ("flag", "choice")
            ):
                self.fault(path, f"got a range; allowed values for {key}")
            else:
                found.append(factor)
        if form.parameters or (form.design == "priors" or (form.design in SAMPLED and not found)):
            self.names("parameters", form.parameters, PRIORS)
            for name in form.parameters:
                by = next((s.name for s in scenarios.values() if name in s.fixed_counts), None)
                if by is not None:
                    message = (
                        f"got {shown(name)}; allowed other parameters, as {by} names its {name}"
                    )
                    self.fault(("parameters",), message)
                if scenarios and all(name in s.known for s in scenarios.values()):
                    says = "says is known" if len(scenarios) == 1 else "all say is known"
                    known = f"{shown(name)}, which {', '.join(scenarios)} {says}"
                    allowed = "other parameters, or known = [] in [set]"
                    self.fault(("parameters",), f"got {known}; allowed {allowed}")
                parameter = BY_NAME.get(name)
                if parameter and not is_read_by_any(parameter, scenarios.values(), form.factors):
                    kind, mechanism = parameter.only_under or ("", "")
                    message = f"got {shown(name)}; it is read only with {kind} = {shown(mechanism)}"
                    self.fault(("parameters",), message)
            named = {f.key for f in found}
            drawn = prior_factors(form.parameters, scenarios.values(), form.factors)
            drawn = tuple(f for f in drawn if f.key not in named)
            self.tell_of_known({f.key for f in drawn}, scenarios.values())
            found += drawn
        if form.design == "factorial" and not found and not form.factors:
            self.fault(("factors",), "got no factors; allowed at least one with its values")
        return tuple(found)

    def tell_of_known(self, drawn: Collection[str], scenarios: Iterable[Scenario]) -> None:
        """Say what is drawn for every scenario though some know it: a draw is laid over all."""
        told = [f"{name} ({s.name})" for s in scenarios for name in s.known if name in drawn]
        if told:
            message = f"drawn for every scenario, though known in some: {', '.join(told)}"
            named = SCENARIO in self.form.factors
            path = ("factors", SCENARIO) if named else (SCENARIO,)
            _log.warning("%s", self.draft.fault(path, message))

    def names(self, key: str, given: list[str], known: Sequence[str]) -> None:
        for name in given:
            if name not in known:
                allowed = "an uncertain parameter" if key == "parameters" else "a measure"
                self.fault((key,), f"got {shown(name)}; allowed {allowed}{hint(name, known)}")

    def check_points(self, experiment: Experiment) -> None:
        """Refuse what no point can be, key by key, and then points whose values do not fit."""
        size = 1
        for f in experiment.factors:
            size *= max(1, len(f.values)) if f not in experiment.sampled else 1
        per_draw = len(experiment.sampled) + 2 if experiment.design in ("sobol", "morris") else 1
        size *= experiment.draws * per_draw if experiment.sampled else 1
        if experiment.design == "draws":
            size = len(experiment.listed)
        if size > MOST_POINTS:
            self.fault(("design",), f"got {size} design points; allowed at most {MOST_POINTS}")
            raise ScenarioError(self.faults)
        if self.faults:
            raise ScenarioError(self.faults)
        self.check_restriction(experiment)
        for number, one in enumerate(experiment.points if experiment.design != "draws" else ()):
            path = ("point", number) if experiment.design == "list" else ("factors",)
            self.check_point(experiment.maker, path, one, f"point {number}: ")
            if len(self.faults) >= MOST_FAULTS:
                break
        if self.faults:
            raise ScenarioError(self.faults)
        self.check_windows(experiment)

    def check_windows(self, experiment: Experiment) -> None:
        """Refuse a window that reaches beyond the months of the shortest point."""
        if not experiment.windows:
            return
        shortest = min(_months_of(point, experiment.scenarios) for point in experiment.points)
        where = "the months there are" + (
            " at every point" if "months" in _leaves(experiment) else ""
        )
        for window in experiment.windows:
            if window.last >= shortest:
                got = f"got months {window.first} to {window.last}"
                self.fault(("windows", window.name), f"{got}; allowed 0 to {shortest - 1}, {where}")
        if self.faults:
            raise ScenarioError(self.faults)

    def check_restriction(self, experiment: Experiment) -> None:
        """Refuse a condition that is none, or that leaves no point."""
        if not experiment.only:
            return
        points = experiment.all_points
        if self.kept(experiment.only, points) and experiment.design == "priors":
            drawn = Restriction(experiment.only, experiment.varied).keys & experiment.drawn_keys
            if drawn:
                message = f"got {shown(min(drawn))}, which is drawn; allowed factors with values"
                self.fault(("only",), message)
        if self.faults:
            raise ScenarioError(self.faults)

    def check_values(
        self, maker: Maker, factors: tuple[Factor, ...], listed: tuple[Point, ...]
    ) -> None:
        """Refuse values that no point can have, key by key."""
        for f in factors:
            values = f.values or ((f.low, f.high) if not f.times else ())
            for value in values:
                point: dict[str, Any] = {f.key: int(value) if f.whole and not f.values else value}
                self.check_point(maker, ("factors", f.key), point)
        for number, one in enumerate(listed):
            self.check_point(maker, ("point", number, "set"), one)

    def check_point(
        self, maker: Maker, path: tuple[str | int, ...], point: Any, where: str = ""
    ) -> None:
        try:
            refuse_the_impossible([maker.scenario(point)], 1, len(ARMS))
        except ScenarioError as error:
            for fault in error.faults:
                leaf = fault.key.rpartition(".")[2]
                key = "" if leaf == str(path[-1]).rpartition(".")[2] else fault.key
                text = f"{key}: {fault.message}" if key else fault.message
                self.fault(path, where + text)


def _plain(key: str) -> str:
    """Return a key without its section; what is one partnership's alone stays that."""
    return key.rpartition(".")[2] if key.count(".") < 2 else key


def _leaves(experiment: Experiment) -> set[str]:
    """Return the keys that vary, without the tables that they stand in."""
    return {key.rpartition(".")[2] for key in experiment.varied}


def _months_of(point: Point, scenarios: Mapping[str, Scenario]) -> int:
    """Return how many months a point is lived for."""
    given = next((v for key, v in point.items() if key.rpartition(".")[2] == "months"), None)
    base = scenarios[point.get(SCENARIO, next(iter(scenarios)))]
    return int(base.values["months"] if given is None else given)


def _text(value: Any) -> str:
    from cgsim.scenario.writing import toml_value

    return toml_value(value)
