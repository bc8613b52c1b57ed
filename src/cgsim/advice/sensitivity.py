"""Which uncertain parameters matter: Morris to choose, Sobol to share out the variance.

Both look at a measure's mean over the replicates of a point. Part of the variance between points is
left-over luck, and how much is stated: it is estimated from the runs themselves.

Both need ranges that are independent of each other. Draws that records left possible are not, so
over these each parameter's share of the variance is estimated by regression.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cgsim.analysis.shares import Share, shares_of
from cgsim.analysis.variance import analyse_morris, analyse_sobol, noise_share
from cgsim.answer.catalogue import term, word
from cgsim.answer.formats import FORMATS, surely_whole
from cgsim.engine.run import Progress
from cgsim.experiment.design import (
    MOST_BASE,
    Experiment,
    arms_with,
    uncertain_in,
)
from cgsim.experiment.posterior import Posterior
from cgsim.measures import COLUMN, MEASURES
from cgsim.running.batch import Batch, run_experiment
from cgsim.running.forecast import Forecast, forecast
from cgsim.scenario.errors import Fault, ScenarioError, hint, shown
from cgsim.store.folder import Store
from cgsim.store.writing import write_tables
from cgsim.whole import write_text

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

REPLICATES = 20
SEEN = 0.005
"""Half a per cent: what a share in whole per cent shows."""
WIDE = 0.5
"""A 95 % interval of a share in all that is wider than this says too little to rank by."""


@dataclass(frozen=True)
class Settings:
    """How to look: the measure, Morris's trajectories, how many to keep, Sobol's base points."""

    measure: str = "gain"
    trajectories: int = 20
    keep: int = 12
    base: int = 1024
    replicates: int = REPLICATES


@dataclass(frozen=True)
class Sensitivity:
    """What came out; ``noise`` is the share of the variance between points that is luck."""

    settings: Settings
    morris: pd.DataFrame  #: parameter, mu_star, low, high, sigma; the most influential first
    morris_noise: float
    sobol: pd.DataFrame  #: parameter, first, total and their intervals; the largest total first
    sobol_noise: float
    variance: float  #: between the points of Sobol's sample
    mean: float
    runs: int


@dataclass(frozen=True)
class OverDraws:
    """What came out over draws that were given in the place of those from the priors."""

    settings: Settings
    given: Mapping[str, str]  #: what the draws rest on
    about: Mapping[str, str]  #: the same as manifests tell it, with hashes
    draws: int
    shares: tuple[Share, ...]  #: of each parameter, by itself, the largest first
    noise: float  #: share of the variance between draws that is luck
    variance: float
    mean: float
    runs: int

    def table(self) -> pd.DataFrame:
        """Return a row a parameter: its share of the variance by itself, with its interval."""
        import pandas as pd

        rows = [(s.name, s.estimate.value, s.estimate.low, s.estimate.high) for s in self.shares]
        return pd.DataFrame(rows, columns=["parameter", "share", "low", "high"])


def doubt(found: Sensitivity | OverDraws) -> list[str]:
    """Say what the shares are, how far they can be trusted, and what would make them surer."""
    if isinstance(found, OverDraws):
        return [
            word("sensitivity.share"),
            word("sensitivity.noise_of_draws", noise=found.noise),
        ]
    said = []
    base = found.settings.base
    width = float((found.sobol["total_high"] - found.sobol["total_low"]).max())
    if width > WIDE and base < MOST_BASE:
        # Bootstrap intervals over base points narrow with the root of their number.
        enough = 2 ** math.ceil(math.log2(base * (width / WIDE) ** 2))
        enough = min(MOST_BASE, enough)
        said.append(word("sensitivity.wide", width=width, base=base, enough=enough, limit=WIDE))
    noise = {"sobol": found.sobol_noise, "morris": found.morris_noise}
    return [*_meaning(found.sobol), *said, word("sensitivity.noise", **noise)]


def _meaning(sobol: pd.DataFrame) -> list[str]:
    """Say what the two kinds of share are, and what they come to."""
    sums = {name: float(sobol[name].sum()) for name in ("total", "first")}
    said = [word("sensitivity.means", **sums)]
    total, first = sobol["total"], sobol["first"]
    if (np.minimum(total, first) < -SEEN).any() or (first > total + SEEN).any():
        said.append(word("sensitivity.chance"))
    return said


def heading(found: Sensitivity | OverDraws) -> str:
    """Say what was explained, and how many parameters were looked at, or which draws."""
    if isinstance(found, OverDraws):
        rest = {"draws": found.draws, "runs": found.settings.replicates, "given": found.given}
        return _explained("on_draws", found.settings.measure, **rest)
    numbers = {"runs": found.runs, "kept": len(found.sobol), "all": len(found.morris)}
    return _explained("of", found.settings.measure, **numbers)


def table(found: Sensitivity | OverDraws) -> tuple[list[str], list[tuple[str, ...]]]:
    """Return the shares in words: headings, and a row a parameter, the largest share first."""
    if isinstance(found, OverDraws):
        names: tuple[str, ...] = ("parameter", "share", "interval")
        shares = [("share", "low", "high")]
        shown_rows = found.table().head(found.settings.keep)
    else:
        names = ("parameter", "total", "interval", "first", "interval")
        shares = [(name, f"{name}_low", f"{name}_high") for name in ("total", "first")]
        shown_rows = found.sobol
    rows = []
    for row in shown_rows.to_dict("records"):
        cells = [str(row["parameter"])]
        for share, low, high in shares:
            cells += [
                surely_whole(row[share]),
                FORMATS["span"]({"low": row[low], "high": row[high]}),
            ]
        rows.append(tuple(cells))
    return [word(f"sensitivity.head_{name}") for name in names], rows


def record(found: Sensitivity | OverDraws) -> dict[str, Any]:
    """Return all that was found, as data."""
    told = {"measure": found.settings.measure}
    sizes = {"runs": found.runs, "mean": found.mean, "variance": found.variance}
    if isinstance(found, OverDraws):
        return {
            **told,
            "given": dict(found.about),
            "draws": found.draws,
            **sizes,
            "noise_share": found.noise,
            "shares": found.table().to_dict("records"),
        }
    return {
        **told,
        **sizes,
        "noise_share_morris": found.morris_noise,
        "noise_share_sobol": found.sobol_noise,
        "morris": found.morris.to_dict("records"),
        "sobol": found.sobol.to_dict("records"),
    }


def save_picture(found: Sensitivity | OverDraws, folder: Path, experiment: Experiment) -> None:
    """Write the picture of the shares into a folder."""
    from cgsim.pictures import drawings, figures

    if isinstance(found, OverDraws):
        named = found.table().head(found.settings.keep)
        named = named.rename(columns={"parameter": "label", "share": "estimate"})
        label, name = word("drawing.variance_alone"), "shares.svg"

        def draw(axes: Axes) -> None:
            drawings.draw_points(axes, named, 100.0, label)
    else:
        named, name = found.sobol, "sobol.svg"

        def draw(axes: Axes) -> None:
            figures.draw_sensitivity(axes, named)

    size = (7.0, 1.2 + 0.34 * len(named))
    figures.save_drawing(folder / name, size, draw, experiment.title, experiment.seed)


def _explained(text: str, name: str, **rest: Any) -> str:
    """Say that a measure was explained; a share says of what."""
    measure = MEASURES[COLUMN[name]]
    kind = text if measure.of else f"{text}_none"
    return word(f"sensitivity.{kind}", words=term(measure.words), of=term(measure.of), **rest)


def settings_of(experiment: Experiment, given: Mapping[str, Any]) -> Settings:
    """Return an experiment's settings, with those that are given (not None) in their place."""
    chosen = {**experiment.sensitivity, **{k: v for k, v in given.items() if v is not None}}
    chosen.setdefault("replicates", REPLICATES)
    settings = Settings(**chosen)
    averaged = [m.name for m in MEASURES if m.interval == "mean"]
    if settings.measure not in averaged:
        message = f"got {shown(settings.measure)}; allowed a measure that is averaged"
        message += hint(settings.measure, averaged)
        raise ScenarioError([Fault("--measure", None, "", message)])
    if settings.base & (settings.base - 1):
        message = f"got {settings.base}; allowed a power of 2, such as 512 or 1024"
        raise ScenarioError([Fault("--base", None, "", message)])
    return settings


