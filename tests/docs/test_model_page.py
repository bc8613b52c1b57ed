"""The model page is whole: every step, every reference, every link has what it points to."""

import ast
import inspect
import re
import sys
from pathlib import Path

import pytest

from cgsim.rules import state
from cgsim.scenario.parameters import PARAMETERS

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
sys.path.insert(0, str(DOCS))
import model_page  # noqa: E402

PAGES = sorted([*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"])
SOURCES = sorted([*(ROOT / "src").rglob("*.py"), *(ROOT / "src").rglob("*.toml")])
#: "Dyer & Chu 2003", "Grimm and others (2020)", "Chan, Golub & LeVeque 1983"
CITED = re.compile(
    r"\b((?:[A-Z][\w’'-]+, (?:van der )?)*[A-Z][\w’'-]+"
    r"(?:(?: &| and) [A-Z][\w’'-]+| and others| et al\.)?)"
    r",? \(?((?:19|20)\d\d)\b"
)
NO_WORKS = {"March", "November"}  #: months of dates
STUDY = ("ES", "CTX", "ACT", "KEY", "CON", "LIT")


def headings(path):
    """Return the addresses of a page's headings."""
    text = re.sub(r"```.*?```", "", path.read_text("utf-8"), flags=re.S)
    return {model_page.anchor(line) for line in re.findall(r"^#+ (.+)$", text, re.M)}


def works():
    """Return (first author, year) of every reference that is listed."""
    listed = (DOCS / "references.md").read_text("utf-8")
    entries = re.findall(r"^\* ([^,(]+?)(?:,[^(]*)? \((\d{4})\)", listed, re.M)
    return set(entries)


def cited_in(text):
    """Return (first author, year) of every work that a text cites."""
    found = set()
    for names, year in CITED.findall(text):
        first = re.split(r",| &| and| et al", names)[0]
        if first not in NO_WORKS:
            found.add((first, year))
    return found


def test_every_step_of_the_month_is_told_in_the_order_in_which_it_is_lived():
    numbers = [number for number, _, _ in model_page.steps().values()]
    assert numbers == list(range(11))
    told = re.findall(r"^### Step (\d+), ", (DOCS / "model.md").read_text("utf-8"), re.M)
    assert told == [str(number) for number in numbers]


def test_every_submodel_says_why_it_has_its_form():
    for name in (*model_page.NAMED, *model_page.steps()):
        told = " ".join((inspect.getdoc(model_page.module(name)) or "").split())
        why = told.partition("Why this form: ")[2]
        assert len(why.split()) > 15, name
        assert "xpert assumption" in why or cited_in(why) or "study" in why, name


def test_every_variable_has_a_row():
    page = (DOCS / "model.md").read_text("utf-8")
    for table in (state.World, state.Shocks, state.State):
        for name in table._fields:
            assert f"| `{name}` |" in page or name == "partnership", name
    for name in state.partnership_dtype.names:
        assert f"| `{name}` | B |" in page, name


@pytest.mark.parametrize("path", [*PAGES, *SOURCES], ids=lambda path: path.name)
def test_every_work_that_is_cited_is_listed(path):
    if path.name != "references.md":
        assert cited_in(path.read_text("utf-8")) <= works()


def test_every_work_that_is_listed_is_cited():
    register = (ROOT / "experiments/evidence").glob("*.toml")
    lessons = (ROOT / "lessons").glob("*.md")
    texts = [path.read_text("utf-8") for path in (*PAGES, *SOURCES, *register, *lessons)]
    everything = "\n".join(t for t in texts if not t.startswith("# References"))
    for author, year in works() - {("Amey", "2008")}:  # the study, cited by its sections
        near = re.compile(
            rf"{re.escape(author)}[^\n]{{0,60}}{year}|{re.escape(author)}[’']s method"
        )
        assert near.search(everything), (author, year)


def test_a_source_of_a_parameter_is_a_work_that_is_listed_or_a_section_of_the_study():
    for p in PARAMETERS:
        if p.source.startswith("study, section "):
            assert p.source.split()[2].rstrip(":;") in STUDY, p.name
        elif p.source:
            assert cited_in(p.source), p.name
        else:
            assert p.basis in ("assumption", "lever", "definition"), p.name


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_a_place_on_the_model_page_that_the_source_names_is_there(path):
    text = " ".join(path.read_text("utf-8").split())
    for place in re.findall(r"[Mm]odel page, ([A-Z][\w ]+)", text):
        names = re.split(r" and ", place)
        for name in names:
            found = [
                h for h in headings(DOCS / "model.md") if h.startswith(model_page.anchor(name))
            ]
            assert found, (path.name, name)
    assert not re.search(r"model page, sections? \d", text), path.name


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_to_a_page_and_to_a_heading_of_it(path):
    text = re.sub(r"```.*?```", "", path.read_text("utf-8"), flags=re.S)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"\w+://|mailto:", target):
            continue
        place, _, heading = target.partition("#")
        page = (path.parent / place).resolve() if place else path
        assert page.exists(), target
        assert not heading or heading in headings(page), target


def test_what_is_called_has_a_docstring():
    for done in model_page.order():
        source = inspect.getsource(model_page.module(done.module))
        (rule,) = (
            n
            for n in ast.parse(source).body
            if isinstance(n, ast.FunctionDef) and n.name == done.rule
        )
        assert ast.get_docstring(rule), done
