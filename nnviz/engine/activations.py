"""Activation functions: a = f(z), its derivative, and the words and formulas that teach it.

z has shape (samples, units). Every function keeps the dtype it is given, and complex numbers pass
through it: branches look at `z.real` only, so that derivatives can be checked by complex steps
(Squire & Trapp 1998). A new activation is one entry of `ACTIVATIONS`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.table import Parameter

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Activation:
    """One activation function.

    Attributes:
        value: (z, **parameters) -> a, same shape.
        derivative: (z, a, **parameters) -> f'(z), same shape; None where units are coupled (softmax).
        range: the outputs that stand for "no" and "yes" when one output tells two classes apart.
        formula, derivative_formula: LaTeX.
        product: (z, a, g, **parameters) -> g times the derivative, shape (samples, units), where that is more (softmax) or can be
            had for less than f'(z)·g; else None.
        probabilities: whether outputs always lie in [0, 1], as a cross-entropy needs them.
        kinks: the z at which the derivative jumps.
    """

    name: str
    value: Callable[..., Array]
    derivative: Callable[..., Array] | None
    range: tuple[float, float]
    formula: str
    derivative_formula: str
    summary: str
    source: str
    parameters: tuple[Parameter, ...] = ()
    product: Callable[..., Array] | None = None
    probabilities: bool = False
    kinks: tuple[float, ...] = ()

    @property
    def backward(self) -> Callable[..., Array]:
        """The chain rule through the function: (z, a, ∂ℓ/∂a, **parameters) -> δ = ∂ℓ/∂z, all shapes (samples, units)."""
        return self._slope_times_upstream if self.product is None else self.product

    def _slope_times_upstream(self, z: Array, a: Array, upstream: Array, **parameters: float) -> Array:
        assert self.derivative is not None
        delta: Array = self.derivative(z, a, **parameters) * upstream
        return delta


def linear(z: Array) -> Array:
    """Return z itself."""
    return z


def linear_derivative(_z: Array, a: Array) -> Array:
    """Return ones."""
    return np.ones_like(a)


def linear_product(_z: Array, _a: Array, g: Array) -> Array:
    """Return g itself."""
    return g


def sigmoid(z: Array) -> Array:
    """Return 1 / (1 + e^−z), by e^−|z| alone so that nothing overflows."""
    right = z.real >= 0
    small = np.exp(np.where(right, -z, z))
    a: Array = np.where(right, z.dtype.type(1), small) / (1 + small)
    return a


def sigmoid_derivative(_z: Array, a: Array) -> Array:
    """Return a(1 − a)."""
    slope: Array = a * (1 - a)
    return slope


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


def softmax(z: Array) -> Array:
    """Return e^zₖ / Σⱼ e^zⱼ in every row; subtracting the row's largest z changes nothing but avoids overflow."""
    powers = np.exp(z - z.real.max(axis=1, keepdims=True))
    shares: Array = powers / powers.sum(axis=1, keepdims=True)
    return shares


def softmax_product(_z: Array, a: Array, g: Array) -> Array:
    """Return a·(g − Σₖ gₖaₖ): each unit moves all others, ∂aₖ/∂zⱼ = aₖ(1ₖⱼ − aⱼ)."""
    delta: Array = a * (g - (g * a).sum(axis=1, keepdims=True))
    return delta


_ENTRIES = (
    Activation(
        "linear",
        linear,
        linear_derivative,
        (-1.0, 1.0),
        r"f(z) = z",
        r"f'(z) = 1",
        "Passes the sum on unchanged; layers of it alone stay one linear map.",
        "Widrow & Hoff 1960, Adaptive switching circuits",
        product=linear_product,
    ),
    Activation(
        "sigmoid",
        sigmoid,
        sigmoid_derivative,
        (0.0, 1.0),
        r"f(z) = \frac{1}{1 + e^{-z}}",
        r"f'(z) = a\,(1 - a)",
        "Squeezes any number smoothly into 0 to 1, so that it can be read as a probability.",
        "Rumelhart, Hinton & Williams 1986, Learning representations by back-propagating errors",
        probabilities=True,
    ),
    Activation(
        "tanh",
        np.tanh,
        tanh_derivative,
        (-1.0, 1.0),
        r"f(z) = \tanh z",
        r"f'(z) = 1 - a^2",
        "Squeezes any number smoothly into −1 to 1, with 0 staying 0.",
        "LeCun, Bottou, Orr & Müller 1998, Efficient BackProp",
        product=tanh_product,
    ),
    Activation(
        "relu",
        relu,
        relu_derivative,
        (0.0, 1.0),
        r"f(z) = \max(0, z)",
        r"f'(z) = \begin{cases} 1 & z > 0 \\ 0 & z \le 0 \end{cases}",
        "Keeps what is positive and cuts everything else to 0.",
        "Nair & Hinton 2010, Rectified linear units improve restricted Boltzmann machines",
        kinks=(0.0,),
    ),
    Activation(
        "leaky_relu",
        leaky_relu,
        leaky_relu_derivative,
        (-1.0, 1.0),
        r"f(z) = \begin{cases} z & z > 0 \\ s\,z & z \le 0 \end{cases}",
        r"f'(z) = \begin{cases} 1 & z > 0 \\ s & z \le 0 \end{cases}",
        "Like ReLU, but lets a little of the negative through, so that no unit dies.",
        "Maas, Hannun & Ng 2013, Rectifier nonlinearities improve neural network acoustic models",
        parameters=(Parameter("slope", 0.01, 0.0, 1.0),),
        kinks=(0.0,),
    ),
    Activation(
        "softmax",
        softmax,
        None,
        (0.0, 1.0),
        r"f(z)_k = \frac{e^{z_k}}{\sum_j e^{z_j}}",
        r"\frac{\partial a_k}{\partial z_j} = a_k\,(1_{k=j} - a_j)",
        "Turns the layer's numbers into shares that add up to 1.",
        "Bridle 1990, Probabilistic interpretation of feedforward classification network outputs",
        product=softmax_product,
        probabilities=True,
    ),
)
ACTIVATIONS: dict[str, Activation] = {entry.name: entry for entry in _ENTRIES}
