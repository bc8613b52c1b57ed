"""Made-up records: a life of the model, written down as a partnership would.

``python tests/calibrate/made_up.py`` writes ``records/made-up.csv`` anew.
"""

import csv
import io
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

import cgsim
from cgsim.calibrate.bank import AHEAD, fill, plan
from cgsim.calibrate.kinds import KINDS
from cgsim.calibrate.observing import Luck, record
from cgsim.calibrate.records import BEFORE, Records, Series

MONTHS, AHEAD_MONTHS = 24, 24
EXAMPLE = Path(__file__).parents[2] / "records/made-up.csv"
SEED, DRAW = 2008, 3
TRIAL = ("members", "meetings", "joint_hours", "overhead_hours", "settled", "trust", "agreement")
"""What is recorded in the figures of the documents, besides what the example has."""
ALL = ("appeal", "need_met", "trust", "agreement", "joint_hours", "overhead_hours", "activities",
       "present", "settled", "members")  # fmt: skip


def pattern(kind, missing=(3, 14), people=8.0, issues=6.0, months=MONTHS):
    """Return how a kind would be recorded: in most months, surveys twice."""
    about = KINDS[kind]
    if about.survey:
        kept = np.array([months // 4 - 1, 3 * months // 4 - 1])
    else:
        first = -BEFORE if about.before else 0
        kept = np.array([m for m in range(first, months) if m not in missing])
    of = people if about.survey or kind == "present" else issues if about.of else np.nan
    nothing = np.full(len(kept), np.nan)
    return Series(about, kept, np.ones(len(kept)), np.full(len(kept), of), nothing)


def nothing_but_months(months=MONTHS):
    return Records("made up", {}, months)


def bank_of(folder, draws, seed, *settings, off=(), workers=None):
    """Return a bank of the baseline; with some frictions off its rules are other ones."""
    scenario = cgsim.load("baseline", list(settings))
    planned = plan(scenario, nothing_but_months(), AHEAD_MONTHS, draws, seed)
    return fill(replace(planned, off=off), MONTHS, folder, workers=workers)[0]


def series_of(bank, row, kinds, seed):
    """Return one life of a bank as it was written down, by kind."""
    lives = bank.lives.take(np.array([row]))
    luck = Luck(seed, len(bank.experiment.points))
    made = {}
    for kind in kinds:
        shape = pattern(kind)
        values = record(lives, shape, luck)[0]
        made[kind] = replace(shape, values=values if shape.kind.whole else np.round(values, 2))
    return made


def as_csv(series, remarks=()):
    stream = io.StringIO()
    for remark in remarks:
        stream.write(f"# {remark}\n")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["month", "what", "value", "of"])
    for kind, one in series.items():
        for month, value, of in zip(one.months, one.values, one.of, strict=True):
            number = f"{value:.0f}" if one.kind.whole else f"{value:g}"
            writer.writerow([month + 1, kind, number, "" if np.isnan(of) else f"{of:.0f}"])
    return stream.getvalue()


def example():
    """Return the example's text, and the true gain ahead of the life that it was made from."""
    with tempfile.TemporaryDirectory() as room:
        bank = bank_of(Path(room), 8, SEED)  # a draw is the same however many there are
    row = int(np.flatnonzero(bank.number == DRAW)[0])
    assert bank.lives.columns["members"][row, -1] > 0
    kinds = ("appeal", "trust", "agreement", "need_met", "joint_hours", "overhead_hours",
             "present", "settled", "members")  # fmt: skip
    series = series_of(bank, row, kinds, SEED)
    need = series["need_met"]
    people = np.round(need.values / 20.0)  # counted in people helped, as partnerships do
    series["need_met"] = replace(need, values=people)
    remarks = (
        "Made-up records: no partnership kept them. They are one life of the scenario baseline,",
        "written down as its members might have done it.",
    )
    return as_csv(series, remarks), float(bank.gain(AHEAD)[row])


if __name__ == "__main__":
    text, gain = example()
    EXAMPLE.write_text(text, encoding="utf-8")
    print(f"{EXAMPLE.name}: the true gain of the months ahead is {gain:.4f}")
