"""From numbers to words: what each format writes, with the borders where the words change."""

import math

import pytest

from cgsim.answer import formats
from cgsim.answer.formats import FORMATS
from cgsim.statistics import Estimate

NAN = math.nan


def span(low, high, value=0.0, count=9):
    return Estimate(value, low, high, count)


def record(value, low, high, unit="share"):
    return {"value": value, "low": low, "high": high, "unit": unit}


@pytest.mark.parametrize(
    ("how", "value", "text"),
    [
        ("percent", 0.1175, "11.8 %"),
        ("percent", -0.021, "−2.1 %"),
        ("percent", 0.0, "0.0 %"),
        ("percent", -0.0, "0.0 %"),
        ("percent", 0.0005, "0.1 %"),
        ("percent", 0.0004, "just above 0 %"),
        ("percent", -0.0004, "just below 0 %"),
        ("percent", NAN, "not known"),
        ("signed", 0.1752, "+17.5 %"),
        ("signed", -0.1752, "−17.5 %"),
        ("signed", 0.0004, "0.0 %"),
        ("signed", 0.0, "0.0 %"),
        ("signed", 0.005, "+0.5 %"),
        ("signed_points", 0.0412, "+4.1"),
        ("signed_points", -0.0412, "−4.1"),
        ("signed_points", 0.0, "0.0"),
        ("bare", 0.1175, "11.8"),
        ("bare_whole", 0.1175, "12"),
        ("count", 1234.4, "1,234"),
        ("decimal", 1.234, "1.23"),
        ("units", -1234.4, "1,234"),
        ("figure", 8.4149, "8.41"),
        ("surely", 0.42, "42.0 %"),
        ("surely", 0.0, "0.0 %"),
        ("surely", 1.0, "100.0 %"),
        ("surely", 0.9996, "more than 99.9 %"),
        ("surely", 0.0004, "less than 0.1 %"),
        ("surely", 0.999, "99.9 %"),
        ("surely", 0.001, "0.1 %"),
        ("surely_whole", 0.42, "42 %"),
        ("surely_whole", 0.0, "0 %"),
        ("surely_whole", 1.0, "100 %"),
        ("surely_whole", 0.996, "more than 99 %"),
        ("surely_whole", 0.004, "less than 1 %"),
        ("surely_whole", 0.99, "99 %"),
        ("surely_whole", 0.01, "1 %"),
        ("design_points", 1, "1 design point"),
        ("design_points", 0, "0 design points"),
        ("design_points", 1234, "1,234 design points"),
        ("parts", 1, "1 part"),
        ("parts", 0, "0 parts"),
        ("parts", 1234, "1,234 parts"),
        ("duration", 0.2, "1 s"),
        ("duration", 2.4, "2 s"),
        ("duration", 89.9, "90 s"),
        ("duration", 90, "2 min"),
        ("duration", 630, "10 min"),
        ("duration", 5399, "90 min"),
        ("duration", 5400, "1.5 h"),
        ("duration", 1_296_000, "360.0 h"),
        ("worlds", 1, "1 world"),
        ("worlds", 0, "0 worlds"),
        ("worlds", 1032, "1,032 worlds"),
        ("runs", 1, "1 run"),
        ("runs", 2, "2 runs"),
        ("runs", 1000, "1,000 runs"),
        ("months", (24, 24), "24 months"),
        ("months", (1, 1), "1 month"),
        ("months", None, "months"),
        ("months", (1, 2), "1 to 2 months"),
        ("months", (20, 1024), "20 to 1,024 months"),
        ("of_runs", (0, 100), "no run"),
        ("of_runs", (100, 100), "every run"),
        ("of_runs", (1, 100), "1 of 100 runs"),
        ("of_runs", (1200, 2000), "1,200 of 2,000 runs"),
        ("of_runs", (99, 100), "99 of 100 runs"),
        ("signed_units", 1234.4, "+1,234"),
        ("signed_units", -0.6, "−1"),
        ("signed_units", -0.4, "0"),
        ("signed_units", 0.5, "0"),
        ("term", "units", "units"),
        ("term", "", ""),
        ("base", "of runs", ", of runs"),
        ("base", "", ""),
        ("joined", [], ""),
        ("joined", ["a"], "a"),
        ("joined", ["a", "b"], "a and b"),
        ("joined", ["a", "b", "c"], "a, b and c"),
        ("friction", "slippage", "promises that slip"),
        ("without", "slippage", "no promise slipped"),
        ("outcome", "reviewed out", "ended by a review"),
        ("input", "carry", "how many unsettled issues come back"),
        (
            "inputs",
            ["carry", "senior"],
            "how many unsettled issues come back and managers' buy-in",
        ),
        ("setting", ("size", 9.0), "9 members"),
        ("design", {"size": 3.0, "fund": 0.0}, "3 members, no fund"),
        ("lever", "size", "members"),
        ("noun", "meetings", "number of meetings"),
        ("amount", ("size", 8.4149), "8.41 members"),
    ],
)
def test_each_format_of_a_number_or_name(how, value, text):
    assert FORMATS[how](value) == text


