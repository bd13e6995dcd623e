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
        return raw.copy() if names == columns else np.take(raw, [columns.index(name) for name in names], axis=1)
    return np.stack([derived[name](raw) for name in names], axis=1)


def _derived(columns: tuple[str, ...]) -> Mapping[str, Callable[[Array], Array]] | None:
    """Return the table of features of a plane or a line; a table of named columns has none."""
    return {("x1",): LINE, ("x1", "x2"): PLANE}.get(columns)


@dataclass(frozen=True, slots=True)
class Scaling:
    """x ↦ (x − offset)/scale, column by column; `filling`, where there is one, stands in for empty (NaN) cells."""

    offset: Array
    scale: Array
    filling: Array | None = None

    def __call__(self, x: Array) -> Array:
        if self.filling is not None:
            x = np.where(np.isnan(x), self.filling, x)
        scaled = x - self.offset
        scaled /= self.scale
        return scaled


def fit(kind: str, x: Array, missing: str = "drop") -> Scaling:
    """Return the scaling that makes `x`, shape (samples, features), mean 0 and variance 1, or fit into [0, 1].

    A constant column is only moved to 0: it has no spread to divide by. With `missing` "mean" or "median", empty (NaN)
    cells are filled by that of their column, which must not be all empty. Raises KeyError for an unknown kind.
    """
    filling = None
    if missing != "drop":
        filling = np.nanmedian(x, axis=0) if missing == "median" else np.nanmean(x, axis=0)
        x = np.where(np.isnan(x), filling, x)
    if kind == "none":
        return Scaling(np.zeros(x.shape[1]), np.ones(x.shape[1]), filling)
    offset, scale = {"standard": _mean_and_deviation, "minmax": _least_and_range}[kind](x)
    return Scaling(offset, np.where(scale > rounding(x), scale, 1.0), filling)


def constant(x: Array) -> Array:
    """Return which columns hold one value, to rounding, shapes (samples, columns) -> (columns,); NaN is no value."""
    return np.asarray(np.fmax.reduce(x, axis=0) - np.fmin.reduce(x, axis=0) <= rounding(x))


def rounding(x: Array) -> Array:
    """Return up to what spread the numbers of each column may be one number, rounded, shape (columns,)."""
    return np.asarray(16.0 * np.finfo(np.float64).eps * np.fmax.reduce(np.abs(x), axis=0))


def _mean_and_deviation(x: Array) -> tuple[Array, Array]:
    return x.mean(axis=0), x.std(axis=0)


def _least_and_range(x: Array) -> tuple[Array, Array]:
    return x.min(axis=0), np.ptp(x, axis=0)
