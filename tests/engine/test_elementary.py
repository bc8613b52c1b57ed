"""Exponentials, logarithms, powers: right to the last place; the machine's own are unused."""

import ast
import math
from pathlib import Path

import numba
import numpy as np
import pytest

import cgsim
from cgsim.compiler import COMPILED_PARTS
from cgsim.machine_code import OPTIONS
from cgsim.rules import elementary

PACKAGE = Path(cgsim.__file__).parent
LONG = np.longdouble
needs_a_longer_reference = pytest.mark.skipif(
    np.finfo(LONG).nmant < 60, reason="this machine has no longer numbers to compare with"
)


def over(function):
    @numba.njit(error_model="numpy")
    def every(xs, out):
        for place in range(xs.size):
            out[place] = function(xs[place])

    def call(xs):
        out = np.empty(xs.size)
        every(xs, out)
        return out

    return call


@numba.njit(error_model="numpy")
def every_power(bases, exponents, out):
    for place in range(bases.size):
        out[place] = elementary.power(bases[place], exponents[place])


def powers(bases, exponents):
    out = np.empty(bases.size)
    every_power(bases, exponents, out)
    return out


FUNCTIONS = {
    "exp": (over(elementary.exp), np.exp),
    "exp_less_one": (over(elementary.exp_less_one), np.expm1),
    "log": (over(elementary.log), np.log),
}


def worst(got, reference):
    """Return the largest error in units of the last place."""
    unit = np.spacing(np.abs(reference.astype(np.float64))).astype(LONG)
    return float(np.max(np.abs(got.astype(LONG) - reference) / unit))


def arguments(count, seed):
    """Yield (function, arguments) over all that each can take, dense where the model is."""
    draw = np.random.default_rng(seed)
    near = [draw.uniform(-1, 1, count), draw.uniform(-50, 50, count)]
    near += [draw.uniform(-1e-6, 1e-6, count), draw.uniform(-0.13, 0.13, count)]
    for xs in (*near, draw.uniform(-708, 709, count), draw.uniform(-745, -708, count)):
        yield "exp", xs
        yield "exp_less_one", xs
    yield "log", draw.uniform(0, 1, count)
    yield "log", draw.uniform(0.6, 1.5, count)
    yield "log", 1.0 + draw.uniform(-1e-5, 1e-5, count)
    yield "log", draw.uniform(0, 2**-1022, count)
    yield "log", np.ldexp(draw.uniform(1, 2, count), draw.integers(-1022, 1023, count))


def pairs(count, seed):
    """Yield (bases, exponents): those of the model, and those at which powers are hard."""
    draw = np.random.default_rng(seed)
    yield draw.uniform(0, 1, count), draw.uniform(0, 4, count)
    yield draw.uniform(0.5, 1, count), draw.uniform(0, 40, count)
    yield draw.uniform(1, 30, count), draw.uniform(-0.5, 0, count)
    yield 1.0 + draw.uniform(-1e-3, 1e-3, count), draw.uniform(-1e5, 1e5, count)
    yield np.exp2(draw.uniform(-40, 40, count)), draw.uniform(-20, 20, count)


def check(count, seed):
    for name, xs in arguments(count, seed):
        ours, theirs = FUNCTIONS[name]
        assert worst(ours(xs), theirs(xs.astype(LONG))) < 1.0, name
    for bases, exponents in pairs(count, seed):
        reference = np.power(bases.astype(LONG), exponents.astype(LONG))
        assert worst(powers(bases, exponents), reference) < 1.0


@needs_a_longer_reference
def test_every_value_is_right_to_less_than_one_unit_in_the_last_place():
    check(20_000, 1)


@pytest.mark.soak
@needs_a_longer_reference
def test_ten_million_values_are_right_to_less_than_one_unit_in_the_last_place():
    for seed in range(46):
        check(10_000, 100 + seed)


