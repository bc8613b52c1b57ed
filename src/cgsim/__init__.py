"""cgsim: will working together achieve more than working apart, and if not, what eats the gain?

An agent-based simulation of partnership working. ``cgsim.run("baseline")`` runs a scenario in
three arms on the same worlds and chance events, and returns the paired gain with its interval.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cgsim.lazy import lazily

if TYPE_CHECKING:
    from cgsim.advice.declutter import Decluttered, declutter
    from cgsim.analysis.discovery import Discovery, discover
    from cgsim.analysis.evaluation import evaluate_batch
    from cgsim.engine.plan import packed
    from cgsim.errors import CgsimError
    from cgsim.evidence.robustness import ClaimRobustness, Robustness, robustness
    from cgsim.experiment.design import Experiment
    from cgsim.experiment.files import load_experiment
    from cgsim.extend.in_use import extensions, use
    from cgsim.mesa_model.model import PartnershipModel
    from cgsim.portable.choice import use_engine
    from cgsim.running.batch import Batch, open_batch, run_experiment
    from cgsim.running.results import Results, run, run_frictions, run_many
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
    "evaluate_batch",
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
    "Batch": "running.batch",
    "CgsimError": "errors",
    "Decluttered": "advice.declutter",
    "declutter": "advice.declutter",
    "Experiment": "experiment.design",
    "Discovery": "analysis.discovery",
    "discover": "analysis.discovery",
    "evaluate_batch": "analysis.evaluation",
    "load_experiment": "experiment.files",
    "open_batch": "running.batch",
    "run_experiment": "running.batch",
    "PartnershipModel": "mesa_model.model",
    "Results": "running.results",
    "packed": "engine.plan",
    "run": "running.results",
    "run_frictions": "running.results",
    "run_many": "running.results",
    "ClaimRobustness": "evidence.robustness",
    "Robustness": "evidence.robustness",
    "robustness": "evidence.robustness",
    "Scenario": "scenario",
    "ScenarioError": "scenario",
    "load": "scenario",
    "loads": "scenario",
    "use_engine": "portable.choice",
    "extensions": "extend.in_use",
    "use": "extend.in_use",
}

__getattr__ = lazily(__name__, _HOMES)
