"""What people wrote of the model is still so: each saying carries a check, which is run.

``sayings.toml`` holds, for each text, the words that state a fact of the model and the check they
stand on, on other luck than they were written with. A saying whose check fails is written anew; the
check is not moved. What a library's *look for* and a lesson's own words say besides must be named
there too, as no fact of the model's runs.
"""

import functools
import re
import tomllib
from pathlib import Path

import numpy as np
import pytest

import cgsim
from cgsim import lessons, statistics
from cgsim.answer import build
from cgsim.answer.lived import ACCOUNT
from cgsim.engine.run import simulate
from cgsim.measures import BY_NAME, OUTCOMES
from cgsim.rules.state import BOARD_COLUMNS, FRICTIONS
from cgsim.scenario import library

ROOT = Path(__file__).parents[2]
SEED, RUNS = 11, 100
WRITTEN = tomllib.loads((Path(__file__).parent / "sayings.toml").read_text(encoding="utf-8"))
SAYINGS = WRITTEN["saying"]
NO_FACT = WRITTEN["no_fact"]


def plain(text):
    return " ".join(text.replace("*", "").split())


def sentences(text):
    parts = re.split(r"(?<=[.?!])\s+(?=[A-Z“\d`])", plain(text))
    return [part for part in parts if re.search(r"[A-Za-z]", part)]


@functools.cache
def results(scenario, changes, runs=RUNS):
    return cgsim.run(scenario, runs, SEED, dict(changes), workers=1)


@functools.cache
def members_of_the_first(scenario, changes, runs):
    """Return how many members the first partnership has in every month, (R, T)."""
    place = BOARD_COLUMNS.index("members")
    kept = {}
    numbers = np.arange(runs)

    def reduce(done):
        return [done.chunk.board[n, 0, :, 0, place].copy() for n in range(len(done.points))]

    loaded = cgsim.load(scenario, dict(changes))
    for places, rows in simulate([loaded], 0 * numbers, numbers, SEED, reduce, workers=1):
        kept.update(zip(places.tolist(), rows, strict=True))
    return np.array([kept[n] for n in range(runs)])


def column(measure, scenario, changes, runs=RUNS):
    """Return a measure of every run, (R,), also of those that no table of measures has."""
    found = results(scenario, changes, runs)
    if measure == "settled":
        account = found.lived.account
        settled, living = (account[:, ACCOUNT.index(name)] for name in ("settled", "living"))
        return np.divide(settled, living, out=np.full(runs, np.nan), where=living > 0)
    if measure == "members left":
        members = members_of_the_first(scenario, changes, runs)
        return members.max(axis=1) - members[:, -1]
    if measure.startswith("outcome "):
        return (found.column("outcome") == OUTCOMES.index(measure.removeprefix("outcome "))) + 0.0
    if measure in ("later", "later beyond earlier"):
        (month,) = build.change_months(found)
        line, own = (getattr(found.lived, name) for name in ("beyond_alone", "base"))
        early = line[:, month - 1] / own[:, month - 1]
        late = (line[:, -1] - line[:, month - 1]) / (own[:, -1] - own[:, month - 1])
        return late if measure == "later" else late - early
    return found.column(measure)


def judged(check):
    """Return what a check came to, and whether the 95 % interval bears it out."""
    scenario, measure = check["scenario"], check.get("measure", "gain")
    mine = column(measure, scenario, tuple(check.get("set", {}).items()), check.get("runs", RUNS))
    value = check.get("value", 0.0)
    if check["comparison"] in ("above", "below", "between"):
        counted = measure.startswith("outcome ") or (
            measure in BY_NAME and BY_NAME[measure].interval == "share"
        )
        known = mine[~np.isnan(mine)]
        found = statistics.share(known > 0.0) if counted else statistics.mean(known)
        low, high = {
            "above": (value, np.inf),
            "below": (-np.inf, value),
            "between": (value, check.get("to", 0.0)),
        }[check["comparison"]]
        return found, low <= found.low and found.high <= high
    than = check.get("than", {})
    others = column(measure, scenario, tuple(than.items()), check.get("runs", RUNS))
    found = statistics.mean(mine - others)
    return found, {
        "more": found.low > value,
        "less": found.high < -value,
        "same": -value <= found.low and found.high <= value,
    }[check["comparison"]]


def where(saying):
    return f"{Path(saying['in']).stem}: {saying['says'][:40]}"


@pytest.mark.parametrize("saying", SAYINGS, ids=where)
def test_a_saying_is_borne_out_by_runs(saying):
    assert saying["check"]
    for check in saying["check"]:
        found, holds = judged(check)
        assert holds, (saying["says"], check, found)


