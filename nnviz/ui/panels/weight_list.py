"""The weights that lead into a neuron, strongest first, as name, bar and number."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnviz.ui.failsafe import paints, updates
from nnviz.ui.theme import Theme, color, font

Array = NDArray[Any]
LONGEST = 24


class WeightList(QWidget):
    """Shows up to `LONGEST` weights and says how many more there are."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.rows: tuple[tuple[str, float], ...] = ()
        self._more = 0
        self.setFont(font(theme.small_points, mono=True))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Weights, strongest first"))

    @updates
    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme = theme
        self.update()

    def show_weights(self, weights: Array, names: tuple[str, ...]) -> None:
        """Show weights, shape (sources,), with the names of their sources; sorted by magnitude, ties as they come."""
        order = np.argsort(-np.abs(weights), kind="stable")[:LONGEST]
        before = self.lines
        self.rows = tuple((names[at], float(weights[at])) for at in order)
        self._more = len(weights) - len(self.rows)
        self.setAccessibleDescription(", ".join(f"{name} {self._theme.number(value)}" for name, value in self.rows))
        if self.lines != before:
            self.updateGeometry()
        self.update()

    @property
    def lines(self) -> int:
        """How many lines are written."""
        return len(self.rows) + (self._more > 0)

    @property
    def _widest(self) -> str:
        return "−0.0" + "0" * max(4, self._theme.digits)

    @property
    def _line_height(self) -> int:
        return self.fontMetrics().height() + 4

    def sizeHint(self) -> QSize:
        """Return room for all lines."""
        return QSize(160, max(1, self.lines) * self._line_height)

    def minimumSizeHint(self) -> QSize:
        """Shrink in width as far as the numbers go."""
        return QSize(self.fontMetrics().horizontalAdvance(self._widest) * 2, self.sizeHint().height())

    @paints
    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw a line a weight."""
        painter, theme, metrics = QPainter(self), self._theme, self.fontMetrics()
        number = metrics.horizontalAdvance(self._widest)
        name = min(self.width() // 3, max((metrics.horizontalAdvance(text) for text, _ in self.rows), default=0) + 6)
        middle = self._theme.spacing + name + (self.width() - number - name) / 2.0 - self._theme.spacing
        reach = max(4.0, (self.width() - number - name) / 2.0 - 6.0)
        largest = max((abs(value) for _, value in self.rows if np.isfinite(value)), default=0.0) or 1.0
        for line, (text, value) in enumerate(self.rows):
            box = QRectF(0.0, line * self._line_height, self.width(), self._line_height)
            painter.setPen(color(theme.muted))
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, metrics.elidedText(text, Qt.TextElideMode.ElideRight, name))
            length = reach * min(1.0, abs(value) / largest) if np.isfinite(value) else 0.0
            bar = QRectF(middle if value > 0 else middle - length, box.center().y() - 2.5, length, 5.0)
            painter.fillRect(bar, color(theme.positive if value > 0 else theme.negative))
            painter.setPen(color(theme.positive_text if value > 0 else theme.negative_text if value < 0 else theme.ink))
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, theme.number(value))
        if self._more:
            box = QRectF(0.0, len(self.rows) * self._line_height, self.width(), self._line_height)
            painter.setPen(color(theme.muted))
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, self.tr("… and {count} more").format(count=self._more))
