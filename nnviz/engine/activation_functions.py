"""The activation functions themselves: a = f(z) and the slope f'(z), each with its formula.

z and a have shape (samples, units); a derivative is handed both, since some are had from a for less. Every function keeps
the dtype it is given and stands any |z| up to 1e300. Complex numbers pass through: branches look at `z.real` only, so that
derivatives can be checked by complex steps (Squire & Trapp 1998). `activations` has the table of them, and their sources.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
# The fixed point at which a layer of SELUs hands on mean 0 and variance 1 (Klambauer et al. 2017, eq. 14).
SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772
# Beyond this |z| the bell curve e^(−z²/2) is 0 in double precision.
BELL_WIDTH = 40


def linear(z: Array) -> Array:
    """Return z itself."""
    return z


def linear_derivative(_z: Array, a: Array) -> Array:
    """Return ones."""
    return np.ones_like(a)


def linear_product(_z: Array, _a: Array, g: Array) -> Array:
    """Return g itself."""
    return g


def _small_power(z: Array, right: Array) -> Array:
    """Return e^−|z|, which never overflows; `right` tells where z ≥ 0."""
    small: Array = np.exp(np.where(right, -z, z))
    return small


def sigmoid(z: Array) -> Array:
    """Return σ(z) = 1 / (1 + e^−z), by e^−|z| alone so that nothing overflows."""
    right = z.real >= 0
    small = _small_power(z, right)
    a: Array = np.where(right, z.dtype.type(1), small) / (1 + small)
    return a


def sigmoid_derivative(_z: Array, a: Array) -> Array:
    """Return a(1 − a)."""
    slope: Array = a * (1 - a)
    return slope


def hard_sigmoid(z: Array) -> Array:
    """Return (z + 3)/6 between −3 and 3, 0 before and 1 behind."""
    return np.where(z.real <= -3, 0, np.where(z.real >= 3, 1, (z + 3) / 6))


def hard_sigmoid_derivative(z: Array, _a: Array) -> Array:
    """Return 1/6 where −3 < z < 3, else 0 (at the kinks too, as PyTorch does)."""
    return ((z.real > -3) & (z.real < 3)).astype(z.dtype) / 6


def tanh_derivative(_z: Array, a: Array) -> Array:
    """Return 1 − a²."""
    slope: Array = 1.0 - a * a
    return slope


def tanh_product(_z: Array, a: Array, g: Array) -> Array:
    """Return g·(1 − a²) as g − g·a²."""
    delta: Array = g - g * a * a
    return delta


def relu(z: Array) -> Array:
    """Return max(0, z)."""
    return np.where(z.real > 0, z, z.dtype.type(0))


def relu_derivative(z: Array, _a: Array) -> Array:
    """Return 1 where z > 0, else 0 (at the kink too, as PyTorch does)."""
    return (z.real > 0).astype(z.dtype)


def leaky_relu(z: Array, slope: float) -> Array:
    """Return z where z > 0, else slope·z."""
    return np.where(z.real > 0, z, slope * z)


def leaky_relu_derivative(z: Array, _a: Array, slope: float) -> Array:
    """Return 1 where z > 0, else the slope."""
    slopes: Array = np.where(z.real > 0, z.dtype.type(1), z.dtype.type(slope))
    return slopes


def elu(z: Array, alpha: float) -> Array:
    """Return z where z > 0, else α(e^z − 1)."""
    right = z.real > 0
    return np.where(right, z, alpha * np.expm1(np.where(right, 0, z)))


def elu_derivative(z: Array, _a: Array, alpha: float) -> Array:
    """Return 1 where z > 0, else α·e^z."""
    right = z.real > 0
    return np.where(right, 1, alpha * np.exp(np.where(right, 0, z)))


def selu(z: Array) -> Array:
    """Return λ·elu(z), with the one α and λ that normalize."""
    a: Array = SELU_SCALE * elu(z, SELU_ALPHA)
    return a


def selu_derivative(z: Array, a: Array) -> Array:
    """Return λ·elu'(z)."""
    slope: Array = SELU_SCALE * elu_derivative(z, a, SELU_ALPHA)
    return slope


