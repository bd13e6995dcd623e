"""The losses themselves: what each output of each sample adds to ℓ, and the slope ∂ℓ/∂y, each with its formula.

y are the outputs and t the targets, both (samples, outputs) unless said otherwise. Every function keeps the dtype of y, and
complex outputs pass through: branches look at `y.real` only. The functions of z at the end compute a cross-entropy
together with the activation before it, and are exact for any |z| up to 1e300. `losses` has the table of all these.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def squared_error(y: Array, t: Array) -> Array:
    """Return (y − t)²."""
    error: Array = y - t
    return error * error


def squared_error_gradient(y: Array, t: Array) -> Array:
    """Return 2 (y − t)."""
    gradient: Array = 2.0 * (y - t)
    return gradient


def difference(y: Array, t: Array) -> Array:
    """Return y − t."""
    error: Array = y - t
    return error


def absolute_error(y: Array, t: Array) -> Array:
    """Return |e|, written e·sign(Re e) with e = y − t: its slope is 0 where they meet, for complex y too."""
    error = difference(y, t)
    distance: Array = error * np.sign(error.real)
    return distance


def absolute_error_gradient(y: Array, t: Array) -> Array:
    """Return the sign of y − t, 0 where they meet (as PyTorch does)."""
    error = difference(y, t)
    signs: Array = np.sign(error.real).astype(error.dtype)
    return signs


def huber(y: Array, t: Array, delta: float) -> Array:
    """Return ½e² where |e| ≤ d, else d(|e| − ½d), with e = y − t.

    Both are c(e − ½c), where c is e held between −d and d.
    """
    held = huber_gradient(y, t, delta)
    terms: Array = held * (difference(y, t) - held / 2)
    return terms


def huber_gradient(y: Array, t: Array, delta: float) -> Array:
    """Return y − t, held between −d and d."""
    error = difference(y, t)
    return np.where(error.real > delta, delta, np.where(error.real < -delta, -delta, error))


def hinge(y: Array, t: Array) -> Array:
    """Return max(0, 1 − s·y), with the side s that y should be on."""
    margin = hinge_margin(y, t)
    return np.where(margin.real > 0, margin, 0)


def hinge_gradient(y: Array, t: Array) -> Array:
    """Return −s where 1 − s·y > 0, else 0."""
    margin = hinge_margin(y, t)
    gradient: Array = np.where(margin.real > 0, -_side(y, t), 0).astype(margin.dtype)
    return gradient


def hinge_margin(y: Array, t: Array) -> Array:
    """Return 1 − s·y, what y lacks to be on its side by a margin of 1; at its zero the slope of the hinge loss jumps."""
    margin: Array = 1 - _side(y, t) * y
    return margin


def _side(y: Array, t: Array) -> Array:
    """Return s = 1 where t > 0, else −1.

    So targets may be −1 and 1 or 0 and 1 alike, and a one-hot row asks each output whether its class is it, "one against
    the rest" (Rifkin & Klautau 2004, In defense of one-vs-all classification).
    """
    one = y.real.dtype.type(1)
    side: Array = np.where(t > 0, one, -one)
    return side


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


def distillation(y: Array, t: Array, temperature: float, mix: float) -> Array:
    """Return mix·T²·(−p ln q) − (1 − mix)·(t ln y): a mean of what the teacher and what the labels say.

    q is y softened: q ∝ y^(1/T), which is softmax(ln y / T), and softmax(z/T) where y = softmax(z). T² makes up for the slopes
    that softening flattens.

    Args:
        y: shape (samples, m).
        t: the teacher's probabilities p, softened likewise, beside the labels as one-hot rows t, shape (samples, 2m).
        temperature: T.
        mix: the share of the teacher.
    """
    soft, hard = _teacher_and_labels(t)
    logarithm = np.log(_above_zero(y, max(temperature, 1)))
    terms: Array = mix * temperature**2 * softmax_crossentropy(logarithm / temperature, soft) - (1 - mix) * hard * logarithm
    return terms


def distillation_gradient(y: Array, t: Array, temperature: float, mix: float) -> Array:
    """Return (mix·T·(q − p) − (1 − mix)·t) / y; ∂ ln q/∂y brings a factor 1/(T·y)."""
    soft, hard = _teacher_and_labels(t)
    positive = _above_zero(y, max(temperature, 1))  # so that the quotient, at most max(T, 1)/y, stays finite
    wrong = softmax_crossentropy_delta(np.log(positive) / temperature, soft)
    gradient: Array = (mix * temperature * wrong - (1 - mix) * hard) / positive
    return gradient


def _teacher_and_labels(t: Array) -> tuple[Array, Array]:
    """Return the two halves of the targets of a distillation, each (samples, m)."""
    outputs = t.shape[1] // 2
    return t[:, :outputs], t[:, outputs:]


def _above_zero(y: Array, times: float = 1) -> Array:
    """Return y, but the smallest normal number, or a multiple of it, where y has underflown to 0."""
    tiny = times * np.finfo(y.dtype).tiny
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
    """Return softmax(z) − t (Bishop 2006, 4.109), where each row of t adds up to 1, else softmax(z)·Σⱼ tⱼ − t.

    Written yₖ·Σⱼ≠ₖ tⱼ − tₖ·Σⱼ≠ₖ yⱼ, so that no digit is lost where y is close to t.
    """
    powers = np.exp(z - z.real.max(axis=1, keepdims=True))
    y = powers / powers.sum(axis=1, keepdims=True)
    others = (1 - np.eye(z.shape[1])).astype(z.real.dtype)
    delta: Array = y * np.dot(t, others) - t * np.dot(y, others)
    return delta


def softmax_distillation(z: Array, t: Array, temperature: float, mix: float) -> Array:
    """Return the distillation loss of softmax(z): both its parts are cross-entropies, of softmax(z/T) and of softmax(z)."""
    soft, hard = _teacher_and_labels(t)
    taught = mix * temperature**2 * softmax_crossentropy(z / temperature, soft)
    terms: Array = taught + (1 - mix) * softmax_crossentropy(z, hard)
    return terms


def softmax_distillation_delta(z: Array, t: Array, temperature: float, mix: float) -> Array:
    """Return mix·T·(softmax(z/T) − p) + (1 − mix)·(softmax(z) − t) (Hinton, Vinyals & Dean 2015, eq. 2)."""
    soft, hard = _teacher_and_labels(t)
    taught = mix * temperature * softmax_crossentropy_delta(z / temperature, soft)
    delta: Array = taught + (1 - mix) * softmax_crossentropy_delta(z, hard)
    return delta
