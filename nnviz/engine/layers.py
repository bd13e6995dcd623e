"""What a layer computes, forward and backward.

For a dense layer with weights W (units, sources), bias b (units,), inputs x and outputs a (samples, ·):

    z = x·Wᵀ + b        a = f(z)                 forward
    δ = f'(z) ⊙ ∂ℓ/∂a                            delta       (Nielsen 2015, BP1/BP2)
    ∂ℓ/∂x = δ·W                                  upstream    (what the layer before receives)
    ∂ℓ/∂W = δᵀ·x        ∂ℓ/∂b = Σᵢ δᵢ            gradient    (BP3, BP4; summed over the samples)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.spec import Dense
from nnviz.engine.table import bind

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class LayerParameters:
    """A layer's part of a flat vector, as views: weights (units, sources) and bias (units,).

    The bias of a layer that uses none is a constant zero outside the vector.
    """

    weights: Array
    bias: Array


class DenseLayer:
    """A fully connected layer that computes with the parameters it is given views of.

    Attributes:
        delta: (z, a, ∂ℓ/∂a) -> δ = ∂ℓ/∂z, shapes (samples, units): the chain rule through the activation.
    """

    def __init__(self, spec: Dense, parameters: LayerParameters) -> None:
        self.spec = spec
        self.weights, self.bias, self.use_bias = parameters.weights, parameters.bias, spec.use_bias
        self.activation = ACTIVATIONS[spec.activation.kind]
        self._transposed = parameters.weights.T
        self._value = bind(self.activation.value, spec.activation)
        self.delta = bind(self.activation.backward, spec.activation)

    def forward(self, x: Array) -> tuple[Array, Array]:
        """Return z and a, shapes (samples, units)."""
        z = x.dot(self._transposed)
        if self.use_bias:
            z += self.bias
        return z, self._value(z)

    def upstream(self, delta: Array) -> Array:
        """Return ∂ℓ/∂x, shape (samples, sources)."""
        found: Array = delta.dot(self.weights)
        return found

    def gradient(self, x: Array, delta: Array, ones: Array, out: LayerParameters) -> None:
        """Write ∂ℓ/∂W and ∂ℓ/∂b, summed over the samples, to `out`; the sum is a product with `ones`, which is faster."""
        delta.T.dot(x, out.weights)
        if self.use_bias:
            ones.dot(delta, out.bias)
