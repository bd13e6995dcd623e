"""The weights of a layer as a picture in the value colours: a row a unit, a column a source; each cell can be gone to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHelpEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from nnviz.ui.failsafe import paints, updates
from nnviz.ui.fields import ENTER
from nnviz.ui.map_colors import hatched, image, packed, value_pixels, value_table
from nnviz.ui.theme import Theme, color
from nnviz.ui.tips import plain, set_tip

Array = NDArray[Any]
CELL_MAX = 26
HEIGHT_MIN, HEIGHT_MAX = 44, 170
NOWHERE = (-1, -1)
STEPS = {Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0), Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1)}


class WeightImage(QWidget):
    """Shows a matrix, with one row of it marked, or one cell.

    Signals:
        cell_hovered: unit and source under the pointer or where the arrow keys went, (−1, −1) when they leave.
        cell_chosen: unit and source of the cell that was clicked, or taken with Enter.
    """

    cell_hovered = Signal(int, int)
    cell_chosen = Signal(int, int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._table = packed(value_table(theme))
        self._weights: Array = np.zeros((0, 0))
        self._names: Sequence[str] = ()
        self._picture = QImage()
        self._hovered = self._marked = NOWHERE
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Weights"))
        set_tip(self, self.tr("A row for each unit, a column for each number it reads; a click on a square selects its edge"))

    @updates
    def set_theme(self, theme: Theme) -> None:
        """Draw the picture anew in another theme."""
        self._theme, self._table = theme, packed(value_table(theme))
        self.show_weights(self._weights, self._names)

    def mark(self, unit: int, source: int = -1) -> None:
        """Mark the cell of a unit and a source, or all of the unit's row; −1 marks nothing."""
        self._marked = (unit, source)
        self.update()

    def show_weights(self, weights: Array, names: Sequence[str]) -> None:
        """Show weights, shape (units, sources), with the names of the sources."""
        resized = weights.shape != self._weights.shape
        if resized:
            self._hovered = NOWHERE
        self._weights, self._names = weights, names
        largest = float(np.abs(weights[np.isfinite(weights)]).max(initial=0.0)) or 1.0
        pixels = value_pixels(weights / largest, self._table)
        self._picture = image(hatched(pixels, ~np.isfinite(weights), self._theme))
        if resized:
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return a height that leaves cells neither tiny nor coarse."""
        rows = max(1, self._weights.shape[0])
        return QSize(100, self._theme.pixels(min(HEIGHT_MAX, max(HEIGHT_MIN, rows * CELL_MAX))))

    def minimumSizeHint(self) -> QSize:
        """Shrink in width as far as needed."""
        return QSize(40, self.sizeHint().height())

    def cell_words(self, unit: int, source: int) -> str:
        """Return what a cell says."""
        name = self._names[source] if source < len(self._names) else str(source + 1)
        return self.tr("unit {unit} ← {source}: {value}").format(
            unit=unit + 1, source=name, value=self._theme.number(float(self._weights[unit, source]))
        )

    def _cell(self, x: float, y: float) -> tuple[int, int]:
        rows, columns = self._weights.shape
        if not rows or not columns or not (0 <= x < self.width() and 0 <= y < self.height()):
            return -1, -1
        return int(y * rows / self.height()), int(x * columns / self.width())

    def _hover(self, cell: tuple[int, int]) -> bool:
        """Put the frame round a cell; tell whether that is another one."""
        changed, self._hovered = cell != self._hovered, cell
        if changed:
            rows, columns = self._weights.shape
            there = 0 <= cell[0] < rows and 0 <= cell[1] < columns
            self.setAccessibleDescription(self.cell_words(*cell) if there else "")
            self.cell_hovered.emit(*cell)
            self.update()
        return changed

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say the value under the pointer at once."""
        cell = self._cell(event.position().x(), event.position().y())
        if self._hover(cell):
            QToolTip.showText(event.globalPosition().toPoint(), plain(self.cell_words(*cell)) if cell[0] >= 0 else "", self)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Go to the weight under the pointer."""
        cell = self._cell(event.position().x(), event.position().y())
        if event.button() is Qt.MouseButton.LeftButton and cell != NOWHERE:
            self.cell_chosen.emit(*cell)

    def leaveEvent(self, event: QEvent) -> None:
        """Forget the pointer."""
        self._hover(NOWHERE)
        super().leaveEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Forget where the keys went."""
        super().focusOutEvent(event)
        self._hover(NOWHERE)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go from cell to cell, the first to the marked one or the first there is; Enter takes the cell."""
        key, (rows, columns) = Qt.Key(event.key()), self._weights.shape
        if key in STEPS and rows and columns:
            unit, source = self._hovered if self._hovered != NOWHERE else self._marked
            down, right = STEPS[key] if self._hovered != NOWHERE else (0, 0)
            cell = min(rows - 1, max(0, unit + down)), min(columns - 1, max(0, source + right))
            self._hover(cell)
            QToolTip.showText(self.mapToGlobal(self._box(*cell).bottomLeft().toPoint()), plain(self.cell_words(*cell)), self)
        elif key in ENTER and self._hovered != NOWHERE:
            self.cell_chosen.emit(*self._hovered)
        else:
            super().keyPressEvent(event)

    def _box(self, unit: int, source: int) -> QRectF:
        """Return where a cell is drawn; with the source −1, where the whole row is."""
        rows, columns = self._weights.shape
        high, wide = self.height() / rows, self.width() / columns
        return QRectF(0.0, unit * high, self.width(), high) if source < 0 else QRectF(source * wide, unit * high, wide, high)

    def event(self, event: QEvent) -> bool:
        """Say the value where the pointer rests."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            cell = self._cell(event.pos().x(), event.pos().y())
            if cell[0] >= 0:
                QToolTip.showText(event.globalPos(), plain(self.cell_words(*cell)), self)
            return True
        return super().event(event)

    @paints
    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the matrix with round corners and a frame round the cell under the pointer."""
        if self._picture.isNull():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(self.rect()), self._theme.corner, self._theme.corner)
        painter.setClipPath(outline)
        rows, columns = self._weights.shape
        # A picture with fewer cells than pixels keeps its sharp edges; one with more is averaged down.
        smooth = rows > self.height() or columns > self.width()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        painter.drawImage(self.rect(), self._picture)
        for (unit, source), width in ((self._marked, 2.4), (self._hovered, 1.6)):
            if 0 <= unit < rows and source < columns:
                self._draw_frame(painter, self._box(unit, source), width)
        if self.hasFocus():
            painter.setPen(QPen(color(self._theme.accent), 1.0))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), self._theme.corner, self._theme.corner)

    def _draw_frame(self, painter: QPainter, box: QRectF, width: float) -> None:
        """Frame a cell or a row, within it where it is large enough."""
        inset = width / 2
        painter.setPen(QPen(color(self._theme.ink), width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(box.x() + inset, box.y() + inset, max(1.0, box.width() - width), max(1.0, box.height() - width)))
