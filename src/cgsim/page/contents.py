"""What a page is given as data: scenarios, what stands in Python's tables, and first answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from cgsim import __version__
from cgsim.answer import names
from cgsim.answer.build import measure_of
from cgsim.answer.lived import REASON_ARMS
from cgsim.engine.run import ARMS
from cgsim.experiment.design import OWN_LUCK_STEP, prior_factors, uniforms
from cgsim.experiment.doubt import DRAWS, RUNS_EACH
from cgsim.experiment.results import Results, run_many
from cgsim.scenario.model import Scenario
from cgsim.scenario.parameters import (
    FREE,
    GENERAL,
    LEVER_NUMBERS,
    PARAMETERS,
    WORLD_NUMBERS,
    Parameter,
)
from cgsim.world.draw import GIVEN_TIES, NETWORKS
from cgsim.world.networks import given_ties
from cgsim.world.recruitment import WAYS

RUNS = 500
DOTS = 20


def contents(scenarios: Sequence[Scenario], seed: int, runs: int = RUNS) -> dict[str, Any]:
    """Return all that a page with these scenarios knows, as JSON can hold it."""
    results = run_many(scenarios, runs, seed)
    return {
        "version": __version__,
        "seed": seed,
        "runs": runs,
        "draws": DRAWS,
        "runsEach": RUNS_EACH,
        "ownLuckStep": OWN_LUCK_STEP,
        "arms": {
            "three": [arm.row for arm in ARMS],
            "reasons": [arm.row for arm in REASON_ARMS],
        },
        "order": {
            "settings": [p.name for p in GENERAL],
            "levers": [p.name for p in LEVER_NUMBERS],
            "world": [p.name for p in WORLD_NUMBERS],
            "networks": list(NETWORKS),
            "ways": list(WAYS),
            "givenTies": GIVEN_TIES,
        },
        "parameters": {p.name: _parameter(p) for p in PARAMETERS},
        "priors": [
            {
                "key": f.key,
                "low": f.low,
                "high": f.high,
                "times": f.times,
                "whole": f.whole,
                "shares": uniforms(seed, f.key, DRAWS).tolist(),
            }
            for f in prior_factors()
        ],
        "cases": [_case(r) for r in results],
    }


def _parameter(p: Parameter) -> dict[str, Any]:
    return {
        "name": p.name,
        "section": p.section,
        "low": p.low,
        "high": p.high,
        "kind": p.kind,
        "unit": p.unit,
        "help": p.help,
        "allowed": p.allowed,
        "basis": p.basis,
        "source": p.source,
        "free": p.name in FREE,
    }


def _case(results: Results) -> dict[str, Any]:
    """Return one scenario, with an answer that can be shown before anything is computed."""
    scenario = results.scenario
    answer = results.answer()
    gains = results.column(measure_of(results))
    shares = (np.arange(DOTS) + 0.5) / DOTS
    case: dict[str, Any] = {
        "name": scenario.name,
        "title": names.title(scenario),
        "tables": scenario.to_dict(),
        "ready": {
            "text": answer.text,
            "value": float(np.nanmean(gains)),
            "dots": [float(q) for q in np.nanquantile(gains, shares)],
        },
    }
    if scenario.network == "file":
        case["ties"] = given_ties(scenario).astype(int).ravel().tolist()
    return case
