"""The portable engine, built: the rules as they stand, as one WebAssembly module without imports.

``python -m cgsim.building [--out FOLDER]`` writes ``engine.wasm`` and ``engine.json``; ``--with
FILE.py`` builds an extension in. Numba turns the engine into LLVM's language, LLVM turns that into
WebAssembly, and Zig's linker puts it together: ``pip install cgsim[wasm]`` brings the tools. The
text is taken from Numba before it is optimised: only that still says what is a pointer, and
pointers are shorter in WebAssembly. Two builds give the same bytes.

A page is given ``engine``: the module that is shipped, or one with the extensions in use, which a
process of its own builds. That is kept beside kept machine code.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import json
import logging
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import fields
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from cgsim import compiler
from cgsim.entries import ENTRIES, SIZES, Sizes, what_is_offered
from cgsim.errors import BAD_INPUT, CgsimError
from cgsim.extend import in_use
from cgsim.extend.declared import Declarations, fault
from cgsim.extend.faults import check_steps, explain
from cgsim.kept import Kept
from cgsim.portable import host, sources
from cgsim.reached import Reach
from cgsim.rules import elementary
from cgsim.words import source_of_taker

TARGET = "wasm32-unknown-unknown"
LAYOUT = "e-m:e-p:32:32-p10:8:8-p20:8:8-i64:64-i128:128-n32:64-S128-ni:1:10:20"
STACK = 65536
TOOLS = ("numba", "llvmlite", "numpy", "ziglang")
SHIPPED = Path(__file__).parent / "portable"
INSTALL = 'pip install "cgsim[wasm]"'
TOLD = "Compiling a page's engine with {names}: some minutes, once for what it is now ..."

_log = logging.getLogger("cgsim")


class Module(NamedTuple):
    """A module, and what a host has to know of it."""

    bytes: bytes
    description: dict[str, Any]


# ---- what a page is given ------------------------------------------------------------------------


def engine() -> Module:
    """Return the module that lives runs as they are lived here, with the extensions in use.

    One with extensions is built where it is not kept yet; measures are plain Python and no part of
    it. Raises ``CannotBuild`` or ``ScenarioError`` where it cannot be: the tools are missing, or a
    step does what no module can.
    """
    if not _differs():
        shipped = files("cgsim.portable").joinpath("engine.wasm").read_bytes()
        return Module(shipped, host.description())
    name = _name()
    if name not in _built:
        kept = Kept(compiler.kept_folder())
        data = kept.read(name)
        if data is None:
            refuse_without_tools()
            _log.warning(TOLD.format(names=_names()))
            data = _built_apart()
            kept.write(name, data)
        about, _, module = data.partition(b"\0")
        _built[name] = Module(module, json.loads(about))
    return _built[name]


def _differs() -> bool:
    """Tell whether the extensions in use change what is compiled, or what it is given."""
    kinds = {field.name for field in fields(Declarations)} - {"measures", "lines", "helpers"}
    return any(getattr(one.declared, kind) for one in in_use.loaded_extensions() for kind in kinds)


_built: dict[str, Module] = {}
"""What this process has read or had built."""


def refuse_without_tools() -> None:
    """Raise ``ScenarioError`` where what builds extensions in is missing."""
    if find_spec("ziglang") is None:
        message = f"got {_names()}, with which a page's engine has to be compiled; allowed with "
        raise fault("--with", None, "", f"{message}the tools for that: {INSTALL}")


def _names() -> str:
    return ", ".join(source.name for source in in_use.extensions())


def _name() -> str:
    """Return what a module is kept under: it tells all that is compiled, and by what."""
    roots = [entry.kernel for entry in ENTRIES.values()]
    told = (
        Reach(roots).digest,
        [(source.name, source.digest) for source in in_use.extensions()],
        hashlib.sha256(Path(__file__).read_bytes()).hexdigest(),
        json.dumps(what_is_offered()),
        _tools(),
    )
    return f"page-{hashlib.sha256(repr(told).encode()).hexdigest()[:32]}"


def _tools() -> dict[str, str]:
    found = {}
    for tool in TOOLS:
        try:
            found[tool] = version(tool)
        except PackageNotFoundError:
            found[tool] = ""
    return found


def _built_apart() -> bytes:
    """Return a description and its module, from a process that may change how Numba compiles."""
    asked = {
        "extensions": [source.to_dict() for source in in_use.extensions()],
        "files": {one.name: one.file for one in in_use.loaded_extensions()},
    }
    with tempfile.TemporaryDirectory(prefix="cgsim-") as folder:
        done = subprocess.run(
            [sys.executable, "-P", "-m", __name__, "--asked", "--out", folder],
            input=json.dumps(asked).encode(),
            capture_output=True,
            env={**os.environ, "NUMBA_DISABLE_JIT": "0"},
        )
        if done.returncode == BAD_INPUT:
            raise CannotBuild(done.stdout.decode(errors="replace").strip())
        if done.returncode != 0:
            why = _last_line(done.stderr) or f"it ended with {done.returncode}"
            raise RuntimeError(f"an engine with {_names()} could not be built: {why}")
        module = (Path(folder) / "engine.wasm").read_bytes()
        about = (Path(folder) / "engine.json").read_bytes()
    return about + b"\0" + module


def _last_line(text: bytes) -> str:
    return text.decode(errors="replace").strip().rpartition("\n")[2]


class CannotBuild(CgsimError, RuntimeError):
    """A module with an extension in it could not be built; the text says why."""

    @property
    def line(self) -> str:
        """The text alone, which names the file."""
        return str(self)


# ---- what is built -------------------------------------------------------------------------------


def compile_entries() -> tuple[str, dict[str, str]]:
    """Return the whole engine as text of LLVM, and the mangled name of every entry."""
    import numba
    from numba.core import codegen, types

    from cgsim import machine_code

    libraries: tuple[Any, ...] = (codegen.CPUCodeLibrary, machine_code.PartLibrary)
    for library in libraries:
        library._optimize_functions = lambda self, module: None
    codegen.CPUCodeLibrary._optimize_final_module = lambda self: None
    # Only the text is wanted. Numba would make machine code for this processor of every entry
    # point, and of code that is not optimised that takes minutes.
    codegen.JITCodeLibrary._finalize_specific = lambda self: None
    codegen.JITCodeLibrary.get_pointer_to_function = lambda self, name: (
        self._ensure_finalized() or 0
    )
    codegen.JITCPUCodegen.set_env = lambda self, name, env: None
    sizes = Sizes(*range(2, 2 + len(SIZES)))
    space: dict[str, Any] = {"array_at": machine_code.array_at, "as_number": machine_code.number_of}
    for name, entry in ENTRIES.items():
        taker = f"portable_{name}"
        values = list(entry.given(sizes).values())
        exec(source_of_taker(taker, entry.kernel, values, space), space)
        space[taker] = numba.njit(error_model="numpy", _nrt=False)(space[taker])
    calls = "".join(f"    portable_{name}(at)\n" for name in ENTRIES)
    exec(f"def everything(at):\n{calls}", space)
    everything = numba.njit(error_model="numpy", _nrt=False)(space["everything"])
    everything.compile((types.int64,))
    (library,) = (result.library for result in everything.overloads.values())
    text = library.get_llvm_str()
    names = {}
    for name in ENTRIES:
        (found,) = {
            m
            for m in re.findall(r'^define [^@\n]*@("?[^"(\n]*"?)\(', text, re.M)
            if f"portable_{name}B" in m and "cpython" not in m and "cfunc" not in m
        }
        names[name] = found
    return text, names


def prepared(text: str, names: dict[str, str]) -> str:
    """Return the text for WebAssembly: its own target, one small function to call each entry."""
    text = re.sub(r"^target .*\n", "", text, flags=re.M)
    text = re.sub(r"^source_filename.*\n|^; ModuleID.*\n", "", text, flags=re.M)
    text = re.sub(r"@(sqrt|fabs|floor|ceil|copysign)\(", r"@llvm.\1.f64(", text)
    calls = "".join(
        f"""
