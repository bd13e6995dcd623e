"""A canvas that can be edited by hand, on a document with a running worker, for tests of what hands do."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import QObject, QPoint, QPointF, Qt, Slot
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from nnviz.app.document import Document, RunState
from nnviz.app.start import example_start
from nnviz.engine.spec import NetworkSpec, Spec
from nnviz.ui.canvas.canvas import Canvas
from nnviz.ui.canvas.columns import Box, Column, Layout
from nnviz.ui.canvas.hands import Hands
from nnviz.ui.canvas.value_editor import value_of
from nnviz.ui.editing.editor import NetworkEditor
from nnviz.ui.selection import Selection
from nnviz.ui.theme import LIGHT

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
CTRL, SHIFT, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier


class Desk(QObject):
    """Document, canvas, editor and hands, put together as a window does it; `refusals` are the reasons that were told."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.document = Document(example_start(name))
        self.canvas = Canvas(LIGHT)
        self.canvas.resize(1000, 700)
        self.canvas.show_spec(self.document.spec)
        self.document.spec_changed.connect(self._show_spec)
        self.document.data_changed.connect(self.canvas.show_data)
        self.document.frame_changed.connect(self.canvas.show_frame)
        self.editor = NetworkEditor(self.document)
        self.canvas.selection_changed.connect(self.editor.follow)
        self.editor.selected.connect(self.canvas.select)
        self.hands = Hands(self.canvas, self.editor)
        self.refusals: list[str] = []
        self.editor.refused.connect(self.refusals.append)

    @Slot(object, object)
    def _show_spec(self, _old: Spec, new: Spec) -> None:
        self.canvas.show_spec(new)

    # -- what there is ------------------------------------------------------------------------------------------

    @property
    def network(self) -> NetworkSpec:
        return self.document.spec.network

    @property
    def viewport(self) -> QWidget:
        return self.canvas.viewport()

    @property
    def layout(self) -> Layout:
        assert self.canvas.sheet.layout is not None
        return self.canvas.sheet.layout

    @property
    def hint(self) -> str:
        """What the hint says, "" while it says nothing."""
        return self.hands.hint.text() if self.hands.hint.isVisible() else ""

    @property
    def undoable(self) -> int:
        return self.document.undo_stack.index()

    def column(self, index: int) -> Column:
        return self.layout.columns[index]

    def units(self, index: int) -> int:
        return self.network.weighted(self.column(index).id).units

    def value(self, selection: Selection) -> float:
        return value_of(self.document.frame, selection)

    def parameters(self) -> np.ndarray:
        assert self.document.frame is not None
        return self.document.frame.parameters.copy()

    def edge(self, layer: int = 0, unit: int = 1, source: int = 0) -> Selection:
        found = self.network.layers[layer]
        return Selection("edge", found.id, self.network.rows(layer)[unit], self.network.sources(layer)[source])

    def neuron(self, layer: int = 0, unit: int = 0) -> Selection:
        return Selection("neuron", self.network.layers[layer].id, self.network.rows(layer)[unit])

    # -- where it is --------------------------------------------------------------------------------------------

    def at(self, box: Box | None) -> QPoint:
        assert box is not None
        return self.canvas.mapFromScene(QPointF(box[0] + box[2] / 2, box[1] + box[3] / 2))

    def title(self, index: int) -> QPoint:
        """Return a place on a header's name, left of its size."""
        box = self.column(index).title[0]
        return self.canvas.mapFromScene(QPointF(box[0] + 8, box[1] + box[3] / 2))

    def tile(self, index: int, row: int) -> QPoint:
        x, y = self.column(index).centers[row]
        return self.canvas.mapFromScene(QPointF(x, y))

    # -- what hands do ------------------------------------------------------------------------------------------

    def click(self, at: QPoint, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.mouseMove(self.viewport, at)
        QTest.mouseClick(self.viewport, LEFT, modifiers, at)

    def drag(self, start: QPoint, end: QPoint, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press and move in steps; the button stays down."""
        QTest.mouseMove(self.viewport, start)
        QTest.mousePress(self.viewport, LEFT, modifiers, start)
        for share in (0.2, 0.6, 1.0):
            QTest.mouseMove(self.viewport, start + (end - start) * share)

    def drop(self, at: QPoint) -> None:
        QTest.mouseRelease(self.viewport, LEFT, pos=at)

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key where the focus is."""
        focused = QApplication.focusWidget()
        assert focused is not None
        QTest.keyClick(focused, key, modifiers)


def opened(qtbot: QtBot, name: str = "xor") -> Iterator[Desk]:
    """Open a desk on an example, shown and active, ready to train; close it afterwards."""
    desk = Desk(name)
    qtbot.addWidget(desk.canvas)
    desk.canvas.show()
    desk.canvas.activateWindow()
    desk.canvas.setFocus()
    qtbot.waitUntil(lambda: desk.canvas.hasFocus() and desk.document.state is RunState.PAUSED, timeout=20000)
    yield desk
    desk.document.close()
    desk.document.deleteLater()
