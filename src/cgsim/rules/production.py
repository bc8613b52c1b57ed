"""Production: what hours of different skills produce (model page, Submodels).

Hours h by skill, put into an objective, give

    produce(h; r, κ) = (1 - κ)·H + κ / Σ_s (r_s² / max(h_s, 1e-9)),   H = Σ_s h_s,   0 if H ≤ 0

The first part adds up: pooling gains nothing. The second is a weighted harmonic mean: full where
skills come in the proportion needed, near 0 where one is missing. Pooling can never lose in
production, and gains nothing where skills are alike or κ = 0. Whether a partnership gains is
decided by what it costs to work together.

Why this form: the second part is the production function with a constant elasticity of
substitution of one half (Arrow and others 1961): one skill can stand in for another, but poorly. It
keeps the three properties above for any number of skills, and returns to scale are constant, so
that size as such is neither rewarded nor punished. The elasticity, and the mixture of the two parts
by κ, are expert assumptions.

*Other mechanisms* (``[mechanisms] production``) put another function in the place of the second
part; κ and the first part stay. With x_s = h_s/(r_s·H), how far a skill is there beside what the
objective takes of it (1 where all is in proportion; at least 1e-9), over skills with r_s > 0:

    ces            H·(Σ_s r_s·x_s^ρ)^(1/ρ),   ρ = 1 - 1/elasticity;   H·Π_s x_s^r_s at elasticity 1
    weakest_link   H·min_s x_s
    o_ring         H·Π_s min(1, x_s)

With elasticity one half *ces* is the harmonic mean above; with less it falls to *weakest_link*, and
with more it rises to H, where nothing is gained by pooling. At any elasticity, and with
*weakest_link*, pooling can never lose in production. Under *o_ring* it can: each skill is a task,
all hours go into the attempt, and a task done by halves halves the worth of all others (Kremer
1993). So hours of a skill that there is enough of spread the others thinner. None is ever above
*harmonic* but *ces* with an elasticity above one half, and *o_ring* is never above *weakest_link*.

Who is asked to found a partnership, or to join, is chosen by the harmonic mean under every
mechanism: the same members then work by another function, and only production differs.

Why these forms: results that rest on how skills combine may rest on that function. The elasticity
between kinds of labour has been measured, though not for professions (Katz & Murphy 1992: 1.4). At
one end of the range one missing skill stops the work (Leontief 1941; Hirshleifer 1983 on goods of
which the least contribution is the whole). Where parts of a service are worth something only
together, their qualities multiply (Kremer 1993); that the quality of a task is how far its skill is
there is an expert assumption.
"""

from cgsim.compiler import rule
from cgsim.mechanisms import PRODUCTION
from cgsim.rules.elementary import exp, exp_less_one, log

HARMONIC, CES, WEAKEST_LINK, O_RING = PRODUCTION.numbers
LEAST_OF_MIX = 1e-9
"""A skill is there for at least this share of what the objective takes of it."""
LEAST_EXPONENT = 1e-8
"""With ρ nearer to 0 than this the mean is geometric."""
LEAST_HOURS = 1e-9
"""Hours of a skill below this count as this, so that a missing skill is never divided by."""


@rule
def produce(hours, mix, crosscut):
    """Return the output of hours of several skills put into one objective.

    produce(h; r, kappa) = (1 - kappa) * H + kappa / sum_s(r_s^2 / max(h_s, 1e-9)), H = sum_s h_s

    The first part is additive. The second is a weighted harmonic mean: it equals H where skills
    come in the proportion of the mix and falls towards 0 where one of them is missing.

    Parameters: ``hours`` (S,) hours of each skill; ``mix`` (S,) the share of each skill that the
    objective takes, summing to 1; ``crosscut`` 0 to 1. Returns units of need (1 unit is met by one
    hour of perfectly matched work); 0 where there are no hours. Source: model page, Production.
    """
    total = 0.0
    resistance = 0.0
    for skill in range(mix.shape[0]):
        total += hours[skill]
        resistance += mix[skill] * mix[skill] / max(hours[skill], LEAST_HOURS)
    if total <= 0.0:
        return 0.0
    return (1.0 - crosscut) * total + crosscut / resistance


