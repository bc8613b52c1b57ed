"""Scenarios written down: complete files, commented templates, and what differs between two."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cgsim.mechanisms import BY_KIND, SECTION
from cgsim.scenario.data import TEXTS, Change, Partnership, ScenarioData
from cgsim.scenario.parameters import (
    BASES,
    BY_NAME,
    NEVER,
    PARAMETERS,
    SECTIONS,
    Parameter,
    is_read,
    plain,
)
from cgsim.tables import EXTENSIONS


def written_value(parameter: Parameter, number: float) -> Any:
    """Return a value as a scenario file gives it: flags as true and false, never in words."""
    if parameter.kind == "flag":
        return bool(number)
    if parameter.kind == "choice":
        return parameter.choices[int(number)]
    if parameter.name == "last" and number == NEVER:
        return "never"
    return int(number) if parameter.kind == "whole" else number


def is_told(parameter: Parameter, scenario: ScenarioData) -> bool:
    """Tell whether a complete file says a parameter of the area.

    All of them, but the model's own mechanisms, and what no chosen mechanism reads and nobody set.
    """
    if parameter.section != SECTION or scenario.values[parameter.name] != parameter.number():
        return True
    return parameter.only_under is not None and is_read(parameter, scenario.values)


def as_tables(scenario: ScenarioData) -> dict[str, Any]:
    """Return the tables of a complete scenario file."""
    tables: dict[str, Any] = {"title": scenario.title}
    tables.update({name: getattr(scenario, name) for name in TEXTS if getattr(scenario, name)})
    set_here = {*scenario.values, *(key for p in scenario.partnerships for key in p.levers)}
    chosen = {scenario.network, *(p.recruit for p in scenario.partnerships)}
    if needs := [
        one.name for one in EXTENSIONS if set_here & {*one.parameters} or chosen & {*one.ways}
    ]:
        tables["needs"] = needs
    if scenario.known:
        tables["known"] = list(scenario.known)
    if not scenario.partnerships:
        tables["partnerships"] = "none"
    for parameter in PARAMETERS:
        if parameter.name in scenario.values and is_told(parameter, scenario):
            value = written_value(parameter, scenario.values[parameter.name])
            tables.setdefault(parameter.section, {})[parameter.name] = value
    tables["world"]["network"] = scenario.network
    if scenario.given_network:
        network = scenario.given_network.to_table(scenario.agency_names)
        tables["world"]["network_file"] = network
    skills = [{"name": name} for name in scenario.skill_names]
    objectives = [
        _given(name=o.name, crosscut=o.crosscut, mix=o.mix and list(o.mix))
        for o in scenario.objectives
    ]
    for kind, entries in (("skill", skills), ("objective", objectives)):
        if given := _without_numbered(kind, entries):
            tables[kind] = given
    if scenario.agencies:
        tables["agency"] = [
            _given(
                name=a.name,
                capacity=a.capacity,
                home=None if a.home is None else scenario.skill_names[a.home],
                skills=a.skills and list(a.skills),
                goals=a.goals and list(a.goals),
                senior=a.senior,
                operational=a.operational,
            )
            for a in scenario.agencies
        ]
    if scenario.partnerships:
        tables["partnership"] = [_partnership_table(scenario, p) for p in scenario.partnerships]
    if scenario.changes:
        tables["change"] = [_change_table(scenario, change) for change in scenario.changes]
    return tables


def _partnership_table(scenario: ScenarioData, partnership: Partnership) -> dict[str, Any]:
    """Return a complete [[partnership]] table; its size only where the members do not give it."""
    agencies = scenario.agency_names
    return _given(
        name=partnership.name,
        size=None if partnership.recruit in ("names", "all") else partnership.size,
        recruit=partnership.recruit,
        area=1 + partnership.area if scenario.values["areas"] > 1 else None,
        members=[agencies[i] for i in partnership.members] or None,
        lead=None if partnership.lead is None else agencies[partnership.lead],
        focus=[scenario.objectives[k].name for k in partnership.focus],
        **{key: written_value(BY_NAME[key], value) for key, value in partnership.levers.items()},
    )


def _change_table(scenario: ScenarioData, change: Change) -> dict[str, Any]:
    """Return a [[change]] table; partnerships are named where it does not hold for all."""
    for_some = len(change.partnerships) < len(scenario.partnerships) and all(
        BY_NAME[key].section == "partnership" for key in change.set
    )
    return _given(
        month=change.month,
        partnership=(
            [scenario.partnerships[b].name for b in change.partnerships] if for_some else None
        ),
        set=_given(
            **{key: written_value(BY_NAME[key], v) for key, v in change.set.items()},
            lead=None if change.lead is None else scenario.agency_names[change.lead],
            focus=None
            if change.focus is None
            else [scenario.objectives[k].name for k in change.focus],
        ),
    )


def _without_numbered(kind: str, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leave out the last entries whose names are numbers: how many there are, [world] says."""
    while entries and entries[-1] == {"name": f"{kind} {len(entries)}"}:
        entries = entries[:-1]
    return entries