@pytest.mark.parametrize("saying", SAYINGS, ids=where)
def test_a_saying_stands_in_its_text(saying):
    assert plain(saying["says"]) in plain((ROOT / saying["in"]).read_text(encoding="utf-8"))


def own_words():
    """Return the texts of which every sentence must be accounted for, by file."""
    texts = {}
    for name in library.every():
        path = library.path(name).relative_to(ROOT).as_posix()
        texts[path] = cgsim.load(name).look_for
    for name in lessons.names():
        lesson = lessons.load_lesson(name)
        answers = lesson.notes.partition("## Questions for discussion")[2]
        model = lesson.form.homework.model
        texts[f"lessons/{name}.md"] = f"{lesson.form.explanation}\n\n{answers}\n\n{model}"
    return texts


@pytest.mark.parametrize(("path", "text"), own_words().items())
def test_every_sentence_is_checked_or_named_as_no_fact(path, text):
    borne = [plain(s["says"]) for s in SAYINGS if s["in"] == path]
    named = [plain(said) for said in NO_FACT.get(path, [])]
    said = sentences(text)
    left = [s for s in said if s not in named and not any(b in s or s in b for b in borne)]
    assert left == [], "neither checked nor named as no fact"
    assert [n for n in named if n not in said] == [], "named, and not there any more"


def test_of_what_would_change_inertia_one_bar_goes_far_the_other_way():
    changes = {c.friction: c for c in cgsim.run("inertia", 60, SEED, reasons=True).answer().changes}
    assert set(changes) == set(FRICTIONS)
    assert changes["commitment"].high < -0.3
    assert all(c.low > -0.02 for name, c in changes.items() if name != "commitment")


def test_what_the_lesson_multiplies_on_the_board_is_the_rule():
    others = max(2.0, cgsim.load("under-authorised").values["consent"] * 12) - 1.0
    text = (ROOT / "lessons/can-they-decide.md").read_text(encoding="utf-8")
    told = f"{others:.1f} others: {0.6**others:.2f} against {0.9**others:.2f}"
    assert told in text
    assert 0.45 < 1 - 0.6**others < 0.55
    assert 1 / 7.5 < 1 - 0.9**others < 1 / 6.5


def pairs(members):
    return members * (members - 1) // 2


def test_what_lessons_reckon_is_reckoned_with_the_numbers_of_their_scenarios():
    """Numbers of settings and rules that a lesson's words state."""
    values = {name: cgsim.load(name).values for name in library.names()}
    sizes = {name: cgsim.load(name).partnerships[0].size for name in library.names()}
    levers = {name: cgsim.load(name).partnerships[0].levers for name in library.names()}
    every = levers["baseline"]["hours"] + levers["baseline"]["prep"]
    year = sizes["baseline"] * every * 48
    rate = values["baseline"]["hour_cost"]
    ratio = values["inertia"]["issue_hours"] / values["baseline"]["issue_hours"]
    told = {
        "can-they-decide": [
            ("it costs every member six hours", every == 6),
            ("two or three at once", 2 <= values["under-authorised"]["consent"] * 12 <= 3),
        ],
        "good-intentions": [
            ("91 pairs", pairs(sizes["inertia"]) == 91),
            ("two and a half times as much to settle as by default", ratio == 2.5),
            ("nobody gives up in the first three years", values["inertia"]["patience"] >= 36),
        ],
        "grant-that-ran-out": [
            ("120 hours a month", levers["korsakoff"]["fund"] == 120),
            ("It lasts two years", levers["korsakoff"]["fund_months"] == 24),
            ("twelve hours of set-up", values["korsakoff"]["setup_hours"] == 12),
        ],
        "meeting-month": [
            ("it costs six hours for every member", every == 6),
            (f"48 meetings: {year:,.0f} hours, about £{round(rate * year, -2):,.0f}", True),
            (f"At £{rate:.0f} an hour", True),
            ("Half the overhead counts", values["baseline"]["overhead_salience"] == 0.5),
        ],
        "who-is-in-charge": [
            ("twelve members there are 66 pairs", pairs(12) == 66),
            ("Five have 10 pairs", pairs(5) == 10),
            ("They have 28 pairs where twelve have 66", pairs(8) == 28),
        ],
    }
    for name, said in told.items():
        text = plain((ROOT / f"lessons/{name}.md").read_text(encoding="utf-8"))
        for words, holds in said:
            assert words in text, (name, words)
            assert holds, (name, words)
