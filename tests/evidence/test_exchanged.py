"""Claims under other mechanisms: each alone in the place of the model's own, on the same draws."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cgsim import mechanisms, statistics
from cgsim.evidence import claims, exchanged
from cgsim.evidence import register as evidence
from cgsim.evidence.claims import Variant
from cgsim.evidence.exchanged import CHOICES, OWN, Choice, Exchanged, Exchanges, Found
from cgsim.report import evidence_page

DRAWS, RUNS = 20, 2
VERDICTS = ("supported", "conditional", "not supported", "not judged")


def claim_with(tmp_path, holds, settings="a = {}\nb = { set = { size = 4 } }", extra=""):
    path = tmp_path / "T1.toml"
    path.write_text(
        'title = "T"\nquotation = "q"\nsection = ["ES"]\npattern = "P"\nreading = "R"\n'
        f"holds = [{holds}]\n{extra}\n[settings]\n{settings}\n"
    )
    return claims.load_claim(path)


def test_every_mechanism_but_the_models_own_is_a_choice_once():
    assert len(set(CHOICES)) == len(CHOICES)
    for kind in mechanisms.KINDS:
        named = [choice.mechanism for choice in CHOICES if choice.kind == kind.name]
        assert named == [name for name in kind.names if name != kind.default]


def test_a_claim_is_judged_as_by_itself_and_as_robustness_judges_it(tmp_path):
    claim = claim_with(tmp_path, '{ more = "gain@a", less = "gain@b" }')
    found = exchanged.exchange(claim, tmp_path / "all", draws=DRAWS, replicates=RUNS)
    assert {one.choice for one in found.others} == set(CHOICES)
    asked = {"draws": DRAWS, "replicates": RUNS}
    alone = evidence.examine(claim, tmp_path / "own", **asked)
    assert (found.own.share, found.own.judged) == (alone.share, alone.judged)
    choice = Choice("production", "weakest_link")
    other = Variant("other", "other", (), {choice.kind: choice.mechanism})
    alone = evidence.examine(claim, tmp_path / "other", without=other, **asked)
    (one,) = (one for one in found.others if one.choice == choice)
    assert (one.verdict, one.share, one.low) == (alone.verdict, alone.share, alone.low)
    assert one.judged == found.own.judged  # all draws count, so the pairs tell the difference
    assert one.gained - one.lost == round((one.share - found.own.share) * one.judged)
    assert any(one.share != found.own.share for one in found.others)


def test_what_is_done_is_not_done_again(tmp_path):
    claim = claim_with(tmp_path, '{ value = "gain@a", above = 0 }', "a = {}")
    first = exchanged.exchange_all([claim], tmp_path, draws=DRAWS, replicates=RUNS)
    kept = {p: p.stat().st_mtime_ns for p in tmp_path.rglob("runs/*.parquet")}
    assert kept
    again = exchanged.exchange_all([claim], tmp_path, draws=DRAWS, replicates=RUNS, workers=1)
    assert again.claims == first.claims
    assert kept == {p: p.stat().st_mtime_ns for p in tmp_path.rglob("runs/*.parquet")}
    read = Exchanged.from_json((tmp_path / exchanged.EXCHANGED).read_text())
    assert read.to_json() == first.to_json()


def test_a_mechanism_that_the_claim_chooses_or_that_would_not_read_it_is_left_out(tmp_path):
    def left_out(settings):
        claim = claim_with(tmp_path, '{ value = "gain@a", above = 0 }', settings)
        return set(CHOICES) - set(exchanged.choices_of(claim))

    assert left_out("a = { set = { size = 5 } }") == set()
    assert left_out("a = {}\nb = { set = { patience = 6 } }") == {Choice("leaving", "gradual")}
    by_choice = left_out('a = {}\nb = { set = { production = "ces" } }')
    assert by_choice == {choice for choice in CHOICES if choice.kind == "production"}


def test_draws_are_pairs_and_those_that_do_not_count_are_in_none(tmp_path):
    claim = claim_with(
        tmp_path,
        '{ value = "gain@a", above = 0 }',
        extra='where = [{ value = "gain@b", above = 0 }]',
    )
    a = np.array([[1.0], [-1.0], [1.0], [math.nan]])
    b = np.array([[1.0], [1.0], [-1.0], [1.0]])
    seen = evidence.seen_in(claim, lambda measure, setting: {"a": a, "b": b}[setting])
    assert np.array_equal(seen, [1.0, 0.0, math.nan, math.nan], equal_nan=True)


@given(st.integers(0, 60), st.integers(0, 60))
def test_the_chance_of_paired_shares_is_that_of_the_exact_test(gained, lost):
    told = statistics.paired_chance(gained, lost)
    if gained + lost:
        assert told == pytest.approx(stats.binomtest(gained, gained + lost).pvalue)
    else:
        assert told == 1.0


def found_of(choice, verdict, gained=0, lost=0, share=0.5):
    judged = 5 if verdict == "not judged" else 40
    return Found(choice, verdict, share, 0.3, 0.7, judged, gained, lost)


@given(
    st.sampled_from(VERDICTS),
    st.lists(
        st.tuples(st.sampled_from(VERDICTS), st.integers(0, 20), st.integers(0, 20)),
        max_size=len(CHOICES),
    ),
)
def test_every_counted_mechanism_holds_or_turns_or_wavers(own, others):
    found = Exchanges(
        "T1",
        40,
        found_of(OWN, own),
        tuple(found_of(CHOICES[n], *one) for n, one in enumerate(others)),
    )
    parts = [*found.holding, *found.turning, *found.wavering]
    assert sorted(parts, key=lambda one: CHOICES.index(one.choice)) == list(found.judged)
    assert all(one.verdict == own for one in found.holding)
    assert all(one.verdict != own for one in (*found.turning, *found.wavering))
    if own == "not judged":
        assert found.judged == ()


def page_of(tmp_path, *found):
    """Return the register's page with one claim of several ids under what was found of each."""
    claim = claim_with(tmp_path, '{ value = "gain@a", above = 0 }', "a = {}")
    named = [replace(claim, id=one.claim) for one in found]
    a = np.repeat(np.array([1.0] * 90 + [-1.0] * 30)[:, None], 2, axis=1)
    verdict = evidence.judge(claim, lambda measure, setting: a)
    register = evidence.Register({one.id: replace(verdict, claim=one.id) for one in named})
    all_of = Exchanged({one.claim: one for one in found})
    return evidence_page.as_markdown(register, named, (), all_of)


