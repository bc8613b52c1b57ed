"""The addresses of headings, for links into a page."""

from __future__ import annotations


def anchor(heading: str) -> str:
    """Return the address of a heading in a page, as GitHub and the built site make it."""
    kept = "".join(c for c in heading.lower() if c.isalnum() or c in " -_")
    return kept.replace(" ", "-")
