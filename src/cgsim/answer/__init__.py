"""Where results become an answer: values, statements and series in, one plain record out.

A *statement* is a claim with its numbers. Its text is made by a catalogue, ``english.toml``, and
nowhere else. Everything that shows results lays this record out: commands, page, reports, lessons.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cgsim.lazy import lazily

if TYPE_CHECKING:
    from cgsim.answer.build import answer_of
    from cgsim.answer.catalogue import text
    from cgsim.answer.record import Answer, Statement

__all__ = ["Answer", "Statement", "answer_of", "text"]

_HOMES = {"Answer": "record", "Statement": "record", "answer_of": "build", "text": "catalogue"}

__getattr__ = lazily(__name__, _HOMES)
