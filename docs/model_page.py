"""What the model page takes from the code: the order of a month, its rules, and what is kept."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import ModuleType

from headings import anchor

from cgsim.answer.formats import FORMATS, percent
from cgsim.evidence import claims
from cgsim.evidence import register as evidence
from cgsim.mechanisms import KINDS
from cgsim.report.evidence_page import verdict_words
from cgsim.rules import month, state

NAMED = ("changes", "areas", "production", "acquaintance")
"""Modules of rules that are no step of the month; the page tells them first."""
STEP = re.compile(r"Step (\d+), (.+?): (.+?) \(model page")
TABLES = (
    ("World", "Drawn once for a run; the same in every arm."),
    ("Shocks", "Chance events of a run; the same in every arm."),
    ("State", "What changes during a run, and a month's workings."),
)
PATTERNS = ("A1", "A9", "R2", "B1", "R1", "R4", "C1", "D2", "A11", "E1", "G6", "G1")
"""Claims of the register that say whether the model is fit for its purpose."""
OF_PARTNERSHIPS = "Of each partnership (`State.partnership`)"


def patterns() -> str:
    """Return the patterns that the model should show, and whether it does, in Markdown."""
    found = evidence.shipped_register().verdicts
    lines = ["| | pattern | refuted below | seen in | verdict |", "|---|---|---|---|---|"]
    for name in PATTERNS:
        claim, verdict = claims.load_claim(name), found[name]
        border = evidence.CONDITIONAL if claim.enough is None else claim.enough
        span = FORMATS["span"](vars(verdict))
        cells = (
            f"[{name}](evidence.md#{anchor(f'{name} {claim.title}')})",
            claim.title,
            percent(border, 0),
            f"{percent(verdict.share, 0)} of draws ({span})",
            verdict_words(verdict.verdict),
        )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


@dataclass(frozen=True)
class Done:
    """A rule that the month calls: its module, its name, and for whom."""

    module: str
    rule: str
    each: bool  #: whether it is called for each living partnership in turn
    unless: str  #: the friction without which it acts, or empty
    needs: str  #: the friction with which alone it acts, or empty


@cache
def order() -> tuple[Done, ...]:
    """Return what a month does, in its order, read from ``rules/month.py``."""
    tree = ast.parse(inspect.getsource(month))
    (live,) = (node for node in tree.body if isinstance(node, ast.FunctionDef))
    return tuple(_calls(live.body, False, "", ""))


def _calls(body: list[ast.stmt], each: bool, unless: str, needs: str) -> Iterator[Done]:
    for node in body:
        if isinstance(node, ast.For):
            yield from _calls(node.body, True, unless, needs)
        elif isinstance(node, ast.If):
            asked = ast.unparse(node.test)
            without = re.fullmatch(r"not switches\.(\w+)", asked)
            with_it = re.fullmatch(r"switches\.(\w+)", asked)
            yield from _calls(
                node.body,
                each,
                without[1] if without else unless,
                with_it[1] if with_it else needs,
            )
        else:
            for call in ast.walk(node):
                called = call.func if isinstance(call, ast.Call) else None
                if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name):
                    yield Done(called.value.id, called.attr, each, unless, needs)


def module(name: str) -> ModuleType:
    """Return a module of rules."""
    return importlib.import_module(f"cgsim.rules.{name}")


def steps() -> dict[str, tuple[int, str, str]]:
    """Return number, name and meaning of each step, by module, in the month's order."""
    found = {}
    for done in order():
        match = STEP.match(inspect.getdoc(module(done.module)) or "")
        if match is None:
            raise ValueError(f"rules/{done.module}.py does not say which step it is")
        found[done.module] = (int(match[1]), match[2], match[3])
    return found


def schedule() -> str:
    """Return the order of a month as a table in Markdown."""
    lines = ["| step | rule | for | what it does |", "|---|---|---|---|"]
    said = ""
    for done in order():
        number, name, _ = steps()[done.module]
        step = "" if said == done.module else f"{number} {name}"
        said = done.module
        rule = inspect.getdoc(getattr(module(done.module), done.rule)) or ""
        whom = "each living partnership in turn" if done.each else "all"
        if done.unless:
            whom += f"; only with the friction `{done.unless}` off"
        if done.needs:
            whom += f"; not with the friction `{done.needs}` off"
        first = " ".join(rule.split("\n\n")[0].split()).replace("``", "`")
        lines.append(f"| {step} | `{done.module}.{done.rule}` | {whom} | {first} |")
    return "\n".join(lines) + "\n"


def submodels() -> str:
    """Return every submodel as the docstring of its module tells it, in Markdown."""
    lines = []
    for name in (*NAMED, *steps()):
        text = inspect.getdoc(module(name)) or ""
        head, _, body = text.partition("\n\n")
        head = " ".join(head.split())
        title = head.removesuffix(".").replace(" (model page, Submodels)", "")
        body = body.replace("``", "`")
        body = re.sub(
            r"^(Why th(?:is|ese) forms?): (\w)",
            lambda m: f"*{m[1]}.* {m[2].upper()}",
            body,
            flags=re.M,
        )
        lines += [f"### {title}", "", _one_line_a_paragraph(body).strip(), ""]
    return "\n".join(lines)


