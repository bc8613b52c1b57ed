"""One replicate that plays month by month: an HTML file, or an animated GIF."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cgsim import __version__
from cgsim.compiler import source_hash
from cgsim.report import drawings, figures
from cgsim.report.example import Example, Moment, live, network_tables, places_of
from cgsim.report.page import POLICY, environment
from cgsim.report.tables import shown_months
from cgsim.scenario import Scenario
from cgsim.whole import write_text, write_whole

if TYPE_CHECKING:
    import pandas as pd
    from PIL import Image

MOST_FRAMES = 45
FRAME_MS = 220
LAST_FRAME_MS = 2500
CHART = {"width": 400, "height": 220, "left": 54, "right": 14, "above": 12, "below": 28}


def write_player(scenario: Scenario, seed: int, replicate: int, path: Path) -> None:
    """Write a page that plays one replicate; it opens from disk and needs no network."""
    write_text(path, as_player(scenario, seed, replicate), replace=True)


def as_player(scenario: Scenario, seed: int, replicate: int) -> str:
    """Return a page that plays one replicate."""
    from markupsafe import Markup

    months = int(scenario.values["months"])
    example = live(scenario, seed, replicate, {-1, *(int(m) for m in shown_months(months))})
    script = (Path(__file__).parent / "templates" / "player.js").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    rows = _rows(example)
    template = environment().get_template("player.html.j2")
    return str(
        template.render(
            policy=f"{POLICY}; script-src 'sha256-{digest}'",  # this one script, no other
            title=scenario.title,
            replicate=replicate,
            about=about(scenario, seed, replicate),
            rows=rows,
            chart=CHART,
            data=Markup(json_for_script(_data(example, [row["place"] for row in rows]))),
            script=Markup(script),
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
        "source": source_hash(),
    }


def json_for_script(value: Any) -> str:
    """Return JSON that can stand in a script element: nothing in it can end the element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


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


# ---- the animated picture -----------------------------------------------------------------------


def write_gif(scenario: Scenario, seed: int, replicate: int, path: Path) -> None:
    """Write one replicate as an animated GIF, with where it comes from in its comment."""
    months = int(scenario.values["months"])
    step = max(1, -(-months // MOST_FRAMES))
    wanted = {-1, *range(months - 1, -1, -step)}
    example = live(scenario, seed, replicate, wanted)
    frames = list(_pictures(example))
    comment = "; ".join(f"{k}: {v}" for k, v in about(scenario, seed, replicate).items())
    stream = io.BytesIO()
    frames[0].save(
        stream,
        format="GIF",
        save_all=True,
        append_images=frames[1:],
        duration=[FRAME_MS] * (len(frames) - 1) + [LAST_FRAME_MS],
        loop=0,
        comment=figures.printing(comment)[:250].encode(),
    )
    write_whole(path, lambda file: file.write(stream.getvalue()), replace=True)


def _pictures(example: Example) -> Iterator[Image.Image]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from PIL import Image

    limits = [*example.met, *example.met_alone]
    low, high = min(limits), max(limits)
    room = 0.06 * max(high - low, 1e-9)
    lines = _lines(example)
    palette: Image.Image | None = None
    with figures.house_style():
        figure = Figure(figsize=(7.2, 3.8))  # laid out once: every frame has the same axes
        canvas = FigureCanvasAgg(figure)
        title = f"{example.scenario.title[:60]}: replicate {example.replicate}"
        figure.text(0.01, 0.95, figures.printing(title), fontsize=10, fontweight="bold")
        left = figure.add_axes((0.0, 0.01, 0.47, 0.84))
        right = figure.add_axes((0.57, 0.13, 0.41, 0.71))
        for moment in example.moments:
            left.clear()
            right.clear()
            drawings.draw_network(left, *network_tables(example, moment))
            when = "before the first month" if moment.month < 0 else f"month {moment.month}"
            left.set_title(when, fontsize=10)
            right.set_ylim(low - room, high + room)
            right.set_xlim(0, max(1, len(example.met) - 1))
            drawings.draw_so_far(right, lines, moment.month)
            right.set_title(moment.state if moment.month >= 0 else "", fontsize=10)
            canvas.draw()
            image = Image.fromarray(np.asarray(canvas.buffer_rgba())[:, :, :3].copy())
            # One palette for all: there are few colours, and frames need not be looked at twice.
            palette = palette or image.quantize(64)
            yield image.quantize(palette=palette, dither=Image.Dither.NONE)


def _lines(example: Example) -> pd.DataFrame:
    import pandas as pd

    frames = [
        pd.DataFrame({"arm": arm, "month": np.arange(len(met)), "mean": met})
        for arm, met in (("together", example.met), ("alone", example.met_alone))
    ]
    return pd.concat(frames, ignore_index=True)
