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
    "<body onload=hurt()>",
    "<input autofocus onfocus=hurt()>",
    "<select onfocus=hurt() autofocus>",
    "<textarea onfocus=hurt() autofocus>",
    "<video><source onerror=hurt()></video>",
    "<audio src=x onerror=hurt()>",
    "<details open ontoggle=hurt()>",
    "<marquee onstart=hurt()>",
    "<object data=javascript:hurt()>",
    "<embed src=javascript:hurt()>",
    "<form action=javascript:hurt()><input type=submit>",
    "<button formaction=javascript:hurt()>x</button>",
    "<link rel=stylesheet href=data:text/css,*{display:none}>",
    "<meta http-equiv=refresh content='0;url=javascript:hurt()'>",
    "<base href=http://elsewhere.example/>",
    "<svg><script>hurt()</script></svg>",
    "<svg><a xlink:href=javascript:hurt()><text>x</text></a></svg>",
    "<svg><animate onbegin=hurt() attributeName=x dur=1s>",
    "<svg><foreignObject><iframe src=javascript:hurt()>",
    "</title></textarea><script>hurt()</script>",
    "</style><script>hurt()</script>",
    "<noscript><p title='</noscript><img src=x onerror=hurt()>'>",
    "<template><script>hurt()</script></template>",
    "<xmp><p title='</xmp><img src=x onerror=hurt()>'>",
    "&#60;script&#62;hurt()&#60;/script&#62;",
    "\\u003cscript\\u003ehurt()\\u003c/script\\u003e",
    "[[constructor.constructor('hurt()')()]]",
    "{%raw%}{{hurt()}}{%endraw%}",
    "<%= hurt() %>",
    "#{hurt()}",
    "';hurt();//",
    '\\";hurt();//',
    "-2+3+cmd|' /C calc'!A0",
    "=1+1;DDE(hurt)",
    "'; DROP TABLE agencies; --",
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
        names = page.get_by_label("Follow an agency").locator("option").all_inner_texts()
        assert names[1:] == [f"{number}: {name}" for number, name in enumerate(PAYLOADS, 1)]
        agencies = page.locator("svg.network [data-agency]")
        labels = agencies.evaluate_all("all => all.map((g) => g.getAttribute('aria-label'))")
        assert [n for n, label in zip(PAYLOADS, labels, strict=True) if n not in label] == []
        for number in range(0, len(PAYLOADS), 5):
            page.get_by_label("Follow an agency").select_option(str(number))
            expect(page.locator(".agency-story")).to_contain_text(PAYLOADS[number])
            page.locator(f'svg.network [data-agency="{number + 1}"]').hover(force=True)
            expect(page.locator(".tip")).to_contain_text(PAYLOADS[number + 1])
        for tag in ("img", "iframe", "math", "video", "object", "embed", "form", "base", "meta"):
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
