"""The page: what a visitor chose goes in, pictures and words come out.

Solara keeps a choice for every visitor and sends what has changed; ``page.vue`` shows it and tells
what was done. All results come from the engine, all pictures from ``pictures``.
"""

from __future__ import annotations

import csv
import io
import logging
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import solara

from cgsim import __version__
from cgsim.answer.compare import beyond_statement
from cgsim.answer.formats import interval, number
from cgsim.experiment.results import Frictions, Results
from cgsim.report.tables import no_formula
from cgsim.scenario import Scenario, library, load
from cgsim.scenario.form import LONGEST_NAME
from cgsim.scenario.parameters import BASES, BY_NAME, SECTIONS, plain
from cgsim.view import pictures, stories
from cgsim.view.choice import LEVERS, MOST_TEXT, Choice, Panel, Shelf, act, key_of, offered
from cgsim.view.ensemble import (
    REPLICATES,
    Kitchen,
    Order,
    affordable,
    headline,
    one_of_many,
    outcome_words,
    step_back,
    steps,
)
from cgsim.view.links import from_link, link_of
from cgsim.view.names import SCENARIO_VARIABLE
from cgsim.view.recording import Recording, record

ROWS = (
    "gain",
    "gain_over_equal_money",
    "loses",
    "months_faster",
    "better_off",
    "inertia",
    "alive",
    "freed_hours",
)

LABELS = "ABC"
"""What panels are called where there are several."""

NO_FILE = {"name": "", "text": "", "kind": ""}
log = logging.getLogger(__name__)
kitchen = Kitchen()
drawing = threading.Lock()
"""Reports are drawn one at a time."""


def own_scenario() -> Scenario | None:
    """Return the scenario that the server was started with, if it is not of the library."""
    given = os.environ.get(SCENARIO_VARIABLE, "")
    return None if not given or given in library.names() else load(given)


shelf = Shelf(own_scenario())


def first_choice() -> Choice:
    """Return what a new visitor sees."""
    given = os.environ.get(SCENARIO_VARIABLE, "")
    name = shelf.own.name if shelf.own is not None else given or "baseline"
    panel = Panel(name)
    # The whole story is there at first sight; Play begins it anew.
    return Choice(panels=(panel,), month=int(shelf.scenario(panel).values["months"]) - 1)


@lru_cache(maxsize=12)
def watched(panel: Panel, seed: int, replicate: int) -> Recording:
    """Return the recording of a panel's run; a class that looks at the same one shares it."""
    return record(shelf.scenario(panel), seed, replicate)


@solara.component_vue("page.vue")
def Sheet(
    shell: dict[str, Any],
    frame: dict[str, Any],
    ensemble: dict[str, Any],
    file: dict[str, Any],
    event_act: Callable[[dict[str, Any]], None],
) -> None:
    """Show the page; ``act`` is called with what a visitor did."""


@solara.component
def Page() -> None:
    """Show the page of one visitor."""
    router = solara.use_router()
    start = solara.use_memo(lambda: from_link(router.search, shelf, first_choice()), [])
    choice, set_choice = solara.use_state(start)
    making = solara.use_ref(False)
    file, set_file = solara.use_state({"count": 0, "said": "", **NO_FILE})
    recordings = solara.use_memo(
        lambda: [watched(panel, choice.seed, choice.replicate) for panel in choice.shown],
        [choice.shown, choice.seed, choice.replicate],
    )
    results = use_cooked(kitchen.results, choice)
    frictions = use_cooked(kitchen.frictions, choice)
    months = max(r.months for r in recordings)

    def on_act(action: dict[str, Any]) -> None:
        if not isinstance(action, dict):
            return
        if action.get("do") == "download":
            if making.current:
                return
            making.current = True
            what = str(action.get("what"))

            def tell(said: str, made: dict[str, str] | None = None) -> None:
                more = 0 if made is None else 1
                set_file(
                    lambda old: {"count": old["count"] + more, "said": said, **(made or NO_FILE)}
                )

            def give() -> None:
                try:
                    tell("", make_file(choice, results, what))
                except Exception:
                    log.exception("cannot make %s", what)
                    tell("The file could not be made.")
                finally:
                    making.current = False

            tell("The file is being made ...")
            # A report takes seconds to draw: others should not wait for it.
            threading.Thread(target=give, daemon=True).start()
            return
        set_choice(lambda old: act(old, action, shelf, months))

    solara.Title("cgsim: together against alone")
    Sheet(
        shell=shell_of(choice, months),
        frame=frame_of(choice, recordings),
        ensemble=ensemble_of(choice, results, frictions),
        file=file,
        event_act=on_act,
    )


