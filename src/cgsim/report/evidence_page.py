"""The register of evidence as a page: what the study claims, and what the simulation says."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cgsim.answer.catalogue import term, word
from cgsim.answer.formats import FORMATS, joined, percent, points
from cgsim.answer.names import plain
from cgsim.evidence.claims import SECTIONS, Claim, Mechanism
from cgsim.evidence.register import CONDITIONAL, NOTHING, SUPPORTED, Register, Verdict
from cgsim.measures import MEASURES, OUTCOMES

GROUPS = ("A", "B", "C", "D", "E", "F", "G", "R")
VERDICTS = ("supported", "conditional", "not supported", "not judged")
ABOUT = ("introduction", "judged", "read", "members", "not_modelled", "again")
_MEASURE = {m.name: m for m in MEASURES}
_OUTCOME = {f"outcome_{name.replace(' ', '_')}": name for name in OUTCOMES}


def as_markdown(
    register: Register, claims: Sequence[Claim], mechanisms: Sequence[Mechanism]
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
    }
    heads = ("claim", "verdict", "share", "interval", "clear", "against")
    lines = [
        f"# {word('register.title')}",
        "",
        "<!-- Made by docs/refresh.py from experiments/evidence: change it there. -->",
    ]
    for name in ABOUT:
        lines += ["", word(f"register.{name}", **numbers)]
    lines += [
        "",
        word("register.counts", claims=len(verdicts), told=told),
        "",
        "| | " + " | ".join(word(f"register.head_{name}") for name in heads) + " |",
        "|---" * (len(heads) + 1) + "|",
    ]
    for claim in claims:
        lines.append(_row(claim, verdicts[claim.id]))
    for group in GROUPS:
        lines += ["", f"## {group} {word(f'register.group_{group}')}"]
        for claim in claims:
            if claim.id[0] == group:
                lines += ["", *entry(claim, verdicts[claim.id])]
    if any(v.without for v in verdicts.values()):
        lines += ["", *_without(claims, verdicts, mechanisms)]
    return "\n".join(lines) + "\n"


def _row(claim: Claim, verdict: Verdict) -> str:
    share, interval = _share(verdict)
    clear, contrary = (
        "" if value is None else percent(value, 0) for value in (verdict.clear, verdict.contrary)
    )
    cells = (claim.id, claim.title, _marked(verdict), share, interval, clear, contrary)
    return "| " + " | ".join(cells) + " |"


def _marked(verdict: Verdict) -> str:
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
            verdict=_marked(verdict).capitalize(),
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


def entry(claim: Claim, verdict: Verdict) -> list[str]:
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
    return [*lines, word("register.reading", reading=claim.reading)]


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
    if name in _OUTCOME:
        return word("word.came_out_as", outcome=_OUTCOME[name]), "share"
    measure = _MEASURE.get(name) or {w.name: w.measure for w in claim.windows}.get(name)
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
    claims: Iterable[Claim], verdicts: Mapping[str, Verdict], mechanisms: Sequence[Mechanism]
) -> list[str]:
    lines = [f"## {word('register.mechanisms')}", "", word("register.mechanisms_told"), ""]
    lines += [f"* **{m.name}**: {m.words}" for m in mechanisms]
    heads = [word("register.head_whole"), *(m.name for m in mechanisms)]
    lines += ["", "| | " + " | ".join(heads) + " |"]
    lines += ["|---" * (len(mechanisms) + 2) + "|"]
    for claim in claims:
        whole = verdicts[claim.id]
        cells = [_off(whole, whole.without.get(m.name)) for m in mechanisms]
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
