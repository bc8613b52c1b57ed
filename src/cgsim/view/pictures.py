"""Pictures of a recording and of an ensemble, as SVG text.

Text stays text, every name is escaped, and colour is never the only sign.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

from cgsim.answer.formats import signed
from cgsim.answer.record import ALONE, GAINS, INK, LOSES, MONEY
from cgsim.view.recording import Recording
from cgsim.view.stories import agency_story

TOGETHER, WARM, PALE = GAINS, LOSES, "#d9d9d9"
LONGEST = 80
SMALL, LARGE = 12, 13
"""Sizes of letters, in the pictures' own units; a picture is about 460 of them wide."""
HOURS_RIGHT = 132.0
"""Room for the names of hours; need met, which stands above, leaves the same: one time axis."""
APART = 14.0
"""Lines of letters stand so far apart at least."""


def text(value: object) -> str:
    """Return a text escaped for SVG, cut where it is very long."""
    words = str(value)
    return escape(words if len(words) <= LONGEST else words[: LONGEST - 1] + "…")


def svg(
    width: float, height: float, label: str, parts: Iterable[str], name: str, role: str = "img"
) -> str:
    """Return a picture of a size in its own units; it fills the width it is given."""
    return (
        f'<svg class="picture {name}" viewBox="0 0 {width:g} {height:g}" '
        f'preserveAspectRatio="xMinYMin" role="{role}" '
        f'aria-label="{text_long(label)}" xmlns="http://www.w3.org/2000/svg">'
        + "".join(parts)
        + "</svg>"
    )


def written(
    x: float,
    y: float,
    words: object,
    anchor: str = "start",
    size: float = SMALL,
    ink: str = INK,
    weight: str = "normal",
    halo: bool = False,
) -> str:
    """Return words at a place; ``anchor`` "start", "middle" or "end" is what stands there.

    A ``halo`` keeps them readable across a line.
    """
    edge = ' stroke="#ffffff" stroke-width="3" paint-order="stroke"' if halo else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" '
        f'font-weight="{weight}" fill="{ink}"{edge}>{text(words)}</text>'
    )


def text_long(value: str) -> str:
    """Return a description escaped for an attribute, cut at 600 characters."""
    return escape(value if len(value) <= 600 else value[:599] + "…", quote=True)


def network(recording: Recording, month: int, chosen: int | None) -> str:
    """Draw the agencies of a month: who is in, who leads, who trusts whom, who gives how much.

    The agencies are a list of options, one of which can be chosen; Tab reaches the chosen one.
    """
    width, height = 460.0, 380.0
    margin = 26.0
    points = recording.positions
    x = margin + (points[:, 0] + 1) / 2 * (width - 2 * margin)
    y = margin + (points[:, 1] + 1) / 2 * (height - 2 * margin)
    inside = recording.member[month].any(axis=0)
    leads = {int(n) for n in recording.lead[month] if n >= 0}
    largest = max(1.0, float(recording.given.max()))
    radius = 10.5 + 8.5 * np.sqrt(recording.given[month] / largest)
    parts = []
    for b in range(recording.member.shape[1]):
        members = np.flatnonzero(recording.member[month, b])
        if len(members):
            parts.append(_ring(x[members], y[members], float(radius.max()) + 7, b))
    trust = recording.trust[month]
    for i in range(len(x)):
        for j in range(i + 1, len(x)):
            both = bool((recording.member[month, :, i] & recording.member[month, :, j]).any())
            if not (both or recording.tied[i, j]):
                continue
            mutual = float(trust[i, j] + trust[j, i]) / 2
            colour = TOGETHER if both else "#9a9a9a"
            strength = 0.3 + 3.2 * mutual**2 if both else 0.4
            parts.append(
                f'<line x1="{x[i]:.1f}" y1="{y[i]:.1f}" x2="{x[j]:.1f}" y2="{y[j]:.1f}" '
                f'stroke="{colour}" stroke-width="{strength:.2f}" '
                f'stroke-opacity="{0.25 + 0.6 * mutual if both else 0.35:.2f}"/>'
            )
    for i in range(len(recording.names)):
        kind = "lead" if i in leads else "member" if inside[i] else "outside"
        fill = TOGETHER if inside[i] else "#ffffff"
        ink = "#ffffff" if inside[i] else "#444444"
        told = " ".join(agency_story(recording, month, i))
        ring = ""
        if kind == "lead":
            at = f"{radius[i] + 4:.1f}"
            ring = f'<circle r="{at}" fill="none" stroke="{INK}" stroke-width="2"/>'
        chosen_ring = ""
        if chosen == i:
            chosen_ring = (
                f'<circle r="{radius[i] + 8:.1f}" fill="none" stroke="{WARM}" stroke-width="3"/>'
            )
        dash = "" if inside[i] else ' stroke-dasharray="3 2"'
        edge = TOGETHER if inside[i] else ALONE
        parts.append(
            f'<g class="agency {kind}" data-agency="{i}" role="option" '
            f'aria-selected="{"true" if chosen == i else "false"}" '
            f'tabindex="{0 if i == (chosen or 0) else -1}" aria-label="{text_long(told)}" '
            f'transform="translate({x[i]:.1f} {y[i]:.1f})">'
            f"{chosen_ring}{ring}"
            f'<circle r="{radius[i]:.1f}" fill="{fill}" stroke="{edge}" '
            f'stroke-width="1.5"{dash}/>'
            f"{written(0, 4, i + 1, 'middle', ink=ink)}</g>"
        )
    label = (
        f"{int(inside.sum())} of {len(x)} agencies are in a partnership in month {month + 1}. "
        "Lines are trust, circles are hours given, a double circle leads."
    )
    return svg(width, height, label, parts, "network", "listbox")


