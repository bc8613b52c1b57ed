"""The notebooks are notebooks, state no results by hand, and run to their end without a warning."""

import re
from pathlib import Path

import jupytext
import nbformat
import pytest
from tests import program

FOLDER = Path(__file__).parents[2] / "docs/notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.py"))
every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def test_the_notebooks_that_the_readme_lists_are_there():
    listed = re.findall(r"^\| `(.+?)`", (FOLDER / "README.md").read_text(), re.M)
    assert listed == [path.name for path in NOTEBOOKS]
    assert len(listed) == 5


@every_notebook
def test_jupytext_reads_a_notebook_without_results_and_writes_it_back_as_it_was(path):
    notebook = jupytext.read(path)
    nbformat.validate(notebook)
    kinds = [cell.cell_type for cell in notebook.cells]
    assert kinds[0] == "markdown"
    assert kinds.count("markdown") >= 5
    assert kinds.count("code") >= 5
    assert set(kinds) == {"markdown", "code"}
    assert not any(cell.outputs for cell in notebook.cells if cell.cell_type == "code")
    assert jupytext.writes(notebook, fmt="py:percent") == path.read_text(encoding="utf-8")


@every_notebook
def test_the_text_says_what_it_teaches_and_types_in_no_result(path):
    texts = [c.source for c in jupytext.read(path).cells if c.cell_type == "markdown"]
    assert "You will" in texts[0]
    assert "It takes about" in texts[0]
    for text in texts:
        prose = re.sub(r"`[^`]*`|95 %", "", text)
        assert not re.search(r"\d\.\d|\d ?%", prose), text


@pytest.mark.parametrize(
    "path",  # what the last two do, tests/engine/test_changed_rules.py and tests/calibrate do too
    [path for path in NOTEBOOKS if path.stem[:2] not in ("04", "05")],
    ids=lambda path: path.stem,
)
def test_with_few_runs_it_runs_to_its_end(path, tmp_path):
    few = tmp_path / path.name
    text = path.read_text(encoding="utf-8")
    few.write_text(re.sub(r"(replicates=|led\], )\d+", r"\g<1>100", text), encoding="utf-8")
    runs_to_its_end(few, tmp_path)


@pytest.mark.soak
@every_notebook
def test_it_runs_to_its_end_as_a_script_and_leaves_nothing_behind(path, tmp_path):
    runs_to_its_end(path, tmp_path)


def runs_to_its_end(path, tmp_path):
    here, temporary = tmp_path / "here", tmp_path / "temporary"
    here.mkdir()
    temporary.mkdir()
    before = sorted(FOLDER.iterdir())
    # A notebook that sets how cgsim is loaded has to be the first to load it.
    fresh = "os.environ[" in path.read_text(encoding="utf-8")
    done = program.run_file(path, cwd=here, fresh=fresh, MPLBACKEND="Agg", TMPDIR=temporary)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    assert done.stdout
    assert not list(here.iterdir())
    assert not list(temporary.iterdir())
    assert sorted(FOLDER.iterdir()) == before
