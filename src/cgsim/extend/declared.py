"""What an extension's file declares. Declaring changes nothing: ``in_use`` does that."""

from __future__ import annotations

import inspect
import math
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FunctionType
from typing import Any, Literal, NoReturn

from cgsim.compiler import checked_rule
from cgsim.measures import BOTH, Measure
from cgsim.rules.state import Variable
from cgsim.scenario.errors import Fault, ScenarioError, hint, shown
from cgsim.scenario.parameters import BASES, SECTIONS, Parameter

_DECLARED = "__cgsim_extension__"
"""Under this name a file's declarations stand among its names."""
_NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")
_NAMED = "a name of 2 to 40 small letters, digits and _"
_PLACES = tuple(name for name in SECTIONS if name not in ("world", "money"))
_INTERVALS = ("mean", "share", "median")


@dataclass(frozen=True)
class Step:
    """A step of the month, and where it goes."""

    function: Any  #: compiled
    name: str
    how: str  #: "replaces", "before" or "after"
    of: str  #: the step that it takes the place of, or stands beside
    arguments: tuple[str, ...]
    line: int


WAYS = {
    "recruitment": (
        *("agency", "b", "lead", "members", "size", "chance", "luck"),
        *("world", "parameters", "levers"),
    ),
    "network": ("first", "second", "chance", "luck", "world", "parameters"),
    "ending": (
        *("b", "parameters", "levers", "switches", "world", "shocks", "month", "record", "state"),
    ),
}
"""The kinds of ways that a file may add, and the arguments that a function of each may take."""


@dataclass(frozen=True)
class Way:
    """A way of recruitment, a kind of network or an ending."""

    kind: str  #: of WAYS
    name: str
    help: str  #: in one line
    words: str  #: what it is called in reports
    function: Any  #: compiled
    arguments: tuple[str, ...]
    line: int

    @property
    def told(self) -> str:
        """What error lines call it."""
        return f"{self.kind} {self.name}"

    @property
    def texts(self) -> dict[str, str]:
        """What it adds to the catalogue of texts."""
        if self.kind == "recruitment":
            return {f"recruit.{self.name}": self.words}
        if self.kind == "ending":
            return {
                f"outcome.{self.name}.name": self.words,
                f"outcome.{self.name}.words": self.help,
            }
        return {}


@dataclass
class Declarations:
    """All that one file declares, in its order."""

    steps: list[Step] = field(default_factory=list)
    parameters: list[Parameter] = field(default_factory=list)
    variables: list[Variable] = field(default_factory=list)
    measures: list[Measure] = field(default_factory=list)
    ways: list[Way] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)  #: where each name was declared
    helpers: list[Any] = field(default_factory=list)

    def take(self, name: str, line: int, file: str) -> None:
        """Note where a name is declared; raise where it was before."""
        if name in self.lines:
            message = f"got a name that line {self.lines[name]} declares too; allowed each once"
            raise fault(file, line, name, message)
        self.lines[name] = line


def declared_in(space: dict[str, Any]) -> Declarations:
    """Return what a file has declared, by its names."""
    found: Declarations = space.setdefault(_DECLARED, Declarations())
    return found


def fault(file: str, line: int | None, key: str, message: str) -> ScenarioError:
    """Return the error for one thing that is wrong with an extension."""
    return ScenarioError([Fault(file, line, key, message)])


def _caller() -> tuple[dict[str, Any], str, int]:
    frame = sys._getframe(2)
    return frame.f_globals, frame.f_code.co_filename, frame.f_lineno


def _function(given: Any, what: str) -> tuple[FunctionType, dict[str, Any], str, int]:
    function = getattr(given, "py_func", given)
    if not isinstance(function, FunctionType):
        raise TypeError(f"@extend.{what} goes before a function, got {shown(given)}")
    code = function.__code__
    return function, function.__globals__, code.co_filename, code.co_firstlineno


