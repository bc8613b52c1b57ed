"""What there is: the world, its shocks, and everything that changes during one run.

Each is a named tuple of plain arrays for *one* run, so that a rule reads as the model page does and
compiles to direct loads. N agencies, D areas, K objectives of an area, U = D·K of them in all,
those of the first area first, S skills, B partnerships (may be 0), T months, G regimes, C the most
members that any partnership has room for, Q cells for pairs of members (decision 13); Y is N where
a file gives the network, else 0, and J is B where the order in which agencies are asked is kept,
else 0.
"""

from collections import namedtuple
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cgsim.rules.columns import OF_MONTH, OF_PARTNERSHIP
from cgsim.tables import Rows, Table, worked_out

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Whole = NDArray[np.int64]
Places = NDArray[np.uint64]
"""Numbers without a sign: an index that is never counted from the end."""


class Shape(NamedTuple):
    """The sizes of a run; all runs of one call share them."""

    months: int  #: T
    agencies: int  #: N
    objectives: int  #: K, of an area
    skills: int  #: S
    partnerships: int  #: B
    regimes: int  #: G
    seats: int  #: C
    pairs: int  #: Q
    given: int  #: Y: N where a file gives the network, else 0
    ordered: int  #: J: B where the order in which agencies are asked is kept, else 0
    areas: int  #: D
    stocks: int  #: U: objectives of all areas

    @property
    def apart(self) -> "Shape":
        """The same run without partnerships."""
        return self._replace(partnerships=0, seats=0, pairs=0)


class World(NamedTuple):
    """One replicate's world: drawn once, the same for every arm (model page, Initialisation)."""

    capacity: Floats  #: (N,) officer-hours a month
    first_local: Whole  #: (D + 1,) the first agency of each area, and N; national ones come before
    skill: Floats  #: (N, S) each agency's skill profile; rows sum to 1
    goal: Floats  #: (N, K) each agency's goal weights; rows sum to 1
    mix: Floats  #: (K, S) the skills each objective takes; rows sum to 1
    crosscut: Floats  #: (K,) how far an objective needs several skills at once, 0 to 1
    tied: Flags  #: (N, N) who knows whom, both ways
    first_trust: Floats  #: (2,) in strangers, and in those one is tied to, before the first month
    trust: Floats  #: (Y, Y) of agency i in agency j before the first month, where it is given
    senior: Floats  #: (N,) managers' buy-in, 0 to 1
    operational: Floats  #: (N,) front line's buy-in, 0 to 1
    area: Whole  #: (B,) the area each partnership works in, from 0
    agenda: Flags  #: (B, K) the objectives each partnership works on at first
    founder: Flags  #: (B, N) founding members
    founding_lead: Whole  #: (B,) the agency that leads at first
    way: Whole  #: (B,) how members are found, a position in ``mechanisms.RECRUITMENT``
    order: Floats  #: (J, N) who is asked first, at random or by ties: the lowest
    seats: Whole  #: (B,) for how many members there is room, with those who have left


class Shocks(NamedTuple):
    """One replicate's chance events, shared by every arm. Standard normal but for turnover."""

    absence: Floats  #: (T, N)
    slip: Floats  #: (T, N)
    perceive: Floats  #: (T, N)
    observe: Floats  #: (T, N)
    turnover: Floats  #: (T, N) uniform on 0 to 1
    drift: Floats  #: (T, U)
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
LEAST_RETURN = 1e-6
"""A return on hours below this counts as this, so that what is worth nothing has a ratio too."""
FRICTIONS = Switches._fields

ENDINGS: Table[str] = Table(("", "collapsed", "dated end", "completed", "reviewed out"))
"""Why a partnership ended; its number is the position here, 0 for one that never ended."""
NOT_ENDED, COLLAPSED, DATED_END, COMPLETED, REVIEWED_OUT = range(5)

