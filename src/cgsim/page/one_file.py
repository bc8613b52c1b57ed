"""One HTML file that holds the model, the page and its scenarios."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from cgsim import building
from cgsim.answer.catalogue import word
from cgsim.engine.run import Progress
from cgsim.experiment.posterior import Posterior
from cgsim.lessons import Lesson
from cgsim.page.contents import START, answered, contents
from cgsim.page.lessons import lessons_for, paragraphs
from cgsim.page.sources import built
from cgsim.running.sources import RunSource
from cgsim.scenario import load
from cgsim.scenario.errors import Fault, ScenarioError
from cgsim.scenario.library import names as library_names
from cgsim.scenario.model import Scenario
from cgsim.tables import EXTENSIONS

MOST_BYTES = 3 * 10**6
MOST_SCENARIOS = 60
MOST_SEED = 2**53 - 1
"""Beyond it a browser cannot count in ones."""

TEMPLATE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>{style}</style>
</head>
<body>
<div id="page"><main class="ready">
<h1>{title}</h1>
{ready}
</main></div>
<script type="application/json" id="data">{data}</script>
<script type="application/json" id="engine">{engine}</script>
<script type="text/plain" id="worker">{worker}</script>
<script>{script}</script>
</body>
</html>
"""


ANSWERED = """
<p class="quiet">This page runs the model in your browser. If nothing else appears here, scripts or
WebAssembly are switched off; these are the answers that were worked out when the page was made.</p>
"""
ASKED = """
<p class="quiet">Bets and runs need a script. If nothing else appears here, scripts or WebAssembly
are switched off: allow them for this file.</p>
"""
ASSESSED = """
<p class="quiet">This page works the same out in your browser. If nothing else appears here, scripts
or WebAssembly are switched off; this is what was worked out when the page was made.</p>
"""
PLAYED = """
<p class="quiet">Playing needs a script. If nothing else appears here, scripts or WebAssembly are
switched off: allow them for this file.</p>
"""
TO_ANSWER = """
<p class="quiet">Answering needs a script. If nothing else appears here, scripts or WebAssembly are
switched off: allow them for this file, or fill in a file instead, as
<code>cgsim assess --template answers.toml</code> makes one.</p>
"""


class CannotHold(ScenarioError):
    """What a page cannot hold; the fault says what, and what to do."""

    def __init__(self, message: str) -> None:
        """Note what it is."""
        super().__init__([Fault("--out", None, "", message)])


def page(
    scenarios: Sequence[Scenario],
    seed: int = 1,
    given: Posterior | None = None,
    progress: Progress | None = None,
) -> str:
    """Return a page on some scenarios, as the text of one file that works without a network.

    ``given`` are draws of what nobody knows in the place of those from the priors; ``progress`` is
    told how many scenarios are done.
    """
    return page_of(answered(scenarios, seed, given=given, progress=progress), START)


def page_of(sources: Sequence[RunSource], opens: str = "") -> str:
    """Return a page on results of one seed, which stand in it before it lives anything.

    ``opens`` is the address at which somebody is who brings none. Raises ``CannotHold``.
    """
    for source in sources:
        if not source.results.count:
            raise CannotHold(f"{source.results.scenario.name}: there is no run to be shown")
    data = contents(sources, opens)
    title = data["cases"][0]["title"] if len(sources) == 1 else "Working together or apart?"
    return _whole(title, "\n".join(_ready(case) for case in data["cases"]) + ANSWERED, data)


def lesson_page(lesson: Lesson, *, notes: bool = False, held: str | None = None) -> str:
    """Return the page with one lesson open, and with the scenario it begins from to go on with.

    With ``notes`` it is the lecturer's edition. ``held`` is the word until which answers are held
    back. Without scripts it shows what is asked, and no answer. Raises ``CannotHold``.
    """
    _refuse_extensions("a lesson's answers hold")
    case = lesson.runs[lesson.asked]
    if case.name in library_names():
        case = load(case.name)
    data = contents(
        answered([case], lesson.form.seed),
        opens=f"room=teach&{urlencode({'lesson': lesson.name})}",
        lessons=lessons_for([lesson], notes=notes, word=held),
    )
    told = [*paragraphs(lesson.form.situation), lesson.form.question]
    ready = "\n".join(f"<p>{html.escape(text)}</p>" for text in told)
    return _whole(lesson.form.title, ready + ASKED, data)


