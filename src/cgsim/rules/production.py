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
"""

from cgsim.compiler import rule

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
def produce_few(hours, skills, mix, crosscut):
    """Return the output of so few hours of one agency that the floor under skills is reached.

    Production is homogeneous of degree one, so elsewhere an agency's own output is its hours times
    the output of one hour, worked out once a run.

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
