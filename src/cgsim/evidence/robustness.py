"""Does a result rest on one mechanism? It is computed again under others, alone and together.

Founders and luck are the same under every combination: who founds a partnership is chosen by one
yardstick, and every random number has an address. So the gains of one run under two combinations
are a pair, and what lies between them is the mechanisms alone.
"""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cgsim import mechanisms, statistics
from cgsim.answer import robust
from cgsim.answer.record import Statement, plain
from cgsim.compiler import changed_rules, source_hash
from cgsim.engine.run import Progress, progress_of
from cgsim.evidence import claims as reading
from cgsim.evidence import register as evidence
from cgsim.evidence.register import FEWER_DRAWS, FEWER_REPLICATES, Verdict
from cgsim.extend.in_use import extensions
from cgsim.running.results import as_scenario, run_many
from cgsim.scenario.errors import Fault, ScenarioError, hint, shown, whole_number
from cgsim.scenario.files import Settings, assignments, is_file, read
from cgsim.scenario.model import Scenario
from cgsim.statistics import Estimate
from cgsim.whole import write_text

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

REPLICATES = 200
FEWEST_RUNS = 8
MOST_COMBINATIONS = 10_000
TOGETHER = 2
"""So many kinds are exchanged at once, unless every combination is asked for."""


class _Found:
    """What results of a scenario and of a claim do alike."""

    statements: Any  #: of whatever was asked about
    table: Any

    def sentences(self) -> list[str]:
        """Say what was found, a sentence each."""
        return [statement.text for statement in self.statements]

    def _repr_html_(self) -> str:
        import html

        told = "".join(f"<p>{html.escape(sentence)}</p>" for sentence in self.sentences())
        return told + str(self.table.to_html(index=False, float_format="{:.3f}".format))


@dataclass(frozen=True)
class Robustness(_Found):
    """What a scenario gains over the same money under combinations of mechanisms."""

    scenario: Scenario
    seed: int
    replicates: int
    kinds: tuple[str, ...]  #: whose mechanisms were exchanged
    together: int  #: how many of them at once, at most
    combinations: tuple[Mapping[str, str], ...]  #: the scenario's own first
    gains: tuple[Estimate, ...]  #: shares of what the founders met alone
    changes: tuple[Estimate, ...]  #: against the scenario's own, run by run

    @cached_property
    def ways(self) -> tuple[str, ...]:
        """Which way each gain points: "more", "less", or "unclear" where none can be told."""
        return tuple(robust.way(gain) for gain in self.gains)

    @cached_property
    def agrees(self) -> tuple[bool, ...]:
        """Whether each gain points the way of the scenario's own."""
        return tuple(way == self.ways[0] for way in self.ways)

    @cached_property
    def table(self) -> pd.DataFrame:
        """A row a combination: the mechanisms, gain, interval, change, and whether it agrees."""
        return _table(
            self.combinations,
            agrees=self.agrees,
            way=self.ways,
            **_columns("gain", self.gains),
            **_columns("change", self.changes),
        )

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """What is to be said of it."""
        return tuple(robust.of_scenario(self))

    def record(self) -> dict[str, Any]:
        """Return all of it as plain values, as ``--json`` prints it."""
        about = {"scenario": self.scenario.name, "scenario_tables": self.scenario.to_dict()}
        return _record(self, about)

    def plot(self, axes: Axes | None = None) -> Axes:
        """Draw the gain under every combination, with its 95 % interval; return the axes."""
        return _plot(self, axes)

    def __repr__(self) -> str:
        """Tell what it is of, not every number."""
        return f"<Robustness {self.scenario.name}: {sum(self.agrees)} of {len(self.gains)} agree>"


@dataclass(frozen=True)
class ClaimRobustness(_Found):
    """What becomes of a claim's verdict under combinations of mechanisms."""

    claim: reading.Claim
    seed: int
    draws: int
    replicates: int
    kinds: tuple[str, ...]
    together: int
    combinations: tuple[Mapping[str, str], ...]  #: the model's own first
    verdicts: tuple[Verdict, ...]

    @property
    def borders(self) -> tuple[float, ...]:
        """The shares of draws from which on the verdict is another."""
        enough = self.claim.enough
        return (evidence.CONDITIONAL, evidence.SUPPORTED) if enough is None else (enough,)

    @cached_property
    def agrees(self) -> tuple[bool, ...]:
        """Whether each verdict is the one under the model's own mechanisms."""
        return tuple(one.verdict == self.verdicts[0].verdict for one in self.verdicts)

    @cached_property
    def table(self) -> pd.DataFrame:
        """A row a combination: the mechanisms, verdict, share of draws, interval, draws judged."""
        return _table(
            self.combinations,
            agrees=self.agrees,
            verdict=[one.verdict for one in self.verdicts],
            share=[one.share for one in self.verdicts],
            share_low=[one.low for one in self.verdicts],
            share_high=[one.high for one in self.verdicts],
            judged=[one.judged for one in self.verdicts],
        )

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """What is to be said of it."""
        return tuple(robust.of_claim(self))

    def record(self) -> dict[str, Any]:
        """Return all of it as plain values, as ``--json`` prints it."""
        return _record(self, {"claim": self.claim.id, "draws": self.draws})

    def plot(self, axes: Axes | None = None) -> Axes:
        """Draw the share of draws under every combination, and the borders of verdicts."""
        return _plot(self, axes)

    def __repr__(self) -> str:
        """Tell what it is of, not every number."""
        return f"<Robustness {self.claim.id}: {sum(self.agrees)} of {len(self.verdicts)} agree>"


