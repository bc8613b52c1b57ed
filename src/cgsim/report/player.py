"""One replicate that plays month by month, as a page that needs no network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from cgsim import __version__
from cgsim.compiler import source_told
from cgsim.experiment.example import Example, Moment, live, places_of
from cgsim.report import figures
from cgsim.report.page import environment, with_script
from cgsim.report.tables import shown_months
from cgsim.scenario import Scenario
from cgsim.whole import write_text

CHART = {"width": 400, "height": 220, "left": 54, "right": 14, "above": 12, "below": 28}


def write_player(scenario: Scenario, seed: int, replicate: int, path: Path) -> None:
    """Write a page that plays one replicate; it opens from disk and needs no network."""
    write_text(path, as_player(scenario, seed, replicate), replace=True)


def as_player(scenario: Scenario, seed: int, replicate: int) -> str:
    """Return a page that plays one replicate."""
    months = int(scenario.values["months"])
    example = live(scenario, seed, replicate, {-1, *(int(m) for m in shown_months(months))})
    rows = _rows(example)
    template = environment().get_template("player.html.j2")
    return str(
        template.render(
            title=scenario.title,
            replicate=replicate,
            about=about(scenario, seed, replicate),
            rows=rows,
            chart=CHART,
            **with_script("player.js", _data(example, [row["place"] for row in rows])),
        )
    )


def about(scenario: Scenario, seed: int, replicate: int) -> dict[str, str]:
    """Return what a file says of where it comes from."""
    return {
        "title": scenario.title,
        "scenario": scenario.name,
        "seed": str(seed),
        "replicate": str(replicate),
        "version": f"cgsim {__version__}",
        "source": source_told(),
    }


def _rows(example: Example) -> list[dict[str, Any]]:
    ever = np.any([moment.member for moment in example.moments], axis=0)
    return [
        {
            "place": int(place),
            "name": _named(example, int(place)),
            "hours": f"{example.capacity[place]:,.0f}",
        }
        for place in np.flatnonzero(ever)
    ]


def _named(example: Example, place: int) -> str:
    """Return an agency's number and name; those without a name are called by their number."""
    number, name = int(example.drawn[place]) + 1, example.names[place]
    return name if name == f"agency {number}" else f"{number} {figures.cut(name)}"


def _data(example: Example, rows: list[int]) -> dict[str, Any]:
    moments = example.moments
    places = places_of(example)
    joint = np.any([moment.joint for moment in moments], axis=0)
    first, second = np.nonzero(np.triu(example.tied | joint, 1))
    largest = max(1e-9, float(example.capacity.max()))
    room = 0.075 * min(1.0, (24 / max(1, len(example.drawn))) ** 0.5)
    months = [moment.month for moment in moments]
    more = np.cumsum(example.met - example.met_alone)
    return {
        "months": months,
        "met": [None if m < 0 else round(float(example.met[m]), 2) for m in months],
        "alone": [None if m < 0 else round(float(example.met_alone[m]), 2) for m in months],
        "more": ["nothing yet" if m < 0 else f"{more[m] + 0.0:,.0f} units" for m in months],
        "chart": CHART,
        "rows": rows,
        "agencies": [
            {
                "x": round(float(x), 4),
                "y": round(float(y), 4),
                "r": round(room * (0.6 + 0.4 * float(hours) / largest), 4),
                "number": int(number) + 1,
                "name": figures.cut(name),
            }
            for (x, y), hours, number, name in zip(
                places, example.capacity, example.drawn, example.names, strict=True
            )
        ],
        "pairs": [[int(a), int(b)] for a, b in zip(first, second, strict=True)],
        "frames": [_frame(moment, first, second) for moment in moments],
    }


def _frame(moment: Moment, first: Any, second: Any) -> dict[str, Any]:
    kinds = moment.member.astype(int) + (moment.member & moment.lead)
    return {
        "kind": "".join(str(kind) for kind in kinds),
        "joint": "".join("1" if flag else "0" for flag in moment.joint[first, second]),
        "trust": [round(100 * float(trust)) for trust in moment.trust[first, second]],
        "gives": [round(float(share), 3) for share in moment.commitment],
        "settled": None if np.isnan(moment.settled) else round(moment.settled, 3),
        "state": moment.state,
    }
