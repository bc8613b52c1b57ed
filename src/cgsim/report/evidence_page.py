"""The register of evidence as a page: what the study claims, and what the simulation says."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cgsim.answer.catalogue import term, word
from cgsim.answer.formats import FORMATS, joined, percent, points
from cgsim.answer.names import plain
from cgsim.evidence.claims import ORIGINS, OUTCOME, SECTIONS, Claim, Variant
from cgsim.evidence.exchanged import CHOICES, Choice, Exchanged, Exchanges, Found
from cgsim.evidence.register import (
    CONDITIONAL,
    MORE_REPLICATES,
    NOTHING,
    SUPPORTED,
    Register,
    Verdict,
    is_among_runs,
)
from cgsim.measures import BY_NAME, OUTCOMES

GROUPS = ("A", "B", "C", "D", "E", "F", "G", "R")
VERDICTS = ("supported", "conditional", "not supported", "not judged")
ABOUT = ("introduction", "judged", "read", "origin", "members", "not_modelled", "again")
HEADS = ("claim", "verdict", "share", "interval", "clear", "against", "parts", "origin", "holds")


def as_markdown(
    register: Register,
    claims: Sequence[Claim],
    effects: Sequence[Variant],
    exchanged: Exchanged,
) -> str:
    """Return the register as Markdown."""
    verdicts = register.verdicts
    count = {v: sum(r.verdict == v for r in verdicts.values()) for v in VERDICTS}
    told = ", ".join(
        word("register.counted", number=number, verdict=verdict_words(verdict))
        for verdict, number in count.items()
        if number
    )
    numbers = {
        "draws": register.draws,
        "runs": register.replicates,
        "supported": SUPPORTED,
        "conditional": CONDITIONAL,
        "version": register.version,
        "seed": str(register.seed),
        "border_draws": "".join(f" --border-draws {count}" for count in register.more_draws[-1:]),
    }
    origins = ((origin, sum(c.origin == origin for c in claims)) for origin in ORIGINS)
    lines = [
        f"# {word('register.title')}",
        "",
        "<!-- Made by docs/refresh.py from experiments/evidence: change it there. -->",
    ]
    for name in ABOUT:
        lines += ["", word(f"register.{name}", **numbers)]
        if name == "judged":
            lines[-1] = " ".join([lines[-1], *more_of(register)])
    lines += [
        "",
        word("register.counts", claims=len(verdicts), told=told),
        word(
            "register.origins",
            told=joined(
                [
                    word("register.of_origin", number=number, origin=origin_words(origin))
                    for origin, number in origins
                    if number
                ]
            ),
        ),
        "",
        "| | " + " | ".join(word(f"register.head_{name}") for name in HEADS) + " |",
        "|---" * (len(HEADS) + 1) + "|",
    ]
    for claim in claims:
        lines.append(_row(claim, verdicts[claim.id], exchanged.claims.get(claim.id)))
    lines += ["", *_whatever(claims, verdicts, exchanged)]
    for group in GROUPS:
        lines += ["", f"## {group} {word(f'register.group_{group}')}"]
        for claim in claims:
            if claim.id[0] == group:
                found = exchanged.claims.get(claim.id)
                lines += ["", *entry(claim, verdicts[claim.id], found)]
    if any(v.without for v in verdicts.values()):
        lines += ["", *_without(claims, verdicts, effects)]
    lines += ["", *_exchanged(claims, exchanged)]
    return "\n".join(lines) + "\n"


def more_of(register: Register) -> list[str]:
    """Say where claims were judged over more draws or more runs than the others."""
    counts = {"draws": register.more_draws, "runs": register.more_replicates}
    return [
        word(f"verdict.more_{name}", **{name: joined([f"{one:,}" for one in count])})
        for name, count in counts.items()
        if count
    ]


def _row(claim: Claim, verdict: Verdict, found: Exchanges | None) -> str:
    share, interval = _share(verdict)
    clear, contrary = (
        "" if value is None else percent(value, 0) for value in (verdict.clear, verdict.contrary)
    )
    cells = (
        claim.id,
        claim.title,
        marked_verdict(verdict),
        share,
        interval,
        clear,
        contrary,
        _parts(claim, verdict),
        origin_words(claim.origin),
        holds_under(found, verdict),
    )
    return "| " + " | ".join(cells) + " |"


def _parts(claim: Claim, verdict: Verdict) -> str:
    """Return the share of draws of each condition; those that are built in are marked."""
    if len(verdict.parts) < 2:
        return ""
    return ", ".join(
        word("register.part_built_in", share=percent(share, 0))
        if condition.built_in
        else percent(share, 0)
        for condition, share in zip(claim.holds, verdict.parts, strict=True)
    )


def origin_words(origin: str) -> str:
    """Return where what a claim looks for comes from, in words."""
    return word(f"register.origin_{origin.replace(' ', '_')}")


def holds_under(found: Exchanges | None, verdict: Verdict) -> str:
    """Return under how many of how many mechanisms a claim holds; empty where none are counted.

    It holds as the verdict by fewer draws, which is told where it is not that of the register.
    """
    if found is None or not found.judged:
        return ""
    numbers = {"holding": len(found.holding), "judged": len(found.judged)}
    if found.own.verdict == verdict.verdict:
        return word("register.holds", **numbers)
    return word("register.holds_as", **numbers, verdict=verdict_words(found.own.verdict))


def marked_verdict(verdict: Verdict) -> str:
    """Return a verdict in words, with a word on it where it is near a border."""
    near = verdict.near_a_border and verdict.verdict != "not judged"
    words = verdict_words(verdict.verdict)
    return word("verdict.near", verdict=words) if near else words


def _share(verdict: Verdict) -> tuple[str, str]:
    if math.isnan(verdict.share):
        return "", ""
    return percent(verdict.share, 0), FORMATS["span"](vars(verdict))


def sentence(claim: Claim, verdict: Verdict) -> str:
    """Return what was found on a claim, in a sentence or two."""
    if verdict.verdict == "not judged":
        return word("verdict.too_few", judged=verdict.judged, draws=verdict.draws)
    said = [
        word(
            "verdict.seen",
            verdict=marked_verdict(verdict).capitalize(),
            share=verdict.share,
            judged=verdict.judged,
            span={"low": verdict.low, "high": verdict.high},
        )
    ]
    if claim.enough is not None:
        said.append(word("verdict.enough", enough=claim.enough))
    if verdict.judged < verdict.draws:
        said.append(word("verdict.others", others=verdict.draws - verdict.judged))
    if len(verdict.parts) > 1:
        said.append(word("verdict.parts", parts=", ".join(percent(p, 0) for p in verdict.parts)))
    other = verdict.by_founders
    if other is not None and other["share"] is not None:
        said.append(
            word(
                "verdict.by_area",
                verdict=verdict_words(other["verdict"]),
                share=other["share"],
                span=other,
            )
        )
    return " ".join(said)


def verdict_words(verdict: str) -> str:
    """Return a verdict in words."""
    return word(f"verdict.{verdict.replace(' ', '_')}")


def mechanisms_sentence(found: Exchanges, verdict: Verdict) -> str:
    """Return what becomes of a claim with each mechanism alone in the place of the model's own.

    ``verdict`` is the register's.
    """
    count = len(found.judged)
    if not count:
        return word("verdict.mechanisms_unknown", judged=found.own.judged, draws=found.draws)
    said = [
        word(
            "verdict.holds_all" if len(found.holding) == count else "verdict.holds",
            holding=len(found.holding),
            judged=count,
        )
    ]
    if found.own.verdict != verdict.verdict:
        words = verdict_words(found.own.verdict)
        said.append(word("verdict.own_here", verdict=words, share=found.own.share))
    for key, others in (("turning", found.turning), ("wavering", found.wavering)):
        if others:
            own = found.own.share
            said.append(word(f"verdict.{key}", share=own, list=joined(list(map(_with, others)))))
    if count < len(CHOICES):
        said.append(_not_counted(found))
    return " ".join(said)


def _with(found: Found) -> str:
    return word(
        "verdict.with",
        mechanism=choice_words(found.choice),
        verdict=verdict_words(found.verdict),
        share=found.share,
    )


def _not_counted(found: Exchanges) -> str:
    """Say why some mechanisms are not counted, and which."""
    lived = {one.choice for one in found.others}
    reasons = (
        ("unread", [choice for choice in CHOICES if choice not in lived]),
        ("too_few_count", [one.choice for one in found.others if not one.is_judged]),
    )
    return " ".join(
        word(f"verdict.{key}", list=joined(list(map(choice_words, choices))))
        for key, choices in reasons
        if choices
    )


def choice_words(choice: Choice) -> str:
    """Return a mechanism in words, after its kind."""
    return word("robust.chosen", kind=plain(choice.kind), mechanism=plain(choice.mechanism))


def entry(claim: Claim, verdict: Verdict, found: Exchanges | None = None) -> list[str]:
    """Return a claim's entry, as lines of Markdown."""
    where = ", ".join(term(SECTIONS[section]) for section in claim.sections)
    lines = [
        f"### {claim.id} {claim.title}",
        "",
        word("register.quotation", quotation=claim.quotation, where=where),
        "",
        word("register.pattern", pattern=claim.pattern),
        "",
        word("register.found", found=sentence(claim, verdict)),
        "",
    ]
    lines += _means(claim, verdict)
    lines += _highest(claim, verdict)
    lines += _depends(verdict)
    if found is not None:
        lines += [word("register.mechanisms_of", told=mechanisms_sentence(found, verdict)), ""]
    lines += [line for reason in _reasons(claim) for line in (reason, "")]
    lines.append(word("register.reading", reading=claim.reading))
    if claim.discussion:
        lines += ["", word("register.discussion", discussion=claim.discussion)]
    return lines


