"""The language of nowhere: a catalogue in other letters. What is in English bypasses it."""

import re
import sys

import pytest

from cgsim.answer import catalogue
from cgsim.cli import app

OTHER_LETTERS = str.maketrans(
    {chr(97 + n): chr(0x24D0 + n) for n in range(26)}
    | {chr(65 + n): chr(0x24B6 + n) for n in range(26)}
)


def strange(text):
    """Turn every letter outside placeholders into another one."""
    parts = re.split(r"(\{[^}]*\})", text)
    return "".join(p if p.startswith("{") else p.translate(OTHER_LETTERS) for p in parts)


def texts_of_nowhere():
    """Return a catalogue in which every text and every term has other letters."""
    texts = {key: strange(text) for key, text in catalogue.english().texts.items()}
    return catalogue.Catalogue(texts, unknown=strange)


def letters_of(said, *names):
    """Return the English words in texts, besides those of names; the longest name goes first."""
    text = " ".join(" ".join(map(str, said)).split())
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(" ".join(name.split()), "")
    return re.findall(r"[A-Za-z]+", text)


def printed(monkeypatch, capsys, *arguments, code=(0, None)):
    """Return what a command prints in the language of nowhere, to both streams, as one line."""
    monkeypatch.setattr(sys, "argv", ["cgsim", *map(str, arguments)])
    monkeypatch.setenv("COLUMNS", "1000")
    with catalogue.using(texts_of_nowhere()), pytest.raises(SystemExit) as ended:
        app.main()
    told = capsys.readouterr()
    assert ended.value.code in code, told.err
    assert any(letter in told.out + told.err for letter in "ⓐⓔⓝ")
    return " ".join((told.out + told.err).split())
