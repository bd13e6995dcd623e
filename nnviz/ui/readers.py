"""Who reads a neuron: the dense layer its edges lead to."""

from __future__ import annotations

from nnviz.engine.network_spec import Dense, NetworkSpec, Weighted
from nnviz.ui.part_names import INPUT


def reader(network: NetworkSpec, layer_id: str, neuron: str) -> int:
    """Return the index of the dense layer that reads a neuron, directly or as it is passed on; −1 where none does.

    What a kernel reads is no single neuron, and what pooling makes of one is another one. Raises KeyError for an unknown layer.
    """
    start = 0 if layer_id == INPUT else network.index(layer_id) + 1
    for later in range(start, len(network.layers)):
        layer = network.layers[later]
        if isinstance(layer, Weighted):
            return later if isinstance(layer, Dense) and neuron in network.sources(later) else -1
    return -1
