"""One hash over everything an engine computes: equal on every machine that keeps the promise.

``python tests/golden/one_hash.py`` lives the seven vectors and twelve replicates of every library
scenario, and prints one hash of every bit of the results, with what it ran on. The same seed gives
the same bits everywhere, so the hash is that of ``one_hash.txt`` on any machine.
"""

from __future__ import annotations

import hashlib
import platform
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numba.core import config
from numpy.typing import NDArray

from cgsim.engine.replay import columns, live_all, read_world

sys.path.insert(0, str(Path(__file__).parent))
import refresh

FILE = Path(__file__).with_name("one_hash.txt")
VECTORS = sorted((Path(__file__).parents[1] / "vectors").glob("*.json"))


def one_hash(numbers: Mapping[str, NDArray[np.float64]]) -> str:
    """Return the hash of named numbers, bit for bit; every "not a number" counts alike."""
    digest = hashlib.sha256()
    for name, values in sorted(numbers.items()):
        values = np.where(np.isnan(values), np.nan, values)
        digest.update(f"{name} {values.shape}\n".encode())
        digest.update(values.astype("<f8").tobytes())
    return digest.hexdigest()


def vector_numbers() -> dict[str, NDArray[np.float64]]:
    """Return every column of every arm of the seven vectors, by name."""
    return {
        f"{path.stem}.{arm}.{column}": values
        for path in VECTORS
        for arm, record in live_all(read_world(path)).items()
        for column, values in columns(record)
    }


def library_numbers(
    results: Mapping[str, Mapping[str, list[float | None]]],
) -> dict[str, NDArray[np.float64]]:
    """Return golden results, or those of ``refresh.results``, by name."""
    return {
        f"{name}.{measure}": np.array(values, float)
        for name, measures in results.items()
        for measure, values in measures.items()
    }


def of_all(results: Mapping[str, Mapping[str, list[float | None]]]) -> str:
    """Return the one hash: of the seven vectors, lived now, and of results of the library."""
    return one_hash(vector_numbers() | library_numbers(results))


def processor() -> str:
    """Say what the numbers were computed on."""
    name = config.CPU_NAME or "this processor"
    return f"{platform.machine()}, {name}, {platform.system()}, Python {platform.python_version()}"


if __name__ == "__main__":
    print(of_all(refresh.results()), f"({processor()})")
