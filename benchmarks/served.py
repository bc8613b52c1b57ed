"""The page's server for the benchmarks of the page, on a free port."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def served() -> Iterator[tuple[int, str]]:
    """Start the page; give its process's number and its address once it is told."""
    server = subprocess.Popen(
        [sys.executable, "-m", "cgsim", "view", "--no-browser", "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield server.pid, re.search(r"http://\S+", server.stdout.readline()).group()
    finally:
        server.terminate()
        server.wait(10)