def _reasons(claim: Claim) -> list[str]:
    """Say why a claim can hardly fail, or which of its conditions are built in and why."""
    if claim.check is not None:
        return [word("register.check", reason=claim.check)]
    several = len(claim.holds) > 1
    return [
        word("register.condition_built_in", number=number, reason=condition.built_in)
        if several
        else word("register.built_in", reason=condition.built_in)
        for number, condition in enumerate(claim.holds, 1)
        if condition.built_in
    ]


def _means(claim: Claim, verdict: Verdict) -> list[str]:
    shown = [m for m in claim.measures if verdict.means.get(m)]
    if not shown:
        return []
    measures = [_words_and_unit(claim, name) for name in shown]
    heads = [word("register.head_setting"), *(words for words, _ in measures)]
    lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    for setting in claim.settings:
        cells = [
            _cell(verdict.means[name].get(setting), unit)
            for name, (_, unit) in zip(shown, measures, strict=True)
        ]
        lines.append(f"| {setting} | " + " | ".join(cells) + " |")
    return [*lines, "", word("register.means"), ""]


def _words_and_unit(claim: Claim, name: str) -> tuple[str, str]:
    """Return what a column of a claim is called, and its unit."""
    kind = name.removeprefix(OUTCOME).replace("_", " ")
    if name.startswith(OUTCOME) and kind in OUTCOMES:
        return word("word.came_out_as", outcome=kind), "share"
    measure = BY_NAME.get(name) or {w.name: w.measure for w in claim.windows}.get(name)
    return (term(measure.words), measure.unit) if measure else (plain(name), "")


