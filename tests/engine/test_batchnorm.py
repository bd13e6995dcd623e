"""Batch norm: beside PyTorch (tables/make_layers.py), and what it remembers."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.engine.layers import TrainingMode
from nnviz.engine.network import Network, initialize, views
from tests.engine.build import batch_norm, stack
from tests.engine.tables.make_layers import BATCH_NORMS, TABLE, numbers

WANTED = np.load(TABLE)
TOLERANCE = 1e-10
TRAINING = TrainingMode(0, 1)
X = np.random.default_rng(0).normal(3.0, 2.0, (8, 2))


def norm(shape: tuple[int, ...] = (2,), **fields: float) -> Network:
    made = stack(shape, batch_norm(**fields))
    return Network(made, initialize(made, 0))


@pytest.mark.parametrize("name", BATCH_NORMS)
def test_batch_norm_is_pytorchs(name: str) -> None:
    case = BATCH_NORMS[name]
    net = norm(case.inputs[1:], momentum=case.momentum, epsilon=case.epsilon)
    view, channels = net.views[0], (case.inputs[-1],)
    view.weights[:, 0], view.bias[...] = numbers(name, "weights", channels), numbers(name, "bias", channels)
    view.statistics[...] = numbers(name, "mean", channels), numbers(name, "variance", channels)
    x, delta = (numbers(name, what, case.inputs).reshape(case.inputs[0], -1) for what in ("x", "delta"))
    passed = net.forward(x, TRAINING if case.training else None)
    upstream, gradient = net.layers[0].upstream(delta, passed.memory[0]), views(net.spec, net.backward(passed, delta))[0]
    net.follow(passed)
    found = [passed.outputs.ravel(), upstream.ravel(), gradient.weights.ravel(), gradient.bias, *view.statistics]
    np.testing.assert_allclose(np.concatenate(found), WANTED[name], rtol=TOLERANCE, atol=TOLERANCE)
    assert not gradient.statistics.any()


def test_a_batch_comes_out_with_mean_0_and_spread_1() -> None:
    outputs = norm(epsilon=1e-12).forward(X, TRAINING).outputs
    np.testing.assert_allclose(outputs.mean(axis=0), 0, atol=1e-14)
    np.testing.assert_allclose(outputs.std(axis=0), 1, rtol=1e-10)


def test_evaluation_takes_each_sample_by_itself() -> None:
    net = norm()
    net.views[0].statistics[...] = X.mean(axis=0), X.var(axis=0)
    together = net.forward(X).outputs
    np.testing.assert_array_equal(together, np.vstack([net.forward(row[None]).outputs for row in X]))
    np.testing.assert_allclose(together, norm().forward(X, TRAINING).outputs, rtol=1e-12)


def test_running_statistics_come_to_those_of_the_data() -> None:
    net = norm(momentum=0.5)
    for _ in range(60):
        net.follow(net.forward(X, TRAINING))
    np.testing.assert_allclose(net.views[0].statistics, [X.mean(axis=0), X.var(axis=0, ddof=1)], rtol=1e-12)


def test_evaluation_and_a_frozen_layer_move_nothing() -> None:
    for net, mode in ((norm(), None), (norm(frozen=True), TRAINING)):
        before = net.parameters.copy()
        net.follow(net.forward(X, mode))
        np.testing.assert_array_equal(net.parameters, before)


def test_a_frozen_layer_is_the_same_in_training_and_evaluation() -> None:
    net = norm(frozen=True)
    np.testing.assert_array_equal(net.forward(X, TRAINING).outputs, net.forward(X).outputs)


def test_a_single_sample_has_no_spread_and_takes_the_running_one() -> None:
    net = norm()
    assert net.forward(X[:1], TRAINING).outputs.tobytes() == net.forward(X[:1]).outputs.tobytes()
    before = net.parameters.copy()
    net.follow(net.forward(X[:1], TRAINING))
    assert net.parameters.tobytes() == before.tobytes()


def test_a_constant_column_stays_finite() -> None:
    for x in (np.full((4, 2), 7.0),):
        net = norm()
        passed = net.forward(x, TRAINING)
        np.testing.assert_array_equal(passed.outputs, np.zeros_like(x))
        assert np.isfinite(net.layers[0].upstream(np.ones_like(x), passed.memory[0])).all()
        net.follow(passed)
        assert np.isfinite(net.parameters).all()
