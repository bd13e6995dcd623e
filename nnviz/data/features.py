"""What the network is fed: features computed from the raw coordinates, and their scaling.

In a plane or on a line powers, products and sines of the coordinates are offered (as in TensorFlow Playground);
a table is fed column by column. Scaling is fitted on the training part alone and then applied to everything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

LINE: Mapping[str, Callable[[Array], Array]] = {
    "x1": lambda raw: raw[:, 0],
    "x1^2": lambda raw: raw[:, 0] ** 2,
    "sin(x1)": lambda raw: np.sin(raw[:, 0]),
}
PLANE: Mapping[str, Callable[[Array], Array]] = {
    "x1": lambda raw: raw[:, 0],
    "x2": lambda raw: raw[:, 1],
    "x1^2": lambda raw: raw[:, 0] ** 2,
    "x2^2": lambda raw: raw[:, 1] ** 2,
    "x1*x2": lambda raw: raw[:, 0] * raw[:, 1],
    "sin(x1)": lambda raw: np.sin(raw[:, 0]),
    "sin(x2)": lambda raw: np.sin(raw[:, 1]),
}


def available(columns: tuple[str, ...]) -> tuple[str, ...]:
    """Return the features on offer for data with these raw columns."""
    derived = _derived(columns)
    return columns if derived is None else tuple(derived)


def compute(names: tuple[str, ...], columns: tuple[str, ...], raw: Array) -> Array:
    """Return features of raw rows, shapes (samples, columns) -> (samples, features); every name must be `available`."""
    derived = _derived(columns)
    if derived is None:
        return raw[:, [columns.index(name) for name in names]]
    return np.stack([derived[name](raw) for name in names], axis=1)


def _derived(columns: tuple[str, ...]) -> Mapping[str, Callable[[Array], Array]] | None:
    """Return the table of features of a plane or a line; a table of named columns has none."""
    return {("x1",): LINE, ("x1", "x2"): PLANE}.get(columns)


@dataclass(frozen=True, slots=True)
class Scaling:
    """x ↦ (x − offset)/scale, column by column."""

    offset: Array
    scale: Array

    def __call__(self, x: Array) -> Array:
        return (x - self.offset) / self.scale


def fit(kind: str, x: Array) -> Scaling:
    """Return the scaling that makes `x`, shape (samples, features), mean 0 and variance 1, or fit into [0, 1].

    A constant column is only moved to 0: it has no spread to divide by. Raises KeyError for an unknown kind.
    """
    offset, scale = {
        "none": (np.zeros(x.shape[1]), np.ones(x.shape[1])),
        "standard": (x.mean(axis=0), x.std(axis=0)),
        "minmax": (x.min(axis=0), np.ptp(x, axis=0)),
    }[kind]
    rounding = 16.0 * np.finfo(np.float64).eps * np.abs(x).max(axis=0)
    return Scaling(offset, np.where(scale > rounding, scale, 1.0))
