from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.losses import LOSSES, REDUCTIONS
from nnviz.engine.network import Network, initialize
from nnviz.engine.objective import Objective
from nnviz.engine.optimizers import OPTIMIZERS
from nnviz.engine.spec import Spec
from nnviz.engine.trace import Trace, trace
from tests.engine.build import network, spec

X = np.random.default_rng(0).normal(size=(5, 2))
T = np.eye(2)[[0, 1, 1, 0, 1]]


def traced(made: Spec, x: np.ndarray = X, t: np.ndarray = T, **arguments: object) -> Trace:
    parameters = initialize(made.network, 0)
    return trace(made, parameters, OPTIMIZERS[made.training.optimizer.kind].state(parameters.size), 1, x, t, **arguments)


def mazur() -> Trace:
    """Return the step of Mazur 2015, A step by step backpropagation example (ENGINE.md)."""
    made = spec(2, 2, 2, hidden="sigmoid", output="sigmoid", reduction="half-sum", learning_rate=0.5)
    layers = tuple(replace(layer, train_bias=False) for layer in made.network.layers)
    made = replace(made, network=replace(made.network, layers=layers))
    parameters = np.array([0.15, 0.20, 0.25, 0.30, 0.35, 0.35, 0.40, 0.45, 0.50, 0.55, 0.60, 0.60])
    return trace(made, parameters, {}, 1, np.array([[0.05, 0.10]]), np.array([[0.01, 0.99]]))


@pytest.mark.parametrize(
    ("read", "printed"),
    [
        (lambda step: step.layers[0].a, [[0.59326999, 0.59688438]]),
        (lambda step: step.outputs, [[0.75136507, 0.77292847]]),
        (lambda step: step.loss, 0.29837111),
        (lambda step: step.layers[1].delta, [[0.13849856, -0.03809824]]),
        (lambda step: step.layers[0].delta, [[0.00877135, 0.00995425]]),
        (lambda step: step.layers[1].grad_weights, [[0.08216704, 0.08266763], [-0.02260254, -0.02274024]]),
        (lambda step: step.layers[1].new_weights, [[0.35891648, 0.40866619], [0.51130127, 0.56137012]]),
        (lambda step: step.layers[0].new_weights, [[0.14978072, 0.19956143], [0.24975114, 0.29950229]]),
        (lambda step: step.layers[0].new_bias, [0.35, 0.35]),
        (lambda step: step.layers[1].new_bias, [0.60, 0.60]),
    ],
    ids=["hidden", "output", "loss", "delta2", "delta1", "gradient2", "new2", "new1", "bias1", "bias2"],
)
def test_mazur_to_every_printed_digit(read: object, printed: object) -> None:
    np.testing.assert_array_equal(np.round(read(mazur()), 8), printed)


def test_one_neuron_by_hand() -> None:
    made = spec(1, 1, output="linear", reduction="mean", learning_rate=0.01)
    step = trace(made, np.array([1.0, 0.0]), {}, 1, np.array([[2.1]]), np.array([[4.0]]))
    (layer,) = step.layers
    assert step.loss == pytest.approx(3.61)
    assert layer.grad_weights[0, 0] == pytest.approx(-7.98)
    assert layer.grad_bias[0] == pytest.approx(-3.8)
    assert layer.new_weights[0, 0] == pytest.approx(1.0798)
    assert layer.new_bias[0] == pytest.approx(0.038)
    assert step.loss_after == pytest.approx((1.0798 * 2.1 + 0.038 - 4) ** 2)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("settings", [{}, {"l1": 0.01, "l2": 0.1, "clip_value": 0.05, "clip_norm": 0.02}])
def test_the_numbers_hang_together(reduction: str, settings: dict[str, float]) -> None:
    made = spec(2, 3, 2, output="sigmoid", reduction=reduction, optimizer="momentum", **settings)
    step = traced(made)
    scale = REDUCTIONS[reduction].sample_scale(2)
    assert step.loss == pytest.approx(step.batch_scale * step.sample_losses.sum(), rel=1e-14)
    np.testing.assert_allclose(step.sample_losses, scale * ((step.outputs - T) ** 2).sum(axis=1), rtol=1e-14)
    np.testing.assert_allclose(step.output_gradient, 2 * scale * (step.outputs - T), rtol=1e-14)
    above = step.output_gradient
    for layer in reversed(step.layers):
        np.testing.assert_allclose(layer.upstream, above, rtol=1e-14)
        np.testing.assert_allclose(layer.delta, layer.upstream * layer.derivative, rtol=1e-14)
        np.testing.assert_allclose(layer.grad_weights, step.batch_scale * layer.delta.T @ layer.inputs, rtol=1e-13)
        np.testing.assert_allclose(layer.grad_bias, step.batch_scale * layer.delta.sum(axis=0), rtol=1e-13)
        np.testing.assert_allclose(layer.z, layer.inputs @ layer.weights.T + layer.bias, rtol=1e-13)
        np.testing.assert_array_equal(layer.new_weights, layer.weights + layer.step_weights)
        np.testing.assert_array_equal(layer.new_bias, layer.bias + layer.step_bias)
        np.testing.assert_allclose(layer.step_weights, -0.03 * layer.used_weights, rtol=1e-14)
        assert not layer.regularization_bias.any()
        above = layer.delta @ layer.weights
    again = Network(made.network, step.parameters_after).forward(X)
    np.testing.assert_allclose(step.outputs_after, again.outputs, rtol=1e-14)
    for index, layer in enumerate(step.layers):
        np.testing.assert_allclose(layer.inputs_after, again.inputs[index], rtol=1e-14)
        np.testing.assert_allclose(layer.a_after, again.a[index], rtol=1e-14)
    assert step.loss_after == pytest.approx(Objective(made).loss(again, T), rel=1e-14)
    assert step.penalty_after == pytest.approx(Objective(made).penalty(step.parameters_after))


