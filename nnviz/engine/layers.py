"""What a layer computes, forward and backward.

For a dense layer with weights W (units, sources), bias b (units,), inputs x and outputs a (samples, ·):

    z = x·Wᵀ + b        a = f(z)                 forward
    δ = f'(z) ⊙ ∂ℓ/∂a                            delta       (Nielsen 2015, BP1/BP2)
    ∂ℓ/∂x = δ·W                                  upstream    (what the layer before receives)
    ∂ℓ/∂W = δᵀ·x        ∂ℓ/∂b = Σᵢ δᵢ            gradient    (BP3, BP4; summed over the samples)

Every layer has these four. What a layer must remember of the way forward for the way back (a mask, statistics, the
winners of a pooling) is the third thing `forward` returns. A sample is one row of numbers, an image with its channels last.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.network_spec import BatchNorm, Dense, Dropout, Flatten, Layer, Shape, Weighted
from nnviz.engine.table import bind

Array = NDArray[Any]
LARGEST = 1 - 2**-24  # number a float32 draw can be
DROPOUT = 7  # sets the random numbers of masks apart from those of weights and of the batch order


@dataclass(frozen=True, slots=True)
class LayerParameters:
    """A layer's part of a flat vector, as views.

    Attributes:
        weights: (rows, columns); of a convolution (filters, channels·height·width of the kernel), of batch norm γ, (channels, 1).
        bias: (rows,); of batch norm β. That of a layer that uses none is a constant zero outside the vector.
        statistics: of batch norm the running mean and variance, (2, channels); else empty.
    """

    weights: Array
    bias: Array
    statistics: Array


@dataclass(frozen=True, slots=True)
class TrainingMode:
    """Forward as in training: dropout silences, batch norm takes the mean and spread of the batch.

    Which numbers fall silent is a function of the seed, the step, and the first sample's place in its batch.
    """

    seed: int
    step: int
    first: int = 0


class ComputingLayer(Protocol):
    """A layer that computes with the parameters it is given views of; all rows are samples.

    forward: (x, mode) -> z, a, and what is to be remembered; without a mode, as in evaluation.
    delta: (z, a, ∂ℓ/∂a, remembered) -> δ = ∂ℓ/∂z.
    upstream: (δ, remembered) -> ∂ℓ/∂x.
    gradient: (x, δ, remembered, ones, out) writes the gradients, summed over the samples, to `out`; `ones` is one 1 a sample.
    """

    def forward(self, x: Array, mode: TrainingMode | None) -> tuple[Array, Array, Any]: ...
    def delta(self, z: Array, a: Array, upstream: Array, memory: Any) -> Array: ...
    def upstream(self, delta: Array, memory: Any) -> Array: ...
    def gradient(self, x: Array, delta: Array, memory: Any, ones: Array, out: LayerParameters) -> None: ...


class Activated:
    """The part dense and convolutional layers share: a = f(z), with lesioned units silent.

    A lesioned unit answers 0 whatever its z. Where units are coupled (softmax) the others still hear its z, so the answers
    from before the lesion are remembered for the way back.
    """

    def __init__(self, spec: Weighted, positions: int = 1) -> None:
        self.activation = ACTIVATIONS[spec.activation.kind]
        self._value = bind(self.activation.value, spec.activation)
        self._chain = bind(self.activation.backward, spec.activation)
        self._alive: Array | None = None
        if spec.lesioned:
            self._alive = np.tile([neuron not in spec.lesioned for neuron in spec.neurons], positions)

    def answer(self, z: Array) -> tuple[Array, Array | None]:
        """Return a, and the answers before any lesion."""
        a = self._value(z)
        if self._alive is None:
            return a, None
        return np.where(self._alive, a, 0), a

    def delta(self, z: Array, a: Array, upstream: Array, memory: Any) -> Array:
        """Return δ = ∂ℓ/∂z: the chain rule through the activation."""
        if self._alive is None:
            return self._chain(z, a, upstream)
        return self._chain(z, memory, np.where(self._alive, upstream, 0))


class DenseLayer(Activated):
    """A fully connected layer."""

    def __init__(self, spec: Dense, parameters: LayerParameters, _shape: Shape) -> None:
        super().__init__(spec)
        self.spec = spec
        self.weights, self.bias, self.use_bias = parameters.weights, parameters.bias, spec.use_bias
        self._transposed = parameters.weights.T

    def forward(self, x: Array, _mode: TrainingMode | None) -> tuple[Array, Array, Any]:
        """Return z and a, shapes (samples, units)."""
        z = x.dot(self._transposed)
        if self.use_bias:
            z += self.bias
        return z, *self.answer(z)

    def upstream(self, delta: Array, _memory: Any) -> Array:
        """Return ∂ℓ/∂x, shape (samples, sources)."""
        found: Array = delta.dot(self.weights)
        return found

    def gradient(self, x: Array, delta: Array, _memory: Any, ones: Array, out: LayerParameters) -> None:
        """Write ∂ℓ/∂W and ∂ℓ/∂b; the sum over the samples is a product with `ones`, which is faster."""
        delta.T.dot(x, out.weights)
        if self.use_bias:
            ones.dot(delta, out.bias)


class Unweighted:
    """A layer without weights: z is a, and there is nothing to learn."""

    def delta(self, _z: Array, _a: Array, upstream: Array, _memory: Any) -> Array:
        """Return ∂ℓ/∂a itself."""
        return upstream

    def gradient(self, x: Array, delta: Array, memory: Any, ones: Array, out: LayerParameters) -> None:
        """Write nothing."""


class FlattenLayer(Unweighted):
    """An image read as a row: it is one already, so nothing moves."""

    def __init__(self, spec: Flatten, _parameters: LayerParameters, _shape: Shape) -> None:
        self.spec = spec

    def forward(self, x: Array, _mode: TrainingMode | None) -> tuple[Array, Array, Any]:
        """Return x itself, twice."""
        return x, x, None

    def upstream(self, delta: Array, _memory: Any) -> Array:
        """Return δ itself."""
        return delta


class DropoutLayer(Unweighted):
    """Inverted dropout: a = x ⊙ m/(1 − p) with mₖ = 0 with probability p (Srivastava, Hinton et al. 2014); a = x in evaluation."""

    def __init__(self, spec: Dropout, _parameters: LayerParameters, _shape: Shape) -> None:
        self.spec = spec
        self._name = zlib.crc32(spec.id.encode())

    def forward(self, x: Array, mode: TrainingMode | None) -> tuple[Array, Array, Any]:
        """Return a twice, and m/(1 − p), shape (samples, units)."""
        if mode is None or self.spec.rate == 0:
            return x, x, None
        key = DROPOUT, mode.seed, mode.step, mode.first, self._name
        kept = np.random.default_rng(np.random.SeedSequence(key)).random(x.shape, np.float32) >= min(self.spec.rate, LARGEST)
        mask = kept * x.real.dtype.type(1 / (1 - self.spec.rate))
        a = x * mask
        return a, a, mask

    def upstream(self, delta: Array, mask: Any) -> Array:
        """Return δ ⊙ m/(1 − p)."""
        return delta if mask is None else delta * mask


@dataclass(frozen=True, slots=True)
class Statistics:
    """What batch norm remembers: x̂ (rows, channels), 1/σ (channels,), and of a training batch its mean and variance."""

    normalized: Array
    inverse: Array
    mean: Array | None = None
    variance: Array | None = None


class BatchNormLayer:
    """Batch normalization (Ioffe & Szegedy 2015): x̂ = (x − μ)/σ, z = γ x̂ + β, channel by channel, with σ² = var + ε.

    In training μ and var are those of the batch, else the running ones; so too where the layer is frozen, and where a channel
    has one number only, which has no spread.
    """

    def __init__(self, spec: BatchNorm, parameters: LayerParameters, _shape: Shape) -> None:
        self.spec = spec
        self._gamma, self._beta = parameters.weights[:, 0], parameters.bias
        self._running = parameters.statistics

    def forward(self, x: Array, mode: TrainingMode | None) -> tuple[Array, Array, Any]:
        """Return z twice, and `Statistics`; every pixel of every sample is a row of its channel."""
        rows = x.reshape(-1, len(self._gamma))
        if mode is None or self.spec.frozen or len(rows) == 1:
            inverse = 1 / np.sqrt(self._running[1] + self.spec.epsilon)
            found = Statistics((rows - self._running[0]) * inverse, inverse)
        else:
            mean = rows.mean(axis=0)
            centered = rows - mean
            variance = (centered * centered).mean(axis=0)
            inverse = 1 / np.sqrt(variance + self.spec.epsilon)
            found = Statistics(centered * inverse, inverse, mean, variance)
        z = (found.normalized * self._gamma + self._beta).reshape(x.shape)
        return z, z, found

    def delta(self, _z: Array, _a: Array, upstream: Array, _memory: Any) -> Array:
        """Return ∂ℓ/∂a itself."""
        return upstream

    def upstream(self, delta: Array, memory: Any) -> Array:
        """Return γ/σ·(δ − mean δ − x̂·mean(δ x̂)); the two means are the paths through μ and σ, absent in evaluation."""
        rows = delta.reshape(memory.normalized.shape)
        if memory.mean is not None:
            rows = rows - rows.mean(axis=0) - memory.normalized * (rows * memory.normalized).mean(axis=0)
        found: Array = (rows * (self._gamma * memory.inverse)).reshape(delta.shape)
        return found

    def gradient(self, _x: Array, delta: Array, memory: Any, _ones: Array, out: LayerParameters) -> None:
        """Write ∂ℓ/∂γ = Σ δ x̂ and ∂ℓ/∂β = Σ δ; running statistics have no gradient."""
        rows = delta.reshape(memory.normalized.shape)
        out.weights[:, 0] = (rows * memory.normalized).sum(axis=0)
        out.bias[...] = rows.sum(axis=0)
        out.statistics[...] = 0

    def follow(self, memory: Statistics, silent: tuple[bool, ...]) -> None:
        """Move the running statistics towards those of a batch, by `momentum`; those of silent channels stay.

        The variance is taken as a sample's, over n − 1.
        """
        if memory.mean is None or memory.variance is None:
            return
        count = len(memory.normalized)
        way = self.spec.momentum * (np.stack([memory.mean, memory.variance * (count / (count - 1))]) - self._running)
        if silent:
            way[:, np.array(silent)] = 0
        self._running += way


def has_weights(layer: Layer) -> bool:
    """Tell whether a layer has numbers of its own that training changes."""
    return isinstance(layer, Weighted | BatchNorm)