def _ring(x: NDArray[np.float64], y: NDArray[np.float64], margin: float, number: int) -> str:
    """Draw a soft shape round the members of a partnership."""
    corners = _hull(np.column_stack([x, y]))
    path = "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in corners) + "Z"
    dash = ("", "7 4", "2 4", "10 3 2 3")[number % 4]
    tint = (TOGETHER, WARM, MONEY, "#CC79A7")[number % 4]
    return (
        f'<path d="{path}" fill="{tint}" fill-opacity="0.07" stroke="{tint}" stroke-opacity="0.07" '
        f'stroke-width="{2 * margin:.1f}" stroke-linejoin="round"/>'
        f'<path d="{path}" fill="none" stroke="{tint}" stroke-opacity="0.35" stroke-width="1" '
        f'stroke-dasharray="{dash}"/>'
    )


def _hull(points: NDArray[np.float64]) -> list[tuple[float, float]]:
    """Return the corners round points, in order (Andrew's monotone chain)."""
    ordered = sorted({(float(a), float(b)) for a, b in points})
    if len(ordered) < 3:
        return ordered

    def half(chain: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
        corners: list[tuple[float, float]] = []
        for point in chain:
            while len(corners) > 1:
                (ax, ay), (bx, by) = corners[-2], corners[-1]
                if (bx - ax) * (point[1] - ay) > (by - ay) * (point[0] - ax):
                    break
                corners.pop()
            corners.append(point)
        return corners[:-1]

    return half(ordered) + half(ordered[::-1])


def ticks(low: float, high: float, wanted: int = 4) -> list[float]:
    """Return round values between two ends."""
    span = high - low
    if not span > 0:
        return [low]
    raw = span / wanted
    power = 10.0 ** np.floor(np.log10(raw))
    step = next(s * power for s in (1, 2, 2.5, 5, 10) if s * power >= raw)
    first = np.ceil(low / step - 1e-9) * step
    count = int(np.floor((high - first) / step + 1e-9)) + 1
    return [float(first + k * step) for k in range(max(1, count))]


class Frame:
    """Axes: from values to places in a picture."""

    def __init__(
        self,
        x: tuple[float, float],
        y: tuple[float, float],
        width: float = 460,
        height: float = 210,
        left: float = 50,
        right: float = 74,
    ) -> None:
        """Take the ends of both axes."""
        self.x, self.y = x, y
        self.width, self.height = width, height
        self.left, self.right, self.top, self.bottom = left, right, 22.0, 36.0

    def at_x(self, value: float) -> float:
        """Return where a value lies across."""
        low, high = self.x
        share = (value - low) / (high - low) if high > low else 0.5
        return self.left + share * (self.width - self.left - self.right)

    def at_y(self, value: float) -> float:
        """Return where a value lies from the top."""
        low, high = self.y
        share = (value - low) / (high - low) if high > low else 0.5
        return self.height - self.bottom - share * (self.height - self.top - self.bottom)

    def axes(self, x_ticks: Iterable[tuple[float, str]], unit: str, below: str) -> list[str]:
        """Draw the axes with their names."""
        parts = []
        for value in ticks(*self.y):
            place = self.at_y(value)
            parts.append(
                f'<line x1="{self.left}" x2="{self.width - self.right}" y1="{place:.1f}" '
                f'y2="{place:.1f}" stroke="#e6e6e6"/>'
            )
            parts.append(written(self.left - 6, place + 4, f"{value:,.4g}", "end"))
        below_axis = self.height - self.bottom + 15
        parts += [written(self.at_x(value), below_axis, name, "middle") for value, name in x_ticks]
        middle = (self.left + self.width - self.right) / 2
        parts.append(written(middle, self.height - 4, below, "middle"))
        parts.append(written(2, 11, unit))
        return parts

    def path(self, values: NDArray[np.float64], start: int = 0) -> str:
        """Return the path of values at 0, 1, 2, ..."""
        return "M" + "L".join(
            f"{self.at_x(start + k):.1f} {self.at_y(float(v)):.1f}" for k, v in enumerate(values)
        )


def _years(months: int) -> list[tuple[float, str]]:
    years = range(months // 12 + 1)
    step = max(1, len(years) // 7)
    return [(float(12 * y), str(y)) for y in years if y % step == 0]


def lines(recording: Recording, month: int, ends: tuple[float, float] | None = None) -> str:
    """Draw the need met each month, together and alone, up to a month."""
    together, alone = recording.column("met"), recording.column("met", "alone")
    low, high = ends or need_ends([recording])
    frame = Frame((0, recording.months - 1), (low, high), right=HOURS_RIGHT)
    parts = frame.axes(_years(recording.months), "need met a month, units", "years")
    starts = [p.levers["start"] for p in recording.scenario.partnerships]
    begin = min(starts, default=recording.months)
    if begin < recording.months:
        place = frame.at_x(begin)
        parts.append(
            f'<line x1="{place:.1f}" x2="{place:.1f}" y1="{frame.top}" '
            f'y2="{frame.height - frame.bottom}" stroke="{INK}" stroke-dasharray="2 3"/>'
        )
    for values, colour, width, dash in (
        (alone, ALONE, 2.0, "5 3"),
        (together, TOGETHER, 2.4, ""),
    ):
        parts.append(
            f'<path d="{frame.path(values[: month + 1])}" fill="none" stroke="{colour}" '
            f'stroke-width="{width}" stroke-dasharray="{dash}" stroke-linejoin="round"/>'
        )
    names = _apart_labels(
        [
            (frame.at_y(float(together[month])), "together", TOGETHER),
            (frame.at_y(float(alone[month])), "alone", ALONE),
        ]
    )
    at = frame.at_x(month) + 6
    for place, name, colour in names:
        parts.append(written(at, place + 4, name, size=LARGE, ink=colour, weight="bold"))
    label = (
        f"Need met in month {month + 1}: {together[month]:.0f} units together, "
        f"{alone[month]:.0f} alone."
    )
    return svg(frame.width, frame.height, label, parts, "lines")


def need_ends(recordings: Sequence[Recording]) -> tuple[float, float]:
    """Return one scale for the need met in several recordings."""
    values = np.concatenate(
        [r.column("met", arm) for r in recordings for arm in ("together", "alone")]
    )
    low, high = float(values.min()), float(values.max())
    margin = 0.06 * (high - low) or 1.0
    return max(0.0, low - margin), high + margin


def _apart_labels(names: list[tuple[float, str, str]]) -> list[tuple[float, str, str]]:
    ordered = sorted(names)
    for k in range(1, len(ordered)):
        before, here = ordered[k - 1][0], ordered[k]
        if here[0] - before < APART:
            ordered[k] = (before + APART, *here[1:])
    return ordered


def ledger(recording: Recording, month: int) -> str:
    """Draw where the agencies' hours go together: own, joint, meetings, other overhead."""
    own = recording.column("own_hours")
    joint = recording.column("joint_hours")
    overhead = recording.column("overhead_hours")
    meetings = np.minimum(recording.meeting_hours, overhead)
    bands = (
        ("own work", own, PALE, INK),
        ("joint work", joint, TOGETHER, TOGETHER),
        ("meetings", meetings, WARM, "#a84a00"),
        ("other overhead", overhead - meetings, "#E69F00", "#8a5f00"),
    )
    total = sum(b[1] for b in bands)
    frame = Frame((0, recording.months - 1), (0, float(np.max(total)) * 1.02), right=HOURS_RIGHT)
    parts = frame.axes(_years(recording.months), "hours a month, all agencies", "years")
    below = np.zeros(recording.months)
    shown = slice(0, month + 1)
    labels = []
    for name, values, fill, ink in bands:
        above = below + values
        forth = frame.path(above[shown])
        back = "L".join(
            f"{frame.at_x(k):.1f} {frame.at_y(float(below[k])):.1f}" for k in range(month, -1, -1)
        )
        parts.append(f'<path d="{forth}L{back}Z" fill="{fill}" stroke="white" stroke-width="0.5"/>')
        if values[month] > 0:
            middle = frame.at_y(float(below[month] + above[month]) / 2)
            labels.append((middle, f"{name} {values[month]:,.0f}", ink))
        below = above
    for place, name, ink in _apart_labels(labels):
        parts.append(written(frame.at_x(month) + 5, place + 4, name, ink=ink))
    said = ", ".join(f"{name} {values[month]:.0f}" for name, values, _, _ in bands)
    return svg(frame.width, frame.height, f"Hours in month {month + 1}: {said}.", parts, "ledger")


def spread(
    gains: NDArray[np.float64],
    mean: float,
    low: float,
    high: float,
    ends: tuple[float, float],
    watched: float | None = None,
    guesses: Sequence[float] = (),
) -> str:
    """Draw how the gains of all runs are spread, with their mean and its interval.

    ``watched`` is the gain of the run that is shown; ``guesses`` are what people expected.
    """
    # An edge lies at 0, so that a bar is a loss or is none.
    width = (ends[1] - ends[0]) / 40
    edges = width * np.arange(np.floor(ends[0] / width), np.ceil(ends[1] / width) + 1)
    frame = Frame((float(edges[0]), float(edges[-1])), (0, 1), height=154, left=12, right=12)
    counts, _ = np.histogram(np.clip(gains, *ends), edges)
    most = max(1, int(counts.max()))
    parts = []
    for k, count in enumerate(counts):
        left, right = frame.at_x(edges[k]), frame.at_x(edges[k + 1])
        top = frame.at_y(0.75 * count / most)
        loses = edges[k + 1] <= 1e-12
        fill = WARM if loses else TOGETHER
        parts.append(
            f'<rect x="{left + 0.5:.1f}" y="{top:.1f}" width="{max(0.5, right - left - 1):.1f}" '
            f'height="{frame.at_y(0) - top:.1f}" fill="{fill}" fill-opacity="0.75"/>'
        )
    zero, floor = frame.at_x(0.0), frame.at_y(0)
    parts.append(
        f'<line x1="{zero:.1f}" x2="{zero:.1f}" y1="{frame.top}" y2="{floor:.1f}" '
        f'stroke="{INK}" stroke-width="1.5"/>'
    )
    across = frame.at_y(0.9)
    parts.append(
        f'<line x1="{frame.at_x(low):.1f}" x2="{frame.at_x(high):.1f}" y1="{across:.1f}" '
        f'y2="{across:.1f}" stroke="{INK}" stroke-width="3"/>'
        f'<circle cx="{frame.at_x(mean):.1f}" cy="{across:.1f}" r="4" fill="white" stroke="{INK}" '
        f'stroke-width="2"/>'
    )
    label = f"Mean gain {100 * mean:.1f} %, interval {100 * low:.1f} to {100 * high:.1f} %."
    if watched is not None and ends[0] <= watched <= ends[1]:
        at = frame.at_x(watched)
        parts.append(
            f'<path class="watched" d="M{at:.1f} {floor + 1:.1f}l5 7h-10Z" fill="{INK}" '
            f'stroke="white"/>'
        )
        label += f" The run shown: {100 * watched:.1f} %."
    for guess in guesses:
        at = frame.at_x(float(np.clip(guess, *ends)))
        parts.append(
            f'<path class="guess" d="M{at:.1f} 3l5 6l-5 6l-5 -6Z" fill="white" stroke="{WARM}" '
            f'stroke-width="2"/>'
        )
    if guesses:
        label += f" Guessed: {', '.join(f'{100 * guess:g} %' for guess in guesses)}."
    for value in ticks(100 * ends[0], 100 * ends[1], 6):
        parts.append(written(frame.at_x(value / 100), floor + 19, f"{value:g} %", "middle"))
    below = "gain of each run; left of the line working together lost"
    parts.append(written(frame.width / 2, frame.height - 5, below, "middle"))
    return svg(frame.width, frame.height, label, parts, "spread")


Steps = Sequence[tuple[str, float]]
"""From the possible gain, by what each friction takes, to what is left; names and shares."""


def spans_of(steps: Steps) -> list[tuple[float, float]]:
    """Return where the bar of each step begins and ends."""
    running, spans = 0.0, []
    for k, (_, value) in enumerate(steps):
        if k in (0, len(steps) - 1):
            spans.append((0.0, value))
            running = value
        else:
            spans.append((running, running - value))
            running -= value
    return spans


def step_ends(pictures: Iterable[Steps]) -> tuple[float, float]:
    """Return one scale for the steps of several scenarios."""
    reached = [0.0, 0.01, *(end for steps in pictures for span in spans_of(steps) for end in span)]
    return min(reached), max(reached)


def waterfall(steps: Steps, reach: tuple[float, float]) -> str:
    """Draw the steps as bars; ``reach`` holds the ends of the scale, which pictures may share."""
    width, row, left = 460.0, 26.0, 250.0
    height = row * len(steps) + 10
    spans = spans_of(steps)
    low, high = reach
    right = 74.0

    def at(value: float) -> float:
        return left + (value - low) / (high - low) * (width - left - right)

    zero = at(0.0)
    parts = [f'<line x1="{zero:.1f}" x2="{zero:.1f}" y1="2" y2="{height - 2}" stroke="{INK}"/>']
    for k, ((name, value), (begin, end)) in enumerate(zip(steps, spans, strict=True)):
        y = 5 + k * row
        ends = k in (0, len(steps) - 1)
        colour = (TOGETHER if value >= 0 else WARM) if ends else (WARM if value >= 0 else MONEY)
        a, b = sorted((at(begin), at(end)))
        shown = value if ends else -value
        parts.append(
            f'<rect x="{a:.1f}" y="{y + 3}" width="{max(1.0, b - a):.1f}" height="{row - 8}" '
            f'fill="{colour}"/>'
        )
        parts.append(written(left - 8, y + 15, name, "end", weight="bold" if ends else "normal"))
        beside = zero if b <= zero < b + 50 else b  # clear of the line
        parts.append(written(beside + 5, y + 15, signed(shown), halo=True))
    said = "; ".join(
        f"{name} {signed(value if k in (0, len(steps) - 1) else -value)}"
        for k, (name, value) in enumerate(steps)
    )
    return svg(width, height, f"From possible gain to what is left: {said}.", parts, "waterfall")
