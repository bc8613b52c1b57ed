"""Machine code made of rules and entry points, with Numba.

Importing this imports Numba, which takes half a second: ``compiler`` does it when machine code is
needed. A rule that compiled code calls becomes a ``Part``: translated and tidied up, but neither
optimised together with what it calls nor made ready to run. Both are done once, in the entry point
that it is built into; Numba by itself does both for every function, and again in its callers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from copy import copy
from functools import cache
from typing import Any

import numba
from llvmlite.binding import Linkage, Target
from numba import typeof as typeof
from numba.core import cgutils, config, types
from numba.core import compiler as numba_compiler
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler_lock import global_compiler_lock as global_compiler_lock
from numba.core.registry import CPUDispatcher
from numba.extending import intrinsic
from numba.np import arrayobj

from cgsim.words import source_of_taker

OPTIONS = {"error_model": "numpy", "_nrt": False}
"""Divide as NumPy does, and count no references: compiled code may not allocate (decision 1)."""

# ---- parts: rules inside other compiled code -----------------------------------------------------


class PartLibrary(JITCodeLibrary):  # type: ignore[misc]
    """One function's code: tidied up by itself, which is quick, and not optimised as a whole."""

    _shared_module: Any

    def _optimize_functions(self, module: Any) -> None:
        module.data_layout = self._codegen._data_layout
        passes, builder = self._codegen._function_pass_manager()
        for function in module.functions:
            if not function.is_declaration:
                passes.run(function, builder)

    def finalize(self) -> None:
        """Do nothing: it never runs by itself."""
        self._finalized = True

    def _libraries(self) -> Iterator[Any]:
        """Yield it and all that it calls, each once, what calls before what is called."""
        seen: dict[Any, None] = {}
        waiting = [self]
        while waiting:
            library = waiting.pop()
            if library not in seen:
                seen[library] = None
                yield library
                if isinstance(library, PartLibrary):
                    waiting += reversed(library._linking_libraries)

    def _get_module_for_linking(self) -> Any:
        """Return its code together with that of all it calls."""
        if self._shared_module is None:
            _, *called = self._libraries()
            module = self._final_module.clone()
            for library in called:
                own = isinstance(library, PartLibrary)
                code = library._final_module if own else library._get_module_for_linking()
                module.link_in(code, preserve=True)
            for function in module.functions:
                if not function.is_declaration and function.linkage == Linkage.external:
                    function.linkage = "linkonce_odr"
            self._shared_module = module
        return self._shared_module


class _NeverCalled:
    """Stands for a part where Numba looks for something to call from Python."""


class _PartCompiler(numba_compiler.Compiler):  # type: ignore[misc]
    """Numba's own steps, without the last: nothing is made ready to run."""

    def _compile_bytecode(self) -> Any:
        state = self.state
        state.library = PartLibrary(state.targetctx.codegen(), state.func_id.func_qualname)
        state.flags.no_compile = True
        made = super()._compile_bytecode()._replace(entry_point=_NeverCalled())
        state.targetctx.insert_user_function(made.entry_point, made.fndesc, [made.library])
        return made


class Part(CPUDispatcher):  # type: ignore[misc]
    """A function that Python does not call by Numba's ways."""

    def add_overload(self, made: Any) -> None:
        """Note what was made for arguments of some types."""
        self.overloads[tuple(made.signature.args)] = made


def part(function: Callable[..., Any], inlined: bool, checked: bool) -> Part:
    """Return what compiled code calls in a function's place.

    ``checked``: whether a place beyond the end of an array raises ``IndexError``.
    """
    options = {
        "nopython": True,
        "boundscheck": checked or None,
        "no_cpython_wrapper": True,
        "no_cfunc_wrapper": True,
        "forceinline": inlined,
        **OPTIONS,
    }
    return Part(function, targetoptions=options, pipeline_class=_PartCompiler)


def alone(function: Callable[..., Any], checked: bool) -> Any:
    """Return a function compiled by itself, for Python to call."""
    return numba.njit(**OPTIONS, boundscheck=checked or None)(function)


_retired: list[Any] = []
"""Machine code that is not used again; another thread may still be running it."""


def forget(dispatcher: Any) -> None:
    """Let go of what Numba has compiled of a function, so that it is compiled anew."""
    _retired.append(dict(dispatcher.overloads))
    dispatcher._reset_overloads()
    dispatcher._compiler._failed_cache.clear()


# ---- entry points --------------------------------------------------------------------------------