def screening(experiment: Experiment, settings: Settings) -> Experiment:
    """Return the experiment of Morris's method over all drawn parameters."""
    ranges = tuple(f for f in experiment.factors if not f.values)
    if len(ranges) < 2:
        message = (
            f"got {len(ranges)} ranges to draw from; allowed at least 2 "
            '(design = "priors" draws from the priors of all uncertain parameters)'
        )
        raise ScenarioError([Fault(experiment.name, None, "factors", message)])
    if experiment.only:
        message = "got a condition on points; allowed none: the points of a sample belong together"
        raise ScenarioError([Fault(experiment.name, None, "only", message)])
    return replace(
        _for_its_measure(experiment, settings),
        design="morris",
        factors=ranges,
        draws=settings.trajectories,
        name=f"{experiment.name}, Morris",
    )


def _for_its_measure(experiment: Experiment, settings: Settings) -> Experiment:
    """Return the experiment with the runs that are asked for, keeping the measure alone of them."""
    return replace(
        experiment,
        replicates=settings.replicates,
        precision=None,
        arms=arms_with(experiment.arms, settings.measure),
        measures=(settings.measure,),
        months=False,
        boards=False,
        partnerships=False,
    )


def sharing(experiment: Experiment, settings: Settings, kept: list[str]) -> Experiment:
    """Return the experiment of Sobol's method over the parameters that were kept."""
    drawn = screening(experiment, settings)
    factors = tuple(f for f in drawn.factors if f.key in kept)
    name = f"{experiment.name}, Sobol"
    return replace(drawn, design="sobol", factors=factors, draws=settings.base, name=name)


