"""What mouse and keys do on the canvas besides moving the view: hover, select, drag, walk from neuron to neuron and edge to edge.

A drag is an object (`dragging`): the press of the left button begins it, moves and the release go to it, Escape or another
button cancels it. What a press begins is for `begin` to say, which whoever lets the network be edited puts here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QGraphicsView

from nnviz.ui.canvas.hits import Hit, edge_of, extended, hit, walk
from nnviz.ui.canvas.sheet import Sheet
from nnviz.ui.part_names import INPUT
from nnviz.ui.selection import NETWORK, Selection, several, toggled

if TYPE_CHECKING:
    from nnviz.ui.canvas.dragging import Drag

WALKS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
MOUSE = frozenset(
    {QEvent.Type.MouseMove, QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease, QEvent.Type.MouseButtonDblClick}
)
PRESSES = frozenset({QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick})
ENDS = frozenset({QEvent.Type.Hide, QEvent.Type.WindowDeactivate})
WATCHED = MOUSE | ENDS | {QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride, QEvent.Type.Leave, QEvent.Type.ContextMenu}
WORDS = ("", "title", "units")  # parts of a column that are selected with it; the others act by themselves
MANY = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
Begin = Callable[[Hit, QMouseEvent], "Drag | None"]


def nothing(found: Hit, event: QMouseEvent) -> Drag | None:  # noqa: ARG001
    """Begin no drag."""
    return None


class Pointer(QObject):
    """Turns events of a view into what is meant.

    Attributes:
        begin: says which drag a press of the left button begins, None for none.

    Signals:
        hovered, chosen: a `Selection`.
        folded: the id of a layer whose hidden neurons were clicked.
        sampled: the row of a data point that was clicked.
        pointed: the `Hit` under the pointer and where in the viewport that is; nothing is hit once the pointer has left.
        doubled: the `Hit` of a double click.
    """

    hovered = Signal(object)
    chosen = Signal(object)
    folded = Signal(str)
    sampled = Signal(int)
    pointed = Signal(object, QPointF)
    doubled = Signal(object)

    def __init__(self, view: QGraphicsView, sheet: Sheet) -> None:
        super().__init__(view)
        self._view, self._sheet = view, sheet
        self._viewport = view.viewport()  # kept: a view that is being destroyed can no longer be asked for it
        self.begin: Begin = nothing
        self._drag: Drag | None = None
        self._cancelled = False
        self._let_go = (NETWORK, NETWORK)
        view.installEventFilter(self)
        self._viewport.installEventFilter(self)

    @property
    def dragging(self) -> bool:
        """Whether a drag goes on."""
        return self._drag is not None

    @property
    def has_cancelled(self) -> bool:
        """Whether the newest press of the right button cancelled a drag: no menu comes of it then."""
        return self._cancelled

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take what the canvas answers; leave the rest."""
        kind = event.type()
        if kind not in WATCHED:  # a view that is being destroyed sends events too, and has no viewport any more
            return False
        if watched is self._view:
            if kind in ENDS:
                self.cancel()
            return isinstance(event, QKeyEvent) and self._key(event)
        if watched is not self._viewport:
            return False
        if kind == QEvent.Type.Leave and self._drag is None:
            self._leave()
        return kind in MOUSE and isinstance(event, QMouseEvent) and self._mouse(event)

    def hit(self, at: QPointF) -> Hit:
        """Return what is under a point of the viewport."""
        point = self._view.viewportTransform().inverted()[0].map(at)
        return hit(self._sheet, (point.x(), point.y()), self._view.transform().m11())

    def walk(self, across: int, down: int) -> None:
        """Choose the neuron that many columns and rows away."""
        self.chosen.emit(walk(self._sheet, self._sheet.selection, across, down))

    def cancel(self) -> None:
        """Cancel the drag, if one goes on."""
        if self._drag is not None:
            drag, self._drag = self._drag, None
            drag.cancel()

    # -- mouse --------------------------------------------------------------------------------------------------

    def _mouse(self, event: QMouseEvent) -> bool:
        kind, left = event.type(), event.button() == Qt.MouseButton.LeftButton
        if kind == QEvent.Type.MouseMove:
            self._move(event.position())
            return False
        if self._drag is not None:
            if kind == QEvent.Type.MouseButtonRelease and left:
                drag, self._drag = self._drag, None
                drag.end(event.position())
                self._move(event.position())
            elif kind in PRESSES:
                self._cancelled = event.button() == Qt.MouseButton.RightButton
                self.cancel()
                self._move(event.position())
            return True
        if kind in PRESSES:
            self._cancelled = False
        if left and kind in PRESSES:
            self._press(event)
        return left

    def _press(self, event: QMouseEvent) -> None:
        found = self.hit(event.position())
        chooses = found.part in WORDS and found.gap is None and found.sample is None
        if event.type() == QEvent.Type.MouseButtonDblClick and chooses:
            self.doubled.emit(found)
            return
        # Of two quick clicks on a button the second comes as a double click; it counts like the first.
        self._drag = self.begin(found, event)
        if chooses:
            self._choose(found.selection, event.modifiers())
        elif found.sample is not None:
            self.sampled.emit(found.sample)
        elif self._drag is None and found.part == "fold":
            self.folded.emit(found.layer)

    def _choose(self, found: Selection, modifiers: Qt.KeyboardModifier) -> None:
        """Select what was clicked: alone, with Ctrl besides the rest, with Shift all neurons up to it."""
        if not modifiers & MANY:
            self.chosen.emit(found)
        elif modifiers & Qt.KeyboardModifier.ShiftModifier and found.kind == "neuron":
            self.chosen.emit(self._range(found))
        elif found != NETWORK:
            self.chosen.emit(toggled(self._sheet.selection, found))

    def _range(self, last: Selection) -> Selection:
        """Return all shown neurons of a column from the one that was selected last to this one."""
        anchors = [part for part in self._sheet.selection.each if part.kind == "neuron" and part.layer == last.layer]
        layout, rows = self._sheet.layout, [self._sheet.row_of(part.layer, part.neuron) for part in (*anchors[-1:], last)]
        if layout is None or len(rows) < 2 or rows[0] is None or rows[1] is None:
            return last
        step = 1 if rows[1] >= rows[0] else -1
        ids, shown = self._sheet.neuron_ids(last.layer), layout.column(last.layer).shown
        return several(Selection("neuron", last.layer, ids[int(shown[row])]) for row in range(rows[0], rows[1] + step, step))

    def _move(self, at: QPointF) -> None:
        if self._drag is not None:
            self._drag.move(at)
            if self._drag is not None and self._drag.cursor is not None:
                self._viewport.setCursor(self._drag.cursor)
            return
        found = self.hit(at)
        self._viewport.setCursor(cursor(found))
        bright = found.selection.kind in ("neuron", "edge") or self._sheet.is_block(found.selection.layer)
        self.hovered.emit(found.selection if bright else NETWORK)
        self.pointed.emit(found, at)

    def _leave(self) -> None:
        self.hovered.emit(NETWORK)
        self.pointed.emit(Hit(), QPointF(-1.0, -1.0))

    # -- keys ---------------------------------------------------------------------------------------------------

    def _key(self, event: QKeyEvent) -> bool:
        """Alt and arrows walk, with Shift along the strongest edge, or across the flow to have one neuron more.

        Ctrl and Space let go the part that was chosen last, or take it again; Escape cancels a drag, else chooses nothing.
        """
        key, pressed = Qt.Key(event.key()), event.type() == QEvent.Type.KeyPress
        if key == Qt.Key.Key_Escape and self._drag is not None:
            event.accept()  # also what announces the key, so that it is no shortcut
            if pressed:
                self.cancel()
            return True
        if not pressed:
            return False
        if event.modifiers() & Qt.KeyboardModifier.AltModifier and key in WALKS:
            across, down = WALKS[key]
            if not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self.walk(across, down)
            elif across:
                self._follow_edge(across)
            else:
                self.chosen.emit(extended(self._sheet, self._sheet.selection, self._current(), down))
            return True
        if key == Qt.Key.Key_Space and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            return self._toggle()
        if key == Qt.Key.Key_Escape and self._sheet.selection != NETWORK:
            self.chosen.emit(NETWORK)
            return True
        return False

    def _current(self) -> Selection:
        """Return the part that keys go on from: the newest one, also when it was let go last."""
        left, part = self._let_go
        if self._sheet.selection == left and self._sheet.exists(part):
            return part
        return self._sheet.selection.each[-1] if self._sheet.selection.each else NETWORK

    def _toggle(self) -> bool:
        """Let go the part that was chosen last, or take it again; tell whether there is one."""
        part = self._current()
        if part == NETWORK:
            return False
        wanted = toggled(self._sheet.selection, part)
        self._let_go = (wanted, part)
        self.chosen.emit(wanted)
        return True

    def _follow_edge(self, way: int) -> None:
        """Choose the strongest edge into (−1) or out of (1) the selected neuron."""
        found = edge_of(self._sheet, self._sheet.selection, way)
        if found != NETWORK:
            self.chosen.emit(found)


def cursor(found: Hit) -> Qt.CursorShape:
    """Return what the pointer looks like over something: a hand over what answers a click, an open one over what can be dragged."""
    if found.selection.kind == "layer" and found.part in WORDS and found.selection.layer != INPUT:
        return Qt.CursorShape.OpenHandCursor
    answers = found.selection != NETWORK or found.sample is not None or found.gap is not None or found.part
    return Qt.CursorShape.PointingHandCursor if answers else Qt.CursorShape.ArrowCursor
