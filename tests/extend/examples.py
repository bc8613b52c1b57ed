"""The extension that the documents walk through, and its experiment, as they stand there."""

from pathlib import Path

from tests.docs.test_tutorials import FILE_NAME, blocks

PAGE = Path(__file__).parents[2] / "docs/how-to/extend-the-model.md"


def example(folder, name="attendance.py"):
    """Write a file of the page into a folder; return its path."""
    for _, kind, text in blocks(PAGE):
        named = FILE_NAME.match(text) if kind == "python" else None
        if name in (text.splitlines()[0].removeprefix("# "), named and named[1]):
            path = folder / name
            path.write_text(text, encoding="utf-8")
            return path
    raise AssertionError(f"{PAGE.name} has no {name}")
