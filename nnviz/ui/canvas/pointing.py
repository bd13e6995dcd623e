"""What mouse and keys do on the canvas besides moving the view: hover, select, press − and +, walk from neuron to neuron."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QGraphicsView

from nnviz.ui.canvas.hits import Hit, hit, walk
from nnviz.ui.canvas.sheet import Sheet
from nnviz.ui.selection import NETWORK, Selection

WALKS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
WATCHED = frozenset(
    {QEvent.Type.MouseMove, QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease, QEvent.Type.Leave, QEvent.Type.KeyPress}
)


class Pointer(QObject):
    """Turns events of a view into what is meant.

    Signals:
        hovered, chosen: a `Selection`.
        pressed: a `Hit` on a part of a header that acts by itself.
        sampled: the row of a data point that was clicked.
    """

    hovered = Signal(object)
    chosen = Signal(object)
    pressed = Signal(object)
    sampled = Signal(int)

    def __init__(self, view: QGraphicsView, sheet: Sheet) -> None:
        super().__init__(view)
        self._view, self._sheet = view, sheet
        view.installEventFilter(self)
        view.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take what the canvas answers; leave the rest."""
        kind = event.type()
        if kind not in WATCHED:
            return False
        if kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return watched is self._view and self._press_key(event)
        if watched is not self._view.viewport():
            return False
        if kind == QEvent.Type.Leave:
            self.hovered.emit(NETWORK)
        elif kind == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            self._move(self.hit(event.position()))
        elif isinstance(event, QMouseEvent) and event.button() == Qt.MouseButton.LeftButton:
            if kind == QEvent.Type.MouseButtonPress:
                self._press(self.hit(event.position()))
            return True
        return False

    def hit(self, at: QPointF) -> Hit:
        """Return what is under a point of the viewport."""
        point = self._view.viewportTransform().inverted()[0].map(at)
        return hit(self._sheet, (point.x(), point.y()), self._view.transform().m11())

    def walk(self, across: int, down: int) -> None:
        """Choose the neuron that many columns and rows away."""
        self.chosen.emit(walk(self._sheet, self._sheet.selection, across, down))

    def _press(self, found: Hit) -> None:
        if found.part:
            self.pressed.emit(found)
        elif found.sample is not None:
            self.sampled.emit(found.sample)
        else:
            self.chosen.emit(found.selection)

    def _move(self, found: Hit) -> None:
        answers = found.selection != NETWORK or found.sample is not None
        shape = Qt.CursorShape.PointingHandCursor if answers else Qt.CursorShape.ArrowCursor
        self._view.viewport().setCursor(shape)
        bright = found.selection.kind in ("neuron", "edge") or self._sheet.is_block(found.selection.layer)
        self.hovered.emit(found.selection if bright else NETWORK)

    def _press_key(self, event: QKeyEvent) -> bool:
        """Alt and arrows walk, Esc chooses nothing."""
        key = Qt.Key(event.key())
        if event.modifiers() & Qt.KeyboardModifier.AltModifier and key in WALKS:
            self.walk(*WALKS[key])
            return True
        if key == Qt.Key.Key_Escape and self._sheet.selection != Selection():
            self.chosen.emit(NETWORK)
            return True
        return False
