"""The form of a scenario file, made from the parameter table: what pydantic checks.

The same form gives the JSON Schema that editors complete and check scenario files with.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from cgsim.scenario.many import MOST_DRAW, RANGED
from cgsim.scenario.parameters import (
    BY_NAME,
    MOST_AGENCIES,
    MOST_OBJECTIVES,
    MOST_PARTNERSHIPS,
    MOST_SKILLS,
    PARAMETERS,
    SECTIONS,
    Parameter,
)
from cgsim.tables import worked_out

# Control characters, and marks that turn the direction of writing round, have no place in a name.
_PRINTED = "^[^\\x00-\\x1f\\x7f-\\x9f\\u202a-\\u202e\\u2066-\\u2069\\u2028\\u2029]*$"
_LONG = "^[^\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f\\u202a-\\u202e\\u2066-\\u2069\\u2028\\u2029]*$"
LONGEST_NAME, LONGEST_TEXT = 80, 4000
MOST_CHANGES = 1000
Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME, pattern=_PRINTED)]
Text = Annotated[str, Field(max_length=LONGEST_TEXT, pattern=_LONG)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Weight = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]
Weights = list[Weight] | dict[str, Weight]

NAME = f"1 to {LONGEST_NAME} printing characters"
TEXT = f"up to {LONGEST_TEXT} printing characters"
SHARE = "a number from 0 to 1"
WEIGHTS = "a list of numbers from 0 to 1000000000, or a table of them by name"


class Form(BaseModel):
    """A table of a scenario file: nothing unknown, nothing of the wrong type."""

    model_config = ConfigDict(extra="forbid", strict=True)


class SkillForm(Form):
    """A profession or service."""

    name: Name


class ObjectiveForm(Form):
    """An outcome for the community."""

    name: Name
    crosscut: Share | None = None
    mix: Weights | None = None


class AgencyForm(Form):
    """An agency given by hand; what is not given is drawn."""

    name: Name
    capacity: Annotated[float, Field(ge=0.001, le=1e6, allow_inf_nan=False)] | None = None
    home: Name | None = None
    skills: Weights | None = None
    goals: Weights | None = None
    senior: Share | None = None
    operational: Share | None = None


class ChangeForm(Form):
    """A scheduled change."""

    month: Annotated[int, Field(ge=0, le=100_000)]
    partnership: Name | list[Name] | None = None
    set: dict[str, Any]


def _type_of(parameter: Parameter) -> Any:
    if parameter.kind == "choice":
        return Literal[tuple(parameter.choices)]
    if parameter.kind == "flag":
        return bool
    limits = Field(ge=parameter.low, le=parameter.high, allow_inf_nan=False)
    if parameter.kind == "whole":
        return Annotated[int, Field(ge=int(parameter.low), le=int(parameter.high))]
    number: Any = Annotated[float, limits]
    return number | Literal["never"] if parameter.name == "last" else number


def _default_of(parameter: Parameter) -> Any:
    if parameter.kind == "flag":
        return bool(parameter.default)
    if parameter.name == "last":
        return "never"
    return int(parameter.default) if parameter.kind == "whole" else parameter.default


def _fields(section: str) -> dict[str, Any]:
    return {
        p.name: (
            _type_of(p) | None,
            Field(
                None,
                description=f"{p.explained} Unit: {p.unit or 'none'}. Default: {_default_of(p)}.",
            ),
        )
        for p in PARAMETERS
        if p.section == section
    }


@worked_out
def file_form() -> type[BaseModel]:
    """Return the pydantic model of a whole scenario file."""
    world = create_model(
        "World",
        __base__=Form,
        network_file=(
            Annotated[str, Field(min_length=1, max_length=1000)] | dict[str, Any] | None,
            Field(
                None,
                description="The path of a network file, from the folder of this one; or a table "
                "of what was read: name, ties, trust, scale and notes.",
            ),
        ),
        network_scale=(
            list[float] | None,
            Field(
                None,
                description="The values of no trust and of full trust in the network file, such "
                "as [1, 5]. Not needed from 0 to 1.",
            ),
        ),
        **_fields("world"),
    )
    focus = (
        Annotated[int, Field(ge=1, le=MOST_OBJECTIVES)] | Annotated[list[Name], Field(min_length=1)]
    )
    partnership = create_model(
        "Partnership",
        __base__=Form,
        name=(Name | None, None),
        members=(list[Name] | None, None),
        lead=(Name | None, None),
        focus=(focus | None, Field(None, description="The first so many objectives, or names.")),
        **_fields("partnership"),
    )
    sections: dict[str, Any] = {
        name: (
            create_model(name.title(), __base__=Form, **_fields(name)) | None,
            Field(None, description=text),
        )
        for name, text in SECTIONS.items()
        if name not in ("world", "partnership")
    }
    texts: dict[str, Any] = dict.fromkeys(
        ("summary", "happened", "assumed", "look_for", "source"), (Text | None, None)
    )
    build: Any = create_model  # its types cannot follow tables made at run time
    made: type[BaseModel] = build(
        "ScenarioFile",
        __base__=Form,
        title=(Name, ...),
        **texts,
        extends=(Name | None, None),
        needs=(
            Name | list[Name] | None,
            Field(None, description="Extensions without which it is another scenario: --with."),
        ),
        known=(
            list[Name] | None,
            Field(
                None,
                description="Uncertain inputs whose values here are known, or make the scenario "
                "what it is: they stand, and are not drawn anew with all that nobody knows.",
            ),
        ),
        partnerships=(Literal["none"] | None, None),
        world=(world | None, Field(None, description=SECTIONS["world"])),
        **sections,
        skill=(Annotated[list[SkillForm], Field(max_length=MOST_SKILLS)] | None, None),
        objective=(Annotated[list[ObjectiveForm], Field(max_length=MOST_OBJECTIVES)] | None, None),
        agency=(Annotated[list[AgencyForm], Field(max_length=MOST_AGENCIES)] | None, None),
        partnership=(
            Annotated[list[partnership], Field(max_length=MOST_PARTNERSHIPS)] | None,  # type: ignore[valid-type]
            None,
        ),
        change=(Annotated[list[ChangeForm], Field(max_length=MOST_CHANGES)] | None, None),
    )
    return made


_ALLOWED = {
    "title": NAME,
    "name": NAME,
    "needs": "the name of an extension, or a list of names",
    "extends": "the name of a library scenario, or a path",
    "known": "a list of uncertain inputs' names",
    "partnerships": '"none"',
    "network_file": "a path of 1 to 1000 characters, or a table of what was read",
    "network_scale": "the values of no trust and of full trust, such as [0, 1] or [1, 5]",
    "members": "a list of agencies' names",
    "lead": "an agency's name",
    "home": "a skill's name",
    "focus": f"a whole number from 1 to {MOST_OBJECTIVES}, or a list of objectives' names",
    "mix": WEIGHTS,
    "skills": WEIGHTS,
    "goals": WEIGHTS,
    "month": "a whole number from 0 to 100000",
    "partnership": "a partnership's name or a list of names",
    "set": "a table of parameters and their new values",
}
_LISTS = {
    "skill": f"at most {MOST_SKILLS} [[skill]] tables",
    "objective": f"at most {MOST_OBJECTIVES} [[objective]] tables",
    "agency": f"at most {MOST_AGENCIES} [[agency]] tables",
    "partnership": f"at most {MOST_PARTNERSHIPS} [[partnership]] tables",
    "change": f"at most {MOST_CHANGES} [[change]] tables",
}


def allowed(path: tuple[str | int, ...]) -> str:
    """Return in words what may stand at a path of a scenario file."""
    names = [part for part in path if isinstance(part, str)]
    top = names[0]
    if len(path) == 1 or (len(path) == 2 and isinstance(path[1], int)):
        if top in _LISTS:
            return _LISTS[top] if len(path) == 1 else "a table"
        if top in SECTIONS:
            return f"a table [{top}]"
        return _ALLOWED.get(top, TEXT)
    key = names[1] if len(names) > 1 else top
    if top == "change":
        return _ALLOWED.get(key, "")
    if top in ("agency", "objective"):
        if key == "capacity":
            return "a number from 0.001 to 1000000"
        return SHARE if key in ("senior", "operational", "crosscut") else _ALLOWED[key]
    return BY_NAME[key].allowed if key in BY_NAME else _ALLOWED.get(key, "")


def known_keys(path: tuple[str | int, ...]) -> tuple[str, ...]:
    """Return the keys that may stand in the table at a path (() for the whole file)."""
    form: Any = file_form()
    if path:
        top = path[0]
        forms = {"skill": SkillForm, "objective": ObjectiveForm, "agency": AgencyForm}
        if top in forms:
            form = forms[top]  # type: ignore[index]
        elif top == "change":
            form = ChangeForm
        else:
            extra = {
                "partnership": ("name", "members", "lead", "focus", "count", "per_area", "draw"),
                "world": ("network_file", "network_scale"),
            }.get(str(top), ())
            return (*(p.name for p in PARAMETERS if p.section == top), *extra)
    return tuple(form.model_fields)


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a scenario file, for editors."""
    schema = file_form().model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "cgsim scenario"
    _tell_of_many(schema["$defs"]["Partnership"]["properties"])
    return schema


def _tell_of_many(keys: dict[str, Any]) -> None:
    """Let a table stand for many partnerships, with values in ranges: these are written out."""
    keys["count"] = {
        "type": "integer",
        "minimum": 1,
        "maximum": MOST_PARTNERSHIPS,
        "description": "How many partnerships the table stands for; its name then has {n} in it.",
    }
    keys["per_area"] = {
        "type": "integer",
        "minimum": 1,
        "maximum": MOST_PARTNERSHIPS,
        "description": "The table stands for so many in each area; {n} and {area} are in its name.",
    }
    keys["draw"] = {
        "type": "integer",
        "minimum": 0,
        "maximum": MOST_DRAW,
        "description": "Another number draws other values from the ranges.",
    }
    drawn = {
        "type": "object",
        "properties": {"from": {"type": "number"}, "to": {"type": "number"}},
        "required": ["from", "to"],
        "additionalProperties": False,
    }
    for name in RANGED:
        keys[name]["anyOf"].append(drawn)
