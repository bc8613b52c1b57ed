"""Ways of recruitment, kinds of network and endings in a file of one's own."""

import json

import pytest
from tests import program

import cgsim
from cgsim import compiler, measures, mechanisms
from cgsim.answer import lives, names
from cgsim.extend.faults import check_steps
from cgsim.extend.in_use import loaded_extensions
from cgsim.page.tables import tables
from cgsim.rules import state
from cgsim.scenario.parameters import BY_NAME
from cgsim.scenario.writing import describe_parameter
from cgsim.world import draw

WAYS = """
from cgsim.extend import uniform

extend.parameter(
    "reach", section="agencies", default=0.3, low=0, high=1, unit="share", shapes_world=True,
    help="How far ties reach."
)
extend.parameter(
    "floor", section="partnership", default=0, low=0, high=1, unit="share",
    help="The mean commitment below which it is given up."
)

@extend.recruitment("drawn", help="Members are drawn, as cgsim draws them.")
def drawn(chance):
    return -chance

@extend.recruitment("acquainted", help="As ties.", words="friends of the lead first")
def acquainted(agency, lead, chance, world):
    return float(world.tied[agency, lead]) - chance

@extend.recruitment("even", help="Agencies of even number.")
def even(agency):
    return -1.0 * agency if agency % 2 == 0 else -float("inf")

@extend.network("gilbert", help="Every pair with the same chance, as cgsim draws them.")
def gilbert(chance):
    return chance < 0.25

@extend.network("near", help="Agencies lie on a line, and those are tied that are near.")
def near(first, second, luck, parameters):
    return abs(uniform(luck, first, 0) - uniform(luck, second, 0)) < parameters.reach

@extend.network("grown", help="Each is tied to the first, and to whom the first few are.")
def grown(first, second, world):
    return first == 0 or world.tied[0, first] and first < 3

@extend.ending("lost_faith", help="members gave hardly anything", words="lost faith")
def lost_faith(b, levers, state):
    total = 0.0
    for place in range(state.partnership[b].members):
        total += state.commitment[b, place]
    return total / state.partnership[b].members < levers.floor
"""


def chosen(*further):
    return cgsim.load("baseline", ["months=6", "start=0", "agencies=14", *further])


def test_a_page_that_carries_them_has_their_words(write):
    with cgsim.use(write(WAYS)):
        texts = tables()["texts"]
        assert texts["outcome.lost_faith.name"] == "lost faith"
        assert texts["recruit.acquainted"] == "friends of the lead first"


def test_they_stand_where_their_kin_stand_and_go_with_their_use(write):
    own = {name: vars(draw)[name] for name in ("recruit", "draw_objectives")}
    counts = [len(t) for t in (mechanisms.RECRUITMENT, mechanisms.NETWORKS, state.ENDINGS)]
    hashed = compiler.source_hash()
    with cgsim.use(write(WAYS)):
        assert mechanisms.RECRUITMENT[-3:] == ("drawn", "acquainted", "even")
        assert mechanisms.NETWORKS[-3:] == ("gilbert", "near", "grown")
        assert state.ENDINGS[-1] == measures.OUTCOMES[-1] == lives.WAYS[-1] == "lost faith"
        assert dict(describe_parameter(BY_NAME["recruit"]))["even"] == (
            "Agencies of even number. With mine.py."
        )
        assert "near" in dict(describe_parameter(BY_NAME["network"]))["allowed"]
        scenario = chosen("recruit=even", "network=near")
        assert 'needs = ["mine.py"]' in scenario.to_toml()
        assert cgsim.loads(scenario.to_toml()).partnerships[0].recruit == "even"
        with pytest.raises(cgsim.ScenarioError, match=r'did you mean "near"'):
            chosen("network=neer")
        with pytest.raises(cgsim.ScenarioError, match="reach"):
            cgsim.loads('title = "T"\n[[change]]\nmonth = 2\nset = { reach = 0.5 }')
        assert names.setting("recruit", "acquainted") == "friends of the lead first"
        assert names.setting("recruit", "even") == "even"
        assert names.outcome("lost faith") == "lost faith"
        assert compiler.changed_rules() == ("mine.py",)
    assert {name: vars(draw)[name] for name in own} == own
    after = [len(t) for t in (mechanisms.RECRUITMENT, mechanisms.NETWORKS, state.ENDINGS)]
    assert after == counts
    assert (compiler.changed_rules(), compiler.source_hash()) == ((), hashed)
    with pytest.raises(cgsim.ScenarioError, match="recruit: got "):
        chosen("recruit=even")


