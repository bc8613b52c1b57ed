"""Step 8, trust: kept and broken promises, experience, and turnover (model page, Submodels).

kept_j = min(1, x_j/promised_j), 0 if nothing was promised (1e-9 hours or less), seen as clip(kept_j
+ ``observe_sd``·(1 - M)·shock, 0, 1). For members i ≠ j:

    τ_ij ← τ_ij + μ·(trust_gain·kept_j·(1 - τ_ij) - trust_loss·(1 - kept_j)·τ_ij)

Where not everybody comes to meetings, μ is that of the two (step 2). Experience of every living
partnership grows by 1. Then turnover: for each agency whose draw is below ``turnover``, trust in
it and by it is cut by ``turnover_loss``; its view moves back to its goals, and E to U, by that
share; experience of each of its partnerships is multiplied by 1 - ``turnover_loss``/n. If both of
a pair turn over, their trust is cut twice.

Why this form: linear operators towards 1 and towards 0 (Bush & Mosteller 1955) with a rate for
each. Bad news is taken to weigh more than good (Slovic 1993); Poortinga & Pidgeon 2004 doubt that,
so the range of ``trust_loss`` includes equal weights. Trust is between agencies but carried by
people, so it goes with them (study, section ACT: continuity in representation). The share that goes
is an expert assumption.

*Other mechanisms* (``[mechanisms] trusting``). With *bayesian* each agency learns how reliable each
of the others is. What it has seen of j adds to a sum of evidence e_ij, which is 0 when they meet:

    good = μ·trust_gain·kept_j,   bad = μ·trust_loss·(1 - kept_j),   N = first_impression + e_ij
    τ_ij ← (N·τ_ij + good)/(N + good + bad),   e_ij ← e_ij + good + bad

so that τ is the mean of a beta distribution over j's reliability. The first month moves it about as
*linear* does; the more has been seen, the less a month moves it. Under conduct that stays the same
both come to rest at the same trust. Turnover cuts e by ``turnover_loss`` too, both ways.

With *reputation* members first judge as with *linear*. Then, all at once, where i trusts anybody
else:

    heard = Σ_k τ_ik·τ_kj/Σ_k τ_ik  over members k other than i and j
    τ_ij ← τ_ij + μ·hearsay·(heard - τ_ij)

Why these forms: Bayesian updating of a share of kept promises is how reputation systems count
(Jøsang & Ismail 2002); here bad news are more evidence than good (Slovic 1993), as above. People
take over what those whom they trust say of third parties (Burt & Knez 1996), and in networks trust
is learnt from others' experience as well as from one's own (Buskens & Raub 2002). That hearsay
counts in proportion to trust in who says it is an expert assumption.

*Another mechanism of ties* (``[mechanisms] ties``). Under the model's own, *first_trust*, ties set
the trust of those who have not met and are then forgotten. With *carrying* a tie s_ij is 1 where
there is one at the start, and else e_ij, which is 0 when the two meet. Each month, after promises
are judged, all e are multiplied by 1 - ``tie_fade``, and in each living partnership of n members

    e_ij ← e_ij + μ·tie_growth·(1 - e_ij)
    τ_ij ← τ_ij + news·Σ_k s_ik·(τ_kj - τ_ij)/(n - 2)  over members k other than i and j

all members at once; where n is 2 nobody is there to tell. Turnover cuts e by ``turnover_loss``, as
it does trust. Where agencies join by *ties* (step 1), s takes the place of the number of ties.

Why these forms: those whom one has ties with tell who can be trusted, and tell it wherever they
meet: neither contact μ nor trust in the teller counts, which is what differs from *reputation*
(Burt & Knez 1996). Where all have ties with all, what one breaks all learn (Coleman 1988). Who has
worked together works together again (Gulati 1995), and ties that nothing renews are lost (Burt
2000). That ties of the start are kept up by other business and stay, that they carry news of
members alone, not of clients, and that every tie carries alike are expert assumptions.
"""

from cgsim.compiler import rule
from cgsim.mechanisms import TIES, TRUSTING
from cgsim.rules.acquaintance import (
    FIRST_CELL,
    cell,
    cut_trust,
    note_loss,
    strength_of_tie,
)
from cgsim.rules.hours import BY_APPEAL, contact_between, contact_of
from cgsim.rules.state import LEAST

LINEAR, BAYESIAN, REPUTATION = TRUSTING.numbers
FIRST_TRUST, CARRYING = TIES.numbers


@rule
def judge_promises(parameters, shocks, month, b, state):
    """Let members trust each other more for promises kept and less for promises broken.

    kept_j = min(1, given / promised) (0 if no more than ``LEAST`` hours were promised), seen with
    an error that monitoring makes smaller; tau_ij += contact * (``trust_gain`` * kept_j
    * (1 - tau_ij) - ``trust_loss`` * (1 - kept_j) * tau_ij), or by another mechanism of
    ``trusting``. Of members who stay away from meetings (``hours.attend``) it is the contact of the
    two. The partnership is then a month more experienced.
    """
    partnership = state.partnership[b]
    roster = state.roster[b]
    contact = partnership.contact
    blur = parameters.observe_sd * (1.0 - partnership.monitoring)
    for place in range(partnership.members):
        judged = roster[place]
        kept = 0.0
        if state.promised[b, place] > LEAST:
            kept = min(1.0, state.given[b, place] / state.promised[b, place])
        kept = min(1.0, max(0.0, kept + blur * shocks.observe[month, judged]))
        gain = contact * parameters.trust_gain * kept
        loss = contact * parameters.trust_loss * (1.0 - kept)
        for other_place in range(partnership.members):
            if other_place != place:
                if parameters.meeting == BY_APPEAL:
                    both = contact_between(other_place, place, b, state)
                    gain = both * parameters.trust_gain * kept
                    loss = both * parameters.trust_loss * (1.0 - kept)
                here = cell(b, other_place, place, state)
                trusted = state.trust[here]
                if parameters.trusting == BAYESIAN:
                    weigh_evidence(parameters, gain, loss, here, state)
                else:
                    state.trust[here] = trusted + (gain * (1.0 - trusted) - loss * trusted)
    if parameters.trusting == REPUTATION:
        hear_of_each_other(parameters, b, state)
    partnership.experience += 1.0


