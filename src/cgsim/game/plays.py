"""Plays: what somebody decided in a case, on which luck, lived and scored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cgsim.engine.run import ARMS, Runs, simulate
from cgsim.game.cases import CASES, QUARTERS, Case, month_of
from cgsim.game.decisions import A_QUARTER, MORE_MONTHS, NUMBER, Decision, changes, check
from cgsim.measures import COLUMN, MEASURES, Arms, measure_chunk
from cgsim.rules.state import BOARD_COLUMNS, ENDINGS, MONTH_COLUMNS
from cgsim.scenario import Scenario

SEED = 1
"""The seed of every play; whose luck it is says the replicate."""
MOST_LUCK = 10**8 - 1
GUESS_MONTHS = (6, 18)
"""Months of the game, from 0, at which a player writes down what the gain is."""
MOST_GUESS = 9_999
SCORE = COLUMN["extra_met_over_equal_money_a_year"]
BETTER_OFF = COLUMN["better_off_over_equal_money"]
MET = MONTH_COLUMNS.index("met")
ENDED = BOARD_COLUMNS.index("ended")


@dataclass(frozen=True)
class Play:
    """A play: the case, the luck (a replicate's number), what was decided, and two guesses.

    ``guesses`` are in need met over the same money, units a year; None where none was made.
    ``a_quarter`` so many decisions may be made in a quarter: more in what might have been, never in
    what somebody played. Raises ``ValueError``, in one line, for what no player can have done.
    """

    case: Case
    luck: int
    decisions: tuple[Decision, ...] = ()
    guesses: tuple[int | None, ...] = (None, None)
    a_quarter: int = A_QUARTER

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        if not 0 <= self.luck <= MOST_LUCK:
            raise ValueError(f"luck: got {self.luck}; allowed 0 to {MOST_LUCK}")
        if len(self.guesses) != len(GUESS_MONTHS):
            raise ValueError(f"guesses: got {len(self.guesses)}; allowed {len(GUESS_MONTHS)}")
        for guess in self.guesses:
            if guess is not None and not -MOST_GUESS <= guess <= MOST_GUESS:
                raise ValueError(f"guess: got {guess}; allowed {-MOST_GUESS} to {MOST_GUESS}")
        check(self.decisions, self.a_quarter)

    @property
    def scenario(self) -> Scenario:
        """The scenario that the play is: the case with a scheduled change for each decision."""
        tables = self.case.scenario.to_dict()
        made = list(changes(self.case, self.decisions))
        if made:
            tables["change"] = made
        return Scenario.from_dict(tables, name=self.case.name)

    def without(self, place: int) -> Play:
        """Return the play with one decision undone, and what cannot be without it."""
        kept = [one for number, one in enumerate(self.decisions) if number != place]
        if self.decisions[place].action == NUMBER["grant"]:
            kept = [one for one in kept if one.action != NUMBER["more_money"]]
        return replace(self, decisions=tuple(kept))

    def led_from_the_start(self) -> Play:
        """Return the same decisions, and most of the lead's hours for leading from month 1 on."""
        kept = [one for one in self.decisions if one.action != NUMBER["leading"]]
        led = (Decision.to("leading", 0, 2), *kept)
        return replace(self, decisions=led, a_quarter=self.a_quarter + 1)

    def repaired(self, quarter: int, repair: Sequence[tuple[str, int]]) -> Play:
        """Return what was decided before a quarter, then a repair, and nothing more."""
        before = [one for one in self.decisions if one.quarter < quarter]
        closed = any(one.action == NUMBER["close"] for one in before)
        mended = () if closed else tuple(Decision.to(name, quarter, at) for name, at in repair)
        return replace(self, decisions=(*before, *mended))

    def on_luck(self, luck: int) -> Play:
        """Return the same decisions on other luck."""
        return replace(self, luck=luck)


@dataclass(frozen=True)
class Seen:
    """What a lead sees when a quarter begins: of the three months before, and never the truth."""

    members: int
    settled: float  #: share of the issues raised that were settled, mean of the months
    hours: float  #: given to the partnership, at work and in meetings, a month
    says: float  #: what members say it is worth to them, 1 being as much as working alone
    money_left: float  #: hours still to be paid for from outside


@dataclass(frozen=True)
class Lived:
    """What came of a play."""

    play: Play
    score: float  #: need met over the same money, units a year
    better_off: float  #: share of founding members better off by own goals than with the same money
    ended: str  #: why the partnership ended; empty if it lives
    met: NDArray[np.float64]  #: (arms, months) units of need met: together, alone, the same money
    board: NDArray[np.float64]  #: (months, P) the partnership's record, columns BOARD_COLUMNS

    def column(self, name: str) -> NDArray[np.float64]:
        """Return one column of the partnership's record by month."""
        return self.board[:, BOARD_COLUMNS.index(name)]

    def seen(self, quarter: int) -> Seen:
        """Return what is seen when a quarter begins (from 1; ``QUARTERS`` is the end).

        It hangs on what was decided before that quarter alone. Raises ``ValueError`` for a quarter
        that nothing has been lived before.
        """
        if not 1 <= quarter <= QUARTERS:
            raise ValueError(f"quarter: got {quarter}; allowed 1 to {QUARTERS}")
        months = slice(month_of(quarter - 1), month_of(quarter))
        board = {name: self.column(name)[months] for name in BOARD_COLUMNS}
        alive = not board["ended"][-1]
        paid_for = 0.0
        for decision in self.play.decisions:
            if decision.quarter < quarter and decision.action == NUMBER["grant"]:
                paid_for += self.play.case.grant["fund_months"]
            if decision.quarter < quarter and decision.action == NUMBER["more_money"]:
                paid_for += MORE_MONTHS
        paid_for -= np.count_nonzero(self.column("bought_hours")[: month_of(quarter)])
        return Seen(
            members=int(board["members"][-1]),
            settled=float(board["settled"].mean()),
            hours=float((board["joint_hours"] + board["overhead_hours"]).mean()),
            says=float(board["appeal"][-1]),
            money_left=float(paid_for * self.play.case.grant["fund"]) if alive else 0.0,
        )


def live(plays: Sequence[Play]) -> list[Lived]:
    """Live plays, each on its own luck in the three arms, and score them; in the order given."""
    luck = np.array([play.luck for play in plays], np.int64)
    # Plays that decide alike are one scenario.
    alike: dict[tuple[int, tuple[Decision, ...]], int] = {}
    points = np.zeros(len(plays), np.int64)
    scenarios: list[Scenario] = []
    for place, play in enumerate(plays):
        key = (play.case.number, play.decisions)
        if key not in alike:
            alike[key] = len(scenarios)
            scenarios.append(play.scenario)
        points[place] = alike[key]
    hour_costs = np.array([scenario.values["hour_cost"] for scenario in scenarios])

    def reduce(runs: Runs) -> Any:
        measured = np.zeros((len(runs.points), len(MEASURES)))
        measure_chunk(runs.chunk, runs.points, Arms(0, 1, 2), hour_costs, measured)
        return measured, runs.chunk.month[..., MET].copy(), runs.chunk.board[:, 0, :, 0].copy()

    lived: list[Any] = [None] * len(plays)
    if not plays:
        return lived
    for done, (measured, met, board) in simulate(scenarios, points, luck, SEED, reduce, arms=ARMS):
        for row, place in enumerate(done):
            ended = ENDINGS[int(board[row, -1, ENDED])]
            score, better = measured[row, SCORE], measured[row, BETTER_OFF]
            lived[place] = Lived(
                plays[place], float(score), float(better), ended, met[row], board[row]
            )
    return lived


def case_of(name: str) -> Case:
    """Return a case by its name; raise ``ValueError`` where there is none."""
    for case in CASES:
        if case.name == name:
            return case
    raise ValueError(f"got {name!r}; allowed {', '.join(case.name for case in CASES)}")
