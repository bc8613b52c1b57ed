"""Which extensions are in use: loading them, letting them act, and taking them back.

An extension is one file of Python, known by its name and its text. Its text is what counts: the
same text on another machine is the same extension.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import linecache
import sys
import threading
import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, Self

from cgsim import compiler
from cgsim.answer.catalogue import FURTHER
from cgsim.answer.lives import ALIVE
from cgsim.extend import month as months
from cgsim.extend import ways
from cgsim.extend.apart import apart, said_by
from cgsim.extend.declared import Declarations, declared_in, fault
from cgsim.measures import MEASURES, OUTCOMES
from cgsim.mechanisms import KINDS_OF_NETWORK, NETWORKS, RECRUITMENT, WAYS_OF_RECRUITMENT
from cgsim.portable.choice import PLAIN
from cgsim.reached import mark
from cgsim.rules.state import BOARD_COLUMNS, ENDINGS, MONTH_COLUMNS, VARIABLES
from cgsim.scenario import outside
from cgsim.scenario.errors import hint, safe, shown
from cgsim.scenario.form import LONGEST_NAME, NAME
from cgsim.scenario.parameters import PARAMETERS
from cgsim.tables import EXTENSIONS, InUse, Table, Way

GROUP = "cgsim.extensions"
"""The group of entry points in which packages offer extensions."""
MOST_BYTES = 2**20
MANIFEST = "manifest.json"
_TAKEN = ("point", "replicate", "arm", "month", "partnership", "label", "scenario", "gain_sd")


def _is_a_name(name: str) -> bool:
    return 1 <= len(name) <= LONGEST_NAME and name.isprintable()


@dataclass(frozen=True)
class Source:
    """An extension as a text: what is kept, sent to workers and compared."""

    name: str  #: such as ``my_rules.py``; of a package, the name of its entry point
    text: str
    package: str = ""  #: the package that the text belongs to, for its imports

    @property
    def digest(self) -> str:
        """The SHA-256 of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def to_dict(self) -> dict[str, str]:
        """Return it as a manifest holds it."""
        given = {"name": self.name, "sha256": self.digest, "source": self.text}
        return given | ({"package": self.package} if self.package else {})

    @staticmethod
    def is_record(value: Any) -> bool:
        """Tell whether something read from a file is what ``to_dict`` writes down."""
        needed = {"name", "sha256", "source"}
        return (
            isinstance(value, dict)
            and needed <= set(value) <= {*needed, "package"}
            and all(isinstance(text, str) for text in value.values())
            and _is_a_name(value["name"])
            and hashlib.sha256(value["source"].encode(errors="replace")).hexdigest()
            == value["sha256"]
        )

    @staticmethod
    def from_dict(record: Mapping[str, str]) -> Source:
        """Return what ``to_dict`` wrote down."""
        return Source(record["name"], record["source"], record.get("package", ""))


@dataclass(frozen=True)
class Loaded:
    """An extension that was loaded, and what it declares."""

    source: Source
    module: ModuleType
    declared: Declarations
    file: str  #: as error lines name it
    values: dict[str, Any] = field(default_factory=dict)  #: its names, as they were when loaded

    @property
    def name(self) -> str:
        """What it is called."""
        return self.source.name

    @property
    def digest(self) -> str:
        """The SHA-256 of its text."""
        return self.source.digest

    def changed_in_memory(self) -> dict[str, str]:
        """Return which of its names are not what its text says: a digest by name."""
        now = vars(self.module)
        stem = self.name.removesuffix(".py")
        return {
            f"{stem}.{name}": hashlib.sha256(mark(now.get(name)).encode()).hexdigest()
            for name, value in self.values.items()
            if now.get(name) is not value
        }


_used: tuple[Loaded, ...] = ()
_lock = threading.RLock()


def extensions() -> tuple[Source, ...]:
    """Return the extensions in use, in the order in which they were taken."""
    return tuple(loaded.source for loaded in _used)


class Use:
    """What ``cgsim.use`` returns: ``with cgsim.use(...):`` takes it back at the end."""

    def __init__(self, before: tuple[Loaded, ...], names: tuple[str, ...]) -> None:
        """Keep what was in use before."""
        self._before = before
        self.names = names  #: of the extensions that were taken

    def stop(self) -> None:
        """Let those extensions be in use that were so before."""
        _apply(self._before)

    def __enter__(self) -> Self:
        """Do nothing: it is in use already."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take it back."""
        self.stop()

    def __repr__(self) -> str:
        """Tell what is in use."""
        return f"<in use: {', '.join(self.names)}>"


