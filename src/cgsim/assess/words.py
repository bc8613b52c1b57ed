"""An assessment in plain words. Every sentence says only what the numbers say."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from cgsim.answer.formats import interval, more_or_less, percent, points
from cgsim.assess.assessment import DISAGREEMENT, Assessment, Tried, topic_of
from cgsim.assess.questions import questionnaire
from cgsim.assess.shares import Share
from cgsim.statistics import Estimate

LABEL = "A way to think, not a prediction."
TOP = 5
STANDS_OUT = 0.1
"""A share of the variance below this is not worth naming alone."""
ENDED = ("completed", "reviewed out", "dated end")
FRACTIONS = {
    0.95: "nearly all",
    0.75: "three quarters",
    0.67: "two thirds",
    0.5: "half",
    0.4: "two fifths",
    0.33: "a third",
    0.25: "a quarter",
    0.2: "a fifth",
    0.15: "a seventh",
    0.1: "a tenth",
}


def whole(value: float) -> str:
    """Write a share as whole per cent."""
    return percent(value, 0)


def ends(pair: tuple[float, float]) -> str:
    """Write a range of shares: ``-1.0 and 3.2 %``."""
    return f"{points(pair[0])} and {percent(pair[1])}"


def headline(found: Assessment) -> str:
    """Return the forecast in a few sentences."""
    f = found.forecast
    middle, mean = (
        f"gain {percent(value)}" if value >= 0 else f"lose {percent(-value)}"
        for value in (f.median, f.mean.value)
    )
    return (
        f"In the middle of {found.draws.count} draws of what the answers leave open, the partners "
        f"{middle} by working together, measured against their own work apart; on average "
        f"over the draws they {mean}. Half of the draws "
        f"lie between {ends(f.half)}, nine in ten between {ends(f.nine_in_ten)}. The partnership "
        f"gains in {whole(f.gains.value)} of the draws and loses more than 2 % in "
        f"{whole(f.loses.value)}. With the luck of a single partnership added, nine in ten lie "
        f"between {ends(f.one_partnership)}."
    )


def risk(found: Assessment) -> str:
    """Say how it ends: alive and of use, alive and inert, collapsed, or ended."""
    shares = {name: e.value for name, e in found.forecast.outcomes.items()}
    ended = sum(shares[name] for name in ENDED)
    return (
        f"Risk of inertia: {whole(shares['inert'])} of partnerships are still there at the end "
        f"but gained nothing in most months, and {whole(shares['collapsed'])} have collapsed. "
        f"{whole(shares['thriving'])} are alive and gaining; {whole(ended)} were ended by review, "
        "by date or because their work was done."
    )


def money(found: Assessment) -> list[str]:
    """Say what money from outside does, and what is left when it ends."""
    said = []
    over = found.forecast.over_money
    if over is not None:
        more, by = more_or_less(over)
        said.append(
            f"The same money spent on services instead: the partnership does {percent(by.value)} "
            f"{more} than that (95 % interval of the mean {interval(by, 'share')})."
        )
        if found.after is None:
            said.append(
                "What happens when the money ends is not shown: the months simulated end sooner "
                "than two years after it, or the start is not fixed."
            )
    if found.after is not None:
        a = found.after
        more, by = more_or_less(a.commitment_lasting)
        none = a.commitment_lasting.low <= 0.0 <= a.commitment_lasting.high
        lasting = (
            "That may be no difference at all."
            if none
            else f"The difference is {points(by.value)} percentage points {more} "
            f"(95 % interval {points(by.low)} to {points(by.high)})."
        )
        said.append(
            f"When the money ends: in its last month {whole(a.alive_before.value)} of partnerships "
            f"are alive, two years later {whole(a.alive_after.value)}. Without the money it would "
            f"then be {whole(a.alive_without.value)}. Commitment is "
            f"{percent(a.commitment_before.value)} of free hours in the last month of the money "
            f"and {percent(a.commitment_after.value)} two years later; without the money "
            f"{percent(a.commitment_without.value)}. {lasting}"
        )
    return said


def doubt(found: Assessment) -> list[str]:
    """Say what most of the doubt comes from, or that nothing stands out."""
    f = found.forecast
    luck = (
        f"{whole(f.noise)} of the difference between draws is luck that {found.replicates} "
        "replicates leave; more replicates make it less."
        if np.isfinite(f.noise)
        else "The draws do not differ."
    )
    named = [s for s in found.shares[:TOP] if s.estimate.value >= STANDS_OUT and s.estimate.low > 0]
    if not named:
        return [
            "Nothing stands out: no single question accounts for much of the doubt. It comes from "
            "many things, each a little, and from how they work together.",
            luck,
        ]
    asked = questionnaire().questions
    if not any(share.name in asked for share in named):
        # What can be asked can be found out, so the first of it is told even where it is less.
        named += [s for s in found.shares if s.name in asked and s.estimate.low > 0][:1]
    return [*(_doubt_about(found, s) for s in named), luck]


def _doubt_about(found: Assessment, share: Share) -> str:
    e = share.estimate
    size = FRACTIONS[min(FRACTIONS, key=lambda fraction: abs(fraction - e.value))]
    topic = topic_of(share.name)
    tail = (
        f"it accounts for about {size} of the doubt ({whole(e.value)}, 95 % interval "
        f"{whole(max(0.0, e.low)).removesuffix(' %')} to {whole(min(1.0, e.high))})."
    )
    if share.name not in questionnaire().questions:
        return f"No question settles this: {topic}; {tail}"
    if share.name in found.answers.disputed:
        return f"The partners differ on {topic}: {tail}"
    if share.name in found.answers.missing:
        return f"Nobody knows {topic}: {tail}"
    return f"The answers leave open {topic}: {tail}"


def partners(found: Assessment) -> list[str]:
    """Say how far the partners agree, and what their disagreement is worth."""
    answers = found.answers
    if len(answers.voices) < 2:
        return []
    asked = questionnaire().questions
    both = [q for q in asked if len(answers.given(q)) > 1]
    agreed = [q for q in both if q not in answers.disputed]
    said = [f"{len(answers.voices)} partners answered."]
    if both:
        said[0] += (
            f" Of {len(both)} question{'s' * (len(both) > 1)} that at least two of them answered, "
            f"they agree on {len(agreed)}."
        )
    if not answers.disputed:
        return said
    worth = {share.name: share.estimate.value for share in found.disputes}
    apart = max(answers.disputed, key=lambda q: (answers.apart(q) or 0.0, worth.get(q, 0.0)))
    given = answers.given(apart)
    told = "; ".join(f"{who}: “{asked[apart].answers[a].text}”" for who, a in given.items())
    said.append(f"They differ most on {asked[apart].topic}. {told}")
    in_all = [s for s in found.disputes if s.name == DISAGREEMENT] or list(found.disputes)
    if in_all:
        e = in_all[0].estimate
        if e.low > 0.0:
            said.append(
                f"Their disagreement accounts for {whole(e.value)} of the doubt (95 % interval "
                f"{whole(max(0.0, e.low)).removesuffix(' %')} to {whole(min(1.0, e.high))})."
            )
        else:
            said.append(
                "Their disagreement makes no clear difference to the forecast: other things "
                "matter more."
            )
    for voice, f in found.by_partner:
        said.append(
            f"As {voice.partner} sees it: {percent(f.median)} in the middle, nine draws in ten "
            f"between {ends(f.nine_in_ten)}."
        )
    return said


def gaps(found: Assessment) -> list[str]:
    """Say what was not answered, what contradicts itself, and what the scenario holds fast."""
    total = len(questionnaire().questions)
    missing = found.answers.missing
    said = []
    if len(missing) == total:
        said.append("Nothing was answered: this is what holds for partnerships in general.")
    elif missing:
        open_to = "the scenario or its whole range" if found.draws.start.own else "its whole range"
        said.append(
            f"{len(missing)} of {total} questions were left open or answered with “don't know”; "
            f"what they are about keeps {open_to}."
        )
    for c in found.draws.contradictions:
        who = f"{c.partner}: " if len(found.answers.voices) > 1 else ""
        given = next(v for v in found.answers.voices if v.partner == c.partner).answers
        first, second = (q.answers[given[q.id]].text for q in (c.first, c.second))
        said.append(
            f"{who}Two answers pull apart. To “{c.first.text}” the answer is “{first}” To "
            f"“{c.second.text}” it is “{second}” Nobody can say which is right, so the forecast "
            "allows for both."
        )
    said += found.draws.start.notes()
    if found.failed:
        said.append(f"{found.failed} runs failed and are left out.")
    return said


def changes(found: Assessment) -> list[str]:
    """Say which changes help most, or that none does."""
    said = []
    if found.advised_against:
        said.append(
            "As far as this can tell, do not form a partnership for this: the answers lead to a "
            "loss, and no change that was tried, alone or together with others, turns it into a "
            "gain. Working apart, or another kind of arrangement, is likely to serve people "
            "better. The answers may be wrong, and so may the model: look at what the doubt comes "
            "from before you decide."
        )
    if not found.best:
        return [*said, f"None of the {len(found.tried)} changes that were tried helps clearly."]
    if found.advised_against:
        said.append("If there has to be a partnership, these lose least:")
    for place, one in enumerate(found.best, 1):
        said.append(f"{place}. {_effect(one)} {one.changes[0].assumed}")
    if found.together is not None:
        e = found.together.effect
        more, by = more_or_less(e)
        alone = sum(t.effect.value for t in found.best)
        said.append(
            f"All of these at once: {points(by.value)} percentage points {more} (95 % interval "
            f"{points(by.low)} to {points(by.high)}). Added up one by one they come to "
            f"{points(alone)}."
        )
    said.append(
        f"{len(found.tried)} changes were tried on the same draws and the same luck. The best of "
        "so many look a little better than they are."
    )
    return said


def _effect(one: Tried) -> str:
    more, by = more_or_less(one.effect)
    return (
        f"{one.text}: {points(by.value)} percentage points {more} (95 % interval "
        f"{points(by.low)} to {points(by.high)}); it helps in {whole(one.helps.value)} of the "
        f"draws. {cost(one)}"
    )


def cost(one: Tried) -> str:
    """Say what a change costs or saves in hours a year, over all partners."""
    said = _hours("Overhead of all partners together", one.hours)
    if abs(one.bought.value) >= 1.0:
        said += " " + _hours("Bought hours", one.bought)
    return said


def _hours(what: str, hours: Estimate) -> str:
    if abs(hours.value) < 0.5:
        return f"{what}: as now."
    more, by = more_or_less(hours)
    return (
        f"{what}: {round(by.value):,} hours a year {more} (95 % interval {round(by.low):,} to "
        f"{round(by.high):,})."
    )


def paragraphs(found: Assessment) -> Iterator[tuple[str, list[str]]]:
    """Yield every heading with its sentences, in the order in which people ask."""
    yield "Forecast", [headline(found), risk(found), *money(found)]
    if said := gaps(found):
        yield "What was answered", said
    if said := partners(found):
        yield "Where the partners differ", said
    yield "What the doubt comes from", doubt(found)
    yield "What would help most", changes(found)
