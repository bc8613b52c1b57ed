"""Thousands of runs at once: arms x replicates, compiled, without the interpreter lock.

One call takes a chunk of runs. A run is a replicate of one design point; its world and shocks are
drawn once and every arm lives in them, which is what makes a gain measurable (model page,
Arms). All workspace is handed in, so that nothing is allocated while runs are lived, and a
run's result depends on nothing but its own address.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cgsim.compiler import kernel, rule
from cgsim.engine.life import live_arm
from cgsim.rules.state import (
    BOARD_COLUMNS,
    Flags,
    Floats,
    Record,
    Shape,
    Shocks,
    State,
    Switches,
    Whole,
    World,
    new_record,
    new_state,
)
from cgsim.world.draw import Brief, draw_shocks, draw_world, new_shocks, new_world

TOGETHER, ALONE, EQUAL_MONEY = range(3)
BOUGHT = BOARD_COLUMNS.index("bought_hours")


class Design(NamedTuple):
    """What P design points of one shape set, as arrays with a leading axis of P."""

    settings: NDArray[np.void]  #: (P, G) records of the other parameters, by regime
    levers: NDArray[np.void]  #: (P, G, B) records of the levers, by regime
    asks: NDArray[np.void]  #: (P, G, B) what is asked for once, in a regime's first month
    regime: Whole  #: (P, T) the regime in force each month
    world_settings: NDArray[np.void]  #: (P,) records of the parameters that shape the world
    network: Whole  #: (P, 1)
    first_local: Whole  #: (P, D + 1) the first agency of each area, and N; national ones before
    capacity: Floats  #: (P, N)
    home: Whole  #: (P, N)
    skill: Floats  #: (P, N, S)
    goal: Floats  #: (P, N, K)
    senior: Floats  #: (P, N)
    operational: Floats  #: (P, N)
    crosscut: Floats  #: (P, K)
    mix: Floats  #: (P, K, S)
    area: Whole  #: (P, B)
    agendas: Flags  #: (P, G, B, K) by regime
    recruitment: Whole  #: (P, B)
    size: Whole  #: (P, B)
    named: Flags  #: (P, B, N)
    lead: Whole  #: (P, B)
    seats: Whole  #: (P, B) for how many members there is room, with those who have left


class Workspace(NamedTuple):
    """Room for one worker: what a run is lived in, overwritten by the next run."""

    shocks: Shocks
    luck: Shocks  #: arrays with a leading axis of V: the shocks of V runs of a chunk, or of none
    known: Flags  #: (V,) of which of them world and shocks are there already, and are not drawn
    together: State
    apart: State
    grants: Floats  #: (T, N)
    no_grants: Floats  #: (T, N)
    words: NDArray[np.uint64]  #: (4,)
    room: Floats


class Chunk(NamedTuple):
    """The worlds and the records of R runs in A arms."""

    world: World  #: every array with a leading axis of R
    month: Floats  #: (R, A, T, 10), columns MONTH_COLUMNS
    board: Floats  #: (R, A, T, B, P), columns BOARD_COLUMNS; zero in arms without partnerships
    own_met: Floats  #: (R, A, T, N)
    met_by_objective: Floats  #: (R, A, T, U)


def new_workspace(shape: Shape, kept: int = 0) -> Workspace:
    """Return room for one worker's runs of one shape.

    ``kept`` is for how many runs of a chunk their shocks stay: all of them, or none. A host that
    lives the same runs under other levers need not draw them again.
    """
    months, agencies = shape.months, shape.agencies
    shocks = new_shocks(shape)
    return Workspace(
        shocks=shocks,
        luck=Shocks(*(np.zeros((kept, *array.shape)) for array in shocks)),
        known=np.zeros(kept, np.bool_),
        together=new_state(shape),
        apart=new_state(shape.apart),
        grants=np.zeros((months, agencies)),
        no_grants=np.zeros((months, agencies)),
        words=np.zeros(4, np.uint64),
        room=np.zeros(agencies + 3 * shape.skills),
    )


def new_chunk(runs: int, arms: int, shape: Shape) -> Chunk:
    """Return room for the results of ``runs`` runs in ``arms`` arms."""
    return Chunk(
        World(*(np.zeros((runs, *array.shape), array.dtype) for array in new_world(shape))),
        *(np.zeros((runs, arms, *array.shape)) for array in new_record(shape)),
    )


@rule
def brief_of(design, point):
    """Return what one design point says of its world."""
    return Brief(
        design.world_settings[point : point + 1],
        design.network[point],
        design.first_local[point],
        design.capacity[point],
        design.home[point],
        design.skill[point],
        design.goal[point],
        design.senior[point],
        design.operational[point],
        design.crosscut[point],
        design.mix[point],
        design.area[point],
        design.agendas[point, 0],
        design.recruitment[point],
        design.size[point],
        design.named[point],
        design.lead[point],
        design.seats[point],
    )


@rule
def world_of(worlds, run):
    """Return one run's world out of a chunk's."""
    return World(
        worlds.capacity[run],
        worlds.first_local[run],
        worlds.skill[run],
        worlds.goal[run],
        worlds.mix[run],
        worlds.crosscut[run],
        worlds.tied[run],
        worlds.first_trust[run],
        worlds.trust[run],
        worlds.senior[run],
        worlds.operational[run],
        worlds.area[run],
        worlds.agenda[run],
        worlds.founder[run],
        worlds.founding_lead[run],
        worlds.way[run],
        worlds.order[run],
        worlds.seats[run],
    )


@rule
def luck_of(work, run):
    """Return where the shocks of a chunk's run stand."""
    if work.known.shape[0] == 0:
        return work.shocks
    return Shocks(
        work.luck.absence[run],
        work.luck.slip[run],
        work.luck.perceive[run],
        work.luck.observe[run],
        work.luck.turnover[run],
        work.luck.drift[run],
        work.luck.climate[run],
    )


