"""Random numbers with an address: (seed, replicate, purpose, agency, month).

Every draw is a word of Philox 4x64-10 (Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers:
as easy as 1, 2, 3"), the counter-based generator that NumPy ships as ``numpy.random.Philox``. The
key is (seed, replicate); the counter is the address. So a number depends on nothing but where it
stands: not on the order of work, on what else was drawn, on the size of a world or its horizon.
``numpy.random.Philox(key=..., counter=...)`` gives the same words; a test compares them.

Uniforms take the upper 52 bits and lie strictly between 0 and 1. Normals come from uniforms by the
inverse distribution function (Wichura 1988, algorithm AS 241, PPND16), so that one address gives
one number. Gamma variates are drawn by Marsaglia & Tsang (2000), each from addresses of its own.
"""

import math
from typing import Any

import numpy as np

from cgsim.compiler import PLAIN, instruction, rule
from cgsim.rules.elementary import log, power

(
    ABSENCE,
    SLIP,
    PERCEIVE,
    OBSERVE,
    TURNOVER,
    DRIFT,
    CLIMATE,
    CAPACITY,
    HOME,
    GOAL,
    MIX,
    TIE,
    SENIOR,
    OPERATIONAL,
    RECRUIT,
    CORE,
    REWIRE,
    LONG_TIE,
) = range(18)
"""What a number is drawn for: a part of its address. Append, never reorder."""

OF_AREA = 65536
"""By so much the number of an objective's drift is higher in the next area."""
RING = 2**40
"""By so much the place of a tie in a small world is higher in the next area."""

_MULTIPLIER_0 = 0xD2E7470EE14C6C93
_MULTIPLIER_1 = 0xCA5A826395121157
_WEYL_0 = 0x9E3779B97F4A7C15
_WEYL_1 = 0xBB67AE8584CAA73B
_MASK = 0xFFFFFFFFFFFFFFFF
_ROUNDS = 10

# Whole numbers of Python do not overflow: the masks below wrap them.
word64: Any = int if PLAIN else np.uint64


@instruction
def high_word(a, b):
    """Return the upper 64 bits of the 128-bit product of two 64-bit words."""
    return (int(a) * int(b)) >> 64


@rule
def philox(seed, replicate, purpose, agency, block, words):
    """Write the four 64-bit words at one address into ``words`` (4,) of uint64.

    The key is (seed, replicate), the counter (block, agency, purpose, 0). A test compares this
    with ``numpy.random.Philox``, which counts on by one before it gives its first word.
    """
    mask = word64(_MASK)
    multiplier_0, multiplier_1 = word64(_MULTIPLIER_0), word64(_MULTIPLIER_1)
    key_0, key_1 = word64(seed), word64(replicate)
    word_0, word_1, word_2, word_3 = word64(block), word64(agency), word64(purpose), word64(0)
    for _ in range(_ROUNDS):
        high_0 = high_word(multiplier_0, word_0)
        high_1 = high_word(multiplier_1, word_2)
        low_0 = (multiplier_0 * word_0) & mask
        low_1 = (multiplier_1 * word_2) & mask
        word_0 = high_1 ^ word_1 ^ key_0
        word_1 = low_1
        word_2 = high_0 ^ word_3 ^ key_1
        word_3 = low_0
        key_0 = (key_0 + word64(_WEYL_0)) & mask
        key_1 = (key_1 + word64(_WEYL_1)) & mask
    words[0] = word_0
    words[1] = word_1
    words[2] = word_2
    words[3] = word_3


@rule
def as_uniform(word):
    """Turn a 64-bit word into a uniform: the middle of one of 2^52 cells between 0 and 1."""
    return (float(word >> word64(12)) + 0.5) * 2.0**-52


