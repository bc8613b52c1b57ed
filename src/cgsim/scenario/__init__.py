"""Scenarios: the parameter table, scenario files, and what is wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cgsim.scenario.errors import Fault, ScenarioError
    from cgsim.scenario.files import load, loads
    from cgsim.scenario.model import Scenario

__all__ = ["Fault", "Scenario", "ScenarioError", "load", "loads"]

_HOMES = {
    "Fault": "errors",
    "ScenarioError": "errors",
    "load": "files",
    "loads": "files",
    "Scenario": "model",
}


def __getattr__(name: str) -> Any:
    """Import what is asked for only then: the command line's help must not wait for it."""
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f"cgsim.scenario.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
