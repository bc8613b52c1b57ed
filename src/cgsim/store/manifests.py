"""The form of a manifest: looked at whole before any value of it is used.

A manifest says what a results folder holds. It may have been edited, or cut by whoever copied it.
What does not fit is told by its key. What decides the rows (experiment, points, source) is guarded
by its hash as well, so that no edit of it passes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cgsim.experiment.records import (
    DIGITS_16,
    DIGITS_64,
    FLAG,
    NUMBER,
    TABLE,
    TABLES,
    TEXT,
    TEXT_OR_NULL,
    TEXT_TABLE,
    TEXTS,
    WHOLE,
    Kind,
    fault_of,
    hash_of,
)
from cgsim.extend.in_use import Source
from cgsim.scenario.errors import shown

SCHEMA = 2
"""Version of the layout of a results folder."""
MOST_BYTES = 512 * 2**20
"""A list of a million points takes about a fifth of this."""
RECORD = (
    "experiment",
    "points_sha256",
    "points",
    "source",
    "changed_rules",
    "extensions",
    "schema",
)
"""What decides the rows of a batch."""


def _given(value: Any) -> bool:
    """Tell whether a table says what draws rest on, and perhaps holds them."""
    if not isinstance(value, dict) or not isinstance(value.get("points", []), list):
        return False
    texts = {key: text for key, text in value.items() if key != "points"}
    return (
        all(isinstance(text, str) for text in texts.values())
        and "draws_sha256" in texts
        and all(
            isinstance(point, dict) and point and all(map(_value, point.values()))
            for point in value.get("points", [])
        )
    )


def _value(value: Any) -> bool:
    return isinstance(value, bool | int | float | str) and value == value


def _extensions(value: Any) -> bool:
    """Tell whether a list holds extensions, each with the hash of its text."""
    return isinstance(value, list) and all(map(Source.is_record, value))


SCENARIOS = Kind(
    "a table of one scenario or more", lambda value: TABLES.fits(value) and bool(value)
)
FACTORS = Kind(
    "a table of lists and ranges",
    lambda value: (
        isinstance(value, dict) and all(isinstance(v, list | dict) for v in value.values())
    ),
)
POINTS = Kind(
    "a list of tables, or a whole number",
    lambda value: (
        WHOLE.fits(value)
        or (isinstance(value, list) and all(isinstance(item, dict) for item in value))
    ),
)

ALWAYS: Mapping[str, Kind] = {
    "name": TEXT,
    "title": TEXT,
    "question": TEXT,
    "input_sha256": DIGITS_64,
    "experiment": TABLE,
    "points": WHOLE,
    "points_sha256": DIGITS_64,
    "source": DIGITS_16,
    "cgsim": TEXT,
    "python": TEXT,
    "platform": TEXT,
    "packages": TEXT_TABLE,
    "began": TEXT,
    "complete": FLAG,
}
WHEN_COMPLETE: Mapping[str, Kind] = {
    "ended": TEXT,
    "runs": WHOLE,
    "failed": WHOLE,
    "content_sha256": DIGITS_64,
    "sha256": TEXT_TABLE,
}
SOMETIMES: Mapping[str, Kind] = {
    "changed_rules": TEXTS,
    "extensions": Kind("a list of extensions, each with its text and its hash", _extensions),
    "commit": TEXT_OR_NULL,
    "machine": TEXT,
    "seconds": NUMBER,
    "points_without_precision": WHOLE,
}
EXPERIMENT: Mapping[str, Kind] = {
    "scenarios": SCENARIOS,
    "design": TEXT,
    "factors": FACTORS,
    "points": POINTS,
    "replicates": WHOLE,
    "seed": WHOLE,
    "luck": TEXT,
    "arms": TEXTS,
    "measures": TEXTS,
    "months": FLAG,
}
EXPERIMENT_SOMETIMES: Mapping[str, Kind] = {
    "precision": TABLE,
    "boards": FLAG,
    "partnerships": FLAG,
    "only": TEXT,
    "windows": TABLES,
    "in_a_row": WHOLE,
    "off": TEXTS,
    "given": Kind("what is given in place of the priors, with its hash", _given),
}


def fault_in(manifest: Any) -> str | None:
    """Return what is wrong with a manifest, by its key, or None."""
    if not isinstance(manifest, dict):
        return f"got {shown(manifest)}; allowed a table"
    if manifest.get("schema") != SCHEMA or isinstance(manifest.get("schema"), bool | float):
        return f"schema: got {shown(manifest.get('schema', 'nothing'))}; allowed {SCHEMA}"
    fault = fault_of(manifest, ALWAYS, {**WHEN_COMPLETE, **SOMETIMES})
    if fault is None and manifest["complete"]:
        fault = fault_of(manifest, WHEN_COMPLETE, {})
    if fault is None:
        inside = fault_of(manifest["experiment"], EXPERIMENT, EXPERIMENT_SOMETIMES)
        fault = inside and f"experiment.{inside}"
    if fault is None and not _is_as_written(manifest):
        fault = (
            f"input_sha256: got {shown(manifest['input_sha256'])}; allowed the hash of "
            "experiment, points, points_sha256 and source: one of them is not as it was written"
        )
    return fault


def _is_as_written(manifest: Mapping[str, Any]) -> bool:
    try:
        record = {key: manifest[key] for key in RECORD if key in manifest}
        return hash_of(record) == manifest["input_sha256"]
    except (ValueError, RecursionError):  # half a character, or lists in lists without end
        return False
