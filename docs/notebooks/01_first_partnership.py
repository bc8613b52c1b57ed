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
# 1. A first partnership

You will run a scenario of the library, read what it came to with its uncertainty, see what eats
the gain, and find out whether one changed lever makes a difference.

It takes about fifteen minutes to read, and a few seconds to run. Everything here is simulated. Most
inputs are expert assumptions, so read the results as what follows from them.
"""

# %%
import matplotlib.pyplot as plt
import pandas as pd

import cgsim
from cgsim import statistics
from cgsim.answer import formats, names
from cgsim.pictures import drawings, figures

# %% [markdown]
"""
## Load a scenario

A scenario says which agencies there are, what they care about, and how the partnership is set up.
Every value that a file does not give has a default. `cgsim scenarios` lists the library on the
command line.
"""

# %%
scenario = cgsim.load("under-authorised")
print(scenario.title)
print(scenario.summary.strip())
print(scenario.source)

# %% [markdown]
"""
## Run it

A replicate is one world drawn by chance, with its own luck. Each is lived several times: with the
partnership, without it, and without it but with its money. The gain of a replicate is the
difference between the same area together and alone.

The headline comes from the summary. Each row there has a 95 % interval: how well the mean over
all replicates is known. It does not say how far one partnership may be from that mean. The spread
of the gain does.
"""

# %%
results = cgsim.run(scenario, replicates=500, seed=1, months=True)
print(results.headline())
summary = results.summary.set_index("measure")
rows = ["gain", "gain_sd", "loses", "months_faster", "better_off", "inertia"]
print(summary.loc[rows, ["words", "unit", "estimate", "low", "high"]].to_string())
assert summary.loc["gain", "low"] > 0, "the text says that this partnership gains on average"
assert 0 < summary.loc["loses", "low"] < summary.loc["loses", "high"] < 0.5, "and a minority loses"

# %% [markdown]
"""
Under these assumptions the partnership gains on average, and a minority of replicates loses by it.
One real partnership would be like one replicate, not like the mean.

## Together against alone

The bands on the left hold nine replicates in ten. They overlap because areas differ: some have
more hours and more need than others. On the right each area is compared with itself, so the band
is narrow. It is the 95 % interval of the mean gain up to that month.
"""

# %%
with figures.house_style():
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.6), layout="constrained")
    results.plot("months", left)
    results.plot("gain so far", right)
    left.set_title("Need met each month")
    right.set_title("The gain as it comes together")
    plt.show()

# %% [markdown]
"""
## What eats the gain

Five frictions can be switched off one by one: hours of overhead, unsettled issues, members giving
little, promises that slip, and views that differ. With all of them off, the gain is what would be
possible. `run_frictions` lives every combination on the same luck. What each friction takes is its
effect averaged over every order in which they could be added, so the parts add up. A friction can
also do good: members who hold back raise fewer issues than can be settled.
"""

# %%
frictions = cgsim.run_frictions(scenario, replicates=200, seed=1)
frictions.plot()
plt.show()

largest = max(frictions.losses, key=lambda name: frictions.losses[name].value)
print(f"Possible: {formats.percent(frictions.potential.value)}.")
print(f"Left: {formats.percent(frictions.realised.value)}.")
print(f"Taking most: {names.friction(largest)}.")

# %% [markdown]
"""
## Change one lever

Would a stronger lead help? `replace` takes the assignments that `--set` takes on the command
line. `run_many` lives both on the same luck: replicate 7 has the same agencies, the same absences
and the same weather in both. So the difference can be taken replicate by replicate.
"""

# %%
before = scenario.partnerships[0].levers["lead_strength"]
led = scenario.replace("lead_strength=0.8")
weak, strong = cgsim.run_many([scenario, led], 500, 1)
paired = statistics.mean(strong.column("gain") - weak.column("gain"))

compared = pd.DataFrame(
    {"label": label, "estimate": estimate.value, "low": estimate.low, "high": estimate.high}
    for label, estimate in (
        (f"gain, strength of the lead {before:g}", weak.estimate("gain")),
        ("gain, strength of the lead 0.8", strong.estimate("gain")),
        ("difference, replicate by replicate", paired),
    )
)
with figures.house_style():
    figure, axes = plt.subplots(figsize=(8, 2.2), layout="constrained")
    drawings.draw_points(axes, compared, 100, "per cent of what the founders meet by themselves")
    plt.show()
low, high = formats.points(paired.low), formats.points(paired.high)
print(f"{formats.points(paired.value)} percentage points more (95 % interval {low} to {high}).")

# %% [markdown]
"""
On the same luck, much of the chance is common to both sides and cancels. Here is the same
comparison with other luck on one side.
"""

# %%
other_luck = cgsim.run(led, replicates=500, seed=2)
separate = statistics.mean(other_luck.column("gain") - weak.column("gain"))
times = (separate.high - separate.low) / (paired.high - paired.low)
low, high = formats.points(separate.low), formats.points(separate.high)
print(f"The interval is {times:.1f} times as wide: {low} to {high}.")
assert paired.low > 0, "the text below says that a stronger lead helps"
assert times > 1

# %% [markdown]
"""
Under these assumptions a stronger lead helps this partnership. That is compatible with the study,
which counts clear leadership among its key findings (section KEY). It does not say how much a real
partnership would gain: what a lead achieves in a meeting is an expert assumption. Try
`authority=0.9` in its place: representatives who can commit.

Next: `02_mesa_model_step_by_step.py` walks through one replicate, month by month.
"""
