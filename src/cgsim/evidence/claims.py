"""Claims, one declarative file each: what is set, and what pattern must be seen.

The study's stand in ``experiments/evidence``; whoever has another writes a file of their own. A
file names settings (``[settings]``), further columns (``[windows]``) and conditions over them. A
value is written ``"measure@setting"``. All conditions of ``holds`` must be met in a draw from the
priors for the claim to hold there; only draws that meet ``where`` count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Discriminator, Field, Tag, ValidationError

from cgsim import shipped
from cgsim.experiment.files import WindowForm
from cgsim.experiment.windows import Window
from cgsim.measures import MEASURES, OUTCOMES
from cgsim.rules.state import FRICTIONS, MONTH_COLUMNS
from cgsim.scenario import Scenario, load, outside
from cgsim.scenario.errors import Fault, ScenarioError, hint, shown
from cgsim.scenario.files import Draft, read
from cgsim.scenario.form import Form, Name, Text
from cgsim.scenario.keys import MOST_BYTES
from cgsim.scenario.writing import toml_value
from cgsim.tables import Rows

MOST_WORDS_QUOTED = 15
SECTIONS = {
    "ES": "executive summary",
    "CTX": "context",
    "ACT": "collaborative gain in action",
    "KEY": "key messages",
    "CON": "conclusions",
    "LIT": "literature",
    "outside": "outside the study",
}
ORIGINS = ("check", "built in", "half built in", "emergent")
"""A check of the program; all conditions follow from how model or measures are made; some; none."""
OUTCOME = "outcome_"
KNOWN: Sequence[str] = Rows(
    lambda: dict.fromkeys(
        [
            *(measure.name for measure in MEASURES if measure.name != "outcome"),
            *(OUTCOME + name.replace(" ", "_") for name in OUTCOMES),
            *MONTH_COLUMNS,
        ]
    )
)
"""What a condition may look at, besides the claim's windows; with what extensions in use add."""
_Value = bool | int | float | str
_Number = Annotated[float, Field(allow_inf_nan=False)]


class At(NamedTuple):
    """A measure at a setting, written ``measure@setting``."""

    measure: str
    setting: str


class ConditionForm(Form):
    """What all conditions may say: why one follows from how the model or its measures are made."""

    built_in: Text | None = None


class ValueForm(ConditionForm):
    """A value lies above or below a bound; ``stat`` says of which of the replicates."""

    value: str
    above: _Number | None = None
    below: _Number | None = None
    stat: Literal["mean", "highest", "lowest"] = "mean"


class MoreForm(ConditionForm):
    """One value is above another, by more than ``by``."""

    more: str
    less: str
    by: _Number = 0.0


class NearForm(ConditionForm):
    """Two values differ by no more than ``within``."""

    near: Annotated[list[str], Field(min_length=2, max_length=2)]
    within: _Number


class ShapeForm(ConditionForm):
    """A measure rises or falls along settings; "rises" and "falls" go by the slope of a line."""

    shape: Literal["rises", "falls", "rises then falls", "falls in the end"]
    measure: str
    along: Annotated[list[str], Field(min_length=2)]


class EffectForm(ConditionForm):
    """The first difference, of its first value less its second, is larger than another one."""

    effect: Annotated[list[str], Field(min_length=2, max_length=2)]
    beats: Annotated[list[str], Field(min_length=2, max_length=2)]


class CorrelationForm(ConditionForm):
    """Over the replicates two measures go together to some degree (Pearson's r)."""

    correlation: Annotated[list[str], Field(min_length=2, max_length=2)]
    at: str
    above: _Number = -1.0
    below: _Number = 1.0


class SplitForm(ConditionForm):
    """Two outcomes from one setting: many replicates below ``low`` and many above ``high``."""

    split: str
    low: _Number
    high: _Number
    each: Annotated[float, Field(gt=0, lt=0.5)] = 0.1


_FORMS: dict[str, type[Form]] = {
    "value": ValueForm,
    "more": MoreForm,
    "near": NearForm,
    "shape": ShapeForm,
    "effect": EffectForm,
    "correlation": CorrelationForm,
    "split": SplitForm,
}
Condition = ValueForm | MoreForm | NearForm | ShapeForm | EffectForm | CorrelationForm | SplitForm


