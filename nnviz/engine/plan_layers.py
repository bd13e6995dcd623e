"""The layers of a plan without convolutions: dense, flatten, dropout, batch norm. The formulas are those of `layers`.

Everything is feature-major, so that W·x + b of all samples is one product: W carries b as its last column, x a last row of
ones, and ∂ℓ/∂b comes out of the same product as ∂ℓ/∂W. No broadcast and no sum is left (measured: W1 47 → 20 µs a step).
"""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.layers import DROPOUT, LARGEST
from nnviz.engine.network_spec import BatchNorm, Dense, Dropout
from nnviz.engine.plan_activations import answer, chain, keeps_only_answer
from nnviz.engine.plan_parts import Call, Piece, Signal, Site, Straight

Array = NDArray[Any]


def rows_signal(whole: Array, under: Array | None) -> Signal:
    """Return a signal in rows, its values and slopes being all but the last rows of these arrays, (units + 1, samples)."""
    whole[-1] = 1
    return Signal(whole[:-1], None if under is None else under[:-1], whole, under)


def _under(read: Signal, units: int, site: Site) -> Array | None:
    """Return where slopes of rows come back to, if what is read wants any."""
    return None if read.slope is None else site.buffers.take("under", (units + 1, site.rows))


def dense(
    layer: Dense,
    read: Signal | None,
    block: Array,
    gradient: Array | None,
    output: Signal,
    slopes: Array | None,
    site: Site,
    *,
    last: bool,
    keep: bool,
) -> tuple[Piece, Array]:
    """Return a dense layer, and the array its z is in.

    Args:
        layer: the layer.
        read: what it reads, in rows; None where it reads the samples as they lie, which leaves its products to the plan.
        block: its parameters, (units, sources + 1).
        gradient: where their gradient goes, of the same shape.
        output: where its answers go.
        slopes: f'(z), worked out for many layers at once; None where this layer has to do it.
        site: where the plan is made.
        last: whether it is the output layer: its `output.slope` is δ already.
        keep: whether z must not be overwritten by a.
    """
    a = output.value
    alive = _alive(layer, site) if layer.lesioned else None
    bare = a if alive is None else site.buffers.take("bare", a.shape)
    z = bare if keeps_only_answer(layer.activation) and not keep else site.buffers.take("z", a.shape)
    source = None if read is None else read.whole if layer.use_bias else read.value
    calls = [answer(layer.activation, z, bare, site.buffers)]
    if source is not None:
        calls.insert(0, product(block, source, z))  # z = W·x + b
    if alive is not None:
        calls.append(_times(bare, alive, a))
    back: list[Call] = []
    if gradient is not None and output.slope is not None:
        if not last:
            back += _activation_back(layer, z, bare, output.slope, slopes, alive, site)
        if source is not None:
            back.append(product(output.slope, source.T, gradient))  # ∂ℓ/∂W = δ·xᵀ
        if read is not None and read.slope is not None:
            below = read.under if layer.use_bias else read.slope
            assert below is not None
            back.append(product(block.T, output.slope, below))  # ∂ℓ/∂x = Wᵀ·δ
    return Piece(output, tuple(calls), tuple(back)), z


def _alive(layer: Dense, site: Site) -> Array:
    """Return 0 for lesioned neurons and 1 for others, (units, 1)."""
    column = site.buffers.take("alive", (layer.units, 1))
    column[:, 0] = [neuron not in layer.lesioned for neuron in layer.neurons]
    return column


def _activation_back(
    layer: Dense, z: Array, a: Array, delta: Array, slopes: Array | None, alive: Array | None, site: Site
) -> list[Call]:
    """Return what makes δ = f'(z) ⊙ ∂ℓ/∂a of ∂ℓ/∂a, in place."""
    calls = [] if alive is None else [_times(delta, alive, delta)]
    if slopes is not None:
        return [*calls, _times(delta, slopes, delta)]
    return [*calls, chain(layer.activation, z, a, delta, site.buffers)]


def _times(one: Array, other: Array, out: Array) -> Call:
    return Straight((np.multiply, (one, other, out)))


def product(left: Array, right: Array, out: Array) -> Call:
    """Return a matrix product; of a bound method, which takes 0.45 µs where np.dot takes 0.7."""
    return Straight((left.dot, (right, out)))


