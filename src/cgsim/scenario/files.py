"""Reading scenario files: from a text, however strange, to a scenario or to what is wrong with it.

Order: size, encoding, depth, TOML, ``extends``, ``--set``, the form of each table, and last what
must fit together (``checks``). Nothing is written and nothing else is read.
"""

from __future__ import annotations

import copy
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath
from typing import Any, TypeVar

from cgsim import shipped
from cgsim.scenario import keys, outside
from cgsim.scenario.data import TEXTS, ScenarioData, changed_title
from cgsim.scenario.errors import Fault, ScenarioError, hint, pointed, safe, shown
from cgsim.scenario.keys import MOST_BYTES, Path, TooDeep
from cgsim.scenario.parameters import BY_NAME, SECTIONS

MOST_PARENTS = 8
PARTNERSHIP_EXTRAS = ("focus", "members", "lead", "name")
_MANY = ("partnership", "change")
_LISTS = ("skill", "objective", "agency", "partnership", "change")

S = TypeVar("S", bound=ScenarioData)


@dataclass
class Draft:
    """Tables on their way to a scenario, and where each key of them was written."""

    tables: dict[str, Any]
    places: dict[Path, tuple[str, int | None]]
    name: str
    beside: FilePath | None = None  #: the folder that the network's file is looked for in
    file: str = ""
    parents: list[str] = field(default_factory=list)
    origins: tuple[int, ...] = ()  #: of each partnership, the table of the file that it is from

    def fault(self, path: Path, message: str) -> Fault:
        """Return a fault at a path, with the place of the nearest key that was written."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.places:
                file, line = self.places[path[:length]]
                written = path if line is None else self._as_written(path)
                return Fault(file, line, dotted(written), message)
        return Fault(self.file, None, dotted(path), message)

    def _as_written(self, path: Path) -> Path:
        """Return a path with the number of the table that stands for many partnerships."""
        if self.origins and path[0] == "partnership" and len(path) > 1:
            return (path[0], self.origins[int(path[1])], *path[2:])
        return path


def dotted(path: Path) -> str:
    """Write a path as people type it: places in lists count from 1."""
    return ".".join(str(p + 1) if isinstance(p, int) else safe(p) for p in path)


Settings = Iterable[str] | Mapping[str, Any]
"""Values to be changed: ``key=value`` texts, or a mapping of keys to values."""


def assignments(settings: Settings) -> tuple[str, ...]:
    """Return ``key=value`` texts for values to be changed, however they are given."""
    from cgsim.scenario.writing import toml_value

    if isinstance(settings, str):
        return (settings,)
    if not isinstance(settings, Iterable):
        message = f"got {shown(settings)}; allowed a mapping of keys to values, or key=value"
        raise ScenarioError([Fault("--set", None, "", message)])
    if not isinstance(settings, Mapping):
        return tuple(settings)
    return tuple(f"{key}={toml_value(_plain(value))}" for key, value in settings.items())


def _plain(value: Any) -> Any:
    """Return a number or list of NumPy's, or a tuple, as what TOML knows."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    return list(value) if isinstance(value, tuple) else value


def load(name_or_path: str | FilePath, set: Settings, kind: type[S]) -> S:
    """Return the scenario of a library name or a file, as ``cgsim.scenario.load`` does."""
    draft = read(_find(str(name_or_path), None, None))
    return _finish(draft, set, kind)


def patterns(name_or_path: str | FilePath) -> list[dict[str, Any]]:
    """Return the partnership tables of a file where some of them stand for many; else none."""
    from cgsim.scenario.many import is_many

    listed = read(_find(str(name_or_path), None, None)).tables.get("partnership", [])
    return listed if any(map(is_many, listed)) else []


def loads(text: str, set: Settings, file: str, folder: FilePath | None, kind: type[S]) -> S:
    """Return the scenario of a text, as ``cgsim.scenario.loads`` does."""
    return _finish(_draft_of(text, file, FilePath(file).stem, folder, []), set, kind)


