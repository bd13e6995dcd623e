"""Metrics: by hand on a small case, as scikit-learn has them on many, and defined or NaN at the edges."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnviz.analysis.metrics import called, class_scores, value_scores
from nnviz.engine.evaluation import r_squared

# Three classes, six samples: 0 is found twice of three times, 1 once of two, and 2 is what the others are taken for.
OUTPUTS = np.array([[0.9, 0.0, 0.1], [0.8, 0.1, 0.1], [0.2, 0.1, 0.7], [0.1, 0.8, 0.1], [0.3, 0.3, 0.4], [0.0, 0.2, 0.8]])
LABELS = np.array([0, 0, 0, 1, 1, 2])


def test_by_hand() -> None:
    found = class_scores(OUTPUTS, LABELS, 3, 0.5)
    assert found.confusion.tolist() == [[2, 0, 1], [0, 1, 1], [0, 0, 1]]
    np.testing.assert_allclose(found.precision, [1, 1, 1 / 3])
    np.testing.assert_allclose(found.recall, [2 / 3, 1 / 2, 1])
    np.testing.assert_allclose(found.f1, [4 / 5, 2 / 3, 1 / 2])
    assert found.accuracy == pytest.approx(4 / 6)
    assert found.samples.tolist() == [3, 2, 1]
    np.testing.assert_allclose(found.macro[:3], [7 / 9, 13 / 18, (4 / 5 + 2 / 3 + 1 / 2) / 3])
    # Of the 3 · 3 pairs, class 0 against the rest: 0.9 and 0.8 beat all of 0.1, 0.3, 0.0; 0.2 beats two of them.
    assert found.auc[0] == pytest.approx(8 / 9)
    assert found.auc[2] == pytest.approx(1)


def test_one_output_tells_two_classes_apart_by_the_middle() -> None:
    outputs, labels = np.array([[-0.9], [-0.2], [0.1], [0.7]]), np.array([0, 1, 0, 1])
    assert called(outputs, 0.0).tolist() == [0, 0, 1, 1]
    assert called(outputs, 0.5).tolist() == [0, 0, 0, 1]
    found = class_scores(outputs, labels, 2, 0.0)
    assert found.confusion.tolist() == [[1, 1], [1, 1]]
    assert found.auc.tolist() == [0.75, 0.75]


@given(st.integers(0, 2**32 - 1), st.integers(2, 6), st.integers(2, 60))
def test_as_scikit_learn_has_them(seed: int, classes: int, samples: int) -> None:
    from sklearn import metrics

    rng = np.random.default_rng(seed)
    outputs, labels = rng.dirichlet(np.ones(classes), samples), rng.integers(0, classes, samples)
    answers, found, numbers = outputs.argmax(axis=1), class_scores(outputs, labels, classes, 0.5), range(classes)
    assert found.accuracy == metrics.accuracy_score(labels, answers)
    macro = metrics.precision_recall_fscore_support(labels, answers, labels=numbers, average="macro", zero_division=0.0)[:3]
    np.testing.assert_allclose(found.macro[:3], macro, rtol=1e-12)
    if len(set(labels)) == classes > 2:
        assert found.macro[3] == pytest.approx(metrics.roc_auc_score(labels, outputs, multi_class="ovr", labels=list(numbers)))


def test_a_class_nobody_has_and_nobody_is_called() -> None:
    found = class_scores(np.array([[0.8, 0.2, 0.0], [0.3, 0.7, 0.0]]), np.array([0, 1]), 3, 0.5)
    assert found.precision[2] == found.recall[2] == found.f1[2] == 0
    assert math.isnan(found.auc[2]) and math.isnan(found.macro[3])
    assert found.auc[:2].tolist() == [1, 1]


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_outputs_that_overflow_have_no_auc(bad: float) -> None:
    found = class_scores(np.array([[bad], [0.2]]), np.array([0, 1]), 2, 0.5)
    assert np.isnan(found.auc).all()
    assert found.confusion.sum() == 2


def test_no_samples_no_accuracy() -> None:
    found = class_scores(np.zeros((1, 3)), np.array([0]), 3, 0.5)
    assert found.accuracy == 1
    assert math.isnan(type(found)(found.confusion * 0, *[found.f1] * 4).accuracy)


def test_values_by_hand() -> None:
    t, y = np.array([[0.0, 5.0], [2.0, 5.0], [4.0, 5.0]]), np.array([[0.0, 5.0], [2.0, 6.0], [3.0, 5.0]])
    found = value_scores(y, t)
    np.testing.assert_allclose(found.mae, [1 / 3, 1 / 3])
    assert found.mae_mean == pytest.approx(1 / 3)
    assert found.r2[0] == pytest.approx(1 - 1 / 8)
    assert math.isnan(found.r2[1])
    assert found.r2_all == pytest.approx(1 - 1 / 8)
    wide = value_scores(y[:, [0, 0]], t[:, [0, 0]] * [1, 2])  # residuals 1 and 4 + 25, spreads 8 and 32
    assert wide.r2_all == pytest.approx(1 - (1 + 29) / 40)


@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.integers(2, 40))
def test_r2_is_that_of_training(seed: int, targets: int, samples: int) -> None:
    rng = np.random.default_rng(seed)
    y, t = rng.normal(size=(2, samples, targets))
    assert value_scores(y, t).r2_all == pytest.approx(r_squared(np.square(y - t).sum(axis=0), t), rel=1e-9)


def test_values_without_variance_or_without_end() -> None:
    alone = value_scores(np.array([[1.0]]), np.array([[3.0]]))
    assert alone.mae_mean == 2
    assert math.isnan(alone.r2_all)
    for y in (np.array([[math.inf], [0.0]]), np.zeros((0, 1))):
        found = value_scores(y, np.arange(len(y), dtype=float)[:, None])
        assert math.isnan(found.mae_mean) and math.isnan(found.r2_all)
