"""The figures of docs/calibrate.md: many synthetic partnerships, a whole bank, other rules.

``python tests/calibrate/figures.py`` measures them anew and keeps them in
``docs/calibrate-figures.json``, from which ``docs/refresh.py`` fills in the documents. It takes
about seventeen minutes of processor time.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from made_up import (
    AHEAD_MONTHS,
    ALL,
    EXAMPLE,
    MONTHS,
    TRIAL,
    bank_of,
    nothing_but_months,
    pattern,
)

import cgsim
from cgsim.calibrate.bank import AHEAD, SO_FAR, alike, fill, plan
from cgsim.calibrate.calibration import bank_folder, compare
from cgsim.calibrate.checking import Likeness, check, ratio_of, uniformity
from cgsim.calibrate.learning import crps, learn, ranks
from cgsim.calibrate.observing import WAYS, Luck
from cgsim.calibrate.records import Records

KEPT = Path(__file__).parents[2] / "docs/calibrate-figures.json"
DRAWS, HELD_OUT, ENDED, OTHERS, FRESH = 50_000, 2_000, 300, 600, 600
SEED, OTHER_SEED, FRESH_SEED = 1, 77, 4242
LEVELS = (0.5, 0.8, 0.95)
WAY_NAMES = [way.name for way in WAYS]
CASES = {
    "minutes": ("members", "present", "settled", "meetings"),
    "trial": TRIAL,
    "appeal": ("appeal", *TRIAL),
    "all": ALL,
}
FRICTIONS = ("commitment", "overhead", "coordination", "slippage", "alignment")
CHANGED = {
    "trust": {"trust_loss": 0.0},
    "leaving": {"patience": 1e6},
    "settling": {"issue_hours": 5.0},
}
"""Rules changed by a parameter: trust never falls, nobody leaves, issues take twice as long as any
draw has them. Where no issue at all is settled no partnership lasts as long as the records."""
FALSE_ALARMS = 0.01
LEARNED_FROM = 6_000


def shapes(case):
    return {kind: pattern(kind) for kind in CASES[case]}


def held(where):
    """Return the shares of truths that intervals held, from their ranks, by level."""
    return [float((np.abs(where - 0.5) <= level / 2).mean()) for level in LEVELS]


def estimate(found):
    return {"value": found.value, "low": found.low, "high": found.high}


def learned_from(lasting, case, held_out):
    found = compare(lasting, shapes(case), Luck(SEED, DRAWS))
    gain = lasting.gain(AHEAD)
    return found, learn(found.lives, gain, lasting.drawn, held_out, SEED, aside=WAY_NAMES)


def answers(whole, lasting, case):
    """Pretend that two thousand lives were real: coverage, ranks, CRPS, and every unknown's."""
    held_out = np.arange(lasting.count - HELD_OUT, lasting.count)
    found, learned = learned_from(lasting, case, held_out)
    gain = lasting.gain(AHEAD)
    checked = check(learned, found.lives, gain, lasting.gain(SO_FAR), lasting.drawn, held_out)
    kept = learned.nearest(found.lives[held_out])
    inside = {
        name: held(ranks(list(values[kept]), values[held_out]))
        for name, values in lasting.drawn.items()
    }
    return {
        "lives": lasting.count,
        "held_out": checked.lives,
        "coverage": [one.held for one in checked.coverage],
        "uniform": checked.uniform,
        "uneven": list(checked.uneven),
        "ratio": estimate(checked.ratio),
        "copying": checked.score_copying / checked.score_prior,
        "r2": float(np.mean(list(checked.r2.values()))),
        "contraction": float(np.mean(list(checked.contraction.values()))),
        "best": dict(sorted(checked.r2.items(), key=lambda item: -item[1])[:6]),
        "unknowns": inside,
    } | ({"over_all": over_all(whole, lasting, kept, held_out)} if case == "trial" else {})


def over_all(whole, lasting, kept, held_out):
    """Return the ratio of scores where partnerships that ended within the months count too.

    Of one that ended, the forecast is that of all lives that ended about then.
    """
    members, gain = whole.lives.columns["members"], whole.gain(AHEAD)
    ended = np.flatnonzero(members[:, -1] == 0)
    prior = np.sort(gain[::5])
    lived = lasting.gain(AHEAD)
    scores = [
        (crps(lived[places], lived[row]), crps(prior, lived[row]), (1 - len(ended) / whole.count))
        for places, row in zip(kept, held_out, strict=True)
    ]
    for row in ended[-ENDED:]:
        month = int((members[row] > 0).sum()) + 1
        others = alike(whole, Records("", {}, min(MONTHS, month), "collapsed"))
        others = others[others != row]
        weight = len(ended) / whole.count * len(held_out) / ENDED
        scores.append((crps(gain[others], gain[row]), crps(prior, gain[row]), weight))
    above, below, weight = np.array(scores).T
    weight = weight / weight.sum()
    ratio = float((weight * above).sum() / (weight * below).sum())
    # The delta method, as for a single stratum, with each one's weight.
    off = weight * (above - ratio * below) / float((weight * below).sum())
    strata = [slice(0, len(held_out)), slice(len(held_out), None)]
    variance = sum(len(off[s]) * float(off[s].var(ddof=1)) for s in strata)
    half = 1.96 * float(np.sqrt(variance))
    return {"value": ratio, "low": ratio - half, "high": ratio + half,
            "ended": len(ended) / whole.count}  # fmt: skip


