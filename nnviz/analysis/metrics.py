"""How good answers are, beyond the loss: what is confused with what, precision, recall, F1, ROC AUC, R² and MAE.

Pure functions over arrays; the measures are scikit-learn's, which is imported when the first one is asked for.
Sources: van Rijsbergen 1979, Information retrieval (precision, recall, F); Fawcett 2006, An introduction to ROC analysis.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class ClassScores:
    """How well classes are told apart; one number a class, shape (classes,), unless said otherwise.

    Attributes:
        confusion: samples of class i that were called j, shape (classes, classes).
        precision: TP/(TP + FP), of those called so the share that are; 0 where none was.
        recall: TP/(TP + FN), of those that are so the share that were found; 0 where there is none.
        f1: 2·precision·recall/(precision + recall).
        auc: area under the ROC curve of this class against the rest, NaN where a side is empty.
    """

    confusion: Array
    precision: Array
    recall: Array
    f1: Array
    auc: Array

    @property
    def samples(self) -> Array:
        """How many samples each class has."""
        counts: Array = self.confusion.sum(axis=1)
        return counts

    @property
    def accuracy(self) -> float:
        """The share of samples on the diagonal; NaN without samples."""
        total = self.confusion.sum()
        return float(np.trace(self.confusion) / total) if total else math.nan

    @property
    def macro(self) -> tuple[float, float, float, float]:
        """Precision, recall, F1 and AUC as plain means over the classes, small ones counting as much as large ones."""
        means = (float(np.mean(values)) for values in (self.precision, self.recall, self.f1, self.auc))
        return next(means), next(means), next(means), next(means)


@dataclass(frozen=True, slots=True)
class ValueScores:
    """How close values come to their targets.

    Attributes:
        r2, mae: of each target, shape (targets,); R² is NaN where the target does not vary.
        r2_all: 1 − Σ(y − t)²/Σ(t − t̄)², both sums over all targets, as training shows it: the share of all variance explained.
        mae_mean: the mean of `mae`.
    """

    r2: Array
    mae: Array
    r2_all: float
    mae_mean: float


def called(outputs: Array, middle: float) -> Array:
    """Return the class each row is called, shape (samples, outputs) -> (samples,): one output by `middle`, several by the largest."""
    if outputs.shape[1] == 1:
        return (outputs[:, 0] > middle).astype(np.int64)
    largest: Array = outputs.argmax(axis=1)
    return largest


def class_scores(outputs: Array, labels: Array, classes: int, middle: float) -> ClassScores:
    """Judge the outputs of a classifier.

    Args:
        outputs: shape (samples, classes), or (samples, 1) where one output tells two classes apart.
        labels: class numbers, shape (samples,).
        classes: how many there are.
        middle: what a single output must exceed to mean class 1.
    """
    from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

    answers, numbers = called(outputs, middle), np.arange(classes)
    precision, recall, f1, _ = precision_recall_fscore_support(labels, answers, labels=numbers, zero_division=0.0)
    scores = np.hstack([-outputs, outputs]) if outputs.shape[1] == 1 else outputs
    auc = np.array([_auc(labels == number, scores[:, number]) for number in numbers])
    return ClassScores(confusion_matrix(labels, answers, labels=numbers), precision, recall, f1, auc)


def _auc(positive: Array, score: Array) -> float:
    """Return the chance that a sample of the class scores higher than one of the others."""
    from sklearn.metrics import roc_auc_score

    if positive.all() or not positive.any() or not np.isfinite(score).all():
        return math.nan
    return float(roc_auc_score(positive, score))


def value_scores(y: Array, t: Array) -> ValueScores:
    """Judge answers y against targets t, both shape (samples, targets)."""
    from sklearn.metrics import mean_absolute_error, r2_score

    nothing = np.full(t.shape[1], math.nan)
    if not (len(t) and np.isfinite(y).all()):
        return ValueScores(nothing, nothing, math.nan, math.nan)
    mae = np.asarray(mean_absolute_error(t, y, multioutput="raw_values"))
    varies = np.ptp(t, axis=0) > 0
    if len(t) < 2 or not varies.any():
        return ValueScores(nothing, mae, math.nan, float(mae.mean()))
    r2 = np.where(varies, r2_score(t, y, multioutput="raw_values"), math.nan)
    return ValueScores(r2, mae, float(r2_score(t, y, multioutput="variance_weighted")), float(mae.mean()))
