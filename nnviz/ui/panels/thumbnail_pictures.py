"""The pictures of the examples, drawn from their own data in the colours of the theme.

Two classes and values to meet take the value colours, as the decision surface does; more classes the categorical
ones. A sine is its curve. An example of so few samples that its data have no shape is drawn as its network. Images are
a mosaic, with convolutions one image and the kernel on it, and an autoencoder's are one on either side of a narrow waist.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPixmap, QPolygonF

from nnviz.data.datasets import DATASETS
from nnviz.engine.spec import Conv2D, Spec
from nnviz.resources import resource
from nnviz.ui.map_colors import image, packed, rgb
from nnviz.ui.names import network_sizes
from nnviz.ui.theme import Theme, blend, color

Array = NDArray[Any]
MARGIN = 0.14
DOT, MIDDLE_DOT, BIG_DOT = 0.028, 0.04, 0.09
FEW, MANY = 8, 60
POINTS = 110
SMALLEST_KERNEL = 0.25  # of the image's side, to be seen
MOST_UNITS = 6  # of a layer that are drawn


@cache
def _kept() -> dict[str, Array]:
    """Return samples of data sets that take long to load (tests/ui/panels/make_thumbnails.py)."""
    with np.load(resource("thumbnails.npz"), allow_pickle=False) as file:
        return dict(file)


def thumbnail(spec: Spec, theme: Theme, side: int, ratio: float) -> QPixmap:
    """Return the picture of an example, `side` device-independent pixels wide and high."""
    picture = QPixmap(round(side * ratio), round(side * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(color(theme.window))
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.scale(side, side)
    source, kept = DATASETS[spec.data.source], _kept()
    if f"{source.name}.images" in kept:
        _images(painter, kept[f"{source.name}.images"], spec, theme)
    elif f"{source.name}.points" in kept:
        _samples(painter, kept[f"{source.name}.points"], kept[f"{source.name}.answers"], source.classes, theme)
    elif len(source.columns) > 2 or source.samples == 1:
        _network(painter, [min(units, MOST_UNITS) for units in network_sizes(spec.network)], theme)
    else:
        made = source.make(POINTS if source.samples is None else source.samples, spec.data.noise, np.random.default_rng(0))
        if len(source.columns) == 1:
            _curve(painter, made.inputs[:, 0], made.targets[:, 0], theme)
        else:
            _samples(painter, made.inputs, made.targets.reshape(len(made.targets), -1)[:, 0], source.classes, theme)
    painter.end()
    return picture


def _samples(painter: QPainter, points: Array, answers: Array, classes: int, theme: Theme) -> None:
    colors = _class_colors(answers.astype(np.intp), theme) if classes else _value_colors(answers, theme)
    _scatter(painter, points, colors)


def _images(painter: QPainter, images: Array, spec: Spec, theme: Theme) -> None:
    """Draw images as a mosaic, one with a kernel on it, or one that passes a waist."""
    whole = QRectF(MARGIN / 2, MARGIN / 2, 1 - MARGIN, 1 - MARGIN)
    first = next((layer for layer in spec.network.layers if isinstance(layer, Conv2D)), None)
    if spec.data.problem == "autoencoder":
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color(theme.accent))
        waist = ((0.36, 0.3), (0.5, 0.45), (0.64, 0.3), (0.64, 0.7), (0.5, 0.55), (0.36, 0.7))
        painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in waist]))
        for left in (0.02, 0.66):
            painter.drawImage(QRectF(left, 0.34, 0.32, 0.32), _ink(images[0], theme))
    elif first is not None:
        painter.drawImage(whole, _ink(images[0], theme))
        high, wide = (whole.width() * max(SMALLEST_KERNEL, side / size) for side, size in zip(first.kernel, images[0].shape, strict=True))
        painter.setPen(QPen(color(theme.accent), 0.04))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(whole.center().x() - wide / 2, whole.center().y() - high / 2, wide, high))
    else:
        half = whole.width() / 2
        for at, shown in enumerate(images):
            painter.drawImage(QRectF(whole.left() + half * (at % 2), whole.top() + half * (at // 2), half, half), _ink(shown, theme))


def _ink(values: Array, theme: Theme) -> QImage:
    """Return an image (rows, columns) with brightness 0 … 255 in the ink of the theme on its ground."""
    ground, ink = rgb(theme.window), rgb(theme.ink)
    return image(packed(ground + (ink - ground) * (values / 255.0)[..., None]))


def _class_colors(labels: NDArray[np.int_], theme: Theme) -> list[QColor]:
    palette = (theme.negative, theme.positive) if labels.max() <= 1 else theme.classes
    return [color(palette[label % len(palette)]) for label in labels]


def _value_colors(values: NDArray[np.float64], theme: Theme) -> list[QColor]:
    middle = 0.0 if values.min() < 0.0 else float(np.median(values))
    values = values - middle
    largest = float(np.abs(values).max()) or 1.0
    return [blend(theme.positive if value > 0 else theme.negative, theme.window, 0.15 + 0.85 * abs(value) / largest) for value in values]


def _scatter(painter: QPainter, points: NDArray[np.float64], colors: list[QColor]) -> None:
    few = len(points) <= FEW
    middle = DOT if len(points) > MANY else MIDDLE_DOT
    low, high = points.min(axis=0), points.max(axis=0)
    margin = 0.28 if few else MARGIN
    places = margin + (1.0 - 2.0 * margin) * (points - low) / np.where(high > low, high - low, 1.0)
    painter.setPen(Qt.PenStyle.NoPen)
    radius = BIG_DOT if few else middle
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
