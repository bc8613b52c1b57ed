"""Commands that run scenarios: run, compare, frictions."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cgsim.cli.library import Json, Set
from cgsim.cli.streams import code_of

if TYPE_CHECKING:
    from cgsim.experiment.results import Results
    from cgsim.scenario import Scenario

Replicates = Annotated[
    int, typer.Option(min=1, max=10**8, help="How many replicates: worlds drawn and lived.")
]
Seed = Annotated[int, typer.Option(min=0, max=2**63 - 1, help="The seed; any other is other luck.")]
Workers = Annotated[
    int | None, typer.Option(min=1, max=1024, help="Threads; all cores if not given.")
]

RUN_ROWS = (
    "gain",
    "gain_sd",
    "loses",
    "loses_clearly",
    "gain_over_equal_money",
    "gain_by_trend",
    "months_faster",
    "stretch",
    "joint_share",
    "understanding_gain",
    "freed_hours",
    "better_off",
    "inertia",
    "stalls",
    "overhead_hours",
    "meeting_cost",
    "gain_per_pound",
    "long_term",
)
COMPARE_ROWS = (
    "gain",
    "loses",
    "gain_over_equal_money",
    "months_faster",
    "better_off",
    "inertia",
    "alive",
    "overhead_hours",
)


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
    workers: Workers = None,
    json: Json = False,
) -> None:
    """Run a scenario: together, alone, and with equal money.

    Says what is gained, with intervals.

    Example: cgsim run baseline --replicates 500 --set meetings=2
    """
    from cgsim.cli import output
    from cgsim.experiment import saving
    from cgsim.experiment.results import run_many
    from cgsim.experiment.store import Store
    from cgsim.scenario import load
    from cgsim.scenario.errors import Fault, ScenarioError

    if months and out is None:
        message = "got it without --out; allowed with --out FOLDER, where the months are saved"
        raise ScenarioError([Fault("--months", None, "", message)])
    if out is not None:
        Store(out).refuse_if_in_use()
    loaded = load(scenario, set or ())
    with output.nothing_written(), ExitStack() as kept:
        if out is not None:
            store = Store(out)
            store.accepts(saving.planned(loaded, replicates, seed, months=months))
            kept.enter_context(store.held())
        with output.progress(loaded.name) as progress:
            results = run_many(
                [loaded],
                replicates,
                seed,
                months=months,
                workers=workers,
                progress=progress,
            )[0]
        if out is not None:
            try:
                saving.save(results, out)
            except KeyboardInterrupt as stopped:
                output.note(f"\nStopped while saving into {out}: the same command goes on.")
                raise typer.Exit(code_of(stopped)) from None
    if json:
        output.as_json(
            {
                "scenario": loaded.name,
                "title": loaded.title,
                "seed": seed,
                "replicates": replicates,
                "headline": results.headline(),
                "measures": results.summary().to_dict("records"),
            }
        )
        return
    output.say(results.headline())
    print()
    print_summary(results)
    _print_outcomes(results)
    if out is not None:
        parts = ", ".join(f"{kind}/*.parquet" for kind in ("runs", "months", "boards"))
        parts = parts if months else "runs/*.parquet"
        print(f"\nSaved in {out}: manifest.json, summary.csv, {parts}.")


def print_summary(results: Results) -> None:
    """Print a scenario's measures in plain words with their intervals."""
    from cgsim.cli import output
    from cgsim.experiment import words

    rows = []
    for name in RUN_ROWS:
        label, unit, estimate = results.findings[name]
        rows.append((label, words.number(estimate.value, unit), words.interval(estimate, unit)))
    output.table(["measure", "estimate", "95 % interval"], rows, right=(1, 2))