partnership_dtype = np.dtype(
    [
        ("alive", np.int64),
        ("ended", np.int64),  # a position in ENDINGS
        ("begun", np.int64),  # month
        ("area", np.int64),  # in which it works, from 0
        ("members", np.int64),  # how many
        ("givers", np.int64),  # how many were members when work was delivered this month
        ("been", np.int64),  # how many are members or ever were
        ("seats", np.int64),  # for how many there is room
        ("first_pair", np.int64),  # where its square of pairs begins
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
        ("heard", np.float64),  # time for each who comes to be heard, times its weight
        ("contact", np.float64),  # mu, time to be heard, 0 to 1
        ("talks", np.float64),  # hours that the lead settles issues in; 0 but with a hub
        ("monitoring", np.float64),  # M, 0 to 1
        ("overhead", np.float64),  # hours this month, before any cap
        ("load", np.float64),  # hours of issues this month
        ("supply", np.float64),  # hours in which they can be settled
        ("settled", np.float64),  # phi, 0 to 1
        ("bought", np.float64),  # F, bought hours this month
        ("joint_hours", np.float64),  # H_b
        ("slipped", np.float64),  # hours meant for joint work and not given
        ("present", np.float64),  # members at a meeting, on average
    ]
)
"""A partnership's state. The last thirteen are this month's."""


class Variable(NamedTuple):
    """A state variable of an extension; it is recorded every month."""

    name: str
    of: str  #: "partnership": ``state.partnership[b].NAME``; "agency" and "area": ``state.NAME``
    unit: str
    help: str
    start: float  #: before the first month
    total: str = "mean"  #: what a run's total is: "mean" or "sum" over the months, or the "last"


VARIABLES: Table[Variable] = Table(())
"""Those of the extensions in use; the package's own stand in ``State``."""


partnership_type = worked_out(
    lambda: np.dtype(
        partnership_dtype.descr + [(v.name, np.float64) for v in VARIABLES if v.of == "partnership"]
    )
)


