"""Hands the samples of one epoch to a plan as it wants them: inputs with a column of ones, targets feature-major.

Batches are gathered many at a time into arrays that stay where they are, and what is asked of each batch (x, xᵀ, t) is cut out
once for all epochs: taking the next batch then is taking the next item of a list. (A gathering takes 1.3 µs a batch of its
own and 0.1 µs when 25 are gathered at once; cutting out three views takes 0.4 µs.)
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.buffers import Buffers

Array = NDArray[Any]
Portion = tuple[Array, Array, Array]
SMALL = 32  # up to so many inputs xᵀ is laid out anew, since a product takes 0.2 µs less then; of more that costs more than it saves
WINDOW_NUMBERS = 131_072  # gathered at once, a megabyte in float64: it stays in the cache, and the piece of work short


def with_ones(x: Array) -> Array:
    """Return x with a last column of ones, shape (samples, inputs + 1)."""
    whole = np.ones((len(x), x.shape[1] + 1), x.dtype)
    whole[:, :-1] = x
    return whole


class PlanFeed:
    """The samples of an epoch in their order.

    Attributes:
        batch: how many samples a whole batch has.

    A portion is (x, xᵀ, t): x (samples, inputs + 1), or without the column of ones where nobody reads it; t (outputs, samples).
    """

    def __init__(self, whole: Array, t: Array, batch: int, ones: bool, buffers: Buffers) -> None:
        """Feed whole (samples, inputs + 1) and t (samples, outputs)."""
        self._whole, self._t, self._ones = whole, t, ones
        self.batch, self._buffers = batch, buffers.within("feed")
        most = max(1, WINDOW_NUMBERS // (batch * (whole.shape[1] + t.shape[1])))
        self._most = min(most, max(1, len(whole) // batch))
        self._order: Array | None = None
        self._begin = self._held = 0
        self._portions: list[Portion] = []
        self._turned: Array | None = None

    def begin(self, order: Array | None) -> None:
        """Begin an epoch in which the samples come in this order, or as they stand if that is None."""
        self._order, self._held = order, 0

    def batches(self, position: int, most: int) -> list[Portion]:
        """Return at most so many whole batches from a position on; fewer where the gathered ones end, none where the epoch ends."""
        if self._order is None:
            return []
        index, rest = divmod(position - self._begin, self.batch)
        if rest or not 0 <= index < self._held:
            self._gather(position)
            index = 0
        return self._portions[index : min(index + most, self._held)]

    def _gather(self, position: int) -> None:
        """Gather batches from a position on, as many as are held at once."""
        assert self._order is not None
        count = min(self._most, (len(self._order) - position) // self.batch)
        self._begin, self._held = position, count
        if not count:
            return
        if not self._portions:
            self._cut()
        rows = self._order[position : position + count * self.batch]
        self._whole.take(rows, axis=0, out=self._x[: len(rows)], mode="clip")
        self._t.take(rows, axis=0, out=self._rows[: len(rows)], mode="clip")
        if self._turned is not None:
            np.copyto(self._turned[:count], self._x[: len(rows)].reshape(count, self.batch, -1).transpose(0, 2, 1))
        if self._t.shape[1] > 1:
            np.copyto(self._columns[:count], self._rows[: len(rows)].reshape(count, self.batch, -1).transpose(0, 2, 1))

    def _cut(self) -> None:
        """Cut the arrays that batches are gathered into."""
        count, outputs = self._most, self._t.shape[1]
        self._x = self._buffers.take("x", (count * self.batch, self._whole.shape[1]), self._whole.dtype)
        self._rows = self._buffers.take("t", (count * self.batch, outputs), self._t.dtype)
        shape = count, outputs, self.batch
        self._columns = columns = self._rows.reshape(shape) if outputs == 1 else self._buffers.take("tᵀ", shape, self._t.dtype)
        if self._whole.shape[1] <= SMALL:
            self._turned = self._buffers.take("xᵀ", (count, self._whole.shape[1], self.batch), self._whole.dtype)
        for number in range(count):
            x = self._read(self._x[number * self.batch : (number + 1) * self.batch])
            own = x.T if self._turned is None else self._turned[number, : x.shape[1]]
            self._portions.append((x, own, columns[number]))

    def _read(self, whole: Array) -> Array:
        return whole if self._ones else whole[:, :-1]

    def portion(self, first: int, last: int) -> Portion:
        """Return the samples first … last − 1 of the epoch; valid until the next portion is taken."""
        whole, t, size = self._whole, self._t, last - first
        if self._order is None:
            x, rows = self._read(whole[first:last]), t[first:last]
        else:
            taken, x = self._order[first:last], self._buffers.take(f"part{size}", (size, whole.shape[1]), whole.dtype)
            x, rows = self._read(whole.take(taken, axis=0, out=x, mode="clip")), t.take(taken, axis=0)
        columns = self._buffers.take(f"partᵀ{size}", (t.shape[1], size), t.dtype)
        np.copyto(columns, rows.T)
        return x, x.T, columns

    def plain(self, first: int, last: int) -> tuple[Array, Array]:
        """Return x (samples, inputs) and t (samples, outputs) of the samples first … last − 1, as the oracle reads them."""
        rows = slice(first, last) if self._order is None else self._order[first:last]
        return self._whole[rows, :-1], self._t[rows]
