"""Which sources the built page was made from, told by a hash; and what was built.

``python -m cgsim.page.sources`` writes the hashes down after a build.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
WEB = HERE / "web"
BUILT = HERE / "built"
ENGINE = HERE.parent / "portable" / "engine.js"
KINDS = (".js", ".mjs", ".css", ".json")
FILES = ("toml.js", "page.js", "worker.js", "page.css")
RECORD = "built.json"


def _lines(path: Path) -> bytes:
    """Return a file's bytes; line ends do not count: a checkout may change them."""
    return path.read_bytes().replace(b"\r\n", b"\n")


def digest() -> str:
    """Return 64 hexadecimal digits that change with any source of the page."""
    whole = hashlib.sha256()
    found = [
        path
        for path in WEB.rglob("*")
        if path.suffix in KINDS and "node_modules" not in path.relative_to(WEB).parts
    ]
    for path in [*sorted(found, key=lambda p: p.relative_to(WEB).as_posix()), ENGINE]:
        name = path.name if path == ENGINE else path.relative_to(WEB).as_posix()
        whole.update(f"{name}\0".encode())
        whole.update(_lines(path))
    return whole.hexdigest()


def hashes() -> dict[str, str]:
    """Return the hash of every built file."""
    return {name: hashlib.sha256(_lines(BUILT / name)).hexdigest() for name in FILES}


@cache
def record() -> dict[str, object]:
    """Return what was written down when the page was built."""
    made: dict[str, object] = json.loads((BUILT / RECORD).read_text("utf-8"))
    return made


def built(name: str) -> str:
    """Return the text of a built file."""
    return (BUILT / name).read_text("utf-8")


def write_down() -> None:
    """Write down which sources the built files were made from."""
    text = json.dumps({"sources": digest(), "files": hashes()}, indent=1)
    (BUILT / RECORD).write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    write_down()
