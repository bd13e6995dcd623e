"""A small curve of how a weight came to be what it is: its value over the steps, both ends labelled."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnviz.explain.numbers import format_number
from nnviz.ui.failsafe import paints, updates
from nnviz.ui.theme import Theme, color, font

Array = NDArray[Any]
HEIGHT, DOT, MARGIN = 84, 3.2, 4.0
EMPTY: Array = np.zeros(0)
KEYS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class PastCurve(QWidget):
    """Shows values over steps; the moment under the pointer, or gone to with ← and →, is read out."""

    def __init__(self, name: str, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._steps, self._values = EMPTY, EMPTY
        self.marked = -1
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFont(font(theme.caption_points, mono=True))
        self.setAccessibleName(name)

    @updates
    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme = theme
        self.update()

    @updates
    def show_past(self, steps: Array, values: Array) -> None:
        """Show the values at some steps, shapes (moments,), the oldest first; those that are not finite are left out."""
        good = np.isfinite(values)
        self._steps, self._values = steps[good], values[good]
        if self.marked >= len(self._steps):
            self.marked = -1
        self._tell()

    def words(self) -> str:
        """Return what the marked moment says, else from what to what the value went."""
        if not len(self._steps):
            return self.tr("Nothing yet: the curve begins with the first step")
        if self.marked >= 0:
            words = self.tr("step {step}: {value}")
            return words.format(step=format_number(int(self._steps[self.marked])), value=self._number(self.marked))
        words = self.tr("from {first} at step {start} to {last} at step {end}")
        start, end = (format_number(int(self._steps[at])) for at in (0, -1))
        return words.format(first=self._number(0), start=start, last=self._number(-1), end=end)

    def _number(self, at: int) -> str:
        return self._theme.number(float(self._values[at]))

    def _tell(self) -> None:
        self.setAccessibleDescription(self.words())
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for the curve between two lines of words."""
        return QSize(160, self._theme.pixels(HEIGHT) + self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:
        """Shrink in width as far as needed."""
        return QSize(60, self.sizeHint().height())

    # -- the marked moment --------------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Mark the moment nearest to the pointer."""
        if len(self._steps):
            self._mark(int(np.abs(self._across() - event.position().x()).argmin()))

    def leaveEvent(self, event: QEvent) -> None:
        """Forget the pointer."""
        self._mark(-1)
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from moment to moment; the first press marks the newest."""
        way = KEYS.get(Qt.Key(event.key()))
        if way is None or not len(self._steps):
            super().keyPressEvent(event)
            return
        last = len(self._steps) - 1
        self._mark(last if self.marked < 0 else min(last, max(0, self.marked + way)))

    def _mark(self, at: int) -> None:
        self.marked = at
        self._tell()

    # -- painting -----------------------------------------------------------------------------------------------

    def _across(self) -> Array:
        """Return where the moments stand, in pixels from the left."""
        first, last = float(self._steps[0]), float(self._steps[-1])
        room = self.width() - 2 * MARGIN
        return MARGIN + room * ((self._steps - first) / (last - first) if last > first else np.full(len(self._steps), 0.5))

    def _down(self, values: Array) -> tuple[Array, float]:
        """Return where values stand, in pixels from the top, and where zero would."""
        line = self.fontMetrics().height() + 2.0
        top, bottom = line + MARGIN, self.height() - line - MARGIN
        low, high = float(values.min()) / 2, float(values.max()) / 2  # halves: the distance of two large numbers must not overflow
        if high - low <= max(abs(low), abs(high), 1e-300) * 1e-9:
            apart = max(abs(high) * 1e-3, 1e-3)
            low, high = low - apart, high + apart
        scale = (bottom - top) / (high - low)
        return bottom - (values / 2 - low) * scale, bottom + low * scale

    @paints
    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the line of zero, the curve, its newest point, the marked moment, and the words."""
        painter, theme = QPainter(self), self._theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = self.fontMetrics().height()
        painter.setPen(color(theme.ink if self.marked >= 0 else theme.muted))
        words = self.fontMetrics().elidedText(self._above(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(QRectF(0, 0, self.width(), line), Qt.AlignmentFlag.AlignLeft, words)
        if self.hasFocus():
            painter.setPen(QPen(color(theme.accent), 1.0))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, line + 0.5, -0.5, -line - 0.5), theme.corner, theme.corner)
        if not len(self._steps):
            return
        across, (down, zero) = self._across(), self._down(self._values)
        self._draw_frame(painter, line, zero)
        painter.setPen(QPen(color(theme.accent), 1.6))
        painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in zip(across, down, strict=True)]))
        at = self.marked if self.marked >= 0 else -1
        painter.setPen(QPen(color(theme.window), 0.8))
        painter.setBrush(color(theme.positive if self._values[at] > 0 else theme.negative))
        painter.drawEllipse(QPointF(across[at], down[at]), DOT, DOT)

    def _above(self) -> str:
        """Return what stands above the curve: the marked moment, or between what the values lie."""
        if self.marked >= 0 or not len(self._steps):
            return self.words()
        low, high = (self._theme.number(float(end)) for end in (self._values.min(), self._values.max()))
        return self.tr("{low} to {high}").format(low=low, high=high)

    def _draw_frame(self, painter: QPainter, line: int, zero: float) -> None:
        """Draw the base with the steps at both ends below it, and zero where it lies in between."""
        theme, base = self._theme, self.height() - line - 1.0
        painter.setPen(QPen(color(theme.rule), 1.0))
        painter.drawLine(QPointF(0.0, base), QPointF(self.width(), base))
        if line + MARGIN < zero < base:
            painter.setPen(QPen(color(theme.rule), 1.0, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(0.0, zero), QPointF(self.width(), zero))
        below = QRectF(0.0, base + 1.0, self.width(), line)
        painter.setPen(color(theme.muted))
        start, end = (format_number(int(self._steps[at])) for at in (0, -1))
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, self.tr("step {step}").format(step=start))
        if end != start:
            painter.drawText(below, Qt.AlignmentFlag.AlignRight, end)
