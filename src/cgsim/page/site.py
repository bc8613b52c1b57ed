"""A static site: the page with everything on it, and a small page for each thing that is on it.

The small pages say what a thing is and lead to it on the one page, so a scenario, a lesson, the
questionnaire and the game each have an address of their own. Any server that hands out files will
do, and none.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from cgsim.answer.catalogue import word
from cgsim.answer.record import GAINS, INK, PAPER
from cgsim.engine.run import Progress
from cgsim.experiment.posterior import Posterior
from cgsim.page.contents import START, answered
from cgsim.page.lessons import library_lessons
from cgsim.page.one_file import hash_of, page_of
from cgsim.running.sources import RunSource
from cgsim.scenario.model import Scenario
from cgsim.tables import EXTENSIONS

INDEX = "index.html"
STYLE = (
    "body{font:18px/1.5 system-ui,sans-serif;max-width:42rem;margin:3rem auto;padding:0 1rem;"
    f"color:{INK};background:{PAPER}}}a{{color:{GAINS}}}"
)
DOOR = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta http-equiv="refresh" content="0; url={to}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>{style}</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p>{text}</p>
<p><a href="{to}">{open}</a></p>
</main>
</body>
</html>
"""


def site(
    scenarios: Sequence[Scenario],
    seed: int = 1,
    given: Posterior | None = None,
    progress: Progress | None = None,
) -> dict[str, str]:
    """Return the files of a site by their paths in it.

    ``progress`` is told how many scenarios are done. Raises ``CannotHold`` where one page cannot
    hold all the scenarios.
    """
    sources = answered(scenarios, seed, given=given, progress=progress)
    files = {INDEX: page_of(sources, START)}
    for source in sources:
        files[f"scenarios/{source.results.scenario.name}.html"] = _scenario(source)
    ask = word("live_assess.title")
    files["questions.html"] = _door(ask, word("live_start.assess_more"), "", {"room": "assess"})
    return files if EXTENSIONS else {**files, **_of_the_model()}


def _of_the_model() -> dict[str, str]:
    """Return the doors of lessons and the game, which hold for the model as it comes with cgsim."""
    files = {
        f"lessons/{lesson['name']}.html": _lesson(lesson) for lesson in library_lessons()["all"]
    }
    teach, play = word("live_teach.title"), word("live_game.title")
    files["lessons.html"] = _door(teach, word("live_start.teach_more"), "", {"room": "teach"})
    files["game.html"] = _door(play, word("live_start.game_more"), "", {"room": "game"})
    return files


def _scenario(source: RunSource) -> str:
    scenario, answer = source.results.scenario, source.answer
    return _door(answer.title, answer.text, "../", {"case": scenario.name})


def _lesson(lesson: dict[str, Any]) -> str:
    """Return the door of a lesson: it says the question, and no answer."""
    address = {"room": "teach", "lesson": lesson["name"]}
    return _door(lesson["title"], lesson["question"], "../", address)


def _door(title: str, text: str, up: str, address: dict[str, str]) -> str:
    """Return a small page that leads to an address on the one page."""
    return DOOR.format(
        policy=f"default-src 'none'; style-src {hash_of(STYLE)}; img-src data:; base-uri 'none'",
        to=html.escape(f"{up}{INDEX}#{urlencode(address)}"),
        title=html.escape(title),
        text=html.escape(text),
        open=html.escape(word("live_site.open")),
        style=STYLE,
    )