def use_cooked(
    cook: Callable[[tuple[Panel, int], Scenario, Order], Any], choice: Choice
) -> list[Any]:
    """Return what a cook makes of every panel, None where it is not ready.

    Work goes on in a thread; what an older choice asked for is dropped.
    """
    wanted = (choice.shown, choice.seed)
    ready, set_ready = solara.use_state((wanted, [None] * len(choice.shown)))

    def begin() -> Callable[[], None]:
        order = Order()

        def work() -> None:
            step_back()
            made: list[Any] = []
            for panel in choice.shown:
                made.append(cook((panel, choice.seed), shelf.scenario(panel), order))
                if order.dropped:
                    return
            set_ready((wanted, made))

        threading.Thread(target=work, daemon=True).start()
        return order.drop

    solara.use_effect(begin, [wanted])
    return ready[1] if ready[0] == wanted else [None] * len(choice.shown)


def shell_of(choice: Choice, months: int) -> dict[str, Any]:
    """Return what stays while the clock runs: choices, controls, texts."""
    panels = []
    for place, panel in enumerate(choice.shown):
        base = shelf.base(panel)
        scenario = shelf.scenario(panel)
        panels.append(
            {
                "key": key_of(panel),
                "title": "The case" if choice.covered else base.title,
                # Titles and stories may give the answer away.
                "case": ([] if choice.covered else [base.summary, base.happened]) + case_of(panel),
                "look_for": "" if choice.covered else base.look_for,
                "opened": bool(panel.text),
                "label": LABELS[place],
                "levers": [lever_of(panel, lever.key) for lever in LEVERS],
                "groups": groups_of(panel),
                "changed": [f"{words_of(key)} {_shown(value)}" for key, value in panel.values],
                "agencies": list(scenario.agency_names),
                "command": command_of(choice, place),
            }
        )
    return {
        "mode": choice.mode,
        "months": months,
        "seed": choice.seed,
        "replicate": choice.replicate,
        "agency": choice.agency,
        "predict": choice.predict,
        "covered": choice.covered,
        "people": choice.people,
        "everybody": choice.everybody_guessed,
        "guesses": [round(100 * g, 1) for g in choice.guesses],
        "revealed": choice.revealed,
        "error": choice.error,
        "most_bytes": MOST_TEXT,
        "scenarios": scenarios_of(choice),
        "panels": panels,
        "link": link_of(choice, shelf),
        "version": __version__,
    }


def scenarios_of(choice: Choice) -> list[dict[str, str]]:
    """Return what can be chosen: the files that were opened, then the shelf."""
    opened = [(key_of(p), f"{shelf.base(p).title} ({p.name}.toml)") for p in choice.opened]
    kept = [(name, shelf.base(Panel(name)).title) for name in shelf.names]
    return [{"key": key, "title": title} for key, title in [*opened, *kept]]


def case_of(panel: Panel) -> list[str]:
    """Say what a panel's levers are set to; the first partnership's, if there are several."""
    base = shelf.base(panel)
    count = len(base.partnerships)
    area = (
        f"{plain(base.values['agencies'])} agencies serve an area with "
        f"{plain(base.values['objectives'])} objectives, for {plain(base.values['months'])} months."
    )
    if count == 0:
        return [area, "There is no partnership."]
    size, leads, fund, lasts, meetings, hours = (
        plain(float(shelf.value(panel, BY_NAME[lever.key]))) for lever in LEVERS
    )
    money = f"{fund} paid hours a month for {lasts} months" if float(fund) else "none"
    return [
        area,
        f"One partnership of {size} members."
        if count == 1
        else f"{count} partnerships. The first of them has {size} members.",
        f"Strength of leadership: {leads} (0 none, 1 full).",
        f"Meetings: {meetings} a month, {'1 hour' if hours == '1' else f'{hours} hours'} each.",
        f"Pump-priming: {money}.",
    ]


def words_of(key: str) -> str:
    """Return what a parameter is called on the page."""
    return next((lever.words for lever in LEVERS if lever.key == key), key.replace("_", " "))


