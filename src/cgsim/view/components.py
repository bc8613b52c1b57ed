"""Components and sliders for Mesa's page, ``SolaraViz``; also for a page of one's own.

    from mesa.visualization import SolaraViz
    from cgsim import PartnershipModel
    from cgsim.view.components import NeedMet, Network, sliders

    page = SolaraViz(
        PartnershipModel("korsakoff"),
        components=[Network, NeedMet],
        model_params=sliders("korsakoff", "meetings"),
    )

A component shows a ``PartnershipModel``, and beside it the same run in the arm alone, which the
model lives on the same luck, month by month.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import networkx as nx
import solara
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.markers import MarkerStyle
from matplotlib.patheffects import withStroke
from matplotlib.ticker import PercentFormatter

from cgsim.answer.build import one_gain
from cgsim.answer.catalogue import word
from cgsim.answer.record import ALONE, GAINS, INK, MONEY
from cgsim.mesa_model import Agency, PartnershipModel
from cgsim.pictures.figures import cut
from cgsim.scenario import Scenario, load
from cgsim.scenario.errors import Fault, ScenarioError, hint
from cgsim.scenario.parameters import BY_NAME, Parameter, plain

with warnings.catch_warnings():
    # Solara warns of how Mesa's own page is written.
    warnings.simplefilter("ignore")
    from mesa.visualization import Slider, draw_space, make_plot_component
    from mesa.visualization import SolaraViz as SolaraViz
    from mesa.visualization.components import AgentPortrayalStyle
    from mesa.visualization.utils import update_counter

SHOWN = (
    *("size", "lead_strength", "fund", "fund_months", "meetings", "hours"),
    *("ambient", "issue_hours", "turnover"),
)
"""What has a slider where nothing else is asked for: levers, and what decides most."""
ENDS = {
    "size": (2, 20),
    "fund": (0, 400),
    "fund_months": (0, 60),
    "meetings": (0, 8),
    "hours": (0.5, 6),
}
"""Where sliders end that would else be as long as what is allowed."""
LUCK = SEED, REPLICATE = 1, 0
"""The run that a page begins with."""
MOST_RUNS = 100
LONGEST = 24
"""Letters of an agency's name in the network."""
# Mesa takes a letter for a picture's file where there is a file of that name.
CIRCLE, SQUARE = MarkerStyle("o"), MarkerStyle("s")


def sliders(scenario: Scenario | str | Path = "baseline", *names: str) -> dict[str, Any]:
    """Return ``model_params`` for Mesa's page: the scenario, its luck, and a control a parameter.

    ``names`` parameters; without them the levers and what decides most. Each begins at the
    scenario's value and knows unit and range from the table of parameters. What cannot be one
    control for this scenario is left out if it was not asked for by name: a lever that differs
    between partnerships, a size where members are named. Raises ``ScenarioError``.
    """
    spec = scenario if isinstance(scenario, Scenario) else load(scenario)
    made: dict[str, Any] = {
        "scenario": spec,
        "seed_number": Slider("seed", SEED, 1, MOST_RUNS, 1),
        "replicate": Slider("run (replicate)", REPLICATE, 0, MOST_RUNS - 1, 1),
    }
    for name in names or SHOWN:
        if name not in BY_NAME:
            message = "got an unknown name; allowed a parameter" + hint(name, BY_NAME)
            raise ScenarioError([Fault("sliders", None, name, message)])
        found, why_not = _value(spec, name)
        if not why_not:
            made[name] = _control(spec, BY_NAME[name], found)
        elif names:
            raise ScenarioError([Fault(spec.name, None, name, f"got no slider: {why_not}")])
    return made


def _value(spec: Scenario, name: str) -> tuple[Any, str]:
    """Return a parameter's value in a scenario, or why there is not one for all partnerships."""
    if name in spec.values:
        return spec.values[name], ""
    named = any(p.recruit in ("names", "all") for p in spec.partnerships)
    if name in ("size", "recruit") and named:
        return None, "the scenario names the members"
    given = {p.levers.get(name, getattr(p, name, None)) for p in spec.partnerships}
    if len(given) != 1:
        return None, "there is no partnership" if not given else "partnerships differ"
    return given.pop(), ""


def _control(spec: Scenario, parameter: Parameter, value: Any) -> Any:
    """Return one control of Mesa's page."""
    label = _words(parameter.name)
    if parameter.kind == "flag":
        return {"type": "Checkbox", "label": label, "value": bool(value)}
    if parameter.kind == "choice":
        choices = [choice for choice in parameter.choices if choice not in ("names", "file")]
        return {"type": "Select", "label": label, "value": value, "values": choices}
    low, high = ENDS.get(parameter.name) or parameter.prior or (parameter.low, parameter.high)
    if parameter.name == "size":
        high = min(high, spec.values["agencies"])
    low, high = min(low, value), max(high, value)  # a scenario may go beyond the usual ends
    label = f"{label} ({parameter.unit})"
    if parameter.kind == "whole":
        return Slider(label, int(value), int(low), int(high), 1)
    low, high, value = float(low), float(high), float(value)
    return Slider(label, value, low, high, _step(low, high, value), float)


