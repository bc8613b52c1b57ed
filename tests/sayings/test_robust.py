"""What is said of a result under all combinations of mechanisms, on numbers made by hand."""

import math
from types import SimpleNamespace

from cgsim import load
from cgsim.answer import robust
from cgsim.answer.record import DRAWN, HERE
from cgsim.evidence.robustness import combinations_of
from cgsim.mechanisms import BY_KIND, combinations
from cgsim.statistics import Estimate

KINDS = ("trusting", "load")


def gain(value, half=0.01):
    return Estimate(value, value - half, value + half, 40)


def found_of(values, kinds=KINDS, together=None):
    gains = tuple(map(gain, values))
    ways = tuple(map(robust.way, gains))
    return SimpleNamespace(
        scenario=load("baseline"),
        replicates=40,
        kinds=kinds,
        together=len(kinds) if together is None else together,
        combinations=(
            combinations(kinds)
            if together is None
            else combinations_of(kinds, {k: BY_KIND[k].default for k in kinds}, together)
        ),
        gains=gains,
        changes=tuple(gain(value - values[0]) for value in values),
        ways=ways,
        agrees=tuple(way == ways[0] for way in ways),
    )


def claim_of(verdicts):
    kept = [
        SimpleNamespace(verdict=verdict, share=share, low=low, high=high, judged=judged)
        for verdict, share, low, high, judged in verdicts
    ]
    return SimpleNamespace(
        claim=SimpleNamespace(id="A4", title="Leads help"),
        draws=60,
        replicates=20,
        kinds=("production",),
        together=1,
        combinations=combinations(("production",)),
        verdicts=kept,
        agrees=[one.verdict == kept[0].verdict for one in kept],
    )


def said(statements):
    return [statement.text for statement in statements]


MIXED = (0.1, 0.02, -0.05, 0.08, 0.001, -0.06, 0.12, 0.03, -0.02)
RESTS = (
    "40 runs of each combination; the founding members and all luck are the same under each. "
    "Parameters that only one mechanism reads stand at their values in the scenario. What holds "
    "under all of these may still rest on what they share."
)
OF = "of what the founders met alone"
NOTHING = ("not judged", math.nan, math.nan, math.nan, 3)


def with_idle(found, *places):
    """Let these combinations leave every run as it is."""
    changes = list(found.changes)
    for place in places:
        changes[place] = gain(0.0, half=0.0)
    found.changes = tuple(changes)
    return found


def test_a_mechanism_that_changes_no_run_is_told_and_left_out_of_the_count():
    found = found_of((0.1, 0.09, 0.1, 0.08, -0.05, -0.06, 0.1, 0.09, 0.1))
    assert [robust.label(one, found.combinations[0]) for one in found.combinations][
        2
    ] == "load core"
    told = said(robust.of_scenario(with_idle(found, 2)))
    assert told[2] == (
        "Alone, load core leaves every run here as it is: nothing reads it, so it can show nothing."
    )
    assert told[3] == ("Of the 6 combinations without it, 5 point the same way, this one counted.")


def test_two_mechanisms_that_change_no_run_are_told_together():
    found = with_idle(found_of((0.1, 0.1, 0.1, 0.08, 0.05, 0.06, 0.1, 0.1, 0.1)), 1, 2)
    told = said(robust.of_scenario(found))
    assert told[2] == (
        "Alone, each of these leaves every run here as it is, for nothing reads it, so it can show "
        "nothing: load free riding and load core."
    )
    assert told[3] == "All 3 combinations without these point the same way."


def test_some_combinations_point_another_way():
    assert said(robust.of_scenario(found_of(MIXED))) == [
        "With its own mechanisms (trusting linear and load alike), working together in “A "
        "partnership of eight” meets 10.0 % more need than working apart with the same money, "
        f"{OF} (95 % interval 9.0 to 11.0 %), in 40 runs.",
        "5 of 9 combinations of mechanisms, this one counted, point the same way, on the same "
        "luck.",
        "Less need is met under 3: load core; trusting bayesian and load core; trusting reputation "
        "and load core.",
        "It is not clear under one: trusting bayesian and load free riding.",
        "Over all of them the gain over the same money lies from −6.0 % (trusting bayesian and "
        f"load core) to 12.0 % (trusting reputation), {OF}.",
        "By load, averaged over all other kinds: alike 10.0 %, free riding 1.7 % and core −4.3 %.",
        "By trusting, averaged over all other kinds: linear 2.3 %, bayesian 0.7 % and reputation "
        "4.3 %.",
        RESTS,
    ]


