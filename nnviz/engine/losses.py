"""Losses and how they are reduced over samples and outputs.

A loss gives one term for each sample and output; ℓᵢ is the sum of a sample's terms. With the reduction's two scales (DECISIONS 7)

    L = batch_scale · Σᵢ sample_scale·ℓᵢ      δᵢ = sample_scale · ∂ℓᵢ/∂zᵢ      ∂L/∂W = batch_scale · Σᵢ δᵢ aᵢᵀ

y are the outputs and t the targets, both (samples, outputs). A cross-entropy behind its own activation
(sigmoid, softmax) is computed from z directly: then it is exact for any |z| up to 1e300 and δ is y − t.
Complex outputs pass through every function.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.table import Parameter

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Loss:
    """One loss: `terms` (y, t), which add up to ℓ, and `gradient` (y, t) -> ∂ℓ/∂y; all shapes (samples, outputs)."""

    name: str
    terms: Callable[..., Array]
    gradient: Callable[..., Array]
    needs_probabilities: bool
    formula: str
    gradient_formula: str
    summary: str
    source: str
    parameters: tuple[Parameter, ...] = ()


@dataclass(frozen=True, slots=True)
class Reduction:
    """How per-sample losses become one number; `sample_scale` takes the number of outputs, `batch_scale` of samples."""

    name: str
    sample_scale: Callable[[int], float]
    batch_scale: Callable[[int], float]
    formula: str


@dataclass(frozen=True, slots=True)
class Fused:
    """A loss together with the activation before it: `terms` (z, t), which add up to ℓ, and `delta` (z, t) -> ∂ℓ/∂z."""

    terms: Callable[[Array, Array], Array]
    delta: Callable[[Array, Array], Array]


def squared_error(y: Array, t: Array) -> Array:
    """Return (y − t)²."""
    error: Array = y - t
    return error * error


def squared_error_gradient(y: Array, t: Array) -> Array:
    """Return 2 (y − t)."""
    gradient: Array = 2.0 * (y - t)
    return gradient


def binary_crossentropy(y: Array, t: Array) -> Array:
    """Return −t ln y − (1 − t) ln(1 − y)."""
    terms: Array = -t * np.log(_above_zero(y)) - (1 - t) * np.log(_below_one(y))
    return terms


def binary_crossentropy_gradient(y: Array, t: Array) -> Array:
    """Return (1 − t)/(1 − y) − t/y."""
    gradient: Array = (1 - t) / _below_one(y) - t / _above_zero(y)
    return gradient


def categorical_crossentropy(y: Array, t: Array) -> Array:
    """Return −t ln y."""
    return -t * np.log(_above_zero(y))


def categorical_crossentropy_gradient(y: Array, t: Array) -> Array:
    """Return −t / y."""
    return -t / _above_zero(y)


def _above_zero(y: Array) -> Array:
    """Return y, but the smallest normal number where y has underflown to 0."""
    tiny = np.finfo(y.dtype).tiny
    return np.where(y.real < tiny, y.dtype.type(tiny), y)


def _below_one(y: Array) -> Array:
    """Return 1 − y, but half a rounding step where y has been rounded to 1."""
    step = np.finfo(y.dtype).eps / 2
    return np.where(1 - y.real < step, y.dtype.type(step), 1 - y)


def sigmoid_crossentropy(z: Array, t: Array) -> Array:
    """Return the binary cross-entropy of σ(z): (1 − t)·max(z, 0) + t·max(−z, 0) + ln(1 + e^−|z|)."""
    right = z.real >= 0  # one branch for all three terms: at z = 0 their slopes must add up to ½ − t
    terms: Array = (1 - t) * np.where(right, z, 0) + t * np.where(right, 0, -z) + np.log1p(np.exp(np.where(right, -z, z)))
    return terms


def sigmoid_crossentropy_delta(z: Array, t: Array) -> Array:
    """Return σ(z) − t, as (1 − t)·σ(z) − t·σ(−z): no digit is lost where σ(z) is close to t (Bishop 2006, 5.18)."""
    right = z.real >= 0
    small, one = np.exp(np.where(right, -z, z)), z.dtype.type(1)
    delta: Array = ((1 - t) * np.where(right, one, small) - t * np.where(right, small, one)) / (1 + small)
    return delta


def softmax_crossentropy(z: Array, t: Array) -> Array:
    """Return the categorical cross-entropy of softmax(z).

    With u = z − max z: tₖ (ln Σⱼ e^uⱼ − uₖ), where the largest term of the sum is exactly 1, so that it is ln(1 + rest).
    """
    rows, top = np.arange(len(z)), z.real.argmax(axis=1)
    u = z - z[rows, top][:, None]
    powers = np.exp(u)
    powers[rows, top] = 0
    terms: Array = t * (np.log1p(powers.sum(axis=1))[:, None] - u)
    return terms


def softmax_crossentropy_delta(z: Array, t: Array) -> Array:
    """Return softmax(z) − t (Bishop 2006, 4.109), where each row of t adds up to 1.

    Written yₖ·Σⱼ≠ₖ tⱼ − tₖ·Σⱼ≠ₖ yⱼ, so that no digit is lost where y is close to t.
    """
    powers = np.exp(z - z.real.max(axis=1, keepdims=True))
    y = powers / powers.sum(axis=1, keepdims=True)
    others = (1 - np.eye(z.shape[1])).astype(z.real.dtype)
    delta: Array = y * np.dot(t, others) - t * np.dot(y, others)
    return delta


_LOSSES = (
    Loss(
        "mse",
        squared_error,
        squared_error_gradient,
        False,
        r"\ell = \sum_k (\hat y_k - y_k)^2",
        r"\frac{\partial \ell}{\partial \hat y_k} = 2\,(\hat y_k - y_k)",
        "The squared distance between output and target; far misses count most.",
        "Gauss 1809, Theoria motus",
    ),
    Loss(
        "binary_crossentropy",
        binary_crossentropy,
        binary_crossentropy_gradient,
        True,
        r"\ell = -\sum_k \left(y_k \ln \hat y_k + (1 - y_k) \ln(1 - \hat y_k)\right)",
        r"\frac{\partial \ell}{\partial \hat y_k} = \frac{1 - y_k}{1 - \hat y_k} - \frac{y_k}{\hat y_k}",
        "How surprised one is by the answer when each output is the probability of a yes.",
        "Bishop 2006, Pattern recognition and machine learning, eq. 4.90",
    ),
    Loss(
        "categorical_crossentropy",
        categorical_crossentropy,
        categorical_crossentropy_gradient,
        True,
        r"\ell = -\sum_k y_k \ln \hat y_k",
        r"\frac{\partial \ell}{\partial \hat y_k} = -\frac{y_k}{\hat y_k}",
        "How surprised one is by the true class when the outputs are the classes' probabilities.",
        "Bishop 2006, Pattern recognition and machine learning, eq. 4.108",
    ),
)
LOSSES: dict[str, Loss] = {entry.name: entry for entry in _LOSSES}

FUSED: dict[tuple[str, str], Fused] = {
    ("binary_crossentropy", "sigmoid"): Fused(sigmoid_crossentropy, sigmoid_crossentropy_delta),
    ("categorical_crossentropy", "softmax"): Fused(softmax_crossentropy, softmax_crossentropy_delta),
}


def _one(_count: int) -> float:
    return 1.0


def _half(_count: int) -> float:
    return 0.5


def _share(count: int) -> float:
    return 1.0 / count


_REDUCTIONS = (
    Reduction("mean", _one, _share, r"L = \frac{1}{n} \sum_i \ell_i"),
    Reduction("half-mean", _half, _share, r"L = \frac{1}{2n} \sum_i \ell_i"),
    Reduction("sum", _one, _one, r"L = \sum_i \ell_i"),
    Reduction("half-sum", _half, _one, r"L = \frac{1}{2} \sum_i \ell_i"),
    Reduction("mean-over-elements", _share, _share, r"L = \frac{1}{n\,m} \sum_i \ell_i"),
)
REDUCTIONS: dict[str, Reduction] = {entry.name: entry for entry in _REDUCTIONS}
