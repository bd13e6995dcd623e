"""Pure edits: each takes a spec and returns a new one; none looks at weights, data or screen.

Raises KeyError for an id that is not there; whether the result makes sense is for `spec.problems` to say.
"""

from __future__ import annotations

from dataclasses import replace

from nnviz.engine.network_spec import Dense, Layer, NetworkSpec, Weighted
from nnviz.engine.spec import Spec


def replace_layer(spec: Spec, layer: Layer) -> Spec:
    """Return the spec with the layer of the same id replaced."""
    index = spec.network.index(layer.id)
    layers = (*spec.network.layers[:index], layer, *spec.network.layers[index + 1 :])
    return with_network(spec, replace(spec.network, layers=layers))


def with_network(spec: Spec, network: NetworkSpec) -> Spec:
    """Return the spec with another network; what was pruned or lesioned and is no longer there is forgotten."""
    return replace(spec, network=replace(network, layers=tuple(_tidied(network, index) for index in range(len(network.layers)))))


def _tidied(network: NetworkSpec, index: int) -> Layer:
    layer = network.layers[index]
    if isinstance(layer, Weighted) and layer.lesioned:
        layer = replace(layer, lesioned=tuple(name for name in layer.lesioned if name in layer.neurons))
    if isinstance(layer, Dense) and layer.pruned:
        neurons, sources = set(layer.neurons), set(network.sources(index))
        layer = replace(layer, pruned=tuple(edge for edge in layer.pruned if edge[0] in sources and edge[1] in neurons))
    return layer


def with_units(spec: Spec, layer_id: str, units: int) -> Spec:
    """Return the spec with the layer's neurons or filters grown by new ones or shrunk from their end."""
    layer, network = spec.network.weighted(layer_id), spec.network
    extra = max(0, units - layer.units)
    new = tuple(f"n{network.next_id + offset}" for offset in range(extra))
    grown = with_network(spec, replace(network, next_id=network.next_id + extra))
    return replace_layer(grown, replace(layer, neurons=(layer.neurons + new)[: max(0, units)]))


def insert_layer(spec: Spec, index: int, units: int) -> Spec:
    """Return the spec with a new dense layer at `index`, like its neighbour but with neurons of its own.

    A layer never goes behind the output: `index` counts from 0 to the output's own position.
    """
    network = spec.network
    index = max(0, min(index, len(network.layers) - 1))
    dense = [layer for layer in network.layers[: index or 1] if isinstance(layer, Dense)]
    model = dense[-1] if dense and len(network.layers) > 1 else Dense(id="", name="", neurons=())
    layer_id = f"l{network.next_id}"
    layer = Dense(id=layer_id, name=_free_name(network), neurons=(), activation=model.activation, initializer=model.initializer)
    layers = (*network.layers[:index], layer, *network.layers[index:])
    return with_units(with_network(spec, replace(network, layers=layers, next_id=network.next_id + 1)), layer_id, units)


def remove_layer(spec: Spec, layer_id: str) -> Spec:
    """Return the spec without the layer."""
    layers = tuple(layer for layer in spec.network.layers if layer.id != layer_id)
    spec.network.index(layer_id)
    return with_network(spec, replace(spec.network, layers=layers))


def with_features(spec: Spec, features: tuple[str, ...]) -> Spec:
    """Return the spec that feeds the network these input features."""
    source = replace(spec.network.input, shape=(len(features),), names=features)
    return replace(with_network(spec, replace(spec.network, input=source)), data=replace(spec.data, features=features))


def _free_name(network: NetworkSpec) -> str:
    """Return the first "Dense k" that no layer bears."""
    taken = {layer.name for layer in network.layers}
    return next(name for name in (f"Dense {number}" for number in range(1, len(taken) + 2)) if name not in taken)
