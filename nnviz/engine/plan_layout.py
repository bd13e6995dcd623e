"""How the parameters lie in a plan, and how they get there from the oracle's flat vector and back.

A plan keeps one flat vector of its own, as long as the oracle's, so that an optimizer passes over all of it at once. In it a
layer has a *block*: of a dense layer (units, sources + 1), the bias being the weight of a last source that is always 1; of a
convolution (rows·columns·channels of the kernel + 1, filters); of a batch norm (4, channels): γ, β, running mean, variance.
Copying moves every number and rounds none: a run may go from one order to the other and back with equal bits.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.network import views
from nnviz.engine.network_spec import BatchNorm, Conv2D, Layer, NetworkSpec, Weighted, layer_size

Array = NDArray[Any]


def blocks(spec: NetworkSpec, flat: Array) -> tuple[Array, ...]:
    """Return each layer's block of a plan's flat vector, as views; (0, 0) where a layer has no parameters."""
    found, start = [], 0
    for layer, shape in zip(spec.layers, spec.weight_shapes(), strict=True):
        stop = start + layer_size(layer, shape)
        found.append(flat[start:stop].reshape(_block_shape(layer, shape)))
        start = stop
    return tuple(found)


def _block_shape(layer: Layer, shape: tuple[int, int]) -> tuple[int, int]:
    rows, columns = shape
    if isinstance(layer, BatchNorm):
        return 4, rows
    more = isinstance(layer, Weighted) and layer.use_bias
    return (columns + more, rows) if isinstance(layer, Conv2D) else (rows, columns + more)


class Mirror:
    """A flat vector in the oracle's order and one in the plan's, and the way between them."""

    def __init__(self, spec: NetworkSpec, flat: Array, packed: Array) -> None:
        self.flat, self.packed = flat, packed
        self._pairs: list[tuple[Array, Array]] = []
        for layer, own, block in zip(spec.layers, views(spec, flat), blocks(spec, packed), strict=True):
            sources = own.weights.shape[1]
            if isinstance(layer, BatchNorm):
                self._pairs += [(own.weights[:, 0], block[0]), (own.bias, block[1]), (own.statistics, block[2:])]
            elif isinstance(layer, Conv2D):
                kernel = (layer.units, sources // (layer.kernel[0] * layer.kernel[1]), *layer.kernel)
                there = block[:sources].reshape(*layer.kernel, kernel[1], layer.units).transpose(3, 2, 0, 1)
                self._pairs += [(own.weights.reshape(kernel), there), *([(own.bias, block[-1])] if layer.use_bias else [])]
            elif isinstance(layer, Weighted):
                self._pairs += [(own.weights, block[:, :sources]), *([(own.bias, block[:, -1])] if layer.use_bias else [])]

    def pack(self) -> Array:
        """Write the oracle's numbers to the plan's vector and return that."""
        for own, there in self._pairs:
            np.copyto(there, own)
        return self.packed

    def unpack(self) -> Array:
        """Write the plan's numbers to the oracle's vector and return that."""
        for own, there in self._pairs:
            np.copyto(own, there)
        return self.flat


def packed(spec: NetworkSpec, flat: Array | None) -> Array | None:
    """Return a flat vector in the plan's order; None of None."""
    return None if flat is None else Mirror(spec, flat, np.empty_like(flat)).pack()
