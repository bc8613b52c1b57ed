"""Step 8, trust: kept and broken promises, experience, and turnover (model page, Submodels).

kept_j = min(1, x_j/promised_j), 0 if nothing was promised (1e-9 hours or less), seen as clip(kept_j
+ ``observe_sd``·(1 - M)·shock, 0, 1). For members i ≠ j:

    τ_ij ← τ_ij + μ·(trust_gain·kept_j·(1 - τ_ij) - trust_loss·(1 - kept_j)·τ_ij)

Experience of every living partnership grows by 1. Then turnover: for each agency whose draw is
below ``turnover``, trust in it and by it is cut by ``turnover_loss``; its view moves back to its
goals, and E to U, by that share; experience of each of its partnerships is multiplied by 1 -
``turnover_loss``/n. If both of a pair turn over, their trust is cut twice.

Why this form: linear operators towards 1 and towards 0 (Bush & Mosteller 1955) with a rate for
each. Bad news is taken to weigh more than good (Slovic 1993); Poortinga & Pidgeon 2004 doubt that,
so the range of ``trust_loss`` includes equal weights. Trust is between agencies but carried by
people, so it goes with them (study, section ACT: continuity in representation). The share that goes
is an expert assumption.
"""

from cgsim.compiler import rule
from cgsim.rules.acquaintance import cell, cut_trust, note_loss
from cgsim.rules.state import LEAST


@rule
def judge_promises(parameters, shocks, month, b, state):
    """Let members trust each other more for promises kept and less for promises broken.

    kept_j = min(1, given / promised) (0 if no more than ``LEAST`` hours were promised), seen with
    an error that monitoring makes smaller; tau_ij += contact * (``trust_gain`` * kept_j
    * (1 - tau_ij) - ``trust_loss`` * (1 - kept_j) * tau_ij). The partnership is then a month more
    experienced.
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
                here = cell(b, other_place, place, state)
                trusted = state.trust[here]
                state.trust[here] = trusted + (gain * (1.0 - trusted) - loss * trusted)
    partnership.experience += 1.0


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
