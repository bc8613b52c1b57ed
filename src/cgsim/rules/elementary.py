"""Exponentials, logarithms and powers as rules, so that every machine gives the same bits.

The mathematical libraries of systems differ in the last place of ``exp``, ``log`` and ``pow``.
These rules use nothing but what IEEE 754 prescribes to the last bit: sums, differences, products,
comparisons, and the bits of a number. They are correct to less than one unit in the last place.

Method: a table and a short series (Tang 1989, "Table-driven implementation of the exponential
function in IEEE floating-point arithmetic", ACM TOMS 15, and 1990 for the logarithm, TOMS 16), with
sums and products carried in two numbers where one is too short (Dekker 1971). The tables are worked
out here, to 60 digits, when the module is imported.
"""

import math
import struct
from decimal import Decimal, localcontext
from typing import Any

import numpy as np

from cgsim.compiler import instruction, rule

CELL_BITS = 7
CELLS = 2**CELL_BITS
"""Into how many cells a factor of two is cut."""
FRACTION_BITS = 52
CELL_WIDTH = FRACTION_BITS - CELL_BITS
EXPONENT_OF_1 = 1023
GRID_BITS = 42
"""Heads of logarithms are multiples of 2^-42: times any power of two's exponent they are exact."""
INVERSE_BITS = 19
UPPER_BITS = ~(2**21 - 1)
"""Of a mantissa so many bits are kept that its product with an inverse is exact."""
SPLITTER = 2.0**27 + 1.0
"""Cuts a number into two halves of 26 bits (Dekker 1971)."""
ROUNDER = 1.5 * 2.0**FRACTION_BITS
"""A number to which this has been added has lost its fraction."""
FIRST_MANTISSA = 0.6875
"""Mantissas lie from here to twice as much, so that logarithms near 0 need no exponent."""


@instruction
def bits_of(value: Any) -> int:
    """Return the 64 bits of a number as a whole number with a sign."""
    return int(struct.unpack("<q", struct.pack("<d", value))[0])


@instruction
def number_of(bits: Any) -> float:
    """Return the number that 64 bits stand for."""
    return float(struct.unpack("<d", struct.pack("<q", bits))[0])


def _cut(value: Decimal, bits: int) -> float:
    """Return the multiple of 2^-bits that is nearest to a value."""
    return float((value * 2**bits).to_integral_value()) / 2.0**bits


FIRST_BITS = bits_of(FIRST_MANTISSA)


def _powers_of_two() -> tuple[Any, Any]:
    """Return the bits of 2^(cell / CELLS), and by what share of itself each is too small."""
    powers = [Decimal(2) ** (Decimal(cell) / CELLS) for cell in range(CELLS)]
    heads = [float(power) for power in powers]
    tails = [float(power / Decimal(head) - 1) for power, head in zip(powers, heads, strict=True)]
    return np.array([bits_of(head) for head in heads], np.int64), np.array(tails)


def _logarithms() -> tuple[Any, Any, Any]:
    """Return an inverse of each cell's middle, and minus its logarithm in two numbers."""
    inverses, heads, tails = [], [], []
    for cell in range(CELLS):
        low = number_of(FIRST_BITS + (cell << CELL_WIDTH))
        high = number_of(FIRST_BITS + ((cell + 1) << CELL_WIDTH))
        middle = (Decimal(low) + Decimal(high)) / 2
        inverse = 1.0 if low <= 1.0 <= high else _cut(1 / middle, INVERSE_BITS)
        logarithm = -Decimal(inverse).ln()
        inverses.append(inverse)
        heads.append(_cut(logarithm, GRID_BITS))
        tails.append(float(logarithm - Decimal(heads[-1])))
    return np.array(inverses), np.array(heads), np.array(tails)


with localcontext() as _context:
    _context.prec = 60
    POWER_BITS, POWER_TAIL = _powers_of_two()
    INVERSE, LOG_HEAD, LOG_TAIL = _logarithms()
    _log_2 = Decimal(2).ln()
    LOG_2_HEAD = _cut(_log_2, GRID_BITS)
    LOG_2_TAIL = float(_log_2 - Decimal(LOG_2_HEAD))
    CELLS_PER_UNIT = float(CELLS / _log_2)
    CELL_HEAD = _cut(_log_2 / CELLS, GRID_BITS)
    CELL_TAIL = float(_log_2 / CELLS - Decimal(CELL_HEAD))

THIRD, SIXTH, SEVENTH = 1.0 / 3.0, 1.0 / 6.0, 1.0 / 7.0
FALLING = tuple(1.0 / math.factorial(n) for n in range(12))
"""1 / n!"""
EVERY_EXP_IS_NORMAL = 700.0
EXP_OVERFLOWS, EXP_VANISHES = 709.8, -745.2
SHORT_SERIES = 0.125
"""Below this exp(x) - 1 is a series: a difference would lose places."""
SMALL_EXPONENT = 32.0
"""Up to this, errors of a logarithm of 2^-60 stay below a quarter of the power's last place."""
ONE_IS_LOST = 45.0
"""Beyond this exp(x) and exp(x) - 1 are the same number, or exp(x) vanishes beside 1."""


@rule
def reduce_exponent(x, tail):
    """Return (k, cell, rise): exp(x + tail) = 2^k * 2^(cell / CELLS) * (1 + rise)."""
    rounded = x * CELLS_PER_UNIT + ROUNDER
    steps = rounded - ROUNDER
    rest = (x - steps * CELL_HEAD) - steps * CELL_TAIL + tail
    number = int(steps)
    cell = number & (CELLS - 1)
    square = rest * rest
    rise = POWER_TAIL[cell] + rest
    rise += square * (0.5 + rest * FALLING[3])
    rise += square * square * (FALLING[4] + rest * FALLING[5])
    return number >> CELL_BITS, cell, rise


