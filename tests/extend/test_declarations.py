"""What a file may declare, and what is said of one that may not: one line with file and line."""

import importlib
import json
import sys
from pathlib import Path

import pytest
from tests.extend.examples import example

import cgsim
from cgsim import compiler, measures
from cgsim.engine import life, plan
from cgsim.extend import lived
from cgsim.extend.in_use import Source, sources_of, use_sources
from cgsim.extend.month import steps_of_the_month
from cgsim.reached import Files
from cgsim.rules import month, state
from cgsim.scenario import parameters
from cgsim.scenario.form import file_form

CLEAN = compiler.source_hash()


@pytest.fixture
def attendance(tmp_path):
    """The example of the page that tells how to extend the model."""
    return example(tmp_path)


def test_what_is_declared_stands_where_its_kin_stand_and_goes_with_its_use(attendance):
    before = {
        "parameters": len(parameters.PARAMETERS),
        "measures": len(measures.MEASURES),
        "fields": len(plan.settings_type().names),
    }
    with cgsim.use(attendance):
        assert parameters.BY_NAME["stay_away"].prior == (0.2, 0.8)
        assert parameters.GENERAL[-1].name == plan.settings_type().names[-1] == "stay_away"
        assert "stay_away" in parameters.FREE
        assert state.BOARD_COLUMNS[-1] == state.partnership_type().names[-1] == "attendance"
        assert measures.MEASURES[measures.COLUMN["mean_attendance"]].of == "of members"
        assert "stay_away" in file_form().model_fields["trust"].annotation.__args__[0].model_fields
        scenario = cgsim.load("baseline", ["stay_away=0.25"])
        assert scenario.values["stay_away"] == 0.25
        text = scenario.to_toml()
        assert 'needs = ["attendance.py"]' in text
        assert cgsim.loads(text).values["stay_away"] == 0.25
        assert compiler.changed_rules() == ("attendance.py",)
        assert compiler.source_told().endswith("(with attendance.py)")
        assert life.live_month is not month.live_month
    assert life.live_month is month.live_month
    assert len(parameters.PARAMETERS) == before["parameters"]
    assert len(measures.MEASURES) == before["measures"]
    assert len(plan.settings_type().names) == before["fields"]
    assert "attendance" not in state.BOARD_COLUMNS
    assert (compiler.changed_rules(), compiler.source_hash()) == ((), CLEAN)
    with pytest.raises(cgsim.ScenarioError, match=r"stay_away: got an unknown key"):
        cgsim.load("baseline", ["stay_away=0.25"])
    with pytest.raises(
        cgsim.ScenarioError, match=r'needs: got "attendance\.py", which is not in use'
    ):
        cgsim.loads(text)


def test_a_scenario_of_an_extension_is_not_lived_without_it(attendance):
    with cgsim.use(attendance):
        scenario = cgsim.load("baseline", ["months=3", "stay_away=0.1"])
    with pytest.raises(cgsim.ScenarioError, match=r"stay_away: is a parameter of an extension"):
        cgsim.run(scenario, 1)


def test_a_scenario_from_before_has_the_default(attendance):
    scenario = cgsim.load("baseline")
    with cgsim.use(attendance):
        assert plan.plan([scenario]).settings["stay_away"][0, 0] == 0.5


def test_the_text_decides_which_extension_it_is(write):
    one = write("extend.column('mood', unit='', help='mood')")
    hashes = {CLEAN}
    for text in ("", "\n# a remark\n"):
        one.write_text(one.read_text() + text)
        with cgsim.use(one):
            hashes.add(compiler.source_hash())
    assert len(hashes) == 3


def test_a_file_of_the_same_name_takes_the_place_of_the_other(write):
    with cgsim.use(write("extend.column('mood', unit='', help='mood')")):
        with cgsim.use(write("extend.column('temper', unit='', help='temper')")):
            assert [source.name for source in cgsim.extensions()] == ["mine.py"]
            assert state.BOARD_COLUMNS[-1] == "temper"
        assert state.BOARD_COLUMNS[-1] == "mood"


def test_what_is_changed_in_memory_is_told_too(write):
    file = write(
        """
        RATE = 0.5

        @extend.step(after="judge_promises")
        def forget(b, state):
            state.partnership[b].experience *= RATE
        """
    )
    with cgsim.use(file):
        before = compiler.source_hash()
        sys.modules["cgsim_extensions.mine"].RATE = 0.25
        assert compiler.changed_rules() == ("mine.RATE", "mine.py")
        assert compiler.source_hash() != before