def _kind(given: Any) -> str | None:
    keys = given if isinstance(given, dict) else vars(given)
    return next((kind for kind in _FORMS if kind in keys), None)


_Condition = Annotated[
    Annotated[ValueForm, Tag("value")]
    | Annotated[MoreForm, Tag("more")]
    | Annotated[NearForm, Tag("near")]
    | Annotated[ShapeForm, Tag("shape")]
    | Annotated[EffectForm, Tag("effect")]
    | Annotated[CorrelationForm, Tag("correlation")]
    | Annotated[SplitForm, Tag("split")],
    Discriminator(_kind),
]


class SettingForm(Form):
    """One setting: a scenario, values laid over it, frictions switched off."""

    scenario: Name | None = None
    off: list[Literal[FRICTIONS]] = Field([])  # type: ignore[valid-type]
    set: dict[str, _Value] = Field({})


class ClaimForm(Form):
    """A claim's file."""

    title: Name
    quotation: Text | None = None
    section: list[Literal[tuple(SECTIONS)]] = Field([])  # type: ignore[valid-type]
    source: Text | None = None
    pattern: Text
    reading: Text | None = None
    scenario: Name = "baseline"
    set: dict[str, _Value] = Field({})
    settings: Annotated[dict[str, SettingForm], Field(min_length=1)]
    windows: dict[str, WindowForm] = Field({})
    equal_money: bool = False
    where: list[_Condition] = Field([])
    holds: Annotated[list[_Condition], Field(min_length=1)]
    enough: Annotated[float, Field(gt=0, lt=1)] | None = None
    show: list[str] = Field([])
    check: Text | None = None
    discussion: Text | None = None


@dataclass(frozen=True)
class Setting:
    """One setting of a claim, resolved."""

    scenario: Scenario  #: named as the setting
    off: tuple[str, ...]  #: frictions switched off
    fixed: frozenset[str]  #: parameters that are set or settled by names, and so are not drawn

    @property
    def not_drawn(self) -> frozenset[str]:
        """What is fixed, and what its scenario knows."""
        return self.fixed.union(self.scenario.known)


@dataclass(frozen=True)
class Claim:
    """A claim, and how the simulation examines it."""

    id: str
    title: str
    quotation: str  #: at most 15 words of the study, or of its source; may be ""
    sections: tuple[str, ...]  #: of the study; none for one that is not the study's
    pattern: str  #: what must be seen, in words
    reading: str  #: what to make of what was found; "" where nobody has said it
    settings: Mapping[str, Setting]
    windows: tuple[Window, ...]
    equal_money: bool
    where: tuple[Condition, ...]
    holds: tuple[Condition, ...]
    enough: float | None  #: for claims that something happens at times: the share that is enough
    show: tuple[str, ...]  #: measures whose means are shown
    check: str | None = None  #: why it can hardly fail, and so checks the program
    discussion: str | None = None  #: what it may mean that the model does not show it
    source: str = ""  #: where it is from, if not from the study
    text: str = ""  #: of the file of one's own that it stands in; "" for one that is shipped

    @property
    def origin(self) -> str:
        """Where what is looked for comes from: one of ``ORIGINS``."""
        if self.check is not None:
            return "check"
        built_in = [condition.built_in is not None for condition in self.holds]
        if all(built_in):
            return "built in"
        return "half built in" if any(built_in) else "emergent"

    @property
    def measures(self) -> tuple[str, ...]:
        """Every measure that the conditions and the table need."""
        used = [at.measure for c in (*self.where, *self.holds) for at in values_of(c)]
        area = ["area_gain"] if self.by_area else []
        return tuple(dict.fromkeys([*self.show, *used, *area]))

    @property
    def by_area(self) -> bool:
        """Whether gains are compared between settings that other agencies founded.

        Shares of what different founders met alone do not compare, so the gain of the area is
        looked at wherever the conditions say ``gain``.
        """
        founding = {
            tuple((p.size, p.recruit, p.members) for p in setting.scenario.partnerships)
            for setting in self.settings.values()
        }
        return len(founding) > 1 and any(
            at.measure == "gain" for c in (*self.where, *self.holds) for at in values_of(c)
        )


