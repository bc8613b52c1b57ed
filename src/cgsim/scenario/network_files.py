"""Network files: lists of ties, matrices and GraphML, read whole or refused.

A text is read in every way that it can be understood: with each mark between cells, as a list of
ties and as a matrix. It counts as read only where every line is understood and all ways that
succeed agree. So no file is read as another network than the one that its author meant.

GraphML is read with the standard library's parser: the usual readers pass over groups, ports,
further graphs and default values without a word.
"""

from __future__ import annotations

import csv
import math
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

from cgsim.scenario import outside
from cgsim.scenario.errors import FEW, MOST_FAULTS, Fault, ScenarioError, safe, shown
from cgsim.scenario.network import Agencies, Network, made
from cgsim.scenario.sheets import with_points

MOST_BYTES = 8 * 2**20
MARKS = {",": "commas", ";": "semicolons", "|": "bars", "\t": "tabs"}
"""What may stand between cells: one of them in the whole file."""

SOURCE = ("source", "from", "sender", "ego", "truster", "who", "node1", "v1")
TARGET = ("target", "to", "receiver", "alter", "trustee", "whom", "node2", "v2")
WEIGHT = ("weight", "value", "trust", "strength")
TYPE = ("type",)
BESIDE = (
    "",
    "id",
    "label",
    "name",
    "shared name",
    "interaction",
    "shared interaction",
    "timeset",
    "interval",
    "suid",
    "selected",
    "key",
)
"""Columns and attributes that tools add and that say nothing of a tie."""
HOLES = ("", "na", "n/a")

_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]*,[0-9]+")

INSTEAD = "save an edge list as CSV UTF-8 (source, target, weight) or GraphML"
NEITHER = "got a table that is neither a list of ties nor a matrix; allowed a tie a line " + (
    "(two agencies and perhaps a weight), or a matrix with agencies in its first row and column"
)
HEADER_OR_TIE = (
    "got a line that may be a header or a tie, as agencies are called so; allowed a first line "
    "of source,target above it"
)
ITSELF = "got a tie of an agency to itself; allowed two agencies"
TWO_WAYS = (
    "got a table that can be read in more than one way; allowed a first line of "
    "source,target,weight over a list, or names in the first row and column of a matrix"
)
NO_TIE = 'holds no tie; allowed one or more (network = "none" is how to say that there is none)'


class Edge(NamedTuple):
    """What a file says of a pair."""

    line: int | None
    first: int
    second: int
    weight: float | None
    directed: bool | None  #: None where the file does not say


class Found(NamedTuple):
    """All that was understood of a file."""

    edges: list[Edge]
    notes: list[str]
    is_matrix: bool = False


class _NotRead(Exception):
    """The file cannot be understood in the way that was tried."""

    def __init__(self, faults: Iterable[tuple[int | None, str]]) -> None:
        self.faults = list(faults)


class _Ambiguous(_NotRead):
    """All was understood but for numbers that may be one or another."""


def read_network(
    path: str | os.PathLike[str],
    agency_names: Sequence[str],
    scale: tuple[float, float] | None = None,
) -> Network:
    """Return the network of a file, for agencies of these names.

    ``scale`` holds the values of no trust and of full trust, where the file's weights have a scale
    of their own. Raises ``ScenarioError`` with the lines that are not understood.
    """
    name = outside.name_of(path)
    data = outside.read_bytes(path, MOST_BYTES)
    agencies = Agencies(agency_names)
    try:
        _refuse_other_formats(Path(path).suffix.lower(), data)
        if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") or _is_xml(path, data):
            found = _graphml(data, agencies)
        else:
            found = _text(outside.text_of(data, os.fspath(path)), agencies)
        return _settled(Path(path).name, found, scale)
    except _NotRead as error:
        raise ScenarioError([Fault(name, line, "", text) for line, text in error.faults]) from None


# ---- what the edges come to ----------------------------------------------------------------------


