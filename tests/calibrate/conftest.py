"""A small bank of lives, and one calibration of the made-up records, for all tests here."""

import pytest
from made_up import EXAMPLE, bank_of

import cgsim
from cgsim.calibrate.calibration import calibrate
from cgsim.calibrate.records import load_records


@pytest.fixture(scope="session")
def bank(tmp_path_factory):
    return bank_of(tmp_path_factory.mktemp("bank"), 4000, 7)


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("calibration")


@pytest.fixture(scope="session")
def calibration(folder):
    """The made-up records, on a bank of few lives."""
    records = load_records(EXAMPLE)
    return calibrate(cgsim.load("baseline"), records, folder, draws=2500, seed=3)
