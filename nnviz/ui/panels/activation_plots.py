"""Two small pictures of a layer: its activation function with the units' present points, and the histogram of a batch."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.table import Choice
from nnviz.ui.failsafe import paints, updates
from nnviz.ui.theme import Theme, color, font

Array = NDArray[Any]
CURVE_HEIGHT, HISTOGRAM_HEIGHT = 84, 62
CURVE_POINTS = 121
MOST_POINTS = 300
REACH, FARTHEST = 3.0, 27.0
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
        self._note = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Activation curve"))

    @updates
    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme = theme
        self.update()

    def show_activation(self, choice: Choice) -> None:
        """Show the curve of an activation."""
        self._choice = choice
        self.update()

    @updates
    def show_points(self, z: Array, a: Array) -> None:
        """Show where the units stand, shapes (units,); of very many some, evenly spread."""
        some = np.linspace(0, len(z) - 1, MOST_POINTS).astype(np.intp) if len(z) > MOST_POINTS else slice(None)
        self._z, self._a = z[some], a[some]
        self._note = bad_note(z, a)
        self.setAccessibleDescription(self._note)
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size of the mockups."""
        return QSize(160, self._theme.pixels(CURVE_HEIGHT))

    def minimumSizeHint(self) -> QSize:
        """Shrink in width as far as needed."""
        return QSize(60, self._theme.pixels(CURVE_HEIGHT))

    def curve(self) -> tuple[Array, Array]:
        """Return z and f(z) over the range shown, empty for a function of several units."""
        entry = ACTIVATIONS[self._choice.kind] if self._choice else None
        if self._choice is None or entry is None or entry.derivative is None:
            return EMPTY, EMPTY
        finite = np.abs(self._z[np.isfinite(self._z)])
        reach = max(REACH, 1.1 * min(float(finite.max(initial=0.0)), FARTHEST))
        z = np.linspace(-reach, reach, CURVE_POINTS)
        return z, entry.value(z, **dict(self._choice.parameters))

    @paints
    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw axes, curve and points."""
        painter, theme = QPainter(self), self._theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        z, a = self.curve()
        shown = np.isfinite(self._z) & np.isfinite(self._a)
        dots_z, dots_a = self._z[shown], self._a[shown]
        all_z, all_a = np.concatenate([z, dots_z]), np.concatenate([a, dots_a])
        _write_note(painter, self, self._note, theme)
        if not all_z.size:
            return
        low_z, high_z = min(-REACH, float(all_z.min())), max(REACH, float(all_z.max()))
        low_a, high_a = min(0.0, float(all_a.min())), max(1.0, float(all_a.max()))
        margin = DOT + 2.0

        def place(x: float, y: float) -> QPointF:
            # Halves: the distance of two large numbers must not overflow.
            across = (self.width() - 2 * margin) * ((x / 2 - low_z / 2) / (high_z / 2 - low_z / 2))
            up = (self.height() - 2 * margin) * ((y / 2 - low_a / 2) / (high_a / 2 - low_a / 2))
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
        self._counts, self._edges, self._note = EMPTY, EMPTY, ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Histogram of activations"))
        self.setFont(font(theme.caption_points, mono=True))

    @updates
    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme = theme
        self.update()

    def show_values(self, values: Array) -> None:
        """Show these values, of any shape."""
        finite = values[np.isfinite(values)]
        self._counts, self._edges = counted(finite) if finite.size else (EMPTY, EMPTY)
        self._note = bad_note(values)
        self.setAccessibleDescription(self._note)
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for the bars and the ends of their axis."""
        return QSize(160, self._theme.pixels(HISTOGRAM_HEIGHT) + self.fontMetrics().height())

    def minimumSizeHint(self) -> QSize:
        """Shrink in width as far as needed."""
        return QSize(60, self.sizeHint().height())

    @paints
    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the bars and write the ends below."""
        painter, theme = QPainter(self), self._theme
        _write_note(painter, self, self._note, theme)
        if not self._counts.size:
            return
        base, wide = self.height() - self.fontMetrics().height() - 1.0, self.width() / BINS
        centers = self._edges[:-1] / 2.0 + self._edges[1:] / 2.0
        for at, (count, center) in enumerate(zip(self._counts, centers, strict=True)):
            high = (base - 2.0) * count / self._counts.max()
            painter.fillRect(QRectF(at * wide, base - high, wide - 1.0, high), color(theme.positive if center >= 0 else theme.negative))
        painter.setPen(QPen(color(theme.rule), 1.0))
        painter.drawLine(QPointF(0.0, base), QPointF(self.width(), base))
        painter.setPen(color(theme.muted))
        below = QRectF(0.0, base + 1.0, self.width(), self.fontMetrics().height())
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, theme.short(round(float(self._edges[0]), 3)))
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, theme.short(round(float(self._edges[-1]), 3)))


def counted(values: Array) -> tuple[Array, Array]:
    """Return how many finite values are in each of `BINS` equal bins, and the bins' edges, however large or close they are."""
    halves = values / 2  # the distance of two large numbers must not overflow
    low, high = float(halves.min()), float(halves.max())
    if high - low <= max(abs(low), abs(high)) * 1e-9 or high - low < 1e-300:  # too close to be told apart
        apart = max(0.25, abs(high) * 1e-3)
        low, high = low - apart, high + apart
    counts, edges = np.histogram(halves, BINS, (low, high))
    return counts, 2 * edges


def bad_note(*arrays: Array) -> str:
    """Return the remark on how many values are not finite, "" where all are."""
    count = sum(int(array.size - np.count_nonzero(np.isfinite(array))) for array in arrays)
    return QCoreApplication.translate("ActivationPlots", "NaN or ∞: {count} values").format(count=count) if count else ""


def _write_note(painter: QPainter, widget: QWidget, note: str, theme: Theme) -> None:
    if note:
        painter.setFont(font(theme.caption_points))
        painter.setPen(color(theme.danger))
        painter.drawText(widget.rect(), Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter, note)
        painter.setFont(widget.font())
