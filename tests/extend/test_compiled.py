"""Extensions in machine code: the same bits, the same lines for faults."""

import numba
import numpy as np
import pytest
from tests import program
from tests.extend.examples import example

import cgsim
from cgsim import compiler
from cgsim.extend.faults import check_steps
from cgsim.extend.in_use import loaded_extensions
from cgsim.extend.lived import StepFailed

pytestmark = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="nothing is compiled")


NOTHING = """
import math

extend.parameter("idle", section="partnership", default=0, low=0, high=1, unit="", help="Idle.")
extend.column("idleness", unit="", help="nothing at all")
extend.column("calm", of="area", unit="", help="nothing of the area", total="last")
extend.column("ease", of="agency", unit="", help="nothing of agencies", start=0.5)

@extend.rule
def nothing_of(levers):
    return levers.idle

@extend.step(after="judge_promises")
def idle(levers, b, month, state):
    if month == 1000:
        raise ValueError("never")
    state.partnership[b].idleness = nothing_of(levers)

@extend.step(before="meet_need")
def rest(state):
    state.calm[0] += 1.0
    for agency in range(state.ease.shape[0]):
        state.ease[agency] = 0.25

@extend.measure("nothing", words="nothing", unit="months", interval="median")
def nothing(run):
    return math.nan
"""


def test_an_extension_that_does_nothing_changes_no_bit_and_records_what_it_writes(write):
    """Also where it was never compiled before, and where it is taken back."""
    scenario = cgsim.load("baseline", ["months=18", "start=2"])
    before = cgsim.run(scenario, 5, months=True)
    with cgsim.use(write(NOTHING)):
        during = cgsim.run(scenario, 5, months=True)
        lived = during.boards["members"] > 0
        assert during.boards["idleness"][lived].eq(0.0).all()
        assert during.boards["idleness"][~lived].isna().all()
        together = during.months[during.months["arm"] == "together"]
        assert together["calm"].head(18).tolist() == list(range(1, 19))
        assert np.allclose(together["ease"], 0.25, rtol=1e-12)
        assert during.arms["calm"].eq(18.0).all()
        assert np.allclose(during.arms["ease"], 0.25, rtol=1e-12)
    after = cgsim.run(scenario, 5, months=True)
    count = before.measures.shape[1]
    assert during.measures[:, :count].tobytes() == before.measures.tobytes()
    assert np.isnan(during.column("nothing")).all()
    assert during.estimate("nothing").count == 0
    columns = before.month_values.shape[-1]
    assert during.month_values[..., :columns].tobytes() == before.month_values.tobytes()
    assert after.measures.tobytes() == before.measures.tobytes()
    assert (before.source, before.changed_rules) == (after.source, after.changed_rules)
    assert during.source != before.source
    assert during.changed_rules == ("mine.py",)


UNCOMPILED = {
    "allocation": (
        "import numpy as np\n\n@extend.step(after='talk')\ndef f(state):\n    x = np.zeros(3)\n"
        "    state.need[0] += x[0]",
        "mine.py:7: step f: steps are compiled and cannot make new arrays, lists or texts",
    ),
    "a list": (
        "@extend.step(after='talk')\ndef f(state):\n    x = [1.0, 2.0]\n    state.need[0] += x[1]",
        "mine.py:5: step f: steps are compiled and cannot make new arrays",
    ),
    "a plain function": (
        "def g(x):\n    return x\n\n@extend.step(after='talk')\ndef f(state):\n"
        "    state.need[0] = g(1.0)",
        "mine.py:8: step f: g is a plain function; allowed what is marked @extend.rule",
    ),
    "a misspelt parameter": (
        "@extend.step(after='talk')\ndef f(parameters, state):\n    x = 1.0\n"
        "    state.need[0] = x * parameters.trust_gains",
        "mine.py:6: step f: got parameters.trust_gains; allowed a name that it has (did you mean "
        '"trust_gain"?)',
    ),
    "a misspelt name of the state": (
        "@extend.step(after='talk')\ndef f(state):\n    state.needs[0] = 1.0",
        "mine.py:5: step f: cannot be compiled",
    ),
}


@pytest.mark.parametrize("kind", UNCOMPILED)
def test_what_cannot_be_compiled_is_told_by_file_line_and_step(kind, write):
    text, told = UNCOMPILED[kind]
    with cgsim.use(write(text)), pytest.raises(cgsim.ScenarioError) as caught:
        check_steps(loaded_extensions())
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_validate_tells_what_is_wrong_with_each_step(write, tmp_path):
    steps = "@extend.step(after='talk')\ndef {0}(parameters, state):\n    state.need[0] = {1}\n"
    file = write(
        steps.format("f", "parameters.trust_gains") + steps.format("g", "parameters.memry")
    )
    (tmp_path / "s.toml").write_text('title = "S"\nextends = "baseline"\n')
    words = ("validate", "s.toml", "--with", file.name)
    refused = program.run(*words, cwd=tmp_path, COLUMNS="200")
    assert refused.returncode == 2
    told = (refused.stderr + refused.stdout).splitlines()
    assert [line.rpartition("did you mean ")[2] for line in told] == [
        '"trust_gain"?)',
        '"memory"?)',
    ]


def test_a_fault_is_told_before_the_month_is_compiled(write):
    with (
        cgsim.use(write(UNCOMPILED["a list"][0])),
        pytest.raises(cgsim.ScenarioError, match=r"step f: steps are compiled"),
    ):
        cgsim.run("baseline", 1, set={"months": 3})
    assert compiler.changed_rules() == ()


FAILING = """
@extend.step(after="talk")
def stumble(month, b, state):
    if month == 4:
        state.need[100] = 1.0
    if month == 5:
        raise ValueError("not in spring")
"""


@pytest.mark.soak
def test_a_place_beyond_the_end_is_no_crash_and_is_told(write):
    with cgsim.use(write(FAILING)):
        cgsim.run("baseline", 1, set={"months": 4, "start": 0})
        with pytest.raises(StepFailed, match=r"mine\.py.*IndexError"):
            cgsim.run("baseline", 1, set={"months": 8, "start": 0})


@pytest.mark.soak
def test_the_example_in_machine_code_has_the_numbers_of_plain_python(tmp_path):
    from tests import program

    example(tmp_path)
    code = """
import cgsim
cgsim.use("attendance.py")
results = cgsim.run("baseline", 3, set={"months": 12, "start": 0, "stay_away": 0.4})
print(results.measures.tobytes().hex(), results.source)
"""
    (tmp_path / "run.py").write_text(code)
    plain = program.run_file("run.py", cwd=tmp_path, fresh=True, NUMBA_DISABLE_JIT="1")
    compiled = program.run_file("run.py", cwd=tmp_path, fresh=True)
    assert plain.returncode == 0, plain.stderr
    assert compiled.stdout == plain.stdout
