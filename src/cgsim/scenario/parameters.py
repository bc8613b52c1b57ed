"""The table of parameters: stated once, read by everything.

Scenario files, the command line, the documents and the engine take names, units, ranges, defaults,
bases and sources from here. The order is that of the model page. Most values
have no measured counterpart: they are expert assumptions and are shown as such.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from cgsim import mechanisms
from cgsim.mechanisms import KINDS_OF_NETWORK, NETWORKS, RECRUITMENT, WAYS_OF_RECRUITMENT
from cgsim.tables import ByName, Names, Rows, Table, Way

NEVER = 1_000_000.0
"""The month that never comes: what ``last = "never"`` is stored as."""

MOST_AGENCIES = 10_000
MOST_MONTHS = 100_000
MOST_OBJECTIVES = 64
MOST_SKILLS = 64
MOST_PARTNERSHIPS = 10_000
MOST_AREAS = 1_000

BASES = {
    "measured": "a published figure gives the order of magnitude",
    "direction": "published work gives the direction only",
    "assumption": "expert assumption",
    "lever": "a choice that the scenario makes",
    "definition": "a definition",
}

SECTIONS = {
    "world": "Who and what there is. Drawn anew for every replicate.",
    "area": "The area: how much need there is and how it changes.",
    "agencies": "What every agency is like, in a partnership or not.",
    "talk": "How members come to see things alike.",
    "understanding": "What agencies know of the people they serve.",
    "coordination": "The issues that joint work raises, and what settles them.",
    "delivery": "From promise to work done.",
    "trust": "How trust grows and is lost.",
    "commitment": "How much members give, and when they leave.",
    "funding": "What money from outside does.",
    "money": "What an hour costs.",
    "mechanisms": "Which of several mechanisms acts, and what only that one reads.",
    "partnership": "The levers of one partnership.",
}
"""The sections of a scenario file, with a line on each."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its name, meaning, unit, allowed range, default, basis and source."""

    name: str
    section: str
    default: float | str
    low: float
    high: float
    unit: str
    basis: str  #: a key of BASES
    help: str
    source: str = ""  #: where it comes from: a work of docs/references.md, the study; or nowhere
    kind: str = "number"  #: "number", "whole", "flag" or "choice"
    choices: Sequence[str] = ()
    ways: Table[Way] | None = None  #: the choices with what they are, where extensions may add some
    prior: tuple[float, float] | None = None  #: the range it is drawn from, where it is uncertain
    prior_times: str | None = None  #: the prior is a multiple of this parameter
    shapes_world: bool = False  #: read before the first month, so no scheduled change may set it
    only_under: tuple[str, str] | None = None  #: the kind and the mechanism that alone reads it

    @property
    def explained(self) -> str:
        """What it is, with what each of its ways is."""
        return " ".join([self.help, *(f"{way.name}: {way.help}" for way in self.ways or ())])

    @property
    def in_words(self) -> bool:
        """Whether it has a name for a value and no number, in the engine as well."""
        return self.kind == "choice" and self.section != mechanisms.SECTION

    def number(self, value: object = None) -> float:
        """Return a value of a file as the engine takes it; the default for None."""
        if value is None:
            value = self.default
        if self.kind == "choice":
            return float(self.choices.index(str(value)))
        return NEVER if value == "never" else float(value)  # type: ignore[arg-type]

    @property
    def allowed(self) -> str:
        """The allowed values in words, as error messages give them."""
        if self.kind == "flag":
            return "true or false"
        if self.kind == "choice":
            return "one of " + ", ".join(self.choices)
        number = "a whole number" if self.kind == "whole" else "a number"
        text = f"{number} from {plain(self.low)} to {plain(self.high)}"
        return text + ' or "never"' if self.name == "last" else text


def plain(value: float) -> str:
    """Write a number as a person would: no needless digits, never an exponent for small ones."""
    return f"{value:,.0f}".replace(",", "") if value == int(value) else f"{value:g}"