@rule
def uniform(seed, replicate, purpose, agency, place, words):
    """Return the uniform at one address; ``place`` counts within purpose and agency."""
    philox(seed, replicate, purpose, agency, place // 4, words)
    return as_uniform(words[place % 4])


@rule
def as_normal(probability):
    """Return the standard normal deviate below which ``probability`` of the distribution lies.

    Algorithm AS 241, routine PPND16 (Wichura 1988): correct to about 1 part in 10^16.
    """
    centred = probability - 0.5
    if abs(centred) <= 0.425:
        r = 0.180625 - centred * centred
        above = 2.5090809287301226727e3
        above = above * r + 3.3430575583588128105e4
        above = above * r + 6.7265770927008700853e4
        above = above * r + 4.5921953931549871457e4
        above = above * r + 1.3731693765509461125e4
        above = above * r + 1.9715909503065514427e3
        above = above * r + 1.3314166789178437745e2
        above = above * r + 3.3871328727963666080e0
        below = 5.2264952788528545610e3
        below = below * r + 2.8729085735721942674e4
        below = below * r + 3.9307895800092710610e4
        below = below * r + 2.1213794301586595867e4
        below = below * r + 5.3941960214247511077e3
        below = below * r + 6.8718700749205790830e2
        below = below * r + 4.2313330701600911252e1
        below = below * r + 1.0
        return centred * above / below
    r = math.sqrt(-log(min(probability, 1.0 - probability)))
    if r <= 5.0:
        r -= 1.6
        above = 7.74545014278341407640e-4
        above = above * r + 2.27238449892691845833e-2
        above = above * r + 2.41780725177450611770e-1
        above = above * r + 1.27045825245236838258e0
        above = above * r + 3.64784832476320460504e0
        above = above * r + 5.76949722146069140550e0
        above = above * r + 4.63033784615654529590e0
        above = above * r + 1.42343711074968357734e0
        below = 1.05075007164441684324e-9
        below = below * r + 5.47593808499534494600e-4
        below = below * r + 1.51986665636164571966e-2
        below = below * r + 1.48103976427480074590e-1
        below = below * r + 6.89767334985100004550e-1
        below = below * r + 1.67638483018380384940e0
        below = below * r + 2.05319162663775882187e0
        below = below * r + 1.0
    else:
        r -= 5.0
        above = 2.01033439929228813265e-7
        above = above * r + 2.71155556874348757815e-5
        above = above * r + 1.24266094738807843860e-3
        above = above * r + 2.65321895265761230930e-2
        above = above * r + 2.96560571828504891230e-1
        above = above * r + 1.78482653991729133580e0
        above = above * r + 5.46378491116411436990e0
        above = above * r + 6.65790464350110377720e0
        below = 2.04426310338993978564e-15
        below = below * r + 1.42151175831644588870e-7
        below = below * r + 1.84631831751005468180e-5
        below = below * r + 7.86869131145613259100e-4
        below = below * r + 1.48753612908506148525e-2
        below = below * r + 1.36929880922735805310e-1
        below = below * r + 5.99832206555887937690e-1
        below = below * r + 1.0
    return math.copysign(above / below, centred)


@rule
def normal(seed, replicate, purpose, agency, place, words):
    """Return the standard normal deviate at one address."""
    return as_normal(uniform(seed, replicate, purpose, agency, place, words))


@rule
def gamma(shape, seed, replicate, purpose, agency, place, words):
    """Return a gamma variate of the given shape and scale 1 (Marsaglia & Tsang 2000).

    Every attempt has an address of its own, so that a rejection disturbs no other number.
    """
    boosted = shape if shape >= 1.0 else shape + 1.0
    d = boosted - 1.0 / 3.0
    c = 1.0 / math.sqrt(9.0 * d)
    attempt = 0
    while True:
        philox(seed, replicate, purpose, agency, place * 65536 + attempt, words)
        attempt += 1
        x = as_normal(as_uniform(words[0]))
        v = 1.0 + c * x
        if v <= 0.0:
            continue
        v = v * v * v
        if log(as_uniform(words[1])) < 0.5 * x * x + d - d * v + d * log(v):
            value = d * v
            if shape < 1.0:
                value *= power(as_uniform(words[2]), 1.0 / shape)
            return value