def _settled(name: str, found: Found, scale: tuple[float, float] | None) -> Network:
    """Return the network of edges; weights become trust, or say no more than who is tied."""
    edges, notes = found.edges, list(found.notes)
    weights = [e.weight for e in edges if e.weight is not None]
    if scale is None and weights and all(w in (0.0, 1.0) for w in weights):
        without = sum(e.weight == 0.0 for e in edges)
        if without and not found.is_matrix:
            notes.append(f"{without} of weight 0 {'are no ties' if without > 1 else 'is no tie'}")
        edges = [e._replace(weight=None) for e in edges if e.weight != 0.0]
        weights = []
        if edges:
            notes.append("every weight is 1: it says who is tied, and not how much they trust")
    low, high = scale or (0.0, 1.0)
    if scale is None:
        allowed = "0 to 1; or say beside network_file what no and full trust are, such as "
        allowed += "network_scale = [1, 5]"
    else:
        allowed = f"{low:g} to {high:g}, as network_scale says, or nothing"
    _refuse(
        (e.line, f"got a weight of {e.weight:g}; allowed {allowed}")
        for e in edges
        if e.weight is not None and not low <= e.weight <= high
    )
    if scale is not None and not weights:
        raise _NotRead([(None, "got network_scale, and a file without weights; allowed with them")])
    if not edges:
        raise _NotRead([(None, NO_TIE)])
    trust: dict[tuple[int, int], tuple[float, int | None]] = {}
    faults = []
    for e in edges:
        pairs = [(e.first, e.second)] if e.directed is not False else _both(e)
        for pair in pairs if e.weight is not None else ():
            before, line = trust.setdefault(pair, (e.weight or 0.0, e.line))
            if before != e.weight:
                at = f" on line {line}" if line else ""
                message = f"got a weight of {e.weight:g}, and {before:g}{at} for the same pair"
                faults.append((e.line, message + "; allowed one"))
    _refuse(faults)
    plain = [(e.first, e.second) for e in edges if e.weight is None]
    directed = {(e.first, e.second) for e in edges if e.weight is None and e.directed}
    one_way = len({_sorted(pair) for pair in directed if pair[::-1] not in directed})
    if one_way:
        notes.append(f"{_count(one_way, 'tie')} given in one direction taken as mutual")
    holes = len({_sorted(pair) for pair in trust if pair[::-1] not in trust})
    if holes:
        notes.append(f"{_count(holes, 'pair')} with a weight in one direction only")
    values = {pair: value for pair, (value, _) in trust.items()}
    return made(name, plain, values, (low, high), notes)


def _both(edge: Edge) -> list[tuple[int, int]]:
    return [(edge.first, edge.second), (edge.second, edge.first)]


def _sorted(pair: tuple[int, int]) -> tuple[int, int]:
    return min(pair), max(pair)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' if number != 1 else ''}"


def _refuse(faults: Iterable[tuple[int | None, str]]) -> None:
    found = []
    for fault in faults:
        found.append(fault)
        if len(found) > MOST_FAULTS:
            break
    if found:
        raise _NotRead(found)


# ---- formats that are not read -------------------------------------------------------------------


def _is_xml(path: str | os.PathLike[str], data: bytes) -> bool:
    suffix = Path(path).suffix.lower()
    return suffix in (".graphml", ".xml") or data[:6] in (
        b"\xff\xfe<\x00?\x00",
        b"\xfe\xff\x00<\x00?",
    )