def _columns(name: str, estimates: Sequence[Estimate]) -> dict[str, list[float]]:
    return {
        name: [one.value for one in estimates],
        f"{name}_low": [one.low for one in estimates],
        f"{name}_high": [one.high for one in estimates],
    }


def _table(combinations: Sequence[Mapping[str, str]], **columns: Sequence[Any]) -> pd.DataFrame:
    import pandas as pd

    table = pd.DataFrame(list(map(dict, combinations)))
    for name, values in columns.items():
        table[name] = list(values)
    return table


def _record(found: Robustness | ClaimRobustness, about: Mapping[str, Any]) -> dict[str, Any]:
    record: dict[str, Any] = plain(
        {
            **about,
            "seed": found.seed,
            "replicates": found.replicates,
            "source": source_hash(),
            "changed_rules": list(changed_rules()),
            "extensions": [one.to_dict() for one in extensions()],
            "kinds": {kind: list(mechanisms.BY_KIND[kind].names) for kind in found.kinds},
            "together": found.together,
            "agree": sum(found.agrees),
            "combinations": found.table.to_dict("records"),
            "statements": [plain(one) for one in found.statements],
        }
    )
    return record


def _plot(found: Robustness | ClaimRobustness, axes: Axes | None) -> Axes:
    from cgsim.pictures import drawings, figures

    if axes is None:
        axes = figures.new_figure(7.0, height_of(found)).subplots()
    drawings.draw_robustness(axes, found)
    return axes


def height_of(found: Robustness | ClaimRobustness) -> float:
    """Return how high its picture is, in inches."""
    rows = len(found.combinations)
    if rows > robust.MOST_ROWS:
        rows = sum(len(mechanisms.BY_KIND[kind].names) + 1 for kind in found.kinds)
    return 1.4 + 0.3 * rows


def chosen_kinds(kinds: Sequence[str] = ()) -> tuple[str, ...]:
    """Return kinds by name, all for none; raise ``ScenarioError`` for a name that is none."""
    known = tuple(mechanisms.BY_KIND)
    for kind in kinds:
        if kind not in known:
            message = f"got {shown(kind)}; allowed {', '.join(known)}{hint(kind, known)}"
            raise ScenarioError([Fault("--kind", None, "", message)])
    return tuple(kind for kind in known if not kinds or kind in kinds)


def is_claim(name: str | Path) -> bool:
    """Tell whether a name is that of a claim of the register, or a file that holds one."""
    if str(name).upper() in reading.names():
        return True
    path = Path(name)
    return path.suffix == ".toml" and is_file(path) and "holds" in read(path).tables


def robustness(
    what: Scenario | reading.Claim | str | Path,
    *,
    kinds: Sequence[str] = (),
    every: bool = False,
    replicates: int | None = None,
    draws: int = FEWER_DRAWS,
    seed: int = 1,
    set: Settings = (),
    out: str | Path | None = None,
    workers: int | None = None,
    progress: Progress | bool | None = None,
) -> Robustness | ClaimRobustness:
    """Return what a scenario gains, or how a claim is judged, whatever the mechanisms.

    ``what``: a scenario, or a claim of the register such as ``"A4"``. ``kinds``: whose mechanisms
    are exchanged; all of them if none are named. One kind is exchanged at a time, and any two at
    once; with ``every`` all combinations are tried, of which there are very many. ``replicates``:
    runs of every combination (200), or of every draw of a claim (12). ``draws`` from the priors,
    for a claim.
    ``out``: a folder that keeps what a claim's draws came to, so that the same call goes on there.
    Raises ``ScenarioError`` for what is not allowed.
    """
    exchanged = chosen_kinds(kinds)
    whole_number("seed", seed, 0, 2**63 - 1)
    together = len(exchanged) if every else min(TOGETHER, len(exchanged))
    if every:
        count = math.prod(len(mechanisms.BY_KIND[kind].names) for kind in exchanged)
        if count > MOST_COMBINATIONS:
            message = (
                f"got {count:,} combinations; allowed {MOST_COMBINATIONS:,}: name fewer kinds with "
                "--kind"
            )
            raise ScenarioError([Fault("--all", None, "", message)])
    told = progress_of(progress)
    if not isinstance(what, Scenario) and (isinstance(what, reading.Claim) or is_claim(what)):
        if given := assignments(set):
            message = f"got {shown(given[0])}; allowed it for a scenario: a claim sets its own"
            raise ScenarioError([Fault("--set", None, "", message)])
        claim = what if isinstance(what, reading.Claim) else reading.load_claim(what)
        each = FEWER_REPLICATES if replicates is None else replicates
        whole_number("replicates", each, 2, 10**6)
        whole_number("draws", draws, 2, 10**6)
        return _of_claim(claim, exchanged, together, draws, each, seed, out, workers, told)
    runs = REPLICATES if replicates is None else replicates
    whole_number("replicates", runs, FEWEST_RUNS, 10**6)
    return _of_scenario(as_scenario(what, set), exchanged, together, runs, seed, workers, told)


