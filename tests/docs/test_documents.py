"""What the documents take from the code is up to date, and the schema fits the library."""

import json
import re
import shlex
import tomllib
from pathlib import Path

import duckdb
import jsonschema
import pandas as pd
import pytest
from tests import program

ROOT = Path(__file__).parents[2]


def test_the_parameter_table_and_the_schema_are_up_to_date():
    done = program.run_file(ROOT / "docs/refresh.py", "--check")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", sorted((ROOT / "scenarios").glob("*.toml")), ids=lambda p: p.stem)
def test_the_schema_accepts_the_library(path):
    schema = json.loads((ROOT / "docs/scenario.schema.json").read_text())
    jsonschema.validate(tomllib.loads(path.read_text()), schema)


@pytest.mark.parametrize(
    "path", sorted((ROOT / "experiments").glob("*.toml")), ids=lambda p: p.stem
)
def test_the_schema_accepts_the_experiments(path):
    schema = json.loads((ROOT / "docs/experiment.schema.json").read_text())
    jsonschema.validate(tomllib.loads(path.read_text()), schema)


def blocks(page, language):
    """Return the code blocks of a page in one language."""
    found, inside = [], None
    for line in (ROOT / page).read_text().splitlines():
        if line.startswith("```"):
            inside = line[3:] if inside is None else None
            if inside == language:
                found.append("")
        elif inside == language:
            found[-1] += line + "\n"
    return found


def test_the_experiments_page_does_as_it_says(tmp_path):
    """Every command and every example of the page, in its order, in one folder, with few runs."""
    (example,) = blocks("docs/experiments.md", "toml")
    (tmp_path / "mine.toml").write_text(example)
    lines = [
        line.partition("#")[0]
        for text in blocks("docs/experiments.md", "")
        for line in text.splitlines()
    ]
    commands = [line for line in lines if line.strip() and "--scheduler" not in line]
    commands = [re.sub(r"--replicates \d+", "--replicates 2", line) for line in commands]
    commands = [re.sub(r"--base \d+", "--base 8", line) for line in commands]
    commands = [re.sub(r"--trajectories \d+", "--trajectories 2", line) for line in commands]
    for command in ["cgsim batch mine.toml --out results/mine --replicates 5", *commands]:
        done = program.run(*shlex.split(command)[1:], cwd=tmp_path)
        assert done.returncode == 0, (command, done.stderr)
    (code,) = blocks("docs/experiments.md", "python")
    done = program.run_python(re.sub(r"replicates=\d+", "replicates=2", code), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (query,) = blocks("docs/experiments.md", "sql")
    query = query.replace("results/size-meetings", str(tmp_path / "results/notebook"))
    rows = duckdb.sql(query).df()
    summary = pd.read_csv(tmp_path / "results/notebook/summary.csv").query("measure == 'gain'")
    both = rows.merge(summary, on=["size", "meetings"])
    assert len(both) == 70
    assert both.gain.to_numpy() == pytest.approx(both.estimate.to_numpy(), abs=1e-12)
    schema = json.loads((ROOT / "docs/manifest.schema.json").read_text())
    jsonschema.validate(
        json.loads((tmp_path / "results/notebook/manifest.json").read_text()), schema
    )


def test_the_schema_refuses_an_unknown_key():
    schema = json.loads((ROOT / "docs/scenario.schema.json").read_text())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"title": "T", "talk": {"veiw_rate": 1}}, schema)


def test_the_source_loads_no_code_from_data():
    """Extensions are code, and run where somebody names one: one place runs them.

    What calls an entry point by words is a text that is written there, not read.
    """
    forbidden = ("pickle", "joblib", "eval(", "exec(", "yaml.load", "allow_pickle")
    runs_code = {
        "building.py": 2,
        "extend/in_use.py": 1,
        "extend/month.py": 1,
        "extend/ways.py": 1,
        "machine_code.py": 1,
    }
    for path in (ROOT / "src").rglob("*.py"):
        text = path.read_text()
        name = path.relative_to(ROOT / "src/cgsim").as_posix()
        assert text.count("exec(") == runs_code.get(name, 0), name
        for word in set(forbidden) - {"exec("}:
            assert word not in text, (path.name, word)
