"""The questions as a page to answer in a browser: one file, no network, no server."""

from __future__ import annotations

import itertools

from cgsim import __version__
from cgsim.assess.answers import TITLE
from cgsim.assess.questions import UNKNOWN, questionnaire
from cgsim.report.page import environment, with_script


def as_form() -> str:
    """Return the page. Its button saves the answers as a file for ``cgsim assess``."""
    asked = questionnaire()
    themes = [
        (theme, list(questions))
        for theme, questions in itertools.groupby(asked.questions.values(), lambda q: q.theme)
    ]
    data = {"questions": list(asked.questions), "unknown": UNKNOWN, "title": TITLE}
    template = environment().get_template("assessment.html.j2")
    return str(
        template.render(
            themes=themes,
            count=len(asked.questions),
            unknown=UNKNOWN,
            version=__version__,
            **with_script("assessment.js", data),
        )
    )