def lever_of(panel: Panel, key: str) -> dict[str, Any]:
    """Return one lever as a slider: its words, ends, step and value."""
    lever = next(lever for lever in LEVERS if lever.key == key)
    parameter = BY_NAME[key]
    base = shelf.base(panel)
    named = any(p.recruit in ("names", "all") for p in base.partnerships)
    given = shelf.value(panel, parameter)
    low, high = max(lever.low, parameter.low), min(lever.high, parameter.high)
    if key == "size":
        high = min(high, base.values["agencies"])
    if isinstance(given, (int, float)):  # a scenario may go beyond the ends of a slider
        low, high = min(low, given), max(high, given)
    help = f"{parameter.help} Here {plain(low)} to {plain(high)}."
    off = not base.partnerships
    if off:
        help = "This scenario has no partnership."
    elif key == "size" and named:
        off, help = True, "This scenario names its members."
    return {
        "key": key,
        "words": lever.words,
        "low": low,
        "high": high,
        "step": lever.step,
        "unit": lever.unit,
        "value": given,
        "help": help,
        "off": off,
    }


def groups_of(panel: Panel) -> list[dict[str, Any]]:
    """Return every other parameter that may be set, by its section."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for parameter in offered():
        value = shelf.value(panel, parameter)
        groups.setdefault(parameter.section, []).append(
            {
                "key": parameter.name,
                "words": words_of(parameter.name),
                "kind": parameter.kind,
                "low": parameter.low,
                "high": parameter.high,
                "choices": [c for c in parameter.choices if c != "names"],
                "unit": parameter.unit,
                "value": bool(value) if parameter.kind == "flag" else value,
                "help": f"{parameter.help} Allowed: {parameter.allowed}. Basis: "
                f"{BASES[parameter.basis]}.",
            }
        )
    return [
        {"name": name, "words": SECTIONS[name], "controls": controls}
        for name, controls in groups.items()
    ]


def frame_of(choice: Choice, recordings: list[Recording]) -> dict[str, Any]:
    """Return what changes with the month: pictures and stories."""
    ends = pictures.need_ends(recordings)
    # A longer scenario may have been there when the clock was set.
    now = min(choice.month, max(r.months for r in recordings) - 1)
    panels = []
    for recording in recordings:
        month = min(now, recording.months - 1)
        agency = choice.agency
        if agency is not None and agency >= len(recording.names):
            agency = None
        panels.append(
            {
                "network": pictures.network(recording, month, agency),
                "lines": pictures.lines(recording, month, ends),
                "ledger": pictures.ledger(recording, month),
                "run": one_of_many(None, choice.replicate, choice.seed),
                "partnerships": stories.partnership_story(recording, month),
                "agency": stories.agency_story(recording, month, agency)
                if agency is not None
                else [],
            }
        )
    return {
        "month": now,
        "words": stories.month_in_words(now),
        "panels": panels,
    }


def ensemble_of(
    choice: Choice, results: list[Results | None], frictions: list[Frictions | None]
) -> dict[str, Any]:
    """Return what many replicates came to; nothing of it while the result is covered."""
    if choice.covered:
        return {"ready": False, "panels": [], "beyond": [], "heads": [], "rows": []}
    done = [r for r in results if r is not None]
    ready = len(done) == len(results)
    guesses = choice.guesses if choice.mode == "teach" and choice.revealed else ()
    ends = gain_ends(done, guesses)
    reach = pictures.step_ends(steps(f) for f in frictions if f is not None)
    panels: list[dict[str, Any]] = []
    for result, friction in zip(results, frictions, strict=True):
        if result is None:
            panels.append({"ready": False})
            continue
        gain = result.estimate("gain")
        gains = result.column("gain")
        seen = float(gains[choice.replicate]) if choice.replicate < result.count else None
        panels.append(
            {
                "ready": True,
                "headline": headline(result, friction),
                "run": one_of_many(result, choice.replicate, choice.seed),
                "outcomes": outcome_words(result),
                "spread": pictures.spread(
                    gains, gain.value, gain.low, gain.high, ends, seen, guesses
                ),
                "waterfall": pictures.waterfall(steps(friction), reach) if friction else "",
                "friction_count": friction.potential.count if friction else 0,
                "spared": friction is not None
                and min(e.value for e in friction.losses.values()) < 0,
                "watched": seen is not None,
                "gain": round(100 * gain.value, 1) + 0.0,
                "count": result.count,
            }
        )
    return {
        "ready": ready,
        "panels": panels,
        "beyond": beyond_first(done) if ready else [],
        "heads": heads_of(choice) if ready else [],
        "rows": rows_of(done) if ready else [],
    }


def beyond_first(results: list[Results]) -> list[str]:
    """Say how much more each scenario gains than the first, on the same luck."""
    return [
        beyond_statement(label, LABELS[0], result, results[0]).text
        for label, result in zip(LABELS[1:], results[1:], strict=False)
    ]


def gain_ends(results: list[Results], guesses: Sequence[float] = ()) -> tuple[float, float]:
    """Return one scale for the gains of several ensembles, and for what was guessed of them."""
    if not results:
        return (-0.1, 0.1)
    told = [g for g in guesses if -0.5 <= g <= 1.0]  # wilder ones are drawn at the edge
    low = min([*told, *(float(r.column("gain").min()) for r in results)])
    high = max([*told, *(float(r.column("gain").max()) for r in results)])
    margin = max(0.01, 0.08 * (high - low))
    return (min(-0.02, low - margin), max(0.02, high + margin))


def heads_of(choice: Choice) -> list[str]:
    """Return the heads of the table of measures."""
    if len(choice.shown) == 1:
        return ["Measure", "Estimate", "95 % interval"]
    return ["Measure (95 % interval)", *LABELS[: len(choice.shown)]]


def rows_of(results: list[Results]) -> list[list[str]]:
    """Return the measures that the page shows, with their intervals, in words."""
    rows = []
    for name in ROWS:
        found = results[0].findings[name]
        cells = [f"{found.words}, {found.of}" if found.of else found.words]
        for result in results:
            _, unit, estimate = result.findings[name][:3]
            told = [number(estimate.value, unit), interval(estimate, unit)]
            cells += told if len(results) == 1 else [f"{told[0]} ({told[1]})"]
        rows.append(cells)
    return rows


def command_of(choice: Choice, place: int) -> str:
    """Return the command that gives a panel's results again.

    An opened file is named as it is taken away from the page, with the changes in it.
    """
    given = os.environ.get(SCENARIO_VARIABLE, "")
    panel = choice.shown[place]
    name, changed = panel.name, panel.values
    if panel.text:
        name, changed = f"{stem_of(choice, place)}.toml", ()
    elif shelf.own is not None and panel.name == shelf.own.name:
        name = given
    sets = "".join(f" --set {key}={_shown(value)}" for key, value in changed)
    count = affordable(shelf.scenario(panel), REPLICATES)
    return f"cgsim run {name} --replicates {count} --seed {choice.seed}{sets}"


def stem_of(choice: Choice, place: int) -> str:
    """Return what a file of a panel is called, without its ending.

    Where one scenario is there twice, changed in two ways, the panel's letter tells them apart.
    """
    panel = choice.shown[place]
    if not panel.values:
        return panel.name
    twins = {other.values for other in choice.shown if other.name == panel.name and other.values}
    return f"{panel.name}-changed" + (f"-{LABELS[place]}" if len(twins) > 1 else "")


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return plain(value) if isinstance(value, (int, float)) else str(value)


def taken_away(panel: Panel) -> Scenario:
    """Return a panel's scenario with a title that tells it from the one it was made from."""
    made = shelf.scenario(panel)
    if not panel.values:
        return made
    ending = ", changed"
    title = made.title.removesuffix(ending)[: LONGEST_NAME - len(ending)] + ending
    return replace(made, title=title)


