"""Ties between agencies that are read from a file.

All other networks are drawn by address with the rest of the world (``draw.draw_ties``).
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import networkx as nx
import numpy as np

from cgsim.rules.state import Flags
from cgsim.scenario.errors import Fault, ScenarioError, hint, safe, shown
from cgsim.scenario.model import Scenario

MOST_BYTES = 8 * 1024 * 1024


def given_ties(scenario: Scenario) -> Flags:
    """Return the ties that a scenario reads from a file, (N, N); none if it reads none."""
    if scenario.network == "file":
        assert scenario.network_file is not None
        return read_ties(scenario.network_file, scenario.agency_names)
    agencies = int(scenario.values["agencies"])
    return np.zeros((agencies, agencies), np.bool_)


@lru_cache(maxsize=32)
def read_ties(file: str, agency_names: tuple[str, ...]) -> Flags:
    """Return the ties of a GraphML (.graphml, .xml) or edge-list file, (N, N) flags.

    Its nodes are agencies' names, or their numbers from 1. Raises ``ScenarioError``.
    """
    path = Path(file)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ValueError(f"more than {MOST_BYTES // 2**20} MiB")
        if path.suffix.lower() in (".graphml", ".xml"):
            graph = nx.read_graphml(path)
        else:
            lines = path.read_text(encoding="utf-8-sig").splitlines()
            delimiter = next((mark for mark in ("\t", ",") if any(mark in s for s in lines)), None)
            graph = nx.parse_edgelist(lines, delimiter=delimiter, data=False)
    except Exception as error:  # whatever the parsers of networkx and of XML may raise
        reason = safe(str(error)) or type(error).__name__
        message = f"got a file that is no network ({reason}); allowed GraphML or an edge list"
        raise ScenarioError([Fault(safe(file), None, "", message)]) from None
    numbers = {name: number for number, name in enumerate(agency_names)}
    numbers.update({str(number + 1): number for number in range(len(agency_names))})
    faults = []
    names = {}
    for node in graph.nodes:
        name = str(graph.nodes[node].get("label", node)).strip()
        if name not in numbers:
            message = f"got {shown(name)}; allowed an agency's name, or its number from 1"
            faults.append(Fault(safe(file), None, "", message + hint(name, agency_names)))
        else:
            names[node] = numbers[name]
    if faults:
        raise ScenarioError(faults)
    return _flags(nx.relabel_nodes(nx.Graph(graph), names), len(agency_names))


def _flags(graph: nx.Graph, agencies: int) -> Flags:
    ties = np.zeros((agencies, agencies), np.bool_)
    for first, second in graph.edges:
        if first != second:
            ties[first, second] = ties[second, first] = True
    return ties
