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


@dataclass(frozen=True, slots=True, eq=False)
class CurveState:
    """Everything a `CurveStore` holds, so that one made from it goes on to the bit as if it had never been put away.

    Attributes:
        series: by the names of `SERIES` one array (2k + 4, 2): the points of the k closed buckets; lowest, highest and newest
            point of the open one; and how many values a closed bucket holds and how many the open one has.
    """

    series: dict[str, Array]


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

    @property
    def end(self) -> float:
        """The x of the newest point, 0 where there is none."""
        return self._last[0]

    def state(self) -> Array:
        """Return everything it holds, as `CurveState` describes it."""
        counters = self._per_bucket, self._in_bucket
        return np.vstack([self._points[: 2 * self._closed], self._low, self._high, self._last, counters])

    @classmethod
    def restored(cls, state: Array, buckets: int = BUCKETS) -> Curve:
        """Return the curve that had this state.

        Raises:
            ValueError: no curve of so many buckets can have it.
        """
        if state.shape[1:] != (2,) or len(state) % 2 or not 4 <= len(state) < 2 * buckets + 4 or not np.isfinite(state).all():
            raise ValueError("not the state of a curve")
        curve, closed, (low, high, last, counters) = cls(buckets), state[:-4], state[-4:].tolist()
        per_bucket, in_bucket = map(int, counters)
        open_points = sorted((low, high)) * (in_bucket > 0)
        xs = np.array([*closed[:, 0], *(point[0] for point in open_points), *[last[0]] * (len(closed) + in_bucket > 0)])
        possible = [per_bucket, in_bucket] == counters and 0 <= in_bucket < per_bucket == 1 << per_bucket.bit_length() - 1
        if not possible or (np.diff(xs, prepend=0.0) < 0).any() or (in_bucket and low[1] > high[1]):
            raise ValueError("not the state of a curve")
        curve._points[: len(closed)] = closed
        curve._low, curve._high, curve._last = (tuple(point) for point in (low, high, last))
        curve._closed, curve._per_bucket, curve._in_bucket = len(closed) // 2, per_bucket, in_bucket
        return curve

    def cut(self, x: float) -> None:
        """Forget all points behind x; of those before it, the extremes stay."""
        if self._last[0] <= x:
            return  # there is nothing to forget, and sorting into buckets anew would lose some
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

    def state(self) -> CurveState:
        """Return everything the store holds."""
        return CurveState({name: curve.state() for name, curve in self._curves.items()})

    @classmethod
    def restored(cls, state: CurveState) -> CurveStore:
        """Return a store that goes on as the one that had this state. Raises ValueError: none can have it."""
        if set(state.series) != set(SERIES):
            raise ValueError("other curves")
        store = cls()
        store._curves = {name: Curve.restored(state.series[name]) for name in SERIES}
        return store

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