def _arguments(function: FunctionType, file: str, line: int) -> tuple[str, ...]:
    given = inspect.signature(function).parameters.values()
    for argument in given:
        if argument.kind is not argument.POSITIONAL_OR_KEYWORD or (
            argument.default is not argument.empty
        ):
            message = f"got argument {argument.name}; allowed plain arguments without a default"
            raise fault(file, line, function.__name__, message)
    return tuple(argument.name for argument in given)


def step(
    *, replaces: str = "", after: str = "", before: str = ""
) -> Callable[[Callable[..., Any]], Any]:
    """Let a function be a step of the month: in the place of one, or right after or before it.

    ``replaces``, ``after`` or ``before`` (one of them) names a step as ``rules/month.py`` calls it:
    ``"judge_promises"`` or ``"trust.judge_promises"``. In the place of a step the function has its
    arguments and returns what it returns. Elsewhere it takes, in any order, what it needs of
    ``parameters`` and ``levers`` (their values by name), ``switches``, ``world``, ``shocks``,
    ``grant``, ``month``, ``record`` and ``state`` (``cgsim.rules.state`` says what they hold). One
    that takes ``b`` is called for each partnership that lives, with that one's ``levers``; one that
    does not is called once a month.

    The function is compiled: numbers, loops and the arrays it is given, and no new arrays, lists or
    texts. It may call ``exp``, ``log`` and ``power`` of ``cgsim.rules.elementary``, the package's
    rules, and functions marked ``@extend.rule``. Raises ``ScenarioError`` for what is not allowed.
    """

    def mark(function: Callable[..., Any]) -> Any:
        plain, space, file, line = _function(function, "step")
        given = {"replaces": replaces, "after": after, "before": before}
        chosen = [(how, of) for how, of in given.items() if of]
        if len(chosen) != 1:
            message = f"got {len(chosen)} of replaces, after, before; allowed one of them"
            raise fault(file, line, plain.__name__, message)
        compiled = checked_rule(plain)
        declared = declared_in(space)
        declared.take(f"step {plain.__name__}", line, file)
        made = Step(compiled, plain.__name__, *chosen[0], _arguments(plain, file, line), line)
        declared.steps.append(made)
        return compiled

    return mark


def rule(function: Callable[..., Any]) -> Any:
    """Let a function be one that steps call: compiled as they are, with whatever arguments."""
    plain, space, _, _ = _function(function, "rule")
    compiled = checked_rule(plain)
    declared_in(space).helpers.append(compiled)
    return compiled


def parameter(
    name: str,
    *,
    section: str,
    default: float,
    low: float,
    high: float,
    unit: str,
    help: str,
    prior: tuple[float, float] | None = None,
    source: str = "",
    basis: str = "assumption",
    kind: Literal["number", "whole", "flag"] = "number",
    shapes_world: bool = False,
) -> None:
    """Add a parameter: a row of the table that scenarios, ``--set`` and sensitivity read.

    ``section`` is the table of a scenario file that it stands in: ``"partnership"`` for a lever,
    which steps read as ``levers.NAME``, or that of a group (``"trust"``, ``"commitment"`` and so
    on), read as ``parameters.NAME``. ``low`` to ``high`` is what is allowed; ``prior`` the range it
    is drawn from, where nobody knows it. ``basis`` and ``source`` say where the default comes from:
    by default it is an expert assumption. ``shapes_world``: it is read before the first month, as a
    network does, so that no scheduled change may set it. Raises ``ScenarioError`` for what is not
    allowed.
    """
    space, file, line = _caller()

    def refuse(message: str) -> NoReturn:
        raise fault(file, line, name, message)

    _check_name(name, refuse)
    _one_of("section", section, _PLACES, refuse)
    _one_of("basis", basis, tuple(BASES), refuse)
    _one_of("kind", kind, ("number", "whole", "flag"), refuse)
    if kind == "flag":
        low, high = 0.0, 1.0
    numbers = {"low": low, "high": high, "default": default}
    if prior is not None:
        if not (isinstance(prior, (tuple, list)) and len(prior) == 2):
            refuse(f"got prior {shown(prior)}; allowed two numbers, such as (0.2, 0.8)")
        numbers |= {"the prior's low end": prior[0], "the prior's high end": prior[1]}
    for what, value in numbers.items():
        if not isinstance(value, int | float) or not math.isfinite(value):
            refuse(f"got {what} {shown(value)}; allowed a number")
        if not low <= value <= high:
            refuse(f"got {what} {value:g}; allowed a number from {low:g} to {high:g}")
        if kind != "number" and value != int(value):
            refuse(f"got {what} {value:g}; allowed a whole number")
    if prior is not None and (not prior[0] < prior[1] or kind == "flag"):
        refuse(f"got prior {shown(prior)}; allowed two numbers that rise, of no flag")
    _said("help", help, refuse)
    declared = declared_in(space)
    declared.take(name, line, file)
    made = Parameter(
        name,
        section,
        float(default),
        float(low),
        float(high),
        unit,
        "lever" if section == "partnership" else basis,
        help,
        source,
        kind,
        prior=None if prior is None else (float(prior[0]), float(prior[1])),
        shapes_world=bool(shapes_world),
    )
    declared.parameters.append(made)