define i32 @{name}(i32 %at) "wasm-export-name"="{name}" {{
  %result = alloca ptr
  %trouble = alloca ptr
  %wide = zext i32 %at to i64
  %status = call i32 @{mangled}(ptr %result, ptr %trouble, i64 %wide)
  ret i32 %status
}}
"""
        for name, mangled in names.items()
    )
    text = without_wide_products(text)
    return f'target datalayout = "{LAYOUT}"\ntarget triple = "{TARGET}"\n{text}{calls}'


HIGH_WORD = """
define internal i64 @high_word(i64 %a, i64 %b) alwaysinline {
  %a0 = and i64 %a, 4294967295
  %a1 = lshr i64 %a, 32
  %b0 = and i64 %b, 4294967295
  %b1 = lshr i64 %b, 32
  %low = mul i64 %a0, %b0
  %middle = mul i64 %a1, %b0
  %other = mul i64 %a0, %b1
  %high = mul i64 %a1, %b1
  %carried = lshr i64 %low, 32
  %first = add i64 %middle, %carried
  %first0 = and i64 %first, 4294967295
  %first1 = lshr i64 %first, 32
  %second = add i64 %other, %first0
  %second1 = lshr i64 %second, 32
  %sum = add i64 %high, %first1
  %all = add i64 %sum, %second1
  ret i64 %all
}
"""
"""WebAssembly multiplies 64 bits by 64 and keeps 64: the upper half takes four products of 32."""


def without_wide_products(text: str) -> str:
    """Replace every product of 128 bits, of which the upper half is taken, by ``HIGH_WORD``."""
    factor = r"  (?P<wide_{0}>%\S+) = zext i64 (?P<{0}>%\S+) to i128\n"
    pattern = (
        factor.format("a")
        + factor.format("b")
        + r"  (?P<product>%\S+) = mul i128 (?P=wide_a), (?P=wide_b)\n"
        + r"  (?P<upper>%\S+) = lshr i128 (?P=product), 64\n"
        + r"  (?P<word>%\S+) = trunc i128 (?P=upper) to i64\n"
    )
    text = re.sub(pattern, r"  \g<word> = call i64 @high_word(i64 \g<a>, i64 \g<b>)\n", text)
    if "mul i128" in text:
        raise SystemExit("a product of 128 bits stands in the text in a form that is not known")
    return text + HIGH_WORD


def object_of(text: str, entries: list[str]) -> bytes:
    """Return the object file that LLVM makes of the text."""
    import llvmlite.binding as llvm

    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    module = llvm.parse_assembly(text)
    for function in module.functions:
        if not function.is_declaration:
            function.linkage = "external" if function.name in entries else "internal"
    for variable in module.global_variables:
        if not variable.is_declaration or variable.linkage.name == "common":
            variable.linkage = "internal"
    machine = llvm.Target.from_triple(TARGET).create_target_machine(
        cpu="generic", opt=3, reloc="static", features="+bulk-memory"
    )
    options = llvm.create_pipeline_tuning_options(speed_level=3)
    options.loop_unrolling = False
    options.loop_vectorization = options.slp_vectorization = False
    builder = llvm.create_pass_builder(machine, options)
    builder.getModulePassManager().run(module, builder)
    module.verify()
    return machine.emit_object(module)


def linked(data: bytes, entries: list[str], folder: Path) -> bytes:
    """Return the module that Zig's linker makes of an object file.

    Raises ``ScenarioError`` where a step of an extension calls what no module has.
    """
    (folder / "engine.o").write_bytes(data)
    exports = [f"--export={name}" for name in [*entries, "__heap_base"]]
    command = [sys.executable, "-m", "ziglang", "wasm-ld", "--no-entry", "--stack-first", "-O3"]
    command += ["--strip-all", "-z", f"stack-size={STACK}", *exports, "engine.o"]
    done = subprocess.run([*command, "-o", "engine.wasm"], cwd=folder, capture_output=True)
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace")
        missing = re.findall(r"undefined symbol: (\w+)", said)
        raise _not_there(missing[0]) if missing else CannotBuild(_last_line(done.stderr))
    return (folder / "engine.wasm").read_bytes()


WRITTEN = {"pow": {"pow", "power"}, "fmod": {"fmod", "mod", "remainder"}}
"""What calls functions of the machine's library in Python, where not their names alone."""


