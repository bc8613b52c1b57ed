"""The figures of docs/calibrate.md: many synthetic partnerships, a whole bank, other rules.

``pytest -m soak -s tests/calibrate`` prints them.
"""

from dataclasses import replace

import numpy as np
import pytest
from made_up import (
    AHEAD_MONTHS,
    ALL,
    MONTHS,
    TRIAL,
    bank_of,
    nothing_but_months,
    pattern,
)

import cgsim
from cgsim.calibrate.bank import AHEAD, SO_FAR, alike, fill, plan
from cgsim.calibrate.calibration import compare
from cgsim.calibrate.checking import Likeness, check, ratio_of, uniformity
from cgsim.calibrate.learning import crps, learn, ranks
from cgsim.calibrate.observing import WAYS, Luck
from cgsim.calibrate.records import Records

DRAWS, HELD_OUT, ENDED = 50_000, 2_000, 300
SEED, OTHER_SEED = 1, 77
WAY_NAMES = [way.name for way in WAYS]
CASES = {
    "trial": TRIAL,
    "with appeal": ("appeal", *TRIAL),
    "all": ALL,
    "minutes only": ("members", "present", "settled", "meetings"),
}

pytestmark = pytest.mark.soak


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return bank_of(tmp_path_factory.mktemp("bank"), DRAWS, SEED)


@pytest.fixture(scope="module")
def lasting(whole):
    return whole.take(alike(whole, nothing_but_months()))


@pytest.mark.parametrize("case", CASES)
def test_answers_are_honest(case, whole, lasting):
    """Simulation-based calibration on two thousand partnerships drawn from the priors."""
    found = compare(lasting, {k: pattern(k) for k in CASES[case]}, Luck(SEED, DRAWS))
    held_out = np.arange(lasting.count - HELD_OUT, lasting.count)
    gain = lasting.gain(AHEAD)
    learned = learn(found.lives, gain, lasting.drawn, held_out, SEED, aside=WAY_NAMES)
    so_far = lasting.gain(SO_FAR)
    checked = check(learned, found.lives, gain, so_far, lasting.drawn, held_out)
    print(f"\n{case}: {lasting.count} lives, {checked.lives} held out")
    print("  coverage", [(c.level, round(c.held, 3)) for c in checked.coverage])
    print(f"  ranks {checked.uniform:.2f}; uneven of {len(checked.r2)}: {checked.uneven}")
    print(f"  CRPS against the prior's {checked.ratio}")
    print(f"  copying {checked.score_copying / checked.score_prior:.2f}")
    explained, shrank = (np.mean(list(v.values())) for v in (checked.r2, checked.contraction))
    print(f"  r2 {explained:.3f}, contraction {shrank:.3f}")
    print("  best", sorted(((round(v, 2), k) for k, v in checked.r2.items()), reverse=True)[:6])
    for one in checked.coverage:
        assert abs(one.held - one.level) < 0.04
    kept = learned.nearest(found.lives[held_out])
    inside = {}
    for name, values in lasting.drawn.items():
        where = ranks(list(values[kept]), values[held_out])
        inside[name] = [
            float((np.abs(where - 0.5) <= level / 2).mean()) for level in (0.5, 0.8, 0.95)
        ]
        assert abs(inside[name][1] - 0.8) < 0.05, name
    spread = np.array(list(inside.values()))
    print("  unknowns' coverage", spread.min(axis=0).round(3), spread.max(axis=0).round(3))
    assert checked.ratio.high < 1.0
    if case == "trial":
        print("  over all partnerships, those that ended too:", over_all(whole, checked))


