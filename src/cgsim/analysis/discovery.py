"""Which inputs go with a result: scenario discovery over one's own batch, as a box and as a tree.

A batch over many inputs at once is asked a question with the answer yes or no, such as *it loses*.
PRIM (Friedman & Fisher 1999, in the way of Bryant & Lempert 2010) peels the inputs down to a box in
which the answer is mostly yes; CART (Breiman and others 1984) divides them into such boxes. Both
are of kept libraries: the EMA workbench (Kwakkel 2017) and scikit-learn.

What a box is worth is told from design points that it was not found on: a third of them, kept back.
Points of one draw of what nobody knows are kept back together.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cgsim.answer.catalogue import figure, word
from cgsim.answer.names import plain, value_of
from cgsim.answer.record import plain as plain_record
from cgsim.errors import CgsimError
from cgsim.experiment.design import LABEL
from cgsim.experiment.restriction import NotUnderstood, Restriction
from cgsim.measures import MEASURES
from cgsim.scenario.errors import shown
from cgsim.statistics import NOTHING, Estimate, wilson_interval

if TYPE_CHECKING:
    import pandas as pd

    from cgsim.running.batch import Batch

FEWEST = 60
"""Design points at least: a third of them has to tell a box from luck."""
FEWEST_EACH = 10
"""Points at least for which the answer is yes, and for which it is no."""
KEPT_BACK = 1 / 3
PEEL = 0.05
"""The share of the points that a step of PRIM takes away at most."""
BY_LUCK = 0.05
"""A limit with a quasi-p-value above this may be luck, and is left out (Bryant & Lempert 2010)."""
DEEPEST = 4
"""So many questions does a tree ask at most, one after the other."""
SMALLEST_LEAF = 0.05
"""A leaf of the tree holds this share of the points at least."""
NO_PRIM = (
    "the box needs the EMA workbench, which is not installed here; allowed "
    'pip install "cgsim[discover]", or --no-box for the tree alone'
)


class NothingToFind(CgsimError, ValueError):
    """A batch that cannot be asked, or an answer that is nearly always the same."""


@dataclass(frozen=True)
class Limit:
    """What a box asks of one input: a number between two ends, or one of some values."""

    key: str
    low: float = -math.inf  #: -inf: from the lowest value that was tried
    high: float = math.inf
    values: tuple[Any, ...] = ()  #: instead of the ends, where an input is no number
    luck: float = math.nan  #: the largest quasi-p-value of its ends; NaN: none was worked out

    def holds(self, column: pd.Series) -> NDArray[np.bool_]:
        """Tell for every value of the input whether it lies within."""
        if self.values:
            return np.asarray(column.isin(list(self.values)), bool)
        numbers = column.to_numpy(float)
        return np.asarray((numbers >= self.low) & (numbers <= self.high), bool)

    @property
    def words(self) -> str:
        """The limit in words: ``8.5 or more members``."""
        if self.values:
            either = word("discover.either").join(value_of(v, self.key) for v in self.values)
            return word("discover.one_of", name=plain(self.key), values=either)
        ends = {"low": figure(self.low, ".4g"), "high": figure(self.high, ".4g")}
        kind = "between"
        if math.isinf(self.low) or math.isinf(self.high):
            kind = "at_least" if math.isinf(self.high) else "at_most"
        return word(f"discover.{kind}", name=plain(self.key), **ends)


@dataclass(frozen=True)
class Box:
    """A part of the inputs, and how it does on points that it was not found on."""

    limits: tuple[Limit, ...]
    coverage: Estimate  #: of the points for which the answer is yes, the share within
    density: Estimate  #: of the points within, the share for which the answer is yes
    within: int  #: points of those kept back that lie within

    @property
    def words(self) -> str:
        """Its limits in words."""
        if not self.limits:
            return word("discover.everywhere")
        return word("discover.and").join(limit.words for limit in self.limits)


@dataclass(frozen=True)
class Discovery:
    """What goes with a result over the design points of a batch."""

    where: str  #: the question, as it was asked
    inputs: tuple[str, ...]
    points: int
    kept_back: int
    base: Estimate  #: the share of all points for which the answer is yes
    box: Box | None
    path: pd.DataFrame  #: a row a step of PRIM: coverage, density, mass on what it was found on
    chosen: int  #: the step whose box is told
    leaves: tuple[Box, ...]  #: of the tree, the highest density first
    left_out: int = 0  #: further design points, without a value of what was asked

    @cached_property
    def table(self) -> pd.DataFrame:
        """A row a limit of the box: input, low, high, values, what may be luck."""
        import pandas as pd

        limits = self.box.limits if self.box else ()
        rows = [
            {
                "input": one.key,
                "low": one.low,
                "high": one.high,
                "values": "; ".join(map(str, one.values)),
                "luck": one.luck,
            }
            for one in limits
        ]
        return pd.DataFrame(rows, columns=["input", "low", "high", "values", "luck"])

    @cached_property
    def tree(self) -> pd.DataFrame:
        """A row a leaf of the tree: its limits in words, coverage, density, points within."""
        import pandas as pd

        return pd.DataFrame(
            {
                "where": leaf.words,
                "density": leaf.density.value,
                "density_low": leaf.density.low,
                "density_high": leaf.density.high,
                "coverage": leaf.coverage.value,
                "points": leaf.within,
            }
            for leaf in self.leaves
        )

    def record(self) -> dict[str, Any]:
        """Return all of it as plain values, as ``--json`` prints it."""
        record: dict[str, Any] = plain_record(
            {
                "where": self.where,
                "inputs": list(self.inputs),
                "points": self.points,
                "left_out": self.left_out,
                "kept_back": self.kept_back,
                "share": self.base,
                "box": self.box,
                "step": self.chosen,
                "path": self.path.to_dict("records"),
                "tree": self.tree.to_dict("records"),
                "words": self.sentences(),
            }
        )
        return record

    def sentences(self) -> list[str]:
        """Say what was found, a sentence each."""
        told: dict[str, Any] = {"where": self.where, "base": self.base.value}
        said = [word("discover.asked", points=self.points, back=self.kept_back, **told)]
        if self.left_out:
            said.append(word("discover.left_out", left=self.left_out))
        if self.box is None:
            return said
        box = self.box
        more = bool(box.limits) and box.density.low > self.base.value
        told |= {"box": box.words, "within": box.within, "density": box.density.value}
        told |= {"all": {"low": box.density.low, "high": box.density.high}}
        said.append(
            word("discover.box" if more else "discover.no_box", coverage=box.coverage.value, **told)
        )
        return said


def discover(
    batch: Batch, where: str = "", *, box: int | None = None, with_box: bool = True, seed: int = 1
) -> Discovery:
    """Find the part of a batch's inputs in which the answer to a question is mostly yes.

    ``where``: a condition over measures, taken as means over the runs of a design point, such as
    ``"gain < 0 and unmet_need > 0.5"``; if not given, that what points are ranked by is below 0.
    ``box``: a step of PRIM's path; if not given, the one with the highest weighted relative
    accuracy (Lavrač and others 1999): most answers of yes beyond what as many points hold anywhere.
    ``with_box``: the tree alone if not. ``seed``: which points are kept back.

    Raises ``NotUnderstood`` for a condition that is none, ``NothingToFind`` where there are too few
    points or one answer only, ``ModuleNotFoundError`` where the EMA workbench is missing.
    """
    where = where or f"{batch.experiment.ranked_by} < 0"
    inputs, answers = cases_of(batch, where)
    drawn = [factor.key for factor in batch.experiment.sampled if factor.key in inputs]
    draws = np.asarray(inputs.groupby(drawn).ngroup(), np.int64) if drawn else None
    found = discover_in(inputs, answers, where, draws, box=box, with_box=with_box, seed=seed)
    return replace(found, left_out=len(batch.points) - found.points)


def discover_in(
    inputs: pd.DataFrame,
    answers: NDArray[np.bool_],
    where: str,
    draws: NDArray[np.int64] | None = None,
    *,
    box: int | None = None,
    with_box: bool = True,
    seed: int = 1,
) -> Discovery:
    """Find in which part of any inputs (a row a case) the answers (C,) are mostly yes.

    Inputs are floats or words; ``where`` says what was asked. ``draws`` (C,): the number of the
    draw that a case is of, where several are of one and so do not tell apart what it holds; it is
    draws that are kept back. All else as ``discover``.
    """
    draws = np.arange(len(answers)) if draws is None else draws
    numbers = np.unique(draws)
    order = np.random.default_rng(seed).permutation(len(numbers))
    back = np.isin(draws, numbers[order < round(KEPT_BACK * len(numbers))])
    cases = Cases(inputs, answers, draws)
    found, held = cases.part(~back), cases.part(back)
    if len(answers) < FEWEST:
        raise NothingToFind(
            f"got {len(answers):,} design points with results; allowed {FEWEST} or more"
        )
    _enough(answers, where)
    if box is not None and not with_box:
        raise NothingToFind(f"got box {box} and no box; allowed one of the two")
    path, chosen, one = _peeled(found, held, box) if with_box else (_no_path(), 0, None)
    return Discovery(
        where=where,
        inputs=tuple(map(str, inputs.columns)),
        points=len(answers),
        kept_back=int(back.sum()),
        base=cases.share(np.ones(len(answers), bool), answers),
        box=one,
        path=path,
        chosen=chosen,
        leaves=tuple(_leaves(found, held)),
    )


def cases_of(batch: Batch, where: str) -> tuple[pd.DataFrame, NDArray[np.bool_]]:
    """Return the inputs that vary, a row a design point, and the answer for each.

    Numbers are floats. A point of which a measure asked for is missing in every run is left out.
    """
    names = [measure.name for measure in MEASURES if measure.interval != "class"]
    question = Restriction(where, names)
    measures = sorted(question.keys)
    if not measures:
        raise NotUnderstood(
            f"got {shown(where)}; allowed a condition on measures, such as gain < 0"
        )
    means = batch.runs(measures).groupby("point")[measures].mean().dropna()
    points = batch.points.set_index("point").loc[means.index]
    varied = [key for key in points if key != LABEL and points[key].astype(str).nunique() > 1]
    if not varied:
        raise NothingToFind("no input varies over the design points of this batch")
    rows = zip(*(means[measure].to_numpy() for measure in measures), strict=True)
    answers = [question.keeps(dict(zip(measures, row, strict=True))) for row in rows]
    inputs = points[varied].reset_index(drop=True)
    return inputs.apply(_plain), np.array(answers, bool)


def _plain(column: pd.Series) -> pd.Series:
    """Return an input as numbers, or as words."""
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    if is_numeric_dtype(column) and not is_bool_dtype(column):
        return column.astype(float)
    return column.astype(str)


def _enough(answers: NDArray[np.bool_], where: str) -> None:
    fewest = min(int(answers.sum()), int((~answers).sum()))
    if fewest < FEWEST_EACH:
        most = "no" if answers.mean() < 0.5 else "yes"
        raise NothingToFind(
            f"{shown(where)} has the answer {most} at nearly every point; allowed a question with "
            f"{FEWEST_EACH} or more of each"
        )


@dataclass(frozen=True)
class Cases:
    """Inputs, answers and draws, a row a case."""

    inputs: pd.DataFrame
    answers: NDArray[np.bool_]
    draws: NDArray[np.int64]

    def part(self, which: NDArray[np.bool_]) -> Cases:
        """Return some of them."""
        return Cases(self.inputs[which], self.answers[which], self.draws[which])

    def share(self, among: NDArray[np.bool_], yes: NDArray[np.bool_]) -> Estimate:
        """Return a share with Wilson's interval (Wilson 1927), each draw counted once in it."""
        if not among.any():
            return NOTHING
        value = float(yes[among].mean())
        count = len(np.unique(self.draws[among]))
        low, high = wilson_interval(np.array(value * count), np.array(float(count)))
        return Estimate(value, float(low), float(high), int(among.sum()))

    def box(self, limits: Sequence[Limit]) -> Box:
        """Return a box with what it is worth on these cases."""
        within = np.ones(len(self.answers), bool)
        for limit in limits:
            within &= limit.holds(self.inputs[limit.key])
        return Box(
            tuple(limits),
            coverage=self.share(self.answers, within),
            density=self.share(within, self.answers),
            within=int(within.sum()),
        )


