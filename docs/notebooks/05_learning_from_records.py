# ---
# jupyter:
#   jupytext:
#     cell_markers: '"""'
#     notebook_metadata_filter: -jupytext.text_representation.jupytext_version
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
"""
# 5. Learning from a partnership's records

You will lay a partnership's records beside lives of the model, keep the lives that come nearest,
forecast from them, check whether the forecast is honest, and go on with what was learned.

It takes about twenty minutes to read, and about a minute to run. **The records are made up**: they
are one life of the model, written down as its members might have done it. No partnership kept them.
Everything is written to a temporary folder, which the last cell deletes.
"""

# %%
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

import cgsim
from cgsim import shipped
from cgsim.answer.formats import percent
from cgsim.calibrate.calibration import calibrate
from cgsim.calibrate.keeping import keep, taught_table
from cgsim.calibrate.records import load_records
from cgsim.experiment.doubt import drawn_many
from cgsim.experiment.posterior import load_posterior
from cgsim.pictures import figures

temporary = tempfile.TemporaryDirectory()
folder = Path(temporary.name) / "calibration"

# %% [markdown]
"""
## The records

A table with a row a month and kind: `cgsim calibrate --template ours.xlsx` writes one to fill in.
What was not recorded is simply missing; here two months are, and surveys were held twice.
"""

# %%
records = load_records(shipped.folder("records") / "made-up.csv")
print(f"{records.months} months, {len(records.series)} kinds of record:")
for name, series in records.series.items():
    print(f"  {name}: {len(series.months)} values, {series.values[0]:g} to {series.values[-1]:g}")

hours, overhead = records.series["joint_hours"], records.series["overhead_hours"]
with figures.house_style():
    figure, axes = plt.subplots(figsize=(8, 3.6), layout="constrained")
    axes.plot(hours.months + 1, hours.values, "o", color=figures.TOGETHER, label="joint work")
    axes.plot(overhead.months + 1, overhead.values, "s", color=figures.WARM, label="overhead")
    axes.set_xlabel("month of the partnership")
    axes.set_ylabel("hours written down")
    axes.set_title("Made-up records: hours of all members")
    axes.legend(frameon=False)
    plt.show()

# %% [markdown]
"""
## Lives to lay beside them

The scenario has to be like the partnership. It is lived many times, each life with its own draw
from what is uncertain and its own luck, and each is recorded as the partnership was. Those with the
nearest records are kept, as they were lived. For work take fifty thousand lives; two thousand are
enough to see how it goes.
"""

# %%
baseline = cgsim.load("baseline")
found = calibrate(baseline, records, folder, draws=2000, seed=1)
print(f"{found.lived:,} lives; {found.alike:,} of them lasted as long.")
print(f"The nearest {len(found.numbers)} are kept.")

# %% [markdown]
"""
## Can the model make such records at all?

Each kind is compared with what the model's own lives would have written down, given the other
kinds. Records that lie farther out than nearly all of them are refused, and nothing is learned.
That they are not refused is no evidence for the model: wrong ones can make such records too.
"""

# %%
assert not found.refused
print(f"{percent(1 - found.distance.worst, 0)} of the model's own lives are at least as far off.")
for one in found.kept:
    print(f"  {one.kind}: {one.recorded:.3g} recorded; lives kept {one.low:.3g} to {one.high:.3g}")

# %% [markdown]
"""
## The forecast

The kept lives bring their own futures along, with luck and all. Beside them stand the futures of
all lives that lasted as long: the forecast without the records. There is no best guess in either.
"""

# %%
gain = next(one for one in found.outlook if one.name == "gain_ahead")
with figures.house_style():
    figure, axes = plt.subplots(figsize=(8, 2.6), layout="constrained")
    cases = [("with", gain.with_records, figures.TOGETHER)]
    cases += [("without", gain.without, figures.ALONE)]
    for row, (_, spread, colour) in enumerate(cases):
        axes.plot([100 * spread.low, 100 * spread.high], [row, row], color=colour, linewidth=2)
        axes.plot([100 * spread.lower, 100 * spread.upper], [row, row], color=colour, linewidth=9)
    axes.axvline(0, color=figures.INK, linewidth=0.8)
    axes.set_yticks([0, 1], [f"{name} the records" for name, *_ in cases])
    axes.set_ylim(-0.6, 1.6)
    axes.set_xlabel(f"gain of the area in the next {found.ahead} months, %")
    axes.set_title("Half of lives (thick) and nineteen in twenty (thin)")
    plt.show()
