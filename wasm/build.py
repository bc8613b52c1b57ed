"""Build the portable engine: the rules as they stand, as one WebAssembly module without imports.

``python wasm/build.py [--out FOLDER]`` writes ``engine.wasm`` and ``engine.json``. Numba turns the
engine into LLVM's language, LLVM turns that into WebAssembly, and Zig's linker puts it together.
The text is taken from Numba before it is optimised: only that still says what is a pointer, and
pointers are shorter in WebAssembly. Two builds give the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import llvmlite.binding as llvm
import numba
from numba.core import codegen, types

TARGET = "wasm32-unknown-unknown"
LAYOUT = "e-m:e-p:32:32-p10:8:8-p20:8:8-i64:64-i128:128-n32:64-S128-ni:1:10:20"
STACK = 65536
PACKAGE = Path(__file__).parents[1] / "src" / "cgsim"
SHIPPED = PACKAGE / "portable"

# ---- what is built -------------------------------------------------------------------------------


def compile_entries() -> tuple[str, dict[str, str]]:
    """Return the whole engine as text of LLVM, and the mangled name of every entry."""
    from cgsim import compiler, machine_code

    for library in (codegen.CPUCodeLibrary, machine_code.PartLibrary):
        library._optimize_functions = lambda self, module: None
    codegen.CPUCodeLibrary._optimize_final_module = lambda self: None
    # Only the text is wanted. Numba would make machine code for this processor of every entry
    # point, and of code that is not optimised that takes minutes.
    codegen.JITCodeLibrary._finalize_specific = lambda self: None
    codegen.JITCodeLibrary.get_pointer_to_function = lambda self, name: (
        self._ensure_finalized() or 0
    )
    codegen.JITCPUCodegen.set_env = lambda self, name, env: None
    compiler.machine_code_is_kept(False)
    from cgsim.entries import ENTRIES, SIZES, Sizes
    from cgsim.words import source_of_taker

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
    """Return the module that Zig's linker makes of an object file."""
    (folder / "engine.o").write_bytes(data)
    exports = [f"--export={name}" for name in [*entries, "__heap_base"]]
    command = [sys.executable, "-m", "ziglang", "wasm-ld", "--no-entry", "--stack-first", "-O3"]
    command += ["--strip-all", "-z", f"stack-size={STACK}", *exports, "engine.o"]
    subprocess.run([*command, "-o", "engine.wasm"], cwd=folder, check=True)
    return (folder / "engine.wasm").read_bytes()


def main() -> None:
    """Build, and write the module with what tells it from others."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=SHIPPED, help="folder to write to")
    parser.add_argument("--text", type=Path, help="keep LLVM's text here, to look at it")
    options = parser.parse_args()
    text, names = compile_entries()
    text = prepared(text, names)
    if options.text:
        options.text.write_text(text)
    with tempfile.TemporaryDirectory() as folder:
        module = linked(object_of(text, list(names)), list(names), Path(folder))
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "engine.wasm").write_bytes(module)
    (options.out / "engine.json").write_text(description(module))
    print(f"{len(module)} bytes -> {options.out}")


def description(module: bytes) -> str:
    """Return what is written beside the module."""
    from cgsim.entries import what_is_offered
    from cgsim.portable import sources

    told = {
        "module": hashlib.sha256(module).hexdigest(),
        "sources": sources.digest(),
        "tools": {tool: version(tool) for tool in ("numba", "llvmlite", "numpy", "ziglang")},
        **what_is_offered(),
    }
    return json.dumps(told, separators=(",", ":")).replace('{"name"', '\n{"name"') + "\n"


if __name__ == "__main__":
    main()
