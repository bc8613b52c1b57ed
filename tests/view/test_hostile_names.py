"""Names that would be programs elsewhere are names on the page."""

import json

import pytest

from cgsim.view import server

from .conftest import need_browser, serve, stop

pytest.importorskip("solara")

PAYLOADS = [
    "<script>hurt()</script>",
    "</script><script>hurt()</script>",
    "<img src=x onerror=hurt()>",
    "<svg onload=hurt()>",
    '"><svg/onload=hurt()>',
    "' onmouseover='hurt()",
    "{{constructor.constructor('hurt()')()}}",
    "{{7*7}}",
    "${hurt()}",
    "`-hurt()-`",
    "javascript:hurt()",
    "<iframe srcdoc='<script>parent.hurt()</script>'>",
    "<a href=javascript:hurt()>click</a>",
    "]]><script>hurt()</script>",
    "<!--<script>hurt()//-->",
    "<style>*{display:none}</style>",
    "<math><mtext></style><img src=x onerror=hurt()>",
    "&lt;script&gt;hurt()&lt;/script&gt;",
    "=HYPERLINK(hurt)",
    "+1+cmd|' /C calc'!A0",
    "@SUM(1)",
    "v-html='hurt()'",
    "%3Cscript%3Ehurt()%3C/script%3E",
    "$x^{2}$ \\frac{1}{0}",
    "../../../etc/passwd",
]


def hostile_file(folder):
    lines = [
        f"title = {json.dumps(PAYLOADS[2])}",
        'extends = "baseline"',
        f"summary = {json.dumps(' '.join(PAYLOADS))}",
        f"look_for = {json.dumps(PAYLOADS[6])}",
        "[world]",
        f"agencies = {len(PAYLOADS)}",
    ]
    for name in PAYLOADS:
        lines += ["[[agency]]", f"name = {json.dumps(name)}"]
    members = json.dumps(PAYLOADS[:8])
    lines += ["[[partnership]]", f"name = {json.dumps(PAYLOADS[0])}", f"members = {members}"]
    path = folder / "hostile.toml"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_names_are_text_wherever_they_stand(visit, tmp_path):
    need_browser()
    from playwright.sync_api import expect

    served = serve(str(hostile_file(tmp_path)))
    try:
        page = visit(address=served.address)
        dialogs = []
        page.on("dialog", lambda dialog: dialogs.append(dialog.message))
        expect(page.locator("svg.waterfall")).to_be_visible(timeout=20_000)
        expect(page.get_by_role("heading", name=PAYLOADS[2])).to_be_visible()
        page.get_by_text("What this scenario is about").click()
        for number, name in enumerate(PAYLOADS):
            page.get_by_label("Follow an agency").select_option(str(number))
            expect(page.locator(".agency-story")).to_contain_text(name)
        for place in range(len(PAYLOADS)):
            agency = page.locator(f'svg.network [data-agency="{place}"]')
            assert PAYLOADS[place] in agency.get_attribute("aria-label")
            agency.hover(force=True)
            expect(page.locator(".tip")).to_contain_text(PAYLOADS[place])
        for tag in ("img", "iframe", "math"):
            assert page.locator(f".cg {tag}").count() == 0
        assert page.evaluate("document.querySelectorAll('.cg script, .cg svg svg').length") == 0
        page.get_by_text("Take it away").click()
        with page.expect_download() as got:
            page.get_by_role("button", name="Results as a table").click()
        got.value.save_as(tmp_path / "out.csv")
        cells = (tmp_path / "out.csv").read_text().replace("\n", ",").split(",")
        assert not [c for c in cells if c[:1] in "=+@" and c]
        assert dialogs == []
        page.context.close()
    finally:
        stop(served)


def test_without_its_front_end_and_the_internet_the_command_says_what_is_missing(monkeypatch):
    monkeypatch.setattr(server, "_has_internet", lambda: False)
    found = server.importlib.util.find_spec
    monkeypatch.setattr(
        server.importlib.util,
        "find_spec",
        lambda name: None if name == "solara_assets" else found(name),
    )
    with pytest.raises(server.NoBrowserParts, match=r'pip install "cgsim\[offline\]"'):
        server.check_parts()
    monkeypatch.setattr(server.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(server.NoBrowserParts, match=r'pip install "cgsim\[view\]"'):
        server.check_parts()
