"""What goes wrong in an extension's steps, in one line: the file, the line and the step."""

from __future__ import annotations

import ast
import re
import traceback

from cgsim.extend.declared import fault
from cgsim.extend.in_use import Loaded, loaded_extensions
from cgsim.extend.lived import StepFailed
from cgsim.scenario.errors import safe

_LONGEST = 200


def explain(error: Exception) -> Exception | None:
    """Return the error to raise in the place of one from compiled code; None to leave it alone.

    What cannot be compiled is told once and for all (``ScenarioError``); what goes wrong in a run
    is that run's alone (``StepFailed``).
    """
    if isinstance(error, MemoryError | StepFailed) or getattr(error, "faults", None):
        return None
    from_numba = type(error).__module__.startswith("numba")
    text = _uncoloured(str(error))
    for one in loaded_extensions():
        line = _line_in(error, text, one)
        if line is None:
            continue
        where = f"step {_function_at(one, line)}"
        if from_numba:
            return fault(one.file, line, where, _why(text))
        said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        return StepFailed(f"{one.file}:{line}: {where}: {said}")
    names = ", ".join(one.name for one in loaded_extensions())
    said = _why(text) if from_numba else f"{type(error).__name__}: {error}"
    if from_numba:
        return fault(names, None, "", said)
    return StepFailed(f"{names}: {said}")


def _uncoloured(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def _line_in(error: BaseException, text: str, one: Loaded) -> int | None:
    """Return the innermost line of an extension's file that an error tells of."""
    places = traceback.extract_tb(error.__traceback__)
    for place in reversed(places):
        if place.filename == one.file and place.lineno:
            return place.lineno
    told = re.findall(rf'File "[^"]*?{re.escape(one.file.rpartition("/")[2])}", line (\d+)', text)
    told += re.findall(rf"{re.escape(one.file)} \((\d+)\)", text)
    return int(told[-1]) if told else None


def _function_at(one: Loaded, line: int) -> str:
    found = ""
    for node in ast.walk(ast.parse(one.source.text)):
        if isinstance(node, ast.FunctionDef):
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            if first <= line <= (node.end_lineno or line):
                found = node.name
    return found or "(outside functions)"


_ALLOCATES = (
    "steps are compiled and cannot make new arrays, lists or texts; allowed numbers, loops and the "
    "arrays they are given"
)


def _why(text: str) -> str:
    """Return the line of a compiler's error that tells most."""
    if re.search(r"NRT|_nrt|Allocat|allocat|list\(|build_list|reflected list|unicode_type", text):
        return _ALLOCATES
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    passing = re.compile(r"^(Failed in|During:|File |- Resolution|There are|\^|Enable|<source)")
    telling = [line for line in lines if not passing.match(line)] or lines or ["cannot be compiled"]
    line = re.sub(r"Record\(.*?\)(?=[ .,]|$)|unaligned array\(.*?\)", "a record", telling[0])
    return safe(f"cannot be compiled: {line}", _LONGEST)
