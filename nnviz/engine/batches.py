"""In which order and in what portions samples go through the network: functions of the spec alone.

Whoever watches, pauses or resumes a run must not change it: the order of an epoch depends on the seed and the epoch's
number, the size of the chunks in which long batches are worked off depends on the network.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.spec import BatchNorm, NetworkSpec

Array = NDArray[Any]
CHUNK_NANOSECONDS = 6e6
MAX_ROWS = 8192
MAX_BATCH = 2**32


def chunk_rows(spec: NetworkSpec) -> int:
    """Return how many samples one uninterrupted piece of work may take, so that it lasts under about 8 ms.

    Costs as measured in float64: 15 µs a layer; reading the weights three times, 2.4 ns a weight; for each sample 0.3 ns a
    weight for the products, 60 ns a neuron for activation and derivative, 4 ns an input. Of an image 20 ns a neuron, 0.1 ns a
    weight at every place, and 4 ns a number of every window, which is laid out before.
    """
    sample = 4.0 * len(spec.input.names)
    for shape, (rows, columns) in zip(spec.shapes, spec.weight_shapes(), strict=True):
        if len(shape) == 3:
            sample += 20 * prod(shape) + prod(shape[:2]) * columns * (0.1 * rows + 4)
        else:
            sample += 60 * prod(shape) + 0.3 * rows * columns
    left = CHUNK_NANOSECONDS - 15e3 * len(spec.layers) - 2.4 * spec.weights
    return int(min(MAX_ROWS, max(1, left // sample)))


def step_rows(spec: NetworkSpec) -> int:
    """Return how many samples of a batch are learned from at once: batch norm needs them all, since it ties them together."""
    tied = any(isinstance(layer, BatchNorm) and not layer.frozen for layer in spec.layers)
    return MAX_BATCH if tied else chunk_rows(spec)


@dataclass(frozen=True, slots=True)
class Batches:
    """Which samples each step of an epoch learns from; `size` 0 takes them all at once."""

    samples: int
    size: int
    seed: int

    def end(self, position: int) -> int:
        """Return where the batch that begins at `position` ends; the last one may be smaller."""
        return min(position + (self.size or self.samples), self.samples)

    def order(self, epoch: int, position: int) -> Array | None:
        """Return the order of an epoch's samples; None, as they stand, when one batch takes them all."""
        whole = position == 0 and self.end(0) == self.samples
        return None if whole else epoch_order(self.seed, epoch, self.samples)


def epoch_order(seed: int, epoch: int, samples: int) -> Array:
    """Return the order of the samples in one epoch, a permutation of 0 … samples − 1."""
    return np.random.default_rng(np.random.SeedSequence((seed, epoch))).permutation(samples)


class Feed:
    """Hands out the samples of one epoch in their order; they are gathered many at a time, which is cheaper."""

    def __init__(self, x: Array, t: Array, order: Array | None) -> None:
        """Feed x (samples, inputs) and t (samples, outputs) in `order`, or as they stand if that is None."""
        self._x, self._t, self._order = x, t, order
        self._first = self._last = 0

    def rows(self, first: int, last: int) -> tuple[Array, Array]:
        """Return x and t of the samples first … last − 1 of the epoch."""
        if self._order is None:
            return self._x[first:last], self._t[first:last]
        if first < self._first or last > self._last:
            self._gather(first, last)
        start, stop = first - self._first, last - self._first
        return self._gathered_x[start:stop], self._gathered_t[start:stop]

    def chunks(self, first: int, last: int, rows: int) -> Iterator[tuple[Array, Array]]:
        """Yield the samples first … last − 1 of the epoch, `rows` at a time."""
        for start in range(first, last, rows):
            yield self.rows(start, min(start + rows, last))

    def _gather(self, first: int, last: int) -> None:
        assert self._order is not None
        rows = self._order[first : max(last, first + MAX_ROWS)]
        self._first, self._last = first, first + len(rows)
        self._gathered_x, self._gathered_t = self._x.take(rows, axis=0), self._t.take(rows, axis=0)
