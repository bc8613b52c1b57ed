"""Mesa's own pictures and controls show the model, and Reset makes it anew as it was chosen."""

import warnings

import pytest
import solara
from ipyvuetify import Btn, Slider

from cgsim import PartnershipModel

with warnings.catch_warnings():
    # What Mesa's page itself is warned of by Solara is not the model's.
    warnings.simplefilter("ignore")
    from mesa.visualization import Slider as Chosen
    from mesa.visualization import SolaraViz, SpaceRenderer, make_plot_component
    from mesa.visualization import make_space_component as make_space
    from mesa.visualization.components import AgentPortrayalStyle


def portray(agent):
    return AgentPortrayalStyle(color="tab:orange" if agent.is_lead else "tab:blue", size=40)


@pytest.fixture
def shown():
    """Return what shows a model with Mesa's page: its buttons, its sliders, the models seen."""
    opened = []

    def show(model, **how):
        seen = []

        @solara.component
        def Watch(model):
            seen.append(model)
            solara.Text(f"month {model.month}")

        components = [Watch, *how.pop("components", ())]
        page = SolaraViz(model, components=components, **how)
        _, found = solara.render(solara.AppLayout(children=[page]), handle_error=False)
        opened.append(found)
        buttons = {b.children[-1]: b for b in found.find(Btn).widgets if b.children}
        sliders = {s.label: s for s in found.find(Slider).widgets}
        return buttons, sliders, seen

    yield show
    for found in opened:
        found.close()


def test_sliders_and_reset_make_the_model_that_was_chosen(shown):
    chosen = {
        "scenario": "armadale",
        "rng": 7,
        "meetings": Chosen("Meetings", 2, 0, 8, 1),
        "turnover": Chosen("Turnover", 0.1, 0, 0.5, 0.05),
    }
    buttons, sliders, seen = shown(PartnershipModel("armadale", rng=3), model_params=chosen)
    buttons["Step"].click()
    assert seen[-1].month == 0
    sliders["Meetings"].v_model = 5
    buttons["Reset"].click()
    assert repr(seen[-1]) == (
        "<PartnershipModel armadale, together, seed 7, replicate 0, 0 of 36 months lived>"
    )
    assert (seen[-1].meetings, seen[-1].turnover) == (5, 0.1)
    buttons["Step"].click()
    assert seen[-1].month == 0


def test_the_page_stops_with_the_last_month(shown):
    model = PartnershipModel("armadale")
    for _ in range(35):
        model.step()
    buttons, _, seen = shown(model, render_interval=5)
    buttons["Step"].click()
    assert (seen[-1].month, seen[-1].steps, seen[-1].running) == (35, 36, False)


def test_mesas_drawer_takes_the_network_and_its_plots_the_columns(shown):
    parts = [make_space(portray), make_plot_component(["met", "gain"])]
    buttons, _, seen = shown(PartnershipModel("civic-centre"), components=parts)
    for _ in range(3):
        buttons["Step"].click()
    assert seen[-1].month == 2


def test_mesas_renderer_takes_the_network():
    model = PartnershipModel("civic-centre")
    renderer = SpaceRenderer(model, backend="matplotlib")
    if hasattr(renderer, "setup_agents"):  # newer versions of Mesa
        renderer.setup_agents(portray).draw_agents()
    else:
        renderer.draw_agents(portray)
    renderer.draw_structure()
    assert len(renderer.canvas.collections) > 0


def test_a_scenario_of_mesas_own_is_taken_apart():
    scenarios = pytest.importorskip("mesa.experimental.scenarios")
    model = PartnershipModel(scenarios.Scenario(rng=5, meetings=3, scenario="armadale"))
    assert (model.spec.name, model.seed_number, model.meetings) == ("armadale", 5, 3)
    assert PartnershipModel(scenarios.Scenario()).spec.name == "baseline"