for name, spread, _ in cases:
    ends = f"{percent(spread.lower)} to {percent(spread.upper)}"
    print(f"{name} records: {ends} in the middle half, a loss in {percent(spread.below_zero, 0)}")

# %% [markdown]
"""
Here, and only here, the truth is known: it is that of the life which the records were made from.
With a real partnership nobody ever sees it, since nobody sees what would have been met without it.
"""

# %%
TRUE_GAIN = 0.0616  # of the life in records/made-up.csv; tests/calibrate keeps it
assert gain.with_records.low < TRUE_GAIN < gain.with_records.high
print(f"The true gain, {percent(TRUE_GAIN)}, lies within nineteen lives in twenty.")

# %% [markdown]
"""
## What was learnt, and what was not

A parameter is called learnt only where its range shrank *and* the checks bear it out. Expect
*nothing learnt* nearly everywhere: many ways to work together leave the same traces. The forecast
is the product, the parameters are not.
"""

# %%
taught = taught_table(found).sort_values("narrower", ascending=False)
print(taught.head(6)[["name", "before_low", "before_high", "after_low", "after_high"]].to_string())
print(f"Learnt: {int(taught['learnt'].sum())} of {len(taught)} unknowns.")
assert not taught["learnt"].all()

# %% [markdown]
"""
## Is it honest?

Two hundred lives that nothing was learned from are taken for real, one after the other. Their
intervals should hold the truth as often as they claim. Where they do not, no forecast is given.
"""

# %%
print(f"Of {found.checked.lives} lives:")
for one in found.checked.coverage:
    ends = f"{percent(one.low, 0)} to {percent(one.high, 0)}"
    print(f"  {percent(one.level, 0)} intervals held {percent(one.held, 0)} ({ends})")
assert found.checked.honest
ratio = found.checked.ratio
print(f"Error against the forecast without records: {ratio.value:.2f}", end=" ")
print(f"({ratio.low:.2f} to {ratio.high:.2f}).")

# %% [markdown]
"""
## What is one kind of record worth?

Leave it out, and look how much wider the forecast becomes on average over the same checks. The
bank of lives is there already, so this takes a moment.
"""

# %%
without = calibrate(baseline, records.without("appeal"), folder, draws=2000, seed=1)
scores = {"all": found.checked.score, "without appeal": without.checked.score}
print(pd.Series(scores).round(4).to_string())
print("What would teach most now:", without.worth[0].kind)
assert without.checked.score > found.checked.score

# %% [markdown]
"""
## Go on with it

What was learned takes the place of the priors wherever something is drawn. On the command line
that is `--given FOLDER`; a scenario of another area is refused, other levers are welcome.
"""

# %%
kept = Path(temporary.name) / "kept"
kept.mkdir()
keep(found, kept)
posterior = load_posterior(kept)
more_often = cgsim.load("baseline", {"meetings": 2})
posterior.check([baseline, more_often])
drawn = drawn_many([baseline, more_often], seed=1, given=posterior)
answer = cgsim.run(baseline, 100).answer(drawn[0])
print(" ".join(s.text for s in answer.headline if s.id.startswith("doubt.")))
better = int(np.count_nonzero(drawn[1].area > drawn[0].area))
print(f"Twice as many meetings do better in {better} of {len(drawn[0].area)} of these lives.")
assert answer.doubt.given == {"records": "made-up.csv"}

# %% [markdown]
"""
On the command line the whole of it is `cgsim calibrate baseline made-up.csv --out calibration`,
then `cgsim run baseline --given calibration`. `docs/calibrate.md` says what each kind of record is
taken to show, and how often the checks held on two thousand partnerships.
"""

# %%
temporary.cleanup()