def column(
    name: str,
    *,
    unit: str,
    help: str,
    of: Literal["partnership", "agency", "area"] = "partnership",
    start: float = 0.0,
    total: Literal["mean", "sum", "last"] = "mean",
) -> None:
    """Add a state variable that steps write, and record it every month.

    ``of`` a partnership it is ``state.partnership[b].NAME``, recorded in the partnership's row, 0
    where it does not live. ``of`` an agency it is ``state.NAME``, (N,), of which the mean is
    recorded; ``of`` the area ``state.NAME``, (1,). It holds ``start`` before the first month and
    from then on what steps write. ``total`` says what stands in the row of a run, for agencies and
    the area: the mean or the sum over the months, or the last. Raises ``ScenarioError`` for what is
    not allowed.
    """
    space, file, line = _caller()

    def refuse(message: str) -> NoReturn:
        raise fault(file, line, name, message)

    _check_name(name, refuse)
    _one_of("of", of, ("partnership", "agency", "area"), refuse)
    _one_of("total", total, ("mean", "sum", "last"), refuse)
    if not isinstance(start, int | float) or not math.isfinite(start):
        refuse(f"got start {shown(start)}; allowed a number")
    _said("help", help, refuse)
    declared = declared_in(space)
    declared.take(name, line, file)
    declared.variables.append(Variable(name, of, unit, help, float(start), total))


def measure(
    name: str,
    *,
    words: str,
    unit: str,
    of: str = "",
    interval: Literal["mean", "share", "median"] = "mean",
    bounded: bool = False,
    shown_in_tables: bool = True,
) -> Callable[[Callable[[Any], float]], Callable[[Any], float]]:
    """Add a measure: the function is given each run (``Lived``) and returns one number.

    It is plain Python and NumPy. NaN stands for "not defined in this run". ``words`` say what it
    is, ``of`` of what a share is one; ``interval`` how its 95 % interval over runs is made: of the
    ``"mean"`` or the ``"median"``, or, for a measure that is 0 or 1, of the ``"share"`` of runs.
    ``bounded``: whether it lies from 0 to 1, and so does its interval. Raises ``ScenarioError`` for
    what is not allowed.
    """

    def mark(function: Callable[[Any], float]) -> Callable[[Any], float]:
        _, space, file, line = _function(function, "measure")

        def refuse(message: str) -> NoReturn:
            raise fault(file, line, name, message)

        _check_name(name, refuse)
        _one_of("interval", interval, _INTERVALS, refuse)
        _said("words", words, refuse)
        if unit == "share" and not of:
            refuse('got a share without of; allowed with of what, such as of="of members"')
        if len(_arguments(_function(function, "measure")[0], file, line)) != 1:
            refuse("got another number of arguments; allowed one, the run")
        declared = declared_in(space)
        declared.take(name, line, file)
        where = BOTH if shown_in_tables else ()
        made = Measure(
            name, words, unit, interval, bounded=bounded, of=of, shown=where, reads=function
        )
        declared.measures.append(made)
        return function

    return mark


