"""What can be done to neurons and edges; each function says what it would be, none does it.

An edge is a `Selection` of kind "edge"; with the source `BIAS` it is the bias of its neuron. Where several parts are
selected all of them are meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from nnviz.engine import edits
from nnviz.engine.network_spec import Conv2D, Dense, NetworkSpec, Weighted
from nnviz.engine.patch import BIAS, Patch, redrawn, single
from nnviz.engine.spec import Spec
from nnviz.explain.numbers import format_number
from nnviz.ui.decades import exact
from nnviz.ui.editing.layers import remove
from nnviz.ui.editing.proposal import Proposal, refused, tr
from nnviz.ui.part_names import INPUT, layer_name, part_name
from nnviz.ui.selection import Selection


def delete(spec: Spec, selection: Selection) -> Proposal:
    """The network without what is selected: layers and neurons go, edges are pruned, inputs are fed no more."""
    parts = selection.each
    layers = [part.layer for part in parts if part.kind == "layer"]
    if not parts:
        return refused(tr("Select what is to be deleted first."))
    if layers and len(layers) == len(parts):
        return remove(spec, layers)
    if all(part.kind == "edge" for part in parts):
        return prune(spec, selection, on=True)
    edited = spec
    if layers:
        removal = remove(spec, layers)
        if removal.reason or removal.spec is None:
            return removal
        edited = removal.spec
    for layer_id, neurons in _grouped(part for part in parts if part.kind == "neuron" and part.layer not in layers):
        if layer_id == INPUT:
            kept = tuple(name for name in spec.data.features if name not in neurons)
            if not spec.data.features:
                return refused(tr("The data decides what goes in here; the data panel chooses the columns."))
            edited = edits.with_features(edited, kept)
        elif set(neurons) <= set(spec.network.rows(spec.network.index(layer_id))):
            edited = edits.remove_neurons(edited, layer_id, neurons)
        else:
            return refused(_no_neurons(spec.network, layer_id))
    for layer_id, edges in _edges(edited.network, (part for part in parts if part.kind == "edge")):
        edited = edits.prune(edited, layer_id, edges, on=True)
    return Proposal(tr("Delete {part}").format(part=part_name(spec.network, selection)), edited)


def add_neuron(spec: Spec, layer_id: str, after: str | None = None) -> Proposal:
    """One neuron or filter more, behind another one or at the end."""
    network = spec.network
    if layer_id in ("", INPUT):
        return refused(tr("Select a layer first; inputs are added in the data panel."))
    if not isinstance(network.layer(layer_id), Weighted):
        return refused(_no_neurons(network, layer_id))
    edited = edits.add_neuron(spec, layer_id, after)
    known = set(network.weighted(layer_id).neurons)
    added = next(name for name in edited.network.weighted(layer_id).neurons if name not in known)
    chosen = Selection("neuron", layer_id, added)
    return Proposal(tr("Add neuron {neuron}").format(neuron=part_name(edited.network, chosen)), edited, select=chosen)


def lesion(spec: Spec, selection: Selection, on: bool) -> Proposal:
    """The selected neurons silent, or answering again."""
    neurons = [part for part in selection.each if part.kind == "neuron"]
    if not neurons:
        return refused(tr("Select a neuron first."))
    edited, network = spec, spec.network
    for layer_id, names in _grouped(neurons):
        if layer_id == INPUT:
            return refused(tr("An input cannot be silenced; Delete takes it away."))
        if not set(names) <= set(network.rows(network.index(layer_id))) or not isinstance(network.layer(layer_id), Weighted):
            return refused(_no_neurons(network, layer_id))
        edited = edits.lesion(edited, layer_id, names, on)
    title = tr("Lesion {part}") if on else tr("Heal {part}")
    return Proposal(title.format(part=_named(network, neurons)), edited)


def prune(spec: Spec, selection: Selection, on: bool) -> Proposal:
    """The selected edges cut, their weights 0, or restored with the weights they had."""
    edges = [part for part in selection.each if part.kind == "edge" and part.source != BIAS]
    if not edges:
        return refused(tr("Select an edge first."))
    edited, network = spec, spec.network
    for layer_id, pairs in _edges(network, edges):
        if not isinstance(network.layer(layer_id), Dense):
            return refused(tr("Only edges between neurons can be cut; a kernel's weights are used at many places."))
        edited = edits.prune(edited, layer_id, pairs, on)
    title = tr("Prune {part}") if on else tr("Restore {part}")
    return Proposal(title.format(part=_named(network, edges)), edited)


def set_value(spec: Spec, selection: Selection, value: float, merge_key: str | None = None) -> Proposal:
    """The selected weights, and the biases of the selected neurons, at this number; `value` is finite."""
    places = tuple(_values(selection))
    if not places:
        return refused(tr("Select an edge or a neuron first."))
    for place in places:
        reason = _no_value(spec.network, place)
        if reason:
            return refused(reason)
    if len(places) > 1:
        title = tr("Set {count} numbers to {value}")
    else:
        title = tr("Set {part} to {value}") if places[0].source == BIAS else tr("Set weight {part} to {value}")
    named = title.format(part=part_name(spec.network, places[0]), count=format_number(len(places)), value=exact(value))
    patches = tuple(single(place.layer, place.neuron, place.source, value) for place in places)
    return Proposal(named, patches=patches, merge_key=merge_key)


def reinitialise(spec: Spec, selection: Selection, seed: int | Sequence[int]) -> Proposal:
    """The selected layers, neurons or weights drawn anew as their initializers say; biases begin at 0 again."""
    network, rng, patches = spec.network, np.random.default_rng(seed), list[Patch]()
    for layer_id in dict.fromkeys(part.layer for part in selection.each):
        mine = [part for part in selection.each if part.layer == layer_id]
        rows = () if layer_id == INPUT else network.rows(network.index(layer_id))
        whole = any(part.kind == "layer" for part in mine)
        chosen = {part.neuron for part in mine if part.kind != "layer"}
        if not rows or not chosen <= set(rows):
            return refused(tr("{layer} has no weights to be drawn.").format(layer=layer_name(network, layer_id)))
        drawn = redrawn(network, layer_id, rows, rng)
        patches += [drawn] if whole else _drawn_parts(drawn, mine)
    if not patches:
        return refused(tr("Select a layer, a neuron or an edge first."))
    return Proposal(tr("Re-initialise {part}").format(part=part_name(network, selection)), patches=tuple(patches))


def _drawn_parts(drawn: Patch, chosen: list[Selection]) -> list[Patch]:
    """Return of a layer drawn anew the rows of the chosen neurons, and the numbers of the chosen edges."""
    rows = {name: row for row, name in enumerate(drawn.neurons)}
    neurons = tuple(part.neuron for part in chosen if part.kind == "neuron")
    found = [Patch(drawn.layer, neurons, drawn.sources, drawn.values[[rows[name] for name in neurons]])] if neurons else []
    columns = {name: column for column, name in enumerate(drawn.sources)}
    for part in chosen:
        if part.kind == "edge" and part.source in columns:
            found.append(single(part.layer, part.neuron, part.source, float(drawn.values[rows[part.neuron], columns[part.source]])))
    return found


def has_value(network: NetworkSpec, selection: Selection) -> bool:
    """Tell whether all that is selected has a number that can be set: edges, and neurons with a bias."""
    places = tuple(_values(selection))
    return bool(places) and not any(_no_value(network, place) for place in places)


def _values(selection: Selection) -> Iterator[Selection]:
    """Yield the edges of a selection, and the biases of its neurons, as edges."""
    for part in selection.each:
        if part.kind == "edge":
            yield part
        elif part.kind == "neuron":
            yield Selection("edge", part.layer, part.neuron, BIAS)


def _no_value(network: NetworkSpec, place: Selection) -> str:
    """Return why a weight or bias cannot be set, "" when it can."""
    if place.layer == INPUT:
        return tr("An input has no bias: it is what the sample says.")
    index = network.index(place.layer)
    layer = network.layers[index]
    if not isinstance(layer, Weighted) or place.neuron not in layer.neurons:
        return _no_neurons(network, place.layer)
    if place.source == BIAS:
        return "" if layer.use_bias else tr("{layer} uses no biases; the inspector switches them on.").format(layer=layer.name)
    if isinstance(layer, Dense) and (place.source, place.neuron) in layer.pruned:
        return tr("{edge} is pruned: its weight is 0. Restore it first.").format(edge=part_name(network, place))
    return ""


def _named(network: NetworkSpec, parts: list[Selection]) -> str:
    """Return what the parts are called: the one by its name, several by their number."""
    return part_name(network, parts[0] if len(parts) == 1 else Selection("several", parts=tuple(parts)))


def _no_neurons(network: NetworkSpec, layer_id: str) -> str:
    index = network.index(layer_id)
    if isinstance(network.layers[index], Conv2D):
        return tr("{layer} answers with maps; its filters are chosen in the inspector.").format(layer=layer_name(network, layer_id))
    return tr("{layer} has no neurons of its own: it passes on what it reads.").format(layer=layer_name(network, layer_id))


def _grouped(parts: Iterable[Selection]) -> list[tuple[str, tuple[str, ...]]]:
    """Return the neurons of the parts by layer."""
    found: dict[str, list[str]] = {}
    for part in parts:
        found.setdefault(part.layer, []).append(part.neuron)
    return [(layer_id, tuple(neurons)) for layer_id, neurons in found.items()]


def _edges(network: NetworkSpec, parts: Iterable[Selection]) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    """Return the edges of the parts that the network has, (source, neuron), by layer."""
    known, found = {layer.id for layer in network.layers}, dict[str, list[tuple[str, str]]]()
    for part in parts:
        if part.layer in known and part.source != BIAS:
            found.setdefault(part.layer, []).append((part.source, part.neuron))
    return [(layer_id, tuple(edges)) for layer_id, edges in found.items()]