def _number(
    section: str,
    name: str,
    default: float,
    low: float,
    high: float,
    unit: str,
    basis: str,
    help: str,
    **more: object,
) -> Parameter:
    return Parameter(name, section, float(default), low, high, unit, basis, help, **more)  # type: ignore[arg-type]


def _world(
    name: str,
    default: float,
    low: float,
    high: float,
    unit: str,
    basis: str,
    help: str,
    **more: object,
) -> Parameter:
    return _number("world", name, default, low, high, unit, basis, help, shapes_world=True, **more)


def _lever(
    name: str, default: float, low: float, high: float, unit: str, help: str, **more: object
) -> Parameter:
    return _number("partnership", name, default, low, high, unit, "lever", help, **more)


_SHARE = "share, 0 to 1"
WORLD = (
    _world(
        "agencies",
        20,
        1,
        MOST_AGENCIES,
        "agencies",
        "lever",
        "How many agencies there are in all areas, in a partnership or not.",
        kind="whole",
    ),
    _world(
        "areas",
        1,
        1,
        MOST_AREAS,
        "areas",
        "lever",
        "How many areas there are. Each has its own agencies, objectives and need; national agencies belong to all.",
        kind="whole",
    ),
    _world(
        "national_share",
        0,
        0,
        1,
        _SHARE,
        "assumption",
        "The share of the agencies that is national: in all areas at once, with the same hours. Read where there are several areas.",
    ),
    _world(
        "objectives",
        4,
        1,
        MOST_OBJECTIVES,
        "objectives",
        "lever",
        "How many outcomes for the community the agencies of an area work on.",
        kind="whole",
    ),
    _world(
        "skills",
        6,
        1,
        MOST_SKILLS,
        "skills",
        "assumption",
        "How many professions or services there are.",
        kind="whole",
        prior=(3, 8),
    ),
    _world(
        "months",
        72,
        1,
        MOST_MONTHS,
        "months",
        "lever",
        "How many months are simulated.",
        kind="whole",
    ),
    _world(
        "capacity",
        150,
        0.001,
        1e6,
        "hours a month",
        "assumption",
        "An agency's officer-hours a month, on average.",
    ),
    _world(
        "capacity_sd", 0.25, 0, 2, "log scale", "assumption", "How much agencies differ in size."
    ),
    _world(
        "generalism",
        0.2,
        0,
        1,
        _SHARE,
        "assumption",
        "How far an agency's skills are spread over all professions. At 0 every agency has one skill only, at 1 all are alike.",
        prior=(0.05, 0.4),
        source="study, section KEY: partners bring different skills",
    ),
    _world(
        "alignment",
        0.3,
        0,
        1,
        _SHARE,
        "assumption",
        "How far the agencies' goals agree from the start. At 1 all want the same.",
        prior=(0, 0.7),
        source="study, section LIT: common values and goals",
    ),
    _world(
        "goal_focus",
        1,
        0.1,
        100,
        "Dirichlet parameter",
        "assumption",
        "How evenly an agency spreads its own goals. Low: each has one goal of its own. High: each cares for all.",
        prior=(0.5, 3),
    ),
    _world(
        "mix_evenness",
        8,
        0.1,
        1000,
        "Dirichlet parameter",
        "assumption",
        "How evenly an objective needs all skills. Low: mostly one skill. High: all in equal parts.",
    ),
    _world(
        "crosscut",
        0.65,
        0,
        1,
        _SHARE,
        "assumption",
        "How far objectives need several professions at once. At 0 the work simply adds up and pooling gains nothing.",
        prior=(0.3, 0.95),
        source="study, section ES: more than the sum of the parts",
    ),
    _world(
        "trust_stranger",
        0.2,
        0,
        1,
        _SHARE,
        "assumption",
        "Trust at the start between agencies with no tie.",
        prior=(0.1, 0.5),
    ),
    _world(
        "trust_tie",
        0.35,
        0,
        1,
        _SHARE,
        "assumption",
        "How much more agencies trust each other at the start where they have a tie.",
        prior=(0.1, 0.4),
        source="study, section LIT: experience of working together",
    ),
    _world(
        "senior",
        0.9,
        0,
        1,
        _SHARE,
        "direction",
        "Managers' buy-in: how much of what an agency wants to give it does commit.",
        prior=(0.5, 1),
        source="study, section ES: buy-in at managerial level",
    ),
    _world(
        "operational",
        0.65,
        0,
        1,
        _SHARE,
        "direction",
        "The front line's buy-in: the less, the more of what was promised slips.",
        prior=(0.4, 0.9),
        source="study, section ES: buy-in at operational level",
    ),
    _world(
        "buyin_sd",
        0.1,
        0,
        1,
        "standard deviation",
        "assumption",
        "How much agencies differ in buy-in.",
        source="study, section LIT: uneven development",
    ),
    Parameter(
        "network",
        "world",
        "random",
        0,
        0,
        "",
        "assumption",
        "Who is tied to whom at the start.",
        kind="choice",
        choices=NETWORKS,
        ways=KINDS_OF_NETWORK,
        shapes_world=True,
    ),
    _world(
        "edge_chance",
        0.25,
        0,
        1,
        "chance",
        "assumption",
        "The chance that a pair is tied in a random network; in a core-periphery one, that an agency outside the core is tied to one inside.",
    ),
    _world(
        "neighbours",
        4,
        1,
        MOST_AGENCIES,
        "agencies",
        "assumption",
        "With how many nearest neighbours an agency is tied in a small world, before rewiring.",
        kind="whole",
    ),
    _world(
        "rewire",
        0.1,
        0,
        1,
        "chance",
        "assumption",
        "The chance that a tie in a small world leads somewhere else.",
    ),
    _world(
        "core_share",
        0.3,
        0,
        1,
        _SHARE,
        "assumption",
        "The chance that an agency is in the core of a core-periphery network.",
    ),
)

