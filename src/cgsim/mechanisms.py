"""The mechanisms a scenario chooses from: stated once, read by everything.

A *kind* is a place in the model where the literature knows more than one answer, such as what hours
of different skills produce. Each of its *mechanisms* is a function in a module of the rules. The
first is the model's own and holds where a scenario says nothing. Rules know a mechanism by its
number, the position here; people, files and answers by its name.

A mechanism's own parameters are rows of the table of parameters (``scenario.parameters``) like any
other, but nothing reads them unless that mechanism is chosen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import NamedTuple

from cgsim.tables import Rows, Table, Way


class Own(NamedTuple):
    """A parameter that is read under one mechanism only; a row of the table of parameters."""

    name: str
    default: float
    low: float
    high: float
    prior: tuple[float, float]  #: within which it is drawn where it is read: an expert assumption
    unit: str
    help: str
    basis: str = "assumption"
    source: str = ""


class Mechanism(NamedTuple):
    """One answer among those of its kind."""

    name: str
    help: str  #: in one line
    source: str  #: a work of docs/references.md, or what the model page calls it
    parameters: tuple[Own, ...] = ()


class Kind(NamedTuple):
    """A place in the model where mechanisms can be exchanged."""

    name: str  #: the key in [mechanisms]
    help: str
    module: str  #: of the rules, where its formulas stand
    mechanisms: tuple[Mechanism, ...]  #: the model's own first

    @property
    def names(self) -> tuple[str, ...]:
        """What the mechanisms are called in scenario files."""
        return tuple(mechanism.name for mechanism in self.mechanisms)

    @property
    def numbers(self) -> tuple[int, ...]:
        """What the rules know them by, in the same order."""
        return tuple(range(len(self.mechanisms)))

    @property
    def default(self) -> str:
        """The name of the model's own."""
        return self.mechanisms[0].name


PRODUCTION = Kind(
    "production",
    "What hours of different skills produce together.",
    "production",
    (
        Mechanism(
            "harmonic",
            "A harmonic mean of the skills that are needed, beside a part that adds up.",
            "Arrow and others 1961",
        ),
        Mechanism(
            "ces",
            "The same with any elasticity of substitution between skills.",
            "Arrow and others 1961; Katz & Murphy 1992",
            (
                Own(
                    "elasticity",
                    1.4,
                    0.05,
                    1e6,
                    (0.5, 2.5),
                    "elasticity of substitution",
                    "How well one skill stands in for another. At 0.5 it is as without this "
                    "mechanism, near 0 the scarcest skill decides, and without limit hours add up.",
                    "measured",
                    "Katz & Murphy 1992: 1.4 between workers with a degree and without",
                ),
            ),
        ),
        Mechanism(
            "weakest_link",
            "The skill that is scarcest, measured by what is needed of it, decides.",
            "Leontief 1941; Hirshleifer 1983",
        ),
        Mechanism(
            "o_ring",
            "Every skill is a task; what is achieved is a product of how well each is done.",
            "Kremer 1993",
        ),
    ),
)

TRUSTING = Kind(
    "trusting",
    "How trust follows from promises kept and broken.",
    "trust",
    (
        Mechanism(
            "linear",
            "Every month moves trust by a share of the way, up or down.",
            "Bush & Mosteller 1955; Slovic 1993",
        ),
        Mechanism(
            "bayesian",
            "Members learn how reliable the others are; the more they have seen, the less a month "
            "moves them.",
            "Jøsang & Ismail 2002; Slovic 1993",
            (
                Own(
                    "first_impression",
                    1.0,
                    0.01,
                    1000.0,
                    (0.25, 4.0),
                    "months of full evidence, as trust_gain counts it",
                    "How much evidence the trust before anybody met counts for. The more, the "
                    "slower experience changes it.",
                ),
            ),
        ),
        Mechanism(
            "reputation",
            "Besides, members take over what those whom they trust think of others.",
            "Burt & Knez 1996; Buskens & Raub 2002",
            (
                Own(
                    "hearsay",
                    0.2,
                    0.0,
                    1.0,
                    (0.05, 0.5),
                    "a month",
                    "How far trust moves in a month towards what the other members think, with "
                    "full contact.",
                    "direction",
                    "Burt & Knez 1996; Buskens & Raub 2002",
                ),
            ),
        ),
    ),
)

GIVING = Kind(
    "giving",
    "How what a member gives follows from what the others give.",
    "commitment",
    (
        Mechanism(
            "reciprocal",
            "In part it gives what the others give on average.",
            "Fischbacher and others 2001; Levati & Zultan 2011",
        ),
        Mechanism(
            "self_serving",
            "In part it gives somewhat less than the others give on average.",
            "Fischbacher and others 2001; Fischbacher & Gächter 2010",
            (
                Own(
                    "self_serving_bias",
                    0.2,
                    0.0,
                    1.0,
                    (0.05, 0.4),
                    "share, 0 to 1",
                    "By how much a member falls short of what it takes the others to give.",
                    "direction",
                    "Fischbacher & Gächter 2010: contributions fall as each gives less than others",
                ),
            ),
        ),
        Mechanism(
            "threshold",
            "In part it gives what it wants to, but only if the others give enough, else nothing.",
            "Sen 1967; Granovetter 1978",
            (
                Own(
                    "critical_share",
                    0.5,
                    0.0,
                    10.0,
                    (0.2, 0.8),
                    "share of what it wants to give",
                    "How much of what a member wants to give the others must give on average for "
                    "it to follow.",
                ),
            ),
        ),
    ),
)

