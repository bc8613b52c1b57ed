"""A finished batch, and copies of it to be harmed."""

import shutil

import pytest

from cgsim.running.batch import run_experiment
from small_batches import small_experiment


@pytest.fixture(scope="module")
def whole_batch(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole") / "batch"
    run_experiment(small_experiment(), folder)
    return folder


@pytest.fixture
def copy(whole_batch, tmp_path):
    """A finished batch to be harmed."""
    return shutil.copytree(whole_batch, tmp_path / "batch")