@pytest.mark.parametrize(
    ("how", "all", "text"),
    [
        ("value", record(0.1175, 0.11, 0.125), "11.8 %"),
        ("value", record(0.117452, 0.11741, 0.11749), "11.75 %"),
        ("value", record(-0.1175, NAN, NAN), "−11.8 %"),
        ("value", record(12.34, 11.0, 13.0, "months"), "12.3 months"),
        ("size", record(-0.021, -0.03, -0.01), "2.1 %"),
        ("size", record(0.021, 0.01, 0.03), "2.1 %"),
        ("points_value", record(0.041, 0.03, 0.05), "+4.1"),
        ("points_value", record(-0.041, -0.05, -0.03), "−4.1"),
        ("points_value", record(0.00001, -0.02, 0.02), "just above 0"),
        ("points_value", record(-0.00001, -0.02, 0.02), "just below 0"),
        ("value", record(0.00001, -0.02, 0.02), "just above 0 %"),
        ("value", record(-0.3, -2.0, 2.0, "hours"), "just below 0 hours"),
        ("value", record(0.0, 0.0, 0.0), "0.0 %"),
        ("size", record(-0.00001, NAN, NAN), "less than 0.1 %"),
        ("size", record(0.0, NAN, NAN), "0.0 %"),
        ("points_size", record(-0.00001, NAN, NAN), "less than 0.1"),
        ("between", record(0.002, 0.0000001, 0.0042), "95 % interval just above 0 to 0.4 %"),
        ("between", record(-0.002, -0.0042, -0.0000001), "95 % interval −0.4 to just below 0 %"),
        ("between", record(0.002, 0.00002, 0.0042), "95 % interval 0.002 to 0.420 %"),
        ("between", record(0.002, 0.000002, 0.0042), "95 % interval just above 0 to 0.4 %"),
        ("points_value", record(0.0, -0.02, 0.02), "0.0"),
        ("points_value", record(0.01, 0.005, 0.02), "+1.0"),
        ("points_value", record(0.005, 0.002, 0.02), "+0.5"),
        ("points_size", record(-0.041, -0.05, -0.03), "4.1"),
        ("between", record(0.1, 0.09, 0.11), "95 % interval 9.0 to 11.0 %"),
        ("between", record(0.1, NAN, NAN), "95 % interval not known"),
        ("between_turned", record(-0.1, -0.12, -0.09), "95 % interval 9.0 to 12.0 %"),
        ("points_between", record(0.1, 0.09, 0.11), "95 % interval 9.0 to 11.0"),
        ("points_between_turned", record(-0.1, -0.12, -0.09), "95 % interval 9.0 to 12.0"),
        ("span", {"low": 0.398, "high": 0.6}, "40 to 60 %"),
        ("span", {"low": 0.398, "high": 0.402}, "40 %"),
        # What is said not to be exceeded is not: it is rounded up, and further from 0 counts.
        ("bound", record(0.0, -0.0000021, 0.0000011), "0.0003 %"),
        ("bound", record(0.0, -0.0041, 0.0021), "0.5 %"),
        ("bound", record(0.0, -0.0021, 0.0041), "0.5 %"),
        ("bound", record(0.0, -3.2, 2.1, "months"), "3.2 months"),
        ("bound", record(0.0, -3.21, 2.1, "months"), "3.3 months"),
        ("bound", record(0.0, -3.0, 2.1, "pounds"), "£3"),
    ],
)
def test_each_format_of_a_statement(how, all, text):
    assert FORMATS[how](all) == text


