"""What is selected, outlined twice in ink: said by form, not by hue. And the pruned edges of what is chosen."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from nnviz.ui.canvas.blocks import BLOCK_CORNER
from nnviz.ui.canvas.columns import NUMBER, RING, Column, area
from nnviz.ui.canvas.edges import control_points, points_at
from nnviz.ui.canvas.inks import pen_width
from nnviz.ui.canvas.items import curve, draw_edges, rect
from nnviz.ui.canvas.nodes import CORNER
from nnviz.ui.canvas.plan import Plan, of_bundle, pairs
from nnviz.ui.canvas.sheet import Sheet
from nnviz.ui.selection import Selection

Array = NDArray[Any]
FOCUSED_EDGES = 100
CROSS = 4.0


def draw_selection(painter: QPainter, sheet: Sheet) -> None:
    """Outline every part of what is selected."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    edges = [part for part in sheet.selection.each if part.kind == "edge"]
    for part in sheet.selection.each:
        if part.kind == "layer" and sheet.layout is not None:
            _outline_layer(painter, sheet, sheet.layout.column(part.layer))
        elif part not in edges or not part.source:
            for column, row in ends(sheet, part):
                _outline_neuron(painter, sheet, column, row)
    for bundle, chosen in sheet.edges_of(Selection("several", parts=tuple(edges))):
        _outline_edges(painter, sheet, bundle, chosen)
    draw_pruned(painter, sheet, sheet.selection)


def ends(sheet: Sheet, chosen: Selection) -> list[tuple[Column, int]]:
    """Return the shown neurons of a neuron, a bias or an edge, as (column, row)."""
    wanted = [(chosen.layer, chosen.neuron)]
    if chosen.kind == "edge" and chosen.source:
        wanted.append((sheet.before(chosen.layer), chosen.source))
    found = []
    for layer, neuron in wanted:
        row = sheet.row_of(layer, neuron)
        if row is not None and sheet.layout is not None:
            found.append((sheet.layout.column(layer), row))
    return found


def selected_boxes(sheet: Sheet) -> list[QRectF]:
    """Return the boxes about the layers and neurons that are selected, and about the ends of edges."""
    if sheet.layout is None:
        return []
    found = []
    for part in sheet.selection.each:
        if part.kind == "layer":
            found.append(rect(area(sheet.layout.column(part.layer))))
        for column, row in ends(sheet, part):
            x, y = column.centers[row].tolist()
            reach = column.side / 2 + 2 * RING
            found.append(QRectF(x - reach, y - reach, 2 * reach, 2 * reach + NUMBER))
    return found


def strongest_of(sheet: Sheet, bundle: int, edges: Array) -> Plan:
    """Return these edges with their strengths, drawn or not; of very many the strongest."""
    plan = of_bundle(bundle, edges, sheet.levels_of(bundle, edges))
    return plan.part(max(0, len(plan) - FOCUSED_EDGES), len(plan))


def _outline_layer(painter: QPainter, sheet: Sheet, column: Column) -> None:
    box = rect(column.title[0]).united(rect(column.title[-1]))
    painter.setPen(QPen(sheet.inks.ink, 1.4))
    for above in (1.0, 4.0):  # below the title stand its buttons
        painter.drawLine(QLineF(box.left(), box.top() - above, box.right(), box.top() - above))
    for reach in (2.0, 5.2) if column.block is not None else ():
        around = rect(column.block).adjusted(-reach, -reach, reach, reach)  # type: ignore[arg-type]
        painter.drawRoundedRect(around, BLOCK_CORNER + reach, BLOCK_CORNER + reach)


def _outline_neuron(painter: QPainter, sheet: Sheet, column: Column, row: int) -> None:
    x, y = column.centers[row].tolist()
    gap = 2.0 if column.image is None else 0.5
    painter.setPen(QPen(sheet.inks.ink, 1.5))
    for reach in (column.side / 2 + gap, column.side / 2 + gap + 3.2):
        corner = column.side * CORNER + gap
        painter.drawRoundedRect(QRectF(x - reach, y - reach, 2 * reach, 2 * reach), corner, corner)


def _outline_edges(painter: QPainter, sheet: Sheet, bundle: int, edges: Array) -> None:
    """Draw each edge over a wider stroke of the background over a still wider one of ink, each a single smooth curve."""
    levels = sheet.levels_of(bundle, edges)
    for edge, level in zip(edges.tolist(), levels.tolist(), strict=True):
        alone, wide = Plan(*(np.array([number]) for number in (bundle, edge, level))), pen_width(level)
        way = curve(control_points(*pairs(sheet.bundles, alone), sheet.vertical)[0].tolist())
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for ink, extra in ((sheet.inks.ink, 6.0), (sheet.inks.background, 3.4)):
            painter.strokePath(way, QPen(ink, wide + extra, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.RoundJoin))
        if level:
            draw_edges(painter, sheet, sheet.inks.value_pens, alone, dashed=True)


def draw_pruned(painter: QPainter, sheet: Sheet, chosen: Selection) -> None:
    """Show the pruned edges of what is chosen as dotted lines with a cross in the middle: that is where they can be restored."""
    dotted = QPen(sheet.inks.muted, 1.2, Qt.PenStyle.DotLine)
    crossed = QPen(sheet.inks.muted, 1.6)
    for bundle, edges in sheet.pruned_of(chosen).items():
        lines = sheet.bundles[bundle].lines(edges[:FOCUSED_EDGES])
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(dotted)
        for line in lines.tolist():
            painter.drawPolyline([QPointF(*point) for point in line])
        painter.setPen(crossed)
        for x, y in points_at(lines, 0.5).tolist():
            draw_cross(painter, x, y, CROSS)


def draw_cross(painter: QPainter, x: float, y: float, reach: float) -> None:
    """Draw two crossed strokes with the painter's pen."""
    painter.drawLines([QLineF(x - reach, y - reach, x + reach, y + reach), QLineF(x - reach, y + reach, x + reach, y - reach)])
