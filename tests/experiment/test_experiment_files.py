"""What is wrong with an experiment file is said in lines: where, and what would be right."""

import random
import re
import time

import numpy as np
import pytest

import cgsim
from cgsim import shipped
from cgsim.experiment.design import Experiment, Precision, prior_factors
from cgsim.experiment.doubt import draws_of
from cgsim.experiment.files import load_experiment, names, precision_of
from cgsim.scenario import ScenarioError
from cgsim.scenario.parameters import BY_NAME, OWN_MECHANISMS, is_read
from small_batches import TINY, cgsim_here, small_experiment

GOOD = """title = "Mine"
question = "Does it?"
scenario = "baseline"
design = "factorial"
replicates = 10

[factors]
size = [2, 3]
meetings = { low = 1, high = 4, steps = 4 }
"""
LISTED = """title = "Mine"
question = "Does it?"
design = "list"

[[point]]
label = "few"
set = { size = 3 }

[[point]]
label = "many"
set = { size = 12, meetings = 2 }
"""


@pytest.fixture
def load(tmp_path, monkeypatch):
    """Load the text of an experiment file, some of it replaced; it is called mine.toml."""
    monkeypatch.chdir(tmp_path)

    def loaded(text, *changes, **over):
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        (tmp_path / "mine.toml").write_text(text)
        return load_experiment("mine.toml", **over)

    return loaded


def faults(load, *arguments, **over):
    with pytest.raises(ScenarioError) as told:
        load(*arguments, **over)
    return str(told.value).splitlines()


def test_a_good_file_is_what_it_says(load):
    experiment = load(GOOD)
    assert (experiment.name, experiment.title, experiment.question) == ("mine", "Mine", "Does it?")
    assert len(experiment.points) == 8
    assert experiment.points[0] == {"size": 2, "meetings": 1.0}
    assert experiment.points[-1] == {"size": 3, "meetings": 4.0}
    assert experiment.replicates == 10
    assert [arm.name for arm in experiment.arms] == ["together", "alone"]
    scenario = experiment.scenario_at(7)
    assert scenario.partnerships[0].size == 3
    assert scenario.partnerships[0].levers["meetings"] == 4.0


def test_what_is_given_beside_the_file_goes_before_it(load):
    experiment = load(GOOD, replicates=7, seed=9, set=("months=24",))
    assert (experiment.replicates, experiment.seed) == (7, 9)
    assert experiment.scenario_at(0).values["months"] == 24
    precise = load(GOOD, precision="gain=0.5%", budget=300)
    assert precise.precision == Precision("gain", 0.005, 300)
    assert load(GOOD, ("replicates = 10", 'precision = { gain = "1%" }')).precision == Precision(
        "gain", 0.01
    )


