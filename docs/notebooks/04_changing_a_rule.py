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
# 4. Changing a rule

You will replace one rule of the month by one of your own, see what it does on the same luck, find
out what it touches, and learn how to change it for good.

It takes about twenty minutes to read, and about ten seconds to run. Open it in a fresh kernel: the
first cell has to come before anything else of cgsim is loaded.
"""

# %%
import os

os.environ["NUMBA_DISABLE_JIT"] = "1"

import inspect
import json
import logging
import re
import tempfile
from pathlib import Path
from unittest.mock import patch

import matplotlib.pyplot as plt
import numba
import numpy as np

import cgsim
from cgsim import statistics
from cgsim.answer.formats import points
from cgsim.engine.replay import TOLERANCE, differences, export_world, read_world
from cgsim.pictures import figures
from cgsim.rules import month, trust
from cgsim.rules.acquaintance import cell

logging.getLogger("cgsim").setLevel("ERROR")  # it would tell of changed rules as well
assert numba.config.DISABLE_JIT, "start a fresh kernel: cgsim was loaded with its compiled rules"

# %% [markdown]
"""
## Why without the compiler

The rules are small Python functions over arrays. Usually Numba compiles the whole month into one
piece of machine code, and with a rule that is replaced in memory it does so again: a minute
each time. Without the compiler the very same functions run as plain Python: much slower, with the
same results, and every rule can be replaced, stepped through or printed from.

With or without the compiler, what is computed with a changed rule says so, and nothing of it is
kept for other processes. `docs/how-to/change-a-rule.md` tells how to do it with the compiler.

`rules/month.py` is the only place where the order of a month stands.
"""

# %%
order = re.findall(r"([a-z_]+\.[a-z_]+)\(", inspect.getsource(month.live_month))
print("A month:", ", ".join(order), end=".\n\n")
print(inspect.getdoc(trust.judge_promises))

# %% [markdown]
"""
## A rule of our own

Members trust each other less for every part of a promise that is not kept, however small. Suppose
that they forgave small shortfalls: a promise that is kept for the most part counts as kept. That is
a thought, and no finding. The function takes and changes what the original does. Only the
forgiving is new.
"""

# %%
FORGIVEN = 0.2


def forgiving_up_to(forgiven):
    """Return the rule with shortfalls of up to a share of the promise counted as none."""

    def judge_promises(parameters, shocks, month, b, state):
        partnership = state.partnership[b]
        roster = state.roster[b]
        contact = partnership.contact
        blur = parameters.observe_sd * (1.0 - partnership.monitoring)
        for place in range(partnership.members):
            judged = roster[place]
            kept = 0.0
            if state.promised[b, place] > 0.0:
                kept = min(1.0, state.given[b, place] / state.promised[b, place])
            kept = min(1.0, max(0.0, kept + blur * shocks.observe[month, judged]))
            if kept >= 1.0 - forgiven:  # this is new
                kept = 1.0
            gain = contact * parameters.trust_gain * kept
            loss = contact * parameters.trust_loss * (1.0 - kept)
            for other_place in range(partnership.members):
                if other_place != place:
                    here = cell(b, other_place, place, state)  # of the other in this one
                    trusted = state.trust[here]
                    state.trust[here] = trusted + (gain * (1.0 - trusted) - loss * trusted)
        partnership.experience += 1.0

    return judge_promises


rules = {"original": trust.judge_promises, "forgiving": forgiving_up_to(FORGIVEN)}

# %% [markdown]
"""
## The same luck under both rules

`month.py` calls `trust.judge_promises` by the name of its module, so it is replaced there. `patch`
puts the original back at the end of the block, whatever happens. A rule that another module has
imported by name has to be replaced in that module.

