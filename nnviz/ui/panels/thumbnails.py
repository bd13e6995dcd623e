"""Thumbnails of the examples, drawn from their own data in the colours of the theme.

Two classes and values to meet take the value colours, as the decision surface does; more classes the categorical
ones. A sine is its curve. An example of a single sample has no shape in its data: its network is drawn.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from nnviz.data.datasets import DATASETS
from nnviz.engine.spec import Spec
from nnviz.ui.failsafe import paints
from nnviz.ui.theme import Theme, blend, color, grown

MARGIN = 0.14
DOT = 0.028
BIG_DOT = 0.09
FEW = 8
SIDE, SMALLEST = 46, 28
POINTS = 110
# Petal length and width (cm) of every sixth iris of Fisher's 150, 25 in all: drawing it must not import scikit-learn.
IRIS = (
    *((1.4, 0.2), (1.4, 0.3), (1.4, 0.1), (1.5, 0.3), (1.0, 0.2), (1.5, 0.2), (1.4, 0.1), (1.3, 0.2), (1.4, 0.3)),
    *((4.0, 1.3), (3.9, 1.4), (4.4, 1.4), (4.8, 1.8), (5.0, 1.7), (5.1, 1.6), (4.1, 1.3), (4.2, 1.2)),
    *((5.8, 2.2), (5.3, 1.9), (6.9, 2.3), (4.9, 1.8), (5.8, 1.6), (5.5, 1.8), (5.7, 2.5), (5.1, 1.8)),
)
IRIS_CLASSES = (0,) * 9 + (1,) * 8 + (2,) * 8


def thumbnail(spec: Spec, theme: Theme, side: int, ratio: float) -> QPixmap:
    """Return the picture of an example, `side` device-independent pixels wide and high."""
    picture = QPixmap(round(side * ratio), round(side * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(color(theme.window))
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(side, side)
    source = DATASETS[spec.data.source]
    if source.name == "iris":
        _scatter(painter, np.array(IRIS), _class_colors(np.array(IRIS_CLASSES), theme))
    elif source.samples == 1:
        _network(painter, [len(spec.network.input.names), *(layer.units for layer in spec.network.layers)], theme)
    else:
        made = source.make(POINTS if source.samples is None else source.samples, spec.data.noise, np.random.default_rng(0))
        if len(source.columns) == 1:
            _curve(painter, made.inputs[:, 0], made.targets[:, 0], theme)
        else:
            colors = _class_colors(made.targets, theme) if source.classes else _value_colors(made.targets[:, 0], theme)
            _scatter(painter, made.inputs[:, :2], colors)
    painter.end()
    return picture


def _class_colors(labels: NDArray[np.int_], theme: Theme) -> list[QColor]:
    palette = (theme.negative, theme.positive) if labels.max() <= 1 else theme.classes
    return [color(palette[label % len(palette)]) for label in labels]


def _value_colors(values: NDArray[np.float64], theme: Theme) -> list[QColor]:
    largest = float(np.abs(values).max()) or 1.0
    return [blend(theme.positive if value > 0 else theme.negative, theme.window, 0.15 + 0.85 * abs(value) / largest) for value in values]


def _scatter(painter: QPainter, points: NDArray[np.float64], colors: list[QColor]) -> None:
    few = len(points) <= FEW
    low, high = points.min(axis=0), points.max(axis=0)
    margin = 0.28 if few else MARGIN
    places = margin + (1.0 - 2.0 * margin) * (points - low) / np.where(high > low, high - low, 1.0)
    painter.setPen(Qt.PenStyle.NoPen)
    radius = BIG_DOT if few else DOT
    for (x, y), shade in zip(places, colors, strict=True):
        painter.setBrush(shade)
        painter.drawEllipse(QPointF(x, 1.0 - y), radius, radius)


def _curve(painter: QPainter, x: NDArray[np.float64], y: NDArray[np.float64], theme: Theme) -> None:
    order = np.argsort(x)
    x, y = x[order], y[order]
    places = [
        QPointF(MARGIN + (1 - 2 * MARGIN) * (a - x[0]) / (x[-1] - x[0]), 1.0 - 0.25 - 0.5 * (b - y.min()) / (y.max() - y.min()))
        for a, b in zip(x, y, strict=True)
    ]
    painter.setPen(QPen(color(theme.positive), 0.055, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.drawPolyline(places)


def _network(painter: QPainter, sizes: list[int], theme: Theme) -> None:
    columns = [
        [QPointF((at + 0.75) / (len(sizes) + 0.5), (row + 1.0) / (units + 1.0)) for row in range(units)] for at, units in enumerate(sizes)
    ]
    painter.setPen(QPen(color(theme.muted), 0.022))
    for left, right in pairwise(columns):
        for start in left:
            for end in right:
                painter.drawLine(start, end)
    painter.setPen(Qt.PenStyle.NoPen)
    for at, column in enumerate(columns):
        painter.setBrush(color(theme.accent if at else theme.ink))
        for place in column:
            painter.drawEllipse(place, 0.075, 0.075)


class Thumbnail(QAbstractButton):
    """A button that shows an example; square, framed when it is the open one, a ring when focused."""

    picked = Signal(str)

    def __init__(self, name: str, spec: Spec, theme: Theme) -> None:
        super().__init__()
        self.example, self._spec, self._theme = name, spec, theme
        self._picture = QPixmap()
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._pick)

    def set_theme(self, theme: Theme) -> None:
        """Draw the picture anew in another theme."""
        self._theme, self._picture = theme, QPixmap()
        self.update()

    def _pick(self) -> None:
        self.picked.emit(self.example)

    def sizeHint(self) -> QSize:
        """Return the size of the mockups."""
        return QSize(grown(SIDE), grown(SIDE))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stay square: the column gives the width."""
        super().resizeEvent(event)
        if self.height() != self.width():
            self.setFixedHeight(self.width())

    def minimumSizeHint(self) -> QSize:
        """Return the smallest legible picture."""
        return QSize(grown(SMALLEST), grown(SMALLEST))

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show that it can be clicked."""
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Stop showing it."""
        super().leaveEvent(event)
        self.update()

    @paints
    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the picture in its frame."""
        theme, side = self._theme, min(self.width(), self.height())
        inner = max(8, side - 6)
        if self._picture.width() != round(inner * self.devicePixelRatioF()):
            self._picture = thumbnail(self._spec, theme, inner, self.devicePixelRatioF())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = self.isChecked() or self.hasFocus()
        line = theme.accent if chosen else theme.muted if self.underMouse() else theme.rule
        width = 2.0 if chosen else 1.0
        painter.setPen(QPen(color(line), width))
        painter.setBrush(color(theme.window))
        edge = width / 2.0
        painter.drawRoundedRect(QRectF(edge, edge, side - width, side - width), theme.corner, theme.corner)
        painter.drawPixmap(QPointF((side - inner) / 2.0, (side - inner) / 2.0), self._picture)
        if self.hasFocus() and self.isChecked():
            painter.setPen(QPen(color(theme.ink), 1.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(3.5, 3.5, side - 7.0, side - 7.0), theme.corner - 3, theme.corner - 3)
