"""The page on measuring gain says what is stored, and what is stored comes out again."""

import dataclasses
import importlib.util
import math
import re
import shutil
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from tests import program
from typer.testing import CliRunner

import cgsim
from cgsim.analysis.evaluation import METHODS, evaluate_batch
from cgsim.experiment.design import Factor
from cgsim.pictures.figures import SVG

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/measuring-gain.md"
PICTURES = ROOT / "docs/pictures/measuring"
STORED = ROOT / "experiments/evidence/measuring-gain.csv"
MAKER = ROOT / "docs/measuring_gain.py"


@pytest.fixture(scope="module")
def maker():
    about = importlib.util.spec_from_file_location("measuring_gain", MAKER)
    module = importlib.util.module_from_spec(about)
    sys.modules["measuring_gain"] = module
    about.loader.exec_module(module)
    yield module
    del sys.modules["measuring_gain"]


@pytest.fixture(scope="module")
def found(maker):
    return maker.Findings.read()


@pytest.fixture(scope="module")
def experiment():
    return cgsim.load_experiment("measuring-gain")


# ---- the page and what is stored -----------------------------------------------------------------


def test_page_and_pictures_say_what_is_stored():
    done = program.run_file(MAKER, "--check")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.soak
def test_the_stored_results_come_out_again():
    done = program.run_file(MAKER, "--run", "--check", timeout=1800)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_check_names_what_is_out_of_date_and_a_run_mends_it(
    maker, tmp_path, monkeypatch, capsys
):
    for name, path in (("STORED", STORED), ("PAGE", PAGE)):
        shutil.copy(path, tmp_path / path.name)
        monkeypatch.setattr(maker, name, tmp_path / path.name)
    monkeypatch.setattr(maker, "DOCS", tmp_path)
    monkeypatch.setattr(maker, "PICTURES", tmp_path / "pictures/measuring")
    monkeypatch.setattr(maker.Findings.read, "__defaults__", (tmp_path / STORED.name,))

    def told(*arguments):
        monkeypatch.setattr(sys, "argv", ["measuring_gain.py", *arguments])
        code = maker.main()
        return code, [line.split()[0] for line in capsys.readouterr().out.splitlines()]

    pictures = ["fall.svg", "bias.svg", "verdicts.svg"]
    assert told("--check") == (1, pictures)
    assert not (tmp_path / "pictures").exists()
    assert told() == (0, [])
    assert told("--check") == (0, [])

    stored = tmp_path / STORED.name
    good = stored.read_text()
    rows = good.splitlines()
    place = next(n for n, row in enumerate(rows) if "trend-12,bias" in row)
    rows[place] = re.sub(r"bias,[-0-9.]+", "bias,0.777", rows[place])
    stored.write_text("\n".join(rows) + "\n")
    (tmp_path / "pictures/measuring/left-over.svg").write_text("")
    code, names = told("--check")
    assert code == 1
    assert names[0] == PAGE.name
    assert names[-1] == "left-over.svg"

    anew = maker.pd.read_csv(STORED)
    monkeypatch.setattr(maker, "results", lambda: anew)
    assert told("--run", "--check")[1][0] == STORED.name
    assert "0.777" in stored.read_text()
    assert told("--run") == (0, [])
    assert told("--run", "--check") == (0, [])
    assert maker.agrees(maker.pd.read_csv(stored), anew)
    assert not (tmp_path / "pictures/measuring/left-over.svg").exists()


def test_results_agree_to_a_hundredth_of_a_point_and_no_further(maker):
    table = maker.pd.read_csv(STORED)
    assert maker.agrees(table, table.assign(estimate=table["estimate"] + 5e-5))
    assert not maker.agrees(table, table.assign(estimate=table["estimate"] + 2e-4))
    assert not maker.agrees(table, table.iloc[1:].reset_index(drop=True))


def test_what_is_stored_is_tidy_and_says_where_it_comes_from(found, experiment):
    table = found.table
    assert not table[["estimate", "low", "high", "runs", "draws"]].isna().any(axis=None)
    assert (table["low"] <= table["estimate"] + 1e-6).all()
    assert (table["estimate"] <= table["high"] + 1e-6).all()
    keys = ["need_inflow", "climate_sd", "trigger", "case", "scenario", "method", "measure"]
    assert not table.duplicated([*keys, "month"]).any()
    assert found.fact("version") == cgsim.__version__
    assert found.fact("seed") == experiment.seed
    assert found.fact("replicates") == experiment.replicates
    assert found.fact("draws") == experiment.draws
    assert STORED.stat().st_size < 300_000


