"""Verdicts on claims: each kind of pattern on numbers with a known answer, files, and runs."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cgsim import statistics
from cgsim.evidence import claims
from cgsim.evidence import register as evidence
from cgsim.evidence.claims import (
    CorrelationForm,
    EffectForm,
    MoreForm,
    NearForm,
    ShapeForm,
    SplitForm,
    ValueForm,
)
from cgsim.scenario import ScenarioError


def cube_of(**rows):
    """Return a cube whose values in draw d and setting s are rows[s][d], in every replicate."""
    return lambda measure, setting: np.asarray(rows[setting], float)


def constant(*values, replicates=4):
    return np.repeat(np.array(values, float)[:, None], replicates, axis=1)


def met(condition, **rows):
    return evidence.look(condition, cube_of(**rows)).met.tolist()


def test_values_and_differences_are_judged_draw_by_draw():
    a, b = constant(-1, 0, 1, 2), constant(0, 0, 0, 3)
    assert met(ValueForm(value="gain@a", above=0.0), a=a) == [0, 0, 1, 1]
    assert met(ValueForm(value="gain@a", above=-0.5, below=1.5), a=a) == [0, 1, 1, 0]
    assert met(MoreForm(more="gain@a", less="gain@b"), a=a, b=b) == [0, 0, 1, 0]
    assert met(MoreForm(more="gain@a", less="gain@b", by=-1.5), a=a, b=b) == [1, 1, 1, 1]
    assert met(NearForm(near=["gain@a", "gain@b"], within=0.5), a=a, b=b) == [0, 1, 0, 0]


def test_one_replicate_out_of_line_counts_where_the_claim_is_about_every_one():
    values = np.array([[0.0, -1.0, -2.0], [0.0, -1.0, 0.1]])
    assert met(ValueForm(value="gain@a", below=0.05), a=values) == [1, 1]
    assert met(ValueForm(value="gain@a", below=0.05, stat="highest"), a=values) == [1, 0]
    assert met(ValueForm(value="gain@a", above=-1.5, stat="lowest"), a=values) == [0, 1]


def shape(kind, *levels):
    rows = {str(n): constant(level) for n, level in enumerate(levels)}
    along = list(rows)
    return met(ShapeForm(shape=kind, measure="gain", along=along), **rows) == [1]


def test_shapes():
    assert shape("rises", 1, 2, 3)
    assert not shape("rises", 3, 2, 1)
    assert shape("falls", 3, 4, 1, 0)  # by the slope of a line, not by every step
    assert shape("rises then falls", 1, 3, 2)
    assert not shape("rises then falls", 3, 2, 1)
    assert shape("falls in the end", 3, 2, 1)
    assert not shape("falls in the end", 1, 2, 3)


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=6))
def test_nothing_both_rises_and_falls(levels):
    assert not (shape("rises", *levels) and shape("falls", *levels))
    if shape("rises then falls", *levels):
        assert shape("falls in the end", *levels)


def test_an_effect_is_a_difference_of_differences():
    condition = EffectForm(effect=["gain@a", "gain@b"], beats=["gain@c", "gain@d"])
    rows = {"a": constant(5), "b": constant(1), "c": constant(9), "d": constant(6)}
    assert met(condition, **rows) == [1]
    assert met(condition, **{**rows, "d": constant(5)}) == [0]  # as large is not larger


def test_a_correlation_is_that_of_numpy_and_unknown_where_nothing_varies():
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(3, 50)), rng.normal(size=(3, 50))
    y[0] += x[0]
    x[2] = 7.0
    values = {"appeal": x, "gain": y}
    r = np.corrcoef(x[0], y[0])[0, 1]
    for bound, expected in ((r - 1e-9, 1.0), (r + 1e-9, 0.0)):
        condition = CorrelationForm(correlation=["appeal", "gain"], at="a", above=bound)
        seen = evidence.look(condition, lambda measure, _: values[measure]).met
        assert seen[0] == expected
        assert math.isnan(seen[2])


def test_two_outcomes_of_one_setting():
    two = np.array([[0.0] * 5 + [1.0] * 5, [0.0] * 10, [0.0] + [1.0] * 9])
    condition = SplitForm(split="commitment@a", low=0.1, high=0.9, each=0.2)
    assert met(condition, a=two) == [1, 0, 0]


def test_a_draw_is_clear_from_two_standard_errors_on():
    rng = np.random.default_rng(2)
    values = rng.normal(0.3, 1.0, size=(400, 25))
    seen = evidence.look(ValueForm(value="gain@a", above=0.0), cube_of(a=values))
    t = stats.ttest_1samp(values, 0.0, axis=1).statistic
    assert seen.clear == pytest.approx(t)


def claim_with(tmp_path, holds, extra="", settings="a = {}\nb = { set = { size = 4 } }"):
    text = f"""
