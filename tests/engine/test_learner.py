"""The optimizer step: chunks add up, what is not finite is refused before clipping can hide it, and little is kept."""

from __future__ import annotations

import math
import tracemalloc
from typing import Any

import numpy as np
import pytest

from nnviz.engine.learner import Learner
from nnviz.engine.network import Network, initialize
from nnviz.engine.objective import Objective
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.samples import Array
from nnviz.engine.spec import PRECISIONS, Spec
from tests.engine.build import spec

X = np.random.default_rng(0).normal(size=(12, 2))
T = np.sin(X[:, :1])


def learner(made: Spec, parameters: Array | None = None, *, wary: bool = False) -> Learner:
    precision = made.training.precision
    flat = initialize(made.network, 0) if parameters is None else parameters
    state = OPTIMIZERS[made.training.optimizer.kind].state(flat.size, precision)
    return Learner(made, Network(made.network, flat.astype(precision)), state, wary=wary)


def learn(made: Learner, x: Array, t: Array, rows: int = 1000) -> bool:
    made.begin(1)
    with np.errstate(all="ignore"):
        for start in range(0, len(x), rows):
            made.add(x[start : start + rows], t[start : start + rows])
        return made.finish(1)


def one_weight(precision: str, **training: Any) -> Spec:
    return spec(1, 1, output="linear", problem="regression", precision=precision, learning_rate=0.1, **training)


@pytest.mark.parametrize("rows", [1, 5, 12])
def test_chunks_add_up_to_the_batch(rows: int) -> None:
    made = spec(2, 4, 1)
    here = learner(made)
    network = Network(made.network, here.network.parameters.copy())
    assert math.isnan(here.loss)
    assert learn(here, X, T, rows)
    objective, passed = Objective(made), network.forward(X)
    gradient = network.backward(passed, objective.delta(passed, T)) / 12
    assert here.loss == pytest.approx(objective.loss(passed, T), rel=1e-13)
    np.testing.assert_allclose(here.gradient, gradient, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(here.network.parameters, network.parameters - made.training.learning_rate * gradient, rtol=1e-12)


def test_a_batch_that_was_not_finished_is_forgotten() -> None:
    here, other = learner(spec(2, 4, 1)), learner(spec(2, 4, 1))
    here.add(X[:5], T[:5])
    assert learn(here, X, T) and learn(other, X, T)
    assert here.loss == other.loss
    assert here.network.parameters.tobytes() == other.network.parameters.tobytes()


@pytest.mark.parametrize("clip", [{}, {"clip_norm": 1.0}, {"clip_value": 1.0}], ids=["not clipped", "norm", "value"])
@pytest.mark.parametrize("precision", PRECISIONS)
def test_an_infinite_loss_or_gradient_is_refused_though_clipping_would_hide_it(precision: str, clip: dict[str, float]) -> None:
    root = float(np.sqrt(np.finfo(precision).max))
    x = np.ones((8, 1), precision)
    for miss in (3 * root, math.inf, math.nan):  # the loss overflows; then the gradient too
        here = learner(one_weight(precision, **clip))
        before = here.network.parameters.tobytes()
        assert not learn(here, x, np.full((8, 1), miss, precision)), miss
        assert here.network.parameters.tobytes() == before


@pytest.mark.parametrize("precision", PRECISIONS)
def test_a_loss_that_overflows_in_one_of_many_samples_is_refused(precision: str) -> None:
    """The mean makes the gradient small, so that only a bound far below the largest number sees it."""
    x, t = np.ones((5000, 1), precision), np.zeros((5000, 1), precision)
    t[17] = 1.1 * float(np.sqrt(np.finfo(precision).max))
    for rows in (5000, 1000):
        assert not learn(learner(one_weight(precision, clip_norm=1.0)), x, t, rows)


@pytest.mark.parametrize("precision", PRECISIONS)
def test_clipping_rescues_a_gradient_that_is_only_long(precision: str) -> None:
    """The squared length overflows, the loss and all entries are finite."""
    root = float(np.sqrt(np.finfo(precision).max))
    x, t = np.full((1, 1), 100, precision), np.full((1, 1), root / 10, precision)
    clipped = learner(one_weight(precision, clip_norm=1.0), np.zeros(2))
    assert learn(clipped, x, t)
    assert np.linalg.norm(clipped.network.parameters) == pytest.approx(0.1, rel=1e-5)
    assert not learn(learner(one_weight(precision), np.zeros(2)), x, t)


def test_a_wary_learner_looks_at_the_loss_of_every_batch() -> None:
    made, parameters = spec(1, 1, output="sigmoid", problem="regression"), np.array([0.0, 1000.0])
    x, t = np.ones((2, 1)), np.full((2, 1), 1e200)
    assert learn(learner(made, parameters), x, t)
    assert not learn(learner(made, parameters, wary=True), x, t)


def test_a_long_batch_keeps_one_chunk_only() -> None:
    here = learner(spec(2, 32, 1))
    x, t = np.ones((500, 2)), np.ones((500, 1))
    here.begin(1)
    here.add(x, t)
    tracemalloc.start()
    try:
        for _ in range(20):
            here.add(x, t)
        assert tracemalloc.get_traced_memory()[0] < 3 * 500 * 32 * 8
    finally:
        tracemalloc.stop()