AREA = (
    _number(
        "area",
        "backlog_months",
        12,
        0,
        1200,
        "months of capacity",
        "assumption",
        "Unmet need at the start, in months of the area's whole capacity.",
        shapes_world=True,
    ),
    _number(
        "area",
        "need_inflow",
        0.6,
        0,
        100,
        "share of capacity",
        "assumption",
        "New need a month, as a share of the area's whole capacity.",
    ),
    _number(
        "area",
        "need_drift",
        0.02,
        0,
        1,
        "standard deviation a month",
        "assumption",
        "How fast the mix of need changes.",
        source="study, section ACT: changing client needs",
    ),
    _number(
        "area",
        "climate_sd",
        0.05,
        0,
        1,
        "standard deviation",
        "assumption",
        "How much good and bad times move what everybody achieves.",
    ),
    _number(
        "area",
        "climate_persistence",
        0.8,
        0,
        0.999,
        "correlation, month to month",
        "assumption",
        "How long good and bad times last.",
    ),
)

AGENCIES = (
    _number(
        "agencies",
        "support",
        0.15,
        0,
        1,
        _SHARE,
        "assumption",
        "Share of an agency's hours that goes into support (premises, personnel, systems).",
    ),
    _number(
        "agencies",
        "absence_sd",
        0.05,
        0,
        1,
        "standard deviation",
        "assumption",
        "How much an agency's hours vary from month to month.",
    ),
    _number(
        "agencies",
        "ambient",
        0.1,
        0,
        1,
        _SHARE,
        "assumption",
        "How far services combine at the client's door even without a partnership. Among the most influential: results at 0 and at 0.5 should be reported too.",
        prior=(0, 0.5),
    ),
)

