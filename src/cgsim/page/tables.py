"""What the page's JavaScript takes from Python, as JSON, so that nothing is stated twice.

``tables`` is the same for every page: the texts of the catalogue, the measures, the parameters with
their ranges and priors, and the few numbers that answers are made with. ``model_of`` is one
scenario: what the engine is given, and what the texts and the levers have to know besides.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from cgsim import __version__, statistics
from cgsim.answer import build, catalogue, compare, formats, lived, names, record
from cgsim.answer import doubt as weighing
from cgsim.engine.plan import packed, regime_months
from cgsim.experiment import doubt
from cgsim.experiment.design import OWN_LUCK_STEP, PRIOR_STREAM, key_word
from cgsim.measures import MEASURES, OF_AREA, OF_FOUNDERS, OF_RUNS, OUTCOMES, RUN
from cgsim.rules.state import BOARD_COLUMNS, FRICTIONS, MONTH_COLUMNS
from cgsim.scenario.model import Scenario
from cgsim.scenario.parameters import (
    FREE,
    GENERAL,
    LEVER_NUMBERS,
    NETWORKS,
    NEVER,
    PARAMETERS,
    WORLD_NUMBERS,
    Parameter,
)
from cgsim.scenario.writing import as_tables
from cgsim.world.draw import GIVEN_TIES
from cgsim.world.draw import NETWORKS as DRAWN_NETWORKS
from cgsim.world.recruitment import WAYS


def tables() -> dict[str, Any]:
    """Return what every page is given, as JSON can hold it."""
    return {
        "version": __version__,
        "texts": dict(catalogue.used().texts),
        "measures": [
            {
                "name": m.name,
                "words": m.words,
                "unit": m.unit,
                "of": m.of,
                "interval": m.interval,
                "below": m.below,
                "bounded": m.bounded,
                "shown": list(m.shown),
                "money": m.money,
            }
            for m in MEASURES
        ],
        "outcomes": list(OUTCOMES),
        "frictions": list(FRICTIONS),
        "month": list(MONTH_COLUMNS),
        "board": list(BOARD_COLUMNS),
        "account": list(lived.ACCOUNT),
        "arms": {"three": _rows(lived.ARMS), "reasons": _rows(lived.REASON_ARMS)},
        "palette": dict(record.PALETTE),
        "number_words": list(names.NUMBERS),
        "digits": dict(formats.DIGITS),
        "most_digits": formats.MOST_DIGITS,
        "settings": {
            "here": record.HERE,
            "drawn": record.DRAWN,
            "of_founders": OF_FOUNDERS,
            "of_area": OF_AREA,
            "of_runs": OF_RUNS,
            "run": RUN,
            "by_founders": compare.BY_FOUNDERS,
            "by_area": compare.BY_AREA,
            "quantiles": list(build.QUANTILES),
            "fewest_for_tails": build.FEWEST_FOR_TAILS,
            "least_change": build.LEAST_CHANGE,
            "all_settled": lived.ALL_SETTLED,
            "named": weighing.NAMED,
            "level": statistics.LEVEL,
            "resamples": statistics.RESAMPLES,
            "fewest_resampled": statistics.FEWEST_RESAMPLED,
            "fewest_for_a_spread": statistics.FEWEST_FOR_A_SPREAD,
            "draws": doubt.DRAWS,
            "runs_each": doubt.RUNS_EACH,
            "own_luck_step": OWN_LUCK_STEP,
            "prior_stream": PRIOR_STREAM,
            "never": NEVER,
        },
        "bootstrap": _bootstrap_stream(),
        "doubt_measures": list(doubt.KEPT),
        "parameters": [_parameter(p) for p in PARAMETERS],
        "columns": {
            "settings": [p.name for p in GENERAL],
            "levers": [p.name for p in LEVER_NUMBERS],
            "world_settings": [p.name for p in WORLD_NUMBERS],
        },
        "networks": [DRAWN_NETWORKS[_network(name)] for name in NETWORKS if name != "file"],
        "network_numbers": {name: _network(name) for name in NETWORKS},
        "recruitment": list(WAYS),
    }


def _rows(arms: Any) -> list[list[int]]:
    return [arm.row for arm in arms]


def _network(name: str) -> int:
    return DRAWN_NETWORKS.index(name) if name in DRAWN_NETWORKS else GIVEN_TIES


@cache
def _bootstrap_stream() -> dict[str, str]:
    """Return where the stream of bootstrap draws begins, as hexadecimal words of 128 bits."""
    state: Any = np.random.default_rng(statistics.BOOTSTRAP_SEED).bit_generator.state
    return {name: f"{state['state'][name]:032x}" for name in ("state", "inc")}


def _parameter(p: Parameter) -> dict[str, Any]:
    return {
        "name": p.name,
        "section": p.section,
        "default": p.default,
        "low": p.low,
        "high": p.high,
        "unit": p.unit,
        "kind": p.kind,
        "choices": list(p.choices),
        "allowed": p.allowed,
        "basis": p.basis,
        "help": p.help,
        "source": p.source,
        "prior": None if p.prior is None else list(p.prior),
        "prior_times": p.prior_times,
        "prior_key": key_word(p.name) if p.prior else None,
        "free": p.name in FREE,
    }


def model_of(scenario: Scenario) -> dict[str, Any]:
    """Return one scenario: ``packed`` for the engine, and under ``about`` what else is known."""
    return {**packed([scenario]), "about": about(scenario)}


def about(scenario: Scenario) -> dict[str, Any]:
    """Return what texts and levers have to know of a scenario."""
    values = dict(scenario.values)
    return {
        "name": scenario.name,
        "title": scenario.title,
        "summary": scenario.summary,
        "values": values,
        "network": scenario.network,
        "network_file": scenario.network_file,
        "skill_names": list(scenario.skill_names),
        "objective_names": [o.name for o in scenario.objectives],
        "agency_names": list(scenario.agency_names),
        "given_agencies": len(scenario.agencies),
        "partnerships": [
            {
                "name": p.name,
                "size": p.size,
                "recruit": p.recruit,
                "members": list(p.members),
                "lead": p.lead,
                "focus": list(p.focus),
                "levers": dict(p.levers),
            }
            for p in scenario.partnerships
        ],
        "changes": [
            {"month": c.month, "partnerships": list(c.partnerships), "set": dict(c.set)}
            for c in scenario.changes
        ],
        "regimes": regime_months(scenario),
        "fewest": _fewest(scenario),
        "fixed": _fixed(scenario),
        "not_drawn": sorted(scenario.fixed_counts),
    }


def _fewest(scenario: Scenario) -> dict[str, int]:
    """Return the smallest count of each kind that everything named in the scenario leaves room."""
    given = as_tables(scenario)
    named = [n for p in scenario.partnerships for n in (*p.members, p.lead) if n is not None]
    homes = [a.home for a in scenario.agencies if a.home is not None]
    return {
        "agencies": max(1, len(scenario.agencies), *(n + 1 for n in named)),
        "objectives": max(1, len(given.get("objective", ()))),
        "skills": max(1, len(given.get("skill", ())), *(home + 1 for home in homes)),
        "months": max(1, *(change.month + 1 for change in scenario.changes), 1),
    }


def _fixed(scenario: Scenario) -> list[str]:
    """Return the counts that cannot be changed, since weights or ties are given for each."""
    fixed = []
    if scenario.network == "file":
        fixed.append("agencies")
    if any(agency.goals is not None for agency in scenario.agencies):
        fixed.append("objectives")
    if any(a.skills is not None for a in scenario.agencies) or any(
        o.mix is not None for o in scenario.objectives
    ):
        fixed.append("skills")
    return fixed