def test_the_page_says_which_claims_hold_whatever_the_mechanism_and_on_which_others_turn(tmp_path):
    def others(**other):
        made = [found_of(choice, "conditional") for choice in CHOICES]
        for name, one in other.items():
            (place,) = (n for n, choice in enumerate(CHOICES) if choice.mechanism == name)
            made[place] = replace(one, choice=CHOICES[place])
        return tuple(made)

    own = found_of(OWN, "conditional", share=0.75)
    turned = found_of(OWN, "not supported", 0, 20, share=0.25)
    wavered = found_of(OWN, "supported", 1, 0, share=0.8)
    few = found_of(OWN, "not judged")
    page = page_of(
        tmp_path,
        Exchanges("A1", 40, own, others()),
        Exchanges("A2", 40, own, others(hub=turned, ces=few)),
        Exchanges("A3", 40, own, others(queue=wavered)),
        Exchanges("A4", 40, own, others(hub=turned, core=turned)),
        Exchanges("A5", 40, few, others()),
    )
    counted = len(CHOICES)
    lines = page.splitlines()
    main = [line for line in lines if line.startswith("| A") and "emergent" in line]
    assert [line.split(" | ")[-1].removesuffix(" |") for line in main] == [
        f"{counted} of {counted}",
        f"{counted - 2} of {counted - 1}",
        f"{counted - 1} of {counted}",
        f"{counted - 2} of {counted}",
        "",
    ]
    assert (
        "**Whatever the mechanism** 1 of 4 claims keep their verdict:\n\n* conditional: A1\n"
        in page
    )
    assert "than luck may part: A3 (1)." in page
    one = lines.index("**On one mechanism turn** 1:")
    assert lines[one + 2].startswith("* A2, conditional with the model's own (75 % of draws)")
    assert "coordination hub (not supported, 25 %)" in lines[one + 2]
    several = lines.index("**On several turn** 1:")
    assert lines[several + 2].startswith("* A4, ")
    assert "load core (not supported, 25 %) and coordination hub" in lines[several + 2]
    assert "Verdicts are turned by coordination hub (2) and load core (1)." in page
    assert "Not counted, as too few draws count under it: production ces." in page
    table = page.partition("Share of draws under each mechanism")[2]
    assert "**25**" in table
    assert "*80*" in table


def test_what_comes_with_cgsim_is_of_every_claim_and_of_its_mechanisms():
    shipped = exchanged.shipped()
    of_single_runs = [n for n in claims.names() if not evidence.is_among_runs(claims.load_claim(n))]
    assert list(shipped.claims) == of_single_runs
    assert Exchanged.from_json(shipped.to_json()).to_json() == shipped.to_json()
    for name, found in shipped.claims.items():
        claim = claims.load_claim(name)
        assert found.draws == exchanged.draws_for(claim)
        assert tuple(one.choice for one in found.others) == exchanged.choices_of(claim)


def test_a_claim_that_is_not_supported_is_discussed_and_one_that_is_not_says_nothing():
    verdicts = evidence.shipped_register().verdicts
    for name in claims.names():
        discussed = claims.load_claim(name).discussion is not None
        assert discussed == (verdicts[name].verdict == "not supported"), name


def test_the_origin_of_a_claim_follows_from_its_conditions(tmp_path):
    made = '{ value = "gain@a", above = 0, built_in = "by the rule" }'
    free = '{ value = "gain@b", above = 0 }'
    assert claim_with(tmp_path, made).origin == "built in"
    assert claim_with(tmp_path, f"{made}, {free}").origin == "half built in"
    assert claim_with(tmp_path, free).origin == "emergent"
    assert claim_with(tmp_path, free, extra='check = "as it is made"').origin == "check"
    origins = {name: claims.load_claim(name).origin for name in claims.names()}
    assert set(origins.values()) == set(claims.ORIGINS)
    assert {name for name, origin in origins.items() if origin == "check"} == {"A2", "A3"}
