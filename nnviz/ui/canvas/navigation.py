"""Zoom and pan of a graphics view: the wheel zooms at the cursor, the middle button or a drag with Space held pans."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QGraphicsView

ZOOM_MIN, ZOOM_MAX = 0.05, 16.0
FILLED, CLOSEST = 0.8, 3.0
NOTCH = 1.0015  # to the power of the wheel's angle, 120 a notch: about a fifth
KEYS = frozenset({QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress, QEvent.Type.KeyRelease})
BUTTONS = frozenset({QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type.MouseButtonRelease})


class Navigator(QObject):
    """Listens to a view and moves it; `full` is the scale that 100 % means: the one of the whole user interface.

    Signals:
        moved: the view was moved.
        glided: it was moved by hand or to another place of the drawing, so that more such moves may follow at once.
        appeared: the view was hidden and is shown.
    """

    moved = Signal()
    glided = Signal()
    appeared = Signal()

    def __init__(self, view: QGraphicsView) -> None:
        super().__init__(view)
        self._view = view
        self._grabbed: QPoint | None = None
        self._space = False
        self.fitted = True
        self.full = 1.0
        view.installEventFilter(self)
        view.viewport().installEventFilter(self)

    @property
    def scale(self) -> float:
        """The scale of the view: pixels a unit of the drawing; `full` is 100 %."""
        return self._view.transform().m11()

    def fit(self, bounds: QRectF) -> None:
        """Show all of the drawing, not larger than 100 %."""
        size = self._view.viewport().size()
        if bounds.isEmpty() or size.isEmpty():
            return
        scale = min(self.full, size.width() / bounds.width(), size.height() / bounds.height())
        self.fitted = True
        self._show(max(scale, ZOOM_MIN), bounds.center(), bounds)

    def actual_size(self, bounds: QRectF) -> None:
        """Show at 100 %, about the middle of what is shown."""
        self.look(1.0, self._view.mapToScene(self._view.viewport().rect().center()), bounds)

    def look(self, zoom: float, center: QPointF, bounds: QRectF) -> None:
        """Show the drawing at this share of 100 %, with this point of it in the middle."""
        self.fitted = False
        self.glided.emit()
        self._show(min(max(zoom * self.full, ZOOM_MIN), ZOOM_MAX), center, bounds)

    def fill(self, box: QRectF, bounds: QRectF) -> None:
        """Show a part of the drawing as large as it fits, with some air around it, and not larger than legible words need."""
        size = self._view.viewport().size()
        scale = min(FILLED * size.width() / max(box.width(), 1.0), FILLED * size.height() / max(box.height(), 1.0))
        self.fitted = False
        self._show(min(max(scale, ZOOM_MIN), CLOSEST * self.full), box.center(), bounds)

    def _show(self, scale: float, center: QPointF, bounds: QRectF) -> None:
        room = self._view.viewport().size()
        wide, high = room.width() / scale, room.height() / scale
        self._view.setSceneRect(bounds.adjusted(-wide, -high, wide, high))
        self._view.resetTransform()
        self._view.scale(scale, scale)
        self._view.centerOn(center)
        self.moved.emit()

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom by a factor so that what is under `at` (viewport coordinates; the middle by default) stays there."""
        view = self._view
        spot = at if at is not None else QPointF(view.viewport().rect().center())
        scale = min(max(self.scale * factor, ZOOM_MIN), ZOOM_MAX)
        before = view.mapToScene(spot.toPoint())
        self.fitted = False
        view.scale(scale / self.scale, scale / self.scale)
        offset = view.viewportTransform().map(before) - spot
        self._scroll(offset.toPoint())
        self.glided.emit()
        self.moved.emit()

    def _scroll(self, by: QPoint) -> None:
        across, down = self._view.horizontalScrollBar(), self._view.verticalScrollBar()
        across.setValue(across.value() + by.x())
        down.setValue(down.value() + by.y())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take what zooms and pans; leave the rest to the view."""
        kind = event.type()
        if kind == QEvent.Type.Wheel and isinstance(event, QWheelEvent):
            self._wheel(event)
            return True
        if kind in KEYS and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            # A shortcut on Space eats the press but not what announces it.
            self._space = kind != QEvent.Type.KeyRelease
        elif kind == QEvent.Type.Show and watched is self._view:
            self.appeared.emit()
        elif kind == QEvent.Type.FocusOut:
            self._space = False
        elif kind in BUTTONS and isinstance(event, QMouseEvent) and watched is self._view.viewport():
            return self._mouse(event)
        return False

    def _wheel(self, event: QWheelEvent) -> None:
        fingers = event.phase() in (Qt.ScrollPhase.ScrollUpdate, Qt.ScrollPhase.ScrollMomentum) and not event.pixelDelta().isNull()
        if fingers and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.fitted = False
            self._scroll(-event.pixelDelta())
            self.glided.emit()
            self.moved.emit()
            return
        self.zoom(NOTCH ** event.angleDelta().y(), event.position())

    def _mouse(self, event: QMouseEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonPress and self._grabs(event.button()):
            self._grabbed = event.position().toPoint()
            self._view.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
            return True
        if self._grabbed is None:
            return False
        if event.type() == QEvent.Type.MouseMove:
            here = event.position().toPoint()
            self.fitted = False
            self._scroll(self._grabbed - here)
            self._grabbed = here
            self.glided.emit()
            self.moved.emit()
        elif event.type() == QEvent.Type.MouseButtonRelease:
            self._grabbed = None
            self._view.viewport().unsetCursor()
        return True

    def _grabs(self, button: Qt.MouseButton) -> bool:
        return button == Qt.MouseButton.MiddleButton or (button == Qt.MouseButton.LeftButton and self._space)
