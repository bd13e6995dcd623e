"""Weights and biases of several parts as one array, frame after frame; where they stand is looked up once a network."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.app.frame import Frame
from nnviz.engine.network_spec import NetworkSpec
from nnviz.engine.patch import BIAS
from nnviz.ui.selection import Selection

Array = NDArray[Any]


class Values:
    """The numbers of some edges, and the biases of some neurons."""

    def __init__(self, parts: tuple[Selection, ...]) -> None:
        self._parts = parts
        self._network: NetworkSpec | None = None
        self._places: dict[int, tuple[Array, Array]] = {}

    def read(self, frame: Frame) -> Array:
        """Return the numbers that the frame's network has, layer by layer, shape (numbers,)."""
        if self._network is not frame.spec.network:
            self._network, self._places = frame.spec.network, self._look_up(frame.spec.network)
        found = [np.zeros(0)]
        for index, (rows, columns) in self._places.items():
            layer = frame.layers[index]
            found.append(np.column_stack([layer.weights, layer.bias])[rows, columns])
        return np.concatenate(found)

    def _look_up(self, network: NetworkSpec) -> dict[int, tuple[Array, Array]]:
        """Return by layer index the rows and columns of the parts; the bias is the last column."""
        layers = {layer.id: index for index, layer in enumerate(network.layers)}
        rows, columns = dict[int, dict[str, int]](), dict[int, dict[str, int]]()
        found: dict[int, list[tuple[int, int]]] = {}
        for part in self._parts:
            index = layers.get(part.layer, -1)
            if index < 0:
                continue
            if index not in rows:
                rows[index] = {name: at for at, name in enumerate(network.rows(index))}
                columns[index] = {name: at for at, name in enumerate((*network.sources(index), BIAS))}
            source = part.source if part.kind == "edge" else BIAS
            if part.neuron in rows[index] and source in columns[index]:
                found.setdefault(index, []).append((rows[index][part.neuron], columns[index][source]))
        places = {index: np.array(pairs).T for index, pairs in found.items()}
        return {index: (place[0], place[1]) for index, place in places.items()}