def as_rows(read: Signal, site: Site) -> Piece:
    """Return what makes rows of an image: (height·width·channels, samples), channels standing together as in the oracle."""
    height, width, samples, channels = read.value.shape
    units = height * width * channels
    output = rows_signal(site.buffers.take("whole", (units + 1, samples)), _under(read, units, site))
    return Piece(output, *_moved(read, output, (height, width, channels, samples), (0, 1, 3, 2)))


def as_image(read: Signal, shape: tuple[int, int, int], site: Site) -> Piece:
    """Return what makes an image of rows: (height, width, samples, channels)."""
    samples, (height, width, channels) = read.value.shape[1], shape
    value = site.buffers.take("image", (height, width, samples, channels))
    output = Signal(value, None if read.slope is None else site.buffers.take("slope", value.shape))
    return Piece(output, *_moved(output, read, (height, width, channels, samples), (0, 1, 3, 2), back=True))


def _moved(
    image: Signal, rows: Signal, shape: tuple[int, ...], axes: tuple[int, ...], back: bool = False
) -> tuple[tuple[Call, ...], tuple[Call, ...]]:
    """Return the calls that copy an image's values to rows and the slopes the other way; with `back` each in reverse."""
    there, here = rows.value.reshape(shape), image.value.transpose(axes)
    values = (here, there) if back else (there, here)
    if rows.slope is None or image.slope is None:
        return (_copied(*values),), ()
    slopes = image.slope.transpose(axes), rows.slope.reshape(shape)
    return (_copied(*values),), (_copied(*(slopes[::-1] if back else slopes)),)


def _copied(to: Array, source: Array) -> Call:
    return Straight((np.copyto, (to, source)))


def _same_kind(read: Signal, under: Signal, site: Site) -> Signal:
    """Return a signal with values of its own, of the shape of those read, and the slopes of another."""
    if read.whole is None:
        return Signal(site.buffers.take("a", read.value.shape), under.slope)
    return rows_signal(site.buffers.take("whole", read.whole.shape), under.under)


def _slopes_for(read: Signal, site: Site) -> Signal:
    """Return the signal read with slopes, for a layer that needs them although nobody behind it does."""
    if read.whole is None:
        return Signal(read.value, site.buffers.take("slope", read.value.shape))
    return rows_signal(read.whole, site.buffers.take("under", read.whole.shape))