@pytest.mark.parametrize(
    ("old", "new", "line", "telling"),
    [
        ("replicates = 10", "replicate = 10", 5, 'unknown key; .*did you mean "replicates"'),
        ("size =", "siz =", 8, 'factors.siz: got an unknown key; .*did you mean "size"'),
        (", steps = 4", "", 9, "factors.meetings: got a range without steps; allowed"),
        (", steps = 4", ", step = 4", 9, 'unknown key; .*did you mean "steps"'),
        ("steps = 4", "steps = 1", 9, "factors.meetings: got"),
        ("low = 1, high = 4", "low = 4, high = 1", 9, "got low 4 and high 1; allowed low < high"),
        ("low = 1", "low = nan", 9, "factors.meetings: got"),
        ("[2, 3]", "[2, 30]", 8, "factors.size: got 30; allowed at most 20"),
        ("[2, 3]", "[0, 3]", 8, "factors.size: got 0; allowed a whole number from 1"),
        ("[2, 3]", "[2.5, 3]", 8, "factors.size: got 2.5; allowed a whole number from 1"),
        ("[2, 3]", '["two"]', 8, 'factors.size: got "two"; allowed a whole number from 1'),
        ("[2, 3]", "[nan, 2]", 8, "factors.size: got nan; allowed"),
        ("[2, 3]", "[2, 2]", 8, "factors.size: got a value twice; allowed each value once"),
        ("[2, 3]", "2", 8, "factors.size: got 2; allowed a list of values"),
        ("high = 4", "high = 400", 9, "factors.meetings: .*got 400; allowed a number from"),
        ("replicates = 10", 'measures = ["gian"]', 5, 'got "gian"; .*did you mean "gain"'),
        ("replicates = 10", 'arms = ["together"]', 5, r'arms: got \["together"\]; allowed'),
        ("replicates = 10", 'off = ["overheads"]', 5, 'off: got "overheads"; .*mean "overhead"'),
        ("replicates = 10", 'arms = ["together", "alon"]', 5, 'got "alon"; .*mean "alone"'),
        ("replicates = 10", "replicates = 0", 5, "got 0; allowed a whole number from 1 to 1000000"),
        ("replicates = 10", "replicates = 1000000000", 5, "allowed a whole number from 1 to 1000"),
        ("replicates = 10", "seed = -1", 5, "seed: got -1; allowed a whole number from 0"),
        ("replicates = 10", 'luck = "mine"', 5, "allowed one of common, own"),
        ("replicates = 10", 'precision = { gian = "1%" }', 5, 'did you mean "gain"'),
        ("replicates = 10", 'precision = { gain = "-1" }', 5, "allowed a half-width above 0"),
        ("replicates = 10", 'precision = { overhead_hours = "1%" }', 5, "10, in hours"),
        ('"factorial"', '"factorical"', 4, 'got "factorical"; allowed one of factorial, list'),
        ('"factorial"', '"list"', 4, r"allowed it together with \[\[point\]\] tables"),
        ('"baseline"', '"basline"', 3, 'got "basline"; .*did you mean "baseline"'),
        ('"Mine"', '"' + "x" * 200 + '"', 1, "title: got .*; allowed 1 to 80 printing"),
        ('"Mine"', '"a\\u001bb"', 1, r'got "a\\x1bb"; allowed 1 to 80 printing'),
        ("[2, 3]", "[2, 3]\nsize = [4]", 9, "text that is not TOML"),
        ('"factorial"', '"sobol"\npoints = 100', 5, "points: got 100; allowed a power of 2"),
        ('"factorial"', '"morris"\npoints = 1', 5, "points: got 1; allowed at least 2"),
        ('"factorial"', '"priors"\nparameters = ["turnovr"]', 5, 'did you mean "turnover"'),
    ],
)
def test_a_fault_is_told_with_its_line_and_what_is_allowed(old, new, line, telling, load):
    told = faults(load, GOOD, (old, new))
    found = [text for text in told if re.search(telling, text)]
    assert found, told
    assert found[0].startswith(f"mine.toml:{line}: ")


def test_several_faults_are_told_at_once_in_the_order_of_the_file(load):
    told = faults(load, GOOD, ("size", "siz"), ("high = 4", "high = 0"))
    assert [text.partition(": ")[0] for text in told] == ["mine.toml:8", "mine.toml:9"]


def test_a_file_without_a_question_is_told_what_is_missing(load):
    told = faults(load, GOOD, ('question = "Does it?"\n', ""))
    assert told == ["mine.toml: question: got nothing; allowed a question in words"]


def test_points_of_a_list_are_checked_each(load):
    experiment = load(LISTED)
    assert experiment.points[1] == {"label": "many", "size": 12, "meetings": 2}
    told = faults(load, LISTED, ("size = 12", "siz = 12"))
    assert told == [
        "mine.toml:11: point.2.set: siz: got an unknown key; allowed a parameter "
        '(did you mean "size"?)'
    ]
    told = faults(load, LISTED, ("size = 12", "size = 99"))
    assert told[0].startswith("mine.toml:11: point.2.set: ")
    told = faults(load, LISTED, ('design = "list"', 'design = "factorial"'))
    assert any('allowed with design = "list"' in text for text in told)