@rule
def weigh_evidence(parameters, good, bad, here, state):
    """Let one agency's trust in another follow all that it has seen of it, ``bayesian``.

    ``good`` and ``bad`` are what this month adds to the evidence; with N = ``first_impression`` and
    what was seen before: tau = (N * tau + good) / (N + good + bad). Source: Jøsang & Ismail 2002.
    """
    before = parameters.first_impression + state.evidence[here]
    after = before + good + bad
    state.trust[here] = (before * state.trust[here] + good) / after
    state.evidence[here] += good + bad


@rule
def hear_of_each_other(parameters, b, state):
    """Let the members of one partnership take over what those they trust think, ``reputation``.

    tau_ij += contact * ``hearsay`` * (the mean of other members' trust in j, weighted by i's trust
    in them - tau_ij), all at once; nothing where i trusts none of them. Source: Burt & Knez 1996.
    """
    partnership = state.partnership[b]
    members = partnership.members
    for place in range(members):
        rate = contact_of(parameters, place, b, state) * parameters.hearsay
        for other in range(members):
            if other == place:
                continue
            weights = 0.0
            heard = 0.0
            for teller in range(members):
                if teller != place and teller != other:
                    weight = state.trust[cell(b, place, teller, state)]
                    if parameters.meeting == BY_APPEAL:
                        weight *= state.comes[b, teller]
                    weights += weight
                    heard += weight * state.trust[cell(b, teller, other, state)]
            trusted = state.trust[cell(b, place, other, state)]
            if weights > LEAST:
                trusted += rate * (heard / weights - trusted)
            state.heard[place * members + other] = trusted
    for place in range(members):
        for other in range(members):
            if other != place:
                state.trust[cell(b, place, other, state)] = state.heard[place * members + other]


@rule
def let_ties_fade(parameters, state):
    """Let every tie fade that working together has made, under ``carrying``: e *= 1 - fade."""
    if parameters.ties != CARRYING:
        return
    for here in range(FIRST_CELL, state.cells[0]):
        state.tie[here] *= 1.0 - parameters.tie_fade


@rule
def carry_news(parameters, world, b, state):
    """Let members make ties, and hear of each other along those they have, under ``carrying``.

    e_ij += contact of the two * ``tie_growth`` * (1 - e_ij); then tau_ij += ``news`` * the mean
    over the other members k of tie_ik * (tau_kj - tau_ij), all at once. Sources: Gulati 1995;
    Burt & Knez 1996.
    """
    if parameters.ties != CARRYING:
        return
    partnership = state.partnership[b]
    roster, members = state.roster[b], partnership.members
    contact = partnership.contact
    for place in range(members):
        for other in range(members):
            if other != place:
                if parameters.meeting == BY_APPEAL:
                    contact = contact_between(place, other, b, state)
                here = cell(b, place, other, state)
                state.tie[here] += contact * parameters.tie_growth * (1.0 - state.tie[here])
    if members < 3:
        return
    rate = parameters.news / (members - 2)
    for place in range(members):
        for other in range(members):
            if other == place:
                continue
            trusted = state.trust[cell(b, place, other, state)]
            heard = 0.0
            for teller in range(members):
                if teller != place and teller != other:
                    tie = strength_of_tie(
                        roster[place], roster[teller], cell(b, place, teller, state), world, state
                    )
                    heard += tie * (state.trust[cell(b, teller, other, state)] - trusted)
            state.heard[place * members + other] = trusted + rate * heard
    for place in range(members):
        for other in range(members):
            if other != place:
                state.trust[cell(b, place, other, state)] = state.heard[place * members + other]


@rule
def turn_over_staff(parameters, shocks, month, state):
    """Let agencies whose draw is below ``turnover`` lose people, and with them what they knew.

    Trust in and of such an agency is cut by ``turnover_loss``; its view moves back to its goals by
    that share; in each of its partnerships its appeal moves to its own return by that share, and
    the partnership's experience is multiplied by 1 - ``turnover_loss`` / n.
    """
    loss = parameters.turnover_loss
    objectives, agencies = state.goal.shape
    partnerships = state.partnership.shape[0]
    if partnerships > 0:
        note_loss(parameters, state)
    for agency in range(agencies):
        if shocks.turnover[month, agency] >= parameters.turnover:
            continue
        for objective in range(objectives):
            view = state.views[objective, agency]
            goal = state.goal[objective, agency]
            state.views[objective, agency] = view + loss * (goal - view)
        if partnerships > 0:
            cut_trust(parameters, agency, state)
        if state.memberships[agency] > 0:
            for b in range(partnerships):
                hand_over(loss, agency, b, state)


@rule
def hand_over(loss, agency, b, state):
    """Let a new representative, if the agency is a member of ``b``, know less of the partnership.

    The agency's appeal moves to its own return by ``loss``, and the partnership's experience is
    multiplied by 1 - ``loss`` / n.
    """
    partnership = state.partnership[b]
    for place in range(partnership.members):
        if state.roster[b, place] > agency:
            break  # rosters are in the order of numbers
        if state.roster[b, place] == agency:
            appeal = state.appeal[b, place]
            state.appeal[b, place] = appeal + loss * (state.own_return[agency] - appeal)
            partnership.experience *= 1.0 - loss / partnership.members
