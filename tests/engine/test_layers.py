"""Dense layers, dropout and flatten, number by number; the others have files of their own."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.layers import DenseLayer, LayerParameters, TrainingMode
from nnviz.engine.network import Network
from tests.engine.build import batch_norm, conv, dense, dropout, flatten, network, stack

X = np.array([[1.0, 2.0], [3.0, -1.0], [0.5, 0.0]])
W = np.array([[0.5, -1.0], [2.0, 1.0]])
B = np.array([0.25, -0.5])
NONE = np.zeros((2, 0))


def layer(activation: str = "linear", **fields: object) -> DenseLayer:
    spec = network(2, 2, output=activation, **fields).layers[0]
    return DenseLayer(spec, LayerParameters(W, B, NONE), (2,))


def test_forward_is_x_times_w_transposed_plus_b() -> None:
    z, a, memory = layer().forward(X, None)
    np.testing.assert_allclose(z, [[-1.25, 3.5], [2.75, 4.5], [0.5, 0.5]])
    np.testing.assert_array_equal(a, z)
    assert memory is None


def test_a_layer_without_bias_adds_none() -> None:
    np.testing.assert_allclose(layer(use_bias=False).forward(X, None)[0], X @ W.T)


def test_gradient_sums_over_samples() -> None:
    delta, out = np.array([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]]), LayerParameters(np.empty((2, 2)), np.empty(2), NONE)
    layer().gradient(X, delta, None, np.ones(3), out)
    np.testing.assert_allclose(out.weights, [[1.5, 2.0], [6.5, -2.0]])
    np.testing.assert_allclose(out.bias, [2.0, 3.0])


def test_upstream_goes_back_through_the_weights() -> None:
    np.testing.assert_allclose(layer().upstream(np.array([[1.0, 2.0]]), None), [[4.5, 1.0]])


def test_a_lesioned_neuron_answers_0_and_passes_nothing_back() -> None:
    lesioned, whole = layer("tanh", lesioned=("n1",)), layer("tanh")
    z, a, memory = lesioned.forward(X, None)
    np.testing.assert_array_equal(a, whole.forward(X, None)[1] * [0.0, 1.0])
    upstream = np.ones((3, 2))
    delta = lesioned.delta(z, a, upstream, memory)
    np.testing.assert_array_equal(delta, whole.delta(z, memory, upstream, None) * [0.0, 1.0])


def test_a_lesioned_neuron_answers_0_even_where_its_sum_is_infinite() -> None:
    z, a, memory = layer("relu", lesioned=("n1",)).forward(np.array([[np.inf, 1.0]]), None)
    np.testing.assert_array_equal(a[:, 0], 0.0)
    np.testing.assert_array_equal(layer("relu", lesioned=("n1",)).delta(z, a, np.full((1, 2), np.inf), memory)[:, 0], 0.0)


def test_the_others_of_a_softmax_still_hear_a_lesioned_unit() -> None:
    lesioned, whole = layer("softmax", lesioned=("n1",)), layer("softmax")
    z, a, memory = lesioned.forward(X, None)
    np.testing.assert_array_equal(a[:, 1], whole.forward(X, None)[1][:, 1])
    assert lesioned.delta(z, a, np.ones((3, 2)), memory)[:, 0].all()  # its sum moves the share of the other


def silenced(rate: float, mode: TrainingMode | None, rows: int = 400, layer_id: int = 1) -> np.ndarray:
    """Return what becomes of ones."""
    made = stack((50,), *[flatten()] * (layer_id - 1), dropout(rate))
    return Network(made, np.empty(0)).forward(np.ones((rows, 50)), mode).outputs


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_dropout_silences_its_share_and_keeps_the_mean(rate: float) -> None:
    found = silenced(rate, TrainingMode(1, 1))
    assert (found == 0).mean() == pytest.approx(rate, abs=0.01)
    np.testing.assert_allclose(np.unique(found), [0.0, 1 / (1 - rate)], rtol=1e-15)
    assert found.mean() == pytest.approx(1, abs=0.07)


def test_dropout_lets_everything_pass_in_evaluation_and_at_rate_0() -> None:
    assert (silenced(0.5, None) == 1).all() and (silenced(0.0, TrainingMode(1, 1)) == 1).all()


def test_what_dropout_silences_follows_from_seed_step_place_and_layer_alone() -> None:
    one = silenced(0.5, TrainingMode(1, 2, 3))
    np.testing.assert_array_equal(one, silenced(0.5, TrainingMode(1, 2, 3)))
    others = [silenced(0.5, TrainingMode(*place)) for place in ((2, 2, 3), (1, 3, 3), (1, 2, 4))]
    for other in (*others, silenced(0.5, TrainingMode(1, 2, 3), layer_id=2)):
        assert 0.4 < (one == other).mean() < 0.6


def test_the_way_back_through_dropout_is_silenced_alike() -> None:
    net = Network(stack((6,), dropout(0.5)), np.empty(0))
    passed = net.forward(np.ones((4, 6)), TrainingMode(1, 1))
    np.testing.assert_array_equal(net.layers[0].upstream(np.full((4, 6), 3.0), passed.memory[0]), 3 * passed.outputs)


def test_flatten_moves_nothing() -> None:
    made = stack((3, 3, 1), conv(2, (2, 2), "linear"), flatten(), dense(1, "linear"))
    net = Network(made, np.linspace(-1, 1, made.weights))
    passed = net.forward(np.arange(18.0).reshape(2, 9))
    assert passed.a[1] is passed.a[0]
    assert made.sources(2) == tuple(f"{name}@{row},{column}" for row in range(2) for column in range(2) for name in ("n1", "n2"))


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_single_precision_stays_single(activation: str) -> None:
    made = stack((3,), dense(4, activation, lesioned=("n2",)), dropout(), batch_norm(), dense(2, activation))
    net = Network(made, np.linspace(-1, 1, made.weights, dtype=np.float32))
    net.views[2].statistics[...] = 1
    passed = net.forward(np.arange(15, dtype=np.float32).reshape(5, 3), TrainingMode(0, 1))
    deltas = net.deltas(passed, passed.outputs)
    net.follow(passed)
    assert {array.dtype for array in (*passed.z, *passed.a, *deltas, net.backward(passed, deltas[-1]))} == {np.dtype(np.float32)}
