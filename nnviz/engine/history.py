"""Learning curves that stay small however long the training runs, with every peak kept.

A curve is a row of buckets, each with the smallest and the largest value that fell into it. When all buckets are full,
neighbors are merged and each bucket takes twice as many values from then on.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
SERIES = ("train_loss", "validation_loss", "train_metric", "validation_metric")
BUCKETS = 512


@dataclass(frozen=True, slots=True)
class Curves:
    """Decimated learning curves: name -> (epochs, values); names are those of `SERIES` that have values."""

    series: dict[str, tuple[Array, Array]]


class HistoryRow(NamedTuple):
    """One line of history.csv: the state at the end of an epoch (epoch 0: before training)."""

    epoch: int
    step: int
    train_loss: float
    train_metric: float
    validation_loss: float
    validation_metric: float
    learning_rate: float


class Curve:
    """One decimated curve: entries 2k and 2k + 1 are the extremes of bucket k, in the order they came."""

    def __init__(self, buckets: int = BUCKETS) -> None:
        self._points = np.zeros((2 * buckets, 2))
        self._clear()

    def _clear(self) -> None:
        self._closed = 0
        self._per_bucket = 1
        self._in_bucket = 0
        self._low = self._high = self._last = (0.0, 0.0)

    def add(self, x: float, value: float) -> None:
        """Append a point; x never falls. What is not finite is left out."""
        if not math.isfinite(value):
            return
        point = self._last = (x, value)
        if self._in_bucket == 0:
            self._low = self._high = point
        elif value < self._low[1]:
            self._low = point
        elif value > self._high[1]:
            self._high = point
        self._in_bucket += 1
        if self._in_bucket == self._per_bucket:
            self._close()

    def _close(self) -> None:
        first, second = sorted((self._low, self._high))
        at = 2 * self._closed
        self._points[at], self._points[at + 1] = first, second
        self._closed += 1
        self._in_bucket = 0
        if 2 * self._closed == len(self._points):
            merged = _extremes(self._points)
            self._points[: len(merged)] = merged
            self._closed //= 2
            self._per_bucket *= 2

    def points(self) -> tuple[Array, Array]:
        """Return x and values, in order of x, without repetitions; the newest point is always the last."""
        rows = self._points[: 2 * self._closed]
        if self._in_bucket:
            rows = np.vstack([rows, *sorted((self._low, self._high))])
        if len(rows):
            rows = np.vstack([rows, self._last])
        new = np.ones(len(rows), bool)
        new[1:] = (rows[1:] != rows[:-1]).any(axis=1)
        return rows[new, 0], rows[new, 1]

    def cut(self, x: float) -> None:
        """Forget all points behind x; of those before it, the extremes stay."""
        xs, values = self.points()
        keep = xs <= x
        self._clear()
        for point in zip(xs[keep].tolist(), values[keep].tolist(), strict=True):
            self.add(*point)


def _extremes(points: Array) -> Array:
    """Return of every four points the lowest and the highest, in order."""
    quads = points.reshape(-1, 4, 2)
    picks = np.sort(np.stack([quads[:, :, 1].argmin(axis=1), quads[:, :, 1].argmax(axis=1)], axis=1), axis=1)
    picked: Array = np.take_along_axis(quads, picks[:, :, None], axis=1).reshape(-1, 2)
    return picked


class CurveStore:
    """The growing curves of a run."""

    def __init__(self) -> None:
        self._curves = {name: Curve() for name in SERIES}

    def add(self, row: HistoryRow) -> None:
        """Append the state at the end of an epoch."""
        for name, curve in self._curves.items():
            curve.add(row.epoch, getattr(row, name))

    def cut(self, epoch: int) -> None:
        """Forget what came after an epoch."""
        for curve in self._curves.values():
            curve.cut(epoch)

    def curves(self) -> Curves:
        """Return the curves as they are now."""
        found = {name: curve.points() for name, curve in self._curves.items()}
        return Curves({name: points for name, points in found.items() if len(points[0])})
