"""Random numbers with an address, compared with NumPy's and SciPy's."""

import networkx as nx
import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from cgsim.engine.life import first_trust
from cgsim.engine.plan import draw_one
from cgsim.scenario import load
from cgsim.world import draws


@numba.njit
def words_at(seed, replicate, purpose, agency, block, words):
    draws.philox(seed, replicate, purpose, agency, block, words)


@numba.njit
def normal_of(probability):
    return draws.as_normal(probability)


@numba.njit
def many_gammas(shape, count, words):
    out = np.zeros(count)
    for place in range(count):
        out[place] = draws.gamma(shape, 5, 0, draws.GOAL, 0, place, words)
    return out


WORD = st.integers(0, 2**63 - 1)
SMALL = st.integers(0, 10_000)


@pytest.mark.uncompiled
@settings(max_examples=60, deadline=None)
@given(WORD, WORD, st.integers(0, 20), SMALL, st.integers(1, 10**6))
def test_words_are_those_of_numpys_philox(seed, replicate, purpose, agency, block):
    words = np.zeros(4, np.uint64)
    words_at(np.uint64(seed), np.uint64(replicate), purpose, agency, block, words)
    # NumPy counts on by one before it gives its first word.
    theirs = np.random.Philox(key=[seed, replicate], counter=[block - 1, agency, purpose, 0])
    np.testing.assert_array_equal(words, theirs.random_raw(4))


@settings(max_examples=200, deadline=None)
@given(st.floats(1e-15, 1 - 1e-15))
def test_normals_are_the_inverse_distribution_function(probability):
    assert normal_of(probability) == pytest.approx(
        stats.norm.ppf(probability), rel=1e-13, abs=1e-15
    )


@pytest.mark.parametrize("shape", [0.3, 1.0, 8.0])
def test_gammas_follow_their_distribution(shape):
    values = many_gammas(shape, 20_000, np.zeros(4, np.uint64))
    assert stats.kstest(values, stats.gamma(shape).cdf).pvalue > 1e-4


def drawn(*assignments, seed=7, replicate=11):
    _, world, shocks, _ = draw_one(load("baseline", assignments), seed, replicate)
    return world, shocks, world.tied


def test_more_agencies_disturb_none_that_were_there():
    few, few_shocks, few_ties = drawn()
    many, many_shocks, many_ties = drawn("agencies=31")
    for name in ("capacity", "skill", "goal", "senior", "operational"):
        np.testing.assert_array_equal(getattr(few, name), getattr(many, name)[:20])
    np.testing.assert_array_equal(first_trust(few), first_trust(many)[:20, :20])
    np.testing.assert_array_equal(few_ties, many_ties[:20, :20])
    np.testing.assert_array_equal(few.mix, many.mix)
    np.testing.assert_array_equal(few_shocks.absence, many_shocks.absence[:, :20])
    np.testing.assert_array_equal(few_shocks.drift, many_shocks.drift)


def test_a_longer_horizon_disturbs_no_month_that_was_there():
    _, short, _ = drawn()
    _, long, _ = drawn("months=90")
    for few, many in zip(short, long, strict=True):
        np.testing.assert_array_equal(few, many[:72])


def test_a_larger_partnership_keeps_its_members_and_their_luck():
    small, small_shocks, _ = drawn("size=5")
    large, large_shocks, _ = drawn("size=9")
    assert np.all(large.founder[small.founder])
    members = small.founder[0]
    np.testing.assert_array_equal(small_shocks.slip[:, members], large_shocks.slip[:, members])


def test_skills_are_dealt_evenly():
    world, _, _ = drawn("agencies=24")
    homes = np.argmax(world.skill, axis=1)
    assert np.bincount(homes, minlength=6).tolist() == [4] * 6


@pytest.mark.parametrize(
    ("network", "expected"), [("complete", 1.0), ("none", 0.0), ("random", 0.25)]
)
def test_networks_have_the_ties_they_should(network, expected):
    _, _, tied = drawn(f"network={network}", "agencies=120")
    assert np.array_equal(tied, tied.T)
    assert not tied.diagonal().any()
    share = tied.sum() / (120 * 119)
    assert share == pytest.approx(expected, abs=0.02 if network == "random" else 0)


