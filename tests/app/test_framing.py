"""A frame holds what the trainer holds, and computes only what is wanted."""

from __future__ import annotations

import math

import numpy as np
import pytest

from nnviz.app.frame import MAP_SIDE, SURFACE_SIDE, Wanted
from nnviz.app.framing import make_frame, planes, probe_trace
from nnviz.data.prepare import Prepared, prepare
from nnviz.engine.network import Network
from nnviz.engine.trainer import Trainer
from nnviz.formats.examples import load

ALL = Wanted(maps=True, surface=True, batch_activations=True)


def opened(name: str) -> tuple[Trainer, Prepared]:
    example = load(name)
    data = prepare(example.spec.data)
    trainer = Trainer(example.spec, data.samples, initial=example.initial)
    for _ in range(3):
        trainer.step()
    return trainer, data


def test_it_holds_what_the_trainer_holds_and_is_no_part_of_it() -> None:
    trainer, data = opened("spiral")
    frame = make_frame(trainer, data, planes(data), 5, ALL, 7)
    assert (frame.generation, frame.step, frame.probe.row) == (7, 3, 5)
    for shown, own in zip(frame.layers, trainer.network.views, strict=True):
        assert np.array_equal(shown.weights, own.weights) and np.array_equal(shown.bias, own.bias)
        assert not np.shares_memory(shown.weights, own.weights)
    passed = trainer.network.forward(data.inputs(data.raw[5:6]))
    assert np.array_equal(frame.layers[-1].activations, passed.outputs[0])


def test_only_what_is_wanted_is_computed() -> None:
    trainer, data = opened("spiral")
    frame = make_frame(trainer, data, planes(data), 0, Wanted(), 0)
    assert frame.maps == {} and frame.surface is None and frame.layers[0].batch_activations.shape == (0, 8)


def test_maps_are_the_activations_over_the_plane() -> None:
    trainer, data = opened("spiral")
    frame = make_frame(trainer, data, planes(data), 0, ALL, 0)
    assert frame.maps["h1"].shape == (8, MAP_SIDE, MAP_SIDE) and frame.maps["h1"].dtype == np.float32
    (left, right), (low, high) = data.domain
    corner = trainer.network.forward(data.inputs(np.array([[left, low], [right, high]])))
    assert frame.maps["h1"][:, 0, 0] == pytest.approx(corner.a[0][0], abs=1e-5)
    assert frame.maps["h1"][:, -1, -1] == pytest.approx(corner.a[0][1], abs=1e-5)
    assert frame.surface is not None and frame.surface.shape == (1, SURFACE_SIDE, SURFACE_SIDE)
    assert frame.surface[0, -1, -1] == pytest.approx(corner.outputs[1, 0], abs=1e-5)


def test_one_input_makes_lines_and_tables_make_no_maps() -> None:
    trainer, data = opened("sine")
    frame = make_frame(trainer, data, planes(data), 0, ALL, 0)
    assert frame.maps["input"].shape[1:] == (MAP_SIDE,) and frame.surface is not None and frame.surface.shape == (1, SURFACE_SIDE)
    trainer, data = opened("iris")
    frame = make_frame(trainer, data, planes(data), 0, ALL, 0)
    assert frame.maps == {} and frame.surface is None


def test_the_metric_is_of_the_training_part_where_there_is_no_other() -> None:
    trainer, data = opened("xor")
    trainer.run_epoch()
    frame = make_frame(trainer, data, planes(data), 0, Wanted(), 0)
    assert frame.metric == trainer.latest.train_metric and np.isnan(frame.validation_loss)


def test_the_probes_pass_is_of_that_row() -> None:
    trainer, data = opened("iris")
    before = trainer.network.parameters.copy()
    shown = probe_trace(trainer, data, 77)
    assert shown.rows.tolist() == [77]
    assert np.array_equal(shown.inputs, data.inputs(data.raw[77:78]))
    assert data.labels is not None and shown.targets[0].argmax() == data.labels[77]
    assert np.array_equal(trainer.network.parameters, before)


def test_a_diverging_run_is_shown_as_it_is() -> None:
    trainer, data = opened("circle")
    trainer.network.parameters[:] = 1e300
    frame = make_frame(trainer, data, planes(data), 0, ALL, 0)
    assert np.array_equal(frame.parameters, np.full_like(frame.parameters, 1e300))
    assert Network(frame.spec.network, frame.parameters).views[0].weights[0, 0] == 1e300


def test_layers_of_every_kind_are_shown() -> None:
    trainer, data = opened("digits-cnn")
    for wanted in (Wanted(), ALL):
        frame = make_frame(trainer, data, planes(data), 0, wanted, 0)
        for shown, shape in zip(frame.layers, frame.spec.network.shapes, strict=True):
            rows = len(shown.batch_activations)
            assert shown.activations.shape == shown.z.shape == (math.prod(shape),)
            assert shown.batch_activations.shape == (rows, math.prod(shape)) and (rows > 0) == wanted.batch_activations
            assert shown.gradient.shape == shown.weights.shape
        assert frame.maps == {} and frame.surface is None


def test_the_target_of_an_autoencoder_is_its_input() -> None:
    trainer, data = opened("digits-autoencoder")
    frame = make_frame(trainer, data, planes(data), 3, Wanted(), 0)
    assert np.array_equal(frame.probe.targets, frame.probe.inputs)
    assert np.array_equal(probe_trace(trainer, data, 3).targets[0], frame.probe.targets)
