"""What the process loads from which ``tests.program`` copies its programs: all that commands use.

No thread may be left running here: a copy would wait for what it holds.
"""

import importlib
import os
import pkgutil

os.environ.setdefault("CGSIM_ENGINE", "native")

import cgsim
import cgsim.cli
from cgsim.engine.replay import export_world

for package in (cgsim,):
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not module.name.startswith(("cgsim.view", "cgsim.__main__", "cgsim.shipped")):
            importlib.import_module(module.name)

import numpy  # noqa: E402
import openpyxl  # noqa: E402, F401
import pandas  # noqa: E402, F401
import pyarrow.parquet  # noqa: E402, F401
import scipy.stats  # noqa: E402, F401

_small = cgsim.load("baseline", ["months=3", "agencies=8", "size=4"])
cgsim.run(_small, 1)
cgsim.run_frictions(_small, 1)
export_world(_small, 1, 0)
numpy.random.default_rng(0)
