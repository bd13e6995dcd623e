"""Pure edits: each takes a spec and returns a new one; none looks at weights, data or screen.

Raises KeyError for an id that is not there; whether the result makes sense is for `spec.problems` to say.
New layers and neurons take their ids from the network's counter, which never goes back: an id is never used again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from itertools import count

from nnviz.engine.network_spec import LAYERS, Conv2D, Dense, Dropout, Flatten, Layer, NetworkSpec, Weighted
from nnviz.engine.spec import Spec

NEW_UNITS = 4  # of a new layer that has no other to be like
LONGEST_NAME = 60
NAMES = {
    "dense": "Dense",
    "conv2d": "Conv",
    "maxpool2d": "Pool",
    "avgpool2d": "Pool",
    "flatten": "Flatten",
    "dropout": "Dropout",
    "batchnorm": "Batch norm",
}
_NUMBERED = re.compile(r"(.*?)( ?)([0-9]{1,6})", re.DOTALL)


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


def with_features(spec: Spec, features: tuple[str, ...]) -> Spec:
    """Return the spec that feeds the network these input features."""
    source = replace(spec.network.input, shape=(len(features),), names=features)
    return replace(with_network(spec, replace(spec.network, input=source)), data=replace(spec.data, features=features))


# -- layers -------------------------------------------------------------------------------------------------------


def insert_layer(spec: Spec, index: int, units: int | None = None, kind: str = "dense") -> Spec:
    """Return the spec with a new layer at `index`, like its nearest neighbor of the same kind but with neurons of its own.

    A layer never goes behind the output: `index` counts from 0 to the output's own position.
    """
    index = _before_output(spec.network, index)
    return with_network(spec, _planted(spec.network, _like_neighbors(spec.network, index, kind, units), index))


def _like_neighbors(network: NetworkSpec, index: int, kind: str, units: int | None) -> Layer:
    """Return a new layer for a place: the hidden layers before it are looked at first, nearest first."""
    name, hidden = _new_name(network, kind), network.layers[:-1]
    near = (*reversed(hidden[:index]), *hidden[index:])
    plain = ("",) * NEW_UNITS
    if kind == Dense.kind:
        dense = next((layer for layer in near if isinstance(layer, Dense)), Dense("", "", plain))
        return Dense("", name, _unnamed(dense, units), dense.activation, dense.initializer)
    if kind == Conv2D.kind:
        conv = next((layer for layer in near if isinstance(layer, Conv2D)), Conv2D("", "", plain))
        # Padded it fits an image of any size, and what stands behind it reads the same rows and columns as before.
        padded = Conv2D("", name, _unnamed(conv, units), conv.kernel, padding="same")
        return replace(padded, activation=conv.activation, initializer=conv.initializer)
    return LAYERS[kind]("", name)


def _unnamed(model: Weighted, units: int | None) -> tuple[str, ...]:
    return ("",) * (model.units if units is None else units)


def remove_layer(spec: Spec, layer_id: str) -> Spec:
    """Return the spec without the layer."""
    return remove_layers(spec, (layer_id,))


def remove_layers(spec: Spec, ids: Iterable[str]) -> Spec:
    """Return the spec without these layers."""
    gone = _known(spec.network, ids)
    return with_network(spec, replace(spec.network, layers=tuple(layer for layer in spec.network.layers if layer.id not in gone)))


def move_layer(spec: Spec, layer_id: str, index: int) -> Spec:
    """Return the spec with the layer at `index` among the others; 0 is before all of them."""
    moved, others = spec.network.layer(layer_id), [layer for layer in spec.network.layers if layer.id != layer_id]
    others.insert(max(0, index), moved)
    return with_network(spec, replace(spec.network, layers=tuple(others)))


def duplicate_layers(spec: Spec, ids: Iterable[str]) -> Spec:
    """Return the spec with a copy of each of these layers right behind it; the output's copy stands before it."""
    chosen, network = _known(spec.network, ids), spec.network
    for layer in spec.network.layers:
        if layer.id in chosen:
            index = _before_output(network, network.index(layer.id) + 1)
            network = _planted(network, replace(layer, name=_counted_on(network, layer.name)), index)
    return with_network(spec, network)


