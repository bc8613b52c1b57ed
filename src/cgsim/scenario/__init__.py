"""Scenarios: the parameter table, scenario files, and what is wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cgsim.lazy import lazily

if TYPE_CHECKING:
    from cgsim.scenario.errors import Fault, ScenarioError
    from cgsim.scenario.model import Scenario, load, loads

__all__ = ["Fault", "Scenario", "ScenarioError", "load", "loads"]

_HOMES = {
    "Fault": "errors",
    "ScenarioError": "errors",
    "load": "model",
    "loads": "model",
    "Scenario": "model",
}

__getattr__ = lazily(__name__, _HOMES)
