"""The canvas as a tree of words and boxes for screen readers: the network, its layers, their neurons, and a neuron's edges.

Every part is told by its `Selection`. Only the anchor, the neuron that is selected or whose edge is, has its edges as
children: all edges of a network would be more than anyone can walk through.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QCoreApplication, QRectF

from nnviz.app.frame import LayerFrame
from nnviz.engine.network_spec import Conv2D, Dense, NetworkSpec, Weighted
from nnviz.engine.patch import BIAS
from nnviz.explain.numbers import format_number
from nnviz.ui.canvas.cards import described, hover_card
from nnviz.ui.canvas.edges import norm
from nnviz.ui.canvas.items import rect
from nnviz.ui.canvas.kinds import kind_word
from nnviz.ui.canvas.sheet import Sheet
from nnviz.ui.editing.conditions import are_lesioned, are_pruned
from nnviz.ui.names import entry_name
from nnviz.ui.part_names import INPUT, layer_name, part_name
from nnviz.ui.readers import reader
from nnviz.ui.selection import NETWORK, Selection

REACH = 2.0  # how far the box of an edge goes beyond it, so that a level one has a box

# -- the tree -------------------------------------------------------------------------------------------------------


def stop(selection: Selection) -> Selection:
    """Return the part that stands for what is selected: of several the last one, for a bias its neuron."""
    last = selection.each[-1] if selection.each else NETWORK
    return Selection("neuron", last.layer, last.neuron) if last.kind == "edge" and last.source == BIAS else last


def anchor_of(sheet: Sheet, selection: Selection, before: Selection) -> Selection:
    """Return the neuron whose edges are in the tree; an edge keeps the one `before` when it is an edge of that neuron."""
    last = stop(selection)
    if last.kind == "neuron":
        return last
    if last.kind != "edge":
        return NETWORK
    return before if index_of(sheet, before, last, before) >= 0 else Selection("neuron", last.layer, last.neuron)


def count(sheet: Sheet, part: Selection, anchor: Selection) -> int:
    """Return how many children a part has."""
    if sheet.spec is None:
        return 0
    if part.kind == "network":
        return 1 + len(sheet.spec.network.layers)
    if part.kind == "layer":
        return len(sheet.neuron_ids(part.layer))
    return sum(map(len, _ends(sheet.spec.network, part)[1:])) if part == anchor and part.kind == "neuron" else 0


def child(sheet: Sheet, part: Selection, index: int, anchor: Selection) -> Selection | None:
    """Return a part's child by its place, None where there is none; edges that arrive come before those that leave."""
    if sheet.spec is None or not 0 <= index < count(sheet, part, anchor):
        return None
    if part.kind == "network":
        return Selection("layer", INPUT if index == 0 else sheet.spec.network.layers[index - 1].id)
    if part.kind == "layer":
        return Selection("neuron", part.layer, sheet.neuron_ids(part.layer)[index])
    behind, sources, targets = _ends(sheet.spec.network, part)
    if index < len(sources):
        return Selection("edge", part.layer, part.neuron, sources[index])
    return Selection("edge", behind, targets[index - len(sources)], part.neuron)


def index_of(sheet: Sheet, part: Selection, wanted: Selection, anchor: Selection) -> int:
    """Return the place of a child, −1 where it is none of the part's."""
    if sheet.spec is None or parent(wanted, anchor) != part:
        return -1
    network = sheet.spec.network
    if part.kind == "network":
        places: tuple[str, ...] = (INPUT, *(layer.id for layer in network.layers))
        return _place(places, wanted.layer)
    if part.kind == "layer":
        return _place(sheet.neuron_ids(part.layer), wanted.neuron)
    behind, sources, targets = _ends(network, part)
    if (wanted.layer, wanted.neuron) == (part.layer, part.neuron):
        return _place(sources, wanted.source)
    leaving = _place(targets, wanted.neuron) if wanted.layer == behind else -1
    return leaving if leaving < 0 else len(sources) + leaving


def parent(part: Selection, anchor: Selection) -> Selection:
    """Return the part that a layer, a neuron or an edge hangs from; an edge hangs from the anchor if it is one of its ends."""
    if part.kind == "layer":
        return NETWORK
    if part.kind == "neuron":
        return Selection("layer", part.layer)
    leaves = anchor.kind == "neuron" and part.source == anchor.neuron and part.layer != anchor.layer
    return anchor if leaves else Selection("neuron", part.layer, part.neuron)


def is_in(sheet: Sheet, part: Selection, anchor: Selection) -> bool:
    """Tell whether a part is in the tree."""
    if part.kind not in ("layer", "neuron", "edge") or not sheet.exists(part):
        return False
    return part.kind != "edge" or index_of(sheet, anchor, part, anchor) >= 0


def _ends(network: NetworkSpec, neuron: Selection) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """Return the id of the layer that hears a neuron, "" for none, what the neuron itself hears, and whom it is heard by."""
    sources = () if neuron.layer == INPUT else network.sources(network.index(neuron.layer))
    behind = reader(network, neuron.layer, neuron.neuron)
    return (network.layers[behind].id, sources, network.rows(behind)) if behind >= 0 else ("", sources, ())


