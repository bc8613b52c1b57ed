"""No branch hangs on a rounding residue: a hair more in the input is a hair in the result."""

import numpy as np
import pytest

from cgsim import PartnershipModel, load
from cgsim.engine.replay import columns, export_world, live_all, world_file_of
from cgsim.rules.state import LEAST
from cgsim.scenario import library

HAIR = 1e-12
"""How far inputs are moved, relative to themselves."""
JUMP = 1e-6
"""How far a result may move for it: well above what 72 months make of a hair, well below a jump."""


def with_a_hair(tables, seed):
    """Return a world file's tables with every drawn number moved by up to a hair."""
    draw = np.random.default_rng(seed)

    def moved(values):
        values = np.asarray(values, float)
        return (values * (1.0 + HAIR * draw.uniform(-1, 1, values.shape))).tolist()

    world = {
        key: np.clip(moved(values), 0.0, None if key == "capacity" else 1.0).tolist()
        for key, values in tables["world"].items()
    }
    shocks = {key: moved(values) for key, values in tables["shocks"].items()}
    return {**tables, "world": world, "shocks": shocks}


def furthest(tables, seed):
    """Return how far any column of any arm moves, relative to max(1, |value|)."""
    before = live_all(world_file_of(tables))
    after = live_all(world_file_of(with_a_hair(tables, seed)))
    worst = 0.0
    for arm, record in before.items():
        for (_, old), (_, new) in zip(columns(record), columns(after[arm]), strict=True):
            worst = max(
                worst, float(np.max(np.abs(new - old) / np.maximum(1.0, np.abs(old)), initial=0.0))
            )
    return worst


@pytest.mark.parametrize("name", library.names())
def test_a_hair_in_the_input_is_no_jump_in_the_result(name):
    for replicate in range(3):
        tables = export_world(load(name), 11, replicate)
        assert furthest(tables, replicate) < JUMP, replicate


@pytest.mark.parametrize("name", library.names())
def test_no_commitment_or_promise_is_a_rounding_residue(name):
    for replicate in range(4):
        model = PartnershipModel(name, 5, replicate, collect=False)
        while model.running:
            model.step()
            for held in (model.state.commitment, model.state.promised):
                assert not np.any((held > 0.0) & (held < LEAST)), (replicate, model.month)


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
