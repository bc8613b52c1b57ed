"""Networks written in a random dialect are read back the same or refused, never something else."""

import csv
import io
import unicodedata
from collections import Counter
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from cgsim.scenario import ScenarioError
from cgsim.scenario.network_files import read_network

NAMES = (
    "Council",
    "Police",
    "Health board",
    "Charity",
    "Café Écosse",
    "Dún, Laoghaire",
    "Fire; rescue",
    "a|b",
    'The "Hub"',
    "O'Neill & Co <Ltd>",
    "2",
    "7",
    "0.5",
    "Source",
    "Target",
    "weight",
    "#1 Team",
    "NA",
    "agency 3",
    "agency 1",
)
SCALES = (None, (0.0, 1.0), (1.0, 5.0), (0.0, 10.0), (-2.0, 2.0))
ENDS = ("\n", "\r\n", "\r")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16")
FORMS = ("list", "named", "headed", "square", "graphml")
HARMS = ("none", "none", "mark", "drop", "extra", "stranger", "quote", "swap form")


class Written:
    """A network, and a file that says it."""

    def __init__(self, names, edges, scale, data, suffix, harm):
        self.names, self.edges, self.scale = names, edges, scale
        self.data, self.suffix, self.harm = data, suffix, harm

    def __repr__(self):
        return f"{self.names} {self.edges} {self.scale} {self.suffix} {self.harm} {self.data!r}"

    @property
    def declared(self):
        """The scale as the scenario says it; from 0 to 1 it need not, unless all are 0 or 1."""
        between = any(v not in (0, 1) for v in self.trust.values())
        return None if self.scale == (0.0, 1.0) and between else self.scale

    @property
    def tied(self):
        low = self.scale[0] if self.scale else 0.0
        return {tuple(sorted(p)) for p, v in self.edges.items() if v is None or v > low}

    @property
    def trust(self):
        return {pair: v for pair, v in self.edges.items() if v is not None}


def values(scale):
    low, high = scale
    steps = [low + (high - low) * k / 8 for k in range(9)]
    return st.sampled_from(steps)


