"""Which numbers meet in a layer: the wires add up to what the engine computes, there and back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.network_spec import AvgPool2D, Conv2D, Dense, Flatten, InputSpec, Layer, MaxPool2D, NetworkSpec, default_names
from nnviz.engine.table import choose
from nnviz.engine.trace import Trace
from nnviz.explain.wiring import meetings, readers, window, windows, wires

SIDES = st.tuples(st.integers(1, 3), st.integers(1, 3))
LINEAR = choose(ACTIVATIONS, "linear")


def ending(*layers: Layer) -> tuple[Layer, ...]:
    """Return the layers with one before them that hears what they hand back, and an output behind them."""
    first = Conv2D("first", "First", ("f1", "f2"), (1, 1), activation=LINEAR)
    return first, *layers, Flatten("flat", "Flat"), Dense("out", "Output", ("o1", "o2"), LINEAR)


@settings(max_examples=25, deadline=None)
@given(SIDES, SIDES, st.sampled_from(["valid", "same"]), st.integers(4, 6), st.integers(3, 5))
def test_wires_of_a_convolution_add_up(pictured: Any, kernel: Any, stride: Any, padding: str, height: int, width: int) -> None:
    layers = ending(Conv2D("conv", "Conv", ("k1", "k2", "k3"), kernel, stride, padding, activation=LINEAR, use_bias=False))
    recorded: Trace = pictured(layers, shape=(height, width, 1))
    network, layer = recorded.spec.network, recorded.layers[1]
    for unit, z in enumerate(layer.z[0]):
        assert sum(layer.weights[unit % 3, column] * layer.inputs[0, at] for column, at in wires(network, 1, unit)) == pytest.approx(z)
    for source, slope in enumerate(recorded.layers[0].upstream[0]):
        back = sum(layer.weights[unit % 3, column] * layer.delta[0, unit] for unit, column in readers(network, 1, source))
        assert back == pytest.approx(slope)
    for row, column in np.ndindex(layer.weights.shape):
        units, sources = meetings(network, 1, row, column)
        assert (layer.delta[0, units] * layer.inputs[0, sources]).sum() == pytest.approx(layer.grad_weights[row, column])


@settings(max_examples=25, deadline=None)
@given(SIDES, SIDES, st.sampled_from([MaxPool2D, AvgPool2D]))
def test_windows_of_a_pooling_hold_what_it_answers(pictured: Any, size: Any, stride: Any, kind: Any) -> None:
    recorded: Trace = pictured(ending(kind("pool", "Pool", size, stride)), shape=(5, 4, 1))
    network, layer = recorded.spec.network, recorded.layers[1]
    combine = max if kind is MaxPool2D else lambda read: sum(read) / len(read)
    for unit, a in enumerate(layer.a[0]):
        read = window(network, 1, unit)
        assert combine([layer.inputs[0, source] for _, source in read]) == pytest.approx(a)
        assert all((unit, tap) in windows(network, 1, source) for tap, source in read)


def test_every_neuron_of_a_dense_layer_reads_all_but_what_is_cut() -> None:
    layer = Dense("d", "Dense", ("n1", "n2"), LINEAR, pruned=(("x2", "n1"),))
    network = NetworkSpec(InputSpec((3,), default_names((3,))), (layer,))
    assert wires(network, 0, 0) == [(0, 0), (2, 2)]
    assert wires(network, 0, 1) == [(0, 0), (1, 1), (2, 2)]
    assert readers(network, 0, 1) == [(1, 1)]
    assert [found.tolist() for found in meetings(network, 0, 1, 2)] == [[1], [2]]