def resolve(tables: Mapping[str, Any], settings: Iterable[str], name: str, kind: type[S]) -> S:
    """Return the scenario of tables that stand for a whole file."""
    draft = Draft(copy.deepcopy(dict(tables)), {}, name, None, name)
    return _finish(draft, settings, kind)


def _finish(draft: Draft, settings: Settings, kind: type[S]) -> S:
    from cgsim.scenario.checks import build, form_faults
    from cgsim.scenario.many import expand

    texts = assignments(settings)
    try:
        draft = expand(draft, _areas_asked(texts))
    except ScenarioError as error:  # the other tables of the file are looked at all the same
        rest = {key: value for key, value in draft.tables.items() if key not in _MANY}
        raise ScenarioError(
            [*error.faults, *form_faults(replace(draft, tables=rest)).values()]
        ) from None
    if not texts:
        return build(draft, kind)
    given = replace(draft, tables=copy.deepcopy(draft.tables), places=dict(draft.places))
    before: dict[Path, tuple[str, int]] = {}
    faults = [fault for text in texts if (fault := _assign(draft, text, before))]
    if faults:
        raise ScenarioError(faults)
    made = build(draft, kind)
    _take_network(given, draft, made)
    try:
        return made.told_as_changed(build(given, kind))
    except ScenarioError:  # only what was set makes it one
        return made.told_as_changed(None)


def _areas_asked(texts: Iterable[str]) -> int | None:
    """Return how many areas are asked for, so that so many have partnerships; None for none."""
    for text in texts:
        key, _, right = text.partition("=") if isinstance(text, str) else ("", "", "")
        if key.strip() in ("areas", "world.areas"):
            value = value_of(right.strip())
            if type(value) is int and BY_NAME["areas"].low <= value <= BY_NAME["areas"].high:
                return value
    return None


def _take_network(given: Draft, changed: Draft, made: ScenarioData) -> None:
    """Let the network that was read stand in the tables before the change: no file is read twice.

    Where another one was asked for, none stands there: that differs as well.
    """
    before, now = given.tables.get("world", {}), changed.tables.get("world", {})
    if before.get("network") != "file":
        return
    keys = ("network_file", "network_scale")
    same = all(before.get(key) == now.get(key) for key in keys)
    for key in keys:
        before.pop(key, None)
    if same and made.given_network is not None:
        before["network_file"] = made.given_network.to_table(made.agency_names)
    else:
        before["network"] = "none"


def _find(name: str, folder: FilePath | None, told_by: Fault | None) -> FilePath:
    """Return the file of a library name or a path; raise ``ScenarioError`` where there is none."""
    from cgsim.scenario import library

    if _in_library(name):
        return library.path(name)
    path = FilePath(name) if folder is None else folder / name
    if name.endswith(".toml") or is_file(path) or outside.is_stream(name):
        return path
    message = f"got {shown(name)}; allowed a library scenario or the path of a .toml file"
    if name in shipped.names("experiments"):
        message += f"; that is an experiment: cgsim batch {name}"
    else:
        message += hint(name, library.every()) or "; cgsim scenarios lists them"
    if told_by is None:
        raise ScenarioError([Fault(safe(name), None, "", message)])
    raise ScenarioError([Fault(told_by.file, told_by.line, told_by.key, message)])


