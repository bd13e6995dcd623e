"""Optimizers: from the gradient g of step t to the change that is added to the parameters θ.

Pure functions over flat vectors, formulas and defaults as in PyTorch. The state is a dict of flat vectors
(the moments), as long as the parameters and zero at first:

    state = adam.state(parameters.size)
    change, state = adam.step(gradient, state, 1, 0.001, parameters, beta1=0.9, beta2=0.999, epsilon=1e-8)
    parameters += change

The rate η is that of the step, after schedule and warm-up. Only AdamW looks at the parameters.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from nnviz.engine.table import LEAST_EPSILON, Parameter

Array = NDArray[Any]
State = dict[str, Array]
NADAM_FACTORS = 1000  # so many factors of its product matter, see `nadam_product`


@dataclass(frozen=True, slots=True)
class Optimizer:
    """One optimizer.

    Attributes:
        step: (gradient, state, count, rate, parameters, **options) -> (change, new state); all three vectors stay as they are.
            `count` is 1 for the first step.
        moments: the names of the vectors in the state.
        limit: (**options) -> what rate times curvature must stay below for the steps to settle; None where each slope is divided
            by its own size, so that there is no such limit.
    """

    name: str
    step: Callable[..., tuple[Array, State]]
    moments: tuple[str, ...]
    formula: str
    summary: str
    source: str
    parameters: tuple[Parameter, ...] = ()
    limit: Callable[..., float] | None = None

    def state(self, size: int, dtype: DTypeLike = np.float64) -> State:
        """Return the state before the first step."""
        return {name: np.zeros(size, dtype) for name in self.moments}


def sgd(gradient: Array, state: State, _count: int, rate: float, _parameters: Array) -> tuple[Array, State]:
    """Return Δ = −η g."""
    return -rate * gradient, state


def sgd_limit() -> float:
    """Return 2: on a parabola of curvature h a step multiplies the distance from the bottom by 1 − ηh, which must stay above −1."""
    return 2.0


def momentum(gradient: Array, state: State, _count: int, rate: float, _parameters: Array, momentum: float) -> tuple[Array, State]:
    """Return Δ = −η v with v ← μ v + g."""
    velocity = momentum * state["velocity"]
    velocity += gradient
    return -rate * velocity, {"velocity": velocity}


def momentum_limit(momentum: float) -> float:
    """Return 2(1 + μ): there x² − (1 + μ − ηh)x + μ, whose zeros multiply the distance from the bottom, has the zero −1 (Polyak 1964)."""
    return 2 * (1 + momentum)


def nesterov(gradient: Array, state: State, _count: int, rate: float, _parameters: Array, momentum: float) -> tuple[Array, State]:
    """Return Δ = −η (g + μ v) with v ← μ v + g: the ball has already rolled on by μ v when the slope pushes it."""
    velocity = momentum * state["velocity"]
    velocity += gradient
    change = momentum * velocity
    change += gradient
    change *= -rate
    return change, {"velocity": velocity}


def nesterov_limit(momentum: float) -> float:
    """Return 2(1 + μ)/(1 + 2μ), where x² − (1 + μ)(1 − ηh)x + μ(1 − ηh) has the zero −1.

    O'Donoghue & Candès 2015, Adaptive restart for accelerated gradient schemes.
    """
    return 2 * (1 + momentum) / (1 + 2 * momentum)


def adagrad(gradient: Array, state: State, _count: int, rate: float, _parameters: Array, epsilon: float) -> tuple[Array, State]:
    """Return Δ = −η g / (√v + ε) with v ← v + g²."""
    square = gradient * gradient
    square += state["square"]
    return _divided(-rate * gradient, square, epsilon), {"square": square}


def rmsprop(
    gradient: Array, state: State, _count: int, rate: float, _parameters: Array, alpha: float, epsilon: float
) -> tuple[Array, State]:
    """Return Δ = −η g / (√v + ε) with v ← αv + (1 − α)g²."""
    square = _mean_of_squares(state["square"], gradient, alpha)
    return _divided(-rate * gradient, square, epsilon), {"square": square}


def adadelta(
    gradient: Array, state: State, _count: int, rate: float, _parameters: Array, rho: float, epsilon: float
) -> tuple[Array, State]:
    """Return Δ = −η d with v ← ρv + (1 − ρ)g², d = g √(u + ε) / √(v + ε), u ← ρu + (1 − ρ)d²: d has the unit of the parameters."""
    square = _mean_of_squares(state["square"], gradient, rho)
    direction = np.sqrt(state["step_square"] + epsilon)
    direction /= np.sqrt(square + epsilon)
    direction *= gradient
    return -rate * direction, {"square": square, "step_square": _mean_of_squares(state["step_square"], direction, rho)}


def adam(
    gradient: Array, state: State, count: int, rate: float, _parameters: Array, beta1: float, beta2: float, epsilon: float
) -> tuple[Array, State]:
    """Return Δ = −η m̂ / (√v̂ + ε) with m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ)."""
    mean, square = beta1 * state["mean"], beta2 * state["square"]
    # One vector in turn holds (1 − β₁)g, (1 − β₂)g², √v, √v̂ = √v / √(1 − β₂ᵗ), √v̂ + ε, m / (√v̂ + ε) and Δ: fewer new ones, faster steps.
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


def adamw(
    gradient: Array,
    state: State,
    count: int,
    rate: float,
    parameters: Array,
    beta1: float,
    beta2: float,
    epsilon: float,
    weight_decay: float,
) -> tuple[Array, State]:
    """Return Adam's Δ − ηλθ: weights decay apart from the gradient, so that √v̂ does not divide the decay.

    As in PyTorch every parameter decays, biases too. With ηλ ≥ 2 a weight would flip its sign and not shrink.
    """
    change, state = adam(gradient, state, count, rate, parameters, beta1, beta2, epsilon)
    change -= rate * weight_decay * parameters
    return change, state


def nadam(
    gradient: Array,
    state: State,
    count: int,
    rate: float,
    _parameters: Array,
    beta1: float,
    beta2: float,
    epsilon: float,
    momentum_decay: float,
) -> tuple[Array, State]:
    """Return Δ = −η [(1 − μₜ) g / (1 − μ₁⋯μₜ) + μₜ₊₁ m / (1 − μ₁⋯μₜ₊₁)] / (√v̂ + ε), m, v and v̂ as in Adam, μᵢ = β₁(1 − ½·0.96^(iγ)).

    That is Adam with Nesterov's look ahead; γ (`momentum_decay`) lets the momentum μᵢ grow from β₁/2 to β₁.
    """
    mean = beta1 * state["mean"]
    mean += (1 - beta1) * gradient
    square = _mean_of_squares(state["square"], gradient, beta2)
    now, following = (nadam_momentum(step, beta1, momentum_decay) for step in (count, count + 1))
    product = nadam_product(count, beta1, momentum_decay)
    change = (1 - now) / (1 - product) * gradient
    change += following / (1 - product * following) * mean
    change *= -rate
    return _divided(change, square / (1 - beta2**count), epsilon), {"mean": mean, "square": square}


def nadam_momentum(step: int, beta1: float, momentum_decay: float) -> float:
    """Return NAdam's μᵢ = β₁(1 − ½·0.96^(iγ)) of step i."""
    return float(beta1 * (1 - 0.5 * 0.96 ** (step * momentum_decay)))


