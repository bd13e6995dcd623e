"""Drags on the canvas, each an object from the press of the left button to its release: it moves, then ends or is cancelled."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Protocol

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, QTimer, Slot
from PySide6.QtWidgets import QApplication, QGraphicsView

from nnviz.engine.spec import Spec, Weighted
from nnviz.ui.canvas.columns import Box, Column, Layout
from nnviz.ui.canvas.hint import Hint
from nnviz.ui.canvas.hits import hits_in
from nnviz.ui.canvas.marks import THICK, Ghost, HandsItem
from nnviz.ui.editing import layers
from nnviz.ui.editing.editor import NetworkEditor
from nnviz.ui.existing import existing
from nnviz.ui.part_names import INPUT
from nnviz.ui.selection import NETWORK, Selection, several

FIRST_WAIT, NEXT_WAIT = 400, 80  # milliseconds until a held button counts on
LINE_EDGE = 8.0
_DRAGS = count(1)


class Drag(Protocol):
    """A drag; points are those of the viewport.

    Attributes:
        cursor: what the pointer looks like meanwhile, None as it was.
    """

    cursor: Qt.CursorShape | None

    def move(self, at: QPointF) -> None:
        """Follow the pointer."""

    def end(self, at: QPointF) -> None:
        """Do what the drag is for."""

    def cancel(self) -> None:
        """Leave everything as it was before."""


class BoxDrag:
    """Draws a box and selects the neurons it touches; with Ctrl they are added to what was selected before."""

    def __init__(self, view: QGraphicsView, item: HandsItem, select: Callable[[Selection], None], start: QPointF, *, adds: bool) -> None:
        self.cursor: Qt.CursorShape | None = None
        self._view, self._item, self._select = view, item, select
        self._start, self._from, self._adds = start, scene_point(view, start), adds
        self._before = item.sheet.selection

    def move(self, at: QPointF) -> None:
        """Enlarge the box."""
        if self._item.marks.box is None and not far(self._start, at):
            return
        self.cursor = Qt.CursorShape.CrossCursor
        self._item.marks.box = box = QRectF(self._from, scene_point(self._view, at)).normalized()
        self._item.marks.touched = tuple(hits_in(self._item.sheet, (box.x(), box.y(), box.width(), box.height())))
        self._view.viewport().update()

    def end(self, at: QPointF) -> None:
        """Select what the box touches."""
        self.move(at)
        drawn, touched = self._item.marks.box is not None, self._item.marks.touched
        self._clear()
        if drawn:
            self._select(several((*(self._kept().each if self._adds else ()), *touched)))

    def cancel(self) -> None:
        """Select what was selected before."""
        self._clear()
        self._select(self._kept())

    def _kept(self) -> Selection:
        """Return what is left of what was selected before: an edit may have come in between."""
        spec = self._item.sheet.spec
        return existing(spec.network, self._before) if spec is not None else NETWORK

    def _clear(self) -> None:
        self._item.marks.box, self._item.marks.touched = None, ()
        self._view.viewport().update()


class HeaderDrag:
    """Takes a layer by its header to another place among the layers; a line shows where it would land."""

    def __init__(self, view: QGraphicsView, item: HandsItem, editor: NetworkEditor, hint: Hint, layer_id: str, start: QPointF) -> None:
        self.cursor: Qt.CursorShape | None = None
        self._view, self._item, self._editor, self._hint = view, item, editor, hint
        self._layer, self._start = layer_id, start
        self._spec: Spec | None = None
        self._reasons: dict[int, str] = {}

    def move(self, at: QPointF) -> None:
        """Let the header follow the pointer."""
        layout, spec = self._item.sheet.layout, self._editor.document.spec
        known = [layer.id for layer in spec.network.layers]
        if self._layer not in known:  # an edit came in between
            self.cancel()
            return
        if layout is None or (self._item.marks.ghost is None and not far(self._start, at)):
            return
        point = scene_point(self._view, at)
        index = landing(layout, self._layer, point)
        reason = "" if index == known.index(self._layer) else self._reason(spec, index)
        line = None if index == known.index(self._layer) else landing_line(layout, self._layer, index)
        self._item.marks.ghost = Ghost(spec.network.layer(self._layer).name, point, line, bool(reason))
        self.cursor = Qt.CursorShape.ForbiddenCursor if reason else Qt.CursorShape.ClosedHandCursor
        if reason:
            self._hint.say(reason, at.toPoint())
        else:
            self._hint.hide()
        self._view.viewport().update()

    def _reason(self, spec: Spec, index: int) -> str:
        """Return why it cannot land there; each place is judged once."""
        if spec is not self._spec:
            self._spec, self._reasons = spec, {}
        if index not in self._reasons:
            self._reasons[index] = self._editor.reason(layers.move(spec, self._layer, index))
        return self._reasons[index]

    def end(self, at: QPointF) -> None:
        """Put it there, if it can be."""
        self.move(at)
        ghost, layout = self._item.marks.ghost, self._item.sheet.layout
        self.cancel()
        if ghost is not None and ghost.line is not None and not ghost.refused and layout is not None:
            index = landing(layout, self._layer, ghost.at)
            self._editor.do(layers.move(self._editor.document.spec, self._layer, index))

    def cancel(self) -> None:
        """Leave it where it is."""
        self.cursor, self._item.marks.ghost = None, None
        self._hint.hide()
        self._view.viewport().update()


class UnitsHold(QObject):
    """One unit more or less at the press, and on and on while the button is held; all of it is one step to undo."""

    def __init__(self, editor: NetworkEditor, layer_id: str, step: int) -> None:
        super().__init__(editor)
        self.cursor: Qt.CursorShape | None = None
        self._editor, self._layer, self._step = editor, layer_id, step
        self._key = f"units held {next(_DRAGS)}"
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._count)
        self._timer.start(FIRST_WAIT)
        self._change()

    @Slot()
    def _count(self) -> None:
        self._timer.setInterval(NEXT_WAIT)
        self._change()

    def _change(self) -> None:
        if not change_units(self._editor, self._layer, self._step, self._key):
            self._timer.stop()

    def move(self, at: QPointF) -> None:
        """Go on: the header moves under the pointer as the layer grows."""

    def end(self, at: QPointF) -> None:  # noqa: ARG002
        """Count no further."""
        self._timer.stop()
        self.deleteLater()

    def cancel(self) -> None:
        """Give the layer the units it had."""
        self._timer.stop()
        self._editor.document.take_back(self._key)
        self.deleteLater()


def change_units(editor: NetworkEditor, layer_id: str, step: int, key: str) -> bool:
    """Give a layer so many units more or fewer; tell whether it could be."""
    spec = editor.document.spec
    layer = next((layer for layer in spec.network.layers if layer.id == layer_id), None)
    units = layer.units if isinstance(layer, Weighted) else 1
    wanted = 1 if units + step < 1 < units else units + step
    return layer is not None and editor.do(layers.set_units(spec, layer_id, wanted, key))


def far(start: QPointF, at: QPointF) -> bool:
    """Tell whether the pointer has moved on enough for a drag."""
    return (at - start).manhattanLength() >= QApplication.startDragDistance()


def scene_point(view: QGraphicsView, at: QPointF) -> QPointF:
    """Return a point of the viewport in scene coordinates, to a fraction of a pixel."""
    return view.viewportTransform().inverted()[0].map(at)


def landing(layout: Layout, layer_id: str, point: QPointF) -> int:
    """Return the index among the other layers that a header dragged to a point would have: that of the gap it is in."""
    along = point.y() if layout.vertical else point.x()
    return sum(_middle(column, layout) < along for column in layout.columns if column.id not in (INPUT, layer_id))


def landing_line(layout: Layout, layer_id: str, index: int) -> Box:
    """Return the line between the columns that the layer would stand between, a thin box across the drawing."""
    others = [column for column in layout.columns if column.id != layer_id]
    before = _reach(others[index], layout)[1]
    after = _reach(others[index + 1], layout)[0] if index + 1 < len(others) else before + 4 * LINE_EDGE
    at = (before + after) / 2
    x, y, width, height = layout.bounds
    if layout.vertical:
        return x + LINE_EDGE, at - THICK / 2, width - 2 * LINE_EDGE, THICK
    return at - THICK / 2, y + LINE_EDGE, THICK, height - 2 * LINE_EDGE


def _middle(column: Column, layout: Layout) -> float:
    low, high = _reach(column, layout)
    return (low + high) / 2


def _reach(column: Column, layout: Layout) -> tuple[float, float]:
    """Return where what a column draws begins and ends, in the direction of the layers."""
    solids, axis = column.solids, 1 if layout.vertical else 0
    return float(solids[:, axis].min()), float((solids[:, axis] + solids[:, axis + 2]).max())