def paste_layers(spec: Spec, layers: Iterable[Layer], index: int) -> Spec:
    """Return the spec with layers from elsewhere at `index`, never behind the output; each keeps its name if no other bears it."""
    network = spec.network
    for place, layer in enumerate(layers, _before_output(network, index)):
        name = layer.name if layer.name.strip() else _new_name(network, layer.kind)
        if name in _taken(network):
            name = _counted_on(network, name)
        network = _planted(network, replace(layer, name=name), place)
    return with_network(spec, network)


def _planted(network: NetworkSpec, layer: Layer, index: int) -> NetworkSpec:
    """Return the network with a layer at `index` that gets ids of its own.

    Nothing of it is pruned or lesioned, and a role that another layer plays is not taken away from that one.
    """
    layer, units = replace(layer, id=f"l{network.next_id}"), 0
    if isinstance(layer, Weighted):
        units = layer.units
        layer = replace(layer, neurons=_new_neurons(network.next_id + 1, units), lesioned=())
    if isinstance(layer, Dense):
        taken = any(isinstance(other, Dense) and other.role == layer.role for other in network.layers)
        layer = replace(layer, pruned=(), role="" if taken else layer.role)
    layers = (*network.layers[:index], layer, *network.layers[index:])
    return replace(network, layers=layers, next_id=network.next_id + 1 + units)


def _new_neurons(first: int, units: int) -> tuple[str, ...]:
    return tuple(f"n{first + unit}" for unit in range(units))


def _before_output(network: NetworkSpec, index: int) -> int:
    return max(0, min(index, len(network.layers) - 1))


def _known(network: NetworkSpec, ids: Iterable[str]) -> set[str]:
    """Return the ids, all of which must be there. Raises KeyError."""
    return {network.layer(layer_id).id for layer_id in ids}


def freeze(spec: Spec, ids: Iterable[str], on: bool) -> Spec:
    """Return the spec with these layers learning no more, or learning again."""
    chosen = _known(spec.network, ids)
    layers = tuple(replace(layer, frozen=on) if layer.id in chosen else layer for layer in spec.network.layers)
    return replace(spec, network=replace(spec.network, layers=layers))


def with_dropout(spec: Spec, layer_id: str, rate: float | None) -> Spec:
    """Return the spec with a dropout of this rate right behind the layer, added or changed; None: with none there."""
    network, index = spec.network, spec.network.index(layer_id) + 1
    behind = _dropout_behind(network, layer_id)
    if behind is None:
        return spec if rate is None else with_network(spec, _planted(network, Dropout("", _new_name(network, Dropout.kind), rate), index))
    return remove_layers(spec, (behind.id,)) if rate is None else replace_layer(spec, replace(behind, rate=rate))


def dropout_of(network: NetworkSpec, layer_id: str) -> float | None:
    """Return the rate of the dropout right behind the layer, None where there is none."""
    behind = _dropout_behind(network, layer_id)
    return None if behind is None else behind.rate


def _dropout_behind(network: NetworkSpec, layer_id: str) -> Dropout | None:
    index = network.index(layer_id) + 1
    behind = network.layers[index] if index < len(network.layers) else None
    return behind if isinstance(behind, Dropout) else None


# -- names --------------------------------------------------------------------------------------------------------


def rename(spec: Spec, layer_id: str, name: str) -> Spec:
    """Return the spec with the layer under another name, made one short line."""
    return replace_layer(spec, replace(spec.network.layer(layer_id), name=short_line(name)))