@dataclass(frozen=True)
class Variant:
    """The model with something switched off or exchanged, to see which claims rest on it."""

    name: str
    words: str
    off: tuple[str, ...]
    set: Mapping[str, Any]


def values_of(condition: Condition) -> list[At]:
    """Return every value that a condition looks at."""
    match condition:
        case ValueForm():
            return [at(condition.value)]
        case MoreForm():
            return [at(condition.more), at(condition.less)]
        case NearForm():
            return [at(text) for text in condition.near]
        case ShapeForm():
            return [At(condition.measure, setting) for setting in condition.along]
        case EffectForm():
            return [at(text) for text in (*condition.effect, *condition.beats)]
        case CorrelationForm():
            return [At(measure, condition.at) for measure in condition.correlation]
        case SplitForm():
            return [at(condition.split)]


def at(text: str) -> At:
    """Return the measure and the setting of ``measure@setting``."""
    measure, _, setting = text.partition("@")
    return At(measure.strip(), setting.strip())


def folder() -> Path:
    """Return where the claims stand."""
    return shipped.folder("experiments") / "evidence"


@cache
def names() -> tuple[str, ...]:
    """Return the ids of all claims in their order: A1, A2, ... A10, B1, ..."""
    found = (re.fullmatch(r"([A-Z])(\d+)", path.stem) for path in folder().glob("*.toml"))
    return tuple(m.group() for m in sorted((m for m in found if m), key=_order))


def _order(found: re.Match[str]) -> tuple[bool, str, int]:
    return found[1] == "R", found[1], int(found[2])


def load_claim(name: str | Path) -> Claim:
    """Return a claim by its id or its file; raise ``ScenarioError`` with every fault."""
    path = Path(name)
    if str(name).upper() in names():
        path = folder() / f"{str(name).upper()}.toml"
    elif path.suffix != ".toml":
        message = f"got {shown(str(name))}; allowed {names()[0]} to {names()[-1]}, or a .toml file"
        raise ScenarioError([Fault("claim", None, "", message + hint(str(name), names()))])
    draft = read(path)
    try:
        form = ClaimForm.model_validate(draft.tables)
    except ValidationError as error:
        raise ScenarioError(
            _fault(draft, item) for item in error.errors(include_url=False, include_context=False)
        ) from None
    faults = list(_misfits(draft, form))
    settings: dict[str, Setting] = {}
    for setting, given in form.settings.items():
        try:
            settings[setting] = _resolved(form, setting, given, path.parent)
        except ScenarioError as error:
            faults += [draft.fault(("settings", setting), str(fault)) for fault in error.faults]
    if faults:
        raise ScenarioError(faults)
    return Claim(
        id=path.stem,
        title=form.title,
        quotation=_stripped(form.quotation),
        sections=tuple(form.section),
        pattern=form.pattern.strip(),
        reading=_stripped(form.reading),
        settings=settings,
        windows=tuple(
            Window(name, w.column, w.months[0], w.months[-1], w.dead_count)
            for name, w in form.windows.items()
        ),
        equal_money=form.equal_money,
        where=tuple(form.where),
        holds=tuple(form.holds),
        enough=form.enough,
        show=tuple(form.show),
        check=form.check and form.check.strip(),
        discussion=form.discussion and form.discussion.strip(),
        source=_stripped(form.source),
        text="" if path.parent == folder() else outside.read_text(path, MOST_BYTES),
    )


def load_claims(wanted: Sequence[str | Path]) -> list[Claim]:
    """Return claims by their ids or files.

    Raises ``ScenarioError`` for two of one id, and for a file of one's own that is called as one of
    the study's claims: its verdict would be taken for that one's.
    """
    loaded = [load_claim(one) for one in wanted]
    for place, claim in enumerate(loaded):
        if claim.text and claim.id in names():
            message = "got a file of your own under the name of one of the study's claims; allowed "
            message += f"another name, such as my_{claim.id}.toml"
            raise ScenarioError([Fault("claim", None, claim.id, message)])
        if claim.id in [before.id for before in loaded[:place]]:
            message = f"got {shown(claim.id)} twice; allowed once: a file's name is the claim's id"
            raise ScenarioError([Fault("claim", None, "", message)])
    return loaded


