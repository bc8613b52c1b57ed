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
# 3. A batch and its analysis

You will run a designed experiment into a folder, interrupt it, go on where it stopped, and read
the results with pandas and with DuckDB, which needs no cgsim.

It takes about fifteen minutes to read, and a few seconds to run. DuckDB is not among the libraries
that cgsim needs: `pip install duckdb`. Everything is written to a temporary folder, which the last
cell deletes.
"""

# %%
import tempfile
from pathlib import Path

import duckdb
import matplotlib.pyplot as plt
import pandas as pd

import cgsim
from cgsim import statistics
from cgsim.answer.formats import points
from cgsim.pictures import figures

temporary = tempfile.TemporaryDirectory()
folder = Path(temporary.name) / "size-meetings"

# %% [markdown]
"""
## What is asked

An experiment is a file: a question, a scenario, what is varied. `cgsim experiments` lists those
that come with cgsim, and `docs/experiments.md` says how to write one. The luck is common: replicate
7 is the same area at every design point, so design points can be compared replicate by replicate.
"""

# %%
experiment = cgsim.load_experiment("size-meetings", replicates=60)
print(experiment.question)
for factor in experiment.factors:
    print(f"{factor.key}: {', '.join(f'{value:g}' for value in factor.values)}")
print(f"{len(experiment.points)} design points, {experiment.replicates} replicates each")

# %% [markdown]
"""
## Run, stop, go on

A batch is computed part by part. Each part is a Parquet file that is there whole or not at all.
Here the progress report stops it on purpose; a power cut would do the same. The same call again
finds what is done and computes the rest, and a third time there is nothing left to do.
"""

# %%
total = len(experiment.points) * experiment.replicates


def stop_half_way(done: int, total: int) -> None:
    """Stop the batch as Ctrl-C would."""
    if done > total / 2:
        raise KeyboardInterrupt


try:
    cgsim.run_experiment(experiment, folder, progress=stop_half_way)
except KeyboardInterrupt:
    print("Stopped.")
resumed = cgsim.run_experiment(experiment, folder)
again = cgsim.run_experiment(experiment, folder)
print(f"Of {total:,} runs, going on computed {resumed.computed:,}, once more {again.computed}.")
assert 0 < resumed.computed < total
assert again.computed == 0

# %% [markdown]
"""
## What is in the folder

`manifest.json` holds the resolved input, the seed, versions and hashes. `content_sha256` is one
hash over all rows. It is the same for anyone who runs this experiment with this version, on any
machine, whether or not it was stopped. `cgsim verify` checks it, and `cgsim reproduce` runs
it all again.
"""

# %%
batch = cgsim.open_batch(folder)
for path in sorted(folder.iterdir()):
    print(path.name + ("/" if path.is_dir() else ""))
print("Seed:", batch.experiment.seed)
print("All rows:", batch.manifest["content_sha256"])

# %% [markdown]
"""
## With pandas

`batch.summary` has a row a design point and measure, with its 95 % interval. `batch.runs` has a row
a replicate; `batch.matrix("gain")` is the same as design points by replicates.
"""

# %%
gain = batch.summary.query("measure == 'gain'")
largest = gain.loc[gain["estimate"].idxmax()]
print(gain[["size", "meetings", "estimate", "low", "high"]].sample(5, random_state=1).to_string())
print(f"The largest mean gain is at {largest['size']:g} members, {largest['meetings']:g} meetings.")

curves = {meetings: rows for meetings, rows in gain.groupby("meetings") if 0.5 <= meetings <= 2}
looks = [(figures.WARM, "-."), (figures.TOGETHER, "-"), (figures.MONEY, "--")]
with figures.house_style():
    figure, axes = plt.subplots(figsize=(8, 4.2), layout="constrained")
    for (colour, line), rows in zip(looks, curves.values(), strict=True):
        axes.plot(rows["size"], 100 * rows["estimate"], line, color=colour, linewidth=2)
        ends = 100 * rows["low"], 100 * rows["high"]
        axes.fill_between(rows["size"], *ends, color=colour, alpha=0.25, linewidth=0)
    heights = figures.apart(axes, [100 * rows["estimate"].iloc[-1] for rows in curves.values()])
    for (colour, _), meetings, height in zip(looks, curves, heights, strict=True):
        axes.text(20.3, height, f"{meetings:g} a month", color=colour, va="center")
    axes.axhline(0, color=figures.INK, linewidth=0.8)
    axes.set_xlim(2, 23)
    figures.set_ticks(axes, gain["size"])
    axes.set_xlabel("members")
    axes.set_ylabel("mean gain, %")
    axes.set_title("Gain by size, for three numbers of meetings, with 95 % intervals")
    plt.show()

# %% [markdown]
"""
Under these assumptions the gain rises with the first members and falls with later ones. No rule
rewards or punishes a number of members. Is the fall more than chance? The luck is common, so each
replicate answers for itself.
"""

# %%
number = batch.points.set_index(["meetings", "size"])["point"]
matrix = batch.matrix("gain")
monthly = number.loc[1.0]
best = max(monthly.index, key=lambda size: matrix[monthly[size]].mean())
largest_size = max(monthly.index)
fall = statistics.mean(matrix[monthly[best]] - matrix[monthly[largest_size]])
low, high = points(fall.low), points(fall.high)
print(f"From {best:g} to {largest_size:g} members, at a meeting a month, the gain falls by")
print(f"{points(fall.value)} percentage points (95 % interval {low} to {high}).")
assert min(monthly.index) < best < largest_size, "the text says that the gain rises, then falls"
assert fall.low > 0

# %% [markdown]
"""
The best size was picked from the same runs that it is compared in, so the fall is slightly
flattered. The study warns of groups that grow unwieldy (section LIT); this is compatible with it.

## With DuckDB

The Parquet files are read by anything: DuckDB, R, Julia. One query gives the mean gain and the
share of replicates that lose. It agrees with the summary.
"""

# %%
query = f"""
    SELECT size, meetings, avg(gain) AS gain, avg((gain < 0)::INT) AS lose, count(*) AS replicates
    FROM '{(folder / "runs" / "*.parquet").as_posix()}'
    JOIN '{(folder / "points.parquet").as_posix()}' USING (point)
    WHERE arm = 'together' GROUP BY ALL ORDER BY size, meetings
"""
table = duckdb.sql(query).df()
print(table.query("meetings == 1").to_string(index=False))
both = table.merge(gain, on=["size", "meetings"])
pd.testing.assert_series_equal(both["gain"], both["estimate"], check_names=False, rtol=1e-9)

# %% [markdown]
"""
On the command line the whole of it is `cgsim batch size-meetings --out results/size-meetings`, and
`cgsim report results/size-meetings -o size.html` makes a page of it.

Next: `04_changing_a_rule.py`.
"""

# %%
temporary.cleanup()