def _normal_share(z: Array) -> Array:
    """Return Φ(z) = ½(1 + erf(z/√2)), the share of a standard normal distribution below z."""
    from scipy.special import ndtr

    share: Array = ndtr(z)
    return share


def gelu(z: Array) -> Array:
    """Return z·Φ(z)."""
    a: Array = z * _normal_share(z)
    return a


def gelu_derivative(z: Array, _a: Array) -> Array:
    """Return Φ(z) + z·φ(z), with the bell curve φ(z) = e^(−z²/2) / √(2π)."""
    near = np.where(np.abs(z.real) < BELL_WIDTH, z, BELL_WIDTH)
    slope: Array = _normal_share(z) + near * np.exp(-near * near / 2) / math.sqrt(2 * math.pi)
    return slope


def silu(z: Array) -> Array:
    """Return z·σ(z)."""
    a: Array = z * sigmoid(z)
    return a


def silu_derivative(z: Array, a: Array) -> Array:
    """Return σ(z) + a(1 − σ(z)), from (z·σ)' = σ + z·σ(1 − σ)."""
    share = sigmoid(z)
    slope: Array = share + a * (1 - share)
    return slope


def _tanh_of_softplus(z: Array) -> Array:
    """Return tanh(ln(1 + e^z)) = ((1 + e^z)² − 1) / ((1 + e^z)² + 1), with s = e^−|z| instead of e^z where z ≥ 0."""
    right = z.real >= 0
    s = _small_power(z, right)
    over = np.where(right, 1 + 2 * s, s * (s + 2))
    h: Array = over / (over + 2 * np.where(right, s * s, 1))
    return h


def mish(z: Array) -> Array:
    """Return z·h with h = tanh(ln(1 + e^z))."""
    a: Array = z * _tanh_of_softplus(z)
    return a


def mish_derivative(z: Array, _a: Array) -> Array:
    """Return h + z·(1 − h²)·σ(z), since ln(1 + e^z) has the slope σ(z)."""
    h = _tanh_of_softplus(z)
    slope: Array = h + z * ((1 - h * h) * sigmoid(z))
    return slope


def softplus(z: Array) -> Array:
    """Return ln(1 + e^z) = max(0, z) + ln(1 + e^−|z|)."""
    right = z.real >= 0
    a: Array = np.where(right, z, 0) + np.log1p(_small_power(z, right))
    return a


def softplus_derivative(z: Array, _a: Array) -> Array:
    """Return σ(z)."""
    return sigmoid(z)


def sine_derivative(z: Array, _a: Array) -> Array:
    """Return cos z."""
    slope: Array = np.cos(z)
    return slope


def softmax(z: Array, temperature: float) -> Array:
    """Return e^(zₖ/T) / Σⱼ e^(zⱼ/T) in every row; subtracting the row's largest z changes nothing but avoids overflow."""
    below = z - z.real.max(axis=1, keepdims=True)
    powers = np.exp(below if temperature == 1 else below / temperature)
    shares: Array = powers / powers.sum(axis=1, keepdims=True)
    return shares


def softmax_product(_z: Array, a: Array, g: Array, temperature: float) -> Array:
    """Return a·(g − Σₖ gₖaₖ)/T: each unit moves all others, ∂aₖ/∂zⱼ = aₖ(1ₖⱼ − aⱼ)/T."""
    delta: Array = a * (g - (g * a).sum(axis=1, keepdims=True))
    return delta if temperature == 1 else delta / temperature


def naive_softmax(z: Array) -> Array:
    """Return e^zₖ / Σⱼ e^zⱼ as it is written: behind z = 709 e^z is ∞ and the share NaN, which is what this one is to show."""
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        powers = np.exp(z)
        shares: Array = powers / powers.sum(axis=1, keepdims=True)
    return shares


def naive_softmax_product(z: Array, a: Array, g: Array) -> Array:
    """Return a·(g − Σₖ gₖaₖ), the same as for softmax."""
    return softmax_product(z, a, g, 1)
