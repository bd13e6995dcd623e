"""Windows as views: which pixels they see, in which order, and how they are cut into bands."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.engine import plan_windows
from nnviz.engine.convolution import windows as windows_of_oracle
from nnviz.engine.plan_windows import Windows, bands, grid, pixels, summed

PAIR = st.tuples(st.integers(1, 3), st.integers(1, 3))


def image(height: int, width: int, rows: int = 2, channels: int = 3) -> Any:
    return np.arange(float(height * width * rows * channels)).reshape(height, width, rows, channels)


@given(size=PAIR, stride=PAIR, count=PAIR, phases=PAIR)
def test_a_phase_sees_the_windows_of_one_place_of_the_pooling(size: Any, stride: Any, count: Any, phases: Any) -> None:
    sides = [(count[axis] * phases[axis] - 1) * stride[axis] + size[axis] for axis in (0, 1)]
    pixels_of, windows = image(*sides), Windows(size, stride, count, phases)
    wanted = windows_of_oracle(pixels_of.transpose(2, 0, 1, 3), size, stride)
    for a, b in grid(phases):
        for row, column in windows.places:
            seen = windows.seen(pixels_of, (row, column), (a, b))
            assert np.shares_memory(seen, pixels_of)
            np.testing.assert_array_equal(seen, wanted[:, a :: phases[0], b :: phases[1], :, row, column].transpose(1, 2, 0, 3))
            np.testing.assert_array_equal(windows.all_seen(pixels_of)[:, a, b, :, :, row, column], seen)


@given(size=PAIR, stride=PAIR)
def test_windows_overlap_where_they_move_less_than_they_are_long(size: Any, stride: Any) -> None:
    seen = np.zeros((9, 9, 1, 1))
    windows = Windows(size, stride, (3, 3))
    for place in windows.places:
        windows.seen(seen, place)[...] += 1
    assert windows.overlap == bool(seen.max() > 1)


def test_every_second_pixel() -> None:
    np.testing.assert_array_equal(pixels(image(5, 6, 1, 1), (1, 0), (2, 3), (2, 2))[..., 0, 0], [[6, 9], [18, 21]])


@pytest.mark.parametrize(
    ("down", "row", "wanted"), [(5, 40, [(0, 2), (2, 4), (4, 5)]), (3, 1000, [(0, 1), (1, 2), (2, 3)]), (4, 1, [(0, 4)]), (1, 0, [(0, 1)])]
)
def test_bands_are_alike_but_the_last(down: int, row: int, wanted: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_windows, "BAND", 100)
    assert [(band.start, band.stop) for band in bands(down, row)] == wanted


def test_the_first_band_writes_and_the_others_add() -> None:
    total, part = np.full(2, 9.0), np.zeros(2)
    for index in range(3):
        summed(index, lambda out, index=index: np.copyto(out, [1.0, index]), total, part)()
    np.testing.assert_array_equal(total, [3.0, 3.0])
