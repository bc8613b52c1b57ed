"""An independent reference program for the model page, written in C and called from here.

``model.c`` was written from the model page alone. It serves two ends: its results check the engine,
and its speed is the yardstick for the engine. Run as a program, it compares itself with the worlds
in files of test vectors::

    python benchmarks/reference/reference.py FILE.json ...
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

SOURCE = Path(__file__).with_name("model.c")

PARAMETERS = [
    "backlog_months",
    "need_inflow",
    "need_drift",
    "climate_sd",
    "climate_persistence",
    "support",
    "absence_sd",
    "ambient",
    "view_rate",
    "self_interest",
    "evidence",
    "engage_hours",
    "engage_half",
    "engage_max",
    "spillover",
    "targeting",
    "knowledge0",
    "own_learning",
    "volatility",
    "sharing",
    "issue_hours",
    "disagreement",
    "trust_relief",
    "protocols",
    "protocol_hours",
    "carry",
    "consent",
    "coupling",
    "learning",
    "setup_hours",
    "shareable",
    "reinvest",
    "slip_sd",
    "accountability",
    "monitor_hours",
    "monitor_half",
    "monitor_cut",
    "ambition",
    "trust_gain",
    "trust_loss",
    "observe_sd",
    "turnover",
    "turnover_loss",
    "sensitivity",
    "max_share",
    "reciprocity",
    "adapt",
    "memory",
    "perceive_sd",
    "expectation",
    "first_share",
    "trust_weight",
    "overhead_salience",
    "mandate",
    "exit_ratio",
    "patience",
    "sweetener",
    "fund_efficiency",
]
LEVERS = [
    "start",
    "trigger",
    "last",
    "target",
    "review_months",
    "meetings",
    "hours",
    "prep",
    "reps",
    "adaptive",
    "authority",
    "facilitation0",
    "lead_strength",
    "lead_hours",
    "lead_share",
    "independent",
    "secretariat",
    "fund",
    "fund_months",
    "fund_start",
    "matched",
]
FRICTIONS = ("overhead", "coordination", "commitment", "slippage", "alignment")
MONTH = [
    "met",
    "unmet",
    "joint_met",
    "overhead_hours",
    "joint_hours",
    "own_hours",
    "saved_hours",
    "net_yield",
    "bought_hours",
]
BOARD = [
    "members",
    "commitment",
    "trust",
    "settled",
    "clarity",
    "appeal",
    "meetings",
    "bought_hours",
    "joint_hours",
    "backlog",
    "lead_effect",
    "ended",
]
_WORLD = ("capacity", "skill", "goal", "mix", "trust", "senior", "operational")
_SHOCKS = ("absence", "slip", "perceive", "observe", "turnover", "drift", "climate")
_POINTERS = (
    "par",
    "lev",
    "crosscut",
    "focus",
    "members",
    "lead",
    *_WORLD,
    *_SHOCKS,
    "grant",
    "month",
    "board",
    "own_met",
    "met_by_objective",
)
MARCH = os.environ.get("REFERENCE_MARCH", "native")
"""The processor the C program is compiled for; empty for any (gcc's own default)."""

_FLAGS = [
    "-O3",
    *([f"-march={MARCH}"] if MARCH else []),
    "-std=gnu99",
    "-fno-math-errno",
    "-fno-trapping-math",
    "-Wall",
    "-Wno-psabi",
]


class _Arm(ctypes.Structure):
    _fields_ = [(name, ctypes.c_int64) for name in ("N", "K", "S", "T", "B", "off")] + [
        (name, ctypes.c_void_p) for name in _POINTERS
    ]


_library: ctypes.CDLL | None = None


def library() -> ctypes.CDLL:
    """The compiled library; compiled with gcc on first use and kept in the temporary folder."""
    global _library
    if _library is not None:
        return _library
    code = SOURCE.read_bytes()
    key = hashlib.sha256(code + " ".join(_FLAGS).encode()).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"cgsim-reference-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    target = folder / f"model-{key}.so"
    if not target.exists():
        fresh = folder / f"model-{key}.{os.getpid()}.so"
        start = ["gcc", *_FLAGS, "-fPIC", "-shared", str(SOURCE), "-o", str(fresh)]
        # With glibc's vector functions where they exist, else without.
        quick = subprocess.run(
            [*start, "-DCG_LIBMVEC", "-Wl,-z,defs", "-lmvec", "-lm"], capture_output=True, text=True
        )
        if quick.returncode:
            subprocess.run([*start, "-lm"], check=True)
        fresh.replace(target)
    found = ctypes.CDLL(str(target))
    found.cg_work_bytes.argtypes = [ctypes.POINTER(_Arm)]
    found.cg_work_bytes.restype = ctypes.c_int64
    found.cg_run.argtypes = [ctypes.POINTER(_Arm), ctypes.c_void_p]
    found.cg_run.restype = None
    found.cg_repeat.argtypes = [ctypes.POINTER(_Arm), ctypes.c_void_p, ctypes.c_int64]
    found.cg_repeat.restype = None
    _library = found
    return found


class Arm:
    """One arm on a given world: arrays, results and work space, held together.

    `world` is the parsed JSON of a vectors file (its `expected` is not looked at). With `together`
    false there is no partnership. `grant` gives hours, months by agencies. `switched_off` names the
    frictions that are off; the file's own when not given.
    """

    def __init__(
        self,
        world: Mapping[str, Any],
        together: bool = True,
        grant: np.ndarray | None = None,
        switched_off: Iterable[str] | None = None,
    ) -> None:
        def array(values: Any, *shape: int) -> np.ndarray:
            return np.ascontiguousarray(np.asarray(values, dtype=np.float64).reshape(shape))

        given, shocks = world["world"], world["shocks"]
        n, k, s = len(given["capacity"]), len(given["mix"]), len(given["mix"][0])
        t = int(world["months"])
        b = len(world["lead"]) if together else 0
        given_levers = world["partnerships"]
        # Worlds may have been written before there was a clock of the fund's own.
        given_levers.setdefault("fund_start", [0.0] * len(world["lead"]))
        levers = [[float(given_levers[name][i]) for name in LEVERS] for i in range(b)]
        a: dict[str, np.ndarray | None] = {
            "par": array([world["parameters"][name] for name in PARAMETERS], len(PARAMETERS)),
            "lev": array(levers, b, len(LEVERS)),
            "crosscut": array(world["crosscut"], k),
            "focus": array(world["focus"][:b], b, k),
            "members": array(world["members"][:b], b, n),
            "lead": np.asarray(world["lead"][:b], dtype=np.int64),
            "capacity": array(given["capacity"], n),
            "skill": array(given["skill"], n, s),
            "goal": array(given["goal"], n, k),
            "mix": array(given["mix"], k, s),
            "trust": array(given["trust"], n, n),
            "senior": array(given["senior"], n),
            "operational": array(given["operational"], n),
            "drift": array(shocks["drift"], t, k),
            "climate": array(shocks["climate"], t),
            "grant": None if grant is None else array(grant, t, n),
            "month": np.zeros((len(MONTH), t)),
            "board": np.zeros((len(BOARD), t, b)),
            "own_met": np.zeros((t, n)),
            "met_by_objective": np.zeros((t, k)),
        }
        for name in ("absence", "slip", "perceive", "observe", "turnover"):
            a[name] = array(shocks[name], t, n)
        off = set(world["switched_off"] if switched_off is None else switched_off)
        if not off <= set(FRICTIONS):
            raise ValueError(f"not a friction: {', '.join(sorted(off - set(FRICTIONS)))}")
        self._arrays = a
        self._arm = _Arm(
            N=n, K=k, S=s, T=t, B=b, off=sum(1 << i for i, x in enumerate(FRICTIONS) if x in off)
        )
        for name in _POINTERS:
            values = a[name]
            setattr(self._arm, name, None if values is None else values.ctypes.data)
        self._library = library()
        need = self._library.cg_work_bytes(ctypes.byref(self._arm))
        self._memory = np.zeros(need + 64, dtype=np.uint8)
        start = self._memory.ctypes.data
        self._work = start + (-start) % 64

    def run(self) -> dict[str, Any]:
        """Run once and return every recorded column, in the shape of a file's `expected`."""
        self._library.cg_run(ctypes.byref(self._arm), self._work)
        a = self._arrays
        month, board, own, met = a["month"], a["board"], a["own_met"], a["met_by_objective"]
        assert month is not None
        assert board is not None
        assert own is not None
        assert met is not None
        return {
            "month": {name: month[i].copy() for i, name in enumerate(MONTH)},
            "board": {name: board[i].copy() for i, name in enumerate(BOARD)},
            "own_met": own.copy(),
            "met_by_objective": met.copy(),
        }

    def repeat(self, times: int) -> None:
        """Run `times` times in a row, each from the world as given; for timing."""
        self._library.cg_repeat(ctypes.byref(self._arm), self._work, times)


def equal_money_grant(world: Mapping[str, Any], together: Mapping[str, Any]) -> np.ndarray:
    """Hours granted in the equal-money arm, months by agencies.

    The hours each partnership bought in the together arm go to its founding members in proportion
    to capacity.
    """
    capacity = np.asarray(world["world"]["capacity"], dtype=np.float64)
    bought = together["board"]["bought_hours"]
    grant = np.zeros((bought.shape[0], capacity.size))
    for b, members in enumerate(world["members"]):
        share = np.asarray(members, dtype=np.float64) * capacity
        if share.sum() > 0:
            grant += np.outer(bought[:, b], share / share.sum())
    return grant


def replay(world: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Live one world in its arms: {"together", "alone", "equal_money"} -> recorded columns."""
    together = Arm(world).run()
    grant = equal_money_grant(world, together)
    return {
        "together": together,
        "alone": Arm(world, together=False).run(),
        "equal_money": Arm(world, together=False, grant=grant).run(),
    }


def seconds_per_arm(
    world: Mapping[str, Any],
    together: bool = True,
    switched_off: Iterable[str] | None = None,
    repeats: int = 15,
    seconds: float = 0.1,
) -> tuple[float, float]:
    """(best, median) of the processor's seconds for one arm, in `repeats` measurements.

    Each takes about `seconds`.
    """
    arm = Arm(world, together=together, switched_off=switched_off)
    arm.repeat(10)
    start = time.process_time()
    arm.repeat(100)
    times = max(1, round(seconds * 100 / (time.process_time() - start)))
    taken = []
    for _ in range(repeats):
        start = time.process_time()
        arm.repeat(times)
        taken.append((time.process_time() - start) / times)
    return min(taken), statistics.median(taken)


def differences(result: Mapping[str, Any], expected: Mapping[str, Any]) -> dict[str, float]:
    """Largest difference per column, relative to max(1, |expected|)."""

    def largest(x: Any, y: Any) -> float:
        have, want = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
        if have.size != want.size:
            return float("inf")
        if not have.size:
            return 0.0
        gap = np.abs(have - want.reshape(have.shape)) / np.maximum(1.0, np.abs(want))
        return float("inf") if np.isnan(gap).any() else float(gap.max())

    found = {}
    for part in ("month", "board"):
        for name, column in expected[part].items():
            found[f"{part}.{name}"] = largest(result[part][name], column)
    for name in ("own_met", "met_by_objective"):
        found[name] = largest(result[name], expected[name])
    return found


def main(files: list[str]) -> int:
    """Compare with the expected results in `files`; 0 if all agree to 1e-9."""
    if not files:
        print(__doc__)
        return 2
    worst = 0.0
    for name in files:
        world = json.loads(Path(name).read_text(encoding="utf-8"))
        results = replay(world)
        for arm, expected in world["expected"].items():
            for column, gap in differences(results[arm], expected).items():
                worst = max(worst, gap)
                mark = "" if gap <= 1e-9 else "   differs"
                print(f"{Path(name).stem:24} {arm:12} {column:24} {gap:9.2e}{mark}")
    print(f"largest difference {worst:.2e}")
    return 0 if worst <= 1e-9 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
