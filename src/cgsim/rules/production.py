"""What hours of different skills produce (model page, section 2)."""

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
    hour of perfectly matched work); 0 where there are no hours. Source: model page, section 2.
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
def produce_alone(hours, skills, mix, crosscut, rate, least_skill):
    """Return the output of one agency's own hours, all of one skill profile.

    Production is homogeneous of degree one, so this is ``hours * rate`` with the output of one
    hour worked out once a run, unless so few hours are worked that the floor under the hours of a
    skill is reached: then it is worked out in full.

    Parameters: ``hours`` worked; ``skills`` (S,) the agency's profile, summing to 1; ``mix``,
    ``crosscut`` of the objective; ``rate`` = produce(skills; mix, crosscut), units of need per
    hour; ``least_skill`` the smallest entry of ``skills``. Source: model page, section 2.
    """
    if hours * least_skill >= LEAST_HOURS:
        return hours * rate
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
def unit_rates(world, rate, least_skill):
    """Work out once a run what an hour of each agency's own work yields for each objective.

    Writes ``rate`` (N, K) in units of need per hour and ``least_skill`` (N,).
    """
    for agency in range(world.skill.shape[0]):
        least_skill[agency] = 1.0
        for skill in range(world.skill.shape[1]):
            least_skill[agency] = min(least_skill[agency], world.skill[agency, skill])
        for objective in range(world.mix.shape[0]):
            rate[agency, objective] = produce(
                world.skill[agency], world.mix[objective], world.crosscut[objective]
            )
