"""Two small pictures of a layer: its activation function with the units' present points, and the histogram of a batch."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.table import Choice
from nnviz.explain.numbers import short_number
from nnviz.ui.theme import Theme, color, font

Array = NDArray[Any]
CURVE_HEIGHT, HISTOGRAM_HEIGHT = 84, 62
CURVE_POINTS = 121
REACH = 3.0
BINS = 25
DOT = 3.2
EMPTY: Array = np.zeros(0)


class ActivationCurve(QWidget):
    """The curve a = f(z), with a point (z, a) a unit; softmax has no curve, its points stand alone."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._choice: Choice | None = None
        self._z, self._a = EMPTY, EMPTY
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Activation curve"))

    def show_activation(self, choice: Choice) -> None:
        """Show the curve of an activation."""
        self._choice = choice
        self.update()

    def show_points(self, z: Array, a: Array) -> None:
        """Show where the units stand, shapes (units,)."""
        self._z, self._a = z, a
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size of the mockups."""
        return QSize(160, CURVE_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Shrink in width as far as needed."""
        return QSize(60, CURVE_HEIGHT)

    def curve(self) -> tuple[Array, Array]:
        """Return z and f(z) over the range shown, empty for a function of several units."""
        entry = ACTIVATIONS[self._choice.kind] if self._choice else None
        if self._choice is None or entry is None or entry.derivative is None:
            return EMPTY, EMPTY
        finite = np.abs(self._z[np.isfinite(self._z)])
        reach = min(max(REACH, 1.1 * float(finite.max(initial=0.0))), 30.0)
        z = np.linspace(-reach, reach, CURVE_POINTS)
        return z, entry.value(z, **dict(self._choice.parameters))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw axes, curve and points."""
        painter, theme = QPainter(self), self._theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        z, a = self.curve()
        shown = np.isfinite(self._z) & np.isfinite(self._a)
        dots_z, dots_a = self._z[shown], self._a[shown]
        all_z, all_a = np.concatenate([z, dots_z]), np.concatenate([a, dots_a])
        if not all_z.size:
            return
        low_z, high_z = min(-REACH, float(all_z.min())), max(REACH, float(all_z.max()))
        low_a, high_a = min(0.0, float(all_a.min())), max(1.0, float(all_a.max()))
        margin = DOT + 2.0

        def place(x: float, y: float) -> QPointF:
            across = (self.width() - 2 * margin) * (x - low_z) / (high_z - low_z)
            up = (self.height() - 2 * margin) * (y - low_a) / (high_a - low_a)
            return QPointF(margin + across, self.height() - margin - up)

        painter.setPen(QPen(color(theme.rule), 1.0))
        painter.drawLine(place(low_z, 0.0), place(high_z, 0.0))
        painter.drawLine(place(0.0, low_a), place(0.0, high_a))
        painter.setPen(QPen(color(theme.accent), 1.8))
        painter.drawPolyline([place(x, y) for x, y in zip(z, a, strict=True)])
        painter.setPen(QPen(color(theme.window), 0.8))
        for x, y in zip(dots_z, dots_a, strict=True):
            painter.setBrush(color(theme.positive if y > 0 else theme.negative))
            painter.drawEllipse(place(x, y), DOT, DOT)


class Histogram(QWidget):
    """How often which activation occurs in a batch; bars below zero are orange, above blue."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._counts, self._edges = EMPTY, EMPTY
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Histogram of activations"))
        self.setFont(font(theme.caption_points, mono=True))

    def show_values(self, values: Array) -> None:
        """Show these values, of any shape."""
        finite = values[np.isfinite(values)]
        self._counts, self._edges = np.histogram(finite, BINS) if finite.size else (EMPTY, EMPTY)
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for the bars and the ends of their axis."""
        return QSize(160, HISTOGRAM_HEIGHT + self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:
        """Shrink in width as far as needed."""
        return QSize(60, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the bars and write the ends below."""
        if not self._counts.size:
            return
        painter, theme = QPainter(self), self._theme
        base, wide = self.height() - self.fontMetrics().height() - 1.0, self.width() / BINS
        centers = (self._edges[:-1] + self._edges[1:]) / 2.0
        for at, (count, center) in enumerate(zip(self._counts, centers, strict=True)):
            high = (base - 2.0) * count / self._counts.max()
            painter.fillRect(QRectF(at * wide, base - high, wide - 1.0, high), color(theme.positive if center >= 0 else theme.negative))
        painter.setPen(QPen(color(theme.rule), 1.0))
        painter.drawLine(QPointF(0.0, base), QPointF(self.width(), base))
        painter.setPen(color(theme.muted))
        below = QRectF(0.0, base + 1.0, self.width(), self.fontMetrics().height())
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, short_number(round(float(self._edges[0]), 3)))
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, short_number(round(float(self._edges[-1]), 3)))