def test_a_scenario_of_a_way_is_not_lived_without_it(write):
    ways = (("network", "chance"), ("recruitment", "agency"))
    text = "".join(
        f"@extend.{kind}('mine', help='x')\ndef {kind}({name}):\n    return 1\n"
        for kind, name in ways
    )
    with cgsim.use(write(text)):
        scenarios = [chosen(f"{key}=mine") for key in ("network", "recruit")]
    for scenario, key in zip(scenarios, ("network", "recruit"), strict=True):
        told = f'{key}: got "mine" of an extension that is not in use; allowed with it: --with'
        with pytest.raises(cgsim.ScenarioError, match=told):
            cgsim.run(scenario, 1)


def test_one_in_the_place_of_another_leaves_nothing_of_it(write):
    ending = "@extend.ending('{0}', help='x')\ndef {0}(b):\n    return False\n"
    own = measures.OUTCOME_OF_ENDING
    with cgsim.use(write(ending.format("one") + ending.format("two"))):
        assert measures.OUTCOME_OF_ENDING[len(own) :] == (7, 8)
        with cgsim.use(write(ending.format("three"))):
            assert measures.OUTCOME_OF_ENDING[len(own) :] == (7,)
            assert (state.ENDINGS[-1], measures.OUTCOMES[7]) == ("three", "three")
        assert measures.OUTCOME_OF_ENDING[len(own) :] == (7, 8)
    assert measures.OUTCOME_OF_ENDING is own


RECRUIT = "@extend.recruitment({})\ndef f(agency):\n    return 1.0"
FAULTS = {
    "recruitment taken": (
        RECRUIT.format("'fit', help='x'"),
        "mine.py:3: recruitment fit: got a name that is taken (one of cgsim's own)",
    ),
    "network taken": (
        "@extend.network('file', help='x')\ndef f(chance):\n    return True",
        "network file: got a name that is taken",
    ),
    "ending taken": (
        "@extend.ending('dated_end', help='x')\ndef f(b):\n    return True",
        "ending dated_end: got a name that is taken",
    ),
    "outcome taken": (
        "@extend.ending('alive', help='x')\ndef f(b):\n    return True",
        "ending alive: got a name that is taken",
    ),
    "twice": (
        RECRUIT.format("'mine', help='x'") + "\n" + RECRUIT.format("'mine', help='x'"),
        "mine.py:6: recruitment mine: got a name that line 3 declares too",
    ),
    "argument": (
        "@extend.network('mine', help='x')\ndef f(frist, second):\n    return True",
        'network mine: got argument "frist"; allowed first, second, chance, luck, world, '
        'parameters (did you mean "first"?)',
    ),
    "name": (RECRUIT.format("'Mine', help='x'"), 'got "Mine"; allowed a name of 2 to 40'),
    "help": (RECRUIT.format("'mine', help=' '"), "allowed a text that says what it is"),
    "braces": (RECRUIT.format("'mine', help='{x}'"), "allowed a line without braces"),
    "judged by a step that is replaced": (
        "@extend.ending('tired', help='x')\ndef f(b):\n    return True\n"
        "@extend.step(replaces='begin_and_end')\n"
        "def g(parameters, levers, world, month, record, state):\n    pass",
        "mine.py:3: ending tired: got life_cycle.begin_and_end, which judges it, replaced by g",
    ),
}


@pytest.mark.parametrize("kind", FAULTS)
def test_a_fault_is_told_in_one_line_and_nothing_is_changed(kind, refused):
    refused(*FAULTS[kind])
    assert "mine" not in (*mechanisms.RECRUITMENT, *mechanisms.NETWORKS)


UNCOMPILED = {
    "nothing": (
        "@extend.recruitment('mine', help='x')\ndef f(agency):\n    agency += 1",
        "mine.py:3: recruitment mine: gives nothing; allowed a number, on every path",
    ),
    "nothing at times": (
        "@extend.network('mine', help='x')\ndef f(first):\n    if first > 3:\n        return True",
        "mine.py:3: network mine: gives ",
    ),
    "a list": (
        "@extend.ending('mine', help='x')\ndef f(b):\n    x = [1.0, 2.0]\n    return x[b] > 1.0",
        "mine.py:5: ending mine: steps are compiled and cannot make new arrays",
    ),
}


