"""An assessment in plain words: which sentences of the catalogue its numbers call for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from cgsim.analysis.shares import Share
from cgsim.answer.build import direction
from cgsim.answer.catalogue import figure, term, word
from cgsim.answer.formats import digits_of, percent, points, points_interval, surely_whole, turned
from cgsim.assess.assessment import DISAGREEMENT, RANKED_BY, Assessment, Tried, topic_of
from cgsim.assess.questions import questionnaire
from cgsim.measures import BY_NAME, OUTCOMES
from cgsim.statistics import Estimate

TOP = 5
STANDS_OUT = 0.1
"""A share of the variance below this is not worth naming alone."""
TIES_NAMED = 3
"""More questions on which partners differ as far are counted, not named."""
ROUNDING = 1e-9
"""What two equal distances between answers may differ by."""
ENDED = ("completed", "reviewed out", "dated end")
FRACTIONS = (95, 75, 67, 50, 40, 33, 25, 20, 15, 10)
"""Per cents that have a word of their own."""


def whole(value: float) -> str:
    """Write a share as whole per cent."""
    return percent(value, 0)


def ends(pair: tuple[float, float]) -> str:
    """Write a range of shares: ``-1.0 and 3.2 %``."""
    return word("assess.ends", low=pair[0], high=pair[1])


def record(estimate: Estimate) -> dict[str, Any]:
    """Return an estimate of a share as a template takes it."""
    return {**vars(estimate), "unit": "share"}


def _span(share: Estimate) -> str:
    low, high = max(0.0, share.low), min(1.0, share.high)
    return word("word.interval", interval=word("word.to", low=points(low, 0), high=whole(high)))


def label() -> str:
    """Say what an assessment is."""
    return word("assess.label")


def headline(found: Assessment) -> str:
    """Return the forecast in a few sentences: over the same money where hours were bought."""
    return " ".join(headlines(found))


def headlines(found: Assessment) -> list[str]:
    """Return them apart: what it comes to, its spread, and with the hours that were paid for."""
    f = found.forecast
    said = word(
        "assess.headline",
        draws=found.draws.count,
        given=found.draws.given,
        other=word("word.alone" if f.with_hours is None else "word.same_money"),
        middle=record(Estimate(f.median, np.nan, np.nan, 0)),
        mean=record(f.mean),
        of=term(BY_NAME["gain"].of),
    )
    spread = word(
        "assess.spread",
        half=ends(f.half),
        nine=ends(f.nine_in_ten),
        one=ends(f.one_partnership),
        gains=f.gains.value,
        loses=f.loses.value,
    )
    if f.with_hours is None:
        return [said, spread]
    of = term(BY_NAME["gain"].of)
    return [said, spread, word("assess.with_hours", all=record(f.with_hours), of=of)]


def risk(found: Assessment) -> str:
    """Say how it comes out: worth its hours or not, fallen apart, ended, or never begun."""
    shares = {name: e.value for name, e in found.forecast.outcomes.items()}
    return word(
        "assess.risk",
        inert=shares["inert"],
        collapsed=shares["collapsed"],
        thriving=shares["thriving"],
        ended=sum(shares[name] for name in (*ENDED, *OUTCOMES.added)),
        never=shares["not begun"],
    )


def money(found: Assessment) -> list[str]:
    """Say what is left when money from outside ends."""
    a = found.after
    if a is None:
        return [] if found.forecast.with_hours is None else [word("assess.money_not_seen")]
    way = direction(a.commitment_lasting)
    way = way if way in ("more", "less") else "none"
    return [
        word(
            "assess.money_ends",
            before=a.alive_before.value,
            after=a.alive_after.value,
            without=a.alive_without.value,
            commitment=a.commitment_before.value,
            commitment_after=a.commitment_after.value,
            commitment_without=a.commitment_without.value,
            lasting=word(f"assess.lasting_{way}", all=record(a.commitment_lasting)),
        )
    ]


def doubt(found: Assessment) -> list[str]:
    """Say what most of the doubt comes from, or that nothing stands out."""
    noise = found.forecast.noise
    luck = word("assess.noise_none")
    if np.isfinite(noise):
        luck = word("assess.noise", noise=noise, runs=found.replicates)
    named = [s for s in found.shares[:TOP] if s.estimate.value >= STANDS_OUT and s.estimate.low > 0]
    if not named:
        return [word("assess.nothing_stands_out"), luck]
    asked = questionnaire().questions
    if not any(share.name in asked for share in named):
        # What can be asked can be found out, so the first of it is told even where it is less.
        named += [s for s in found.shares if s.name in asked and s.estimate.low > 0][:1]
    return [*(_doubt_about(found, s) for s in named), luck]


def _doubt_about(found: Assessment, share: Share) -> str:
    e = share.estimate
    kind = "open"
    if share.name not in questionnaire().questions:
        kind = "unasked"
    elif share.name in found.answers.disputed:
        kind = "disputed"
    elif share.name in found.answers.missing:
        kind = "unknown"
    nearest = min(FRACTIONS, key=lambda fraction: abs(fraction / 100 - e.value))
    return word(
        f"assess.doubt_{kind}",
        topic=topic_of(share.name),
        fraction=word(f"fraction.{nearest}"),
        share=e.value,
        between=_span(e),
    )


def partners(found: Assessment) -> list[str]:
    """Say how far the partners agree, and what their disagreement is worth."""
    return [*agreement(found), *as_seen(found)]


def agreement(found: Assessment) -> list[str]:
    """Say how far the partners agree."""
    answers = found.answers
    if len(answers.heard) < 2:
        return []
    asked = questionnaire().questions
    both = [q for q in asked if len(answers.given(q)) > 1]
    agreed = [q for q in both if q not in answers.disputed]
    id = "assess.answered" if not both else f"assess.agreed{'_one' if len(both) == 1 else ''}"
    said = [word(id, partners=len(answers.heard), both=len(both), agreed=len(agreed))]
    if not answers.disputed:
        return said
    worth = {share.name: share.estimate.value for share in found.disputes}
    apart = max(answers.disputed, key=lambda q: (answers.apart(q) or 0.0, worth.get(q, 0.0)))
    told = "; ".join(
        word("assess.quoted", who=who, answer=asked[apart].answers[given].text)
        for who, given in answers.given(apart).items()
    )
    said.append(word("assess.differ", topic=asked[apart].topic, told=told))
    far = (answers.apart(apart) or 0.0) - ROUNDING
    as_far = [q for q in answers.disputed if q != apart and (answers.apart(q) or 0.0) >= far]
    if len(as_far) > TIES_NAMED:
        said.append(word("assess.differ_many", count=len(as_far)))
    elif as_far:
        said.append(word("assess.differ_too", topics=[asked[q].topic for q in as_far]))
    in_all = [s for s in found.disputes if s.name == DISAGREEMENT] or list(found.disputes)
    if in_all:
        e = in_all[0].estimate
        id = f"assess.disagreement{'' if e.low > 0.0 else '_none'}"
        said.append(word(id, share=e.value, between=_span(e)))
    return said


def as_seen(found: Assessment) -> list[str]:
    """Say what each partner's own answers lead to."""
    return [
        word(
            "assess.as_seen",
            partner=voice.partner,
            middle=f.median,
            of=term(BY_NAME["gain"].of),
            nine=ends(f.nine_in_ten),
        )
        for voice, f in found.by_partner
    ]


