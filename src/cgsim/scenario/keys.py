"""Where in a TOML text each key stands, and whether the text is fit to be parsed at all.

``tomllib`` tells no lines, and it needs seconds and gigabytes for small hostile files. This scanner
reads the text once, statement by statement, before anything is parsed.
"""

from __future__ import annotations

import re

MOST_BYTES = 256 * 1024
DEEPEST = 8
"""How deep keys and brackets may nest."""

Path = tuple[str | int, ...]

_HEADER = re.compile(r"\[\[?([^\]]*)\]")
_PART = re.compile(r"""\s*("(?:[^"\\]|\\.)*"|'[^']*'|[^.\s"']+)\s*(\.|$)""")
_TOKEN = re.compile(
    r'''"""(?:[^"\\]|\\.|"(?!""))*"""|\'\'\'(?:[^']|'(?!''))*\'\'\''''
    r"""|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|\#[^\n]*|[\[\]{}\n]|[^"'\#\[\]{}\n]+|["']""",
    re.DOTALL,
)


class TooDeep(ValueError):
    """Keys or brackets nest deeper than ``DEEPEST``; ``line`` says where."""

    def __init__(self, line: int) -> None:
        """Keep the line."""
        self.line = line
        super().__init__(f"nested more than {DEEPEST} deep")


def scan(text: str) -> dict[Path, int]:
    """Return the line of every key and table of a TOML text; raise ``TooDeep``.

    A path holds names and, for a list of tables, the place in the list counted from 0. The text
    need not be valid: what cannot be understood is passed over and left to the parser.
    """
    lines: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    for first_line, statement in _statements(text):
        header = _HEADER.match(statement) if statement.startswith("[") else None
        if header:
            names = _parts(header.group(1))
            _check_depth(names, first_line)
            table = names
            if statement.startswith("[["):
                counts[names] = counts.get(names, -1) + 1
                table = (*names, counts[names])
            lines.setdefault(table, first_line)
            lines.setdefault(names, first_line)
        elif "=" in statement:
            names = _parts(_left_of_equals(statement))
            _check_depth(names, first_line)
            for length in range(1, len(names) + 1):
                lines.setdefault(table + names[:length], first_line)
    return lines


def line_of(path: Path, lines: dict[Path, int]) -> int | None:
    """Return the line of a key, or of the nearest thing it stands in."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return None


def _statements(text: str):  # type: ignore[no-untyped-def]
    """Yield (line, statement) for every header or assignment, however many lines it takes."""
    line = 1
    start = 1
    depth = 0
    pieces: list[str] = []
    for match in _TOKEN.finditer(text):
        token = match.group()
        if token == "\n" and (depth == 0 or (pieces and pieces[0] == "[")):
            if pieces:
                yield start, "".join(pieces)
            pieces, depth = [], 0
        elif token.startswith("#"):
            pass
        else:
            if not pieces:
                token_seen = token.lstrip()
                if not token_seen:
                    line += token.count("\n")
                    continue
                start = line
                pieces.append(token_seen)
            else:
                pieces.append(token)
            if token in "[{":
                depth += 1
                if depth > DEEPEST:
                    raise TooDeep(line)
            elif token in "]}":
                depth = max(0, depth - 1)
        line += token.count("\n")
    if pieces:
        yield start, "".join(pieces)


def _left_of_equals(statement: str) -> str:
    for match in re.finditer(r""""(?:[^"\\]|\\.)*"|'[^']*'|=|[^"'=]+|["']""", statement):
        if match.group() == "=":
            return statement[: match.start()]
    return statement


def _parts(dotted: str) -> tuple[str, ...]:
    names: list[str] = []
    position = 0
    while match := _PART.match(dotted, position):
        name = match.group(1)
        names.append(name[1:-1] if name[0] in "\"'" else name)
        position = match.end()
        if not match.group(2) or len(names) > DEEPEST:
            break
    return tuple(names)


def _check_depth(names: tuple[str, ...], line: int) -> None:
    if len(names) > DEEPEST:
        raise TooDeep(line)
