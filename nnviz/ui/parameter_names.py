"""Reads the names of weights and biases: "h1·3 → h2·1", "h1.3 h2.1", "bias of h1.3", or PyTorch's "layers.0.weight[2,1]"."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
from PySide6.QtCore import QCoreApplication

from nnviz.engine.network_spec import BatchNorm, Conv2D, Dense, Dropout, Flatten, NetworkSpec, Weighted
from nnviz.engine.patch import BIAS
from nnviz.ui.names import feature_name
from nnviz.ui.part_names import INPUT, source_name
from nnviz.ui.ranking import fold
from nnviz.ui.selection import Selection

ARROW = re.compile("→|->|=>|>")
TENSOR = re.compile(r"layers\s*\.\s*(\d{1,9})\s*\.\s*(weight|bias)\s*\[([\d\s,]*)\]?\s*")


def numbered(layer: str, place: int) -> str:
    """Return the name of a layer's neuron as `part_names.neuron_name` makes it, without looking for it."""
    return f"{layer}·{place}"


def simple(name: str) -> str:
    """Return a name by which it is recognised however its dots, spaces and brackets are typed."""
    return " ".join(re.findall(r"\w+", fold(name)))


def feeder(network: NetworkSpec, index: int) -> str:
    """Return the id of the layer whose numbers layer `index` reads, or "input"; what only passes numbers on is skipped."""
    index -= 1
    while index >= 0 and isinstance(network.layers[index], Flatten | Dropout | BatchNorm):
        index -= 1
    return network.layers[index].id if index >= 0 else INPUT


class Parameters:
    """Finds weights and biases by the names of the neurons they belong to."""

    def __init__(self, network: NetworkSpec) -> None:
        self._network = network
        self._neurons: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._sources: dict[str, dict[str, str]] = {}
        for index, layer in enumerate(network.layers):
            if isinstance(layer, Weighted):
                self._sources[layer.id] = dict(_source_names(network, index))
                for place, neuron in enumerate(layer.neurons, 1):
                    self._neurons[simple(numbered(layer.name, place))].append((layer.id, neuron))

    def named(self, typed: str) -> list[Selection]:
        """Return the weights between two neurons that are named, with an arrow or in any order, or the bias of the one named."""
        before, *after = ARROW.split(typed, maxsplit=1)
        if after:
            return self._edges(simple(before), simple(after[0]))
        words, found = simple(typed).split(), []
        for at in range(1, len(words)):
            first, second = " ".join(words[:at]), " ".join(words[at:])
            found += self._edges(first, second) + self._edges(second, first)
        return found + self._biases(words)

    def _edges(self, source: str, target: str) -> list[Selection]:
        places = [(layer, neuron, self._sources[layer].get(source)) for layer, neuron in self._neurons.get(target, ())]
        return [Selection("edge", layer, neuron, name) for layer, neuron, name in places if name is not None]

    def _biases(self, words: Sequence[str]) -> list[Selection]:
        filling = simple(QCoreApplication.translate("Parts", "bias of {neuron}").format(neuron="")).split()
        name = " ".join(word for word in words if word not in filling)
        places = self._neurons.get(name, ())
        return [Selection("edge", layer, neuron, BIAS) for layer, neuron in places if self._network.weighted(layer).use_bias]


def _source_names(network: NetworkSpec, index: int) -> Iterator[tuple[str, str]]:
    """Yield what the columns of a layer's weights are called, with their ids: as shown, and as the neurons that are read."""
    layer, sources, reads = network.layers[index], network.sources(index), feeder(network, index)
    if isinstance(layer, Conv2D):
        yield from ((simple(source_name(network, layer.id, source)), source) for source in sources)
        return
    called = {each.name for each in network.layers if each.id == reads and isinstance(each, Dense)}
    called |= {each.name for each in network.layers[:index][-1:]}
    for place, source in enumerate(sources, 1):
        own = {source, feature_name(source)} if reads == INPUT else set[str]()
        for name in own | {numbered(each, place) for each in called}:
            yield simple(name), source


def by_tensor(network: NetworkSpec, typed: str) -> Selection:
    """Return the weight or bias that has this name in PyTorch, as `formats.tensors` writes it; of batch norm the layer.

    Raises:
        LookupError: there is none.
    """
    match = TENSOR.fullmatch(typed.strip())
    if match is None:
        raise LookupError(typed)
    index, places = int(match[1]), [int(place) for place in re.findall(r"\d+", match[3])]
    shape = tensor_shape(network, index, match[2])
    if not shape or len(places) != len(shape) or any(place >= size for place, size in zip(places, shape, strict=True)):
        raise LookupError(typed)
    layer, row = network.layers[index], network.rows(index)[places[0]]
    if isinstance(layer, BatchNorm):
        return Selection("layer", layer.id)
    if match[2] == "bias":
        return Selection("edge", layer.id, row, BIAS)
    return Selection("edge", layer.id, row, network.sources(index)[int(np.ravel_multi_index(places[1:], shape[1:]))])


def tensor_shape(network: NetworkSpec, index: int, kind: str) -> tuple[int, ...]:
    """Return the shape of the "weight" or "bias" of layer `index`, () where there is none."""
    layer = network.layers[index] if index < len(network.layers) else None
    if layer is None or not isinstance(layer, Weighted | BatchNorm):
        return ()
    rows, columns = len(network.rows(index)), len(network.sources(index))
    if isinstance(layer, BatchNorm):
        return (rows,)
    if kind == "bias":
        return (rows,) if layer.use_bias else ()
    if isinstance(layer, Conv2D):
        return rows, columns // (layer.kernel[0] * layer.kernel[1]), *layer.kernel
    return rows, columns