def test_what_each_statement_is_of():
    for one in robust.of_scenario(found_of(MIXED)):
        told = (one.measure, one.comparison, one.holds_for)
        assert told == ("gain_over_equal_money", "equal_money", HERE)
    for one in robust.of_claim(claim_of([("supported", 0.9, 0.8, 0.95, 58)] * 4)):
        assert (one.measure, one.comparison, one.holds_for) == ("", "", DRAWN)


def test_what_cannot_be_told_from_nothing_goes_no_way():
    for value, half in ((0.0, 0.0), (1e-9, 1e-6), (0.001, 0.01)):
        assert robust.way(gain(value, half)) == "unclear"


def test_the_kind_that_moves_most_is_told_first():
    """Whatever it is called: here the one that comes later by its name."""
    values = [first + second for first in (0.0, 0.3, 0.3) for second in (0.0, 0.0, 0.2)]
    told = [text for text in said(robust.of_scenario(found_of(values))) if text.startswith("By ")]
    assert [text.split(",")[0] for text in told] == ["By trusting", "By load"]


def test_all_of_one_kind_point_the_same_way():
    told = said(robust.of_scenario(found_of((-0.1, -0.3, -0.2), ("load",))))
    assert told[0].endswith(
        "meets 10.0 % less need than working apart with the same money, "
        f"{OF} (95 % interval 9.0 to 11.0 %), in 40 runs."
    )
    assert told[1:] == [
        "All 3 combinations of mechanisms point the same way, on the same luck.",
        "Over all of them the gain over the same money lies from −30.0 % (load free riding) to "
        f"−10.0 % (as it is), {OF}.",
        "By load: alike −10.0 %, free riding −30.0 % and core −20.0 %.",
        RESTS,
    ]


def test_none_of_the_others_points_the_same_way():
    told = said(robust.of_scenario(found_of((0.001, 0.2, 0.3), ("load",))))
    assert "it is not clear whether working together" in told[0]
    assert told[1:3] == [
        "None of the other combinations of mechanisms points the same way, on the same luck; with "
        "this one there are 3.",
        "More need is met under 2: load free riding; load core.",
    ]
    two = said(robust.of_scenario(found_of((-0.1, -0.3), ("leaving",))))
    assert two[1] == "All 2 combinations of mechanisms point the same way, on the same luck."
    assert two[2].startswith("Over all of them the gain over the same money lies from −30.0 %")
    alone = said(robust.of_scenario(found_of((0.1,), ())))
    assert alone[1:] == [RESTS]


def test_of_many_the_first_are_named():
    told = said(robust.of_scenario(found_of((0.1, *(-0.1,) * 8))))
    assert told[2] == (
        "Less need is met under 8: load free riding; load core; trusting bayesian; trusting "
        "bayesian and load free riding; trusting bayesian and load core; trusting reputation; "
        "2 others."
    )
    seven = said(robust.of_scenario(found_of((0.1, *(-0.1,) * 7, 0.1))))
    assert "others" not in seven[2]


def test_a_claims_verdicts():
    found = claim_of(
        [
            ("supported", 0.9, 0.8, 0.95, 58),
            ("conditional", 0.5, 0.4, 0.6, 57),
            ("supported", 0.85, 0.7, 0.93, 60),
            NOTHING,
        ]
    )
    ends = (
        "60 draws from the priors, 20 runs each, under every combination. A share near a border "
        "may cross it by chance, with so few draws."
    )
    assert [text.replace("\u00a0", " ") for text in said(robust.of_claim(found))] == [
        "A4, Leads help: supported with the model's own mechanisms, seen in 90 % of 58 draws (80 "
        "to 95 %).",
        "The verdict is the same under 2 of 4 combinations of mechanisms, this one counted, on the "
        "same draws and the same luck.",
        "Under one it is conditional: production ces.",
        "Under one it is not judged: production o ring.",
        ends,
    ]
    assert robust.rows_of_claim(found) == [
        ("harmonic", "supported", "90 %", "80 to 95 %"),
        ("ces", "conditional", "50 %", "40 to 60 %"),
        ("weakest link", "supported", "85 %", "70 to 93 %"),
        ("o ring", "not judged", "", ""),
    ]
    other = claim_of([NOTHING, *[("not supported", 0.1, 0.05, 0.2, 60)] * 3])
    assert said(robust.of_claim(other)) == [
        "A4, Leads help: not judged with the model's own mechanisms, as only 3 of 60 draws count.",
        "None of the other combinations of mechanisms has the same verdict, on the same draws and "
        "the same luck; with this one there are 4.",
        "Under 3 it is not supported: production ces; production weakest link; production o ring.",
        ends,
    ]
    alike = claim_of([("supported", 0.9, 0.8, 0.95, 58)] * 4)
    assert said(robust.of_claim(alike))[1:] == [
        "The verdict is the same under all 4 combinations of mechanisms, on the same draws and the "
        "same luck.",
        ends,
    ]


