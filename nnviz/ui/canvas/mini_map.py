"""The mini-map: the whole drawing small in a corner of the canvas, with what is in view, while not all of it is."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, QTimer, Slot
from PySide6.QtGui import QEnterEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QTransform, QWheelEvent
from PySide6.QtWidgets import QWidget

from nnviz.ui.canvas.canvas import Canvas
from nnviz.ui.canvas.columns import Column, Layout
from nnviz.ui.canvas.items import rect
from nnviz.ui.canvas.navigation import NOTCH
from nnviz.ui.failsafe import paints
from nnviz.ui.selection import NETWORK
from nnviz.ui.theme import Theme, blend
from nnviz.ui.tips import set_tip

WIDTH, HEIGHT, MARGIN, PADDING = 160, 110, 10, 6
NARROWEST = 24  # of a drawing that is a long strip, which is stretched
LARGEST = 0.4  # of the canvas' sides
SLACK = 3.0  # pixels that may be out of view unnoticed, by rounding
FRAME, SMALLEST = 1.6, 4.0
SEEN_APART = 1.5  # pixels: smaller tiles are drawn as one stroke


class MiniMap(QWidget):
    """Stands in the lower right corner of a canvas; a press or a drag moves the view there, the wheel zooms it."""

    is_view: ClassVar[bool] = True  # is switched off as a whole (failsafe.py)

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas.viewport())
        self._canvas = canvas
        self._picture = QPixmap()
        self._drawn: Layout | None = None  # what the picture shows, and for which look
        self._look: tuple[object, ...] = ()
        self._followed: Layout | None = None
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._translate()
        self.hide()
        canvas.navigator.moved.connect(self.follow)
        canvas.viewport().installEventFilter(self)

    def _translate(self) -> None:
        self.setAccessibleName(self.tr("Mini-map"))
        set_tip(self, self.tr("The whole network; the frame is what is in view. Press or drag to look there, turn the wheel to zoom."))

    @property
    def _seen(self) -> QRectF:
        """What is in view, in scene coordinates."""
        return self._canvas.mapToScene(self._canvas.viewport().rect()).boundingRect()

    @Slot()
    def follow(self) -> None:
        """Show what is in view now; all of it being in view, nothing is shown."""
        canvas, theme = self._canvas, self._canvas.sheet.inks.theme
        self._followed = canvas.sheet.layout
        room, edge = canvas.viewport().rect(), theme.pixels(MARGIN)
        slack, (across, down) = SLACK / canvas.navigator.scale, self._scales()
        wide = round(across * canvas.bounds.width()) + 2 * theme.pixels(PADDING)
        high = round(down * canvas.bounds.height()) + 2 * theme.pixels(PADDING)
        self.setGeometry(room.width() - edge - wide, room.height() - edge - high, wide, high)
        self.setVisible(not canvas.bounds.isEmpty() and not self._seen.adjusted(-slack, -slack, slack, slack).contains(canvas.bounds))
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002
        """Follow the canvas' size at once, and a new layout once it has been painted."""
        if event.type() is QEvent.Type.Resize:
            self.follow()
        elif event.type() is QEvent.Type.Paint and self._canvas.sheet.layout is not self._followed:
            self._followed = self._canvas.sheet.layout
            QTimer.singleShot(0, self, self.follow)
        return False

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() is QEvent.Type.LanguageChange:
            self._translate()
        super().changeEvent(event)

    # -- drawing ------------------------------------------------------------------------------------------------

    def _scales(self) -> tuple[float, float]:
        """Return how large a unit is across and down: the same, as large as it fits, unless one of them would be next to nothing."""
        bounds, room, theme = self._canvas.bounds, self._canvas.viewport().rect(), self._canvas.sheet.inks.theme
        if bounds.isEmpty():
            return 1.0, 1.0
        wide = min(theme.pixels(WIDTH), room.width() * LARGEST) - 2 * theme.pixels(PADDING)
        high = min(theme.pixels(HEIGHT), room.height() * LARGEST) - 2 * theme.pixels(PADDING)
        both = min(wide / bounds.width(), high / bounds.height())
        least = theme.pixels(NARROWEST)
        return max(both, min(wide, least) / bounds.width()), max(both, min(high, least) / bounds.height())

    def _placing(self) -> QTransform:
        """Return what takes the drawing into the middle of the map."""
        center = self._canvas.bounds.center()
        to_zero, to_middle = (
            QTransform.fromTranslate(-center.x(), -center.y()),
            QTransform.fromTranslate(self.width() / 2, self.height() / 2),
        )
        return to_zero * QTransform.fromScale(*self._scales()) * to_middle

    @paints
    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Lay the frame of what is in view over the kept picture of the drawing."""
        layout, theme = self._canvas.sheet.layout, self._canvas.sheet.inks.theme
        if layout is None:
            return
        look = (theme, self.size(), self.devicePixelRatioF())
        if self._drawn is not layout or self._look != look:
            self._picture, self._drawn, self._look = self._painted(layout, theme), layout, look
        frame = self._placing().mapRect(self._seen)
        grow = (max(0.0, SMALLEST - frame.width()) / 2, max(0.0, SMALLEST - frame.height()) / 2)
        frame.adjust(-grow[0], -grow[1], *grow)
        half = FRAME * theme.scale / 2
        with QPainter(self) as painter:
            painter.drawPixmap(0, 0, self._picture)
            painter.setPen(QPen(self._canvas.sheet.inks.ink, 2 * half))
            painter.drawRect(frame.intersected(QRectF(self.rect()).adjusted(half, half, -half, -half)))

    def _painted(self, layout: Layout, theme: Theme) -> QPixmap:
        """Return the drawing as pale shapes, within a border."""
        ratio, inks = self.devicePixelRatioF(), self._canvas.sheet.inks
        made = QPixmap(self.size() * ratio)
        made.setDevicePixelRatio(ratio)
        made.fill(inks.background)
        placing = self._placing()
        boxes = [box for column in layout.columns for box in shapes(column, min(placing.m11(), placing.m22()))]
        if layout.surface is not None:
            boxes.append(rect(layout.surface))
        with QPainter(made) as painter:
            painter.setPen(inks.rule)
            painter.drawRect(QRectF(0.5, 0.5, self.width() - 1.0, self.height() - 1.0))
            pale = blend(theme.muted, theme.canvas, 0.55)
            for box in boxes:
                shape = placing.mapRect(box)
                painter.fillRect(shape.united(QRectF(shape.center(), shape.center()).adjusted(-0.5, -0.5, 0.5, 0.5)), pale)
        return made

    # -- mouse --------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Look there."""
        self._move(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Look there while the button is held."""
        self._move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Keep it from the canvas, which did not see the press."""
        event.accept()

    def _move(self, event: QMouseEvent) -> None:
        inverse, possible = self._placing().inverted()
        if not event.buttons() & Qt.MouseButton.LeftButton or not possible:
            return
        canvas, bounds = self._canvas, self._canvas.bounds
        at = inverse.map(event.position())
        within = QPointF(min(max(at.x(), bounds.left()), bounds.right()), min(max(at.y(), bounds.top()), bounds.bottom()))
        canvas.navigator.look(canvas.navigator.scale / canvas.navigator.full, within, bounds)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom about the middle of the view."""
        self._canvas.navigator.zoom(NOTCH ** event.angleDelta().y())
        event.accept()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Let nothing be lit that is under the map."""
        self._canvas.highlight(NETWORK)
        super().enterEvent(event)


def shapes(column: Column, scale: float) -> list[QRectF]:
    """Return the boxes a column fills; of tiles that cannot be told apart at this scale, the one around all."""
    solids = np.asarray(column.solids, dtype=float)
    if len(solids) > 1 and column.side * scale < SEEN_APART:
        low, high = solids[:, :2].min(axis=0), (solids[:, :2] + solids[:, 2:]).max(axis=0)
        solids = np.array([[*low, *(high - low)]])
    return [QRectF(*box) for box in solids.tolist()]
