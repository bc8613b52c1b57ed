"""Reports as files: one HTML page, Markdown, or the main figure alone."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cgsim.answer.catalogue import term, word
from cgsim.pictures.figures import (
    as_svg,
    folded,
    house_style,
    new_figure,
    printing,
    printing_lines,
    save_figure,
)
from cgsim.pictures.tables import data_link
from cgsim.report.document import Document, Picture
from cgsim.report.markdown import as_markdown
from cgsim.scenario.errors import Fault, ScenarioError
from cgsim.whole import write_text, write_whole
from cgsim.workbooks import TooLarge, of_tables

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

TEMPLATES = Path(__file__).parent / "templates"
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)
"""What a page may load: nothing. It holds no script, and none would run."""
MOST_BYTES = 3 * 10**6


@cache
def environment() -> Environment:
    """Return what fills the templates; every text is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(word=word, term=term)
    # A number and its sign for per cent stay on one line.
    made.filters["printing"] = lambda text: printing(str(text)).replace(" %", "\u00a0%")
    made.filters["printing_lines"] = printing_lines
    made.filters["data_link"] = data_link
    return made


def svg_of(picture: Picture, size: str) -> Markup:
    """Draw a figure for screens of a ``size``: "wide" or "narrow"."""
    from markupsafe import Markup

    inches = picture.wide if size == "wide" else picture.narrow
    identity = f"{picture.name}-{size}"
    # Safe: matplotlib and ElementTree escape every text in it.
    return Markup(as_svg(picture.draw, inches, identity, picture.title, picture.description))


def with_script(name: str, data: Any) -> dict[str, Any]:
    """Return what a page with a script needs: it, its data, and a policy that lets no other run."""
    from markupsafe import Markup

    script = (TEMPLATES / name).read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return {
        "policy": f"{POLICY}; script-src 'sha256-{digest}'",
        "script": Markup(script),
        "data": Markup(json_for_script(data)),
    }


def json_for_script(value: Any) -> str:
    """Return JSON that can stand in a script element: nothing in it can end the element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def as_html(document: Document) -> str:
    """Return a report as one HTML page that needs no network and runs no script."""
    numbers = {picture.name: place for place, picture in enumerate(document.pictures, 1)}
    template = environment().get_template("page.html.j2")
    return str(
        template.render(
            document=document,
            policy=POLICY,
            svg=svg_of,
            numbers=numbers,
            kind=lambda block: type(block).__name__,
        )
    )


def write_report(document: Document, path: Path, kind: str) -> None:
    """Write a report: ``kind`` is "html", "md", "xlsx", "svg", "png" or "pdf".

    A workbook has what the report gives to take away, a sheet a table, numbers as numbers. Raises
    ``ScenarioError`` where a table has more rows than a sheet.
    """
    if kind == "html":
        write_text(path, as_html(document), replace=True)
    elif kind == "md":
        write_text(path, as_markdown(document), replace=True)
    elif kind == "xlsx":
        data = as_workbook(document)
        write_whole(path, lambda stream: stream.write(data), replace=True)
    else:
        _write_figure(document, path, kind)


def as_workbook(document: Document) -> bytes:
    """Return a report's tables as an Excel workbook, after a sheet that says what it is of."""
    import pandas as pd

    about = [(term(name), fact) for name, fact in document.about.items()]
    about = [
        (word("report.row_title"), document.title),
        (word("report.row_kind"), document.kind),
        *about,
    ]
    facts = pd.DataFrame(about, columns=["", word("report.workbook")])
    try:
        return of_tables({word("report.sheet"): facts, **document.tables})
    except TooLarge as error:
        raise ScenarioError([Fault("-o", None, "", f"got .xlsx: {error}; take .csv")]) from None


def _write_figure(document: Document, path: Path, kind: str) -> None:
    picture = document.main
    if picture is None:
        raise ValueError("there is no figure to write")
    with house_style():
        width, height = picture.wide
        figure = new_figure(width, height + 0.5)
        picture.draw(figure)
        title = f"{folded(document.title, 64)}\n{folded(picture.title, 64)}"
        figure.suptitle(title, fontsize=11, fontweight="bold", x=0.01, ha="left")
        save_figure(figure, path, document.about, kind)