@pytest.mark.parametrize(
    ("value", "unit", "digits", "text"),
    [
        (NAN, "months", None, "not known"),
        (0.5, "share", None, "50.0 %"),
        (0.5, "share", 3, "50.000 %"),
        (12.34, "months", None, "12.3 months"),
        (12345.6, "pounds", None, "£12,346"),
        (12345.6, "pounds", 1, "£12,345.6"),
        (-0.4, "pounds", None, "£0"),
        (-1234.4, "pounds", None, "−£1,234"),
        (0.00123, "units per pound", None, "0.0012 per £"),
        (0.5, "", None, "0.500"),
        (1234.5678, "", 1, "1,234.6"),
        (1234.4, "hours", None, "1,234 hours"),
        (1234.4, "hours", 1, "1,234.4 hours"),
        (2.6, "hours", 0, "3 hours"),
    ],
)
def test_a_number_has_its_unit_and_as_many_digits_as_mean_something(value, unit, digits, text):
    assert formats.number(value, unit, digits) == text


@pytest.mark.parametrize(
    ("estimate", "unit", "digits"),
    [
        (span(0.10, 0.12), "share", 1),
        (span(0.1001, 0.1004), "share", 2),  # the ends would look alike
        (span(0.11671, 0.11674), "share", 3),
        (span(0.1, 0.1), "share", 1),
        (span(NAN, NAN), "share", 1),
        (span(0.0002, 0.02), "share", 2),  # leaves out 0, and would read 0.0
        (span(-0.02, -0.0002), "share", 2),
        (span(-0.0002, 0.02), "share", 1),  # holds 0
        (span(0.0, 0.02), "share", 1),
        (span(1.2e-7, 2e-7), "share", 5),
        (span(4.78e-5, 5.22e-5), "share", 4),  # 0.00 and 0.01, then both 0.005
        (span(-5.22e-5, -4.78e-5), "share", 4),
        (span(1e-9, 2e-9), "share", 1),  # five digits do not tell them apart, so more say nothing
        (span(0.1234567, 0.12345671), "share", 1),
        (span(2.0, 2.0000001), "", 3),
        (span(3.0, 3.01), "months", 2),
        (span(3.2, 3.4), "pounds", 1),
        (span(0.00001, 0.00002), "units per pound", 5),
        (span(2.0, 2.0001), "", 4),
        (span(2.2, 2.4), "hours", 1),
        (span(2.2, 2.9), "hours", 0),
    ],
)
def test_an_interval_has_digits_that_tell_its_ends_apart_and_from_0(estimate, unit, digits):
    assert formats.digits_of(estimate, unit) == digits