def test_the_page_names_the_conditions_of_the_experiment(maker, experiment):
    values = {factor.key: factor.values for factor in experiment.factors}
    assert set(values["need_inflow"]) == {maker.STEADY, maker.FALLING}
    assert set(values["climate_sd"]) == {maker.CALM, maker.CHANGEABLE}
    assert set(values["trigger"]) == {maker.FIXED, maker.WAITED}
    kinds = {Path(name).stem for name in values["scenario"]}
    assert kinds == {name for name, *_ in maker.PARTNERSHIPS}
    for scenario in experiment.scenarios.values():
        (partnership,) = scenario.partnerships
        assert partnership.levers["start"] == 48
        assert len(partnership.members or ()) in (0, scenario.values["agencies"])
        assert scenario.values["months"] == 120
    longest = max(method.baseline for method in METHODS)
    assert longest <= 48  # so that no method looks at the months of a partnership
    text = PAGE.read_text(encoding="utf-8")
    assert "after four years at the earliest, and is followed for three" in text
    assert "Within the 36 months that leave time" in text


# ---- what the words say holds in the numbers -----------------------------------------------------


def test_with_a_fixed_date_and_steady_need_a_line_is_right_on_average_and_far_out_in_one_case(
    maker, found
):
    bias = found.get("bias", "trend-12")
    assert bias.low < 0.0 < bias.high
    assert bias.high - bias.low < 0.03
    assert found.get("error", "trend-12").value > 0.2
    assert found.get("error", "trend-36").value < found.get("error", "trend-12").value
    for method in METHODS:
        if method.line:
            for climate in (maker.CALM, maker.CHANGEABLE):
                assert abs(found.get("bias", method.name, climate=climate).value) < 0.01


def test_after_a_fall_short_lines_flatter_and_long_ones_turn_round(maker, found):
    for climate in (maker.CALM, maker.CHANGEABLE):
        about = {"trigger": maker.WAITED, "climate": climate}
        assert found.get("bias", "trend-6", **about).low > 0.2
        assert found.get("bias", "trend-12", **about).low > 0.05
        assert found.get("bias", "before-3", **about).low > 0.0
        assert found.get("bias", "before-12", **about).high < 0.0
        long = [found.get("bias", f"trend-{months}", **about) for months in (24, 36)]
        assert all(abs(bias.value) < 0.06 for bias in long)
    assert all(bias.high < 0.0 for bias in long)  # in changeable times
    calm = found.get("bias", "trend-24", trigger=maker.WAITED, climate=maker.CALM)
    assert 0.0 < calm.value < 0.01


def test_areas_as_bad_remove_nearly_all_of_the_error_and_hold_their_interval(maker, found):
    for climate in (maker.CALM, maker.CHANGEABLE):
        about = {"trigger": maker.WAITED, "climate": climate}
        bias = {
            choice: abs(found.get("bias", f"areas-{choice}", **about).value)
            for choice in ("any", "alike", "as-bad")
        }
        assert bias["as-bad"] < 0.005 < bias["alike"] < bias["any"]
        assert found.get("held", "areas-as-bad", **about).value == pytest.approx(0.95, abs=0.01)
        assert found.get("claimed", "areas-as-bad", **about).high < 0.03
        for name in ("before-12", "before-36", "trend-6", "trend-36"):
            assert found.get("held", name, **about).value < 0.8
    missed = found.get("claimed", "areas-as-bad", case=maker.SMALL, trigger=maker.WAITED)
    assert missed.value < 0.15


def test_where_need_is_worked_off_lines_are_too_high_and_before_and_after_too_low(maker, found):
    about = {"need": maker.FALLING, "climate": maker.CALM}
    assert found.get("bias", "trend-12", **about).low > 0.0
    assert found.get("bias", "before-12", **about).high < 0.0
    steady = {"need": maker.STEADY, "climate": maker.CALM}
    for method in METHODS:
        if method.choice != "as bad":
            more = found.get("error", method.name, **about).value
            assert more > found.get("error", method.name, **steady).value


def test_a_stretched_target_is_reached_with_no_gain_and_missed_with_a_full_one(maker, found):
    for trigger in (maker.FIXED, maker.WAITED):
        assert found.get("reached", "trend-12", trigger=trigger).value > 0.3
    for name in maker.TARGETS:
        assert found.get("reached", name, case=maker.LARGE).value == pytest.approx(0.5, abs=0.06)


