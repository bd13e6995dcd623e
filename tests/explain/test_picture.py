"""What the canvas shows at each stage."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from nnviz.engine.trace import Trace
from nnviz.explain.picture import Picture, picture
from nnviz.explain.stages import stages


def pictures(trace: Trace, sample: int = 0) -> dict[str, Picture]:
    return {stage.label: picture(trace, stage, sample) for stage in stages(trace)}


def test_the_signal_runs_forward_then_backward_then_stands(mazur: Trace) -> None:
    directions = [picture(mazur, stage).direction for stage in stages(mazur)]
    assert directions == [1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, 0, 0, 1]


def test_terms_stand_on_the_edges_of_the_layer_that_sums(mazur: Trace) -> None:
    shown = pictures(mazur)["z₂"]
    assert shown.lit_edges == {"out"}
    assert shown.lit_nodes == {"h1", "out"}
    assert shown.edge_kind == {"out": "term"}
    layer = mazur.layers[1]
    assert_array_equal(shown.edge_values["out"], layer.weights * layer.inputs[0])
    np.testing.assert_allclose(shown.edge_values["out"].sum(axis=1) + layer.bias, shown.node_values["out"])


def test_nodes_carry_the_newest_number_the_pass_has_reached(mazur: Trace) -> None:
    shown = pictures(mazur)
    assert set(shown["input"].node_values) == {"input"}
    assert shown["z₁"].node_symbols == {"input": "x", "h1": "z"}
    assert shown["z₂"].node_symbols == {"input": "x", "h1": "a", "out": "z"}
    assert shown["loss"].node_symbols["out"] == "ŷ−y"
    assert shown["loss"].node_values["out"] == pytest.approx([0.74136507, -0.21707153], abs=1e-8)
    assert shown["δ₂"].node_symbols == {"input": "x", "h1": "a", "out": "δ"}
    assert shown["∂a₁"].node_symbols["h1"] == "∂L/∂a"
    assert shown["δ₁"].node_symbols == {"input": "x", "h1": "δ", "out": "δ"}
    assert_array_equal(shown["δ₁"].node_values["h1"], mazur.layers[0].delta[0])
    assert shown["again"].node_symbols == {"input": "x", "h1": "a", "out": "ŷ"}
    assert_array_equal(shown["again"].node_values["out"], mazur.outputs_after[0])


def test_gradients_and_steps_stand_on_the_edges(mazur: Trace) -> None:
    shown = pictures(mazur)
    np.testing.assert_allclose(shown["∂W₂"].edge_values["out"], mazur.layers[1].grad_weights, rtol=1e-15)
    assert shown["∂W₂"].edge_kind == {"out": "gradient"}
    assert set(shown["∂W₂"].edge_values) == {"out"}
    assert shown["update"].edge_kind == {"h1": "step", "out": "step"}
    assert_array_equal(shown["update"].edge_values["h1"], mazur.layers[0].step_weights)
    assert_array_equal(shown["new W"].edge_values["out"], mazur.layers[1].new_weights)
    assert shown["new W"].edge_kind == {"h1": "weight", "out": "weight"}


def test_what_comes_back_adds_up_along_the_edges(traced: Any) -> None:
    recorded = traced((3, 4, 2), samples=2)
    shown = pictures(recorded, sample=1)["∂a₁"]
    np.testing.assert_allclose(shown.edge_values["l2"].sum(axis=0), shown.node_values["l1"], rtol=1e-12)


def test_a_batch_shows_its_sample_and_then_the_mean(traced: Any) -> None:
    recorded = traced((2, 3, 1), samples=3)
    first, second = pictures(recorded, 0), pictures(recorded, 2)
    assert_array_equal(second["z₁"].node_values["l1"], recorded.layers[0].z[2])
    assert (first["∂W₁"].edge_values["l1"] != second["∂W₁"].edge_values["l1"]).any()
    assert_array_equal(first["mean"].edge_values["l1"], recorded.layers[0].grad_weights)


def test_the_second_way_forward_shows_new_terms_and_new_activations(traced: Any) -> None:
    recorded = traced((3, 4, 2), samples=2)
    shown = pictures(recorded, sample=1)["again"]
    assert shown.edge_kind == {"l1": "term", "l2": "term"}
    assert shown.lit_edges == {"l1", "l2"}
    hidden = np.tanh(shown.edge_values["l1"].sum(axis=1) + recorded.layers[0].new_bias)
    np.testing.assert_allclose(shown.node_values["l1"], hidden, rtol=1e-12)
    assert (shown.node_values["l1"] != recorded.layers[0].a[1]).any()
    output = shown.edge_values["l2"].sum(axis=1) + recorded.layers[1].new_bias
    np.testing.assert_allclose(shown.node_values["l2"], output, rtol=1e-12)
    assert_array_equal(shown.edge_values["l2"], recorded.layers[1].new_weights * shown.node_values["l1"])


def test_penalty_and_clipping_show_the_gradient_so_far(traced: Any) -> None:
    recorded = traced(l2=0.3, clip_norm=0.01)
    shown = pictures(recorded)
    layer = recorded.layers[0]
    assert_array_equal(shown["penalty"].edge_values["l1"], layer.grad_weights + layer.regularization_weights)
    assert_array_equal(shown["clip"].edge_values["l1"], layer.used_weights)


def test_every_layer_shown_fits_the_network(traced: Any) -> None:
    recorded = traced((4, 3, 2), samples=2, output="softmax", loss="categorical_crossentropy")
    shapes = {layer.id: layer.weights.shape for layer in recorded.layers}
    for shown in pictures(recorded).values():
        assert all(values.shape == shapes[name] for name, values in shown.edge_values.items())
        assert all(values.shape == ((shapes[name][0],) if name in shapes else (4,)) for name, values in shown.node_values.items())
        assert set(shown.node_symbols) == set(shown.node_values)
        assert set(shown.edge_kind) == set(shown.edge_values)
        assert set(shown.edge_values) <= shown.lit_edges
