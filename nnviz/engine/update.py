"""From a gradient to a change of the parameters: clipping, the optimizer, and each parameter's own rate."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from nnviz.engine.layers import LayerParameters
from nnviz.engine.network import pruned_places, views
from nnviz.engine.optimizers import OPTIMIZERS, State
from nnviz.engine.spec import BatchNorm, Conv2D, Dense, Layer, NetworkSpec, Spec, Weighted
from nnviz.engine.table import bind

Array = NDArray[Any]
LEAST_SQUARES = 1e-30  # below, squares are lost in float32: its smallest number is 1.4e-45


class Update:
    """The rule by which a spec changes parameters.

    Attributes:
        clips: whether there is any clipping or normalization.
        rates: what the optimizer's change is multiplied by, one number a parameter; None when all are 1.
            A frozen parameter has 0: masking the change, not the gradient, stops the moments from moving it too.
    """

    def __init__(self, spec: Spec, dtype: DTypeLike = np.float64, rate: float | None = None) -> None:
        """Take the rule from a spec; `rate` is the learning rate, that of the spec before any schedule if None."""
        training = spec.training
        self._step = bind(OPTIMIZERS[training.optimizer.kind].step, training.optimizer)
        self.learning_rate = training.learning_rate if rate is None else rate
        self._clip_value, self._clip_norm = training.clip_value, training.clip_norm
        self._normalize = training.normalize_gradients
        self.clips = self._normalize or not (training.clip_value is None and training.clip_norm is None)
        self.rates = rates(spec.network, dtype)

    def clip(self, gradient: Array) -> tuple[Array, float]:
        """Clip every entry to ±clip_value, then the whole vector to the length clip_norm, then give it the length 1.

        Clipping by the norm: Pascanu, Mikolov & Bengio 2013, On the difficulty of training recurrent neural networks.
        What is not trained has no part in the length. A gradient of zeros stays as it is. Where the length becomes 1 anyway,
        clipping by the norm before makes no difference.

        Returns:
            The gradient to be used and the factor of both changes of length, min(1, clip_norm / ‖g‖) or 1 / ‖g‖.
        """
        if self._clip_value is not None:
            gradient = np.clip(gradient, -self._clip_value, self._clip_value)
        if not self._normalize and self._clip_norm is None:
            return gradient, 1.0
        if self.rates is not None:
            gradient = (self.rates != 0) * gradient
        length = norm(gradient)
        wanted = 1.0 if self._normalize or self._clip_norm is None else min(length, self._clip_norm)
        if length in (0.0, wanted):
            return gradient, 1.0
        return wanted * direction(gradient), wanted / length

    def change(self, gradient: Array, state: State, count: int, parameters: Array) -> tuple[Array, State]:
        """Return what is added to the parameters, and the moments after it; `count` is 1 for the optimizer's first step."""
        change, state = self._step(gradient, state, count, self.learning_rate, parameters)
        return (change if self.rates is None else self.rates * change), state


def rates(spec: NetworkSpec, dtype: DTypeLike = np.float64) -> Array | None:
    """Return 0 for what is not trained, else the layer's rate multiplier, as a flat vector; None when all are 1.

    Not trained are frozen layers, frozen biases, running statistics, pruned edges, and all that a lesioned neuron speaks or hears
    through: it is to come back as it was.
    """
    flat = np.empty(spec.weights, dtype)
    for index, (layer, view) in enumerate(zip(spec.layers, views(spec, flat), strict=True)):
        rate = 0.0 if layer.frozen else layer.rate_multiplier
        view.weights[...], view.statistics[...] = rate, 0.0
        if view.bias.flags.writeable:
            view.bias[...] = 0.0 if isinstance(layer, Weighted) and not layer.train_bias else rate
        silent = np.array(spec.silent(index), bool)
        if silent.any():
            _rest(layer, view, silent)
        if isinstance(layer, Weighted):
            rows = [neuron in layer.lesioned for neuron in layer.neurons]
            view.weights[rows] = 0
            if layer.use_bias:
                view.bias[rows] = 0
        if isinstance(layer, Dense) and layer.pruned:
            view.weights[pruned_places(spec, index)] = 0
    return None if (flat == 1).all() else flat


def _rest(layer: Layer, view: LayerParameters, silent: Array) -> None:
    """Give the rate 0 to what a layer makes of silent channels: columns of weights, or γ and β of a batch norm."""
    if isinstance(layer, Dense):
        view.weights[:, np.tile(silent, view.weights.shape[1] // len(silent))] = 0  # channels stand together
    elif isinstance(layer, Conv2D):
        view.weights[:, np.repeat(silent, layer.kernel[0] * layer.kernel[1])] = 0
    elif isinstance(layer, BatchNorm):
        view.weights[silent] = view.bias[silent] = 0


def norm(vector: Array) -> float:
    """Return the Euclidean length; squares of a finite vector never overflow, nor are they lost where they are tiny."""
    squares = float(np.dot(vector, vector))
    if LEAST_SQUARES < squares < math.inf:
        return math.sqrt(squares)
    largest = float(np.abs(vector).max(initial=0.0))
    if not 0 < largest < math.inf:
        return largest
    return largest * float(np.sqrt(np.square(vector / largest).sum()))


def direction(vector: Array) -> Array:
    """Return v/‖v‖, the vector with length 1, however long or short it is; zeros and what is not finite stay as they are."""
    largest = float(np.abs(vector).max(initial=0.0))
    if not 0 < largest < math.inf:
        return vector
    scaled: Array = vector / largest
    scaled /= math.sqrt(float(np.dot(scaled, scaled)))
    return scaled


def finite(vector: Array) -> bool:
    """Tell whether all entries are finite; the squared length tells it at once unless it overflows."""
    return math.isfinite(np.dot(vector, vector)) or bool(np.isfinite(vector).all())
