"""Make a site of the documents: ``make site``, then open build/site/index.html; no server needed.

The documents stay as they are read in the repository. They are copied to build/pages, with the
three pages that stand outside their folder; links are turned to where things then are. The Python
interface gets its pages from docstrings, and the live page is put beside them. Every warning is a
fault: a link that leads nowhere ends the build.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
DOCS = HERE.parent
ROOT = DOCS.parent
BUILD = ROOT / "build"
PAGES, BESIDE, SITE = BUILD / "pages", BUILD / "beside", BUILD / "site"

OUTSIDE = {
    "README.md": "readme.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changes.md",
}
"""Pages of the repository's top, and what they are called in the site."""
FOLDERS = {"notebooks": "notebooks/index.md", "decisions": "decisions/index.md"}
CONTENTS = {
    "Begin": ["readme", "try-it", "gallery"],
    "Tutorials": ["tutorials/*", "notebooks/index"],
    "How-to": ["how-to/*"],
    "Reference": [
        "model",
        "review",
        "references",
        "experiments",
        "evidence",
        "assess",
        "calibrate",
        "game",
        "the-page",
        "reliability",
        "speed",
        "glossary",
        "api",
    ],
    "Explanation": [
        "measuring-gain",
        "patterns",
        "clutter",
        "decisions/index",
        "contributing",
        "changes",
    ],
}
"""The contents of the site: every page stands in one place of it."""
LIVE = ("korsakoff", "baseline", "inertia")
MODULES = (
    "extend.declared",
    "extend.lived",
    "game",
    "statistics",
    "pictures.figures",
    "pictures.drawings",
)
"""Modules of the Python interface that have pages, beside the names of ``cgsim`` itself."""


def pages() -> dict[Path, str]:
    """Return every page of the documents: where it stands, and its place in the site."""
    found = {ROOT / name: place for name, place in OUTSIDE.items()}
    for path in sorted(DOCS.rglob("*.md")):
        place = path.relative_to(DOCS).as_posix()
        found[path] = {"README.md": "index.md", "notebooks/README.md": "notebooks/index.md"}.get(
            place, place
        )
    for path in sorted((DOCS / "notebooks").glob("*.py")):
        found[path] = path.relative_to(DOCS).as_posix()
    return found


def listed() -> dict[str, list[str]]:
    """Return the contents with every pattern turned into pages, without their endings."""
    places = [place.rpartition(".")[0] for place in pages().values()]
    contents = {}
    for part, names in CONTENTS.items():
        contents[part] = [
            place
            for name in names
            for place in (
                [p for p in places if p.startswith(name[:-1])] if name.endswith("*") else [name]
            )
        ]
    return contents


def turned(text: str, path: Path, place: str) -> str:
    """Return a page with its links turned from the repository to the site."""
    where = pages()

    def link(match: re.Match[str]) -> str:
        words, target = match[1], match[2]
        if re.match(r"\w+:|#", target):
            return match[0]
        name, mark, heading = target.partition("#")
        aimed = (path.parent / name).resolve()
        inside = where.get(aimed)
        if inside is None and aimed.is_dir() and aimed.parent == DOCS:
            inside = FOLDERS.get(aimed.name)
        if inside is None and aimed.is_relative_to(DOCS) and aimed.is_file():
            inside = aimed.relative_to(DOCS).as_posix()
        if inside is None:  # the source, or a folder of it: it is not part of the site
            return f"{words[1:-1] if words.startswith('[') else words}"
        turned_to = os.path.relpath(inside, Path(place).parent)
        return f"{words}({turned_to}{mark}{heading})"

    parts = re.split(r"(^```.*?^```)", text, flags=re.S | re.M)  # code keeps what it says
    parts[::2] = [re.sub(r"(!?\[[^\]]*\])\(([^)\s]+)\)", link, part) for part in parts[::2]]
    return "".join(parts)


def api() -> str:
    """Return the page of the Python interface."""
    sys.path.insert(0, str(ROOT / "src"))
    import cgsim

    names = "\n".join(f"   cgsim.{name}" for name in cgsim.__all__)
    modules = "\n".join(f"   cgsim.{name}" for name in MODULES)
    table = "```{{eval-rst}}\n.. autosummary::\n   :toctree: api\n{more}\n{names}\n```\n"
    return (
        "# The Python interface\n\n`import cgsim`, then what is listed here. Wrong names are "
        "answered with the nearest right one.\n\n"
        + table.format(more="", names=names)
        + "\n## Modules\n\n"
        + table.format(more="   :recursive:\n", names=modules)
    )


def write() -> None:
    """Write what Sphinx is given to read."""
    for folder in (PAGES, BESIDE, SITE):
        shutil.rmtree(folder, ignore_errors=True)
    BESIDE.mkdir(parents=True)
    skip = shutil.ignore_patterns("*.md", "site", "__pycache__", "*.py")
    shutil.copytree(DOCS, PAGES, ignore=skip)
    for path, place in pages().items():
        text = path.read_text("utf-8")
        target = PAGES / place
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".md":
            text = turned(text, path, place)
        target.write_text(text, "utf-8")
    trees = [
        f"\n```{{toctree}}\n:hidden:\n:caption: {part}\n\n" + "\n".join(names) + "\n```\n"
        for part, names in listed().items()
    ]
    with (PAGES / "index.md").open("a", encoding="utf-8") as index:
        index.write("".join(trees))
    _contents_of("notebooks")
    _contents_of("decisions", "# Decisions\n\nWhat was chosen, over what, and why.\n")
    (PAGES / "api.md").write_text(api(), "utf-8")
    (PAGES / "try-it.md").write_text(
        "# Try it\n\nThe whole model in one file, made by `cgsim page "
        + " ".join(LIVE)
        + '`. Nothing leaves your machine. <a href="live.html">Open it by itself</a>.\n\n'
        '<iframe src="live.html" title="The model" '
        'style="width:100%;height:85vh;border:1px solid #d9dbe0"></iframe>\n',
        "utf-8",
    )
    command = [sys.executable, "-m", "cgsim", "page", *LIVE, "-o", str(BESIDE / "live.html")]
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)


def _contents_of(folder: str, head: str = "") -> None:
    index = PAGES / folder / "index.md"
    names = sorted(p.stem for p in (PAGES / folder).iterdir() if p.stem != "index")
    text = head or index.read_text("utf-8")
    index.write_text(text + "\n```{toctree}\n" + "\n".join(names) + "\n```\n", "utf-8")


def main() -> int:
    """Write the pages and lay them out."""
    write()
    options = ["-W", "--keep-going", "-q", "-j", "auto", "-c", str(HERE)]
    done = subprocess.run([sys.executable, "-m", "sphinx", *options, str(PAGES), str(SITE)])
    if done.returncode == 0:
        print(f"Open {SITE.relative_to(ROOT) / 'index.html'}.")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
