"""A plot as a picture: as large as on screen or larger, so that no word of its legend is cut.

What stands around the data is painted as on screen. The data themselves are drawn anew from pyqtgraph's items: these
draw with pens as wide as pixels, whatever a pixel is, and with dots kept as pixels of the screen, which come out too
thin, too wide or blurred on anything else.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from pyqtgraph.graphicsItems.ScatterPlotItem import Symbols
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPen, QPolygonF, QResizeEvent, QTransform
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPixmapItem, QGraphicsView

from nnviz.ui import failsafe
from nnviz.ui.pictures import Picture, said
from nnviz.ui.plots.decor import Painter
from nnviz.ui.theme import color

if TYPE_CHECKING:
    from nnviz.ui.plots.base import Plot
    from nnviz.ui.plots.view import View

SMALLEST = QSize(560, 320)  # a plot in a narrow dock has not even room for its names
LINE = 1.4  # width of curves in units: one thin pixel would vanish where a unit is many
FINER = 3  # pixels a unit of the plane: viewers of SVG and PDF differ in how they enlarge pictures

Array = NDArray[Any]


def picture(plot: Plot) -> Picture:
    """Return the plot as it stands; it paints by the plot's own widget, so in the GUI thread alone.

    Raises:
        ViewError: the plot is switched off, since it could not be drawn.
    """
    failsafe.check(plot)
    size = whole_size(plot)
    return Picture(
        paint=partial(_paint, plot, size),
        size=(float(size.width()), float(size.height())),
        background=color(plot.theme.window),
        title=plot.title,
        said=said(plot.frame),
        dots=plot.logicalDpiX(),
        in_thread=False,
    )


def whole_size(plot: Plot) -> QSize:
    """Return a size in which no word is cut, at least the present one."""
    theme, size = plot.theme, QSize(plot.view.size())
    size = size.expandedTo(QSize(theme.pixels(SMALLEST.width()), theme.pixels(SMALLEST.height())))
    width, height = Painter(theme).whole(plot.view.decor, size.height())
    return size.expandedTo(QSize(math.ceil(width), math.ceil(height)))


@contextmanager
def laid_out(view: View, size: QSize) -> Iterator[None]:
    """Within, a view is laid out in this size, without background and buttons; as nothing is painted, the screen does not see it."""
    before, corner, cached = view.size(), view.corner, view.cacheMode()
    view.corner, view.bare = None, True
    view.setCacheMode(QGraphicsView.CacheModeFlag.CacheNone)  # the kept background is as coarse as the screen
    _resize(view, size)
    try:
        yield
    finally:
        view.corner, view.bare = corner, False
        view.setCacheMode(cached)
        _resize(view, before)


def _resize(view: View, size: QSize) -> None:
    """Give a view this size at once, also while it is hidden."""
    if size != view.size():
        before = view.size()
        view.resize(size)
        for widget in (view, view.viewport()):
            QCoreApplication.sendEvent(widget, QResizeEvent(size, before))


def _paint(plot: Plot, size: QSize, painter: QPainter, vector: bool) -> None:  # noqa: ARG001 - a plot is drawn in shapes for all
    from nnviz.ui.plots.base import exporting

    view, area = plot.view, QRectF(0.0, 0.0, size.width(), size.height())
    with exporting(plot, size):
        view.drawBackground(painter, area)
        draw_data(view, painter)
        view.drawForeground(painter, area)


def draw_data(view: View, painter: QPainter) -> None:
    """Draw the items in the data area, lowest first, in units of the view."""
    view.scene().prepareForPaint()  # pyqtgraph places its items no sooner
    area = view.plot_rect()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    for item in view.scene().items(Qt.SortOrder.AscendingOrder):
        draw = next((draw for kind, draw in DRAWN.items() if isinstance(item, kind)), None)
        if draw is not None and item.isVisible():
            draw(item, item.sceneTransform(), area, painter)
    painter.restore()


def _curve(item: Any, place: QTransform, area: QRectF, painter: QPainter) -> None:
    painter.setPen(_pen(item.opts["pen"], LINE))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for polygon in place.map(item.getPath()).toSubpathPolygons():
        for line in clipped(np.array([(point.x(), point.y()) for point in polygon]), area):
            painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in line]))


def _dots(item: Any, place: QTransform, area: QRectF, painter: QPainter) -> None:
    room = area.adjusted(-1.0, -1.0, 1.0, 1.0)
    for spot in item.points():
        at, size, kind = place.map(spot.pos()), spot.size(), spot.symbol()
        if room.contains(at):
            painter.setPen(_pen(spot.pen(), spot.pen().widthF()))
            painter.setBrush(spot.brush())
            painter.drawPath(QTransform(size, 0, 0, size, at.x(), at.y()).map(Symbols[kind] if isinstance(kind, str) else kind))


def _bars(item: Any, place: QTransform, area: QRectF, painter: QPainter) -> None:
    width = item.opts["width"]
    for x, height in zip(item.opts["x"], item.opts["height"], strict=True):
        bar = QRectF(float(x) - width / 2, 0.0, width, float(height))
        painter.fillRect(place.mapRect(bar) & area, item.opts["brush"])


def _plane(item: Any, place: QTransform, area: QRectF, painter: QPainter) -> None:
    shown = place.mapRect(item.boundingRect()) & area
    if shown.isEmpty() or item.pixmap().isNull():
        return
    fine = QImage((shown.size() * FINER).toSize(), QImage.Format.Format_ARGB32_Premultiplied)
    fine.fill(Qt.GlobalColor.transparent)
    with QPainter(fine) as onto:
        onto.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        onto.scale(fine.width() / shown.width(), fine.height() / shown.height())
        onto.translate(-shown.topLeft())
        onto.setTransform(place, True)
        onto.drawPixmap(0, 0, item.pixmap())
    painter.drawImage(shown, fine)


def clipped(points: Array, area: QRectF) -> list[Array]:
    """Return the parts of a polyline (points, 2) inside an area: files of SVG cannot clip (Liang and Barsky 1984)."""
    low, high = np.array([area.left(), area.top()]), np.array([area.right(), area.bottom()])
    if len(points) < 2 or ((points >= low) & (points <= high)).all():
        return [points] if len(points) > 1 else []
    begin, way = points[:-1], np.diff(points, axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = np.stack([(low - begin) / way, (high - begin) / way])
    within = (begin >= low) & (begin <= high)
    flat = way == 0.0
    enter = np.where(flat, np.where(within, 0.0, 2.0), ends.min(axis=0)).max(axis=1).clip(min=0.0)
    leave = np.where(flat, 1.0, ends.max(axis=0)).min(axis=1).clip(max=1.0)
    parts: list[list[Array]] = []
    joined = False
    for k in np.flatnonzero(enter < leave):
        if not (joined and parts and np.array_equal(parts[-1][-1], begin[k])):
            parts.append([begin[k] + enter[k] * way[k]])
        parts[-1].append(points[k + 1] if leave[k] == 1.0 else begin[k] + leave[k] * way[k])
        joined = leave[k] == 1.0
    return [np.array(part) for part in parts]


def _pen(pen: QPen, width: float) -> QPen:
    made = QPen(pen)
    made.setCosmetic(False)
    made.setWidthF(width)
    return made


DRAWN: dict[type[QGraphicsItem], Callable[[Any, QTransform, QRectF, QPainter], None]] = {
    pg.PlotCurveItem: _curve,
    pg.ScatterPlotItem: _dots,
    pg.BarGraphItem: _bars,
    QGraphicsPixmapItem: _plane,
}
