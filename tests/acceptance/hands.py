"""What a person does with the network on the canvas, by mouse and keys, and where on the screen its parts stand."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QMenu, QWidget

from nnviz.app.frame import Frame
from nnviz.engine.network_spec import NetworkSpec
from nnviz.ui.canvas.columns import Array, Box, Column, Layout
from nnviz.ui.canvas.edges import POINTS
from nnviz.ui.canvas.value_editor import ValueEditor, value_of
from nnviz.ui.main_window import MainWindow
from nnviz.ui.selection import Selection
from tests.acceptance.conftest import Person

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
PLAIN, CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
WAY = (0.2, 0.5, 0.8, 1.0)  # of a drag, where the pointer is seen


class Eyes(Person):
    """A person who sees what there is of the network, and where."""

    # -- what there is ------------------------------------------------------------------------------------------

    @property
    def network(self) -> NetworkSpec:
        return self.document.spec.network

    @property
    def frame(self) -> Frame:
        assert self.document.frame is not None
        return self.document.frame

    @property
    def names(self) -> list[str]:
        """The layers' names in their order."""
        return [layer.name for layer in self.network.layers]

    @property
    def undoable(self) -> str:
        """What Undo would undo."""
        return self.document.undo_stack.undoText()

    @property
    def steps(self) -> int:
        return self.document.undo_stack.index()

    @property
    def hint(self) -> str:
        """What stands beside the pointer, "" while nothing does."""
        hint = self.window.hands.hint
        return hint.text() if hint.isVisible() else ""

    @property
    def layout(self) -> Layout:
        assert self.canvas.sheet.layout is not None
        return self.canvas.sheet.layout

    @property
    def viewport(self) -> QWidget:
        return self.canvas.viewport()

    @property
    def value_editor(self) -> ValueEditor:
        panel = self.window.hands.panel
        assert isinstance(panel, ValueEditor), "no value is being edited"
        return panel

    def column(self, layer: str) -> Column:
        return self.layout.column(layer)

    def edge(self, layer: str, unit: int, source: int) -> Selection:
        index = self.network.index(layer)
        return Selection("edge", layer, self.network.rows(index)[unit], self.network.sources(index)[source])

    def neuron(self, layer: str, unit: int) -> Selection:
        return Selection("neuron", layer, self.network.rows(self.network.index(layer))[unit])

    def value(self, selection: Selection) -> float:
        """The newest weight of an edge or bias of a neuron that the screen knows."""
        return value_of(self.document.frame, selection)

    def weights(self) -> dict[tuple[str, str, str], float]:
        """Every weight by layer, neuron and source."""
        network, shown = self.frame.spec.network, self.frame.layers
        return {
            (layer.id, row, source): float(shown[index].weights[at, column])
            for index, layer in enumerate(network.layers)
            for at, row in enumerate(network.rows(index))
            for column, source in enumerate(network.sources(index))
        }

    # -- where it is --------------------------------------------------------------------------------------------

    def at(self, box: Box | Array | None) -> QPoint:
        """The middle of a box of the drawing."""
        assert box is not None
        return self.canvas.mapFromScene(QPointF(box[0] + box[2] / 2, box[1] + box[3] / 2))

    def title(self, layer: str) -> QPoint:
        """A place on a header's name, left of its size."""
        x, y, _, height = self.column(layer).title[0]
        return self.canvas.mapFromScene(QPointF(x + 8, y + height / 2))

    def units(self, layer: str) -> QPoint:
        """Where a header says how many units there are."""
        return self.at(self.column(layer).units_box)

    def tile(self, layer: str, unit: int) -> QPoint:
        return self.at(self.column(layer).tiles[unit])

    def on_edge(self, edge: Selection) -> QPoint:
        """A place on a drawn edge where a click means this edge and no other."""
        for index, edges in self.canvas.sheet.edges_of(edge):
            line = self.canvas.sheet.bundles[index].lines(edges[:1])[0]
            for x, y in line[np.argsort(np.abs(np.arange(POINTS) - POINTS // 2), kind="stable")]:
                place = self.canvas.viewportTransform().map(QPointF(x, y))
                if self.canvas.pointer.hit(QPointF(place.toPoint())).selection == edge:
                    return place.toPoint()
        raise AssertionError(f"{edge} is not drawn")


class Hands(Eyes):
    """A person who edits the network; `actions` counts what was done: a click, a double click, a drag, a typed number or a key each."""

    def __init__(self, person: Person, window: MainWindow | None = None) -> None:
        super().__init__(person.bot, window or person.window)
        self.actions = 0

    # -- by mouse -----------------------------------------------------------------------------------------------

    def hover(self, at: QPoint) -> None:
        QTest.mouseMove(self.viewport, at)

    def tap(self, at: QPoint, keys: Qt.KeyboardModifier = PLAIN) -> None:
        """Click a place of the canvas."""
        self.actions += 1
        self.hover(at)
        QTest.mouseClick(self.viewport, LEFT, keys, at)

    def double_tap(self, at: QPoint) -> None:
        """Click a place of the canvas twice, as one gesture."""
        self.actions += 1
        self.hover(at)
        QTest.mouseClick(self.viewport, LEFT, PLAIN, at)
        QTest.mouseDClick(self.viewport, LEFT, PLAIN, at)

    def drag(self, start: QPoint, end: QPoint, widget: QWidget | None = None) -> None:
        """Press and move in steps; the button stays down."""
        self.actions += 1
        target = widget or self.viewport
        QTest.mouseMove(target, start)
        QTest.mousePress(target, LEFT, PLAIN, start)
        for share in WAY:
            QTest.mouseMove(target, start + (end - start) * share)

    def drop(self, at: QPoint, widget: QWidget | None = None) -> None:
        """Let the button go."""
        QTest.mouseRelease(widget or self.viewport, LEFT, PLAIN, at)

    def push(self, widget: QWidget, at: QPoint | None = None) -> None:
        """Click a widget, and count it."""
        self.actions += 1
        self.click(widget, at)

    def choose(self, entry: str) -> None:
        """Click an entry of the menu that is open, by what it is called or carries."""
        self.actions += 1
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu), "no menu is open"
        (action,) = (each for each in menu.actions() if entry in (each.data(), each.objectName(), each.text()))
        assert action.isEnabled(), f"{entry} cannot be chosen"
        QTest.mouseClick(menu, LEFT, PLAIN, menu.actionGeometry(action).center())
        self.come_back()

    def pick(self, name: str, box: QComboBox) -> None:
        """Open a box and type which of its entries it shall be."""
        self.push(box)
        self.until(box.view().isVisible)
        self.actions += 1
        QTest.keyClicks(box.view(), name)
        QTest.keyClick(box.view(), Qt.Key.Key_Return)
        self.come_back()

    def come_back(self) -> None:
        """Have the window active again: behind a menu that closes there is no window manager here to do it."""
        self.window.activateWindow()
        self.until(self.window.isActiveWindow)

    # -- by keys ------------------------------------------------------------------------------------------------

    def key(self, key: Qt.Key, keys: Qt.KeyboardModifier = PLAIN) -> None:
        """Press a key where the focus is, in a menu if one is open."""
        self.actions += 1
        focused = QApplication.activePopupWidget() or QApplication.focusWidget()
        assert focused is not None, "nothing has the focus"
        QTest.keyClick(focused, key, keys)

    def write(self, text: str) -> None:
        """Type where the focus is, over what is selected there, and commit by Enter: one action."""
        focused = QApplication.focusWidget()
        assert focused is not None, "nothing has the focus"
        QTest.keyClicks(focused, text)
        self.key(Qt.Key.Key_Return)
