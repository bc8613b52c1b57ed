"""Step 9, commit: how much members give next month, and who leaves (model page, Submodels).

All members at once:

    pull = sensitivity·ln(max(E, 1e-6)/max(U, 1e-6))
           + (sweetener if the fund paid this month), within ±50
    want = max_share·(1 - trust_weight·(1 - mean trust in the other members)) / (1 + e^-pull)
    peers = trust-weighted mean of the other members' z
    z ← z + adapt·(senior·((1 - reciprocity)·want + reciprocity·peers) - z)

The trust-weighted mean of z is 0 for an agency that trusts nobody. Saving is the largest over an
agency's partnerships of ``shareable``·z·φ with the new z, else 0. A month with E <
``exit_ratio``·U adds 1 to disappointment; any other sets it to 0. A member leaves when
disappointment times (1 - ``mandate``) reaches ``patience``; its commitment is 0 at once. An
``adaptive`` partnership, when its age mod 6 is 5, multiplies its meetings by 0.7 (not below 1/6) if
supply is more than twice the load, and by 1.3 (not above 4) if load exceeds supply. Last, an
agency's commitments are scaled down to ``max_share`` if they exceed it in total. Savings are worked
out before members leave and before this scaling.

Why this form: the share wanted is a logistic choice between two uses of an hour (McFadden 1974)
that hangs on the ratio of what they are worth, so that units do not matter. Many people give as
others give (Fischbacher and others 2001; Levati & Zultan 2011): that part is ``reciprocity``.
Agencies move slowly, by a share of the way each month. That the want grows in proportion to trust,
that patience is a count of months, and the steps by which meetings adapt are expert assumptions.

*Other mechanisms of giving* (``[mechanisms] giving``) put something else in the place of ``peers``:

    self_serving   (1 - self_serving_bias)·peers
    threshold      want if peers ≥ critical_share·want, else 0

Why these forms: in experiments most people who match others' gifts fall somewhat short of them, and
so giving falls step by step (Fischbacher and others 2001; Fischbacher & Gächter 2010). With an
assurance that others do their part many would do theirs (Sen 1967), and who joins in once enough
others have, has a threshold (Granovetter 1978). With no bias *self_serving* is the model's own;
with ``critical_share`` 0 *threshold* is as without ``reciprocity``. Bias and threshold are the same
for all: expert assumption.

*Other mechanisms of the load* (``[mechanisms] load``) change what a member of n wants to give, and
so what it gives and what others take it to want:

    free_riding    want·n^(-loafing)
    core           want·periphery_share, where a member cares less for the agenda than the members
                   do on average; care is the sum of its goal weights on the agenda

Why these forms: what one member adds is shared by all, so each leaves more to the others the more
they are (Olson 1965), and people work less hard in larger groups (Karau & Williams 1993). Those to
whom a thing is worth most carry it for all (Olson 1965), as a core that a periphery is tied to
(Borgatti & Everett 2000). The power, and that the border of the core is the mean, are expert
assumptions.

*Another mechanism of leaving* (``[mechanisms] leaving``). With *gradual* a member with
disappointment d leaves this month where, with the agency's draw u of step 8,

    1 - u < 1 - e^(-hazard),   hazard = exit_hazard·d·(1 - mandate)

so that after d months of disappointment without a break the chance to be still there is e^(-S), S =
½·exit_hazard·(1 - mandate)·d·(d + 1). ``patience`` is not read. The draw is uniform, and an agency
has one in a month: who is unhappy in two partnerships tends to leave both at once. Turnover happens
where u is low and leaving where it is high, so who has just lost its people stays this month.

Why this form: *patience* is a honeymoon in which nobody leaves and after which all do, a step in
place of the hump that is seen in print (Fichman & Levinthal 1991). A hazard that grows in
proportion to the time already spent is the simplest that rises (Kiefer 1988: positive duration
dependence; a Weibull of shape 2), and needs one number. That only months without benefit count, and
that one good month makes them forgotten, is as with *patience*. The rate is an expert assumption.
"""

from cgsim.compiler import rule
from cgsim.mechanisms import GIVING, LEAVING, LOAD
from cgsim.rules.acquaintance import cell
from cgsim.rules.elementary import exp, log, power
from cgsim.rules.joining import care, leave
from cgsim.rules.state import LEAST, LEAST_RETURN

STRONGEST_PULL = 50.0
RECIPROCAL, SELF_SERVING, THRESHOLD = GIVING.numbers
ALIKE, FREE_RIDING, CORE = LOAD.numbers
PATIENCE, GRADUAL = LEAVING.numbers


