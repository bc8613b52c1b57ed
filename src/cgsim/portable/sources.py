"""Which sources the portable engine was built from, told by a hash."""

from __future__ import annotations

import hashlib
from pathlib import Path

PARTS = (
    "engine/batch.py",
    "engine/life.py",
    "engine/plan.py",
    "entries.py",
    "machine_code.py",
    "measures.py",
    "mechanisms.py",
    "rules",
    "scenario/parameters.py",
    "words.py",
    "world",
)
"""The parts of the package that reach the module, or the layout of what it is given."""


def digest() -> str:
    """Return 64 hexadecimal digits that change with any source that reaches the module.

    Line ends do not count: a checkout may change them.
    """
    package = Path(__file__).parents[1]
    whole = hashlib.sha256()
    for part in PARTS:
        root = package / part
        for path in [root] if root.is_file() else sorted(root.glob("*.py")):
            whole.update(path.relative_to(package).as_posix().encode())
            whole.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return whole.hexdigest()
