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
# 2. The Mesa model, step by step

You will walk through one replicate a month at a time, ask its agencies what they do, collect what
happens in pandas tables, and see that the model's numbers are those of the compiled engine.

It takes about fifteen minutes to read, and a few seconds to run. If you know Mesa, nothing here
will surprise you: `PartnershipModel` is a Mesa model with two kinds of agents.
"""

# %%
import matplotlib.pyplot as plt
import numpy as np

import cgsim
from cgsim.answer.formats import percent
from cgsim.mesa_model import Agency, Partnership
from cgsim.pictures import figures
from cgsim.rules.state import MONTH_COLUMNS

# %% [markdown]
"""
## One replicate, one arm

The luck is chosen by a seed and the number of the replicate. The arm is the way it is lived:
`together`, `alone`, or `equal_money`. No month has been lived yet. The Korsakoff scenario is a
case of the study; its numbers are expert assumptions.
"""

# %%
SEED, REPLICATE = 1, 3
model = cgsim.PartnershipModel("korsakoff", seed_number=SEED, replicate=REPLICATE)
print(model.spec.title)
for kind in model.agent_types:
    print(len(model.agents_by_type[kind]), kind.__name__)

# %% [markdown]
"""
## A step is a month

`step` lives one month. Its order stands once, in `rules/month.py`, and the compiled engine walks
the same one. We step until the partnership begins, then a year on.
"""

# %%
(project,) = model.partnerships
while not project.alive:
    model.step()
began = model.month
while model.month < began + 12:
    model.step()
print(f"{project.name} began in month {began}; it is now month {model.month}.")
print(f"It has {len(project.members)} members, led by {project.lead.name}.")
print(f"They gave it {project.joint_hours:.0f} hours this month.")
print(f"Of the issues between them {percent(project.settled)} were settled.")

# %% [markdown]
"""
## Ask the agencies

Agents hold no state of their own: they are views on rows of the run's arrays, so what you read is
what the rules read. Mesa's `AgentSet` selects, sorts, groups and aggregates them.
"""

# %%
agencies = model.agents_by_type[Agency]
members = agencies.select(lambda agency: agency.memberships)
for agency in members.sort("commitment", ascending=False):
    role = ", and leads" if agency.is_lead else ""
    print(f"{agency.name} gives {percent(agency.commitment)} of its free hours{role}.")

trusting = members.agg("mean_trust", np.mean)
own = agencies.groupby(lambda agency: bool(agency.memberships)).agg("own_hours", sum)
print(f"Members trust each other by {trusting:.2f} on a scale from 0 to 1.")
print(f"Hours of own work: {own[True]:,.0f} of members, {own[False]:,.0f} of others.")
assert len(members) == len(project.members)

# %% [markdown]
"""
Agencies can be changed between months too: set their `capacity`, `trust`, `understanding` or
`view`, and the rules of the next month read it. A lever that is set, as in `project.meetings = 4`,
holds from the next month on. What follows from the rules cannot be set. From then on the run is one
of your own, and no longer the engine's. So we fork it, and leave this one alone.
"""

# %%
fork = model.fork(set={"meetings": 0.5})
fork.run_model()
print(f"With fewer meetings from month {began + 13} on the gain of this run is {fork.gain:.3f}.")
fork.forget()

# %% [markdown]
"""
## What was collected

Mesa's `DataCollector` has a row a month for the model, and one for each agent of each kind. The
columns are those of `months/*.parquet` in a results folder, then `met_alone`, the need met in the
same month of the arm alone, and `gain`, the gain so far.
"""

# %%
model.run_model()
months = model.datacollector.get_model_vars_dataframe()
each = model.datacollector.get_agenttype_vars_dataframe(Agency)
boards = model.datacollector.get_agenttype_vars_dataframe(Partnership)
print(months[["month", "met", "joint_met", "overhead_hours", "bought_hours"]].tail(3).to_string())
print(f"The gain of this run is {model.gain:.3f}.")
print(f"{len(months)} months; {len(each)} rows of agencies, {len(boards)} of partnerships.")

# %%
names = {agency.unique_id: agency.name for agency in model.agencies}
given = each["given_hours"].unstack("AgentID").rename(columns=names)
last_paid = int(np.flatnonzero(months["bought_hours"])[-1])
trust = model.board(0, "trust")
with figures.house_style():
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.6), layout="constrained")
    top = given.sum().nlargest(4).index
    for place, name in enumerate(top):
        colour = (figures.TOGETHER, figures.WARM, figures.MONEY, figures.ALONE)[place]
        line = ("-", "--", ":", "-.")[place]
        left.plot(months["month"], given[name].to_numpy(), line, color=colour, label=name)
    left.legend(frameon=False, fontsize=8)
    left.set_title("Hours given by the four largest givers")
    left.set_ylabel("hours a month")
    right.plot(months["month"], trust, color=figures.TOGETHER)
    right.set_title("Mean trust between members")
    right.set_ylim(0, 1)
    for axes in (left, right):
        axes.axvline(last_paid, color=figures.INK, linewidth=0.8)
        axes.set_xlabel("month; the line: the last month with outside money")
    plt.show()

sudden_falls = np.flatnonzero(np.diff(trust) < -0.02) + 1
changes_staff = model.shocks.turnover < model.spec.values["turnover"]
assert len(sudden_falls)
assert changes_staff[np.ix_(sudden_falls, model.world.founder[0])].any(axis=1).all()

# %% [markdown]
"""
Where trust falls suddenly, a member has changed its staff: trust in and of that agency is cut. The
model's record of chance events, `model.shocks`, says who it was.

This is one possible story out of many. What holds over many replicates is for the engine to say.

## The engine gives the same numbers

`cgsim.run` lives thousands of replicates in compiled code. Its replicate of the same number has
the same luck and walks the same month, so it is equal to the last bit on one machine.
"""

# %%
results = cgsim.run("korsakoff", replicates=REPLICATE + 1, seed=SEED, months=True)
for place, arm in enumerate(("together", "alone", "equal_money")):
    lived = cgsim.PartnershipModel("korsakoff", SEED, REPLICATE, arm)
    lived.run_model()
    assert np.array_equal(lived.record.month, results.month_values[REPLICATE, place])
    met = lived.column(MONTH_COLUMNS[0])
    print(f"{arm:12} {met.sum():.6f} units met, equal in all {lived.record.month.size} numbers")
    lived.forget()
model.forget()

# %% [markdown]
"""
`forget` lets go of a model that is no longer needed; older versions of Mesa keep every model in
memory otherwise.

Next: `03_batch_and_analysis.py` runs a designed experiment. `04_changing_a_rule.py` changes what
happens in a month.
"""
