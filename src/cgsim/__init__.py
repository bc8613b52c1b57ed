"""cgsim: will working together achieve more than working apart, and if not, what eats the gain?

An agent-based simulation of partnership working. ``cgsim.run("baseline")`` runs a scenario in
three arms on the same worlds and chance events, and returns the paired gain with its interval.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cgsim.lazy import lazily

if TYPE_CHECKING:
    from cgsim.engine.plan import packed
    from cgsim.errors import CgsimError
    from cgsim.experiment.batch import Batch, open_batch, run_experiment
    from cgsim.experiment.declutter import Decluttered, declutter
    from cgsim.experiment.design import Experiment
    from cgsim.experiment.discovery import Discovery, discover
    from cgsim.experiment.files import load_experiment
    from cgsim.experiment.results import Results, run, run_frictions, run_many
    from cgsim.experiment.robustness import ClaimRobustness, Robustness, robustness
    from cgsim.extend.in_use import extensions, use
    from cgsim.mesa_model.model import PartnershipModel
    from cgsim.portable.choice import use_engine
    from cgsim.scenario import Scenario, ScenarioError, load, loads

__version__ = "0.1.0"
__all__ = [
    "Batch",
    "CgsimError",
    "ClaimRobustness",
    "Decluttered",
    "Discovery",
    "Experiment",
    "PartnershipModel",
    "Results",
    "Robustness",
    "Scenario",
    "ScenarioError",
    "declutter",
    "discover",
    "extensions",
    "load",
    "load_experiment",
    "loads",
    "open_batch",
    "packed",
    "robustness",
    "run",
    "run_experiment",
    "run_frictions",
    "run_many",
    "use",
    "use_engine",
]

_HOMES = {
    "Batch": "experiment.batch",
    "CgsimError": "errors",
    "Decluttered": "experiment.declutter",
    "declutter": "experiment.declutter",
    "Experiment": "experiment.design",
    "Discovery": "experiment.discovery",
    "discover": "experiment.discovery",
    "load_experiment": "experiment.files",
    "open_batch": "experiment.batch",
    "run_experiment": "experiment.batch",
    "PartnershipModel": "mesa_model.model",
    "Results": "experiment.results",
    "packed": "engine.plan",
    "run": "experiment.results",
    "run_frictions": "experiment.results",
    "run_many": "experiment.results",
    "ClaimRobustness": "experiment.robustness",
    "Robustness": "experiment.robustness",
    "robustness": "experiment.robustness",
    "Scenario": "scenario",
    "ScenarioError": "scenario",
    "load": "scenario",
    "loads": "scenario",
    "use_engine": "portable.choice",
    "extensions": "extend.in_use",
    "use": "extend.in_use",
}

__getattr__ = lazily(__name__, _HOMES)
