"""How the rules are compiled, and where the compiled code is kept.

The rules and the engine are plain Python functions over NumPy arrays. Machine code is made of them
(``machine_code``, with Numba) when an entry point is first called natively, and it is kept on disk:
in a folder named by a hash of every source file that ends up in compiled code, under a name with a
digest of all that the entry point reaches in memory (``reached``). So a changed rule can never run
as yesterday's machine code, nor pass for the original tomorrow: what is not as the files say is
compiled for this process alone, is part of ``source_hash``, and ``changed_rules`` tells its name.

Numba is imported when machine code is made, and not before: what was kept is run by LLVM alone
(``native``), and the portable engine and the command line need neither.

Set ``NUMBA_DISABLE_JIT=1`` to run everything as plain Python, for debugging and coverage.
Set ``CGSIM_CACHE_DIR`` to keep the compiled code somewhere else.

Whoever waits is told why: the logger ``cgsim`` warns when an entry point is about to be compiled.
``logging.getLogger("cgsim").setLevel("ERROR")`` silences it.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext, suppress
from functools import cache, cached_property, update_wrapper
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from cgsim.kept import Kept, place
from cgsim.portable import choice, host
from cgsim.portable.choice import PLAIN as PLAIN
from cgsim.reached import Files, Reach, is_being_read, short_name
from cgsim.words import form_of, form_told

if TYPE_CHECKING:
    from cgsim.native import Code

F = TypeVar("F", bound=Callable[..., Any])

COMPILED_PARTS = (
    "rules",
    "world",
    "engine",
    "measures.py",
    "mechanisms.py",
    "compiler.py",
    "machine_code.py",
    "native.py",
    "words.py",
)
"""The parts of the package whose sources reach compiled code."""

LASTS = "about a minute on an idle machine, minutes on a busy one"
ONCE = f"Compiling the engine: {LASTS}; once per installed version ..."
FOR_THIS_PROCESS = f"Compiling the engine: {LASTS}; for this process ..."
EVERY_TIME = (
    f"Compiling the engine: {LASTS}; and again in every process: compiled code cannot "
    "be kept{where}. CGSIM_CACHE_DIR may name another folder, with room for 12 MB."
)
ONCE_WITH = f"Compiling the engine with {{names}}: {LASTS}; once for what it is now ..."
NOT_KEPT = (
    f"The compiled code could not be kept{{where}}. Every process compiles anew: {LASTS}. "
    "CGSIM_CACHE_DIR may name another folder, with room for 12 MB."
)

_log = logging.getLogger("cgsim")
_lock = threading.Lock()
_making = threading.RLock()
"""One piece of machine code is made at a time: what two need is made once."""
_told: set[str] = set()
_entry_points: list[Any] = []
"""All there are in this process, the package's own and others."""


def _tell_once(kind: str, text: str) -> None:
    if kind not in _told:
        _told.add(kind)
        _log.warning(text)


# ---- which code is in use ----------------------------------------------------------------------


@cache
def _files() -> Files:
    return Files(Path(__file__).parent, COMPILED_PARTS)


class _Program:
    """What the package's entry points reach, and what of it is not as the files say."""

    def __init__(self, roots: list[Any]) -> None:
        self.roots = roots
        self.reach = Reach(roots)
        self.changes = _changes_in(self.reach)


def _changes_in(reach: Reach) -> dict[str, str]:
    """Compare what is reached with the files; where all is as they say, that is remembered."""
    digest = reach.digest
    if _put:
        told = repr((digest, _told_of_extensions()))
        digest = hashlib.sha256(told.encode()).hexdigest()
    found_sound = f"sound-{digest[:32]}"
    if _kept().read(found_sound) is not None:
        return {}
    changes = _files().changes(reach, _put)
    if not changes:
        _kept().write(found_sound, b"")
    return changes


class Extension(Protocol):
    """What an extension that is in use tells of itself."""

    @property
    def name(self) -> str:
        """What it is called, such as ``my_rules.py``."""

    @property
    def digest(self) -> str:
        """A hash of its source."""

    def changed_in_memory(self) -> dict[str, str]:
        """What of it is no longer as its source says: a digest by name."""


_program: _Program | None = None
_used: tuple[Extension, ...] = ()
_put: Mapping[str, Any] = {}


_explain: Callable[[Exception], Exception | None] | None = None
_check: Callable[[], None] | None = None


