"""Reading a page as a browser would: elements, tables, figures, files inside it."""

import base64
import io
import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import pandas as pd

VOID = {"meta", "link", "br", "img", "input", "hr"}
HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</svg><script>alert(1)</script>",
    "<svg onload=alert(1)>",
    "<!--", "-->", "]]>", "<![CDATA[",
    "{{7*7}}", "{% raw %}", "{#", "${7*7}",
    "=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1",
    '"><script>alert(1)</script>', "' onmouseover='alert(1)",
    "javascript:alert(1)", "[a](javascript:alert(1))", "![a](http://example.org/x.png)",
    "`code` *b* _i_ # h | cell", "&lt;script&gt;", "&#60;b&#62;",
    "$x^2$ $\\frac{a}", "\\", "%s %d {0}", "\x1b[31mred\x00\x07", "a\u202eb\u2028c",
    "日本語 العربية 🎉", "x" * 300, " ", "../../etc/passwd", 'id="x" url(#x) href="#x"',
)  # fmt: skip


class Element:
    def __init__(self, tag, attributes):
        self.tag = tag
        self.attributes = attributes
        self.children = []

    def __iter__(self):
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child

    def all(self, *tags):
        return [element for element in self if element.tag in tags]

    @property
    def text(self):
        parts = [c.text if isinstance(c, Element) else c for c in self.children]
        return re.sub(r"\s+", " ", "".join(parts)).strip()


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.root = Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag, attrs):
        element = Element(tag, dict(attrs))
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag, attrs):
        self.open[-1].children.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open[-1].tag == tag, f"<{self.open[-1].tag}> is ended by </{tag}>"
        self.open.pop()

    def handle_data(self, data):
        self.open[-1].children.append(data)


def read(html):
    """Return a page's elements; every element has to be closed in order."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == [reader.root]
    return reader.root


def table_named(page, caption):
    """Return a table's rows as lists of texts, without its head."""
    for table in page.all("table"):
        if table.all("caption")[0].text.startswith(caption):
            return [[cell.text for cell in row.all("th", "td")] for row in table.all("tr")[1:]]
    raise AssertionError(f"no table {caption}")


def file_in(page, name):
    """Return a CSV file that the page holds, as text."""
    link = next(a for a in page.all("a") if a.attributes.get("download") == name)
    kind, _, data = link.attributes["href"].partition(";base64,")
    assert kind == "data:text/csv;charset=utf-8"
    return base64.b64decode(data).decode()


def frame_in(page, name):
    return pd.read_csv(io.StringIO(file_in(page, name)))


def figures_in(html):
    """Return every figure as XML."""
    return [ElementTree.fromstring(text) for text in re.findall(r"<svg.*?</svg>", html, re.DOTALL)]


def holds_nothing_that_runs(page):
    """Fail where any element could run or fetch anything."""
    for element in page:
        assert element.tag not in {"iframe", "object", "embed", "base", "form", "audio", "video"}
        for key, value in element.attributes.items():
            assert not key.startswith("on"), (element.tag, key)
            if key in ("src", "href", "xlink:href", "action", "srcset", "poster", "data"):
                assert re.match(r"#|data:(text/csv|image/png|,|$)", value), (element.tag, value)
            if key == "style":
                assert "url(" not in re.sub(r"url\(#[\w-]+\)", "", value)