@pytest.mark.skipif(compiler.PLAIN, reason="nothing is compiled")
@pytest.mark.parametrize("kind", UNCOMPILED)
def test_what_cannot_be_compiled_is_told_by_file_line_and_way(kind, write):
    text, told = UNCOMPILED[kind]
    with cgsim.use(write(text)), pytest.raises(cgsim.ScenarioError) as caught:
        check_steps(loaded_extensions())
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


# ---- in runs: in plain Python, in processes of their own, so nothing is compiled -----------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("ways")
    (made / "mine.py").write_text("from cgsim import extend\n" + WAYS)
    return made


def plainly(folder, code):
    """Run a piece of Python without the compiler; return the lines that it prints."""
    (folder / "look.py").write_text(code)
    done = program.run_file("look.py", cwd=folder, fresh=True, NUMBA_DISABLE_JIT="1")
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def command(*words, cwd):
    return program.run(*words, cwd=cwd, NUMBA_DISABLE_JIT="1", COLUMNS="200")


SAME = """
import cgsim
from cgsim.measures import MEASURES

measures = MEASURES.own

def bits(**given):
    small = {"months": 14, "start": 0, "agencies": 12, "size": 5}
    results = cgsim.run("baseline", 2, set={**small, **given})
    return results.measures[:, : len(measures)].tobytes()

own = [bits(recruit=way) for way in ("fit", "random", "ties")]
with cgsim.use("mine.py"):
    print(bits(recruit="fit") == own[0])
    print(bits(recruit="drawn", network="gilbert") == own[1])
    print(bits(recruit="acquainted", network="gilbert") == own[2])
"""


def test_what_does_as_cgsim_does_has_its_bits_and_what_is_not_chosen_changes_none(folder):
    """So the luck that ways are given is the package's own, at the same addresses."""
    assert plainly(folder, SAME) == ["True"] * 3


LOOK = """
import numpy as np

import cgsim
from cgsim.engine.plan import draw_one

def drawn(*given, agencies=14, size=6, replicate=0):
    given = [f"agencies={agencies}", f"size={size}", *given]
    return draw_one(cgsim.load("baseline", given), 1, replicate).world

with cgsim.use("mine.py"):
    for replicate in range(3):
        world = drawn("recruit=even", "network=near", "reach=0.3", replicate=replicate)
        founders, lead = np.flatnonzero(world.founder[0]), world.founding_lead[0]
        others = [agency for agency in founders if agency != lead]
        assert others == [n for n in range(14) if n % 2 == 0 and n != lead][:5], others
        assert np.array_equal(world.tied, world.tied.T) and not world.tied.diagonal().any()
        more = drawn("network=near", "reach=0.3", agencies=20, replicate=replicate)
        assert np.array_equal(more.tied[:14, :14], world.tied)
        wider = drawn("network=near", "reach=0.6", replicate=replicate).tied
        assert (wider >= world.tied).all() and wider.sum() > world.tied.sum() > 0
    grown = drawn("network=grown").tied
    assert grown[0, 1:].all() and grown[1, 2:].all() and grown[2, 3:].all()
    assert not grown[3:, 3:].any()
    few = drawn("recruit=even", size=7, agencies=7)
    assert few.founder[0].sum() == len({0, 2, 4, 6} | {int(few.founding_lead[0])})
    given = ["areas=2", "national_share=0.2", "network=near", "reach=1"]
    areas = draw_one(cgsim.load("baseline", [*given, "agencies=14", "size=3"]), 1, 0).world
    first = areas.first_local
    assert first[0] > 0 and areas.tied[: first[0]].sum() == first[0] * 13
    assert not areas.tied[first[0] : first[1], first[1] :].any()
    model = cgsim.PartnershipModel("baseline", rng=1, months=6, recruit="even", network="near")
    while model.running:
        model.step()
    print(model.spec.partnerships[0].recruit, int(model.world.founder[0].sum()))
"""


def test_members_and_ties_are_as_the_functions_say(folder):
    assert plainly(folder, LOOK) == ["even 8"]


ENDS = """
title = "Faith"
question = "When is it lost?"
scenario = "baseline"
replicates = 2
partnerships = true
[set]
months = 16
agencies = 10
"partnership.start" = 0
"partnership.recruit" = "drawn"
[factors]
floor = [0, 1]
"""


