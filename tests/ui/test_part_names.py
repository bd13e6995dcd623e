"""Every part of every network has a name, by place and counted from 1."""

from __future__ import annotations

import pytest

from nnviz.engine.patch import BIAS
from nnviz.formats.examples import load
from nnviz.ui.part_names import layer_name, neuron_name, part_name, source_name
from nnviz.ui.selection import NETWORK, Selection, several

SPIRAL, DIGITS = load("spiral").spec.network, load("digits-cnn").spec.network


def test_layers_neurons_edges_and_biases() -> None:
    h1, h2 = SPIRAL.weighted("h1").neurons, SPIRAL.weighted("h2").neurons
    assert layer_name(SPIRAL, "h1") == "Dense 1" and layer_name(SPIRAL, "input") == "Input"
    assert neuron_name(SPIRAL, "h1", h1[2]) == "Dense 1·3" and neuron_name(SPIRAL, "input", "sin(x1)") == "sin x₁"
    assert part_name(SPIRAL, Selection("edge", "h2", h2[0], h1[2])) == "Dense 1·3 → Dense 2·1"
    assert part_name(SPIRAL, Selection("edge", "h1", h1[0], "x2")) == "x₂ → Dense 1·1"
    assert part_name(SPIRAL, Selection("edge", "h1", h1[0], BIAS)) == "bias of Dense 1·1"
    assert part_name(SPIRAL, several(Selection("neuron", "h1", name) for name in h1)) == "8 things"
    assert part_name(SPIRAL, NETWORK) == "the network" and part_name(SPIRAL, Selection("layer", "h1")) == "Dense 1"


def test_kernels_by_channel_row_and_column() -> None:
    layer = DIGITS.layers[0]
    sources = DIGITS.sources(0)
    assert source_name(DIGITS, layer.id, sources[0]) == "1: 1,1" and source_name(DIGITS, layer.id, sources[-1]) == "1: 3,3"
    for index, each in enumerate(DIGITS.layers):
        for source in DIGITS.sources(index)[:5]:
            assert source_name(DIGITS, each.id, source)


@pytest.mark.parametrize(
    "part",
    [
        Selection("neuron", "h1", "gone"),
        Selection("edge", "h1", "gone", "x1"),
        Selection("edge", "h1", "n1", "gone"),
        Selection("layer", "gone"),
    ],
)
def test_what_is_gone_has_no_name(part: Selection) -> None:
    with pytest.raises(KeyError):
        part_name(SPIRAL, part)
