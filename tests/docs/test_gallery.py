"""The gallery says what the engine says, of every scenario, in words and in pictures."""

import importlib.util
import re
import shutil
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from tests import program

import cgsim
from cgsim.pictures.figures import SVG
from cgsim.scenario import library

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/gallery.md"
PICTURES = ROOT / "docs/pictures/gallery"
MAKER = ROOT / "docs/pictures/gallery.py"
every_scenario = pytest.mark.parametrize("name", library.names())


@pytest.fixture(scope="module")
def maker():
    about = importlib.util.spec_from_file_location("gallery", MAKER)
    module = importlib.util.module_from_spec(about)
    sys.modules["gallery"] = module
    about.loader.exec_module(module)
    yield module
    del sys.modules["gallery"]


@pytest.mark.parametrize("name", ["korsakoff", "inertia"])
def test_text_and_picture_of_a_scenario_are_what_the_engine_gives_now(maker, name):
    entry = maker.entry(name)
    assert maker.description_in(entry.path) == entry.description
    text = PAGE.read_text(encoding="utf-8")
    assert entry.section() in text
    assert entry.row() in text


@pytest.mark.soak
def test_text_and_pictures_are_what_the_engine_gives_now():
    done = program.run_file(MAKER, "--check")
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_check_names_what_is_out_of_date(maker, tmp_path, monkeypatch, capsys):
    entry = maker.entry("armadale")
    monkeypatch.setattr(maker.library, "names", lambda: ("armadale",))
    monkeypatch.setattr(maker, "entry", lambda name: entry)
    monkeypatch.setattr(maker, "DOCS", tmp_path)
    monkeypatch.setattr(maker, "PAGE", tmp_path / "gallery.md")
    monkeypatch.setattr(maker, "PICTURES", tmp_path / "gallery")

    def check():
        monkeypatch.setattr(sys, "argv", ["gallery.py", "--check"])
        return maker.main(), capsys.readouterr().out

    monkeypatch.setattr(sys, "argv", ["gallery.py"])
    assert maker.main() == 0
    assert check() == (0, "")
    picture, page = tmp_path / "gallery/armadale.svg", tmp_path / "gallery.md"

    good = picture.read_text()
    picture.write_text(good.replace("95 % interval ", "95 % interval 9"))
    code, told = check()
    assert code == 1
    assert told == "armadale.svg is out of date: run docs/pictures/gallery.py\n"
    picture.write_text(good)

    page.write_text(page.read_text().replace("more need", "less need"))
    shutil.copy(picture, tmp_path / "gallery/left-over.svg")
    code, told = check()
    assert code == 1
    assert [line.split()[0] for line in told.splitlines()] == ["gallery.md", "left-over.svg"]

    monkeypatch.setattr(sys, "argv", ["gallery.py"])
    assert maker.main() == 0
    assert check() == (0, "")
    assert not (tmp_path / "gallery/left-over.svg").exists()


@every_scenario
def test_every_scenario_has_its_story_its_source_its_picture_and_its_commands(name):
    scenario = cgsim.load(name)
    parts = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.M)[1:]
    (part,) = [part for part in parts if part.startswith(scenario.title + "\n")]
    assert " ".join(scenario.summary.split()) in part
    assert f"*{scenario.source}*" in part
    assert f"(pictures/gallery/{name}.svg)" in part
    assert f"cgsim page {name} -o {name}.html\n" in part
    assert f"cgsim run {name} --replicates" in part


def test_the_table_leads_to_the_sections():
    text = PAGE.read_text(encoding="utf-8")
    links = re.findall(r"\]\(#(.+?)\)", text)
    headings = re.findall(r"^## (.+)$", text, flags=re.M)
    as_github = [re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings]
    assert links == as_github
    assert len(set(links)) == len(library.names())


@every_scenario
def test_pictures_are_small_hold_their_text_as_text_and_say_what_they_show(name):
    path = PICTURES / f"{name}.svg"
    assert path.stat().st_size < 60_000
    root = ElementTree.parse(path).getroot()
    title, description = (root.find(f"{{{SVG}}}{tag}") for tag in ("title", "desc"))
    assert root.get("role") == "img"
    assert root.get("aria-labelledby").split() == [title.get("id"), description.get("id")]
    assert cgsim.load(name).title in title.text
    assert re.search(r"\d", description.text)
    texts = ["".join(element.itertext()) for element in root.iter(f"{{{SVG}}}text")]
    assert {"Need met each month", "together", "alone"} <= set(texts)
    assert root.find(f".//{{{SVG}}}image") is None
    outside = [v for e in root.iter() for v in e.attrib.values() if v.startswith("http")]
    assert not outside
