"""Going through the network by keys: from neuron to neuron, along the edges of one neuron, and along the flow.

A stop is a neuron, or a whole picture or block; in a picture, one pixel of which is selected, a row is one of pixels. Before
the first neuron of a column stands its layer, the header: from there the flow leads to headers and blocks.
"""

from __future__ import annotations

import numpy as np

from nnviz.engine.network_spec import BatchNorm, Dropout, Flatten, NetworkSpec
from nnviz.ui.canvas.columns import Array, Column, Layout
from nnviz.ui.canvas.sheet import Sheet
from nnviz.ui.part_names import INPUT
from nnviz.ui.readers import reader
from nnviz.ui.selection import NETWORK, Selection, several


def walk(sheet: Sheet, selection: Selection, across: int, down: int) -> Selection:
    """Return the stop that many steps away on screen; the first when none is selected.

    From an edge, a step across the flow leads to the next edge of the same neuron, pruned or not; a step along the flow
    to the neuron at that end.
    """
    layout = sheet.layout
    if layout is None:
        return NETWORK
    along, aside = (down, across) if layout.vertical else (across, down)
    place = _place_of(layout, selection.layer)
    if place is None:
        return _stop(sheet, layout.columns[0], 0)
    if selection.kind == "edge":
        return _end(sheet, selection, along) if along else _sibling(sheet, selection, aside)
    column, row = layout.columns[place], sheet.row_of(selection.layer, selection.neuron) or 0
    there = layout.columns[min(max(place + along, 0), len(layout.columns) - 1)]
    if selection.kind == "layer":
        return Selection("layer", there.id) if along or aside < 0 else _stop(sheet, column, 0)
    if there is not column:
        return _stop(sheet, there, int((row + 0.5) / max(1, len(column.shown)) * len(there.shown)))
    if along:
        return selection
    if column.block is not None:
        return Selection("layer", column.id)
    if column.image is not None and not layout.vertical:
        aside *= round(column.image[2] / column.side)
    return _neuron(sheet, column, row + aside) if row + aside >= 0 else Selection("layer", column.id)


def following(sheet: Sheet, selection: Selection, step: int) -> Selection | None:
    """Return the layer or neuron after (or before) the selected one in reading order, None past the end or where none is selected.

    A layer comes before its neurons; a picture or block is one with them.
    """
    layout = sheet.layout
    place = _place_of(layout, selection.layer) if layout is not None else None
    if layout is None or place is None:
        return None
    column, header = layout.columns[place], -1
    if selection.kind not in ("neuron", "layer"):
        return None
    row = header if selection.kind == "layer" or column.box is not None else sheet.row_of(selection.layer, selection.neuron) or 0
    if header <= row + step < _neurons(column):
        return _neuron(sheet, column, row + step) if row + step > header else Selection("layer", column.id)
    place += step
    if not 0 <= place < len(layout.columns):
        return None
    there = layout.columns[place]
    return Selection("layer", there.id) if step > 0 or not _neurons(there) else _neuron(sheet, there, _neurons(there) - 1)


def extended(sheet: Sheet, selection: Selection, current: Selection, step: int) -> Selection:
    """Return the selection with the neuron (or edge) that many places on from the current one; going back lets go, as in lists."""
    row = sheet.row_of(current.layer, current.neuron) if current.kind == "neuron" else None
    if current.kind == "edge":
        there = _sibling(sheet, current, step)
    elif sheet.layout is None or row is None:
        return selection
    else:
        there = _neuron(sheet, sheet.layout.column(current.layer), row + step)
    if there == current:
        return selection
    if selection.each[-2:] == (there, current):
        return several(selection.each[:-1])
    return several((*(part for part in selection.each if part != there), there))


def edge_of(sheet: Sheet, selection: Selection, direction: int) -> Selection:
    """Return the strongest edge into (−1) or out of (+1) a neuron; of an edge: of the neuron at that end. NETWORK if there is none."""
    if sheet.spec is None or selection.kind not in ("neuron", "edge"):
        return NETWORK
    network = sheet.spec.network
    layer, neuron = selection.layer, selection.neuron
    if selection.kind == "edge" and direction < 0:
        layer, neuron = _source_layer(network, selection), selection.source
    return _strongest_out(sheet, network, layer, neuron) if direction > 0 else _strongest_in(sheet, network, layer, neuron)


def _strongest_in(sheet: Sheet, network: NetworkSpec, layer: str, neuron: str) -> Selection:
    index = -1 if layer in ("", INPUT) else network.index(layer)
    if index < 0 or neuron not in network.rows(index):
        return NETWORK
    sources = network.sources(index)
    weights = _weights(sheet, index)
    best = _largest(weights[network.rows(index).index(neuron)]) if weights is not None else 0
    return Selection("edge", layer, neuron, sources[best]) if sources else NETWORK


def _strongest_out(sheet: Sheet, network: NetworkSpec, layer: str, neuron: str) -> Selection:
    index = reader(network, layer, neuron)
    if index < 0:
        return NETWORK
    weights = _weights(sheet, index)
    best = _largest(weights[:, network.sources(index).index(neuron)]) if weights is not None else 0
    return Selection("edge", network.layers[index].id, network.rows(index)[best], neuron)


def _weights(sheet: Sheet, index: int) -> Array | None:
    layers = sheet.layer_frames()
    return layers[index].weights if layers else None


def _largest(weights: Array) -> int:
    return int(np.nan_to_num(np.abs(weights), nan=0.0).argmax())


def _source_layer(network: NetworkSpec, edge: Selection) -> str:
    """Return the layer, or "input", whose neuron an edge leaves; "" where what it leaves is no neuron."""
    index = network.index(edge.layer) - 1
    while index >= 0 and isinstance(network.layers[index], Flatten | Dropout | BatchNorm):
        index -= 1
    if index < 0:
        return INPUT if edge.source in network.input.names else ""
    return network.layers[index].id if edge.source in network.rows(index) else ""


def _end(sheet: Sheet, edge: Selection, along: int) -> Selection:
    """Return the neuron an edge leaves or arrives at; what has no place of its own is answered by its layer."""
    if along > 0 or sheet.spec is None:
        return Selection("neuron", edge.layer, edge.neuron)
    layer = _source_layer(sheet.spec.network, edge)
    if not layer:
        return Selection("layer", sheet.before(edge.layer)) if edge.source else Selection("neuron", edge.layer, edge.neuron)
    return Selection("neuron", layer, edge.source)


def _sibling(sheet: Sheet, edge: Selection, step: int) -> Selection:
    """Return the edge that many places on among those of the same neuron, in the order of its sources."""
    if sheet.spec is None:
        return edge
    sources = sheet.spec.network.sources(sheet.spec.network.index(edge.layer))
    here = sources.index(edge.source) if edge.source in sources else -1
    return Selection("edge", edge.layer, edge.neuron, sources[min(max(here + step, 0), len(sources) - 1)])


def _place_of(layout: Layout, layer: str) -> int | None:
    return next((place for place, column in enumerate(layout.columns) if column.id == layer), None)


def _neurons(column: Column) -> int:
    """Return how many neurons of a column are stops of their own."""
    return 0 if column.box is not None else len(column.shown)


def _stop(sheet: Sheet, column: Column, row: int) -> Selection:
    """Return a neuron of a column, or the whole column where it is one box."""
    return _neuron(sheet, column, row) if column.box is None else Selection("layer", column.id)


def _neuron(sheet: Sheet, column: Column, row: int) -> Selection:
    index = int(column.shown[min(max(row, 0), len(column.shown) - 1)])
    return Selection("neuron", column.id, sheet.neuron_ids(column.id)[index])
