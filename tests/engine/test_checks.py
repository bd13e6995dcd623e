"""The gradient check, and that it would notice: back-propagation is right for everything that can be picked."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from nnviz.engine import checks
from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.initializers import INITIALIZERS
from nnviz.engine.losses import LOSSES, REDUCTIONS
from nnviz.engine.network import Network, initialize
from nnviz.engine.spec import Dense, InputSpec, NetworkSpec, Spec, problems
from nnviz.engine.table import choose
from tests.engine.build import samples, spec, values

COMBINATIONS = [
    (activation, loss, reduction)
    for activation, loss, reduction in product(ACTIVATIONS, LOSSES, REDUCTIONS)
    if ACTIVATIONS[activation].probabilities or not LOSSES[loss].needs_probabilities
]
SPECS = 200


def random_spec(number: int) -> Spec:
    """Return one of 200 specs: output activation, loss and reduction in turn, all else drawn."""
    rng = np.random.default_rng(number)
    output, loss, reduction = COMBINATIONS[number % len(COMBINATIONS)]
    made = spec(2, 1, loss=loss, reduction=reduction, l1=rng.choice([0.0, 0.01]), l2=rng.choice([0.0, 0.1]))
    sizes = [*rng.integers(2, 7, rng.integers(0, 4)).tolist(), int(rng.integers(2, 5))]
    layers = []
    for index, units in enumerate(sizes):
        kind = output if index == len(sizes) - 1 else str(rng.choice(list(ACTIVATIONS)))
        initializer = choose(INITIALIZERS, str(rng.choice(["uniform", "xavier_uniform", "xavier_normal", "he_uniform", "he_normal"])))
        neurons = tuple(f"{index}.{unit}" for unit in range(units))
        layers.append(Dense(f"l{index}", f"Dense {index}", neurons, choose(ACTIVATIONS, kind), initializer, bool(rng.integers(4))))
    layers[0] = replace(layers[0], l1=0.02, l2=0.0)
    return replace(made, network=NetworkSpec(InputSpec((2,), made.network.input.names), tuple(layers)))


@pytest.mark.parametrize("number", range(SPECS))
def test_random_specs(number: int) -> None:
    made, rng = random_spec(number), np.random.default_rng(number + 10_000)
    assert not problems(made)
    outputs, parameters = made.network.layers[-1].units, initialize(made.network, number)
    parameters += rng.normal(0, 0.1, parameters.size)
    x = rng.normal(size=(20, 2))
    targets = np.eye(outputs)[rng.integers(0, outputs, 20)]
    parameters, keep = checks.step_around_kinks(made, parameters, x, rng)
    assert keep.mean() >= 0.9
    for layer in checks.compare(made, parameters, x[keep], targets[keep], rng):
        assert layer.complex_step <= 1e-12, layer
        assert layer.central <= 1e-6, layer


def test_random_specs_cover_every_combination() -> None:
    found = {
        (made.network.layers[-1].activation.kind, made.training.loss.kind, made.training.reduction)
        for made in map(random_spec, range(SPECS))
    }
    assert found == set(COMBINATIONS)
    hidden = {layer.activation.kind for made in map(random_spec, range(SPECS)) for layer in made.network.layers[:-1]}
    assert hidden == set(ACTIVATIONS)


def worst(made: Spec) -> tuple[float, float]:
    found = checks.check(made, values(targets=2), parameters=initialize(made.network, 1) + 0.05)
    return max(item.complex_step for item in found), max(item.central for item in found)


@pytest.mark.parametrize("name", [entry.name for entry in ACTIVATIONS.values() if entry.derivative])
def test_a_wrong_sign_in_any_derivative_is_noticed(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    made, right = spec(2, 4, 2, hidden=name, output="linear", problem="regression"), ACTIVATIONS[name]
    assert worst(made)[0] <= 1e-12 and worst(made)[1] <= 1e-6

    def wrong(z: np.ndarray, a: np.ndarray, **parameters: float) -> np.ndarray:
        return -right.derivative(z, a, **parameters)

    monkeypatch.setitem(ACTIVATIONS, name, replace(right, derivative=wrong, product=None))
    assert min(worst(made)) > 1e-3


@pytest.mark.parametrize("name", [entry.name for entry in ACTIVATIONS.values() if entry.product])
def test_a_wrong_sign_in_any_product_is_noticed(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    made, right = spec(2, 4, 2, hidden=name, output="sigmoid", problem="regression"), ACTIVATIONS[name]
    assert worst(made)[0] <= 1e-12

    def wrong(z: np.ndarray, a: np.ndarray, g: np.ndarray) -> np.ndarray:
        return -right.product(z, a, g)

    monkeypatch.setitem(ACTIVATIONS, name, replace(right, product=wrong))
    assert min(worst(made)) > 1e-3


@pytest.mark.parametrize("name", LOSSES)
def test_a_wrong_sign_in_any_loss_is_noticed(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    made, right = spec(2, 4, 2, output="sigmoid", loss=name), LOSSES[name]
    output = "softmax" if name == "binary_crossentropy" else "sigmoid"  # not the fused pair
    made = replace(made, network=spec(2, 4, 2, output=output).network)

    def wrong(y: np.ndarray, t: np.ndarray) -> np.ndarray:
        return -right.gradient(y, t)

    data = samples()
    assert max(item.complex_step for item in checks.check(made, data)) <= 1e-12
    monkeypatch.setitem(LOSSES, name, replace(right, gradient=wrong))
    assert min(item.complex_step for item in checks.check(made, data)) > 0.1


@pytest.mark.parametrize("pair", [("binary_crossentropy", "sigmoid"), ("categorical_crossentropy", "softmax")])
def test_a_wrong_sign_in_a_fused_pair_is_noticed(monkeypatch: pytest.MonkeyPatch, pair: tuple[str, str]) -> None:
    from nnviz.engine.losses import FUSED

    made, right = spec(2, 4, 2, output=pair[1], loss=pair[0]), FUSED[pair]

    def wrong(z: np.ndarray, t: np.ndarray) -> np.ndarray:
        return -right.delta(z, t)

    monkeypatch.setitem(FUSED, pair, replace(right, delta=wrong))
    assert min(item.complex_step for item in checks.check(made, samples())) > 0.1


@pytest.mark.parametrize("kind", ["l1", "l2"])
def test_a_wrong_sign_in_a_penalty_is_noticed(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    from nnviz.engine.objective import Objective

    made, right = spec(2, 4, 1, **{kind: 0.1}), Objective.penalty_gradient
    assert max(item.complex_step for item in checks.check(made, samples())) <= 1e-12
    monkeypatch.setattr(Objective, "penalty_gradient", lambda self, parameters: -right(self, parameters))
    assert max(item.complex_step for item in checks.check(made, samples())) > 1e-2


def test_a_gradient_that_forgets_the_batch_scale_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    right = checks.gradient_of
    monkeypatch.setattr(checks, "gradient_of", lambda objective, network, x, t: len(x) * right(objective, network, x, t))
    assert min(item.complex_step for item in checks.check(spec(2, 4, 1), samples())) > 0.5


def test_samples_at_a_kink_are_stepped_around() -> None:
    made = spec(2, 1, output="relu").network
    x = np.array([[1.0, 1.0], [1.0, -1.0 + 1e-6], [2.0, 1.0]])
    np.testing.assert_array_equal(checks.away_from_kinks(Network(made, np.array([1.0, 1.0, 0.0])), x), [True, False, True])


def test_even_a_network_of_zeros_can_be_checked() -> None:
    made = spec(2, 4, 4, 1, hidden="relu")
    for layer in checks.check(made, samples(), parameters=np.zeros(made.network.weights)):
        assert layer.complex_step <= 1e-12, layer


def test_large_layers_are_sampled() -> None:
    made = spec(2, 40, 40, 1)
    first, second, third = checks.check(made, samples())
    assert (first.checked, second.checked, third.checked) == (80 + 40, 200 + 8 + 40, 41)
    assert max(first.complex_step, second.complex_step, third.complex_step) <= 1e-12
    assert [first.id, first.name] == ["l1", "Dense 1"]


def test_the_check_is_repeatable() -> None:
    made = spec(2, 40, 10, 1)
    assert checks.check(made, samples(), seed=3) == checks.check(made, samples(), seed=3)