def _highest(claim: Claim, verdict: Verdict) -> list[str]:
    lines = []
    for name, shares in verdict.highest.items():
        told = ", ".join(f"{setting}: {percent(share, 0)}" for setting, share in shares.items())
        words, _ = _words_and_unit(claim, name)
        lines += [word("register.highest", words=words, told=told), ""]
    return lines


def _cell(row: Mapping[str, Any] | None, unit: str) -> str:
    if row is None:
        return ""
    values = [row[key] for key in ("mean", "low", "high")]
    if unit == "share":
        low, high = points(values[1]), points(values[2])
        return f"{percent(values[0])} ({word('word.to', low=low, high=high)})"
    digits = 0 if max(map(abs, values)) >= 100 else 2
    mean, low, high = (f"{value:,.{digits}f}" for value in values)
    return f"{mean} ({word('word.to', low=low, high=high)})"


def _depends(verdict: Verdict) -> list[str]:
    if len(verdict.depends) < 2 or verdict.right is None:
        return []
    lines = [word("register.depends"), ""]
    for leaf in sorted(verdict.depends, key=lambda leaf: -leaf["share"]):
        where = joined([_where(part) for part in leaf["where"]])
        seen = {"share": leaf["share"], "draws": leaf["draws"], "span": leaf}
        lines.append("* " + word("register.leaf", where=where, **seen))
    right, usual = verdict.right
    kind = "tree" if right - usual >= 0.05 else "tree_hint"
    return [*lines, "", word(f"register.{kind}", right=right, usual=usual), ""]


def _where(part: str) -> str:
    """Write a condition such as ``carry above 0.6`` or ``carry up to 0.6`` in words."""
    name, _, rest = part.partition(" ")
    side, _, border = rest.rpartition(" ")
    return word("register.above" if side == "above" else "register.up_to", name=name, border=border)


def _without(
    claims: Iterable[Claim], verdicts: Mapping[str, Verdict], effects: Sequence[Variant]
) -> list[str]:
    lines = [f"## {word('register.effects')}", "", word("register.effects_told"), ""]
    lines += [f"* **{e.name}**: {e.words}" for e in effects]
    heads = [word("register.head_whole"), *(e.name for e in effects)]
    lines += ["", "| | " + " | ".join(heads) + " |"]
    lines += ["|---" * (len(effects) + 2) + "|"]
    for claim in claims:
        whole = verdicts[claim.id]
        cells = [_off(whole, whole.without.get(e.name)) for e in effects]
        lines.append(
            f"| {claim.id} | {_off(whole, whole.without.get(NOTHING))} | "
            + " | ".join(cells)
            + " |"
        )
    return lines


