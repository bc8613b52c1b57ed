"""What a partnership's records leave possible: draws in the place of those from the priors.

``cgsim calibrate`` keeps them in its folder, with the scenario and the records that they rest on.
They hold for that scenario: in another area the same records would have taught something else.
What the partnership decides, its levers, may differ. A table of draws can stand in their place, of
which nobody says what it rests on.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cgsim.compiler import source_hash
from cgsim.experiment.design import MOST_POINTS, Maker, Point, uncertain_in
from cgsim.experiment.given_points import MOST_BYTES, read_points
from cgsim.experiment.records import (
    DIGITS_64,
    TABLE,
    TEXT,
    WHOLE,
    WHOLES,
    fault_of,
)
from cgsim.scenario.errors import Fault, ScenarioError, safe, shown
from cgsim.scenario.model import Scenario
from cgsim.scenario.outside import name_of, read_bytes, read_text

CALIBRATION = "calibration.json"
POSTERIOR = "posterior.parquet"
"""A row a life that was kept, a column a key: what a design of draws takes."""
FEWEST_DRAWS = 20
MOST_DIFFERENCES = 3
"""Where more differs, the folder is of another scenario."""
MOST_RECORD_BYTES = 64 * 2**20
ANEW = "calibrate this one (cgsim calibrate)"

BASIS = {
    "scenario": TEXT,
    "scenario_tables": TABLE,
    "records": TABLE,
    "answers": TABLE,
    "source": TEXT,
    "seed": WHOLE,
    "draws": WHOLE,
    "kept": WHOLES,
    "posterior_sha256": DIGITS_64,
}
"""What a calibration says of its posterior, besides all that is told of it."""
RECORDS = {"file": TEXT, "sha256": DIGITS_64}
REFUSED, FORECAST_REFUSED = "refused", "forecast_refused"


@dataclass(frozen=True)
class Posterior:
    """Draws to use in place of those from the priors, and what they rest on."""

    where: str  #: the folder or file, as faults call it
    points: tuple[Point, ...]  #: the values of every draw by key
    sha256: str  #: of the file of draws
    records: str = ""  #: the name of the file of records; "" for a table of draws
    records_sha256: str = ""
    scenario: Scenario | None = None  #: the one that was calibrated
    answers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  #: by partner
    seed: int = 0  #: of the calibration
    draws: int = 0  #: how many there were before the records were looked at
    kept: tuple[int, ...] = ()  #: the numbers of those that are left
    lines: tuple[int | None, ...] = ()  #: of a table of draws: where each stands

    @property
    def basis(self) -> dict[str, str]:
        """What the draws rest on, as statements name it."""
        if self.records:
            return {"records": self.records}
        return {"file": safe(Path(self.where).name)}

    def about(self) -> dict[str, str]:
        """Return what the draws rest on, with hashes, as manifests and JSON hold it."""
        hashes = {"records_sha256": self.records_sha256} if self.records else {}
        return {**self.basis, **hashes, "draws_sha256": self.sha256}

    def some(self, count: int) -> tuple[Point, ...]:
        """Return so many of the draws, evenly from first to last; all where there are no more."""
        return tuple(self.points[place] for place in self.places(count))

    def places(self, count: int) -> Sequence[int]:
        """Return which so many of the draws are taken, evenly from first to last."""
        have = len(self.points)
        return range(have) if have <= count else [n * have // count for n in range(count)]

    def check(self, scenarios: Iterable[Scenario]) -> None:
        """Raise ``ScenarioError`` where the draws do not hold for one of some scenarios.

        The keys that differ from the scenario that was calibrated are told, or the draw that does
        not fit.
        """
        for scenario in scenarios:
            if self.scenario is not None:
                self._refuse_another(scenario)
            maker = Maker({scenario.name: scenario})
            for number, point in enumerate(self.points):
                try:
                    maker.scenario(point)
                except ScenarioError as error:
                    told = error.faults[0]
                    line = self.lines[number] if self.lines else None
                    message = told.message if line else f"draw {number}: {told.message}"
                    raise ScenarioError([Fault(self.where, line, told.key, message)]) from None

    def _refuse_another(self, scenario: Scenario) -> None:
        differing = list(differences(scenario, self.scenario, self.points[0]))
        if not differing:
            return
        faults = [
            Fault(
                self.where,
                None,
                key,
                f"got {shown(own)} in {shown(scenario.name)}; allowed {shown(theirs)}, as in the "
                f"scenario that was calibrated; or {ANEW}",
            )
            for key, own, theirs in differing[:MOST_DIFFERENCES]
        ]
        if len(differing) > MOST_DIFFERENCES:
            more = len(differing) - MOST_DIFFERENCES
            said = f"this is a calibration of another scenario; {more} more keys differ"
            faults.append(Fault(self.where, None, "", f"{said}; {ANEW}"))
        raise ScenarioError(faults)


def differences(
    scenario: Scenario, calibrated: Scenario | None, drawn: Iterable[str]
) -> Iterable[tuple[str, Any, Any]]:
    """Yield the keys in which a scenario is another area than the one that was calibrated.

    With each its value here and there. Levers may differ, and the months that are simulated; what
    is drawn anew has no value to compare.
    """
    if calibrated is None:
        return
    counts = (len(scenario.partnerships), len(calibrated.partnerships))
    if counts[0] != counts[1]:
        yield "partnership", counts[0], counts[1]
    for key, value in scenario.values.items():
        theirs = calibrated.values.get(key)
        if key not in (*drawn, "months") and value != theirs:
            yield key, _plain(value), _plain(theirs)
    for name, key in OTHERS.items():
        own, theirs = getattr(scenario, name), getattr(calibrated, name)
        if own != theirs:
            texts = isinstance(own, str)
            if name == "known":
                yield key, ", ".join(own) or "none", ", ".join(theirs) or "none"
            else:
                yield key, own if texts else "another one", theirs if texts else "the one there"


def _plain(value: float | None) -> Any:
    return int(value) if value is not None and value == int(value) else value


OTHERS = {
    "network": "network",
    "given_network": "network_file",
    "skill_names": "skill",
    "objectives": "objective",
    "agencies": "agency",
    "changes": "change",
    "known": "known",
}
"""What belongs to an area besides its numbers, and what scenario files call it."""


def load_posterior(path: str | Path) -> Posterior:
    """Return the draws in a calibration's folder, or in a table of draws.

    Raises ``ScenarioError`` where there are none, where the calibration refused its records or
    failed its own check, and where the files are not those that it wrote.
    """
    path = Path(path)
    if path.name == POSTERIOR and (path.parent / CALIBRATION).is_file():
        path = path.parent
    return _of_folder(path) if path.is_dir() else _of_table(path)


def _of_table(path: Path) -> Posterior:
    points, lines = read_points(path, MOST_POINTS)
    where = name_of(path)
    if len(points) < FEWEST_DRAWS:
        message = f"got {len(points)} draws; allowed {FEWEST_DRAWS} or more"
        raise ScenarioError([Fault(where, None, "", message)])
    digest = hashlib.sha256(read_bytes(path, MOST_BYTES)).hexdigest()
    return Posterior(where, points, digest, lines=tuple(lines))


def _of_folder(folder: Path) -> Posterior:
    about = folder / CALIBRATION
    where = name_of(folder)

    def refused(message: str, file: str = where) -> ScenarioError:
        return ScenarioError([Fault(file, None, "", message)])

    if not about.is_file():
        raise refused(f"holds no {CALIBRATION}; allowed the folder of a calibration (--out)")
    try:
        told = json.loads(read_text(about, MOST_RECORD_BYTES))
    except (ValueError, RecursionError) as error:
        if isinstance(error, ScenarioError):
            raise
        told = None
    if not isinstance(told, dict):
        message = "is not whole; allowed what cgsim calibrate wrote"
        raise refused(message, file=name_of(about)) from None
    if told.get(REFUSED):
        message = "got a calibration that refused its records; allowed one that learned from them"
        raise refused(message)
    if told.get(FORECAST_REFUSED):
        message = (
            "got a calibration that failed its own check (its intervals do not hold what they "
            "claim); allowed one that passed: raise --draws of cgsim calibrate"
        )
        raise refused(message)
    fault = fault_of(told, BASIS, {}) or fault_of(told["records"], RECORDS, {})
    if fault:
        raise refused(fault, file=name_of(about))
    if told["source"] != source_hash():
        message = (
            "got draws of lives by other rules than those in use now; allowed those of these "
            "rules: calibrate anew, into another folder"
        )
        raise refused(message)
    data = read_bytes(folder / POSTERIOR, MOST_BYTES)
    digest = hashlib.sha256(data).hexdigest()
    if digest != told["posterior_sha256"]:
        message = "is not what was written: its SHA-256 differs"
        raise refused(message, file=name_of(folder / POSTERIOR))
    points, _ = read_points(folder / POSTERIOR, MOST_POINTS)
    scenario = Scenario.from_dict(told["scenario_tables"], told["scenario"])
    return Posterior(
        where,
        tuple({key: point[key] for key in uncertain_in(point)} for point in points),
        digest,
        safe(Path(told["records"]["file"]).name),
        told["records"]["sha256"],
        scenario,
        told["answers"],
        told["seed"],
        told["draws"],
        tuple(told["kept"]),
    )


def as_record(posterior: Posterior, count: int) -> dict[str, Any]:
    """Return so many draws with what they rest on, as a results folder holds them."""
    return {**posterior.about(), "points": [dict(point) for point in posterior.some(count)]}


def of_record(record: Mapping[str, Any]) -> Posterior:
    """Return the draws that ``as_record`` wrote down."""
    return Posterior(
        record.get("file", ""),
        tuple(record["points"]),
        record["draws_sha256"],
        record.get("records", ""),
        record.get("records_sha256", ""),
    )


def told_of(about: Mapping[str, str]) -> dict[str, str]:
    """Return what draws rest on, and their hashes, by what reports call them."""
    return {CALLED[key]: text for key, text in about.items()}


CALLED = {
    "records": "records",
    "file": "file of draws",
    "records_sha256": "hash of the records",
    "draws_sha256": "hash of the draws",
}


def given_for(path: str | Path | None, scenarios: Sequence[Scenario]) -> Posterior | None:
    """Return the draws at a path, checked against the scenarios they are for; None without one."""
    if path is None:
        return None
    found = load_posterior(path)
    found.check(scenarios)
    return found
