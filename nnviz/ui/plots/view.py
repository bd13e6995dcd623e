"""The part of a pyqtgraph plot that is needed: a data area that spans 0 to 1; a `Decor` is painted around it."""

from __future__ import annotations

import time

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QGraphicsItem, QSizePolicy, QWidget

from nnviz.ui.failsafe import paints
from nnviz.ui.plots.decor import Decor, Hover, Margins, Painter
from nnviz.ui.plots.scale import Scale
from nnviz.ui.theme import Theme, color

ZOOM = 1.25
NUDGE = 0.1
HOVER_STEP = 0.02
WHOLE = (0.0, 1.0)


class View(pg.GraphicsView):
    """The data area of a plot with everything painted around it.

    Signals:
        pointed: (x, y) the pointer is at this place of the data, 0 to 1 on both axes; None: it went away.
        zoomed: (bool) a part is seen, or the whole again.
    """

    pointed = Signal(object)
    zoomed = Signal(bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent, background=None)
        self.paint_seconds = 0.0
        self.corner: QWidget | None = None
        self._painter = Painter(theme)
        self._decor = Decor("")
        self._hover: Hover | None = None
        self._cursor = (0.5, 0.5)
        self._room: Margins | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 80)
        self._box = pg.ViewBox(enableMenu=False)
        self.centralLayout.addItem(self._box, 0, 0)
        self._box.disableAutoRange()
        self._box.setDefaultPadding(0.0)
        self._box.setLimits(xMin=-1, xMax=2, yMin=-1, yMax=2, minXRange=1e-6, minYRange=1e-6)
        self._box.setRange(xRange=WHOLE, yRange=WHOLE, padding=0)
        self._box.sigRangeChangedManually.connect(self._zoomed)

    @property
    def decor(self) -> Decor:
        """What stands around the data."""
        return self._decor

    @property
    def whole(self) -> bool:
        """Whether all of the data is seen."""
        return all(abs(a - b) < 1e-6 for side in self._box.viewRange() for a, b in zip(side, WHOLE, strict=True))

    def add(self, item: QGraphicsItem) -> None:
        """Put an item, placed from 0 to 1, into the data area."""
        self._box.addItem(item, ignoreBounds=True)

    def set_theme(self, theme: Theme) -> None:
        """Paint in this theme from now on."""
        self._painter = Painter(theme)
        self._arrange()

    def decorate(self, decor: Decor) -> None:
        """Show this around the data; the layout is done again only if something changed."""
        if decor != self._decor:
            self._decor = decor
            self.setAccessibleName(decor.title)
            self.setAccessibleDescription(", ".join(filter(None, (decor.y_name, decor.x_name, decor.message, decor.note))))
            self._arrange()

    def set_hover(self, hover: Hover | None) -> None:
        """Show, or take away, the values under the pointer."""
        if hover != self._hover:
            self._hover = hover
            self.viewport().update()

    def home(self) -> None:
        """See all of the data."""
        self._box.setRange(xRange=WHOLE, yRange=WHOLE, padding=0)
        self._zoomed()

    def seen(self) -> tuple[Scale | None, Scale | None]:
        """Return the scales of the part that is seen."""
        (left, right), (bottom, top) = self._box.viewRange()
        x, y = self._decor.x, self._decor.y
        return (x.part(left, right) if x else None, y.part(bottom, top) if y else None)

    def plot_rect(self) -> QRectF:
        """Return where the data is, in pixels of the widget."""
        rect: QRectF = self._box.sceneBoundingRect()
        return rect

    def _zoomed(self) -> None:
        self._arrange()
        self.zoomed.emit(not self.whole)

    def _arrange(self) -> None:
        """Make room for the decor at once: a layout that waits for its event would be painted wrong until then."""
        room = self._painter.margins(self._decor, self.width(), self.height(), *self.seen())
        if room != self._room:
            self._room = room
            self.centralLayout.setContentsMargins(room.left, room.top, room.right, room.bottom)
        self.centralLayout.activate()
        self.resetCachedContent()  # Qt keeps the background, and so title and axes, as a picture
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Keep the room around the data."""
        super().resizeEvent(event)
        if hasattr(self, "_box"):  # pyqtgraph resizes while it is being made
            self._arrange()

    @paints
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint, and take the time for the sharing out of frames."""
        start = time.perf_counter()
        super().paintEvent(event)
        self.paint_seconds = time.perf_counter() - start

    @paints
    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        """Paint what stands around and behind the data."""
        painter.fillRect(rect, color(self._painter.theme.window))
        x, y = self.seen()
        reserved = self.corner.sizeHint().width() if self.corner is not None else 0.0
        self._painter.paint(painter, self._decor, QRectF(self.rect()), self.plot_rect(), x, y, reserved)

    @paints
    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        """Paint words and hover values over the data."""
        del rect
        self._painter.words(painter, self._decor, self.plot_rect())
        if self._hover is not None:
            self._painter.hover(painter, self._on_screen(self._hover), QRectF(self.rect()), self.plot_rect())

    def _on_screen(self, hover: Hover) -> Hover:
        """Return a hover placed in the part that is seen."""
        (left, right), (bottom, top) = self._box.viewRange()
        width, height = right - left, top - bottom
        dots = tuple(((x - left) / width, (y - bottom) / height, ink) for x, y, ink in hover.dots)
        return Hover((hover.x - left) / width, (hover.y - bottom) / height, hover.lines, dots, hover.rule)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell where the pointer is; pyqtgraph sees the move only while a button drags."""
        if event.buttons() != Qt.MouseButton.NoButton:
            super().mouseMoveEvent(event)
            return
        rect = self.plot_rect()
        if rect.width() > 0 and rect.height() > 0 and rect.contains(event.position()):
            self._point_at(event.position(), rect)
        else:
            self.pointed.emit(None)

    def _point_at(self, position: QPointF, rect: QRectF) -> None:
        (left, right), (bottom, top) = self._box.viewRange()
        x = left + (position.x() - rect.left()) / rect.width() * (right - left)
        y = bottom + (rect.bottom() - position.y()) / rect.height() * (top - bottom)
        self._cursor = (x, y)
        self.pointed.emit(self._cursor)

    def leaveEvent(self, event: object) -> None:
        """Take the hover values away."""
        super().leaveEvent(event)
        self.pointed.emit(None)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """See all of the data again."""
        super().mouseDoubleClickEvent(event)
        self.home()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Read values with the arrows; zoom with + and −, move with Shift and arrows, Home sees all."""
        steps = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Down: (0, -1), Qt.Key.Key_Up: (0, 1)}
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self._zoom(1 / ZOOM)
        elif key == Qt.Key.Key_Minus:
            self._zoom(ZOOM)
        elif key == Qt.Key.Key_Home:
            self.home()
        elif key in steps and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._move(*steps[key])
        elif key in steps and not event.modifiers():
            self._read(*steps[key])
        else:
            event.ignore()

    def _zoom(self, factor: float) -> None:
        self._box.scaleBy((factor, factor))
        self._zoomed()

    def _move(self, x: int, y: int) -> None:
        (left, right), (bottom, top) = self._box.viewRange()
        self._box.translateBy(x=x * NUDGE * (right - left), y=y * NUDGE * (top - bottom))
        self._zoomed()

    def _read(self, x: int, y: int) -> None:
        (left, right), (bottom, top) = self._box.viewRange()
        across, up = self._cursor
        across = min(max(across + x * HOVER_STEP * (right - left), left), right)
        up = min(max(up + y * HOVER_STEP * (top - bottom), bottom), top)
        self._cursor = (across, up)
        self.pointed.emit(self._cursor)
