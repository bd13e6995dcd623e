"""The activation functions whose slope needs z: a = f(z) and f'(z), in place; z and a must not be one array.

Like `plan_elementwise`, which says how, and has those whose slope is had from a.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy import absolute, add, cos, divide, exp, expm1, maximum, minimum, multiply, sign, subtract
from numpy.typing import NDArray

from nnviz.engine.activation_functions import BELL_WIDTH, SELU_ALPHA, SELU_SCALE
from nnviz.engine.buffers import Buffers
from nnviz.engine.plan_elementwise import number, scratch, sigmoid
from nnviz.engine.plan_parts import Call

Array = NDArray[Any]
MISH_FLAT = 20.0  # beyond this z, mish is z to the last digit


def hard_sigmoid(z: Array, a: Array, _buffers: Buffers) -> Call:
    """Write (z + 3)/6, held between 0 and 1."""
    zero, one, three, six = (number(value, a) for value in (0, 1, 3, 6))

    def call() -> None:
        add(z, three, a)
        divide(a, six, a)
        maximum(a, zero, out=a)
        minimum(a, one, out=a)

    return call


def hard_sigmoid_slope(z: Array, _a: Array, slope: Array, _buffers: Buffers) -> Call:
    """Write 1/6 where |z| < 3, else 0: max(0, sign(3 − |z|))/6. Not from a, which is rounded to 1 just before z is 3."""
    zero, three, six = (number(value, z) for value in (0, 3, 6))

    def call() -> None:
        absolute(z, slope)
        subtract(three, slope, slope)
        sign(slope, slope)
        maximum(slope, zero, out=slope)
        divide(slope, six, slope)

    return call


def elu(z: Array, a: Array, buffers: Buffers, alpha: float, scale: float = 1) -> Call:
    """Write λ·max(z, 0) + λα·(e^min(z, 0) − 1), with the scale λ."""
    part, zero, left, right = scratch("part", a, buffers), number(0, a), number(scale * alpha, a), number(scale, a)

    def call() -> None:
        minimum(z, zero, out=part)
        expm1(part, part)
        multiply(part, left, part)
        maximum(z, zero, out=a)
        multiply(a, right, a)
        add(a, part, a)

    return call


def elu_slope(z: Array, _a: Array, slope: Array, buffers: Buffers, alpha: float, scale: float = 1) -> Call:
    """Write λ where z > 0, else λα·e^z: with p = max(0, sign z) and s = λα·e^min(z, 0) it is s − s·p + λ·p, or s itself if λ = α = 1."""
    positive, part = scratch("positive", z, buffers), scratch("part", z, buffers)
    zero, left, right = number(0, z), number(scale * alpha, z), number(scale, z)

    def bare() -> None:
        minimum(z, zero, out=slope)
        exp(slope, slope)

    def call() -> None:
        bare()
        multiply(slope, left, slope)
        sign(z, positive)
        maximum(positive, zero, out=positive)
        multiply(slope, positive, part)
        subtract(slope, part, slope)
        multiply(positive, right, positive)
        add(slope, positive, slope)

    return bare if alpha == scale == 1 else call


def selu(z: Array, a: Array, buffers: Buffers) -> Call:
    """Write λ·elu(z), with the one α and λ that normalize."""
    return elu(z, a, buffers, SELU_ALPHA, SELU_SCALE)


def selu_slope(z: Array, a: Array, slope: Array, buffers: Buffers) -> Call:
    """Write λ·elu'(z)."""
    return elu_slope(z, a, slope, buffers, SELU_ALPHA, SELU_SCALE)


def gelu(z: Array, a: Array, _buffers: Buffers) -> Call:
    """Write z·Φ(z)."""
    from scipy.special import ndtr

    def call() -> None:
        ndtr(z, a)
        multiply(z, a, a)

    return call


def gelu_slope(z: Array, _a: Array, slope: Array, buffers: Buffers) -> Call:
    """Write Φ(z) + z·e^(−z²/2)/√(2π), in the second term with z held where e^(−z²/2) is 0 anyway."""
    from scipy.special import ndtr

    near, low, high = scratch("near", z, buffers), number(-BELL_WIDTH, z), number(BELL_WIDTH, z)
    half, root = number(-0.5, z), number(math.sqrt(2 * math.pi), z)

    def call() -> None:
        maximum(z, low, out=near)
        minimum(near, high, out=near)
        multiply(near, near, slope)
        multiply(slope, half, slope)
        exp(slope, slope)
        multiply(slope, near, slope)
        divide(slope, root, slope)
        ndtr(z, near)
        add(slope, near, slope)

    return call


def silu(z: Array, a: Array, buffers: Buffers) -> Call:
    """Write z·σ(z)."""
    share = sigmoid(z, a, buffers)

    def call() -> None:
        share()
        multiply(z, a, a)

    return call


def silu_slope(z: Array, a: Array, slope: Array, buffers: Buffers) -> Call:
    """Write σ(z) + a·(1 − σ(z))."""
    part, one = scratch("part", z, buffers), number(1, z)
    share = sigmoid(z, slope, buffers)

    def call() -> None:
        share()
        subtract(one, slope, part)
        multiply(part, a, part)
        add(slope, part, slope)

    return call


def _mish_factor(z: Array, power: Array, h: Array, rest: Array) -> Call:
    """Write h = tanh(ln(1 + e^z)), which is v/(v + 2) with v = e^z·(e^z + 2), and the power e^z, held where h is 1."""
    flat, two = number(MISH_FLAT, z), number(2, z)

    def call() -> None:
        minimum(z, flat, out=power)
        exp(power, power)
        add(power, two, h)
        multiply(h, power, h)
        add(h, two, rest)
        divide(h, rest, h)

    return call


def mish(z: Array, a: Array, buffers: Buffers) -> Call:
    """Write z·h, with h = tanh(ln(1 + e^z))."""
    factor = _mish_factor(z, scratch("power", z, buffers), a, scratch("rest", z, buffers))

    def call() -> None:
        factor()
        multiply(z, a, a)

    return call


def mish_slope(z: Array, _a: Array, slope: Array, buffers: Buffers) -> Call:
    """Write h + z·((1 − h²)·σ(z)), with σ(z) = e^z/(e^z + 1)."""
    power, rest, one = scratch("power", z, buffers), scratch("rest", z, buffers), number(1, z)
    factor = _mish_factor(z, power, slope, rest)

    def call() -> None:
        factor()
        add(power, one, rest)
        divide(power, rest, power)
        multiply(slope, slope, rest)
        subtract(one, rest, rest)
        multiply(rest, power, rest)
        multiply(rest, z, rest)
        add(slope, rest, slope)

    return call


def sine(z: Array, a: Array, _buffers: Buffers) -> Call:
    """Write sin z."""
    function = np.sin

    def call() -> None:
        function(z, a)

    return call


def sine_slope(z: Array, _a: Array, slope: Array, _buffers: Buffers) -> Call:
    """Write cos z."""

    def call() -> None:
        cos(z, slope)

    return call
