from __future__ import annotations

import math

import numpy as np
import pytest

from nnviz.engine.evaluation import Examination, hits, r_squared
from nnviz.engine.network import Network, initialize
from nnviz.engine.objective import Objective
from tests.engine.build import spec


def test_one_output_is_judged_by_the_middle_of_its_targets() -> None:
    y = np.array([[0.4], [0.6], [-3.0]])
    assert hits(y, np.array([[0.0], [1.0], [1.0]]), (0.0, 1.0)) == 2
    assert hits(y, np.array([[1.0], [1.0], [-1.0]]), (-1.0, 1.0)) == 3


def test_several_outputs_are_judged_by_the_largest() -> None:
    y = np.array([[0.2, 0.5, 0.3], [0.9, 0.0, 0.1]])
    assert hits(y, np.eye(3)[[1, 2]], (0.0, 1.0)) == 1


def test_r_squared_as_scikit_learn_has_it() -> None:
    from sklearn.metrics import r2_score

    rng = np.random.default_rng(0)
    t, y = rng.normal(size=(30, 2)), rng.normal(size=(30, 2))
    assert r_squared(((y - t) ** 2).sum(axis=0), t) == pytest.approx(r2_score(t, y, multioutput="variance_weighted"), rel=1e-13)


@pytest.mark.parametrize("t", [np.ones((5, 1)), np.ones((1, 1))])
def test_r_squared_of_targets_that_do_not_vary_is_undefined(t: np.ndarray) -> None:
    assert math.isnan(r_squared(np.array([1.0]), t))


@pytest.mark.parametrize("classes", [0, 2])
def test_an_examination_in_pieces_is_one_of_the_whole(classes: int) -> None:
    made, rng = spec(2, 3, 1), np.random.default_rng(0)
    network = Network(made.network, initialize(made.network, 0))
    x, t = rng.normal(size=(23, 2)), np.sign(rng.normal(size=(23, 1)))
    whole, cut = (Examination(network.forward, Objective(made), x, t, classes, rows) for rows in (23, 5))
    assert list(whole.pieces()) == [False]
    assert list(cut.pieces()) == [False] * 5
    assert cut.loss == pytest.approx(whole.loss, rel=1e-14)
    assert cut.metric == pytest.approx(whole.metric, rel=1e-13)


def test_an_empty_part_has_no_loss() -> None:
    made = spec(2, 3, 1)
    examination = Examination(Network(made.network).forward, Objective(made), np.zeros((0, 2)), np.zeros((0, 1)), 2, 5)
    assert not list(examination.pieces())
    assert math.isnan(examination.loss) and math.isnan(examination.metric)
