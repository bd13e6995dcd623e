"""Pure edits: each takes a spec and returns a new one; none looks at weights, data or screen.

Raises KeyError for an id that is not there; whether the result makes sense is for `spec.problems` to say.
"""

from __future__ import annotations

from dataclasses import replace

from nnviz.engine.spec import Dense, NetworkSpec, Spec


def replace_layer(spec: Spec, layer: Dense) -> Spec:
    """Return the spec with the layer of the same id replaced."""
    index = spec.network.index(layer.id)
    layers = (*spec.network.layers[:index], layer, *spec.network.layers[index + 1 :])
    return with_network(spec, replace(spec.network, layers=layers))


def with_network(spec: Spec, network: NetworkSpec) -> Spec:
    """Return the spec with another network."""
    return replace(spec, network=network)


def with_units(spec: Spec, layer_id: str, units: int) -> Spec:
    """Return the spec with the layer grown by new neurons or shrunk from its end."""
    layer, network = spec.network.layer(layer_id), spec.network
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
    model = network.layers[index - 1] if index else network.layers[0]
    if len(network.layers) == 1:
        model = Dense(id="", name="", neurons=())
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
    return replace(spec, network=replace(spec.network, input=source), data=replace(spec.data, features=features))


def _free_name(network: NetworkSpec) -> str:
    """Return the first "Dense k" that no layer bears."""
    taken = {layer.name for layer in network.layers}
    return next(name for name in (f"Dense {number}" for number in range(1, len(taken) + 2)) if name not in taken)
