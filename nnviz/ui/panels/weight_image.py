"""The weights of a layer as a picture in the value colours: a row a unit, a column a source."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QImage, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from nnviz.ui.failsafe import paints, updates
from nnviz.ui.map_colors import hatched, image, packed, value_pixels, value_table
from nnviz.ui.theme import Theme, color
from nnviz.ui.tips import plain

Array = NDArray[Any]
CELL_MAX = 26
HEIGHT_MIN, HEIGHT_MAX = 44, 170


class WeightImage(QWidget):
    """Shows a matrix; `cell_hovered` carries (unit, source), or (−1, −1) when the pointer leaves."""

    cell_hovered = Signal(int, int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._table = packed(value_table(theme))
        self._weights: Array = np.zeros((0, 0))
        self._names: tuple[str, ...] = ()
        self._picture = QImage()
        self._hovered = (-1, -1)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Weights"))

    @updates
    def set_theme(self, theme: Theme) -> None:
        """Draw the picture anew in another theme."""
        self._theme, self._table = theme, packed(value_table(theme))
        self.show_weights(self._weights, self._names)

    def show_weights(self, weights: Array, names: tuple[str, ...]) -> None:
        """Show weights, shape (units, sources), with the names of the sources."""
        resized = weights.shape != self._weights.shape
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

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say the value under the pointer at once."""
        cell = self._cell(event.position().x(), event.position().y())
        if cell != self._hovered:
            self._hovered = cell
            self.cell_hovered.emit(*cell)
            QToolTip.showText(event.globalPosition().toPoint(), plain(self.cell_words(*cell)) if cell[0] >= 0 else "", self)
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Forget the pointer."""
        self._hovered = (-1, -1)
        self.cell_hovered.emit(-1, -1)
        self.update()
        super().leaveEvent(event)

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
        unit, source = self._hovered
        if 0 <= unit < rows and 0 <= source < columns:
            wide, high = self.width() / columns, self.height() / rows
            painter.setPen(QPen(color(self._theme.ink), 1.6))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(source * wide + 0.8, unit * high + 0.8, max(1.0, wide - 1.6), max(1.0, high - 1.6)))