def _asks_for(node: ast.AST, symbol: str, allowed: set[str]) -> bool:
    """Return whether an expression is done by a function of the machine's library."""
    if isinstance(node, ast.BinOp | ast.AugAssign):
        by = node.right if isinstance(node, ast.BinOp) else node.value
        whole = isinstance(by, ast.Constant) and isinstance(by.value, int)
        is_power = isinstance(node.op, ast.Pow) and symbol == "pow" and not whole
        return is_power or (isinstance(node.op, ast.Mod) and symbol == "fmod")
    if not isinstance(node, ast.Call):
        return False
    called = node.func
    if isinstance(called, ast.Name) and called.id in allowed:
        return False
    name = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
    return name in WRITTEN.get(symbol, {symbol})


def _not_there(symbol: str) -> Exception:
    """Return the error for a function that the machine has and a module has not."""
    message = f"got {symbol}, which hangs on the machine; allowed on a page what gives the same "
    message += "bits everywhere: + - * /, whole powers, sqrt, and exp, log and power of "
    message += "cgsim.rules.elementary"
    for one in in_use.loaded_extensions():
        nodes = list(ast.walk(ast.parse(one.source.text)))
        allowed = {
            name.asname or name.name
            for node in nodes
            if isinstance(node, ast.ImportFrom) and node.module == elementary.__name__
            for name in node.names
        }
        lines = [n.lineno for n in nodes if _asks_for(n, symbol, allowed)]  # type: ignore[attr-defined]
        if lines:
            return fault(one.file, min(lines), "", message)
    return fault(_names() or "the rules", None, "", message)


