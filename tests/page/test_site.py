"""A static site: every page leads somewhere, from the disk and from a strict server alike."""

import re
import threading
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect
from tests.watching import watch

import cgsim
from cgsim import lessons
from cgsim.page import one_file
from cgsim.page.site import site

from .conftest import BEHIND
from .looking import CASES, WAIT, plain, settled
from .test_page_command import run


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The files of a site with three partnerships."""
    made = tmp_path_factory.mktemp("site") / "our site"
    for name, text in site([cgsim.load(name) for name in CASES]).items():
        path = made / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return made


@pytest.fixture(scope="module")
def served(folder):
    """The site from a server that hands out files and lets nothing else happen."""

    class Strict(SimpleHTTPRequestHandler):
        def end_headers(self):
            self.send_header("Content-Security-Policy", "connect-src 'none'; object-src 'none'")
            self.send_header("X-Content-Type-Options", "nosniff")
            self.send_header("X-Frame-Options", "DENY")
            self.send_header("Referrer-Policy", "no-referrer")
            super().end_headers()

        def log_message(self, *_):
            pass

    handler = partial(Strict, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(params=["disk", "server"])
def begins(request, folder):
    if request.param == "disk":
        return folder.as_uri()
    return request.getfixturevalue("served")


@pytest.fixture
def page(browser, begins):
    wrong = []
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(WAIT)
    watch(page, (begins, "blob:", "data:"), wrong)
    page.add_init_script(BEHIND)
    yield page
    context.close()
    assert wrong == []


def test_the_site_has_a_page_for_everything(folder):
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*.html")}
    wanted = {"index.html", "lessons.html", "questions.html", "game.html"}
    wanted |= {f"scenarios/{name}.html" for name in CASES}
    wanted |= {f"lessons/{name}.html" for name in lessons.names()}
    assert names == wanted


class Links(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        told = dict(attributes)
        if tag == "a":
            self.found.append(told["href"])
        if told.get("http-equiv") == "refresh":
            self.found.append(told["content"].partition("url=")[2])


def test_every_small_page_leads_to_the_one_page_and_loads_nothing(folder):
    for path in folder.rglob("*.html"):
        if path.name == "index.html":
            continue
        text = path.read_text("utf-8")
        links = Links(text).found
        assert len(set(links)) == 1
        assert len(links) == 2
        file, _, _ = links[0].partition("#")
        assert (path.parent / file).resolve() == folder / "index.html"
        assert "default-src 'none'" in text
        assert "<script" not in text
        assert len(text) < 4000


def test_a_scenario_has_an_address_of_its_own(page, begins):
    for name in CASES:
        page.goto(f"{begins}/scenarios/{name}.html")
        settled(page, "all")
        assert f"case={name}" in page.url
        answer = cgsim.run(name, 500, 1).answer()
        assert answer.headline[0].text in plain(page.inner_text("main"))


def test_the_gallery_lessons_and_questions_are_there(page, begins):
    page.goto(f"{begins}/index.html")
    expect(page.locator(".gallery a")).to_have_count(len(CASES))
    page.goto(f"{begins}/lessons/who-is-in-charge.html")
    expect(page.get_by_role("heading", level=1)).to_have_text("Who is in charge?")
    expect(page.locator(".now")).to_have_attribute("aria-label", "Your decision")
    page.goto(f"{begins}/lessons.html")
    expect(page.locator(".cards a")).to_have_count(1 + len(lessons.names()))
    page.goto(f"{begins}/game.html")
    expect(page.get_by_role("button", name="Begin")).to_be_visible()
    page.goto(f"{begins}/questions.html")
    expect(page.get_by_role("button", name="Answer the questions")).to_be_visible()
    page.get_by_role("link", name="The answer", exact=True).click()
    settled(page, "all")
    meetings = page.get_by_label("Meetings", exact=True)
    meetings.press("ArrowRight")
    settled(page)
    assert "set.meetings" in page.url


def test_a_lessons_small_page_tells_no_answer(folder):
    for name in lessons.names():
        text = (folder / f"lessons/{name}.html").read_text("utf-8")
        assert not re.search(r"\d %|met [\d.]+", text.split("<main>")[1])


def test_the_command_writes_it_and_writes_it_anew(tmp_path, monkeypatch, capsys):
    out = tmp_path / "site"
    (out / "scenarios").mkdir(parents=True)
    (out / "scenarios" / "baseline.html").write_text("an older one")
    (out / "ours.css").write_text("kept")
    code, said, _ = run(monkeypatch, capsys, "page", "baseline", "--site", out)
    assert code == 0
    # The start, the list of lessons, the questionnaire, the game and one scenario.
    files = 5 + len(lessons.names())
    assert re.fullmatch(rf".*: {files} files, \d\.\d MB\. Open index\.html .*\n", said)
    assert "an older one" not in (out / "scenarios" / "baseline.html").read_text()
    assert (out / "ours.css").read_text() == "kept"
    assert '"opens":"room=start"' in (out / "index.html").read_text()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["baseline"], "one of -o FILE.html and --site FOLDER is needed"),
        (["baseline", "-o", "a.html", "--site", "s"], "one of -o FILE.html and --site FOLDER"),
        (["baseline", "--site", "there"], "--site: got there, a file; allowed a folder"),
        (["baselin", "--site", "s"], 'baselin: got "baselin"; allowed a library scenario'),
    ],
)
def test_bad_input_is_told_and_nothing_is_written(arguments, told, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there").write_text("a file")
    code, said, wrong = run(monkeypatch, capsys, "page", *arguments)
    assert (code, said) == (2, "")
    assert told in " ".join(wrong.split())
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


def test_too_much_for_one_page_is_no_site(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(one_file, "MOST_BYTES", 1000)
    code, _, wrong = run(monkeypatch, capsys, "page", "baseline", "--site", "s")
    assert code == 2
    assert "--site: the page would have" in wrong
    assert list(tmp_path.iterdir()) == []


def test_names_that_would_be_programs_are_names(browser, tmp_path):
    title = '"><script>document.title="x"</script>&'
    text = f'title = """{title}"""\nextends = "baseline"\n'
    files = site([cgsim.loads(text, file="a&b 'c'.toml")])
    (name,) = (name for name in files if name.startswith("scenarios/"))
    for path in ("index.html", name):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(files[path], "utf-8")
    page = browser.new_page()
    page.goto((tmp_path / name).as_uri())
    page.wait_for_selector("main[data-state]")
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    page.close()