def use(*given: str | Path | ModuleType) -> Use:
    """Let extensions be part of the model from now on, in this process.

    Each is the path of a Python file, a module, or the name under which an installed package offers
    one (entry points of the group ``cgsim.extensions``). A folder of results stands for the
    extensions that it was computed with: that runs the code kept in it. One of the name of one in
    use takes its place. Raises ``ScenarioError``, and changes nothing, where one cannot be used.
    """
    found = [source for one in given for source in sources_of(one)]
    before = _used
    use_sources((*(s for s in extensions() if s.name not in {f.name for f in found}), *found))
    return Use(before, tuple(source.name for source in found))


def use_sources(sources: Sequence[Source]) -> None:
    """Let these extensions be in use, and no others."""
    with _lock:
        known = {loaded.source: loaded for loaded in _used}
        _apply(tuple(known.get(source) or _load(source) for source in sources))


class _Turns:
    """Lets threads work side by side as long as they want the same extensions."""

    def __init__(self) -> None:
        self._free = threading.Condition()
        self._working = 0

    def begin(self, sources: tuple[Source, ...]) -> None:
        with self._free:
            self._free.wait_for(lambda: self._working == 0 or extensions() == sources)
            if extensions() != sources:
                use_sources(sources)
            self._working += 1

    def end(self) -> None:
        with self._free:
            self._working -= 1
            self._free.notify_all()


_turns = _Turns()


@contextmanager
def only_with(sources: tuple[Source, ...]) -> Iterator[None]:
    """Work with these extensions and no others, once those who need others have done."""
    _turns.begin(sources)
    try:
        yield
    finally:
        _turns.end()


def sources_of(given: str | Path | ModuleType) -> tuple[Source, ...]:
    """Return the extensions that a path, a module, a name or a folder of results stands for."""
    if isinstance(given, ModuleType):
        return (_of_module(given.__name__, given.__spec__, ""),)
    path = Path(given)
    if path.is_dir():
        return _kept_in(path)
    if path.suffix == ".py" or path.is_file():
        if path.suffix != ".py":
            raise fault(safe(str(path)), None, "", "got another ending; allowed a file .py")
        if not _is_a_name(path.name):
            message = f"got a file whose name is not {NAME}, by which results tell of it"
            raise fault(safe(str(path)), None, "", f"{message}; allowed one with such a name")
        text = outside.read_text(path, MOST_BYTES)
        _PATHS[Source(path.name, text)] = str(path)
        return (Source(path.name, text),)
    offered = {point.name: point for point in metadata.entry_points(group=GROUP)}
    name = str(given)
    if name not in offered:
        message = f"got {shown(name)}; allowed a file .py, or an extension of an installed package"
        message += hint(name, offered) or (": " + ", ".join(offered) if offered else "")
        raise fault("--with", None, "", message)
    module = offered[name].module
    try:
        spec = importlib.util.find_spec(module)
    except ImportError:
        spec = None
    return (_of_module(module, spec, name),)


_PATHS: dict[Source, str] = {}
"""Where texts were read from in this process, for error lines."""


def read_from(source: Source, path: str) -> None:
    """Note where a text was read from, for error lines."""
    _PATHS[source] = path


def _of_module(module: str, spec: Any, name: str) -> Source:
    origin = getattr(spec, "origin", None)
    if not origin or not str(origin).endswith(".py"):
        message = f"got module {shown(module)} without a file; allowed one that is a file .py"
        raise fault("--with", None, "", message)
    text = outside.read_text(Path(origin), MOST_BYTES)
    inside = spec.submodule_search_locations is not None
    package = module if inside else module.rpartition(".")[0]
    source = Source(name or Path(origin).name, text, package)
    _PATHS[source] = str(origin)
    return source


def _kept_in(folder: Path) -> tuple[Source, ...]:
    try:
        manifest = json.loads(outside.read_text(folder / MANIFEST, 512 * 2**20))
        kept = manifest.get("extensions") if isinstance(manifest, dict) else None
    except (OSError, ValueError, RecursionError):
        kept = None
    whole = isinstance(kept, list) and all(map(Source.is_record, kept))
    found = tuple(Source.from_dict(record) for record in kept or ()) if whole else ()
    if not found:
        message = "holds no extension; allowed a file .py, or a folder of results that names one"
        raise fault(safe(str(folder)), None, "", message)
    for source in found:
        _PATHS.setdefault(source, source.name)
    return found


def _load(source: Source) -> Loaded:
    """Run an extension's text, and return what it declares."""
    file = _PATHS.get(source, source.name)
    stem = source.name.removesuffix(".py")
    module = ModuleType(f"cgsim_extensions.{stem}")
    module.__file__ = file
    if source.package:
        module.__package__ = source.package
    lines = source.text.splitlines(keepends=True)
    linecache.cache[file] = (len(source.text), None, lines, file)
    sys.modules[module.__name__] = module
    try:
        with apart():
            exec(compile(source.text, file, "exec", dont_inherit=True), vars(module))
    except SyntaxError as error:
        message = f"got a text that is not Python ({error.msg}); allowed Python"
        raise fault(file, error.lineno, "", message) from None
    except Exception as error:
        if getattr(error, "faults", None):
            raise
        places = traceback.extract_tb(error.__traceback__)
        line = next((p.lineno for p in reversed(places) if p.filename == file), None)
        said = said_by(error)
        if isinstance(error, ModuleNotFoundError):
            said += "; an extension is one file, and what it imports has to be installed"
        raise fault(file, line, "", said) from None
    declared = declared_in(vars(module))
    values = {k: v for k, v in vars(module).items() if not k.startswith("__")}
    return Loaded(source, module, declared, file, values)