# ---- from the command line -----------------------------------------------------------------------


def build(text_to: Path | None = None) -> Module:
    """Build the module, with the extensions in use.

    It changes how Numba compiles in this process: ``engine`` has another process do it.
    """
    loaded = in_use.loaded_extensions()
    check_steps(loaded)
    try:
        text, names = compile_entries()
    except Exception as error:
        told = explain(error, loaded) if loaded else None
        if told is None:
            raise
        raise told from error
    text = prepared(text, names)
    if text_to:
        text_to.write_text(text)
    with tempfile.TemporaryDirectory() as folder:
        module = linked(object_of(text, list(names)), list(names), Path(folder))
    return Module(module, _description(module))


def _description(module: bytes) -> dict[str, Any]:
    """Return what is written beside the module."""
    carried = [{"name": one.name, "sha256": one.digest} for one in in_use.extensions()]
    return {
        "module": hashlib.sha256(module).hexdigest(),
        "sources": sources.digest(),
        "tools": _tools(),
        **({"extensions": carried} if carried else {}),
        **what_is_offered(),
    }


def _as_text(description: dict[str, Any]) -> str:
    text = json.dumps(description, separators=(",", ":"))
    return text.replace('{"name"', '\n{"name"') + "\n"


def _use(asked: dict[str, Any]) -> None:
    """Use the extensions of the process that asks, with the names that it knows them by."""
    given = [in_use.Source.from_dict(record) for record in asked["extensions"]]
    for source in given:
        in_use.read_from(source, asked["files"][source.name])
    in_use.use_sources(given)


def main(arguments: Sequence[str] | None = None) -> None:
    """Build, and write the module with what tells it from others."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=SHIPPED, help="folder to write to")
    parser.add_argument("--with", dest="extensions", action="append", default=[], metavar="FILE.py")
    parser.add_argument("--asked", action="store_true", help="read what to build in from stdin")
    parser.add_argument("--text", type=Path, help="keep LLVM's text here, to look at it")
    options = parser.parse_args(arguments)
    try:
        if options.asked:
            _use(json.loads(sys.stdin.buffer.read()))
        in_use.use(*options.extensions)
        if in_use.extensions() and options.out == SHIPPED:
            parser.error("--with needs --out: what is shipped is the model as it stands")
        made = build(options.text)
    except CgsimError as error:
        # Whoever asked tells it: all its lines, and no other that the process may have said.
        print(error.line, file=sys.stdout if options.asked else sys.stderr)
        sys.exit(error.exit_code)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "engine.wasm").write_bytes(made.bytes)
    (options.out / "engine.json").write_text(_as_text(made.description))
    print(f"{len(made.bytes)} bytes -> {options.out}")


if __name__ == "__main__":
    main()
