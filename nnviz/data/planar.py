"""Data sets in a plane or on a line: the figures a small network learns to tell apart, or to follow.

They keep the conventions of TensorFlow Playground (playground.tensorflow.org, dataset.ts): the plane is [−6, 6]²,
figures have radius 5, noise is a fraction 0..1. Every generator draws from the `rng` passed in.
"""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from nnviz.data.dataset import Array, Dataset, Domain, Raw

RADIUS = 5.0
EDGE = 6.0
SQUARE: Domain = ((-EDGE, EDGE), (-EDGE, EDGE))
_PLAYGROUND = "made here, after TensorFlow Playground (Smilkov and Carter, 2016)"
_SCIKIT_LEARN = "made here, after scikit-learn's make_moons"
_HERE = "made here"


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


def _polar(radius: Array, angle: Array) -> Array:
    """Return the points of a polar curve, the angle turning clockwise from the x₂ axis as in the Playground."""
    return np.column_stack([radius * np.sin(angle), radius * np.cos(angle)])


_XY = ("x1", "x2")

PLANAR = (
    Dataset(
        "circle",
        "Circle",
        "A disc of one class inside a ring of the other.",
        _PLAYGROUND,
        _circle,
        _XY,
        SQUARE,
        class_names=("outside", "inside"),
    ),
    Dataset(
        "gauss",
        "Two Gaussians",
        "Two round clouds, one of each class.",
        _PLAYGROUND,
        _gauss,
        _XY,
        SQUARE,
        class_names=("lower left", "upper right"),
    ),
    Dataset(
        "spiral",
        "Spiral",
        "Two arms that wind round each other, one of each class.",
        _PLAYGROUND,
        _spiral,
        _XY,
        SQUARE,
        class_names=("second arm", "first arm"),
    ),
    Dataset(
        "moons",
        "Moons",
        "Two interleaved half circles, one of each class.",
        _SCIKIT_LEARN,
        _moons,
        _XY,
        SQUARE,
        class_names=("upper", "lower"),
    ),
    Dataset(
        "plane",
        "Plane",
        "The height of an inclined plane, (x₁ + x₂)/10.",
        _PLAYGROUND,
        _plane,
        _XY,
        SQUARE,
        target_names=("y",),
    ),
    Dataset(
        "sine",
        "Sine",
        "One sine wave, sin x₁, from −6 to 6.",
        _HERE,
        _sine,
        ("x1",),
        ((-EDGE, EDGE),),
        target_names=("y",),
        units=("",),
    ),
)
