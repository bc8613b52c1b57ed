"""Components and sliders of Mesa's page, without a browser: what they show is what was lived."""

import io
import json
import warnings

import mesa
import pytest
import solara
from ipyvuetify import Btn, Html, Slider
from ipywidgets import Image
from matplotlib.collections import LineCollection
from tests.hostile_names import NAMES

import cgsim
from cgsim import PartnershipModel
from cgsim.answer import build
from cgsim.answer.formats import FORMATS
from cgsim.scenario import library
from cgsim.scenario.errors import ScenarioError
from cgsim.scenario.parameters import BY_NAME
from cgsim.view import components
from cgsim.view.components import (
    COMPONENTS,
    Network,
    Run,
    SolaraViz,
    drawn_network,
    places_of,
    sentences,
    sliders,
)

LEVERS = {"size", "lead_strength", "fund", "fund_months", "meetings", "hours"}


@pytest.fixture
def shown():
    """Return what shows a model with Mesa's page: buttons, sliders by parameter, texts, images."""
    opened = []

    def show(model, parameters, parts=COMPONENTS):
        page = SolaraViz(model, components=parts, model_params=parameters)
        _, found = solara.render(solara.AppLayout(children=[page]), handle_error=False)
        opened.append(found)
        buttons = {b.children[-1]: b for b in found.find(Btn).widgets if b.children}
        by_label = {s.label: s for s in found.find(Slider).widgets}
        moved = {
            name: by_label[given.label]
            for name, given in parameters.items()
            if getattr(given, "label", None) in by_label
        }

        def told():
            return [w.children[0] for w in found.find(Html, tag="span").widgets]

        return buttons, moved, told, lambda: [i.value for i in found.find(Image).widgets]

    yield show
    for found in opened:
        found.close()


def values_of(parameters):
    """Return what Mesa gives the model when Reset is pressed and nothing was moved."""
    return {
        name: given["value"] if isinstance(given, dict) else getattr(given, "value", given)
        for name, given in parameters.items()
    }


@pytest.mark.parametrize("name", library.names())
def test_sliders_begin_at_the_scenario_and_an_untouched_reset_changes_nothing(name):
    scenario = cgsim.load(name)
    made = sliders(name)
    model = PartnershipModel(**values_of(made))
    assert model.spec.to_dict() == scenario.to_dict()
    model.forget()
    for key, given in made.items():
        if key in BY_NAME:
            assert BY_NAME[key].low <= given.min <= given.value <= given.max <= BY_NAME[key].high
            assert BY_NAME[key].unit in given.label
            for value in (given.min, given.value, given.max) if given.step else ():
                assert value / given.step == pytest.approx(round(value / given.step), abs=1e-6)


def test_what_cannot_be_one_slider_is_left_out_or_refused():
    assert set(sliders("baseline")) > LEVERS
    assert set(sliders("korsakoff")) & LEVERS == LEVERS - {"size"}  # it names its members
    assert sliders("baseline")["size"].max == 20
    assert sliders(cgsim.load("baseline", ["agencies=9"]))["size"].max == 9
    with pytest.raises(ScenarioError, match="the scenario names the members"):
        sliders("korsakoff", "size")
    with pytest.raises(ScenarioError, match=r"sliders: meetngs: .*meetings"):
        sliders("baseline", "meetngs")
    nobody = cgsim.loads('title = "Nobody"\npartnerships = "none"\n')
    assert set(sliders(nobody)) & LEVERS == set()
    two = cgsim.loads('title = "x"\n[[partnership]]\nmeetings = 1\n[[partnership]]\nmeetings = 2\n')
    assert "meetings" not in sliders(two)
    assert "hours" in sliders(two)


def test_every_kind_of_parameter_has_its_control():
    made = sliders("baseline", "adaptive", "recruit", "meetings", "size", "issue_hours")
    assert made["adaptive"] == {"type": "Checkbox", "label": "adaptive", "value": False}
    assert made["recruit"]["value"] in made["recruit"]["values"]
    assert (made["size"].is_float_slider, made["meetings"].is_float_slider) == (False, True)
    assert (made["issue_hours"].min, made["issue_hours"].max) == BY_NAME["issue_hours"].prior
    odd = sliders(cgsim.load("baseline", ["meetings=0.16666666666666666"]), "meetings")["meetings"]
    assert (odd.value, odd.step) == (1 / 6, 0.0)  # any step would move it
    rich = sliders(cgsim.load("baseline", ["fund=1500"]), "fund")["fund"]
    assert (rich.value, rich.max) == (1500, 1500)