def _off(whole: Verdict, found: Mapping[str, Any] | None) -> str:
    if found is None or found["share"] is None or found["verdict"] == "not judged":
        return ""
    text = points(found["share"], 0)
    usual = whole.without[NOTHING]
    apart = found["high"] < usual["low"] or found["low"] > usual["high"]
    return f"**{text}**" if apart else text


def _whatever(
    claims: Sequence[Claim], verdicts: Mapping[str, Verdict], exchanged: Exchanged
) -> list[str]:
    """Say which claims hold whatever the mechanism, and which turn on which one."""
    there = [exchanged.claims[claim.id] for claim in claims if claim.id in exchanged.claims]
    known = [one for one in there if one.judged]
    firm = [one for one in known if len(one.holding) == len(one.judged)]
    turned = [one for one in known if one.turning]
    wavering = [one for one in known if one not in firm and one not in turned]
    unknown = [one for one in there if not one.judged]
    draws = [one.draws for one in there] or [0]
    other = [one for one in known if one.own.verdict != verdicts[one.claim].verdict]
    lines = [
        f"## {word('register.whatever')}",
        "",
        word(
            "register.whatever_told",
            kinds=len({choice.kind for choice in CHOICES}),
            choices=len(CHOICES),
            draws=min(draws),
            more=max(draws),
            runs=exchanged.replicates,
            others=word("register.own_other", ids=_ids(other)) if other else "",
            seed=str(exchanged.seed),
            tests=sum(len(one.judged) for one in known),
        ),
        "",
        word("register.firm", number=len(firm), judged=len(known)),
        "",
    ]
    for verdict in VERDICTS:
        alike = [one for one in firm if one.own.verdict == verdict]
        if alike:
            lines.append(
                "* " + word("register.firm_ones", verdict=verdict_words(verdict), ids=_ids(alike))
            )
    if among := [claim.id for claim in claims if is_among_runs(claim)]:
        lines += ["", word("register.among_runs", ids=joined(among), runs=MORE_REPLICATES)]
    for key, some in (("wavering", wavering), ("unknown", unknown)):
        if some:
            lines += ["", word(f"register.{key}", number=len(some), ids=_ids(some))]
    if not turned:
        return [*lines, "", word("register.none_turns")]
    for key, some in (
        ("turn_on_one", [one for one in turned if len(one.turning) == 1]),
        ("turn_on_several", [one for one in turned if len(one.turning) > 1]),
    ):
        if some:
            lines += ["", word(f"register.{key}", number=len(some)), ""]
            lines += ["* " + _turns(one) for one in some]
    by_choice = {
        choice: [one.claim for one in turned if any(f.choice == choice for f in one.turning)]
        for choice in CHOICES
    }
    most = sorted((c for c in CHOICES if by_choice[c]), key=lambda c: -len(by_choice[c]))
    listed = [
        word("register.turns", mechanism=choice_words(c), number=len(by_choice[c])) for c in most
    ]
    lines += ["", word("register.by_mechanism", list=joined(listed))]
    if idle := [choice_words(choice) for choice in CHOICES if not by_choice[choice]]:
        lines[-1] += " " + word("register.turns_none", list=joined(idle))
    return lines


def _ids(found: Sequence[Exchanges]) -> str:
    return joined([one.claim for one in found])


def _turns(found: Exchanges) -> str:
    """Say what a claim's verdict is with the model's own mechanisms, and under which another."""
    own = found.own
    return word(
        "register.turned",
        claim=found.claim,
        verdict=verdict_words(own.verdict),
        share=own.share,
        list=joined(list(map(_with, found.turning))),
    )


def _exchanged(claims: Sequence[Claim], exchanged: Exchanged) -> list[str]:
    """Return the table of shares of draws under every mechanism alone."""
    lines = [f"## {word('register.exchanged')}", "", word("register.exchanged_told"), ""]
    heads = [word("register.head_own"), *map(choice_words, CHOICES)]
    lines += ["| | " + " | ".join(heads) + " |", "|---" * (len(heads) + 1) + "|"]
    for claim in claims:
        found = exchanged.claims.get(claim.id)
        if found is None:
            continue
        by_choice = {one.choice: one for one in found.others}
        own = points(found.own.share, 0) if found.own.is_judged else ""
        cells = [_under(found, by_choice.get(choice)) for choice in CHOICES]
        lines.append(f"| {claim.id} | {own} | " + " | ".join(cells) + " |")
    return lines


def _under(whole: Exchanges, found: Found | None) -> str:
    if found is None or not found.is_judged:
        return ""
    text = points(found.share, 0)
    if found in whole.turning:
        return f"**{text}**"
    return f"*{text}*" if found in whole.wavering else text
