"""The server of Mesa's page: for this machine only, and one clear line for what is wrong."""

import asyncio
import importlib.util
import socket
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from cgsim.cli import app
from cgsim.view import server

PORT = 8765
HERE = f"127.0.0.1:{PORT}"


def asked(kind="http", **heads):
    """Return what the page's guard sends to somebody with these heads; "let in" if nothing."""
    sent = []

    async def page(scope, receive, send):
        sent.append({"type": "let in"})

    async def send(message):
        sent.append(message)

    headers = [(k.replace("_", "-").encode(), v.encode()) for k, v in heads.items()]
    scope = {"type": kind, "path": "/", "headers": headers}
    with ThreadPoolExecutor(1) as thread:  # a browser that is open beside it has a loop in this one
        thread.submit(lambda: asyncio.run(server.from_here(page)(scope, None, send))).result()
    return sent[0].get("status") or sent[0]["type"]


@pytest.mark.parametrize(
    "heads",
    [
        {"host": HERE},
        {"host": f"localhost:{PORT}", "origin": f"http://localhost:{PORT}"},
        {"host": HERE, "sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate"},
        {"host": HERE, "sec_fetch_site": "same-origin", "sec_fetch_mode": "no-cors"},
    ],
)
def test_this_machines_browser_is_let_in(heads):
    assert asked(**heads) == "let in"


@pytest.mark.parametrize(
    "heads",
    [
        {},
        {"host": "evil.example"},
        {"host": f"evil.example:{PORT}", "origin": f"http://evil.example:{PORT}"},
        {"host": f"127.0.0.1.evil.example:{PORT}"},
        {"host": HERE, "origin": "http://evil.example"},
        {"host": HERE, "origin": "null"},
        {"host": HERE, "origin": "http://127.0.0.1:9999"},
        {"host": HERE, "sec_fetch_site": "cross-site", "sec_fetch_mode": "no-cors"},
        {"host": HERE, "sec_fetch_site": "same-site", "sec_fetch_mode": "cors"},
    ],
)
def test_other_names_and_other_pages_are_refused(heads):
    assert asked(**heads) == 403
    assert asked("websocket", **heads) == "websocket.close"


def test_a_socket_has_to_say_where_it_comes_from():
    assert asked("websocket", host=HERE) == "websocket.close"
    assert asked("websocket", host=HERE, origin=f"http://{HERE}") == "let in"


def test_it_listens_on_this_machine_only():
    with server._listen(0) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"


def run(monkeypatch, capsys, *arguments):
    monkeypatch.setattr(sys, "argv", ["cgsim", "view", "--no-browser", *arguments])
    with pytest.raises(SystemExit) as ended:
        app.main()
    said = capsys.readouterr()
    return ended.value.code, said.out, said.err.splitlines()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["korsakof"], "korsakof"),
        (["bad.toml"], "bad.toml:2: partnership.1.sise"),
        (["baseline", "--set", "meetings=-1"], "meetings"),
        (["--port", "70000"], "--port"),
        (["--host", "0.0.0.0"], "--host"),
    ],
)
def test_bad_input_is_told_before_anything_starts(arguments, told, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.toml").write_text('title = "x"\npartnership = [{sise = 5}]\n')
    monkeypatch.setattr(server, "serve", lambda *_, **__: pytest.fail("it started"))
    code, out, lines = run(monkeypatch, capsys, *arguments)
    assert (code, out) == (2, "")
    assert told in " ".join(lines)
    assert not any("Traceback" in line or "Starting" in line for line in lines)


def test_a_port_that_is_taken_is_told_in_one_line(monkeypatch, capsys):
    monkeypatch.setattr(server, "application", lambda _: pytest.fail("it started"))
    with socket.socket() as taken:
        taken.bind((server.HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, _, lines = run(monkeypatch, capsys, "--port", str(port))
    assert code == 2
    wanted = f"--port: got {port}: Address already in use; allowed a free port (0 for any)"
    assert lines[-1] == wanted
    assert "Traceback" not in " ".join(lines)


def test_where_the_front_end_is_not_installed_it_is_said(monkeypatch, capsys):
    found = importlib.util.find_spec
    monkeypatch.setattr(server, "serve", lambda *_, **__: None)
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "solara_assets" else found(name)
    )
    code, _, lines = run(monkeypatch, capsys)
    assert code in (0, None)
    assert 'pip install "cgsim[offline]" brings it' in lines[1]


def test_without_solara_one_line_says_how_to_get_it(monkeypatch, capsys):
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "solara" else found(name)
    )
    code, _, lines = run(monkeypatch, capsys)
    assert code == 2
    assert lines[-1].endswith('pip install "cgsim[view]"')