def _given(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def toml_value(value: Any) -> str:
    """Write one value as TOML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        # JSON's escapes are TOML's, but for a character that JSON lets stand.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, dict):
        inside = ", ".join(f"{_key(k)} = {toml_value(v)}" for k, v in value.items())
        return "{ " + inside + " }"
    if isinstance(value, list):
        return "[" + ", ".join(toml_value(item) for item in value) + "]"
    return repr(value)


def _key(name: str) -> str:
    bare = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if bare else toml_value(name)


def to_toml(scenario: ScenarioData) -> str:
    """Return a complete scenario file."""
    blocks: list[str] = []
    tables = as_tables(scenario)
    top = {key: value for key, value in tables.items() if not _holds_tables(value)}
    blocks.append("\n".join(f"{_key(k)} = {toml_value(v)}" for k, v in top.items()))
    for name, table in tables.items():
        if name in top:
            continue
        for entry in table if isinstance(table, list) else [table]:
            head = f"[[{name}]]" if isinstance(table, list) else f"[{name}]"
            lines = [f"{_key(k)} = {toml_value(v)}" for k, v in entry.items()]
            blocks.append("\n".join([head, *lines]))
    return "\n\n".join(blocks) + "\n"


def _holds_tables(value: Any) -> bool:
    """Tell whether a value is a table or a list of tables, and not one that stands in a line."""
    return isinstance(value[0] if isinstance(value, list) and value else value, dict)


Tables = Sequence[Mapping[str, Any]]


def template(scenario: ScenarioData, title: str, parent: str, patterns: Tables = ()) -> str:
    """Return a commented scenario file that extends ``parent`` and may change anything in it.

    Every value of ``scenario`` stands there behind a mark, ``# key = value``, with its unit, range
    and help. With all marks taken away the file still gives ``scenario``, but for its texts.
    ``patterns`` are its partnership tables where some stand for many (``files.patterns``).
    """
    lines = [
        f"title = {toml_value(title)}",
        'summary = "What this is about, in a sentence or two."',
        f"extends = {toml_value(parent)}",
        "",
        *_explained(
            "What you know of your own partnership and give below is drawn anew all the same where "
            "cgsim asks what nobody knows, unless it is named here. cgsim describe tells which "
            "inputs are uncertain."
        ),
        _marked("known", list(scenario.known)),
        "",
        "## A line with one mark, '# key = value', says what holds now. To change a value, take",
        "## its mark away and write your own. Lines with two marks explain.",
    ]
    for section, text in SECTIONS.items():
        if section == "partnership":
            continue
        lines += ["", f"## {text}", f"[{section}]"]
        for parameter in (p for p in PARAMETERS if p.section == section):
            value = (
                scenario.network
                if parameter.name == "network"
                else written_value(parameter, scenario.values[parameter.name])
            )
            lines += [*_note(parameter), _marked(parameter.name, value)]
    lines += ["", *_template_partnerships(scenario, patterns), "", *_template_changes(scenario)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _template_partnerships(scenario: ScenarioData, patterns: Tables) -> Iterator[str]:
    """Yield the lines of all partnerships; what the levers mean stands at the first."""
    yield from _explained(
        f"{SECTIONS['partnership']} Beware: a [[partnership]] here takes the place of all those in "
        "the scenario that is extended. What it does not say has its default and is not inherited. "
        "So take the mark away from every line of every [[partnership]] below, then write your own "
        "values. To change one value and keep the rest, leave the marks and write on the command "
        "line:"
    )
    yield "##   --set meetings=2"
    if not scenario.partnerships:
        yield from _explained("The scenario that is extended has none.")
    tables: Tables = [_partnership_table(scenario, each) for each in scenario.partnerships]
    if patterns:
        first = {key: value for key, value in tables[0].items() if key != "area"}
        tables = [{**patterns[0], **first, **patterns[0]}, *patterns[1:]]
    for place, table in enumerate(tables):
        if place > 0:
            yield ""
        yield "# [[partnership]]"
        for key, value in table.items():
            if place == 0 and key in BY_NAME:
                yield from _note(BY_NAME[key])
            yield _marked(key, value)


def _template_changes(scenario: ScenarioData) -> Iterator[str]:
    """Yield the lines of all changes over time, or of an example where there is none."""
    if not scenario.changes:
        example = {"month": 24, "set": {"lead_strength": 0.9}}
        yield from _explained("Changes over time. There is none now. One could be:")
        yield "##   [[change]]"
        yield from (f"##   {key} = {toml_value(value)}" for key, value in example.items())
        return
    yield from _explained(
        "Changes over time. A [[change]] here takes the place of all those in the scenario that is "
        "extended: take the mark away from every line of every one."
    )
    for change in scenario.changes:
        yield "# [[change]]"
        yield from (_marked(key, value) for key, value in _change_table(scenario, change).items())


def written(tables: Tables) -> str:
    """Return partnership tables as a file has them."""
    blocks = [
        ["[[partnership]]", *(f"{_key(key)} = {toml_value(value)}" for key, value in table.items())]
        for table in tables
    ]
    return "\n\n".join("\n".join(block) for block in blocks)


def _marked(key: str, value: Any) -> str:
    """Return a value that holds now, as a line that changes nothing until its mark is gone."""
    return f"# {_key(key)} = {toml_value(value)}"


def _note(parameter: Parameter) -> list[str]:
    unit = f" Unit: {parameter.unit}." if parameter.unit else ""
    return _explained(
        f"{parameter.explained}{unit} Allowed: {parameter.allowed}. {_basis(parameter)}."
    )


def _explained(text: str) -> list[str]:
    """Return an explanation as comment lines that stay comments where one mark is taken away."""
    return textwrap.wrap(text, 96, initial_indent="## ", subsequent_indent="## ")


def _basis(parameter: Parameter) -> str:
    return BASES[parameter.basis].capitalize()


def differences(first: ScenarioData, second: ScenarioData) -> Iterator[tuple[str, str, str]]:
    """Yield (key, value in the first, value in the second) for all that differs but the texts."""
    left, right = dict(_flat("", as_tables(first))), dict(_flat("", as_tables(second)))
    for key in [*left, *(key for key in right if key not in left)]:
        if key.split(".")[0] in ("title", *TEXTS):
            continue
        one, other = left.get(key, _unsaid(key)), right.get(key, _unsaid(key))
        if one != other:
            yield key, *_told_apart(one, other)


def _unsaid(key: str) -> Any:
    """Return what holds where a complete file does not say a key; None for nothing."""
    section, _, name = key.partition(".")
    if section != SECTION:
        return None
    return written_value(BY_NAME[name], BY_NAME[name].number())


FEWEST_DIGITS, MOST_DIGITS = 3, 17
"""Digits of a number that has many: as few as tell it from another; 17 tell any two apart."""


def _told_apart(first: Any, second: Any) -> tuple[str, str]:
    """Write two values that differ, in as many digits as show it."""
    for digits in range(FEWEST_DIGITS, MOST_DIGITS):
        one, other = _told(first, digits), _told(second, digits)
        if one != other:
            return one, other
    return _told(first, MOST_DIGITS), _told(second, MOST_DIGITS)


def _told(value: Any, digits: int) -> str:
    if value is None:
        return "none"
    if isinstance(value, float):
        short = plain(value)
        return short if float(short) == value else f"{value:.{digits}g}"
    return value if isinstance(value, str) else toml_value(value)


def _flat(prefix: str, table: Any) -> Iterator[tuple[str, Any]]:
    entries = (
        table.items()
        if isinstance(table, dict)
        else ((str(place + 1), entry) for place, entry in enumerate(table))
    )
    for key, value in entries:
        path = f"{prefix}{key}"
        if _holds_tables(value):
            yield from _flat(path + ".", value)
        else:
            yield path, value


def describe_parameter(parameter: Parameter) -> list[tuple[str, str]]:
    """Return what there is to say of a parameter, as (heading, text) pairs."""
    rows = [("what it is", parameter.help)]
    if parameter.name in BY_KIND:
        kind = BY_KIND[parameter.name]
        rows = [("what it is", kind.help)]
        rows += [(one.name, f"{one.help} {one.source}.") for one in kind.mechanisms]
    rows += [(way.name, way.help) for way in parameter.ways or ()]
    if parameter.unit:
        rows.append(("unit", parameter.unit))
    default = (
        parameter.default
        if isinstance(parameter.default, str)
        else toml_value(written_value(parameter, parameter.default))
    )
    rows += [
        ("allowed", parameter.allowed),
        ("default", str(default)),
        ("basis", BASES[parameter.basis]),
    ]
    if parameter.source and parameter.name not in BY_KIND:
        rows.append(("source", parameter.source))
    if parameter.prior:
        low, high = (plain(value) for value in parameter.prior)
        times = f" times {parameter.prior_times}" if parameter.prior_times else ""
        rows.append(("uncertain", f"taken to lie between {low} and {high}{times}"))
    header = "[[partnership]]" if parameter.section == "partnership" else f"[{parameter.section}]"
    rows.append(("where", f"{header} in a scenario file, or --set {parameter.name}=..."))
    return rows
