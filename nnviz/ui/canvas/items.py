"""The still items of the canvas; their number does not depend on the network. Here: what they share, and the edges.

Each can draw itself onto any painter, so that the canvas keeps a picture of them under whatever moves, and so that
export draws the very same.
"""

from __future__ import annotations

from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from nnviz.ui.canvas.blocks import draw_bands
from nnviz.ui.canvas.columns import Box
from nnviz.ui.canvas.edges import control_points
from nnviz.ui.canvas.plan import Plan, pairs
from nnviz.ui.canvas.sheet import Sheet
from nnviz.ui.failsafe import paints

Array = NDArray[Any]
FINER, SHARP = 4, 448
BATCH = 20_000  # edges whose lines are in memory at once


class SheetItem(QGraphicsItem):
    """An item that covers the whole drawing and draws from the sheet."""

    def __init__(self, sheet: Sheet) -> None:
        super().__init__()
        self.sheet = sheet
        self.kept = False

    def boundingRect(self) -> QRectF:
        """Return the whole drawing."""
        return rect(self.sheet.layout.bounds) if self.sheet.layout else QRectF()

    @paints
    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:  # noqa: ARG002
        """Draw, unless the canvas already shows a kept picture of the item."""
        if not self.kept:
            self.draw(painter)

    def draw(self, painter: QPainter) -> None:
        """Draw onto a painter in scene coordinates."""
        raise NotImplementedError


class EdgesItem(SheetItem):
    """All bands and edges: what does not act thin and pale, what acts in the colours of values or gradients over it."""

    def draw(self, painter: QPainter) -> None:
        """Draw the bands, the planned edges, then the lit ones."""
        sheet = self.sheet
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_bands(painter, sheet)
        pens = sheet.inks.faded_pens if sheet.light else sheet.inks.value_pens
        if sheet.complete:
            draw_edges(painter, sheet, pens, sheet.plan, dashed=sheet.close)
        else:
            sheet.hold_plan().draw(painter, pens)
        for lit in sheet.light.edges if sheet.light else ():
            lit_pens = sheet.inks.gradient_pens if lit.gradient else sheet.inks.value_pens
            draw_edges(painter, sheet, lit_pens, lit.plan, dashed=sheet.close)


def draw_edges(painter: QPainter, sheet: Sheet, pens: list[QPen], plan: Plan, *, dashed: bool) -> None:
    """Draw edges beside those that are planned, negative ones dashed if asked."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for first in range(0, len(plan), BATCH):
        part = plan.part(first, first + BATCH)
        if sheet.curved:
            _draw_curves(painter, sheet, pens, part, dashed=dashed)
        else:
            sheet.hold(sheet.scratch, part, dashed=dashed)
            sheet.scratch.draw(painter, pens, sheet.breathe)


def _draw_curves(painter: QPainter, sheet: Sheet, pens: list[QPen], plan: Plan, *, dashed: bool) -> None:
    """Draw edges for a picture, as curves, so that they can be enlarged."""
    middle = len(pens) // 2
    for points, level, number in zip(control_points(*pairs(sheet.bundles, plan), sheet.vertical).tolist(), plan.levels.tolist(), count()):
        sheet.breathe()
        if dashed and level < 0:
            sheet.hold(sheet.scratch, plan.part(number, number + 1), dashed=True)
            sheet.scratch.draw(painter, pens)
            continue
        painter.setPen(pens[level + middle])
        painter.drawPath(curve(points))


def curve(points: list[float]) -> QPainterPath:
    """Return a curve, given by its control points, as Qt has it."""
    made = QPainterPath(QPointF(points[0], points[1]))
    made.cubicTo(*points[2:])
    return made


def rect(box: Box | Array) -> QRectF:
    """Return a box as Qt has it."""
    return QRectF(float(box[0]), float(box[1]), float(box[2]), float(box[3]))


def centered(painter: QPainter, box: Box, text: str) -> None:
    """Draw one line in the middle of a box, however wide the line is."""
    if text:
        painter.drawText(rect(box).adjusted(-60, -2, 60, 2), Qt.AlignmentFlag.AlignCenter, text)


def image(packed: Array, form: QImage.Format = QImage.Format.Format_ARGB32_Premultiplied) -> QImage:
    """Return 0xAARRGGBB rows as an image that owns its memory; as RGB32, without alpha, it is drawn in half the time."""
    pixels = np.ascontiguousarray(packed, dtype=np.uint32)
    height, width = pixels.shape
    return QImage(pixels.data, width, height, 4 * width, form).copy()


def sharper(small: QImage) -> QImage:
    """Return a picture whose pixels stay squares when it is enlarged, for viewers of SVG and PDF as `finer`."""
    factor = max(1, SHARP // max(1, small.width(), small.height()))
    wanted = QSize(small.width() * factor, small.height() * factor)
    return small.scaled(wanted, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.FastTransformation)


def finer(small: QImage) -> QImage:
    """Return a map with smooth steps between its points: viewers of SVG and PDF differ in how they enlarge pictures."""
    wanted = QSize(small.width() * FINER, small.height() * FINER)
    return small.scaled(wanted, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