@st.composite
def networks(draw):
    """Return names, and a value (None for a plain tie) by directed pair, and the scale."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=2, max_size=7, unique=True))
    pairs = [(i, j) for i in range(len(names)) for j in range(len(names)) if i != j]
    chosen = draw(st.lists(st.sampled_from(pairs), min_size=1, max_size=14, unique=True))
    scale = draw(st.sampled_from(SCALES))
    given = {p: None if scale is None else draw(values(scale)) for p in chosen}
    return names, given, scale


def called(draw, names, number, loose):
    """What a file calls an agency: its name, another normal form of it, or its number."""
    name = names[number]
    if loose and str(number + 1) not in names and draw(st.integers(0, 9)) == 0:
        return str(number + 1)
    return unicodedata.normalize("NFD", name) if draw(st.booleans()) else name


def number_of(draw, value, mark):
    text = f"{value:g}" if draw(st.booleans()) else f"{value:.3f}"
    comma = mark != "," and draw(st.integers(0, 3)) == 0
    return text.replace(".", ",") if comma else text


def table(draw, names, given, scale, form, mark):
    """Return the rows of a list or matrix."""
    everyone = list(range(len(names)))
    if form == "list":
        rows = []
        for (i, j), value in draw(st.permutations(list(given.items()))):
            ends = [called(draw, names, i, True), called(draw, names, j, True)]
            rows.append([*ends, *([] if value is None else [number_of(draw, value, mark)])])
        valued = scale is not None
        head = draw(st.sampled_from([None, None, ("source", "target"), ("From", "To")]))
        if head:
            rows.insert(0, [*head, *(["weight"] if valued else [])])
            if draw(st.booleans()):
                order = draw(st.permutations(range(len(rows[0]))))
                rows = [[row[at] for at in order] for row in rows]
        return rows

    def cell(i, j):
        if i == j:
            return draw(st.sampled_from(["", "0", "1"]))
        if (i, j) not in given:
            return "" if scale else "0"
        return "1" if given[i, j] is None else number_of(draw, given[i, j], mark)

    rows_of = cols_of = everyone
    if form == "named":
        rows_of, cols_of = draw(st.permutations(everyone)), draw(st.permutations(everyone))
    if form == "headed":
        rows_of = cols_of = draw(st.permutations(everyone))
    rows = [[cell(i, j) for j in cols_of] for i in rows_of]
    if form == "named":
        rows = [[called(draw, names, i, False), *row] for i, row in zip(rows_of, rows, strict=True)]
        corner = draw(st.sampled_from(["", "who trusts whom"]))
        rows.insert(0, [corner, *(called(draw, names, j, False) for j in cols_of)])
    if form == "headed":
        rows.insert(0, [called(draw, names, j, False) for j in cols_of])
    return rows


def harmed(draw, rows, harm, names):
    """Return rows with one thing wrong; what they then say is said by no network."""
    at = draw(st.integers(0, len(rows) - 1))
    rows = [list(row) for row in rows]
    if harm == "drop":
        rows[at].pop(draw(st.integers(0, min(1, len(rows[at]) - 1))))
    if harm == "extra":
        rows[at].append(draw(st.sampled_from(["Council", "x", "1"])))
        assume(len(rows[at]) != 3 or rows[at][-1] != "1")
    if harm == "stranger":
        rows[at][draw(st.integers(0, min(1, len(rows[at]) - 1)))] = "Polise"
    return rows


def as_text(draw, rows, mark, harm):
    quoting = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]))
    lines = []
    for row in rows:
        stream = io.StringIO()
        csv.writer(stream, delimiter=mark, quoting=quoting, lineterminator="").writerow(row)
        lines.append(stream.getvalue())
    at = draw(st.integers(0, len(lines) - 1))
    if harm == "mark":
        assume(mark in lines[at])
        lines[at] = lines[at].replace(
            mark, draw(st.sampled_from([m for m in ",;|\t" if m != mark]))
        )
    if harm == "quote":
        lines[at] = '"' + lines[at]
    if draw(st.integers(0, 4)) == 0:
        lines.insert(0, f"sep={mark}")
    if draw(st.integers(0, 4)) == 0:
        lines.insert(draw(st.integers(0, len(lines))), "")
    return draw(st.sampled_from(ENDS)).join(lines) + draw(st.sampled_from(["", "\n"]))


def as_graphml(draw, names, given):
    """Return GraphML as one of the tools writes it; always directed, to say all there is."""
    attribute = draw(st.sampled_from(["label", "name", "id", "yed"]))
    keys, nodes, edges = [], [], []
    ids = {}
    for i, name in enumerate(names):
        text = unicodedata.normalize(draw(st.sampled_from(["NFC", "NFD"])), name)
        ids[i] = text if attribute == "id" else f"n{i}"
        inside = ""
        if attribute in ("label", "name"):
            inside = f'<data key="d0">{escape(text)}</data>'
        if attribute == "yed":
            inside = f'<data key="d0"><y:ShapeNode><y:NodeLabel>{escape(text)}</y:NodeLabel>'
            inside += "</y:ShapeNode></data>"
        nodes.append(f"<node id={quoteattr(ids[i])}>{inside}</node>")
    if attribute == "yed":
        keys.append('<key id="d0" for="node" yfiles.type="nodegraphics"/>')
    elif attribute != "id":
        keys.append(f'<key id="d0" for="node" attr.name="{attribute}" attr.type="string"/>')
    keys.append('<key id="d1" for="edge" attr.name="weight" attr.type="double"/>')
    for (i, j), value in given.items():
        inside = "" if value is None else f'<data key="d1">{value!r}</data>'
        edges.append(f"<edge source={quoteattr(ids[i])} target={quoteattr(ids[j])}>{inside}</edge>")
    space = 'xmlns="http://graphml.graphdrawing.org/xmlns" '
    space = space + 'xmlns:y="http://www.yworks.com/xml/graphml"'
    body = "".join([*nodes, *draw(st.permutations(edges))])
    inside = f'{"".join(keys)}<graph edgedefault="directed">{body}</graph>'
    return f"<graphml {space}>{inside}</graphml>"


@st.composite
def files(draw):
    names, given, scale = draw(networks())
    form = draw(st.sampled_from(FORMS))
    harm = "none"
    if form == "graphml":
        text, suffix = as_graphml(draw, names, given), ".graphml"
    else:
        mark = draw(st.sampled_from(",;|\t"))
        harm = draw(st.sampled_from(HARMS))
        rows = harmed(draw, table(draw, names, given, scale, form, mark), harm, names)
        text, suffix = as_text(draw, rows, mark, harm), draw(st.sampled_from([".csv", ".txt"]))
    return Written(names, given, scale, text.encode(draw(st.sampled_from(ENCODINGS))), suffix, harm)


def outcome(written, folder):
    """Read a file back: "refused", "the same", or what it was read as."""
    path = folder / f"ties{written.suffix}"
    path.write_bytes(written.data)
    try:
        network = read_network(path, written.names, written.declared)
    except ScenarioError:
        return "refused"
    trust = {(i, j): value for i, j, value in network.trust}
    if trust == pytest.approx(written.trust, abs=6e-4) and network.tied == written.tied:
        return "the same"
    return f"tied {set(network.tied)} and trust {trust}"


def check(written, folder):
    found = outcome(written, folder)
    event(f"{written.harm}: {found if len(found) < 10 else 'another'}")
    assert found in ("the same", "refused")
    return found


CALM = (HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much)


@settings(max_examples=100, suppress_health_check=CALM)
@given(written=files())
def test_a_network_is_read_back_the_same_or_refused(written, tmp_path):
    check(written, tmp_path)


@pytest.mark.soak
def test_five_thousand_networks_are_read_back_the_same_or_refused(tmp_path):
    counted = Counter()

    @settings(max_examples=6000, suppress_health_check=CALM, database=None)
    @given(written=files())
    def every(written):
        counted[written.harm == "none", check(written, tmp_path)] += 1

    every()
    print(dict(counted))
    assert sum(counted.values()) >= 5000
    # What is in order is read, but for what a reader could take in two ways.
    assert counted[True, "the same"] > 4 * counted[True, "refused"]