def gaps(found: Assessment) -> list[str]:
    """Say what was not answered, what contradicts itself, and what the scenario holds fast."""
    total = len(questionnaire().questions)
    missing = len(found.answers.missing)
    said = []
    if missing == total:
        said.append(word("assess.gaps_all"))
    elif missing:
        id = f"assess.gaps{'_own' if found.draws.start.own else ''}"
        said.append(word(id, missing=missing, questions=total))
    for c in found.draws.contradictions:
        several = len(found.answers.voices) > 1
        given = next(v for v in found.answers.voices if v.partner == c.partner).answers
        said.append(
            word(
                "assess.contradiction",
                who=word("assess.who", partner=c.partner) if several else "",
                first=c.first.text,
                second=c.second.text,
                first_answer=c.first.answers[given[c.first.id]].text,
                second_answer=c.second.answers[given[c.second.id]].text,
            )
        )
    said += found.draws.start.notes()
    if found.failed:
        said.append(word("assess.failed", failed=found.failed))
    return said


def changes(found: Assessment) -> list[str]:
    """Say which changes help most, or that none does."""
    said = [word("assess.against")] if found.advised_against else []
    if not found.best:
        return [*said, word("assess.none_helps", tried=len(found.tried))]
    if found.advised_against:
        said.append(word("assess.lose_least"))
    for place, one in enumerate(found.best, 1):
        numbers = {"effect": effect(one), "cost": cost(one), "assumed": one.changes[0].assumed}
        said.append(word("assess.change", place=place, **numbers))
    of = term(BY_NAME[RANKED_BY].of)
    if found.together is not None:
        alone = sum(t.effect.value for t in found.best)
        said.append(word("assess.at_once", all=record(found.together.effect), of=of, alone=alone))
    return [*said, word("assess.tried", tried=len(found.tried), of=of)]


