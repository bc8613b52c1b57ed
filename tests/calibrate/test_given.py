"""What records left possible takes the place of the priors, is named, and has its scenario."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest
from made_up import EXAMPLE

from cgsim import load
from cgsim.assess.answers import Answers, Voice, all_as_toml, load_answers
from cgsim.assess.draws import Draws, Start, given_draws
from cgsim.calibrate.bank import LeftOpen
from cgsim.calibrate.calibration import calibrate
from cgsim.calibrate.keeping import keep
from cgsim.calibrate.records import load_records
from cgsim.experiment.design import prior_factors
from cgsim.experiment.doubt import DRAWS, drawn_many, draws_of
from cgsim.experiment.posterior import CALIBRATION, POSTERIOR, differences, load_posterior
from cgsim.running.batch import open_batch
from cgsim.scenario.errors import ScenarioError

GIVEN = "What nobody knows, given the records in made-up.csv: drawn 60 times, it"


def refused(path, scenario=None):
    """Return the lines with which draws are refused, without the folder's name."""
    with pytest.raises(ScenarioError) as caught:
        load_posterior(path).check([scenario or load("baseline")])
    return [str(fault).replace(f"{path}", "HERE") for fault in caught.value.faults]


@pytest.fixture
def copy(kept, tmp_path):
    return shutil.copytree(kept, tmp_path / "copy")


def edited(folder, **changes):
    told = json.loads((folder / CALIBRATION).read_text())
    told = {key: value for key, value in (told | changes).items() if value != "GONE"}
    (folder / CALIBRATION).write_text(json.dumps(told))


def test_the_draws_are_those_of_the_lives_that_were_kept(kept, calibration):
    found = load_posterior(kept)
    assert found.points == tuple(dict(point) for point in calibration.points)
    assert found.kept == tuple(calibration.numbers)
    assert found.basis == {"records": "made-up.csv"}
    assert found.about()["records_sha256"] == calibration.records.sha256
    assert load_posterior(kept / POSTERIOR) == found
    some = found.some(60)
    assert len(some) == 60
    assert some[0] == found.points[0]
    assert set(map(str, some)) <= set(map(str, found.points))
    assert found.some(10**6) == found.points


def test_they_are_lived_in_the_place_of_those_from_the_priors(kept):
    baseline, posterior = load("baseline"), load_posterior(kept)
    (drawn,) = drawn_many([baseline], 3, given=posterior, runs_each=2)
    wanted = [point["first_share"] for point in posterior.some(DRAWS)]
    assert drawn.inputs["first_share"].tolist() == wanted
    assert len(drawn.gain) == DRAWS
    prior = drawn_many([baseline], 3, runs_each=2)[0]
    assert prior.given is None
    assert (prior.gain != drawn.gain).any()


def test_levers_and_months_may_differ_and_nothing_else(kept):
    calibrated = load_posterior(kept)
    for settings in (["meetings=2", "size=5", "fund=40"], ["months=90"], ["ambient=0.5"]):
        calibrated.check([load("baseline", settings)])
    assert refused(kept, load("baseline", ["agencies=30"])) == [
        'HERE: agencies: got 30 in "baseline"; allowed 20, as in the scenario that was '
        "calibrated; or calibrate this one (cgsim calibrate)"
    ]
    other = refused(kept, load("korsakoff"))
    assert len(other) == 4
    assert "this is a calibration of another scenario; " in other[3]
    assert {line.split(": ")[1] for line in other[:3]} <= {
        key for key, _, _ in differences(load("korsakoff"), calibrated.scenario, ())
    }


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"refused": "records"}, "got a calibration that refused its records; allowed one that"),
        ({"forecast_refused": True}, "got a calibration that failed its own check"),
        ({"source": "0" * 16}, "got draws of lives by other rules than those in use now"),
        ({"kept": [1.5]}, "kept: got [1.5]; allowed a list of whole numbers from 0"),
        ({"records": {"file": "x"}}, "sha256: got nothing; allowed 64 hexadecimal digits"),
        ({"seed": "GONE"}, "seed: got nothing; allowed a whole number from 0"),
        ({"scenario_tables": {"title": "x", "wrld": {}}}, "wrld"),
    ],
)
def test_a_folder_that_does_not_hold_what_was_learned_is_one_line(copy, changes, told):
    edited(copy, **changes)
    (line,) = refused(copy)
    assert told in line
    assert "\n" not in line