TALK = (
    _number(
        "talk",
        "view_rate",
        0.5,
        0,
        100,
        "per hour",
        "assumption",
        "How much an hour of being heard brings members' views together.",
        prior=(0.2, 1),
    ),
    _number(
        "talk",
        "self_interest",
        0.05,
        0,
        1,
        "a month",
        "assumption",
        "How strongly an agency's view goes back to its own goals.",
        prior=(0.01, 0.1),
        source="study, section LIT: enlightened self-interest",
    ),
    _number(
        "talk",
        "evidence",
        0.01,
        0,
        1,
        "a month",
        "assumption",
        "How much members' views move towards the evidence of need, unasked.",
        source="study, section ES: evidence base",
    ),
    _number(
        "talk",
        "engage_hours",
        1,
        0,
        1000,
        "hours a member a month",
        "lever",
        "Hours that each member spends with client groups.",
        source="study, section ACT: engaging with client groups",
    ),
    _number(
        "talk",
        "engage_half",
        2,
        0.001,
        1000,
        "hours",
        "assumption",
        "Hours with clients that yield about two thirds of what they can.",
        prior=(0.5, 3.5),
    ),
    _number(
        "talk",
        "engage_max",
        0.05,
        0,
        0.5,
        "a month",
        "assumption",
        "The most that time with clients can move views and understanding in a month.",
        prior=(0.005, 0.095),
    ),
    _number(
        "talk",
        "spillover",
        0.2,
        0,
        1,
        _SHARE,
        "assumption",
        "How far members steer their own work by the views they share.",
        prior=(0, 0.4),
    ),
)

UNDERSTANDING = (
    _number(
        "understanding",
        "targeting",
        0.3,
        0,
        1,
        _SHARE,
        "assumption",
        "Share of output that is wasted on clients one knows nothing of.",
        prior=(0.1, 0.6),
        source="study, section ACT: understanding of client need",
    ),
    _number(
        "understanding",
        "knowledge0",
        0.6,
        0,
        1,
        _SHARE,
        "assumption",
        "What an agency knows at the start of the clients it cares for.",
        shapes_world=True,
    ),
    _number(
        "understanding",
        "own_learning",
        0.02,
        0,
        0.5,
        "a month",
        "assumption",
        "How fast an agency learns from its own clients.",
    ),
    _number(
        "understanding",
        "volatility",
        0.02,
        0,
        0.5,
        "a month",
        "assumption",
        "How fast what is known goes out of date.",
    ),
    _number(
        "understanding",
        "sharing",
        0.2,
        0,
        1,
        _SHARE,
        "assumption",
        "How much members pass on what they know.",
        prior=(0, 0.5),
        source="study, section ACT: shared information system",
    ),
)

COORDINATION = (
    _number(
        "coordination",
        "issue_hours",
        0.8,
        0,
        1000,
        "hours a month",
        "assumption",
        "What a fully committed pair without trust has to settle in a month.",
        prior=(0.3, 2.5),
    ),
    _number(
        "coordination",
        "disagreement",
        2,
        0,
        100,
        "factor",
        "assumption",
        "How much harder issues are between those who see things differently.",
        prior=(0, 4),
    ),
    _number(
        "coordination",
        "trust_relief",
        0.7,
        0,
        1,
        _SHARE,
        "measured",
        "How much of the work of settling issues full trust saves.",
        prior=(0.3, 0.9),
        source="Dyer & Chu 2003: costs of the least trusted about five times those of the most trusted",
    ),
    _number(
        "coordination",
        "protocols",
        0,
        0,
        1,
        _SHARE,
        "lever",
        "Written protocols: they stand in for trust, and cost hours to keep.",
        source="study, section ACT: trust without written protocols",
    ),
    _number(
        "coordination",
        "protocol_hours",
        4,
        0,
        1000,
        "hours a member a month",
        "assumption",
        "What full protocols cost each member.",
        prior=(1, 7),
    ),
    _number(
        "coordination",
        "carry",
        0.8,
        0,
        1,
        _SHARE,
        "assumption",
        "Share of unsettled issues that comes back next month.",
        prior=(0.5, 1),
    ),
    _number(
        "coordination",
        "consent",
        0.2,
        0,
        1,
        "share of members",
        "assumption",
        "Share of the members who must be able to commit before an issue is settled.",
        prior=(0, 0.5),
    ),
    _number(
        "coordination",
        "coupling",
        0.2,
        0,
        1,
        _SHARE,
        "assumption",
        "How far partnerships with separate agendas still have to be squared with each other.",
        prior=(0, 0.5),
    ),
    _number(
        "coordination",
        "learning",
        0.2,
        0,
        1,
        "exponent",
        "measured",
        "How fast a partnership gets better at settling issues.",
        prior=(0, 0.32),
        source="Wright 1936: the learning curve; 0.32 is that of 80 %",
    ),
    _number(
        "coordination",
        "change_hours",
        0,
        0,
        1000,
        "hours a member",
        "assumption",
        "What each member pays in a month in which a change sets anything of its partnership.",
    ),
    _number(
        "coordination",
        "authority_hours",
        0,
        0,
        1000,
        "hours a member",
        "assumption",
        "Senior managers' hours that each member pays for every tenth by which a change raises authority.",
    ),
)

