"""Step 7, learn: what agencies come to expect of working alone and together (model page, section 3)."""

from cgsim.compiler import rule


@rule
def learn_own_return(parameters, world, month, state):
    """Update each agency's remembered return on its own hours.

    U += ``memory`` * (sum_k goal_k * own_k / o - U); V the same with every objective in full.
    Both are set outright in month 0 and left alone where no hours were worked.
    """
    memory = 1.0 if month == 0 else parameters.memory
    agencies, objectives = world.goal.shape
    for agency in range(agencies):
        hours = state.own_hours[agency]
        if hours <= 1e-6:
            continue
        valued = 0.0
        public = 0.0
        for objective in range(objectives):
            output = state.own_output[agency, objective]
            valued += world.goal[agency, objective] * output
            public += output
        state.own_return[agency] += memory * (valued / hours - state.own_return[agency])
        state.public_return[agency] += memory * (public / hours - state.public_return[agency])


@rule
def learn_appeal(parameters, world, shocks, month, b, state):
    """Update the members' remembered return of a partnership, by what each of them feels of it.

    R = sum_k goal_k * joint_k / (H + ``overhead_salience`` * overhead hours), seen with an error
    that monitoring makes smaller; E += ``memory`` * (R - E). Nobody sees the true gain.
    """
    partnership = state.partnership[b]
    joint_hours = partnership.joint_hours
    cost = joint_hours + parameters.overhead_salience * partnership.overhead
    blur = parameters.perceive_sd * (1.0 - partnership.monitoring)
    for place in range(partnership.members):
        agency = state.roster[b, place]
        felt = 0.0
        if joint_hours > 1e-6:
            for objective in range(world.goal.shape[1]):
                felt += world.goal[agency, objective] * state.joint_output[b, objective]
            felt *= max(0.0, 1.0 + blur * shocks.perceive[month, agency]) / cost
        state.appeal[b, agency] += parameters.memory * (felt - state.appeal[b, agency])