def test_a_folder_that_was_damaged_is_one_line(copy, tmp_path):
    data = (copy / POSTERIOR).read_bytes()
    (copy / POSTERIOR).write_bytes(data[:-1] + b"x")
    assert refused(copy) == ["HERE/posterior.parquet: is not what was written: its SHA-256 differs"]
    (copy / CALIBRATION).write_text("{")
    assert "is not whole; allowed what cgsim calibrate wrote" in refused(copy)[0]
    (copy / CALIBRATION).unlink()
    assert refused(copy) == [
        "HERE: holds no calibration.json; allowed the folder of a calibration (--out)"
    ]
    assert "No such file" in refused(tmp_path / "nowhere")[0]


def test_what_was_refused_is_not_given(calibration, copy):
    from dataclasses import replace

    keep(replace(calibration, distance=replace(calibration.distance, worst=0.995)), copy)
    assert "refused its records" in refused(copy)[0]


def test_a_table_of_draws_is_taken_and_named(tmp_path):
    points = [dict(point) for point in draws_of([load("baseline")], 30, 5)]
    path = tmp_path / "ours.csv"
    pd.DataFrame(points).to_csv(path, index=False)
    found = load_posterior(path)
    found.check([load("baseline"), load("baseline", ["agencies=30"])])
    assert found.basis == {"file": "ours.csv"}
    (drawn,) = drawn_many([load("baseline")], 1, given=found, runs_each=2)
    assert len(drawn.gain) == 30
    assert drawn.given == {"file": "ours.csv"}
    table = pd.DataFrame(points).assign(crosscut=[0.5] * 29 + [1.5])
    table.to_csv(path, index=False)
    with pytest.raises(ScenarioError, match=r"ours\.csv:31: crosscut: got 1\.5; allowed"):
        load_posterior(path).check([load("baseline")])
    table.head(3).to_csv(path, index=False)
    with pytest.raises(ScenarioError, match="got 3 draws; allowed 20 or more"):
        load_posterior(path)


def test_run_says_what_the_doubt_rests_on_and_keeps_it(cgsim, kept, tmp_path):
    out = tmp_path / "out"
    run = ("run", "baseline", "--replicates", 12, "--given", kept, "--set", "meetings=2")
    code, printed, _ = cgsim(*run, "--out", out)
    assert code == 0
    assert GIVEN in " ".join(printed.split())
    code, printed, _ = cgsim(*run, "--json")
    told = json.loads(printed)
    assert told["given"]["records"] == "made-up.csv"
    assert told["answer"]["doubt"]["given"] == {"records": "made-up.csv"}
    doubt = drawn_many([load("baseline", ["meetings=2"])], 1, given=load_posterior(kept))[0]
    assert told["answer"]["doubt"]["values"] == doubt.gain.tolist()
    batch = open_batch(out)
    given = batch.manifest["experiment"]["given"]
    assert len(given["points"]) == DRAWS
    assert given["draws_sha256"] == told["given"]["draws_sha256"]
    assert cgsim(*run, "--out", out)[0] == 0  # gone on with
    code, _, err = cgsim(*run[:4], *run[6:], "--out", out)  # without --given
    assert code == 2
    assert "given" in err
    assert cgsim("verify", out)[0] == 0
    assert cgsim("report", out, "-o", "again.md")[0] == 0
    page = (tmp_path / "again.md").read_text(encoding="utf-8")
    assert GIVEN in page
    assert told["given"]["draws_sha256"] in page


def test_a_report_says_it_and_how_to_get_it_again(cgsim, kept, tmp_path):
    code, *_ = cgsim("report", "baseline", "-o", "r.md", "--replicates", 12, "--given", kept)
    assert code == 0
    page = (tmp_path / "r.md").read_text(encoding="utf-8")
    assert GIVEN in page
    assert f"--given {kept}" in page
    assert load_posterior(kept).records_sha256 in page


