"""The register of evidence as a page: what the study claims, and what the simulation says."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cgsim.answer.catalogue import word
from cgsim.answer.formats import percent
from cgsim.answer.names import outcome
from cgsim.experiment.claims import SECTIONS, Claim, Mechanism
from cgsim.experiment.evidence import CONDITIONAL, NOTHING, SUPPORTED, Register, Verdict
from cgsim.measures import MEASURES, OUTCOMES

GROUPS = {
    "A": "Gain, cost and measurement",
    "B": "Size, membership, skills",
    "C": "Leadership, authority, governance",
    "D": "Trust, commitment, resources",
    "E": "Money",
    "F": "Focus, evidence, clients",
    "G": "Landscape and life cycle",
    "R": "Regularities from outside the study",
}
VERDICTS = ("supported", "conditional", "not supported", "not judged")
_MEASURE = {m.name: m for m in MEASURES}
_MEASURE |= {
    f"outcome_{name.replace(' ', '_')}": _MEASURE["loses"].__class__(
        f"outcome_{name}", f"runs that come out as: {outcome(name)}", "share", "share"
    )
    for name in OUTCOMES
}

INTRODUCTION = """\
The study of 2008 makes claims about when partnerships gain. This page says which of them follow \
from the mechanisms of the model over what is uncertain, and which do not.

**How a claim is judged.** Each claim is read as a pattern that results must show. The parameters \
that nobody has measured are drawn from their prior ranges (`docs/model.md`), {draws} times. Every \
draw has {replicates} runs with luck of their own, and each setting lives the same ones. The \
verdict is the share of draws in which the pattern is seen, with its 95 % interval (Wilson):
**supported** from {supported}, **conditional** from {conditional}, **not supported** below. \
Claims that something happens *at times* name the share that is enough.

**How to read it.** Most ranges are expert assumptions. A supported claim is compatible with the \
model over these ranges; that proves nothing about a real partnership. A claim that is not \
supported may be wrong, or the model may lack what carries it. Nothing was tuned to make a claim \
pass. "Clear" is the share of draws in which the pattern is more than two standard errors from \
none, and "against" the share in which its opposite is; the rest lies within the luck of \
{replicates} runs.

**Who is a member.** Where the settings of a claim differ in who is a member, gains are those of \
the area, as shares of what different founders met alone do not compare. The verdict by that share \
stands beside it.

Not modelled: the influence of elected members upwards, tensions between professions as such (only \
goals and views differ), a joint search for new methods, the form of shared buildings beyond \
hours of support.

