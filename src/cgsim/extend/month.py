"""The month with the steps of extensions: made of ``rules/month.py``, where its order stands.

Steps are put into the text of ``live_month`` where they belong, and the whole is compiled as it is.
So an extension that replaces nothing leaves every instruction of the month as it was.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from functools import cache
from typing import Any

from cgsim.compiler import rule
from cgsim.engine import life
from cgsim.extend.declared import Step, fault
from cgsim.extend.ways import (
    ARGUMENTS,
    BEGIN_AND_END,
    Added,
    refuse_replaced,
    with_endings,
)
from cgsim.reached import plain
from cgsim.rules import month as rules_month
from cgsim.rules.state import (
    BOARD_COLUMNS,
    MONTH_COLUMNS,
    Record,
    State,
    Variable,
    partnership_dtype,
)
from cgsim.scenario.errors import hint, shown

_LOOP = "for b in range(state.partnership.shape[0]):\n    if state.partnership[b].alive:\n        "


@cache
def _text() -> ast.FunctionDef:
    tree = ast.parse(inspect.getsource(rules_month))
    (found,) = (
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name == "live_month"
    )
    found.decorator_list = []
    return found


def _called(statement: ast.stmt) -> str:
    """Return the step that a statement of the month calls, such as ``talk.talk``; or nothing."""
    value = getattr(statement, "value", None)
    if isinstance(statement, ast.Expr | ast.Assign) and isinstance(value, ast.Call):
        call = value.func
        if isinstance(call, ast.Attribute) and isinstance(call.value, ast.Name):
            return f"{call.value.id}.{call.attr}"
    return ""


@cache
def steps_of_the_month() -> tuple[str, ...]:
    """Return the steps in their order, such as ``trust.judge_promises``."""
    return tuple(name for node in _text().body for name in _steps_in(node))


def _steps_in(statement: ast.stmt) -> Iterator[str]:
    if name := _called(statement):
        yield name
    for inner in getattr(statement, "body", ()):
        yield from _steps_in(inner)


def find_step(step: Step, file: str) -> str:
    """Return the full name of the step that one refers to; raise ``ScenarioError`` for none."""
    known = steps_of_the_month()
    for name in known:
        if step.of in (name, name.partition(".")[2]):
            return name
    short = [name.partition(".")[2] for name in known]
    message = f"got {shown(step.of)}; allowed a step of the month"
    message += hint(step.of, [*known, *short]) or ": " + ", ".join(short)
    raise fault(file, step.line, f"step {step.name}", message)


def composed(
    steps: Sequence[tuple[str, Step]],
    variables: Sequence[Variable],
    endings: Sequence[Added],
    title: str,
) -> Any:
    """Return the month with steps and endings put in, compiled; ``steps`` come with their files.

    Raises ``ScenarioError`` where a step's arguments are not those of its place.
    """
    placed = _Placed(steps, endings)
    month = deepcopy(_text())
    month.body = [
        *ast.parse(_begin(variables)).body,
        *placed.through(month.body, in_loop=False),
        *ast.parse(_record(variables)).body,
    ]
    code = compile(ast.fix_missing_locations(ast.Module([month], [])), f"<{title}>", "exec")
    space: dict[str, Any] = {
        **{k: v for k, v in vars(rules_month).items() if not k.startswith("__")},
        **placed.functions,
        "__name__": "cgsim_extensions",
    }
    exec(code, space)
    return rule(space["live_month"])


class _Placed:
    """Puts steps where they belong, and keeps the names that the month calls them by."""

    def __init__(self, steps: Sequence[tuple[str, Step]], endings: Sequence[Added]) -> None:
        self.functions: dict[str, Any] = {}
        self.known = list(_text().args.args)
        self.names = {argument.arg for argument in self.known}
        self.at: dict[str, list[tuple[str, Step]]] = {}
        for file, step in steps:
            self.at.setdefault(find_step(step, file), []).append((file, step))
        self.ending = with_endings(endings) if endings else None
        for name, here in self.at.items():
            replacing = [(file, step) for file, step in here if step.how == "replaces"]
            if len(replacing) > 1:
                (other, first), (file, step) = replacing[:2]
                message = f"got {name}, which {first.name} of {other} replaces; allowed once"
                raise fault(file, step.line, f"step {step.name}", message)
            if replacing and name == BEGIN_AND_END:
                refuse_replaced(endings, replacing[0][1].name)

    def through(self, body: Sequence[ast.stmt], in_loop: bool) -> list[ast.stmt]:
        """Return statements with steps put in; those of a loop over partnerships know ``b``."""
        made: list[ast.stmt] = []
        for statement in body:
            around: dict[str, list[ast.stmt]] = {"before": [], "after": []}
            if name := _called(statement):
                if name == BEGIN_AND_END and self.ending is not None:
                    self._let_end(statement)
                for file, step in self.at.get(name, ()):
                    if step.how == "replaces":
                        self._replace(statement, file, step, name)
                    elif "b" in step.arguments or not in_loop:
                        around[step.how].append(self._call(file, step, in_loop))
                if isinstance(statement, ast.Assign):
                    self.names |= {t.id for t in statement.targets if isinstance(t, ast.Name)}
            elif isinstance(statement, ast.For):
                for inner in _steps_in(statement):
                    for file, step in self.at.get(inner, ()):
                        if step.how != "replaces" and "b" not in step.arguments:
                            around[step.how].append(self._call(file, step, False))
                statement.body = self.through(statement.body, in_loop=True)
            elif isinstance(statement, ast.If):
                statement.body = self.through(statement.body, in_loop)
            made += [*around["before"], statement, *around["after"]]
        return made

    def _let_end(self, statement: Any) -> None:
        self.functions["begin_and_end"] = self.ending
        statement.value.func = ast.Name("begin_and_end", ast.Load())
        statement.value.args = [ast.Name(name, ast.Load()) for name in ARGUMENTS]

    def _named(self, step: Step) -> ast.expr:
        name = f"step_{len(self.functions)}_{step.name}"
        self.functions[name] = step.function
        return ast.Name(name, ast.Load())

    def _replace(self, statement: Any, file: str, step: Step, name: str) -> None:
        module, _, short = name.partition(".")
        original = plain(getattr(vars(rules_month)[module], short))
        wanted = tuple(inspect.signature(original).parameters)
        if step.arguments != wanted:
            message = (
                f"got arguments ({', '.join(step.arguments)}); allowed those of {name}: "
                f"({', '.join(wanted)})"
            )
            raise fault(file, step.line, f"step {step.name}", message)
        statement.value.func = self._named(step)

    def _call(self, file: str, step: Step, in_loop: bool) -> ast.stmt:
        allowed = {*self.names, "b"}
        for argument in step.arguments:
            if argument not in allowed:
                message = f"got argument {shown(argument)}; allowed "
                message += ", ".join(sorted(allowed)) + hint(argument, allowed)
                raise fault(file, step.line, f"step {step.name}", message)
        each = "b" in step.arguments
        text = ", ".join("levers[b]" if a == "levers" and each else a for a in step.arguments)
        call = f"PLACE({text})"
        (made,) = ast.parse(call if in_loop or not each else _LOOP + call).body
        for node in ast.walk(made):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "PLACE":
                node.func = self._named(step)
        return made


def _begin(variables: Sequence[Variable]) -> str:
    """Return what sets the variables to what they are before the first month."""
    lines = ["if month == 0:", "    pass"]
    for v in variables:
        if v.of == "partnership":
            lines.append("    for b in range(state.partnership.shape[0]):")
            lines.append(f"        state.partnership[b].{v.name} = {v.start!r}")
        else:
            lines.append(f"    state.{v.name}[:] = {v.start!r}")
    return "\n".join(lines) if variables else ""


def _record(variables: Sequence[Variable]) -> str:
    """Return what records the variables, after the package's own columns."""
    lines = []
    for v in variables:
        if v.of == "partnership":
            place = BOARD_COLUMNS.index(v.name)
            lines.append(f"{_LOOP}record.board[month, b, {place}] = state.partnership[b].{v.name}")
            continue
        place = MONTH_COLUMNS.index(v.name)
        lines.append(f"record.month[month, {place}] = 0.0")
        lines.append(f"for agency in range(state.{v.name}.shape[0]):")
        part = f"state.{v.name}[agency] / state.{v.name}.shape[0]"
        lines.append(f"    record.month[month, {place}] += {part}")
    return "\n".join(lines)


def names_of_state() -> frozenset[str]:
    """Return every name that a state or a partnership already has."""
    return frozenset((*State._fields, *Record._fields, *(partnership_dtype.names or ())))


def put_into(places: Mapping[str, Any]) -> None:
    """Let ``life.live_month`` be another, or the package's own."""
    vars(life)["live_month"] = places.get("life.live_month", rules_month.live_month)