DELIVERY = (
    _number(
        "delivery",
        "setup_hours",
        4,
        0,
        100000,
        "hours per objective a month",
        "assumption",
        "Joint hours that each objective takes before anything comes of it.",
        prior=(0, 15),
        source="study, section ACT: critical mass",
    ),
    _number(
        "delivery",
        "shareable",
        0,
        0,
        1,
        _SHARE,
        "lever",
        "Share of support hours that could be saved by sharing premises and systems.",
        source="study, section ACT: the shared civic centre",
    ),
    _number(
        "delivery",
        "reinvest",
        1,
        0,
        1,
        _SHARE,
        "lever",
        "Share of saved support hours that goes back into services.",
        source="study, section CTX: free-up resources for re-investment",
    ),
    _number(
        "delivery",
        "slip_sd",
        0.1,
        0,
        1,
        "standard deviation",
        "assumption",
        "How much slippage varies from month to month.",
    ),
    _number(
        "delivery",
        "accountability",
        0.6,
        0,
        1,
        _SHARE,
        "assumption",
        "How much of the slippage full leadership prevents.",
        source="study, section ACT: ownership and accountability",
    ),
    _number(
        "delivery",
        "monitor_hours",
        1,
        0,
        1000,
        "hours a member a month",
        "lever",
        "Hours that each member spends on monitoring.",
        source="study, section KEY: proportionate monitoring",
    ),
    _number(
        "delivery",
        "monitor_half",
        3,
        0.001,
        1000,
        "hours",
        "assumption",
        "Hours of monitoring that yield about two thirds of what it can.",
        prior=(1, 5),
    ),
    _number(
        "delivery",
        "monitor_cut",
        0.4,
        0,
        1,
        _SHARE,
        "assumption",
        "How much of the slippage full monitoring prevents.",
        prior=(0.1, 0.7),
    ),
    _number(
        "delivery",
        "ambition",
        1,
        0,
        100,
        "factor",
        "lever",
        "What is promised, as a multiple of what is planned.",
        source="study, section ES: a specific achievable task",
    ),
)

TRUST = (
    _number(
        "trust",
        "trust_gain",
        0.2,
        0,
        1,
        "a month",
        "direction",
        "How fast kept promises raise trust.",
        prior=(0.08, 0.3),
        source="Slovic 1993",
    ),
    _number(
        "trust",
        "trust_loss",
        0.4,
        0,
        1,
        "a month",
        "direction",
        "How fast broken promises lower trust.",
        prior=(1, 5),
        prior_times="trust_gain",
        source="Slovic 1993; Poortinga & Pidgeon 2004 doubt that it falls faster",
    ),
    _number(
        "trust",
        "observe_sd",
        0.1,
        0,
        1,
        "standard deviation",
        "assumption",
        "How blurred others' conduct is seen, without monitoring.",
        prior=(0, 0.2),
    ),
    _number(
        "trust",
        "turnover",
        0.015,
        0,
        1,
        "chance a month",
        "measured",
        "The chance that an agency changes its representative.",
        prior=(0.008, 0.03),
        source="Cendex 2022; Agenda 2004: staff turnover of 13 to 22 % a year",
    ),
    _number(
        "trust",
        "turnover_loss",
        0.5,
        0,
        1,
        _SHARE,
        "assumption",
        "Share of trust, shared views and experience that goes with a representative.",
        prior=(0.2, 0.8),
        source="study, section ACT: continuity in representation",
    ),
)

