"""No branch hangs on a rounding residue: a hair more in the input is a hair in the result."""

import numpy as np
import pytest

from cgsim import PartnershipModel, load, loads
from cgsim.engine.batch import new_chunk
from cgsim.engine.replay import (
    columns,
    export_world,
    live_all,
    shape_of_world,
    world_file_of,
)
from cgsim.experiment.design import SCENARIO, Experiment, Factor, prior_factors
from cgsim.measures import COLUMN, MEASURES, Arms, measure_chunk
from cgsim.rules.state import LEAST
from cgsim.running.results import run
from cgsim.scenario import library
from cgsim.scenario.parameters import BY_NAME, GENERAL, LEVER_NUMBERS, WORLD_NUMBERS

HAIR = 1e-12
"""How far inputs are moved, relative to themselves."""
JUMP = 1e-5
"""How far a result may move for it: above what months and ratios make of a hair, below a jump."""


TIMES = {"start", "last", "trigger", "target", "review_months", "fund_months", "fund_start"}
"""What a partnership waits for: reached or not, these are thresholds that are meant."""
COUNTS = {"agencies", "objectives", "skills", "months", "neighbours", "areas", "national_share"}
"""What has to fit together; landscapes of areas are drawn by ``test_landscapes``."""
OF_CHANGES = {"change_hours", "authority_hours", "authority_buyin", "fund_start"}
"""What is read where a run is steered: drawn scenarios have no changes."""
MOVED = {p.name for p in (*GENERAL, *LEVER_NUMBERS) if p.kind == "number"} - TIMES


def with_a_hair(tables, seed, parameters=False):
    """Return a world file's tables with every drawn number moved by up to a hair.

    With ``parameters`` those that are measures of something, not times or counts, move as well.
    """
    draw = np.random.default_rng(seed)

    def moved(values):
        values = np.asarray(values, float)
        return (values * (1.0 + HAIR * draw.uniform(-1, 1, values.shape))).tolist()

    world = {
        key: values  # who is tied to whom is no measure of anything
        if key == "tied"
        else np.clip(moved(values), 0.0, None if key == "capacity" else 1.0).tolist()
        for key, values in tables["world"].items()
    }
    shocks = {key: moved(values) for key, values in tables["shocks"].items()}
    changed = {**tables, "world": world, "shocks": shocks}
    for part in ("parameters", "partnerships") if parameters else ():
        changed[part] = {
            key: np.clip(moved(values), BY_NAME[key].low, BY_NAME[key].high).tolist()
            if key in MOVED
            else values
            for key, values in tables[part].items()
        }
    return changed


def lived(tables):
    """Return every column of every arm by name, and every measure."""
    file = world_file_of(tables)
    records = live_all(file)
    chunk = new_chunk(1, 3, shape_of_world(file))
    for room, array in zip(chunk.world, file.world, strict=True):
        room[0] = array
    for arm, record in enumerate(records.values()):
        chunk.month[0, arm] = record.month
        chunk.board[0, arm, :, : record.board.shape[1]] = record.board
        chunk.own_met[0, arm] = record.own_met
        chunk.met_by_objective[0, arm] = record.met_by_objective
    measured = np.zeros((1, len(MEASURES)))
    measure_chunk(chunk, np.zeros(1, np.int64), Arms(0, 1, 2), np.array([28.0]), measured)
    found = {name: measured[:, place] for name, place in COLUMN.items()}
    for arm, record in records.items():
        found |= {f"{arm}.{name}": values for name, values in columns(record)}
    return found


def furthest(tables, seed, parameters=False):
    """Return how far anything moves, relative to max(1, |value|), and what moves so far."""
    before, after = lived(tables), lived(with_a_hair(tables, seed, parameters))
    worst = (0.0, "")
    for name, old in before.items():
        size = np.maximum(1.0, np.abs(np.nan_to_num(old)))
        off = np.where(np.isnan(old) & np.isnan(after[name]), 0.0, np.abs(after[name] - old) / size)
        worst = max(worst, (float(np.max(np.nan_to_num(off, nan=np.inf), initial=0.0)), name))
    return worst


def drawn_scenario(seed):
    """Return a small scenario whose numbers are drawn, often from the ends of what is allowed."""
    draw = np.random.default_rng(seed)
    agencies, objectives = int(draw.integers(2, 10)), int(draw.integers(1, 5))
    values = {}
    for p in (*GENERAL, *LEVER_NUMBERS, *WORLD_NUMBERS):
        if p.name in OF_CHANGES:
            continue
        kind, place = draw.random(2)
        if p.name in TIMES | COUNTS or kind < 0.72:
            continue
        if p.kind == "choice":
            values[p.name] = p.choices[int(place * len(p.choices))]
            continue
        high = min(p.high, 2.0 * float(p.default) + 1.0)
        if kind < 0.86:
            value = p.low if kind < 0.80 else high
        else:
            value = p.low + place * (high - p.low)
            value = round(value, 1) if kind < 0.93 else value
        values[p.name] = min(max(value, p.low), high)
        if p.kind == "flag":
            values[p.name] = bool(round(place))
        elif p.kind == "whole":
            values[p.name] = int(value)
    # With no capacity to spread, or none left beside support, all is a tie or nothing at all.
    values["capacity_sd"] = max(0.01, values.get("capacity_sd", 0.25))
    values["support"] = min(0.9, values.get("support", 0.15))
    levers = {p.name for p in LEVER_NUMBERS} & values.keys()
    sizes = [f"agencies={agencies}", f"objectives={objectives}", f"skills={draw.integers(1, 6)}"]
    start = load("baseline", [*sizes, "months=36", "size=1", "focus=1"])
    partnerships = [
        {
            "size": int(draw.integers(2, agencies + 1)),
            "recruit": str(draw.choice(["fit", "random", "ties"])),
            "start": int(draw.integers(0, 8)),
            "focus": int(draw.integers(1, objectives + 1)),
            "review_months": int(draw.choice([0, 6])),
            "target": float(draw.choice([0, 300])),
            "trigger": float(draw.choice([0, 0, 0.05])),
            **{name: values[name] for name in levers},
        }
        for _ in range(int(draw.integers(1, 3)))
    ]
    scenario = start.from_dict({**start.to_dict(), "partnership": partnerships})
    return scenario.replace(
        *(f"{name}={str(v).lower()}" for name, v in values.items() if name not in levers)
    )