LOAD = Kind(
    "load",
    "Who carries the work of a partnership.",
    "commitment",
    (
        Mechanism(
            "alike",
            "Each wants to give by what the partnership is worth to it, however many there are.",
            "McFadden 1974",
        ),
        Mechanism(
            "free_riding",
            "The more members there are, the less each wants to give.",
            "Olson 1965; Karau & Williams 1993",
            (
                Own(
                    "loafing",
                    0.2,
                    0.0,
                    2.0,
                    (0.05, 0.5),
                    "exponent",
                    "How fast what each wants to give falls as members become more: as their "
                    "number to the power of minus this.",
                    "direction",
                    "Olson 1965; Karau & Williams 1993",
                ),
            ),
        ),
        Mechanism(
            "core",
            "Those who care for the agenda more than the members do on average carry it; the "
            "others give little.",
            "Olson 1965; Borgatti & Everett 2000",
            (
                Own(
                    "periphery_share",
                    0.3,
                    0.0,
                    1.0,
                    (0.1, 0.6),
                    "share, 0 to 1",
                    "How much of what it would want to give a member outside the core gives.",
                ),
            ),
        ),
    ),
)

LEAVING = Kind(
    "leaving",
    "When a member that a partnership disappoints leaves it.",
    "commitment",
    (
        Mechanism(
            "patience",
            "After so many months of disappointment without a break, and never before.",
            "Fichman & Levinthal 1991",
        ),
        Mechanism(
            "gradual",
            "By a chance that is there from the first month of disappointment and grows with each.",
            "Kiefer 1988",
            (
                Own(
                    "exit_hazard",
                    0.01,
                    0.0,
                    10.0,
                    (0.003, 0.03),
                    "a month, for each month of disappointment",
                    "How much the hazard of leaving rises with every month of disappointment. At "
                    "0.01 half of those who stay disappointed have left by the twelfth month, when "
                    "with a patience of 12 all leave.",
                ),
            ),
        ),
    ),
)

COORDINATION = Kind(
    "coordination",
    "Between whom joint work raises issues, and in what order they are settled.",
    "issues",
    (
        Mechanism(
            "pairs",
            "Between all pairs of members; a meeting settles the same share of old and new ones.",
            "Steiner 1972; Brooks 1975",
        ),
        Mechanism(
            "queue",
            "Between all pairs of members; they wait in line for a meeting, the oldest first.",
            "Cohen and others 1972; Radner 1993",
            (
                Own(
                    "agenda_keeps",
                    1.0,
                    0.0,
                    1.0,
                    (0.7, 1.0),
                    "share, 0 to 1",
                    "How much an agenda carries over of what would else be dropped, which is 1 "
                    "less carry. At 1 all that does not fit waits for the next meeting.",
                ),
            ),
        ),
        Mechanism(
            "hub",
            "Between each member and the lead, who talks with them one by one in hours of its own.",
            "Graicunas 1937; Provan & Kenis 2008",
            (
                Own(
                    "hub_hours",
                    1.0,
                    0.0,
                    100.0,
                    (0.5, 2.0),
                    "hours a meeting, for each other member",
                    "How long the lead talks with each other member about issues, as often as "
                    "there are meetings.",
                ),
            ),
        ),
    ),
)

MEETING = Kind(
    "meeting",
    "Who comes to the meetings of a partnership.",
    "hours",
    (
        Mechanism("everybody", "Every member comes to every meeting.", "study, section ES"),
        Mechanism(
            "by_appeal",
            "A member for whom the partnership is worth less than its own work comes less often.",
            "Steers & Rhodes 1978; Prestby and others 1990",
            (
                Own(
                    "absenteeism",
                    1.0,
                    0.0,
                    10.0,
                    (0.25, 2.0),
                    "exponent",
                    "How fast attendance falls with what the partnership is worth to a member, "
                    "beside its own work: as that ratio to the power of this. At 0 all come.",
                    "direction",
                    "Steers & Rhodes 1978; Prestby and others 1990",
                ),
            ),
        ),
    ),
)

