"""Networks read from a file: each kind of file that people have, read whole or refused."""

import logging

import networkx as nx
import numpy as np
import pytest

from cgsim import PartnershipModel
from cgsim.engine.life import first_trust
from cgsim.engine.plan import draw_one, given_network
from cgsim.scenario import ScenarioError, load, loads
from cgsim.scenario.model import Scenario
from cgsim.scenario.network_files import MOST_BYTES, read_network

NAMES = ("Council", "Police", "Health board", "Charity")
HEAD = """title = "Ties from a file"
[world]
agencies = 4
network = "file"
network_file = "{file}"
{more}
"""
AGENCIES = "".join(f'[[agency]]\nname = "{name}"\n' for name in NAMES)
LOOKS = "[[partnership]]\nsize = 3\n"


def read(folder, content, file="ties.csv", scale=None, names=NAMES):
    data = content if isinstance(content, bytes) else content.encode()
    (folder / file).write_bytes(data)
    return read_network(folder / file, names, scale)


def refused(folder, content, file="ties.csv", scale=None, names=NAMES):
    with pytest.raises(ScenarioError) as error:
        read(folder, content, file, scale, names)
    return str(error.value).replace(f"{folder}/", "")


def scenario_of(folder, content, more="", file="ties.csv"):
    (folder / file).write_bytes(content if isinstance(content, bytes) else content.encode())
    path = folder / "s.toml"
    path.write_text(HEAD.format(file=file, more=more) + AGENCIES + LOOKS)
    return load(path)