Run it again: `cgsim evidence --out results/evidence --mechanisms` ({runs}).
"""


def as_markdown(
    register: Register, claims: Sequence[Claim], mechanisms: Sequence[Mechanism]
) -> str:
    """Return the register as Markdown."""
    verdicts = register.verdicts
    count = {v: sum(r.verdict == v for r in verdicts.values()) for v in VERDICTS}
    told = ", ".join(f"{number} {verdict}" for verdict, number in count.items() if number)
    lines = [
        "# The register of evidence",
        "",
        "<!-- Made by docs/refresh.py from experiments/evidence: change it there. -->",
        "",
        INTRODUCTION.format(
            draws=register.draws,
            replicates=register.replicates,
            supported=percent(SUPPORTED, 0),
            conditional=percent(CONDITIONAL, 0),
            runs=f"version {register.version}, seed {register.seed}",
        ),
        f"Of {len(verdicts)} claims: {told}.",
        "",
        "| | claim | verdict | share of draws | 95 % interval | clear | against |",
        "|---|---|---|---|---|---|---|",
    ]
    for claim in claims:
        lines.append(_row(claim, verdicts[claim.id]))
    for group, title in GROUPS.items():
        lines += ["", f"## {group} {title}"]
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
    return percent(verdict.share, 0), f"{100 * verdict.low:.0f} to {100 * verdict.high:.0f} %"


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
    where = ", ".join(SECTIONS[section] for section in claim.sections)
    lines = [
        f"### {claim.id} {claim.title}",
        "",
        f"> “{claim.quotation}” ({where})",
        "",
        f"*Pattern.* {claim.pattern}",
        "",
        f"*Found.* {sentence(claim, verdict)}",
        "",
    ]
    lines += _means(claim, verdict)
    lines += _highest(claim, verdict)
    lines += _depends(verdict)
    return [*lines, f"*Reading.* {claim.reading}"]


def _means(claim: Claim, verdict: Verdict) -> list[str]:
    shown = [m for m in claim.measures if verdict.means.get(m)]
    if not shown:
        return []
    windows = {w.name: w.measure for w in claim.windows}
    measures = [_MEASURE.get(name) or windows.get(name) for name in shown]
    heads = [
        m.words if m else name.replace("_", " ") for name, m in zip(shown, measures, strict=True)
    ]
    lines = ["| setting | " + " | ".join(heads) + " |", "|---" * (len(shown) + 1) + "|"]
    for setting in claim.settings:
        cells = [
            _cell(verdict.means[name].get(setting), m.unit if m else "")
            for name, m in zip(shown, measures, strict=True)
        ]
        lines.append(f"| {setting} | " + " | ".join(cells) + " |")
    return [*lines, "", "Mean over the draws that count; in brackets the middle 80 % of them.", ""]


def _highest(claim: Claim, verdict: Verdict) -> list[str]:
    windows = {w.name: w.measure for w in claim.windows}
    lines = []
    for name, shares in verdict.highest.items():
        measure = _MEASURE.get(name) or windows.get(name)
        told = ", ".join(f"{setting}: {percent(share, 0)}" for setting, share in shares.items())
        words = measure.words if measure else name.replace("_", " ")
        lines += [f"Share of draws in which “{words}” is highest, by setting: {told}.", ""]
    return lines


def _cell(row: Mapping[str, Any] | None, unit: str) -> str:
    if row is None:
        return ""
    values = [row[key] for key in ("mean", "low", "high")]
    if unit == "share":
        return f"{_plus(100 * values[0])} % ({_plus(100 * values[1])} to {_plus(100 * values[2])})"
    digits = 0 if max(map(abs, values)) >= 100 else 2
    mean, low, high = (f"{value:,.{digits}f}" for value in values)
    return f"{mean} ({low} to {high})"


def _plus(value: float) -> str:
    text = f"{value:.1f}"
    return "0.0" if text == "-0.0" else text


def _depends(verdict: Verdict) -> list[str]:
    if len(verdict.depends) < 2 or verdict.right is None:
        return []
    lines = ["*Depends on*", ""]
    for leaf in sorted(verdict.depends, key=lambda leaf: -leaf["share"]):
        where = " and ".join(
            f"`{part.split(' ')[0]}` {part.partition(' ')[2]}" for part in leaf["where"]
        )
        interval = f"{100 * leaf['low']:.0f} to {100 * leaf['high']:.0f} %"
        lines.append(
            f"* {where}: seen in {percent(leaf['share'], 0)} of {leaf['draws']} draws ({interval})"
        )
    right, usual = verdict.right
    better = right - usual
    told = (
        f"Tried on draws left out, this tree is right in {percent(right, 0)}; always saying the "
        f"same is right in {percent(usual, 0)}"
    )
    ending = "." if better >= 0.05 else ": take its branches as a hint, no more."
    return [*lines, "", told + ending, ""]


def _without(
    claims: Iterable[Claim], verdicts: Mapping[str, Verdict], mechanisms: Sequence[Mechanism]
) -> list[str]:
    lines = [
        "## Which mechanism carries which claim",
        "",
        "Share of draws, in %, in which each claim's pattern is seen with one mechanism switched "
        "off. Fewer draws and runs were used than above, for the whole model too. **Bold** "
        "where the interval does not overlap that of the whole model; empty where the claim "
        "varies the mechanism itself or too few draws count.",
        "",
    ]
    lines += [f"* **{m.name}**: {m.words}" for m in mechanisms]
    lines += ["", "| | whole | " + " | ".join(m.name for m in mechanisms) + " |"]
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
    text = f"{100 * found['share']:.0f}"
    usual = whole.without[NOTHING]
    apart = found["high"] < usual["low"] or found["low"] > usual["high"]
    return f"**{text}**" if apart else text
