"""Who may come in: foreign hosts and origins, tokens, odd paths; how the server starts and ends."""

import http.client
import re
import signal
import socket
import subprocess
import sys
import time
from urllib.parse import urlsplit

import pytest

from cgsim.view import server

from .conftest import need_browser, serve, stop

pytest.importorskip("solara")


@pytest.fixture(scope="module")
def guarded():
    served = serve()
    yield urlsplit(served.address)
    stop(served)


def ask(address, path="/", headers=None, host=None):
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=20)
    connection.putrequest("GET", path, skip_host=True)
    connection.putheader("Host", host or address.netloc)
    for key, value in (headers or {}).items():
        connection.putheader(key, value)
    connection.endheaders()
    response = connection.getresponse()
    body = response.read().decode("utf-8", "replace")
    connection.close()
    return response, body


def websocket(address, origin):
    headers = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    }
    if origin is not None:
        headers["Origin"] = origin
    path = "/jupyter/api/kernels/00000000-0000-0000-0000-000000000000/channels?session_id=x"
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=20)
    connection.putrequest("GET", path, skip_host=True)
    connection.putheader("Host", address.netloc)
    for key, value in headers.items():
        connection.putheader(key, value)
    connection.endheaders()
    status = connection.getresponse().status
    connection.close()
    return status


def test_a_visitor_gets_the_page_with_a_policy_that_lets_nothing_out(guarded):
    response, body = ask(guarded)
    assert response.status == 200
    policy = response.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "mixpanel" not in body


def test_a_foreign_host_is_refused(guarded):
    assert ask(guarded, host="evil.example")[0].status == 421
    assert ask(guarded, host="evil.example:80")[0].status == 421


@pytest.mark.parametrize("origin", ["http://evil.example", "null", None])
def test_a_websocket_from_elsewhere_is_refused(guarded, origin):
    assert websocket(guarded, origin) == 403


@pytest.mark.parametrize(
    "path",
    [
        "/../../etc/passwd",
        "/static/../../../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/..%5c..%5cetc/passwd",
        "/resourcez",
    ],
)
def test_no_path_leads_outside(guarded, path):
    response, body = ask(guarded, path)
    assert response.status in (404, 400)
    assert "root:" not in body
    assert "Traceback" not in body


@pytest.mark.parametrize(
    "path",
    [
        "/_solara/cdn",
        "/_solara/cdn/",
        "/_solara/cdn/requirejs@2.3.6",
        "/_solara/cdn/@widgetti",
        "/_solara/cdn/some-other-package@1.0.0/index.html",
        "/_solara/cdn/requirejs@2.3.6/not-there.js",
        "/_solara/cdn//etc/passwd",
        "/_solara/cdn/%2e%2e/%2e%2e/secret.js",
    ],
)
def test_the_front_end_is_what_is_there_and_nothing_else(guarded, path):
    from solara.server import settings

    def files():
        return sum(1 for _ in settings.assets.proxy_cache_dir.rglob("*"))

    before = files()
    began = time.monotonic()
    response, _ = ask(guarded, path)
    assert response.status == 404
    assert time.monotonic() - began < 4  # it did not try to fetch it, which takes seven seconds
    assert files() == before > 100


def test_the_front_end_itself_is_handed_out(guarded):
    _, page = ask(guarded)
    paths = set(re.findall(r'"(/?_solara/cdn/[^"]+\.(?:js|css))"', page))
    assert paths
    for path in paths:
        assert ask(guarded, "/" + path.lstrip("/"))[0].status == 200


def test_without_its_front_end_only_the_page_s_own_packages_are_fetched(monkeypatch, tmp_path):
    from solara.server import settings

    monkeypatch.setattr(settings.assets, "proxy_cache_dir", tmp_path)
    monkeypatch.setattr(server.importlib.util, "find_spec", lambda name: None)
    (tmp_path / "requirejs@2.3.6").mkdir()
    assert server.is_front_end("/requirejs@2.3.6/require.js")
    assert server.is_front_end("/@widgetti/solara-vuetify-app@10.1.1/dist/fonts.css")
    for path in (
        "/requirejs@2.3.6",
        "/requirejs@2.3.6/index.html",
        "/evil@1.0.0/a.js",
        "/requirejs@2.3.6/.hidden.js",
        "/@widgetti/solara-vuetify-app@10.1.1/../../evil@1/a.js",
    ):
        assert not server.is_front_end(path), path


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_what_another_page_embeds_is_refused_and_a_link_is_not(guarded, site):
    embedded = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "no-cors"}
    assert ask(guarded, "/static/assets/style.css", embedded)[0].status == 403
    followed = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate"}
    assert ask(guarded, "/", followed)[0].status == 200


