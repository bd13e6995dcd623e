"""A slider's scale has 0 in its middle and the value in its inner half, whatever number it is."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.ui.value_scale import FARTHEST, value_scale


@given(st.floats(-1e300, 1e300), st.floats(0, 1e300))
def test_it_is_symmetric_and_holds_the_values(value: float, other: float) -> None:
    made = value_scale(value, other)
    wanted = max(2.0, 2 * abs(value), other)
    assert made.low == -made.high
    assert wanted * (1 - 1e-9) <= made.high <= 2.5 * wanted * (1 + 1e-9)
    assert abs(made.value(made.positions // 2)) <= made.high * 1e-9
    assert made.value(made.positions) == pytest.approx(made.high)
    assert abs(made.value(made.position(value)) - value) <= made.step


def test_what_is_not_finite_does_not_count() -> None:
    assert value_scale(math.nan, math.inf) == value_scale(-math.inf) == value_scale(0.0)
    assert value_scale(math.nan, 4.0).high == 5.0


def test_it_does_not_overflow() -> None:
    assert math.isfinite(value_scale(1.7e308).high - value_scale(-1.7e308).low)
    assert value_scale(1.7e308).high >= FARTHEST


def test_the_first_value_has_more_room_than_the_others() -> None:
    assert value_scale(4.0).high == 10.0
    assert value_scale(0.0, 4.0).high == 5.0