def graph(nodes, edges, keys="", default="undirected"):
    """Return GraphML; ``nodes`` and ``edges`` are its elements' texts."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<graphml xmlns="http://graphml.graphdrawing.org/xmlns" '
        f'xmlns:y="http://www.yworks.com/xml/graphml">{keys}'
        f'<graph id="G" edgedefault="{default}">{nodes}{edges}</graph></graphml>'
    )


# ---- lists of ties ------------------------------------------------------------------------------

TWO = {(0, 1), (1, 3)}


@pytest.mark.parametrize(
    "content",
    [
        "Council,Police\nPolice,Charity\n",
        "Council;Police\nPolice;Charity",
        "Council|Police\nPolice|Charity\n",
        "Council\tPolice\nPolice\tCharity\n",
        "Council, Police\r\nPolice, Charity\r\n",
        "Council,Police\rPolice,Charity\r",
        '"Council","Police"\n"Police","Charity"\n',
        '"source","target"\n"Council","Police"\n"Police","Charity"\n',
        "From;To\nCouncil;Police\nPolice;Charity\n",
        '"","from","to"\n"1","Council","Police"\n"2","Police","Charity"\n',
        "# seen in May\n\nCouncil,Police\n,,\nPolice,Charity,\n",
        "sep=;\nCouncil;Police\nPolice;Charity\n",
        "1,2\n2,4\n4,2\n",
        "Council,2\n4,Police\n",
        "Council,Police\nPolice,Council\nPolice,Charity\n",
        "\ufeffCouncil,Police\nPolice,Charity\n",
        "Council,Police\nPolice,Charity\n".encode("utf-16"),
        "Source,Target,Type,Id,Label,Weight\n"
        "Council,Police,Undirected,0,,1.0\nPolice,Charity,Undirected,1,,1.0\n",
        "Council,Police,1\nPolice,Charity,1\n",
        "Council,Police,1\nPolice,Charity,1\nCouncil,Charity,0\n",
    ],
)
def test_a_list_of_ties_is_read_in_every_dialect(tmp_path, content):
    network = read(tmp_path, content)
    assert (network.tied, network.trust, network.scale) == (TWO, (), None)


def test_a_name_wins_over_a_number_and_names_are_compared_in_one_normal_form(tmp_path):
    names = ("Council", "Cafe\u0301 Police", "1", "Health  board")
    assert read(tmp_path, "1,Café Police\n2,Health board\n", names=names).tied == {(1, 2), (1, 3)}
    twice = refused(tmp_path, "Café,Council\n", names=("Café", "Cafe\u0301", "Council"))
    assert 'ties.csv:1: got "Café", the name of two agencies' in twice


def test_agencies_called_as_a_header_or_a_remark_are_agencies(tmp_path):
    assert read(tmp_path, "Source,Target\n", names=("Source", "Target")).tied == {(0, 1)}
    two = ("from", "to", "Police")
    told = refused(tmp_path, "from,to\nfrom,Police\n", names=two)
    assert told.startswith("ties.csv:1: got a line that may be a header or a tie")
    for content in (
        "source,target\nfrom,to\nfrom,Police\n",
        "from,to,weight\nfrom,to,1\nfrom,Police,1\n",
        "Police,from\nfrom,to\n",
    ):
        assert read(tmp_path, content, names=two).tied == {(0, 1), (0, 2)}
    names = ("#1 Team", "Council", "#Two")
    assert read(tmp_path, "#1 Team,Council\n#Two,Council\n", names=names).tied == {(0, 1), (1, 2)}


LIST_FAULTS = {
    "Council,Police\nCouncil,Police,Charity\n": '2: got a third cell "Charity", which is no weight',
    "Council,Police\nPolice\n": "2: has one name where two are needed",
    "Council\nPolice\n": "1: has one name where two are needed",
    "Council,Police #2\n": '1: got "Police #2"; allowed an agency\'s name, or its number from 1',
    "Council,Polise\n": '1: got "Polise"; allowed an agency\'s name, or its number from 1 (did you '
    'mean "Police"?)',
    "Council,5\n": '1: got "5"',
    "Council,0\n": '1: got "0"',
    "Council,01\n": '1: got "01"',
    "Council,Police\nPolice;Charity\n": "2: has one name where two are needed",
    '"Council","Police\nPolice,Charity\n': "1: got quotes that do not close",
    "Council,Council\n": "1: got a tie of an agency to itself",
    "Council,Police,0.5\nCouncil,Police,0.6\n": "2: got a weight of 0.6, and 0.5 on line 1 for the",
    "Council,Police,1e999\n": '1: got a third cell "1e999", which is no weight',
    "Council,Police,nan\n": '1: got a third cell "nan", which is no weight',
    "Council,Police,-0.5\n": "1: got a weight of -0.5; allowed 0 to 1",
    "Council,Police,4\n": "1: got a weight of 4; allowed 0 to 1; or say beside network_file",
    "source,target,since\nCouncil,Police,2020\n": '1: got a column "since"; allowed source, target',
    "source,target,type\nCouncil,Police,mutual\n": '2: got type "mutual"; allowed directed or',
    "Council,Police,0.5\nPolice,1\n": "2: got 2 cells; allowed 3, as elsewhere",
    "source,target,weight\n1,2,1\n4,1\n": "3: got 2 cells; allowed 3, as elsewhere",
    "Council,Police,0.5,yes\n": "1: got 4 cells; allowed 3 at most",
    "Council Police\nPolice Charity\n": "1: has one name where two are needed",
    "source,target\n": "ties.csv: holds no tie",
    "": "ties.csv: holds no tie",
    "\n\n# nothing\n": "ties.csv: holds no tie",
    "Council,Police,0\n": "ties.csv: holds no tie",
    'Council,"Police\nCharity"\n': "1: got quotes that do not close",
}


@pytest.mark.parametrize(("content", "told"), LIST_FAULTS.items())
def test_a_line_that_is_not_understood_whole_is_told(tmp_path, content, told):
    assert told in refused(tmp_path, content)


# ---- matrices and trust -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        ",Council,Police,Charity\nCouncil,4,1,\nPolice,5,,NA\nCharity,,3,\n",
        "who;Council;Police;Charity\nCouncil;;1,0;\nPolice;5,0;;\nCharity;;3,0;\n",
        ",,,\n,Charity,Council,Police\nCharity,,,3\nPolice,,5,\nCouncil,,4,1\n",
        "0,1,,\n5,0,,\n,,0,\n,3,,0\n",
        "from,to,trust\nCouncil,Police,1\nPolice,Council,5\nCharity,Police,3\n",
    ],
)
def test_a_survey_of_who_trusts_whom_is_starting_trust(tmp_path, content):
    network = read(tmp_path, content, scale=(1.0, 5.0))
    assert network.trust == ((0, 1, 1.0), (1, 0, 5.0), (3, 1, 3.0))
    assert network.starting_trust == [(0, 1, 0.0), (1, 0, 1.0), (3, 1, 0.5)]
    assert network.tied == {(0, 1), (1, 3)}


def test_trust_reaches_the_engine_in_its_direction_and_holes_are_as_before(tmp_path):
    content = "source,target,weight\nCouncil,Police,0.9\nPolice,Council,0.3\nCharity,Police,0.0\n"
    scenario = scenario_of(tmp_path, content + "Council,Charity,0.7\n")
    trust = first_trust(draw_one(scenario, 1, 0).world)
    stranger, tie = scenario.values["trust_stranger"], scenario.values["trust_tie"]
    assert trust[0, 1] == 0.9
    assert trust[1, 0] == 0.3
    assert trust[3, 1] == 0.0
    assert trust[1, 3] == stranger, "of two who are not tied, one of whom was not asked"
    assert trust[0, 3] == 0.7
    assert trust[3, 0] == stranger + tie, "tied, and was not asked"
    assert trust[0, 2] == stranger
    model = PartnershipModel(scenario)
    assert {tuple(sorted(edge)) for edge in model.network().edges} == {(0, 1), (0, 3)}
    assert model.by_agency.trust[0, 1] == 0.9
    again = (
        PartnershipModel("baseline", network="file", network_file=str(tmp_path / "n.csv"))
        if ((tmp_path / "n.csv").write_text("agency 1,agency 2,0.25\n"))
        else None
    )
    assert again.by_agency.trust[0, 1] == 0.25


def test_ties_alone_give_the_trust_of_a_tie(tmp_path):
    scenario = scenario_of(tmp_path, "Council,Police\n")
    drawn = draw_one(scenario, 1, 0)
    values = scenario.values
    trust = first_trust(drawn.world)
    assert trust[0, 1] == trust[1, 0]
    assert trust[0, 1] == values["trust_stranger"] + values["trust_tie"]
    assert trust[0, 2] == values["trust_stranger"]
    assert np.isnan(given_network(scenario).trust).all()


@pytest.mark.parametrize(
    "content",
    [
        ",Council,Police,Charity\nCouncil,0,1,0\nPolice,1,0,1\nCharity,0,1,0\n",
        "Council,Police,Charity\n0,1,0\n1,0,1\n0,1,0\n",
        "0,1,0,0\n1,0,0,1\n0,0,0,0\n0,1,0,0\n",
    ],
)
def test_a_matrix_of_0_and_1_says_who_is_tied(tmp_path, content):
    network = read(tmp_path, content)
    assert (network.tied, network.trust) == (TWO, ())
    assert network.notes == ("every weight is 1: it says who is tied, and not how much they trust",)


MATRIX_FAULTS = {
    "4,2,1,3\n2,4,3,1\n1,3,4,2\n3,1,2,4\n": "1: got a weight of 2; allowed 0 to 1; or say beside",
    "4,2,1\n2,4,3\n1,3,4\n": "1: got a table that can be read in more than one way",
    "1,0,0,1\n0,1\n0,0,1,0\n0,0,0,1\n": "2: got 2 values; allowed 4",
    "Polise,2\n4,1\n": '1: got "Polise"; allowed an agency',
    "Polise,2,1\n4,1,1\n": '1: got "Polise"; allowed an agency',
    ",Council,Police\nCouncil,0,yes\n": '2: got "yes" under "Police"; allowed a number, or nothing',
    ",Council,Polise,Police\nCouncil,0,1,1\n": '1: got "Polise"',
    ",Council,Police\nCouncil,0,1\nCouncil,0,1\n": '3: got "Council" twice',
    ",Council,Police\nCouncil,0,1,1\n": "2: got 4 cells; allowed 3, as in the first row",
    ",Council,Police\nCouncil,1,0\n": "holds no tie",
    ",Council,Police\nCouncil,0,1\nPolice,1\n": "3: got 1 values; allowed 2",
    "a,b,c,d,e\n1,2,3,4,5\n": "1: got a table that is neither a list of ties nor a matrix",
}


@pytest.mark.parametrize(("content", "told"), MATRIX_FAULTS.items())
def test_a_matrix_that_is_not_understood_whole_is_told(tmp_path, content, told):
    assert told in refused(tmp_path, content)


def test_a_matrix_whose_head_lacks_a_name_is_refused(tmp_path):
    told = refused(tmp_path, ";Police;Health board\nCouncil;;0,5;\nPolice;;;\nHealth board;;;\n")
    assert told.startswith("ties.csv:2: got 4 cells; allowed 3, as in the first row")
    even = ";Council;Police;\nCouncil;;0,5;\nPolice;;;\n"  # as spreadsheets end every line
    assert read(tmp_path, even).trust == ((0, 1, 0.5),)


def test_what_can_be_read_in_two_ways_is_refused(tmp_path):
    three = ("a", "b", "c")
    content = "1,2,1\n2,3,1\n1,3,0\n"  # three ties with a weight, or a matrix
    assert "in more than one way" in refused(tmp_path, content, names=three, scale=(0.0, 3.0))
    assert "in more than one way" in refused(tmp_path, content, names=three)
    assert read(tmp_path, "source,target,weight\n" + content, names=three).tied == {(0, 1), (1, 2)}
    for holes in (",\n,\n", '""\n,\n'):
        assert "in more than one way" in refused(tmp_path, "a,b\n" + holes, names=("a", "b"))
    assert read(tmp_path, "a,b\n,\n", names=("a", "b")).tied == {(0, 1)}
    marks = ("a,b", "c", "a", "b;c")
    assert "in more than one way" in refused(tmp_path, "a,b;c\n", names=marks)


@pytest.mark.parametrize(
    "content",
    [
        "Source;Target;Weight\nCouncil;Police;1,500\n",
        "Council\tPolice\t1,500\n",
        ";Council;Police\nCouncil;;1,500\nPolice;2;\n",
    ],
)
def test_a_comma_that_may_part_thousands_is_refused(tmp_path, content):
    told = refused(tmp_path, content, scale=(0.0, 2000.0))
    line = 1 + content[: content.index("1,500")].count("\n")
    assert told == f'ties.csv:{line}: got "1,500", which may be 1.500 or 1500; allowed one of these'
    assert read(tmp_path, content.replace("1,500", "1500"), scale=(0.0, 2000.0)).trust[0][2] == 1500
    assert read(tmp_path, content.replace("1,500", "1,5"), scale=(0.0, 2000.0)).trust[0][2] == 1.5


def test_a_comma_beside_a_point_is_refused(tmp_path):
    told = refused(tmp_path, "Council;Police;0,5\nPolice;Council;0.4\n")
    assert told == 'ties.csv:1: got "0,5" beside "0.4"; allowed a point in both'
    below_one = read(tmp_path, "Council;Police;0,500\nPolice;Council;0,125\n")
    assert [value for _, _, value in below_one.trust] == [0.5, 0.125]


def test_agencies_that_did_not_answer_are_blank_rows_of_a_matrix(tmp_path):
    assert read(tmp_path, "7,2\n,1\n,\n", names=("7", "2"), scale=(1.0, 5.0)).trust == (
        (0, 1, 1.0),
    )
    assert read(tmp_path, ",,\n2,,1\n,,\n", names=("a", "b", "c"), scale=(1.0, 5.0)).trust == (
        (1, 0, 2.0),
        (1, 2, 1.0),
    )


def test_a_scale_is_declared_kept_to_and_never_without_effect(tmp_path):
    matrix = ",Council,Police\nCouncil,,{}\nPolice,2,\n"
    assert "2: got a weight of 7; allowed 1 to 5, as" in refused(
        tmp_path, matrix.format(7), scale=(1.0, 5.0)
    )
    assert "a file without weights" in refused(tmp_path, "Council,Police\n", scale=(1.0, 5.0))
    assert read(tmp_path, "1,2,1\n2,1,1\n", scale=(0.0, 1.0)).trust == ((0, 1, 1.0), (1, 0, 1.0))
    for bad in ("[5, 1]", "[1]", "[1, 1]", "[0, 1e9]", "[0, nan]"):
        with pytest.raises(ScenarioError, match=r"s.toml:\d: world.network_scale: got \["):
            scenario_of(tmp_path, "Council,Police,0.5\n", f"network_scale = {bad}")
    with pytest.raises(ScenarioError, match=r'network_scale: got.*only with network = "file"'):
        loads('title = "x"\n[world]\nnetwork_scale = [1, 5]\n')


# ---- GraphML ------------------------------------------------------------------------------------

LABEL = '<key id="label" for="node" attr.name="label" attr.type="string"/>'
NAME = '<key id="v_name" for="node" attr.name="name" attr.type="string"/>'
WEIGHT = '<key id="w" for="edge" attr.name="Weight" attr.type="double"/>'
EDGE = '<edge source="1" target="2"/>'


def labelled(key, *names):
    return "".join(
        f'<node id="{n}"><data key="{key}">{name}</data></node>' for n, name in enumerate(names, 1)
    )


YED = "".join(
    f'<node id="{n}"><data key="d6"><y:{kind}><y:Geometry x="1"/><y:NodeLabel>{name}<y:LabelModel/>'
    f"</y:NodeLabel></y:{kind}></data></node>"
    for n, kind, name in ((1, "ShapeNode", "Charity"), (2, "UMLClassNode", "Health\nboard"))
)
GRAPHS = {
    "gephi": graph(labelled("label", "Charity", "Health board"), EDGE, LABEL),
    "igraph": graph(labelled("v_name", "Charity", "Health board"), EDGE, NAME),
    "cytoscape": graph(
        labelled("v_name", "Charity", "Health board"), EDGE, NAME, default="directed"
    ),
    "yed": graph(YED, EDGE, '<key for="node" id="d6" yfiles.type="nodegraphics"/>', "directed"),
    "ids": graph(
        '<node id="Charity"/><node id="Health board"/>',
        '<edge source="Charity" target="Health board"/>',
    ),
    "numbers": graph('<node id="4"/><node id="3"/>', '<edge source="3" target="4"/>'),
    "no namespace": graph(labelled("label", "Charity", "Health board"), EDGE, LABEL).replace(
        ' xmlns="http://graphml.graphdrawing.org/xmlns"', ""
    ),
}


@pytest.mark.parametrize("tool", GRAPHS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_graphml_of_every_tool(tmp_path, tool, encoding):
    text = GRAPHS[tool].replace("UTF-8", "UTF-16" if encoding == "utf-16" else "UTF-8")
    network = read(tmp_path, text.encode(encoding), "t.graphml")
    assert network.tied == {(2, 3)}
    directed = ("1 tie given in one direction taken as mutual",)
    assert network.notes == (directed if tool in ("cytoscape", "yed") else ())


def test_graphml_that_networkx_writes(tmp_path):
    written = nx.DiGraph()
    written.add_node("n0", label="Police")
    written.add_node("n1", label="Health board")
    written.add_edge("n0", "n1", weight=0.25, closeness=3)
    nx.write_graphml(written, tmp_path / "ties.graphml")
    network = read_network(tmp_path / "ties.graphml", NAMES)
    assert network.trust == ((1, 2, 0.25),)
    assert network.notes == (
        "edges' closeness is not read",
        "1 pair with a weight in one direction only",
    )
    nx.write_graphml(written.to_undirected(), tmp_path / "ties.graphml")
    network = read_network(tmp_path / "ties.graphml", NAMES)
    assert network.trust == ((1, 2, 0.25), (2, 1, 0.25))


def test_a_default_weight_counts(tmp_path):
    key = WEIGHT.replace("/>", "><default>0.5</default></key>")
    network = read(tmp_path, graph(labelled("label", "Charity", "Police"), EDGE, LABEL + key))
    assert network.trust == ((1, 3, 0.5), (3, 1, 0.5))


TWO_NODES = labelled("label", "Charity", "Police")
GRAPH_FAULTS = {
    "<graphml><broken": "1: got a text that is no XML",
    graph(TWO_NODES, "", LABEL): "holds no tie",
    graph(TWO_NODES, EDGE, LABEL, "both"): 'got edgedefault "both"',
    graph(TWO_NODES + '<node id="3"><graph id="H" edgedefault="directed"/></node>', EDGE, LABEL): (
        "got groups, ports, hyperedges or several graphs"
    ),
    graph(TWO_NODES, EDGE + "<hyperedge/>", LABEL): "got groups, ports, hyperedges",
    graph(labelled("label", "Charity", "Polise"), EDGE, LABEL): 'node "2": got "Polise"',
    graph(labelled("label", "Charity", ""), EDGE, LABEL): 'node "2": got ""',
    graph(labelled("label", "Charity", "Charity"), EDGE, LABEL): "two nodes of the same agency",
    graph(TWO_NODES, '<edge source="1" target="9"/>', LABEL): 'got an edge to "9"',
    graph(TWO_NODES, EDGE.replace("/>", '><data key="w">high</data></edge>'), LABEL + WEIGHT): (
        'got an edge with weight "high"; allowed one number'
    ),
    graph(TWO_NODES, EDGE.replace("/>", '><data key="z">1</data></edge>'), LABEL): 'got a key "z"',
    graph('<node id="1"/><node id="1"/>', EDGE): "got nodes without an id, or with the same",
    graph(
        '<node id="Police"><data key="label">Charity</data></node>'
        '<node id="Charity"><data key="label">Police</data></node>',
        '<edge source="Police" target="Charity"/>',
        LABEL,
    ): "names of different agencies",
    '<?xml version="1.0"?><html/>': 'got XML of "html"; allowed GraphML',
}


@pytest.mark.parametrize(("content", "told"), GRAPH_FAULTS.items())
def test_graphml_that_is_not_understood_whole_is_told(tmp_path, content, told):
    assert told in refused(tmp_path, content, "t.graphml")


# ---- other files ---------------------------------------------------------------------------------

OTHERS = {
    "UCINET DL": ("x.txt", "dl n=3 format=edgelist1\nlabels:\na,b,c\ndata:\n1 2 1\n"),
    "UCINET DL ": ("x.csv", "DL N = 4, FORMAT = FULLMATRIX\nDATA:\n0 1 0 0\n"),
    "UCINET data": ("x.##h", "Council,Police\n"),
    "Pajek": ("x.net", "*Vertices 2\n1 Council\n"),
    "Pajek ": ("x.txt", '*vertices 2\n1 "Council"\n2 "Police"\n*edges\n1 2\n'),
    "GML": ("x.txt", 'Creator "igraph"\nVersion 1\ngraph\n[\n node\n [\n id 0\n ]\n]\n'),
    "GEXF": ("x.xml", '<?xml version="1.0"?>\n<gexf version="1.3"><graph/></gexf>'),
    "Graphviz DOT": ("x.dot", "digraph G { Council -> Police }"),
    "JSON": ("x.txt", '{"nodes": [], "links": []}'),
    "workbook": ("x.csv", b"PK\x03\x04rest"),
    "old Excel workbook": ("x.xls", b"\xd0\xcf\x11\xe0\xa1\xb1"),
    "gzip": ("x.graphml", b"\x1f\x8b\x08"),
}


@pytest.mark.parametrize("kind", OTHERS)
def test_other_formats_are_refused_by_name_with_what_to_save_instead(tmp_path, kind):
    file, content = OTHERS[kind]
    told = refused(tmp_path, content, file)
    assert kind.strip() in told
    assert "save an edge list as CSV UTF-8 (source, target, weight) or GraphML" in told


def test_bytes_folders_and_what_is_too_large_are_refused(tmp_path):
    assert "1: got bytes that are not UTF-8" in refused(tmp_path, "Café,Police\n".encode("cp1252"))
    assert "got a file of more than 8 MiB" in refused(tmp_path, b"1,2\n" * (MOST_BYTES // 4 + 1))
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(ScenarioError, match=r"a folder|a directory"):
        read_network(tmp_path / "folder.csv", NAMES)
    path = tmp_path / "s.toml"
    path.write_text(HEAD.format(file="missing.csv", more="") + AGENCIES)
    with pytest.raises(ScenarioError, match=r"s\.toml:5: world\.network_file: got"):
        load(path)


# ---- part of the scenario ------------------------------------------------------------------------


def test_what_was_read_is_part_of_the_scenario_and_comes_back_without_the_file(tmp_path):
    content = ",Council,Police\nPolice,2,3\nCharity,NA,4\n"
    scenario = scenario_of(tmp_path, content, "network_scale = [1, 4]")
    (tmp_path / "ties.csv").unlink()
    assert Scenario.from_dict(scenario.to_dict(), scenario.name) == scenario
    assert loads(scenario.to_toml(), file="s") == scenario
    assert scenario.replace("meetings=3").given_network == scenario.given_network
    ties = scenario_of(tmp_path, "Council,Police\nPolice,Charity\n")
    assert loads(ties.to_toml(), file="s") == ties
    assert ties.to_dict()["world"]["network_file"] == {
        "name": "ties.csv",
        "ties": {"Council": ["Police"], "Police": ["Charity"]},
    }


def test_another_content_under_the_same_name_is_read_at_once(tmp_path):
    before = scenario_of(tmp_path, "Council,Police\n")
    after = scenario_of(tmp_path, "Council,Charity\n")
    assert before != after
    assert (before.given_network.tied, after.given_network.tied) == ({(0, 1)}, {(0, 3)})


def test_the_same_network_in_another_dialect_is_the_same_scenario(tmp_path):
    before = scenario_of(tmp_path, "Council,Police,0.5\nCharity,Council,0.25\n")
    after = scenario_of(tmp_path, "to;from;weight\nCouncil;4;0,25\nPolice;1;0,5\n")
    assert before == after


def test_a_file_is_looked_for_beside_the_text_that_names_it(tmp_path, monkeypatch):
    for folder, ties in (("a", "Council,Police\n"), ("b", "Council,Charity\n")):
        (tmp_path / folder).mkdir()
        scenario_of(tmp_path / folder, ties)
    child = tmp_path / "b" / "child.toml"
    child.write_text('title = "y"\nextends = "../a/s.toml"\n[world]\nedge_chance = 0.5\n')
    assert load(child).given_network.tied == {(0, 1)}
    child.write_text('title = "y"\nextends = "../a/s.toml"\n[world]\nnetwork_file = "ties.csv"\n')
    assert load(child).given_network.tied == {(0, 3)}
    monkeypatch.chdir(tmp_path / "a")
    assert load(child, ["network_file=ties.csv"]).given_network.tied == {(0, 1)}
    with pytest.raises(ScenarioError, match="stands in no folder"):
        Scenario.from_dict({"title": "x", "world": {"network": "file", "network_file": "ties.csv"}})


def test_columns_that_are_not_read_and_ties_that_are_there_again_are_told(tmp_path):
    rows = ["Council,Police,7,a,0.5", "Police,Council,8,,0.5", "Council,Police,9,b,0.5"]
    network = read(tmp_path, "\n".join(["Source,Target,Id,Label,Weight", *rows]))
    assert network.notes == ("columns Id, Label not read", "1 line with a tie that is there before")
    empty = read(tmp_path, "Source,Target,Label\nCouncil,Police,\nPolice,Council,\n")
    assert empty.notes == ()
    again = read(tmp_path, "Council,Police\n" * 3)
    assert again.notes == ("2 lines with a tie that is there before",)


def test_a_name_that_could_be_the_number_of_another_agency_is_told(tmp_path):
    names = ("2", "Council", "Police")
    network = read(tmp_path, "2,3\n", names=names)
    assert network.tied == {(0, 2)}
    assert network.notes == ('"2" taken as the name of an agency, not as a number',)
    assert read(tmp_path, "1,3\n", names=("1", "Council", "Police")).notes == ()


def test_what_counts_for_nothing_is_told_when_it_is_read(tmp_path, caplog):
    with caplog.at_level(logging.WARNING, "cgsim"):
        scenario_of(tmp_path, "source,target,type\nCouncil,Police,directed\n")
    assert caplog.messages == [f"{tmp_path}/ties.csv: 1 tie given in one direction taken as mutual"]


def test_a_file_is_read_and_told_of_once_where_something_else_is_set(tmp_path, caplog):
    one_way = "source,target,type\nCouncil,Police,directed\n"
    scenario_of(tmp_path, one_way)
    caplog.clear()
    with caplog.at_level(logging.WARNING, "cgsim"):
        changed = load(tmp_path / "s.toml", ["meetings=2"])
        same = load(tmp_path / "s.toml", ["meetings=1"])
    assert len(caplog.messages) == 2
    assert (changed.title, same.title) == ("Ties from a file (changed)", "Ties from a file")
    (tmp_path / "other.csv").write_text("Council,Charity\n")
    caplog.clear()
    with caplog.at_level(logging.WARNING, "cgsim"):
        other = load(tmp_path / "s.toml", [f"network_file={tmp_path / 'other.csv'}"])
    assert (caplog.messages, other.given_network.tied) == ([], {(0, 3)})
    assert other.title == "Ties from a file (changed)"


INLINE = {
    "{}": 'got "None" as name',
    '{name = "x"}': "got no tie",
    '{name = "x", ties = {Council = "Police"}}': 'got "Police" as ties; allowed a list',
    '{name = "x", ties = {Council = ["Polise"]}}': 'got "Polise"; allowed an agency',
    '{name = "x", ties = {Council = ["Council"]}}': "got an agency with itself",
    '{name = "x", trust = {Council = {Police = 2}}}': "got 2 as trust; allowed a number from 0 to",
    '{name = "x", trust = {Council = {Police = true}}}': "got true as trust",
    '{name = "x", trust = {Council = 1}}': "got 1 as trust; allowed a table",
    '{name = "x", trust = 1}': "got 1 as trust; allowed a table by agencies' names",
    '{name = "x", scale = [2, 1], ties = {Council = ["Police"]}}': "as scale; allowed",
    '{name = "x", notes = [1], ties = {Council = ["Police"]}}': "as notes; allowed",
    '{name = "x", tie = {}}': 'got an unknown key "tie"',
    "7": "got 7; allowed a path of 1 to 1000 characters, or a table of what was read",
}


@pytest.mark.parametrize(("table", "told"), INLINE.items())
def test_a_network_in_the_scenario_itself_is_checked(table, told):
    text = f'title = "x"\n[world]\nnetwork = "file"\nnetwork_file = {table}\n{AGENCIES}'
    with pytest.raises(ScenarioError) as error:
        loads(text)
    assert str(error.value).startswith("scenario:4: world.network_file: ")
    assert told.replace('"None"', "None") in str(error.value)


def test_words_say_what_was_read(tmp_path):
    network = read(tmp_path, "Council,Police,0.2\nPolice,Charity,0.9\n")
    assert network.words(9) == (
        "3 of 9 agencies have ties, 2 ties, weights 0.2 to 0.9 taken as trust; "
        "2 pairs with a weight in one direction only"
    )
    network = read(tmp_path, "1,2,2\n2,1,5\n", scale=(1.0, 5.0))
    assert network.words(4) == (
        "2 of 4 agencies have ties, 1 tie, weights 2 to 5 taken as trust on a scale of 1 to 5"
    )


def test_a_long_file_of_unknown_names_is_not_counted_to_its_end(tmp_path):
    content = "source,target\n" + "".join(f"n{n},m{n}\n" for n in range(3000))
    lines = refused(tmp_path, content).splitlines()
    assert len(lines) == 21
    assert lines[-1] == "... and more"