COMMITMENT = (
    _number(
        "commitment",
        "sensitivity",
        3,
        0,
        100,
        "factor",
        "direction",
        "How strongly commitment follows what the partnership seems to be worth.",
        prior=(1.5, 5),
        source="Fischbacher and others 2001; Levati & Zultan 2011: conditional cooperation in experiments",
    ),
    _number(
        "commitment",
        "max_share",
        0.7,
        0,
        1,
        "share of free hours",
        "assumption",
        "The most that an agency gives to all its partnerships.",
        prior=(0.5, 0.9),
    ),
    _number(
        "commitment",
        "reciprocity",
        0.4,
        0,
        1,
        _SHARE,
        "direction",
        "How far members give what others give.",
        prior=(0.2, 0.7),
        source="Fischbacher and others 2001; Levati & Zultan 2011: conditional cooperation in experiments",
    ),
    _number(
        "commitment",
        "adapt",
        0.2,
        0,
        1,
        "a month",
        "direction",
        "How fast commitment changes.",
        prior=(0.1, 0.4),
        source="Fischbacher and others 2001; Levati & Zultan 2011: conditional cooperation in experiments",
    ),
    _number(
        "commitment",
        "memory",
        0.15,
        0,
        1,
        "a month",
        "direction",
        "The weight of the last month in what agencies remember.",
        prior=(0.08, 0.3),
        source="Fischbacher and others 2001; Levati & Zultan 2011: conditional cooperation in experiments",
    ),
    _number(
        "commitment",
        "perceive_sd",
        0.3,
        0,
        5,
        "standard deviation",
        "assumption",
        "How blurred the worth of joint work is seen, without monitoring.",
        prior=(0.1, 0.5),
        source="study, section ES: gain difficult to quantify",
    ),
    _number(
        "commitment",
        "expectation",
        1.2,
        0,
        100,
        "factor",
        "assumption",
        "What members expect of a partnership at the start, against working alone.",
        prior=(0.8, 1.5),
    ),
    _number(
        "commitment",
        "first_share",
        0.1,
        0,
        1,
        "share of free hours",
        "assumption",
        "What each founding member gives at first.",
        prior=(0.03, 0.2),
    ),
    _number(
        "commitment",
        "trust_weight",
        0.6,
        0,
        1,
        _SHARE,
        "assumption",
        "How far lack of trust holds commitment back.",
        prior=(0.3, 0.9),
    ),
    _number(
        "commitment",
        "overhead_salience",
        0.5,
        0,
        1,
        _SHARE,
        "assumption",
        "How far members count meetings as a cost when they judge the partnership.",
        prior=(0, 1),
    ),
    _number(
        "commitment",
        "mandate",
        0,
        0,
        1,
        _SHARE,
        "lever",
        "How far members must stay, whatever they think of it. At 1 nobody can leave.",
        source="study, section CTX: need to be seen to partner",
    ),
    _number(
        "commitment",
        "exit_ratio",
        0.8,
        0,
        100,
        "factor",
        "assumption",
        "A member is disappointed when the partnership seems worth less than this share of working alone.",
        prior=(0.6, 1),
    ),
    _number(
        "commitment",
        "patience",
        12,
        1,
        1_000_000,
        "months",
        "assumption",
        "Months of disappointment after which a member leaves.",
        prior=(6, 18),
        only_under=("leaving", "patience"),
    ),
    _number(
        "commitment",
        "authority_buyin",
        0,
        0,
        1,
        _SHARE,
        "assumption",
        "The share of managers' buy-in that members lose for every tenth by which a change raises authority.",
    ),
)

