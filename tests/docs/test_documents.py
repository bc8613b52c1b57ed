"""What the documents take from the code is up to date, and the schema fits the library."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import jsonschema
import pytest

ROOT = Path(__file__).parents[2]


def test_the_parameter_table_and_the_schema_are_up_to_date():
    done = subprocess.run(
        [sys.executable, ROOT / "docs/refresh.py", "--check"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", sorted((ROOT / "scenarios").glob("*.toml")), ids=lambda p: p.stem)
def test_the_schema_accepts_the_library(path):
    schema = json.loads((ROOT / "docs/scenario.schema.json").read_text())
    jsonschema.validate(tomllib.loads(path.read_text()), schema)


def test_the_schema_refuses_an_unknown_key():
    schema = json.loads((ROOT / "docs/scenario.schema.json").read_text())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"title": "T", "talk": {"veiw_rate": 1}}, schema)


def test_the_source_loads_no_code_from_data():
    forbidden = ("pickle", "joblib", "eval(", "exec(", "yaml.load", "allow_pickle")
    for path in (ROOT / "src").rglob("*.py"):
        text = path.read_text()
        for word in forbidden:
            assert word not in text, (path.name, word)
