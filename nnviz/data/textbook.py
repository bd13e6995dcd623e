"""Data sets small enough to follow by hand: truth tables, single samples, and the two networks of a lesson."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.random import Generator

from nnviz.data.dataset import Array, Dataset, Raw

_HERE = "made here"
_MAZUR = "Matt Mazur, A Step by Step Backpropagation Example, 2015"


def _fixed(inputs: Array, targets: Array, samples: int, noise: float, rng: Generator) -> Raw:
    """A handful of given samples; noise 1 moves an input by up to ½, half-way from 0 to 1."""
    del samples
    jitter = rng.uniform(-0.5, 0.5, inputs.shape) * noise
    return Raw(inputs + jitter, targets.copy())


def _ten(samples: int, noise: float, rng: Generator) -> Raw:
    """Ten inputs in [0, 1] and one smooth value in (0, 1); noise moves the inputs the value is read at by up to ½.

    y = 1/(1 + e⁻ˢ), s = 3·Σⱼ(−1)ʲ⁺¹(xⱼ − ½) + 8·(x₁ − ½)(x₂ − ½): the last term asks for hidden neurons.
    """
    x = rng.uniform(0.0, 1.0, (samples, 10))
    centered = x - 0.5 + rng.uniform(-0.5, 0.5, x.shape) * noise
    signs = np.where(np.arange(10) % 2 == 0, 1.0, -1.0)
    s = 3.0 * (centered * signs).sum(axis=1) + 8.0 * centered[:, 0] * centered[:, 1]
    return Raw(x, 1.0 / (1.0 + np.exp(-s[:, None])))


def _gate(name: str, title: str, summary: str, outputs: tuple[int, int, int, int]) -> Dataset:
    """Return a truth table of two inputs, in the order 00 01 10 11."""
    corners = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    make = partial(_fixed, corners, np.array(outputs, dtype=np.int64))
    return Dataset(name, title, summary, _HERE, make, ("x1", "x2"), ((-0.5, 1.5), (-0.5, 1.5)), ("false", "true"), samples=4)


def _given(name: str, title: str, summary: str, source: str, inputs: Array, values: Array, high: float) -> Dataset:
    """Return a regression set of given samples, shapes (samples, columns) and (samples, targets), shown over [0, high]."""
    columns = _numbered("x", inputs.shape[1])
    names = _numbered("y", values.shape[1]) if values.shape[1] > 1 else ("y",)
    domain, units = ((0.0, high),) * len(columns), ("",) * len(columns)
    make = partial(_fixed, inputs, values)
    return Dataset(name, title, summary, source, make, columns, domain, target_names=names, units=units, samples=len(inputs))


def _numbered(letter: str, count: int) -> tuple[str, ...]:
    return tuple(f"{letter}{number}" for number in range(1, count + 1))


TEXTBOOK = (
    _gate("and", "AND", "True where both inputs are true.", (0, 0, 0, 1)),
    _gate("or", "OR", "True where at least one input is true.", (0, 1, 1, 1)),
    _gate("xor", "XOR", "True where exactly one input is true; no straight line parts the classes.", (0, 1, 1, 0)),
    _given(
        "mazur",
        "Mazur's sample",
        "The one sample of the best known example of backpropagation by hand.",
        _MAZUR,
        np.array([[0.05, 0.10]]),
        np.array([[0.01, 0.99]]),
        high=1.0,
    ),
    _given(
        "one-neuron",
        "One neuron",
        "One sample of one input and one value: the smallest thing that can be learned.",
        _HERE,
        np.array([[2.1]]),
        np.array([[4.0]]),
        high=6.0,
    ),
    _given(
        "linear-3-4",
        "Three samples, four values",
        "Three samples on one line, with values no linear network meets: the least mean squared error is 2/9.",
        _HERE,
        np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]]),
        np.array([[1.0] * 4, [0.0] * 4, [1.0] * 4]),
        high=10.0,
    ),
    Dataset(
        "sigmoid-10-5-1",
        "Ten inputs, one value",
        "A smooth value between 0 and 1 of ten inputs between 0 and 1.",
        _HERE,
        _ten,
        _numbered("x", 10),
        ((0.0, 1.0),) * 10,
        target_names=("y",),
        units=("",) * 10,
    ),
)
