"""Does a claim of the register rest on one mechanism? It is judged again with each other one.

Every mechanism is put *alone* in the place of the model's own, in all settings of the claim. A
claim *holds* under it where its verdict is the one that the model's own mechanisms lead to over the
same draws, with the same founders and the same luck. So only draws that are pairs are compared, and
what lies between the two verdicts is the mechanism alone.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from cgsim import __version__, mechanisms, statistics
from cgsim.engine.run import Progress
from cgsim.evidence import register as evidence
from cgsim.evidence.claims import At, Claim, Setting, folder
from cgsim.scenario.parameters import BY_NAME, is_read
from cgsim.store.folder import Store
from cgsim.whole import write_text

EXCHANGED = "exchanged.json"
REPLICATES = 8
"""Runs in every draw: each claim is lived in it under every mechanism."""
SURELY_OTHER = 0.05
"""A share of draws is surely another where luck alone would part it as far in fewer cases."""


class Choice(NamedTuple):
    """A mechanism in the place of the model's own of its kind."""

    kind: str
    mechanism: str

    @property
    def is_own(self) -> bool:
        """Whether nothing is exchanged."""
        return not self.kind


OWN = Choice("", "")
"""The model's own mechanisms, all of them."""
CHOICES = tuple(Choice(k.name, name) for k in mechanisms.KINDS for name in k.names[1:])
"""Every other mechanism, each of which is put alone in the place of the model's own."""


@dataclass(frozen=True)
class Found:
    """What becomes of a claim with one mechanism exchanged, or with none."""

    choice: Choice
    verdict: str  #: as of ``evidence.Verdict``
    share: float  #: of the draws that count in which the pattern is seen
    low: float  #: of its 95 % interval (Wilson)
    high: float
    judged: int  #: draws that count
    gained: int = 0  #: draws that count with the model's own too, and that alone show the pattern
    lost: int = 0  #: draws of these that show the pattern with the model's own alone

    @property
    def is_judged(self) -> bool:
        """Whether enough draws count for a verdict."""
        return self.verdict != "not judged"

    @property
    def is_surely_other(self) -> bool:
        """Whether the share of draws is another beyond luck (McNemar 1947, exact)."""
        return statistics.paired_chance(self.gained, self.lost) < SURELY_OTHER


