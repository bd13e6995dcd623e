"""What is the case with a selection, by the names that the table of actions knows (`Row.when`, `Row.checked`)."""

from __future__ import annotations

from collections.abc import Sequence

from nnviz.engine.network_spec import Dense, NetworkSpec, Weighted
from nnviz.ui.editing.parts import has_value
from nnviz.ui.part_names import INPUT
from nnviz.ui.selection import Selection


def conditions(network: NetworkSpec, selection: Selection, unfolded: frozenset[str] = frozenset()) -> dict[str, bool]:
    """Return what can be done with a selection, and in which state it is; `unfolded` are the ids of layers shown with all neurons."""
    by_id, chosen = {layer.id: layer for layer in network.layers}, selection.each
    owners = {part.layer: by_id[part.layer] for part in chosen if part.layer in by_id}
    neurons = [part for part in chosen if part.kind == "neuron" and part.layer != INPUT]
    edges = [part for part in chosen if part.kind == "edge"]
    return {
        "part": bool(chosen),
        "layer": bool(owners),
        "one layer": len(owners) == 1,
        "neuron": bool(neurons),
        "edge": bool(edges),
        "value": has_value(network, selection),
        "frozen": bool(owners) and all(layer.frozen for layer in owners.values()),
        "lesioned": bool(neurons) and all(are_lesioned(network, neurons)),
        "pruned": bool(edges) and all(are_pruned(network, edges)),
        "unfolded": bool(owners) and owners.keys() <= unfolded,
    }


def are_lesioned(network: NetworkSpec, parts: Sequence[Selection]) -> list[bool]:
    """Tell of each part whether it is a neuron, or belongs to one, that is silenced."""
    ids = {part.layer for part in parts}
    silent = {layer.id: frozenset(layer.lesioned) for layer in network.layers if layer.id in ids and isinstance(layer, Weighted)}
    return [part.neuron in silent.get(part.layer, ()) for part in parts]


def are_pruned(network: NetworkSpec, parts: Sequence[Selection]) -> list[bool]:
    """Tell of each part whether it is an edge that is cut."""
    ids = {part.layer for part in parts}
    cut = {layer.id: frozenset(layer.pruned) for layer in network.layers if layer.id in ids and isinstance(layer, Dense)}
    return [(part.source, part.neuron) in cut.get(part.layer, ()) for part in parts]
