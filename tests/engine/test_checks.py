"""The gradient check, and that it would notice: back-propagation is right for everything that can be picked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from nnviz.engine import checks
from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.convolution import AvgPoolLayer, Conv2DLayer, MaxPoolLayer
from nnviz.engine.encoding import targets
from nnviz.engine.layers import Activated, BatchNormLayer, DenseLayer, DropoutLayer, LayerParameters, TrainingMode
from nnviz.engine.losses import FUSED, LOSSES, REDUCTIONS
from nnviz.engine.network import Network, initialize
from nnviz.engine.network_spec import Layer, NetworkSpec
from nnviz.engine.objective import Objective
from nnviz.engine.spec import Spec, problems
from tests.engine.build import avg_pool, batch_norm, conv, dense, dropout, flatten, max_pool, samples, spec, stack, trained, xor
from tests.engine.random_networks import run, samples_for

COMBINATIONS = [
    (activation, loss, reduction)
    for activation, loss, reduction in product(ACTIVATIONS, LOSSES, REDUCTIONS)
    if ACTIVATIONS[activation].probabilities or not LOSSES[loss].needs_probabilities
]
HIDDEN = list(ACTIVATIONS)
ELEMENTWISE = [name for name, entry in ACTIVATIONS.items() if entry.derivative]


def shaken(network: NetworkSpec, seed: int = 0) -> np.ndarray:
    """Return initial parameters with a little noise, so that no bias is 0 and no γ is 1."""
    flat = initialize(network, seed)
    flat += np.random.default_rng(seed).normal(0, 0.1, flat.size)
    return flat


def checked(made: Spec, seed: int = 0, rows: int = 12) -> tuple[checks.LayerCheck, ...]:
    """Check a spec on samples that fit it, away from its initial parameters."""
    return checks.check(made, samples_for(np.random.default_rng(seed), made, rows), seed, shaken(made.network, seed))


def assert_right(found: tuple[checks.LayerCheck, ...]) -> None:
    for layer in found:
        assert layer.complex_step <= 1e-12, layer
        assert layer.central <= 1e-6, layer
        assert layer.kept >= 0.9 * layer.checked > 0, layer


def worst(found: tuple[checks.LayerCheck, ...]) -> tuple[float, float]:
    return max(layer.complex_step for layer in found), max(layer.central for layer in found)


def output_for(loss: str) -> str:
    """Return an output activation that suits a loss and is not fused with it."""
    return {"binary_crossentropy": "softmax"}.get(loss, "sigmoid")


@pytest.mark.parametrize(("output", "loss", "reduction"), COMBINATIONS)
def test_every_output_loss_and_reduction(output: str, loss: str, reduction: str) -> None:
    number = COMBINATIONS.index((output, loss, reduction))
    made = spec(2, 2, 2, hidden=HIDDEN[number % len(HIDDEN)], output=output, loss=loss, reduction=reduction)
    assert_right(checked(made, number, 6))


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_layer_activation_and_loss(activation: str, loss: str) -> None:
    in_image = activation if activation in ELEMENTWISE else "tanh"
    made = stack(
        (5, 4, 1),
        conv(1, (2, 2), in_image),
        max_pool((2, 2), (1, 1)),
        conv(1, (3, 1), in_image, use_bias=False, padding="same"),
        batch_norm(),
        dropout(0.2),
        avg_pool((1, 2), (2, 1)),
        flatten(),
        dense(2, activation),
        dense(2, output_for(loss)),
    )
    assert_right(checked(trained(made, loss), list(LOSSES).index(loss)))


GEOMETRY: dict[str, tuple[Layer, ...]] = {
    "kernel 1x3": (conv(2, (1, 3)),),
    "kernel 2x2": (conv(2, (2, 2)),),
    "kernel 5x5": (conv(2, (5, 5)),),
    "kernel 5x5, same": (conv(1, (5, 5), padding="same"),),
    "kernel 2x2, same, stride 2x3": (conv(2, (2, 2), stride=(2, 3), padding="same"),),
    "stride 2x1": (conv(2, (3, 3), stride=(2, 1)),),
    "stride beyond the kernel": (conv(2, (1, 2), stride=(3, 3)),),
    "two convolutions": (conv(2, (2, 2), "relu"), conv(2, (2, 3), "elu", stride=(1, 2))),
    "max pooling": (conv(2, (2, 2)), max_pool()),
    "max pooling, overlapping": (conv(2, (2, 2)), max_pool((3, 2), (1, 1))),
    "max pooling, with gaps": (conv(2, (2, 2)), max_pool((2, 1), (3, 2))),
    "average pooling": (conv(2, (2, 2)), avg_pool()),
    "average pooling, overlapping": (conv(2, (2, 2)), avg_pool((2, 3), (1, 2))),
    "average pooling, with gaps": (conv(2, (2, 2)), avg_pool((1, 1), (2, 3))),
    "max pooling of averages": (conv(2, (2, 2)), avg_pool((2, 2), (1, 1)), max_pool((2, 2), (1, 1))),
    "batch norm": (conv(2, (2, 2), use_bias=False), batch_norm(), conv(1, (2, 2))),
    "batch norm of the inputs": (batch_norm(), conv(2, (2, 2))),
    "batch norm, frozen": (conv(2, (2, 2)), batch_norm(frozen=True)),
    "batch norm, much ε": (conv(2, (2, 2), use_bias=False), batch_norm(epsilon=0.5), max_pool()),
    "dropout": (conv(2, (2, 2)), dropout(0.5), conv(2, (2, 2)), dropout(0.1)),
    "lesion": (conv(2, (2, 2), lesioned=("n2",)), max_pool(), conv(2, (2, 1))),
    "penalties": (conv(2, (2, 2), l1=0.1), conv(2, (2, 2), l2=0.3)),
}


@pytest.mark.parametrize("name", GEOMETRY)
def test_every_geometry(name: str) -> None:
    made = stack((5, 6, 2), *GEOMETRY[name], flatten(), dense(2, "softmax"))
    assert_right(checked(trained(made, "categorical_crossentropy", l1=0.01), 1, 6))


FLAT: dict[str, tuple[Layer, ...]] = {
    "batch norm": (dense(3, "relu", use_bias=False), batch_norm(), dense(3, "elu")),
    "batch norm twice": (batch_norm(), dense(4, use_bias=False), batch_norm(momentum=0.5)),
    "batch norm behind a bias": (dense(3, "linear"), batch_norm()),
    "dropout": (dense(6), dropout(0.5), dense(4, "relu"), dropout(0.2)),
    "lesion": (dense(4, lesioned=("n1", "n3")), dense(3)),
    "lesion in a softmax": (dense(4, "softmax", lesioned=("n1",)), dense(3)),
    "pruning": (dense(3, pruned=(("x1", "n1"), ("x3", "n2"))), dense(3, pruned=(("n1", "n4"),))),
    "penalties": (dense(3, l1=0.1), dense(3, l2=0.3), dense(3, l1=0.0)),
    "flatten of a row": (flatten(), dense(3)),
}


@pytest.mark.parametrize("name", FLAT)
def test_every_mask_and_manner(name: str) -> None:
    made = trained(stack((3,), *FLAT[name], dense(2, "linear")), "huber", l1=0.02, l2=0.05)
    assert not problems(made)
    assert_right(checked(made))


@pytest.mark.parametrize("number", range(0, 200, 4))
def test_random_networks(number: int) -> None:
    made = run(number)
    assert_right(checks.check(made.spec, made.samples, number, shaken(made.spec.network, number)))


IMAGE = trained(stack((4, 4, 1), conv(2, (2, 2)), conv(2, (2, 2)), max_pool((1, 2), (1, 1)), avg_pool((2, 1), (1, 1)), flatten(), dense(2)))
NORMED = trained(stack((3,), dense(4), batch_norm(), dense(4, lesioned=("n6",)), dropout(0.5), dense(2)))


def negative(right: Callable[..., np.ndarray]) -> Callable[..., np.ndarray]:
    return lambda *arguments, **parameters: -right(*arguments, **parameters)


@pytest.mark.parametrize(
    ("made", "owner", "name"),
    [
        (IMAGE, Conv2DLayer, "upstream"),
        (IMAGE, MaxPoolLayer, "upstream"),
        (IMAGE, AvgPoolLayer, "upstream"),
        (IMAGE, DenseLayer, "upstream"),
        (IMAGE, Activated, "delta"),
        (NORMED, BatchNormLayer, "upstream"),
        (NORMED, DropoutLayer, "upstream"),
        (NORMED, DenseLayer, "upstream"),
    ],
)
def test_a_wrong_sign_on_the_way_back_is_noticed(monkeypatch: pytest.MonkeyPatch, made: Spec, owner: type, name: str) -> None:
    assert_right(checked(made))
    monkeypatch.setattr(owner, name, negative(getattr(owner, name)))
    assert min(worst(checked(made))) > 1e-3


@pytest.mark.parametrize("part", ["weights", "bias"])
@pytest.mark.parametrize(("made", "owner"), [(IMAGE, Conv2DLayer), (IMAGE, DenseLayer), (NORMED, BatchNormLayer), (NORMED, DenseLayer)])
def test_a_wrong_sign_in_any_gradient_is_noticed(monkeypatch: pytest.MonkeyPatch, made: Spec, owner: type, part: str) -> None:
    right = owner.gradient

    def wrong(self: object, x: np.ndarray, delta: np.ndarray, memory: object, ones: np.ndarray, out: LayerParameters) -> None:
        right(self, x, delta, memory, ones, out)
        getattr(out, part)[...] *= -1

    monkeypatch.setattr(owner, "gradient", wrong)
    assert min(worst(checked(made))) > 1e-3


@pytest.mark.parametrize("forgotten", ["normalized", "inverse", "mean"])
def test_a_path_through_batch_norm_that_is_forgotten_is_noticed(monkeypatch: pytest.MonkeyPatch, forgotten: str) -> None:
    right = BatchNormLayer.upstream

    def wrong(self: BatchNormLayer, delta: np.ndarray, memory: object) -> np.ndarray:
        without = {"normalized": 0 * memory.normalized, "inverse": np.ones_like(memory.inverse), "mean": None}
        return right(self, delta, replace(memory, **{forgotten: without[forgotten]}))

    monkeypatch.setattr(BatchNormLayer, "upstream", wrong)
    assert min(worst(checked(NORMED))) > 1e-3


def test_a_pooling_that_shares_out_to_the_wrong_place_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    right = MaxPoolLayer.upstream
    monkeypatch.setattr(MaxPoolLayer, "upstream", lambda self, delta, winners: right(self, delta, 1 - winners))
    assert min(worst(checked(IMAGE))) > 1e-3


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_a_wrong_sign_in_any_derivative_is_noticed(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    made, right = spec(2, 4, 2, hidden=name, output="linear", problem="regression"), ACTIVATIONS[name]
    assert_right(checked(made))
    monkeypatch.setitem(ACTIVATIONS, name, replace(right, derivative=negative(right.derivative), product=None))
    assert min(worst(checked(made))) > 1e-3


@pytest.mark.parametrize("name", [entry.name for entry in ACTIVATIONS.values() if entry.product])
def test_a_wrong_sign_in_any_product_is_noticed(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    made, right = spec(2, 4, 2, hidden=name, output="sigmoid", problem="regression"), ACTIVATIONS[name]
    monkeypatch.setitem(ACTIVATIONS, name, replace(right, product=negative(right.product)))
    assert min(worst(checked(made))) > 1e-3


@pytest.mark.parametrize("name", LOSSES)
def test_a_wrong_sign_in_any_loss_is_noticed(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    made, right = spec(2, 4, 2, output=output_for(name), loss=name), LOSSES[name]
    assert_right(checked(made))
    monkeypatch.setitem(LOSSES, name, replace(right, gradient=negative(right.gradient)))
    assert min(worst(checked(made))) > 0.1


@pytest.mark.parametrize("pair", FUSED)
def test_a_wrong_sign_in_a_fused_pair_is_noticed(monkeypatch: pytest.MonkeyPatch, pair: tuple[str, str]) -> None:
    made, right = spec(2, 4, 2, output=pair[1], loss=pair[0]), FUSED[pair]
    monkeypatch.setitem(FUSED, pair, replace(right, delta=negative(right.delta)))
    assert min(worst(checked(made))) > 0.1


@pytest.mark.parametrize("kind", ["l1", "l2"])
def test_a_wrong_sign_in_a_penalty_is_noticed(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    made = spec(2, 4, 1, **{kind: 0.1})
    assert_right(checked(made))
    monkeypatch.setattr(Objective, "penalty_gradient", negative(Objective.penalty_gradient))
    assert min(worst(checked(made))) > 1e-2


def test_a_gradient_that_forgets_the_batch_scale_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    right = checks.gradient_of
    monkeypatch.setattr(checks, "gradient_of", lambda objective, network, passed, t: len(t) * right(objective, network, passed, t))
    assert min(worst(checked(spec(2, 4, 1)))) > 0.5


def test_a_difference_across_a_kink_is_not_taken() -> None:
    """Two weights of a ReLU at z = 0 on one sample: only what moves no z can be kept there, all of it beside that point."""
    made = spec(2, 1, output="relu", problem="regression")
    x, t, rng = np.array([[1.0, 0.0]]), np.ones((1, 1)), np.random.default_rng(0)
    here = checks.Surroundings(made, np.zeros(3), x, t, None)
    kept = [checks.compare_tensor(here, 0, places, rng).kept for _, places in checks.tensors(made.network)]
    assert kept == [1, 0]
    (found,) = checks.compare(made, np.zeros(3), x, t, rng)
    assert (found.checked, found.kept) == (3, 3) and found.central <= 1e-6


@pytest.mark.parametrize("made", [IMAGE, NORMED])
def test_what_lies_before_a_changed_layer_is_not_computed_again(made: Spec) -> None:
    """The loss around a point is that of the whole network with those parameters."""
    point, mode = shaken(made.network), TrainingMode(0, 1)
    data = samples_for(np.random.default_rng(0), made, 8)
    x, t = data.train.x, targets(made, data, data.train.y, data.train.rows)
    around = checks.Surroundings(made, point, x, t, mode)
    for index, places in checks.tensors(made.network):
        changed = point.copy()
        changed[places] += 0.1
        whole = Network(made.network, changed).forward(x, mode)
        assert around.loss(index, places, np.full(len(places), 0.1))[0] == Objective(made).loss(whole, t)
    np.testing.assert_array_equal(around.network.parameters, point)


def test_even_a_network_of_zeros_can_be_checked() -> None:
    made = spec(2, 4, 4, 1, hidden="relu")
    assert_right(checks.check(made, xor(), parameters=np.zeros(made.network.weights)))


def test_even_one_sample_can_be_checked() -> None:
    assert_right(checked(NORMED, rows=1))


def test_large_layers_are_sampled() -> None:
    made = spec(2, 40, 40, 1)
    first, second, third = found = checks.check(made, samples())
    assert (first.checked, second.checked, third.checked) == (80 + 40, 200 + 8 + 40, 41)
    assert_right(found)
    assert [first.id, first.name] == ["l1", "Dense 1"]


def test_layers_without_weights_are_left_out_and_both_ways_forward_are_checked() -> None:
    found = checked(IMAGE)
    assert [(layer.id, layer.checked) for layer in found] == [("l1", 10), ("l2", 18), ("l6", 6)]
    assert [(layer.id, layer.checked) for layer in checked(NORMED)] == [("l1", 32), ("l2", 16), ("l3", 40), ("l5", 20)]


def test_the_check_is_repeatable_and_always_in_double_precision() -> None:
    made = spec(2, 40, 10, 1)
    assert checks.check(made, samples(), seed=3) == checks.check(made, samples(), seed=3)
    single = replace(made, training=replace(made.training, precision="float32"))
    assert checks.check(single, samples(), seed=3) == checks.check(made, samples(), seed=3)
