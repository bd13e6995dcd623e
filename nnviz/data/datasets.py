"""The built-in data sets: what is known of each without making it, and the function that makes it.

The planar sets keep the conventions of TensorFlow Playground (playground.tensorflow.org, dataset.ts): the plane
is [−6, 6]², figures have radius 5, noise is a fraction 0..1. Every generator draws from the `rng` passed in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Array = NDArray[Any]
Domain = tuple[tuple[float, float], ...]

RADIUS = 5.0
EDGE = 6.0
PLANE: Domain = ((-EDGE, EDGE), (-EDGE, EDGE))


@dataclass(frozen=True, slots=True)
class Raw:
    """A data set as made.

    Attributes:
        inputs: one row a sample, one column a raw coordinate or table column, float64.
        targets: class numbers, shape (samples,), int64; or values, shape (samples, targets), float64.
    """

    inputs: Array
    targets: Array


@dataclass(frozen=True, slots=True)
class Dataset:
    """What is known of a data set before it is made.

    Attributes:
        make: (samples, noise, rng) -> Raw.
        samples: how many there are, None where the user says how many.
        columns, units, domain: name, unit ("" for none) and shown range of each raw column.
        class_names: one a class, none for regression. target_names: what the values to meet are called.
    """

    name: str
    title: str
    make: Callable[[int, float, Generator], Raw]
    columns: tuple[str, ...]
    domain: Domain
    class_names: tuple[str, ...] = ()
    target_names: tuple[str, ...] = ("class",)
    units: tuple[str, ...] = ("", "")
    samples: int | None = None

    @property
    def problem(self) -> str:
        """What is learned: "classification" or "regression"."""
        return "classification" if self.class_names else "regression"

    @property
    def classes(self) -> int:
        """How many classes there are, 0 for regression."""
        return len(self.class_names)

    @property
    def targets(self) -> int:
        """How many numbers stand in one sample's target: 1 for a class number."""
        return len(self.target_names)


def _fixed(inputs: Array, targets: Array, samples: int, noise: float, rng: Generator) -> Raw:
    """A handful of given samples; noise 1 moves an input by up to ½, half-way from 0 to 1."""
    del samples
    jitter = rng.uniform(-0.5, 0.5, inputs.shape) * noise
    return Raw(inputs + jitter, targets.copy())


def _circle(samples: int, noise: float, rng: Generator) -> Raw:
    """A disc inside a ring; noise moves the point by which the class is told, up to the radius itself."""
    inside = np.arange(samples) < samples // 2
    radius = np.where(inside, rng.uniform(0.0, 0.5, samples), rng.uniform(0.7, 1.0, samples)) * RADIUS
    points = _polar(radius, rng.uniform(0.0, 2.0 * np.pi, samples))
    shifted = points + rng.uniform(-RADIUS, RADIUS, points.shape) * noise
    return Raw(points, (np.hypot(shifted[:, 0], shifted[:, 1]) < 0.5 * RADIUS).astype(np.int64))