def test_two_are_compared_on_the_same_draws(cgsim, kept):
    words = ("compare", "baseline", kept.parent / "ours.toml", "--replicates", 6)
    (kept.parent / "ours.toml").write_text(
        'extends = "baseline"\ntitle = "Ours"\n' + _partnership(meetings=2), encoding="utf-8"
    )
    code, printed, told = cgsim(*words, "--given", kept)
    assert code == 0, told
    said = " ".join(printed.split()).replace("- ", "-")  # a line may break there
    assert "Over 60 draws of what nobody knows, given the records in made-up.csv, ours does" in said
    assert said.count(GIVEN) == 2
    code, _, told = cgsim("compare", "baseline", "korsakoff", "--given", kept)
    assert code == 2
    assert 'in "korsakoff"; allowed' in told


def _partnership(**levers):
    table = load("baseline").to_dict()["partnership"][0] | levers
    lines = [f"{key} = {json.dumps(value)}" for key, value in table.items()]
    return "\n".join(["[[partnership]]", *lines])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("run", "baseline", "--no-doubt"), "--given: got it with --no-doubt"),
        (("run", "baseline", "--set", "agencies=30"), "agencies: got 30 in"),
        (("report", "size-meetings", "-o", "x.md"), "an experiment says itself what it draws"),
        (("report", "baseline", "-o", "x.gif"), "one replicate has no doubt"),
        (("page", "baseline", "korsakoff", "-o", "x.html"), 'in "korsakoff"; allowed'),
    ],
)
def test_where_it_does_not_fit_it_is_refused_before_anything_is_run(
    cgsim, kept, tmp_path, words, told
):
    before = sorted(tmp_path.iterdir())
    code, out, err = cgsim(*words, "--given", kept)
    assert code == 2
    assert told in " ".join((out + err).replace("\u2502", " ").split())
    assert sorted(tmp_path.iterdir()) == before


def test_the_draws_travel_in_the_page(kept):
    from cgsim.page.contents import answered, contents

    posterior = load_posterior(kept)
    data = contents(answered([load("baseline")], 1, 6, posterior))
    assert data["posterior"]["basis"] == {"records": "made-up.csv"}
    assert data["posterior"]["points"] == [dict(point) for point in posterior.some(DRAWS)]
    assert np.isfinite([list(p.values()) for p in data["posterior"]["points"]]).all()
    assert "posterior" not in contents(answered([load("baseline")], 1, 6))
    assert EXAMPLE.name in json.dumps(data["posterior"])


# ---- what else draws from the priors -------------------------------------------------------------


def test_advice_is_on_the_draws_that_records_left(cgsim, kept, tmp_path):
    out = tmp_path / "advice"
    words = ("advise", "baseline", "--draws", 20, "--replicates", 2, "--given", kept)
    code, printed, told = cgsim(*words, "--out", out, "--json")
    assert code == 0, told
    found = json.loads(printed)
    posterior = load_posterior(kept)
    assert found["given"] == posterior.about()
    said = {one["id"]: one["text"] for one in found["statements"]}
    assert said["advice.given"] == (
        f"What is uncertain is drawn, given the records in made-up.csv: 20 of the "
        f"{len(posterior.points)} draws that there are. The advice is as good as they are."
    )
    assert "advice.own_values" not in said
    batch = open_batch(out / "designs")
    assert batch.manifest["experiment"]["given"] == posterior.about()
    assert [p["carry"] for p in batch.experiment.points[::72]] == [
        point["carry"] for point in posterior.some(20)
    ]
    code, _, told = cgsim("advise", "baseline", "--set", "agencies=30", "--given", kept)
    assert code == 2
    assert "agencies: got 30" in told


