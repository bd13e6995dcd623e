"""How weights begin: each initializer draws a (units, sources) matrix from the generator it is handed.

The spread is chosen so that signals (LeCun), signals and gradients (Glorot) or signals behind ReLUs (He) neither fade nor
grow from layer to layer. Biases begin at 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.table import Parameter

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Initializer:
    """One initializer.

    Attributes:
        draw: (rng, units, sources, fan_out, **parameters) -> weights, shape (units, sources), float64. Every unit reads `sources`
            numbers (n_in) and every source is read `fan_out` times (n_out): by all units of a dense layer, and in a
            convolution by each filter at each place of its kernel.
        formula: LaTeX.
    """

    name: str
    draw: Callable[..., Array]
    formula: str
    summary: str
    source: str
    parameters: tuple[Parameter, ...] = ()


def zeros(_rng: np.random.Generator, units: int, sources: int, _fan_out: int) -> Array:
    """Return zeros."""
    return np.zeros((units, sources))


def constant(_rng: np.random.Generator, units: int, sources: int, _fan_out: int, value: float) -> Array:
    """Return the same number everywhere."""
    return np.full((units, sources), value)


def uniform(rng: np.random.Generator, units: int, sources: int, _fan_out: int, limit: float) -> Array:
    """Return weights drawn evenly from −limit to limit."""
    return rng.uniform(-limit, limit, (units, sources))


def normal(rng: np.random.Generator, units: int, sources: int, _fan_out: int, sd: float) -> Array:
    """Return normal weights with standard deviation `sd`."""
    return rng.normal(0, sd, (units, sources))


def xavier_uniform(rng: np.random.Generator, units: int, sources: int, fan_out: int) -> Array:
    """Return weights drawn evenly from ±√(6 / (sources + fan_out))."""
    return uniform(rng, units, sources, fan_out, math.sqrt(6 / (sources + fan_out)))


def xavier_normal(rng: np.random.Generator, units: int, sources: int, fan_out: int) -> Array:
    """Return normal weights with variance 2 / (sources + fan_out)."""
    return normal(rng, units, sources, fan_out, math.sqrt(2 / (sources + fan_out)))


def he_uniform(rng: np.random.Generator, units: int, sources: int, fan_out: int) -> Array:
    """Return weights drawn evenly from ±√(6 / sources)."""
    return uniform(rng, units, sources, fan_out, math.sqrt(6 / sources))


def he_normal(rng: np.random.Generator, units: int, sources: int, fan_out: int) -> Array:
    """Return normal weights with variance 2 / sources."""
    return normal(rng, units, sources, fan_out, math.sqrt(2 / sources))


def lecun_normal(rng: np.random.Generator, units: int, sources: int, fan_out: int) -> Array:
    """Return normal weights with variance 1 / sources."""
    return normal(rng, units, sources, fan_out, math.sqrt(1 / sources))


def orthogonal(rng: np.random.Generator, units: int, sources: int, _fan_out: int, gain: float) -> Array:
    """Return `gain` times a random matrix whose rows (or columns, where these are fewer) are orthogonal and of length 1.

    It is the Q of a normal matrix A = QR. Only with R's diagonal made positive are all rotations equally likely
    (Mezzadri 2007, How to generate random matrices from the classical compact groups).
    """
    matrix = rng.standard_normal((units, sources))
    q, r = np.linalg.qr(matrix if units >= sources else matrix.T)
    q *= np.where(np.diag(r) < 0, -gain, gain)
    return q if units >= sources else q.T


_GLOROT = "Glorot & Bengio 2010, Understanding the difficulty of training deep feedforward neural networks"
_HE = "He, Zhang, Ren & Sun 2015, Delving deep into rectifiers"
_ENTRIES = (
    Initializer(
        "zeros",
        zeros,
        r"w = 0",
        "All weights 0: every neuron of a layer learns the same, a mistake worth seeing once.",
        "Rumelhart, Hinton & Williams 1986, on breaking symmetry",
    ),
    Initializer(
        "constant",
        constant,
        r"w = c",
        "All weights the same number: like zeros, every neuron of a layer stays a copy of the others.",
        "Goodfellow, Bengio & Courville 2016, Deep learning, section 8.4",
        (Parameter("value", 0.1),),
    ),
    Initializer(
        "uniform",
        uniform,
        r"w \sim U(-r, r)",
        "Even spread between −r and r, whatever the size of the layer.",
        "Rumelhart, Hinton & Williams 1986, Learning representations by back-propagating errors",
        (Parameter("limit", 0.5, 0.0),),
    ),
    Initializer(
        "normal",
        normal,
        r"w \sim N(0, \sigma^2)",
        "Bell-shaped spread of one width, whatever the size of the layer.",
        "Krizhevsky, Sutskever & Hinton 2012, ImageNet classification with deep convolutional neural networks",
        (Parameter("sd", 0.05, 0.0),),
    ),
    Initializer(
        "xavier_uniform",
        xavier_uniform,
        r"w \sim U\left(-\sqrt{\tfrac{6}{n_{in} + n_{out}}}, \sqrt{\tfrac{6}{n_{in} + n_{out}}}\right)",
        "Even spread that keeps signals and gradients the same size through tanh and sigmoid layers.",
        _GLOROT,
    ),
    Initializer(
        "xavier_normal",
        xavier_normal,
        r"w \sim N\left(0, \tfrac{2}{n_{in} + n_{out}}\right)",
        "Bell-shaped spread that keeps signals and gradients the same size through tanh and sigmoid layers.",
        _GLOROT,
    ),
    Initializer(
        "he_uniform",
        he_uniform,
        r"w \sim U\left(-\sqrt{\tfrac{6}{n_{in}}}, \sqrt{\tfrac{6}{n_{in}}}\right)",
        "Even spread that keeps signals the same size through ReLU layers, which cut half of them.",
        _HE,
    ),
    Initializer(
        "he_normal",
        he_normal,
        r"w \sim N\left(0, \tfrac{2}{n_{in}}\right)",
        "Bell-shaped spread that keeps signals the same size through ReLU layers, which cut half of them.",
        _HE,
    ),
    Initializer(
        "lecun_normal",
        lecun_normal,
        r"w \sim N\left(0, \tfrac{1}{n_{in}}\right)",
        "Bell-shaped spread that keeps signals the same size through linear layers; what selu needs.",
        "LeCun, Bottou, Orr & Müller 1998, Efficient BackProp",
    ),
    Initializer(
        "orthogonal",
        orthogonal,
        r"W = g\, Q \qquad Q^T Q = I",
        "A random rotation: the layer turns its inputs without stretching or squeezing any of them.",
        "Saxe, McClelland & Ganguli 2014, Exact solutions to the nonlinear dynamics of learning in deep linear neural networks",
        (Parameter("gain", 1.0, 0.0),),
    ),
)
INITIALIZERS: dict[str, Initializer] = {entry.name: entry for entry in _ENTRIES}
