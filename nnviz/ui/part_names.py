"""What the parts of a network are called on screen: a layer by its name, "h1·3", "x₁", "h1·3 → h2·1", "bias of h1·3"."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from nnviz.engine.network_spec import BatchNorm, Conv2D, Dropout, Flatten, NetworkSpec
from nnviz.engine.patch import BIAS
from nnviz.explain.numbers import format_number
from nnviz.ui.names import feature_name
from nnviz.ui.selection import Selection

INPUT = "input"


def layer_name(network: NetworkSpec, layer_id: str) -> str:
    """Return what a layer, or "input", is called."""
    return QCoreApplication.translate("Parts", "Input") if layer_id == INPUT else network.layer(layer_id).name


def neuron_name(network: NetworkSpec, layer_id: str, neuron: str) -> str:
    """Return what a neuron is called: an input by its feature, others by layer and place, counted from 1. Raises KeyError."""
    if layer_id == INPUT:
        return feature_name(neuron)
    index = network.index(layer_id)
    rows = network.rows(index)
    names = rows if neuron in rows else network.outputs(index)
    if neuron not in names:
        raise KeyError(neuron)
    return f"{network.layers[index].name}·{names.index(neuron) + 1}"


def source_name(network: NetworkSpec, layer_id: str, source: str) -> str:
    """Return what a column of a layer's weights is called: the neuron it comes from, or its place in a kernel. Raises KeyError."""
    index = network.index(layer_id)
    layer, sources = network.layers[index], network.sources(index)
    if source not in sources:
        raise KeyError(source)
    if isinstance(layer, Conv2D):
        _, _, at = source.rpartition("@")
        row, column = at.split(",")
        channel = sources.index(source) // (layer.kernel[0] * layer.kernel[1]) + 1
        return f"{channel}: {int(row) + 1},{int(column) + 1}"
    if isinstance(layer, BatchNorm):
        return "γ"
    while index > 0 and isinstance(network.layers[index - 1], Flatten | Dropout | BatchNorm):
        index -= 1  # they pass on the numbers of another layer
    if index == 0:
        return feature_name(source)
    return f"{network.layers[index - 1].name}·{sources.index(source) + 1}"


def part_name(network: NetworkSpec, part: Selection) -> str:
    """Return what a part is called; of several how many there are. An edge with the source `BIAS` is a bias. Raises KeyError."""
    if part.kind == "network":
        return QCoreApplication.translate("Parts", "the network")
    if part.kind == "several":
        return QCoreApplication.translate("Parts", "{count} things").format(count=format_number(len(part.parts)))
    if part.kind == "layer":
        return layer_name(network, part.layer)
    name = neuron_name(network, part.layer, part.neuron)
    if part.kind == "neuron":
        return name
    if part.source == BIAS:
        return QCoreApplication.translate("Parts", "bias of {neuron}").format(neuron=name)
    return f"{source_name(network, part.layer, part.source)} → {name}"
