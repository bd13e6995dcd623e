"""The losses of a plan: δ = ∂ℓ/∂z of the output layer, in place, up to a factor that the plan folds into its gradient sum.

What is computed stands in `loss_functions`, which is the oracle. Arrays are (outputs, rows), the targets t too. A cross-entropy
behind its own activation never divides by an output: that of softmax is had from the answers alone, in as many digits as the
oracle has (five calls instead of ten from z; 4 µs at 10 × 32, the oracle's takes 20), that of sigmoid from z. The others are ∂ℓ/∂y and then
the activation's chain rule. NumPy's floating-point warnings must be off while they run.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy import add, divide, exp, log, maximum, minimum, multiply, rint, sign, subtract
from numpy.typing import NDArray

from nnviz.engine import plan_activations
from nnviz.engine.buffers import Buffers
from nnviz.engine.plan_activations import added_up, softmax
from nnviz.engine.plan_elementwise import number, scratch
from nnviz.engine.plan_parts import Bound, Call
from nnviz.engine.table import Choice

Array = NDArray[Any]
Run = Callable[[Array], object]
SMALL = 96  # up to so many outputs a product with a square beats seven calls: 1 against 10 µs at 10 × 32, 9 against 16 at 96 × 32


@dataclass(frozen=True, slots=True)
class Form:
    """What makes the call of one loss, or of one loss behind one activation.

    Attributes:
        make: (z, a, out, buffers, **parameters) -> what writes ∂ℓ/∂a, or ∂ℓ/∂z of a pair, to `out` when called with t.
        factor: what is written times this is the slope.
        reads_z: whether it needs z beside a.
    """

    make: Callable[..., Run]
    factor: float = 1.0
    reads_z: bool = False


def known_loss(loss: Choice) -> bool:
    """Tell whether a plan can compute this loss; it cannot where somebody added one to `LOSSES`."""
    return loss.kind in _LOSSES


def needs_z(loss: Choice, activation: Choice) -> bool:
    """Tell whether z of the output layer must not be overwritten by a."""
    pair = _PAIRS.get((loss.kind, activation.kind))
    return not plan_activations.keeps_only_answer(activation) if pair is None else pair.reads_z


def loss(loss: Choice, activation: Choice, z: Array, a: Array, delta: Array, buffers: Buffers) -> tuple[Bound, float]:
    """Return what is to be called with the targets and more arguments, and a factor: δ is the factor times what is written to `delta`.

    z and a are those of the output layer, (outputs, rows), and may be one array unless `needs_z`. Arrays to work in come from the
    buffers. With a linear activation δ is ∂ℓ/∂a, which those can use who have the slopes of the output layer already.
    """
    options, pair = dict(loss.parameters), _PAIRS.get((loss.kind, activation.kind))
    if pair is not None:
        warmth = dict(activation.parameters).get("temperature", 1.0)  # a softmax of z/T: the slope to z is 1/T of that to z/T
        return (pair.make(z, a, delta, buffers, warmth=warmth, **options), ()), pair.factor / warmth
    form = _LOSSES[loss.kind]
    if activation.kind == "linear" and loss.kind == "mse":
        return (subtract, (a, delta)), -form.factor  # t − y: NumPy's own call, without one of ours around it
    gradient = form.make(z, a, delta, buffers, **options)
    if activation.kind == "linear":
        return (gradient, ()), form.factor
    back = plan_activations.chain(activation, z, a, delta, buffers)

    def run(t: Array) -> None:
        gradient(t)
        back()

    return (run, ()), form.factor


def _squared(_z: Array, a: Array, out: Array, _buffers: Buffers) -> Run:
    """Write y − t, half the slope."""

    def run(t: Array) -> None:
        subtract(a, t, out)

    return run


def _absolute(_z: Array, a: Array, out: Array, _buffers: Buffers) -> Run:
    """Write sign of y − t."""

    def run(t: Array) -> None:
        subtract(a, t, out)
        sign(out, out)

    return run


def _huber(_z: Array, a: Array, out: Array, _buffers: Buffers, delta: float) -> Run:
    """Write y − t, held between −d and d."""
    low, high = number(-delta, a), number(delta, a)

    def run(t: Array) -> None:
        subtract(a, t, out)
        maximum(out, low, out=out)
        minimum(out, high, out=out)

    return run


def _hinge(_z: Array, a: Array, out: Array, buffers: Buffers) -> Run:
    """Write s where 1 − s·y > 0, else 0, with the side s = sign(sign(t) − ½): the slope with its sign turned."""
    side, zero, half, one = scratch("side", a, buffers), number(0, a), number(0.5, a), number(1, a)

    def run(t: Array) -> None:
        sign(t, side)
        subtract(side, half, side)
        sign(side, side)
        multiply(side, a, out)
        subtract(one, out, out)
        sign(out, out)
        maximum(out, zero, out=out)
        multiply(out, side, out)

    return run


def _binary(_z: Array, a: Array, out: Array, buffers: Buffers) -> Run:
    """Write (1 − t)/(1 − y) − t/y, with 1 − y and y kept above 0."""
    part, one, step, tiny = scratch("part", a, buffers), number(1, a), number(np.finfo(a.dtype).eps / 2, a), _tiny(a)

    def run(t: Array) -> None:
        subtract(one, a, part)
        maximum(part, step, out=part)
        subtract(one, t, out)
        divide(out, part, out)
        maximum(a, tiny, out=part)
        divide(t, part, part)
        subtract(out, part, out)

    return run


def _categorical(_z: Array, a: Array, out: Array, _buffers: Buffers) -> Run:
    """Write t/y, with y kept above 0: the slope with its sign turned."""
    tiny = _tiny(a)

    def run(t: Array) -> None:
        maximum(a, tiny, out=out)
        divide(t, out, out)

    return run


def _distilled(_z: Array, a: Array, out: Array, buffers: Buffers, temperature: float, mix: float) -> Run:
    """Write (mix·T·(q − p) − (1 − mix)·t)/y, with q = softmax(ln y / T) and y kept above 0; p and t are the halves of the targets."""
    outputs, part, q = len(a), scratch("part", a, buffers), scratch("q", a, buffers)
    soften, against = softmax(part, q, buffers, temperature), _against(q, out, buffers.within("soft"))
    tiny, taught, labeled = _tiny(a, max(temperature, 1)), number(mix * temperature, a), number(1 - mix, a)

    def run(t: Array) -> None:
        maximum(a, tiny, out=part)
        log(part, part)
        soften()
        against(t[:outputs])
        multiply(out, taught, out)
        multiply(t[outputs:], labeled, part)
        subtract(out, part, out)
        maximum(a, tiny, out=part)
        divide(out, part, out)

    return run


def _tiny(a: Array, times: float = 1) -> Array:
    return number(times * float(np.finfo(a.dtype).tiny), a)


def _sigmoid_binary(z: Array, _a: Array, out: Array, buffers: Buffers, warmth: float) -> Run:
    """Write σ(z) − t as ((1 − t)·e^z − t)/(1 + e^z), which loses no digit where σ(z) is close to t; z is held where e^z would overflow."""
    assert warmth == 1
    power, one, most = scratch("power", z, buffers), number(1, z), number(math.floor(math.log(np.finfo(z.dtype).max)), z)

    def run(t: Array) -> None:
        minimum(z, most, out=power)
        exp(power, power)
        subtract(one, t, out)
        multiply(out, power, out)
        subtract(out, t, out)
        add(power, one, power)
        divide(out, power, out)

    return run


def _softmax_categorical(_z: Array, a: Array, out: Array, buffers: Buffers, **_warmth: float) -> Run:
    """Write y·Σⱼtⱼ − t."""
    return _against(a, out, buffers)


def _softmax_distilled(z: Array, a: Array, out: Array, buffers: Buffers, warmth: float, temperature: float, mix: float) -> Run:
    """Write mix·T·(softmax(z/T) − p) + (1 − mix)·(y − t); p and t are the halves of the targets."""
    outputs, q, part = len(a), scratch("q", a, buffers), scratch("part", a, buffers)
    soften = softmax(z, q, buffers, warmth * temperature)
    teacher, labels = _against(q, out, buffers.within("soft")), _against(a, part, buffers.within("hard"))
    taught, labeled = number(mix * temperature, a), number(1 - mix, a)

    def run(t: Array) -> None:
        soften()
        teacher(t[:outputs])
        labels(t[outputs:])
        multiply(out, taught, out)
        multiply(part, labeled, part)
        add(out, part, out)

    return run


def _against(y: Array, out: Array, buffers: Buffers) -> Run:
    """Write y·Σⱼtⱼ − t as yₖ·Σⱼ≠ₖ tⱼ − tₖ·Σⱼ≠ₖ yⱼ, which loses no digit where y is close to t."""
    other_t, other_y = scratch("other t", y, buffers), scratch("other y", y, buffers)
    of_t, of_y = _others(other_t, buffers), _others(other_y, buffers)

    def run(t: Array) -> None:
        of_t(t)
        of_y(y)
        multiply(y, other_t, out)
        multiply(t, other_y, other_y)
        subtract(out, other_y, out)

    return run


def _others(out: Array, buffers: Buffers) -> Run:
    """Write Σⱼ≠ₖ of what it is called with, shares (outputs, rows).

    For few outputs by a square of ones but for a diagonal of zeros. For many, that takes too long and too much memory (at 128
    outputs 29 against 24 µs in float64, at 10 000 the square has 800 MB), and Σⱼ − k would lose digits where one share is nearly
    all: so what is above ½ is added up apart from the rest.
    """
    outputs = len(out)
    if outputs <= SMALL:
        square = buffers.take("others", (outputs, outputs), out.dtype)
        square.fill(1)
        np.fill_diagonal(square, 0)
        dot = square.dot

        def run(shares: Array) -> None:
            dot(shares, out)

        return run
    large, small, sums = (scratch(name, out, buffers) for name in ("large", "small", "sums"))
    add_large: Call = added_up(large, sums, buffers)
    add_small: Call = added_up(small, sums, buffers)

    def apart(shares: Array) -> None:
        rint(shares, large)
        multiply(shares, large, large)
        subtract(shares, large, small)
        add_large()
        subtract(sums, shares, out)
        add_small()
        add(out, sums, out)

    return apart


_LOSSES = {
    "mse": Form(_squared, 2.0),
    "mae": Form(_absolute),
    "huber": Form(_huber),
    "binary_crossentropy": Form(_binary),
    "categorical_crossentropy": Form(_categorical, -1.0),
    "hinge": Form(_hinge, -1.0),
    "distillation": Form(_distilled),
}
_PAIRS = {
    ("binary_crossentropy", "sigmoid"): Form(_sigmoid_binary, reads_z=True),
    ("categorical_crossentropy", "softmax"): Form(_softmax_categorical),
    ("distillation", "softmax"): Form(_softmax_distilled, reads_z=True),
}
