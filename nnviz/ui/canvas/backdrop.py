"""A kept picture of the still items, so that what moves above them costs the same however many edges there are.

While the view is moved, the picture is moved with it, as long as it covers what is seen; a new one then shows few edges.
"""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QMargins, QPointF, QRectF
from PySide6.QtGui import QImage, QPainter, QTransform
from PySide6.QtWidgets import QGraphicsView

from nnviz.ui.canvas.items import SheetItem, rect
from nnviz.ui.canvas.sheet import Sheet

AROUND = 128  # pixels on each side of a picture that is to be moved
PATIENCE = 5  # times as long as a moved picture took to make, the next one is waited for: meanwhile the view stays fluent
STRETCH = 2.0  # the most it is enlarged or reduced


class Backdrop:
    """Keeps the picture until the sheet, the zoom, the window or the theme changes."""

    def __init__(self, sheet: Sheet, items: tuple[SheetItem, ...]) -> None:
        self._sheet = sheet
        self._items = items
        self._image = QImage()
        self._made_for: tuple[object, ...] = ()
        self._transform = QTransform()
        self._around = 0
        self._clock, self._took = QElapsedTimer(), 0
        self._clock.start()

    def draw_items(self, view: QGraphicsView) -> None:
        """Let the items draw themselves, what is seen of them."""
        see(self._sheet, view, 0)
        self._tell(kept=False)

    def draw(self, painter: QPainter, view: QGraphicsView) -> None:
        """Draw the picture as it should be."""
        see(self._sheet, view, 0)
        self._tell(kept=True)
        wanted = (self._state(view), view.viewportTransform())
        if wanted != self._made_for:
            self._make(view, 0)
            self._made_for = wanted
        self._lay(painter, QTransform())

    def draw_moved(self, painter: QPainter, view: QGraphicsView) -> None:
        """Draw the picture where the view has moved it; make one of few edges where it does not cover what is seen."""
        self._tell(kept=True)
        moved = self._transform.inverted()[0] * view.viewportTransform()
        old = self._made_for[:1] != (self._state(view),)
        if old or (not self._covers(view, moved) and self._clock.hasExpired(PATIENCE * self._took)):
            self._clock.start()
            self._sheet.gliding = True
            see(self._sheet, view, AROUND)
            self._sheet.plan_edges()
            self._make(view, AROUND)
            self._made_for = (self._state(view),)
            self._took = self._clock.restart()
            moved = QTransform()
        self._lay(painter, moved)

    def _state(self, view: QGraphicsView) -> tuple[object, ...]:
        ratio = view.viewport().devicePixelRatioF()
        return self._sheet.version, self._sheet.close, (view.viewport().size() * ratio).toTuple(), ratio, self._sheet.inks

    def _covers(self, view: QGraphicsView, moved: QTransform) -> bool:
        if self._image.isNull() or not 1 / STRETCH <= moved.m11() <= STRETCH:
            return False
        size = self._image.deviceIndependentSize()
        drawn = view.viewportTransform().mapRect(rect(self._sheet.layout.bounds)) if self._sheet.layout is not None else QRectF()
        kept: QRectF = moved.mapRect(QRectF(QPointF(-self._around, -self._around), size))
        return kept.adjusted(-1, -1, 1, 1).contains(QRectF(view.viewport().rect()) & drawn)

    def _tell(self, *, kept: bool) -> None:
        for item in self._items:
            item.kept = kept

    def _make(self, view: QGraphicsView, around: int) -> None:
        ratio, self._transform, self._around = view.viewport().devicePixelRatioF(), view.viewportTransform(), around
        image = QImage((view.viewport().size().grownBy(QMargins(around, around, around, around))) * ratio, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(ratio)
        image.fill(self._sheet.inks.background)
        onto = QPainter(image)
        try:
            onto.setTransform(self._transform * QTransform.fromTranslate(around, around))
            for item in self._items:
                item.draw(onto)
        finally:
            onto.end()  # an image that goes while it is painted takes the program with it
        self._image = image

    def _lay(self, painter: QPainter, moved: QTransform) -> None:
        painter.save()
        if not moved.isIdentity():
            painter.resetTransform()
            painter.fillRect(painter.viewport(), self._sheet.inks.background)
        painter.setTransform(moved)
        painter.drawImage(QPointF(-self._around, -self._around), self._image)
        painter.restore()


def see(sheet: Sheet, view: QGraphicsView, around: int) -> None:
    """Tell the sheet what is seen of it, and how large."""
    shown = view.viewport().rect().adjusted(-around, -around, around, around)
    box = view.viewportTransform().inverted()[0].mapRect(QRectF(shown))
    sheet.see((box.x(), box.y(), box.width(), box.height()), view.transform().m11())