def over(experiment: Experiment, settings: Settings, given: Posterior) -> Experiment:
    """Return the experiment that lives given draws; raise where they are another scenario's."""
    given.check(experiment.scenarios.values())
    return replace(
        _for_its_measure(experiment, settings),
        scenarios={experiment.scenario.name: experiment.scenario},
        design="draws",
        factors=(),
        listed=given.points,
        only="",
        draws=len(given.points),
        given=given.about(),
        name=f"{experiment.name}, over draws",
    )


def run_over(
    experiment: Experiment,
    folder: str | Path,
    settings: Settings,
    given: Posterior,
    *,
    workers: int | None = None,
    scheduler: Any = None,
    patience: float | None = None,
    progress: Progress | None = None,
) -> OverDraws:
    """Live given draws into ``folder``, or what is missing of them, and share out the variance."""
    folder = Path(folder)
    batch = run_experiment(
        over(experiment, settings, given),
        folder / "draws",
        workers=workers,
        scheduler=scheduler,
        patience=patience,
        progress=progress,
    )
    values, noise = _means(batch, settings.measure)
    keys = uncertain_in(given.points[0])
    columns = {key: np.array([point[key] for point in given.points]) for key in keys}
    varied = {key: [column] for key, column in columns.items() if np.ptp(column) > 0.0}
    found = OverDraws(
        settings,
        given.basis,
        given.about(),
        len(given.points),
        tuple(shares_of(values, varied)),
        noise,
        float(np.var(values, ddof=1)),
        float(np.mean(values)),
        batch.manifest["runs"],
    )
    told = {
        "experiment": experiment.name,
        "measure": settings.measure,
        "replicates": settings.replicates,
        "given": given.about(),
        "draws": found.draws,
        "runs": found.runs,
        "mean": found.mean,
        "variance": found.variance,
        "noise_share": noise,
        "content_sha256": {"draws": batch.manifest["content_sha256"]},
    }
    with Store(folder).held():
        write_tables(folder, {"Shares": found.table()}, "sensitivity.xlsx")
        text = json.dumps(told, indent=2) + "\n"
        write_text(folder / "sensitivity.json", text, replace=True)
    return found