def _place(ids: tuple[str, ...], wanted: str) -> int:
    return ids.index(wanted) if wanted in ids else -1


# -- its words ------------------------------------------------------------------------------------------------------


def name(sheet: Sheet, part: Selection) -> str:
    """Return what a part is called: "Dense 1, dense, 8 units, tanh", "Dense 1·3", "Dense 1·3 → Dense 2·1"."""
    if sheet.spec is None:
        return ""
    network = sheet.spec.network
    return _layer_words(network, part.layer) if part.kind == "layer" else part_name(network, part)


def value(sheet: Sheet, part: Selection) -> str:
    """Return a part's numbers as its card has them, after what was done to it: "lesioned, activation a 0, sum z 0.31 …"."""
    card = hover_card(sheet, part)
    numbers = [f"{line.what} {line.value}" for line in card.lines] if card is not None else _numbers(sheet, part)
    return ", ".join([*_marks(sheet, part), *numbers])


def selection_text(sheet: Sheet, selection: Selection) -> str:
    """Return what is selected and its numbers as one line, "" for the whole network."""
    if sheet.spec is None or not selection.each:
        return ""
    if selection.kind == "several":
        return part_name(sheet.spec.network, selection)
    return described(sheet, selection) or ", ".join(filter(None, (name(sheet, selection), value(sheet, selection))))


def _layer_words(network: NetworkSpec, layer_id: str) -> str:
    said = [layer_name(network, layer_id)]
    if layer_id == INPUT:
        features = len(network.input.names)
        return ", ".join([*said, _tr("1 feature") if features == 1 else _tr("{count} features").format(count=format_number(features))])
    layer = network.layer(layer_id)
    said.append(kind_word(layer))
    if isinstance(layer, Weighted):
        one, many = (_tr("1 filter"), _tr("{count} filters")) if isinstance(layer, Conv2D) else (_tr("1 unit"), _tr("{count} units"))
        said += [one if layer.units == 1 else many.format(count=format_number(layer.units)), entry_name(layer.activation.kind)]
    return ", ".join([*said, _tr("frozen")] if layer.frozen else said)


def _marks(sheet: Sheet, part: Selection) -> list[str]:
    """Return what was done to a part that its numbers do not tell."""
    if sheet.spec is None:
        return []
    if part.kind == "neuron" and all(are_lesioned(sheet.spec.network, [part])):
        return [_tr("lesioned")]
    return [_tr("pruned")] if all(are_pruned(sheet.spec.network, [part])) else []


def _numbers(sheet: Sheet, part: Selection) -> list[str]:
    """Return the numbers of what has no place on the canvas and so no card: a neuron folded away, its edges, a filter."""
    layers = sheet.layer_frames()
    if part.kind not in ("neuron", "edge") or not layers or sheet.spec is None:
        return []
    number, network = sheet.inks.theme.number, sheet.spec.network
    if part.layer == INPUT:
        values = sheet.values(INPUT)
        return [] if values is None else [f"{_tr('value')} {number(float(values[network.input.names.index(part.neuron)]))}"]
    index = network.index(part.layer)
    layer, row = layers[index], network.rows(index).index(part.neuron)
    if part.kind == "edge":
        column = network.sources(index).index(part.source)
        found = [(_tr("weight w"), layer.weights[row, column]), (_tr("gradient ∂L/∂w"), layer.gradient[row, column])]
    else:
        found = _neuron_numbers(layer, row, own=isinstance(network.layers[index], Dense))
    return [f"{what} {number(float(each))}" for what, each in found]


def _neuron_numbers(layer: LayerFrame, row: int, *, own: bool) -> list[tuple[str, float]]:
    """Return a neuron's numbers; a filter has no activation of its `own`, but one for each place of the image."""
    found = [(_tr("activation a"), layer.activations[row]), (_tr("sum z"), layer.z[row])] if own else []
    found += [(_tr("bias b"), layer.bias[row])] if layer.bias.size else []
    return [*found, (_tr("gradient ‖∂L/∂w‖"), norm(layer.gradient[row]))]


# -- its boxes ------------------------------------------------------------------------------------------------------


def box(sheet: Sheet, part: Selection) -> QRectF:
    """Return where a part is drawn, in scene coordinates, empty for what has no place; of an edge what its two ends span."""
    if sheet.layout is None or part.layer not in (column.id for column in sheet.layout.columns):
        return QRectF()
    column = sheet.layout.column(part.layer)
    if part.kind == "layer":
        corners = np.array([*column.title, *column.solids], dtype=float)
        low, high = corners[:, :2].min(axis=0), (corners[:, :2] + corners[:, 2:]).max(axis=0)
        return rect((low[0], low[1], high[0] - low[0], high[1] - low[1]))
    row = sheet.row_of(part.layer, part.neuron)
    if row is None:
        return QRectF()
    tile = rect(column.tiles[row])
    if part.kind == "neuron":
        return tile
    before = sheet.before(part.layer)
    start = box(sheet, Selection("neuron", before, part.source)) if part.source in sheet.neuron_ids(before) else QRectF()
    return QRectF() if start.isEmpty() else QRectF(start.center(), tile.center()).normalized().adjusted(-REACH, -REACH, REACH, REACH)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Canvas", text)
