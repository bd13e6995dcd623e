"""A kept picture of the still items, so that what moves above them costs the same however many edges there are."""

from __future__ import annotations

from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QGraphicsView

from nnviz.ui.canvas.items import SheetItem
from nnviz.ui.canvas.sheet import Sheet


class Backdrop:
    """Keeps the picture until the sheet, the zoom, the window or the theme changes."""

    def __init__(self, sheet: Sheet, items: tuple[SheetItem, ...]) -> None:
        self._sheet = sheet
        self._items = items
        self._image = QImage()
        self._made_for: tuple[object, ...] = ()

    def draw(self, painter: QPainter, view: QGraphicsView, *, keep: bool) -> None:
        """Draw the picture and tell the items that they need not; without `keep` they draw themselves."""
        for item in self._items:
            item.kept = keep
        if not keep or self._sheet.layout is None:
            return
        transform, ratio = view.viewportTransform(), view.viewport().devicePixelRatioF()
        size = view.viewport().size() * ratio
        wanted = (self._sheet.version, self._sheet.close, transform, size.toTuple(), ratio, self._sheet.inks)
        if wanted != self._made_for:
            self._image = QImage(size, QImage.Format.Format_RGB32)
            self._image.setDevicePixelRatio(ratio)
            self._image.fill(self._sheet.inks.background)
            onto = QPainter(self._image)
            try:
                onto.setTransform(transform)
                for item in self._items:
                    item.draw(onto)
            finally:
                onto.end()  # an image that goes while it is painted takes the program with it
            self._made_for = wanted
        painter.save()
        painter.resetTransform()
        painter.drawImage(0, 0, self._image)
        painter.restore()