Every chance event has an address: seed, replicate, purpose, month, agency. A rule draws nothing,
so both sides have the same luck. Two checks come first: nothing forgiven has to give the
original's numbers, and agencies that work alone have nobody to judge.
"""

# %%
SEED = 1


def run_with(rule, replicates):
    """Run the baseline with another rule for judging promises."""
    with patch.object(trust, "judge_promises", rule):
        return cgsim.run("baseline", replicates, SEED, months=True)


original, forgiving = (run_with(rule, 12) for rule in rules.values())
nothing_forgiven = run_with(forgiving_up_to(0.0), 2)
np.testing.assert_array_equal(nothing_forgiven.month_values, original.month_values[:2])
together, alone = 0, 1
np.testing.assert_array_equal(forgiving.month_values[:, alone], original.month_values[:, alone])
assert not np.array_equal(forgiving.month_values[:, together], original.month_values[:, together])

difference = statistics.mean(forgiving.column("gain") - original.column("gain"))
low, high = points(difference.low), points(difference.high)
print(f"Original rule:  a gain of {points(original.estimate('gain').value)} per cent.")
print(f"Forgiving rule: a gain of {points(forgiving.estimate('gain').value)} per cent.")
print(f"Difference: {points(difference.value)} percentage points (95 % interval {low} to {high}).")
print(forgiving.headline().rpartition(". ")[2])
assert forgiving.changed_rules == ("trust.judge_promises",)
assert difference.low > 0, "the text below says that forgiving adds a little"

# %% [markdown]
"""
Under this rule the partnership gains a little more in these replicates. A few are enough to see
it, because each replicate answers for itself. One replicate, month by month, shows how it comes
about. `PartnershipModel` walks the same rules.
"""

# %%
paths = {}
for label, rule in rules.items():
    with patch.object(trust, "judge_promises", rule):
        model = cgsim.PartnershipModel("baseline", SEED, replicate=0)
        model.run_model()
    paths[label] = model.board(0, "trust")
    model.forget()

with figures.house_style():
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.6), layout="constrained")
    looks = {"original": (figures.ALONE, "--"), "forgiving": (figures.TOGETHER, "-")}
    for label, (colour, line) in looks.items():
        left.plot(paths[label], line, color=colour, label=label)
    left.legend(frameon=False)
    left.set_xlabel("month")
    left.set_title("Mean trust between members, replicate 0")
    gains = 100 * original.column("gain"), 100 * forgiving.column("gain")
    right.plot(*gains, "o", color=figures.TOGETHER)
    right.axline((gains[0].mean(), gains[0].mean()), slope=1, color=figures.INK, linewidth=0.8)
    right.set_xlabel("gain under the original rule, %")
    right.set_ylabel("gain under the forgiving rule, %")
    right.set_title("A dot a replicate; the line: no difference")
    plt.show()

# %% [markdown]
"""
## What the change touches

A world file holds one replicate with its luck and the results of the rules as they are;
`cgsim export-world` writes one. Living it under the changed rule says which results move. None may
move under the original rule. This is the check that `cgsim replay --check` makes, and the worlds
in `tests/vectors/` make with the results of another program.
"""

# %%
with tempfile.TemporaryDirectory() as folder:
    file = Path(folder) / "world.json"
    file.write_text(json.dumps(export_world(cgsim.load("baseline"), SEED, 0)))
    world = read_world(file)
assert all(size <= TOLERANCE for _, _, size in differences(world))

with patch.object(trust, "judge_promises", rules["forgiving"]):
    moved = [row for row in differences(world) if row[2] > TOLERANCE]
for arm, column, size in moved:
    print(f"{arm}: {column} moves by up to {size:.2g}")
columns = {column for _, column, _ in moved}
assert {arm for arm, _, _ in moved} == {"together"}
assert {"board.trust", "board.commitment"} <= columns
assert not {"board.meetings", "overhead_hours"} & columns

# %% [markdown]
"""
Differences count relative to the size of the value, or absolutely where it is below one. Trust
moves, then what members commit and all that follows from it. Meetings, overhead and the arm alone
do not. Had they moved, the rule would be doing something else than was meant.

## For good

1. Look first whether a parameter does it already: `cgsim describe trust_loss`.
2. In a clone of the repository, installed with `pip install -e .`, change the function in
   `src/cgsim/rules/`. Compiled rules may use numbers, loops and the arrays they are given; they
   cannot make new arrays, lists or texts. The folder of the compiled code is named by a hash of
   the sources, so the next run compiles anew, in about a minute, and then has full speed.
3. Better still, make it a parameter whose default leaves the model as it is: a row in
   `src/cgsim/scenario/parameters.py`, and that value in the worlds of `tests/vectors/`. Then both
   rules can be run side by side with `--set`.
4. Write down the formula in the docstring and in `docs/model.md`, and add a test of what must
   follow from it. If results change, run `make golden` and say so in `CHANGELOG.md`.

`CONTRIBUTING.md` says this in full; `docs/decisions/` says why rules are written as they are.
"""
