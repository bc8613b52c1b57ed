"""What a dry run foretells, beside what comes; and a summary no larger than what is asked."""

import pytest

import cgsim
from cgsim.experiment.design import Factor, prior_factors
from cgsim.running.batch import open_batch, run_experiment
from cgsim.running.forecast import forecast, parts_of
from small_batches import TINY, files_of, precise_experiment, small_experiment

LARGER = {"scenarios": {"baseline": cgsim.load("baseline")}}
BATCHES = {
    "a grid": lambda: small_experiment(),
    "many replicates of one point": lambda: small_experiment(
        factors=(Factor("size", (4,)),), replicates=3000
    ),
    "many points, few replicates": lambda: small_experiment(
        factors=(
            Factor("size", (2, 3, 4)),
            Factor("meetings", tuple(n / 100 for n in range(80, 180))),
        ),
        replicates=3,
    ),
    "months": lambda: small_experiment(months=True, replicates=100),
    "boards": lambda: small_experiment(months=True, boards=True, replicates=60, **LARGER),
    "one measure": lambda: small_experiment(measures=("gain",), replicates=400),
    "priors": lambda: small_experiment(
        design="priors", factors=prior_factors(), draws=250, replicates=4
    ),
    "one run": lambda: small_experiment(design="list", factors=(), replicates=1),
}


@pytest.mark.parametrize("name", BATCHES)
def test_the_bytes_of_a_batch_are_foretold_within_a_factor_of_two(name, tmp_path):
    experiment = BATCHES[name]()
    told = forecast(experiment)
    done = run_experiment(experiment, tmp_path)
    stored = sum(map(len, files_of(tmp_path).values()))
    assert stored / 2 <= told.bytes <= 2 * stored
    assert told.runs == done.manifest["runs"]
    assert parts_of(experiment) == len(done.store.files())


def test_with_a_precision_the_bytes_lie_between_the_sure_and_the_most(tmp_path):
    experiment = precise_experiment()
    told = forecast(experiment)
    done = run_experiment(experiment, tmp_path)
    stored = sum(map(len, files_of(tmp_path).values()))
    assert told.runs <= done.manifest["runs"] <= told.most_runs
    assert told.bytes / 2 <= stored <= 2 * told.bytes * told.most_runs / told.runs


@pytest.mark.soak
@pytest.mark.parametrize("name", ["many replicates of one point", "many points, few replicates"])
def test_the_time_of_a_batch_is_foretold_within_a_factor_of_two(name, tmp_path):
    experiment = BATCHES[name]()
    longer = small_experiment(factors=experiment.factors, replicates=20 * experiment.replicates)
    told = min(forecast(longer).seconds for _ in range(3))
    seconds = run_experiment(longer, tmp_path).manifest["seconds"]
    assert seconds / 2 <= told <= 2 * seconds


def test_a_summary_does_not_repeat_what_was_drawn_in_every_row(tmp_path):
    experiment = small_experiment(
        design="priors",
        factors=(*prior_factors(), Factor("size", (3, 4))),
        draws=40,
        replicates=2,
        scenarios={"baseline": cgsim.load("baseline", TINY)},
    )
    done = run_experiment(experiment, tmp_path)
    head = (tmp_path / "summary.csv").read_text().splitlines()[0].split(",")
    assert "size" in head
    assert not {f.key for f in experiment.sampled} & set(head)
    drawn = experiment.sampled[0].key
    gain = open_batch(tmp_path).summary.query("measure == 'gain'").set_index("point")
    assert (gain[drawn] == done.points.set_index("point")[drawn]).all()
    bytes_a_row = len((tmp_path / "summary.csv").read_bytes()) / len(done.summary)
    assert bytes_a_row < 200
