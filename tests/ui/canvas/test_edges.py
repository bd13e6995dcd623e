"""Curves run from tile to tile, strengths are true to the weights, and the pointer finds the nearest edge."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from nnviz.ui.canvas.edges import (
    DASHES,
    FLAT,
    LEVELS,
    OVERLAP,
    POINTS,
    angles_at,
    box_at,
    control_points,
    curves,
    dashes,
    joined,
    largest,
    levels,
    nearest,
    points_at,
    steps_of,
    strongest,
    write_segments,
)

STARTS = np.array([[0.0, 0.0], [0.0, 100.0], [0.0, 250.0]])
ENDS = np.array([[200.0, 50.0], [200.0, 300.0]])
LINES = curves(STARTS, ENDS).reshape(-1, POINTS, 2)


def test_curves_join_every_start_to_every_end_and_leave_level() -> None:
    grid = curves(STARTS, ENDS)
    assert grid.shape == (2, 3, POINTS, 2)
    for target in range(2):
        for source in range(3):
            assert grid[target, source, 0] == pytest.approx(STARTS[source])
            assert grid[target, source, -1] == pytest.approx(ENDS[target])
    first = np.abs(grid[:, :, 1] - grid[:, :, 0])
    assert (first[..., 1] < first[..., 0]).all()


def test_the_polyline_stays_close_to_the_curve() -> None:
    share = np.linspace(0, 1, 2000)
    x0, y0, x3, y3 = 0.0, 250.0, 200.0, 50.0
    middle = (x0 + x3) / 2
    basis = np.stack([(1 - share) ** 3, 3 * (1 - share) ** 2 * share, 3 * (1 - share) * share**2, share**3], axis=1)
    exact = np.stack([basis @ [x0, middle, middle, x3], basis @ [y0, y0, y3, y3]], axis=1)
    line = curves(np.array([[x0, y0]]), np.array([[x3, y3]]))[0]
    assert max(nearest(line, (float(x), float(y)))[1] for x, y in exact) < 0.6


def test_segments_hang_together_overlap_a_little_and_are_few_where_a_curve_is_flat() -> None:
    starts = np.array([[0.0, 100.0]] * len(FLAT))
    ends = np.array([[200.0, 100.0 + min(reach, 500.0)] for reach, _ in FLAT])
    counts = steps_of(starts, ends)
    assert counts.tolist() == [steps for _, steps in FLAT]
    offsets = np.cumsum(counts) - counts
    made = np.full((counts.sum() + 3, 4), np.nan)
    write_segments(made, offsets, starts, ends)
    assert np.isnan(made[counts.sum() :]).all()
    lines = joined(starts, ends)
    for edge, (first, count) in enumerate(zip(offsets, counts, strict=True)):
        own = made[first : first + count]
        assert own[0, :2] == pytest.approx(starts[edge])
        assert own[-1, 2:] == pytest.approx(ends[edge])
        assert (np.hypot(*(own[1:, :2] - own[:-1, 2:]).T) <= 2 * OVERLAP + 1e-9).all()
        assert max(nearest(lines[[edge]], (x, y))[1] for x, y in own[:, :2].tolist()) < 1.0


@given(st.booleans(), st.floats(-400, 400), st.floats(30, 400))
def test_vertical_curves_are_the_others_turned(vertical: bool, across: float, along: float) -> None:
    start, end = np.array([[10.0, 20.0]]), np.array([[10.0 + along, 20.0 + across]])
    turned = joined(start[:, ::-1], end[:, ::-1], vertical=not vertical)[..., ::-1]
    assert joined(start, end, vertical=vertical) == pytest.approx(turned)
    points = control_points(start[:, ::-1], end[:, ::-1], not vertical).reshape(-1, 2)[:, ::-1]
    assert control_points(start, end, vertical).reshape(-1, 2) == pytest.approx(points)


def test_dashes_cover_the_curve_from_end_to_end() -> None:
    made = dashes(LINES)
    assert made.shape == (6, DASHES, 4)
    assert made[:, 0, :2] == pytest.approx(LINES[:, 0])
    assert made[:, -1, 2:] == pytest.approx(LINES[:, -1])
    lengths = np.hypot(made[..., 2] - made[..., 0], made[..., 3] - made[..., 1])
    assert lengths.max() <= lengths.mean(axis=1).max() * 1.3


@given(arrays(np.float64, 20, elements=st.floats(-1e300, 1e300)))
def test_levels_keep_sign_and_order(values: np.ndarray) -> None:
    found = levels(values, largest(values))
    assert (np.sign(found) * np.sign(values) >= 0).all()
    assert np.abs(found).max(initial=0) <= LEVELS
    order = np.argsort(np.abs(values))
    assert (np.diff(np.abs(found)[order]) >= 0).all()


def test_levels_of_the_largest_of_zero_and_of_what_is_not_finite() -> None:
    values = np.array([2.0, -2.0, 0.0, np.nan, np.inf])
    assert levels(values, 2.0).tolist() == [LEVELS, -LEVELS, 0, 0, 0]
    assert levels(values, 0.0).tolist() == [0] * 5
    assert levels(np.array([1e-9]), 1.0).tolist() == [1]
    assert largest(values) == 2.0
    assert largest(np.array([np.nan])) == 0.0


def test_the_strongest_come_last() -> None:
    assert strongest(np.array([3.0, 1.0, 2.0, 5.0]), 2).tolist() == [0, 3]
    assert strongest(np.array([3.0, 1.0]), 9).tolist() == [1, 0]
    assert strongest(np.array([3.0]), 0).tolist() == []


@given(st.integers(0, 2**16), st.integers(1, 300), st.sampled_from([1, 50, 400, 60_000]))
@settings(max_examples=40, deadline=None)
def test_the_strongest_of_many_are_found_without_sorting_them_all(seed: int, count: int, size: int) -> None:
    values = np.random.default_rng(seed).normal(size=size)
    values[:: max(1, size // 7)] = [np.nan, np.inf, -9.0][seed % 3]
    found = strongest(values, count)
    whole = np.where(np.isfinite(values), np.abs(values), 0.0)
    assert len(set(found.tolist())) == min(count, size)
    assert whole[found].tolist() == np.sort(whole)[-count:].tolist()


@given(st.integers(0, 2**16))
@settings(max_examples=30, deadline=None)
def test_the_nearest_is_the_nearest_of_all(seed: int) -> None:
    rng = np.random.default_rng(seed)
    lines = joined(rng.uniform(0, 300, (40, 2)), rng.uniform(0, 300, (40, 2)))
    point = tuple(rng.uniform(0, 300, 2).tolist())
    distances = [nearest(lines[[index]], point)[1] for index in range(len(lines))]
    assert nearest(lines, point)[1] == pytest.approx(min(distances))


def test_points_run_along_the_polyline() -> None:
    assert points_at(LINES, 0.0) == pytest.approx(LINES[:, 0])
    assert points_at(LINES, 1.0) == pytest.approx(LINES[:, -1])
    for share in np.linspace(0, 1, 23):
        for index, point in enumerate(points_at(LINES, float(share))):
            assert nearest(LINES[index : index + 1], (float(point[0]), float(point[1])))[1] < 1e-9
    assert points_at(LINES, np.array([0.0, 1.0, 0.0, 1.0, 0.0, 1.0]))[1] == pytest.approx(LINES[1, -1])


def test_angles_follow_the_curve() -> None:
    level = curves(np.array([[0.0, 0.0]]), np.array([[100.0, 0.0]]))[0]
    assert angles_at(level, 0.5) == pytest.approx([0.0])
    down = curves(np.array([[0.0, 0.0]]), np.array([[100.0, 400.0]]))[0]
    assert 60 < angles_at(down, 0.5)[0] < 90


def test_nearest_edge() -> None:
    for index, point in enumerate(points_at(LINES, 0.1)):
        found, distance = nearest(LINES, (float(point[0]), float(point[1])))
        assert found == index
        assert distance < 1e-9
    assert nearest(LINES[:0], (0.0, 0.0)) == (-1, float("inf"))


def test_box_at() -> None:
    boxes = np.array([[0.0, 0, 10, 10], [20.0, 0, 10, 10]])
    assert box_at(boxes, (25.0, 5.0)) == 1
    assert box_at(boxes, (15.0, 5.0)) == -1
    assert box_at(boxes, (12.0, 5.0), margin=3.0) == 0
    assert box_at(np.zeros((0, 4)), (0.0, 0.0)) == -1