def test_too_many_points_are_refused_before_they_are_made(load):
    text = GOOD.replace("steps = 4", "steps = 1000").replace(
        "[2, 3]",
        "[2]\nhours = { low = 1, high = 4, steps = 1000 }\n"
        "prep = { low = 1, high = 4, steps = 1000 }",
    )
    told = faults(load, text)
    assert told == ["mine.toml:4: design: got 1000000000 design points; allowed at most 1000000"]
    drawn = ('"factorial"', '"latin_hypercube"\npoints = 2000000')
    assert "allowed a whole number from 1 to 1000000" in faults(load, GOOD, drawn)[0]


def test_what_is_varied_cannot_be_set_as_well(load):
    for text in ("size=3", "meetings = 2"):
        told = faults(load, GOOD, set=(text,))
        assert told == [f'--set: got "{text}"; allowed a key that the experiment does not vary']


@pytest.mark.parametrize("line", ["size = 6", '"partnership.size" = 6', "meetings = 2"])
def test_what_is_varied_is_not_in_the_files_own_settings(load, line):
    told = faults(load, GOOD, ("[factors]", f"[set]\n{line}\n\n[factors]"))
    assert len(told) == 1
    assert "got a key that the experiment varies; allowed others" in told[0]


def test_a_setting_beside_the_file_goes_before_the_files_own(load):
    laid = ("[factors]", "[set]\nmonths = 24\n\n[factors]")
    assert load(GOOD, laid, set=("months=30",)).scenario.values["months"] == 30
    told = faults(load, GOOD, laid, set=("months=30", "months=40"))
    assert 'got "months=30" and "months=40"; allowed one of the two' in told[0]


def test_worlds_that_do_not_fit_are_refused_before_memory_is_taken(load):
    big = ('"baseline"', '"baseline"\nset = { agencies = 10000, months = 100000 }')
    assert all("GiB; allowed 4 GiB" in text for text in faults(load, GOOD, big))


@pytest.mark.parametrize(
    ("text", "telling"),
    [
        ("gain", "allowed a half-width above 0: 0.5%"),
        ("gain=", "allowed a half-width above 0: 0.5%"),
        ("gain=0", "allowed a half-width above 0: 0.5%"),
        ("gain=-0.5%", "allowed a half-width above 0: 0.5%"),
        ("loses=1%", "allowed a measure that is averaged"),
        ("overhead_hours=1%", "allowed a half-width above 0: 10, in hours"),
        ("gain=0.5", 'gain: got "0.5" without a sign of per cent; allowed one, such as 0.5%'),
        ("inertia=5", 'inertia: got "5" without a sign of per cent; allowed one, such as 0.5%'),
    ],
)
def test_a_precision_that_cannot_be_reached_is_refused(text, telling):
    with pytest.raises(ScenarioError, match=telling):
        precision_of(text)


def test_a_precision_without_end_is_refused():
    with pytest.raises(ScenarioError, match="allowed a half-width above 0"):
        precision_of("gain=1e999")


def test_a_precision_is_a_share_or_an_amount():
    assert precision_of("gain = 0.5 %") == Precision("gain", 0.005)
    assert precision_of("gain=.5%") == Precision("gain", 0.005)
    assert precision_of("overhead_hours=12") == Precision("overhead_hours", 12.0)