def test_the_paper_partnership_gains_nothing_and_the_others_what_they_are_called(maker, found):
    for trigger in (maker.FIXED, maker.WAITED):
        truth = {
            name: found.get("truth", "trend-12", case="as modelled", scenario=name, trigger=trigger)
            for name, *_ in maker.PARTNERSHIPS
        }
        assert truth["measured-nothing"].value == 0.0
        assert truth["measured-loses"].high < 0.0 < truth["measured-gains"].low


def test_words_turn_with_the_sign(maker):
    def estimate(value, low, high):
        return maker.Estimate(value, low, high, 9)

    assert maker.off(estimate(0.104, 0.099, 0.109)) == "10.4 points too high (9.9 to 10.9)"
    assert maker.off(estimate(-0.04, -0.047, -0.034)) == "4.0 points too low (3.4 to 4.7)"
    assert maker.off(estimate(0.0, -0.008, 0.008)) == "off by 0.0 points (−0.8 to 0.8)"
    assert maker.signed(estimate(-0.0001, -0.008, 0.008)) == "0.0 (−0.8 to 0.8)"
    assert maker.signed(estimate(0.104, 0.099, 0.109)) == "+10.4 (9.9 to 10.9)"
    assert maker.unwrapped("one\ntwo\n\n* a\nb\n* c\n\n```\nd\n\ne\n```\n\nf\ng") == (
        "one two\n\n* a b\n* c\n\n```\nd\n\ne\n```\n\nf g\n"
    )


# ---- small reruns --------------------------------------------------------------------------------


@pytest.mark.soak
def test_a_small_rerun_agrees_with_what_is_stored(maker, found, experiment, tmp_path):
    values = {"need_inflow": (maker.STEADY,), "climate_sd": (maker.CHANGEABLE,)}
    values["scenario"] = ("scenarios/measured-nothing.toml",)
    small = dataclasses.replace(
        experiment,
        seed=2,
        draws=24,
        replicates=24,
        factors=tuple(
            Factor(f.key, values[f.key]) if f.key in values else f for f in experiment.factors
        ),
        scenarios={values["scenario"][0]: experiment.scenarios[values["scenario"][0]]},
    )
    table = evaluate_batch(cgsim.run_experiment(small, tmp_path / "small"))
    rows = table[(table["case"] == maker.NO_GAIN) & (table["measure"] == "bias")]
    assert len(rows) == 2 * len(METHODS) - 1
    for row in rows.to_dict("records"):
        stored = found.get("bias", row["method"], trigger=row["trigger"])
        half = math.hypot(row["high"] - row["low"], stored.high - stored.low) / 2
        # Twenty-three differences at once: the widest is allowed 1.7 half-widths, some 3.3 sigma.
        assert abs(row["estimate"] - stored.value) <= 1.7 * half + 1e-9, row["method"]


def test_the_commands_of_the_page_work(maker, experiment, tmp_path, monkeypatch, capsys):
    from cgsim.cli.app import app

    text = PAGE.read_text(encoding="utf-8")
    blocks = re.findall(r"```\n(.*?)```", text, re.S)
    commands = [line.split("#")[0].split() for block in blocks for line in block.splitlines()]
    assert all(command[:2] == ["python", "docs/measuring_gain.py"] for command in commands[:-1])
    assert {flag for command in commands[:-1] for flag in command[2:]} == {"--run", "--check"}
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, [*commands[-1][1:], "--dry-run"])
    assert done.exit_code == 0, done.output

    small = dataclasses.replace(experiment, draws=2, replicates=2)
    cgsim.run_experiment(small, "results/measuring-gain")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.S)
    exec(compile(code, "measuring-gain.md", "exec"), {})
    assert "areas-as-bad" in capsys.readouterr().out


# ---- pictures ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["bias", "fall", "verdicts"])
def test_pictures_are_small_hold_their_text_as_text_and_say_what_they_show(name):
    path = PICTURES / f"{name}.svg"
    assert path.stat().st_size < 80_000
    root = ElementTree.parse(path).getroot()
    title, description = (root.find(f"{{{SVG}}}{tag}") for tag in ("title", "desc"))
    assert root.get("role") == "img"
    assert root.get("aria-labelledby").split() == [title.get("id"), description.get("id")]
    assert f"![{title.text}](pictures/measuring/{name}.svg)" in PAGE.read_text(encoding="utf-8")
    assert len(re.findall(r"\d", description.text)) > 8
    assert list(root.iter(f"{{{SVG}}}text"))
    assert root.find(f".//{{{SVG}}}image") is None
