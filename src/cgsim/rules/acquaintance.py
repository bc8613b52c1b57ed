"""Who has met whom (model page, Submodels).

Two agencies have met when both were members of one partnership; their trust τ_ij and τ_ji is kept
from then on, one for all partnerships that they share. Where τ of two that have not met is asked
for, as when issues across partnerships are settled, it is

    τ_ij = τ_ij before the first month · Π (1 - turnover_loss)

with a factor for every time that either of the two has turned over.

Why this form: nothing but turnover changes the trust of those who do not meet, so it is the same as
if every pair were followed month by month, to the last bit, and memory grows with memberships
(decision 13). That strangers' trust does not move by what they hear of each other is an expert
assumption.
"""

from cgsim.compiler import rule

ITSELF = 0
"""The cell of an agency's trust in itself, which is 0 and never counts."""
FIRST_CELL = 2


@rule
def cell(b, place, other, state):
    """Return the cell of the trust of the member of ``b`` at one place in the member at another."""
    partnership = state.partnership[b]
    return state.pair[partnership.first_pair + place * partnership.seats + other]


@rule
def the_other_way(cell):
    """Return the cell of a pair's trust the other way round: a pair has two, the even one first."""
    return cell + 1 - 2 * (cell % 2)


@rule
def trust_in_stranger(first, second, world, state):
    """Return the trust of one agency in another that it has not met.

    It is that of the start, cut by ``turnover_loss`` as often as either has changed its people
    since.
    """
    if world.trust.shape[0] > 0:
        trust = world.trust[first, second]
    elif world.tied[first, second]:
        trust = world.first_trust[1]
    else:
        trust = world.first_trust[0]
    for epoch in range(state.epoch[0] + 1):
        for _ in range(state.cuts[epoch, first] + state.cuts[epoch, second]):
            trust *= state.kept[epoch]
    return trust


@rule
def meet(first, second, world, state):
    """Give the trust of two agencies that have not met a cell each way; return the first's."""
    here = state.cells[0]
    there = here + 1
    state.cells[0] = here + 2
    state.trust[here] = trust_in_stranger(first, second, world, state)
    state.trust[there] = trust_in_stranger(second, first, world, state)
    state.evidence[here] = 0.0
    state.evidence[there] = 0.0
    state.tie[here] = 0.0
    state.tie[there] = 0.0
    state.whom[here] = second
    state.whom[there] = first
    state.next_known[here] = state.known[first]
    state.next_known[there] = state.known[second]
    state.known[first] = here
    state.known[second] = there
    return here


@rule
def strength_of_tie(first, second, here, world, state):
    """Return how strong a tie two agencies have, 0 to 1: 1 from the start, or made together.

    ``here`` the cell of their trust, 0 where they have not met.
    """
    if world.tied[first, second]:
        return 1.0
    return state.tie[here] if here > 0 else 0.0


@rule
def look_up(agency, state):
    """Write an agency's cells into ``state.cell`` (N,), by whom they are in."""
    here = state.known[agency]
    while here > 0:
        state.cell[state.whom[here]] = here
        here = state.next_known[here]


@rule
def put_away(agency, state):
    """Leave ``state.cell`` as ``look_up`` found it."""
    here = state.known[agency]
    while here > 0:
        state.cell[state.whom[here]] = 0
        here = state.next_known[here]


@rule
def cut_trust(parameters, agency, state):
    """Cut the trust of and in an agency that changes its people by ``turnover_loss``.

    With it goes as much of the evidence that the trust rests on, and of ties made together.
    """
    kept = 1.0 - parameters.turnover_loss
    here = state.known[agency]
    while here > 0:
        state.trust[here] *= kept
        state.trust[the_other_way(here)] *= kept
        state.evidence[here] *= kept
        state.evidence[the_other_way(here)] *= kept
        state.tie[here] *= kept
        state.tie[the_other_way(here)] *= kept
        here = state.next_known[here]
    state.cuts[state.epoch[0], agency] += 1


@rule
def note_loss(parameters, state):
    """Begin to count changes of people anew where another share of trust is lost with each."""
    kept = 1.0 - parameters.turnover_loss
    epoch = state.epoch[0]
    if epoch < 0 or state.kept[epoch] != kept:
        epoch += 1
        state.epoch[0] = epoch
        state.kept[epoch] = kept
        for agency in range(state.cuts.shape[1]):
            state.cuts[epoch, agency] = 0


@rule
def write_trust(agency, world, state, trust):
    """Write an agency's trust in every agency, met or not, into ``trust`` (N,)."""
    look_up(agency, state)
    for other in range(trust.shape[0]):
        if state.cell[other] > 0:
            trust[other] = state.trust[state.cell[other]]
        else:
            trust[other] = trust_in_stranger(agency, other, world, state)
    trust[agency] = 0.0
    put_away(agency, state)
