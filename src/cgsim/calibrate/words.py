"""A calibration in words: which sentences of the catalogue its numbers call for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cgsim.answer.catalogue import term, word
from cgsim.answer.formats import percent
from cgsim.calibrate.calibration import Calibration, Outlook, Spread
from cgsim.calibrate.checking import FARTHEST

MOST_TAUGHT = 8
"""Of so many unknowns the range before and after is shown, those that shrank most."""
WORTH_TELLING = 0.01
"""A further record that narrows the forecast by less than this is not named."""


@dataclass(frozen=True)
class Table:
    """Heads and rows, as they are printed."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Part:
    """One part of what is told: a heading, sentences, and perhaps a table."""

    heading: str
    texts: tuple[str, ...]
    table: Table | None = None


def label() -> str:
    """Say what a calibration is."""
    return word("assess.label")


def parts(found: Calibration) -> Iterator[Part]:
    """Tell a calibration part by part; what is refused is not told."""
    yield Part(word("calibrate.head_done"), (_done(found),))
    yield Part(word("calibrate.head_can"), tuple(_can(found)), _beside(found))
    if found.refused:
        return
    yield Part(word("calibrate.head_ahead", months=found.ahead), tuple(_ahead(found)))
    yield Part(word("calibrate.head_taught"), tuple(_taught(found)), _unknowns(found))
    if found.worth:
        yield Part(word("calibrate.head_worth"), (_worth(found),), _further(found))
    yield Part(word("calibrate.head_checked"), tuple(_checked(found)))


def _done(found: Calibration) -> str:
    records = found.records
    return word(
        "calibrate.done_ended" if records.ended else "calibrate.done",
        file=records.file,
        months=records.months,
        kinds=len(records.series),
        lived=found.lived,
        title=found.scenario.title,
        alike=found.alike,
        kept=len(found.numbers),
    )


def _can(found: Calibration) -> list[str]:
    distance = found.distance
    if not found.refused:
        return [word("calibrate.can", farther=1.0 - distance.worst)]
    id = "calibrate.cannot_any" if distance.worst == 1.0 else "calibrate.cannot"
    said = word(id, nearer=distance.worst, most=FARTHEST)
    far = [kind for kind, share in distance.kinds.items() if share > FARTHEST]
    if far:
        said = f"{said} {word('calibrate.cannot_fit', kinds=far)}"
    return [said, word("calibrate.look")]


def _beside(found: Calibration) -> Table:
    """Return each kind of record beside what the kept lives would have written down."""
    return _table(
        ("record", "months", "yours", "kept", "farther"),
        (
            (
                one.kind,
                str(one.months),
                f"{one.recorded:.4g}",
                word("word.to", low=f"{one.low:.4g}", high=f"{one.high:.4g}"),
                percent(1.0 - one.nearer, 0),
            )
            for one in found.kept
        ),
    )


def _table(columns: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> Table:
    return Table(tuple(word(f"calibrate.column_{name}") for name in columns), tuple(rows))


def _range(spread: Spread) -> str:
    ends = {name: getattr(spread, name) for name in ("low", "lower", "upper", "high")}
    return word("calibrate.range", **ends)


def look(found: Calibration, name: str) -> Outlook | None:
    """Return one of the outlooks by its name; None where there is not that one."""
    return next((one for one in found.outlook if one.name == name), None)


def _ahead(found: Calibration) -> Iterator[str]:
    if found.forecast_refused:
        held = ", ".join(
            word("calibrate.held_instead", held=one.held, level=one.level)
            for one in found.checked.coverage
        )
        yield word("calibrate.no_forecast", held=held)
        return
    gain, over, so_far = (
        look(found, name) for name in ("gain_ahead", "gain_ahead_over_equal_money", "gain_so_far")
    )
    if gain is not None:
        pair = {"with": gain.with_records, "without": gain.without}
        yield word("calibrate.gain", **{key: _range(spread) for key, spread in pair.items()})
        yield word("calibrate.loss", **{key: one.below_zero for key, one in pair.items()})
    if over is not None:
        yield word("calibrate.over_money", **{"with": _range(over.with_records)})
    if so_far is not None:
        yield word("calibrate.so_far", **{"with": _range(so_far.with_records)})
    yield word("calibrate.never_seen")


def _taught(found: Calibration) -> Iterator[str]:
    learnt = [one for one in found.taught if one.learnt and not one.of_recording]
    others = sum(not one.learnt and not one.of_recording for one in found.taught)
    ways = [term(one.words) for one in found.taught if one.learnt and one.of_recording]
    for one in learnt:
        yield word(
            "calibrate.learnt",
            name=one.name,
            before_low=one.before.low,
            before_high=one.before.high,
            after_low=one.after.low,
            after_high=one.after.high,
            narrower=one.shrank,
            words=term(one.words),
        )
    id = "calibrate.nothing_else_learnt" if learnt else "calibrate.nothing_learnt"
    yield word(id, others=others)
    if ways:
        yield word("calibrate.ways_learnt", ways=ways)


def _unknowns(found: Calibration) -> Table:
    """Return the unknowns that shrank most, with their ranges before and after."""
    ranked = sorted(found.taught, key=lambda one: -one.shrank)[:MOST_TAUGHT]

    def between(spread: Spread) -> str:
        return word("word.to", low=f"{spread.low:.3g}", high=f"{spread.high:.3g}")

    return _table(
        ("unknown", "before", "after", "narrower", "explained", "learnt"),
        (
            (
                one.name,
                between(one.before),
                between(one.after),
                percent(one.shrank, 0),
                percent(max(0.0, one.r2), 0),
                word("calibrate.is_learnt" if one.learnt else "calibrate.is_not_learnt"),
            )
            for one in ranked
        ),
    )


def _worth(found: Calibration) -> str:
    best = found.worth[0]
    first = word("calibrate.explained", now=max(0.0, found.r2_now))
    if best.narrower < WORTH_TELLING:
        return f"{first} {word('calibrate.worth_none')}"
    then = word("calibrate.worth", kind=best.kind, then=best.r2, narrower=best.narrower)
    return f"{first} {then}"


def _further(found: Calibration) -> Table:
    return _table(
        ("further", "explained", "forecast"),
        ((w.kind, percent(max(0.0, w.r2), 0), percent(w.narrower, 0)) for w in found.worth),
    )


def _checked(found: Calibration) -> list[str]:
    c = found.checked
    error = word(
        "calibrate.error" if c.sharper else "calibrate.error_unclear",
        ratio=c.ratio.value,
        low=c.ratio.low,
        high=c.ratio.high,
    )
    copying = word("calibrate.copying", copying=c.score_copying / c.score_prior)
    return [
        word(
            "calibrate.checked",
            lives=c.lives,
            held=[word("calibrate.held", level=o.level, held=o.held) for o in c.coverage],
            chance=c.uniform,
        ),
        f"{error} {copying}",
        word(
            "calibrate.shrank",
            shrank=sum(c.contraction.values()) / len(c.contraction),
            explained=sum(c.r2.values()) / len(c.r2),
        ),
    ]