def check_drawn(seeds):
    for seed in seeds:
        tables = export_world(drawn_scenario(seed), 3, seed)
        for parameters in (False, True):
            moved, what = furthest(tables, seed, parameters)
            assert moved < JUMP, (seed, parameters, what)


@pytest.mark.parametrize("name", library.names())
def test_a_hair_in_the_input_is_no_jump_in_the_result(name):
    for replicate in range(3):
        tables = export_world(load(name), 11, replicate)
        moved, what = furthest(tables, replicate)
        assert moved < JUMP, (replicate, what)


def test_nor_is_it_in_scenarios_that_are_drawn():
    check_drawn(range(40))


def test_nor_where_a_run_is_steered():
    scenario = loads(
        'extends = "baseline"\n[coordination]\nchange_hours = 2\nauthority_hours = 3\n'
        "[commitment]\nauthority_buyin = 0.1\n"
        "[[change]]\nmonth = 20\nset = { size = 12, authority = 0.97, focus = 3 }\n"
        "[[change]]\nmonth = 30\nset = { size = 6, fund = 60, fund_start = 33 }\n"
    )
    for replicate in range(6):
        tables = export_world(scenario, 11, replicate)
        for parameters in (False, True):
            moved, what = furthest(tables, replicate, parameters)
            assert moved < JUMP, (replicate, parameters, what)


@pytest.mark.soak
def test_nor_is_it_in_a_thousand_that_are_drawn():
    check_drawn(range(1000))


def check_residues(scenario, replicate):
    model = PartnershipModel(scenario, 5, replicate, collect=False)
    while model.running:
        model.step()
        for held in (model.state.commitment, model.state.promised):
            assert not np.any((held > 0.0) & (held < LEAST)), (replicate, model.month)


@pytest.mark.parametrize("name", library.names())
def test_no_commitment_or_promise_is_a_rounding_residue(name):
    for replicate in range(4):
        check_residues(load(name), replicate)


def test_nor_is_it_where_all_that_is_uncertain_is_drawn():
    scenarios = [load(name) for name in ("cluttered", "baseline")]
    drawn = Experiment(
        {s.name: s for s in scenarios},
        design="priors",
        factors=(Factor(SCENARIO, ("cluttered", "baseline")), *prior_factors((), scenarios)),
        draws=10,
    )
    for point in range(20):
        check_residues(drawn.scenario_at(point), point)


def test_patience_ends_in_the_month_in_which_it_is_spent():
    """Twelve months weigh 12 * (1 - 0.9): the tenth part of 12, though rounded it is less."""
    assert 12 * (1.0 - 0.9) < 1.2, "this product is meant to be rounded down"
    always = ("exit_ratio=100", "mandate=0.9", "patience=1.2", "start=0", "turnover=0")
    model = PartnershipModel(load("baseline", always), 1, 0, collect=False)
    while model.running:
        model.step()
    members = model.board(0, "members")
    assert members[10] == 8
    assert members[11] == 0


def test_equal_arms_neither_lose_nor_leave_anybody_better_off():
    """Where pooling gains nothing and costs nothing, what differs is the rounding of two sums."""
    nothing = ["crosscut=0", "targeting=0", "setup_hours=0", "spillover=0", "ambient=0"]
    free = ["prep=0", "monitor_hours=0", "engage_hours=0", "lead_hours=0", "issue_hours=0"]
    one = ["hours=0", "objectives=1", "focus=1"]
    table = run(load("baseline", [*nothing, *free, *one]), 50, 1)
    assert 0.0 < np.max(np.abs(table.column("gain"))) < 1e-9, "some rounding is meant to be left"
    for name in ("loses", "better_off", "stretch"):
        assert np.all(table.column(name) == 0.0), name


def test_what_rounding_leaves_of_a_full_share_is_no_commitment():
    """Three partnerships that take a third of an agency's share each leave the fourth nothing."""
    share = 0.15
    assert 0.45 - (share + share + share) > 0.0, "these shares are meant to leave a residue"
    tables = load("baseline", ["months=14", "max_share=0.45", f"first_share={share}"]).to_dict()
    tables["partnership"] = [{"start": 0, "recruit": "all", "meetings": 0.25}] * 4
    model = PartnershipModel(load("baseline").from_dict(tables), 1, 0, collect=False)
    model.step()
    assert model.board(3, "joint_hours") == 0.0
    assert np.all(model.board(2, "joint_hours") > 0.0)