def _apply(loaded: tuple[Loaded, ...]) -> None:
    """Let these be in use: tables first, then the month; on a fault all is as it was."""
    global _used
    with _lock:
        before = _used
        try:
            _fill(loaded)
        except BaseException:
            _fill(before)
            raise
        _used = loaded


def check() -> None:
    """Compile every step in use by itself; raise ``ScenarioError`` for those that cannot be.

    Nothing is compiled where rules run as plain Python.
    """
    from cgsim.extend.faults import check_steps

    if not PLAIN:
        check_steps(_used)


def _fill(loaded: tuple[Loaded, ...]) -> None:
    from cgsim.extend.faults import check_steps, explain

    for table in _TABLES:
        table.put(())
    _refuse_names_twice(loaded)
    EXTENSIONS.put(list(map(_told_to_scenarios, loaded)))
    PARAMETERS.put([p for one in loaded for p in one.declared.parameters])
    VARIABLES.put([v for one in loaded for v in one.declared.variables])
    MEASURES.put([m for one in loaded for m in one.declared.measures])
    added = [ways.Added(one.name, one.file, way) for one in loaded for way in one.declared.ways]
    endings = [one for one in added if one.way.kind == "ending"]
    _fill_ways(added)
    steps = [(one.file, step) for one in loaded for step in one.declared.steps]
    places = ways.places_for(added)
    if steps or endings or len(VARIABLES):
        title = f"the month with {', '.join(one.name for one in loaded)}"
        places["life.live_month"] = months.composed(steps, tuple(VARIABLES), endings, title)
    months.put_into(places)
    ways.put_into(places)
    compiler.with_extensions(
        loaded, places, lambda error: explain(error, loaded), lambda: check_steps(loaded)
    )


_TABLES_OF_WAYS: tuple[Table[Way], ...] = (WAYS_OF_RECRUITMENT, KINDS_OF_NETWORK)
_TABLES: list[Table[Any]] = [PARAMETERS, VARIABLES, MEASURES, ENDINGS, OUTCOMES]
_TABLES += _TABLES_OF_WAYS


def _told_to_scenarios(loaded: Loaded) -> InUse:
    parameters = tuple(parameter.name for parameter in loaded.declared.parameters)
    chosen = tuple(way.name for way in loaded.declared.ways if way.kind != "ending")
    return InUse(loaded.name, parameters, chosen)


def _fill_ways(added: Sequence[ways.Added]) -> None:
    """Let ways stand where the package's own do, and their words in the catalogue."""
    for kind, table in zip(("recruitment", "network"), _TABLES_OF_WAYS, strict=True):
        table.put([Way(w.name, f"{w.help} With {e}.") for e, _, w in added if w.kind == kind])
    endings = [one.way.name.replace("_", " ") for one in added if one.way.kind == "ending"]
    ENDINGS.put(endings)
    OUTCOMES.put(endings)
    for one in added:
        FURTHER.update(one.way.texts)


def _refuse_names_twice(loaded: Iterable[Loaded]) -> None:
    taken = {
        **dict.fromkeys(months.names_of_state(), "of the engine's state"),
        **dict.fromkeys((*MONTH_COLUMNS, *BOARD_COLUMNS, *_TAKEN), "a column"),
        **{measure.name: "a measure" for measure in MEASURES},
        **{f"outcome_{name.replace(' ', '_')}": "a measure" for name in OUTCOMES},
        **{parameter.name: "a parameter" for parameter in PARAMETERS},
        **{f"recruitment {name}": "one of cgsim's own" for name in RECRUITMENT},
        **{f"network {name}": "one of cgsim's own" for name in NETWORKS},
        **{
            f"ending {name.replace(' ', '_')}": "a way to come out of cgsim's own"
            for name in (*OUTCOMES, ALIVE)
        },
    }
    for one in loaded:
        for name, line in one.declared.lines.items():
            if name in taken:
                message = f"got a name that is taken ({taken[name]}); allowed another"
                raise fault(one.file, line, name, message)
        taken.update(dict.fromkeys(one.declared.lines, f"declared by {one.name}"))


def loaded_extensions() -> tuple[Loaded, ...]:
    """Return the extensions in use with what they declare."""
    return _used
