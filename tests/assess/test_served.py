"""The questions where a server shows them: answered in the browser, worked out, told in a page."""

import asyncio
import json
import socket
import threading
import time
import urllib.error
import urllib.request

import pytest

from cgsim.assess.answers import as_toml

from .people import BEST, TORN

uvicorn = pytest.importorskip("uvicorn")


@pytest.fixture(scope="module")
def address():
    from cgsim.view.assessing import Assessing
    from cgsim.view.guard import Guard

    async def nothing(scope, receive, send):
        await send({"type": "http.response.start", "status": 418, "headers": []})
        await send({"type": "http.response.body", "body": b"the other page"})

    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    host = f"127.0.0.1:{listener.getsockname()[1]}"
    served = Guard(Assessing(nothing, draws=50, replicates=2), {host})
    config = uvicorn.Config(served, log_level="error", lifespan="off", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://{host}"
    server.should_exit = True
    thread.join(10)
    listener.close()


def ask(address, path, body=None, **headers):
    made = urllib.request.Request(address + path, body, headers)
    try:
        with urllib.request.urlopen(made, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_all_other_addresses_are_left_to_the_page_behind(address):
    assert ask(address, "/") == (418, "the other page")
    assert ask(address, "/assessment") == (418, "the other page")
    assert ask(address, "/assess", b"x")[0] == 405
    assert ask(address, "/assess/reports/none")[0] == 404


def test_answers_become_a_report(address):
    files = [["a.toml", as_toml(BEST, "Safer streets")], ["b.toml", as_toml(TORN)]]
    status, text = ask(address, "/assess/answers", json.dumps(files).encode())
    assert status == 200
    status, page = ask(address, json.loads(text)["report"])
    assert status == 200
    assert "Safer streets" in page
    assert "Where the partners differ" in page


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "allowed a list of"),
        (b"[" * 5000, "allowed a list of"),
        (b"[]", "allowed a list of"),
        (b'[["a.toml"]]', "allowed a list of"),
        (b'[["a.toml", 3]]', "allowed a list of"),
        (b'[["a.toml", "[answers]\\nsise = \\"few\\""]]', "a.toml:2: answers.sise"),
        (b"[" + b" " * 2**20 + b"]", "allowed that much"),
    ],
)
def test_what_are_no_answers_is_told_so(address, body, said):
    status, text = ask(address, "/assess/answers", body)
    assert status == 400
    assert said in json.loads(text)["fault"]


@pytest.mark.parametrize(
    ("path", "origin", "said"),
    [("/assess", "", b" 405 "), ("/assess/answers", "Origin: http://elsewhere\r\n", b" 403 ")],
)
def test_whoever_is_refused_hears_it_though_still_sending(address, path, origin, said):
    host = address.removeprefix("http://")
    name, _, port = host.partition(":")
    head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\n{origin}"
    length = 2**20 + 5
    with socket.create_connection((name, int(port)), timeout=10) as sender:
        sender.sendall(f"{head}Content-Length: {length}\r\nConnection: close\r\n\r\n".encode())
        time.sleep(0.2)  # long enough for an answer that does not wait for the rest
        sender.sendall(b"x" * length)
        heard = b""
        while part := sender.recv(4096):
            heard += part
    assert said in heard.partition(b"\r\n")[0]


def test_other_pages_may_not_ask(address):
    assert ask(address, "/assess/answers", b"[]", Origin="http://elsewhere")[0] == 403


def test_one_assessment_at_a_time_and_only_the_last_reports_are_kept(monkeypatch):
    from cgsim.view import assessing

    made = assessing.Assessing(None)
    monkeypatch.setattr(made, "_report", lambda answers: "report")
    body = json.dumps([["a.toml", as_toml(BEST)]]).encode()

    def take():
        sent = []

        async def send(message):
            sent.append(message)

        # The browser of other tests has a loop in this thread.
        thread = threading.Thread(target=lambda: asyncio.run(made._take(body, send)))
        thread.start()
        thread.join()
        return sent[0]["status"]

    assert {take() for _ in range(assessing.MOST_REPORTS + 3)} == {200}
    assert len(made.reports) == assessing.MOST_REPORTS
    made.busy = True
    assert take() == 503


def test_a_person_answers_in_the_browser_and_reads_the_report(address, browser, tmp_path):
    from axe_playwright_python.sync_playwright import Axe

    other = tmp_path / "police.toml"
    other.write_text(as_toml(TORN))
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    wrong = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(f"{address}/assess")
    assert Axe().run(page).response["violations"] == []
    page.get_by_label("Your organisation").fill("Council")
    page.get_by_label("The partnership").fill("Safer streets")
    page.get_by_label("Six to eight.").check()
    page.get_by_label("Files of other partners").set_input_files(other)
    page.get_by_role("button", name="Work it out").click()
    page.wait_for_url("**/assess/reports/*")
    assert page.get_by_role("heading", name="Safer streets").count() == 1
    assert "Two answers pull apart." in page.inner_text("body")
    page.go_back()
    bad = tmp_path / "bad.toml"
    bad.write_text('[answers]\nsise = "few"\n')
    page.get_by_label("Files of other partners").set_input_files(bad)
    page.get_by_role("button", name="Work it out").click()
    page.get_by_text("bad.toml:2: answers.sise").wait_for()
    page.close()
    assert wrong == []
