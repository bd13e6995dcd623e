"""The activation functions whose slope is had from the answer: a = f(z) and f'(z), in place.

The formulas are those of `activation_functions`, in a form without branches: `clip` takes 5 times as long as a product, `where`
and `heaviside` 20 to 30 times, `logaddexp` 100 times (128 × 64 float32), and the product with a mask copies the mask to memory
taken anew, so max, min, sign and ceil do their work.
Each function returns the call, bound to its arrays, that does what its docstring says. `plan_activations` has the table;
`plan_elementwise_of_z` has the others.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy import absolute, add, ceil, exp, expm1, log1p, maximum, minimum, multiply, negative, reciprocal, sign, subtract
from numpy.typing import NDArray

from nnviz.engine.buffers import Buffers
from nnviz.engine.plan_parts import Call, Straight

Array = NDArray[Any]
FEW = 2048  # up to so many numbers one call of sign beats two others: 0.64 against 0.96 µs at 320, 12 against 7 at 8192


def number(value: float, like: Array) -> Array:
    """Return a number as an array without axes: as an operand it takes 0.38 µs, where a Python float takes 0.7."""
    return np.array(value, like.dtype)


def scratch(name: str, like: Array, buffers: Buffers) -> Array:
    """Return an array of the same shape and dtype to work in."""
    return buffers.take(f"scratch.{name}", like.shape, like.dtype)


def linear(z: Array, a: Array, _buffers: Buffers) -> Call:
    """Write z itself."""
    return Straight() if z is a else Straight((np.copyto, (a, z)))


def sigmoid(z: Array, a: Array, _buffers: Buffers) -> Call:
    """Write 1 / (1 + e^−z); where e^−z overflows to ∞, 1/∞ is the 0 that is meant."""
    return Straight((negative, (z, a)), (exp, (a, a)), (add, (a, number(1, a), a)), (reciprocal, (a, a)))


def sigmoid_slope(a: Array, slope: Array) -> Call:
    """Write (1 − a)·a."""
    return Straight((subtract, (number(1, a), a, slope)), (multiply, (slope, a, slope)))


def tanh(z: Array, a: Array, _buffers: Buffers) -> Call:
    """Write tanh z."""
    return Straight((np.tanh, (z, a)))


def tanh_slope(a: Array, slope: Array) -> Call:
    """Write 1 − a²."""
    return Straight((multiply, (a, a, slope)), (subtract, (number(1, a), slope, slope)))


def relu(z: Array, a: Array, _buffers: Buffers) -> Call:
    """Write max(z, 0)."""
    zero = number(0, a)

    def call() -> None:
        maximum(z, zero, out=a)

    return call


def relu_slope(a: Array, slope: Array) -> Call:
    """Write 1 where a > 0, else 0: sign(a), or min(⌈a⌉, 1)."""
    one = number(1, a)

    def few() -> None:
        sign(a, slope)

    def many() -> None:
        ceil(a, slope)
        minimum(slope, one, out=slope)

    return few if a.size <= FEW else many


def leaky_relu(z: Array, a: Array, buffers: Buffers, slope: float) -> Call:
    """Write max(z, slope·z), as the slope is between 0 and 1."""
    part, factor = scratch("part", a, buffers), number(slope, a)

    def call() -> None:
        multiply(z, factor, part)
        maximum(z, part, out=a)

    return call


def leaky_relu_slope(a: Array, out: Array, slope: float) -> Call:
    """Write 1 where a > 0, else the slope: max(sign(a), slope)."""
    least = number(slope, a)

    def call() -> None:
        sign(a, out)
        maximum(out, least, out=out)

    return call


def softplus(z: Array, a: Array, buffers: Buffers) -> Call:
    """Write max(z, 0) + ln(1 + e^−|z|)."""
    part, zero = scratch("part", a, buffers), number(0, a)

    def call() -> None:
        absolute(z, part)
        negative(part, part)
        exp(part, part)
        log1p(part, part)
        maximum(z, zero, out=a)
        add(a, part, a)

    return call


def softplus_slope(a: Array, slope: Array) -> Call:
    """Write σ(z) = 1 − e^−a, as −expm1(−a), which loses no digit where σ is small."""

    def call() -> None:
        negative(a, slope)
        expm1(slope, slope)
        negative(slope, slope)

    return call
