"""What answers a hand, drawn above the canvas: a header's buttons, the + of a gap, the box, the header that is dragged.

It is no part of pictures. Icons are strokes, so that no font is needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from nnviz.ui.canvas.columns import Box, Column
from nnviz.ui.canvas.hits import Hit
from nnviz.ui.canvas.items import SheetItem, rect
from nnviz.ui.canvas.labels import draw_lock
from nnviz.ui.canvas.sheet import Sheet
from nnviz.ui.selection import Selection
from nnviz.ui.theme import blend, color

BUTTONS = ("minus", "plus", "lock", "more")
ARM = 3.8
PALE = 0.35
ROUND = 10.0
GHOST = (26.0, 14.0)  # how much wider and higher than its words
THICK, WIDER = 3.0, 3.0


@dataclass(frozen=True, slots=True)
class Ghost:
    """A header that follows the pointer.

    Attributes:
        words: what stands on it.
        at: where its middle is.
        line: where it would land, a thin box; None at its own place.
        refused: whether it cannot land there.
    """

    words: str
    at: QPointF
    line: Box | None
    refused: bool


@dataclass(slots=True)
class Marks:
    """What is shown at present.

    Attributes:
        hot: what is under the pointer.
        headers: the layers whose buttons are seen.
        refusals: why a button would be refused, by (layer, part).
        box, touched: the box that is drawn, and what it touches.
        ghost: the header that is dragged.
    """

    hot: Hit = field(default_factory=Hit)
    headers: tuple[str, ...] = ()
    refusals: Mapping[tuple[str, str], str] = field(default_factory=dict)
    box: QRectF | None = None
    touched: tuple[Selection, ...] = ()
    ghost: Ghost | None = None


class HandsItem(SheetItem):
    """The one item of all marks."""

    def __init__(self, sheet: Sheet) -> None:
        super().__init__(sheet)
        self.marks = Marks()

    def draw(self, painter: QPainter) -> None:
        """Draw what is shown at present."""
        layout, marks = self.sheet.layout, self.marks
        if layout is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for column in layout.columns:
            if column.id in marks.headers and self.sheet.legible:  # without the words they belong to, buttons say nothing
                self._draw_buttons(painter, column)
        if marks.hot.gap is not None and marks.hot.gap < len(layout.gaps):
            self._draw_gap(painter, layout.gaps[marks.hot.gap])
        if marks.box is not None:
            self._draw_box(painter, marks.box)
        if marks.ghost is not None:
            self._draw_ghost(painter, marks.ghost)

    def _draw_buttons(self, painter: QPainter, column: Column) -> None:
        """Draw a header's buttons, the one under the pointer on a ground of its own, those that would be refused pale."""
        inks, hot = self.sheet.inks, self.marks.hot
        for part, box in buttons(column):
            pale = (column.id, part) in self.marks.refusals
            lit = hot.layer == column.id and hot.part == part
            if lit and not pale:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(color(inks.theme.accent_soft))
                painter.drawRoundedRect(rect(box), 4.0, 4.0)
            ink = blend(inks.theme.muted, inks.theme.canvas, PALE) if pale else inks.ink if lit else inks.muted
            if part == "lock":
                draw_lock(painter, box, ink, closed=column.id in self._frozen())
            else:
                draw_icon(painter, part, rect(box).center(), ink)

    def _frozen(self) -> set[str]:
        spec = self.sheet.spec
        return {layer.id for layer in spec.network.layers if layer.frozen} if spec is not None else set()

    def _draw_gap(self, painter: QPainter, box: Box) -> None:
        inks, middle = self.sheet.inks, rect(box).center()
        painter.setPen(QPen(color(inks.theme.accent), 1.4))
        painter.setBrush(inks.background)
        painter.drawEllipse(middle, ROUND, ROUND)
        draw_icon(painter, "plus", middle, color(inks.theme.accent))

    def _draw_box(self, painter: QPainter, box: QRectF) -> None:
        inks = self.sheet.inks
        accent = color(inks.theme.accent)
        pen = QPen(accent, 1.2)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(color(inks.theme.accent, 0.1))
        painter.drawRect(box)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(accent, 2.0))
        for tile in self._tiles(self.marks.touched):
            painter.drawRoundedRect(tile.adjusted(-3.0, -3.0, 3.0, 3.0), 6.0, 6.0)

    def _tiles(self, neurons: Iterable[Selection]) -> list[QRectF]:
        """Return the boxes of neurons that have a place."""
        layout, found = self.sheet.layout, list[QRectF]()
        for part in neurons:
            row = self.sheet.row_of(part.layer, part.neuron) if part.kind == "neuron" else None
            if row is not None and layout is not None:
                found.append(rect(layout.column(part.layer).tiles[row]))
        return found

    def _draw_ghost(self, painter: QPainter, ghost: Ghost) -> None:
        inks = self.sheet.inks
        accent = color(inks.theme.accent)
        if ghost.line is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QBrush(inks.hatch) if ghost.refused else accent)
            wider = WIDER if ghost.refused else 0.0  # so that the hatch can be told
            painter.drawRoundedRect(rect(ghost.line).adjusted(-wider, -wider, wider, wider), THICK / 2, THICK / 2)
        painter.setFont(inks.fonts["title"])
        words = painter.fontMetrics().size(0, ghost.words)
        body = QRectF(0.0, 0.0, words.width() + GHOST[0], words.height() + GHOST[1])
        body.moveCenter(ghost.at)
        painter.setOpacity(0.85)
        painter.setPen(QPen(color(inks.theme.not_finite) if ghost.refused else accent, 1.4))
        painter.setBrush(color(inks.theme.window))
        painter.drawRoundedRect(body, inks.theme.corner / inks.theme.scale, inks.theme.corner / inks.theme.scale)
        painter.setPen(inks.muted if ghost.refused else inks.ink)
        painter.drawText(body, Qt.AlignmentFlag.AlignCenter, ghost.words)
        painter.setOpacity(1.0)


def buttons(column: Column) -> list[tuple[str, Box]]:
    """Return the buttons a header has, with their boxes."""
    boxes = ((part, getattr(column, part)) for part in BUTTONS)
    return [(part, box) for part, box in boxes if box is not None]


def draw_icon(painter: QPainter, part: str, middle: QPointF, ink: QColor) -> None:
    """Draw what a button does: −, +, or three dots for more."""
    x, y = middle.x(), middle.y()
    painter.setPen(QPen(ink, 1.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if part in ("minus", "plus"):
        painter.drawLine(QPointF(x - ARM, y), QPointF(x + ARM, y))
    if part == "plus":
        painter.drawLine(QPointF(x, y - ARM), QPointF(x, y + ARM))
    if part == "more":
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        for offset in (-4.2, 0.0, 4.2):
            painter.drawEllipse(QPointF(x + offset, y), 1.2, 1.2)