class State(NamedTuple):
    """Everything that changes during a run, and this month's workings."""

    trust: Floats  #: (Q,) tau, by cell: of one agency in another that it has met; cell 0: in itself
    evidence: Floats  #: (Q,) by cell: what has been seen of it, 0 or more; kept if ``bayesian``
    tie: Floats  #: (Q,) by cell: how far working together has made a tie, 0 to 1; if ``carrying``
    whom: Whole  #: (Q,) the agency that the trust of a cell is in
    next_known: Whole  #: (Q,) the next cell of the same agency; 0 after the last
    known: Whole  #: (N,) an agency's first cell; 0 where it has met nobody
    cells: Whole  #: (1,) the next free cell
    cuts: Whole  #: (G, N) how often an agency changed its people, while as much was lost with each
    kept: Floats  #: (G,) the share of trust that was kept then
    epoch: Whole  #: (1,) which of these is now; -1 before the first
    views: Floats  #: (K, N) v: how joint effort should be divided; each agency's sum to 1
    understanding: Floats  #: (K, N) of client need, 0 to 1
    commitment: Floats  #: (B, C) z, share of free hours, by place in the roster
    appeal: Floats  #: (B, C) E, remembered return of the partnership, by place, units per hour
    disappointed: Floats  #: (B, C) months of disappointment, by place
    own_return: Floats  #: (N,) U, remembered, by own goals, units of need per hour
    public_return: Floats  #: (N,) V, the same with every objective counted in full
    senior: Floats  #: (N,) managers' buy-in, 0 to 1
    saving: Floats  #: (N,) share of support hours saved last month
    need: Floats  #: (U,) unmet need, units
    need_trend: Floats  #: (U,) e, log weight of the inflow of need
    climate: Floats  #: (1,) a
    partnership: NDArray[np.void]  #: (B,) of ``partnership_type``
    memberships: Whole  #: (N,) of how many partnerships an agency is a member
    agenda: Flags  #: (B, K) the objectives each partnership works on now
    roster: Places  #: (B, C) numbers of the members, ascending, in the first places
    been: Places  #: (B, C) numbers of all who are members or ever were, as they came
    pair: Places  #: (Q,) by partnership, place and other place: the cell of trust
    # Worked out once a run. What is by objective or skill stands in rows of agencies, so that one
    # instruction can work on several agencies at once.
    part: Floats  #: (N,) the part of its own hours that an agency works in each of its areas
    total_capacity: Floats  #: (D,) C, hours a month, of each area; of national ones their part
    beside: Whole  #: (B,) numbers of the partnerships, those of the first area first
    first_beside: Whole  #: (D + 1,) where those of each area begin, and B
    goal: Floats  #: (K, N)
    skill: Floats  #: (S, N)
    own_rate: Floats  #: (K, N) output of one own hour
    least_skill: Floats  #: (N,)
    care: Floats  #: (K, N) min(1, K * goal)
    # This month's workings.
    free: Floats  #: (N,) hours left after overhead
    overhead: Floats  #: (N,) hours of overhead, after the cap
    comes: Floats  #: (B, C) share of the meetings come to, by place; kept if ``by_appeal``
    brought: Floats  #: (C,) z times attendance of one partnership's members, by place
    own_hours: Floats  #: (N,)
    steer: Floats  #: (N,) how far own work follows shared views: spillover for members, else 0
    giver: Places  #: (B, C) numbers of those who were members when work was delivered, ascending
    promised: Floats  #: (B, C) hours, by place among them
    given: Floats  #: (B, C) x, hours delivered to the partnership, by place among them
    need_share: Floats  #: (U,) each objective's share of its area's unmet need
    joint_output: Floats  #: (B, K) units, scaled to need met
    own_output: Floats  #: (K, N) units, scaled to need met
    own_total: Floats  #: (U,) units of own output, before need limits it
    ambient_factor: Floats  #: (U,) by which own output rises or falls as services combine
    own_met: Floats  #: (N,) units of need met by own work
    met: Floats  #: (U,) units
    inflow: Floats  #: (U,) units
    views_said: Floats  #: (K, N) by place in the roster; written before it is read, as all below
    knowledge_said: Floats  #: (K, N) by place in the roster
    weight: Floats  #: (N,) one member's trust in each, by place in the roster
    heard: Floats  #: (Q,) trust by place and other place of one partnership, after news of others
    next_commitment: Floats  #: (N,) by place in the roster
    committed: Floats  #: (N,) an agency's commitments in all
    passed: Flags  #: (N,) who is not asked to join one partnership; False between its uses
    cell: Whole  #: (N,) one agency's cells, by whom they are in; 0 between its uses
    near: Whole  #: (N,) the agencies in partnerships that touch one
    near_count: Whole  #: (1,) how many; -1 where it is not known
    near_area: Whole  #: (1,) the area for which it is known
    elsewhere: Whole  #: (N,) a national agency's first seat, 1 + b·C + place; 0 for none
    next_elsewhere: Whole  #: (B, C) its next seat after one; 0 after the last
    hard_elsewhere: Floats  #: (B, C) its issues with others there, by z of theirs; -1: not weighed
    weighed: Whole  #: (C,) whose row is in ``hardness``, -1 for nobody's
    hardness: Floats  #: (C, N) hours to settle an issue between an agency and each, relative
    nearness: Floats  #: (B,) how far one partnership touches each
    between: Floats  #: (B,) issues between one partnership and each
    aimed_hours: Floats  #: (K, N)
    valued: Floats  #: (N,)
    skill_hours: Floats  #: (S,)
    agenda_view: Floats  #: (N,) sum of a member's view over the agenda
    pooled: Floats  #: (3, S) members' capacity by skill, with one more; the agenda's mean mix


@worked_out
def _state_type() -> Any:
    """Return ``State``; with the variables of extensions in use, a kin of it that has these too."""
    further = [v.name for v in VARIABLES if v.of != "partnership"]
    return _kin_of_state(_AND.join(("State", *further))) if further else State


_AND = "__and_"


@cache
def _kin_of_state(name: str) -> Any:
    _, *further = name.split(_AND)
    kin = namedtuple(name, (*State._fields, *further))  # type: ignore[misc]
    kin.__module__ = __name__
    return kin


