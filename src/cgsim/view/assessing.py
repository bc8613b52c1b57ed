"""The questions in the browser: they are asked, worked out, and told in a report.

Three addresses in front of the page: ``/assess`` asks, ``/assess/answers`` takes files of answers
and says where the report is, ``/assess/reports/NAME`` shows it. One assessment is worked out at a
time, as each uses every core; reports are kept in memory, the last ones only.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections import OrderedDict
from typing import Any

from cgsim.assess.answers import MOST_VOICES, read_answers
from cgsim.assess.assessment import DRAWS, REPLICATES, assess
from cgsim.report.assessment_form import as_form
from cgsim.report.assessment_page import assessment_document
from cgsim.report.page import as_html
from cgsim.view.guard import MOST_BYTES, App, Message, Receive, Send, body_of

ADDRESS = "/assess"
MOST_REPORTS = 20
BUSY = "Somebody else's answers are being worked out. Please try again in half a minute."
NOT_FILES = "got something else than files of answers; allowed a list of [name, text]"


class Assessing:
    """An ASGI application that asks the questions, and passes all else on to another one."""

    def __init__(
        self,
        app: App,
        scenario: str | None = None,
        draws: int = DRAWS,
        replicates: int = REPLICATES,
    ) -> None:
        """Stand in front of ``app``; ``scenario`` is laid under the answers."""
        self.app = app
        self.scenario = scenario
        self.draws = draws
        self.replicates = replicates
        self.reports: OrderedDict[str, str] = OrderedDict()
        self.busy = False

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer what is asked under ``/assess``."""
        path = scope.get("path", "").rstrip("/")
        mine = path == ADDRESS or path.startswith(ADDRESS + "/")
        if scope["type"] != "http" or not mine:
            await self.app(scope, receive, send)
            return
        body = await body_of(receive)
        if scope["method"] == "POST" and path == f"{ADDRESS}/answers":
            await self._take(body, send)
        elif scope["method"] not in ("GET", "HEAD"):
            await _page(send, 405, "This address only shows pages.")
        elif path == ADDRESS:
            await _page(send, 200, as_form(served=True), "text/html")
        elif (name := path.removeprefix(f"{ADDRESS}/reports/")) in self.reports:
            await _page(send, 200, self.reports[name], "text/html")
        else:
            await _page(send, 404, "There is no such report, or it is not kept any more.")

    async def _take(self, body: bytes | None, send: Send) -> None:
        if self.busy:
            await _tell(send, 503, fault=BUSY)
            return
        self.busy = True
        try:
            # Reading takes a while too, if somebody wants it to: the page goes on meanwhile.
            report = await asyncio.to_thread(self._report, body)
        except ValueError as error:  # a ScenarioError is one
            await _tell(send, 400, fault=str(error))
            return
        finally:
            self.busy = False
        name = secrets.token_urlsafe(16)
        self.reports[name] = report
        while len(self.reports) > MOST_REPORTS:
            self.reports.popitem(last=False)
        await _tell(send, 200, report=f"{ADDRESS}/reports/{name}")

    def _report(self, body: bytes | None) -> str:
        answers = read_answers(_files(body))
        found = assess(answers, self.scenario, draws=self.draws, replicates=self.replicates)
        own = f" --scenario {self.scenario}" if self.scenario else ""
        size = f"--draws {self.draws} --replicates {self.replicates}"
        return as_html(
            assessment_document(found, f"cgsim assess answers.toml{own} {size} --seed 1")
        )


def _files(body: bytes | None) -> list[tuple[str, str]]:
    """Return the files in a message; raise ``ValueError`` where it holds something else."""
    if body is None:
        raise ValueError(f"got more than {MOST_BYTES // 1024} KiB; allowed that much")
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        raise ValueError(NOT_FILES) from None
    fitting = isinstance(given, list) and 0 < len(given) <= MOST_VOICES
    if not fitting or not all(_is_file(item) for item in given):
        raise ValueError(NOT_FILES)
    return [(name, text.removeprefix("\ufeff").replace("\r\n", "\n")) for name, text in given]


def _is_file(item: Any) -> bool:
    return (
        isinstance(item, list)
        and len(item) == 2
        and all(isinstance(part, str) for part in item)
        and 0 < len(item[0]) <= 200
        and "\x00" not in item[0]
    )


async def _tell(send: Send, status: int, **found: str) -> None:
    await _page(send, status, json.dumps(found), "application/json")


async def _page(send: Send, status: int, text: str, kind: str = "text/plain") -> None:
    headers = [
        (b"content-type", f"{kind}; charset=utf-8".encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text.encode()})
