"""Adam, AdamW and NAdam in place: by one product where the vectors are short, pass by pass where they are long.

A call on a short vector costs half a microsecond whatever it does, so as much as can be is made one product. In a `Room` the rows are

    x   m   v   g   g²   m′   v′   x′

and after g² is there, K·(m, v, g, g²) makes (m′, v′, x′) of rows 1 to 4, K being the 3×4 matrix of the β and of what goes with them,
and x′ what is to be divided by the root: the moments go from one place to the other. The next step goes back, from rows 3 to 6
(g, g², m′, v′) to rows 0 to 2 (x, m, v). So Adam makes six calls of ten, and NAdam, of which only x differs, six of eleven.

As a sum of four is rounded in its order, which place a step goes from must not depend on when a run was begun or taken up again:
a step of an odd count starts from rows 1 and 2, one of an even count from rows 5 and 6, and finds its moments there or moves them.
The product adds 0·g² and 0·v to m and 0·m and 0·g to v, which is nothing as long as all is finite; that the gradient is calm and the
update tame (`PlannedUpdate`) sees to that.

Measured as a part of the time without the product, both moments in one array, with 25, 177, 750 and 4 000 parameters: Adam 0.68, 0.70,
0.79 and 0.95 in double precision, 0.67, 0.70, 0.73 and 0.78 to 0.93 in single; with 8 000 there is nothing left of it. At 177 AdamW
takes 0.76 and NAdam 0.67; the whole step of 2-8-8-8-1 with Adam and a batch of 30, in single precision, 0.91.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from nnviz.engine.optimizers import NADAM_FACTORS, nadam_momentum
from nnviz.engine.plan_parts import Call
from nnviz.engine.plan_rule import EARLIER, LATER, Array, Rule, Vectors

Shares = Callable[[int], tuple[float, float]]  # (count) -> p, q: what is divided by √v̂ + ε is η(p·m + q·g); None: Adam's p, and q = 0
Scalars = Callable[[float, float], tuple[float, ...]]


def adam(at: Vectors, beta1: float, beta2: float, epsilon: float, weight_decay: float = 0.0) -> Rule:
    """Return m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², θ ← θ − η m̂ / (√v̂ + ε) − ηλθ with m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ).

    With k = √(1 − β₂ᵗ) the quotient is m / (√v + εk) · k/(1 − β₁ᵗ): two numbers a step instead of a pass over √v (measured: a twelfth
    of the time). A decay of 0 (Adam) costs nothing.
    """
    rule = _by_passes if at.rows is None else _by_product
    return rule(at, beta1, beta2, epsilon, weight_decay, None, partial(_adam_scalars, beta1=beta1, beta2=beta2, epsilon=epsilon))


def nadam(at: Vectors, beta1: float, beta2: float, epsilon: float, momentum_decay: float) -> Rule:
    """Return θ ← θ − η [(1 − μₜ) g / (1 − μ₁⋯μₜ) + μₜ₊₁ m / (1 − μ₁⋯μₜ₊₁)] / (√v̂ + ε), m, v and v̂ as in Adam, μᵢ = β₁(1 − ½·0.96^(iγ)).

    The products are looked up (`nadam_product` is 20 µs), in a table that goes by t alone: a restored run has the same ones.
    """
    factors: list[float] = np.cumprod(1 - 0.5 * 0.96 ** (momentum_decay * np.arange(1, NADAM_FACTORS + 1))).tolist()

    def shares(count: int) -> tuple[float, float]:
        product, following = beta1**count * factors[min(count, NADAM_FACTORS) - 1], nadam_momentum(count + 1, beta1, momentum_decay)
        return following / (1 - product * following), (1 - nadam_momentum(count, beta1, momentum_decay)) / (1 - product)

    def scalars(eta: float, factor: float) -> tuple[float, ...]:
        least_step = eta * math.sqrt(1 - beta2) * (1 - beta1)
        return *_adam_scalars(eta, factor, beta1, beta2, epsilon), least_step * factor * beta1 / 2, eta / (1 - beta1) * factor

    rule = _by_passes if at.rows is None else _by_product
    return rule(at, beta1, beta2, epsilon, 0.0, shares, scalars)


def _adam_scalars(eta: float, factor: float, beta1: float, beta2: float, epsilon: float) -> tuple[float, ...]:
    k, share = math.sqrt(1 - beta2), (1 - beta1) * factor
    return share, k * factor, k * k * factor * factor, k * epsilon, k * eta, eta / (1 - beta1), k * eta * share, k * eta * beta1


def _by_product(
    at: Vectors, beta1: float, beta2: float, epsilon: float, weight_decay: float, shares: Shares | None, scalars: Scalars
) -> Rule:
    """Return the rule of six calls, for vectors in a room."""
    rows, gradient, down = at.rows, at.gradient, at.scratch("down")
    assert rows is not None
    places, squares = (rows[EARLIER : EARLIER + 2], rows[LATER : LATER + 2]), rows[4]
    forth, back = (at.buffers.take(name, (3, 4)) for name in ("forth", "back"))
    forth[0, 0] = back[1, 2] = beta1
    forth[1, 1] = back[2, 3] = beta2
    after, before, least, decay = _writable(forth), _writable(back), at.number(), at.number()
    descend = _fading(at, down, decay) if weight_decay else at.descent(down)
    # For an even and an odd count: the product, what it reads and writes; v and x; K's row for x, and which of it are for m and for g.
    turns = (
        (back.dot, rows[3:7], rows[0:3], rows[2], rows[0], _writable(back[0]), 2, 0),
        (forth.dot, rows[1:5], rows[5:8], rows[6], rows[7], _writable(forth[2]), 0, 2),
    )
    floor, root_of, multiply, add, sqrt, divide = _writable(least), math.sqrt, np.multiply, np.add, np.sqrt, np.divide
    speed, slope, share, there = 0.0, 0.0, 0.0, 0

    def tune(eta: float, factor: float) -> None:
        nonlocal speed, slope, share
        speed, slope, share, decay[...] = eta, factor, (1 - beta1) * factor, eta * weight_decay
        after[0, 2] = before[1, 0] = share
        after[1, 3] = before[2, 1] = (1 - beta2) * factor * factor

    def settle() -> None:
        nonlocal there
        if there:
            places[0][...] = places[1]
            there = 0

    def step(count: int) -> None:
        nonlocal there
        odd = count & 1
        if odd == there:
            places[1 - odd][...] = places[odd]
        there = odd
        product, read, written, square, ahead, numbers, m, g = turns[odd]
        k = root_of(1 - beta2**count)
        floor[()] = epsilon * k
        if shares is None:
            of_mean = speed * k / (1 - beta1**count)
            numbers[g] = of_mean * share
        else:
            p, q = shares(count)
            of_mean = speed * k * p
            numbers[g] = of_mean * share + speed * k * q * slope
        numbers[m] = of_mean * beta1
        multiply(gradient, gradient, squares)
        product(read, written)
        sqrt(square, down)
        add(down, least, down)
        divide(ahead, down, down)
        descend()

    return Rule(tune, step, scalars, settle)


def _writable(numbers: Array) -> Any:
    """Return an array as Python's own kind, which takes a number in 45 ns and not in 100."""
    return numbers.data


