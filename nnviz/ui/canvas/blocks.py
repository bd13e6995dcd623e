"""Layers that stand as one plain block, and the bands that join them to their neighbours: no neuron, no single edge.

What acts is lit as a whole: the block in the colour of its direction with a strong outline, the band with an arrow that
travels along it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPolygonF

from nnviz.ui.canvas.columns import NUMBER, RING, Array, Column, Layout
from nnviz.ui.canvas.inks import Inks
from nnviz.ui.canvas.sheet import Sheet
from nnviz.ui.pictures import saved

BLOCK_CORNER = 8.0
STAND_OFF = 4.0
ARROW = 7.0


def bands(layout: Layout) -> Iterator[tuple[int, Column, Column]]:
    """Yield the pairs of neighbours that a band joins, since one of them is a block: (number of the pair, left, right)."""
    for index, (left, right) in enumerate(pairwise(layout.columns)):
        if left.block is not None or right.block is not None:
            yield index, left, right


def band_corners(left: Column, right: Column) -> Array:
    """Return the corners of a band: upper left, upper right, lower right, lower left; shape (4, 2).

    Of a band that runs downwards: upper left, lower left, lower right, upper right.
    """
    along, across = (1, 0) if right.vertical else (0, 1)
    before, behind = left.solids, right.solids
    start, end = (before[:, along] + before[:, 2 + along]).max() + STAND_OFF, behind[:, along].min() - STAND_OFF
    if right.vertical and len(left.numbers):
        start += RING + NUMBER
    (top, bottom), (upper, lower) = (
        (boxes[:, across].min(), (boxes[:, across] + boxes[:, 2 + across]).max()) for boxes in (before, behind)
    )
    corners = np.array([[start, top], [end, upper], [end, lower], [start, bottom]])
    return corners[:, ::-1] if right.vertical else corners


def draw_bands(painter: QPainter, sheet: Sheet, only: str = "") -> None:
    """Draw the bands, or only those of one layer; what is lit in the colour of its direction."""
    if sheet.layout is None:
        return
    painter.setPen(Qt.PenStyle.NoPen)
    for index, left, right in bands(sheet.layout):
        if only and only not in (left.id, right.id):
            continue
        lit = sheet.light is not None and index in sheet.light.bands
        painter.setBrush(sheet.inks.flow[sheet.light.direction] if lit and sheet.light else sheet.inks.band)
        painter.drawPath(_band(band_corners(left, right), right.vertical))


def _band(corners: Array, vertical: bool) -> QPainterPath:
    """Return a band as a shape whose sides leave and arrive level, or upright where it runs downwards, as edges do."""
    path = QPainterPath(QPointF(*corners[0]))
    path.cubicTo(*_bends(corners[0], corners[1], vertical), QPointF(*corners[1]))
    path.lineTo(QPointF(*corners[2]))
    path.cubicTo(*_bends(corners[2], corners[3], vertical), QPointF(*corners[3]))
    path.closeSubpath()
    return path


def _bends(start: Array, end: Array, vertical: bool) -> tuple[QPointF, QPointF]:
    """Return the two control points between the ends of a side."""
    x, y = (start + end) / 2
    return (QPointF(start[0], y), QPointF(end[0], y)) if vertical else (QPointF(x, start[1]), QPointF(x, end[1]))


def draw_arrow(painter: QPainter, inks: Inks, left: Column, right: Column, share: float, direction: int) -> None:
    """Draw the arrow of a lit band a share of its way."""
    corners = band_corners(left, right)
    before, behind = corners[[0, 3]].mean(axis=0), corners[[1, 2]].mean(axis=0)
    inset = ARROW / max(2 * ARROW, float(behind[int(right.vertical)] - before[int(right.vertical)]))  # it stays within the band
    place = before + (inset + (1 - 2 * inset) * (share if direction > 0 else 1.0 - share)) * (behind - before)
    along = np.array([ARROW, -ARROW, -0.4 * ARROW, -ARROW]) * direction
    tips = np.column_stack([along, np.array([0.0, -ARROW, 0.0, ARROW])])
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(inks.muted)
    painter.drawPolygon(QPolygonF([QPointF(*tip) for tip in (place + (tips[:, ::-1] if right.vertical else tips)).tolist()]))


def draw_block(painter: QPainter, inks: Inks, column: Column, inside: str, broken: str, lit: int | None) -> None:
    """Draw a block and what stands in it.

    Args:
        painter: in scene coordinates.
        inks: of the theme.
        column: whose block is drawn.
        inside: its kind in words, written upwards.
        broken: the word for numbers that are not finite, "" when all are.
        lit: the direction in which it acts now; None when it does not.
    """
    if column.block is None:
        return
    box = QRectF(*column.block)
    painter.setPen(inks.tile_border if lit is None else inks.acting_border)
    painter.setBrush(inks.block if lit is None else inks.flow[lit])
    painter.drawRoundedRect(box, BLOCK_CORNER, BLOCK_CORNER)
    if broken:
        painter.setBrush(inks.hatch)
        painter.drawRoundedRect(box, BLOCK_CORNER, BLOCK_CORNER)
        painter.fillRect(QRectF(box.left() + 2, box.center().y() - 9, box.width() - 4, 18), inks.background)
    painter.setFont(inks.fonts["number" if broken else "name"])
    painter.setPen(inks.ink)
    if broken:
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, broken)
        return
    if column.vertical:
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, inside)
        return
    with saved(painter):
        painter.translate(box.center())
        painter.rotate(-90)
        painter.drawText(QRectF(-box.height() / 2, -box.width() / 2, box.height(), box.width()), Qt.AlignmentFlag.AlignCenter, inside)
