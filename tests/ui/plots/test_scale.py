"""Scales place every float64 between 0 and 1, invert, grow in jumps, and label round values."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.ui.plots.scale import GROWTH, LARGEST, OUTSIDE, Scale, cover, extent, log_label, number_label

numbers = st.floats(allow_nan=False, allow_infinity=False)
positive = st.floats(min_value=1e-300, max_value=1e300)


@given(st.lists(numbers, min_size=1, max_size=20), st.booleans())
def test_everything_finite_is_placed_within_the_cover(values: list[float], tight: bool) -> None:
    array = np.array(values)
    scale = cover(None, (array.min(), array.max()), tight=tight)
    assert scale.low < scale.high
    assert math.isfinite(scale.low)
    assert math.isfinite(scale.high)
    places = scale.place(array)
    assert ((places >= -1e-9) & (places <= 1 + 1e-9)).all()


@given(st.lists(positive, min_size=1, max_size=20))
def test_a_logarithmic_cover_holds_everything_positive(values: list[float]) -> None:
    array = np.array(values)
    scale = cover(None, (array.min(), array.max()), log=True)
    places = scale.place(array)
    assert 0 < scale.low < scale.high
    assert ((places >= -1e-9) & (places <= 1 + 1e-9)).all()


@given(st.floats(min_value=0, max_value=1), st.floats(-1e9, 1e9), st.floats(1.0, 1e12))
def test_value_is_the_inverse_of_place(place: float, low: float, width: float) -> None:
    scale = Scale(low, low + width)
    assert float(scale.place(scale.value(place))) == pytest.approx(place, abs=1e-6)


@given(st.floats(min_value=0, max_value=1), st.integers(-250, 250), st.integers(1, 40))
def test_value_is_the_inverse_of_place_on_logarithms(place: float, exponent: int, decades: int) -> None:
    scale = Scale(10.0**exponent, 10.0 ** (exponent + decades), log=True)
    assert float(scale.place(scale.value(place))) == pytest.approx(place, abs=1e-9)


def test_what_is_not_finite_has_no_place() -> None:
    assert np.isnan(Scale(0, 1).place(np.array([np.nan, np.inf, -np.inf]))).all()


def test_zero_stands_at_the_lower_edge_of_a_logarithmic_scale() -> None:
    assert Scale(1e-3, 1, log=True).place(np.array([0.0, -5.0])).tolist() == [0.0, 0.0]


def test_places_far_outside_stay_finite_and_near() -> None:
    places = Scale(0, 1e-300).place(np.array([1e308, -1e308]))
    assert places.tolist() == [1 + OUTSIDE, -OUTSIDE]


@given(numbers, numbers, st.integers(1, 12), st.booleans())
def test_ticks_are_few_rise_and_lie_within(first: float, second: float, count: int, log: bool) -> None:
    low, high = sorted((abs(first), abs(second)) if log else (first, second))
    if log and low == 0:
        return
    scale = cover(None, (low, high), log=log)
    ticks = scale.ticks(count)
    values = [value for value, _ in ticks]
    assert len(ticks) <= 2 * count + 2
    assert values == sorted(values)
    width = scale.high / 4 - scale.low / 4
    assert all(scale.low / 4 - 1e-6 * width <= value / 4 <= scale.high / 4 + 1e-6 * width for value in values)


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_neighboring_ticks_have_different_labels(low: float, width: float) -> None:
    labels = [label for _, label in Scale(low, low + width).ticks(6)]
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize(
    ("scale", "count", "expected"),
    [
        (Scale(0, 1), 4, ["0.0", "0.5", "1.0"]),
        (Scale(0, 150), 4, ["0", "50", "100", "150"]),
        (Scale(-1, 1), 4, ["−1.0", "−0.5", "0.0", "0.5", "1.0"]),
        (Scale(0, 12000), 3, ["0", "5 000", "10 000"]),
        (Scale(0, 3e-5), 3, ["0", "10⁻⁵", "2·10⁻⁵", "3·10⁻⁵"]),
        (Scale(1e-4, 1, log=True), 5, ["10⁻⁴", "0.001", "0.01", "0.1", "1"]),
        (Scale(0.01, 0.55, log=True), 4, ["0.01", "0.03", "0.1", "0.3"]),
        (Scale(1e-12, 1, log=True), 4, ["10⁻¹²", "10⁻⁸", "10⁻⁴", "1"]),
    ],
)
def test_labels(scale: Scale, count: int, expected: list[str]) -> None:
    assert [label for _, label in scale.ticks(count)] == expected


def test_numbers_with_powers() -> None:
    assert number_label(2.5e-5, 1) == "2.5·10⁻⁵"
    assert number_label(-1e20, 0) == "−1·10²⁰"
    assert number_label(0.0, 2) == "0"
    assert log_label(5000.0) == "5 000"
    assert log_label(1e308) == "10³⁰⁸"


def test_a_scale_stays_until_it_is_outgrown_and_then_jumps() -> None:
    scale = cover(None, (0.0, 10.0), floor=0.0)
    seen = [scale]
    for top in np.linspace(10, 100, 400):
        scale = cover(scale, (0.0, float(top)), floor=0.0)
        assert scale.high >= top
        if scale != seen[-1]:
            assert scale.high >= GROWTH * seen[-1].high * 0.99
            seen.append(scale)
    assert len(seen) <= 8
    assert all(item.low == 0 for item in seen)


def test_a_scale_far_too_wide_is_left() -> None:
    assert cover(Scale(0, 1000), (0.0, 1.0), floor=0.0).high < 2


def test_a_tight_scale_does_not_look_back() -> None:
    assert cover(Scale(0, 100), (0.0, 60.0), floor=0.0, tight=True).high < 65


def test_constants_get_room_on_both_sides() -> None:
    for value in (0.0, 1.0, -3.0, 1e-310, LARGEST, -LARGEST):
        scale = cover(None, (value, value))
        assert scale.low < scale.high
        assert 0 <= float(scale.place(value)) <= 1


def test_extent() -> None:
    assert extent([np.array([np.nan, 2.0, -1.0]), np.array([np.inf, 7.0])]) == (-1.0, 7.0)
    assert extent([np.array([-1.0, 0.0, 3.0])], log=True) == (3.0, 3.0)
    assert extent([np.array([np.nan]), np.zeros(0)]) is None


def test_a_part_is_what_zooming_shows() -> None:
    assert Scale(0, 10).part(0.5, 1.0) == Scale(5, 10)
    part = Scale(1e-4, 1, log=True).part(0.0, 0.5)
    assert part.log
    assert part.high == pytest.approx(1e-2)
