"""Step 7, learn: what working alone and together seem to be worth (model page, Submodels).

U_i ← U_i + ``memory``·(Σ_k w_ik·own_ik/o_i - U_i), and V_i likewise with Σ_k own_ik. Both are set
outright in month 0, and untouched if o_i ≤ 1e-6. Own and joint output here are after scaling by
met/O. For members:

    R = Σ_k w_ik·joint_bk / (H_b + overhead_salience·overhead before the cap)   (0 if H_b ≤ 1e-6)
    R ← R·max(0, 1 + perceive_sd·(1 - M)·shock);   E_bi ← E_bi + memory·(R - E_bi)

Why this form: experience is remembered with weights that fade by a constant share, as models of
learning in games have it (Erev & Roth 1998). An agency judges by its own goals, sees the
partnership's work and never the true gain, which is a difference from a life that it does not live.
That the error is a factor, and that meetings are counted in part, are expert assumptions.
"""

from cgsim.compiler import rule


@rule
def learn_own_return(parameters, month, state):
    """Update each agency's remembered return on its own hours.

    U += ``memory`` * (sum_k goal_k * own_k / o - U); V the same with every objective in full.
    Both are set outright in month 0 and left alone where no hours were worked.
    """
    memory = 1.0 if month == 0 else parameters.memory
    objectives, agencies = state.goal.shape
    valued, public = state.valued, state.own_met
    for agency in range(agencies):
        valued[agency] = 0.0
        public[agency] = 0.0
    for objective in range(objectives):
        goal, output = state.goal[objective], state.own_output[objective]
        for agency in range(agencies):
            valued[agency] += goal[agency] * output[agency]
            public[agency] += output[agency]
    for agency in range(agencies):
        hours = state.own_hours[agency]
        if hours > 1e-6:
            own, common = state.own_return[agency], state.public_return[agency]
            state.own_return[agency] = own + memory * (valued[agency] / hours - own)
            state.public_return[agency] = common + memory * (public[agency] / hours - common)


@rule
def learn_appeal(parameters, shocks, month, b, state):
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
            for objective in range(state.goal.shape[0]):
                felt += state.goal[objective, agency] * state.joint_output[b, objective]
            felt *= max(0.0, 1.0 + blur * shocks.perceive[month, agency]) / cost
        state.appeal[b, place] += parameters.memory * (felt - state.appeal[b, place])
