"""How good a network is on one part of the data: its loss and one metric, accuracy or R².

The loss is that of the data, with the spec's reduction and without penalties.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.network import Pass
from nnviz.engine.objective import Objective

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Loss and metric on the training and the validation part; NaN where there is none. `metric_name` is "accuracy" or "r2"."""

    train_loss: float = math.nan
    validation_loss: float = math.nan
    train_metric: float = math.nan
    validation_metric: float = math.nan
    metric_name: str = "accuracy"


class Examination:
    """Goes through one part of the data chunk by chunk; afterwards `loss` and `metric` stand there."""

    def __init__(self, answer: Callable[[Array], Pass], objective: Objective, x: Array, t: Array, classes: int, rows: int) -> None:
        """Judge what `answer` makes of at most `rows` samples of x at once, against t (samples, outputs)."""
        self._answer, self._objective, self._rows = answer, objective, rows
        self._x, self._t, self._classes = x, t, classes
        self.loss = self.metric = math.nan

    def pieces(self) -> Iterator[bool]:
        """Do the work, yielding False after every piece of it."""
        losses, right, residual = 0.0, 0, np.zeros(self._t.shape[1])
        for start in range(0, len(self._x), self._rows):
            t = self._t[start : start + self._rows]
            passed = self._answer(self._x[start : start + self._rows])
            losses += float(self._objective.summed_loss(passed, t))
            if self._classes:
                right += hits(passed.outputs, t, self._objective.targets)
            else:
                residual += np.square(passed.outputs - t, dtype=np.float64).sum(axis=0)
            yield False
        if len(self._x):
            self.loss = self._objective.batch_scale(len(self._x)) * losses
            self.metric = right / len(self._x) if self._classes else r_squared(residual, self._t)


def metric_name(classes: int) -> str:
    """Return the name of the metric: of what is classified right, or of how much variance is explained."""
    return "accuracy" if classes else "r2"


def hits(y: Array, t: Array, targets: tuple[float, float]) -> int:
    """Return how many samples are classified right: one output by the middle of its two targets, several by the largest.

    Targets of which a teacher's shares are the first half end with the labels.
    """
    t = t[:, -y.shape[1] :]
    if t.shape[1] == 1:
        middle = sum(targets) / 2
        return int(np.count_nonzero((y > middle) == (t > middle)))
    return int(np.count_nonzero(y.argmax(axis=1) == t.argmax(axis=1)))


def r_squared(residual: Array, t: Array) -> float:
    """Return R² = 1 − Σ(y − t)² / Σ(t − t̄)², both sums over all samples and outputs; NaN if no target varies.

    An output counts by how much it varies, so that a pixel which is nearly always 0 does not outweigh the others.

    Args:
        residual: Σ(y − t)² of every output.
        t: all targets, shape (samples, outputs).
    """
    if not np.ptp(t, axis=0).any():  # told by the values: around a mean that is rounded they seem to vary
        return math.nan
    return 1 - float(residual.sum() / np.square(t - t.mean(axis=0), dtype=np.float64).sum())