title = "T"
quotation = "a short quotation"
section = ["ES"]
pattern = "P"
reading = "R"
holds = [{holds}]
{extra}
[settings]
{settings}
"""
    path = tmp_path / "T1.toml"
    path.write_text(text)
    return claims.load_claim(path)


def test_the_verdict_is_the_share_of_the_draws_that_count(tmp_path):
    claim = claim_with(
        tmp_path, '{ value = "gain@a", above = 0 }', 'where = [{ value = "gain@b", above = 0 }]'
    )
    a = constant(*[1.0] * 85, *[-1.0] * 35, *[math.nan] * 10)
    b = constant(*[1.0] * 100, *[-1.0] * 20, *[1.0] * 10)
    found = evidence.judge(claim, cube_of(a=a, b=b))
    low, high = stats.binomtest(85, 100).proportion_ci(0.95, method="wilson")
    assert (found.draws, found.judged, found.share) == (130, 100, 0.85)
    assert (found.low, found.high) == pytest.approx((low, high))
    assert found.verdict == "supported"
    assert found.near_a_border
    assert found.means["gain"]["a"]["mean"] == pytest.approx(0.7)


@pytest.mark.parametrize(
    ("hits", "count", "enough", "verdict"),
    [
        (80, 100, None, "supported"),
        (79, 100, None, "conditional"),
        (50, 100, None, "conditional"),
        (49, 100, None, "not supported"),
        (19, 19, None, "not judged"),
        (30, 100, 0.05, "supported"),
        (7, 100, 0.05, "conditional"),
        (1, 200, 0.05, "not supported"),
    ],
)
def test_verdict_arithmetic(hits, count, enough, verdict):
    flags = np.array([1.0] * hits + [0.0] * (count - hits))
    assert evidence.verdict_on(statistics.share(flags), enough) == verdict


def test_the_tree_finds_a_planted_condition_and_none_in_noise():
    rng = np.random.default_rng(3)
    draws = [dict(zip("abc", row, strict=True)) for row in rng.random((200, 3))]
    planted = np.array([draw["b"] > 0.4 for draw in draws])
    leaves, (right, usual) = evidence.depends_on(draws, planted)
    assert {leaf["share"] for leaf in leaves} == {0.0, 1.0}
    assert all(leaf["where"][0].startswith("b ") for leaf in leaves)
    assert right > 0.95 > usual
    _, (guessed, usual) = evidence.depends_on(draws, rng.random(200) > 0.4)
    assert guessed < usual + 0.1


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ('holds = [{ value = "gian@a" }]', 'did you mean "gain"'),
        ('holds = [{ value = "gain@a" }]', "got no bound; allowed above, below or both"),
        ('holds = [{ value = "gain@c" }]', "allowed one of [settings]"),
        ('holds = [{ valeu = "gain@a" }]', "allowed a condition: value, more"),
        ('holds = [{ more = "gain@a", less = "gain@b", buy = 1 }]', 'did you mean "by"'),
        (f'quotation = "{"word " * 16}"', "got 16 words; allowed 15"),
        ('section = ["XX"]', "section"),
    ],
)
def test_a_faulty_claim_file_is_told_in_a_line(tmp_path, change, told):
    key = change.partition(" ")[0]
    path = tmp_path / "T1.toml"
    claim_with(tmp_path, '{ value = "gain@a", above = 0 }')
    lines = [
        change if line.startswith(f"{key} =") else line for line in path.read_text().splitlines()
    ]
    path.write_text("\n".join(lines))
    with pytest.raises(ScenarioError) as caught:
        claims.load_claim(path)
    assert told in str(caught.value)
    assert f"{path}:" in str(caught.value)


def test_an_unknown_scenario_key_of_a_setting_is_told_with_its_place(tmp_path):
    with pytest.raises(ScenarioError, match="settings"):
        claim_with(
            tmp_path, '{ value = "gain@a", above = 0 }', settings="a = { set = { meetigs = 1 } }"
        )


@pytest.mark.parametrize("name", claims.names())
def test_every_claim_loads_and_quotes_little(name):
    claim = claims.load_claim(name)
    assert 0 < len(claim.quotation.split()) <= claims.MOST_WORDS_QUOTED
    assert claim.sections
    assert claim.reading
    assert not claim.text
    assert claim.reading != "To be read."


def test_a_claim_is_run_once_whatever_the_workers(tmp_path):
    claim = claim_with(tmp_path, '{ more = "gain@b", less = "gain@a" }')
    one = evidence.examine(claim, tmp_path / "one", draws=20, replicates=2, workers=1)
    two = evidence.examine(claim, tmp_path / "two", draws=20, replicates=2, workers=2)
    assert one == two
    kept = {p: p.stat().st_mtime_ns for p in (tmp_path / "one").rglob("runs/*.parquet")}
    assert evidence.examine(claim, tmp_path / "one", draws=20, replicates=2) == one
    assert kept == {p: p.stat().st_mtime_ns for p in (tmp_path / "one").rglob("runs/*.parquet")}


def test_what_a_claim_sets_is_not_drawn_and_what_it_varies_is_not_switched_off(tmp_path):
    settings = "a = { set = { crosscut = 0.2 } }\nb = {}"
    claim = claim_with(tmp_path, '{ value = "gain@a", above = 0 }', settings=settings)
    (made,) = evidence.plans(claim, evidence.draws_of(3), 2, 1, None)
    in_a = [p for p in made.experiment.points if p["scenario"] == "a"]
    in_b = [p for p in made.experiment.points if p["scenario"] == "b"]
    assert all("crosscut" not in p for p in in_a)
    assert len({p["crosscut"] for p in in_b}) == 3
    assert [p["ambient"] for p in in_a] == [p["ambient"] for p in in_b]
    off = {m.name: evidence.plans(claim, evidence.draws_of(3), 2, 1, m) for m in claims.effects()}
    assert off["crosscutting"] == ()
    assert [p.experiment.off for p in off["overhead"]] == [("overhead",)]
    luck = [made.experiment.replicate_numbers(n, np.arange(2)).tolist() for n in range(6)]
    assert luck[0] == luck[1] != luck[2] == luck[3]


def test_what_a_setting_settles_by_names_is_not_drawn(tmp_path):
    settings = 'a = { scenario = "korsakoff" }\nb = {}'
    claim = claim_with(tmp_path, '{ value = "gain@a", above = 0 }', settings=settings)
    (made,) = evidence.plans(claim, evidence.draws_of(20), 2, 1, None)
    for number, point in enumerate(made.experiment.points):
        assert ("skills" in point) == (point["scenario"] == "b")
        made.experiment.scenario_at(number)


def test_what_a_setting_knows_is_not_drawn_but_may_be_switched_off_and_exchanged(tmp_path):
    settings = 'a = { scenario = "inertia" }\nb = {}'
    claim = claim_with(tmp_path, '{ value = "gain@a", above = 0 }', settings=settings)
    (made,) = evidence.plans(claim, evidence.draws_of(8), 2, 1, None)
    for point in made.experiment.points:
        assert ("patience" in point) == (point["scenario"] == "b")
    without = replace(claims.effects()[0], off=(), set={"patience": 6})
    assert evidence.plans(claim, evidence.draws_of(8), 2, 1, without)
    fixed = {key for setting in claim.settings.values() for key in setting.fixed}
    assert "patience" not in fixed


def test_a_verdict_hangs_on_nothing_that_all_its_settings_know(tmp_path):
    settings = 'a = { scenario = "inertia" }\nb = { scenario = "inertia" }'
    claim = claim_with(tmp_path, '{ value = "gain@a", above = 0 }', settings=settings)
    draws = evidence.draws_of(80)
    turns = [1.0 if draw["patience"] > 10 else -1.0 for draw in draws]
    found = evidence.judge(claim, cube_of(a=constant(*turns), b=constant(*turns)), draws)
    assert found.verdict == "conditional"
    assert "patience" not in str(found.depends)


def test_the_limit_of_a_claim_of_its_own_is_the_border_it_may_stand_near(tmp_path):
    at_times = claim_with(tmp_path, '{ value = "gain@a", above = 0 }', "enough = 0.2")
    seen = constant(*[1.0] * 40, *[-1.0] * 40)
    near = constant(*[1.0] * 16, *[-1.0] * 64)
    halves = cube_of(a=seen, b=seen)
    assert not evidence.judge(at_times, halves).near_a_border  # a half is no border here
    found = evidence.judge(at_times, cube_of(a=near, b=near))
    assert found.near_a_border
    assert found.to_dict()["enough"] == 0.2
    usual = evidence.judge(replace(at_times, enough=None), halves)
    assert usual.near_a_border
    assert "enough" not in usual.to_dict()


def test_the_register_is_read_as_it_was_written():
    register = evidence.shipped_register()
    assert evidence.Register.from_json(register.to_json()).to_json() == register.to_json()


def test_a_claim_near_a_border_is_judged_over_more_draws_where_asked(tmp_path):
    near = claim_with(tmp_path, '{ value = "gain@a", above = 0 }', settings="a = {}")
    (tmp_path / "T1.toml").rename(tmp_path / "near.toml")
    sure = replace(claim_with(tmp_path, '{ value = "gain@a", above = -9 }'), id="sure")
    near = replace(near, id="near")
    asked = {"draws": 20, "replicates": 2}
    few = evidence.compile_register([near, sure], tmp_path / "few", **asked)
    assert few.verdicts["near"].near_a_border
    assert not few.verdicts["sure"].near_a_border
    assert few.more_draws == ()
    more = evidence.compile_register([near, sure], tmp_path / "more", border_draws=30, **asked)
    assert {name: verdict.draws for name, verdict in more.verdicts.items()} == {
        "near": 30,
        "sure": 20,
    }
    assert more.more_draws == (30,)
    alone = evidence.examine(near, tmp_path / "alone", draws=30, replicates=2)
    assert more.verdicts["near"] == alone
    assert evidence.Register.from_json(more.to_json()).verdicts["near"].draws == 30


def test_a_pattern_of_runs_among_each_other_has_more_runs(tmp_path):
    together = '{ correlation = ["gain", "months_faster"], at = "a", above = 0 }'
    parted = '{ split = "gain@a", low = 0, high = 0.1 }'
    plain = '{ value = "gain@a", above = 0 }'
    for holds in (together, parted, f"{plain}, {parted}"):
        assert evidence.replicates_for(claim_with(tmp_path, holds)) == evidence.MORE_REPLICATES
    assert evidence.replicates_for(claim_with(tmp_path, plain)) == evidence.REPLICATES
    claim = claim_with(tmp_path, together, settings="a = {}")
    register = evidence.compile_register([claim], tmp_path / "own", draws=2)
    assert register.verdicts[claim.id].replicates == evidence.MORE_REPLICATES
    assert register.more_replicates == (evidence.MORE_REPLICATES,)
    said = evidence.compile_register([claim], tmp_path / "said", draws=2, replicates=3)
    assert said.verdicts[claim.id].replicates == 3
    assert said.more_replicates == ()
    assert evidence.Register.from_json(register.to_json()).to_json() == register.to_json()
