"""Networks of images alone, run by the plan and by the oracle, for the tests of the plan."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from nnviz.engine.buffers import Buffers
from nnviz.engine.network import Network
from nnviz.engine.network_spec import AvgPool2D, Conv2D, MaxPool2D, NetworkSpec, as_image
from nnviz.engine.plan_convolution import convolution, sides_read
from nnviz.engine.plan_layout import Mirror, blocks
from nnviz.engine.plan_parts import Call, Clock, Piece, Signal, Site
from nnviz.engine.plan_pooling import pooling

Array = NDArray[Any]


class Found(NamedTuple):
    """Answers (samples, ·), ∂ℓ/∂inputs (samples, ·) and the flat gradient, in the oracle's order."""

    answers: Array
    upstream: Array
    gradient: Array


def as_plan(rows: Array, shape: tuple[int, ...]) -> Array:
    """Return rows of the oracle as an image of the plan, (height, width, samples, channels)."""
    return np.ascontiguousarray(rows.reshape(len(rows), *as_image(shape)).transpose(1, 2, 0, 3))


def as_oracle(image: Array) -> Array:
    """Return an image of the plan as rows of the oracle."""
    return image.transpose(2, 0, 1, 3).reshape(image.shape[2], -1)


class Planned:
    """Convolutions and poolings of a spec as a plan, without anything else."""

    def __init__(
        self,
        spec: NetworkSpec,
        parameters: Array,
        rows: int,
        *,
        backward: bool = True,
        upstream: bool = True,
        cut: bool = True,
        buffers: Buffers | None = None,
    ) -> None:
        dtype = parameters.dtype
        self.spec, self.gradient = spec, np.full(parameters.size, np.nan, dtype)
        packed, packed_gradient = np.empty_like(parameters), np.full(parameters.size, np.nan, dtype)
        Mirror(spec, parameters, packed).pack()
        self._back = Mirror(spec, self.gradient, packed_gradient)
        self.buffers = buffers or Buffers(dtype)
        image = (*as_image(spec.input.shape)[:2], rows, as_image(spec.input.shape)[2])
        # What the plan must write all of is filled with nonsense.
        self.read = Signal(np.zeros(image, dtype), np.full(image, np.nan, dtype) if upstream and backward else None)
        self.pieces = list[Piece]()
        signal, index, sides = self.read, 0, sides_read(spec) if cut else None
        while index < len(spec.layers):
            piece, taken = self._made(index, signal, blocks(spec, packed)[index], blocks(spec, packed_gradient)[index], sides, backward)
            self.pieces.append(piece)
            signal, index = piece.output, index + taken
        self.output = signal

    def _made(
        self, index: int, read: Signal, block: Array, gradient: Array, sides: tuple[tuple[int, int], ...] | None, backward: bool
    ) -> tuple[Piece, int]:
        layer, shape = self.spec.layers[index], self.spec.read_shape(index)
        site = Site(read.value.shape[2], self.buffers.within(layer.id), True, backward, Clock(0))
        if isinstance(layer, Conv2D):
            following = self.spec.layers[index + 1] if index + 1 < len(self.spec.layers) else None
            slopes = gradient if backward else None
            return convolution(layer, shape, read, block, slopes, site, following, None if sides is None else sides[index:])
        assert isinstance(layer, MaxPool2D | AvgPool2D)
        return pooling(layer, shape, read, site, None if sides is None else sides[index]), 1

    @property
    def calls(self) -> list[Call]:
        """Forward, then backward."""
        forward = [call for piece in self.pieces for call in piece.forward]
        return forward + [call for piece in reversed(self.pieces) for call in piece.backward]

    def run(self, x: Array, upstream: Array) -> Found:
        """Answer x and go back from ∂ℓ/∂answers."""
        self.read.value[...] = as_plan(x, self.spec.input.shape)
        for piece in self.pieces:
            call_all(piece.forward)
        answers = as_oracle(self.output.value).copy()
        if self.output.slope is not None:
            self.output.slope[...] = as_plan(upstream, self.spec.shapes[-1])
        for piece in reversed(self.pieces):
            call_all(piece.backward)
        self._back.unpack()
        slope = np.empty(0) if self.read.slope is None else as_oracle(self.read.slope).copy()
        return Found(answers, slope, self.gradient.copy())


def call_all(calls: Iterable[Call]) -> None:
    """Call each."""
    for call in calls:
        call()


def growth(calls: Iterable[Call]) -> int:
    """Return by how many bytes memory grows at most while all are called once more.

    NumPy's own buffers, 8192 numbers an operand for a moment, are made small, so that only arrays are seen.
    """
    calls = tuple(calls)
    with np.errstate():
        np.setbufsize(64)
        call_all(calls)
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        call_all(calls)
        found = tracemalloc.get_traced_memory()[1] - before
        tracemalloc.stop()
    return found


def by_oracle(spec: NetworkSpec, parameters: Array, x: Array, upstream: Array) -> Found:
    """Return what the oracle finds."""
    net = Network(spec, parameters)
    passed = net.forward(x)
    delta = net.layers[-1].delta(passed.z[-1], passed.a[-1], upstream, passed.memory[-1])
    first = net.deltas(passed, delta)[0]
    return Found(passed.outputs, net.layers[0].upstream(first, passed.memory[0]), net.backward(passed, delta))


def inputs(spec: NetworkSpec, rows: int, seed: int, dtype: DTypeLike = float) -> tuple[Array, Array, Array]:
    """Return parameters, samples and slopes of the answers, all random."""
    rng = np.random.default_rng(seed)
    answers = int(np.prod(spec.shapes[-1]))
    sizes: list[Any] = [spec.weights, (rows, int(np.prod(spec.input.shape))), (rows, answers)]
    weights, x, upstream = (rng.normal(size=size).astype(dtype) for size in sizes)
    return weights, x, upstream


def assert_equal_to_oracle(spec: NetworkSpec, rows: int, seed: int = 0, tolerance: float = 1e-12, **options: Any) -> Planned:
    """Check answers, slope and gradient against the oracle, twice, since buffers keep what the first time left in them."""
    parameters, x, upstream = inputs(spec, rows, seed)
    made = Planned(spec, parameters, rows, **options)
    for again in (x, x[::-1] * 0.7):
        found, wanted = made.run(again, upstream), by_oracle(spec, parameters, again, upstream)
        for name in Found._fields:
            one, other = getattr(found, name), getattr(wanted, name)
            if one.size:
                scale = tolerance * max(1.0, float(np.abs(other).max(initial=0)))
                np.testing.assert_allclose(one, other, rtol=tolerance, atol=scale, err_msg=name)
    return made