def _stripped(text: str | None) -> str:
    return text.strip() if text else ""


def _fault(draft: Draft, item: Any) -> Fault:
    """Return pydantic's error as a line that says what would be right."""
    path = tuple(part for part in item["loc"] if part not in _FORMS)
    if item["type"] == "extra_forbidden":
        kind = next((_FORMS[part] for part in item["loc"] if part in _FORMS), None)
        forms: dict[str, type[Form]] = {"settings": SettingForm, "windows": WindowForm}
        form = kind or (forms.get(str(path[0]), ClaimForm) if len(path) > 1 else ClaimForm)
        known = list(form.model_fields)
        message = f"got an unknown key; allowed {', '.join(known)}{hint(str(path[-1]), known)}"
    elif item["type"] == "union_tag_not_found":
        message = f"got {shown(item['input'])}; allowed a condition: {', '.join(_FORMS)}"
    elif item["type"] == "missing":
        message = "got nothing; allowed a value"
    elif item["type"] == "literal_error":
        allowed = [text.strip("'") for text in re.findall(r"'[^']*'", item["msg"])]
        near = hint(str(item["input"]), allowed)
        message = f"got {shown(item['input'])}; allowed {', '.join(allowed)}{near}"
    else:
        message = f"got {shown(item['input'])}; {item['msg'][0].lower()}{item['msg'][1:]}"
    return draft.fault(path, message)


def _misfits(draft: Draft, form: ClaimForm) -> Iterable[Fault]:
    """Yield what does not fit together."""
    words = len(_stripped(form.quotation).split())
    if words > MOST_WORDS_QUOTED:
        message = f"got {words} words; allowed {MOST_WORDS_QUOTED}"
        yield draft.fault(("quotation",), message)
    known = [*KNOWN, *form.windows]
    for name, window in form.windows.items():
        if name in KNOWN or window.months[0] > window.months[1]:
            yield draft.fault(("windows", name), "allowed a new name, and first <= last")
    for measure in form.show:
        if measure not in known:
            message = f"got {shown(measure)}; allowed a measure{hint(measure, known)}"
            yield draft.fault(("show",), message)
    for table, conditions in (("where", form.where), ("holds", form.holds)):
        for place, condition in enumerate(conditions):
            unbound = (
                isinstance(condition, ValueForm) and condition.above is condition.below is None
            )
            if unbound:
                yield draft.fault((table, place), "got no bound; allowed above, below or both")
            for value in values_of(condition):
                path = (table, place)
                if value.measure not in known:
                    near = hint(value.measure, known)
                    yield draft.fault(path, f"got {shown(value.measure)}; allowed a measure{near}")
                if value.setting not in form.settings:
                    near = hint(value.setting, form.settings)
                    message = f"got setting {shown(value.setting)}; allowed one of [settings]"
                    yield draft.fault(path, message + near)


def _resolved(form: ClaimForm, name: str, given: SettingForm, beside: Path) -> Setting:
    laid = {**form.set, **given.set}
    scenario = given.scenario or form.scenario
    where = beside / scenario if scenario.endswith(".toml") else scenario
    resolved = load(where, [f"{key}={toml_value(value)}" for key, value in laid.items()])
    fixed = resolved.fixed_counts.union(laid)
    return Setting(replace(resolved, name=name), tuple(given.off), fixed)


@cache
def effects() -> tuple[Variant, ...]:
    """Return the model without each effect that can be switched off, from ``effects.toml``."""

    class VariantForm(Form):
        words: Text
        off: list[Literal[FRICTIONS]] = Field([])  # type: ignore[valid-type]
        set: dict[str, _Value] = Field({})

    tables = read(folder() / "effects.toml").tables
    forms = {name: VariantForm.model_validate(table) for name, table in tables.items()}
    return tuple(Variant(n, f.words.strip(), tuple(f.off), f.set) for n, f in forms.items())