@pytest.mark.parametrize(
    ("data", "telling"),
    [
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"#" * 300_000, "more than 256 KiB"),
        (b"a" + b".a" * 50 + b" = 1\n", "nested more than 8 deep"),
        (b"a = [" * 5000, ""),
        (b"[[", "not TOML"),
        (b"", "title: got nothing"),
    ],
)
def test_files_that_are_no_experiments_are_refused(data, telling, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_bytes(data)
    with pytest.raises(ScenarioError) as told:
        load_experiment(path)
    assert telling in str(told.value)


def test_a_factor_without_values_is_refused(load):
    with pytest.raises(ScenarioError, match="got no values; allowed at least one"):
        load(GOOD, ("[2, 3]", "[]"))


@pytest.mark.parametrize(
    ("text", "old", "new", "line"),
    [
        (GOOD, "size = [2, 3]", 'scenario = ["baseline", "inerta"]', 8),
        (LISTED, 'label = "many"', 'scenario = "inerta"', 10),
    ],
)
def test_a_scenario_that_is_not_there_is_refused_where_it_is_named(text, old, new, line, load):
    told = faults(load, text, (old, new))
    assert told[0].startswith(f"mine.toml:{line}: ")
    assert 'did you mean "inertia"' in told[0]


def test_a_files_precision_may_have_a_budget(load):
    text = 'precision = { gain = "1%", budget = 100 }'
    assert load(GOOD, ("replicates = 10", text)).precision == Precision("gain", 0.01, 100)


def test_an_assignment_that_does_not_fit_is_told_as_such(load):
    told = faults(load, GOOD, set=("sizes=3",))
    assert told[0].startswith("--set: ")
    told = faults(load, GOOD, ('"baseline"', '"baseline"\nset = { agencies = 0 }'))
    assert told[0].startswith("mine.toml:4: set.agencies: got 0; allowed")


def test_no_fault_names_anything_inside_the_program(load):
    told = faults(load, GOOD, (", steps = 4", ", step = 4"))
    assert not any("Form" in text for text in told)


# ---- designs --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", names())
def test_every_shipped_experiment_loads_and_comes_back_from_its_record(name):
    experiment = load_experiment(name)
    assert experiment.question.endswith("?")
    assert experiment.source
    again = Experiment.from_dict(experiment.to_dict())
    assert again.points_hash == experiment.points_hash
    assert again.to_dict() == experiment.to_dict()
    for number in {0, len(experiment.points) // 2, len(experiment.points) - 1}:
        ours, theirs = experiment.scenario_at(number), again.scenario_at(number)
        assert ours.to_dict() == theirs.to_dict()


RANGES = """title = "Mine"
question = "Does it?"
scenario = "baseline"
design = "{design}"
points = 8

[factors]
turnover = {{ low = 0.0, high = 0.1 }}
patience = {{ low = 3, high = 12 }}
"""


@pytest.mark.parametrize(
    ("design", "count"), [("latin_hypercube", 8), ("sobol", 8 * 4), ("morris", 8 * 3)]
)
def test_drawn_points_lie_in_their_ranges_and_come_out_the_same_again(design, count, load):
    experiment = load(RANGES.format(design=design))
    assert len(experiment.points) == count
    turnover = np.array([p["turnover"] for p in experiment.points])
    assert turnover.min() >= 0.0
    assert turnover.max() <= 0.1
    assert turnover.min() < 0.03 < 0.07 < turnover.max()
    assert load(RANGES.format(design=design)).points == experiment.points
    assert load(RANGES.format(design=design), seed=2).points != experiment.points


def test_a_latin_hypercube_has_one_point_in_every_slice(load):
    experiment = load(RANGES.format(design="latin_hypercube"))
    slices = np.floor(np.array([p["turnover"] for p in experiment.points]) / 0.1 * 8)
    assert sorted(slices) == list(range(8))


def of_its_own():
    """Return what is uncertain where the model's own mechanisms act."""
    return {p.name for p in BY_NAME.values() if p.prior and is_read(p, OWN_MECHANISMS)}


def test_priors_are_drawn_key_by_key_and_crossed_with_what_has_values(load):
    text = (
        'title = "Mine"\nquestion = "Does it?"\ndesign = "priors"\npoints = 50\n'
        "[factors]\nmeetings = [1, 2]\n"
    )
    experiment = load(text)
    assert len(experiment.points) == 100
    drawn = [f for f in experiment.factors if not f.values]
    assert len(drawn) == len(of_its_own())
    for f in drawn:
        allowed = BY_NAME[f.key]
        values = [p[f.key] for p in experiment.points]
        assert allowed.low <= min(values) < max(values) <= allowed.high
        if not f.times:
            assert f.low <= min(values) < max(values) <= f.high
        assert values[::2] == values[1::2]
    # More points, or fewer parameters, change no draw.
    more = load(text.replace("points = 50", "points = 60"))
    assert more.points[:100] == experiment.points
    one = load(text.replace("[factors]", 'parameters = ["turnover"]\n[factors]'))
    assert [p["turnover"] for p in one.points] == [p["turnover"] for p in experiment.points]


def test_skills_are_not_drawn_where_a_scenario_names_them(load):
    sampled = (('scenario = "baseline"', 'scenario = "korsakoff"'), ("factorial", "priors"))
    text = GOOD.partition("[factors]")[0]
    experiment = load(text, *sampled)
    keys = {f.key for f in experiment.factors}
    assert of_its_own() - keys == {"skills"}
    assert len(experiment.points) == 64
    assert "skills" in {f.key for f in load(text, sampled[1]).factors}
    crossed = text + '[factors]\nscenario = ["baseline", "armadale"]\n'
    assert "skills" not in {f.key for f in load(crossed, sampled[1]).factors}
    asked = text.replace("replicates", 'parameters = ["skills", "ambient"]\nreplicates')
    assert faults(load, asked, *sampled) == [
        'mine.toml:5: parameters: got "skills"; allowed other parameters, '
        "as korsakoff names its skills"
    ]


def test_what_all_scenarios_know_is_not_drawn_and_what_some_know_is_told(load, caplog):
    """A draw is laid over every scenario, so it cannot leave out one for some."""
    text = GOOD.partition("[factors]")[0].replace("factorial", "priors")
    known = load(text.replace('"baseline"', '"inertia"'))
    assert of_its_own() - {f.key for f in known.factors} == {"patience"}
    assert caplog.messages == []
    crossed = text + '[factors]\nscenario = ["inertia", "frontier"]\n'
    assert "patience" in {f.key for f in load(crossed).factors}
    (told,) = caplog.messages
    assert told.endswith("drawn for every scenario, though known in some: patience (inertia)")
    asked = text.replace('"baseline"', '"inertia"').replace(
        "replicates", 'parameters = ["patience", "ambient"]\nreplicates'
    )
    assert faults(load, asked) == [
        'mine.toml:5: parameters: got "patience", which inertia says is known; '
        "allowed other parameters, or known = [] in [set]"
    ]


def test_what_only_one_mechanism_reads_is_drawn_where_that_one_is_chosen(load):
    text = GOOD.partition("[factors]")[0].replace("factorial", "priors")
    chosen = '[factors]\nproduction = ["harmonic", "ces"]\n'
    anyhow, either = load(text), load(text + chosen)
    drawn = [{f.key for f in one.factors if not f.values} for one in (anyhow, either)]
    assert drawn[1] - drawn[0] == {"elasticity"}
    # Nothing else is drawn otherwise.
    for one, other in zip(anyhow.points, either.points[::2], strict=False):
        assert {key: other[key] for key in drawn[0]} == {key: one[key] for key in drawn[0]}
    asked = text.replace("replicates", 'parameters = ["elasticity", "ambient"]\nreplicates')
    assert faults(load, asked) == [
        'mine.toml:5: parameters: got "elasticity"; it is read only with production = "ces"'
    ]
    assert "elasticity" in {f.key for f in load(asked + chosen).factors}


def test_a_scenario_draws_what_its_mechanisms_read():
    plain, chosen = cgsim.load("baseline"), cgsim.load("baseline", {"leaving": "gradual"})
    of_plain, of_chosen = draws_of([plain], 5, 1), draws_of([chosen], 5, 1)
    assert set(of_chosen[0]) - set(of_plain[0]) == {"exit_hazard"}
    assert set(of_plain[0]) - set(of_chosen[0]) == {"patience"}
    # Where there is no scenario, the model's own mechanisms read.
    assert {factor.key for factor in prior_factors()} == set(of_plain[0])
    low, high = BY_NAME["exit_hazard"].prior
    assert all(low <= point["exit_hazard"] <= high for point in of_chosen)


def test_the_program_says_what_a_file_lacks_and_ends_with_exit_2(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.toml").write_text(GOOD.replace("size", "siz"))
    assert cgsim_here(monkeypatch, "batch", "mine.toml", "--out", "out") == 2
    told = capsys.readouterr().err
    assert told.startswith("mine.toml:8: factors.siz: got an unknown key;")
    assert told.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_what_a_manifest_keeps_is_the_experiment():
    experiment = small_experiment(precision=Precision("gain", 0.01, 500), luck="own")
    assert Experiment.from_dict(experiment.to_dict()).to_dict() == experiment.to_dict()
    assert experiment.scenario.values["months"] == float(TINY[0].partition("=")[2])


# ---- random edits ---------------------------------------------------------------------------

SCRAPS = (
    *('""', "nan", "-inf", "1e308", "-1", "0", "true", '"x"', "[[]]", "{ low = 1 }", "[1]"),
    *("{ low = 1, high = 2 }", '"inertia"', 'design = "priors"\n', 'design = "morris"\n'),
    *('design = "list"\n', "9" * 20, "1979-05-27", '"partnership.1.size"', "arms = []\n"),
    *("measures = []\n", "[[point]]\nset = {}\n", 'label = "x"\n', 'parameters = ["turnover"]\n'),
    *("points = 8\n", 'precision = { gain = "1%" }\n', "[factors]\n", "[set]\nmonths = 24\n"),
)


def edited(text, chance):
    """Return a text with some lines lost, doubled, moved or changed."""
    for _ in range(chance.randint(1, 3)):
        lines = text.splitlines(keepends=True) or ["\n"]
        one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
        kind = chance.randrange(6)
        if kind == 0:
            del lines[one]
        elif kind == 1:
            lines.insert(other, lines[one])
        elif kind == 2 and "=" in lines[one]:
            lines[one] = lines[one].partition("=")[0] + "= " + chance.choice(SCRAPS) + "\n"
        elif kind == 3:
            lines.insert(one, chance.choice(SCRAPS) + "\n")
        elif kind == 4:
            lines[one], lines[other] = lines[other], lines[one]
        text = "".join(lines)
        if kind == 5:
            place = chance.randrange(len(text) + 1)
            text = text[:place] + chance.choice('[]{}=",.\n0-x\x00é#') + text[place + 1 :]
    return text


def edit_and_load(count, folder, seed):
    chance = random.Random(seed)
    texts = [(shipped.folder("experiments") / f"{name}.toml").read_text() for name in names()]
    texts = [t.replace("scenarios/", "") for t in texts if "[[point]]" not in t] + [GOOD, LISTED]
    told = []
    for _ in range(count):
        path = folder / "mine.toml"
        path.write_text(edited(chance.choice(texts), chance))
        began = time.process_time()
        try:
            load_experiment(path)
        except ScenarioError as error:
            told.append(str(error))
        assert time.process_time() - began < 10.0, path.read_text()  # a blow-up, at any load
    assert all(0 < len(text.splitlines()) <= 21 for text in told)
    return len(told)


def test_hundreds_of_random_edits_are_refused_in_words_or_taken(tmp_path):
    assert 150 < edit_and_load(300, tmp_path, 1) < 300


@pytest.mark.soak
def test_twenty_thousand_random_edits_are_refused_in_words_or_taken(tmp_path):
    assert edit_and_load(20_000, tmp_path, 2) > 10_000
