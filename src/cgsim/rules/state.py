"""What there is: the world, its shocks, and everything that changes during one run.

Each is a named tuple of plain arrays for *one* run, so that a rule reads as the model page does
(``state.trust[i, j]``) and compiles to direct loads. N agencies, K objectives, S skills,
B partnerships (may be 0), T months.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Whole = NDArray[np.int64]


class World(NamedTuple):
    """One replicate's world: drawn once, the same for every arm (model page, Initialisation)."""

    capacity: Floats  #: (N,) officer-hours a month
    skill: Floats  #: (N, S) each agency's skill profile; rows sum to 1
    goal: Floats  #: (N, K) each agency's goal weights; rows sum to 1
    mix: Floats  #: (K, S) the skills each objective takes; rows sum to 1
    crosscut: Floats  #: (K,) how far an objective needs several skills at once, 0 to 1
    trust: Floats  #: (N, N) trust of agency i in agency j before the first month, 0 to 1
    senior: Floats  #: (N,) managers' buy-in, 0 to 1
    operational: Floats  #: (N,) front line's buy-in, 0 to 1
    agenda: Flags  #: (B, K) the objectives each partnership works on at first
    founder: Flags  #: (B, N) founding members
    founding_lead: Whole  #: (B,) the agency that leads at first
    way: Whole  #: (B,) how members are found, a position in ``joining.WAYS``
    order: Floats  #: (B, N) who is asked first, at random or by ties: the lowest


class Shocks(NamedTuple):
    """One replicate's chance events, shared by every arm. Standard normal but for turnover."""

    absence: Floats  #: (T, N)
    slip: Floats  #: (T, N)
    perceive: Floats  #: (T, N)
    observe: Floats  #: (T, N)
    turnover: Floats  #: (T, N) uniform on 0 to 1
    drift: Floats  #: (T, K)
    climate: Floats  #: (T,)


class Switches(NamedTuple):
    """Which of the five frictions act (model page, Arms). All do in ordinary arms."""

    overhead: bool = True  #: working together takes hours
    coordination: bool = True  #: issues have to be settled in meetings
    commitment: bool = True  #: each agency decides how much it gives, and may leave
    slippage: bool = True  #: less is delivered than was given
    alignment: bool = True  #: members hold different views of what to do


LEAST = 1e-9
"""Hours, need, shares and sums of trust up to this are nothing: no branch hangs on a residue."""
FRICTIONS = Switches._fields

ENDINGS = ("", "collapsed", "dated end", "completed", "reviewed out")
"""Why a partnership ended; its number is the position here, 0 for one that never ended."""
NOT_ENDED, COLLAPSED, DATED_END, COMPLETED, REVIEWED_OUT = range(5)

partnership_dtype = np.dtype(
    [
        ("alive", np.int64),
        ("ended", np.int64),  # a position in ENDINGS
        ("begun", np.int64),  # month
        ("members", np.int64),  # how many
        ("lead", np.int64),  # agency number
        ("asked_size", np.int64),  # members a change asks for, until they are found; or 0
        (
            "asked_lead",
            np.int64,
        ),  # 1 + the lead a change names, until it leads; or 0
        ("price", np.float64),  # hours that each member pays this month for what was changed
        ("experience", np.float64),  # months
        ("backlog", np.float64),  # hours of unsettled issues
        ("meetings", np.float64),  # a month
        ("delivered", np.float64),  # need met jointly so far, units
        ("lead_effect", np.float64),  # L, effective leadership, 0 to 1
        ("contact", np.float64),  # mu, time to be heard, 0 to 1
        ("monitoring", np.float64),  # M, 0 to 1
        ("overhead", np.float64),  # hours this month, before any cap
        ("load", np.float64),  # hours of issues this month
        ("supply", np.float64),  # hours in which they can be settled
        ("settled", np.float64),  # phi, 0 to 1
        ("bought", np.float64),  # F, bought hours this month
        ("joint_hours", np.float64),  # H_b
    ]
)
"""A partnership's state. The last nine are this month's."""


