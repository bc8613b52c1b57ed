"""Networks read from a file beside the scenario."""

import networkx as nx
import pytest

from cgsim import PartnershipModel
from cgsim.scenario import ScenarioError, load

SCENARIO = """title = "Ties from a file"
[world]
agencies = 4
network = "file"
network_file = "{file}"
[[agency]]
name = "Council"
[[agency]]
name = "Police"
"""


def ties_of(folder, file):
    path = folder / "s.toml"
    path.write_text(SCENARIO.format(file=file) + SIZE)
    model = PartnershipModel(load(path))
    return {tuple(sorted(edge)) for edge in model.network().edges}


SIZE = "[[partnership]]\nsize = 3\n"


def test_an_edge_list_by_name_and_number(tmp_path):
    (tmp_path / "ties.csv").write_text("Council,Police\n2,4\n# a remark\n")
    assert ties_of(tmp_path, "ties.csv") == {(0, 1), (1, 3)}


def test_graphml_with_labels(tmp_path):
    graph = nx.Graph()
    graph.add_node("n0", label="Police")
    graph.add_node("n1", label="agency 3")
    graph.add_edge("n0", "n1")
    nx.write_graphml(graph, tmp_path / "ties.graphml")
    assert ties_of(tmp_path, "ties.graphml") == {(1, 2)}


def test_unknown_agencies_and_broken_files_are_told(tmp_path):
    (tmp_path / "ties.csv").write_text("Council,Polise\n")
    with pytest.raises(ScenarioError, match=r'got "Polise"; allowed an agency.*"Police"'):
        ties_of(tmp_path, "ties.csv")
    (tmp_path / "ties.graphml").write_text("<graphml><broken")
    with pytest.raises(ScenarioError, match="no network"):
        ties_of(tmp_path, "ties.graphml")
    with pytest.raises(ScenarioError, match=r"s\.toml:5: world\.network_file: got"):
        ties_of(tmp_path, "missing.csv")
