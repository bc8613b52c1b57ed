"""A small bank of lives, and one calibration of the made-up records, for all tests here."""

import sys

import pytest
from made_up import EXAMPLE, bank_of

from cgsim import load
from cgsim.calibrate.calibration import calibrate
from cgsim.calibrate.keeping import keep
from cgsim.calibrate.records import load_records
from cgsim.cli import app


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
    return calibrate(load("baseline"), records, folder, draws=2500, seed=3)


@pytest.fixture(scope="session")
def kept(calibration, tmp_path_factory):
    """A folder with what came of that calibration, without its bank."""
    folder = tmp_path_factory.mktemp("kept") / "calibration"
    folder.mkdir()
    keep(calibration, folder)
    return folder


@pytest.fixture
def cgsim(capsys, monkeypatch, tmp_path):
    """Return what runs a command in this process: exit code, what is printed, what is told."""
    monkeypatch.chdir(tmp_path)

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["cgsim", *map(str, words)])
        code = 0
        try:
            app.main()
        except SystemExit as ended:
            code = ended.code or 0
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run
