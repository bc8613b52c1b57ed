"""What a reader does with the example of the documents, and with a file that goes wrong in a run.

In plain Python, in processes of their own: so nothing is compiled.
"""

import json
import textwrap

import pytest
from tests import program
from tests.extend.examples import example

SMALL = ("--set", "months=10", "--set", "agencies=8", "--set", "start=0")


def cgsim(*words, cwd):
    return program.run(*words, cwd=cwd, NUMBA_DISABLE_JIT="1", COLUMNS="200")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the example, and a batch of it."""
    made = tmp_path_factory.mktemp("attendance")
    example(made)
    text = example(made, "staying-away.toml").read_text()
    small = text.replace(
        "[factors]", '[set]\nmonths = 10\nagencies = 8\n"partnership.start" = 0\n\n[factors]'
    )
    (made / "small.toml").write_text(small.replace("= 20", "= 2").replace("[48, 71]", "[5, 9]"))
    done = cgsim("batch", "small.toml", "--with", "attendance.py", "--out", "out", cwd=made)
    assert done.returncode == 0, done.stderr
    assert done.stdout.rstrip().endswith("With attendance.py.")
    return made


def test_a_batch_keeps_the_text_and_summarises_measure_and_column(folder):
    manifest = json.loads((folder / "out/manifest.json").read_text())
    (kept,) = manifest["extensions"]
    assert kept["name"] == "attendance.py"
    assert kept["source"] == (folder / "attendance.py").read_text()
    assert manifest["changed_rules"] == ["attendance.py"]
    summary = (folder / "out/summary.csv").read_text()
    rows = [line.split(",") for line in summary.splitlines() if ",mean_attendance," in line]
    means = [float(row[5]) for row in rows]
    assert means[0] == 1.0
    assert means[0] > means[1] > means[2] > 0.0
    assert "late_attendance" in summary


def test_a_folder_is_not_looked_into_without_its_extension_and_is_with_it(folder):
    done = cgsim("verify", "out", cwd=folder)
    assert done.returncode == 2
    assert "allowed attendance.py (sha256" in done.stderr
    for given in ("attendance.py", "out"):
        done = cgsim("verify", "out", "--with", given, cwd=folder)
        assert done.returncode == 0, done.stderr
        assert "the same to the last bit" in done.stdout
        assert "Note: the batch was computed with attendance.py." in done.stdout
    done = cgsim("reproduce", "out", "--with", "out", "--out", "again", cwd=folder)
    assert "Every row came out again, to the last bit." in done.stdout
    done = cgsim("status", "out", "--with", "out", cwd=folder)
    assert "attendance.py" in done.stdout


def test_a_batch_is_not_gone_on_with_under_another_text(folder, tmp_path):
    other = tmp_path / "attendance.py"
    other.write_text((folder / "attendance.py").read_text().replace("default=0.5", "default=0.6"))
    done = cgsim("batch", "small.toml", "--with", other, "--out", "out", cwd=folder)
    assert done.returncode == 2
    assert "source: got" in done.stderr
    done = cgsim("batch", "small.toml", "--out", "out", cwd=folder)
    assert done.returncode == 2
    assert "late_attendance" in done.stderr


def test_run_describe_and_validate_know_it(folder):
    done = cgsim("run", "baseline", *SMALL, "--replicates", 2, "--no-doubt", cwd=folder)
    assert "With attendance" not in done.stdout
    words = ("run", "baseline", *SMALL, "--replicates", 2, "--no-doubt", "--set", "stay_away=0.4")
    assert cgsim(*words, cwd=folder).returncode == 2
    done = cgsim(*words, "--with", "attendance.py", "--json", cwd=folder)
    said = json.loads(done.stdout)
    assert said["with"] == ["attendance.py"]
    assert said["headline"].endswith("With attendance.py.")
    (row,) = [row for row in said["measures"] if row["measure"] == "mean_attendance"]
    assert 0.6 < row["estimate"] < 1.0
    assert row["low"] <= row["estimate"] <= row["high"]
    (folder / "mine.toml").write_text(
        'title = "Mine"\nneeds = "attendance.py"\n[trust]\nstay_away = 0.3\n'
    )
    done = cgsim("validate", "mine.toml", cwd=folder)
    assert done.returncode == 2
    assert done.stdout.startswith('mine.toml:2: needs: got "attendance.py", which is not in use')
    assert cgsim("validate", "mine.toml", "--with", "attendance.py", cwd=folder).returncode == 0


def test_sensitivity_explains_a_measure_by_a_parameter_of_the_file(folder):
    text = example(folder, "uncertain.toml").read_text()
    small = text.replace("[", "[", 1) + '[set]\nmonths = 8\nagencies = 8\n"partnership.start" = 0\n'
    (folder / "few.toml").write_text(small)
    done = cgsim(
        *("sensitivity", "few.toml", "--with", "attendance.py", "--measure", "mean_attendance"),
        *("--trajectories", 2, "--base", 8, "--keep", 2, "--replicates", 1, "--out", "explained"),
        cwd=folder,
    )
    assert done.returncode == 0, done.stderr
    assert "stay_away" in done.stdout
    assert "With attendance.py." in done.stdout


def test_mesa_steps_with_it_and_collects_its_column(folder):
    (folder / "step.py").write_text(
        textwrap.dedent(
            """
            import cgsim

            cgsim.use("attendance.py")
            given = dict(months=10, agencies=8, start=0, stay_away=0)
            model = cgsim.PartnershipModel("baseline", 1, **given)
            while model.month < 4:
                model.step()
            model.stay_away = 0.8
            while model.running:
                model.step()
            seen = model.board(0, "attendance")
            table = model.datacollector.get_agenttype_vars_dataframe(type(model.partnerships[0]))
            assert table["attendance"].tolist()[-1] == seen[-1]
            print((seen[:5] == 1.0).all(), (seen[5:9] < 1.0).all(), model.stay_away)
            """
        )
    )
    done = program.run_file("step.py", cwd=folder, fresh=True, NUMBA_DISABLE_JIT="1")
    assert done.stdout.strip() == "True True 0.8", done.stderr


FAILING = {
    "an exception": (
        '    if month == 3:\n        raise ValueError("not in spring")',
        7,
        "not in spring",
    ),
    "a place that is not there": ("    state.need[100] = 1.0", 6, "IndexError"),
    "what is not a number": (
        '    state.trust[:] = float("nan")',
        4,
        "state.trust is not a number after it in month 0",
    ),
}


@pytest.mark.parametrize("kind", FAILING)
def test_what_fails_in_a_run_is_told_by_file_line_and_step(kind, tmp_path):
    body, line, told = FAILING[kind]
    (tmp_path / "mine.py").write_text(
        "from cgsim import extend\n\n\n@extend.step(after='talk')\ndef stumble(month, b, state):\n"
        + body
        + "\n"
    )
    words = ("run", "baseline", *SMALL, "--replicates", 2, "--no-doubt", "--with", "mine.py")
    done = cgsim(*words, cwd=tmp_path)
    assert done.returncode == 2
    last = done.stderr.splitlines()[-1]
    assert last.startswith(f"cgsim: mine.py:{line}: step stumble: ")
    assert told in last


def test_a_batch_keeps_all_runs_but_those_that_fail(tmp_path):
    (tmp_path / "mine.py").write_text(
        "from cgsim import extend\n\n\n@extend.step(after='talk')\ndef stumble(b, levers, state):\n"
        "    if levers.meetings == 2.0:\n        state.need[0] = state.need[0] / state.need[100]\n"
    )
    (tmp_path / "two.toml").write_text(
        'title = "Two"\nquestion = "Q?"\nscenario = "baseline"\nreplicates = 2\n'
        '[set]\nmonths = 8\nagencies = 8\n"partnership.start" = 0\n[factors]\nmeetings = [1, 2]\n'
    )
    done = cgsim("batch", "two.toml", "--with", "mine.py", "--out", "out", cwd=tmp_path)
    assert done.returncode == 5
    told = [json.loads(line) for line in (tmp_path / "out/failures.jsonl").read_text().splitlines()]
    assert [(one["point"], one["replicate"]) for one in told] == [(1, 0), (1, 1)]
    assert "mine.py:7: step stumble: IndexError" in told[0]["cause"]
    done = cgsim("verify", "out", "--with", "out", cwd=tmp_path)
    assert "2 runs" in done.stdout.splitlines()[0]


FAR = """
import distributed

import cgsim
from cgsim.running.batch import run_experiment
from cgsim.experiment.files import load_experiment

if __name__ == "__main__":
    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs=50
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        small = {"months": 8, "agencies": 8, "start": 0}
        plain = cgsim.Experiment({"b": cgsim.load("baseline", small)}, replicates=2, question="?")
        with cgsim.use("attendance.py"):
            far = run_experiment(load_experiment("small.toml"), "far", scheduler=client)
        after = run_experiment(plain, "after", scheduler=client)
    here = run_experiment(plain, "here", workers=1)
    print(far.manifest["content_sha256"], after.manifest["content_sha256"])
    print(far.manifest["failed"], here.manifest["content_sha256"])
"""


def test_workers_are_sent_the_extension_and_let_go_of_it(folder):
    pytest.importorskip("distributed")
    (folder / "far.py").write_text(FAR)
    done = program.run_file("far.py", cwd=folder, fresh=True, NUMBA_DISABLE_JIT="1")
    assert done.returncode == 0, done.stderr
    far, after, failed, here = done.stdout.split()
    manifest = json.loads((folder / "out/manifest.json").read_text())
    assert (far, failed) == (manifest["content_sha256"], "0")
    assert after == here
