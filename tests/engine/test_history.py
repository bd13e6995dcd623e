from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnviz.engine.history import BUCKETS, SERIES, Curve, CurveState, CurveStore, HistoryRow

VALUES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=300)


def filled(values: list[float], buckets: int = 16) -> Curve:
    curve = Curve(buckets)
    for x, value in enumerate(values):
        curve.add(x, value)
    return curve


@given(VALUES)
def test_every_point_is_true_and_the_extremes_and_the_newest_stay(values: list[float]) -> None:
    xs, found = filled(values).points()
    assert (np.diff(xs) > 0).all()
    assert all(values[int(x)] == value for x, value in zip(xs, found, strict=True))
    assert found.min() == min(values) and found.max() == max(values)
    assert (xs[-1], found[-1]) == (len(values) - 1, values[-1])


@given(VALUES, st.integers(0, 300))
def test_a_single_peak_stays(values: list[float], place: int) -> None:
    values[place % len(values)] = 1e9
    xs, found = filled(values).points()
    assert xs[found.argmax()] == place % len(values)


@given(st.integers(1, 16))
def test_a_short_curve_is_kept_whole(count: int) -> None:
    xs, _ = filled([math.sin(x) for x in range(count)]).points()
    assert len(xs) == count


@settings(max_examples=10)
@given(st.integers(1, 20_000))
def test_memory_is_flat_and_points_stay_even(count: int) -> None:
    xs, _ = filled([x % 7 + x / count for x in range(count)]).points()
    assert len(xs) <= 2 * 16 + 3
    assert np.diff(xs, prepend=0).max() <= max(4, 4 * count / 16)


def test_what_is_not_finite_is_left_out() -> None:
    xs, found = filled([1.0, math.nan, math.inf, 2.0]).points()
    assert xs.tolist() == [0, 3] and found.tolist() == [1.0, 2.0]


@given(VALUES, st.integers(0, 300))
def test_cut_forgets_what_came_after(values: list[float], at: int) -> None:
    curve = filled(values)
    before = curve.points()
    expected = before[1][before[0] <= at]
    curve.cut(at)
    xs, found = curve.points()
    assert all(values[int(x)] == value and x <= at for x, value in zip(xs, found, strict=True))
    assert (found.min(), found.max(), found[-1]) == (expected.min(), expected.max(), expected[-1])
    curve.add(at + 1, 5.0)
    assert curve.points()[1][-1] == 5.0


def test_the_store_leaves_out_curves_without_values() -> None:
    store = CurveStore()
    for epoch in range(3 * BUCKETS):
        store.add(HistoryRow(epoch, 10 * epoch, 1 / (1 + epoch), 0.5, math.nan, math.nan, 0.1))
    series = store.curves().series
    assert set(series) == {"train_loss", "train_metric"}
    assert series["train_loss"][0][[0, -1]].tolist() == [0, 3 * BUCKETS - 1]
    store.cut(10)
    assert store.curves().series["train_loss"][0].max() <= 10


@given(VALUES, VALUES)
def test_a_curve_put_away_goes_on_to_the_bit(before: list[float], after: list[float]) -> None:
    kept = filled(before)
    opened = Curve.restored(kept.state(), 16)
    assert opened.state().tobytes() == kept.state().tobytes() and opened.end == kept.end == len(before) - 1
    for x, value in enumerate(after, len(before)):
        kept.add(x, value)
        opened.add(x, value)
    assert opened.state().tobytes() == kept.state().tobytes()


def test_a_state_is_small_and_of_its_own() -> None:
    curve = filled([math.sin(x) for x in range(5_000)])
    state = curve.state()
    assert state.shape[1] == 2 and len(state) < 2 * 16 + 4
    opened = Curve.restored(state, 16)
    state[:] = 0.0
    assert opened.state().tobytes() == curve.state().tobytes()


def test_cutting_behind_the_end_changes_nothing() -> None:
    curve = filled([math.sin(x) for x in range(100)])
    before = curve.state().tobytes()
    curve.cut(99)
    assert curve.state().tobytes() == before
    empty = Curve(16)
    empty.cut(-1)
    assert len(empty.points()[0]) == 0


POINT, EMPTY, COUNTS = [1.0, 1.0], [0.0, 0.0], [1.0, 0.0]


@pytest.mark.parametrize(
    "rows",
    [
        *([], [COUNTS], [EMPTY] * 3, [EMPTY] * 36 + [COUNTS], [EMPTY] * 5 + [[1.0, 1.0]]),
        *([EMPTY, EMPTY, EMPTY, [per, 0.0]] for per in (0.0, 3.0, -1.0, 0.5, math.nan, 1e300)),
        *([EMPTY, EMPTY, EMPTY, [4.0, count]] for count in (4.0, -1.0, 0.5, math.inf)),
        [[-1.0, 0.0], [0.0, 0.0], EMPTY, EMPTY, POINT, COUNTS],  # x below zero
        [[2.0, 0.0], [1.0, 0.0], EMPTY, EMPTY, [2.0, 0.0], COUNTS],  # x falls
        [[2.0, 0.0], [2.0, 0.0], EMPTY, EMPTY, POINT, COUNTS],  # the newest is older
        [[1.0, 5.0], [1.0, 1.0], POINT, [4.0, 2.0]],  # the lowest is above the highest
        [EMPTY, [math.nan, 0.0], EMPTY, COUNTS],
    ],
)
def test_what_no_curve_can_have_been(rows: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="curve"):
        Curve.restored(np.array(rows, float), 16)


def test_a_store_comes_back_whole_or_not_at_all() -> None:
    store = CurveStore()
    for epoch in range(BUCKETS + 7):
        store.add(HistoryRow(epoch, epoch, math.sin(epoch), math.nan, 0.5, math.nan, 0.1))
    state = store.state()
    opened = CurveStore.restored(state)
    assert set(opened.curves().series) == {"train_loss", "validation_loss"} and tuple(state.series) == SERIES
    for name, (epochs, values) in store.curves().series.items():
        np.testing.assert_array_equal(opened.curves().series[name], (epochs, values))
    for series in ({}, {"train_loss": state.series["train_loss"]}, state.series | {"more": state.series["train_loss"]}):
        with pytest.raises(ValueError, match="curves"):
            CurveStore.restored(CurveState(series))
