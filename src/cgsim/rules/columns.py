"""What is recorded of a month: each column by its name, with what it holds and its unit.

The only list of them. The rows of the engine, files, windows and documents take names, order and
words from here; ``rules/recording.py`` writes them by name, as ``row[IN_MONTH.met]``.
"""

from collections import namedtuple
from typing import Any, NamedTuple


class Column(NamedTuple):
    """What a column holds."""

    words: str
    unit: str  #: "" for a number without one, a name or a flag


OF_MONTH = {
    "met": Column("need met", "units"),
    "unmet": Column("unmet need at the end of the month", "units"),
    "joint_met": Column("need met by joint work", "units"),
    "overhead_hours": Column("hours of overhead, as the agencies could give them", "hours"),
    "joint_hours": Column("hours of joint work", "hours"),
    "own_hours": Column("hours of the agencies' own work", "hours"),
    "saved_hours": Column("support hours saved", "hours"),
    "net_yield": Column("need met by joint work, less what its hours would else meet", "units"),
    "bought_hours": Column("hours bought with money from outside", "hours"),
    "understanding": Column("agencies' mean understanding of the clients they care for", "share"),
}
"""Of a month of an arm."""

OF_PARTNERSHIP = {
    "members": Column("members of the partnership; 0 where it does not live", "agencies"),
    "commitment": Column("members' mean commitment: the share of free hours promised", "share"),
    "trust": Column("mean trust between members", "share"),
    "settled": Column("share of the hours of issues that were settled", "share"),
    "clarity": Column("how far members see alike what to do", "share"),
    "appeal": Column("remembered return of joint work, over that of own work", ""),
    "meetings": Column("meetings in the month", "meetings"),
    "bought_hours": Column("hours bought with money from outside", "hours"),
    "joint_hours": Column("hours that members gave to joint work", "hours"),
    "backlog": Column("hours of issues that are left over", "hours"),
    "lead_effect": Column("strength of the lead in effect", "share"),
    "ended": Column("why the partnership ended; empty while it has not", ""),
    "overhead_hours": Column("hours of overhead that the partnership asks of its members", "hours"),
    "slipped_hours": Column("hours that members meant for joint work and did not give", "hours"),
    "present": Column("members at a meeting of the month, on average", "agencies"),
}
"""Of a partnership in a month."""

IN_MONTH: Any = namedtuple("IN_MONTH", OF_MONTH)(*range(len(OF_MONTH)))  # type: ignore[misc]
IN_BOARD: Any = namedtuple("IN_BOARD", OF_PARTNERSHIP)(*range(len(OF_PARTNERSHIP)))  # type: ignore[misc]
"""The place of each column in its row."""
