"""The nine optimizers of `optimizers` in place, for the plan: the same formulas, with every vector made beforehand.

Each one is a *rule* over the flat vectors θ, its moments, and a raw gradient G, which times a factor c is the gradient g = c·G.
Numbers that stay the same from step to step are 0-d arrays (a Python number costs a call 0.3 µs more); c and the rate η are folded
into numbers the formula has anyway, so neither costs a pass of its own. The moments are the oracle's own, never scaled ones:
written down and read back they go on with equal bits.

Measured beside `Update.change` and θ += Δ, a step in double precision with 177 parameters (times in µs on a busy core, of which
only the ratios hold): sgd 1.7 for 3.2, momentum 2.2 for 3.7, nesterov 3.0 for 4.9, adagrad 3.6 for 5.4, rmsprop 4.1 for 7.0, adadelta
7.6 for 12.4, adam 4.1 for 10.7, adamw 5.0 for 12.3, nadam 5.3 for 32.6. Adam in double and single precision 1.3 and 1.6 times as
fast as the oracle with 8 000, 1.4 and 1.5 with 17 000, 2.0 and 1.4 with 122 000, 3.2 and 1.9 with 527 000.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from nnviz.engine.plan_adam import adam, nadam
from nnviz.engine.plan_rule import Array, Rule, Vectors


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
