"""From a gradient to a change of the parameters: clipping, the optimizer, and each parameter's own rate."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from nnviz.engine.network import views
from nnviz.engine.optimizers import OPTIMIZERS, State
from nnviz.engine.spec import NetworkSpec, Spec
from nnviz.engine.table import bind

Array = NDArray[Any]


class Update:
    """The rule by which a spec changes parameters.

    Attributes:
        clips: whether there is any clipping.
        rates: what the optimizer's change is multiplied by, one number a parameter; None when all are 1.
            A frozen parameter has 0: masking the change, not the gradient, stops the moments from moving it too.
    """

    def __init__(self, spec: Spec, dtype: DTypeLike = np.float64) -> None:
        training = spec.training
        self._step = bind(OPTIMIZERS[training.optimizer.kind].step, training.optimizer)
        self.learning_rate = training.learning_rate
        self._clip_value, self._clip_norm = training.clip_value, training.clip_norm
        self.clips = training.clip_value is not None or training.clip_norm is not None
        self.rates = rates(spec.network, dtype)

    def clip(self, gradient: Array) -> tuple[Array, float]:
        """Clip every entry to ±clip_value, then the whole vector to the length clip_norm (Pascanu, Mikolov & Bengio 2013).

        Returns:
            The clipped gradient and the factor min(1, clip_norm / ‖g‖) of the second clipping.
        """
        if self._clip_value is not None:
            gradient = np.clip(gradient, -self._clip_value, self._clip_value)
        if self._clip_norm is None:
            return gradient, 1.0
        length = norm(gradient)
        if length <= self._clip_norm:
            return gradient, 1.0
        factor = self._clip_norm / length
        return factor * gradient, factor

    def change(self, gradient: Array, state: State, count: int) -> tuple[Array, State]:
        """Return what is added to the parameters, and the moments after it; `count` is 1 for the optimizer's first step."""
        change, state = self._step(gradient, state, count, self.learning_rate)
        return (change if self.rates is None else self.rates * change), state


def rates(spec: NetworkSpec, dtype: DTypeLike = np.float64) -> Array | None:
    """Return 0 for what is not trained, else the layer's rate multiplier, as a flat vector; None when all are 1."""
    flat = np.empty(spec.weights, dtype)
    for layer, view in zip(spec.layers, views(spec, flat), strict=True):
        rate = 0.0 if layer.frozen else layer.rate_multiplier
        view.weights[...] = rate
        if layer.use_bias:
            view.bias[...] = rate if layer.train_bias else 0.0
    return None if (flat == 1).all() else flat


def norm(vector: Array) -> float:
    """Return the Euclidean length; a finite vector never overflows."""
    squares = float(np.dot(vector, vector))
    if 0 < squares < math.inf:
        return math.sqrt(squares)
    largest = float(np.abs(vector).max())
    if not 0 < largest < math.inf:
        return largest
    return largest * float(np.sqrt(np.square(vector / largest).sum()))


def finite(vector: Array) -> bool:
    """Tell whether all entries are finite; the squared length tells it at once unless it overflows."""
    return math.isfinite(np.dot(vector, vector)) or bool(np.isfinite(vector).all())
