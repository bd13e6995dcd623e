"""What can be done to layers as a whole; each function says what it would be, none does it."""

from __future__ import annotations

from collections.abc import Sequence

from nnviz.engine import edits
from nnviz.engine.network_spec import BatchNorm, NetworkSpec, Weighted
from nnviz.engine.plain import MAX_UNITS
from nnviz.engine.problem import ProblemError
from nnviz.engine.spec import Spec
from nnviz.explain.numbers import format_number
from nnviz.explain.words import problem_text
from nnviz.formats.layers_text import layers_text, read_layers
from nnviz.ui.editing.proposal import Proposal, refused, tr
from nnviz.ui.selection import Selection, several

KINDS = ("dense", "dropout", "batchnorm", "conv2d", "maxpool2d", "avgpool2d", "flatten")
"""The kinds of layers that can be added, in the order of menus."""


def add(spec: Spec, index: int, kind: str = "dense") -> Proposal:
    """A new layer of this kind at `index`, like its neighbours; never behind the output."""
    index = max(0, min(index, len(spec.network.layers) - 1))
    edited = edits.insert_layer(spec, index, kind=kind)
    added = edited.network.layers[index]
    return Proposal(tr("Add layer {layer}").format(layer=added.name), edited, select=Selection("layer", added.id))


def remove(spec: Spec, ids: Sequence[str]) -> Proposal:
    """The network without these layers."""
    found = _hidden(spec.network, ids, tr("The output layer says what the network answers; it stays."))
    if isinstance(found, Proposal):
        return found
    title = tr("Remove layer {layer}") if len(ids) == 1 else tr("Remove {layer} layers")
    return Proposal(title.format(layer=_called(spec.network, ids)), edits.remove_layers(spec, ids))


def duplicate(spec: Spec, ids: Sequence[str]) -> Proposal:
    """A copy of each layer right behind it, before the output at the latest; with weights of its own."""
    found = _hidden(spec.network, ids)
    if isinstance(found, Proposal):
        return found
    title = tr("Duplicate layer {layer}") if len(ids) == 1 else tr("Duplicate {layer} layers")
    edited = edits.duplicate_layers(spec, ids)
    return Proposal(title.format(layer=_called(spec.network, ids)), edited, select=_new(spec, edited))


def move(spec: Spec, layer_id: str, index: int) -> Proposal:
    """The layer at another place, `index` counting among the others."""
    network = spec.network
    if layer_id == network.layers[-1].id:
        return refused(tr("The output layer is the last one and stays there."))
    if index < 0:
        return refused(tr("Before the first layer there is only the input, which is made in the data panel."))
    if index >= len(network.layers) - 1:
        return refused(tr("Behind the output layer there is nothing: its answer is the network's."))
    title = tr("Move layer {layer}").format(layer=network.layer(layer_id).name)
    return Proposal(title, edits.move_layer(spec, layer_id, index), select=Selection("layer", layer_id))


def rename(spec: Spec, layer_id: str, name: str) -> Proposal:
    """The layer under another name, which is one line and not empty."""
    shown, layer = " ".join(edits.short_line(name).split()), spec.network.layer(layer_id)
    if not shown:
        return refused(tr("A layer needs a name; {layer} keeps its own.").format(layer=layer.name))
    title = tr("Rename {layer} to {name}").format(layer=layer.name, name=shown)
    return Proposal(title, edits.rename(spec, layer_id, shown))


def set_units(spec: Spec, layer_id: str, units: int, merge_key: str | None = None) -> Proposal:
    """The layer with so many neurons or filters; new ones are added at its end and taken from there."""
    layer = spec.network.layer(layer_id)
    if not isinstance(layer, Weighted):
        return refused(tr("{layer} has no units of its own: it has as many numbers as it reads.").format(layer=layer.name))
    if units < 1:
        return refused(tr("A layer has at least one unit. Remove the layer to do without it."))
    if units > MAX_UNITS:
        return refused(tr("A layer has at most {most} units.").format(most=format_number(MAX_UNITS)))
    title = tr("Set {layer} to {units} units") if units > 1 else tr("Set {layer} to one unit")
    key = merge_key or f"units {layer_id}"
    return Proposal(title.format(layer=layer.name, units=format_number(units)), edits.with_units(spec, layer_id, units), merge_key=key)


def set_frozen(spec: Spec, ids: Sequence[str], on: bool) -> Proposal:
    """These layers learning no more, or learning again."""
    ids = [layer_id for layer_id in ids if isinstance(spec.network.layer(layer_id), Weighted | BatchNorm)]
    if not ids:
        return refused(tr("This layer has no weights: there is nothing to freeze."))
    if on:
        title = tr("Freeze {layer}") if len(ids) == 1 else tr("Freeze {layer} layers")
    else:
        title = tr("Unfreeze {layer}") if len(ids) == 1 else tr("Unfreeze {layer} layers")
    return Proposal(title.format(layer=_called(spec.network, ids)), edits.freeze(spec, ids, on))


def copied(spec: Spec, ids: Sequence[str]) -> str:
    """Return these layers as the text that `paste` reads, in the order of the network."""
    return layers_text([layer for layer in spec.network.layers if layer.id in ids])


def paste(spec: Spec, index: int, text: str) -> Proposal:
    """The layers a text holds at `index`, with ids and weights of their own; never behind the output."""
    try:
        layers = read_layers(text)
    except ProblemError as error:
        found = problem_text(error.problems[0])
        return refused(f"{found.what} {found.why} {found.next}".strip())
    edited = edits.paste_layers(spec, layers, max(0, min(index, len(spec.network.layers) - 1)))
    title = tr("Paste layer {layer}") if len(layers) == 1 else tr("Paste {layer} layers")
    called = layers[0].name if len(layers) == 1 else format_number(len(layers))
    return Proposal(title.format(layer=called), edited, select=_new(spec, edited))


def _hidden(network: NetworkSpec, ids: Sequence[str], output: str = "") -> Proposal | None:
    """Return why these layers cannot be taken; `output` is what to say of the output layer, "" where it can."""
    if not ids or any(layer_id not in {layer.id for layer in network.layers} for layer_id in ids):
        return refused(tr("Select a layer first; the input is made in the data panel."))
    return refused(output) if output and network.layers[-1].id in ids else None


def _called(network: NetworkSpec, ids: Sequence[str]) -> str:
    return network.layer(ids[0]).name if len(ids) == 1 else format_number(len(ids))


def _new(old: Spec, new: Spec) -> Selection:
    known = {layer.id for layer in old.network.layers}
    return several(Selection("layer", layer.id) for layer in new.network.layers if layer.id not in known)