# ---- the box ---------------------------------------------------------------------------------


def _no_path() -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(columns=["step", "coverage", "density", "mass", "limits"])


def _peeled(found: Cases, held: Cases, asked: int | None) -> tuple[pd.DataFrame, int, Box]:
    """Return PRIM's path, the step chosen, and its box without the limits that may be luck."""
    inputs = found.inputs
    with warnings.catch_warnings():
        # It tells which of its own extras are not there, and heeds an older pandas.
        warnings.simplefilter("ignore")
        prim = _workbench()
        # Its threshold tells a yes from a no, and when a box may be told: here always.
        above_no = float(np.finfo(float).eps)
        peeled = prim.Prim(inputs, found.answers, threshold=above_no, peel_alpha=PEEL).find_box()
    steps = peeled.peeling_trajectory
    path = _no_path()
    path["step"] = steps["id"].astype(int)
    path["limits"] = steps["res_dim"].astype(int)
    for name in ("coverage", "density", "mass"):
        path[name] = steps[name].astype(float)
    # The answers of yes within, beyond those that as many points hold everywhere: weighted relative
    # accuracy. It treats a rare yes and a rare no alike, as coverage and density do not.
    beyond = path["mass"] * (path["density"] - found.answers.mean())
    chosen = int(beyond.to_numpy().argmax()) if asked is None else asked
    if not 0 <= chosen < len(path):
        raise NothingToFind(f"got box {chosen}; allowed 0 to {len(path) - 1}")
    limits = _limits_of(peeled.box_lims[chosen], peeled.qp[chosen], inputs)
    return path, chosen, held.box([one for one in limits if not one.luck > BY_LUCK])


