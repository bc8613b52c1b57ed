"""The page of ``cgsim view``: a run of its own for everybody who opens it."""

from __future__ import annotations

import solara

from cgsim.mesa_model import PartnershipModel
from cgsim.scenario import Scenario, load
from cgsim.view.components import COMPONENTS, LUCK, SolaraViz, sliders

scenario: Scenario = load("baseline")
"""What is shown: the server puts another one here before it starts."""


@solara.component
def Page() -> None:
    """Show the scenario with Mesa's page."""
    # A model of the module would be everybody's.
    model = solara.use_memo(lambda: solara.reactive(PartnershipModel(scenario, *LUCK)), [])
    SolaraViz(model, components=COMPONENTS, model_params=sliders(scenario), name=scenario.title)