def effect(one: Tried) -> str:
    """Say what a change does to the gain, or that it makes no difference."""
    way = "more" if one.effect.low > 0.0 else "less" if one.effect.high < 0.0 else "none"
    return word(
        f"assess.effect_{way}",
        text=one.text,
        all=record(one.effect),
        of=term(BY_NAME[RANKED_BY].of),
        helps=one.helps.value,
    )


def cost(one: Tried) -> str:
    """Say what a change costs or saves in hours a year, over all partners."""
    said = _hours(word("assess.overhead"), one.hours)
    if abs(one.bought.value) >= 1.0:
        said += " " + _hours(word("assess.bought"), one.bought)
    return said


def _hours(what: str, hours: Estimate) -> str:
    if abs(hours.value) < 0.5:
        return word("assess.hours_as_now", what=what)
    less = hours.value < 0.0
    unclear = hours.low < 0.0 < hours.high
    by = turned(hours) if less and not unclear else hours
    low, high = figure(by.low, ",.0f"), figure(by.high, ",.0f")
    between = word("word.interval", interval=word("word.to", low=low, high=high))
    if unclear:
        return word("assess.hours_unclear", what=what, between=between)
    kind = "less" if less else "more"
    return word(f"assess.hours_{kind}", what=what, hours=by.value, between=between)


def name_of(one: Tried) -> str:
    """Return what a row of a table of changes is called."""
    return one.text if len(one.changes) == 1 else word("assess.best_at_once")


def table(found: Assessment) -> tuple[list[str], list[tuple[str, ...]]]:
    """Return the heads and rows of a table of all changes that were tried."""
    columns = ("change", "gain", "interval", "helps", "hours", "interval")
    heads = [word(f"assess.column_{name}") for name in columns]
    rows: list[tuple[str, ...]] = [
        (
            name_of(one),
            points(one.effect.value, digits_of(one.effect, "share")),
            points_interval(one.effect),
            surely_whole(one.helps.value),
            figure(one.hours.value, ",.0f"),
            word("word.to", low=figure(one.hours.low, ",.0f"), high=figure(one.hours.high, ",.0f")),
        )
        for one in found.all_tried
    ]
    return heads, rows


def paragraphs(found: Assessment) -> Iterator[tuple[str, list[str]]]:
    """Yield every heading with its sentences, in the order in which people ask."""
    yield word("assess.head_forecast"), [headline(found), risk(found), *money(found)]
    if said := gaps(found):
        yield word("assess.head_answered"), said
    if said := partners(found):
        yield word("assess.head_partners"), said
    yield word("assess.head_doubt"), doubt(found)
    yield word("assess.head_changes"), changes(found)