def test_every_step_of_the_month_can_be_followed(write):
    names = steps_of_the_month()
    assert names[0] == "conditions.change_conditions"
    assert names[-1] == "recording.record_month"
    assert {"talk.talk", "trust.judge_promises", "delivery.commit_equally"} <= set(names)
    steps = "\n".join(
        f"@extend.step(after='{name}')\ndef step_{n}({'b, ' * (n % 2)}state):\n    pass\n"
        for n, name in enumerate(names)
    )
    with cgsim.use(write(steps)):
        assert life.live_month is not month.live_month


def test_a_name_that_another_extension_has_is_refused_and_nothing_changes(attendance, write):
    with cgsim.use(attendance):
        before = compiler.source_hash()
        twin = write("extend.column('attendance', unit='', help='mood')")
        with pytest.raises(cgsim.ScenarioError, match=r"declared by attendance\.py"):
            cgsim.use(twin)
        assert compiler.source_hash() == before
        assert state.BOARD_COLUMNS[-1] == "attendance"


def test_a_changed_text_from_elsewhere_is_the_same_extension(attendance):
    source = Source("attendance.py", attendance.read_text())
    with cgsim.use(attendance):
        here = compiler.source_hash()
        use_sources([source])
        assert compiler.source_hash() == here


PARAMETER = "extend.parameter({}, section='trust', default=0.5, low=0, high=1, unit='', help='x')"
FAULTS = {
    "default": (
        PARAMETER.format("'mood'").replace("0.5", "2"),
        "mine.py:3: mood: got default 2; allowed a number from 0 to 1",
    ),
    "section": (
        PARAMETER.format("'mood'").replace("'trust'", "'trusts'"),
        'got section "trusts"; allowed area, agencies',
    ),
    "prior": (
        PARAMETER.format("'mood'").replace("help", "prior=(0.2, 3), help"),
        "got the prior's high end 3; allowed a number from 0 to 1",
    ),
    "name": (PARAMETER.format("'Mood'"), 'got "Mood"; allowed a name of 2 to 40 small letters'),
    "taken": (
        PARAMETER.format("'turnover'"),
        "mine.py:3: turnover: got a name that is taken (a parameter); allowed another",
    ),
    "state": (
        "extend.column('views', unit='', help='x')",
        "views: got a name that is taken (of the engine's state)",
    ),
    "twice": (
        PARAMETER.format("'mood'") + "\n" + PARAMETER.format("'mood'"),
        "mine.py:4: mood: got a name that line 3 declares too",
    ),
    "unknown step": (
        "@extend.step(after='judge_promisses')\ndef f(b, state):\n    pass",
        'step f: got "judge_promisses"; allowed a step of the month (did you mean '
        '"judge_promises"?)',
    ),
    "arguments": (
        "@extend.step(after='judge_promises')\ndef f(paramters):\n    pass",
        'step f: got argument "paramters"; allowed b, grant, levers',
    ),
    "arguments of a replacement": (
        "@extend.step(replaces='trust.judge_promises')\ndef f(b, state):\n    pass",
        "step f: got arguments (b, state); allowed those of trust.judge_promises: (parameters, "
        "shocks, month, b, state)",
    ),
    "two places": (
        "@extend.step(after='talk', before='talk')\ndef f(b, state):\n    pass",
        "f: got 2 of replaces, after, before; allowed one of them",
    ),
    "replaced twice": (
        "@extend.step(replaces='work_alone')\ndef f(parameters, world, weather, state):\n    pass\n"
        "@extend.step(replaces='work_alone')\ndef g(parameters, world, weather, state):\n    pass",
        "step g: got outcomes.work_alone, which f of",
    ),
    "share of what": (
        "@extend.measure('mood', words='mood', unit='share')\ndef f(run):\n    return 0.0",
        "mood: got a share without of; allowed with of what",
    ),
    "python": ("def f(:", "mine.py:3: got a text that is not Python (invalid syntax)"),
    "exception": ("x = 1 / 0", "mine.py:3: ZeroDivisionError: division by zero"),
    "import": ("import not_there_at_all", "mine.py:3: ModuleNotFoundError"),
    "the end of everything": ("import sys\nsys.exit(0)", "mine.py:4: RuntimeError: it asks for"),
    "an error that fails": (
        "class E(Exception):\n    def __str__(self):\n        raise ValueError\nraise E",
        "mine.py:6: E",
    ),
}


@pytest.mark.parametrize("kind", FAULTS)
def test_a_fault_is_told_in_one_line_and_nothing_is_changed(kind, refused):
    refused(*FAULTS[kind])
    assert compiler.changed_rules() == ()


def value_of_mood(path):
    """Use a file, and read its measure as every run does; a whole run would be compiled first."""
    with cgsim.use(path):
        return lived._read(measures.MEASURES.added[0], None)


