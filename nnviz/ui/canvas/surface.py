"""The large picture of what the network says: its output over the input plane with the data on it, or its fit to a line."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPen, QPolygonF

from nnviz.data.prepare import TRAIN, Prepared
from nnviz.engine.activations import ACTIVATIONS
from nnviz.ui.canvas.edges import largest
from nnviz.ui.canvas.inks import NOT_FINITE, rgb, shades
from nnviz.ui.canvas.items import SheetItem, centered, finer, image, rect
from nnviz.ui.canvas.sheet import Sheet
from nnviz.ui.theme import blend, color

Array = NDArray[Any]

RADIUS = 2.7
RING = 5.2
INSET = 4.0
PLANE_POINTS = 1500


class SurfaceItem(SheetItem):
    """The decision surface, or the fit."""

    def __init__(self, sheet: Sheet) -> None:
        super().__init__(sheet)
        self._image: QImage | None = None
        self._points: QImage | None = None
        self._points_for: object = None

    def refresh(self) -> None:
        """Take the newest frame."""
        frame = self.sheet.frame
        self._image = None
        if frame is not None and frame.surface is not None and frame.surface.ndim == 3 and frame.surface.size and self.sheet.layer_frames():
            self._image = image(self._colors(frame.surface[:, ::-1]), QImage.Format.Format_RGB32)

    def _colors(self, surface: Array) -> Array:
        """Return the plane's colours, 0xffRRGGBB: the value of one output, or the winning class of several."""
        inks = self.sheet.inks
        if len(surface) == 1:
            low, high = self._range()
            return np.asarray(inks.value_table[shades(surface[0] - (low + high) / 2, (high - low) / 2)])
        theme = inks.theme
        names = [theme.classes[index % len(theme.classes)] for index in range(len(surface))]
        palette = np.stack([rgb(name) for name in names])
        paper = rgb(theme.canvas)
        best = np.nan_to_num(surface).argmax(axis=0)
        top = np.clip(np.nan_to_num(np.take_along_axis(surface, best[None], axis=0)[0]), 0.0, 1.0)
        share = np.clip((top - 1 / len(surface)) / (1 - 1 / len(surface)), 0.12, 1.0)[..., None] * 0.8
        mixed = np.rint(paper + (palette[best] - paper) * share).astype(np.uint32)
        colors = 0xFF000000 | mixed[..., 0] << 16 | mixed[..., 1] << 8 | mixed[..., 2]
        return np.asarray(np.where(np.isfinite(surface).all(axis=0), colors, inks.value_table[NOT_FINITE]))

    def _range(self) -> tuple[float, float]:
        """Return the outputs that are drawn in full orange and full blue."""
        data, spec = self.sheet.data, self.sheet.spec
        if data is None or spec is None:
            return -1.0, 1.0
        if data.values is not None:
            reach = largest(data.values) or 1.0
            return -reach, reach
        return ACTIVATIONS[spec.network.output.activation.kind].range

    def draw(self, painter: QPainter) -> None:
        """Draw the picture, the data and the caption."""
        layout, data, inks = self.sheet.layout, self.sheet.data, self.sheet.inks
        if layout is None or layout.surface is None or layout.caption is None or data is None:
            return
        box = rect(layout.surface)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if data.plane:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            if self._image is not None:
                painter.drawImage(box, finer(self._image) if self.sheet.complete else self._image)
                self.sheet.breathe()
            self._draw_points(painter, box)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        else:
            self._draw_fit(painter, box, data)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        self._ring_sample(painter, box, data)
        painter.setPen(QPen(inks.rule, 1.2))
        painter.drawRect(box)
        painter.setFont(inks.fonts["small"])
        painter.setPen(inks.muted)
        centered(painter, layout.caption, _caption(data))

    def _ring_sample(self, painter: QPainter, box: QRectF, data: Prepared) -> None:
        """Draw a ring about the data point that is the shown sample."""
        row = self.sheet.frame.probe.row if self.sheet.frame is not None else -1
        if 0 <= row < len(data.raw):
            place = QPointF(*points(data, box, row).tolist()[0])
            if box.contains(place):
                painter.setPen(QPen(self.sheet.inks.ink, 1.6))
                painter.drawEllipse(place, RING, RING)

    def _draw_points(self, painter: QPainter, box: QRectF) -> None:
        """Draw the data: for pictures as shapes, else from a picture of them, since they change with the data only."""
        if self.sheet.complete:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_points(painter, box)
            return
        scale = painter.deviceTransform().m11()
        key = (id(self.sheet.data), self.sheet.inks, box.width(), scale)
        if self._points is None or key != self._points_for:
            side = max(1, round(box.width() * scale))
            self._points = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
            self._points.fill(Qt.GlobalColor.transparent)
            onto = QPainter(self._points)
            try:
                onto.setRenderHint(QPainter.RenderHint.Antialiasing)
                onto.scale(side / box.width(), side / box.height())
                onto.translate(-box.topLeft())
                self._paint_points(onto, box)
            finally:
                onto.end()
            self._points_for = key
        painter.drawImage(box, self._points)

    def _paint_points(self, painter: QPainter, box: QRectF) -> None:
        data = self.sheet.data
        if data is None:
            return
        x, y = points(data, box).T
        inks = [color(name) for name in self._point_colors(data)]
        inside = (x >= box.left()) & (x <= box.right()) & (y >= box.top()) & (y <= box.bottom())
        step = max(1, len(x) // PLANE_POINTS)
        painter.setPen(QPen(color(self.sheet.inks.theme.point_outline), 0.9))
        for index in np.flatnonzero(inside)[::step].tolist():
            self.sheet.breathe()
            painter.setBrush(inks[index])
            draw_marker(painter, float(x[index]), float(y[index]), train=bool(data.part_of[index] == TRAIN))

    def _point_colors(self, data: Prepared) -> list[str]:
        """Return each point's colour: like the surface where the network is right."""
        theme = self.sheet.inks.theme
        outputs = self.sheet.spec.network.output.units if self.sheet.spec else 1
        if data.labels is not None and outputs > 1:
            return [theme.classes[int(label) % len(theme.classes)] for label in data.labels]
        if data.labels is not None:
            return [theme.positive if label == 1 else theme.negative for label in data.labels]
        reach = largest(data.values) or 1.0 if data.values is not None else 1.0
        values = data.values[:, 0] if data.values is not None else np.zeros(len(data.raw))
        return [self.sheet.inks.value_color(float(value / reach)).name() for value in values]

    def _draw_fit(self, painter: QPainter, box: QRectF, data: Prepared) -> None:
        """Draw targets against the one input, and what the network says as a curve."""
        inks, frame = self.sheet.inks, self.sheet.frame
        painter.fillRect(box, color(inks.theme.window))
        low, high = _padded(_targets(data))
        plot = box.adjusted(INSET, INSET, -INSET, -INSET)
        painter.setPen(QPen(inks.rule, 0.9))
        zero = plot.bottom() + low / (high - low) * plot.height()
        if low < 0 < high:
            painter.drawLine(QLineF(plot.left(), zero, plot.right(), zero))
        x, y = points(data, box).T
        painter.setPen(QPen(color(inks.theme.window), 0.7))
        painter.setBrush(blend(inks.theme.muted, inks.theme.window, 0.75))
        step = max(1, len(x) // 400)
        for index in range(0, len(x), step):
            self.sheet.breathe()
            draw_marker(painter, float(x[index]), float(y[index]), train=bool(data.part_of[index] == TRAIN))
        if frame is not None and frame.surface is not None and frame.surface.ndim == 2 and self.sheet.layer_frames():
            self._draw_curves(painter, plot, box, (low, high), frame.surface)

    def _draw_curves(self, painter: QPainter, plot: QRectF, box: QRectF, ends: tuple[float, float], outputs: Array) -> None:
        """Draw the outputs as curves, hatched from top to bottom where one is not finite."""
        inks, (low, high) = self.sheet.inks, ends
        across = np.linspace(plot.left(), plot.right(), outputs.shape[1])
        finite = np.asarray(np.isfinite(outputs).all(axis=0))
        for start, stop in _stretches(~finite):
            painter.fillRect(QRectF(QPointF(across[start], plot.top()), QPointF(across[stop - 1] + 1.0, plot.bottom())), inks.hatch)
        painter.setPen(QPen(color(inks.theme.accent), 2.2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.save()
        painter.setClipRect(box, Qt.ClipOperation.IntersectClip)
        for output in outputs:
            # A diverging output would overflow, and strokes far beyond the box take long to paint.
            shown = np.clip(np.where(finite, output, low), 3 * low - 2 * high, 3 * high - 2 * low)
            up = plot.bottom() - (shown - low) / (high - low) * plot.height()
            for start, stop in _stretches(finite):
                places = zip(across[start:stop].tolist(), up[start:stop].tolist(), strict=True)
                painter.drawPolyline(QPolygonF([QPointF(a, b) for a, b in places]))
        painter.restore()


def _stretches(chosen: Array) -> list[tuple[int, int]]:
    """Return where each run of true values starts, and where it has stopped."""
    turns = np.flatnonzero(np.diff(np.concatenate([[False], chosen, [False]])))
    return [(int(start), int(stop)) for start, stop in turns.reshape(-1, 2)]


def points(data: Prepared, box: QRectF, row: int | None = None) -> Array:
    """Return where the samples, or one of them, stand in the box of the surface or the fit, shape (samples, 2)."""
    chosen = slice(None) if row is None else slice(row, row + 1)
    if data.plane:
        (left, right), (low, high) = data.domain
        up = data.raw[chosen, 1]
    else:
        (left, right), values = data.domain[0], _targets(data)
        (low, high), up = _padded(values), values[chosen]
        box = box.adjusted(INSET, INSET, -INSET, -INSET)
    x = box.left() + (data.raw[chosen, 0] - left) / (right - left) * box.width()
    return np.column_stack([x, box.bottom() - (up - low) / (high - low) * box.height()])


def draw_marker(painter: QPainter, x: float, y: float, *, train: bool) -> None:
    """Draw one data point: a circle for training, a diamond for the rest."""
    if train:
        painter.drawEllipse(QPointF(x, y), RADIUS, RADIUS)
        return
    reach = RADIUS * 1.35
    painter.drawPolygon(QPolygonF([QPointF(x, y - reach), QPointF(x + reach, y), QPointF(x, y + reach), QPointF(x - reach, y)]))


def _targets(data: Prepared) -> Array:
    if data.values is not None:
        return np.asarray(data.values[:, 0], dtype=float)
    return np.asarray(data.labels, dtype=float) if data.labels is not None else np.zeros(len(data.raw))


def _padded(values: Array) -> tuple[float, float]:
    low, high = float(values.min(initial=0.0)), float(values.max(initial=0.0))
    pad = 0.15 * (high - low) or 1.0
    return low - pad, high + pad


def _caption(data: Prepared) -> str:
    if data.line:
        return QCoreApplication.translate("Canvas", "fit")
    if data.values is not None:
        return QCoreApplication.translate("Canvas", "output surface")
    return QCoreApplication.translate("Canvas", "decision surface")
