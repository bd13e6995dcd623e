"""Optimizers: from the gradient g of step t to the change that is added to the parameters.

Pure functions over flat vectors, formulas and defaults as in PyTorch. The state is a dict of flat vectors
(the moments), as long as the parameters and zero at first:

    state = adam.state(parameters.size)
    change, state = adam.step(gradient, state, count=1, rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8)
    parameters += change
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from nnviz.engine.table import Parameter

Array = NDArray[Any]
State = dict[str, Array]


@dataclass(frozen=True, slots=True)
class Optimizer:
    """One optimizer.

    Attributes:
        step: (gradient, state, count, rate, **parameters) -> (change, new state); the old state stays as it is.
            `count` is 1 for the first step.
        moments: the names of the vectors in the state.
    """

    name: str
    step: Callable[..., tuple[Array, State]]
    moments: tuple[str, ...]
    formula: str
    summary: str
    source: str
    parameters: tuple[Parameter, ...] = ()

    def state(self, size: int, dtype: DTypeLike = np.float64) -> State:
        """Return the state before the first step."""
        return {name: np.zeros(size, dtype) for name in self.moments}


def sgd(gradient: Array, state: State, _count: int, rate: float) -> tuple[Array, State]:
    """Return Δ = −η g."""
    return -rate * gradient, state


def momentum(gradient: Array, state: State, _count: int, rate: float, momentum: float) -> tuple[Array, State]:
    """Return Δ = −η v with v ← μ v + g."""
    velocity = momentum * state["velocity"]
    velocity += gradient
    return -rate * velocity, {"velocity": velocity}


def adam(gradient: Array, state: State, count: int, rate: float, beta1: float, beta2: float, epsilon: float) -> tuple[Array, State]:
    """Return Δ = −η m̂ / (√v̂ + ε) with m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ)."""
    mean, square = beta1 * state["mean"], beta2 * state["square"]
    scratch = (1 - beta1) * gradient
    mean += scratch
    np.multiply(gradient, gradient, out=scratch)
    scratch *= 1 - beta2
    square += scratch
    np.sqrt(square, out=scratch)
    scratch *= 1 / math.sqrt(1 - beta2**count)
    scratch += epsilon
    np.divide(mean, scratch, out=scratch)
    scratch *= -rate / (1 - beta1**count)
    return scratch, {"mean": mean, "square": square}


_ENTRIES = (
    Optimizer(
        "sgd",
        sgd,
        (),
        r"\Delta = -\eta\, g",
        "Steps straight down the slope, as far as rate times slope.",
        "Robbins & Monro 1951, A stochastic approximation method",
    ),
    Optimizer(
        "momentum",
        momentum,
        ("velocity",),
        r"v \leftarrow \mu v + g \qquad \Delta = -\eta\, v",
        "Rolls on like a ball: steps add up where the slope keeps its direction.",
        "Polyak 1964, Some methods of speeding up the convergence of iteration methods",
        (Parameter("momentum", 0.9, 0.0, 1.0, open_high=True),),
    ),
    Optimizer(
        "adam",
        adam,
        ("mean", "square"),
        r"m \leftarrow \beta_1 m + (1-\beta_1) g \qquad v \leftarrow \beta_2 v + (1-\beta_2) g^2 \qquad "
        r"\Delta = -\eta\, \frac{m / (1-\beta_1^t)}{\sqrt{v / (1-\beta_2^t)} + \epsilon}",
        "Gives every weight its own step size, from the mean and the spread of its recent slopes.",
        "Kingma & Ba 2015, Adam: A method for stochastic optimization",
        (
            Parameter("beta1", 0.9, 0.0, 1.0, open_high=True),
            Parameter("beta2", 0.999, 0.0, 1.0, open_high=True),
            Parameter("epsilon", 1e-8, 0.0, open_low=True),
        ),
    ),
)
OPTIMIZERS: dict[str, Optimizer] = {entry.name: entry for entry in _ENTRIES}
