"""Links: what a visitor has chosen, as the address of the page, and back.

A link names the library's scenarios and the values laid over them, and carries the text of any
other scenario, packed. Everything in it may have been tampered with: it is bounded before and
while it is unpacked, and checked as a file is.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, quote, urlencode

from cgsim.scenario.errors import ScenarioError, safe
from cgsim.scenario.parameters import BY_NAME, Parameter
from cgsim.view.choice import (
    MODES,
    MOST_PANELS,
    MOST_REPLICATE,
    MOST_SET,
    MOST_TEXT,
    OPENED,
    Choice,
    Panel,
    Shelf,
    Value,
    clamp,
    file_name,
    scenario_of,
    settable,
    with_opened,
)

VERSIONS = ("1", "2")
"""Version 2 may carry texts; a link without any is still written as version 1."""
MOST_DIGITS = 32
"""More than any number takes that is written in full."""
LONGEST = 8000
"""Browsers and mail take links of this length."""


def link_of(choice: Choice, shelf: Shelf) -> str:
    """Return the query of a link that opens the page with these scenarios and this luck.

    Empty where it would be too long to be of use.
    """
    panels = [shelf.carried(panel) for panel in choice.shown]
    texts = list(dict.fromkeys((p.name, p.text) for p in panels if p.text))
    told: list[tuple[str, str]] = [("v", VERSIONS[1] if texts else VERSIONS[0])]
    told += [("t", f"{name}~{pack(text)}") for name, text in texts]
    for panel in panels:
        name = f"{OPENED}{texts.index((panel.name, panel.text)) + 1}" if panel.text else panel.name
        told.append(("s", ";".join([name, *(f"{k}={_written(v)}" for k, v in panel.values)])))
    told += [("seed", str(choice.seed)), ("replicate", str(choice.replicate))]
    told.append(("mode", choice.mode))
    if choice.predict:
        told.append(("predict", "true"))
    link = "?" + urlencode(told, quote_via=quote, safe=";=~")
    return link if len(link) <= LONGEST else ""


def from_link(query: str | None, shelf: Shelf, default: Choice) -> Choice:
    """Return the choice that a link carries; what cannot be used in it is told in ``error``."""
    if not query:
        return default
    try:
        if len(query) > LONGEST + 1000:  # some programs add parameters of their own
            raise ValueError("it is too long")
        told = parse_qs(query.lstrip("?"), max_num_fields=20)
        if "s" not in told and "v" not in told:
            return default
        if told.get("v", [""])[0] not in VERSIONS:
            raise ValueError("it is of another version")
        opened = replace(default, panels=(), opened=())
        for item in told.get("t", [])[:MOST_PANELS]:
            opened = with_opened(opened, _opened(item))
        panels = tuple(_panel(text, opened) for text in told.get("s", [])[:MOST_PANELS])
        for panel in panels:
            shelf.scenario(panel)
        mode = told.get("mode", ["watch"])[0]
        return replace(
            default,
            panels=panels or default.panels,
            opened=opened.opened,
            seed=max(0, min(10**9, int(told.get("seed", ["1"])[0][:12]))),
            replicate=max(0, min(MOST_REPLICATE, int(told.get("replicate", ["0"])[0][:12]))),
            month=max((int(shelf.scenario(p).values["months"]) for p in panels), default=1) - 1,
            predict=told.get("predict") == ["true"],
            mode="compare" if len(panels) > 1 else mode if mode in MODES else "watch",
        )
    except ScenarioError as error:
        why = error.faults[0].message
    except ValueError as error:
        why = str(error)
    return replace(default, error=f"The link could not be used: {safe(why)}.")


def pack(text: str) -> str:
    """Return a text compressed, in letters that an address may hold."""
    return base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")


def unpack(packed: str) -> str:
    """Return what was packed; raise ``ValueError`` where it is damaged or too long.

    Never makes more than ``MOST_TEXT`` bytes, however much was packed into a few.
    """
    unpacker = zlib.decompressobj()
    try:
        # b64decode passes over what is no letter of its own, unless it is told not to.
        data = base64.b64decode(packed + "=" * (-len(packed) % 4), b"-_", validate=True)
        unpacked = unpacker.decompress(data, MOST_TEXT)
    except (binascii.Error, zlib.error, ValueError):
        raise ValueError("the scenario in it is damaged") from None
    if unpacker.unconsumed_tail:
        raise ValueError("the scenario in it is too long")
    if not unpacker.eof:
        raise ValueError("the scenario in it is cut off")
    try:
        return unpacked.decode()
    except UnicodeDecodeError:
        raise ValueError("the scenario in it is no text") from None


def _opened(item: str) -> Panel:
    name, _, packed = item.partition("~")
    panel = Panel(file_name(name), text=unpack(packed))
    scenario_of(panel.name, panel.text)
    return panel


def _panel(text: str, opened: Choice) -> Panel:
    name, *told = text.split(";")
    if len(told) > MOST_SET:
        raise ValueError("it sets too many values")
    panel = Panel(name)
    if name.startswith(OPENED):
        places = {f"{OPENED}{n + 1}": other for n, other in enumerate(opened.opened)}
        if name not in places:
            raise ValueError("it names a scenario that it does not carry")
        panel = places[name]
    for item in told:
        key, equals, given = item.partition("=")
        parameter = BY_NAME.get(key)
        if not equals or parameter is None or not settable(parameter):
            raise ValueError("it sets something that the page does not offer")
        value = clamp(parameter, _read(given, parameter))
        if value is None:
            raise ValueError(f"{key} has no such value")
        panel = panel.with_value(key, value)
    return panel


def _read(given: str, parameter: Parameter) -> Any:
    if parameter.kind == "choice":
        return given
    if parameter.kind == "flag":
        return {"true": True, "false": False}.get(given)
    return float(given[:MOST_DIGITS])


def _written(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    brief = f"{value:.12g}"
    return brief if float(brief) == value else repr(value)
