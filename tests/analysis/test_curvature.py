"""λmax against Hessians made in full, and against the eigenvalues of XᵀX that a linear layer's Hessian consists of."""

from __future__ import annotations

import math
from dataclasses import replace
from time import perf_counter
from typing import Any

import numpy as np
import pytest

from nnviz.analysis.curvature import largest_eigenvalue, rate_limit
from nnviz.data.prepare import prepare
from nnviz.engine.encoding import encoded
from nnviz.engine.network import Network, initialize
from nnviz.engine.objective import Objective
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.samples import Array
from nnviz.engine.spec import Spec
from nnviz.engine.table import choose
from nnviz.engine.trainer import Trainer
from nnviz.formats.examples import load
from tests.analysis.planted import run
from tests.engine.build import samples, spec

X = np.arange(1.0, 10.0).reshape(3, 3)


def example(use_bias: bool = True) -> tuple[Spec, Array, Array]:
    """Return the linear example with or without bias, its inputs and targets."""
    known = load("linear-3-4").spec
    layers = tuple(replace(layer, use_bias=use_bias) for layer in known.network.layers)
    known = replace(known, network=replace(known.network, layers=layers))
    return known, *encoded(known, prepare(known.data).samples)["train"]


def hessian(made: Spec, theta: Array, x: Array, t: Array) -> Array:
    """Return the Hessian by complex steps of the gradient, exact to rounding."""
    objective, columns = Objective(made), []
    for index in range(len(theta)):
        moved = theta.astype(complex)
        moved[index] += 1e-30j
        network = Network(made.network, moved)
        passed = network.forward(x.astype(complex))
        gradient = objective.batch_scale(len(x)) * network.backward(passed, objective.delta(passed, t))
        columns.append(gradient.imag / 1e-30)
    return np.array(columns)


def test_the_linear_example_bends_with_the_largest_eigenvalue_of_its_inputs() -> None:
    made, x, t = example(use_bias=False)
    assert np.array_equal(x, X)
    expected = np.linalg.eigvalsh(X.T @ X)[-1]
    found = largest_eigenvalue(made, initialize(made.network, 0), x, t)
    assert found == pytest.approx(expected, rel=1e-9)
    assert round(found, 1) == 283.9


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("size", [1.0, 1e6])
def test_with_the_bias_column_the_rate_limit_is_0_00699_wherever_one_stands(seed: int, size: float) -> None:
    made, x, t = example()
    with_ones = np.hstack([X, np.ones((3, 1))])
    found = largest_eigenvalue(made, size * initialize(made.network, seed), x, t)
    assert found == pytest.approx(np.linalg.eigvalsh(with_ones.T @ with_ones)[-1], rel=1e-9)
    assert round(found) == 286
    assert round(rate_limit(made, found), 5) == 0.00699


@pytest.mark.parametrize(("share", "diverges"), [(0.97, False), (1.03, True)])
def test_just_below_the_limit_the_example_converges_and_just_above_it_diverges(share: float, diverges: bool) -> None:
    made, x, t = example()
    limit = rate_limit(made, largest_eigenvalue(made, initialize(made.network, 0), x, t))
    trainer = Trainer(replace(made, training=replace(made.training, learning_rate=share * limit)), prepare(made.data).samples)
    run(trainer, 400)
    assert (trainer.latest.train_loss > 1e3) is diverges


CASES: list[dict[str, Any]] = [
    {"hidden": "tanh", "output": "linear", "problem": "classification"},
    {"hidden": "sigmoid", "output": "sigmoid", "loss": "binary_crossentropy"},
    {"hidden": "softplus", "output": "tanh", "reduction": "sum"},
]


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("case", CASES)
def test_it_is_the_largest_eigenvalue_of_the_whole_hessian(case: dict[str, Any], seed: int) -> None:
    made = spec(2, 5, 1, **case)
    x, t = encoded(made, samples(seed=seed))["train"]
    theta = initialize(made.network, seed)
    full = hessian(made, theta, x, t)
    assert np.allclose(full, full.T, atol=1e-8)
    found = largest_eigenvalue(made, theta, x, t, seconds=2)
    assert found == pytest.approx(np.linalg.eigvalsh(full)[-1], rel=1e-3)


@pytest.mark.parametrize("seed", [0, 2, 3])
def test_where_the_loss_bends_down_more_sharply_the_upward_bend_is_found(seed: int) -> None:
    made = spec(2, 3, 1, hidden="sine", output="sine")
    x, t = encoded(made, samples(seed=seed))["train"]
    theta = 2 * initialize(made.network, seed)
    values = np.linalg.eigvalsh(hessian(made, theta, x, t))
    assert -values[0] > 1.1 * values[-1] > 0
    assert largest_eigenvalue(made, theta, x, t, seconds=2) == pytest.approx(values[-1], rel=1e-3)


def test_what_is_not_trained_does_not_count() -> None:
    made, x, t = example()
    layers = tuple(replace(layer, train_bias=False) for layer in made.network.layers)
    held = replace(made, network=replace(made.network, layers=layers))
    assert round(largest_eigenvalue(held, initialize(held.network, 0), x, t), 1) == 283.9
    frozen = replace(made, network=replace(made.network, layers=tuple(replace(layer, frozen=True) for layer in layers)))
    assert math.isnan(largest_eigenvalue(frozen, initialize(frozen.network, 0), x, t))


def test_weights_that_are_not_finite_give_no_number_and_no_warning() -> None:
    made, x, t = example()
    for wrong in (math.nan, math.inf, 1e300):
        found = largest_eigenvalue(made, np.full(made.network.weights, wrong), x, t)
        assert math.isnan(rate_limit(made, found)) or found > 0


def test_it_ends_in_time() -> None:
    known = load("digits").spec
    x, t = encoded(known, prepare(known.data).samples)["train"]
    begun = perf_counter()
    largest_eigenvalue(known, initialize(known.network, 0), x[:256], t[:256], seconds=0.02)
    assert perf_counter() - begun < 0.2


@pytest.mark.parametrize("kind", [kind for kind, entry in OPTIMIZERS.items() if entry.limit is not None])
def test_the_limit_of_each_optimizer_is_where_it_begins_to_diverge(kind: str) -> None:
    made, x, t = example()
    made = replace(made, training=replace(made.training, optimizer=choose(OPTIMIZERS, kind)))
    limit = rate_limit(made, largest_eigenvalue(made, initialize(made.network, 0), x, t))
    for share, diverges in ((0.97, False), (1.03, True)):
        trainer = Trainer(replace(made, training=replace(made.training, learning_rate=share * limit)), prepare(made.data).samples)
        run(trainer, 600)
        assert (trainer.latest.train_loss > 1e3) is diverges, (kind, share)


def test_optimizers_that_scale_their_steps_have_no_limit_of_this_kind() -> None:
    made, _, _ = example()
    adam = replace(made, training=replace(made.training, optimizer=choose(OPTIMIZERS, "adam")))
    assert math.isnan(rate_limit(adam, 10.0)) and rate_limit(made, 10.0) == 0.2
    assert math.isnan(rate_limit(made, 0.0)) and math.isnan(rate_limit(made, math.nan)) and math.isnan(rate_limit(made, -1.0))
