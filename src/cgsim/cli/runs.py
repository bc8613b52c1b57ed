"""Commands that run scenarios: run, compare, frictions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cgsim.cli.library import Json, Set, With
from cgsim.cli.streams import code_of

if TYPE_CHECKING:
    from cgsim.answer.doubt import Drawn
    from cgsim.answer.record import Answer, Statement
    from cgsim.experiment.posterior import Posterior
    from cgsim.running.results import Frictions, Results
    from cgsim.scenario import Scenario

Replicates = Annotated[
    int, typer.Option(min=1, max=10**8, help="How many runs: worlds drawn and lived.")
]
Seed = Annotated[int, typer.Option(min=0, max=2**63 - 1, help="The seed; any other is other luck.")]
Workers = Annotated[
    int | None, typer.Option(min=1, max=1024, help="Threads; all cores if not given.")
]

NoDoubt = Annotated[
    bool,
    typer.Option("--no-doubt", help="Leave out the draws of what nobody knows; a little faster."),
]

Given = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER",
        help="What is uncertain as records left it: the folder of cgsim calibrate, in place of "
        "the priors. Or a table of draws.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(run)
    app.command()(compare)
    app.command()(frictions)


def run(
    scenario: Annotated[str, typer.Argument(help="A scenario of the library, or a file.")],
    replicates: Replicates = 1000,
    seed: Seed = 1,
    set: Set = None,
    out: Annotated[
        Path | None, typer.Option(help="A folder for the results; gone on with if it is there.")
    ] = None,
    months: Annotated[
        bool,
        typer.Option("--months", help="With --out: save every month of every arm and partnership."),
    ] = False,
    partnerships: Annotated[
        bool,
        typer.Option(
            "--partnerships",
            help="Show what each partnership came to; with --out, save it for every run, "
            "with a survival curve.",
        ),
    ] = False,
    no_doubt: NoDoubt = False,
    given: Given = None,
    workers: Workers = None,
    json: Json = False,
    extensions: With = None,
) -> None:
    """Run a scenario: together, alone, and with equal money.

    Says what is gained, by how much luck and what nobody knows could change that, and what holds
    the gain back most: every run is lived again with each friction switched off alone.

    Example: cgsim run baseline --replicates 500 --set meetings=2
    """
    from cgsim.cli import output
    from cgsim.running.results import run_many
    from cgsim.scenario import load
    from cgsim.scenario.errors import Fault, ScenarioError
    from cgsim.statistics import load_ahead

    if months and out is None:
        message = "got it without --out; allowed with --out FOLDER, where the months are saved"
        raise ScenarioError([Fault("--months", None, "", message)])
    if out is not None:
        from cgsim.store.folder import Store

        Store(out).refuse_if_in_use()
    loaded = load(scenario, set or ())
    posterior = posterior_for(given, [loaded], no_doubt)
    kept = {"months": months, "partnerships": partnerships}
    with output.nothing_written(), _folder(out, loaded, replicates, seed, posterior, kept) as save:
        load_ahead()
        with output.progress(loaded.name) as progress:
            results = run_many(
                [loaded],
                replicates,
                seed,
                months=months,
                reasons=True,
                partnerships=partnerships or len(loaded.partnerships) > 1,
                workers=workers,
                progress=progress,
            )[0]
            drawn, why_not = doubts([loaded], seed, workers, posterior, leave_out=no_doubt)
        answer = results.answer(drawn[0], why_not)
        save(results)
    if json:
        output.as_json(_record(results, answer, posterior, partnerships=partnerships))
        return
    print_answer(results, answer)
    if partnerships:
        print_partnerships(results)
    if out is not None:
        _tell_where(out, kept)


@contextmanager
def _folder(
    out: Path | None,
    scenario: Scenario,
    replicates: int,
    seed: int,
    posterior: Posterior | None,
    kept: Mapping[str, bool],
) -> Iterator[Callable[[Results], None]]:
    """Hold the folder that a run is to be saved in, if any, and give what saves it there.

    ``kept`` says whether months and partnerships are. Raises where the folder is another's.
    """
    if out is None:
        yield lambda results: None
        return
    from cgsim.answer.catalogue import word
    from cgsim.cli import output
    from cgsim.running import saving
    from cgsim.store.folder import Store

    rests_on = saving.given_of(posterior)
    store = Store(out)
    store.accepts(saving.planned(scenario, replicates, seed, given=rests_on, **kept))

    def save(results: Results) -> None:
        try:
            saving.save(results, out, rests_on, partnerships=kept["partnerships"])
            if kept["partnerships"]:
                saving.save_partnerships(results, out)
        except KeyboardInterrupt as stopped:
            output.note("\n" + word("progress.stopped_saving", folder=out))
            raise typer.Exit(code_of(stopped)) from None

    with store.held():
        yield save


def _tell_where(out: Path, kept: Mapping[str, bool]) -> None:
    """Print what of a run was saved, and where."""
    from cgsim.answer.catalogue import word

    kinds = {"runs": True, "months": kept["months"], "boards": kept["months"]}
    kinds["partnerships"] = kept["partnerships"]
    parts = ", ".join(f"{kind}/*.parquet" for kind, there in kinds.items() if there)
    parts += word("landscape.saved") if kept["partnerships"] else ""
    print("\n" + word("progress.saved", folder=out, parts=parts))


def _record(
    results: Results, answer: Answer, posterior: Posterior | None, *, partnerships: bool
) -> dict[str, Any]:
    """Return what a run came to, as data."""
    told = {
        "scenario": results.scenario.name,
        "title": results.scenario.title,
        "seed": results.seed,
        "replicates": results.count,
        "given": None if posterior is None else posterior.about(),
        "headline": results.headline_of(answer),
        "measures": results.summary.to_dict("records"),
        "answer": answer.to_dict(),
    }
    if partnerships:
        from cgsim.running.saving import partnerships_of

        tables = partnerships_of(results)
        told |= {title.lower(): table.to_dict("records") for title, table in tables.items()}
    return told


def print_partnerships(results: Results) -> None:
    """Print what each partnership came to, a row each, and the hazard by size and age."""
    from cgsim.answer import landscape
    from cgsim.answer.catalogue import word
    from cgsim.cli import output

    for heads, rows in (landscape.table(results), landscape.hazard_table(results)):
        if rows:
            print()
            output.table(heads, rows, right=range(1, len(heads)))
    print()
    output.say(word("landscape.means"))


def posterior_for(
    given: Path | None, scenarios: list[Scenario], no_doubt: bool = False
) -> Posterior | None:
    """Return the draws that are given in place of those from the priors, checked; None for none."""
    if given is None:
        return None
    from cgsim.experiment.posterior import given_for
    from cgsim.scenario.errors import Fault, ScenarioError

    if no_doubt:
        message = "got it with --no-doubt; allowed one of the two: it is the doubt that it is about"
        raise ScenarioError([Fault("--given", None, "", message)])
    return given_for(given, scenarios)


def doubts(
    scenarios: list[Scenario],
    seed: int,
    workers: int | None,
    given: Posterior | None = None,
    *,
    leave_out: bool = False,
) -> tuple[list[Drawn] | list[None], str]:
    """Live the draws of what nobody knows; or say why they do not fit these scenarios."""
    if leave_out:
        return [None] * len(scenarios), ""
    from cgsim.experiment.doubt import drawn_many
    from cgsim.scenario.errors import ScenarioError

    try:
        return drawn_many(scenarios, seed, given=given, workers=workers), ""
    except ScenarioError as error:
        return [None] * len(scenarios), str(error)


def print_answer(results: Results, answer: Answer) -> None:
    """Print an answer: the headline, what would change it, the hours, and the table."""
    from cgsim.answer import build, landscape
    from cgsim.answer.catalogue import word
    from cgsim.cli import output
    from cgsim.measures import RUN

    output.say(results.headline_of(answer))
    if answer.changes and answer.account is not None:
        print()
        over = "" if answer.comparison == "alone" else "_money"
        output.say(word(f"whatif.before{over}"))
        for change in answer.changes:
            output.say(f"  {build.change_statement(change).text}")
        print()
        output.say(" ".join(s.text for s in build.account_statements(answer.account)))
    print()
    rows = [build.value_words(value) for (value,) in build.rows(RUN, answer)]
    headings = [word(f"table.{name}") for name in ("measure", "estimate", "interval", "of")]
    output.table(headings, rows, right=(1, 2))
    print()
    several = landscape.statements(results)
    if several:
        output.say(" ".join(statement.text for statement in several))
    else:
        output.say(build.outcomes_in_words(answer))


def compare(
    scenarios: Annotated[list[str], typer.Argument(help="Two or more scenarios.")],
    replicates: Replicates = 1000,
    seed: Seed = 1,
    set: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=VALUE",
            help="Change a value in every one of them; may be given several times.",
        ),
    ] = None,
    no_doubt: NoDoubt = False,
    given: Given = None,
    workers: Workers = None,
    json: Json = False,
    extensions: With = None,
) -> None:
    """Run scenarios side by side on the same luck.

    Says how much more each gains than the first over the same money: of what the founders met
    alone where the same agencies found both, else of what all agencies met alone.

    Example: cgsim compare baseline inertia frontier
    """
    from cgsim.answer.catalogue import word
    from cgsim.answer.record import plain
    from cgsim.cli import output
    from cgsim.running.results import run_many
    from cgsim.scenario import load
    from cgsim.statistics import load_ahead

    if len(scenarios) < 2:
        raise typer.BadParameter("two scenarios at least are needed")
    loaded = [load(name, set or ()) for name in scenarios]
    posterior = posterior_for(given, loaded, no_doubt)
    with output.nothing_written(), output.progress(word("progress.comparing")) as progress:
        load_ahead()
        results = run_many(
            loaded, replicates, seed, reasons=True, workers=workers, progress=progress
        )
        drawn, why_not = doubts(loaded, seed, workers, posterior, leave_out=no_doubt)
    answers = [r.answer(d, why_not) for r, d in zip(results, drawn, strict=True)]
    labels = _labels([r.scenario for r in results])
    differences = _differences(labels, results, drawn)
    if json:
        output.as_json(
            {
                "seed": seed,
                "replicates": replicates,
                "given": None if posterior is None else posterior.about(),
                "scenarios": [
                    {
                        "scenario": r.scenario.name,
                        "title": r.scenario.title,
                        "measures": r.summary.to_dict("records"),
                        "gain_beyond_first": vars(r.beyond(results[0])),
                        "answer": answer.to_dict(),
                    }
                    for r, answer in zip(results, answers, strict=True)
                ],
                "differences": [plain(statement) for statement in differences],
            }
        )
        return
    print_comparison(labels, results, answers, differences)
    output.tell_of_changes()


def _differences(
    labels: list[str], results: list[Results], drawn: list[Drawn] | list[None]
) -> list[Statement]:
    """Say how much more each gains than the first, and in how many draws it does."""
    from cgsim.answer import compare

    said = []
    for label, r, d in zip(labels[1:], results[1:], drawn[1:], strict=True):
        said.append(compare.beyond_statement(label, labels[0], r, results[0]))
        if d is not None and drawn[0] is not None:
            said.append(compare.doubt_statement(label, labels[0], d, drawn[0]))
            both = (d, drawn[0])
            said += compare.known_statements(label, labels[0], r, results[0], both)
    return said


def print_comparison(
    labels: list[str],
    results: list[Results],
    answers: list[Answer],
    differences: list[Statement],
) -> None:
    """Print scenarios side by side, then each one's gain beyond the first."""
    from cgsim.answer import build, compare
    from cgsim.answer.catalogue import word
    from cgsim.cli import output
    from cgsim.measures import COMPARE

    rows = []
    for row in build.rows(COMPARE, *answers):
        words, _, _, of = build.value_words(row[0])
        digits = build.compared_digits(row)
        told = [build.compared_words(*pair, digits) for pair in zip(row, answers, strict=True)]
        rows.append([f"{words}\n{of}".rstrip(), *told])
    alike = all(compare.same_area(r.scenario, results[0].scenario) for r in results)
    output.say(word("compare.before" if alike else "compare.before_own", runs=results[0].count))
    print()
    output.table(["", *labels], rows, right=range(1, len(labels) + 1))
    print()
    for statement in differences:
        output.say(statement.text)
    for r, answer in zip(results, answers, strict=True):
        print()
        output.say(r.headline_of(answer))


