"""Attendance falls with trust: members who trust the others less come to meetings less often."""

from cgsim import extend
from cgsim.rules.acquaintance import cell

extend.parameter(
    "stay_away",
    section="trust",
    default=0.5,
    low=0,
    high=1,
    unit="share, 0 to 1",
    prior=(0.2, 0.8),
    help="The share of meetings that a member with no trust in the others stays away from.",
)
extend.column("attendance", unit="share", help="share of members who come to meetings", start=1)


@extend.step(after="count_hours")
def meet(parameters, b, state):
    """attendance = 1 - stay_away * (1 - mean trust); who is not there is not heard."""
    partnership = state.partnership[b]
    members = partnership.members
    trust = 0.0
    for place in range(members):
        for other in range(members):
            if other != place:
                trust += state.trust[cell(b, place, other, state)]
    mean_trust = trust / (members * (members - 1))
    partnership.attendance = 1.0 - parameters.stay_away * (1.0 - mean_trust)
    partnership.contact *= partnership.attendance


@extend.measure(
    "mean_attendance",
    words="attendance at meetings",
    unit="share",
    of="of members",
    bounded=True,
)
def mean_attendance(run):
    """The mean over the months in which a partnership lives; NaN where none ever does."""
    living = run.together.living
    if not living.any():
        return float("nan")
    return run.together.board("attendance")[living].mean()