def _gauss(samples: int, noise: float, rng: Generator) -> Raw:
    """Two round clouds at (2, 2) and (−2, −2); noise 0..½ is a variance of ½..4."""
    labels = (np.arange(samples) < samples // 2).astype(np.int64)
    center = np.where(labels == 1, 2.0, -2.0)[:, None]
    return Raw(center + np.sqrt(0.5 + 7.0 * noise) * rng.standard_normal((samples, 2)), labels)


def _spiral(samples: int, noise: float, rng: Generator) -> Raw:
    """Two arms of 1¾ turns; noise 1 moves a point by up to 1 each way."""
    labels = (np.arange(samples) < samples // 2).astype(np.int64)
    along = np.concatenate([np.arange(samples // 2) / max(1, samples // 2), np.arange(samples - samples // 2) / (samples - samples // 2)])
    points = _polar(along * RADIUS, 3.5 * np.pi * along + np.where(labels == 1, 0.0, np.pi))
    return Raw(points + rng.uniform(-1.0, 1.0, points.shape) * noise, labels)


def _moons(samples: int, noise: float, rng: Generator) -> Raw:
    """Two interleaved half circles; noise is a standard deviation in units of their radius, as in scikit-learn."""
    labels = (np.arange(samples) < samples // 2).astype(np.int64)
    angle = rng.uniform(0.0, np.pi, samples)
    x = np.where(labels == 1, 1.0 - np.cos(angle), np.cos(angle))
    y = np.where(labels == 1, 0.5 - np.sin(angle), np.sin(angle))
    points = np.column_stack([x - 0.5, y - 0.25]) + noise * rng.standard_normal((samples, 2))
    return Raw(points * (RADIUS / 1.5), labels)


def _plane(samples: int, noise: float, rng: Generator) -> Raw:
    """An inclined plane, y = (x₁ + x₂)/10; noise moves the point the height is read at."""
    points = rng.uniform(-EDGE, EDGE, (samples, 2))
    shifted = points + rng.uniform(-EDGE, EDGE, points.shape) * noise
    return Raw(points, shifted.sum(axis=1, keepdims=True) / 10.0)


def _sine(samples: int, noise: float, rng: Generator) -> Raw:
    """One sine wave over [−6, 6]; noise 1 moves the value by up to 1 each way."""
    x = rng.uniform(-EDGE, EDGE, (samples, 1))
    return Raw(x, np.sin(x) + rng.uniform(-1.0, 1.0, x.shape) * noise)


def _iris(samples: int, noise: float, rng: Generator) -> Raw:
    """Fisher's irises (1936), from scikit-learn; noise is a share of each column's standard deviation."""
    from sklearn.datasets import load_iris

    del samples
    table = load_iris()
    inputs = np.asarray(table.data, dtype=np.float64)
    return Raw(inputs + noise * inputs.std(axis=0) * rng.standard_normal(inputs.shape), np.asarray(table.target, dtype=np.int64))


def _polar(radius: Array, angle: Array) -> Array:
    """Return the points of a polar curve, the angle turning clockwise from the x₂ axis as in the Playground."""
    return np.column_stack([radius * np.sin(angle), radius * np.cos(angle)])


def _gate(name: str, title: str, outputs: tuple[int, int, int, int]) -> Dataset:
    """Return a truth table of two inputs, in the order 00 01 10 11."""
    corners = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    make = partial(_fixed, corners, np.array(outputs, dtype=np.int64))
    return Dataset(name, title, make, ("x1", "x2"), ((-0.5, 1.5), (-0.5, 1.5)), ("false", "true"), samples=4)


def _one_sample(name: str, title: str, inputs: tuple[float, ...], values: tuple[float, ...], high: float) -> Dataset:
    """Return a regression set of a single sample, shown over [0, high]."""
    columns = tuple(f"x{number}" for number in range(1, len(inputs) + 1))
    names = tuple(f"y{number}" for number in range(1, len(values) + 1)) if len(values) > 1 else ("y",)
    make = partial(_fixed, np.array([inputs]), np.array([values]))
    units = ("",) * len(inputs)
    return Dataset(name, title, make, columns, ((0.0, high),) * len(inputs), target_names=names, units=units, samples=1)


_IRIS_COLUMNS = ("sepal length", "sepal width", "petal length", "petal width")
_IRIS_DOMAIN: Domain = ((4.0, 8.0), (2.0, 4.5), (1.0, 7.0), (0.0, 2.6))
_IRIS_CLASSES = ("setosa", "versicolor", "virginica")

DATASETS: dict[str, Dataset] = {
    item.name: item
    for item in (
        _gate("and", "AND", (0, 0, 0, 1)),
        _gate("or", "OR", (0, 1, 1, 1)),
        _gate("xor", "XOR", (0, 1, 1, 0)),
        Dataset("circle", "Circle", _circle, ("x1", "x2"), PLANE, ("outside", "inside")),
        Dataset("gauss", "Two Gaussians", _gauss, ("x1", "x2"), PLANE, ("lower left", "upper right")),
        Dataset("spiral", "Spiral", _spiral, ("x1", "x2"), PLANE, ("second arm", "first arm")),
        Dataset("moons", "Moons", _moons, ("x1", "x2"), PLANE, ("upper", "lower")),
        Dataset("plane", "Plane", _plane, ("x1", "x2"), PLANE, target_names=("y",)),
        Dataset("sine", "Sine", _sine, ("x1",), ((-EDGE, EDGE),), target_names=("y",), units=("",)),
        Dataset("iris", "Iris", _iris, _IRIS_COLUMNS, _IRIS_DOMAIN, _IRIS_CLASSES, ("species",), ("cm",) * 4, 150),
        _one_sample("mazur", "Mazur's sample", (0.05, 0.10), (0.01, 0.99), 1.0),
        _one_sample("one-neuron", "One neuron", (2.1,), (4.0,), 6.0),
    )
}