FUNDING = (
    _number(
        "funding",
        "sweetener",
        1,
        0,
        50,
        "log odds",
        "assumption",
        "How much more members want to give while outside money flows.",
        prior=(0, 2),
        source="study, section ACT: the sweetener of external funding",
    ),
    _number(
        "funding",
        "fund_efficiency",
        0.8,
        0,
        1,
        _SHARE,
        "assumption",
        "Hours that reach services out of each hour funded.",
    ),
)

MONEY = (
    _number(
        "money",
        "hour_cost",
        28,
        0,
        10000,
        "pounds an hour",
        "assumption",
        "What an officer-hour costs.",
    ),
)

_LEVERS = (
    _lever(
        "size",
        8,
        1,
        MOST_AGENCIES,
        "agencies",
        "How many founding members. With all or named members their number follows from that. Changed in a run: so many members it has from that month on, as others join or some are let go.",
        kind="whole",
        source="study, section LIT: no more than 10 to 12",
    ),
    Parameter(
        "recruit",
        "partnership",
        "fit",
        0,
        0,
        "",
        "lever",
        "How members are found.",
        kind="choice",
        choices=RECRUITMENT,
        ways=WAYS_OF_RECRUITMENT,
        shapes_world=True,
    ),
    _lever(
        "area",
        1,
        1,
        MOST_AREAS,
        "area",
        "The number of the area it works in, from 1. Its members are agencies of that area and national ones.",
        kind="whole",
        shapes_world=True,
    ),
    _lever("start", 12, 0, NEVER, "month", "The month in which it begins, counting from 0."),
    _lever(
        "trigger",
        0,
        0,
        1,
        _SHARE,
        "0: it begins in its month. Otherwise it waits until need met falls by this share below that of the year.",
    ),
    _lever("last", NEVER, 0, NEVER, "month", "The month in which it ends, whatever its success."),
    _lever(
        "target",
        0,
        0,
        1e12,
        "units of need",
        "It ends as completed when it has met so much need jointly. 0: no target.",
        source="study, section ES: expires when its purpose is achieved",
    ),
    _lever(
        "review_months",
        0,
        0,
        NEVER,
        "months",
        "Every so many months it is reviewed, and ended if members find working alone better. 0: no review.",
        kind="whole",
        source="study, section LIT: abandoned where it does not work",
    ),
    _lever("meetings", 1, 0, 30, "a month", "Meetings a month. 1/6 is one every six months."),
    _lever("hours", 3, 0, 100, "hours", "The length of a meeting."),
    _lever("prep", 3, 0, 100, "hours", "Preparation and travel for a meeting, for each person."),
    _lever("reps", 1, 0, 100, "people", "How many people each member sends."),
    _lever(
        "adaptive",
        0,
        0,
        1,
        "",
        "Whether it meets less once issues settle, and more when they pile up.",
        kind="flag",
        source="study, section ACT: meetings now every six months",
    ),
    _lever(
        "authority",
        0.9,
        0.001,
        1,
        "chance",
        "The chance that a representative can commit their agency.",
        source="study, section ACT: delegated authority",
    ),
    _lever(
        "facilitation0",
        0.3,
        0,
        1,
        _SHARE,
        "How well meetings settle issues with no leadership at all.",
    ),
    _lever(
        "lead_strength",
        0.6,
        0,
        1,
        _SHARE,
        "How strong leadership is, where it has the hours it needs.",
        source="study, section ES: one named lead",
    ),
    _lever(
        "lead_hours",
        2,
        0,
        1000,
        "hours a member a month",
        "Hours that leading takes, for each member.",
    ),
    _lever(
        "lead_share",
        0.2,
        0,
        1,
        _SHARE,
        "The share of its hours that a lead agency can give to leading.",
    ),
    _lever(
        "independent",
        0,
        0,
        1,
        "",
        "Whether an independent secretariat leads, paid for by all members.",
        kind="flag",
    ),
    _lever(
        "secretariat",
        40,
        0,
        10000,
        "hours a month",
        "What an independent secretariat costs, besides leading.",
    ),
    _lever(
        "fund",
        0,
        0,
        1e6,
        "hours a month",
        "Pump-priming: hours a month paid for from outside.",
        source="study, section ACT: initial finance to pump-prime",
    ),
    _lever("fund_months", 24, 0, NEVER, "months", "How long the fund pays."),
    _lever(
        "fund_start",
        0,
        0,
        NEVER,
        "month",
        "The first month in which the fund pays, counting from 0; never before the partnership begins.",
    ),
    _lever(
        "matched",
        0,
        0,
        1,
        "",
        "Whether the fund pays no more hours than the members give.",
        kind="flag",
    ),
)


