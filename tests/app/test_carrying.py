"""Until the worker answers an edit, what survives it is shown as it was, by ids."""

from __future__ import annotations

import numpy as np
import pytest

from nnviz.app.carrying import carried
from nnviz.app.frame import Frame, Wanted
from nnviz.app.framing import make_frame, planes
from nnviz.data.prepare import prepare
from nnviz.engine import edits
from nnviz.engine.spec import Spec
from nnviz.engine.trainer import Trainer
from nnviz.formats.examples import load


def frame_of(name: str) -> Frame:
    spec = load(name).spec
    data = prepare(spec.data)
    trainer = Trainer(spec, data.samples)
    trainer.step()
    return make_frame(trainer, data, planes(data), 0, Wanted(maps=True, surface=True, batch_activations=True), 0)


SPIRAL, DIGITS = frame_of("spiral"), frame_of("digits-cnn")


def fits(frame: Frame, spec: Spec) -> None:
    """Hold every array against what the network needs."""
    network = spec.network
    assert [layer.id for layer in frame.layers] == [layer.id for layer in network.layers]
    for index, (layer, shape) in enumerate(zip(frame.layers, network.weight_shapes(), strict=True)):
        count = len(network.outputs(index))
        assert layer.weights.shape == layer.gradient.shape == shape
        assert layer.z.shape == layer.activations.shape == (count,) and layer.batch_activations.shape[1] == count
        assert layer.id not in frame.maps or len(frame.maps[layer.id]) == count
    assert frame.probe.inputs.shape == (len(network.input.names),) and frame.parameters.shape == (network.weights,)


def test_neurons_keep_their_numbers_and_new_ones_have_none() -> None:
    before, neurons = SPIRAL.layers, SPIRAL.spec.network.weighted("h1").neurons
    edited = edits.remove_neurons(edits.add_neuron(SPIRAL.spec, "h1", neurons[0]), "h1", neurons[3:4])
    found = carried(SPIRAL, edited)
    fits(found, edited)
    now = edited.network.weighted("h1").neurons
    for row, name in enumerate(now):
        kept = neurons.index(name) if name in neurons else None
        expected = np.zeros(4) if kept is None else before[0].weights[kept]
        assert np.array_equal(found.layers[0].weights[row], expected)
        assert found.layers[0].activations[row] == (0.0 if kept is None else before[0].activations[kept])
        assert np.array_equal(found.layers[1].weights[:, row], np.zeros(6) if kept is None else before[1].weights[:, kept])


@pytest.mark.parametrize("frame", [SPIRAL, DIGITS], ids=["spiral", "digits-cnn"])
def test_any_layer_may_come_go_move_and_grow(frame: Frame) -> None:
    spec = frame.spec
    for index, layer in enumerate(spec.network.layers[:-1]):
        for kind in ("dense", "dropout", "batchnorm"):
            added = edits.insert_layer(spec, index, kind=kind)
            if min(map(min, added.network.shapes)) > 0:
                fits(carried(frame, added), added)
        if layer.kind == "dense":
            fits(carried(frame, edits.remove_layer(spec, layer.id)), edits.remove_layer(spec, layer.id))
    wider = edits.with_units(spec, spec.network.layers[0].id, 20)
    fits(carried(frame, wider), wider)


def test_what_is_the_same_is_not_copied() -> None:
    renamed = edits.rename(SPIRAL.spec, "h1", "first")
    found = carried(SPIRAL, renamed)
    assert found.spec is renamed and found.layers[0].weights is SPIRAL.layers[0].weights and found.parameters is SPIRAL.parameters


def test_inputs_go_by_their_names() -> None:
    fewer = edits.with_features(SPIRAL.spec, ("x2", "x1"))
    found = carried(SPIRAL, fewer)
    fits(found, fewer)
    assert found.probe.inputs.tolist() == SPIRAL.probe.inputs[[1, 0]].tolist()
    assert np.array_equal(found.layers[0].weights, SPIRAL.layers[0].weights[:, [1, 0]])
