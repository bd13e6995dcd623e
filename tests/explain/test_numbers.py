"""Numbers as they are shown and as they are typed."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.engine.problem import ProblemError
from nnviz.explain.numbers import GROUP, format_number, parse_integer, parse_number, resolution, short_number, shown_value, with_comma

FINITE = st.floats(allow_nan=False, allow_infinity=False)
ROUNDABLE = st.floats(-1e307, 1e307).filter(lambda value: value == 0 or abs(value) > 1e-300)


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0.0093, 4, "0.0093"),
        (-7.38241, 4, "−7.3824"),
        (0.59326999, 8, "0.59326999"),
        (1.2e-5, 4, "1.2e−5"),
        (-0.00093, 4, "−9.3e−4"),
        (12345.4, 4, f"12{GROUP}345"),
        (12345, 4, f"12{GROUP}345"),
        (7840, 4, f"7{GROUP}840"),
        (123.456, 4, "123.46"),
        (9.99996, 4, "10.000"),
        (283.9, 4, "283.90"),
        (0.0, 4, "0"),
        (-0.0, 4, "0"),
        (1.0, 4, "1"),
        (-2.0, 8, "−2"),
        (0.5, 4, "0.5000"),
        (0.05, 2, "0.05"),
        (1.5e300, 4, "1.5000e300"),
        (float("nan"), 4, "NaN"),
        (float("inf"), 4, "∞"),
        (float("-inf"), 4, "−∞"),
    ],
)
def test_numbers_are_shown_as_people_write_them(value: float, digits: int, text: str) -> None:
    assert format_number(value, digits) == text


@pytest.mark.parametrize(
    ("point", "comma"),
    [
        ("0.5000", "0,5000"),
        ("−1.2e−5", "−1,2e−5"),
        (f"12{GROUP}345.6", f"12{GROUP}345,6"),
        ("∞", "∞"),
        ("0.1500 × (−0.2500) = 0.9·m", "0,1500 × (−0,2500) = 0,9·m"),
        ("(0.1000, −0.2000, …, 0.5)", "(0,1000; −0,2000; …; 0,5)"),
        ("max(0.01·z, z)", "max(0,01·z, z)"),
        ("v1.2 = 0.3", "v1.2 = 0,3"),
        ("2.5·10⁻⁵", "2,5·10⁻⁵"),
        ("Nothing. 3", "Nothing. 3"),
    ],
)
def test_a_comma_stands_before_decimals_and_nowhere_else(point: str, comma: str) -> None:
    assert with_comma(point) == comma


@given(FINITE, st.integers(1, 12))
def test_the_comma_changes_nothing_but_the_mark(value: float, digits: int) -> None:
    point, comma = format_number(value, digits), format_number(value, digits, comma=True)
    assert comma == point.replace(".", ",")
    assert shown_value(comma) == shown_value(point)
    assert resolution(comma, digits) == resolution(point, digits)
    assert short_number(value, comma=True) == short_number(value).replace(".", ",")


@given(FINITE)
def test_a_number_shown_with_a_comma_reads_back_when_typed(value: float) -> None:
    shown = short_number(value, comma=True)
    assert parse_number(shown) == pytest.approx(value, rel=1e-5, abs=1e-320)


def test_numpy_numbers_are_shown_like_pythons() -> None:
    assert format_number(np.float32(0.25)) == format_number(np.float64(0.25)) == "0.2500"
    assert format_number(np.int64(12345)) == f"12{GROUP}345"


@given(ROUNDABLE, st.integers(1, 12))
def test_what_is_shown_is_the_number_rounded(value: float, digits: int) -> None:
    shown = float(shown_value(format_number(value, digits)))
    assert abs(shown - value) <= 0.5000001 * 10.0**-digits * max(1.0, abs(value))
    assert math.copysign(1.0, shown) == math.copysign(1.0, value) or shown == 0.0


@given(FINITE.filter(bool))
def test_a_number_that_is_not_zero_never_looks_like_zero(value: float) -> None:
    assert shown_value(format_number(value)) != 0


@given(ROUNDABLE)
def test_digits_of_the_shown_number_are_enough_to_tell_its_size(value: float) -> None:
    shown = float(shown_value(format_number(value, 4)))
    assert math.isclose(shown, value, rel_tol=0.05)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.30000000000000004, "0.3"), (-1, "−1"), (-1.0, "−1"), (1e-9, "1e−9"), (12345, f"12{GROUP}345"), (2.5e20, "2.5e20")],
)
def test_short_numbers_have_no_trailing_digits(value: float, text: str) -> None:
    assert short_number(value) == text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 0.001),
        ("0.001", 0.001),
        ("0,001", 0.001),
        (".5", 0.5),
        (",5", 0.5),
        ("5.", 5.0),
        ("−3", -3.0),
        ("-3", -3.0),
        ("1e+3", 1000.0),
        ("1E3", 1000.0),
        ("1e−3", 0.001),
        ("  2.5 ", 2.5),
        ("+4", 4.0),
        ("０．５", 0.5),
        ("-0", 0.0),
        ("0e-999", 0.0),
        ("0e-99999999999999999999", 0.0),
        ("5e-324", 5e-324),
        ("1.7976931348623157e308", 1.7976931348623157e308),
    ],
)
def test_numbers_are_read_as_typed(text: str, value: float) -> None:
    assert parse_number(text) == value


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "number-empty"),
        ("   ", "number-empty"),
        ("abc", "number-not"),
        ("1e400", "number-too-large"),
        ("-1e400", "number-too-large"),
        ("1e-400", "number-too-small"),
        ("nan", "number-not-finite"),
        ("-Infinity", "number-not-finite"),
        ("∞", "number-not-finite"),
        ("1.000,5", "number-marks"),
        ("1,000,000", "number-marks"),
        ("1 000", "number-spaces"),
        ("1\u00a0000", "number-spaces"),
        ("- 3", "number-spaces"),
        ("1e", "number-not"),
        ("--1", "number-not"),
        (".", "number-not"),
        ("1_000", "number-not"),
        ("0x10", "number-not"),
        ("1e3.5", "number-not"),
        ("٣", "number-not"),
        ("10²", "number-not"),
        ("½", "number-not"),
        ("1\n2", "number-spaces"),
        ("5%", "number-not"),
    ],
)
def test_what_is_no_number_is_refused_with_the_reason(text: str, key: str) -> None:
    with pytest.raises(ProblemError) as refused:
        parse_number(text)
    assert [item.message.key for item in refused.value.problems] == [f"problem.{key}"]


@given(FINITE)
def test_every_number_survives_being_typed(value: float) -> None:
    text = repr(value)
    for typed in (text, text.replace(".", ","), text.replace("-", "−"), f" {text} ", text.upper()):
        assert parse_number(typed) == value


@given(ROUNDABLE, st.integers(1, 12))
def test_shown_numbers_can_be_typed_again(value: float, digits: int) -> None:
    shown = format_number(value, digits)
    if GROUP not in shown:
        assert parse_number(shown) == float(shown_value(shown))


@given(st.text(max_size=12))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        value = parse_number(text)
    except ProblemError as error:
        value = float(len(error.problems))
    assert math.isfinite(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [("12", 12), ("−3", -3), ("1e3", 1000), ("5.0", 5), ("0e-99999999999999999999", 0), ("9007199254740993", 9007199254740993)],
)
def test_whole_numbers_are_read_exactly(text: str, value: int) -> None:
    assert parse_integer(text) == value


@pytest.mark.parametrize("text", ["0.5", "1e-3", "2,5"])
def test_what_is_not_whole_is_refused(text: str) -> None:
    with pytest.raises(ProblemError) as refused:
        parse_integer(text)
    assert refused.value.problems[0].message.key == "problem.number-not-whole"
