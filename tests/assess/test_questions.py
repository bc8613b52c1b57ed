"""Questions and changes are sound data: each range is allowed, and within what is wide."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cgsim.assess.questions import AGENDA, hull, meet, narrowed, questionnaire
from cgsim.experiment.design import Factor
from cgsim.scenario.parameters import BY_NAME

ASKED = questionnaire()
LEFT = [
    (question, answer, factor)
    for question in ASKED.questions.values()
    for answer in question.answers.values()
    for factor in answer.leaves.values()
]


def test_about_twenty_questions_on_four_themes():
    assert 18 <= len(ASKED.questions) <= 26
    assert len({q.theme for q in ASKED.questions.values()}) == 4
    texts = [q.text for q in ASKED.questions.values()]
    assert len(set(texts)) == len(texts)
    assert all(q.source.startswith("study, section") for q in ASKED.questions.values())


@pytest.mark.parametrize("question", ASKED.questions.values(), ids=lambda q: q.id)
def test_all_answers_of_a_question_narrow_the_same_parameters(question):
    assert len({tuple(sorted(a.leaves)) for a in question.answers.values()}) == 1
    assert len({a.text for a in question.answers.values()}) == len(question.answers)


@pytest.mark.parametrize(("question", "answer", "factor"), LEFT)
def test_every_range_is_allowed_and_within_what_is_open_without_an_answer(question, answer, factor):
    wide = ASKED.wide[factor.key]
    assert bool(wide.values) == bool(factor.values)
    if factor.key == AGENDA:
        assert set(factor.values) <= {1, 2, 3, 4}
        return
    parameter = BY_NAME[factor.key]
    if factor.values:
        assert set(factor.values) <= set(wide.values)
        if parameter.kind == "choice":
            assert set(factor.values) <= set(parameter.choices)
        elif parameter.kind == "flag":
            assert set(factor.values) <= {True, False}
        else:
            assert all(parameter.low <= v <= parameter.high for v in factor.values)
        return
    assert factor.low <= factor.high
    if factor.key != "fund" or answer.id not in ("little", "a-post", "for-long"):
        assert wide.low <= factor.low
        assert factor.high <= wide.high
    assert parameter.low <= factor.low <= factor.high <= parameter.high


def test_what_has_no_prior_says_what_a_dont_know_leaves():
    for question in ASKED.questions.values():
        for key in question.keys:
            assert key in ASKED.wide
            has_prior = key in BY_NAME and BY_NAME[key].prior is not None
            assert has_prior or any(key in q.unknown for q in ASKED.questions.values())
            assert not (has_prior and key in question.unknown)


def test_the_answers_of_a_question_differ_in_what_they_leave():
    for question in ASKED.questions.values():
        for one, other in itertools.combinations(question.answers.values(), 2):
            assert one.leaves != other.leaves


def test_changes_are_of_parameters_with_allowed_values():
    assert 8 <= len(ASKED.changes) <= 16
    assert len({c.id for c in ASKED.changes}) == len(ASKED.changes)
    for change in ASKED.changes:
        for key, step in change.set.items():
            parameter = BY_NAME.get(key)
            assert parameter is not None or key == AGENDA
            for value in (step.to, step.at_least, step.at_most):
                if parameter is None or value is None:
                    continue
                if parameter.kind == "choice":
                    assert value in parameter.choices
                else:
                    assert parameter.low <= value <= parameter.high


ranges = st.tuples(st.floats(0, 1), st.floats(0, 1)).map(
    lambda ends: Factor("trust_stranger", low=min(ends), high=max(ends))
)


@given(ranges, ranges)
def test_what_two_ranges_leave_lies_in_both_or_spans_both(one, other):
    both, apart = narrowed([one, other])
    assert apart == (meet(one, other) is None)
    if apart:
        assert both == hull(one, other) == hull(other, one)
        assert both.low <= min(one.high, other.high) < max(one.low, other.low) <= both.high
    else:
        assert one.low <= both.low <= both.high <= one.high
        assert other.low <= both.low <= both.high <= other.high
