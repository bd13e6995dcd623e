"""A plot as a picture: as large as on screen or larger, so that no word of its legend is cut.

What stands around the data is painted as on screen. The data themselves are drawn anew from what pyqtgraph's items hold:
these draw with pens as wide as pixels, whatever a pixel is, and with dots kept as pixels of the screen, which come out too
thin, too wide or blurred on anything else. All of it is taken at once and painted later, in another thread.
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
from PySide6.QtGui import QBrush, QImage, QPainter, QPen, QPolygonF, QResizeEvent, QTransform
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPixmapItem

from nnviz.ui import failsafe
from nnviz.ui.pictures import Breathe, Picture, said, saved
from nnviz.ui.plots.decor import Painter
from nnviz.ui.theme import color

if TYPE_CHECKING:
    from nnviz.ui.plots.base import Plot
    from nnviz.ui.plots.view import View

SMALLEST = QSize(560, 320)  # a plot in a narrow dock has not even room for its names
LINE = 1.4  # width of curves in units: one thin pixel would vanish where a unit is many
FINER = 3  # pixels a unit of the plane: viewers of SVG and PDF differ in how they enlarge pictures
PIECE = 800.0  # units of a curve in one call: some milliseconds when it goes up and down all the time

Array = NDArray[Any]
Draw = Callable[[QPainter, bool, Breathe], None]


def picture(plot: Plot) -> Picture:
    """Return the plot as it stands.

    Raises:
        ViewError: the plot is switched off, since it could not be drawn.
    """
    failsafe.check(plot)
    size = whole_size(plot)
    return Picture(
        paint=Drawing(plot, size).paint,
        size=(float(size.width()), float(size.height())),
        background=color(plot.theme.window),
        title=plot.title,
        said=said(plot.frame),
        dots=plot.logicalDpiX(),
    )


def whole_size(plot: Plot) -> QSize:
    """Return a size in which no word is cut, at least the present one."""
    theme, size = plot.theme, QSize(plot.view.size())
    size = size.expandedTo(QSize(theme.pixels(SMALLEST.width()), theme.pixels(SMALLEST.height())))
    width, height = Painter(theme).whole(plot.view.decor, size.height())
    return size.expandedTo(QSize(math.ceil(width), math.ceil(height)))


class Drawing:
    """What a plot shows at one moment, laid out in a size; it can be painted while the plot goes on, in another thread."""

    def __init__(self, plot: Plot, size: QSize) -> None:
        from nnviz.ui.plots.base import exporting

        self._theme, self._whole = plot.theme, QRectF(0.0, 0.0, size.width(), size.height())
        with exporting(plot, size):
            view = plot.view
            view.scene().prepareForPaint()  # pyqtgraph places its items no sooner
            self._decor, self._seen, self._area = view.decor, view.seen(), view.plot_rect()
            self._data = list(_taken(view, self._area))

    def paint(self, painter: QPainter, vector: bool, breathe: Breathe) -> None:
        """Paint all of it, with units as coordinates."""
        around = Painter(self._theme)  # not the view's: Qt changes what a font holds while it draws with it
        around.paint(painter, self._decor, self._whole, self._area, *self._seen, 0.0)
        with saved(painter):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            for draw in self._data:
                breathe()
                draw(painter, vector, breathe)
        breathe()
        around.words(painter, self._decor, self._area)


def _taken(view: View, area: QRectF) -> Iterator[Draw]:
    """Take what the items in the data area show, lowest first, placed in units of the view."""
    for item in view.scene().items(Qt.SortOrder.AscendingOrder):
        take = next((take for kind, take in TAKEN.items() if isinstance(item, kind)), None)
        if take is not None and item.isVisible():
            yield take(item, item.sceneTransform(), area)


@contextmanager
def laid_out(view: View, size: QSize) -> Iterator[None]:
    """Within, a view is laid out in this size; as nothing is painted, the screen does not see it."""
    before = view.size()
    _resize(view, size)
    try:
        yield
    finally:
        _resize(view, before)


def _resize(view: View, size: QSize) -> None:
    """Give a view this size at once, also while it is hidden."""
    if size != view.size():
        before = view.size()
        view.resize(size)
        for widget in (view, view.viewport()):
            QCoreApplication.sendEvent(widget, QResizeEvent(size, before))


def _curve(item: Any, place: QTransform, area: QRectF) -> Draw:
    x, y = (np.zeros(0) if values is None else values for values in item.getData())
    points = np.column_stack([place.m11() * x + place.dx(), place.m22() * y + place.dy()])
    return partial(_draw_curve, _pen(item.opts["pen"], LINE), points, area)


def _draw_curve(pen: QPen, points: Array, area: QRectF, painter: QPainter, vector: bool, breathe: Breathe) -> None:
    pen = QPen(pen)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    broken = np.flatnonzero(~np.isfinite(points).all(axis=1))
    for run in np.split(points, np.unique([broken, broken + 1])):
        for line in clipped(run, area) if np.isfinite(run).all() else ():
            for piece, before in pieces(line) if not vector else [(line, 0.0)]:
                breathe()
                if before:
                    pen.setDashOffset(before / LINE)
                    painter.setPen(pen)
                painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in piece.tolist()]))


def pieces(line: Array) -> Iterator[tuple[Array, float]]:
    """Yield a polyline (points, 2) in pieces, each with the length of what comes before it.

    Qt's time for a line onto pixels grows with the square of how often it goes up and down: 1.5 s for a loss that jumps,
    0.1 s in pieces. A cut is in the middle of a straight part, where the square ends of the pieces cover each other.
    """
    way = np.hypot(*np.diff(line, axis=0).T)
    reached, begin, before, first = np.concatenate([[0.0], way.cumsum()]), line[0], 0.0, 1
    for k in np.flatnonzero(way > 3 * LINE).tolist():
        cut = float(reached[k] + way[k] / 2)
        if cut - before > PIECE:
            middle = (line[k] + line[k + 1]) / 2
            yield np.vstack([begin, line[first : k + 1], middle]), before
            begin, before, first = middle, cut, k + 1
    yield np.vstack([begin, line[first:]]), before


def _dots(item: Any, place: QTransform, area: QRectF) -> Draw:
    room, spots = area.adjusted(-1.0, -1.0, 1.0, 1.0), item.data.copy()
    return partial(_draw_dots, spots, {name: item.opts[name] for name in ("pen", "brush", "symbol", "size")}, QTransform(place), room)


def _draw_dots(
    spots: Array, usual: dict[str, Any], place: QTransform, room: QRectF, painter: QPainter, vector: bool, breathe: Breathe  # noqa: ARG001
) -> None:
    pens, brushes = _each(spots["pen"], usual["pen"], pg.mkPen), _each(spots["brush"], usual["brush"], pg.mkBrush)
    for spot, pen, brush in zip(spots, pens, brushes, strict=True):
        breathe()
        at = place.map(QPointF(spot["x"], spot["y"]))
        if room.contains(at):
            size = usual["size"] if spot["size"] == -1 else spot["size"]
            kind = spot["symbol"] or usual["symbol"]
            painter.setPen(_pen(pen, pen.widthF()))
            painter.setBrush(brush)
            painter.drawPath(QTransform(size, 0, 0, size, at.x(), at.y()).map(Symbols[kind] if isinstance(kind, str) else kind))


def _each(own: Array, usual: Any, make: Callable[[Any], Any]) -> Iterator[Any]:
    for each in own:
        yield make(usual if each is None else each)


def _bars(item: Any, place: QTransform, area: QRectF) -> Draw:
    width = item.opts["width"]
    bars = [QRectF(float(x) - width / 2, 0.0, width, float(height)) for x, height in zip(item.opts["x"], item.opts["height"], strict=True)]
    return partial(_draw_bars, [place.mapRect(bar) & area for bar in bars], item.opts["brush"])


def _draw_bars(bars: list[QRectF], brush: QBrush, painter: QPainter, vector: bool, breathe: Breathe) -> None:  # noqa: ARG001
    for bar in bars:
        breathe()
        painter.fillRect(bar, brush)


def _plane(item: Any, place: QTransform, area: QRectF) -> Draw:
    return partial(_draw_plane, item.pixmap().toImage(), place, place.mapRect(item.boundingRect()) & area)


def _draw_plane(image: QImage, place: QTransform, shown: QRectF, painter: QPainter, vector: bool, breathe: Breathe) -> None:  # noqa: ARG001
    if shown.isEmpty() or image.isNull():
        return
    fine = QImage((shown.size() * FINER).toSize(), QImage.Format.Format_ARGB32_Premultiplied)
    fine.fill(Qt.GlobalColor.transparent)
    with QPainter(fine) as onto:
        onto.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        onto.scale(fine.width() / shown.width(), fine.height() / shown.height())
        onto.translate(-shown.topLeft())
        onto.setTransform(place, True)
        onto.drawImage(0, 0, image)
    breathe()
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


TAKEN: dict[type[QGraphicsItem], Callable[[Any, QTransform, QRectF], Draw]] = {
    pg.PlotCurveItem: _curve,
    pg.ScatterPlotItem: _dots,
    pg.BarGraphItem: _bars,
    QGraphicsPixmapItem: _plane,
}