@rule
def reconsider(parameters, world, b, state):
    """Let the members of one partnership move what they give towards what they want to give.

    pull = ``sensitivity`` * ln(E / U) + ``sweetener`` while the fund pays;
    want = ``max_share`` * (1 - ``trust_weight`` * (1 - mean trust in the others)) / (1 + e^-pull);
    z += ``adapt`` * (senior * ((1 - ``reciprocity``) * want + ``reciprocity`` * what trusted
    others give) - z), all members at once. Other mechanisms of ``load`` change what they want, and
    others of ``giving`` what stands for what trusted others give.
    """
    partnership = state.partnership[b]
    roster = state.roster[b]
    members = partnership.members
    given = state.commitment[b]
    care_of_core = mean_care(world, b, state) if parameters.load == CORE else 0.0
    for place in range(members):
        agency = roster[place]
        trust = 0.0
        weighted = 0.0
        for other in range(members):
            trusted = state.trust[cell(b, place, other, state)]  # 0 in itself
            trust += trusted
            weighted += trusted * given[other]
        others_give = weighted / trust if trust > LEAST else 0.0
        mean_trust = trust / (members - 1)
        appeal = max(state.appeal[b, place], LEAST_RETURN)
        own_return = max(state.own_return[agency], LEAST_RETURN)
        pull = parameters.sensitivity * log(appeal / own_return)
        if partnership.bought > LEAST:
            pull += parameters.sweetener
        pull = min(STRONGEST_PULL, max(-STRONGEST_PULL, pull))
        want = parameters.max_share * (1.0 - parameters.trust_weight * (1.0 - mean_trust))
        want /= 1.0 + exp(-pull)
        if parameters.load == FREE_RIDING:
            want *= power(members, -parameters.loafing)
        elif parameters.load == CORE and care(world.goal[agency], state.agenda[b]) < care_of_core:
            want *= parameters.periphery_share
        if parameters.giving == SELF_SERVING:
            others_give *= 1.0 - parameters.self_serving_bias
        elif parameters.giving == THRESHOLD:
            others_give = want if others_give >= parameters.critical_share * want else 0.0
        aim = (1.0 - parameters.reciprocity) * want + parameters.reciprocity * others_give
        now = given[place]
        state.next_commitment[place] = now + parameters.adapt * (state.senior[agency] * aim - now)
    for place in range(members):
        given[place] = state.next_commitment[place]


@rule
def mean_care(world, b, state):
    """Return how much the members of one partnership care for its agenda, on average, 0 to 1."""
    partnership = state.partnership[b]
    total = 0.0
    for place in range(partnership.members):
        total += care(world.goal[state.roster[b, place]], state.agenda[b])
    # A hair below, so that members who all care alike are all of the core.
    return total / partnership.members - LEAST


@rule
def save_support(parameters, state):
    """Work out the share of support hours each agency saves by sharing them.

    The largest over its partnerships of ``shareable`` * z * phi, with the new z; 0 in none.
    """
    state.saving[:] = 0.0
    if parameters.shareable == 0.0:
        return
    for b in range(state.partnership.shape[0]):
        for place in range(state.partnership[b].members):
            agency = state.roster[b, place]
            shared = parameters.shareable * state.commitment[b, place]
            saved = shared * state.partnership[b].settled
            state.saving[agency] = max(state.saving[agency], saved)


@rule
def lose_the_disappointed(parameters, shocks, month, b, state):
    """Count months of disappointment, and let members leave whose patience is at an end.

    A month with E < ``exit_ratio`` * U counts, any other starts the count anew; a member leaves
    when the count times (1 - ``mandate``) reaches ``patience``, or by another mechanism of
    ``leaving``.
    """
    partnership = state.partnership[b]
    place = 0
    while place < partnership.members:
        agency = state.roster[b, place]
        if state.appeal[b, place] < parameters.exit_ratio * state.own_return[agency]:
            state.disappointed[b, place] += 1.0
        else:
            state.disappointed[b, place] = 0.0
        spent = state.disappointed[b, place] * (1.0 - parameters.mandate)
        if parameters.leaving == GRADUAL:
            leaves = gives_up(parameters.exit_hazard * spent, shocks.turnover[month, agency])
        else:
            # 120 months times 0.1 are no less than 12
            leaves = spent >= parameters.patience - LEAST
        if leaves:
            leave(agency, b, state)  # the next member takes this place
        else:
            place += 1


@rule
def gives_up(hazard, drawn):
    """Tell whether a member leaves this month, ``gradual``: with chance 1 - e^-``hazard``.

    ``hazard`` a month, 0 or more; ``drawn`` uniform on 0 to 1, of which high values leave. Source:
    Kiefer 1988.
    """
    return drawn > exp(-hazard)


@rule
def adapt_meetings(levers, switches, month, b, state):
    """Let an adaptive partnership meet less once issues settle, and more when they pile up."""
    partnership = state.partnership[b]
    if not levers.adaptive or not switches.coordination or (month - partnership.begun) % 6 != 5:
        return
    if partnership.supply > 2.0 * partnership.load:
        partnership.meetings = max(1.0 / 6.0, 0.7 * partnership.meetings)
    elif partnership.load > max(partnership.supply, LEAST):
        partnership.meetings = min(4.0, 1.3 * partnership.meetings)


@rule
def keep_within_share(parameters, state):
    """Scale an agency's commitments down to ``max_share`` where they exceed it in total."""
    commitment, roster, committed = state.commitment, state.roster, state.committed
    partnerships = state.partnership.shape[0]
    for b in range(partnerships):
        for place in range(state.partnership[b].members):
            committed[roster[b, place]] = 0.0
    for b in range(partnerships):
        for place in range(state.partnership[b].members):
            committed[roster[b, place]] += commitment[b, place]
    for b in range(partnerships):
        for place in range(state.partnership[b].members):
            total = committed[roster[b, place]]
            if total > parameters.max_share:
                commitment[b, place] *= parameters.max_share / total
