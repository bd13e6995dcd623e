from __future__ import annotations

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from nnviz.engine.history import BUCKETS, Curve, CurveStore, HistoryRow

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