@rule
def exp_of_sum(x, tail):
    """Return e^(x + tail), where ``tail`` is small beside ``x``."""
    if not abs(x) < EVERY_EXP_IS_NORMAL:
        if x != x:
            return x
        if x > EXP_OVERFLOWS:
            return math.inf
        if x < EXP_VANISHES:
            return 0.0
    k, cell, rise = reduce_exponent(x, tail)
    # In two steps, so that neither factor leaves the range of numbers; the first is exact.
    half = k >> 1
    power = number_of(POWER_BITS[cell] + (half << FRACTION_BITS))
    value = power + power * rise
    return value * number_of((EXPONENT_OF_1 + k - half) << FRACTION_BITS)


@rule
def exp(x):
    """Return e^x: 0 far below 0, infinity far above."""
    return exp_of_sum(float(x), 0.0)


@rule
def exp_less_one(x):
    """Return e^x - 1, with all its places where x is near 0."""
    x = float(x)
    if abs(x) < SHORT_SERIES:
        series = FALLING[11]
        for power in range(10, 1, -1):
            series = FALLING[power] + x * series
        return x + x * x * series
    if not abs(x) < ONE_IS_LOST:
        return -1.0 if x < 0.0 else exp_of_sum(x, 0.0)
    k, cell, rise = reduce_exponent(x, 0.0)
    power = number_of(POWER_BITS[cell] + (k << FRACTION_BITS))
    less = power - 1.0
    lost = (power - less) - 1.0 if power >= 1.0 else power - (less + 1.0)
    return less + (lost + power * rise)


@rule
def reduce_mantissa(x):
    """Return (k, cell, mantissa): x = 2^k * mantissa, and the cell in which the mantissa lies."""
    k = 0
    if x < 2.0**-1022:  # a subnormal number has no leading bit
        x *= 2.0**54
        k = -54
    bits = bits_of(x)
    above = bits - FIRST_BITS
    shift = above >> FRACTION_BITS
    cell = (above >> CELL_WIDTH) & (CELLS - 1)
    return float(k + shift), cell, bits - (shift << FRACTION_BITS)


@rule
def log_in_parts(x):
    """Return the natural logarithm of a finite x above 0 as a sum, to 2^-60 beside 1."""
    k, cell, mantissa = reduce_mantissa(x)
    inverse = INVERSE[cell]
    upper = number_of(mantissa & UPPER_BITS)
    rest = (upper * inverse - 1.0) + (number_of(mantissa) - upper) * inverse
    base = k * LOG_2_HEAD + LOG_HEAD[cell]
    head = base + rest
    lost = (base - head) + rest
    square = rest * rest
    series = (-0.25 + rest * 0.2) + square * ((-SIXTH + rest * SEVENTH) - square * 0.125)
    series = (-0.5 + rest * THIRD) + square * series
    return head, lost + (k * LOG_2_TAIL + LOG_TAIL[cell]) + square * series


@rule
def log(x):
    """Return the natural logarithm of x: minus infinity at 0, not a number below."""
    x = float(x)
    if not 0.0 < x < math.inf:
        return -math.inf if x == 0.0 else (math.nan if x < 0.0 else x)
    head, tail = log_in_parts(x)
    return head + tail


@rule
def log_in_two(x):
    """Return the natural logarithm of a finite x above 0 as a sum, to 2^-68 of itself."""
    k, cell, mantissa = reduce_mantissa(x)
    inverse = INVERSE[cell]
    upper = number_of(mantissa & UPPER_BITS)
    large = upper * inverse - 1.0
    small = (number_of(mantissa) - upper) * inverse
    rest = large + small
    part = rest - large
    rest_tail = (large - (rest - part)) + (small - part)
    base = k * LOG_2_HEAD + LOG_HEAD[cell]
    head = base + rest
    lost = (base - head) + rest
    cut = rest * SPLITTER
    rest_upper = cut - (cut - rest)
    half_square = 0.5 * rest_upper * rest_upper
    half_square_tail = 0.5 * (rest - rest_upper) * (rest + rest_upper) + rest * rest_tail
    lower = head - half_square
    lost += (head - lower) - half_square
    square = rest * rest
    series = (-0.25 + rest * 0.2) + square * ((-SIXTH + rest * SEVENTH) - square * 0.125)
    tail = lost + (k * LOG_2_TAIL + LOG_TAIL[cell]) + (rest_tail - half_square_tail)
    tail += square * (rest * THIRD + square * series)
    total = lower + tail
    return total, (lower - total) + tail


@rule
def power(base, exponent):
    """Return base^exponent for a base that is not below 0; not a number for one that is."""
    base, exponent = float(base), float(exponent)
    if exponent == 0.0 or base == 1.0:
        return 1.0
    if not (0.0 < base < math.inf and abs(exponent) < math.inf):
        if base != base or exponent != exponent or base < 0.0:
            return math.nan
        return math.inf if (base > 1.0) == (exponent > 0.0) else 0.0
    if abs(exponent) <= SMALL_EXPONENT:
        head, tail = log_in_parts(base)
    else:
        head, tail = log_in_two(base)
    product = exponent * head
    if abs(product) > 1000.0:
        return math.inf if product > 0.0 else 0.0
    cut = exponent * SPLITTER
    exponent_upper = cut - (cut - exponent)
    exponent_lower = exponent - exponent_upper
    cut = head * SPLITTER
    head_upper = cut - (cut - head)
    head_lower = head - head_upper
    lost = exponent_upper * head_upper - product
    lost += exponent_upper * head_lower + exponent_lower * head_upper
    lost += exponent_lower * head_lower
    return exp_of_sum(product, lost + exponent * tail)
