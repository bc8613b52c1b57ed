"""The tutorials and how-to pages do as they say, line by line, in a new folder each.

How a page is read:

* ``console``: lines that begin with ``$`` are typed; what follows is what comes out. ``...`` stands
  for whatever is left out, ``# exit code 2`` behind a command for how it ends.
* ``toml``, ``csv``: a file; its first line is a remark with its name.
* ``python``: is run, or is a file where its first line is a remark with its name; a ``text`` block
  straight after it is what it prints. ``r``: the same by R, where there is R. ``sql``: DuckDB runs
  it.
* ``<!-- not run: why -->`` before a block: only its commands and options are looked at.
* ``<!-- the page says: SCENARIO KEY=VALUE ... -->`` before ``text``: what the page answers.
* ``<!-- in FILE -->`` before ``text``: words that the file holds which a command has written.
"""

import contextlib
import doctest
import html
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
import typer
from tests.browsing import CHROMIUM, chromium, need_chromium

from cgsim import lessons
from cgsim.answer.catalogue import english
from cgsim.cli import app
from cgsim.experiment.doubt import drawn_many
from cgsim.page import one_file
from cgsim.page.contents import RUNS, answered
from cgsim.running.results import run_many
from cgsim.scenario import library, load, loads

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
POLICY = DOCS / "tutorials/policy-team.md"
LECTURER = DOCS / "tutorials/lecturer.md"
PAGES = sorted([*DOCS.glob("tutorials/*.md"), *DOCS.glob("how-to/*.md")])
LONG = (
    "calibrate",
    "extend-the-model",
    "find-what-drives-a-result",
    "find-where-gain-ends",
)
"""Pages that take long: `make soak` does as they say, the ordinary run looks at their commands."""
BLOCK = re.compile(r"(?:^<!-- ([^\n]*) -->\n)?^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE_NAME = re.compile(r"# ([\w-]+\.py)\n")
LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")
SAME = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


R = shutil.which("Rscript")
NOBODY_KNOWS = object()
"""What is printed where nothing is there to print it."""


def by_r(text):
    """Return what R prints."""
    Path("block.R").write_text(text, encoding="utf-8")
    done = subprocess.run([R, "--vanilla", "block.R"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def blocks(page):
    """Return a page's code blocks: the remark before each, its language, its text."""
    return BLOCK.findall(page.read_text(encoding="utf-8"))


def prose(page):
    return BLOCK.sub("", page.read_text(encoding="utf-8"))


def commands(text):
    """Return what is typed in a console block: the line, its exit code, and what comes out."""
    found = []
    for line in text.splitlines(keepends=True):
        if line.startswith("$ "):
            typed, _, code = line[2:].partition("  # exit code ")
            found.append([typed.strip(), int(code or 0), ""])
        else:
            found[-1][2] += line
    return found


def same(wanted, got):
    wanted = "\n".join(line.rstrip() for line in wanted.splitlines())
    assert wanted.replace(".", "").strip(), "an output of which nothing is shown"
    assert doctest.OutputChecker().check_output(wanted, got, SAME), f"shown:\n{wanted}\nis:\n{got}"


def cgsim(line, patch):
    """Run a command in this process, which spares most of a second each."""
    out, err = io.StringIO(), io.StringIO()
    patch.setattr(sys, "argv", shlex.split(line))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            app.main()
            code = 0
        except SystemExit as ended:
            code = ended.code or 0
    return code, out.getvalue(), err.getvalue()


def shell(line):
    done = subprocess.run(line, shell=True, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout, done.stderr


def parse(line):
    """Refuse a command of cgsim or Dask that is not there, or that has no such option."""
    program, *words = shlex.split(line)
    named = [word for word in words if word.startswith("-")]
    command = typer.main.get_command(app.app)
    if words[:2] == ["--engine", "native"]:  # before the command
        del words[:2], named[0]
    if program == "dask":
        name = words.pop(0)
        command = pytest.importorskip(f"distributed.cli.dask_{name}").main
    elif words and words[0] not in named:
        assert words[0] in command.commands, line
        command = command.commands[words[0]]
    known = {option for p in command.params for option in (*p.opts, *p.secondary_opts)}
    assert {*named} <= {*known, "--help", "-h"}, line


def headline(what):
    """Return what the page says of a scenario with some values changed."""
    name, *values = shlex.split(what)
    scenario = load(name, values)
    (results,) = run_many([scenario], RUNS, 1, reasons=True)
    return results.answer(drawn_many([scenario], 1)[0]).text


def words_of(file):
    """Return what a page made by cgsim says, without its mark-up."""
    text = re.sub(r"<[^>]+>", " ", Path(file).read_text(encoding="utf-8"))
    return " ".join(html.unescape(text).split())


def with_few_runs(scenarios, seed, **more):
    """Answer for a page that is written and not read."""
    return answered(scenarios, seed, 20, **more)


@pytest.fixture(scope="module")
def played():
    """Return what plays a lesson as it is shipped, each of them once for all pages."""
    play, done = lessons.play, {}

    def once(lesson, **more):
        if lesson != lessons.load_lesson(lesson.name):
            return play(lesson, **more)
        if lesson.name not in done:
            done[lesson.name] = play(lesson, **more)
        return done[lesson.name]

    return once


@pytest.mark.parametrize(
    "page",
    [pytest.param(p, marks=[pytest.mark.soak] if p.stem in LONG else []) for p in PAGES],
    ids=lambda p: f"{p.parent.name}-{p.stem}",
)
def test_a_page_does_as_it_says(page, tmp_path, monkeypatch, played):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(lessons, "play", played)
    monkeypatch.setattr(one_file, "answered", with_few_runs)
    monkeypatch.setenv("COLUMNS", "100")
    printed, session = None, {"__name__": "__main__"}
    for mark, kind, text in blocks(page):
        if mark.startswith("not run: "):
            continue
        if kind == "console":
            for line, wanted, shown in commands(text):
                ours = line.startswith("cgsim ")
                code, out, err = cgsim(line, monkeypatch) if ours else shell(line)
                assert code == wanted, (line, code, out, err)
                if shown.strip():
                    same(shown, out or err)
        elif kind in ("toml", "csv"):
            name = text.splitlines()[0].removeprefix("# ")
            assert re.fullmatch(rf"[\w-]+\.{kind}", name), f"a file without a name: {name}"
            Path(name).write_text(text, encoding="utf-8")
        elif kind == "python" and FILE_NAME.match(text):
            Path(FILE_NAME.match(text)[1]).write_text(text, encoding="utf-8")
        elif kind == "python":
            stream = io.StringIO()
            with contextlib.redirect_stdout(stream):
                exec(compile(text, str(page), "exec"), session)
            printed = stream.getvalue()
        elif kind == "r":
            assert R or not os.environ.get("CI"), "R has to be there"
            printed = by_r(text) if R else NOBODY_KNOWS
        elif kind == "sql":
            duckdb.execute(text)
        elif kind == "text" and mark.startswith("the page says: "):
            if page != POLICY or not CHROMIUM:  # a browser reads those of that page, see below
                same(text, headline(mark.removeprefix("the page says: ")))
        elif kind == "text" and mark.startswith("the lesson says: "):
            assert (tmp_path / f"{mark.removeprefix('the lesson says: ')}.html").is_file()
        elif kind == "text" and mark.startswith("in "):
            assert " ".join(text.split()) in words_of(mark.removeprefix("in "))
        elif kind == "text":
            assert printed is not None, "an output that nothing prints"
            if printed is not NOBODY_KNOWS:
                same(text, printed)
            printed = None
        else:
            raise AssertionError(f"a block that nobody looks at: {mark!r} {kind!r}")


@pytest.mark.parametrize("page", PAGES, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_commands_of_a_page_exist(page):
    for line in re.findall(r"`(cgsim [^`]+)`", prose(page)):
        parse(line)
    for _, kind, text in blocks(page):
        for line, _, _ in commands(text) if kind == "console" else ():
            if line.startswith(("cgsim ", "dask ")):
                parse(line)


def test_what_is_wrong_on_a_page_is_noticed():
    same("gain\n...\n3.3 %", "gain is\nabout   3.3 %")
    for wanted in ("gain ... 3.4 %", "gain", "...\n..."):
        with pytest.raises(AssertionError):
            same(wanted, "gain is about 3.3 %")
    parse("cgsim view baseline --port 0")
    for line in ("cgsim show", "cgsim view --ports 0", "cgsim --verison"):
        with pytest.raises(AssertionError):
            parse(line)


@pytest.mark.parametrize("name", ["policy-team", "lecturer"])
def test_what_a_tutorial_tells_to_press_is_there(name):
    """Words in bold stand on the page that carries the model, or on a lesson's page."""
    source = ROOT / "src/cgsim"
    shown = (source / "page/built/page.js").read_text(encoding="utf-8")
    shown += re.sub(r"\s*\{\{.*?\}\}", "", shown)
    shown += " ".join(english().texts.values())
    shown += " ".join(load(name).title for name in library.names())
    for lesson in map(lessons.load_lesson, lessons.names()):
        shown += " ".join([lesson.form.title, *(option.label for option in lesson.form.option)])
    bold = re.findall(r"\*\*(.+?)\*\*", prose(DOCS / f"tutorials/{name}.md"))
    assert bold
    assert [words for words in bold if words not in shown] == []


def test_the_tutorial_for_policy_teams_in_a_browser(tmp_path):
    """What a reader does, in its order, with what the page then says."""
    need_chromium()
    from playwright.sync_api import expect

    steps = [
        (shlex.split(mark.removeprefix("the page says: ")), text)
        for mark, _, text in blocks(POLICY)
        if mark.startswith("the page says: ")
    ]
    file = tmp_path / "page.html"
    file.write_text(one_file.page([load("baseline"), load("under-authorised")]), "utf-8")
    given = load("under-authorised").partnerships[0].levers
    labels = {"size": "Members", "lead_strength": "Strength of the lead", "fund": "Bought hours"}
    with chromium() as browser:
        page = browser.new_page()
        page.set_default_timeout(60_000)
        page.goto(file.as_uri())
        page.get_by_role("link", name=load(steps[0][0][0]).title).last.click()
        for (_, *values), text in steps:
            for key, _, value in (item.partition("=") for item in values):
                lever = page.get_by_label(labels.get(key, "Meetings"), exact=True)
                lever.focus()
                to = f"set.{key}={value}"
                for _ in range(40):
                    if to in page.evaluate("location.hash"):
                        break
                    more = float(value) > given.get(key, 12)
                    page.keyboard.press("ArrowRight" if more else "ArrowLeft")
                assert to in page.evaluate("location.hash")
            for said in filter(str.strip, " ".join(text.split()).split("...")):
                wanted = said.strip().replace(" %", "\u00a0%")
                expect(page.locator("main")).to_contain_text(wanted, timeout=60_000)
            if values:
                page.get_by_role("button", name="As given").click()
        page.get_by_role("link", name="Compare", exact=True).click()
        page.get_by_label("What A is compared with").select_option("under-authorised")
        page.get_by_label("Members, B").select_option(label="eight")
        page.get_by_text("B gains", exact=False).first.wait_for()
        page.get_by_role("link", name="Take away", exact=True).click()
        with page.expect_download() as download:
            page.get_by_role("button", name="Scenario (.toml)").click()
        assert loads(download.value.path().read_text("utf-8")).partnerships[0].size == 12


def test_the_tutorial_for_lecturers_in_a_browser(tmp_path):
    """What a room sees when a lesson is revealed is what the tutorial shows."""
    need_chromium()
    from playwright.sync_api import expect

    told = [(mark, text) for mark, _, text in blocks(LECTURER) if "the lesson says: " in mark]
    assert told
    for mark, text in told:
        lesson = lessons.load_lesson(mark.removeprefix("the lesson says: "))
        file = tmp_path / "lesson.html"
        file.write_text(one_file.lesson_page(lesson), "utf-8")
        with chromium() as browser:
            page = browser.new_page()
            page.set_default_timeout(60_000)
            page.goto(file.as_uri())
            page.locator(".steps button").first.wait_for()
            page.locator("#lever").fill("6")
            page.locator(".lived svg").first.wait_for()
            page.get_by_role("button", name="Next").click()
            page.keyboard.press("1")
            page.get_by_role("button", name="Reveal").click()
            wanted = " ".join(text.split()).replace(" %", "\u00a0%")
            expect(page.locator(".says")).to_contain_text(wanted, timeout=60_000)


def test_what_to_do_when_something_fails_is_what_the_lecturers_edition_says():
    texts = english().texts
    said = [text for name, text in texts.items() if name.startswith("live_teach.fails_")]
    assert len(said) == 5
    assert [text for text in said if text not in prose(LECTURER)] == []


def test_the_rubric_of_the_game_is_the_one_on_the_wall():
    texts, told = english().texts, prose(DOCS / "game.md")
    for name in ("saw", "meant", "was", "otherwise"):
        asked, earns = (texts[f"live_wall.rubric_{name}{of}"] for of in ("", "_for"))
        assert f"*{asked}* {earns}" in told


def test_the_index_names_every_page():
    index = DOCS / "README.md"
    named = {(DOCS / link.partition("#")[0]).resolve() for link in LINK.findall(prose(index))}
    pages = {path for path in DOCS.rglob("*.md") if path != index}
    missing = {path for path in pages if path not in named and path.parent not in named}
    assert sorted(str(path.relative_to(DOCS)) for path in missing) == []
