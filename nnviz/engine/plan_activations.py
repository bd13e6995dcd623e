"""The activation functions of a plan: a = f(z), and δ = f'(z)·∂ℓ/∂a in place, as calls bound to their arrays.

What is computed stands in `activation_functions`, which is the oracle; how, in `plan_elementwise` and `plan_elementwise_of_z`
for the functions that take every number for itself, and here for those that share something out among the units of a sample.
Two rules make them fast and keep them from taking memory (measured in one process, 10 × 32 float32): every call costs 0.4 µs,
so few; and a row that is broadcast over an array is copied to memory taken anew, up to 66 KB a call, so products with ones
spread and add up, in the same time. NumPy's floating-point warnings must be off while they run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy import divide, exp, multiply, subtract
from numpy.typing import NDArray

from nnviz.engine import plan_elementwise as f
from nnviz.engine import plan_elementwise_of_z as of_z
from nnviz.engine.buffers import Buffers
from nnviz.engine.plan_elementwise import number, scratch
from nnviz.engine.plan_parts import Call, Straight, straightened
from nnviz.engine.table import Choice, bind

Array = NDArray[Any]
SMALL = 32  # up to so many units one product with a square of ones beats two with a row and a column: 0.5 against 1.2 µs at 10 × 32


@dataclass(frozen=True, slots=True)
class Form:
    """What makes the calls of one activation function. Its slope comes from a, from z too, or it has none and is coupled.

    Attributes:
        answer: (z, a, buffers, **parameters) -> what writes a.
        slope_of_a: (a, slope, **parameters) -> what writes f'(z); None where a does not say it, or not to the last digits.
        slope_of_z: (z, a, slope, buffers, **parameters) -> what writes f'(z).
        coupled: (a, delta, buffers, **parameters) -> what turns ∂ℓ/∂a into ∂ℓ/∂z.
    """

    answer: Callable[..., Call]
    slope_of_a: Callable[..., Call] | None = None
    slope_of_z: Callable[..., Call] | None = None
    coupled: Callable[..., Call] | None = None


def known(choice: Choice) -> bool:
    """Tell whether a plan can compute this activation; it cannot where somebody added one to `ACTIVATIONS`."""
    return choice.kind in _FORMS


def keeps_only_answer(choice: Choice) -> bool:
    """Tell whether the chain rule needs a alone, so that z may lie in the same memory."""
    return _FORMS[choice.kind].slope_of_z is None


def answer(choice: Choice, z: Array, a: Array, buffers: Buffers) -> Call:
    """Return the call that writes a = f(z).

    Both are of one shape: any, but (units, rows) where units depend on each other. They are one array where all that is kept is a.
    Arrays to work in come from the buffers.
    """
    return bind(_FORMS[choice.kind].answer, choice)(z, a, buffers)


def slopes(choice: Choice, a: Array, slope: Array) -> Call | None:
    """Return the call that writes f'(z), for many layers at once; None where it is not had from a, or is 1 all over."""
    form = _FORMS[choice.kind].slope_of_a
    return None if form is None else bind(form, choice)(a, slope)


def chain(choice: Choice, z: Array, a: Array, delta: Array, buffers: Buffers) -> Call:
    """Return the call that turns ∂ℓ/∂a into ∂ℓ/∂z in place; it reads z only where that was kept."""
    form = _FORMS[choice.kind]
    if form.coupled is not None:
        return bind(form.coupled, choice)(a, delta, buffers)
    slope = scratch("slope", a, buffers)
    if form.slope_of_z is not None:
        find = bind(form.slope_of_z, choice)(z, a, slope, buffers)
    else:
        assert form.slope_of_a is not None
        find = bind(form.slope_of_a, choice)(a, slope)
    return Straight(*straightened([find]), (multiply, (delta, slope, delta)))