def make_file(choice: Choice, results: list[Results | None], what: str) -> dict[str, str] | None:
    """Return a file to take away: a scenario as TOML, all results as CSV, or a panel's report."""
    kind, number = what.rstrip("0123456789"), what[-1:]
    asked = int(number) if number.isdigit() else 0
    place = min(asked, len(choice.shown) - 1)
    panel, stem = choice.shown[place], stem_of(choice, place)
    if kind == "toml":
        text = taken_away(panel).to_toml()
        return {"name": f"{stem}.toml", "text": text, "kind": "application/toml"}
    if kind == "report" and not choice.covered:
        from cgsim.experiment.sources import run_scenario
        from cgsim.report.page import as_html
        from cgsim.report.run_page import run_document

        scenario = shelf.scenario(panel)
        commands = [command_of(choice, place)]
        with drawing:
            count = affordable(scenario, REPLICATES)
            source = run_scenario(
                scenario,
                count,
                choice.seed,
                commands,
                example=choice.replicate,
            )
            text = as_html(run_document(source))
        return {"name": f"{stem}.html", "text": text, "kind": "text/html"}
    if what == "csv" and not choice.covered and all(r is not None for r in results):
        stream = io.StringIO()
        writer = csv.writer(stream)
        heads = list(results[0].replicates.columns) if results[0] else []
        writer.writerow(["panel", "scenario", *heads])
        for place, result in enumerate(results):
            if result is None:
                continue
            name = no_formula(choice.shown[place].name)
            for row in result.replicates.itertuples(index=False):
                writer.writerow([LABELS[place], name, *row])
        return {"name": "cgsim-results.csv", "text": stream.getvalue(), "kind": "text/csv"}
    return None
