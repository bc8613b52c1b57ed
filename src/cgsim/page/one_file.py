"""One HTML file that holds the model, the page and its scenarios."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from cgsim.experiment.posterior import Posterior
from cgsim.experiment.sources import RunSource
from cgsim.page.contents import answered, contents
from cgsim.page.sources import built
from cgsim.portable.host import description
from cgsim.scenario.model import Scenario

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
<p class="quiet">This page runs the model in your browser. If nothing else appears here, scripts or
WebAssembly are switched off; these are the answers that were worked out when the page was made.</p>
</main></div>
<script type="application/json" id="data">{data}</script>
<script type="application/json" id="engine">{engine}</script>
<script type="text/plain" id="worker">{worker}</script>
<script>{script}</script>
</body>
</html>
"""


class CannotHold(ValueError):
    """What a page cannot hold; the text says what, and what to do."""


def page(scenarios: Sequence[Scenario], seed: int = 1, given: Posterior | None = None) -> str:
    """Return a page on some scenarios, as the text of one file that works without a network.

    ``given`` are draws of what nobody knows in the place of those from the priors.
    """
    return page_of(answered(scenarios, seed, given=given))


def page_of(sources: Sequence[RunSource]) -> str:
    """Return a page on results of one seed, which stand in it before it lives anything.

    Raises ``CannotHold``.
    """
    for source in sources:
        seed, count = source.results.seed, source.results.count
        if seed > MOST_SEED:
            raise CannotHold(f"got seed {seed}; a page holds seeds up to {MOST_SEED}")
        if not count:
            raise CannotHold(f"{source.results.scenario.name}: there is no run to be shown")
    data = contents(sources)
    script, style, worker = (built(n) for n in ("page.js", "page.css", "worker.js"))
    if "</script" in (script + worker).lower() or "</style" in style.lower():
        raise RuntimeError("a built file would end its own element")
    module = files("cgsim.portable").joinpath("engine.wasm").read_bytes()
    engine = {"description": description(), "bytes": base64.b64encode(module).decode()}
    title = data["cases"][0]["title"] if len(sources) == 1 else "Working together or apart?"
    text = TEMPLATE.format(
        policy=policy(script, style),
        title=html.escape(title),
        style=style,
        ready="\n".join(_ready(case) for case in data["cases"]),
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
            f"script-src {_hash(script)} 'wasm-unsafe-eval'",
            f"style-src {_hash(style)}",
            "worker-src blob:",
            "img-src data: blob:",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def _hash(text: str) -> str:
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