JOINING = Kind(
    "joining",
    "Who joins a partnership after it was founded.",
    "life_cycle",
    (
        Mechanism(
            "closed",
            "Nobody but those whom a change of size asks for.",
            "Olson 1965",
        ),
        Mechanism(
            "invitation",
            "Members ask the agency that would most raise what they can produce together.",
            "Gulati 1995",
            (
                Own(
                    "invitation_rate",
                    0.1,
                    0.0,
                    10.0,
                    (0.02, 0.3),
                    "a month, with full care",
                    "How soon the agency that is asked joins, if it cares for nothing but the "
                    "agenda. At 0 nobody ever does.",
                ),
                Own(
                    "worth_asking",
                    0.5,
                    0.0,
                    100.0,
                    (0.2, 1.0),
                    "share of what members produce each",
                    "By how much an agency must raise what members can produce together for them "
                    "to ask it, as a share of what that is for each of them.",
                ),
            ),
        ),
        Mechanism(
            "reputation",
            "Agencies outside come where members say that joint work returns more than own work.",
            "Rogers 2003",
            (
                Own(
                    "reputation_rate",
                    0.05,
                    0.0,
                    10.0,
                    (0.01, 0.15),
                    "a month, with full care, where joint work returns twice as much as own work",
                    "How soon an agency outside joins that hears of an advantage. At 0 nobody "
                    "ever does.",
                ),
            ),
        ),
        Mechanism(
            "ties",
            "Members bring in those whom they have ties with.",
            "Snow and others 1980; Gulati 1995",
            (
                Own(
                    "tie_rate",
                    0.01,
                    0.0,
                    10.0,
                    (0.002, 0.03),
                    "a month, with full care, for each tie with a member",
                    "How soon an agency outside follows a tie into the partnership. At 0 nobody "
                    "ever does.",
                ),
            ),
        ),
    ),
)

TIES = Kind(
    "ties",
    "What ties between agencies do after the start.",
    "trust",
    (
        Mechanism(
            "first_trust",
            "They set how far agencies trust each other before they meet, and nothing after that.",
            "Gulati 1995",
        ),
        Mechanism(
            "carrying",
            "They carry news of who can be trusted; working together makes ties, which fade.",
            "Burt & Knez 1996; Coleman 1988; Burt 2000",
            (
                Own(
                    "news",
                    0.1,
                    0.0,
                    1.0,
                    (0.02, 0.3),
                    "a month, with ties to all",
                    "How far trust moves in a month towards what those think whom a member has "
                    "ties with, whether they meet or not.",
                    "direction",
                    "Burt & Knez 1996; Coleman 1988",
                ),
                Own(
                    "tie_growth",
                    0.1,
                    0.0,
                    1.0,
                    (0.02, 0.3),
                    "share of what is left, a month, with full contact",
                    "How fast two members who work together make a tie.",
                    "direction",
                    "Gulati 1995",
                ),
                Own(
                    "tie_fade",
                    0.05,
                    0.0,
                    1.0,
                    (0.01, 0.15),
                    "share, a month",
                    "How fast a tie fades that working together has made. Ties of the start stay.",
                    "direction",
                    "Burt 2000",
                ),
            ),
        ),
    ),
)

KINDS: tuple[Kind, ...] = (
    PRODUCTION,
    TRUSTING,
    GIVING,
    LOAD,
    LEAVING,
    COORDINATION,
    MEETING,
    JOINING,
    TIES,
)
"""Every kind, in the order in which the model page tells them."""
BY_KIND: Mapping[str, Kind] = {kind.name: kind for kind in KINDS}
SECTION = "mechanisms"
"""The table of a scenario file in which they are chosen."""

WAYS_OF_RECRUITMENT: Table[Way] = Table(
    (
        Way("fit", "Those join who add most to what members' skills can produce together."),
        Way("random", "Members are drawn."),
        Way("ties", "Those tied to the lead come first, then others."),
        Way("all", "All agencies are members."),
        Way("names", "The scenario names the members."),
    )
)
"""How founders are found (``recruit``). Each partnership says its own, so they are no kind."""
FIT, AT_RANDOM, BY_TIES, ALL, BY_NAME = range(len(WAYS_OF_RECRUITMENT.own))
RECRUITMENT: Sequence[str] = Rows(lambda: (way.name for way in WAYS_OF_RECRUITMENT))
"""Their names; rules know one by its position here."""

KINDS_OF_NETWORK: Table[Way] = Table(
    (
        Way("random", "Every pair with the same chance."),
        Way("core_periphery", "A core that is all tied, and others tied to it by chance."),
        Way("complete", "All are tied."),
        Way("none", "Nobody is tied."),
        Way("file", "A list of ties, a matrix or GraphML; its weights are starting trust."),
        Way("small_world", "Neighbours and a few long ties."),
    )
)
"""How ties come about (``network``)."""
RANDOM_TIES, CORE_PERIPHERY, COMPLETE, NO_TIES, GIVEN_TIES, SMALL_WORLD = range(
    len(KINDS_OF_NETWORK.own)
)
NETWORKS: Sequence[str] = Rows(lambda: (way.name for way in KINDS_OF_NETWORK))
"""Their names; rules know one by its position here."""


def combinations(kinds: Sequence[str]) -> tuple[dict[str, str], ...]:
    """Return every choice of a mechanism for each of some kinds; the model's own come first."""
    named = (BY_KIND[kind].names for kind in kinds)
    return tuple(dict(zip(kinds, names, strict=True)) for names in product(*named))