def mechanisms() -> str:
    """Return the mechanisms that a scenario chooses from, as a table in Markdown."""
    lines = [
        "| `[mechanisms]` | chosen as | what it says | reads | source |",
        "|---|---|---|---|---|",
    ]
    for kind in KINDS:
        place = inspect.getdoc(module(kind.module)) or ""
        title = " ".join(place.partition("\n\n")[0].split()).removesuffix(".")
        title = title.replace(" (model page, Submodels)", "")
        for mechanism in kind.mechanisms:
            own = mechanism.name == kind.default
            chosen = f'`"{mechanism.name}"`' + (" (the model's own)" if own else "")
            said = f"{kind.help} " if own else ""
            reads = ", ".join(f"`{p.name}`" for p in mechanism.parameters)
            link = f"[`{kind.name}`](#{anchor(title)})" if own else ""
            lines.append(
                f"| {link} | {chosen} | {said}{mechanism.help} | {reads} | {mechanism.source} |"
            )
    return "\n".join(lines) + "\n"


def _one_line_a_paragraph(text: str) -> str:
    """Join the lines of a paragraph, as Markdown pages are written; formulas stay as they are."""
    blocks = []
    for block in text.split("\n\n"):
        if block.startswith("    "):
            blocks.append(block)
        elif block.startswith("* "):
            items = re.split(r"\n(?=\* )", block)
            blocks.append("\n".join(" ".join(item.split()) for item in items))
        else:
            blocks.append(" ".join(block.split()))
    return "\n\n".join(blocks) + "\n"


def variables() -> str:
    """Return everything that is kept during a run, as tables in Markdown."""
    source = inspect.getsource(state)
    letters = (inspect.getdoc(state) or "").partition("direct loads. ")[2]
    if not letters:
        raise ValueError("rules/state.py does not say what the letters of shapes are")
    lines = ["For one run: " + " ".join(letters.split()), ""]
    for name, text in TABLES:
        lines += [f"### {name}", "", text, ""]
        for part, rows in _fields(source, name).items():
            lines += [*([f"*{part}*", ""] if part else []), *_table(rows)]
        if name == "State":
            lines += [f"### {OF_PARTNERSHIPS}", "", *_table(_partnership(source))]
    lines += ["### Record", "", "What a month leaves behind, column by column.", ""]
    lines += ["| column of | columns |", "|---|---|"]
    months = ", ".join(f"`{column}`" for column in state.MONTH_COLUMNS)
    boards = ", ".join(f"`{column}`" for column in state.BOARD_COLUMNS)
    lines += [f"| the area, a month | {months} |", f"| a partnership, a month | {boards} |", ""]
    return "\n".join(lines)


def _table(rows: list[tuple[str, str, str, str]]) -> list[str]:
    lines = ["| name | shape | type | meaning, symbol, unit, range |", "|---|---|---|---|"]
    return [*lines, *(f"| `{n}` | {s} | {t} | {m} |" for n, s, t, m in rows), ""]


TYPES = {
    "Floats": "number",
    "Flags": "yes or no",
    "Whole": "whole number",
    "Places": "whole number",
}


def _fields(source: str, name: str) -> dict[str, list[tuple[str, str, str, str]]]:
    """Return rows of a named tuple, in the parts into which its comments divide it."""
    (node,) = (n for n in ast.parse(source).body if isinstance(n, ast.ClassDef) and n.name == name)
    lines = source.splitlines()
    parts: dict[str, list[tuple[str, str, str, str]]] = {"": []}
    end = node.lineno
    for field in node.body:
        if not isinstance(field, ast.AnnAssign):
            continue
        assert isinstance(field.target, ast.Name)
        between = [line.strip() for line in lines[end : field.lineno - 1]]
        said = " ".join(line[2:] for line in between if line.startswith("# "))
        if said:
            parts[said.partition(". ")[0].rstrip(".") + "."] = []
        end = field.end_lineno or field.lineno
        told = " ".join(lines[field.lineno - 1 : end]).partition("#:")[2].strip()
        match = re.fullmatch(r"\(([^)]*)\)\s*(.*)", told)
        if match is None:
            continue  # a table of its own
        kind = TYPES.get(ast.unparse(field.annotation), "whole number")
        row = (field.target.id, match[1].rstrip(","), kind, match[2].replace("``", "`"))
        parts[next(reversed(parts))].append(row)
    return parts


def _partnership(source: str) -> list[tuple[str, str, str, str]]:
    table = source.partition("partnership_dtype = ")[2].partition("\n)\n")[0]
    row = re.compile(r'\(\s*"(\w+)",\s*np\.(\w+),?\s*\),[ \t]*(?:# *(.*))?')
    flat = re.sub(r"(np\.\w+),\s*(#.*)\n\s*\),", r"\1), \2", table)
    return [
        (name, "B", "whole number" if kind == "int64" else "number", told or "")
        for name, kind, told in row.findall(flat)
    ]
