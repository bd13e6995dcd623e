"""What the ends of epochs decide: the learning rate of the next one, which epoch was the best, and whether to stop.

Losses and metrics are those of the validation part, of the training part where there is no other.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any

from numpy.typing import NDArray

from nnviz.engine.evaluation import Evaluation
from nnviz.engine.schedules import SCHEDULES, Plateau, rate
from nnviz.engine.spec import TrainingSpec

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Best:
    """The epoch with the lowest loss so far; `waited` counts the epochs since that were no better."""

    loss: float | None = None
    epoch: int = 0
    waited: int = 0


@dataclass(frozen=True, slots=True)
class Past:
    """What a schedule and early stopping remember of the epochs before; part of where a run stands."""

    plateau: Plateau = field(default_factory=Plateau)
    best: Best = field(default_factory=Best)


@dataclass(frozen=True, slots=True)
class Stop:
    """Why training stops by itself: "target-loss", "target-metric", "max-seconds" or "patience"; and the best epoch."""

    reason: str
    epoch: int
    best_epoch: int


class Course:
    """Follows a run from epoch to epoch.

    Attributes:
        past: what is remembered.
        weights: the parameters of the best epoch, kept only where they may be restored.
    """

    def __init__(self, training: TrainingSpec, past: Past, weights: Array | None) -> None:
        self._training = training
        self.past, self.weights = past, weights

    def rate(self, epoch: int) -> float:
        """Return the learning rate of an epoch, the first being 0."""
        return rate(self._training, epoch, self.past.plateau)

    def end(self, epoch: int, found: Evaluation, parameters: Array, seconds: float) -> Stop | None:
        """Take in what the end of an epoch found; return why training is to stop, None if it is to go on."""
        training = self._training
        loss = found.train_loss if math.isnan(found.validation_loss) else found.validation_loss
        metric = found.train_metric if math.isnan(found.validation_metric) else found.validation_metric
        after = SCHEDULES[training.schedule.kind].after
        if after is not None:
            self.past = replace(self.past, plateau=after(self.past.plateau, loss, **dict(training.schedule.parameters)))
        if training.patience:
            self._compare(epoch, loss, parameters)
        if training.target_loss is not None and loss <= training.target_loss:
            return Stop("target-loss", epoch, epoch)
        if training.target_metric is not None and metric >= training.target_metric:
            return Stop("target-metric", epoch, epoch)
        if training.patience and self.past.best.waited >= training.patience:
            return Stop("patience", epoch, self.past.best.epoch)
        if training.max_seconds is not None and seconds >= training.max_seconds:
            return Stop("max-seconds", epoch, epoch)
        return None

    def _compare(self, epoch: int, loss: float, parameters: Array) -> None:
        """Remember the epoch if it is the best (Prechelt 1998, Early stopping - but when?)."""
        best = self.past.best
        if math.isfinite(loss) and (best.loss is None or loss < best.loss):
            self.past = replace(self.past, best=Best(loss, epoch, 0))
            self.weights = parameters.copy() if self._training.restore_best else None
        else:
            self.past = replace(self.past, best=replace(best, waited=best.waited + 1))

    def over(self) -> Array | None:
        """Return the weights to be restored after a stop by patience; then the waiting begins anew."""
        weights = self.weights
        self.past, self.weights = replace(self.past, best=Best()), None
        return weights
