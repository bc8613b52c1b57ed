"""Who may come in: foreign hosts and origins, tokens, odd paths; how the server starts and ends."""

import http.client
import signal
import socket
import subprocess
import sys
import time
from urllib.parse import urlsplit

import pytest

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
        assert ask(address, "/", {"Cookie": name.partition(";")[0]})[0].status == 200
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
    expect(first.get_by_text("Changed: size = 12.")).to_be_visible()
    expect(second.get_by_role("slider", name="Members")).to_have_value("8")
    assert second.get_by_text("Changed:").count() == 0