def other_rules(lasting, room):
    """Return how often records of other rules are refused, and what a forecast from them holds.

    And how many of them a classifier tells from the model's own that is shown both, at one false
    alarm in a hundred: no check could tell more without knowing the wrong rule.
    """
    own, fresh = lasting.take(np.arange(12_000)), lasting.take(np.arange(12_000, 13_500))
    planned = plan(cgsim.load("baseline"), nothing_but_months(), AHEAD_MONTHS, OTHERS, OTHER_SEED)
    others = {}
    for name, change in CHANGED.items():
        listed = tuple({**point, **change} for point in planned.points)
        changed = replace(planned, design="draws", factors=(), listed=listed)
        others[name] = fill(changed, MONTHS, room / name)[0]
    for friction in FRICTIONS:
        others[friction] = bank_of(room / friction, OTHERS, OTHER_SEED, off=(friction,))
    rules = {"own": {}} | {name: {} for name in others}
    for case in ("trial", "all"):
        found = compare(own, shapes(case), Luck(SEED, DRAWS))
        likeness = Likeness(found.lives, found.kinds)
        gain = own.gain(AHEAD)
        learned = learn(found.lives, gain, own.drawn, np.arange(200), SEED, aside=WAY_NAMES)
        prior = np.sort(gain)
        for name, bank in {"own": fresh, **others}.items():
            some, luck = bank, Luck(SEED, DRAWS)
            if name != "own":
                some = bank.take(alike(bank, nothing_but_months()))
                luck = Luck(OTHER_SEED, OTHERS)
            made = compare(some, shapes(case), luck).lives
            kept, truths = learned.nearest(made), some.gain(AHEAD)
            with_them = np.array([crps(gain[k], t) for k, t in zip(kept, truths, strict=True)])
            without = np.array([crps(prior, t) for t in truths])
            rules[name][case] = {
                "refused": float(np.mean([likeness.of(row).too_far for row in made])),
                "coverage": held(ranks(list(gain[kept]), truths)),
                "ratio": estimate(ratio_of(with_them, without)),
                "told_apart": None if name == "own" else told_apart(found.lives, made),
            }
    return rules


def told_apart(own, others):
    """Return the share of other records that a classifier finds, at one false alarm in 100."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.model_selection import cross_val_predict
    from threadpoolctl import threadpool_limits

    some = own[:LEARNED_FROM]
    records = np.concatenate([some, others])
    is_other = np.arange(len(records)) >= len(some)
    trees = HistGradientBoostingClassifier(
        max_iter=80, max_leaf_nodes=8, class_weight="balanced", random_state=0
    )
    with threadpool_limits(1):  # its own threads wait for each other on a busy machine
        said = cross_val_predict(trees, records, is_other, cv=4, method="predict_proba")[:, 1]
    border = np.quantile(said[~is_other], 1.0 - FALSE_ALARMS)
    return float((said[is_other] > border).mean())


def another_bank(lasting, room):
    """Return what comes of partnerships of quite another bank, not held-out lives of the same."""
    _, learned = learned_from(lasting, "trial", np.arange(200))
    fresh = bank_of(room / "fresh", FRESH, FRESH_SEED)
    fresh = fresh.take(alike(fresh, nothing_but_months()))
    kept = learned.nearest(compare(fresh, shapes("trial"), Luck(FRESH_SEED, FRESH)).lives)
    gain, truths = lasting.gain(AHEAD), fresh.gain(AHEAD)
    where = ranks(list(gain[kept]), truths)
    prior = np.sort(gain)
    ratio = ratio_of(
        np.array([crps(s, t) for s, t in zip(gain[kept], truths, strict=True)]),
        np.array([crps(prior, t) for t in truths]),
    )
    return {"held_out": len(truths), "coverage": held(where), "uniform": uniformity(where),
            "ratio": estimate(ratio)}  # fmt: skip


def cost(room):
    """Return what the command takes for 50,000 lives: seconds, processor seconds, memory, disk."""
    words = ["calibrate", "baseline", str(EXAMPLE), "--out", str(room / "cost")]
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(
        [sys.executable, "-m", "cgsim", *words, "--json", "--workers", "2"],
        check=True,
        capture_output=True,
        env={**os.environ, "CGSIM_ENGINE": "native"},
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = [r.ru_utime + r.ru_stime for r in (before, after)]
    size = sum(path.stat().st_size for path in (room / "cost").rglob("*") if path.is_file())
    return {
        "seconds": time.monotonic() - began,
        "processor_seconds": used[1] - used[0],
        "memory_mb": after.ru_maxrss / 1024,  # of the largest child there has been
        "disk_mb": size / 1e6,
        "cores": 2,
    }


def measure(room):
    """Return all figures; banks of lives are kept in ``room``."""
    figures = {"draws": DRAWS, "cost": cost(room)}
    # The command has lived this very bank: its seed is the same, and the months of its records.
    whole = bank_of(room / "cost" / bank_folder(nothing_but_months(), AHEAD_MONTHS), DRAWS, SEED)
    lasting = whole.take(alike(whole, nothing_but_months()))
    figures["answers"] = {case: answers(whole, lasting, case) for case in CASES}
    del whole
    figures["other_rules"] = other_rules(lasting, room)
    figures["another_bank"] = another_bank(lasting, room)
    return figures


def rounded(value):
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [rounded(item) for item in value]
    return round(value, 4) if isinstance(value, float) else value


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        where = Path(sys.argv[1] if len(sys.argv) > 1 else temporary)
        measured = rounded(measure(where))
    KEPT.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")
    print(f"{KEPT.name}: now python docs/refresh.py")
