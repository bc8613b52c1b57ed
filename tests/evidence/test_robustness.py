"""Does a result rest on one mechanism: what is computed, what is said of it, and what is kept."""

import json

import numpy as np
import pandas as pd
import pytest
from tests.answer.nowhere import letters_of, printed, texts_of_nowhere
from typer.testing import CliRunner

import cgsim
from cgsim import ScenarioError, load
from cgsim.answer import robust
from cgsim.cli.app import app
from cgsim.evidence import claims
from cgsim.evidence import register as evidence
from cgsim.evidence.robustness import ClaimRobustness, Robustness, combinations_of
from cgsim.mechanisms import BY_KIND, KINDS, combinations
from cgsim.pictures import figures
from cgsim.statistics import Estimate

RUNS = 16


@pytest.fixture(scope="module")
def found():
    return cgsim.robustness("baseline", kinds=["production", "trusting"], replicates=RUNS)


def test_all_combinations_are_lived_the_scenarios_own_first(found):
    chosen = [tuple(one.values()) for one in found.combinations]
    assert chosen[0] == ("harmonic", "linear")
    assert len(chosen) == len(set(chosen)) == 4 * 3
    assert set(chosen) == {tuple(c.values()) for c in combinations(["production", "trusting"])}


def test_a_scenario_that_chooses_is_held_against_its_own_choice():
    found = cgsim.robustness(
        "baseline", kinds=["production"], replicates=8, set=["production=o_ring"]
    )
    assert found.combinations[0] == {"production": "o_ring"}
    assert found.agrees[0]
    assert "production o ring" in found.sentences()[0]


def test_gains_are_those_of_a_run_and_changes_are_paired(found):
    place = [tuple(one.values()) for one in found.combinations].index(("ces", "bayesian"))
    own = cgsim.run("baseline", RUNS)
    other = cgsim.run("baseline", RUNS, set=["production=ces", "trusting=bayesian"])
    assert found.gains[0] == own.estimate(robust.MEASURE)
    assert found.gains[place] == other.estimate(robust.MEASURE)
    paired = other.column(robust.MEASURE) - own.column(robust.MEASURE)
    assert found.changes[place].value == pytest.approx(paired.mean(), abs=1e-15)
    # The same luck under both leaves less to chance than two runs apart would.
    width = found.changes[place].high - found.changes[place].low
    assert width < np.hypot(*(g.high - g.low for g in (found.gains[0], found.gains[place])))
    assert found.changes[0].value == 0


def test_the_table_has_a_row_a_combination(found):
    table = found.table
    assert isinstance(table, pd.DataFrame)
    assert list(table.columns[:2]) == ["production", "trusting"]
    assert table["agrees"].sum() == sum(found.agrees)
    assert (table["low"] if "low" in table else table["gain_low"]).le(table["gain_high"]).all()


def test_a_kind_that_is_none_gets_the_nearest():
    with pytest.raises(ScenarioError, match='did you mean "production"'):
        cgsim.robustness("baseline", kinds=["producton"])
    done = CliRunner().invoke(app, ["robustness", "baseline", "--kind", "trustin"])
    assert 'did you mean "trusting"?' in str(done.exception)


def test_what_does_not_fit_is_refused_in_one_line(tmp_path):
    refused = {
        ("baseline", "--draws", "40"): "--draws: got 40; allowed with a claim",
        ("A4", "--set", "size=3"): "--set: got",
        ("no-such", "--replicates", "8"): "allowed a library scenario",
    }
    for arguments, message in refused.items():
        done = CliRunner().invoke(app, ["robustness", *arguments])
        assert isinstance(done.exception, ScenarioError)
        assert message in str(done.exception)
    (tmp_path / "s.toml").write_text('title = "T"\npartnerships = "none"\n')
    with pytest.raises(ScenarioError, match="got no partnership; allowed one or more"):
        cgsim.robustness(tmp_path / "s.toml")