@rule
def is_drawn(work, run):
    """Tell whether a run's world and shocks are known from before."""
    return run < work.known.shape[0] and work.known[run]


@rule
def grant_equal_money(world, board, grants):
    """Grant each month's bought hours to the partnership's founding members, by capacity.

    ``board`` (T, B, P) of the together arm; ``grants`` (T, N) is written. Returns whether any
    hours were bought at all. Source: model page, Arms.
    """
    months, partnerships = board.shape[0], board.shape[1]
    grants[:] = 0.0
    bought = False
    for b in range(partnerships):
        capacity = 0.0
        for agency in range(grants.shape[1]):
            if world.founder[b, agency]:
                capacity += world.capacity[agency]
        for month in range(months):
            hours = board[month, b, BOUGHT]
            if hours <= 0.0:
                continue
            bought = True
            for agency in range(grants.shape[1]):
                if world.founder[b, agency]:
                    grants[month, agency] += hours * (world.capacity[agency] / capacity)
    return bought


def grants_of(world: World, together: Record, grants: Floats) -> None:
    """Write the grants (T, N) that follow from the record of the arm together, from Python."""
    getattr(grant_equal_money, "py_func", grant_equal_money)(world, together.board, grants)


@rule
def first_start(levers):
    """Return the first month in which any of the partnerships may begin, under any regime."""
    first = 1.0e6
    for regime in range(levers.shape[0]):
        for b in range(levers.shape[1]):
            first = min(first, levers[regime, b].start)
    return int(first)


@rule
def asks_for_members(asks):
    """Tell whether any change asks for a number of members; ``asks`` (G, B)."""
    for regime in range(asks.shape[0]):
        for b in range(asks.shape[1]):
            if asks[regime, b].members > 0.0:
                return True
    return False


@kernel
def draw_run(design, point, seed, replicate, given_ties, given_trust, world, shocks, work):
    """Draw one run's world and shocks.

    They hang on what ``brief_of`` reads, on what is asked for, on the mechanism of ``joining`` and
    on when the first partnership may begin, and on no other lever.
    """
    draw_world(
        brief_of(design, point),
        given_ties,
        given_trust,
        seed,
        replicate,
        world,
        work.words,
        work.room,
    )
    draw_shocks(
        seed,
        replicate,
        world.founder,
        design.settings[point, 0].joining != 0.0 or asks_for_members(design.asks[point]),
        first_start(design.levers[point]),
        world.first_local.shape[0] - 1,
        shocks,
        work.words,
    )


@kernel
def run_batch(design, points, replicates, seed, given_ties, given_trust, arms, work, chunk):
    """Live a chunk of runs in all their arms.

    ``points`` (R,) each run's design point; ``replicates`` (R,) its replicate; ``given_ties``
    (Y, Y) flags and ``given_trust`` (Y, Y), NaN where none is given, are read where the network is
    given, Y being 0 elsewhere; ``arms`` (A, 6): the kind of arm and its five switches. An arm of
    equal money must stand after an ordinary arm together. ``work`` and ``chunk`` are written.
    """
    for run in range(points.shape[0]):
        point = points[run]
        world = world_of(chunk.world, run)
        shocks = luck_of(work, run)
        if not is_drawn(work, run):
            draw_run(
                design,
                point,
                seed,
                replicates[run],
                given_ties,
                given_trust,
                world,
                shocks,
                work,
            )
        together = -1
        alone = -1
        for arm in range(arms.shape[0]):
            kind = arms[arm, 0]
            switches = Switches(
                arms[arm, 1] != 0,
                arms[arm, 2] != 0,
                arms[arm, 3] != 0,
                arms[arm, 4] != 0,
                arms[arm, 5] != 0,
            )
            record = Record(
                chunk.month[run, arm],
                chunk.board[run, arm],
                chunk.own_met[run, arm],
                chunk.met_by_objective[run, arm],
            )
            grants = work.no_grants
            state = work.apart
            if kind == TOGETHER:
                state = work.together
                together = arm
            elif kind == EQUAL_MONEY:
                grants = work.grants
                bought = grant_equal_money(world, chunk.board[run, together], grants)
                if alone >= 0 and not bought:
                    # No money was spent, so this arm is the arm alone, number for number.
                    copy_arm(chunk, run, alone, arm)
                    continue
            else:
                alone = arm
            live_arm(
                design.settings[point],
                design.levers[point],
                design.asks[point],
                design.agendas[point],
                design.regime[point],
                switches,
                world,
                shocks,
                grants,
                state,
                record,
            )


@rule
def copy_arm(chunk, run, source, target):
    """Copy one arm's record to another of the same run."""
    months = chunk.month.shape[2]
    for month in range(months):
        for column in range(chunk.month.shape[3]):
            chunk.month[run, target, month, column] = chunk.month[run, source, month, column]
        for agency in range(chunk.own_met.shape[3]):
            chunk.own_met[run, target, month, agency] = chunk.own_met[run, source, month, agency]
        for objective in range(chunk.met_by_objective.shape[3]):
            chunk.met_by_objective[run, target, month, objective] = chunk.met_by_objective[
                run, source, month, objective
            ]
