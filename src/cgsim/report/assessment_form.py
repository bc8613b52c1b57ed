"""The questions as a page to answer in a browser: one file, no network, no server."""

from __future__ import annotations

import itertools

from cgsim import __version__
from cgsim.assess.answers import TITLE
from cgsim.assess.questions import UNKNOWN, questionnaire
from cgsim.report.page import environment, with_script


def as_form(served: bool = False) -> str:
    """Return the page. Its button saves the answers as a file for ``cgsim assess``.

    ``served``: it is shown by a server that works the answers out as well.
    """
    asked = questionnaire()
    themes = [
        (theme, list(questions))
        for theme, questions in itertools.groupby(asked.questions.values(), lambda q: q.theme)
    ]
    data = {"questions": list(asked.questions), "unknown": UNKNOWN, "title": TITLE}
    needs = with_script("assessment.js", data)
    if served:
        needs["policy"] += "; connect-src 'self'"
    template = environment().get_template("assessment.html.j2")
    return str(
        template.render(
            themes=themes,
            count=len(asked.questions),
            unknown=UNKNOWN,
            version=__version__,
            served=served,
            **needs,
        )
    )