def game_page(seed: int = 1) -> str:
    """Return the page at the game, as the text of one file. Raises ``CannotHold``."""
    _refuse_extensions("the game's best plays were searched")
    data = contents(answered([load("baseline")], seed), "room=game")
    told = [word("live_game.lead"), *(case["brief"] for case in data["game"]["cases"])]
    ready = "\n".join(f"<p>{html.escape(text)}</p>" for text in told)
    return _whole(word("live_game.title"), ready + PLAYED, data)


def assess_page(
    scenario: Scenario,
    answers: dict[str, Any] | None = None,
    told: Sequence[str] = (),
    seed: int = 1,
) -> str:
    """Return the page at its questions, or with answers in it at what they lead to.

    ``answers`` as `questions.given` gives them; ``told`` is what they lead to, in sentences that
    stand there without scripts. Raises ``CannotHold``.
    """
    opens = "room=assess" if answers else "room=assess&panel=form"
    data = contents(answered([scenario], seed), opens, answers=answers)
    title = answers["title"] if answers else word("live_assess.form_head")
    ready = "\n".join(f"<p>{html.escape(text)}</p>" for text in told)
    return _whole(title, ready + (ASSESSED if told else TO_ANSWER), data)


def _refuse_extensions(what: str) -> None:
    if EXTENSIONS:
        names = ", ".join(one.name for one in EXTENSIONS)
        raise CannotHold(f"got {names}; {what} with the model as it comes with cgsim")


def _whole(title: str, ready: str, data: dict[str, Any]) -> str:
    """Return the one file; raise ``CannotHold`` where it would not be what it says."""
    seed = data["seed"]
    if seed > MOST_SEED:
        raise CannotHold(f"got seed {seed}; a page holds seeds up to {MOST_SEED}")
    script, style, worker = (built(n) for n in ("page.js", "page.css", "worker.js"))
    if "</script" in (script + worker).lower() or "</style" in style.lower():
        raise RuntimeError("a built file would end its own element")
    module, description = building.engine()
    engine = {"description": description, "bytes": base64.b64encode(module).decode()}
    text = TEMPLATE.format(
        policy=policy(script, style),
        title=html.escape(title),
        style=style,
        ready=ready,
        data=as_json(data),
        engine=as_json(engine),
        worker=worker,
        script=script,
    )
    size = len(text.encode())
    if size > MOST_BYTES:
        raise CannotHold(f"the page would have {size:,} bytes; allowed {MOST_BYTES:,}: name fewer")
    return text


def policy(script: str, style: str) -> str:
    """Return what the page may load and run: itself, and nothing else."""
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src {hash_of(script)} 'wasm-unsafe-eval'",
            f"style-src {hash_of(style)}",
            "worker-src blob:",
            "img-src data: blob:",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def hash_of(text: str) -> str:
    """Return what a content policy knows a script or a style by."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def as_json(data: Any) -> str:
    """Return JSON that cannot end the element in which it stands."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    # Half characters are parts of file names that are not UTF-8.
    return re.sub("[<>&\u2028\u2029\ud800-\udfff]", lambda c: f"\\u{ord(c[0]):04x}", text)


def _ready(case: dict[str, Any]) -> str:
    title, text = html.escape(case["title"]), html.escape(case["told"]["answer"]["text"])
    notes = "".join(f"<p>{html.escape(note)}</p>" for note in case["notes"])
    return f"<section><h2>{title}</h2><p>{text}</p>{notes}</section>"
