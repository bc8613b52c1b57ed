"""One replicate as moving pictures: an animated GIF, or an MP4 film where ffmpeg is found."""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from cgsim import __version__
from cgsim.answer import names
from cgsim.answer.catalogue import word
from cgsim.compiler import source_told
from cgsim.errors import CgsimError
from cgsim.pictures import drawings, figures
from cgsim.running.example import Example, live, network_tables
from cgsim.scenario import Scenario
from cgsim.whole import CannotWrite, write_whole

if TYPE_CHECKING:
    import pandas as pd
    from PIL import Image

MOST_FRAMES = 45
FRAME_MS = 220
LAST_FRAME_MS = 2500
GIF_DPI, FILM_DPI = 100, 200
TIME_LIMIT = 120.0
"""Seconds that ffmpeg may take; it needs a few."""


class NoFfmpeg(CgsimError, RuntimeError):
    """There is no ffmpeg to make a film with; the text says how to get it."""


def write_gif(scenario: Scenario, seed: int, replicate: int, path: Path) -> None:
    """Write one replicate as an animated GIF, with where it comes from in its comment."""
    from PIL import Image

    frames: list[Image.Image] = []
    for image in _pictures(_example(scenario, seed, replicate), GIF_DPI):
        # One palette for all: there are few colours, and frames need not be looked at twice.
        palette = frames[0] if frames else image.quantize(64)
        frames.append(image.quantize(palette=palette, dither=Image.Dither.NONE))
    stream = io.BytesIO()
    frames[0].save(
        stream,
        format="GIF",
        save_all=True,
        append_images=frames[1:],
        duration=[FRAME_MS] * (len(frames) - 1) + [LAST_FRAME_MS],
        loop=0,
        comment=_comment(scenario, seed, replicate)[:250].encode(),
    )
    write_whole(path, lambda file: file.write(stream.getvalue()), replace=True)


def find_ffmpeg() -> str:
    """Return the path of ffmpeg. Raises ``NoFfmpeg``."""
    found = shutil.which("ffmpeg")
    if found is None:
        raise NoFfmpeg(
            "an MP4 film is made by ffmpeg, which is not found; install it (apt-get install "
            "ffmpeg, brew install ffmpeg, or https://ffmpeg.org), or use --format gif, "
            "which needs nothing"
        )
    return found


def write_film(scenario: Scenario, seed: int, replicate: int, path: Path) -> None:
    """Write the frames of the GIF as an MP4 film (H.264), with where it comes from in its tags.

    Raises ``NoFfmpeg``, and ``CannotWrite`` where ffmpeg fails.
    """
    program = find_ffmpeg()
    frames = io.BytesIO()
    for image in _pictures(_example(scenario, seed, replicate), FILM_DPI):
        image.save(frames, format="PNG", compress_level=1)
    with tempfile.TemporaryDirectory(prefix="cgsim-") as folder:
        made = Path(folder) / "film.mp4"
        hold = (LAST_FRAME_MS - FRAME_MS) / 1000
        command = [program, "-hide_banner", "-loglevel", "error"]
        command += ["-f", "image2pipe", "-c:v", "png", "-framerate", f"1000/{FRAME_MS}"]
        command += ["-i", "pipe:0"]
        # H.264 with colour at half size needs even sides; players expect that and a usual rate.
        command += ["-vf", f"tpad=stop_mode=clone:stop_duration={hold},pad=ceil(iw/2)*2:"
                    "ceil(ih/2)*2:color=white,format=yuv420p"]  # fmt: skip
        command += ["-r", "25", "-c:v", "libx264", "-crf", "18", "-movflags", "+faststart"]
        command += ["-fflags", "+bitexact", "-flags:v", "+bitexact"]  # the same film every time
        command += ["-metadata", f"title={figures.printing(scenario.title)}"]
        command += ["-metadata", f"comment={_comment(scenario, seed, replicate)}", str(made)]
        try:
            done = subprocess.run(
                command, input=frames.getvalue(), capture_output=True, timeout=TIME_LIMIT
            )
        except subprocess.TimeoutExpired:
            raise CannotWrite(f"{path}: ffmpeg did not end within {TIME_LIMIT:.0f} s") from None
        except OSError as error:
            raise CannotWrite(f"{path}: ffmpeg does not start: {error.strerror}") from None
        if done.returncode != 0:
            told = done.stderr.decode(errors="replace").strip().splitlines() or ["nothing"]
            raise CannotWrite(
                f"{path}: ffmpeg failed (code {done.returncode}): {figures.cut(told[-1], 200)}"
            )
        film = made.read_bytes()
    write_whole(path, lambda file: file.write(film), replace=True)


def _comment(scenario: Scenario, seed: int, replicate: int) -> str:
    """Return what a file says of where it comes from."""
    told = {
        "title": scenario.title,
        "scenario": scenario.name,
        "seed": seed,
        "replicate": replicate,
        "version": f"cgsim {__version__}",
        "source": source_told(),
    }
    return figures.printing("; ".join(f"{name}: {value}" for name, value in told.items()))


def _example(scenario: Scenario, seed: int, replicate: int) -> Example:
    months = int(scenario.values["months"])
    step = max(1, -(-months // MOST_FRAMES))
    return live(scenario, seed, replicate, {-1, *range(months - 1, -1, -step)})


def _pictures(example: Example, dpi: int) -> Iterator[Image.Image]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from PIL import Image

    limits = [*example.met, *example.met_alone]
    low, high = min(limits), max(limits)
    room = 0.06 * max(high - low, 1e-9)
    lines = _lines(example)
    with figures.house_style():
        figure = Figure(figsize=(7.2, 3.8), dpi=dpi)  # laid out once: all frames have the same axes
        canvas = FigureCanvasAgg(figure)
        run = str(example.replicate)
        title = word("drawing.film", title=names.title(example.scenario)[:60], run=run)
        figure.text(0.01, 0.95, figures.printing(title), fontsize=10, fontweight="bold")
        left = figure.add_axes((0.0, 0.01, 0.47, 0.84))
        right = figure.add_axes((0.57, 0.13, 0.41, 0.71))
        for moment in example.moments:
            left.clear()
            right.clear()
            drawings.draw_network(left, *network_tables(example, moment))
            left.set_title(_when(moment.month), fontsize=10)
            right.set_ylim(low - room, high + room)
            right.set_xlim(0, max(1, len(example.met) - 1))
            drawings.draw_so_far(right, lines, moment.month)
            right.set_title(moment.state if moment.month >= 0 else "", fontsize=10)
            canvas.draw()
            yield Image.fromarray(np.asarray(canvas.buffer_rgba())[:, :, :3].copy())


def _when(month: int) -> str:
    """Say which month a picture shows; below 0 for before the first."""
    return word("page.example_before") if month < 0 else word("drawing.month_of", month=month)


def _lines(example: Example) -> pd.DataFrame:
    import pandas as pd

    frames = [
        pd.DataFrame({"arm": arm, "month": np.arange(len(met)), "mean": met})
        for arm, met in (("together", example.met), ("alone", example.met_alone))
    ]
    return pd.concat(frames, ignore_index=True)