def test_regularization_stands_apart_and_clipping_comes_last() -> None:
    step = traced(spec(2, 3, 2, l2=0.5, clip_norm=0.01))
    layer = step.layers[0]
    np.testing.assert_allclose(layer.regularization_weights, 0.5 * layer.weights)
    assert step.penalty == pytest.approx(0.25 * sum((item.weights**2).sum() for item in step.layers))
    assert 0 < step.clip_factor < 1
    np.testing.assert_allclose(layer.used_weights, step.clip_factor * (layer.grad_weights + layer.regularization_weights))
    used = np.concatenate([part.ravel() for item in step.layers for part in (item.used_weights, item.used_bias)])
    assert np.linalg.norm(used) == pytest.approx(0.01)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("loss", LOSSES)
def test_every_activation_and_loss_can_be_traced(activation: str, loss: str) -> None:
    if LOSSES[loss].needs_teacher or (LOSSES[loss].needs_probabilities and not ACTIVATIONS[activation].probabilities):
        return
    step = traced(spec(2, 3, 2, hidden=activation, output=activation, loss=loss, optimizer="adam"))
    assert (step.layers[0].derivative is None) == (ACTIVATIONS[activation].derivative is None)
    assert step.fused == ((loss, activation) in {("binary_crossentropy", "sigmoid"), ("categorical_crossentropy", "softmax")})
    assert step.loss_after < step.loss
    assert set(step.state_before) == set(step.state_after) == {"mean", "square"}
    assert not step.state_before["mean"].any() and step.state_after["mean"].any()


def test_a_trace_touches_nothing_it_was_given() -> None:
    made = spec(2, 3, 2, optimizer="adam")
    parameters = initialize(made.network, 0)
    state = OPTIMIZERS["adam"].state(parameters.size)
    before = parameters.tobytes(), state["mean"].tobytes(), X.tobytes()
    step = trace(made, parameters, state, 1, X, T)
    assert before == (parameters.tobytes(), state["mean"].tobytes(), X.tobytes())
    assert not np.shares_memory(step.parameters_before, parameters)


def test_chunks_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = traced(spec(2, 3, 2))
    monkeypatch.setattr("nnviz.engine.trace.step_rows", lambda _spec: 2)
    cut = traced(spec(2, 3, 2))
    np.testing.assert_allclose(cut.parameters_after, whole.parameters_after, rtol=1e-13)
    for one, other in zip(cut.layers, whole.layers, strict=True):
        for name in ("inputs", "z", "a", "derivative", "upstream", "delta", "grad_weights"):
            np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=1e-12)


def test_the_optimizers_own_count_may_differ_from_the_step() -> None:
    made = spec(2, 3, 2, optimizer="adam", learning_rate=0.01)
    parameters = initialize(made.network, 0)
    step = trace(made, parameters, OPTIMIZERS["adam"].state(parameters.size), 500, X, T, count=1)
    assert step.step == 500
    assert np.abs(step.layers[1].step_weights).max() == pytest.approx(0.01, rel=1e-4)


def test_a_layer_without_bias_shows_zeros() -> None:
    made = replace(spec(2, 3, 2), network=network(2, 3, 2, use_bias=False))
    layer = traced(made).layers[0]
    for name in ("bias", "grad_bias", "used_bias", "step_bias", "new_bias"):
        np.testing.assert_array_equal(getattr(layer, name), np.zeros(3))


def test_numbers_that_are_not_finite_are_shown_not_raised() -> None:
    step = traced(spec(2, 3, 2, output="linear"), x=np.full((1, 2), 1e308), t=np.array([[1e308, -1e308]]))
    assert not np.isfinite(step.loss)
