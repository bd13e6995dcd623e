"""Steps and texts of numbers in fields."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.engine.table import Parameter
from nnviz.explain.numbers import parse_number
from nnviz.ui.decades import exact, stepped

ANY = Parameter("weight", 0.0)
RATE = Parameter("rate", 0.03, 0.0, open_low=True)
PENALTY = Parameter("l2", 0.0, 0.0)
DECAY = Parameter("beta", 0.9, 0.0, 1.0, open_high=True)
SHARE = Parameter("share", 0.0, 0.0, 100.0)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_the_shown_text_reads_back_as_the_same_number(value: float) -> None:
    assert parse_number(exact(value)) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.03, "0.03"), (-0.0, "0"), (12.0, "12"), (1e-8, "1e−8"), (-2.5, "−2.5"), (1e22, "1e22"), (0.1 + 0.2, "0.30000000000000004")],
)
def test_numbers_are_written_shortly(value: float, text: str) -> None:
    assert exact(value) == text


@pytest.mark.parametrize(
    ("value", "steps", "result"),
    [(0.03, 1, 0.04), (0.09, 1, 0.1), (0.1, 1, 0.2), (0.1, -1, 0.09), (0.034, 1, 0.04), (0.034, -1, 0.03), (1e-4, -1, 9e-5), (0.2, 9, 2.0)],
)
def test_steps_follow_the_size_of_the_number(value: float, steps: int, result: float) -> None:
    assert stepped(value, steps, RATE) == result


@pytest.mark.parametrize(
    ("value", "steps", "result"), [(0.9, 1, 0.91), (0.99, 1, 0.991), (0.9, -1, 0.8), (0.999, 1, 0.9991), (0.3, 1, 0.4)]
)
def test_near_an_open_end_steps_follow_the_distance_to_it(value: float, steps: int, result: float) -> None:
    assert stepped(value, steps, DECAY) == result


def test_steps_reach_a_closed_end_and_stay() -> None:
    assert stepped(95.0, 3, SHARE) == 100.0
    assert stepped(100.0, 1, SHARE) == 100.0
    assert stepped(0.0, -1, SHARE) == 0.0


def test_a_penalty_steps_from_off_and_back() -> None:
    assert stepped(0.0, 1, PENALTY) == 0.0001
    assert stepped(0.0001, -1, PENALTY) == 0.0


def test_whole_numbers_stay_whole() -> None:
    assert stepped(8.0, 1, SHARE, integer=True) == 9.0
    assert stepped(0.0, 1, SHARE, integer=True) == 1.0
    assert stepped(10.0, 1, Parameter("samples", 1, 1.0, 1e6), integer=True) == 20.0


@given(st.floats(1e-12, 1e12), st.integers(-30, 30))
def test_steps_never_leave_the_range(value: float, steps: int) -> None:
    assert RATE.allows(stepped(value, steps, RATE))


@given(st.floats(0.0, 1.0, exclude_max=True), st.integers(-30, 30))
def test_steps_never_reach_an_open_end(value: float, steps: int) -> None:
    assert DECAY.allows(stepped(value, steps, DECAY))


@given(st.floats(-1e6, 1e6, allow_subnormal=False))
def test_up_is_up_and_down_is_down(value: float) -> None:
    assert stepped(value, 1, ANY) > value
    assert stepped(value, -1, ANY) < value