def small_world(agencies, neighbours, rewire, replicate=0):
    chosen = (f"agencies={agencies}", f"neighbours={neighbours}", f"rewire={rewire}")
    return drawn("network=small_world", *chosen, "size=2", replicate=replicate)[2]


def apart_in_the_ring(agencies):
    numbers = np.arange(agencies)
    steps = np.abs(numbers[:, None] - numbers)
    return np.minimum(steps, agencies - steps)


@pytest.mark.uncompiled
def test_a_small_world_that_is_not_rewired_is_a_ring():
    apart = apart_in_the_ring(20)
    for neighbours, reach in ((1, 0), (2, 1), (5, 2), (6, 3), (19, 9)):
        expected = (apart >= 1) & (apart <= reach)
        np.testing.assert_array_equal(small_world(20, neighbours, 0), expected)


@pytest.mark.parametrize("rewire", [0.1, 0.6, 1.0])
def test_rewiring_moves_ties_and_loses_none(rewire):
    for replicate in range(20):
        tied = small_world(20, 6, rewire, replicate)
        assert np.array_equal(tied, tied.T)
        assert not tied.diagonal().any()
        assert tied.sum() == 20 * 6
    moved = np.mean([small_world(300, 4, rewire, r)[apart_in_the_ring(300) > 2] for r in range(5)])
    assert moved * (300 * 295) / (300 * 4) == pytest.approx(rewire, abs=0.03)


def test_in_a_small_world_where_all_are_tied_no_tie_can_move():
    assert small_world(5, 4, 1).sum() == 5 * 4


def test_small_worlds_are_those_of_watts_and_strogatz():
    """Clustering and path lengths are as in the graphs that networkx draws by the same method."""
    for rewire in (0.05, 0.3):
        ours = [nx.from_numpy_array(small_world(60, 6, rewire, r)) for r in range(250)]
        theirs = [nx.watts_strogatz_graph(60, 6, rewire, seed=r) for r in range(250)]
        for of in (nx.average_clustering, nx.average_shortest_path_length):
            found, expected = (
                np.mean([of(graph) for graph in graphs if nx.is_connected(graph)])
                for graphs in (ours, theirs)
            )
            assert found == pytest.approx(expected, rel=0.03)


def test_one_agency_more_moves_few_ties_of_a_small_world():
    """Where the ring closes they have to move; elsewhere a tie moves only to the newcomer."""
    kept = total = 0
    for replicate in range(30):
        before = small_world(40, 4, 0.3, replicate)
        after = small_world(41, 4, 0.3, replicate)[:40, :40]
        long = np.triu(before) & (apart_in_the_ring(40) > 2)
        total += long.sum()
        kept += (long & after).sum()
    assert kept / total > 0.85


def test_the_core_is_all_tied_and_the_periphery_is_not():
    _, _, tied = drawn("network=core_periphery", "agencies=60", "edge_chance=0")
    core = tied.any(axis=0)
    assert 5 < core.sum() < 40
    inside = tied[np.ix_(core, core)]
    assert inside.sum() == core.sum() * (core.sum() - 1)


@pytest.mark.parametrize(
    ("recruit", "count"), [("fit", 8), ("random", 8), ("ties", 8), ("all", 20)]
)
def test_recruitment_finds_the_number_wanted_and_a_member_leads(recruit, count):
    world, _, _ = drawn(f"recruit={recruit}")
    assert world.founder[0].sum() == count
    assert world.founder[0, world.founding_lead[0]]


def test_those_tied_to_the_lead_join_first():
    world, _, tied = drawn("recruit=ties", "size=4")
    lead = world.founding_lead[0]
    others = np.flatnonzero(world.founder[0] & (np.arange(20) != lead))
    assert tied[lead].sum() >= 3
    assert tied[lead, others].all()


def test_fit_finds_more_skills_than_chance():
    fit, by_chance = [], []
    for replicate in range(30):
        for recruit, found in (("fit", fit), ("random", by_chance)):
            world, _, _ = drawn(f"recruit={recruit}", "size=6", replicate=replicate)
            homes = np.argmax(world.skill[world.founder[0]], axis=1)
            found.append(len(set(homes)))
    assert np.mean(fit) > np.mean(by_chance) + 0.5