def foretold(
    experiment: Experiment, settings: Settings, workers: int | None, given: Posterior | None
) -> list[str]:
    """Say how many runs there will be, and how long they take, a sentence a stage."""
    if given is not None:
        stages = {"": forecast(over(experiment, settings, given), workers)}
    else:
        both = forecast_both(experiment, settings, workers)
        stages = dict(zip(("Morris", "Sobol"), both, strict=True))
    kind = "planned" if given is None else "planned_draws"
    return [
        word(
            f"sensitivity.{kind}",
            name=name,
            points=found.points,
            each=settings.replicates,
            runs=found.runs,
            seconds=found.seconds,
        )
        for name, found in stages.items()
    ]


def forecast_both(
    experiment: Experiment, settings: Settings, workers: int | None
) -> tuple[Forecast, Forecast]:
    """Return what Morris's and Sobol's runs will take, about."""
    first = screening(experiment, settings)
    keys = [f.key for f in first.factors][: settings.keep]
    return forecast(first, workers), forecast(sharing(experiment, settings, keys), workers)


def run_sensitivity(
    experiment: Experiment,
    folder: str | Path,
    settings: Settings | None = None,
    *,
    workers: int | None = None,
    scheduler: Any = None,
    patience: float | None = None,
    progress: Callable[[str], Progress] | None = None,
) -> Sensitivity:
    """Run Morris's and then Sobol's method into ``folder``, or what is missing of it there.

    ``progress`` gets a stage's name and returns what to call with (runs done, runs in all).
    """
    settings = settings or Settings()
    folder = Path(folder)
    told: dict[str, Any] = {"workers": workers, "scheduler": scheduler, "patience": patience}

    def stage(name: str, planned: Experiment) -> Batch:
        shown = progress(name) if progress else None
        return run_experiment(planned, folder / name, progress=shown, **told)

    screened = stage("morris", screening(experiment, settings))
    morris, morris_noise, _ = _morris(screened, settings.measure)
    kept = list(morris["parameter"].head(settings.keep))
    shared = stage("sobol", sharing(experiment, settings, kept))
    sobol, sobol_noise, values = _sobol(shared, settings.measure)
    found = Sensitivity(
        settings,
        morris,
        morris_noise,
        sobol,
        sobol_noise,
        float(np.var(values, ddof=1)),
        float(np.mean(values)),
        screened.manifest["runs"] + shared.manifest["runs"],
    )
    text = json.dumps(
        {
            "experiment": experiment.name,
            **vars(settings),
            "runs": found.runs,
            "mean": found.mean,
            "variance": found.variance,
            "noise_share_morris": morris_noise,
            "noise_share_sobol": sobol_noise,
            "content_sha256": {
                "morris": screened.manifest["content_sha256"],
                "sobol": shared.manifest["content_sha256"],
            },
        },
        indent=2,
    )
    with Store(folder).held():
        write_tables(folder, {"Morris": morris, "Sobol": sobol}, "sensitivity.xlsx")
        write_text(folder / "sensitivity.json", text + "\n", replace=True)
    return found


def _means(batch: Batch, measure: str) -> tuple[NDArray[np.float64], float]:
    """Return every point's mean, and the share of the variance between them that is luck."""
    values = batch.matrix(measure)
    empty = np.flatnonzero(np.isnan(values).all(axis=1))
    if len(empty):
        message = f"point {empty[0]} has no run that did not fail; see failures.jsonl"
        raise ScenarioError([Fault(str(batch.folder), None, "", message)])
    return np.nanmean(values, axis=1), noise_share(values, batch.experiment.luck == "common")


def _morris(batch: Batch, measure: str) -> tuple[pd.DataFrame, float, NDArray[np.float64]]:
    experiment = batch.experiment
    values, noise = _means(batch, measure)
    return analyse_morris(experiment.sampled, experiment.shares, values), noise, values


def _sobol(batch: Batch, measure: str) -> tuple[pd.DataFrame, float, NDArray[np.float64]]:
    values, noise = _means(batch, measure)
    return analyse_sobol(batch.experiment.sampled, values), noise, values
