"""What the card beside the pointer says of a neuron, an edge or a block, and the same as one line for a screen reader."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QColor

from nnviz.engine.patch import BIAS
from nnviz.explain.numbers import format_number
from nnviz.ui.canvas.columns import NUMBER, RING, Box, Column
from nnviz.ui.canvas.edges import norm, points_at
from nnviz.ui.canvas.lighting import number_ink
from nnviz.ui.canvas.overlay import CardLine, HoverCard
from nnviz.ui.canvas.sheet import Sheet
from nnviz.ui.part_names import INPUT, part_name
from nnviz.ui.selection import Selection


def hover_card(sheet: Sheet, chosen: Selection) -> HoverCard | None:
    """Return the card of a neuron, an edge or a block, None for anything else."""
    if chosen.kind == "neuron":
        return _neuron_card(sheet, chosen)
    if chosen.kind == "layer":
        return _block_card(sheet, chosen)
    if chosen.kind == "edge" and chosen.source == BIAS:
        return _bias_card(sheet, chosen)
    return _edge_card(sheet, chosen) if chosen.kind == "edge" else None


def described(sheet: Sheet, chosen: Selection) -> str:
    """Return the selection and its numbers as one line of plain text."""
    if sheet.spec is None or chosen.kind == "network" or not sheet.exists(chosen):
        return ""
    card = hover_card(sheet, chosen)
    if card is None:
        title = next((words.title for words in sheet.words if words.id == chosen.layer), "")
        return title if chosen.kind == "layer" else part_name(sheet.spec.network, chosen)
    return ", ".join([card.title, *(f"{line.what} {line.value}" for line in card.lines)])


def _neuron_card(sheet: Sheet, chosen: Selection) -> HoverCard | None:
    row = sheet.row_of(chosen.layer, chosen.neuron)
    if row is None or sheet.layout is None or sheet.spec is None:
        return None
    column, index = sheet.layout.column(chosen.layer), sheet.neuron_ids(chosen.layer).index(chosen.neuron)
    lines = []
    mark = sheet.light.nodes.get(chosen.layer) if sheet.light else None
    if mark is not None and sheet.light is not None:
        symbol = sheet.light.picture.node_symbols.get(chosen.layer, "")
        lines.append(_line(sheet, symbol or _tr("value"), float(mark.values[row]), gradient=mark.gradient))
    layer = sheet.layer_frame(chosen.layer)
    if layer is not None and mark is None:
        lines.append(_line(sheet, _tr("activation a"), float(layer.activations[index])))
        lines.append(_line(sheet, _tr("sum z"), float(layer.z[index])))
        lines.append(_line(sheet, _tr("bias b"), float(layer.bias[index])))
        lines.append(_line(sheet, _tr("gradient ‖∂L/∂w‖"), norm(layer.gradient[index]), gradient=True))
    values = sheet.values(chosen.layer)
    if chosen.layer == INPUT and values is not None and mark is None:
        lines.append(_line(sheet, _tr("value"), float(values[index])))
    return HoverCard(part_name(sheet.spec.network, chosen), tuple(lines), _tile(column, row))


def _tile(column: Column, row: int) -> Box:
    """Return the box of a tile with its number."""
    (x, y), half = column.centers[row].tolist(), column.side / 2
    return x - half, y - half, 2 * half, 2 * half + (NUMBER + RING if len(column.numbers) else 0.0)


def _bias_card(sheet: Sheet, chosen: Selection) -> HoverCard | None:
    row, layer = sheet.row_of(chosen.layer, chosen.neuron), sheet.layer_frame(chosen.layer)
    if row is None or sheet.layout is None or sheet.spec is None:
        return None
    lines = []
    if layer is not None:
        lines.append(_line(sheet, _tr("bias b"), float(layer.bias[sheet.neuron_ids(chosen.layer).index(chosen.neuron)])))
    return HoverCard(part_name(sheet.spec.network, chosen), tuple(lines), _tile(sheet.layout.column(chosen.layer), row))


def _block_card(sheet: Sheet, chosen: Selection) -> HoverCard | None:
    """Say what a layer drawn as one block does, and between which numbers its outputs lie."""
    said = next((words for words in sheet.words if words.id == chosen.layer and words.inside), None)
    if said is None or sheet.layout is None or sheet.spec is None:
        return None
    index = sheet.spec.network.index(chosen.layer)
    lines = [CardLine(_tr("output"), said.second)]
    layers = sheet.layer_frames()
    if layers:
        layer = layers[index]
        lines.append(_line(sheet, _tr("lowest output"), float(layer.activations.min(initial=np.inf))))
        lines.append(_line(sheet, _tr("highest output"), float(layer.activations.max(initial=-np.inf))))
    if layers and layers[index].weights.size:
        lines.append(CardLine(_tr("weights"), format_number(layers[index].weights.size)))
        lines.append(_line(sheet, _tr("gradient ‖∂L/∂w‖"), norm(layers[index].gradient), gradient=True))
    return HoverCard(said.title, tuple(lines), sheet.layout.column(chosen.layer).block or (0.0, 0.0, 0.0, 0.0))


def _edge_card(sheet: Sheet, chosen: Selection) -> HoverCard | None:
    found = [(bundle, edges) for bundle, edges in sheet.edges_of(chosen) if len(edges)]
    if not found or sheet.spec is None:
        return None
    bundle, edge = found[0][0], int(found[0][1][0])
    source_layer = sheet.before(chosen.layer)
    unit = sheet.neuron_ids(chosen.layer).index(chosen.neuron)
    source = sheet.neuron_ids(source_layer).index(chosen.source)
    lines = []
    layers = sheet.layer_frames()
    if layers:
        lines.append(_line(sheet, _tr("weight w"), float(layers[bundle].weights[unit, source])))
        lines.append(_line(sheet, _tr("gradient ∂L/∂w"), float(layers[bundle].gradient[unit, source]), gradient=True))
    for lit in sheet.light.edges if sheet.light else ():
        if lit.bundle == bundle and sheet.light is not None:
            value = float(sheet.light.picture.edge_values[chosen.layer][unit, source])
            lines.append(_line(sheet, _tr("at this stage"), value, gradient=lit.gradient))
    x, y = points_at(sheet.bundles[bundle].lines(np.array([edge])), 0.5)[0]
    return HoverCard(part_name(sheet.spec.network, chosen), tuple(lines), (float(x), float(y) - 4.0, 0.0, 8.0))


def _line(sheet: Sheet, what: str, value: float, *, gradient: bool = False) -> CardLine:
    ink: QColor = number_ink(sheet.inks, value, gradient=gradient)
    return CardLine(what, sheet.inks.theme.number(value), ink)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Canvas", text)
