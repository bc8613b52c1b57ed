"""Starting the page: settings before Solara is loaded, a socket of our own, the guard in front."""

from __future__ import annotations

import ctypes
import importlib.util
import ipaddress
import os
import re
import secrets
import socket
import tempfile
import threading
import warnings
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from cgsim.scenario.errors import Fault, ScenarioError

LOOPBACK = ("127.0.0.1", "localhost", "::1")
ANY = ("0.0.0.0", "::")
FETCHED = re.compile(
    r"/(@widgetti/solara-vuetify3?-app|requirejs|font-awesome|@mdi/font)@[\d.]+"
    r"(/[\w-][\w.-]*)+\.(js|css|map|woff2?|ttf|eot|svg)"
)
"""What the page asks of its front end, as names of packages and kinds of files."""
M_ARENA_MAX = -8
"""As malloc.h of the GNU C library has it."""
CULL = "30s"
"""A visitor who has gone is forgotten after this."""


class NoBrowserParts(RuntimeError):
    """Something that the page needs is not installed."""


def settings(scenario: str) -> dict[str, str]:
    """Return the environment that the page runs in; it has to be set before Solara is loaded."""
    from cgsim.view.names import SCENARIO_VARIABLE

    return {
        SCENARIO_VARIABLE: scenario,
        "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "false",
        "SOLARA_THEME_SHOW_BANNER": "false",
        "SOLARA_THEME_LOADER": "plain",
        "SOLARA_MODE": "production",
        "SOLARA_KERNEL_CULL_TIMEOUT": CULL,
        "SOLARA_SESSION_SAME_SITE": "lax",
        "SOLARA_SESSION_HTTPS_ONLY": "false",
    }


def check_parts() -> None:
    """Say in words what is missing, instead of showing a blank page."""
    if importlib.util.find_spec("solara") is None:
        raise NoBrowserParts('the browser needs Solara: pip install "cgsim[view]"')
    if importlib.util.find_spec("solara_assets") is None and not _has_internet():
        raise NoBrowserParts(
            "the page's front end is not installed and the internet cannot be reached; "
            'pip install "cgsim[offline]" brings it'
        )


def _has_internet() -> bool:
    try:
        with socket.create_connection(("cdn.jsdelivr.net", 443), timeout=3):
            return True
    except OSError:
        return False


def serve(
    scenario: str,
    host: str,
    port: int,
    tell: Callable[[str], None],
    *,
    open_browser: bool = True,
) -> None:
    """Serve the page until interrupted; ``tell`` gets the address once it can be opened.

    Raises ``ScenarioError`` where the port is taken, and ``NoBrowserParts``.
    """
    host = _plain(host)
    check_parts()
    _keep_memory_together()
    listener = _listen(host, port)
    port = listener.getsockname()[1]
    for key, value in settings(scenario).items():
        os.environ[key] = value
    os.environ.setdefault("SOLARA_HOME", tempfile.mkdtemp(prefix="cgsim-"))
    token = None if host in LOOPBACK else secrets.token_urlsafe(16)
    warm_up(scenario)
    import uvicorn

    server = uvicorn.Server(
        uvicorn.Config(
            application(_names(host, port), token),
            log_level="error",
            ws_max_size=2**20,
            timeout_graceful_shutdown=2,
            server_header=False,
        )
    )
    address = f"http://{_bracketed(_own_address(host))}:{port}/" + (
        f"?token={token}" if token else ""
    )

    def when_ready() -> None:
        if server.started:
            tell(address)
            if open_browser:
                webbrowser.open(address)
        elif not server.should_exit:
            threading.Timer(0.1, when_ready).start()

    threading.Timer(0.1, when_ready).start()
    try:
        server.run(sockets=[listener])
    finally:
        listener.close()


def _keep_memory_together() -> None:
    """Let all threads share two stores of memory, where the C library is GNU's.

    Else each of the many short threads keeps what it once had: with 50 visitors 1.1 GiB in all
    instead of 0.8 (measured by ``benchmarks/visitors.py``).
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 2)


def warm_up(scenario: str) -> None:
    """Compile and load all that a visit needs; else the first visitor would wait for it.

    On a new installation that is a minute, in which the server could answer nobody.
    """
    from cgsim.experiment.results import run_frictions, run_many
    from cgsim.scenario import load
    from cgsim.view.ensemble import headline
    from cgsim.view.recording import record

    loaded = load(scenario)
    record(loaded, seed=1, replicate=0)
    headline(run_many([loaded], 2, seed=1)[0], run_frictions(loaded, 2, seed=1))


def application(hosts: set[str], token: str | None):  # type: ignore[no-untyped-def]
    """Return the page behind its guard."""
    # Over plain http a cookie can only be "lax", which is what is wanted.
    warnings.filterwarnings("ignore", message="Cookies with samesite=none")
    import solara.server.app as pages
    import solara.server.starlette

    from cgsim.view.assessing import Assessing
    from cgsim.view.guard import Guard

    pages.apps["__default__"] = pages.AppScript("cgsim.view.page")
    guarded = Assessing(solara.server.starlette.app)
    return Guard(guarded, hosts, token, is_front_end=is_front_end)


def is_front_end(path: str) -> bool:
    """Tell whether a path below Solara's front end is a file of it.

    Solara itself would fetch any package's file from the internet, keep it and hand it out, and
    remove a folder that is asked for. Where the front end is not installed, the files of the
    packages it consists of are still fetched.
    """
    from solara.server import settings

    folder = Path(settings.assets.proxy_cache_dir).resolve()
    file = (folder / path.lstrip("/")).resolve()
    if not file.is_relative_to(folder):
        return False
    if file.exists():
        return file.is_file()
    installed = importlib.util.find_spec("solara_assets") is not None
    return not installed and FETCHED.fullmatch(path) is not None


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        message = f"got {port} on {host}: {reason}; allowed a free port (0 for any)"
        raise ScenarioError([Fault("--port", None, "", message)]) from None
    listener.listen(128)
    return listener


def _own_address(host: str) -> str:
    """Return what to call this machine: a host that stands for all its addresses is none itself."""
    if host not in ANY:
        return host
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            # Nothing is sent: the system only looks up by which address it would go out.
            probe.connect(("2001:db8::1" if ":" in host else "192.0.2.1", 9))
            return str(probe.getsockname()[0])
        except OSError:
            return "localhost"


def _names(host: str, port: int) -> set[str]:
    """Return the names that the page answers to, with the port."""
    names = {"127.0.0.1", "localhost", "[::1]"}
    if host not in LOOPBACK:
        names |= {socket.gethostname().lower(), socket.getfqdn().lower()}
        if host in ANY:  # "::" takes visitors of both kinds
            known = {*_addresses(), *(_own_address(any_of) for any_of in ANY)}
            names |= {_bracketed(_plain(address)) for address in known}
        else:
            names.add(_bracketed(host))
    with_port = {f"{name}:{port}" for name in names}
    return with_port | names if port == 80 else with_port


def _addresses() -> set[str]:
    """Return the addresses of this machine's name; none where it has no address."""
    try:
        return {str(info[4][0]) for info in socket.getaddrinfo(socket.gethostname(), None)}
    except OSError:
        return set()


def _plain(host: str) -> str:
    """Return a name or address as browsers write it."""
    if host in ("", "0"):
        return ANY[0]
    try:
        return ipaddress.ip_address(host).compressed
    except ValueError:
        return host.lower()


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