def _workbench() -> Any:
    try:
        from ema_workbench.analysis import prim
    except ModuleNotFoundError as missing:
        raise ModuleNotFoundError(NO_PRIM) from missing
    return prim


def _limits_of(
    box: pd.DataFrame, luck: Mapping[str, Sequence[float]], inputs: pd.DataFrame
) -> Iterator[Limit]:
    """Return what a box of the workbench asks of the inputs that it limits."""
    for key in map(str, box.columns):
        low, high = box[key]
        chance = [value for value in luck.get(key, ()) if value >= 0.0]
        most = max(chance, default=math.nan)
        if isinstance(low, (set, frozenset)):
            if set(low) != set(inputs[key]):
                yield Limit(key, values=tuple(sorted(low)), luck=most)
            continue
        ends = float(low), float(high)
        low_end = ends[0] if ends[0] > inputs[key].min() else -math.inf
        high_end = ends[1] if ends[1] < inputs[key].max() else math.inf
        if not (math.isinf(low_end) and math.isinf(high_end)):
            yield Limit(key, low_end, high_end, luck=most)


# ---- the tree --------------------------------------------------------------------------------


def _leaves(found: Cases, held: Cases) -> list[Box]:
    """Return the leaves of a tree, the highest density first."""
    import pandas as pd
    from sklearn.tree import DecisionTreeClassifier

    inputs, answers = found.inputs, found.answers
    worded = [key for key in inputs if inputs[key].dtype.kind not in "fiu"]
    table = pd.get_dummies(inputs, columns=worded, prefix_sep="\0", dtype=float)
    smallest = max(5, math.ceil(SMALLEST_LEAF * len(answers)))
    grown = DecisionTreeClassifier(
        max_depth=DEEPEST, min_samples_leaf=smallest, ccp_alpha=0.005, random_state=0
    )
    tree = grown.fit(table.to_numpy(), answers).tree_
    columns = list(map(str, table.columns))
    boxes = [held.box(list(_limits_on(path, columns, inputs))) for path in _paths(tree, 0, {})]
    return sorted(boxes, key=lambda box: -np.nan_to_num(box.density.value))