def test_what_a_file_prints_is_no_result(write, capsys):
    mine = write("""
        print("when it is read")

        @extend.measure("mood", words="mood", unit="")
        def mood(run):
            print("in a run")
            return 1.0
    """)
    assert value_of_mood(mine) == 1.0
    assert capsys.readouterr() == ("", "when it is read\nin a run\n")
    print("afterwards")
    assert capsys.readouterr().out == "afterwards\n"


WRONG_VALUES = {
    "raise SystemExit(0)": "it asks for the whole program to end",
    "return 10**400": "got infinity",
    "return 'a'": 'got "a"; allowed one number',
}


@pytest.mark.parametrize("body", WRONG_VALUES)
def test_what_a_measure_may_not_do_is_told_in_one_line(body, write):
    text = f"@extend.measure('mood', words='mood', unit='')\ndef mood(run):\n    {body}"
    with pytest.raises(RuntimeError) as caught:
        value_of_mood(write(text))
    told = str(caught.value)
    assert "measure mood: " in told
    assert WRONG_VALUES[body] in told
    assert "\n" not in told


def test_a_name_that_no_result_could_tell_is_refused(write):
    for name in ("a\x1b[31m.py", "caf\udce9.py", "x" * 80 + ".py"):
        with pytest.raises(cgsim.ScenarioError, match="name is not 1 to 80 printing characters"):
            cgsim.use(write("", name))


def test_a_folder_whose_extension_was_tampered_with_runs_no_code(tmp_path, write):
    whole = sources_of(write("raise AssertionError"))[0].to_dict()
    for edit in ({"source": "x = 1"}, {"name": 3}, {"name": "a\nb.py"}, {"sha256": None}):
        told = {"extensions": [whole | edit]}
        (tmp_path / "manifest.json").write_text(json.dumps(told))
        with pytest.raises(cgsim.ScenarioError, match="holds no extension"):
            cgsim.use(tmp_path)


def test_what_is_no_extension_is_refused():
    with pytest.raises(cgsim.ScenarioError, match=r'got "not_there"; allowed a file \.py'):
        cgsim.use("not_there")
    with pytest.raises(cgsim.ScenarioError, match="No such file"):
        cgsim.use("not_there.py")


MOOD = "from cgsim import extend\n\nextend.column('mood', unit='', help='how they feel')\n"


@pytest.fixture
def package(tmp_path, monkeypatch):
    """An installed package that offers an extension."""
    inside = tmp_path / "good_mood"
    inside.mkdir()
    (inside / "__init__.py").write_text("")
    (inside / "words.py").write_text("SAID = 'how they feel'\n")
    text = MOOD.replace("'how they feel'", "SAID").replace(
        "\n\n", "\nfrom .words import SAID\n\n", 1
    )
    (inside / "rules.py").write_text(text)
    about = tmp_path / "good_mood-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: good-mood\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[cgsim.extensions]\nmood = good_mood.rules\n")
    monkeypatch.syspath_prepend(tmp_path)
    return "good_mood.rules"


def test_a_package_offers_one_by_a_name_and_none_is_taken_unasked(package):
    assert cgsim.extensions() == ()
    with cgsim.use("mood"):
        (source,) = cgsim.extensions()
        assert (source.name, source.package) == ("mood", "good_mood")
        assert compiler.words_for(compiler.changed_rules()) == "With mood."
        assert state.VARIABLES[0].help == "how they feel"
    with pytest.raises(cgsim.ScenarioError, match=r'did you mean "mood"'):
        cgsim.use("moods")


def test_a_module_may_be_given_too(package):
    with cgsim.use(importlib.import_module(package)):
        assert [source.name for source in cgsim.extensions()] == ["rules.py"]
        assert state.BOARD_COLUMNS[-1] == "mood"


def test_files_are_compared_with_memory_while_columns_are_added(write):
    """Where nobody compared them before: what they define hangs on no extension."""
    text = """
    extend.column("calm", of="area", unit="", help="of the area")
    extend.column("ease", of="agency", unit="", help="of agencies")
    extend.column("poise", unit="", help="of a partnership")
    """
    package = Path(cgsim.__file__).parent
    first = Files(package, compiler.COMPILED_PARTS).defines("cgsim.measures")
    numbers = {k: v for k, v in first.items() if k.isupper() and isinstance(v, int)}
    assert numbers["UNDERSTANDING"] == state.MONTH_COLUMNS.index("understanding")
    with cgsim.use(write(text)):
        anew = Files(package, compiler.COMPILED_PARTS)
        ruled = [module for module in anew.texts if module.startswith("cgsim.rules.")]
        assert all(anew.defines(module) is not None for module in ruled)
        assert {k: v for k, v in anew.defines("cgsim.measures").items() if k in numbers} == numbers
