"""Serve Mesa's page to this machine, and to no other."""

from __future__ import annotations

import importlib.util
import logging
import os
import socket
import threading
import warnings
import webbrowser
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from cgsim.scenario import Scenario
from cgsim.scenario.errors import Fault, ScenarioError

HOST = "127.0.0.1"
NAMES = (HOST, "localhost")
SETTINGS = {
    "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "false",
    "SOLARA_THEME_SHOW_BANNER": "false",
    "SOLARA_THEME_LOADER": "plain",
    "SOLARA_MODE": "production",
    "SOLARA_SESSION_SAME_SITE": "lax",
    "SOLARA_SESSION_HTTPS_ONLY": "false",
}
"""Solara reads them when it is loaded."""

App = Callable[[Any, Any, Any], Awaitable[None]]


def serve(
    scenario: Scenario, port: int, tell: Callable[[str], None], *, open_browser: bool = True
) -> None:
    """Serve the page until interrupted; ``tell`` gets the address once it can be opened.

    Raises ``ScenarioError`` where Solara is not installed, where the port is taken, and for a
    scenario that cannot be lived.
    """
    if importlib.util.find_spec("solara") is None:
        _refuse("view", 'got no Solara; allowed with it: pip install "cgsim[view]"')
    from cgsim.mesa_model import PartnershipModel

    with _listen(port) as listener:
        PartnershipModel(scenario).step()  # compiled now, where a first visitor would wait
        import uvicorn

        class Server(uvicorn.Server):  # type: ignore[misc]
            async def shutdown(self, sockets: Any = None) -> None:
                logging.disable()  # what is cut off in the middle is nobody's fault
                await super().shutdown(sockets)

        app = application(scenario)
        server = Server(
            uvicorn.Config(app, log_level="error", server_header=False, timeout_graceful_shutdown=2)
        )
        address = f"http://{HOST}:{listener.getsockname()[1]}/"

        def when_ready() -> None:
            if server.started:
                tell(address)
                if open_browser:
                    webbrowser.open(address)
            elif not server.should_exit:
                threading.Timer(0.1, when_ready).start()

        threading.Timer(0.1, when_ready).start()
        server.run(sockets=[listener])


def application(scenario: Scenario) -> App:
    """Return the page of a scenario, for this machine only."""
    os.environ.update(SETTINGS)
    # Over plain http a cookie can only be "lax"; names may be in a script that a font lacks.
    warnings.filterwarnings("ignore", message="Cookies with samesite=none")
    warnings.filterwarnings("ignore", message="Glyph .* missing from")
    import solara.server.app as pages
    import solara.server.starlette

    from cgsim.view import app

    app.scenario = scenario
    pages.apps["__default__"] = pages.AppScript("cgsim.view.app")
    return from_here(solara.server.starlette.app)


def from_here(app: App) -> App:
    """Let through only what comes from this machine's browser for this page, not for another.

    Any page that is open in the browser can send requests to this machine. Solara would fetch and
    keep what they ask for of its front end.
    """

    async def guarded(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] in ("http", "websocket") and not _is_ours(scope):
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
                return
            kind = [(b"content-type", b"text/plain; charset=utf-8")]
            await send({"type": "http.response.start", "status": 403, "headers": kind})
            await send({"type": "http.response.body", "body": b"This page is not for others."})
            return
        await app(scope, receive, send)

    return guarded


def _is_ours(scope: MutableMapping[str, Any]) -> bool:
    heads = {key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]}
    host = heads.get("host", "")
    origin = heads.get("origin", f"http://{host}" if scope["type"] == "http" else "")
    site = heads.get("sec-fetch-site", "none")
    followed = heads.get("sec-fetch-mode") == "navigate"  # a link to the page may be clicked
    return (
        host.partition(":")[0].lower() in NAMES
        and origin == f"http://{host}"
        and (site in ("none", "same-origin") or followed)
    )


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError as error:
        listener.close()
        _refuse("--port", f"got {port}: {error.strerror}; allowed a free port (0 for any)")
    listener.listen(128)
    return listener


def _refuse(what: str, message: str) -> None:
    raise ScenarioError([Fault(what, None, "", message)]) from None