def _rows_of(kind: mechanisms.Kind) -> tuple[Parameter, ...]:
    """Return the row in which a kind's mechanism is chosen, and the rows that only one reads.

    None of them can change in a run: what agencies produce alone is worked out before the first
    month, and a life under two mechanisms would be one of neither.
    """
    sources = dict.fromkeys(
        source for mechanism in kind.mechanisms for source in mechanism.source.split("; ")
    )
    chosen = Parameter(
        kind.name,
        mechanisms.SECTION,
        kind.default,
        0.0,
        float(kind.numbers[-1]),
        "",
        "assumption",
        " ".join([kind.help, *(f"{m.name}: {m.help}" for m in kind.mechanisms)]),
        "; ".join(sources),
        kind="choice",
        choices=kind.names,
        shapes_world=True,
    )
    own = (
        Parameter(
            row.name,
            mechanisms.SECTION,
            row.default,
            row.low,
            row.high,
            row.unit,
            row.basis,
            f'{row.help} Read only with {kind.name} = "{mechanism.name}".',
            row.source,
            prior=row.prior,
            shapes_world=True,
            only_under=(kind.name, mechanism.name),
        )
        for mechanism in kind.mechanisms
        for row in mechanism.parameters
    )
    return (chosen, *own)


MECHANISMS = tuple(row for kind in mechanisms.KINDS for row in _rows_of(kind))

PARAMETERS: Table[Parameter] = Table(
    WORLD
    + AREA
    + AGENCIES
    + TALK
    + UNDERSTANDING
    + COORDINATION
    + DELIVERY
    + TRUST
    + COMMITMENT
    + FUNDING
    + MECHANISMS
    + MONEY
    + _LEVERS
)
"""All parameters; those of extensions in use stand at the end."""
BY_NAME: Mapping[str, Parameter] = ByName(lambda: {p.name: p for p in PARAMETERS})
LEVERS: Sequence[Parameter] = Rows(lambda: (p for p in PARAMETERS if p.section == "partnership"))

GENERAL: Sequence[Parameter] = Rows(
    lambda: (p for p in PARAMETERS if p.section not in ("world", "money", "partnership"))
)
"""The parameters that hold for the whole area, in the engine's order."""

WORLD_NUMBERS: tuple[Parameter, ...] = tuple(p for p in WORLD if p.kind != "choice")
LEVER_NUMBERS: Sequence[Parameter] = Rows(
    lambda: (p for p in LEVERS if p.name not in ("size", "recruit", "area"))
)
"""A partnership's levers, in the engine's order."""

FIXED = ("agencies", "areas", "national_share", "objectives", "skills", "months", "neighbours")
"""Numbers that something else in a scenario may have to fit."""
FREE: AbstractSet[str] = Names(
    lambda: (
        p.name
        for p in (*GENERAL, *WORLD_NUMBERS, *LEVER_NUMBERS, *MONEY)
        if p.name not in FIXED and p.kind != "choice"
    )
)
"""The numbers that nothing else in a scenario has to fit: any value in range will do."""


OWN_MECHANISMS = {kind.name: BY_NAME[kind.name].number() for kind in mechanisms.KINDS}
"""The model's own mechanisms, as a scenario's values have them."""


def is_read(parameter: Parameter, values: Mapping[str, float]) -> bool:
    """Tell whether the mechanisms chosen in a scenario's values read a parameter."""
    if parameter.only_under is None:
        return True
    kind, mechanism = parameter.only_under
    return BY_NAME[kind].choices[int(values[kind])] == mechanism