@pytest.mark.uncompiled
def test_at_the_ends_of_the_range_they_say_what_ieee_754_recommends():
    inf, nan = math.inf, math.nan
    tiny = 5e-324
    ends = [
        (elementary.exp, [(nan, nan), (inf, inf), (-inf, 0), (710, inf), (-746, 0), (-0.0, 1)]),
        (elementary.exp_less_one, [(nan, nan), (inf, inf), (-inf, -1), (0, 0), (1e-300, 1e-300)]),
        (elementary.log, [(nan, nan), (inf, inf), (-inf, nan), (-1, nan), (0, -inf), (1, 0)]),
        (elementary.log, [(tiny, math.log(tiny)), (1.7e308, math.log(1.7e308))]),
    ]
    for function, cases in ends:
        for x, expected in cases:
            np.testing.assert_equal(float(function(float(x))), float(expected))
    for base in (0.0, 0.5, 1.0, 2.0, inf, nan):
        for exponent in (-inf, -2000.0, -1.0, 0.0, 1.0, 2000.0, inf, nan):
            with np.errstate(all="ignore"):
                expected = float(np.float_power(base, exponent))
            np.testing.assert_equal(float(elementary.power(base, exponent)), expected)
    assert math.isnan(elementary.power(-1.0, 2.0))


@pytest.mark.uncompiled
def test_compiled_or_not_the_bits_are_the_same():
    """The values were written down on one machine; any other has to give these bits."""
    xs = [(-1) ** n * 1.37**n / 97 for n in range(36)]
    bits = 0
    for x in xs:
        values = (
            elementary.exp(min(x, 700.0)),
            elementary.exp_less_one(min(x, 700.0)),
            elementary.log(abs(x)),
            elementary.power(abs(x), 0.37),
            elementary.power(abs(x), -41.5),
        )
        for value in values:
            bits = (bits * 1_000_003 + elementary.bits_of(float(value))) % 2**64
    assert bits == WRITTEN_DOWN


WRITTEN_DOWN = 2429821904269716061


def fused(**options):
    """Tell whether a product and a sum come out as one operation, which rounds once, not twice."""

    @numba.njit(**options)
    def add_products(a, b, out):
        for place in range(a.size):
            out[place] = a[place] * b[place] + out[place]

    one = np.ones(3)
    add_products(one, one, np.ones(3))
    return any("fmadd" in text or "fmla" in text for text in add_products.inspect_asm().values())


@pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="nothing is compiled")
def test_the_compiler_fuses_no_product_with_a_sum():
    if not fused(**OPTIONS, fastmath={"contract"}):
        pytest.skip("this processor cannot")
    assert not fused(**OPTIONS)


OWN = {"exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "pow", "power", "float_power"}
OWN |= {"sin", "cos", "tan", "tanh", "sinh", "cosh", "hypot", "erf", "gamma", "lgamma", "cbrt"}


def machines_own(source):
    """Yield the lines that call a mathematical library or raise to a power that varies."""
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Attribute)
            and node.attr in OWN
            and isinstance(node.value, ast.Name)
        ):
            if node.value.id in ("math", "np", "numpy"):
                yield node.lineno
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
            whole = isinstance(node.right, ast.Constant) and isinstance(node.right.value, int)
            constants = isinstance(node.left, ast.Constant | ast.Call)  # tables: Decimal(2) ** ...
            if not whole and not constants:
                yield node.lineno


def test_no_compiled_part_uses_the_machines_own_functions():
    found = []
    for part in COMPILED_PARTS:
        root = PACKAGE / part
        for path in [root] if root.is_file() else sorted(root.rglob("*.py")):
            found += [f"{path.name}:{line}" for line in machines_own(path.read_text("utf-8"))]
    assert found == []


def test_such_uses_would_be_found():
    assert sorted(machines_own("a = math.exp(x)\nb = x ** y\nc = x ** 2\nd = np.log(x)")) == [
        1,
        2,
        4,
    ]