def _print_outcomes(results: Results) -> None:
    from cgsim.experiment.words import percent

    shares = [f"{name} {percent(v, 0)}" for name, v in results.outcomes.items() if v > 0]
    print("\nHow it came out: " + ", ".join(shares) + ".")


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
    workers: Workers = None,
    json: Json = False,
) -> None:
    """Run scenarios side by side on the same luck.

    Says each one's paired difference from the first.

    Example: cgsim compare baseline inertia frontier
    """
    from cgsim.cli import output
    from cgsim.experiment.results import run_many
    from cgsim.scenario import load

    if len(scenarios) < 2:
        raise typer.BadParameter("two scenarios at least are needed")
    loaded = [load(name, set or ()) for name in scenarios]
    with output.nothing_written(), output.progress("comparing") as progress:
        results = run_many(loaded, replicates, seed, workers=workers, progress=progress)
    if json:
        output.as_json(
            {
                "seed": seed,
                "replicates": replicates,
                "scenarios": [
                    {
                        "scenario": r.scenario.name,
                        "title": r.scenario.title,
                        "measures": r.summary().to_dict("records"),
                        "gain_beyond_first": vars(r.beyond(results[0])),
                    }
                    for r in results
                ],
            }
        )
        return
    print_comparison(results)


def print_comparison(results: list[Results]) -> None:
    """Print scenarios side by side, then each one's gain beyond the first, paired."""
    from cgsim.cli import output
    from cgsim.experiment import words
    from cgsim.measures import COLUMN, MEASURES

    names = _labels([r.scenario for r in results])
    rows = []
    for name in COMPARE_ROWS:
        measure = MEASURES[COLUMN[name]]
        cells = [measure.words]
        for r in results:
            estimate = r.estimate(name)
            cells.append(
                f"{words.number(estimate.value, measure.unit)}\n"
                f"({words.interval(estimate, measure.unit)})"
            )
        rows.append(cells)
    output.say(
        f"{results[0].count:,} replicates of each, on the same luck. In brackets: 95 % intervals."
    )
    print()
    output.table(["", *names], rows, right=range(1, len(names) + 1))
    print()
    for label, r in zip(names[1:], results[1:], strict=True):
        output.say(f"{words.beyond_in_words(label, names[0], r.beyond(results[0]))}.")


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
) -> None:
    """Show what each friction does to the possible gain.

    Begins with the gain that would be possible, and ends with what is left of it.

    Example: cgsim frictions inertia

    In JSON "losses" count the other way from the table: a loss above 0 is taken from the gain, one
    below 0 adds to it, and potential less losses is what is realised.
    """
    from cgsim.cli import output
    from cgsim.experiment.results import run_frictions
    from cgsim.experiment.words import FRICTION_WORDS, interval, percent, signed, turned
    from cgsim.scenario import load

    loaded = load(scenario, set or ())
    with output.nothing_written(), output.progress(loaded.name) as progress:
        found = run_frictions(loaded, replicates, seed, workers=workers, progress=progress)
    if json:
        output.as_json(
            {
                "scenario": loaded.name,
                "seed": seed,
                "replicates": replicates,
                "potential": vars(found.potential),
                "losses": {name: vars(loss) for name, loss in found.losses.items()},
                "realised": vars(found.realised),
            }
        )
        return
    effects = {name: turned(loss) for name, loss in found.losses.items()}
    rows = [
        ("possible gain, with no friction at all", percent(found.potential.value), found.potential),
        *(
            (f"effect of {FRICTION_WORDS[name]}", signed(effect.value), effect)
            for name, effect in effects.items()
        ),
        ("gain that is left", percent(found.realised.value), found.realised),
    ]
    output.say(f"“{loaded.title}”, {replicates:,} replicates.")
    print()
    output.table(
        ["", "share of founders' own work", "95 % interval"],
        [(label, value, interval(estimate, "share")) for label, value, estimate in rows],
        right=(1, 2),
    )
    print()
    output.say(
        "Each friction's effect is averaged over every order in which the five could be added "
        "(its Shapley value), so the rows add up. A plus is a friction that spares more than it "
        "costs: members who hold back, for instance, raise fewer issues than can be settled."
    )
