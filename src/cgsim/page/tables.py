"""What the page's JavaScript takes from Python, as JSON, so that nothing is stated twice.

The same for every page: the texts of the catalogue, the measures, the parameters with their ranges
and priors, and the few numbers that answers are made with.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from cgsim import __version__, statistics
from cgsim.advice import declutter, landscapes
from cgsim.answer import (
    build,
    catalogue,
    clutter,
    compare,
    formats,
    glossary,
    lived,
    lives,
    names,
    record,
)
from cgsim.answer import doubt as weighing
from cgsim.engine.plan import ASKS, SEATS_FOR_ALL
from cgsim.engine.run import ARMS
from cgsim.experiment import doubt
from cgsim.experiment.design import OWN_LUCK_STEP, PRIOR_STREAM, key_word
from cgsim.extend import in_use
from cgsim.measures import LEAST_GAIN, MEASURES, OF_AREA, OF_FOUNDERS, OF_RUNS, OUTCOMES, RUN
from cgsim.mechanisms import KINDS, NETWORKS, RECRUITMENT
from cgsim.rules.state import BOARD_COLUMNS, FRICTIONS, MONTH_COLUMNS, VARIABLES
from cgsim.scenario import form, many
from cgsim.scenario.checks import FEWEST, INDEPENDENT
from cgsim.scenario.keys import MOST_BYTES
from cgsim.scenario.parameters import (
    BASES,
    FREE,
    GENERAL,
    LEVER_NUMBERS,
    MOST_AGENCIES,
    MOST_OBJECTIVES,
    MOST_PARTNERSHIPS,
    MOST_SKILLS,
    NEVER,
    PARAMETERS,
    SECTIONS,
    WORLD_NUMBERS,
    Parameter,
)

MOST_GROUPS = 30
"""Of a landscape that a page searches; larger ones are for the command."""
LISTS = ("skill", "objective", "agency", "partnership", "change")
"""Tables of a scenario file that there may be several of."""


def tables() -> dict[str, Any]:
    """Return what every page is given, as JSON can hold it; with extensions in use, theirs too.

    An extension's measures are not among those that a page works out: they are plain Python.
    """
    carried = in_use.extensions()
    return {
        **(_of_extensions(carried) if carried else {"version": __version__, "texts": _texts()}),
        "glossary": [
            {"word": e.word, "means": e.means, "also": list(e.also)} for e in glossary.entries()
        ],
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
            for m in MEASURES.own
        ],
        "outcomes": list(OUTCOMES),
        "came_out": list(lives.WAYS),
        "frictions": list(FRICTIONS),
        "month": list(MONTH_COLUMNS),
        "board": list(BOARD_COLUMNS),
        "account": list(lived.ACCOUNT),
        "arms": {
            "three": _rows(ARMS),
            "reasons": _rows(lived.REASON_ARMS),
            "paid_reasons": _rows(lived.PAID_REASON_ARMS),
        },
        "palette": dict(record.PALETTE),
        "number_words": list(names.NUMBERS),
        "digits": dict(formats.DIGITS),
        "most_digits": formats.MOST_DIGITS,
        "digits_more": formats.DIGITS_MORE,
        "settings": {
            "here": record.HERE,
            "drawn": record.DRAWN,
            "of_founders": OF_FOUNDERS,
            "of_area": OF_AREA,
            "of_runs": OF_RUNS,
            "of_partnerships": lives.OF_PARTNERSHIPS,
            "run": RUN,
            "by_founders": compare.BY_FOUNDERS,
            "by_area": compare.BY_AREA,
            "quantiles": list(build.QUANTILES),
            "fewest_for_tails": build.FEWEST_FOR_TAILS,
            "least_change": build.LEAST_CHANGE,
            "before_changes": build.BEFORE_CHANGES,
            "all_settled": lived.ALL_SETTLED,
            "named": weighing.NAMED,
            "least_gain": LEAST_GAIN,
            "level": statistics.LEVEL,
            "resamples": statistics.RESAMPLES,
            "fewest_resampled": statistics.FEWEST_RESAMPLED,
            "fewest_for_a_spread": statistics.FEWEST_FOR_A_SPREAD,
            "draws": doubt.DRAWS,
            "runs_each": doubt.RUNS_EACH,
            "own_luck_step": OWN_LUCK_STEP,
            "prior_stream": PRIOR_STREAM,
            "never": NEVER,
            "fewest_members": FEWEST,
        },
        "bootstrap": _bootstrap_stream(),
        "doubt_measures": list(doubt.KEPT),
        "parameters": [{"place": n, **_parameter(p)} for n, p in enumerate(PARAMETERS)],
        "columns": {
            "settings": [p.name for p in GENERAL],
            "levers": [p.name for p in LEVER_NUMBERS],
            "asks": list(ASKS.names or ()),
            "world_settings": [p.name for p in WORLD_NUMBERS],
        },
        "network_numbers": {name: number for number, name in enumerate(NETWORKS)},
        "recruitment": list(RECRUITMENT),
        "seats_for_all": SEATS_FOR_ALL,
        "bases": dict(BASES),
        "mechanisms": [
            {
                "name": kind.name,
                "help": kind.help,
                "mechanisms": [{"name": m.name, "help": m.help} for m in kind.mechanisms],
            }
            for kind in KINDS
        ],
        "caveats": list(names.CAVEATS),
        "declutter": {
            "most_groups": MOST_GROUPS,
            "most_named": clutter.MOST_NAMED,
            "replicates": declutter.REPLICATES,
            "fewest_runs": declutter.FEWEST_RUNS,
            "share_tried": declutter.SHARE_TRIED,
            "fewest_tried": declutter.FEWEST_TRIED,
            "a_few": declutter.A_FEW,
            "most_looked_at": declutter.MOST_LOOKED_AT,
            "luck_step": declutter.LUCK_STEP,
            "flags_kept": landscapes.FLAGS_KEPT,
        },
        "form": _form(),
        "many": {
            "number": many.NUMBER,
            "area": many.AREA,
            "counted": list(many.COUNTED),
            "ranged": list(many.RANGED),
            "most_draw": many.MOST_DRAW,
        },
    }


def _texts() -> dict[str, str]:
    """Return the catalogue, but for what only a page with an extension says."""
    texts = catalogue.used().texts
    return {id: text for id, text in texts.items() if not id.startswith("carried.")}


def _of_extensions(carried: Sequence[in_use.Source]) -> dict[str, Any]:
    """Return what a page says of the extensions in it: so it says them wherever it tells a version.

    Their uncertain parameters are told by their help.
    """
    names_of = [source.name for source in carried]
    return {
        "version": catalogue.word("carried.version", version=__version__, names=names_of),
        "texts": {**catalogue.FURTHER, **catalogue.used().texts},
        "extensions": {
            "names": names_of,
            "files": [{"name": one.name, "sha256": one.digest} for one in carried],
            "note": catalogue.word("carried.note", names=names_of),
            "parameters": [p.name for p in PARAMETERS.added],
            "inputs": {p.name: names.uncertain(p.name) for p in PARAMETERS.added if p.prior},
            "measures": [{"name": m.name, "words": m.words} for m in MEASURES.added],
            "columns": [
                {"name": v.name, "of": v.of, "unit": v.unit, "help": v.help} for v in VARIABLES
            ],
        },
    }


def _form() -> dict[str, Any]:
    """Return which keys a scenario file may hold, by table, and in words what each may be."""
    tables = {"": (), **{name: (name,) for name in SECTIONS}, **{name: (name, 0) for name in LISTS}}
    keys = {name: list(form.known_keys(path)) for name, path in tables.items()}
    return {
        "keys": keys,
        "allowed": {
            ".".join(filter(None, (name, key))): form.allowed((*path, key))
            for name, path in tables.items()
            for key in keys[name]
        },
        "independent": list(INDEPENDENT),
        "most": {
            "name": form.LONGEST_NAME,
            "text": form.LONGEST_TEXT,
            "letters": MOST_BYTES,
            "skill": MOST_SKILLS,
            "objective": MOST_OBJECTIVES,
            "agency": MOST_AGENCIES,
            "partnership": MOST_PARTNERSHIPS,
            "change": form.MOST_CHANGES,
        },
    }


def _rows(arms: Any) -> list[list[int]]:
    return [arm.row for arm in arms]


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
        "help": p.explained,
        "source": p.source,
        "prior": None if p.prior is None else list(p.prior),
        "prior_times": p.prior_times,
        "multiples": [other.name for other in PARAMETERS if other.prior_times == p.name],
        "prior_key": key_word(p.name) if p.prior else None,
        "free": p.name in FREE,
        "only_under": None if p.only_under is None else list(p.only_under),
        "owns": [own.name for own in PARAMETERS if _is_of(own, p)],
        "changeable": not p.shapes_world and p.section != "money",
    }


def _is_of(own: Parameter, kind: Parameter) -> bool:
    """Tell whether a parameter stands beside a kind of mechanism, and is read under one alone."""
    return (
        own.only_under is not None
        and own.only_under[0] == kind.name
        and own.section == kind.section
    )
