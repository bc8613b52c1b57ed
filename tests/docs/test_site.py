"""The documents as a site: every page has one place in it, and it builds without a warning."""

import re
import sys
from collections import Counter
from pathlib import Path

import pytest
from tests import program

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "docs/site"))
import build  # noqa: E402


def test_every_page_stands_in_one_place_of_the_contents():
    made = {"try-it", "api", "decisions/index"}  #: pages that the build itself writes
    inside = ("notebooks/", "decisions/")  #: pages that stand in the contents of their folder
    pages = {place.rpartition(".")[0] for place in build.pages().values()} - {"index"}
    pages = {p for p in pages if not p.startswith(inside) or p.endswith("index")} | made
    listed = Counter(name for names in build.listed().values() for name in names)
    assert set(listed) == pages
    assert set(listed.values()) == {1}


def test_links_are_turned_to_where_pages_then_are():
    path = ROOT / "docs/tutorials/researcher.md"
    text = (
        "[install](../../README.md#on-the-command-line) [model](../model.md#arms) "
        "[worlds](../../tests/vectors) [folder](../decisions/) [self](#here)\n"
        "```console\n$ echo [kept](../model.md)\n```\n"
    )
    assert build.turned(text, path, "tutorials/researcher.md") == (
        "[install](../readme.md#on-the-command-line) [model](../model.md#arms) "
        "worlds [folder](../decisions/index.md) [self](#here)\n"
        "```console\n$ echo [kept](../model.md)\n```\n"
    )


@pytest.mark.soak
def test_the_site_builds_without_a_warning_and_can_be_searched_from_a_folder():
    pytest.importorskip("sphinx")
    pytest.importorskip("myst_nb")
    done = program.run_file(ROOT / "docs/site/build.py", fresh=True, CGSIM_NOTEBOOKS="off")
    assert done.returncode == 0, done.stdout + done.stderr
    for place in build.pages().values():
        assert (build.SITE / place).with_suffix(".html").exists(), place
    assert "Search.setIndex(" in (build.SITE / "searchindex.js").read_text("utf-8")
    model = (build.SITE / "model.html").read_text("utf-8")
    assert re.search(r'src="(?:_images/)?month\.svg|_images/month', model)
    assert "cgsim" in (build.SITE / "live.html").read_text("utf-8")
