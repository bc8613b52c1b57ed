"""What stands in front of the page: who may come in, and what a page may do.

Solara as it comes takes a websocket from any origin, shows tracebacks, and sets no content policy.
This guard answers 421 to a foreign host, 403 to a foreign, null or missing origin of a websocket,
to what other pages embed and to a missing token, refuses long messages, hands out no file of the
front end but those that are there, and says "busy" where there are too many visitors.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

MOST_BYTES = 2**20
MOST_READ = 8 * MOST_BYTES
PATIENCE = 10.0  #: seconds that a request's body may take
MOST_VISITORS = 60
RESERVED = 15.0
"""Whoever has been given the page has a place for so many seconds before it has to connect."""
COOKIE = "cgsim-token"
FRONT_END = "/_solara/cdn"
"""Where Solara hands out its front end."""

# Solara compiles its templates in the browser, which needs 'unsafe-eval', and starts itself by a
# script in the page; nothing may come from or go to another machine.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self' ws://{host} wss://{host}; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)
STRICT = b"default-src 'none'"
"""The policy of a page that says no."""
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
)
BUSY = (
    "<!doctype html><html lang=en><title>cgsim is busy</title>"
    "<p>Too many people are looking at this page just now. Please try again in a minute."
)


class Guard:
    """An ASGI application in front of another one."""

    def __init__(
        self,
        app: App,
        hosts: set[str],
        token: str | None = None,
        visitors: int = MOST_VISITORS,
        is_front_end: Callable[[str], bool] = lambda path: False,
    ) -> None:
        """Let in requests for ``hosts`` (names with ports) that carry the token, if any.

        ``is_front_end`` tells whether a path below ``FRONT_END`` may be handed out.
        """
        self.app = app
        self.hosts = hosts
        self.token = token
        self.most = visitors
        self.is_front_end = is_front_end
        self.visitors = 0
        self._reserved: deque[float] = deque()  #: when each place was, the oldest first
        # Cookies ignore ports: pages on two ports of a machine would take each other's.
        ports = (host.rpartition(":")[2] for host in sorted(hosts))
        self.cookie = f"{COOKIE}-{next((p for p in ports if p.isdigit()), '')}"

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Look at a request, and pass it on or refuse it."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]}
        refused = self._refusal(scope, headers)
        if refused is not None:
            if scope["type"] == "http":
                await body_of(receive)
            await self._refuse(scope, send, *refused)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self._page(scope, receive, send, headers["host"])

    def _refusal(self, scope: Message, headers: dict[str, str]) -> tuple[int, str] | None:
        if headers.get("host", "").lower() not in self.hosts:
            return 421, "This server does not answer to that name."
        if self._comes_from_elsewhere(scope, headers):
            return 403, "Requests from other pages are not answered."
        path = scope.get("path", "")
        if ".." in path or "\\" in path or "\x00" in path:
            return 404, "There is no such page."
        if path.startswith(("/resourcez", "/_solara/api/evict")):
            return 404, "There is no such page."
        if path.startswith(FRONT_END) and not self.is_front_end(path.removeprefix(FRONT_END)):
            return 404, "There is no such file."
        if self.token is not None and not self._knows_token(scope, headers):
            return 403, "This page needs the address with its token, as cgsim view printed it."
        if scope["type"] == "http" and path == "/" and not self._reserve():
            return 503, BUSY
        return None

    def _comes_from_elsewhere(self, scope: Message, headers: dict[str, str]) -> bool:
        """Tell whether another page asks: by its origin, or by what it embeds of this one."""
        origin = headers.get("origin")
        if origin is None:
            # A picture or script that another page embeds is asked for without an origin.
            embedded = headers.get("sec-fetch-mode") not in (None, "navigate")
            elsewhere = headers.get("sec-fetch-site") in ("cross-site", "same-site")
            return scope["type"] == "websocket" or (embedded and elsewhere)
        try:
            return urlsplit(origin).netloc.lower() not in self.hosts
        except ValueError:
            return True

    def _reserve(self) -> bool:
        """Keep a place for who is given the page, if there is one."""
        now = time.monotonic()
        while self._reserved and now - self._reserved[0] > RESERVED:
            self._reserved.popleft()
        if self.visitors + len(self._reserved) >= self.most:
            return False
        self._reserved.append(now)
        return True

    def _knows_token(self, scope: Message, headers: dict[str, str]) -> bool:
        assert self.token is not None
        asked = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("token", [""])[0]
        # Read as browsers write them: Python's own reader drops all where one of them is odd.
        cookies = (part.strip().partition("=") for part in headers.get("cookie", "").split(";"))
        kept = next((value for name, _, value in cookies if name == self.cookie), "")
        return any(
            secrets.compare_digest(given.encode(), self.token.encode()) for given in (asked, kept)
        )

    async def _refuse(self, scope: Message, send: Send, status: int, text: str) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        kind = b"text/html; charset=utf-8" if text.startswith("<") else b"text/plain; charset=utf-8"
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [
                    (b"content-type", kind),
                    (b"content-security-policy", STRICT),
                    *HEADERS,
                ],
            }
        )
        await send({"type": "http.response.body", "body": text.encode()})

    async def _websocket(self, scope: Message, receive: Receive, send: Send) -> None:
        if self.visitors >= self.most:
            await send({"type": "websocket.close", "code": 1013})
            return
        self.visitors += 1
        if self._reserved:
            self._reserved.popleft()

        async def bounded() -> Message:
            message = await receive()
            data = message.get("text") or message.get("bytes") or b""
            if len(data) > MOST_BYTES:
                return {"type": "websocket.disconnect", "code": 1009}
            return message

        try:
            await self.app(scope, bounded, send)
        finally:
            self.visitors -= 1

    async def _page(self, scope: Message, receive: Receive, send: Send, host: str) -> None:
        policy = POLICY.format(host=host)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                added = [(b"content-security-policy", policy.encode()), *HEADERS]
                if self.token is not None:
                    # Lax: a link to the page may be clicked anywhere; websockets show an origin.
                    cookie = f"{self.cookie}={self.token}; HttpOnly; SameSite=Lax; Path=/"
                    added.append((b"set-cookie", cookie.encode()))
                message = {**message, "headers": [*message.get("headers", []), *added]}
            await send(message)

        await self.app(scope, receive, with_headers)


async def body_of(receive: Receive) -> bytes | None:
    """Return a request's body; None where it is longer than ``MOST_BYTES`` or does not come.

    What is too long is read on for a while and forgotten. A connection that is closed while its
    other end still sends is reset, and the answer is lost with it.
    """
    kept, length = bytearray(), 0
    try:
        async with asyncio.timeout(PATIENCE):
            while length <= MOST_READ:
                message = await receive()
                if message["type"] != "http.request":
                    return None
                part = message.get("body", b"")
                length += len(part)
                if length <= MOST_BYTES:
                    kept += part
                if not message.get("more_body"):
                    return bytes(kept) if length <= MOST_BYTES else None
    except TimeoutError:
        pass
    return None