def with_extensions(
    used: Iterable[Extension],
    put: Mapping[str, Any],
    explain: Callable[[Exception], Exception | None],
    check: Callable[[], None],
) -> None:
    """Say which extensions are in use, and what they have put in the place of the package's own.

    ``put`` holds that by names such as ``life.live_month``: it is no changed rule, but part of the
    extensions, which ``changed_rules`` names. ``explain`` returns the error that takes the place
    of one raised where an entry point is compiled or run; None for one that is none of theirs.
    ``check`` is called before an entry point is compiled, and raises where a step cannot be.
    """
    global _used, _put, _program, _explain, _check
    with _lock:
        _used, _put, _program = tuple(used), dict(put), None
        _explain, _check = explain, check
    _told.discard("compiling")


def _told_of_extensions() -> tuple[tuple[str, str], ...]:
    return tuple((extension.name, extension.digest) for extension in _used)


def _changed_in_extensions() -> dict[str, str]:
    return {k: v for extension in _used for k, v in extension.changed_in_memory().items()}


def _changes() -> dict[str, str]:
    """Return what is in use and is not as the files say: a digest by name."""
    global _program
    with _lock:
        package = __name__.partition(".")[0]
        roots = [e for e in _entry_points if str(e.__module__).split(".")[0] == package]
        if _program is None or _program.roots != roots or not _program.reach.holds():
            _program = _Program(roots)
        changes = _program.changes
        if _used:
            changes = {**changes, **_changed_in_extensions(), **dict(_told_of_extensions())}
    if changes:
        line = words_for(changes)
        _tell_once(line, line)
    return changes


def words_for(changed: Iterable[str]) -> str:
    """Return the line that goes with every result of changed rules; nothing where there is none."""
    names = list(changed)
    used = [name for name in names if is_extension(name)]
    rules = [name for name in names if not is_extension(name)]
    return " ".join(
        f"{begin} {', '.join(some)}."
        for begin, some in (("With a changed rule:", rules), ("With", used))
        if some
    )


def is_extension(name: str) -> bool:
    """Tell whether one of ``changed_rules`` is an extension: a file, or a name without a module."""
    return name.endswith(".py") or "." not in name


def changed_rules() -> tuple[str, ...]:
    """Return what is in use and is not as the files say, such as ``trust.judge_promises``.

    These are rules, and constants that rules read, which the entry points loaded so far reach in
    memory at this moment; and the extensions in use, such as ``my_rules.py``.
    """
    return tuple(_changes())


def source_hash() -> str:
    """Return 16 hexadecimal digits that tell the code in use from any other.

    They hash every source that is compiled, as it was when it was loaded, and whatever in memory
    is not as these say.
    """
    changes = _changes()
    if not changes:
        return _files().hash
    told = repr((_files().hash, sorted(changes.items())))
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def source_told() -> str:
    """Return the hash of the code in use, and which rules are not those of the files."""
    return with_changes(source_hash(), changed_rules())


def with_changes(source: str, changed: Iterable[str]) -> str:
    """Write a hash of the code with the names of changed rules, where there are any."""
    line = words_for(changed)
    return f"{source} ({line[0].lower()}{line[1:-1]})" if line else source


# ---- compiled code on disk ---------------------------------------------------------------------


@cache
def _kept() -> Kept:
    return Kept(place(_files().hash))


def _hindered(sentence: str) -> str:
    """Complete a sentence with where code would be kept, and what hinders it."""
    kept = _kept()
    folder = f" in {kept.folder}" if kept.folder else ""
    return sentence.format(where=f"{folder}: {kept.trouble}")


def kept_folder() -> Path | None:
    """Return the folder that compiled code is kept in; None where it cannot be kept."""
    return _kept().folder if _kept().can_write() else None


def _mark_of_all() -> str:
    from cgsim import native

    return f"all-{hashlib.sha256(repr(native.machine()).encode()).hexdigest()[:32]}"


def all_is_kept() -> bool:
    """Tell whether every entry point's machine code has been kept for this machine."""
    folder = _kept().folder
    if folder is None or not any(folder.glob("all-*")):
        return False
    return _kept().read(_mark_of_all()) is not None


def note_that_all_is_kept() -> None:
    """Note that every entry point's machine code is kept, for the processes to come."""
    _kept().write(_mark_of_all(), b"")