def __getattr__(name: str) -> Any:
    """Return a kin of ``State`` by its name, from which kept machine code knows it."""
    if name.startswith("State" + _AND):
        return _kin_of_state(name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


class Record(NamedTuple):
    """What a run leaves behind, by month (model page, Submodels, step 10)."""

    month: Floats  #: (T, 10), columns MONTH_COLUMNS
    board: Floats  #: (T, B, P), columns BOARD_COLUMNS
    own_met: Floats  #: (T, N) units of need met by own work
    met_by_objective: Floats  #: (T, U) units


MONTH_COLUMNS: Sequence[str] = Rows(
    lambda: (*OF_MONTH, *(v.name for v in VARIABLES if v.of != "partnership"))
)
"""Of one month; of an extension's variable of agencies the mean over these."""
BOARD_COLUMNS: Sequence[str] = Rows(
    lambda: (*OF_PARTNERSHIP, *(v.name for v in VARIABLES if v.of == "partnership"))
)
"""Of a partnership's month."""


def new_state(shape: Shape) -> State:
    """Return room for one run. ``rules.start.start`` fills it from a world."""
    n, k, s, b = shape.agencies, shape.objectives, shape.skills, shape.partnerships
    c, q = shape.seats, shape.pairs
    d, u = shape.areas, shape.stocks
    further = [v for v in VARIABLES if v.of != "partnership"]
    return _state_type()(
        **{v.name: np.zeros(n if v.of == "agency" else 1) for v in further},
        trust=np.zeros(q),
        evidence=np.zeros(q),
        tie=np.zeros(q),
        whom=np.zeros(q, np.int64),
        next_known=np.zeros(q, np.int64),
        known=np.zeros(n, np.int64),
        cells=np.zeros(1, np.int64),
        cuts=np.zeros((shape.regimes, n), np.int64),
        kept=np.zeros(shape.regimes),
        epoch=np.zeros(1, np.int64),
        views=np.zeros((k, n)),
        understanding=np.zeros((k, n)),
        commitment=np.zeros((b, c)),
        appeal=np.zeros((b, c)),
        disappointed=np.zeros((b, c)),
        own_return=np.zeros(n),
        public_return=np.zeros(n),
        senior=np.zeros(n),
        saving=np.zeros(n),
        need=np.zeros(u),
        need_trend=np.zeros(u),
        climate=np.zeros(1),
        partnership=np.zeros(b, partnership_type()).view(np.recarray),
        memberships=np.zeros(n, np.int64),
        agenda=np.zeros((b, k), np.bool_),
        roster=np.zeros((b, c), np.uint64),
        been=np.zeros((b, c), np.uint64),
        pair=np.zeros(q, np.uint64),
        part=np.zeros(n),
        total_capacity=np.zeros(d),
        beside=np.zeros(b, np.int64),
        first_beside=np.zeros(d + 1, np.int64),
        goal=np.zeros((k, n)),
        skill=np.zeros((s, n)),
        own_rate=np.zeros((k, n)),
        least_skill=np.zeros(n),
        care=np.zeros((k, n)),
        free=np.zeros(n),
        overhead=np.zeros(n),
        comes=np.zeros((b, c)),
        brought=np.zeros(c),
        own_hours=np.zeros(n),
        steer=np.zeros(n),
        giver=np.zeros((b, c), np.uint64),
        promised=np.zeros((b, c)),
        given=np.zeros((b, c)),
        need_share=np.zeros(u),
        joint_output=np.zeros((b, k)),
        own_output=np.zeros((k, n)),
        own_total=np.zeros(u),
        ambient_factor=np.zeros(u),
        own_met=np.zeros(n),
        met=np.zeros(u),
        inflow=np.zeros(u),
        views_said=np.zeros((k, n)),
        knowledge_said=np.zeros((k, n)),
        weight=np.zeros(n),
        heard=np.zeros(q),
        next_commitment=np.zeros(n),
        committed=np.zeros(n),
        passed=np.zeros(n, np.bool_),
        cell=np.zeros(n, np.int64),
        near=np.zeros(n, np.int64),
        near_count=np.zeros(1, np.int64),
        near_area=np.zeros(1, np.int64),
        elsewhere=np.zeros(n, np.int64),
        next_elsewhere=np.zeros((b, c), np.int64),
        hard_elsewhere=np.zeros((b, c)),
        weighed=np.zeros(c, np.int64),
        hardness=np.zeros((c, n)),
        nearness=np.zeros(b),
        between=np.zeros(b),
        aimed_hours=np.zeros((k, n)),
        valued=np.zeros(n),
        skill_hours=np.zeros(s),
        agenda_view=np.zeros(n),
        pooled=np.zeros((3, s)),
    )


def new_record(shape: Shape) -> Record:
    """Return room for the record of one run."""
    t, n, u, b = shape.months, shape.agencies, shape.stocks, shape.partnerships
    return Record(
        month=np.zeros((t, len(MONTH_COLUMNS))),
        board=np.zeros((t, b, len(BOARD_COLUMNS))),
        own_met=np.zeros((t, n)),
        met_by_objective=np.zeros((t, u)),
    )