@pytest.fixture(scope="module")
def faith(folder):
    """A batch in which partnerships lose faith at once, or never."""
    (folder / "faith.toml").write_text(ENDS)
    done = command("batch", "faith.toml", "--with", "mine.py", "--out", "out", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder / "out"


TOLD = """
import cgsim

with cgsim.use("out"):
    batch = cgsim.open_batch("out")
    print(batch.runs()["outcome"].tolist())
    print([why if isinstance(why, str) else None for why in batch.partnerships["ending"]])
    print(batch.matrix("outcome_lost_faith").tolist())
    given = {"months": 16, "agencies": 10, "start": 0, "floor": 1}
    results = cgsim.run("baseline", 2, set=given, partnerships=True)
    model = cgsim.PartnershipModel("baseline", rng=1, **given)
    while model.running:
        model.step()
    print(model.partnerships[0].ended)
# What was computed with it is told without it, too.
print(results.outcomes["lost faith"], results.replicates["outcome"].tolist())
print([outcome.words for outcome in results.answer().outcomes])
print(results.by_partnership["lost_faith"].tolist(), len(results.survival) > 0)
"""


def test_an_ending_is_told_wherever_one_is(folder, faith):
    told = plainly(folder, TOLD)
    assert told[0].count("lost faith") == 2
    assert told[1].count("lost faith") == 2
    assert told[2:] == [
        "[[0.0, 0.0], [1.0, 1.0]]",
        "lost faith",
        "1.0 ['lost faith', 'lost faith']",
        "['members gave hardly anything']",
        "[1.0] True",
    ]
    summary = (faith / "summary.csv").read_text()
    rows = [line.split(",") for line in summary.splitlines() if ",outcome_lost_faith," in line]
    assert [float(row[5]) for row in rows] == [0.0, 1.0]


def test_a_folder_is_verified_and_reproduced_with_what_it_keeps(folder, faith):
    manifest = json.loads((faith / "manifest.json").read_text())
    assert manifest["extensions"][0]["source"] == (folder / "mine.py").read_text()
    assert command("verify", "out", cwd=folder).returncode == 2
    done = command("verify", "out", "--with", "mine.py", cwd=folder)
    assert "All is as it was written." in done.stdout
    done = command("reproduce", "out", "--with", "out", "--out", "again", cwd=folder)
    assert "Every row came out again, to the last bit." in done.stdout, done.stderr


def test_describe_validate_and_run_know_them(folder):
    done = command("describe", "network", "--with", "mine.py", cwd=folder)
    assert "Agencies lie on a line" in done.stdout
    (folder / "s.toml").write_text(
        'title = "S"\nneeds = ["mine.py"]\n[world]\nnetwork = "near"\n'
        '[[partnership]]\nrecruit = "acquainted"\n'
    )
    assert command("validate", "s.toml", "--with", "mine.py", cwd=folder).returncode == 0
    assert command("validate", "s.toml", cwd=folder).returncode == 2
    small = ("months=10", "agencies=8", "start=0", "floor=1", "recruit=acquainted")
    given = [word for text in small for word in ("--set", text)]
    done = command(
        *("run", "baseline", *given, "--replicates", 2, "--no-doubt", "--with", "mine.py"),
        cwd=folder,
    )
    assert "lost faith" in done.stdout, done.stderr
    assert "With mine.py." in done.stdout


CLAIM = """
title = "Faith is lost at a floor of 1"
source = "the file beside"
pattern = "It is lost there, and never without."
set = { months = 8, agencies = 8, "partnership.start" = 0, "world.network" = "near" }
holds = [
    { value = "outcome_lost_faith@high", above = 0.99 },
    { value = "outcome_lost_faith@none", below = 0.01 },
]
[settings]
high = { set = { floor = 1 } }
none = { set = { floor = 0 } }
"""


def test_a_claim_of_ones_own_may_name_what_an_extension_adds_and_stays_in_its_register(folder):
    (folder / "lost.toml").write_text(CLAIM)
    (folder / "other.toml").write_text(CLAIM.replace("above = 0.99", "below = 0.01"))
    ask = ("--draws", 2, "--replicates", 2, "--out", "register")
    done = command("evidence", "lost.toml", *ask, cwd=folder)
    assert done.returncode == 2
    assert 'lost.toml:6: holds.1: got "outcome_lost_faith"; allowed a measure' in done.stderr
    for name in ("lost", "other"):
        done = command("evidence", f"{name}.toml", "--with", "mine.py", *ask, cwd=folder)
        assert done.returncode == 0, done.stderr
        assert "From the file beside" in done.stdout
        assert "With mine.py." in done.stdout
    register = json.loads((folder / "register/register.json").read_text())
    assert {name: one["parts"] for name, one in register["claims"].items()} == {
        "lost": [1.0, 1.0],
        "other": [0.0, 1.0],
    }
    assert register["own"]["lost"] == CLAIM
    assert register["extensions"][0]["source"] == (folder / "mine.py").read_text()
    done = command("evidence", "B2", *ask, cwd=folder)
    assert done.returncode == 2
    assert "extensions: got none; allowed mine.py (sha256 " in done.stderr
    done = command("evidence", "lost.toml", "lost.toml", "--with", "mine.py", *ask, cwd=folder)
    assert 'got "lost" twice; allowed once' in done.stderr


FAILING = {
    "not a number": (
        "@extend.recruitment('mine', help='x')\ndef f(agency):\n    return float('nan')",
        "mine.py:4: recruitment mine: gave what is not a number; allowed a number, or -inf",
    ),
    "an exception": (
        "@extend.recruitment('mine', help='x')\ndef f(agency):\n    raise ValueError('no')",
        "mine.py:6: recruitment mine: ValueError: no",
    ),
    "a place that is not there": (
        "@extend.network('mine', help='x')\ndef f(world):\n    return world.capacity[99] > 1",
        "mine.py:6: network mine: IndexError",
    ),
    "no answer": (
        "@extend.network('mine', help='x')\ndef f(chance):\n    return chance",
        "mine.py:4: network mine: gave another answer; allowed True or False",
    ),
    "no ending": (
        "@extend.ending('mine', help='x')\ndef f(month):\n    return 0.5 * (month == 3)",
        "mine.py:4: ending mine: gave another answer; allowed True or False",
    ),
}


@pytest.mark.parametrize("kind", FAILING)
def test_what_fails_in_a_run_is_told_by_file_line_and_way(kind, tmp_path):
    text, told = FAILING[kind]
    (tmp_path / "mine.py").write_text("from cgsim import extend\n\n\n" + text + "\n")
    what = text.partition("(")[0].rpartition(".")[2]
    key = {"recruitment": ["--set", "recruit=mine"], "network": ["--set", "network=mine"]}
    small = ("--set", "months=10", "--set", "agencies=8", "--set", "start=0")
    done = command(
        *("run", "baseline", *small, *key.get(what, []), "--replicates", 2, "--no-doubt"),
        *("--with", "mine.py"),
        cwd=tmp_path,
    )
    assert done.returncode == 2
    assert told in done.stderr.splitlines()[-1]


def test_a_batch_keeps_all_runs_but_those_that_fail(tmp_path):
    (tmp_path / "mine.py").write_text(
        "from cgsim import extend\n\n\n@extend.recruitment('mine', help='x')\n"
        "def f(levers):\n    return 1.0 if levers.meetings == 1.0 else float('nan')\n"
    )
    (tmp_path / "two.toml").write_text(
        'title = "Two"\nquestion = "Q?"\nscenario = "baseline"\nreplicates = 2\n[set]\n'
        'months = 8\nagencies = 8\n"partnership.start" = 0\n"partnership.recruit" = "mine"\n'
        "[factors]\nmeetings = [1, 2]\n"
    )
    done = command("batch", "two.toml", "--with", "mine.py", "--out", "out", cwd=tmp_path)
    assert done.returncode == 5
    told = [json.loads(line) for line in (tmp_path / "out/failures.jsonl").read_text().splitlines()]
    assert [(one["point"], one["replicate"]) for one in told] == [(1, 0), (1, 1)]
    assert "mine.py:4: recruitment mine: gave what is not a number" in told[0]["cause"]


@pytest.mark.soak
@pytest.mark.skipif(compiler.PLAIN, reason="nothing is compiled")
def test_in_machine_code_they_have_the_numbers_of_plain_python(folder):
    (folder / "run.py").write_text(
        "import cgsim\n"
        'cgsim.use("mine.py")\n'
        'small = {"months": 14, "start": 0, "agencies": 12, "size": 5, "floor": 0.3}\n'
        'for ways in (("even", "near"), ("acquainted", "grown"), ("drawn", "gilbert")):\n'
        '    given = dict(zip(("recruit", "network"), ways))\n'
        '    results = cgsim.run("baseline", 3, set={**small, **given})\n'
        "    print(results.measures.tobytes().hex(), results.source)\n"
    )
    plain = program.run_file("run.py", cwd=folder, fresh=True, NUMBA_DISABLE_JIT="1")
    compiled = program.run_file("run.py", cwd=folder, fresh=True, timeout=900)
    assert plain.returncode == 0, plain.stderr
    assert compiled.stdout == plain.stdout
