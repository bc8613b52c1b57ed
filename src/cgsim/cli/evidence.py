"""The command that judges claims, the study's or one's own: evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cgsim.cli.batches import refuse_if_in_use, resumable
from cgsim.cli.library import Json, With
from cgsim.cli.runs import Seed, Workers

if TYPE_CHECKING:
    from cgsim.evidence.claims import Claim
    from cgsim.evidence.exchanged import Exchanges
    from cgsim.evidence.register import Register


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(evidence)


def evidence(
    claims: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[CLAIM]...",
            help="Such as A4, or a file of your own, my_claim.toml; all if not given.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Judge anew in this folder; what is done there already stays."),
    ] = None,
    draws: Annotated[int, typer.Option(min=2, max=100_000, help="Draws from the priors.")] = 120,
    replicates: Annotated[
        int | None,
        typer.Option(
            min=2,
            max=100_000,
            help="Runs in every draw (24, or 200 where runs are compared among each other).",
        ),
    ] = None,
    seed: Seed = 1,
    border_draws: Annotated[
        int | None,
        typer.Option(
            min=2,
            max=100_000,
            help="Judge over so many draws what stands near a border over --draws.",
        ),
    ] = None,
    effects: Annotated[
        bool, typer.Option("--effects", help="Also with each effect switched off.")
    ] = False,
    exchange: Annotated[
        bool,
        typer.Option(
            "--exchange",
            help="Also with each other mechanism of the literature alone "
            "(40 draws, or 120, of 8 runs each).",
        ),
    ] = False,
    workers: Workers = None,
    json: Json = False,
    extensions: With = None,
) -> None:
    """Show which of the study's claims follow from the model.

    They are judged over what is uncertain; so is a claim of your own, in a file.

    Without --out it shows the register that comes with cgsim; with --out it is computed anew.

    Example: cgsim evidence A4 --out results/evidence
    """
    from cgsim.cli import output
    from cgsim.evidence import claims as reading
    from cgsim.evidence import exchanged as exchanging
    from cgsim.evidence import register as judging

    refuse_if_in_use(out)
    wanted = reading.load_claims(claims or reading.names())
    if out is None:
        if extensions:
            raise typer.BadParameter("a folder is needed to judge with an extension: --out FOLDER")
        changed = (draws, seed) != (judging.DRAWS, judging.SEED) or replicates is not None
        if changed or border_draws is not None or effects or exchange:
            raise typer.BadParameter("a folder is needed to judge anew: --out FOLDER")
        shipped = judging.shipped_register()
        unknown = [claim.id for claim in wanted if claim.id not in shipped.verdicts]
        if unknown:
            raise typer.BadParameter(f"{unknown[0]} is not in the register: --out FOLDER judges it")
        found, others = shipped, exchanging.shipped().claims
    elif border_draws is not None and border_draws <= draws:
        message = f"got {border_draws}; allowed more than --draws, {draws}"
        raise typer.BadParameter(message, param_hint="--border-draws")
    else:
        others = {}
        with resumable(out, held=True):
            found = judging.compile_register(
                wanted,
                out,
                draws=draws,
                replicates=replicates,
                seed=seed,
                border_draws=border_draws,
                without=reading.effects() if effects else (),
                workers=workers,
                told=output.told_by_stage,
            )
            if exchange:
                others = exchanging.exchange_all(
                    wanted, out, seed=seed, workers=workers, told=output.told_by_stage
                ).claims
    if json:
        output.as_json(
            {
                c.id: found.verdicts[c.id].to_dict()
                | ({"exchanged": others[c.id].to_dict()} if c.id in others else {})
                for c in wanted
            }
        )
        return
    from cgsim.answer.catalogue import word
    from cgsim.report.evidence_page import more_of

    if claims:
        _print_whole(wanted, found, others)
    else:
        _print_list(wanted, found, others)
    output.say(judging.limits_in_words(wanted))
    output.say(
        word("verdict.rests_on", draws=found.draws, runs=found.replicates, seed=str(found.seed))
    )
    for sentence_of_more in more_of(found):
        output.say(sentence_of_more)
    output.tell_of_changes()
    if out is not None:
        print("\n" + word("verdict.saved", folder=out))


def _print_whole(wanted: Sequence[Claim], found: Register, others: Mapping[str, Exchanges]) -> None:
    """Print each claim with its pattern, what was found, and what was made of it."""
    from cgsim.answer.catalogue import word
    from cgsim.cli import output
    from cgsim.report.evidence_page import mechanisms_sentence, sentence

    for claim in wanted:
        print(f"{claim.id}  {claim.title}")
        told = {
            **_from(claim),
            "pattern": {"pattern": claim.pattern},
            "found": {"found": sentence(claim, found.verdicts[claim.id])},
        }
        if claim.id in others:
            told["mechanisms"] = {
                "told": mechanisms_sentence(others[claim.id], found.verdicts[claim.id])
            }
        if claim.reading:
            told["reading"] = {"reading": claim.reading}
        for name, numbers in told.items():
            output.say(word(f"verdict.{name}", **numbers))
        print()


def _from(claim: Claim) -> dict[str, dict[str, str]]:
    """Return where a claim is from, by the id of the text that says it; nothing if unsaid."""
    if claim.sections:
        sections = ", ".join(claim.sections)
        return {"quotation": {"quotation": claim.quotation, "sections": sections}}
    if claim.quotation and claim.source:
        return {"quotation_of": {"quotation": claim.quotation, "source": claim.source}}
    if claim.quotation:
        return {"only_quotation": {"quotation": claim.quotation}}
    return {"source": {"source": claim.source}} if claim.source else {}


def _print_list(wanted: Sequence[Claim], found: Register, others: Mapping[str, Exchanges]) -> None:
    """Print a row a claim: its verdict, in which share of draws it is seen, and where it holds."""
    from cgsim.answer.catalogue import word
    from cgsim.answer.formats import FORMATS, percent
    from cgsim.cli import output
    from cgsim.report.evidence_page import holds_under, marked_verdict

    rows: list[tuple[str, ...]] = []
    for claim in wanted:
        verdict = found.verdicts[claim.id]
        judged = verdict.verdict != "not judged"
        share = percent(verdict.share, 0) if judged else ""
        interval = FORMATS["span"](vars(verdict)) if judged else ""
        holds = holds_under(others.get(claim.id), verdict)
        rows.append((claim.id, claim.title, marked_verdict(verdict), share, interval, holds))
    names = ("claim", "verdict", "draws", "interval")
    heads = ["", *(word(f"verdict.head_{name}") for name in names), word("register.head_holds")]
    if not others:
        heads, rows = heads[:-1], [row[:-1] for row in rows]
    output.table(heads, rows, right=(3, 4))