def added_up(source: Array, out: Array, buffers: Buffers) -> Call:
    """Return the call that writes Σⱼ of a sample's units to each of them; both arrays (units, rows)."""
    units, rows = source.shape
    if units <= SMALL:
        square = buffers.take("square", (units, units), source.dtype)
        square.fill(1)
        add_and_spread = square.dot

        def call() -> None:
            add_and_spread(source, out)

        return call
    ones, row = buffers.take("ones", (1, units), source.dtype), buffers.take("row", (1, rows), source.dtype)
    ones.fill(1)
    add, spread = ones.dot, ones.T.dot

    def two_calls() -> None:
        add(source, row)
        spread(row, out)

    return two_calls


def softmax(z: Array, a: Array, buffers: Buffers, temperature: float) -> Call:
    """Return the call that writes e^(zₖ/T) / Σⱼ e^(zⱼ/T), with the largest z of the sample subtracted first."""
    units, rows = z.shape
    top, column = buffers.take("top", (1, rows), z.dtype), buffers.take("column", (units, 1), z.dtype)
    column.fill(1)
    largest, row, spread, all_over = np.maximum.reduce, top[0], column.dot, scratch("all over", a, buffers)
    add, divisor, plain = added_up(a, all_over, buffers), number(temperature, a), temperature == 1

    def call() -> None:
        largest(z, 0, None, row)
        spread(top, all_over)
        subtract(z, all_over, a)
        if not plain:
            divide(a, divisor, a)
        exp(a, a)
        add()
        divide(a, all_over, a)

    return call


def softmax_chain(a: Array, delta: Array, buffers: Buffers, temperature: float) -> Call:
    """Return the call that turns g = ∂ℓ/∂a into a·(g − Σₖ gₖaₖ)/T."""
    product, all_over = scratch("product", a, buffers), scratch("all over", a, buffers)
    add, divisor, plain = added_up(product, all_over, buffers), number(temperature, a), temperature == 1

    def call() -> None:
        multiply(delta, a, product)
        add()
        subtract(delta, all_over, delta)
        multiply(delta, a, delta)
        if not plain:
            divide(delta, divisor, delta)

    return call


def naive_softmax(z: Array, a: Array, buffers: Buffers) -> Call:
    """Return the call that writes e^zₖ / Σⱼ e^zⱼ as it stands, overflow and all."""
    all_over = scratch("all over", a, buffers)
    add = added_up(a, all_over, buffers)

    def call() -> None:
        exp(z, a)
        add()
        divide(a, all_over, a)

    return call


def _naive_softmax_chain(a: Array, delta: Array, buffers: Buffers) -> Call:
    return softmax_chain(a, delta, buffers, 1)


def _linear_chain(_a: Array, _delta: Array, _buffers: Buffers) -> Call:
    return Straight()


_FORMS = {
    "linear": Form(f.linear, coupled=_linear_chain),
    "sigmoid": Form(f.sigmoid, f.sigmoid_slope),
    "hard_sigmoid": Form(of_z.hard_sigmoid, slope_of_z=of_z.hard_sigmoid_slope),
    "tanh": Form(f.tanh, f.tanh_slope),
    "relu": Form(f.relu, f.relu_slope),
    "leaky_relu": Form(f.leaky_relu, f.leaky_relu_slope),
    "elu": Form(of_z.elu, slope_of_z=of_z.elu_slope),
    "selu": Form(of_z.selu, slope_of_z=of_z.selu_slope),
    "gelu": Form(of_z.gelu, slope_of_z=of_z.gelu_slope),
    "silu": Form(of_z.silu, slope_of_z=of_z.silu_slope),
    "mish": Form(of_z.mish, slope_of_z=of_z.mish_slope),
    "softplus": Form(f.softplus, f.softplus_slope),
    "sine": Form(of_z.sine, slope_of_z=of_z.sine_slope),
    "softmax": Form(softmax, coupled=softmax_chain),
    "naive_softmax": Form(naive_softmax, coupled=_naive_softmax_chain),
}