def test_an_origin_that_is_none_is_foreign(guarded):
    assert websocket(guarded, "http://[x") == 403


def test_a_page_may_speak_to_its_own_server_only(guarded):
    policy = ask(guarded)[0].headers["content-security-policy"]
    connect = next(part for part in policy.split("; ") if part.startswith("connect-src"))
    assert connect == f"connect-src 'self' ws://{guarded.netloc} wss://{guarded.netloc}"


def test_names_of_a_machine_for_everybody_who_may_ask():
    names = server._names("::", 8765)
    own = {server._own_address(host) for host in server.ANY} - {"localhost"}
    assert {f"{server._bracketed(server._plain(a))}:8765" for a in own} <= names
    assert "127.0.0.1:8765" in names
    assert server._names(server._plain("2001:DB8:0:0::1"), 80) >= {"[2001:db8::1]:80"}
    assert server._plain("") == server._plain("0") == "0.0.0.0"
    assert server._plain("Host.Example") == "host.example"


def test_another_host_needs_the_token_and_says_so():
    served = serve("--host", "0.0.0.0")
    try:
        address = urlsplit(served.address)
        assert address.hostname not in ("0.0.0.0", "127.0.0.1")  # others could not use these
        assert address.query.startswith("token=")
        assert ask(address, "/")[0].status == 403
        assert ask(address, "/?token=guess")[0].status == 403
        response, _ = ask(address, "/?" + address.query)
        assert response.status == 200
        cookie = response.headers["set-cookie"]
        assert "HttpOnly" in str(response.headers.get_all("set-cookie"))
        name = next(c for c in response.headers.get_all("set-cookie") if "cgsim-token" in c)
        assert "SameSite=Lax" in name  # a link to the page may be clicked in a letter
        kept = name.partition(";")[0]
        assert str(address.port) in kept.partition("=")[0]  # another page has its own
        for odd in ("", 'prefs={"a":1,"b":2}; ', "a=b c; ", "flag; ", "my[x]=1; "):
            assert ask(address, "/", {"Cookie": odd + kept})[0].status == 200
        assert ask(address, "/", {"Cookie": kept + "x"})[0].status == 403
        assert cookie
    finally:
        stop(served)


def test_a_port_that_is_taken_is_told_in_one_line():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "cgsim", "view", "--no-browser", "--port", str(port)],
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.returncode == 2
    assert f"--port: got {port} on 127.0.0.1: Address already in use" in done.stderr
    assert "Traceback" not in done.stderr


COMPILED_FOR_A_VISITOR = """
import cgsim
from cgsim.engine import batch, life
from cgsim.experiment.results import run_frictions, run_many
from cgsim.view import server
from cgsim.view.recording import record

def compiled():
    entries = [*vars(batch).values(), *vars(life).values()]
    return {e.py_func.__name__: len(e.signatures) for e in entries if hasattr(e, "signatures")}

server.warm_up("baseline")
before = compiled()
for name in ("cluttered", "korsakoff", "frontier"):
    scenario = cgsim.load(name)
    record(scenario, 5, 1)
    run_many([scenario], 2, 5)
    run_frictions(scenario, 2, 5)
assert before["step_run"] and before["run_batch"], before
assert compiled() == before, (before, compiled())
"""


def test_the_first_visitor_does_not_wait_for_a_compiler():
    # In a process of its own: here other tests have compiled all there is.
    done = subprocess.run(
        [sys.executable, "-c", COMPILED_FOR_A_VISITOR], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr


def test_ctrl_c_stops_the_server_cleanly():
    served = serve()
    served.process.send_signal(signal.SIGINT)
    began = time.monotonic()
    code = served.process.wait(10)
    assert time.monotonic() - began < 6
    text = served.process.stderr.read()
    assert code in (0, 130)
    assert "Traceback" not in text
    served.process.stdout.close()
    served.process.stderr.close()


def test_one_visitor_does_not_see_what_another_chose(visit):
    need_browser()
    from playwright.sync_api import expect

    first, second = visit(), visit()
    first.get_by_label("Members", exact=True).fill("12")
    expect(first.get_by_text("Changed: Members 12.")).to_be_visible()
    expect(second.get_by_role("slider", name="Members")).to_have_value("8")
    assert second.get_by_text("Changed:").count() == 0