def over_all(whole, checked):
    """Return the ratio of scores where partnerships that ended within the months count too.

    Of one that ended, the forecast is that of all lives that ended about then.
    """
    members = whole.lives.columns["members"]
    gain = whole.gain(AHEAD)
    ended = np.flatnonzero(members[:, -1] == 0)
    prior = np.sort(gain[::5])
    scores, without = [], []
    for row in ended[-ENDED:]:
        month = int((members[row] > 0).sum()) + 1
        others = alike(whole, Records("", {}, min(MONTHS, month), "collapsed"))
        others = others[others != row]
        scores.append(crps(gain[others], gain[row]))
        without.append(crps(prior, gain[row]))
    share = len(ended) / whole.count
    lasting = np.flatnonzero(members[:, -1] > 0)[-HELD_OUT:]
    of_all = np.array([crps(prior, g) for g in gain[lasting]])
    above = (1 - share) * checked.score + share * np.mean(scores)
    below = (1 - share) * of_all.mean() + share * np.mean(without)
    return round(float(above / below), 3), f"ended {share:.2f}"


def test_other_rules_are_noticed_or_not(lasting, tmp_path):
    """How often records of other rules are refused; what must be is the gross, not the subtle."""
    own, fresh = lasting.take(np.arange(12_000)), lasting.take(np.arange(12_000, 13_500))
    planned = plan(cgsim.load("baseline"), nothing_but_months(), AHEAD_MONTHS, 400, OTHER_SEED)
    never = tuple({**point, "trust_loss": 0.0} for point in planned.points)
    faithful = replace(planned, design="draws", factors=(), listed=never)
    others = {"trust never falls": fill(faithful, MONTHS, tmp_path / "trust")[0]}
    for friction in ("commitment", "overhead", "coordination", "slippage", "alignment"):
        others[f"no friction of {friction}"] = bank_of(
            tmp_path / friction, 400, OTHER_SEED, off=(friction,)
        )
    rates = {}
    for case in ("trial", "all"):
        shapes = {kind: pattern(kind) for kind in CASES[case]}
        found = compare(own, shapes, Luck(SEED, DRAWS))
        likeness = Likeness(found.lives, found.kinds)
        theirs = compare(fresh, shapes, Luck(SEED, DRAWS)).lives
        rates[case, "its own"] = np.mean([likeness.of(row).too_far for row in theirs])
        for name, bank in others.items():
            some = bank.take(alike(bank, nothing_but_months()))
            made = compare(some, shapes, Luck(OTHER_SEED, 400)).lives
            rates[case, name] = np.mean([likeness.of(row).too_far for row in made])
    for (case, name), rate in rates.items():
        print(f"{case}: {name}: {rate:.3f} refused")
    assert rates["trial", "its own"] < 0.02
    for name in ("commitment", "overhead"):
        assert rates["trial", f"no friction of {name}"] > 0.8


def test_ranks_of_a_bank_are_those_of_another_seed(lasting, tmp_path):
    """Partnerships of quite another bank, not held-out lives of the same."""
    shapes = {kind: pattern(kind) for kind in TRIAL}
    found = compare(lasting, shapes, Luck(SEED, DRAWS))
    gain = lasting.gain(AHEAD)
    learned = learn(found.lives, gain, lasting.drawn, np.arange(200), SEED, aside=WAY_NAMES)
    fresh = bank_of(tmp_path, 600, 4242)
    fresh = fresh.take(alike(fresh, nothing_but_months()))
    theirs = compare(fresh, shapes, Luck(4242, 600)).lives
    kept = learned.nearest(theirs)
    truths = fresh.gain(AHEAD)
    where = ranks(list(gain[kept]), truths)
    prior = np.sort(gain)
    ratio = ratio_of(
        np.array([crps(s, t) for s, t in zip(gain[kept], truths, strict=True)]),
        np.array([crps(prior, t) for t in truths]),
    )
    print(f"\nanother bank, {len(truths)} partnerships: {ratio}")
    held = {level: float((np.abs(where - 0.5) <= level / 2).mean()) for level in (0.5, 0.8, 0.95)}
    print("  coverage", held)
    assert uniformity(where) > 1e-3
    assert all(abs(share - level) < 0.06 for level, share in held.items())