def test_both_arms_step_on_the_same_luck_and_the_words_are_the_engines(shown):
    scenario = cgsim.load("korsakoff", ["months=4", "start=0"])
    buttons, _, told, images = shown(
        PartnershipModel(scenario, seed_number=5, replicate=2), sliders(scenario)
    )
    first = images()
    assert len(first) == 4
    assert "One run of many (run 2 of seed 5)." in told()
    assert "0 of 4 months lived." in told()
    for _ in range(4):
        buttons["Step"].click()
    assert "4 of 4 months lived." in told()
    assert buttons["Step"].disabled
    results = cgsim.run(scenario, replicates=3, seed=5)
    gain = results.column("gain_over_equal_money")[2]
    share = FORMATS["percent"](abs(gain))
    (said,) = (text for text in told() if text.startswith("In it, working together met"))
    assert f" {share} {'more' if gain > 0 else 'less'} need than the same money" in said
    last = [cgsim.PartnershipModel(scenario, 5, 2, arm) for arm in ("together", "alone")]
    for model in last:
        model.run_model()
    together, alone = (float(model.column("met")[-1]) for model in last)
    more = "more" if together > alone else "less"
    gap = f"Month 3: together they met {abs(together - alone):.0f} units {more} than apart."
    assert gap in told()
    assert [a != b for a, b in zip(first, images(), strict=True)] == [True] * 4


@pytest.mark.parametrize("changes", [[], ["fund=400", "fund_months=8"]], ids=["plain", "paid"])
def test_what_is_said_at_the_end_is_what_is_said_of_that_run_everywhere(changes):
    scenario = cgsim.load("baseline", ["months=12", *changes])
    model = PartnershipModel(scenario, 3, 1)
    model.run_model()
    assert build.one_run(cgsim.run(scenario, 2, 3), 1).text in sentences(model)
    assert model.datacollector.get_model_vars_dataframe()["met_alone"].tolist() == (
        pytest.approx(model._in_arm("alone").column("met").tolist(), abs=0)
    )


def test_a_slider_and_reset_give_the_run_with_that_value(shown):
    first = PartnershipModel("baseline")
    buttons, moved, told, _ = shown(first, sliders("baseline"), [Run])
    buttons["Step"].click()
    moved["meetings"].v_model = 4.0
    moved["seed_number"].v_model = 9
    assert "1 of 72 months lived." in told()  # not before Reset
    buttons["Reset"].click()
    assert "0 of 72 months lived." in told()
    assert first not in getattr(mesa.Agent, "_ids", {})  # older versions of Mesa would keep it
    for _ in range(3):
        buttons["Step"].click()
    other = PartnershipModel("baseline", 9, 0, meetings=4)
    for _ in range(3):
        other.step()
    assert told()[-len(sentences(other)) :] == sentences(other)
    plain = PartnershipModel("baseline", 9, 0)
    for _ in range(3):
        plain.step()
    assert sentences(plain) != sentences(other)


def test_names_are_drawn_as_they_are_written_and_the_lead_stands_out():
    agencies = "".join(f"[[agency]]\nname = {json.dumps(name)}\n" for name in NAMES)
    members = ", ".join(map(json.dumps, NAMES[:8]))
    model = PartnershipModel(
        cgsim.loads(
            f'title = "x"\n[world]\nagencies = {len(NAMES)}\n{agencies}'
            f"[[partnership]]\nmembers = [{members}]\nstart = 0\n"
        )
    )
    model.step()
    figure = drawn_network(model, places_of(model))
    texts = figure.axes[0].texts
    assert [text.get_text() for text in texts] == [
        components.cut(name, components.LONGEST) for name in NAMES
    ]
    (lead,) = (agency.number for agency in model.agencies if agency.is_lead)
    edges = figure.axes[0].findobj(LineCollection)
    assert sum(len(lines.get_segments()) for lines in edges) == model.tied.sum() // 2 > 0
    bold = [place for place, text in enumerate(texts) if text.get_fontweight() == "bold"]
    assert bold == [lead]
    assert not any(text.get_parse_math() for text in texts)  # "$x^{2}$" is no formula
    figure.savefig(io.BytesIO(), format="png")
    styles = [components.portray(agency) for agency in model.agencies]
    assert sum(style.color == components.GAINS for style in styles) == 8
    assert [s.marker is components.SQUARE for s in styles].index(True) == lead


@pytest.mark.parametrize(
    "text",
    [
        'title = "x"\npartnerships = "none"\n[world]\nagencies = 1\n',
        'title = "x"\n[world]\nagencies = 3\nnetwork = "none"\n[[partnership]]\nsize = 2\n',
    ],
)
def test_worlds_that_mesas_drawer_cannot_draw_alone_are_shown(shown, text):
    scenario = cgsim.loads(text)
    buttons, _, told, images = shown(PartnershipModel(scenario), sliders(scenario), [Network, Run])
    buttons["Step"].click()
    assert "1 of 72 months lived." in told()
    assert len(images()) == (0 if scenario.values["agencies"] == 1 else 1)


def test_a_file_named_like_a_marker_is_not_taken_for_a_picture(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for letter in "os":
        (tmp_path / letter).write_text("no picture")
    model = PartnershipModel("baseline")
    assert len(drawn_network(model, places_of(model)).axes[0].collections) >= 1


def test_they_are_loaded_and_drawn_without_a_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = PartnershipModel("civic-centre")
        model.step()
        drawn_network(model, places_of(model)).savefig(io.BytesIO())
