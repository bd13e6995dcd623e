from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnviz.engine import edits
from nnviz.engine.initializers import INITIALIZERS
from nnviz.engine.network import Gradient, Network, initialize, same_layout, transfer, views
from nnviz.engine.spec import Spec
from nnviz.engine.table import choose
from tests.engine.build import network, spec

X = np.random.default_rng(0).normal(size=(5, 2))


def test_the_vector_is_laid_out_layer_by_layer() -> None:
    made = network(2, 3, 1)
    first, second = views(made, np.arange(13.0))
    np.testing.assert_array_equal(first.weights, [[0, 1], [2, 3], [4, 5]])
    np.testing.assert_array_equal(first.bias, [6, 7, 8])
    np.testing.assert_array_equal(second.weights, [[9, 10, 11]])
    np.testing.assert_array_equal(second.bias, [12])


def test_views_write_through() -> None:
    net = Network(network(2, 3, 1))
    net.views[0].weights[1, 0] = 7.0
    assert net.parameters[2] == 7.0


def test_a_layer_without_bias_takes_no_room_for_it() -> None:
    made = network(2, 3, 1, use_bias=False)
    assert Network(made).parameters.size == made.weights == 9
    bias = Network(made).views[0].bias
    np.testing.assert_array_equal(bias, np.zeros(3))
    with pytest.raises(ValueError, match="read-only"):
        bias[0] = 1.0


def test_a_vector_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="13 parameters"):
        Network(network(2, 3, 1), np.zeros(12))


def test_forward_keeps_what_every_layer_read_and_answered() -> None:
    made = network(2, 3, 1)
    net = Network(made, initialize(made, 1))
    passed = net.forward(X)
    first, second = net.views
    hidden = np.tanh(X @ first.weights.T + first.bias)
    np.testing.assert_allclose(passed.a[0], hidden, rtol=1e-15)
    np.testing.assert_array_equal(passed.inputs[1], passed.a[0])
    np.testing.assert_allclose(passed.outputs, np.tanh(hidden @ second.weights.T + second.bias), rtol=1e-14)


def test_complex_numbers_pass_through() -> None:
    made = network(2, 3, 2, hidden="relu", output="softmax")
    flat = initialize(made, 1)
    real = Network(made, flat).forward(X).outputs
    for outputs in (Network(made, flat + 1e-30j).forward(X).outputs, Network(made, flat).forward(X + 1e-30j).outputs):
        assert outputs.dtype == complex
        np.testing.assert_allclose(outputs.real, real, rtol=1e-14)
        assert (outputs.imag != 0).any()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_arithmetic_has_the_dtype_of_the_numbers(dtype: type) -> None:
    made = network(2, 3, 2, hidden="leaky_relu", output="softmax")
    net = Network(made, initialize(made, 1).astype(dtype))
    passed = net.forward(X.astype(dtype))
    assert {item.dtype for item in (*passed.z, *passed.a, net.backward(passed, np.ones_like(passed.outputs)))} == {np.dtype(dtype)}


def test_backward_is_the_slope_of_the_summed_outputs() -> None:
    made = network(2, 4, 3, 2, output="linear")
    flat = initialize(made, 3) + 0.1
    net = Network(made, flat)
    weights = np.array([[0.5, -2.0]])
    gradient = net.backward(net.forward(X), np.repeat(weights, len(X), axis=0))
    for place in range(flat.size):
        moved = flat.astype(complex)
        moved[place] += 1e-30j
        slope = (weights * Network(made, moved).forward(X).outputs).sum().imag / 1e-30
        assert gradient[place] == pytest.approx(slope, rel=1e-12, abs=1e-15)


def test_backward_into_a_given_vector_gives_the_same_bits() -> None:
    made = network(2, 4, 1)
    net = Network(made, initialize(made, 3))
    passed, delta, out = net.forward(X), np.ones((5, 1)), Gradient(made, np.full(made.weights, np.nan))
    found = net.backward(passed, delta, out)
    assert found is out.flat
    np.testing.assert_array_equal(found, net.backward(passed, delta))


def test_initial_weights_follow_from_seed_and_ids() -> None:
    made = network(2, 3, 1)
    np.testing.assert_array_equal(initialize(made, 5), initialize(made, 5))
    assert (initialize(made, 5) != initialize(made, 6)).any()
    renamed = replace(made, layers=(replace(made.layers[0], name="other", frozen=True), made.layers[1]))
    np.testing.assert_array_equal(initialize(made, 5), initialize(renamed, 5))


def test_biases_begin_at_0_and_weights_as_their_initializer_says() -> None:
    made = network(2, 3, 1, initializer=choose(INITIALIZERS, "uniform", limit=0.25))
    for view in views(made, initialize(made, 0)):
        assert not view.bias.any()
        assert 0 < np.abs(view.weights).max() <= 0.25


