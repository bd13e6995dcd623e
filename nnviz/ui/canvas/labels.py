"""The words of the canvas: headers, names of inputs and classes, bars, notes, numbers on edges, and the lock of frozen layers."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from nnviz.ui.canvas.columns import LINE, Box, Column
from nnviz.ui.canvas.items import SheetItem, centered, rect
from nnviz.ui.canvas.wording import BAR, ColumnWords, hidden_note
from nnviz.ui.pictures import saved
from nnviz.ui.theme import color

THICK = 6.0


class LabelsItem(SheetItem):
    """All words but the numbers below tiles: headers, names of inputs and classes, bars, notes, edge numbers."""

    def draw(self, painter: QPainter) -> None:
        """Draw every column's words, then the numbers on edges."""
        sheet = self.sheet
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        seen = {column.id for column in sheet.columns} if sheet.legible else set[str]()
        for column, said in zip(sheet.layout.columns if sheet.layout else (), sheet.words, strict=False):
            sheet.breathe()
            if column.id not in seen:
                continue
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
        centered(painter, column.second, said.second)
        if said.frozen and column.lock is not None:
            draw_lock(painter, column.lock, inks.ink, closed=True)

    def draw_names(self, painter: QPainter, column: Column, said: ColumnWords, rows: range) -> None:
        """Draw the names before inputs and behind outputs, with the bars of a softmax."""
        inks = self.sheet.inks
        painter.setFont(inks.fonts["name"])
        painter.setPen(inks.ink)
        middle, center = Qt.AlignmentFlag.AlignVCenter, Qt.AlignmentFlag.AlignHCenter
        before = center if column.vertical else Qt.AlignmentFlag.AlignRight
        behind = center if column.vertical else Qt.AlignmentFlag.AlignLeft
        for row in rows if len(column.before) else ():
            self.sheet.breathe()
            painter.drawText(rect(column.before[row]), before | middle, said.before[column.shown[row]])
        for row in rows if len(column.after) and said.after else ():
            self.sheet.breathe()
            painter.drawText(_behind(column, row, bars=said.bars)[0], behind | middle, said.after[column.shown[row]])
        values = self.sheet.values(column.id) if said.bars else None
        for row in rows if values is not None else ():
            self.sheet.breathe()
            self._draw_bar(painter, _behind(column, row, bars=True)[1], float(values[column.shown[row]]))  # type: ignore[index]

    def _draw_bar(self, painter: QPainter, place: QPointF, value: float) -> None:
        theme = self.sheet.inks.theme
        pen = painter.pen()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color(theme.raised))
        painter.drawRoundedRect(QRectF(place, QSizeF(BAR, THICK)), THICK / 2, THICK / 2)
        if np.isfinite(value) and value > 0:
            painter.setBrush(color(theme.positive))
            painter.drawRoundedRect(QRectF(place, QSizeF(max(2.0, BAR * min(1.0, value)), THICK)), THICK / 2, THICK / 2)
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


def _behind(column: Column, row: int, *, bars: bool) -> tuple[QRectF, QPointF]:
    """Return the box of an output's name and where its bar starts: the bar stands below the name."""
    box = rect(column.after[row])
    if column.vertical:
        return QRectF(box.left(), box.top(), box.width(), LINE), QPointF(box.center().x() - BAR / 2, box.top() + LINE + 1.0)
    return box.translated(0, -7.0 if bars else 0.0), QPointF(box.left(), box.center().y() + 3.0)


def draw_lock(painter: QPainter, box: Box, ink: QColor, *, closed: bool) -> None:
    """Draw a padlock as strokes, so that no font is needed; an open one has its shackle up."""
    x, y, up = box[0] + box[2] / 2, box[1] + box[3] / 2, 0.0 if closed else 2.2
    with saved(painter):
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(ink, 1.4))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        shackle = QPainterPath(QPointF(x - 2.6, y - 0.5 - up / 2))
        shackle.lineTo(x - 2.6, y - 2.4 - up)
        shackle.arcTo(QRectF(x - 2.6, y - 5.0 - up, 5.2, 5.2), 180.0, -180.0)
        shackle.lineTo(x + 2.6, y - 0.5 - 1.6 * up)
        painter.drawPath(shackle)
        painter.setBrush(ink if closed else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(x - 4.2, y - 0.5, 8.4, 6.0), 1.2, 1.2)
