"""What the lines, markers and colours of a plot mean: in a row under the title, or in a column beside a square plot."""

from __future__ import annotations

from dataclasses import dataclass

from pyqtgraph.graphicsItems.ScatterPlotItem import Symbols
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QLinearGradient, QPainter, QPen, QTransform

from nnviz.ui.theme import Theme, color, font

GAP = 8.0
SWATCH = 16.0
MARKER = 8.0
RAMP_WIDTH = 10.0
RAMP_SHARE = 0.55
COLUMN = 9 * GAP


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a legend: a line sample, or a marker where `symbol` is given (hollow without `filled`)."""

    text: str
    color: str
    dashed: bool = False
    symbol: str = ""
    filled: bool = True


@dataclass(frozen=True, slots=True)
class Ramp:
    """A strip of colours for values: labels and colours from the lowest to the highest."""

    title: str
    labels: tuple[str, ...]
    colors: tuple[str, ...]


class LegendPainter:
    """Paints legends in a theme."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        sizes = (size * theme.scale for size in (GAP, SWATCH, MARKER, RAMP_WIDTH))
        self._gap, self._swatch, self._marker_size, self._ramp_width = sizes
        self._font = font(theme.caption_points)
        self._metrics = QFontMetricsF(self._font)

    def row(self, painter: QPainter, legend: tuple[Entry, ...], left: float, right: float, base: float) -> float:
        """Paint entries in one line, ending at `right`; "+n" stands for those that do not fit. Return where it begins."""
        entries = list(legend)
        while entries and self._row_width(entries, len(legend) - len(entries)) > right - left:
            entries.pop()
        if not entries:
            return right
        hidden = len(legend) - len(entries)
        begin = at = right - self._row_width(entries, hidden)
        painter.setFont(self._font)
        for entry in entries:
            self._entry(painter, entry, QPointF(at, base), entry.text)
            at += self._width(entry.text) + self._swatch + 2 * self._gap
        if hidden:
            painter.drawText(QPointF(at, base), f"+{hidden}")
        return begin

    def whole_row(self, legend: tuple[Entry, ...]) -> float:
        """Return how wide a row must be to hold every entry."""
        return self._row_width(list(legend), 0) if legend else 0.0

    def whole_column(self, legend: tuple[Entry, ...], ramp: Ramp | None) -> tuple[float, float]:
        """Return how wide and high a column must be to hold every entry whole."""
        widest = max((self._width(entry.text) for entry in legend), default=0.0)
        height = len(legend) * (self._metrics.height() + self._gap / 2)
        return widest + self._swatch + self._gap, height / (1 - RAMP_SHARE) if ramp is not None else height

    def _row_width(self, entries: list[Entry], hidden: int) -> float:
        width = sum(self._width(entry.text) + self._swatch + 2 * self._gap for entry in entries) - 1.5 * self._gap
        return width + (1.5 * self._gap + self._width(f"+{hidden}") if hidden else 0.0)

    def column(self, painter: QPainter, legend: tuple[Entry, ...], ramp: Ramp | None, area: QRectF) -> None:
        """Paint entries one below the other, and below them the strip of colours."""
        painter.setFont(self._font)
        step = self._metrics.height() + self._gap / 2
        strip = area.height() * RAMP_SHARE if ramp is not None else 0.0
        rows = max(int((area.height() - strip) / step), 1)
        shown = legend if len(legend) <= rows else legend[: rows - 1]
        base = area.top() + self._metrics.ascent()
        for entry in shown:
            text = self._metrics.elidedText(entry.text, Qt.TextElideMode.ElideRight, area.width() - self._swatch - self._gap / 2)
            self._entry(painter, entry, QPointF(area.left(), base), text)
            base += step
        if len(shown) < len(legend):
            painter.drawText(QPointF(area.left() + self._swatch + self._gap / 2, base), f"+{len(legend) - len(shown)}")
        if ramp is not None:
            self._ramp(painter, ramp, QRectF(area.left(), area.bottom() - strip, area.width(), strip))

    def _entry(self, painter: QPainter, entry: Entry, at: QPointF, text: str) -> None:
        middle = at - QPointF(0, self._metrics.xHeight() / 2)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if entry.symbol:
            self._marker(painter, entry, middle + QPointF(self._swatch / 2, 0))
        else:
            self._stroke(painter, entry, middle)
        painter.setPen(color(self._theme.muted))
        painter.drawText(at + QPointF(self._swatch + self._gap / 2, 0), text)

    def _stroke(self, painter: QPainter, entry: Entry, at: QPointF) -> None:
        pen = QPen(color(entry.color), 2)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        if entry.dashed:
            pen.setDashPattern([2.5, 1.5])
        painter.setPen(pen)
        painter.drawLine(at, at + QPointF(self._swatch, 0))

    def _marker(self, painter: QPainter, entry: Entry, center: QPointF) -> None:
        ink = color(entry.color)
        painter.setPen(Qt.PenStyle.NoPen if entry.filled else QPen(ink, 1))
        painter.setBrush(ink if entry.filled else Qt.BrushStyle.NoBrush)
        side = self._marker_size
        painter.drawPath(QTransform.fromTranslate(center.x(), center.y()).scale(side, side).map(Symbols[entry.symbol]))
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _ramp(self, painter: QPainter, ramp: Ramp, area: QRectF) -> None:
        """The strip with its title above and its labels beside, each at its colour."""
        height = self._metrics.height()
        painter.setPen(color(self._theme.muted))
        painter.drawText(QPointF(area.left(), area.top() + self._metrics.ascent()), ramp.title)
        left, top = area.left() + (self._swatch - self._ramp_width) / 2, area.top() + height + self._gap
        strip = QRectF(left, top, self._ramp_width, area.height() - height - 1.5 * self._gap)
        if strip.height() < 2 * height:
            return
        fill = QLinearGradient(strip.bottomLeft(), strip.topLeft())
        for k, ink in enumerate(ramp.colors):
            fill.setColorAt(k / (len(ramp.colors) - 1), color(ink))
        painter.fillRect(strip, fill)
        for k, label in enumerate(ramp.labels):
            place = strip.bottom() - k / (len(ramp.labels) - 1) * strip.height()
            painter.drawText(QPointF(area.left() + self._swatch + self._gap / 2, place - height / 2 + self._metrics.ascent()), label)

    def _width(self, text: str) -> float:
        return self._metrics.horizontalAdvance(text)
