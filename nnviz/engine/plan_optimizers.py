"""The nine optimizers of `optimizers` in place, for the plan: the same formulas, with every vector made beforehand.

Each one is a *rule* over the flat vectors θ, its moments, and a raw gradient G, which times a factor c is the gradient g = c·G.
Numbers that stay the same from step to step are 0-d arrays (a Python number costs a call 0.3 µs more); c and the rate η are folded
into numbers the formula has anyway, so neither costs a pass of its own. The moments are the oracle's own, never scaled ones:
written down and read back they go on with equal bits.

Measured beside `Update.change` and θ += Δ, a step in double precision with 177 parameters (times in µs on a busy core, of which
only the ratios hold): sgd 1.7 for 3.2, momentum 2.2 for 3.7, nesterov 3.0 for 4.9, adagrad 3.6 for 5.4, rmsprop 4.1 for 7.0, adadelta
7.6 for 12.4, adam 5.3 for 10.8, adamw 5.9 for 12.2, nadam 7.2 for 25.9. Adam in double and single
precision 1.3 and 1.6 times as fast as the oracle with 8 000, 1.4 and 1.5 with 17 000, 2.0 and 1.4 with 122 000, 3.2 and 1.9 with 527 000.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from nnviz.engine.buffers import Buffers
from nnviz.engine.optimizers import NADAM_FACTORS, nadam_momentum
from nnviz.engine.plan_parts import Call

Array = NDArray[Any]
BLOCK = 65_536  # so many parameters at once: all passes over them find them in the cache
STACKED = 8_000  # so many parameters at most: beyond, calls cost nothing and two vectors leave the cache sooner than one


@dataclass(frozen=True, slots=True)
class Vectors:
    """What a rule works on, flat and of one length.

    Attributes:
        gradient: G, never written to.
        rates: what each parameter's change is multiplied by; None when all are 1.
    """

    gradient: Array
    parameters: Array
    moments: dict[str, Array]
    rates: Array | None
    buffers: Buffers

    def part(self, start: int, stop: int) -> Vectors:
        """Return a part of all of them; parts of one length have the same scratch vectors."""
        part = slice(start, stop)
        moments = {name: moment[part] for name, moment in self.moments.items()}
        rates = None if self.rates is None else self.rates[part]
        return Vectors(self.gradient[part], self.parameters[part], moments, rates, self.buffers.within(str(stop - start)))

    def scratch(self, name: str) -> Array:
        """Return a vector for what is in between."""
        return self.buffers.take(name, self.parameters.shape)

    def number(self, value: float = 0.0) -> Array:
        """Return a 0-d array."""
        return np.array(value, self.parameters.dtype)

    def descent(self, down: Array) -> Call:
        """Return θ ← θ − rates·down."""
        theta, rates, subtract = self.parameters, self.rates, np.subtract
        if rates is None:
            return partial(subtract, theta, down, theta)

        def descend() -> None:
            np.multiply(down, rates, down)
            subtract(theta, down, theta)

        return descend


@dataclass(frozen=True, slots=True)
class Rule:
    """An optimizer bound to its vectors.

    Attributes:
        tune: (rate, factor) for all steps from now on.
        step: (count): moments and parameters change; `count` is 1 for the first.
        scalars: (rate, factor) -> the smallest and the largest of the numbers it multiplies by, which the dtype must be able to hold.
    """

    tune: Callable[[float, float], None]
    step: Callable[[int], object]
    scalars: Callable[[float, float], tuple[float, ...]]


def bound(make: Callable[..., Rule], at: Vectors, options: dict[str, float]) -> Rule:
    """Return an optimizer's rule, block by block where the vectors are long.

    Measured, Adam with 527 000 parameters: 1.4 times as fast in single precision, 1.3 in double. At 122 000 it is 1.0 and 1.1, and
    blocks of 16 000 lose what they gain to the calls.
    """
    size = at.parameters.size
    if size <= BLOCK:
        return make(at, **options)
    rules = [make(at.part(start, min(start + BLOCK, size)), **options) for start in range(0, size, BLOCK)]

    def tune(eta: float, factor: float) -> None:
        for rule in rules:
            rule.tune(eta, factor)

    steps = [rule.step for rule in rules]

    def step(count: int) -> None:
        for each in steps:
            each(count)

    return Rule(tune, step, rules[0].scalars)


def stack(names: list[str], size: int, buffers: Buffers) -> dict[str, Array]:
    """Return vectors for these moments that lie one behind the other, so that a rule may pass over both of a pair at once."""
    return dict(zip(names, buffers.take("moments", (len(names), size)), strict=True))


def sgd(at: Vectors) -> Rule:
    """Return θ ← θ − η g: two calls, as ηc is one number."""
    gradient, multiply, subtract, down, rate = at.gradient, np.multiply, np.subtract, at.scratch("down"), at.number()
    theta, descend = at.parameters, at.descent(down)

    def tune(eta: float, factor: float) -> None:
        rate[...] = eta * factor

    def step(_count: int) -> None:
        multiply(gradient, rate, down)
        subtract(theta, down, theta)

    def rated(_count: int) -> None:
        multiply(gradient, rate, down)
        descend()

    return Rule(tune, step if at.rates is None else rated, lambda eta, factor: (eta * factor,))


def momentum(at: Vectors, momentum: float) -> Rule:
    """Return v ← μ v + g, θ ← θ − η v."""
    gradient, velocity, multiply, down = at.gradient, at.moments["velocity"], np.multiply, at.scratch("down")
    descend, mu, scale, rate = at.descent(down), at.number(momentum), at.number(), at.number()

    def tune(eta: float, factor: float) -> None:
        rate[...], scale[...] = eta, factor

    def step(_count: int) -> None:
        multiply(gradient, scale, down)
        multiply(velocity, mu, velocity)
        np.add(velocity, down, velocity)
        multiply(velocity, rate, down)
        descend()

    return Rule(tune, step, lambda eta, factor: (eta, factor))


def nesterov(at: Vectors, momentum: float) -> Rule:
    """Return v ← μ v + g, θ ← θ − η (g + μ v)."""
    gradient, velocity, multiply, add = at.gradient, at.moments["velocity"], np.multiply, np.add
    down, ahead, mu, scale, rate = at.scratch("down"), at.scratch("root"), at.number(momentum), at.number(), at.number()
    descend = at.descent(down)

    def tune(eta: float, factor: float) -> None:
        rate[...], scale[...] = eta, factor

    def step(_count: int) -> None:
        multiply(gradient, scale, down)
        multiply(velocity, mu, velocity)
        add(velocity, down, velocity)
        multiply(velocity, mu, ahead)
        add(down, ahead, down)
        multiply(down, rate, down)
        descend()

    return Rule(tune, step, lambda eta, factor: (eta, factor))


def adagrad(at: Vectors, epsilon: float) -> Rule:
    """Return v ← v + g², θ ← θ − η g / (√v + ε)."""
    return _by_root(at, None, 1.0, epsilon)


def rmsprop(at: Vectors, alpha: float, epsilon: float) -> Rule:
    """Return v ← αv + (1 − α)g², θ ← θ − η g / (√v + ε)."""
    return _by_root(at, at.number(alpha), math.sqrt(1 - alpha), epsilon)


def _by_root(at: Vectors, kept: Array | None, share: float, epsilon: float) -> Rule:
    """Return v ← κv + (σg)², θ ← θ − η g / (√v + ε); κ = 1 where it is None."""
    gradient, square, multiply, add = at.gradient, at.moments["square"], np.multiply, np.add
    down, root, shared, rate, least = at.scratch("down"), at.scratch("root"), at.number(), at.number(), at.number(epsilon)
    descend = at.descent(down)

    def tune(eta: float, factor: float) -> None:
        rate[...], shared[...] = eta * factor, share * factor

    def step(_count: int) -> None:
        if kept is not None:
            multiply(square, kept, square)
        multiply(gradient, shared, root)
        multiply(root, root, root)
        add(square, root, square)
        np.sqrt(square, root)
        add(root, least, root)
        multiply(gradient, rate, down)
        np.divide(down, root, down)
        descend()

    return Rule(tune, step, lambda eta, factor: (eta * factor, share * factor, epsilon))


def adadelta(at: Vectors, rho: float, epsilon: float) -> Rule:
    """Return v ← ρv + (1 − ρ)g², d = g √(u + ε) / √(v + ε), u ← ρu + (1 − ρ)d², θ ← θ − η d."""
    gradient, square, steps = at.gradient, at.moments["square"], at.moments["step_square"]
    multiply, add, sqrt, share = np.multiply, np.add, np.sqrt, math.sqrt(1 - rho)
    direction, root, kept, least, part = at.scratch("direction"), at.scratch("down"), at.number(rho), at.number(epsilon), at.number(share)
    shared, scale, rate = at.number(), at.number(), at.number()
    descend = at.descent(root)

    def tune(eta: float, factor: float) -> None:
        rate[...], scale[...], shared[...] = eta, factor, share * factor

    def step(_count: int) -> None:
        multiply(gradient, shared, root)
        multiply(root, root, root)
        multiply(square, kept, square)
        add(square, root, square)
        add(square, least, root)
        sqrt(root, root)
        add(steps, least, direction)
        sqrt(direction, direction)
        np.divide(direction, root, direction)
        multiply(gradient, scale, root)
        multiply(direction, root, direction)
        multiply(direction, rate, root)
        descend()
        multiply(direction, part, direction)
        multiply(direction, direction, direction)
        multiply(steps, kept, steps)
        add(steps, direction, steps)

    return Rule(tune, step, lambda eta, factor: (eta, factor, share * factor, epsilon))


def adam(at: Vectors, beta1: float, beta2: float, epsilon: float, weight_decay: float = 0.0) -> Rule:
    """Return m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², θ ← θ − η m̂ / (√v̂ + ε) − ηλθ with m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ).

    With k = √(1 − β₂ᵗ) the quotient is m / (√v + εk) · k/(1 − β₁ᵗ): two numbers a step instead of a pass over √v (measured: a twelfth
    of the time). A decay of 0 (Adam) costs nothing.
    """
    theta, mean, square, multiply, add = at.parameters, at.moments["mean"], at.moments["square"], np.multiply, np.add
    down, rate, least, decay = at.scratch("down"), at.number(), at.number(), at.number()
    faded = at.scratch("root") if weight_decay else down
    descend, (scale, average), speed = at.descent(down), _means(at, beta1, beta2), 0.0

    def tune(eta: float, factor: float) -> None:
        nonlocal speed
        speed, decay[...] = eta, eta * weight_decay
        scale(factor)

    def step(count: int) -> None:
        average()
        k = math.sqrt(1 - beta2**count)
        least[...], rate[...] = epsilon * k, speed * k / (1 - beta1**count)
        np.sqrt(square, down)
        add(down, least, down)
        np.divide(mean, down, down)
        multiply(down, rate, down)
        if weight_decay:
            multiply(theta, decay, faded)
            add(down, faded, down)
        descend()

    return Rule(tune, step, partial(_adam_scalars, beta1=beta1, beta2=beta2, epsilon=epsilon))


def nadam(at: Vectors, beta1: float, beta2: float, epsilon: float, momentum_decay: float) -> Rule:
    """Return θ ← θ − η [(1 − μₜ) g / (1 − μ₁⋯μₜ) + μₜ₊₁ m / (1 − μ₁⋯μₜ₊₁)] / (√v̂ + ε), m, v and v̂ as in Adam, μᵢ = β₁(1 − ½·0.96^(iγ)).

    The products are looked up (`nadam_product` is 20 µs), in a table that goes by t alone: a restored run has the same ones.
    """
    gradient, mean, square, multiply, add = at.gradient, at.moments["mean"], at.moments["square"], np.multiply, np.add
    down, root, now, ahead, least = at.scratch("down"), at.scratch("root"), at.number(), at.number(), at.number()
    descend, (scale, average), speed, slope = at.descent(down), _means(at, beta1, beta2), 0.0, 0.0
    factors: list[float] = np.cumprod(1 - 0.5 * 0.96 ** (momentum_decay * np.arange(1, NADAM_FACTORS + 1))).tolist()

    def tune(eta: float, factor: float) -> None:
        nonlocal speed, slope
        speed, slope = eta, factor
        scale(factor)

    def step(count: int) -> None:
        average()
        k, following = math.sqrt(1 - beta2**count), nadam_momentum(count + 1, beta1, momentum_decay)
        product = beta1**count * factors[min(count, NADAM_FACTORS) - 1]
        now[...] = speed * k * slope * (1 - nadam_momentum(count, beta1, momentum_decay)) / (1 - product)
        ahead[...], least[...] = speed * k * following / (1 - product * following), epsilon * k
        multiply(gradient, now, down)
        multiply(mean, ahead, root)
        add(down, root, down)
        np.sqrt(square, root)
        add(root, least, root)
        np.divide(down, root, down)
        descend()

    def scalars(eta: float, factor: float) -> tuple[float, ...]:
        least_step = eta * math.sqrt(1 - beta2) * (1 - beta1)
        return *_adam_scalars(eta, factor, beta1, beta2, epsilon), least_step * factor, eta / (1 - beta1) * factor

    return Rule(tune, step, scalars)


def _adam_scalars(eta: float, factor: float, beta1: float, beta2: float, epsilon: float) -> tuple[float, ...]:
    k = math.sqrt(1 - beta2)
    return (1 - beta1) * factor, k * factor, k * epsilon, k * eta, eta / (1 - beta1)


def _means(at: Vectors, beta1: float, beta2: float) -> tuple[Callable[[float], None], Call]:
    """Return how Adam's means take the factor, and m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g².

    Where the moments lie one behind the other, both fade in one call and grow in one: five calls for seven
    (measured: Adam 13 to 22 % faster at 177 parameters, 6 to 9 % at 2 000, nothing from 8 000 on).
    """
    gradient, multiply, add = at.gradient, np.multiply, np.add
    mean, square, slope, bend = at.moments["mean"], at.moments["square"], at.number(), at.number()
    kept1, kept2, both = at.number(beta1), at.number(beta2), _pair(mean, square)

    def tune(factor: float) -> None:
        slope[...], bend[...] = (1 - beta1) * factor, math.sqrt(1 - beta2) * factor

    if both is None or gradient.size > STACKED:
        grown = at.scratch("down")

        def average() -> None:
            multiply(gradient, slope, grown)
            multiply(mean, kept1, mean)
            add(mean, grown, mean)
            multiply(gradient, bend, grown)
            multiply(grown, grown, grown)
            multiply(square, kept2, square)
            add(square, grown, square)

        return tune, average
    news, kept = at.buffers.take("news", both.shape), at.buffers.take("kept", both.shape)
    kept[0], kept[1] = beta1, beta2
    first, second = news

    def average_both() -> None:
        multiply(gradient, slope, first)
        multiply(gradient, bend, second)
        multiply(second, second, second)
        multiply(both, kept, both)
        add(both, news, both)

    return tune, average_both


def _pair(one: Array, other: Array) -> Array | None:
    """Return two vectors of one array as a (2, n) view of it, if the one begins where the other ends; else None."""
    start, behind = (vector.__array_interface__["data"][0] for vector in (one, other))
    if one.base is None or one.base is not other.base or behind != start + one.nbytes:
        return None
    return as_strided(one, (2, one.size), (one.nbytes, one.itemsize))


RULES: dict[str, Callable[..., Rule]] = {
    "sgd": sgd,
    "momentum": momentum,
    "nesterov": nesterov,
    "adagrad": adagrad,
    "rmsprop": rmsprop,
    "adadelta": adadelta,
    "adam": adam,
    "adamw": adam,
    "nadam": nadam,
}
