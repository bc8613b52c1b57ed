"""From a server that trusts nobody, on a slow machine, and with the model switched off."""

import pytest
from playwright.sync_api import expect
from tests.watching import watch

import cgsim

from .looking import RUNS, SEED, WAIT, plain, settled


def test_under_a_strict_policy_everything_works_and_one_thing_is_asked_for(browser, served):
    wrong, asked = [], []
    page = browser.new_page()
    page.set_default_timeout(WAIT)
    watch(page, (served, "blob:", "data:"), wrong)
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{served}#case=korsakoff&set.meetings=2")
    settled(page)
    value = cgsim.run("korsakoff", RUNS, SEED, {"meetings": 2}).estimate("gain_over_equal_money")
    assert plain(page.inner_text(".figure")) == cgsim.answer.formats.signed(value.value)
    for room in ("Watch", "Members", "Compare", "What nobody knows", "Take away"):
        page.get_by_role("link", name=room, exact=True).click()
        settled(page, "all")
    for name in ("PNG", "SVG"):
        with page.expect_download():
            page.get_by_role("button", name=name, exact=True).first.click()
    assert [url for url in asked if url.startswith("http")] == [served]
    page.close()
    assert wrong == []


def test_nothing_that_gets_in_may_run_or_ask_for_anything(browser, page_file):
    page = browser.new_page()  # its console may speak
    page.goto(page_file.as_uri())
    assert page.evaluate(
        """() => { const s = document.createElement('script'); s.textContent = 'window.ran = 1';
        document.body.append(s); return window.ran === undefined; }"""
    )
    assert page.evaluate("fetch('https://example.org/').then(() => 1, () => 2)") == 2
    page.close()


@pytest.mark.soak  # in the ordinary run: a lever moved fifty times quickly ends at its value
def test_on_a_processor_six_times_slower_a_lever_ends_where_it_was_left(browser, page_file):
    page = browser.new_page()
    page.set_default_timeout(WAIT)
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 6})
    page.goto(page_file.as_uri() + "#case=baseline")
    settled(page, "all")  # it came with the page
    slider = page.get_by_label("Meetings", exact=True)
    for _ in range(3):
        slider.press("ArrowRight")
    expect(page.locator(".lever output").first).to_have_text("three times a month")
    settled(page)
    value = cgsim.run("baseline", RUNS, SEED, {"meetings": 3}).estimate("gain").value
    assert plain(page.inner_text(".figure")) == cgsim.answer.formats.signed(value)
    page.close()


def test_without_webassembly_what_came_with_the_page_stands(browser, page_file):
    page = browser.new_page()
    page.add_init_script("delete globalThis.WebAssembly")
    page.goto(page_file.as_uri() + "#case=korsakoff")
    expect(page.get_by_role("alert")).to_contain_text("WebAssembly is switched off")
    answer = cgsim.run("korsakoff", RUNS, SEED, reasons=True).answer()
    said = plain(page.inner_text("main"))
    for statement in answer.headline:
        assert statement.text in said
    page.close()