def _step(low: float, high: float, value: float) -> float:
    """Return a step that ends and value lie on: a slider moves what does not by itself; 0 for any.

    Of 10 to 100 steps, or finer where the value wants it.
    """
    step = 10.0 ** (math.ceil(math.log10(high - low)) - 2) if high > low else 1.0
    for finer in range(4):
        tried = round(step / 10**finer, 12)
        if all(abs(x / tried - round(x / tried)) < 1e-9 for x in (low, high, value)):
            return tried
    return 0.0


def portray(agency: Agency) -> AgentPortrayalStyle:
    """Return how an agency is drawn: members filled with a colour, the lead as a square."""
    member = bool(agency.memberships)
    return AgentPortrayalStyle(
        color=GAINS if member else "white",
        marker=SQUARE if agency.is_lead else CIRCLE,
        size=40 + 0.8 * min(agency.capacity, 400.0),
        edgecolors=GAINS if member else ALONE,
        linewidths=1.5,
    )


def places_of(model: PartnershipModel) -> dict[int, Any]:
    """Return where each agency stands, by its number: near those it is tied to."""
    return dict(nx.spring_layout(model.grid.G, k=1.4, seed=1))


def drawn_network(model: PartnershipModel, places: Mapping[int, Any]) -> Figure:
    """Return the agencies, their names and their ties, drawn by Mesa's drawer of spaces."""
    figure = Figure(figsize=(7.0, 5.6))
    axes = figure.add_subplot()
    draw_space(
        model.grid,
        portray,
        ax=axes,
        draw_grid=model.grid.G.number_of_edges() > 0,
        layout_alg=lambda _: places,
        layout_kwargs={},
    )
    for ties in axes.findobj(LineCollection):
        ties.set(color=ALONE, linewidth=0.7)
    for agency in model.agencies:
        axes.annotate(
            cut(agency.name, LONGEST),
            places[agency.number],
            xytext=(0, 11),
            textcoords="offset points",
            ha="center",
            fontsize=9,
            color=INK if agency.memberships else "#5b646e",
            fontweight="bold" if agency.is_lead else "normal",
            parse_math=False,  # a name is a text, whatever it looks like
            path_effects=[withStroke(linewidth=3, foreground="white")],
        )
    title = "view.network" if model.month >= 0 else "view.network_before"
    axes.set_title(word(title, month=model.month), fontsize=11, pad=16)
    return figure


@solara.component
def Network(model: PartnershipModel) -> None:
    """Show who is in, who leads, and who is tied to whom, with names."""
    update_counter.get()
    places = solara.use_memo(lambda: places_of(model), [model])
    if len(places) < 2:  # Mesa's drawer divides by the distance between them
        solara.Text(", ".join(agency.name for agency in model.agencies))
    else:
        solara.FigureMatplotlib(drawn_network(model, places), format="png", bbox_inches="tight")


@solara.component
def Run(model: PartnershipModel) -> None:
    """Say which run is shown, how far it has come, and what it met together and alone."""
    update_counter.get()
    solara.use_effect(lambda: model.forget, [model])  # older versions of Mesa would keep it
    with solara.Column(gap="6px", classes=["cgsim-run"]):
        for told in sentences(model):
            solara.Text(told)


def sentences(model: PartnershipModel) -> list[str]:
    """Return what is said of a run so far, a sentence each."""
    told = [
        word("watch.one", replicate=model.replicate, seed=model.seed_number),
        word("view.lived", count=model.month + 1, months=model.months),
    ]
    if model.month >= 0:
        gap = model.column("met")[-1] - model.met_alone
        way = "more" if gap > 0 else "less" if gap < 0 else "same"
        # Paid hours are no gain: as every headline does.
        paid = model.arm == "together" and bool(model.column("bought_hours").any())
        measure = "gain_over_equal_money" if paid else "gain"
        told.append(one_gain(getattr(model, measure), measure).text)
        told.append(word("live_month." + way, month=model.month, gap=f"{abs(gap):,.0f}"))
    kept = ((name, _value(model.spec, name)[0]) for name in SHOWN)
    values = [f"{_words(name)} {plain(value)}" for name, value in kept if value is not None]
    return [*told, word("view.values", values=values), word("view.sliders")]


def _words(name: str) -> str:
    return name.replace("_", " ")


def _plot(columns: Mapping[str, str], title: str, per_cent: bool = False) -> Any:
    """Return Mesa's plot of columns of the collected data, with words in the place of names."""

    def finish(axes: Axes) -> None:
        axes.set_title(word(f"view.{title}"), fontsize=11)
        for line in axes.lines:
            line.set(marker=".", markersize=3)  # the first month alone is no line
        axes.legend([word(f"view.{column}") for column in columns], loc="best")
        if per_cent:
            axes.axhline(0.0, color=ALONE, linewidth=0.8, zorder=0)
            axes.yaxis.set_major_formatter(PercentFormatter(1.0))

    return make_plot_component(dict(columns), post_process=finish)


NeedMet = _plot({"met": GAINS, "met_alone": ALONE}, "need_met")
"""Need met each month, together and alone."""
Gain = _plot({"gain": GAINS}, "gain_so_far", per_cent=True)
"""The gain so far against working alone."""
Hours = _plot({"joint_hours": GAINS, "own_hours": ALONE, "overhead_hours": MONEY}, "hours")
"""Where the hours of all agencies go each month."""

COMPONENTS: list[Callable[..., Any] | tuple[Callable[..., Any], int]] = [
    Network,
    NeedMet,
    Run,
    Gain,
    Hours,
]
"""What ``cgsim view`` shows, in its order."""
