"""What training makes small: the loss of the outputs, and the penalties on the weights.

The data loss is L = batch_scale · Σᵢ sample_scale·ℓᵢ, with the scales of `losses`;
the penalty is Ω = Σ λ₂/2·w² + λ₁·|w|, over the weights, never over the biases.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.losses import FUSED, LOSSES, REDUCTIONS
from nnviz.engine.network import Pass, views
from nnviz.engine.spec import Spec, Weighted
from nnviz.engine.table import bind

Array = NDArray[Any]


class Objective:
    """Loss, reduction and penalties of a spec.

    Attributes:
        fused: whether the loss is computed from z, together with the output activation.
        sample_scale: factor of every ℓᵢ and δᵢ; `batch_scale(samples)` is the factor of their sum.
        targets: the two targets that one output tells apart.
        l1, l2: λ of every parameter as a flat vector, None when all are 0.
    """

    def __init__(self, spec: Spec, dtype: DTypeLike = np.float64) -> None:
        training, output = spec.training, spec.network.output
        loss, activation = LOSSES[training.loss.kind], ACTIVATIONS[output.activation.kind]
        self._loss_terms, self._loss_gradient = bind(loss.terms, training.loss), bind(loss.gradient, training.loss)
        self._backward = bind(activation.backward, output.activation)
        fused = FUSED.get((training.loss.kind, output.activation.kind))
        self.fused = fused is not None
        self._fused_terms = bind(fused.terms, training.loss) if fused else None
        self._fused_delta = bind(fused.delta, training.loss) if fused else None
        self._temperature = fused.temperature(output.activation) if fused else 1.0
        reduction = REDUCTIONS[training.reduction]
        self.sample_scale, self.batch_scale = reduction.sample_scale(output.units), reduction.batch_scale
        self.targets = activation.range
        self.l1, self.l2 = _strengths(spec, "l1", dtype), _strengths(spec, "l2", dtype)

    def sample_losses(self, passed: Pass, t: Array) -> Array:
        """Return sample_scale·ℓᵢ, shape (samples,)."""
        losses: Array = self.sample_scale * self._terms(passed, t).sum(axis=1)
        return losses

    def summed_loss(self, passed: Pass, t: Array) -> Any:
        """Return Σᵢ sample_scale·ℓᵢ, a float (or complex) scalar."""
        return self.sample_scale * np.add.reduce(self._terms(passed, t), axis=None)

    def _terms(self, passed: Pass, t: Array) -> Array:
        """Return what adds up to the ℓᵢ, shape (samples, outputs)."""
        return self._fused_terms(self._cooled(passed), t) if self._fused_terms else self._loss_terms(passed.a[-1], t)

    def _cooled(self, passed: Pass) -> Array:
        """Return z/T of the output: a softmax of temperature T is the plain one of z/T."""
        z = passed.z[-1]
        return z if self._temperature == 1 else z / self._temperature

    def delta(self, passed: Pass, t: Array) -> Array:
        """Return δ = sample_scale·∂ℓ/∂z of the output layer, shape (samples, outputs)."""
        if self._fused_delta:
            delta, scale = self._fused_delta(self._cooled(passed), t), self.sample_scale / self._temperature
            return delta if scale == 1 else scale * delta
        gradient = self._loss_gradient(passed.a[-1], t)
        if self.sample_scale != 1:
            gradient *= self.sample_scale
        return self._backward(passed.z[-1], passed.a[-1], gradient)

    def output_gradient(self, passed: Pass, t: Array) -> Array:
        """Return sample_scale·∂ℓ/∂ŷ, shape (samples, outputs)."""
        gradient = self._loss_gradient(passed.a[-1], t)
        return gradient if self.sample_scale == 1 else self.sample_scale * gradient

    def loss(self, passed: Pass, t: Array) -> Any:
        """Return L of all these samples, a float (or complex) scalar."""
        return self.batch_scale(len(t)) * self.summed_loss(passed, t)

    def penalty(self, parameters: Array) -> Any:
        """Return Ω, a scalar; |w| is written w·sign(Re w), so that complex numbers pass through."""
        total = parameters.dtype.type(0)
        if self.l2 is not None:
            total = total + (self.l2 / 2 * parameters * parameters).sum()
        if self.l1 is not None:
            total = total + (self.l1 * parameters * np.sign(parameters.real)).sum()
        return total

    def penalty_gradient(self, parameters: Array) -> Array | None:
        """Return ∂Ω/∂θ = λ₂·w + λ₁·sign(w), None when there is no penalty."""
        gradient = None if self.l2 is None else self.l2 * parameters
        if self.l1 is None:
            return gradient
        signs = self.l1 * np.sign(parameters)
        return signs if gradient is None else gradient + signs


def _strengths(spec: Spec, name: str, dtype: DTypeLike) -> Array | None:
    """Return λ of every parameter: the layer's own where it has one, else that of the training; biases and batch norms have none."""
    flat = np.zeros(spec.network.weights, dtype)
    for layer, view in zip(spec.network.layers, views(spec.network, flat), strict=True):
        if isinstance(layer, Weighted):
            own = getattr(layer, name)
            view.weights[...] = getattr(spec.training, name) if own is None else own
    return flat if flat.any() else None
