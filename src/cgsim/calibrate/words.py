"""A calibration in words: every sentence says only what the numbers say."""

from __future__ import annotations

from cgsim.answer.formats import joined, percent
from cgsim.calibrate.calibration import Calibration, Outlook, Spread
from cgsim.calibrate.checking import FARTHEST

LABEL = "A way to think, not a prediction."
NEVER_SEEN = (
    "What would have been met without the partnership is never observed, so no record shows the "
    "gain itself: it follows from the model. And no value in a range is the likely one."
)


def paragraphs(found: Calibration) -> list[tuple[str, list[str]]]:
    """Return the calibration in words, heading by heading."""
    told = [("What was done", [_done(found)]), ("Can the model make such records?", _can(found))]
    if found.refused:
        return told
    told.append((f"The next {found.ahead} months", _ahead(found)))
    told.append(("What the records taught", _taught(found)))
    if found.worth:
        told.append(("Which further record would teach most", _worth(found)))
    told.append(("Is this honest?", _checked(found)))
    return told


def _done(found: Calibration) -> str:
    records = found.records
    lasted = "ended about then too" if records.ended else "lived so long"
    return (
        f"{records.file} holds {records.months} months and {len(records.series)} kinds of record. "
        f"{found.lived:,} lives of “{found.scenario.title}” were lived, each with a draw from what "
        f"is uncertain and its own luck, and recorded in the same way. Of the {found.alike:,} "
        f"whose partnership {lasted}, the {len(found.numbers):,} whose records come nearest are "
        "kept, as they were lived."
    )


def _can(found: Calibration) -> list[str]:
    distance = found.distance
    if not found.refused:
        return [
            f"Yes: {percent(1.0 - distance.worst, 0)} of the model's own lives are at least as far "
            "off. That does not show that the model is right: wrong models can make such records "
            "too."
        ]
    far = [kind for kind, share in distance.kinds.items() if share > FARTHEST]
    than = "any" if distance.worst == 1.0 else f"{percent(distance.worst, 1)}"
    said = (
        f"No: these records are farther off than {than} of the model's own lives (allowed "
        f"{percent(FARTHEST, 0)}), so nothing is learned from them and there is no forecast."
    )
    if far:
        said += f" What does not fit the others: {joined(far)}."
    return [
        said,
        "Look for a slip in the records or their units first, then whether the scenario has the "
        "partnership's own size, meetings and money. If both are right, the model does not fit "
        "this partnership.",
    ]


def _range(spread: Spread) -> str:
    return (
        f"{percent(spread.lower)} to {percent(spread.upper)} in the middle half of lives, "
        f"{percent(spread.low)} to {percent(spread.high)} in 19 of 20"
    )


def look(found: Calibration, name: str) -> Outlook:
    """Return one of the outlooks by its name."""
    return next(one for one in found.outlook if one.name == name)


def _ahead(found: Calibration) -> list[str]:
    if found.forecast_refused:
        held = ", ".join(
            f"{percent(c.held, 0)} instead of {percent(c.level, 0)}" for c in found.checked.coverage
        )
        return [
            "No forecast is given: on lives of its own its intervals do not hold what they claim "
            f"({held}). More lives may mend that: raise --draws."
        ]
    gain = look(found, "gain_ahead")
    said = [
        f"Gain of the area with the records: {_range(gain.with_records)}. Without them: "
        f"{_range(gain.without)}.",
        f"It is a loss in {percent(gain.with_records.below_zero, 0)} of the lives kept, and in "
        f"{percent(gain.without.below_zero, 0)} without the records.",
    ]
    over = [one for one in found.outlook if one.name == "gain_ahead_over_equal_money"]
    said += [
        f"Against spending the same money on services: {_range(one.with_records)}." for one in over
    ]
    so_far = look(found, "gain_so_far")
    said.append(f"Since the start, by the model: {_range(so_far.with_records)}.")
    return [*said, NEVER_SEEN]


def _taught(found: Calibration) -> list[str]:
    learnt = [one for one in found.taught if one.learnt and not one.of_recording]
    others = sum(not one.learnt and not one.of_recording for one in found.taught)
    ways = [one for one in found.taught if one.learnt and one.of_recording]
    said = []
    for one in learnt:
        said.append(
            f"{one.name} was learnt: {one.before.low:.3g} to {one.before.high:.3g} before, "
            f"{one.after.low:.3g} to {one.after.high:.3g} after (19 of 20), narrower by "
            f"{percent(one.shrank, 0)}. {one.words}"
        )
    said.append(
        f"Nothing was learnt about {'the other ' if learnt else 'any of the '}{others} uncertain "
        "parameters: their ranges are as wide as before, or the checks do not bear out that they "
        "are narrower. The forecast is what calibration gives, not the parameters."
    )
    if ways:
        said.append(f"About how records are kept: {joined([one.words for one in ways])}.")
    return said


def _worth(found: Calibration) -> list[str]:
    best = found.worth[0]
    first = (
        f"The records explain {percent(max(0.0, found.r2_now), 0)} of how the gain ahead differs "
        "between lives."
    )
    if best.narrower < 0.01:
        return [f"{first} No further kind of record would narrow the forecast by 1 % or more."]
    return [
        f"{first} With {best.kind} over the same months it would be {percent(best.r2, 0)}, and the "
        f"forecast narrower by about {percent(best.narrower, 0)}."
    ]


def _checked(found: Calibration) -> list[str]:
    c = found.checked
    held = [f"{percent(one.level, 0)} intervals held {percent(one.held, 0)}" for one in c.coverage]
    mean_r2 = sum(c.r2.values()) / len(c.r2)
    shrank = sum(c.contraction.values()) / len(c.contraction)
    sharper = (
        f"Its error is {c.ratio.value:.2f} of the error without records "
        f"(95 % interval {c.ratio.low:.2f} to {c.ratio.high:.2f}; CRPS)"
    )
    if not c.sharper:
        sharper += ", which may be no sharper at all"
    copying = c.score_copying / c.score_prior
    return [
        f"{c.lives} lives of the bank were taken for real, nothing having been learned from them. "
        f"Of the forecasts made from their records, {joined(held)}. Ranks as uneven as theirs come "
        f"in {percent(c.uniform, 0)} of cases where all is well.",
        f"{sharper}. Copying the true gain so far, which nobody can see, would have {copying:.2f}.",
        f"Over all unknowns, variances shrank by {percent(shrank)} on average, and "
        f"{percent(mean_r2)} of them was explained: in an honest answer the two are equal.",
    ]