@pytest.mark.parametrize(
    ("low", "high", "unit", "text"),
    [
        (0.116, 0.119, "share", "11.6 to 11.9 %"),
        (0.1001, 0.1004, "share", "10.01 to 10.04 %"),
        (-0.01, 0.02, "share", "−1.0 to 2.0 %"),
        (-0.0000001, 0.0042, "share", "0.0 to 0.4 %"),  # it holds 0: "just below" says nothing
        (-0.0042, 0.0000001, "share", "−0.4 to 0.0 %"),
        (0.1, 0.1, "share", "10.0 %"),
        (1e-9, 2e-9, "share", "just above 0 %"),
        (-2e-9, -1e-9, "share", "just below 0 %"),
        (1e-9, 1e-9, "share", "just above 0 %"),
        (0.0, 0.0, "share", "0.0 %"),
        (0.0, 1e-9, "share", "0.0 %"),
        (NAN, NAN, "share", "not known"),
        (NAN, 0.2, "share", "not known"),
        (3.0, 5.0, "months", "3.0 to 5.0 months"),
        (3.0, 5.0, "pounds", "£3 to £5"),
        (0.1, 0.2, "", "0.100 to 0.200"),
        (0.001, 0.002, "units per pound", "0.0010 per £ to 0.0020 per £"),
    ],
)
def test_an_interval_is_written_with_its_unit_once(low, high, unit, text):
    assert formats.interval(span(low, high), unit) == text


def test_a_value_is_told_in_the_digits_of_its_interval():
    assert formats.told(span(0.1001, 0.1004, 0.10023), "share") == "10.02 %"
    assert formats.points_interval(span(0.012, 0.034)) == "1.2 to 3.4"


def test_nothing_is_told_as_0_that_its_interval_says_is_not():
    assert formats.told(Estimate(1.5e-9, 1e-9, 2e-9, 9), "share") == "just above 0 %"
    assert formats.told(Estimate(-1.5e-9, -2e-9, -1e-9, 9), "share") == "just below 0 %"
    assert formats.told(Estimate(0.2, 0.1, 0.3, 9), "hours") == "0.2 hours"
    assert formats.told(Estimate(1e-9, NAN, NAN, 1), "share") == "just above 0 %"
    assert formats.told(Estimate(0.0, NAN, NAN, 1), "share") == "0.0 %"
    # The interval holds 0: what is written as 0 may be 0.
    assert formats.told(Estimate(1e-4, -0.004, 0.004, 9), "share") == "0.0 %"
    assert formats.told(Estimate(1e-4, 0.0, 0.004, 9), "share") == "0.0 %"
    assert formats.told(Estimate(-1e-4, -0.004, 0.0, 9), "share") == "0.0 %"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.01, "less than 0.1"),
        (0.0999, "less than 0.1"),
        (0.1, "0.10"),
        (-0.349, "0.35"),
        (1.0, "1.0"),
        (7.04, "7.0"),
        (-9.9, "9.9"),
        (9.95, "10"),
        (1234.6, "1,235"),
    ],
)
def test_few_units_are_told_in_as_many_digits_as_mean_something(value, text):
    assert formats.FORMATS["few"](value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.00"),
        (0.001, "less than 0.01"),
        (0.00499, "less than 0.01"),
        (0.005, "0.01"),
        (0.854, "0.85"),
        (1.5, "1.50"),
        (-0.001, "0.00"),
        (NAN, "not known"),
    ],
)
def test_a_number_with_two_decimals_is_not_nothing_where_there_is_some(value, text):
    assert formats.FORMATS["decimal"](value) == text


def test_a_loss_is_a_gain_turned_round_with_its_interval():
    assert formats.turned(Estimate(-3.0, -5.0, -2.0, 8)) == Estimate(3.0, 2.0, 5.0, 8)


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "1 KiB"),
        (1537, "2 KiB"),
        (120 * 2**10, "120 KiB"),
        (2**20 - 1, "1,024 KiB"),
        (2**20, "1.0 MiB"),
        (3 * 2**19, "1.5 MiB"),
        (10 * 2**20 - 1, "10.0 MiB"),
        (10 * 2**20, "10 MiB"),
        (2000 * 2**20, "2,000 MiB"),
    ],
)
def test_a_file_has_a_size_in_as_many_digits_as_mean_something(count, text):
    assert formats.size_of_file(count) == text


def test_how_far_an_interval_reaches_to_either_side():
    assert formats.interval_sign(0.005, "share") == "± 0.5 %"
    assert formats.interval_sign(2.0, "months") == "± 2.0 months"