def test_a_folder_has_the_table_the_picture_and_what_it_came_from(tmp_path):
    out = tmp_path / "out"
    asked = ["robustness", "baseline", "--kind", "production", "--replicates", "8", "--seed", "3"]
    done = CliRunner().invoke(app, [*asked, "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert {p.name for p in out.iterdir() if not p.name.startswith(".")} == {
        f"robustness.{end}" for end in ("csv", "xlsx", "svg", "json")
    }
    record = json.loads((out / "robustness.json").read_text())
    assert record["seed"] == 3
    assert record["replicates"] == 8
    assert record["scenario"] == "baseline"
    assert cgsim.Scenario.from_dict(record["scenario_tables"], "baseline") == load("baseline")
    assert record["kinds"] == {"production": list(BY_KIND["production"].names)}
    assert pd.read_csv(out / "robustness.csv")["production"].tolist() == [
        one["production"] for one in record["combinations"]
    ]
    as_json = CliRunner().invoke(app, [*asked, "--json"])
    assert json.loads(as_json.stdout) == record


# ---- what is said ------------------------------------------------------------------------------


def test_one_kind_is_exchanged_at_a_time_and_any_two():
    kinds = [kind.name for kind in KINDS]
    own = {kind.name: kind.default for kind in KINDS} | {"production": "ces"}
    few = combinations_of(kinds, own, 2)
    assert few[0] == own
    every = combinations(kinds)
    wanted = [c for c in every if sum(c[k] != own[k] for k in kinds) <= 2]
    assert {tuple(c.values()) for c in few} == {tuple(c.values()) for c in wanted}
    assert len(few) == len(wanted) < len(every)
    whole = combinations_of(kinds[:3], own, 3)
    assert {tuple(c.values()) for c in whole} == {
        tuple(c.values()) for c in combinations(kinds[:3])
    }


def test_all_combinations_are_lived_where_they_are_asked_for():
    kinds = ["trusting", "leaving", "meeting"]
    few = cgsim.robustness("baseline", kinds=kinds, replicates=8)
    every = cgsim.robustness("baseline", kinds=kinds, every=True, replicates=8)
    assert (few.together, every.together) == (2, 3)
    assert (len(few.gains), len(every.gains)) == (1 + 4 + 5, 3 * 2 * 2)
    place = {tuple(c.values()): g for c, g in zip(every.combinations, every.gains, strict=True)}
    assert [place[tuple(c.values())] for c in few.combinations] == list(few.gains)
    assert few.record()["together"] == 2
    assert any("were not tried" in text for text in few.sentences())
    assert not any("were not tried" in text for text in every.sentences())
    told = " ".join(CliRunner().invoke(app, ["robustness", "-h"]).stdout.split())
    assert "--all" in told


def test_too_many_combinations_are_refused_in_a_line(monkeypatch):
    monkeypatch.setattr("cgsim.evidence.robustness.MOST_COMBINATIONS", 11)
    with pytest.raises(ScenarioError, match="--all: got 12 combinations; allowed 11: name fewer"):
        cgsim.robustness("baseline", kinds=["production", "trusting"], every=True)


def made_up(gains, kinds=("production",), together=None):
    together = len(kinds) if together is None else together
    own = {kind: BY_KIND[kind].default for kind in kinds}
    chosen = combinations_of(kinds, own, together)[: len(gains)]
    return Robustness(
        load("baseline"),
        1,
        100,
        kinds,
        together,
        chosen,
        tuple(Estimate(g, g - 0.01, g + 0.01, 100) for g in gains),
        tuple(Estimate(g - gains[0], -1, 1, 100) for g in gains),
    )


def told(gains, **more):
    return " ".join(made_up(gains, **more).sentences())


def test_it_says_how_many_agree_and_which_do_not():
    text = told([0.1, 0.05, 0.0, -0.2])
    assert "meets 10.0 % more need" in text
    assert "2 of 4 combinations of mechanisms, this one counted, point the same way" in text
    assert "It is not clear under one: production weakest link." in text
    assert "Less need is met under one: production o ring." in text
    assert "lies from −20.0 % (production o ring) to 10.0 % (as it is)" in text


def test_it_says_so_where_all_agree_and_where_none_does():
    assert "All 4 combinations of mechanisms point the same way" in told([0.1, 0.2, 0.3, 0.4])
    assert "None of the other combinations" in told([0.1, -0.2, -0.3, 0.0])
    lost = told([-0.1, -0.2, -0.3, 0.2])
    assert "meets 10.0 % less need" in lost
    assert "More need is met under one: production o ring." in lost
    assert "it is not clear whether" in told([0.001, 0.2, 0.3, 0.2])


def test_of_many_that_do_not_agree_the_first_are_named():
    text = told([0.1] + [-0.1] * 11, kinds=("production", "trusting"))
    assert "Less need is met under 11: " in text
    assert text.count("trusting bayesian") >= 1
    assert "; 5 others." in text


def test_the_kind_that_moves_most_is_told_first(found):
    kinds = [s.numbers["kind"] for s in found.statements if s.id == "robust.kind"]
    assert sorted(kinds) == ["production", "trusting"]
    means = found.table.groupby("production")["gain"].mean()
    others = found.table.groupby("trusting")["gain"].mean()
    wider = "production" if np.ptp(means) > np.ptp(others) else "trusting"
    assert kinds[0] == wider


def test_nothing_that_is_said_bypasses_the_catalogue(monkeypatch, capsys):
    scenario = load("baseline")
    names = [name.replace("_", " ") for kind in KINDS for name in (kind.name, *kind.names)]
    for command in (
        ("robustness", "baseline", "--kind", "production", "--replicates", "8"),
        ("robustness", "A4", "--kind", "trusting", "--draws", "4", "--replicates", "2"),
    ):
        text = printed(monkeypatch, capsys, *command)
        assert letters_of([text], scenario.title, claims.load_claim("A4").title, "A4", *names) == []
        monkeypatch.undo()
    assert texts_of_nowhere


# ---- a claim -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    out = tmp_path_factory.mktemp("claim")
    return cgsim.robustness("a4", kinds=["production"], draws=24, replicates=3, out=out), out


def test_a_claim_is_judged_under_every_mechanism(judged, tmp_path):
    found, _ = judged
    assert isinstance(found, ClaimRobustness)
    assert [one["production"] for one in found.combinations] == list(BY_KIND["production"].names)
    claim = claims.load_claim("A4")
    own = evidence.examine(claim, tmp_path / "own", draws=24, replicates=3)
    assert found.verdicts[0] == own
    assert sum(found.agrees) == (found.table["verdict"] == own.verdict).sum()
    assert found.borders == (evidence.CONDITIONAL, evidence.SUPPORTED)


def test_mechanisms_of_two_kinds_that_have_one_name_are_told_apart(tmp_path):
    found = cgsim.robustness(
        "A4", kinds=["trusting", "joining"], draws=2, replicates=2, out=tmp_path
    )
    assert {"trusting": "reputation", "joining": "closed"} in found.combinations
    assert {"trusting": "linear", "joining": "reputation"} in found.combinations
    folders = {path.name for path in (tmp_path / "A4").iterdir()}
    assert {"trusting-reputation", "joining-reputation"} < folders
    assert len(folders) == len(found.combinations)


def test_what_a_claims_draws_came_to_stays(judged, monkeypatch):
    found, out = judged
    lived = []
    monkeypatch.setattr(
        "cgsim.engine.run.run_batch", lambda *given: lived.append(given)
    )  # whatever is lived now would leave nothing but noughts
    again = cgsim.robustness("A4", kinds=["production"], draws=24, replicates=3, out=out)
    assert again.verdicts == found.verdicts
    assert not lived


def test_pictures_of_few_and_of_many_combinations_are_drawn(found, judged):
    with figures.house_style():
        few, claim = found.plot(), judged[0].plot()
        kinds = tuple(kind.name for kind in KINDS)
        others = [len(kind.names) - 1 for kind in KINDS]
        pairs = (sum(others) ** 2 - sum(n * n for n in others)) // 2
        few_at_once = 1 + sum(others) + pairs
        many = made_up([0.1] * few_at_once, kinds, 2).plot()
    assert next(t.get_text() for t in few.get_yticklabels()) == "harmonic, linear (as it is)"
    assert claim.get_xlim() == (0, 100)
    rows = [t.get_text() for t in many.get_yticklabels()]
    assert rows[:2] == ["production: harmonic", "production: ces"]
    assert len(rows) == sum(len(kind.names) for kind in KINDS)