def short_line(name: str) -> str:
    """Return a name as one short line: with spaces for control characters, line ends and halves of characters."""
    return "".join(" " if unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") else letter for letter in name[:LONGEST_NAME])


def _new_name(network: NetworkSpec, kind: str) -> str:
    """Return the first "Dense k" that no layer bears; the usual only one is a "Flatten" without a number."""
    name = NAMES[kind] if kind == Flatten.kind else f"{NAMES[kind]} 1"
    return _counted_on(network, name) if name in _taken(network) else name


def _counted_on(network: NetworkSpec, name: str) -> str:
    """Return the next free name: "Dense 2" for "Dense 1", "hidden 2" for "hidden"."""
    taken, numbered = _taken(network), _NUMBERED.fullmatch(name)
    stem, gap, number = numbered.groups() if numbered else (name, " ", "1")
    ends = (f"{gap}{following}" for following in count(int(number) + 1))
    return next(made for made in (stem[: LONGEST_NAME - len(end)] + end for end in ends) if made not in taken)


def _taken(network: NetworkSpec) -> set[str]:
    return {layer.name for layer in network.layers}


# -- neurons and edges --------------------------------------------------------------------------------------------


def with_units(spec: Spec, layer_id: str, units: int) -> Spec:
    """Return the spec with the layer's neurons or filters grown by new ones or shrunk from their end."""
    layer, network = spec.network.weighted(layer_id), spec.network
    extra = max(0, units - layer.units)
    grown = replace(spec, network=replace(network, next_id=network.next_id + extra))
    return replace_layer(grown, replace(layer, neurons=(layer.neurons + _new_neurons(network.next_id, extra))[: max(0, units)]))


def add_neuron(spec: Spec, layer_id: str, after: str | None = None) -> Spec:
    """Return the spec with one more neuron or filter in the layer, right behind another one or at the end."""
    layer, network = spec.network.weighted(layer_id), spec.network
    place = layer.units if after is None else _places(layer.neurons)[after] + 1
    neurons = (*layer.neurons[:place], *_new_neurons(network.next_id, 1), *layer.neurons[place:])
    return replace_layer(replace(spec, network=replace(network, next_id=network.next_id + 1)), replace(layer, neurons=neurons))


def remove_neurons(spec: Spec, layer_id: str, neurons: Iterable[str]) -> Spec:
    """Return the spec without these neurons or filters of the layer."""
    layer = spec.network.weighted(layer_id)
    gone = _all_of(neurons, _places(layer.neurons))
    return replace_layer(spec, replace(layer, neurons=tuple(name for name in layer.neurons if name not in gone)))


def lesion(spec: Spec, layer_id: str, neurons: Iterable[str], on: bool) -> Spec:
    """Return the spec with these neurons or filters of the layer silent, or answering again; kept in the layer's own order."""
    layer = spec.network.weighted(layer_id)
    chosen, silent = _all_of(neurons, _places(layer.neurons)), set(layer.lesioned)
    silent = silent | chosen if on else silent - chosen
    return replace_layer(spec, replace(layer, lesioned=tuple(name for name in layer.neurons if name in silent)))


def prune(spec: Spec, layer_id: str, edges: Iterable[tuple[str, str]], on: bool) -> Spec:
    """Return the spec with these edges (source, neuron) of a dense layer cut, or restored; kept neuron by neuron."""
    index, chosen = spec.network.index(layer_id), set(edges)
    layer = spec.network.layers[index]
    if not isinstance(layer, Dense):
        raise KeyError(layer_id)
    rows, columns = _places(layer.neurons), _places(spec.network.sources(index))
    _all_of((neuron for _, neuron in chosen), rows)
    _all_of((source for source, _ in chosen), columns)
    pruned = set(layer.pruned) | chosen if on else set(layer.pruned) - chosen
    return replace_layer(spec, replace(layer, pruned=tuple(sorted(pruned, key=lambda edge: (rows[edge[1]], columns[edge[0]])))))


def _places(names: tuple[str, ...]) -> dict[str, int]:
    return {name: place for place, name in enumerate(names)}


def _all_of(names: Iterable[str], known: dict[str, int]) -> set[str]:
    """Return the names, all of which must be known. Raises KeyError."""
    found = set(names)
    for name in found:
        if name not in known:
            raise KeyError(name)
    return found
