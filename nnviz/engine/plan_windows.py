"""The windows of an image as views: what convolution and pooling look through, without moving a number.

An image is (height, width, rows, channels): height × width pixels, each holding that pixel of every sample, channels last.
All pixels that one place of a window sees, through every window, are then one strided view (down, across, rows, channels)
whose runs are rows·channels numbers long, and a window's arithmetic is arithmetic on whole views, one a place.

Windows come in *phases* where a pooling of p × q stands behind a convolution: window (p·Y + a, q·X + b) belongs to phase
(a, b). One phase holds one number for every pooled number (Y, X), so that the p·q phases are p·q arrays of the same shape
and pooling them is a maximum of whole arrays: 1.4× on a whole step of W5 against rows in ordinary order.

A convolution goes through its rows of windows in *bands*, each from the image to the pooled answer while its numbers are in
the cache, and so on the way back. Measured on a whole step of W5: 1.27× against all rows at once (float64 1.2×, direct 1.13×),
and no more memory for z than one band needs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from nnviz.engine.plan_parts import Call

Array = NDArray[Any]
Pair = tuple[int, int]
WHOLE = (1, 1)
BAND = 1 << 18  # bytes of z that a band may have


def pixels(image: Array, start: Pair, step: Pair, count: Pair) -> Array:
    """Return the view of every step-th pixel from `start` on, `count` of them down and across."""
    stop = [first + stride * (number - 1) + 1 for first, stride, number in zip(start, step, count, strict=True)]
    return image[start[0] : stop[0] : step[0], start[1] : stop[1] : step[1]]


def grid(sides: Pair) -> list[Pair]:
    """Return all (row, column) of a small rectangle, row by row."""
    return list(product(range(sides[0]), range(sides[1])))


@dataclass(frozen=True, slots=True)
class Windows:
    """A window that slides over an image.

    Attributes:
        size: its rows and columns.
        stride: how far it moves, down and across.
        phases: sides of the pooling behind; (1, 1) where there is none.
        count: how many windows each phase has, down and across.
    """

    size: Pair
    stride: Pair
    count: Pair
    phases: Pair = WHOLE

    @property
    def places(self) -> list[Pair]:
        """The places of the window, row by row."""
        return grid(self.size)

    @property
    def overlap(self) -> bool:
        """Whether a pixel may be seen through two windows."""
        return self.size[0] > self.stride[0] or self.size[1] > self.stride[1]

    def seen(self, image: Array, place: Pair, phase: Pair = (0, 0)) -> Array:
        """Return the pixels seen at one place of every window of a phase: a view (*count, rows, channels)."""
        start = place[0] + phase[0] * self.stride[0], place[1] + phase[1] * self.stride[1]
        step = self.stride[0] * self.phases[0], self.stride[1] * self.phases[1]
        return pixels(image, start, step, self.count)

    def all_seen(self, image: Array) -> Array:
        """Return all windows as one view (down, *phases, across, rows, *places, channels)."""
        found = sliding_window_view(image, self.size, axis=(0, 1))[:: self.stride[0], :: self.stride[1]]
        (down, across), (p, q) = self.count, self.phases
        found = found[: down * p, : across * q].reshape(down, p, across, q, *found.shape[2:])
        return found.transpose(0, 1, 3, 2, 4, 6, 7, 5)


@dataclass(frozen=True, slots=True)
class Band:
    """Some rows of windows of every phase, done from one end to the other while their numbers are in the cache.

    Attributes:
        rows: which rows of a phase.
        planes: of every phase z of these rows, (rows, across, samples, filters), as `forward` leaves it; other bands use the same memory.
        slopes: of every phase δ = ∂ℓ/∂z, of the same shape, to be filled before `backward`; may share the memory of the planes.
        forward: from the image to the planes.
        backward: from the slopes to the gradient and the slope of the image, to which it adds.
    """

    rows: slice
    planes: list[Array]
    slopes: list[Array]
    forward: tuple[Call, ...]
    backward: tuple[Call, ...]


@dataclass(frozen=True, slots=True)
class Product:
    """The linear part of a convolution: its bands, and what is done before all of them forward, and before and after them backward."""

    bands: list[Band]
    ahead: list[Call]
    start: list[Call]
    finish: list[Call]


def bands(down: int, bytes_of_row: int) -> list[slice]:
    """Cut the rows of windows into bands, all alike but the last, that fit the cache."""
    height = max(1, min(down, BAND // max(bytes_of_row, 1)))
    return [slice(first, min(first + height, down)) for first in range(0, down, height)]


def summed(index: int, write: Callable[[Array], object], total: Array, part: Array) -> Call:
    """Return the call that adds what `write` writes to the total, and for the first band writes it there."""
    if not index:
        return lambda: write(total)

    def add() -> None:
        write(part)
        np.add(total, part, total)

    return add
