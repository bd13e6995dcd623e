"""The words of the canvas: headers with − and +, names of inputs and classes, bars, notes, and numbers on edges."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from nnviz.ui.canvas.columns import NAME_GAP, RING, Box, Column
from nnviz.ui.canvas.items import SheetItem, centered, rect
from nnviz.ui.canvas.wording import BAR, ColumnWords, hidden_note
from nnviz.ui.theme import color


class LabelsItem(SheetItem):
    """All words but the numbers below tiles: headers with − and +, names of inputs and classes, bars, notes, edge numbers."""

    def draw(self, painter: QPainter) -> None:
        """Draw every column's words, then the numbers on edges."""
        sheet = self.sheet
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for column, said in zip(sheet.layout.columns if sheet.layout else (), sheet.words, strict=False):
            sheet.breathe()
            self._draw_header(painter, column, said)
            self.draw_names(painter, column, said, range(len(column.centers)))
            if column.fold is not None:
                self._draw_fold(painter, column)
        self._draw_edge_numbers(painter)

    def _draw_header(self, painter: QPainter, column: Column, said: ColumnWords) -> None:
        inks = self.sheet.inks
        painter.setFont(inks.fonts["title"])
        painter.setPen(inks.ink)
        lines = said.halves if len(column.title) > 1 else (said.title,)
        centered(painter, column.title[0], lines[0])
        painter.setFont(inks.fonts["small"])
        for box, line in zip(column.title[1:], lines[1:], strict=True):
            centered(painter, box, line)
        painter.setPen(inks.muted)
        if column.note is not None:
            centered(painter, column.note, said.note(self.sheet.drawn.get(column.id, 0)))
        if column.minus is not None and column.plus is not None:
            draw_button(painter, column.minus, inks.muted, plus=False)
            draw_button(painter, column.plus, inks.muted, plus=True)
        else:
            centered(painter, column.second, said.second)

    def draw_names(self, painter: QPainter, column: Column, said: ColumnWords, rows: range) -> None:
        """Draw the names left of inputs and right of outputs, with the bars of a softmax."""
        inks = self.sheet.inks
        painter.setFont(inks.fonts["name"])
        painter.setPen(inks.ink)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for row in rows if len(column.before) else ():
            self.sheet.breathe()
            painter.drawText(rect(column.before[row]), right, said.before[column.shown[row]])
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        for row in rows if len(column.after) and said.after else ():
            self.sheet.breathe()
            painter.drawText(rect(column.after[row]).translated(0, -7.0 if said.bars else 0.0), left, said.after[column.shown[row]])
        values = self.sheet.values(column.id) if said.bars else None
        for row in rows if values is not None else ():
            self.sheet.breathe()
            self._draw_bar(painter, column, row, float(values[column.shown[row]]))  # type: ignore[index]

    def _draw_bar(self, painter: QPainter, column: Column, row: int, value: float) -> None:
        theme = self.sheet.inks.theme
        x = column.centers[row, 0] + column.side / 2 + RING + NAME_GAP
        y = column.centers[row, 1] + (3.0 if len(column.after) else -3.0)
        pen = painter.pen()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color(theme.raised))
        painter.drawRoundedRect(QRectF(x, y, BAR, 6.0), 3.0, 3.0)
        if np.isfinite(value) and value > 0:
            painter.setBrush(color(theme.positive))
            painter.drawRoundedRect(QRectF(x, y, max(2.0, BAR * min(1.0, value)), 6.0), 3.0, 3.0)
        painter.setPen(pen)

    def _draw_fold(self, painter: QPainter, column: Column) -> None:
        inks = self.sheet.inks
        painter.setFont(inks.fonts["small"])
        painter.setPen(inks.muted)
        centered(painter, column.fold, hidden_note(column.units - len(column.shown)))  # type: ignore[arg-type]

    def _draw_edge_numbers(self, painter: QPainter) -> None:
        if self.sheet.light is None or not self.sheet.light.numbers:
            return
        inks = self.sheet.inks
        painter.setFont(inks.fonts["tiny"])
        for number in self.sheet.light.numbers:
            self.sheet.breathe()
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(inks.background)
            painter.drawRoundedRect(rect(number.box), 3.0, 3.0)
            painter.setPen(number.ink)
            centered(painter, number.box, number.text)


def draw_button(painter: QPainter, box: Box, ink: QColor, *, plus: bool) -> None:
    """Draw − or + as strokes, so that no font is needed."""
    x, y, arm = box[0] + box[2] / 2, box[1] + box[3] / 2, 3.8
    pen = painter.pen()
    painter.setPen(QPen(ink, 1.4))
    painter.drawLine(QPointF(x - arm, y), QPointF(x + arm, y))
    if plus:
        painter.drawLine(QPointF(x, y - arm), QPointF(x, y + arm))
    painter.setPen(pen)
