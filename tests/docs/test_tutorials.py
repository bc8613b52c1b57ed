"""The tutorials and how-to pages do as they say, line by line, in a new folder each.

How a page is read:

* ``console``: lines that begin with ``$`` are typed; what follows is what comes out. ``...`` stands
  for whatever is left out, ``# exit code 2`` behind a command for how it ends.
* ``toml``, ``csv``: a file; its first line is a remark with its name.
* ``python``: is run; a ``text`` block straight after it is what it prints. ``sql``: DuckDB runs it.
* ``<!-- not run: why -->`` before a block: only its commands and options are looked at.
* ``<!-- the page says: SCENARIO KEY=VALUE ... -->`` before ``text``: the headline in the browser.
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
import urllib.request
from pathlib import Path

import duckdb
import pytest
import typer

from cgsim.cli import app
from cgsim.experiment.results import run_frictions, run_many
from cgsim.measures import MEASURES
from cgsim.report import lessons
from cgsim.scenario import library, load
from cgsim.view import choice, ensemble

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
POLICY = DOCS / "tutorials/policy-team.md"
PAGES = sorted([*DOCS.glob("tutorials/*.md"), *DOCS.glob("how-to/*.md")])
BLOCK = re.compile(r"(?:^<!-- ([^\n]*) -->\n)?^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")
SAME = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


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
    if program == "dask":
        name = words.pop(0)
        command = pytest.importorskip(f"distributed.cli.dask_{name}").main
    elif words and words[0] not in named:
        assert words[0] in command.commands, line
        command = command.commands[words[0]]
    known = {option for p in command.params for option in (*p.opts, *p.secondary_opts)}
    assert {*named} <= {*known, "--help", "-h"}, line


def headline(what):
    """Return what the page in the browser says of a scenario with some values changed."""
    name, *values = shlex.split(what)
    scenario = load(name, values)
    (results,) = run_many([scenario], ensemble.REPLICATES, 1)
    count = ensemble.FRICTION_REPLICATES
    return ensemble.headline(results, run_frictions(scenario, count, 1))


def words_of(file):
    """Return what a page made by cgsim says, without its mark-up."""
    text = re.sub(r"<[^>]+>", " ", Path(file).read_text(encoding="utf-8"))
    return " ".join(html.unescape(text).split())


@pytest.mark.parametrize("page", PAGES, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_a_page_does_as_it_says(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    printed, session = None, {"__name__": "__main__"}
    for mark, kind, text in blocks(page):
        if mark.startswith("not run: "):
            for line, _, _ in commands(text) if kind == "console" else ():
                if line.startswith(("cgsim ", "dask ")):
                    parse(line)
        elif kind == "console":
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
        elif kind == "python":
            stream = io.StringIO()
            with contextlib.redirect_stdout(stream):
                exec(compile(text, str(page), "exec"), session)
            printed = stream.getvalue()
        elif kind == "sql":
            duckdb.execute(text)
        elif kind == "text" and mark.startswith("the page says: "):
            same(text, headline(mark.removeprefix("the page says: ")))
        elif kind == "text" and mark.startswith("in "):
            assert " ".join(text.split()) in words_of(mark.removeprefix("in "))
        elif kind == "text":
            assert printed is not None, "an output that nothing prints"
            same(text, printed)
            printed = None
        else:
            raise AssertionError(f"a block that nobody looks at: {mark!r} {kind!r}")


@pytest.mark.parametrize("page", PAGES, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_commands_named_in_the_text_exist(page):
    for line in re.findall(r"`(cgsim [^`]+)`", prose(page)):
        parse(line)


def test_what_is_wrong_on_a_page_is_noticed():
    same("gain\n...\n3.3 %", "gain is\nabout   3.3 %")
    for wanted in ("gain ... 3.4 %", "gain", "...\n..."):
        with pytest.raises(AssertionError):
            same(wanted, "gain is about 3.3 %")
    parse("cgsim view baseline --host 10.0.0.1")
    for line in ("cgsim show", "cgsim view --hosts 10.0.0.1", "cgsim --verison"):
        with pytest.raises(AssertionError):
            parse(line)


@pytest.mark.parametrize("name", ["policy-team", "lecturer"])
def test_what_a_tutorial_tells_to_press_is_there(name):
    """Words in bold stand on the page in the browser, on a lesson's page or on a report's."""
    source = ROOT / "src/cgsim"
    files = [source / "view/page.vue", *(source / "report/templates").glob("lesson.*")]
    shown = " ".join(path.read_text(encoding="utf-8") for path in files)
    shown += re.sub(r"\s*\{\{.*?\}\}", "", shown)
    shown += " ".join(lever.words for lever in choice.LEVERS)
    shown += " ".join(measure.words for measure in MEASURES)
    shown += " ".join(load(name).title for name in library.names())
    for lesson in map(lessons.load_lesson, lessons.names()):
        shown += " ".join([lesson.form.title, *(option.label for option in lesson.form.option)])
    bold = re.findall(r"\*\*(.+?)\*\*", prose(DOCS / f"tutorials/{name}.md"))
    assert bold
    assert [words for words in bold if words not in shown] == []


@pytest.fixture(scope="module")
def address():
    """Start the page as the tutorial for policy teams does, but without a browser of its own."""
    (line,) = (
        line
        for mark, kind, text in blocks(POLICY)
        if kind == "console" and mark
        for line, _, _ in commands(text)
    )
    process = subprocess.Popen(
        [sys.executable, "-m", *shlex.split(line), "--no-browser", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield process.stdout.readline().removeprefix("cgsim is at ").strip()
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


def test_the_page_in_the_browser_answers(address):
    with urllib.request.urlopen(address, timeout=30) as answer:
        assert "solara" in answer.read().decode()


def test_the_tutorial_for_policy_teams_in_a_browser(address, tmp_path):
    """What a reader does, in its order, with what the page then says."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        missing = "Debian's Chromium is missing: apt-get install chromium"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    api = pytest.importorskip("playwright.sync_api")
    steps = [
        (shlex.split(mark.removeprefix("the page says: ")), text)
        for mark, _, text in blocks(POLICY)
        if mark.startswith("the page says: ")
    ]
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page()
        page.goto(address)
        page.get_by_label("Scenario", exact=True).select_option(steps[0][0][0])
        page.get_by_text("All other assumptions").click()
        for (_, *values), text in steps:
            for key, _, value in (item.partition("=") for item in values):
                field = page.locator(f"#l0{key}, #c0{key}")
                group = page.locator("details.more details").filter(has=field)
                if group.count():
                    group.locator("summary").click()
                field.fill(value)
                field.blur()
            says = " ".join(text.replace("...", "").split())
            api.expect(page.locator(".cg-headline")).to_contain_text(says, timeout=30_000)
            if values:
                undo = page.get_by_role("button", name="Undo")
                undo.click()
                api.expect(undo).to_have_count(0)
        page.get_by_role("button", name="Compare").click()
        page.locator("#l1size").fill("8")
        says = " ".join(steps[1][1].replace("...", "").split())
        api.expect(page.locator(".cg-headline").nth(1)).to_contain_text(says, timeout=30_000)
        page.get_by_text("Take it away").click()
        with page.expect_download(timeout=60_000) as download:
            page.get_by_role("button", name="Report on B").click()
        download.value.save_as(tmp_path / "report.html")
        browser.close()
    assert steps[1][0] == ["under-authorised", "size=8"]
    assert "--set size=8" in words_of(tmp_path / "report.html")


def anchors(page):
    """Return the anchors of a page's headings, as GitHub makes them."""
    heads = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize(
    "page", [DOCS / "README.md", *PAGES], ids=lambda p: f"{p.parent.name}-{p.stem}"
)
def test_links_lead_somewhere(page):
    for link in LINK.findall(prose(page)):
        if link.startswith("http"):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_the_index_names_every_page():
    index = DOCS / "README.md"
    named = {(DOCS / link.partition("#")[0]).resolve() for link in LINK.findall(prose(index))}
    pages = {path for path in DOCS.rglob("*.md") if path != index}
    missing = {path for path in pages if path not in named and path.parent not in named}
    assert sorted(str(path.relative_to(DOCS)) for path in missing) == []