def is_file(path: FilePath) -> bool:
    """Tell whether a path is a file's; a name no system can have is none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def read(path: FilePath, parents: Sequence[str] = ()) -> Draft:
    """Read one file, and lay it over what it extends."""
    text = outside.read_text(path, MOST_BYTES)
    shown_path = outside.name_of(path)
    return _draft_of(
        text, shown_path, outside.stem_of(path), path.parent, [*parents, str(path.resolve())]
    )


def _draft_of(
    text: str, file: str, name: str, folder: FilePath | None, parents: list[str]
) -> Draft:
    """Parse one text and merge it over what it extends."""
    text = text.replace("\r\n", "\n")
    try:
        if len(text) > MOST_BYTES:
            message = f"got more than {MOST_BYTES // 1024} KiB; allowed {MOST_BYTES // 1024} KiB"
            raise ScenarioError([Fault(file, None, "", message)])
        lines = keys.scan(text)
        tables = tomllib.loads(text)
    except TooDeep as error:
        message = f"got keys or brackets {error}; allowed {keys.DEEPEST}"
        raise ScenarioError([Fault(file, error.line, "", message)]) from None
    except (tomllib.TOMLDecodeError, ValueError, RecursionError, OverflowError) as error:
        if isinstance(error, ScenarioError):
            raise
        raise ScenarioError([_parser_fault(error, file, text)]) from None
    draft = Draft(tables, {p: (file, line) for p, line in lines.items()}, name, folder, file)
    parent = tables.get("extends")
    if parent is None:
        return draft
    told_by = draft.fault(("extends",), "")
    if not isinstance(parent, str):
        message = f"got {shown(parent)}; allowed the name of a library scenario, or a path"
        raise ScenarioError([draft.fault(("extends",), message)])
    path = _find(parent, folder or FilePath("."), told_by)
    if folder is None and not _in_library(parent):
        message = f"got {shown(parent)}; allowed the name of a library scenario"
        raise ScenarioError([draft.fault(("extends",), message)])
    if str(path.resolve()) in parents or len(parents) > MOST_PARENTS:
        message = f"got {shown(parent)}, which extends this file in turn; "
        message += "files may not extend each other in a circle"
        if str(path.resolve()) not in parents:
            message = f"got a chain of more than {MOST_PARENTS} files; allowed {MOST_PARENTS}"
        raise ScenarioError([draft.fault(("extends",), message)])
    if not is_file(path):
        message = f"got {shown(parent)}, which is not there; allowed a library scenario or a file"
        raise ScenarioError([draft.fault(("extends",), message)])
    return _merge(read(path, parents or [file]), draft)


def _in_library(name: str) -> bool:
    from cgsim.scenario import library

    return name in library.every()


def _parser_fault(error: Exception, file: str, source: str) -> Fault:
    text = str(error)
    place = re.search(r"\(at line (\d+), column \d+\)", text)
    line = int(place.group(1)) if place else None
    reason = safe(re.sub(r"\s*\(at .*\)$", "", text)) or type(error).__name__
    if isinstance(error, RecursionError):
        reason = "nested too deep"
    elif "integer string conversion" in text:
        reason = "a whole number of too many digits"
    comma = re.search(r"=\s*([+-]?\d+,\d+)", source.split("\n")[line - 1]) if line else None
    near = pointed(comma.group(1)) if comma else ""
    return Fault(file, line, "", f"got a text that is not TOML ({reason}); allowed TOML{near}")


def _merge(parent: Draft, child: Draft) -> Draft:
    """Lay a file over the one it extends: tables key by key, lists of tables whole.

    What is told of the parent is not told of a file that gives values of its own.
    """
    tables = dict(parent.tables)
    if any(value for key, value in child.tables.items() if key not in ("extends", "title", *TEXTS)):
        tables = {key: value for key, value in tables.items() if key not in TEXTS}
        if isinstance(tables.get("title"), str):
            tables["title"] = changed_title(tables["title"])
    places = dict(parent.places)
    for key, value in child.tables.items():
        old = tables.get(key)
        if isinstance(value, dict) and isinstance(old, dict):
            tables[key] = {**old, **value}
        else:
            places = {p: where for p, where in places.items() if p[0] != key}
            tables[key] = value
    if "partnership" in child.tables and "partnerships" not in child.tables:
        tables.pop("partnerships", None)
    if "partnerships" in child.tables and "partnership" not in child.tables:
        tables.pop("partnership", None)
    tables.pop("extends", None)
    places.update({p: where for p, where in child.places.items() if p != ("extends",)})
    # The file is looked for beside the text that names it, not beside the one that extends that.
    named_by = child if ("world", "network_file") in child.places else parent
    return Draft(tables, places, child.name, named_by.beside, child.file)


def _assign(draft: Draft, text: str, before: dict[Path, tuple[str, int]]) -> Fault | None:
    """Make one ``key=value`` assignment in the tables; return what is wrong with it, if so.

    ``before`` keeps what was assigned, and to how many places at once: a value for one partnership
    may follow one for all, and otherwise each value is given once.
    """
    key, equals, right = text.partition("=") if isinstance(text, str) else ("", "", "")
    key = key.strip()
    if not equals or not key:
        return Fault("--set", None, "", f"got {shown(text)}; allowed key=value")
    value = value_of(right.strip())
    parts = key.split(".")
    section = parts[0] if len(parts) > 1 else _section_of(parts[0])
    if section == "" and parts[0] in ("title", "partnerships", "known"):
        targets: list[Path] = [(parts[0],)]
    elif section == "partnership" and len(parts) <= 3:
        found = _partnerships_named(draft, parts[1] if len(parts) == 3 else None)
        if found is None:
            names = _partnership_names(draft)
            message = f"got {shown(parts[1])}; allowed a partnership's number or name"
            return Fault("--set", None, safe(key), message + hint(parts[1], names))
        targets = [("partnership", number, parts[-1]) for number in found]
    elif section in SECTIONS and len(parts) <= 2:
        targets = [(section, parts[-1])]
    else:
        known = [*BY_NAME, *PARTNERSHIP_EXTRAS]
        message = "got an unknown key; allowed a parameter" + hint(parts[-1], known)
        return Fault("--set", None, safe(key), message)
    for path in targets:
        earlier, reach = before.get(path, (text, 0))
        other = earlier != text and value_of(earlier.partition("=")[2].strip()) != value
        if other and len(targets) >= reach:
            message = f"got {shown(earlier)} and {shown(text)}; allowed one of the two"
            return Fault("--set", None, "", message)
        before[path] = text, len(targets)
        table: Any = draft.tables
        for part in path[:-1]:
            if isinstance(part, str) and part not in table:
                table[part] = {}
            table = table[part]
            if not isinstance(table, (dict, list)):
                return draft.fault(path[:1], f"got {shown(table)}; allowed a table")
        table[path[-1]] = value
        if path == ("world", "network_file"):
            draft.beside = FilePath()  # as whoever types a path means it
        draft.places[path] = ("--set", None)
    return None


def value_of(text: str) -> Any:
    """Read the right side of an assignment as TOML; a bare word is a text."""
    if len(text) > 1000:
        return text
    try:
        keys.scan(f"value = {text}")
        tables = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError):
        return text
    return tables["value"] if len(tables) == 1 else text


def _section_of(name: str) -> str:
    if name in BY_NAME:
        return BY_NAME[name].section
    if name in ("network_file", "network_scale"):
        return "world"
    return "partnership" if name in PARTNERSHIP_EXTRAS else ""


def _partnership_names(draft: Draft) -> list[str]:
    listed = draft.tables.get("partnership")
    if not isinstance(listed, list):
        return []
    return [str(p.get("name", "")) for p in listed if isinstance(p, dict)]


def _partnerships_named(draft: Draft, name: str | None) -> list[int] | None:
    """Return the partnerships that an assignment is meant for; all of them for no name."""
    listed = draft.tables.get("partnership")
    if listed is None and draft.tables.get("partnerships") != "none":
        listed = draft.tables["partnership"] = [{}]
    if not isinstance(listed, list) or not all(isinstance(p, dict) for p in listed):
        return None
    if name is None:
        return list(range(len(listed)))
    if name.isascii() and name.isdigit() and len(name) < 6 and 1 <= int(name) <= len(listed):
        return [int(name) - 1]
    found = [n for n, p in enumerate(listed) if p.get("name", f"partnership {n + 1}") == name]
    return found or None
