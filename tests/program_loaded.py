"""What the process loads from which ``tests.program`` copies its programs: all that commands use.

No thread may be left running here: a copy would wait for what it holds.
"""

import importlib
import os
import pkgutil

os.environ.setdefault("CGSIM_ENGINE", "native")

import openpyxl  # noqa: F401
import pandas  # noqa: F401
import pyarrow.parquet  # noqa: F401
import scipy.stats  # noqa: F401

import cgsim
from cgsim.engine.replay import export_world

for module in pkgutil.walk_packages(cgsim.__path__, "cgsim."):
    if not module.name.startswith(("cgsim.view", "cgsim.__main__", "cgsim.shipped")):
        importlib.import_module(module.name)

_small = cgsim.load("baseline", ["months=3", "agencies=8", "size=4"])
cgsim.run(_small, 1)
cgsim.run_frictions(_small, 1)
export_world(_small, 1, 0)
