"""Layers that see images: convolution and pooling.

A filter k slides over an image x with its kernel W: zₖ(p) = bₖ + Σ_q Wₖ(q)·x(stride·p + q), over the places q of the kernel
and the channels (LeCun et al. 1989; it is a correlation, as everywhere in the field). Laid out as rows, the windows of all
samples make one matrix, and the convolution is the product of a dense layer (im2col, Chellapilla et al. 2006).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from nnviz.engine.layers import Activated, LayerParameters, TrainingMode, Unweighted
from nnviz.engine.network_spec import AvgPool2D, Conv2D, MaxPool2D, Shape, as_image, output_shape

Array = NDArray[Any]
Pair = tuple[int, int]


def windows(images: Array, size: Pair, stride: Pair) -> Array:
    """Return every window of images (samples, height, width, channels) as a view (samples, down, across, channels, *size)."""
    return sliding_window_view(images, size, axis=(1, 2))[:, :: stride[0], :: stride[1]]


def put_back(parts: Array, shape: tuple[int, ...], stride: Pair) -> Array:
    """Return images of a shape (samples, height, width, channels) in which every pixel is the sum of its parts in all windows.

    The transpose of `windows`: parts (samples, down, across, channels, rows, columns).
    """
    images = np.zeros(shape, parts.dtype)
    _, down, across, _, rows, columns = parts.shape
    for row in range(rows):
        for column in range(columns):
            places = np.s_[:, row : row + stride[0] * down : stride[0], column : column + stride[1] * across : stride[1]]
            images[places] += parts[..., row, column]
    return images


def margins(shape: Shape, spec: Conv2D) -> tuple[Pair, Pair]:
    """Return how many rows and columns of zeros stand before and after the image; of an odd number, the larger half after."""
    if spec.padding == "valid":
        return (0, 0), (0, 0)
    found = []
    for size, side, step in zip(shape, spec.kernel, spec.stride, strict=False):
        total = max((-(-size // step) - 1) * step + side - size, 0)
        found.append((total // 2, total - total // 2))
    return found[0], found[1]


class Conv2DLayer(Activated):
    """A convolution and its activation; z and a are rows of (down, across, filters)."""

    def __init__(self, spec: Conv2D, parameters: LayerParameters, shape: Shape) -> None:
        self._down, self._across, _ = output_shape(spec, shape)
        super().__init__(spec, self._down * self._across)
        self.spec = spec
        self.weights, self.bias, self.use_bias = parameters.weights, parameters.bias, spec.use_bias
        self._shape, self._margins = as_image(shape), margins(shape, spec)

    def forward(self, x: Array, _mode: TrainingMode | None) -> tuple[Array, Array, Any]:
        """Return z and a, shapes (samples, down·across·filters)."""
        z = self._patches(x).dot(self.weights.T)
        if self.use_bias:
            z += self.bias
        z = z.reshape(len(x), -1)
        return z, *self.answer(z)

    def _patches(self, x: Array) -> Array:
        """Return one row a window: (samples·down·across, channels·rows·columns of the kernel)."""
        images = x.reshape(-1, *self._shape)
        if self.spec.padding == "same":
            images = np.pad(images, ((0, 0), *self._margins, (0, 0)))
        found: Array = windows(images, self.spec.kernel, self.spec.stride).reshape(-1, self.weights.shape[1])
        return found

    def upstream(self, delta: Array, _memory: Any) -> Array:
        """Return ∂ℓ/∂x: every window's δ·W, put back where the window was."""
        samples, (height, width, channels) = len(delta), self._shape
        parts = delta.reshape(-1, self.spec.units).dot(self.weights)
        parts = parts.reshape(samples, self._down, self._across, channels, *self.spec.kernel)
        (top, bottom), (left, right) = self._margins
        images = put_back(parts, (samples, top + height + bottom, left + width + right, channels), self.spec.stride)
        return images[:, top : top + height, left : left + width].reshape(samples, -1)

    def gradient(self, x: Array, delta: Array, _memory: Any, _ones: Array, out: LayerParameters) -> None:
        """Write ∂ℓ/∂W = Σ_p δ(p)ᵀ·window(p) and ∂ℓ/∂b = Σ_p δ(p), over all places of all samples."""
        rows = delta.reshape(-1, self.spec.units)
        rows.T.dot(self._patches(x), out.weights)
        if self.use_bias:
            rows.sum(axis=0, out=out.bias)


class PoolLayer(Unweighted):
    """What both poolings share: every window of every map becomes one number."""

    def __init__(self, spec: MaxPool2D | AvgPool2D, _parameters: LayerParameters, shape: Shape) -> None:
        self.spec = spec
        self._shape = as_image(shape)
        self._down, self._across, _ = output_shape(spec, shape)

    def windows(self, x: Array) -> Array:
        """Return the numbers of every window: (samples, down, across, channels, rows·columns)."""
        found = windows(x.reshape(-1, *self._shape), self.spec.size, self.spec.stride)
        return found.reshape(*found.shape[:4], -1)

    def _put_back(self, parts: Array) -> Array:
        samples = len(parts)
        shaped = parts.reshape(samples, self._down, self._across, self._shape[2], *self.spec.size)
        return put_back(shaped, (samples, *self._shape), self.spec.stride).reshape(samples, -1)

    def _rows(self, delta: Array) -> Array:
        return delta.reshape(len(delta), self._down, self._across, self._shape[2], 1)


class MaxPoolLayer(PoolLayer):
    """a = the largest of a window (Riesenhuber & Poggio 1999); its slope goes to the first of the largest alone."""

    def forward(self, x: Array, _mode: TrainingMode | None) -> tuple[Array, Array, Any]:
        """Return a twice, and where in its window each winner stands, (samples, down, across, channels, 1)."""
        numbers = self.windows(x)
        winners = numbers.real.argmax(axis=-1)[..., None]
        a = np.take_along_axis(numbers, winners, axis=-1).reshape(len(x), -1)
        return a, a, winners

    def upstream(self, delta: Array, winners: Any) -> Array:
        """Return ∂ℓ/∂x: δ where the winner of its window stands, 0 elsewhere."""
        places = np.arange(self.spec.size[0] * self.spec.size[1])
        return self._put_back(self._rows(delta) * (winners == places))


class AvgPoolLayer(PoolLayer):
    """a = the mean of a window (LeCun et al. 1998); every number of it gets its share of the slope."""

    def forward(self, x: Array, _mode: TrainingMode | None) -> tuple[Array, Array, Any]:
        """Return a twice."""
        a = self.windows(x).mean(axis=-1).reshape(len(x), -1)
        return a, a, None

    def upstream(self, delta: Array, _memory: Any) -> Array:
        """Return ∂ℓ/∂x: every number of a window gets δ divided by the window's size."""
        count = self.spec.size[0] * self.spec.size[1]
        return self._put_back(np.repeat(self._rows(delta) / count, count, axis=-1))
