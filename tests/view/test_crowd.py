"""The guard by itself: too many visitors, messages that are too long."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from cgsim.view import guard as guard_module
from cgsim.view.guard import MOST_BYTES, Guard

HOST = "127.0.0.1:1"
HEADERS = [(b"host", HOST.encode()), (b"origin", f"http://{HOST}".encode())]


def scope(kind, path="/"):
    return {"type": kind, "path": path, "headers": HEADERS, "query_string": b""}


async def nothing():
    return {"type": "http.request"}


def asked(guard, kind="http", path="/", receive=nothing):
    sent = []

    async def send(message):
        sent.append(message)

    def run():
        asyncio.run(guard(scope(kind, path), receive, send))

    # In a thread of its own: a browser that is open beside it has a loop in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(run).result()
    return sent


async def page(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"page"})


def test_one_visitor_too_many_is_told_that_it_is_busy():
    guard = Guard(page, {HOST}, visitors=2)
    assert asked(guard)[0]["status"] == 200
    guard.visitors = 2
    start, body = asked(guard)
    assert start["status"] == 503
    assert b"Too many people are looking at this page" in body["body"]
    assert asked(guard, "websocket") == [{"type": "websocket.close", "code": 1013}]
    assert guard.visitors == 2


def test_whoever_has_been_given_the_page_has_a_place(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(guard_module.time, "monotonic", lambda: now[0])
    guard = Guard(page, {HOST}, visitors=2)
    assert [asked(guard)[0]["status"] for _ in range(3)] == [200, 200, 503]
    now[0] = guard_module.RESERVED + 1  # who does not come loses it
    assert asked(guard)[0]["status"] == 200
    assert asked(guard)[0]["status"] == 200

    async def stays(scope, receive, send):
        seen.append((guard.visitors, guard._reserve()))

    seen = []
    guard.app = stays
    asked(guard, "websocket")
    assert seen == [(1, False)]  # one is there, one place is kept


def test_a_visitor_is_counted_until_the_connection_ends_however_it_ends():
    async def breaks(scope, receive, send):
        assert guard.visitors == 1
        raise RuntimeError("gone")

    guard = Guard(breaks, {HOST}, visitors=2)
    with suppress(RuntimeError):
        asked(guard, "websocket")
    assert guard.visitors == 0


def test_a_message_that_is_too_long_ends_the_connection():
    got = []

    async def listens(scope, receive, send):
        got.append(await receive())

    def sending(size):
        async def receive():
            return {"type": "websocket.receive", "text": "x" * size}

        return receive

    guard = Guard(listens, {HOST})
    asked(guard, "websocket", receive=sending(MOST_BYTES))
    asked(guard, "websocket", receive=sending(MOST_BYTES + 1))
    assert [message["type"] for message in got] == ["websocket.receive", "websocket.disconnect"]