def nadam_product(count: int, beta1: float, momentum_decay: float) -> float:
    """Return μ₁μ₂⋯μₜ = β₁ᵗ · Π (1 − ½·0.96^(iγ)), in the same time for any t.

    The first 1 000 factors are enough: where γ is so small that later ones still differ from 1, the product is below 1e-20 by then.
    """
    factors = 1 - 0.5 * 0.96 ** (momentum_decay * np.arange(1, min(count, NADAM_FACTORS) + 1))
    return float(beta1**count * factors.prod())


def _mean_of_squares(before: Array, vector: Array, kept: float) -> Array:
    """Return v ← κv + (1 − κ)g²."""
    square = vector * vector
    square *= 1 - kept
    square += kept * before
    return square


def _divided(vector: Array, square: Array, epsilon: float) -> Array:
    """Divide in place by √v + ε."""
    root = np.sqrt(square)
    root += epsilon
    vector /= root
    return vector


_MOMENTUM = Parameter("momentum", 0.9, 0.0, 1.0, open_high=True)
_BETAS = (Parameter("beta1", 0.9, 0.0, 1.0, open_high=True), Parameter("beta2", 0.999, 0.0, 1.0, open_high=True))


def _epsilon(default: float) -> Parameter:
    return Parameter("epsilon", default, LEAST_EPSILON)


