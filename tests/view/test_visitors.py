"""Many visitors at once, and what is left when they have gone."""

import os
import threading
import time

import pytest

from .conftest import need_browser

pytest.importorskip("solara")
VISITORS = 20


# The server's own libraries warn of each other when they are loaded into this process.
@pytest.mark.filterwarnings("ignore")
@pytest.mark.soak
def test_visitors_who_leave_are_forgotten_within_a_minute(browser):
    need_browser()
    import solara.server.settings as solara_settings
    import uvicorn
    from playwright.sync_api import expect

    from cgsim.view import server

    os.environ.update(server.settings("baseline"))
    # Other tests have loaded Solara already, which reads the environment once.
    solara_settings.kernel.cull_timeout = os.environ["SOLARA_KERNEL_CULL_TIMEOUT"]
    listener = server._listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    names = {f"127.0.0.1:{port}"}
    running = uvicorn.Server(
        uvicorn.Config(server.application(names, None), log_level="error", ws_max_size=2**20)
    )
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    from solara.server.kernel_context import contexts

    pages = []
    for _ in range(VISITORS):
        page = browser.new_context().new_page()
        page.goto(f"http://127.0.0.1:{port}/", wait_until="commit")
        pages.append(page)
    for page in pages:
        expect(page.locator("svg.network")).to_be_visible(timeout=120_000)
    assert len(contexts) >= VISITORS
    for page in pages:
        page.context.close()
    ends = time.monotonic() + 60
    while contexts and time.monotonic() < ends:
        time.sleep(1)
    left = len(contexts)
    running.should_exit = True
    thread.join(15)
    listener.close()
    assert left == 0