class State(NamedTuple):
    """Everything that changes during a run, and this month's workings."""

    trust: Floats  #: (N, N) tau; 0 on the diagonal
    views: Floats  #: (K, N) v: how joint effort should be divided; each agency's sum to 1
    understanding: Floats  #: (K, N) of client need, 0 to 1
    commitment: Floats  #: (B, N) z, share of free hours
    appeal: Floats  #: (B, N) E, remembered return of the partnership, units of need per hour
    disappointed: Floats  #: (B, N) months of disappointment
    own_return: Floats  #: (N,) U, remembered, by own goals, units of need per hour
    public_return: Floats  #: (N,) V, the same with every objective counted in full
    senior: Floats  #: (N,) managers' buy-in, 0 to 1
    saving: Floats  #: (N,) share of support hours saved last month
    need: Floats  #: (K,) unmet need, units
    need_trend: Floats  #: (K,) e, log weight of the inflow of need
    climate: Floats  #: (1,) a
    partnership: NDArray[np.void]  #: (B,) of partnership_dtype
    member: Flags  #: (B, N)
    joined: Flags  #: (B, N) whether it is a member or ever was
    agenda: Flags  #: (B, K) the objectives each partnership works on now
    roster: NDArray[
        np.uint64
    ]  #: (B, N) agency numbers of the members, ascending, in the first places
    # Worked out once a run. What is by objective or skill stands in rows of agencies, so that one
    # instruction can work on several agencies at once.
    total_capacity: Floats  #: (1,) hours a month
    goal: Floats  #: (K, N)
    skill: Floats  #: (S, N)
    own_rate: Floats  #: (K, N) output of one own hour
    least_skill: Floats  #: (N,)
    care: Floats  #: (K, N) min(1, K * goal)
    overlap: Floats  #: (B, B) agendas' intersection over union
    # This month's workings.
    free: Floats  #: (N,) hours left after overhead
    overhead: Floats  #: (N,) hours of overhead, after the cap
    own_hours: Floats  #: (N,)
    steer: Floats  #: (N,) how far own work follows shared views: spillover for members, else 0
    promised: Floats  #: (B, N) hours
    given: Floats  #: (B, N) x, hours delivered to the partnership
    need_share: Floats  #: (K,) each objective's share of unmet need
    difference: Floats  #: (N, N) d, how far the views of two members differ, 0 to 1
    hardness: Floats  #: (N, N) hours to settle an issue between a pair, relative
    joint_output: Floats  #: (B, K) units, scaled to need met
    own_output: Floats  #: (K, N) units, scaled to need met
    own_total: Floats  #: (K,) units of own output, before need limits it
    ambient_factor: Floats  #: (K,) by which own output rises or falls as services combine
    own_met: Floats  #: (N,) units of need met by own work
    met: Floats  #: (K,) units
    inflow: Floats  #: (K,) units
    views_said: Floats  #: (K, N) by place in the roster; written before it is read, as all below
    knowledge_said: Floats  #: (K, N) by place in the roster
    weight: Floats  #: (N,) one member's trust in each, by place in the roster
    next_commitment: Floats  #: (N,)
    aimed_hours: Floats  #: (K, N)
    valued: Floats  #: (N,)
    skill_hours: Floats  #: (S,)
    agenda_view: Floats  #: (N,) sum of a member's view over the agenda
    pooled: Floats  #: (3, S) members' capacity by skill, with one more; the agenda's mean mix


class Record(NamedTuple):
    """What a run leaves behind, by month (model page, Submodels, step 10)."""

    month: Floats  #: (T, 10), columns MONTH_COLUMNS
    board: Floats  #: (T, B, 13), columns BOARD_COLUMNS
    own_met: Floats  #: (T, N) units of need met by own work
    met_by_objective: Floats  #: (T, K) units


MONTH_COLUMNS = (
    "met",
    "unmet",
    "joint_met",
    "overhead_hours",
    "joint_hours",
    "own_hours",
    "saved_hours",
    "net_yield",
    "bought_hours",
    "understanding",
)
"""Units of need; hours; and the agencies' mean understanding of the clients they care for."""
BOARD_COLUMNS = (
    "members",
    "commitment",
    "trust",
    "settled",
    "clarity",
    "appeal",
    "meetings",
    "bought_hours",
    "joint_hours",
    "backlog",
    "lead_effect",
    "ended",
    "overhead_hours",
)


def new_state(agencies: int, objectives: int, skills: int, partnerships: int) -> State:
    """Return room for one run. ``rules.start.start`` fills it from a world."""
    n, k, s, b = agencies, objectives, skills, partnerships
    return State(
        trust=np.zeros((n, n)),
        views=np.zeros((k, n)),
        understanding=np.zeros((k, n)),
        commitment=np.zeros((b, n)),
        appeal=np.zeros((b, n)),
        disappointed=np.zeros((b, n)),
        own_return=np.zeros(n),
        public_return=np.zeros(n),
        senior=np.zeros(n),
        saving=np.zeros(n),
        need=np.zeros(k),
        need_trend=np.zeros(k),
        climate=np.zeros(1),
        partnership=np.zeros(b, partnership_dtype).view(np.recarray),
        member=np.zeros((b, n), np.bool_),
        joined=np.zeros((b, n), np.bool_),
        agenda=np.zeros((b, k), np.bool_),
        roster=np.zeros((b, n), np.uint64),
        total_capacity=np.zeros(1),
        goal=np.zeros((k, n)),
        skill=np.zeros((s, n)),
        own_rate=np.zeros((k, n)),
        least_skill=np.zeros(n),
        care=np.zeros((k, n)),
        overlap=np.zeros((b, b)),
        free=np.zeros(n),
        overhead=np.zeros(n),
        own_hours=np.zeros(n),
        steer=np.zeros(n),
        promised=np.zeros((b, n)),
        given=np.zeros((b, n)),
        need_share=np.zeros(k),
        difference=np.zeros((n, n)),
        hardness=np.zeros((n, n)),
        joint_output=np.zeros((b, k)),
        own_output=np.zeros((k, n)),
        own_total=np.zeros(k),
        ambient_factor=np.zeros(k),
        own_met=np.zeros(n),
        met=np.zeros(k),
        inflow=np.zeros(k),
        views_said=np.zeros((k, n)),
        knowledge_said=np.zeros((k, n)),
        weight=np.zeros(n),
        next_commitment=np.zeros(n),
        aimed_hours=np.zeros((k, n)),
        valued=np.zeros(n),
        skill_hours=np.zeros(s),
        agenda_view=np.zeros(n),
        pooled=np.zeros((3, s)),
    )


def new_record(months: int, agencies: int, objectives: int, partnerships: int) -> Record:
    """Return room for the record of one run."""
    return Record(
        month=np.zeros((months, len(MONTH_COLUMNS))),
        board=np.zeros((months, partnerships, len(BOARD_COLUMNS))),
        own_met=np.zeros((months, agencies)),
        met_by_objective=np.zeros((months, objectives)),
    )
