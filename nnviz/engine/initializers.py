"""How weights begin: each initializer draws a (units, sources) matrix from the generator it is handed.

The spread is chosen so that signals (Glorot) or signals behind ReLUs (He) neither fade nor grow from
layer to layer. Biases begin at 0.
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
    """One initializer: `draw` (rng, units, sources, **parameters) -> weights, shape (units, sources), float64."""

    name: str
    draw: Callable[..., Array]
    formula: str
    summary: str
    source: str
    parameters: tuple[Parameter, ...] = ()


def zeros(_rng: np.random.Generator, units: int, sources: int) -> Array:
    """Return zeros."""
    return np.zeros((units, sources))


def uniform(rng: np.random.Generator, units: int, sources: int, limit: float) -> Array:
    """Return weights drawn evenly from −limit to limit."""
    return rng.uniform(-limit, limit, (units, sources))


def xavier_uniform(rng: np.random.Generator, units: int, sources: int) -> Array:
    """Return weights drawn evenly from ±√(6 / (sources + units))."""
    return uniform(rng, units, sources, math.sqrt(6 / (sources + units)))


def xavier_normal(rng: np.random.Generator, units: int, sources: int) -> Array:
    """Return normal weights with variance 2 / (sources + units)."""
    return rng.normal(0, math.sqrt(2 / (sources + units)), (units, sources))


def he_uniform(rng: np.random.Generator, units: int, sources: int) -> Array:
    """Return weights drawn evenly from ±√(6 / sources)."""
    return uniform(rng, units, sources, math.sqrt(6 / sources))


def he_normal(rng: np.random.Generator, units: int, sources: int) -> Array:
    """Return normal weights with variance 2 / sources."""
    return rng.normal(0, math.sqrt(2 / sources), (units, sources))


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
        "uniform",
        uniform,
        r"w \sim U(-r, r)",
        "Even spread between −r and r, whatever the size of the layer.",
        "Rumelhart, Hinton & Williams 1986, Learning representations by back-propagating errors",
        (Parameter("limit", 0.5, 0.0),),
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
)
INITIALIZERS: dict[str, Initializer] = {entry.name: entry for entry in _ENTRIES}
