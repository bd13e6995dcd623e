"""The samples a network learns from, as arrays, and how class labels become targets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the data (train, validation or test).

    Attributes:
        x: inputs, shape (samples, inputs), float64.
        y: class labels, shape (samples,), integer; or values to meet, shape (samples, targets), float64.
        rows: where each sample stands in the whole data set, shape (samples,).
    """

    x: Array
    y: Array
    rows: Array

    def __len__(self) -> int:
        return len(self.x)


@dataclass(frozen=True, slots=True)
class Samples:
    """All parts of the data.

    Attributes:
        classes: 0 when the targets are values.
        teacher: what a teacher's output layer sums up to for each sample of the whole data set (its logits), shape
            (all samples, classes), found by `Part.rows`; None without a teacher.
    """

    train: Part
    validation: Part
    test: Part
    classes: int
    teacher: Array | None = None


def encode(y: Array, classes: int, outputs: int, low: float, high: float) -> Array:
    """Return the targets, shape (samples, outputs), float64.

    Values stay as they are. Labels become one-hot rows; two classes on one output become `low` and `high`,
    the ends of what the output can say (−1 and 1 for tanh, 0 and 1 for sigmoid).
    """
    if not classes:
        return y.astype(np.float64)
    if outputs == 1:
        return np.where(y == 1, high, low).astype(np.float64)[:, None]
    return np.eye(outputs)[y]