_ADAM_MEANS = r"m \leftarrow \beta_1 m + (1-\beta_1) g \qquad v \leftarrow \beta_2 v + (1-\beta_2) g^2 \qquad "
_ADAM_STEP = r"\Delta = -\eta\, \frac{m / (1-\beta_1^t)}{\sqrt{v / (1-\beta_2^t)} + \epsilon}"
_ENTRIES = (
    Optimizer(
        "sgd",
        sgd,
        (),
        r"\Delta = -\eta\, g",
        "Steps straight down the slope, as far as rate times slope.",
        "Robbins & Monro 1951, A stochastic approximation method",
        limit=sgd_limit,
    ),
    Optimizer(
        "momentum",
        momentum,
        ("velocity",),
        r"v \leftarrow \mu v + g \qquad \Delta = -\eta\, v",
        "Rolls on like a ball: steps add up where the slope keeps its direction.",
        "Polyak 1964, Some methods of speeding up the convergence of iteration methods",
        (_MOMENTUM,),
        momentum_limit,
    ),
    Optimizer(
        "nesterov",
        nesterov,
        ("velocity",),
        r"v \leftarrow \mu v + g \qquad \Delta = -\eta \left(g + \mu v\right)",
        "Rolls like a ball that looks ahead: it brakes before it runs up the other side.",
        "Nesterov 1983; Sutskever, Martens, Dahl & Hinton 2013, On the importance of initialization and momentum in deep learning",
        (_MOMENTUM,),
        nesterov_limit,
    ),
    Optimizer(
        "adagrad",
        adagrad,
        ("square",),
        r"v \leftarrow v + g^2 \qquad \Delta = -\eta\, \frac{g}{\sqrt{v} + \epsilon}",
        "Gives weights that were rarely moved larger steps; all steps shrink as the squares of the slopes add up.",
        "Duchi, Hazan & Singer 2011, Adaptive subgradient methods for online learning and stochastic optimization",
        (_epsilon(1e-10),),
    ),
    Optimizer(
        "rmsprop",
        rmsprop,
        ("square",),
        r"v \leftarrow \alpha v + (1-\alpha) g^2 \qquad \Delta = -\eta\, \frac{g}{\sqrt{v} + \epsilon}",
        "Divides each slope by its usual recent size, so that all weights move at a like pace.",
        "Tieleman & Hinton 2012, Neural networks for machine learning, lecture 6.5",
        (Parameter("alpha", 0.99, 0.0, 1.0, open_high=True), _epsilon(1e-8)),
    ),
    Optimizer(
        "adadelta",
        adadelta,
        ("square", "step_square"),
        r"v \leftarrow \rho v + (1-\rho) g^2 \qquad \Delta = -\eta\, \frac{\sqrt{u + \epsilon}}{\sqrt{v + \epsilon}}\, g \qquad "
        r"u \leftarrow \rho u + (1-\rho) \frac{u + \epsilon}{v + \epsilon}\, g^2",
        "Finds its own step size from the size of its recent steps and slopes; a rate of 1 is usual.",
        "Zeiler 2012, ADADELTA: An adaptive learning rate method",
        (Parameter("rho", 0.9, 0.0, 1.0, open_high=True), _epsilon(1e-6)),
    ),
    Optimizer(
        "adam",
        adam,
        ("mean", "square"),
        _ADAM_MEANS + _ADAM_STEP,
        "Gives every weight its own step size, from the mean and the spread of its recent slopes.",
        "Kingma & Ba 2015, Adam: A method for stochastic optimization",
        (*_BETAS, _epsilon(1e-8)),
    ),
    Optimizer(
        "adamw",
        adamw,
        ("mean", "square"),
        _ADAM_MEANS + _ADAM_STEP + r" - \eta \lambda w",
        "Adam that also shrinks every weight and bias by the same share in each step, whatever its slopes.",
        "Loshchilov & Hutter 2019, Decoupled weight decay regularization",
        (*_BETAS, _epsilon(1e-8), Parameter("weight_decay", 0.01, 0.0)),
    ),
    Optimizer(
        "nadam",
        nadam,
        ("mean", "square"),
        _ADAM_MEANS + r"\mu_i = \beta_1 \left(1 - \frac{1}{2}\, 0.96^{i \gamma}\right) \qquad "
        r"\Delta = -\eta\, \frac{\frac{1 - \mu_t}{1 - \prod_{i=1}^{t} \mu_i}\, g + \frac{\mu_{t+1}}{1 - \prod_{i=1}^{t+1} \mu_i}\, m}"
        r"{\sqrt{v / (1-\beta_2^t)} + \epsilon}",
        "Adam that looks ahead like Nesterov's momentum.",
        "Dozat 2016, Incorporating Nesterov momentum into Adam",
        (*_BETAS, _epsilon(1e-8), Parameter("momentum_decay", 0.004, 0.0)),
    ),
)
OPTIMIZERS: dict[str, Optimizer] = {entry.name: entry for entry in _ENTRIES}