@cache
def _for_short_loops(codegen: Any) -> Any:
    """Return what generates code without the widest registers and the newest instructions of x86.

    Most loops of a month are over a few members, and take longer with them (``docs/speed.md``). The
    bits are the same with and without. ``NUMBA_CPU_NAME`` is heeded where it is set.
    """
    if config.CPU_NAME or not codegen._llvm_module.triple.startswith("x86_64"):
        return codegen
    options = {"opt": config.OPT}
    codegen._customize_tm_options(options)
    has_avx = "+avx" in options["features"].split(",")
    options |= {"cpu": "generic", "features": "+avx" if has_avx else ""}
    general = copy(codegen)
    general._tm = Target.from_triple(codegen._llvm_module.triple).create_target_machine(**options)
    return general


class EntryLibrary(JITCodeLibrary):  # type: ignore[misc]
    """An entry point's code with all that it calls, optimised as a whole."""

    object_file: bytes

    def _optimize_final_module(self) -> None:
        passes, builder = _for_short_loops(self._codegen)._module_pass_manager()
        passes.run(self._final_module, builder)

    def _finalize_final_module(self) -> None:
        """Make the object file. Numba's engine is not given it: ``native`` runs it."""
        self._finalize_dynamic_globals()
        self._verify_declare_only_symbols()
        self.object_file = _for_short_loops(self._codegen)._tm.emit_object(self._final_module)
        self._finalized = True


class _EntryCompiler(numba_compiler.Compiler):  # type: ignore[misc]
    """Numba's own steps, without the last: the object file is all that is wanted."""

    def _compile_bytecode(self) -> Any:
        state = self.state
        state.library = EntryLibrary(state.targetctx.codegen(), state.func_id.func_qualname)
        state.flags.no_compile = True
        return super()._compile_bytecode()


@global_compiler_lock  # type: ignore[untyped-decorator]
def made_of(entry: Any, values: Sequence[Any]) -> tuple[str, bytes, bool]:
    """Return an object file of an entry point for such values, and the name to call in it.

    What is called takes the values out of a row of words (``words``). The last value tells whether
    another process may run it: not where an address of this one is in it.
    """
    space: dict[str, Any] = {"array_at": array_at, "as_number": number_of}
    name = f"{entry.py_func.__name__}_by_words"
    exec(source_of_taker(name, entry, values, space), space)
    options = {"nopython": True, "no_cpython_wrapper": True, "no_cfunc_wrapper": True, **OPTIONS}
    taker = Part(space[name], targetoptions=options, pipeline_class=_EntryCompiler)
    taker.compile((types.int64,))
    (made,) = taker.overloads.values()
    made.library._ensure_finalized()
    library = made.library
    return made.fndesc.llvm_func_name, library.object_file, not library.has_dynamic_globals


@intrinsic
def array_at(typing_context, address, shape, dtype):  # type: ignore[no-untyped-def]
    """Return the array that lies at an address of the memory, of a shape and a type."""
    kind = types.Array(dtype.dtype, len(shape), "C")

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        array = arrayobj.make_array(kind)(context, builder)
        item = context.get_abi_sizeof(context.get_data_type(kind.dtype))
        if isinstance(kind.dtype, types.Record):
            item = kind.dtype.size
        size = context.get_constant(types.intp, item)
        lengths = cgutils.unpack_tuple(builder, arguments[1], len(shape))
        steps = [size]
        for length in reversed(lengths[1:]):
            steps.insert(0, builder.mul(steps[0], length))
        data = builder.inttoptr(arguments[0], array.data.type)
        arrayobj.populate_array(array, data, lengths, steps, size, None)
        return array._getvalue()

    return kind(address, shape, dtype), generate


# ---- instructions --------------------------------------------------------------------------------


@intrinsic
def bits_of(typing_context, value):  # type: ignore[no-untyped-def]
    """Return the 64 bits of a number as a whole number with a sign."""

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        return builder.bitcast(arguments[0], cgutils.ir.IntType(64))

    return types.int64(types.float64), generate


@intrinsic
def number_of(typing_context, bits):  # type: ignore[no-untyped-def]
    """Return the number that 64 bits stand for."""

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        return builder.bitcast(arguments[0], cgutils.ir.DoubleType())

    return types.float64(types.int64), generate


@intrinsic
def high_word(typing_context, a, b):  # type: ignore[no-untyped-def]
    """Return the upper 64 bits of the 128-bit product of two 64-bit words."""

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        wide = cgutils.ir.IntType(128)
        factors = [builder.zext(argument, wide) for argument in arguments]
        upper = builder.lshr(builder.mul(*factors), cgutils.ir.Constant(wide, 64))
        return builder.trunc(upper, cgutils.ir.IntType(64))

    return types.uint64(types.uint64, types.uint64), generate


_INSTRUCTIONS = {"bits_of": bits_of, "number_of": number_of, "high_word": high_word}


def type_of_instruction(name: str) -> Any:
    """Return what Numba takes an instruction for."""
    context = CPUDispatcher.targetdescr.typing_context
    context.refresh()
    return context.resolve_value_type(_INSTRUCTIONS[name])