def dropout(layer: Dropout, read: Signal, site: Site) -> Piece:
    """Return dropout in training: the mask the oracle draws, from the same key; the slope comes back through it in place."""
    image = read.whole is None
    shape: tuple[int, ...] = read.value.shape
    samples = shape[2] if image else shape[1]
    drawn = site.buffers.take("drawn", (samples, read.value.size // samples), np.float32)
    kept, mask = site.buffers.take("kept", drawn.shape, bool), site.buffers.take("mask", shape)
    placed = kept.reshape(samples, shape[0], shape[1], shape[3]).transpose(1, 2, 0, 3) if image else kept.T
    least, scale = np.float32(min(layer.rate, LARGEST)), mask.dtype.type(1 / (1 - layer.rate))
    name, clock, random = zlib.crc32(layer.id.encode()), site.clock, np.random
    output = _same_kind(read, read, site)

    def forward() -> None:
        key = DROPOUT, clock.seed, clock.step, clock.first, name
        random.default_rng(random.SeedSequence(key)).random(out=drawn, dtype=np.float32)
        np.greater_equal(drawn, least, kept)
        np.multiply(placed, scale, mask)
        np.multiply(read.value, mask, output.value)

    back = () if output.slope is None else (_times(output.slope, mask, output.slope),)
    return Piece(output, (forward,), back)


def batch_norm(
    layer: BatchNorm, read: Signal, block: Array, gradient: Array | None, silent: tuple[bool, ...], site: Site
) -> Piece:
    """Return a batch norm: x̂ = (x − μ)/σ, z = γ x̂ + β, channel by channel."""
    image, shape = read.whole is None, read.value.shape
    output = _same_kind(read, read if read.slope is not None or gradient is None else _slopes_for(read, site), site)
    slope = output.slope
    flat: tuple[int, ...] = (-1, shape[-1]) if image else shape
    x, z = read.value.reshape(flat), output.value.reshape(flat)
    count = x.shape[0] if image else x.shape[1]
    normal = _Normal(layer, block, image, count, site)
    learns = site.training and not layer.frozen and count > 1
    forward = (normal.measure(x), normal.answer(x, z)) if learns else (normal.remember(), normal.answer(x, z))
    if gradient is None or slope is None:
        return Piece(output, forward)
    back = normal.back(slope.reshape(flat), gradient, learns, read.slope is not None)
    return Piece(output, forward, (back,), (normal.follow(silent),) if learns else ())


class _Normal:
    """The arrays a batch norm works with: μ, 1/σ, x̂, and the sums over all numbers of a channel, which are products with ones."""

    def __init__(self, layer: BatchNorm, block: Array, image: bool, count: int, site: Site) -> None:
        take, channels = site.buffers.take, block.shape[1]
        self._layer, self._block, self._image, self._count = layer, block, image, count
        self._x_hat = take("normal", (count, channels) if image else (channels, count))
        self._scratch = take("scratch", self._x_hat.shape)
        self._mean, self._variance, self._inverse, self._factor = (take(name, (channels,)) for name in ("mean", "var", "inverse", "factor"))
        self._ones, self._share = take("ones", (count,)), take("share", (count,))
        self._ones[...], self._share[...] = 1, 1 / count
        self._ways = take("ways", (2, channels)), take("momentum", (channels,))

    def _across(self, vector: Array) -> Array:
        """Return one number a channel so that it spreads over all numbers of the channel."""
        return vector if self._image else vector[:, None]

    def _summed(self, array: Array, weights: Array, out: Array) -> Call:
        return product(weights, array, out) if self._image else product(array, weights, out)

    def measure(self, x: Array) -> Call:
        """Return what finds μ, σ² and 1/σ of the batch."""
        centered, mean, variance, epsilon = self._scratch, self._across(self._mean), self._variance, self._layer.epsilon
        inverse, squares = self._inverse, self._x_hat
        average, spread = self._summed(x, self._share, self._mean), self._summed(squares, self._share, variance)

        def call() -> None:
            average()
            np.subtract(x, mean, centered)
            np.multiply(centered, centered, squares)
            spread()
            np.add(variance, epsilon, inverse)
            np.sqrt(inverse, inverse)
            np.reciprocal(inverse, inverse)

        return call

    def remember(self) -> Call:
        """Return what takes the running μ and σ²."""
        mean, inverse, block, epsilon = self._mean, self._inverse, self._block, self._layer.epsilon

        def call() -> None:
            np.copyto(mean, block[2])
            np.add(block[3], epsilon, inverse)
            np.sqrt(inverse, inverse)
            np.reciprocal(inverse, inverse)

        return call

    def answer(self, x: Array, z: Array) -> Call:
        """Return what makes x̂ and z from μ and 1/σ."""
        x_hat, mean, inverse = self._x_hat, self._across(self._mean), self._across(self._inverse)
        gamma, beta = self._across(self._block[0]), self._across(self._block[1])

        def call() -> None:
            np.subtract(x, mean, x_hat)
            np.multiply(x_hat, inverse, x_hat)
            np.multiply(x_hat, gamma, z)
            np.add(z, beta, z)

        return call

    def back(self, delta: Array, gradient: Array, learns: bool, upstream: bool) -> Call:
        """Return what writes Σ δ x̂ and Σ δ, and turns δ into γ/σ·(δ − mean δ − x̂·mean(δ x̂)), in place."""
        x_hat, scratch, block, factor = self._x_hat, self._scratch, self._block, self._factor
        gammas, betas = self._summed(scratch, self._ones, gradient[0]), self._summed(delta, self._ones, gradient[1])
        inverse, wide, share = self._inverse, self._across(factor), 1 / self._count

        def call() -> None:
            np.multiply(delta, x_hat, scratch)
            gammas()
            betas()
            if not upstream:
                return
            if learns:
                np.multiply(gradient[1], share, factor)
                np.subtract(delta, wide, delta)
                np.multiply(gradient[0], share, factor)
                np.multiply(x_hat, wide, scratch)
                np.subtract(delta, scratch, delta)
            np.multiply(block[0], inverse, factor)
            np.multiply(delta, wide, delta)

        return call

    def follow(self, silent: tuple[bool, ...]) -> Call:
        """Return what moves the running statistics towards the batch's; those of silent channels stay."""
        (ways, momentum), mean, variance, running = self._ways, self._mean, self._variance, self._block[2:]
        momentum[...] = self._layer.momentum
        if silent:
            momentum[np.array(silent)] = 0
        unbiased = self._count / (self._count - 1)

        def call() -> None:
            np.copyto(ways[0], mean)
            np.multiply(variance, unbiased, ways[1])
            np.subtract(ways, running, ways)
            np.multiply(ways, momentum, ways)
            np.add(running, ways, running)

        return call