_OTHERS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("UCINET DL", (".dl",), r"\s*dl\b[\s,]*(n[mrc]?|format|nm)\s*="),
    ("Pajek", (".net", ".paj"), r"\s*(%[^\n]*\s+)*\*(vertices|network|arcs|edges|matrix)"),
    ("GML", (".gml",), r"\s*((#|creator|version|comment)[^\n]*\s+)*graph\s*\["),
    ("GEXF", (".gexf",), r"\s*(<\?xml[^>]*\?>\s*)?(<!--.*?-->\s*)*<gexf\b"),
    ("Graphviz DOT", (".dot", ".gv"), r'\s*(strict\s+)?(di)?graph\b[\s\w"]*\{'),
    ("JSON", (".json",), r"\s*[\[{]\s*[\"\[{\]}]"),
)
_BINARY = (
    (b"PK\x03\x04", "a workbook or another zip archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
)


def _refuse_other_formats(suffix: str, data: bytes) -> None:
    if not data.strip(b"\xef\xbb\xbf \t\r\n"):
        raise _NotRead([(None, NO_TIE)])
    kind = next((words for mark, words in _BINARY if data.startswith(mark)), "")
    if re.fullmatch(r"\.##[hd]", suffix):
        kind = "a UCINET data set"
    start = data[:4096].removeprefix(b"\xef\xbb\xbf").decode("latin-1")
    for name, suffixes, pattern in _OTHERS:
        if suffix in suffixes or re.match(pattern, start, re.IGNORECASE | re.DOTALL):
            kind = kind or f"a {name} file"
    if kind:
        raise _NotRead([(None, f"got {kind}, which is not read; {INSTEAD}")])


# ---- texts: lists and matrices -------------------------------------------------------------------

Row = tuple[int, list[str]]


def _text(text: str, agencies: Agencies) -> Found:
    """Read a text with every mark and as every kind of table; all that succeed have to agree."""
    lines = [
        (number, line)
        for number, line in enumerate(re.split("\r\n|\r|\n", text), 1)
        if line.strip() and not _is_remark(line, agencies)
    ]
    if not lines:
        raise _NotRead([(None, NO_TIE)])
    marks = list(MARKS)
    said = re.fullmatch(r'"?sep=([,;|\t])"?', lines[0][1].strip(" "), re.IGNORECASE)
    if said:
        marks = [said.group(1)]
        lines = lines[1:]
    # Every line holds the mark, so the first one does.
    tried = [mark for mark in marks if lines and mark in lines[0][1]]
    ways: list[Found] = []
    ambiguous: list[_Ambiguous] = []
    for mark in tried:
        try:
            rows = list(_rows(lines, mark))
        except _NotRead:
            continue
        for form in (_as_list, _named_matrix, _headed_matrix, _square_matrix):
            try:
                found = form(rows, agencies, mark)
            except _Ambiguous as error:
                ambiguous.append(error)
                continue
            except _NotRead:
                continue
            if form is _as_list and (
                _may_be_a_matrix(_not_blank(rows), mark) or _may_be_a_matrix_of_holes(rows)
            ):
                raise _NotRead([(lines[0][0], TWO_WAYS)])
            if found.edges not in [way.edges for way in ways]:
                ways.append(found)
    if len(ways) + len(ambiguous) > 1:
        raise _NotRead([(lines[0][0], TWO_WAYS)])
    if ways:
        return ways[0]
    if ambiguous:
        raise ambiguous[0]
    raise _NotRead(_reasons(lines, tried or marks, agencies))


def _may_be_a_matrix(rows: Sequence[Row], mark: str) -> bool:
    """Tell whether a list is all numbers and square: a matrix of a few of the agencies, perhaps."""
    return all(
        len(cells) == len(rows) and all(_number(cell, mark) is not None for cell in cells)
        for _, cells in rows
    )


def _may_be_a_matrix_of_holes(rows: Sequence[Row]) -> bool:
    """Tell whether all of a list is one tie, which may head a matrix with nothing in its cells."""
    return len(_not_blank(rows)) == 1 and len(rows) == 1 + len(rows[0][1])


def _is_remark(line: str, agencies: Agencies) -> bool:
    return line.lstrip().startswith("#") and not agencies.some_begin_with_hash


def _rows(lines: Sequence[tuple[int, str]], mark: str) -> Iterator[Row]:
    """Yield the cells of every line; a quoted cell ends on its line."""
    for number, line in lines:
        reader = csv.reader([line], delimiter=mark, skipinitialspace=True, strict=True)
        try:
            cells = [cell.strip() for cell in next(reader)]
        except csv.Error:
            message = "got quotes that do not close round a cell; allowed CSV"
            raise _NotRead([(number, message)]) from None
        yield number, cells


def _not_blank(rows: Sequence[Row]) -> list[Row]:
    """Leave out rows without any cell, as spreadsheets add them: where rows are not counted."""
    return [row for row in rows if any(row[1])]


def _reasons(
    lines: Sequence[tuple[int, str]], marks: Sequence[str], agencies: Agencies
) -> list[tuple[int | None, str]]:
    """Return why a text is not understood, in the way that is most likely meant."""
    counts = {mark: sum(mark in line for _, line in lines) for mark in marks}
    mark = max(marks, key=lambda m: counts[m])
    try:
        rows = list(_rows(lines, mark))
    except _NotRead as error:
        return error.faults
    if not _not_blank(rows):
        return [(None, NO_TIE)]
    form = _likely(_not_blank(rows), agencies, mark)
    if form is None:
        return [(rows[0][0], NEITHER)]
    try:
        form(rows, agencies, mark)
    except _NotRead as error:
        return error.faults
    return [(rows[0][0], NEITHER)]


Form = Callable[[Sequence[Row], Agencies, str], Found]


def _likely(rows: Sequence[Row], agencies: Agencies, mark: str) -> Form | None:
    first = rows[0][1]
    if _columns(first, agencies) is not None:
        return _as_list
    known = sum(agencies.named(cell) is not None for cell in first[1:])
    if known >= 2 and agencies.named(first[0]) is None:
        return _named_matrix
    if len(first) > 3 and all(_number(cell, mark) is not None for cell in first if cell):
        return _square_matrix
    if known and len(first) > 3 and len(rows) > 1 and _number(rows[1][1][0], mark) is not None:
        return _headed_matrix
    if len(first) <= 3 or (agencies.find(first[0]) is not None and known):
        return _as_list
    return None


def _number(cell: str, mark: str) -> float | None:
    """Return the number in a cell; with a decimal comma only where no comma is the mark."""
    if mark != "," and _DECIMAL_COMMA.fullmatch(cell):
        cell = cell.replace(",", ".")
    if not _NUMBER.fullmatch(cell):
        return None
    value = float(cell)
    return value if math.isfinite(value) else None


def _one_reading(cells: Iterable[tuple[int, str]], mark: str) -> None:
    """Refuse weights whose commas may as well part thousands, or with points beside them."""
    if mark == ",":
        return
    weights = [(line, cell) for line, cell in cells if _number(cell, mark) is not None]
    try:
        with_points(
            [cell for _, cell in weights], lambda n, text: Fault("", weights[n][0], "", text)
        )
    except ScenarioError as error:
        raise _Ambiguous((fault.line, fault.message) for fault in error.faults) from None


def _columns(cells: Sequence[str], agencies: Agencies) -> dict[str, int] | None:
    """Return where a header's words stand; None where the row is no header of a list."""
    words = [" ".join(cell.lower().replace("_", " ").split()) for cell in cells]
    places: dict[str, int] = {}
    for kind, known in (("source", SOURCE), ("target", TARGET), ("weight", WEIGHT), ("type", TYPE)):
        found = [place for place, word in enumerate(words) if word in known]
        if len(found) > 1:
            return None
        if found:
            places[kind] = found[0]
    if "source" not in places or "target" not in places:
        return None
    if len(places) == 2 and all(agencies.named(cells[at]) is not None for at in places.values()):
        return None  # agencies of these names
    return places


def _as_list(rows: Sequence[Row], agencies: Agencies, mark: str) -> Found:
    """Read a tie a line: two agencies and perhaps a weight, or the columns of a header."""
    rows = _not_blank(rows)
    if not rows:
        raise _NotRead([(None, NO_TIE)])
    faults: list[tuple[int | None, str]] = []
    unread: list[str] = []
    places = _columns(rows[0][1], agencies)
    body = list(rows)
    width = 3
    if places is not None:
        line, head = rows[0]
        body = body[1:]
        width = len(head)
        for place, cell in enumerate(head):
            if place in places.values() or not any(
                place < len(cells) and cells[place] for _, cells in body
            ):
                continue
            if cell.lower().replace("_", " ") in BESIDE:
                unread.append(cell)
            else:
                message = f"got a column {shown(cell)}; allowed source, target, weight and type: "
                faults.append((line, message + "take it away"))
    else:
        if len(rows) > 1 and _columns(rows[0][1], Agencies(())) is not None:
            raise _NotRead([(rows[0][0], HEADER_OR_TIE)])
        places = {"source": 0, "target": 1, "weight": 2}
    at_weight = places.get("weight", 0)
    weighted = "weight" in places and any(
        _number(cells[at_weight], mark) is not None for _, cells in body if len(cells) > at_weight
    )
    edges = []
    doubtful: dict[str, None] = {}
    for line, cells in body:
        if len(faults) > MOST_FAULTS:
            break
        got = {kind: cells[at] if at < len(cells) else "" for kind, at in places.items()}
        names = got["source"], got["target"]
        numbers = [agencies.find(name) if name else None for name in names]
        before = len(faults)
        if any(cells[width:]):
            count = len(cells)
            faults.append((line, f"got {count} cells; allowed {width} at most: a tie a line"))
        elif weighted and len(cells) <= at_weight:
            # With a cell lost, a number that is left may pass for an agency's.
            message = f"got {len(cells)} cells; allowed {at_weight + 1}, as elsewhere"
            faults.append((line, f"{message}: where there is no weight, an empty one"))
        elif not all(names):
            message = (
                "has one name where two are needed; allowed two, with a comma, semicolon, bar "
            )
            faults.append((line, message + "or tab between them, the same in the whole file"))
        else:
            faults += [
                (line, agencies.unknown(name))
                for name, number in zip(names, numbers, strict=True)
                if number is None
            ]
            if numbers[0] is not None and numbers[0] == numbers[1]:
                faults.append((line, ITSELF))
        text = got.get("weight", "")
        weight = _number(text, mark)
        if weight is None and text.lower() not in HOLES and len(faults) == before:
            cell = "third cell" if width == 3 and len(cells) == 3 else "cell"
            faults.append(
                (line, f"got a {cell} {shown(text)}, which is no weight; allowed a number")
            )
        kind = got.get("type", "").lower()
        if kind not in ("", "directed", "undirected"):
            faults.append((line, f"got type {shown(kind)}; allowed directed or undirected"))
        if len(faults) == before:
            directed = {"directed": True, "undirected": False}.get(kind)
            edges.append(Edge(line, numbers[0] or 0, numbers[1] or 0, weight, directed))
            doubtful |= dict.fromkeys(name for name in names if agencies.is_also_a_number(name))
    if not edges and not faults:
        faults.append((None, NO_TIE))
    _refuse(faults)
    if weighted:
        _one_reading([(line, cells[at_weight]) for line, cells in body], mark)
    return Found(edges, [*_beside(unread), *_taken_as_names(list(doubtful)), *_repeated(edges)])


def _beside(columns: Sequence[str]) -> list[str]:
    named = [safe(column) or "without a name" for column in columns[:FEW]]
    if not named:
        return []
    return [f"column{'s' * (len(columns) > 1)} {', '.join(named)} not read"]


def _taken_as_names(texts: Sequence[str]) -> list[str]:
    if not texts:
        return []
    few = ", ".join(shown(text) for text in texts[:FEW])
    return [f"{few} taken as the name of an agency, not as a number"]


def _repeated(edges: Sequence[Edge]) -> list[str]:
    """Tell of ties that are there again word for word: often two tables pasted together."""
    again = len(edges) - len({edge._replace(line=None) for edge in edges})
    return [f"{_count(again, 'line')} with a tie that is there before"] if again else []


def _cells_of_matrix(
    rows: Sequence[Row], who: Sequence[int], whom: Sequence[int], names: Sequence[str], mark: str
) -> Found:
    """Read the cells of a matrix: row trusts, or is tied to, column. Holes are left out."""
    edges, faults = [], []
    diagonal = False
    for (line, cells), first in zip(rows, who, strict=True):
        if len(cells) < len(whom) or any(cells[len(whom) :]):
            faults.append((line, f"got {len(cells)} values; allowed {len(whom)}, one a column"))
        for cell, second in zip(cells, whom, strict=False):
            value = _number(cell, mark)
            if value is None and cell.lower() not in HOLES and len(faults) <= MOST_FAULTS:
                message = f"got {shown(cell)} under {shown(names[second])}; allowed a number"
                faults.append((line, message + ", or nothing"))
            elif first == second:
                diagonal = diagonal or bool(value)
            elif value is not None:
                edges.append(Edge(line, first, second, value, True))
    _refuse(faults)
    if not edges:
        raise _NotRead([(None, NO_TIE)])
    _one_reading([(line, cell) for line, cells in rows for cell in cells], mark)
    return Found(edges, ["the diagonal counts for nothing"] if diagonal else [], True)


def _found(cells: Sequence[tuple[int, str]], agencies: Agencies) -> list[int]:
    """Return the agencies that rows or columns are of, each by its name and once.

    By numbers a matrix would be too much like a list whose first name is wrong.
    """
    faults: list[tuple[int | None, str]] = []
    numbers: list[int] = []
    for line, cell in cells:
        number = agencies.named(cell)
        if number is None:
            faults.append((line, agencies.unknown(cell, len(faults) < MOST_FAULTS, numbers=False)))
        elif number in numbers:
            faults.append((line, f"got {shown(cell)} twice; allowed each agency once"))
        else:
            numbers.append(number)
    _refuse(faults)
    return numbers


def _named_matrix(rows: Sequence[Row], agencies: Agencies, mark: str) -> Found:
    """Read a matrix with agencies in its first row and column; some may be missing from either."""
    rows = _not_blank(rows)
    if not rows:
        raise _NotRead([(None, NO_TIE)])
    line, head = rows[0]
    width = len(head)
    while head and not head[-1]:
        head = head[:-1]
    # A row that is longer, if only by an empty cell, may mean that a name is missing from the head.
    _refuse(
        (number, f"got {len(cells)} cells; allowed {width}, as in the first row")
        for number, cells in rows[1:]
        if len(cells) > width
    )
    if len(head) < 3 or len(rows) < 2 or agencies.find(head[0]) is not None:
        raise _NotRead([(line, NEITHER)])
    whom = _found([(line, cell) for cell in head[1:]], agencies)
    who = _found([(number, cells[0]) for number, cells in rows[1:]], agencies)
    body = [(number, cells[1:]) for number, cells in rows[1:]]
    return _cells_of_matrix(body, who, whom, agencies.names, mark)


def _headed_matrix(rows: Sequence[Row], agencies: Agencies, mark: str) -> Found:
    """Read a matrix with agencies in its first row alone; its rows have the same order."""
    line, head = rows[0]
    if len(head) != len(rows) - 1 or any(agencies.named(cell) is None for cell in head):
        raise _NotRead([(line, NEITHER)])
    whom = _found([(line, cell) for cell in head], agencies)
    _all_of_width(rows[1:], len(head))
    return _cells_of_matrix(rows[1:], whom, whom, agencies.names, mark)


def _square_matrix(rows: Sequence[Row], agencies: Agencies, mark: str) -> Found:
    """Read a matrix without names: a row and a column for every agency, in their order."""
    count = len(agencies.names)
    if len(rows) != count:
        message = f"got a matrix of {len(rows)} rows without names; allowed {count}, one an agency"
        raise _NotRead([(rows[0][0], message + ", or names in the first row and column")])
    _all_of_width(rows, count)
    every = range(count)
    return _cells_of_matrix(rows, every, every, agencies.names, mark)


def _all_of_width(rows: Sequence[Row], width: int) -> None:
    _refuse(
        (line, f"got {len(cells)} values; allowed {width}, one an agency")
        for line, cells in rows
        if len(cells) != width
    )


# ---- GraphML -------------------------------------------------------------------------------------


def _graphml(data: bytes, agencies: Agencies) -> Found:
    try:
        root = ElementTree.fromstring(data)
    except ElementTree.ParseError as error:
        line = error.position[0]
        raise _NotRead([(line, "got a text that is no XML; allowed GraphML")]) from None
    except (ValueError, LookupError):  # an encoding that there is not
        raise _NotRead([(1, "got XML in an unknown encoding; allowed UTF-8")]) from None
    if _tag(root) != "graphml":
        raise _NotRead([(None, f"got XML of {shown(_tag(root))}; allowed GraphML")])
    keys = {key.get("id"): key for key in root if _tag(key) == "key"}
    graphs = [element for element in root.iter() if _tag(element) == "graph"]
    if len(graphs) != 1 or any(_tag(e) in ("hyperedge", "port") for e in graphs[0].iter()):
        message = "got groups, ports, hyperedges or several graphs; allowed one plain graph"
        raise _NotRead([(None, message)])
    graph = graphs[0]
    default = graph.get("edgedefault")
    if default not in ("directed", "undirected"):
        message = f"got edgedefault {shown(default)}; allowed directed or undirected"
        raise _NotRead([(None, message)])
    nodes = _nodes([e for e in graph if _tag(e) == "node"], keys, agencies)
    edges, faults = [], []
    unread: set[str] = set()
    for element in graph:
        if _tag(element) != "edge":
            continue
        ends = element.get("source"), element.get("target")
        missing = [end for end in ends if end not in nodes]
        if missing:
            faults.append((None, f"got an edge to {shown(missing[0])}; allowed the id of a node"))
            continue
        if nodes[ends[0]] == nodes[ends[1]]:
            faults.append((None, ITSELF))
        told = _attributes(element, keys, "edge")
        weights = [text for name, text in told.items() if name in WEIGHT and text]
        weight = _number(weights[0], ",") if weights else None
        if len(weights) > 1 or (weights and weight is None):
            got = ", ".join(shown(text) for text in weights)
            faults.append((None, f"got an edge with weight {got}; allowed one number"))
            continue
        unread |= {
            name
            for name, text in told.items()
            if name not in WEIGHT and name not in ("id", "key", "suid")
            if _number(text, ";") is not None
        }
        directed = {"true": True, "false": False}.get(
            element.get("directed", ""), default == "directed"
        )
        edges.append(Edge(None, nodes[ends[0]], nodes[ends[1]], weight, directed))
    _refuse(faults)
    if not edges:
        raise _NotRead([(None, NO_TIE)])
    notes = [f"edges' {safe(name)} is not read" for name in sorted(unread)[:5]]
    return Found(edges, notes)


def _tag(element: ElementTree.Element) -> str:
    # Comments and processing instructions are none of these: the parser leaves them out.
    return element.tag.rpartition("}")[2]


def _attributes(
    element: ElementTree.Element, keys: dict[str | None, ElementTree.Element], kind: str
) -> dict[str, str]:
    """Return what is said of a node or an edge, by lower-case names; defaults count."""
    found: dict[str, str] = {}
    for key in keys.values():
        default = next((e for e in key if _tag(e) == "default"), None)
        if default is not None and key.get("for") in (kind, "all"):
            found[_name_of(key)] = (default.text or "").strip()
    for data in element:
        if _tag(data) != "data":
            continue
        key_here = keys.get(data.get("key"))
        if key_here is None:
            raise _NotRead([(None, f"got a key {shown(data.get('key'))}; allowed one declared")])
        if len(data):  # as yEd writes it
            part = "NodeLabel" if kind == "node" else "EdgeLabel"
            labels = [(e.text or "").strip() for e in data.iter() if _tag(e) == part]
            labels = [label for label in labels if label]
            if len(labels) > 1:
                message = f"got two labels, {shown(labels[0])} and {shown(labels[1])}; allowed one"
                raise _NotRead([(None, message)])
            if labels:
                found["label"] = labels[0]
        else:
            found[_name_of(key_here)] = (data.text or "").strip()
    return found


def _name_of(key: ElementTree.Element) -> str:
    return (key.get("attr.name") or key.get("id") or "").lower()


def _nodes(
    elements: Sequence[ElementTree.Element],
    keys: dict[str | None, ElementTree.Element],
    agencies: Agencies,
) -> dict[str | None, int]:
    """Return the agency that each node stands for: by its label, its name or its id."""
    ids = [element.get("id") for element in elements]
    told = [_attributes(element, keys, "node") for element in elements]
    texts = {kind: [item.get(kind, "") for item in told] for kind in ("label", "name")}
    texts["id"] = [name or "" for name in ids]
    if len(set(ids)) < len(ids) or not all(ids):
        raise _NotRead([(None, "got nodes without an id, or with the same; allowed an id each")])
    named = [[agencies.named(text) for text in row] for row in texts.values() if all(row) and row]
    whole = [row for row in named if None not in row]
    if not whole:
        kind = next((k for k, row in texts.items() if any(row)), "id")
        numbers = [agencies.find(text) if text else None for text in texts[kind]]
        _refuse(
            (None, f"node {shown(node)}: {agencies.unknown(text)}")
            for node, text, number in zip(ids, texts[kind], numbers, strict=True)
            if number is None
        )
        whole = [numbers]
    if any(row != whole[0] for row in whole):
        message = "got nodes whose label, name and id are names of different agencies; allowed one"
        raise _NotRead([(None, message)])
    chosen = [number for number in whole[0] if number is not None]
    if len(set(chosen)) < len(chosen):
        raise _NotRead([(None, "got two nodes of the same agency; allowed one")])
    return dict(zip(ids, chosen, strict=True))