@rule
def produce_ces(hours, total, mix, elasticity):
    """Return the mean of the skills with an elasticity of substitution, times the hours in all.

    H * (sum_s r_s * x_s^rho)^(1 / rho), x_s = h_s / (r_s * H), rho = 1 - 1 / ``elasticity``; the
    geometric mean at elasticity 1. ``hours`` (S,), ``total`` their sum, above 0; ``mix`` (S,).
    Returns units of need. Source: Arrow and others 1961.
    """
    exponent = 1.0 - 1.0 / elasticity
    geometric = abs(exponent) < LEAST_EXPONENT
    mean = 0.0
    for skill in range(mix.shape[0]):
        if mix[skill] > 0.0:
            there = log(max(hours[skill] / (mix[skill] * total), LEAST_OF_MIX))
            mean += mix[skill] * (there if geometric else exp_less_one(exponent * there))
    if geometric:
        return total * exp(mean)
    return total * exp(log(1.0 + mean) / exponent)


@rule
def produce_weakest_link(hours, total, mix):
    """Return what the scarcest skill allows: H * min_s x_s, x_s = h_s / (r_s * H).

    ``hours`` (S,), ``total`` their sum, above 0; ``mix`` (S,). Returns units of need. Source:
    Leontief 1941; Hirshleifer 1983.
    """
    least = 1.0
    for skill in range(mix.shape[0]):
        if mix[skill] > 0.0:
            least = min(least, max(hours[skill] / (mix[skill] * total), LEAST_OF_MIX))
    return total * least


@rule
def produce_o_ring(hours, total, mix):
    """Return the hours in all times how well each task is done: H * prod_s min(1, x_s).

    ``hours`` (S,), ``total`` their sum, above 0; ``mix`` (S,). Returns units of need. Source:
    Kremer 1993.
    """
    done = 1.0
    for skill in range(mix.shape[0]):
        if mix[skill] > 0.0:
            done *= min(1.0, max(hours[skill] / (mix[skill] * total), LEAST_OF_MIX))
    return total * done


@rule
def produce_as_chosen(parameters, hours, mix, crosscut):
    """Return the output of hours of several skills by the mechanism of ``production`` chosen.

    Arguments and result as for ``produce``, which is the model's own.
    """
    if parameters.production == HARMONIC:
        return produce(hours, mix, crosscut)
    total = 0.0
    for skill in range(mix.shape[0]):
        total += hours[skill]
    if total <= 0.0:
        return 0.0
    if parameters.production == CES:
        joined = produce_ces(hours, total, mix, parameters.elasticity)
    elif parameters.production == WEAKEST_LINK:
        joined = produce_weakest_link(hours, total, mix)
    else:
        joined = produce_o_ring(hours, total, mix)
    return (1.0 - crosscut) * total + crosscut * joined


@rule
def produce_few(hours, skills, mix, crosscut):
    """Return the output of so few hours of one agency that the floor under skills is reached.

    Production is homogeneous of degree one, so elsewhere an agency's own output is its hours times
    the output of one hour, worked out once a run; so it is everywhere with another mechanism, whose
    floors are shares of the hours.

    Parameters: ``hours`` worked; ``skills`` (S,) the agency's profile, summing to 1; ``mix`` and
    ``crosscut`` of the objective. Source: model page, Production.
    """
    total = 0.0
    resistance = 0.0
    for skill in range(mix.shape[0]):
        worked = hours * skills[skill]
        total += worked
        resistance += mix[skill] * mix[skill] / max(worked, LEAST_HOURS)
    if total <= 0.0:
        return 0.0
    return (1.0 - crosscut) * total + crosscut / resistance


@rule
def add_up(row):
    """Return the sum of a row: every fourth entry in a sum of its own, then those four.

    The order is stated because results must not depend on who adds up; four sums at once are
    faster than one.
    """
    first = second = third = fourth = 0.0
    whole = row.shape[0] // 4 * 4
    for i in range(0, whole, 4):
        first += row[i]
        second += row[i + 1]
        third += row[i + 2]
        fourth += row[i + 3]
    for i in range(whole, row.shape[0]):
        first += row[i]
    return (first + second) + (third + fourth)


@rule
def add_up_products(row, weights):
    """Return the sum of products of two rows, in the order of ``add_up``."""
    first = second = third = fourth = 0.0
    whole = row.shape[0] // 4 * 4
    for i in range(0, whole, 4):
        first += row[i] * weights[i]
        second += row[i + 1] * weights[i + 1]
        third += row[i + 2] * weights[i + 2]
        fourth += row[i + 3] * weights[i + 3]
    for i in range(whole, row.shape[0]):
        first += row[i] * weights[i]
    return (first + second) + (third + fourth)
