from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nnviz.engine.losses import REDUCTIONS
from nnviz.engine.network import Network, initialize
from nnviz.engine.objective import Objective
from nnviz.engine.spec import Spec
from tests.engine.build import spec

X = np.random.default_rng(0).normal(size=(4, 2))
T = np.eye(3)[[0, 2, 1, 1]]


def network(made: Spec) -> Network:
    return Network(made.network, initialize(made.network, 0))


@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_loss_is_the_scaled_sum(reduction: str) -> None:
    made = spec(2, 3, 3, output="linear", reduction=reduction)
    objective, passed = Objective(made), network(made).forward(X)
    squares = (passed.outputs - T) ** 2
    factor = {"mean": 1 / 4, "half-mean": 1 / 8, "sum": 1, "half-sum": 1 / 2, "mean-over-elements": 1 / 12}[reduction]
    assert objective.loss(passed, T) == pytest.approx(factor * squares.sum(), rel=1e-14)
    assert objective.batch_scale(4) * objective.sample_losses(passed, T).sum() == pytest.approx(factor * squares.sum(), rel=1e-14)
    np.testing.assert_allclose(objective.batch_scale(4) * objective.delta(passed, T), 2 * factor * (passed.outputs - T), rtol=1e-14)


@pytest.mark.parametrize(
    ("loss", "output", "fused"),
    [
        ("binary_crossentropy", "sigmoid", True),
        ("categorical_crossentropy", "softmax", True),
        ("binary_crossentropy", "softmax", False),
        ("mse", "sigmoid", False),
    ],
)
def test_delta_is_output_gradient_through_the_activation(loss: str, output: str, fused: bool) -> None:
    made = spec(2, 3, 3, output=output, loss=loss, reduction="half-mean")
    objective, passed = Objective(made), network(made).forward(X)
    assert objective.fused is fused
    y, gradient = passed.outputs, objective.output_gradient(passed, T)
    plain = y * (1 - y) * gradient if output == "sigmoid" else y * (gradient - (gradient * y).sum(axis=1, keepdims=True))
    np.testing.assert_allclose(objective.delta(passed, T), plain, rtol=1e-12, atol=1e-16)


def test_penalties_take_weights_only_and_layers_override() -> None:
    made = spec(2, 2, 1, l1=0.1, l2=0.5)
    layers = (replace(made.network.layers[0], l2=2.0, l1=0.0), made.network.layers[1])
    made = replace(made, network=replace(made.network, layers=layers))
    flat = np.array([1.0, -2.0, 3.0, -4.0, 100.0, 100.0, 5.0, -6.0, 100.0])
    objective = Objective(made)
    assert objective.penalty(flat) == pytest.approx(2.0 / 2 * (1 + 4 + 9 + 16) + 0.5 / 2 * (25 + 36) + 0.1 * 11)
    np.testing.assert_allclose(objective.penalty_gradient(flat), [2, -4, 6, -8, 0, 0, 2.5 + 0.1, -3 - 0.1, 0])


def test_no_penalty_is_none() -> None:
    made = spec(2, 2, 1)
    assert Objective(made).l1 is None and Objective(made).l2 is None
    assert Objective(made).penalty_gradient(np.ones(9)) is None
    assert Objective(made).penalty(np.ones(9)) == 0


@pytest.mark.parametrize("first", [-1.0, np.inf, np.nan])
def test_no_penalty_is_exactly_zero_whatever_the_weights(first: float) -> None:
    penalty = Objective(spec(2, 2, 1)).penalty(np.full(9, first))
    assert penalty == 0
    assert not np.signbit(penalty)


def test_the_penalty_gradient_is_that_of_the_penalty() -> None:
    made = spec(2, 2, 1, l1=0.1, l2=0.5)
    objective, flat = Objective(made), np.random.default_rng(1).normal(size=9)
    for place in range(9):
        moved = flat.astype(complex)
        moved[place] += 1e-30j
        assert objective.penalty_gradient(flat)[place] == pytest.approx(objective.penalty(moved).imag / 1e-30, rel=1e-14)


def test_single_precision_stays_single() -> None:
    made = spec(2, 3, 3, output="softmax", loss="categorical_crossentropy", l1=0.1, l2=0.5, reduction="mean-over-elements")
    objective, flat = Objective(made, np.float32), initialize(made.network, 0).astype(np.float32)
    passed = Network(made.network, flat).forward(X.astype(np.float32))
    found = (
        objective.delta(passed, T.astype(np.float32)),
        objective.sample_losses(passed, T.astype(np.float32)),
        objective.penalty_gradient(flat),
    )
    assert {item.dtype for item in found} == {np.dtype(np.float32)}
