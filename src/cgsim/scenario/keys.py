"""Where in a TOML text each key stands, and whether the text is fit to be parsed at all.

``tomllib`` tells no lines, and it needs seconds and gigabytes for small hostile files. This scanner
reads the text once, statement by statement, before anything is parsed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

MOST_BYTES = 256 * 1024
DEEPEST = 8
"""How deep keys and brackets may nest."""

Path = tuple[str | int, ...]

_PART = re.compile(r"""\s*("(?:[^"\\]|\\.)*"|'[^']*'|[^.\s"'\]]+)\s*(\.|\]|$)""")
_TOKEN = re.compile(r"\"\"\"|'{3}|\"|'|\#[^\n]*|[\[\]{}\n]|[^\"'\#\[\]{}\n]+")
# What ends each kind of quoted text, or steps over an escape in it. Up to two quotes may stand
# before the three that end a long one.
_CLOSING = {
    '"""': re.compile(r"\\.|(\"{3,5})", re.DOTALL),
    "'''": re.compile(r"('{3,5})"),
    '"': re.compile(r"\\.|(\"|\n)"),
    "'": re.compile(r"('|\n)"),
}
_PIECE = re.compile(r"[^\s.=,\[\]{}]+|[.=,\[\]{}]")


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
        if statement.startswith("["):
            names = _parts(statement.lstrip("["))
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


def _tokens(text: str) -> Iterator[str]:
    """Yield quoted texts, comments, brackets, line ends and what stands between them.

    Ends at a quote that never closes: the parser refuses such a text. Every character is looked at
    once, however hostile the text.
    """
    position = 0
    while match := _TOKEN.match(text, position):
        token = match.group()
        end = match.end()
        if token in _CLOSING:
            closing = _closing(text, token, end)
            if closing is None:
                return
            token, end = text[position:closing], closing
        yield token
        position = end


def _closing(text: str, quote: str, position: int) -> int | None:
    """Return where the quoted text that begins before ``position`` ends; None if it does not."""
    for match in _CLOSING[quote].finditer(text, position):
        if match.group(match.lastindex or 0) == "\n":
            return None
        if match.lastindex:
            return match.end()
    return None


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Yield (line, statement) for every header or assignment, however many lines it takes."""
    line = 1
    start = 1
    depth = 0
    pieces: list[str] = []
    chain = Chain()
    for token in _tokens(text):
        if token == "\n" and (depth == 0 or (pieces and pieces[0] == "[")):
            if pieces:
                yield start, "".join(pieces)
            pieces, depth, chain = [], 0, Chain()
        elif not token.startswith("#") and (pieces or token.strip()):
            if not pieces:
                start = line
                token = token.lstrip()
            pieces.append(token)
            if chain.longer_than(DEEPEST, token):
                raise TooDeep(line)
            if token in "[{":
                depth += 1
                if depth > DEEPEST:
                    raise TooDeep(line)
            elif token in "]}":
                depth = max(0, depth - 1)
        line += token.count("\n")
    if pieces:
        yield start, "".join(pieces)


class Chain:
    """Counts the parts of a dotted key, wherever it stands: inline tables and headers have some."""

    def __init__(self) -> None:
        """Begin with no part."""
        self.dots = 0
        self.after_dot = False

    def longer_than(self, most: int, token: str) -> bool:
        """Take one more token; tell whether a chain of more than ``most`` parts came to stand."""
        if token[0] in "\"'":
            pieces = ["quoted"]
        else:
            pieces = _PIECE.findall(token)
        for piece in pieces:
            if piece == ".":
                self.dots += 1
                self.after_dot = True
                if self.dots >= most:
                    return True
            else:
                if not self.after_dot:
                    self.dots = 0
                self.after_dot = False
        return False


def _left_of_equals(statement: str) -> str:
    length = 0
    for token in _tokens(statement):
        if token[0] not in "\"'" and "=" in token:
            return statement[: length + token.index("=")]
        length += len(token)
    return statement


def _parts(dotted: str) -> tuple[str, ...]:
    names: list[str] = []
    position = 0
    while match := _PART.match(dotted, position):
        name = match.group(1)
        names.append(name[1:-1] if name[0] in "\"'" else name)
        position = match.end()
        if match.group(2) != "." or len(names) > DEEPEST:
            break
    return tuple(names)


def _check_depth(names: tuple[str, ...], line: int) -> None:
    if len(names) > DEEPEST:
        raise TooDeep(line)
