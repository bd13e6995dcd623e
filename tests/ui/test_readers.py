"""The dense layer that reads a neuron is found through what only passes numbers on."""

from __future__ import annotations

import pytest

from nnviz.ui.part_names import INPUT
from nnviz.ui.readers import reader
from tests.ui.canvas.networks import example, mixed, planar


def test_each_layer_is_read_by_the_next() -> None:
    network = planar((4, 2, 1)).spec.network
    assert [reader(network, INPUT, "x1"), reader(network, "l1", "n0"), reader(network, "l2", "n5")] == [0, 1, 2]
    assert reader(network, "l3", "n6") == -1


def test_batch_norm_and_dropout_pass_neurons_on() -> None:
    network = mixed().spec.network
    assert network.layers[reader(network, "l1", "n0")].id == "l2"
    assert network.layers[reader(network, "l2", "n8")].id == "l3"


def test_a_neuron_that_is_not_there_is_read_by_none() -> None:
    network = planar((4, 2, 1)).spec.network
    assert reader(network, "l1", "n9") == reader(network, "l1", "") == -1
    with pytest.raises(KeyError):
        reader(network, "gone", "n0")


def test_what_kernels_and_pooling_read_is_no_neuron() -> None:
    network = example("digits-cnn").spec.network
    assert reader(network, INPUT, network.input.names[0]) == -1
    for layer in network.layers:
        if layer.kind == "conv2d":
            assert reader(network, layer.id, network.rows(network.index(layer.id))[0]) == -1
