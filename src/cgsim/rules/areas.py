"""Areas: what is local, and what national agencies belong to (model page, Submodels).

A landscape has D areas, each with a stock of unmet need n_dk for every one of its K objectives. An
agency works in one area, or it is national and belongs to all of them. A partnership works in one
area. Its members are agencies of that area and national ones, its agenda is of that area's
objectives, and evidence of need is that area's.

    C_d = Σ of the capacities of area d's agencies + Σ of those of national ones / D
    own hours of a national agency in each area: o_i / D, divided over objectives as elsewhere

Where a formula says C, n, inflow or met, it is that of the area. A national agency's goals, view
and understanding are of objectives wherever they are met: it has one of each. What it gives to
partnerships comes out of the same hours in all areas, and its commitments in all areas together are
held to `max_share`. Partnerships of one area touch as step 5 says; partnerships of two areas touch
only through members that they share. Ties are drawn within areas, and between national agencies and
all others. With one area, all of it is as if there were no areas.

Why this form: an objective is met where people live, and what a council does in one place meets no
need in another. National bodies (a police force, an enterprise agency) sit in the partnerships of
many areas with the same officers' hours. That they divide what is left evenly over areas, whatever
the need there, and that the weather is the same everywhere, are expert assumptions.
"""

from cgsim.compiler import rule

EVERYWHERE = -1
"""The area of a national agency."""


@rule
def area_of(agency, first_local):
    """Return the area that an agency belongs to, or ``EVERYWHERE``; ``first_local`` (D + 1,)."""
    area = EVERYWHERE
    while area + 2 < first_local.shape[0] and first_local[area + 1] <= agency:
        area += 1
    return area


@rule
def count_of(area, first_local):
    """Return how many agencies work in an area: those of it and the national ones."""
    return first_local[0] + first_local[area + 1] - first_local[area]


@rule
def agency_of(number, area, first_local):
    """Return the agency that is one of those in an area, counted from 0, national ones first."""
    national = first_local[0]
    if number < national:
        return number
    return first_local[area] + number - national