@dataclass(frozen=True)
class Exchanges:
    """A claim under every mechanism that it can be lived under."""

    claim: str
    draws: int
    own: Found
    others: tuple[Found, ...]  #: without those that the claim itself chooses, or would not read

    @property
    def judged(self) -> tuple[Found, ...]:
        """The m mechanisms that are counted: under them, and by the model's own, it is judged."""
        return tuple(one for one in self.others if one.is_judged) if self.own.is_judged else ()

    @property
    def holding(self) -> tuple[Found, ...]:
        """The k of them under which the claim holds: its verdict is that by the model's own."""
        return tuple(one for one in self.judged if one.verdict == self.own.verdict)

    @property
    def turning(self) -> tuple[Found, ...]:
        """Those under which its verdict is another and its share of draws surely is."""
        return tuple(
            one for one in self.judged if one.verdict != self.own.verdict and one.is_surely_other
        )

    @property
    def wavering(self) -> tuple[Found, ...]:
        """Those under which its verdict is another by so few draws that luck may have done it."""
        kept = {*self.holding, *self.turning}
        return tuple(one for one in self.judged if one not in kept)

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON can hold it."""
        return {
            "draws": self.draws,
            "own": _record(self.own),
            "others": [_record(found) for found in self.others],
        }


@dataclass(frozen=True)
class Exchanged:
    """Every claim under every mechanism alone, and what it was computed with."""

    claims: Mapping[str, Exchanges]
    replicates: int = REPLICATES
    seed: int = evidence.SEED
    version: str = __version__

    def to_json(self) -> str:
        """Return all of it as the text of a file."""
        record = {
            "version": self.version,
            "replicates": self.replicates,
            "seed": self.seed,
            "claims": {name: one.to_dict() for name, one in self.claims.items()},
        }
        return json.dumps(record, indent=1, ensure_ascii=False, allow_nan=False) + "\n"

    @staticmethod
    def from_json(text: str) -> Exchanged:
        """Return what ``to_json`` wrote."""
        record = json.loads(text)
        claims = {
            name: Exchanges(
                name, one["draws"], _found(one["own"]), tuple(map(_found, one["others"]))
            )
            for name, one in record["claims"].items()
        }
        return Exchanged(claims, record["replicates"], record["seed"], record["version"])


def _record(found: Found) -> dict[str, Any]:
    numbers = {key: value for key, value in vars(found).items() if key != "choice"}
    return {**found.choice._asdict(), **evidence.plain(numbers)}


def _found(record: Mapping[str, Any]) -> Found:
    numbers: dict[str, Any] = {
        key: math.nan if value is None else value for key, value in record.items()
    }
    return Found(Choice(numbers.pop("kind"), numbers.pop("mechanism")), **numbers)


def shipped() -> Exchanged:
    """Return what comes with cgsim."""
    return Exchanged.from_json((folder() / EXCHANGED).read_text("utf-8"))


def choices_of(claim: Claim) -> tuple[Choice, ...]:
    """Return the mechanisms that a claim can be lived under.

    Left out is what the claim chooses itself, and a mechanism that would not read what the claim
    sets: nothing that it varies would do anything.
    """

    def fits(choice: Choice) -> bool:
        return all(
            choice.kind not in setting.fixed
            and all(
                key not in BY_NAME or is_read(BY_NAME[key], _under(setting, choice).scenario.values)
                for key in setting.fixed
            )
            for setting in claim.settings.values()
        )

    return tuple(choice for choice in CHOICES if fits(choice))


def _under(setting: Setting, choice: Choice) -> Setting:
    if choice.is_own:
        return setting
    scenario = setting.scenario.with_mechanisms({choice.kind: choice.mechanism})
    return replace(setting, scenario=scenario)


def draws_for(claim: Claim, draws: int | None = None) -> int:
    """Return how many draws a claim needs here, if it is not said.

    Fewer than the register has; as many as it where only some of them count.
    """
    if draws is not None:
        return draws
    return evidence.DRAWS if claim.where else evidence.FEWER_DRAWS


def exchange(
    claim: Claim,
    out: Path,
    *,
    draws: int | None = None,
    replicates: int = REPLICATES,
    seed: int = evidence.SEED,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Exchanges:
    """Run what is missing of a claim under every mechanism in ``out``; return what was found."""
    choices = (OWN, *choices_of(claim))

    def named(setting: str, choice: Choice) -> str:
        return setting if choice.is_own else f"{setting}, {choice.kind} {choice.mechanism}"

    under = {}
    for choice in choices:
        for name, setting in claim.settings.items():
            other = _under(setting, choice)
            label = named(name, choice)
            under[label] = replace(other, scenario=replace(other.scenario, name=label))
    count = draws_for(claim, draws)
    plans = evidence.plans(
        replace(claim, settings=under), evidence.draws_of(count, seed), replicates, seed, None
    )
    values = evidence.lived(
        plans, claim.measures, out, count, workers=workers, progress=progress, summarised=False
    )
    met = {}
    verdicts = {}
    for choice in choices:

        def cube(measure: str, setting: str, choice: Choice = choice) -> evidence.Array:
            return values[At(measure, named(setting, choice))]

        met[choice] = evidence.seen_in(claim, cube)
        verdicts[choice] = evidence.judge(claim, cube)

    def found(choice: Choice) -> Found:
        verdict = verdicts[choice]
        return Found(
            choice,
            verdict.verdict,
            verdict.share,
            verdict.low,
            verdict.high,
            verdict.judged,
            gained=int(np.sum((met[choice] == 1.0) & (met[OWN] == 0.0))),
            lost=int(np.sum((met[choice] == 0.0) & (met[OWN] == 1.0))),
        )

    return Exchanges(claim.id, count, found(OWN), tuple(map(found, choices[1:])))


def exchange_all(
    claims: Sequence[Claim],
    out: Path,
    *,
    draws: int | None = None,
    replicates: int = REPLICATES,
    seed: int = evidence.SEED,
    workers: int | None = None,
    told: Callable[[str], Progress] | None = None,
) -> Exchanged:
    """Judge claims under every mechanism, each in a folder of ``out``; write ``exchanged.json``.

    Left out are those whose pattern is of runs among each other: it takes many more runs. What is
    done already is not run again; ``told`` returns what is called with the progress of a claim.
    """
    found = {
        claim.id: exchange(
            claim,
            out / claim.id / "exchanged",
            draws=draws,
            replicates=replicates,
            seed=seed,
            workers=workers,
            progress=told(claim.id) if told else None,
        )
        for claim in claims
        if not evidence.is_among_runs(claim)
    }
    exchanged = Exchanged(found, replicates, seed)
    with Store(out).held():
        write_text(out / EXCHANGED, exchanged.to_json(), replace=True)
    return exchanged
