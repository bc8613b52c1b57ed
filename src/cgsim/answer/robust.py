"""What is said of a result under other mechanisms, alone and together: does it rest on one?

One comparison is behind every sentence: a combination agrees where it points the way that the
scenario's own mechanisms point, or where a claim has the verdict that it has under the model's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cgsim import mechanisms, statistics
from cgsim.answer import names
from cgsim.answer.build import direction
from cgsim.answer.catalogue import word
from cgsim.answer.formats import FORMATS, interval, joined, percent, signed_points, told
from cgsim.answer.record import DRAWN, HERE, Statement
from cgsim.measures import BY_NAME
from cgsim.statistics import Estimate

if TYPE_CHECKING:
    from cgsim.evidence.robustness import ClaimRobustness, Robustness

MEASURE = "gain_over_equal_money"
MOST_NAMED = 6
"""Of more combinations the first are named, and how many others there are."""
MOST_ROWS = 24
"""Of more combinations a table has those that exchange one kind, and a picture each mechanism."""
WAYS = ("more", "less", "unclear")
VERDICTS = ("supported", "conditional", "not supported", "not judged")


def way(gain: Estimate) -> str:
    """Return which way a gain points: "more", "less", or "unclear" where none can be told."""
    found = direction(gain)
    return found if found in ("more", "less") else "unclear"


def label(one: Mapping[str, str], own: Mapping[str, str]) -> str:
    """Name a combination by what it has other than ``own``."""
    other = [
        word("robust.chosen", kind=names.plain(kind), mechanism=names.plain(name))
        for kind, name in one.items()
        if name != own[kind]
    ]
    return joined(other) if other else word("robust.own")


def labels(found: Robustness | ClaimRobustness) -> list[str]:
    """Name every combination."""
    return [label(one, found.combinations[0]) for one in found.combinations]


def short_labels(found: Robustness | ClaimRobustness) -> list[str]:
    """Name every combination by its mechanisms alone, as a picture has room for."""
    named = [", ".join(map(names.plain, one.values())) for one in found.combinations]
    return [word("robust.own_of", names=named[0]), *named[1:]]


def exchanged(found: Robustness | ClaimRobustness, beside: str = "") -> list[int]:
    """Return how many kinds each combination exchanges, ``beside`` one that does not count."""
    own = found.combinations[0]
    return [
        sum(name != own[kind] for kind, name in one.items() if kind != beside)
        for one in found.combinations
    ]


def comparable(found: Robustness | ClaimRobustness, kind: str) -> list[int]:
    """Return the places of combinations over which the mechanisms of a kind are held together.

    Under each of its mechanisms the same others are exchanged: one fewer than were at once, or any
    where all were.
    """
    most = found.together - 1
    return [place for place, count in enumerate(exchanged(found, kind)) if count <= most]


def told_places(found: Robustness | ClaimRobustness) -> list[int]:
    """Return the combinations that a printed table has, by their places."""
    few = len(found.combinations) <= MOST_ROWS
    return [place for place, count in enumerate(exchanged(found)) if few or count <= 1]


def heads(found: Robustness | ClaimRobustness) -> list[str]:
    """Return the heads of the columns that say which combination a row of a table is of."""
    if len(found.combinations) > MOST_ROWS:
        return [word("robust.head_exchanged")]
    return [names.plain(kind) for kind in found.kinds]


def _named(found: Robustness | ClaimRobustness, place: int) -> tuple[str, ...]:
    """Return the cells under ``heads``; of many rows each exchanges one mechanism at most."""
    if len(found.combinations) > MOST_ROWS:
        return (label(found.combinations[place], found.combinations[0]),)
    return tuple(map(names.plain, found.combinations[place].values()))


def _chosen(own: Mapping[str, str]) -> str:
    return joined(
        [
            word("robust.chosen", kind=names.plain(kind), mechanism=names.plain(name))
            for kind, name in own.items()
        ]
    )


def _listed(named: Sequence[str]) -> str:
    """Write combinations in a row; of many the first, and how many others there are."""
    shown = list(named)
    if len(shown) > MOST_NAMED + 1:
        others = len(shown) - MOST_NAMED
        shown = [*shown[:MOST_NAMED], word("robust.others", others=f"{others:,}")]
    return "; ".join(shown)


def of_scenario(found: Robustness) -> Iterator[Statement]:
    """Say what its own mechanisms give, how many agree, which do not, and what moves it most."""
    of = BY_NAME[MEASURE].of
    count, agree = len(found.gains), sum(found.agrees)

    def said(id: str, estimate: Estimate = statistics.NOTHING, **numbers: Any) -> Statement:
        return Statement(
            f"robust.{id}",
            MEASURE,
            "equal_money",
            estimate.value,
            estimate.low,
            estimate.high,
            "share",
            of,
            HERE,
            numbers,
        )

    yield said(
        f"own_{found.ways[0]}",
        found.gains[0],
        title=names.title(found.scenario),
        chosen=_chosen(found.combinations[0]),
        runs=found.replicates,
    )
    yield from _agreement(said, "", found, agree)
    yield from _idle(said, found)
    named = labels(found)
    for other in WAYS:
        where = [n for n, w in zip(named, found.ways, strict=True) if w == other]
        if other != found.ways[0] and where:
            id = f"others_{other}" + ("_one" if len(where) == 1 else "")
            yield said(id, others=len(where), names=_listed(where))
    order = sorted(range(count), key=lambda place: found.gains[place].value)
    if count > 1:
        low, high = found.gains[order[0]].value, found.gains[order[-1]].value
        yield said(
            "range",
            lowest=percent(low),
            highest=percent(high),
            low_name=named[order[0]],
            high_name=named[order[-1]],
        )
        yield from _by_kind(found, said)
    if not _is_whole(found):
        yield said("not_tried")
    yield said("rests_on", runs=found.replicates)


def _agreement(
    said: Any, prefix: str, found: Robustness | ClaimRobustness, agree: int
) -> Iterator[Statement]:
    count = len(found.combinations)
    if count > 1:
        id = "all" if agree == count else "none" if agree == 1 else "some"
        scope = "" if _is_whole(found) else word("robust.scope")
        yield said(f"{prefix}agree_{id}", count=count, agree=agree, scope=scope)


def _idle(said: Any, found: Robustness) -> Iterator[Statement]:
    """Say which mechanisms change no run here, and how many of the other combinations agree.

    Such as ways of joining where every agency is a member already.
    """
    alone = [place for place, count in enumerate(exchanged(found)) if count == 1]
    idle = [n for n in alone if found.changes[n].low == found.changes[n].high == 0.0]
    if not idle:
        return
    named = labels(found)
    yield said("idle" if len(idle) > 1 else "idle_one", names=joined([named[n] for n in idle]))
    own = found.combinations[0]
    parts = [
        {kind: name for kind, name in found.combinations[n].items() if name != own[kind]}
        for n in idle
    ]
    left = [
        place
        for place, one in enumerate(found.combinations)
        if not any(part.items() <= one.items() for part in parts)
    ]
    agree = sum(found.agrees[place] for place in left)
    them = word("robust.idle_them" if len(idle) > 1 else "robust.idle_it")
    if len(left) > 1:
        id = "left_all" if agree == len(left) else "left_some"
        yield said(id, count=len(left), agree=agree, them=them)


def _is_whole(found: Robustness | ClaimRobustness) -> bool:
    """Whether all combinations of its kinds were asked for."""
    return found.together == len(found.kinds)


def _by_kind(found: Robustness, said: Any) -> Iterator[Statement]:
    """Say of each kind what each of its mechanisms gives, the one that moves most first."""
    means: dict[str, dict[str, float]] = {}
    for kind in found.kinds:
        means[kind] = {}
        places = comparable(found, kind)
        for name in mechanisms.BY_KIND[kind].names:
            gains = [
                found.gains[place].value
                for place in places
                if found.combinations[place][kind] == name
            ]
            means[kind][name] = sum(gains) / len(gains)
    if not _is_whole(found):
        yield said("beside")
    reach = {kind: max(m.values()) - min(m.values()) for kind, m in means.items()}
    for kind in sorted(reach, key=lambda kind: -reach[kind]):
        listed = [
            word("robust.of_mechanism", mechanism=names.plain(name), share=percent(value))
            for name, value in means[kind].items()
        ]
        id = "kind" if len(found.kinds) > 1 and _is_whole(found) else "kind_alone"
        yield said(id, kind=names.plain(kind), list=joined(listed))


def of_claim(found: ClaimRobustness) -> Iterator[Statement]:
    """Say the verdict under the model's own mechanisms, how many agree, and which do not."""
    own = found.verdicts[0]

    def said(id: str, **numbers: Any) -> Statement:
        return Statement(f"robust.{id}", "", "", holds_for=DRAWN, numbers=numbers)

    numbers = {"claim": found.claim.id, "title": found.claim.title}
    if own.verdict == "not judged":
        yield said("claim_not_judged", **numbers, judged=own.judged, draws=found.draws)
    else:
        span = {"low": own.low, "high": own.high}
        verdict = _verdict(own.verdict)
        yield said(
            "claim_own", **numbers, verdict=verdict, share=own.share, span=span, judged=own.judged
        )
    yield from _agreement(said, "claim_", found, sum(found.agrees))
    named = labels(found)
    for other in VERDICTS:
        where = [n for n, v in zip(named, found.verdicts, strict=True) if v.verdict == other]
        if other != own.verdict and where:
            id = "claim_others" + ("_one" if len(where) == 1 else "")
            yield said(id, verdict=_verdict(other), others=len(where), names=_listed(where))
    if not _is_whole(found):
        yield said("not_tried")
    yield said("claim_rests_on", draws=found.draws, runs=found.replicates)


def _verdict(verdict: str) -> str:
    return word(f"verdict.{verdict.replace(' ', '_')}")


def rows_of_scenario(found: Robustness) -> list[tuple[str, ...]]:
    """Return a row of texts a combination: mechanisms, gain, interval, change, which way."""
    rows = []
    for place in told_places(found):
        gain, change = found.gains[place], found.changes[place]
        rows.append(
            (
                *_named(found, place),
                told(gain, "share"),
                interval(gain, "share"),
                signed_points(change.value) if place else "",
                word(f"robust.way_{found.ways[place]}"),
            )
        )
    return rows


def rows_of_claim(found: ClaimRobustness) -> list[tuple[str, ...]]:
    """Return a row of texts a combination: mechanisms, verdict, share of draws, interval."""
    rows = []
    for place in told_places(found):
        verdict = found.verdicts[place]
        judged = verdict.verdict != "not judged"
        rows.append(
            (
                *_named(found, place),
                _verdict(verdict.verdict),
                percent(verdict.share, 0) if judged else "",
                FORMATS["span"]({"low": verdict.low, "high": verdict.high}) if judged else "",
            )
        )
    return rows