def recruitment(
    name: str, *, help: str, words: str = ""
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add a way in which a partnership's first members are chosen: ``recruit = "NAME"``.

    The lead is found as ever, and is a member first. Then the function is called for every agency
    of the area that is no member yet, and the agency it gives the highest number to joins (of equal
    ones the first), until there are ``size`` members; minus infinity keeps an agency out. It takes,
    in any order, what it needs of ``agency``, ``b``, ``lead``, ``members`` (how many there are),
    ``size``, ``chance`` (a uniform from 0 to 1, the agency's own in this partnership), ``luck``
    (for ``uniform``), ``world`` (``world.founder[b]`` tells who is in), and ``parameters`` and
    ``levers`` as they are in the first month. It is compiled, as a step is.

    ``help`` says what it is, ``words`` what reports call it. Raises ``ScenarioError`` for what is
    not allowed.
    """
    return _way("recruitment", name, help, words)


def network(name: str, *, help: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add a kind of network: ``network = "NAME"``.

    The function tells whether two agencies are tied, ``first < second``: True or False. It is
    called for every pair that may meet, which are those of one area and national ones with all; for
    agency after agency, each with all before it, so that ``world.tied`` tells whom those before are
    tied to. It takes, in any order, what it needs of ``first``, ``second``, ``chance`` (a uniform
    from 0 to 1, the pair's own), ``luck`` (for ``uniform``), ``world`` (all but founders) and
    ``parameters`` as they are in the first month. It is compiled, as a step is.

    ``help`` says what it is. Raises ``ScenarioError`` for what is not allowed.
    """
    return _way("network", name, help, "")


def ending(
    name: str, *, help: str, words: str = ""
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add a reason for which a partnership ends.

    The function tells whether one that is alive since an earlier month ends now: True or False. It
    is called where the package's own reasons are judged and none of them holds, before the month's
    work. It takes, in any order, what it needs of ``b``, ``parameters``, ``levers`` (those of
    ``b``), ``switches``, ``world``, ``shocks``, ``month``, ``record`` and ``state``. It is
    compiled, as a step is.

    In tables a ``_`` of the name is a space. ``help`` says what it means ("members lost patience"),
    ``words`` what reports call it. Raises ``ScenarioError`` for what is not allowed.
    """
    return _way("ending", name, help, words)


def _way(
    kind: str, name: str, help: str, words: str
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def mark(function: Callable[..., Any]) -> Callable[..., Any]:
        plain, space, file, line = _function(function, kind)

        def refuse(message: str) -> NoReturn:
            raise fault(file, line, f"{kind} {name}" if isinstance(name, str) else kind, message)

        _check_name(name, refuse)
        _said("help", help, refuse)
        for what, text in (("help", help), ("words", words)):
            if not isinstance(text, str) or "{" in text or "}" in text or "\n" in text:
                refuse(f"got {what} {shown(text)}; allowed a line without braces")
        arguments = _arguments(plain, file, line)
        for argument in arguments:
            if argument not in WAYS[kind]:
                near = hint(argument, WAYS[kind])
                refuse(f"got argument {shown(argument)}; allowed {', '.join(WAYS[kind])}{near}")
        compiled = checked_rule(plain)
        declared = declared_in(space)
        declared.take(f"{kind} {name}", line, file)
        said = words or name.replace("_", " ")
        declared.ways.append(Way(kind, name, help, said, compiled, arguments, line))
        return compiled  # type: ignore[no-any-return]

    return mark


def _check_name(name: object, refuse: Callable[[str], NoReturn]) -> None:
    if not isinstance(name, str) or not _NAME.fullmatch(name) or "__" in name:
        refuse(f"got {shown(name)}; allowed {_NAMED}")


def _one_of(
    what: str, given: object, known: tuple[str, ...], refuse: Callable[[str], NoReturn]
) -> None:
    if given not in known:
        near = hint(str(given), known)
        refuse(f"got {what} {shown(given)}; allowed {', '.join(known)}{near}")


def _said(what: str, text: object, refuse: Callable[[str], NoReturn]) -> None:
    if not isinstance(text, str) or not text.strip():
        refuse(f"got {what} {shown(text)}; allowed a text that says what it is")
