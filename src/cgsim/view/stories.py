"""What happens to an agency and to a partnership in a month, told in words."""

from __future__ import annotations

import numpy as np

from cgsim.answer.formats import joined
from cgsim.rules.state import BOARD_COLUMNS
from cgsim.view.recording import Recording

ENDED_BECAUSE = {
    "collapsed": "fewer than two members were left",
    "dated end": "it had a date to end on",
    "completed": "its target was reached",
    "reviewed out": "a review found that it was not worth its hours",
}


def agency_story(recording: Recording, month: int, agency: int) -> list[str]:
    """Tell an agency's month: what it gives, whom it trusts, why it stays or is about to leave."""
    name = recording.names[agency]
    hours = recording.own_hours[month, agency]
    groups = np.flatnonzero(recording.member[month, :, agency])
    capacity = recording.capacity[agency]
    if not len(groups):
        left = [
            recording.scenario.partnerships[b].name
            for b in range(recording.member.shape[1])
            if recording.member[: month + 1, b, agency].any()
        ]
        first = f"{name} has {capacity:.0f} hours a month and is in no partnership"
        first += f"; it was in {joined(left)}." if left else "."
        return [first, f"It does {hours:.0f} hours of its own work this month."]
    parts = [f"{name} has {capacity:.0f} hours a month."]
    for b in groups:
        parts += _membership(recording, month, agency, int(b))
    given, overhead = recording.given[month, agency], recording.overhead[month, agency]
    parts.append(
        f"All in all it gives {given:.0f} hours to joint work, {overhead:.0f} to meetings and "
        f"other overhead, and keeps {hours:.0f} for its own work."
    )
    rest = capacity - given - overhead - hours
    if rest >= 0.5:
        parts.append(f"The other {rest:.0f} are support services and absence.")
    return parts


def _membership(recording: Recording, month: int, agency: int, b: int) -> list[str]:
    partnership = recording.scenario.partnerships[b].name
    role = "leads" if recording.lead[month, b] == agency else "is a member of"
    share = recording.commitment[month, b, agency]
    others = recording.member[month, b].copy()
    others[agency] = False
    trust = recording.trust[month, agency][others].mean() if others.any() else 0.0
    appeal = max(recording.appeal[month, b, agency], 1e-6)
    own = max(recording.own_return[month, agency], 1e-6)
    sentences = [
        f"It {role} {partnership}, commits {100 * share:.0f} % of its free hours, and trusts the "
        f"others {_amount(trust)} ({100 * trust:.0f} of 100)."
    ]
    ratio = appeal / own
    if ratio >= 1.1:
        felt = f"An hour there seems to bring {ratio:.1f} times what an hour of own work brings"
    elif ratio <= 0.9:
        felt = f"An hour there seems to bring only {100 * ratio:.0f} % of what own work brings"
    else:
        felt = "An hour there seems to bring about as much as an hour of own work"
    patience = recording.scenario.values["patience"]
    mandate = recording.scenario.values["mandate"]
    waited = recording.disappointed[month, b, agency] * (1.0 - mandate)
    if waited >= 0.5 * patience:
        felt += f": after {waited:.0f} disappointing months it is about to leave"
    elif recording.disappointed[month, b, agency] > 0:
        felt += ": it is disappointed, but stays" + (", bound by its mandate" if mandate else "")
    elif ratio >= 1.1:
        felt += ", so it stays"
    return [*sentences, felt + "."]


def partnership_story(recording: Recording, month: int) -> list[str]:
    """Tell each partnership's month in a sentence."""
    told = []
    for b, partnership in enumerate(recording.scenario.partnerships):
        row = dict(zip(BOARD_COLUMNS, recording.board[month, b], strict=True))
        ended = recording.ended(month, b)
        if ended:
            told.append(f"{partnership.name} has ended: {ENDED_BECAUSE[ended]}.")
        elif recording.lead[month, b] < 0:
            told.append(f"{partnership.name} has not begun.")
        else:
            told.append(
                f"{partnership.name}: {row['members']:.0f} members, {row['joint_hours']:.0f} hours "
                f"of joint work, {100 * row['settled']:.0f} % of this month's issues settled."
            )
    return told


def month_in_words(month: int) -> str:
    """Return a month as people count: year and month, from 1."""
    return f"month {month + 1} (year {month // 12 + 1})"


def _amount(trust: float) -> str:
    if trust < 0.35:
        return "little"
    return "somewhat" if trust < 0.6 else "well"