FOUR = ("production", "trusting", "giving", "leaving")


def test_where_not_all_were_tried_every_sentence_says_of_what_it_is():
    """Of 4 * 3 * 3 * 2 combinations those that exchange two kinds at most: 1 + 8 + 23."""
    others = found_of([0.1] * 32, FOUR, 2).combinations
    lost = {"giving": "threshold", "leaving": "gradual"}
    found = found_of([-0.1 if one.items() >= lost.items() else 0.1 for one in others], FOUR, 2)
    assert len(found.combinations) == 32
    told = said(robust.of_scenario(found))
    assert told[1] == (
        "31 of 32 combinations of mechanisms that exchange at most two kinds, this one counted, "
        "point the same way, on the same luck."
    )
    assert told[2] == "Less need is met under one: giving threshold and leaving gradual."
    # Beside each mechanism of giving stand its own and one other of the rest: 1 + 3 + 2 + 1.
    by_giving = next(text for text in told if text.startswith("By giving"))
    assert by_giving == ("By giving: reciprocal 10.0 %, self serving 10.0 % and threshold 7.1 %.")
    assert told[4] == (
        "Averages by kind are each over the combinations that exchange at most one other kind."
    )
    assert told[-2:] == [
        "Combinations that exchange three kinds or more were not tried; with --all they are.",
        RESTS,
    ]
    alike = said(robust.of_scenario(found_of([0.1] * 32, FOUR, 2)))
    assert alike[1] == (
        "All 32 combinations of mechanisms that exchange at most two kinds point the same way, on "
        "the same luck."
    )
    other = said(robust.of_scenario(found_of([0.1] + [-0.1] * 31, FOUR, 2)))
    assert other[1] == (
        "None of the other combinations of mechanisms that exchange at most two kinds points the "
        "same way, on the same luck; with this one there are 32."
    )
    assert robust.heads(found) == ["exchanged"]
    rows = robust.rows_of_scenario(found)
    assert [row[0] for row in rows[:3]] == ["as it is", "leaving gradual", "giving self serving"]
    assert len(rows) == 1 + 8


def test_a_claim_that_was_not_tried_under_all_says_so():
    found = claim_of([("supported", 0.9, 0.8, 0.95, 58)] * 32)
    found.kinds, found.together = FOUR, 2
    found.combinations = found_of([0.1] * 32, FOUR, 2).combinations
    told = said(robust.of_claim(found))
    assert told[1] == (
        "The verdict is the same under all 32 combinations of mechanisms that exchange at most two "
        "kinds, on the same draws and the same luck."
    )
    assert told[-2].endswith("with --all they are.")


def test_mechanisms_of_a_kind_are_held_together_beside_the_same_others():
    found = found_of([0.1] * 32, FOUR, 2)
    for kind in FOUR:
        beside = {
            name: {
                tuple(v for k, v in found.combinations[place].items() if k != kind)
                for place in robust.comparable(found, kind)
                if found.combinations[place][kind] == name
            }
            for name in BY_KIND[kind].names
        }
        assert len({frozenset(others) for others in beside.values()}) == 1
    whole = found_of(MIXED)
    assert robust.comparable(whole, "load") == list(range(9))


def test_rows_and_names_of_combinations():
    found = found_of(MIXED)
    rows = robust.rows_of_scenario(found)
    assert rows[0] == ("linear", "alike", "10.0 %", "9.0 to 11.0 %", "", "more")
    assert rows[4] == ("bayesian", "free riding", "0.1 %", "−0.9 to 1.1 %", "−9.9", "not clear")
    assert rows[5] == ("bayesian", "core", "−6.0 %", "−7.0 to −5.0 %", "−16.0", "less")
    assert rows[6] == ("reputation", "alike", "12.0 %", "11.0 to 13.0 %", "+2.0", "more")
    assert len(rows) == 9
    assert robust.short_labels(found)[:2] == ["linear, alike (as it is)", "linear, free riding"]
    assert robust.labels(found)[0] == "as it is"
    assert robust.labels(found)[-1] == "trusting reputation and load core"


def test_a_table_of_very_many_has_those_that_exchange_one_kind():
    kinds = ("production", "trusting", "giving", "load")
    assert robust.told_places(found_of((0.1,) * 108, kinds)) == [
        0, 1, 2, 3, 6, 9, 18, 27, 54, 81
    ]  # fmt: skip
    assert robust.heads(found_of(MIXED)) == ["trusting", "load"]
    of_24 = SimpleNamespace(combinations=combinations(kinds)[:24])
    assert robust.told_places(of_24) == list(range(24))
    of_25 = SimpleNamespace(combinations=combinations(kinds)[:25])
    assert len(robust.told_places(of_25)) < 24
