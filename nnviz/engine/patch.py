"""Numbers of a network that are set by hand: weights and biases, found by the ids of what they belong to.

one = single("h2", "n11", "n3", 0.5)          # the weight of the edge n3 → n11
flat = patched(network, flat, [one])          # a copy with the number in its place
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.initializers import INITIALIZERS
from nnviz.engine.network import cut, views
from nnviz.engine.network_spec import BatchNorm, Conv2D, NetworkSpec, Weighted

Array = NDArray[Any]
BIAS = ""  # the source whose weight is the bias


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """Numbers of one layer.

    Attributes:
        layer: the layer's id.
        neurons: ids of rows of its weights.
        sources: ids of columns; `BIAS` stands for the bias, of batch norm β.
        values: shape (neurons, sources).
    """

    layer: str
    neurons: tuple[str, ...]
    sources: tuple[str, ...]
    values: Array


def single(layer: str, neuron: str, source: str, value: float) -> Patch:
    """Return a patch of one number."""
    return Patch(layer, (neuron,), (source,), np.array([[value]]))


def read(network: NetworkSpec, flat: Array, patch: Patch) -> Patch:
    """Return what stands where a patch would be put: the places the network still has, with the numbers of `flat`."""
    index, rows, columns = _places(network, patch)
    if index < 0:
        return Patch(patch.layer, (), (), np.zeros((0, 0)))
    view, neurons = views(network, flat)[index], tuple(patch.neurons[row] for row in rows)
    sources = tuple(patch.sources[column] for column in columns)
    whole = np.column_stack([view.weights, view.bias]) if BIAS in sources else view.weights
    found = whole[np.ix_(_index(network.rows(index), neurons), _index((*network.sources(index), BIAS), sources))]
    return Patch(patch.layer, neurons, sources, found)


def patched(network: NetworkSpec, flat: Array, patches: Iterable[Patch]) -> Array:
    """Return a copy of `flat` with the numbers of the patches in their places.

    What the network does not have (any more) is left out, and a pruned edge stays 0.
    """
    made = flat.copy()
    parts = views(network, made)
    for patch in patches:
        index, rows, columns = _places(network, patch)
        if index < 0:
            continue
        at = _index(network.rows(index), [patch.neurons[row] for row in rows])
        known = {name: place for place, name in enumerate(network.sources(index))}
        whole = [column for column in columns if patch.sources[column] != BIAS]
        parts[index].weights[np.ix_(at, [known[patch.sources[column]] for column in whole])] = patch.values[np.ix_(rows, whole)]
        if len(whole) < len(columns):
            parts[index].bias[at] = patch.values[rows, patch.sources.index(BIAS)]
    cut(network, made)
    return made


def redrawn(network: NetworkSpec, layer_id: str, neurons: Sequence[str], rng: np.random.Generator) -> Patch:
    """Return new numbers for some rows of a layer: as its initializer draws them, biases 0; of batch norm γ = 1 and β = 0.

    Raises:
        KeyError: there is no such layer, it has no weights, or not these rows.
    """
    index = network.index(layer_id)
    layer, sources = network.layers[index], network.sources(index)
    at = _index(network.rows(index), neurons)
    if isinstance(layer, BatchNorm):
        return Patch(layer_id, tuple(neurons), (*sources, BIAS), np.tile([1.0, 0.0], (len(at), 1)))
    layer = network.weighted(layer_id)
    targets = layer.units * (layer.kernel[0] * layer.kernel[1] if isinstance(layer, Conv2D) else 1)
    drawn = INITIALIZERS[layer.initializer.kind].draw(rng, layer.units, len(sources), targets, **dict(layer.initializer.parameters))
    if not layer.use_bias:
        return Patch(layer_id, tuple(neurons), sources, drawn[at])
    return Patch(layer_id, tuple(neurons), (*sources, BIAS), np.column_stack([drawn[at], np.zeros(len(at))]))


def _places(network: NetworkSpec, patch: Patch) -> tuple[int, list[int], list[int]]:
    """Return the layer's index, −1 where there is none, and which rows and columns of the patch the network has."""
    index = next((index for index, layer in enumerate(network.layers) if layer.id == patch.layer), -1)
    if index < 0:
        return index, [], []
    layer, rows, columns = network.layers[index], set(network.rows(index)), set(network.sources(index))
    if isinstance(layer, BatchNorm) or (isinstance(layer, Weighted) and layer.use_bias):
        columns.add(BIAS)
    kept = [row for row, name in enumerate(patch.neurons) if name in rows]
    return index, kept, [column for column, name in enumerate(patch.sources) if name in columns]


def _index(known: Sequence[str], names: Iterable[str]) -> list[int]:
    places = {name: place for place, name in enumerate(known)}
    return [places[name] for name in names]