def combinations_of(
    kinds: Sequence[str], own: Mapping[str, str], together: int
) -> tuple[Mapping[str, str], ...]:
    """Return ``own`` mechanisms of some kinds, then all that exchange ``together`` at most."""
    first = {kind: own[kind] for kind in kinds}
    return (
        first,
        *(
            one
            for one in mechanisms.combinations(kinds)
            if 0 < sum(name != own[kind] for kind, name in one.items()) <= together
        ),
    )


def _of_scenario(
    scenario: Scenario,
    kinds: tuple[str, ...],
    together: int,
    replicates: int,
    seed: int,
    workers: int | None,
    progress: Progress | None,
) -> Robustness:
    if not scenario.partnerships:
        message = "got no partnership; allowed one or more"
        raise ScenarioError([Fault(scenario.name, None, "partnership", message)])
    combinations = combinations_of(kinds, scenario.mechanisms, together)
    lived = run_many(
        [scenario.with_mechanisms(one) for one in combinations],
        replicates,
        seed,
        workers=workers,
        progress=progress,
    )
    columns = [one.column(robust.MEASURE) for one in lived]
    return Robustness(
        scenario,
        seed,
        replicates,
        kinds,
        together,
        combinations,
        gains=tuple(statistics.mean(column) for column in columns),
        changes=tuple(statistics.mean(column - columns[0]) for column in columns),
    )


def _of_claim(
    claim: reading.Claim,
    kinds: tuple[str, ...],
    together: int,
    draws: int,
    replicates: int,
    seed: int,
    out: str | Path | None,
    workers: int | None,
    progress: Progress | None,
) -> ClaimRobustness:
    own = {kind: mechanisms.BY_KIND[kind].default for kind in kinds}
    combinations, verdicts = [], []
    every = combinations_of(kinds, own, together)
    with tempfile.TemporaryDirectory() if out is None else nullcontext(str(out)) as folder:
        for number, one in enumerate(every):

            def told(lived: int, total: int, before: int = number) -> None:
                if progress:
                    progress(before * total + lived, len(every) * total)

            other = {kind: name for kind, name in one.items() if name != own[kind]}
            # By kind too: mechanisms of two kinds can have one name.
            name = "-".join(f"{kind}-{chosen}" for kind, chosen in other.items())
            name = name or evidence.NOTHING
            found = evidence.examine(
                claim,
                Path(folder) / claim.id / name,
                draws=draws,
                replicates=replicates,
                seed=seed,
                without=reading.Variant(name, name, (), other) if other else None,
                workers=workers,
                progress=told,
            )
            if found is not None:  # else the claim itself chooses that mechanism
                combinations.append(one)
                verdicts.append(found)
    return ClaimRobustness(
        claim, seed, draws, replicates, kinds, together, tuple(combinations), tuple(verdicts)
    )


def save(found: Robustness | ClaimRobustness, folder: Path) -> None:
    """Write the table as CSV and as a workbook, the picture and a record into a folder."""
    from cgsim.pictures import drawings, figures
    from cgsim.store.writing import write_csv, write_workbook

    write_csv(folder / "robustness.csv", found.table)
    write_workbook(folder / "robustness.xlsx", {"Combinations": found.table})
    with figures.house_style():
        figure = figures.new_figure(7.0, height_of(found))
        drawings.draw_robustness(figure.subplots(), found)
        title = found.claim.title if isinstance(found, ClaimRobustness) else found.scenario.title
        about = {"title": title, "seed": str(found.seed)}
        figures.save_figure(figure, folder / "robustness.svg", about)
    text = json.dumps(found.record(), ensure_ascii=False, indent=2, allow_nan=False)
    write_text(folder / "robustness.json", text + "\n", replace=True)