def test_sensitivity_shares_out_the_variance_over_them(cgsim, kept, tmp_path):
    out = tmp_path / "rests-on"
    words = ("sensitivity", "--replicates", 4, "--given", kept)
    code, _, told = cgsim(*words, "--dry-run")
    points = len(load_posterior(kept).points)
    assert code == 0
    assert f"{points} draws x 4 runs = {4 * points} runs in all" in told
    code, printed, told = cgsim(*words, "--out", out)
    assert code == 0, told
    said = " ".join(printed.split()).replace("- ", "-")
    assert f"over {points} draws of what nobody knows, given the records in made-up.csv" in said
    assert "shares overlap and need not add up" in said
    table = pd.read_csv(out / "shares.csv")
    assert set(table["parameter"]) == {factor.key for factor in prior_factors()}
    assert (table["low"] <= table["share"]).all()
    assert table["share"].is_monotonic_decreasing
    # The most telling one is the one whose draws go with the gain.
    batch = open_batch(out / "draws")
    gains = np.nanmean(batch.matrix("gain"), axis=1)
    strength = batch.points[list(table["parameter"])].corrwith(pd.Series(gains), method="spearman")
    assert table["parameter"][0] in strength.abs().nlargest(4).index
    kept_record = json.loads((out / "sensitivity.json").read_text())
    assert kept_record["given"]["records"] == "made-up.csv"
    assert (out / "shares.svg").exists()
    code, out_, err = cgsim(*words, "--out", out, "--base", 16)
    assert code == 2
    assert "--base is about a sample" in out_ + err


@pytest.fixture(scope="module")
def answered(tmp_path_factory):
    """Answers of two, and the folder of a calibration that rests on them."""
    room = tmp_path_factory.mktemp("answered")
    answers = Answers(
        (
            Voice("Council", {"trust": "high", "meetings": "monthly", "agenda": "two"}),
            Voice("Police", {"trust": "wary", "meetings": "monthly", "agenda": "many"}),
        )
    )
    file = room / "answers.toml"
    file.write_text(all_as_toml(answers), encoding="utf-8")
    baseline = load("baseline")
    draws = Draws(load_answers([file]), Start(baseline, own=True), 2500, 3)
    voices = {v.partner: v.answers for v in draws.answers.voices}
    left = LeftOpen(*draws.as_experiment_takes_them(draws.points), voices)
    found = calibrate(
        baseline, load_records(EXAMPLE), room / "bank", draws=2500, seed=3, given=left
    )
    (room / "kept").mkdir()
    keep(found, room / "kept")
    return file, room / "kept", draws, found


def test_an_assessment_rests_on_what_records_left_of_its_draws(cgsim, answered, tmp_path):
    file, folder, draws, found = answered
    given = given_draws(draws.answers, load_posterior(folder), 60, 1)
    rows = load_posterior(folder).kept
    assert given.points == tuple(draws.points[row] for row in given.rows)
    assert len(given.rows) == 60
    assert set(given.rows) <= set(rows) == set(found.numbers)
    for question, picks in given.picks.items():
        assert (picks == draws.picks[question][list(given.rows)]).all()
    words = ("assess", file, "--given", folder, "--draws", 60, "--replicates", 2)
    code, printed, told = cgsim(*words, "-o", "page.html")
    assert code == 0, told
    said = " ".join(printed.split()).replace("- ", "-")
    assert "60 draws of what the answers leave open, given the records in made-up.csv," in said
    assert "As Council sees it" not in said  # it would be another's draws
    assert "made-up.csv" in (tmp_path / "page.html").read_text(encoding="utf-8")
    code, printed, _ = cgsim(*words, "--json")
    assert json.loads(printed)["given"]["records"] == "made-up.csv"


def test_a_run_takes_from_them_what_is_uncertain_and_its_own_levers(answered):
    posterior = load_posterior(answered[1])
    assert "meetings" in answered[2].points[0]
    assert not {"meetings", "scenario"} & posterior.points[0].keys()
    posterior.check([load("baseline", ["meetings=2"])])


def test_an_assessment_with_other_answers_is_refused(cgsim, answered, kept, tmp_path):
    file, folder, *_ = answered
    other = tmp_path / "other.toml"
    other.write_text(file.read_text().replace('"high"', '"polite"'), encoding="utf-8")
    code, _, told = cgsim("assess", other, "--given", folder)
    assert code == 2
    assert "got a calibration with other answers (Council, trust); allowed one with these" in told
    code, _, told = cgsim("assess", file, "--given", kept)
    assert code == 2
    assert "and 3 more); allowed one with these: cgsim calibrate --answers FILE" in told