def _paths(
    tree: Any, node: int, ends: dict[int, tuple[float, float]]
) -> Iterator[dict[int, tuple[float, float]]]:
    """Walk to every leaf; return the lowest and highest value of each column on the way."""
    if tree.children_left[node] == tree.children_right[node]:
        yield ends
        return
    column, at = int(tree.feature[node]), float(tree.threshold[node])
    low, high = ends.get(column, (-math.inf, math.inf))
    yield from _paths(tree, tree.children_left[node], ends | {column: (low, min(high, at))})
    above = float(np.nextafter(at, math.inf))
    yield from _paths(tree, tree.children_right[node], ends | {column: (max(low, above), high)})


def _limits_on(
    path: Mapping[int, tuple[float, float]], columns: Sequence[str], inputs: pd.DataFrame
) -> Iterator[Limit]:
    """Return a leaf's limits: columns of one word each become the words that are left."""
    left: dict[str, set[str]] = {}
    for column, (low, high) in path.items():
        key, divided, value = columns[column].partition("\0")
        if not divided:
            yield Limit(key, low, high)
            continue
        words = left.setdefault(key, set(inputs[key]))
        words &= {value} if low > 0.0 else words - {value}
    for key, words in left.items():
        yield Limit(key, values=tuple(sorted(words)))
