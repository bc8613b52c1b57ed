"""Networks that come from a file, as the page is given them."""

from __future__ import annotations

from typing import Any

from cgsim.engine.plan import packed
from cgsim.scenario.model import Scenario


def ties_of(scenario: Scenario) -> dict[str, Any]:
    """Return the ties and the trust of a scenario whose network is from a file, else nothing."""
    if scenario.network != "file":
        return {}
    whole = packed([scenario])
    return {"ties": {"ties": whole["given_ties"], "trust": whole["given_trust"]}}