def test_layers_that_an_edit_leaves_alone_keep_their_initial_weights() -> None:
    old = spec(2, 3, 3, 1)
    new = edits.with_units(old, "l3", 2)
    for place in (0, 1):
        before, after = (views(made.network, initialize(made.network, 0))[place] for made in (old, new))
        np.testing.assert_array_equal(before.weights, after.weights)


def test_a_new_neuron_never_repeats_one_that_is_there() -> None:
    """Remove the second of three neurons, add one: it must not begin as a twin of the third."""
    old = spec(2, 3, 1)
    first = old.network.layers[0]
    fewer = edits.replace_layer(old, replace(first, neurons=(first.neurons[0], first.neurons[2])))
    new = edits.with_units(fewer, "l1", 3)
    flat = initialize(old.network, 0)
    for made in (fewer, new):
        flat = transfer(old.network, flat, made.network, initialize(made.network, 0))
        old = made
    rows = views(new.network, flat)[0].weights
    assert len({row.tobytes() for row in rows}) == 3


def test_a_new_input_never_repeats_the_weights_of_one_that_is_there() -> None:
    old = spec(2, 3, 1)
    new = edits.with_features(old, ("x2", "x1^2"))
    flat = transfer(old.network, initialize(old.network, 0), new.network, initialize(new.network, 0))
    weights = views(new.network, flat)[0].weights
    assert (weights[:, 0] != weights[:, 1]).all()


def named_weights(made: Spec, flat: np.ndarray) -> dict[tuple[str, ...], float]:
    """Return every weight and bias under the ids it belongs to."""
    found = {}
    for index, (layer, view) in enumerate(zip(made.network.layers, views(made.network, flat), strict=True)):
        for row, neuron in enumerate(layer.neurons):
            found[layer.id, neuron] = view.bias[row]
            for column, source in enumerate(made.network.sources(index)):
                found[layer.id, neuron, source] = view.weights[row, column]
    return found


EDITS = st.lists(
    st.tuples(st.sampled_from(["units", "insert", "remove", "features", "drop", "swap"]), st.integers(0, 3), st.integers(1, 4)), max_size=4
)


def edited(made: Spec, kind: str, place: int, amount: int) -> Spec:
    layer = made.network.layers[place % len(made.network.layers)]
    if kind == "units":
        return edits.with_units(made, layer.id, amount)
    if kind == "insert":
        return edits.insert_layer(made, place, amount)
    if kind == "remove":
        return edits.remove_layer(made, layer.id) if len(made.network.layers) > 1 else made
    if kind == "features":
        return edits.with_features(made, ("x1", "x2", "x1^2", "x2^2")[-amount:])
    if kind == "drop" and layer.units > 1:
        return edits.replace_layer(made, replace(layer, neurons=layer.neurons[1:]))
    return edits.replace_layer(made, replace(layer, neurons=layer.neurons[::-1]))


@given(EDITS)
@settings(max_examples=60)
def test_transfer_keeps_exactly_what_both_networks_have(changes: list[tuple[str, int, int]]) -> None:
    old = spec(2, 3, 2, 1)
    new = old
    for change in changes:
        new = edited(new, *change)
    before = named_weights(old, np.arange(1.0, old.network.weights + 1))
    fresh = -np.arange(1.0, new.network.weights + 1)
    after = named_weights(new, transfer(old.network, np.arange(1.0, old.network.weights + 1), new.network, fresh))
    for name, value in named_weights(new, fresh).items():
        assert after[name] == before.get(name, value)


def test_transfer_takes_no_bias_from_a_layer_that_had_none() -> None:
    old, new = network(2, 2, 1, use_bias=False), network(2, 2, 1)
    flat = transfer(old, np.ones(old.weights), new, np.full(new.weights, 5.0))
    np.testing.assert_array_equal(views(new, flat)[0].bias, [5.0, 5.0])
    np.testing.assert_array_equal(views(new, flat)[0].weights, np.ones((2, 2)))
    back = transfer(new, np.ones(new.weights), old, np.zeros(old.weights))
    np.testing.assert_array_equal(back, np.ones(old.weights))


def test_same_layout_looks_at_ids_and_biases_only() -> None:
    made = network(2, 3, 1)
    assert same_layout(made, network(2, 3, 1, hidden="relu", frozen=True))
    assert not same_layout(made, network(2, 3, 1, use_bias=False))
    assert not same_layout(made, network(2, 4, 1))
    assert not same_layout(made, replace(made, input=replace(made.input, names=("x2", "x1"))))
