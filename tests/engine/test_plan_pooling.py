"""The plan of a pooling beside the oracle."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.build import avg_pool, max_pool, stack
from tests.engine.plan_images import Planned, assert_equal_to_oracle, by_oracle, growth, inputs

SIZES = st.tuples(st.integers(1, 4), st.integers(1, 4))
SHAPES = st.tuples(st.integers(4, 9), st.integers(4, 9), st.integers(1, 4))
KINDS = pytest.mark.parametrize("kind", [max_pool, avg_pool], ids=["max", "mean"])
GEOMETRIES = pytest.mark.parametrize(
    ("size", "stride"), [((2, 2), (2, 2)), ((3, 2), (1, 1)), ((2, 2), (3, 3)), ((1, 1), (1, 1)), ((1, 1), (2, 2))], ids=str
)


@KINDS
@given(shape=SHAPES, size=SIZES, stride=SIZES, rows=st.integers(1, 5))
@settings(deadline=None)
def test_every_geometry_is_the_oracles(kind: Any, shape: Any, size: Any, stride: Any, rows: int) -> None:
    assert_equal_to_oracle(stack(shape, kind(size, stride)), rows)


@given(shape=SHAPES, size=SIZES, stride=SIZES, seed=st.integers(0, 1000))
@settings(deadline=None)
def test_of_equal_numbers_the_first_wins(shape: Any, size: Any, stride: Any, seed: int) -> None:
    made = stack(shape, max_pool(size, stride))
    none, x, upstream = inputs(made, 3, seed)
    x = np.round(x)
    found, wanted = Planned(made, none, 3).run(x, upstream), by_oracle(made, none, x, upstream)
    np.testing.assert_array_equal(found.answers, wanted.answers)
    np.testing.assert_allclose(found.upstream, wanted.upstream, rtol=1e-12, atol=1e-14)
    np.testing.assert_array_equal(found.upstream != 0, wanted.upstream != 0)


def test_the_slope_goes_to_the_winner_alone() -> None:
    made = stack((2, 2, 1), max_pool())
    found = Planned(made, np.empty(0), 1).run(np.array([[1.0, 7.0, 7.0, 3.0]]), np.array([[5.0]]))
    np.testing.assert_array_equal(found.answers, [[7.0]])
    np.testing.assert_array_equal(found.upstream, [[0.0, 5.0, 0.0, 0.0]])


def test_every_number_of_a_mean_has_its_share() -> None:
    made = stack((2, 2, 1), avg_pool())
    found = Planned(made, np.empty(0), 1).run(np.array([[1.0, 7.0, 7.0, 3.0]]), np.array([[8.0]]))
    np.testing.assert_array_equal(found.answers, [[4.5]])
    np.testing.assert_array_equal(found.upstream, [[2.0, 2.0, 2.0, 2.0]])


@KINDS
def test_pixels_in_no_window_get_no_slope(kind: Any) -> None:
    made = stack((5, 5, 2), kind())
    _, x, upstream = inputs(made, 2, 0)
    planned = Planned(made, np.empty(0), 2)
    found = planned.run(x, upstream).upstream.reshape(2, 5, 5, 2)
    assert not found[:, 4].any() and not found[:, :, 4].any() and found[:, :4, :4].any()


@KINDS
@GEOMETRIES
def test_a_poisoned_pixel_stays_in_its_windows(kind: Any, size: Any, stride: Any) -> None:
    made = stack((5, 5, 1), kind(size, stride))
    _, x, upstream = inputs(made, 1, 0)
    x[0, 0] = np.nan
    found = Planned(made, np.empty(0), 1).run(x, upstream)
    np.testing.assert_array_equal(np.isnan(found.answers), np.isnan(by_oracle(made, np.empty(0), x, upstream).answers))


@KINDS
@GEOMETRIES
def test_nothing_is_computed_that_nobody_wants(kind: Any, size: Any, stride: Any) -> None:
    made = stack((6, 6, 2), kind(size, stride))
    _, x, upstream = inputs(made, 2, 0)
    wanted = by_oracle(made, np.empty(0), x, upstream).answers
    for options in ({"backward": False}, {"upstream": False}):
        planned = Planned(made, np.empty(0), 2, **options)
        np.testing.assert_allclose(planned.run(x, upstream).answers, wanted, rtol=1e-14)
        assert planned.pieces[0].backward == ()


@KINDS
@GEOMETRIES
def test_a_step_takes_no_memory(kind: Any, size: Any, stride: Any) -> None:
    made = stack((16, 16, 8), kind(size, stride))
    assert growth(Planned(made, np.empty(0), 16).calls) < 4000