def _labels(scenarios: list[Scenario]) -> list[str]:
    names = [s.name for s in scenarios]
    return [f"{n} ({p})" if names.count(n) > 1 else n for p, n in enumerate(names, 1)]


def frictions(
    scenario: Annotated[str, typer.Argument(help="A scenario of the library, or a file.")],
    replicates: Replicates = 300,
    seed: Seed = 1,
    set: Set = None,
    workers: Workers = None,
    json: Json = False,
    extensions: With = None,
) -> None:
    """Show what each friction does to the possible gain.

    Begins with the gain that would be possible, and ends with what is left of it.

    Example: cgsim frictions inertia

    In JSON "losses" count the other way from the table: a loss above 0 is taken from the gain, one
    below 0 adds to it, and potential less losses is what is realised.
    """
    from cgsim.cli import output
    from cgsim.running.results import run_frictions
    from cgsim.scenario import load

    loaded = load(scenario, set or ())
    with output.nothing_written(), output.progress(loaded.name) as progress:
        found = run_frictions(loaded, replicates, seed, workers=workers, progress=progress)
    if json:
        output.as_json(found.record())
        return
    _print_frictions(found)
    output.tell_of_changes()


def _print_frictions(found: Frictions) -> None:
    """Print the way from the possible gain to the one that is left, a row a step."""
    from cgsim.answer import names
    from cgsim.answer.catalogue import word
    from cgsim.answer.formats import interval, percent, signed, turned
    from cgsim.cli import output

    effects = {name: turned(loss) for name, loss in found.losses.items()}
    rows = [
        (word("shapley.potential"), percent(found.potential.value), found.potential),
        *(
            (word("shapley.effect", friction=name), signed(effect.value), effect)
            for name, effect in effects.items()
        ),
        (word("shapley.left"), percent(found.realised.value), found.realised),
    ]
    runs = len(found.replicates)
    output.say(word("shapley.title", title=names.title(found.scenario), runs=runs))
    print()
    output.table(
        ["", word("shapley.unit"), word("table.interval")],
        [(label, value, interval(estimate, "share")) for label, value, estimate in rows],
        right=(1, 2),
    )
    print()
    if found.buys:
        output.say(word("shapley.paid"))
    output.say(word("shapley.means"))