def _by_passes(
    at: Vectors, beta1: float, beta2: float, epsilon: float, weight_decay: float, shares: Shares | None, scalars: Scalars
) -> Rule:
    """Return the rule for long vectors, a pass for every operation."""
    gradient, mean, square = at.gradient, at.moments["mean"], at.moments["square"]
    multiply, add, down, root = np.multiply, np.add, at.scratch("down"), at.scratch("root")
    now, rate, least, decay = at.number(), at.number(), at.number(), at.number()
    descend = _fading(at, down, decay) if weight_decay else at.descent(down)
    (scale, average), speed, slope = _means(at, beta1, beta2), 0.0, 0.0

    def tune(eta: float, factor: float) -> None:
        nonlocal speed, slope
        speed, slope, decay[...] = eta, factor, eta * weight_decay
        scale(factor)

    def step(count: int) -> None:
        average()
        k = math.sqrt(1 - beta2**count)
        p, q = (1 / (1 - beta1**count), 0.0) if shares is None else shares(count)
        rate[...], least[...] = speed * k * p, epsilon * k
        if q:
            now[...] = speed * k * q * slope
            multiply(gradient, now, root)
            multiply(mean, rate, down)
            add(root, down, root)
        np.sqrt(square, down)
        add(down, least, down)
        if q:
            np.divide(root, down, down)
        else:
            np.divide(mean, down, down)
            multiply(down, rate, down)
        descend()

    return Rule(tune, step, scalars)


def _fading(at: Vectors, down: Array, decay: Array) -> Call:
    """Return θ ← θ − rates·(down + ηλθ)."""
    theta, faded, descend = at.parameters, at.scratch("root"), at.descent(down)

    def fade() -> None:
        np.multiply(theta, decay, faded)
        np.add(down, faded, down)
        descend()

    return fade


def _means(at: Vectors, beta1: float, beta2: float) -> tuple[Callable[[float], None], Call]:
    """Return how Adam's means take the factor, and m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g²."""
    gradient, multiply, add, grown = at.gradient, np.multiply, np.add, at.scratch("down")
    mean, square, slope, bend = at.moments["mean"], at.moments["square"], at.number(), at.number()
    kept1, kept2 = at.number(beta1), at.number(beta2)

    def tune(factor: float) -> None:
        slope[...], bend[...] = (1 - beta1) * factor, math.sqrt(1 - beta2) * factor

    def average() -> None:
        multiply(gradient, slope, grown)
        multiply(mean, kept1, mean)
        add(mean, grown, mean)
        multiply(gradient, bend, grown)
        multiply(grown, grown, grown)
        multiply(square, kept2, square)
        add(square, grown, square)

    return tune, average