choice.native_is_kept = all_is_kept

# ---- compiling ---------------------------------------------------------------------------------


@cache
def _machine() -> ModuleType:
    """Return the module that makes machine code; with the first call Numba is imported."""
    from cgsim import machine_code

    return machine_code


_keeping = True


def machine_code_is_kept(keep: bool) -> None:
    """Say whether entry points that are defined from now on keep their machine code on disk."""
    global _keeping
    _keeping = keep


class Instruction:
    """What a processor does in one step and Python has no word for.

    The function says it in Python; what machine code has in its place stands in ``machine_code``.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        """Take the function that does the same in Python."""
        self.py_func = function
        update_wrapper(self, function)

    @property
    def _numba_type_(self) -> Any:
        return _machine().type_of_instruction(self.py_func.__name__)

    def __call__(self, *args: Any) -> Any:
        """Do it in Python."""
        return self.py_func(*args)

    def forget(self) -> None:
        """Let go of nothing: an instruction is made of no other functions."""


class Rule:
    """A function that is compiled where it is needed: into its callers, or alone for Python."""

    inlined = True
    checked = False  #: whether a place beyond the end of an array is an error

    def __init__(self, function: Callable[..., Any]) -> None:
        """Take the function; nothing is compiled yet."""
        self.py_func = function
        update_wrapper(self, function)

    @cached_property
    def _part(self) -> Any:
        return _machine().part(self.py_func, self.inlined, self.checked)

    @cached_property
    def _alone(self) -> Any:
        return _machine().alone(self.py_func, self.checked)

    @property
    def _numba_type_(self) -> Any:
        """What Numba takes it for where compiled code calls it."""
        return self._part._numba_type_

    def __call__(self, *args: Any) -> Any:
        """Run it compiled."""
        return self._alone(*args)

    def forget(self) -> None:
        """Let go of what has been compiled of it."""
        for made in ("_part", "_alone"):
            if made in vars(self):
                _machine().forget(vars(self)[made])


class CheckedRule(Rule):
    """A rule of an extension: a place beyond the end of an array is an error there."""

    checked = True

    def compile_alone(self, arguments: Iterable[Any]) -> str:
        """Compile it by itself for such arguments; return the type of what it gives back."""
        types = tuple(map(_machine().typeof, arguments))
        self._alone.compile(types)
        return str(self._alone.overloads[types].signature.return_type)


class EntryPoint(Rule):
    """A compiled function that Python calls; what it was compiled from is looked at each time.

    It takes arrays, single numbers and tuples of these, and returns nothing (``words``).
    """

    inlined = False

    def __init__(self, function: Callable[..., Any], keep: bool) -> None:
        """Take the function, and whether its machine code is kept on disk."""
        super().__init__(function)
        self._reach: Reach | None = None
        self._code: dict[Any, Code] = {}
        self.keep = keep

    @property
    def reach(self) -> Reach:
        """What it reaches; walked when it is first needed, since names may be defined later."""
        if self._reach is None:
            self._reach = Reach([self.py_func])
        return self._reach

    @property
    def forms(self) -> tuple[Any, ...]:
        """What it has machine code for in this process: forms of arguments (``words``)."""
        return tuple(self._code)

    def prepare(self, arguments: Sequence[Any]) -> Code:
        """Return its machine code for such arguments: compiled now, or what was kept of it.

        Raises ``TypeError`` where it calls a plain function of the package.
        """
        form = form_of(arguments)
        code = self._code.get(form)
        if code is None:
            with _making:
                code = self._code.get(form) or self._made(form, arguments)
                self._code[form] = code
        return code

    def is_kept(self, arguments: Sequence[Any]) -> bool:
        """Tell whether machine code for such arguments is on disk."""
        return _kept().read(self._name(form_of(arguments))) is not None

    def _made(self, form: Any, arguments: Sequence[Any]) -> Code:
        from cgsim import native

        self._refuse_what_is_not_compiled()
        if self.keep:
            kept = _kept().read(self._name(form))
            if kept is not None:
                with suppress(RuntimeError):  # whole, and yet not what this LLVM can read
                    return native.Code(kept, form)
        if _used and _check is not None:
            _check()
        self._announce()
        symbol, file, lasting = _machine().made_of(self, arguments)
        made = native.packed(symbol, file)
        if self.keep and lasting:
            self._keep(self._name(form), made)
        return native.Code(made, form)

    def _refuse_what_is_not_compiled(self) -> None:
        for space, name in self.reach.uncompiled:
            raise TypeError(
                f"{short_name(space, name)} is a plain function; compiled rules call only what is "
                "compiled as well: cgsim.compiler.rule(function)"
            )

    def _name(self, form: Any) -> str:
        from cgsim import native

        told = (self.reach.digest, _told_of_extensions(), form_told(form), native.machine())
        digest = hashlib.sha256(repr(told).encode()).hexdigest()[:32]
        return f"{self.py_func.__name__}-{digest}"

    def _keep(self, name: str, made: bytes) -> None:
        """Keep machine code for later processes, unless a changed rule is in it."""
        if not self.reach.holds() or _changes_in(self.reach) or _changed_in_extensions():
            return
        if not _kept().write(name, made):
            _tell_once("not kept", _hindered(NOT_KEPT))

    def forget(self) -> None:
        """Let go of what has been compiled of it; another thread may still be running it."""
        super().forget()
        self._code = {}

    def _announce(self) -> None:
        """Say that it is about to be compiled, once a process, and how often that will be."""
        if "compiling" in _told:
            return
        changes = {**_changes_in(self.reach), **_changed_in_extensions()}
        if changes:
            _tell_once(words_for(changes), words_for(changes))
        if changes or not self.keep:
            _tell_once("compiling", FOR_THIS_PROCESS)
        elif _kept().can_write():
            names = ", ".join(extension.name for extension in _used)
            _tell_once("compiling", ONCE_WITH.format(names=names) if names else ONCE)
        else:
            _told.add("not kept")
            _tell_once("compiling", _hindered(EVERY_TIME))

    def __call__(self, *args: Any) -> None:
        """Run it; what was compiled from rules that have been replaced since is not used again."""
        if not self.reach.holds():
            _renew()
        if choice.is_portable() and self._is_portable and not _changes():
            return choice.call(self.py_func.__name__, args)
        if _explain is None or not _used:
            return self._run(args)
        try:
            return self._run(args)
        except Exception as error:
            told = _explain(error)
            if told is None:
                raise
            raise told from error

    def _run(self, arguments: tuple[Any, ...]) -> None:
        from cgsim import native

        try:
            self.prepare(arguments)(arguments)
        except native.Stopped as stopped:
            raise _machine().error_of(stopped.text) from None

    @cached_property
    def _is_portable(self) -> bool:
        """Whether the portable engine has it as well."""
        package = str(self.py_func.__module__).partition(".")[0]
        return package == __name__.partition(".")[0] and (
            not host.trouble() and self.py_func.__name__ in host.description()["entries"]
        )


def _renew() -> None:
    """Let go of whatever was compiled from functions that have been replaced since."""
    used = _machine.cache_info().currsize
    with _machine().global_compiler_lock if used else nullcontext():
        for entry_point in _entry_points:
            before = entry_point._reach
            if before is not None and not before.holds():
                entry_point._reach = None
                reached = {**before.compiled, **entry_point.reach.compiled}
                for compiled in [entry_point, *reached.values()]:
                    if isinstance(compiled, Rule | Instruction):
                        compiled.forget()
                    else:  # compiled by whoever put it in a rule's place
                        _machine().forget(compiled)
    _changes()


def instruction(function: F) -> F:
    """Mark a function for which machine code has an instruction (``machine_code``)."""
    if is_being_read(function) or PLAIN:
        return function
    return Instruction(function)  # type: ignore[return-value]


def rule(function: F) -> F:
    """Compile a piece of the month, to be built into whatever calls it."""
    if is_being_read(function) or PLAIN:
        return function
    return Rule(function)  # type: ignore[return-value]


def checked_rule(function: Callable[..., Any]) -> Any:
    """Compile a function of an extension, to be built into the month."""
    return function if PLAIN else CheckedRule(function)


def kernel(function: F, *, keep: bool = True) -> F:
    """Compile an entry point, keep its machine code on disk, and let other threads run with it."""
    if is_being_read(function):
        return function
    _files()  # as they are now that they have been loaded
    compiled: Any = function if PLAIN else EntryPoint(function, keep and _keeping)
    _entry_points.append(compiled)
    return compiled  # type: ignore[no-any-return]
