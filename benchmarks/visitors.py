"""Many visitors at once: how long until each has its pictures, and the server's memory.

Run by hand: ``python benchmarks/visitors.py --visitors 50``. A visitor here is a small client that
asks for what a browser asks for (the page, its scripts and styles) and then speaks to the server
as Solara's front end does. It draws nothing, so what is measured is the server, with 50 visitors
who each have a machine of their own. Server and clients share this machine's cores all the same.
"""

from __future__ import annotations

import argparse
import asyncio
import concurrent.futures
import itertools
import json
import re
import statistics
import time
import uuid
from dataclasses import dataclass, field

import psutil
import requests
import websockets
from served import served

PICTURES = r"class=\"picture network\""  # as it stands in a message of JSON
RESULTS = "In 500 runs"
LIMIT = 120.0  # seconds


@dataclass
class Times:
    """Seconds from the first request to what a visitor then has."""

    pictures: float = 0.0
    results: float = 0.0
    bytes: int = 0
    scripts: list[str] = field(default_factory=list)


def message(session: str, kind: str, content: dict) -> str:
    """Return a message of Jupyter's protocol, as Solara's front end writes it."""
    header = {
        "msg_id": str(uuid.uuid4()),
        "msg_type": kind,
        "session": session,
        "username": "",
        "version": "5.2",
        "date": "2026-01-01T00:00:00.000Z",
    }
    return json.dumps(
        {
            "buffers": [],
            "channel": "shell",
            "content": content,
            "header": header,
            "metadata": {},
            "parent_header": {},
        }
    )


def fetch(address: str, times: Times) -> str:
    """Get the page with its scripts and styles; return the cookie that it sets."""
    with requests.Session() as session:
        page = session.get(address, timeout=LIMIT)
        page.raise_for_status()
        wanted = set(re.findall(r'(?:src|href)="([^"]+\.(?:js|css)[^"]*)"', page.text))
        wanted |= set(re.findall(r'"(/?_solara/cdn/[^"]+\.js)"', page.text))
        times.bytes = len(page.content)
        for path in sorted(wanted):
            got = session.get(requests.compat.urljoin(address, path), timeout=LIMIT)
            if got.ok:
                times.scripts.append(path)
                times.bytes += len(got.content)
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in session.cookies)


async def visit(
    address: str, query: str, all_shown: asyncio.Event, everybody: list[Times]
) -> Times:
    """Come to the page and stay until everybody has been shown it."""
    times = Times()
    began = time.perf_counter()
    cookie = await asyncio.to_thread(fetch, address, times)
    session, comm = str(uuid.uuid4()), str(uuid.uuid4())
    host = address.removeprefix("http://").rstrip("/")
    kernel = f"ws://{host}/jupyter/api/kernels/{uuid.uuid4()}/channels?session_id={session}"
    headers = {"Cookie": cookie}
    async with websockets.connect(
        kernel, origin=address.rstrip("/"), additional_headers=headers, max_size=2**24
    ) as socket:
        await socket.send(message(session, "kernel_info_request", {}))
        opened = {"comm_id": comm, "target_name": "solara.control", "data": {}}
        await socket.send(message(session, "comm_open", opened))
        arguments = {"path": f"/{query}", "dark": False, "themes": {}, "appName": None}
        run = {"comm_id": comm, "data": {"method": "run", "args": arguments}}
        await socket.send(message(session, "comm_msg", run))
        while not times.results:
            told = await asyncio.wait_for(socket.recv(), LIMIT)
            text = told if isinstance(told, str) else told.decode("utf-8", "replace")
            if not times.pictures and PICTURES in text:
                times.pictures = time.perf_counter() - began
            if RESULTS in text:
                times.results = time.perf_counter() - began
        everybody.append(times)
        await all_shown.wait()
    return times


async def come(address: str, queries: list[str]) -> list[Times]:
    """Let a visitor come for each query at one moment, and go once all have been shown the page."""
    loop = asyncio.get_running_loop()
    loop.set_default_executor(concurrent.futures.ThreadPoolExecutor(len(queries)))
    all_shown, everybody = asyncio.Event(), []
    tasks = [asyncio.create_task(visit(address, q, all_shown, everybody)) for q in queries]
    while len(everybody) < len(queries):
        await asyncio.sleep(0.05)
        for task in tasks:
            if task.done():
                task.result()  # a visitor who was turned away ends all
    all_shown.set()
    return list(await asyncio.gather(*tasks))


def described(values: list[float]) -> str:
    return f"median {statistics.median(values):5.2f} s, last {max(values):5.2f} s"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visitors", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with served() as (number_of_process, address):
        process = psutil.Process(number_of_process)
        print(f"{asked.visitors} visitors at once, {asked.rounds} rounds")
        seeds = itertools.count(2)
        for number, kind in (
            (1, "alone"),
            (asked.visitors, "all look at the same"),
            (asked.visitors, "each has luck of one's own"),
        ):
            for _ in range(asked.rounds):
                own = kind.startswith("each")
                queries = [
                    f"?v=1&s=baseline&seed={next(seeds)}" if own else "" for _ in range(number)
                ]
                before = process.cpu_times()
                told = asyncio.run(come(address, queries))
                after = process.cpu_times()
                used = (after.user + after.system - before.user - before.system) / number
                print(
                    f"{number:3d}, {kind}: pictures {described([t.pictures for t in told])}; "
                    f"500 runs {described([t.results for t in told])}; "
                    f"server {process.memory_info().rss / 2**20:.0f} MiB, "
                    f"{used:.2f} s of a core for each; "
                    f"{len(told[0].scripts)} files, {told[0].bytes / 2**20:.1f} MiB for each"
                )
                time.sleep(1)


if __name__ == "__main__":
    main()
