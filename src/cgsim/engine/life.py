"""A whole run: one arm of one replicate, from the first month to the last.

The batch engine lives a run at one go; the Mesa model begins it and steps through it.
"""

from typing import Any, NamedTuple

import numpy as np

from cgsim.compiler import kernel, rule
from cgsim.rules.acquaintance import look_up, meet, put_away, write_trust
from cgsim.rules.changes import take_effect
from cgsim.rules.month import live_month
from cgsim.rules.start import start
from cgsim.rules.state import Flags, Floats, State, Whole, World


@rule
def live_scheduled_month(
    settings, levers, asks, agendas, regime, switches, world, shocks, grants, month, record, state
):
    """Let the month's scheduled changes take effect, then live it.

    ``settings`` (G,) and ``levers`` (G, B): the values in force under each of G regimes (a regime
    begins where a scheduled change takes effect), ``agendas`` (G, B, K) likewise; ``asks`` (G, B)
    what is asked for once, in a regime's first month; ``regime`` (T,) which is in force each month;
    ``grants`` (T, N) hours given to agencies.
    """
    now = regime[month]
    before = regime[max(0, month - 1)]
    if month == 0 or now != before:
        take_effect(settings[now], levers[before], levers[now], asks[now], agendas[now], state)
    live_month(
        settings[now],
        levers[now],
        switches,
        world,
        shocks,
        grants[month],
        month,
        record,
        state,
    )


@kernel
def live_arm(
    settings, levers, asks, agendas, regime, switches, world, shocks, grants, state, record
):
    """Live every month of one run. The state is started anew; the record is filled."""
    start(settings[0], world, state)
    for month in range(regime.shape[0]):
        live_scheduled_month(
            settings,
            levers,
            asks,
            agendas,
            regime,
            switches,
            world,
            shocks,
            grants,
            month,
            record,
            state,
        )


@kernel
def begin_run(settings, world, state):
    """Set a run's state to what it is before month 0."""
    start(settings[0], world, state)


@kernel
def step_run(
    settings, levers, asks, agendas, regime, switches, world, shocks, grants, month, record, state
):
    """Live one month of a run that has been begun."""
    live_scheduled_month(
        settings,
        levers,
        asks,
        agendas,
        regime,
        switches,
        world,
        shocks,
        grants,
        month,
        record,
        state,
    )


class LaidOut(NamedTuple):
    """A run's state by agency, as people look at it: the rules keep it by membership."""

    trust: Floats  #: (N, N) of agency i in agency j, met or not; 0 on the diagonal
    member: Flags  #: (B, N)
    commitment: Floats  #: (B, N) z, share of free hours; 0 where it is no member
    appeal: Floats  #: (B, N) E, remembered return, units of need per hour; 0 where no member
    disappointed: Floats  #: (B, N) months of disappointment; 0 where it is no member
    promised: Floats  #: (B, N) hours promised this month
    given: Floats  #: (B, N) x, hours delivered this month


def new_laid_out(agencies: int, partnerships: int) -> LaidOut:
    """Return room for one run's state by agency."""
    n, b = agencies, partnerships
    return LaidOut(
        np.zeros((n, n)),
        np.zeros((b, n), np.bool_),
        *(np.zeros((b, n)) for _ in range(5)),
    )


@kernel
def lay_out(world, state, laid_out):
    """Write a run's state by agency into ``laid_out``."""
    for agency in range(laid_out.trust.shape[0]):
        write_trust(agency, world, state, laid_out.trust[agency])
    laid_out.member[:] = False
    for table in (
        laid_out.commitment,
        laid_out.appeal,
        laid_out.disappointed,
        laid_out.promised,
        laid_out.given,
    ):
        table[:] = 0.0
    for b in range(state.partnership.shape[0]):
        for place in range(state.partnership[b].members):
            agency = state.roster[b, place]
            laid_out.member[b, agency] = True
            laid_out.commitment[b, agency] = state.commitment[b, place]
            laid_out.appeal[b, agency] = state.appeal[b, place]
            laid_out.disappointed[b, agency] = state.disappointed[b, place]
        for place in range(state.partnership[b].givers):
            agency = state.giver[b, place]
            laid_out.promised[b, agency] = state.promised[b, place]
            laid_out.given[b, agency] = state.given[b, place]


def state_by_agency(world: World, state: State) -> LaidOut:
    """Return a run's state by agency."""
    laid_out = new_laid_out(len(world.capacity), len(state.partnership))
    lay_out(world, state, laid_out)
    return laid_out


def first_trust(world: World) -> Floats:
    """Return who trusts whom before the first month, (N, N); an agency itself as a stranger."""
    if len(world.trust):
        return world.trust
    return np.where(world.tied, world.first_trust[1], world.first_trust[0])


def with_room(state: State, seats: Whole, regimes: int) -> State:
    """Return a run's state with room for more members and regimes than were known at its start.

    ``seats`` (B,) for how many members each partnership is to have room.
    """
    grown = dict(state._asdict())
    more = regimes - len(state.kept)
    if more > 0:
        grown["cuts"] = np.pad(state.cuts, ((0, more), (0, 0)))
        grown["kept"] = np.pad(state.kept, (0, more))
    partnership = state.partnership.copy()
    wanted = np.maximum(seats[: len(partnership)], partnership["seats"])
    if np.any(wanted > partnership["seats"]):
        wide = int(wanted.max()) - state.roster.shape[1]
        for name in ("commitment", "appeal", "disappointed", "roster", "been", *GIVERS):
            grown[name] = np.pad(getattr(state, name), ((0, 0), (0, max(0, wide))))
        squares = wanted**2
        pair = np.zeros(int(squares.sum()), state.pair.dtype)
        first = np.cumsum(squares) - squares
        for b, old in enumerate(state.partnership):
            there = pair[first[b] : first[b] + squares[b]].reshape(wanted[b], wanted[b])
            here = state.pair[old["first_pair"] : old["first_pair"] + old["seats"] ** 2]
            there[: old["seats"], : old["seats"]] = here.reshape(old["seats"], old["seats"])
        partnership["seats"], partnership["first_pair"] = wanted, first
        grown |= {"pair": pair, "partnership": partnership}
        grown |= _with_cells(state, len(pair) - len(state.trust))
    return state._replace(**grown)


GIVERS = ("giver", "promised", "given", "next_elsewhere", "hard_elsewhere")
CELLS = ("trust", "evidence", "tie", "whom", "next_known", "heard")
"""What has as many places as there are cells for trust."""


def _with_cells(state: State, more: int) -> dict[str, Any]:
    return {name: np.pad(getattr(state, name), (0, max(0, more))) for name in CELLS}


def set_trust(agency: int, trust: Floats, world: World, state: State) -> State:
    """Return a run's state in which an agency trusts all others by ``trust`` (N,).

    It has met everybody from then on.
    """
    state = state._replace(**_with_cells(state, 2 * len(trust)))
    look_up(agency, state)
    unknown = np.flatnonzero(state.cell == 0)
    put_away(agency, state)
    for other in unknown:
        if other != agency:
            meet(agency, int(other), world, state)
    look_up(agency, state)
    others = np.arange(len(trust)) != agency
    state.trust[state.cell[others]] = trust[others]
    put_away(agency, state)
    return state
