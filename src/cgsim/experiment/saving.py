"""The results folder of one run: manifest, summary, and a table with a row a replicate and arm.

Parquet files carry page checksums, and every file is written under another name and renamed when
it is whole. pandas, polars, DuckDB and R read them without cgsim.
"""

from __future__ import annotations

import json
import platform
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cgsim import __version__
from cgsim.scenario.errors import Fault, ScenarioError, safe
from cgsim.whole import CannotWrite, write_whole

if TYPE_CHECKING:
    import pandas as pd

    from cgsim.experiment.results import Results

SCHEMA = 1
"""Version of the layout of a results folder."""

_PACKAGES = ("numpy", "numba", "pandas", "pyarrow", "scipy")


def prepare(folder: Path) -> None:
    """Make the results folder, or refuse one that holds anything."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            message = "got a folder that is not empty; allowed a new or an empty one"
            raise ScenarioError([Fault("--out", None, safe(str(folder)), message)])
    except OSError as error:
        raise CannotWrite(f"{folder} cannot be written: {error.strerror or error}") from None


def save(results: Results, folder: Path) -> None:
    """Write a run's results; the manifest last, so that a folder with one is whole."""
    from cgsim.rules.state import MONTH_COLUMNS

    hashes = {
        "runs/part-0.parquet": _write_table(folder / "runs/part-0.parquet", runs_table(results)),
        "summary.csv": write_whole(
            folder / "summary.csv",
            lambda stream: stream.write(results.summary().to_csv(index=False).encode()),
        ),
    }
    if results.months is not None:
        name = "months/part-0.parquet"
        hashes[name] = _write_table(folder / name, months_table(results, MONTH_COLUMNS))
    text = json.dumps(manifest(results, hashes), ensure_ascii=False, indent=2) + "\n"
    write_whole(folder / "manifest.json", lambda stream: stream.write(text.encode()))


def runs_table(results: Results) -> pd.DataFrame:
    """Return a row a replicate and arm; what compares arms stands in that of the arm together."""
    import pandas as pd

    paired = results.replicates.assign(arm="together")
    table = results.arms.merge(
        paired.drop(
            columns=[c for c in paired if c in results.arms and c not in ("replicate", "arm")]
        ),
        on=["replicate", "arm"],
        how="left",
    )
    table.insert(0, "point", 0)
    return pd.DataFrame(table)


def months_table(results: Results, columns: tuple[str, ...]) -> pd.DataFrame:
    """Return a row a replicate, arm and month."""
    import pandas as pd

    from cgsim.engine.run import ARMS

    assert results.months is not None
    replicates, arms, months, _ = results.months.shape
    table = pd.DataFrame(results.months.reshape(-1, len(columns)), columns=list(columns))
    table.insert(0, "month", np.tile(np.arange(months), replicates * arms))
    names = np.array([arm.name for arm in ARMS])
    table.insert(0, "arm", np.tile(np.repeat(names, months), replicates))
    table.insert(0, "replicate", np.repeat(np.arange(replicates), arms * months))
    table.insert(0, "point", 0)
    return table


def manifest(results: Results, hashes: dict[str, str]) -> dict[str, Any]:
    """Return all that is needed to run this again, and to see that the files are whole."""
    from cgsim.compiler import source_hash

    return {
        "schema": SCHEMA,
        "cgsim": __version__,
        "source": source_hash(),
        "scenario_name": results.scenario.name,
        "scenario": results.scenario.to_dict(),
        "seed": results.seed,
        "replicates": results.count,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": {name: metadata.version(name) for name in _PACKAGES},
        "written": datetime.now(UTC).isoformat(timespec="seconds"),
        "sha256": hashes,
    }


def _write_table(path: Path, table: pd.DataFrame) -> str:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        path.parent.mkdir(exist_ok=True)
    except OSError as error:
        raise CannotWrite(f"{path.parent} cannot be written: {error.strerror}") from None
    made = pa.Table.from_pandas(table, preserve_index=False)
    return write_whole(path, lambda f: parquet.write_table(made, f, write_page_checksum=True))
