"""A person at the shown window: a window for each story, hands, eyes, and a contact sheet of what was seen."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QPoint, QPointF, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from nnviz.app.document import RunState
from nnviz.app.gate import BusyGate
from nnviz.app.start import example_start
from nnviz.ui.main_window import MainWindow
from nnviz.ui.program import Program
from nnviz.ui.theme import DARK, LIGHT, load_fonts

PICTURES = Path(os.environ.get("NNVIZ_PICTURES", ".pictures"))
QUICK = 75  # of 100: how little time a PNG takes to be packed; it loses nothing at any
LIGHT_AND_DARK = (LIGHT, DARK)


class Person:
    """Drives one window by mouse and keys and keeps pictures of it."""

    def __init__(self, qtbot: QtBot, window: MainWindow) -> None:
        self.bot, self.window, self.document, self.canvas = qtbot, window, window.document, window.canvas

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        """Click the middle of a widget, or a place in it."""
        self.bot.mouseClick(widget, Qt.MouseButton.LeftButton, pos=at or widget.rect().center())

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key where the focus is."""
        focused = QApplication.focusWidget()
        assert focused is not None, "nothing has the focus"
        self.bot.keyClick(focused, key, modifier)

    def type(self, widget: QWidget, text: str) -> None:
        """Type into a field, over what stands there, and commit by Enter."""
        widget.setFocus()
        self.bot.keyClick(widget, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        self.bot.keyClick(widget, Qt.Key.Key_Delete)
        self.bot.keyClicks(widget, text)
        self.bot.keyClick(widget, Qt.Key.Key_Return)

    def focus_canvas(self) -> None:
        """Click on the empty corner of the canvas."""
        self.click(self.canvas.viewport(), QPoint(4, 4))
        self.until(lambda: self.canvas.hasFocus())

    def click_neuron(self, layer: str, index: int) -> None:
        """Click a neuron where it is drawn."""
        layout = self.canvas.sheet.layout
        assert layout is not None
        column = next(column for column in layout.columns if column.id == layer)
        x, y, width, height = column.tiles[index]
        self.click(self.canvas.viewport(), self.canvas.mapFromScene(QPointF(x + width / 2, y + height / 2)))

    def until(self, holds: object, timeout: int = 15000) -> None:
        """Watch until something holds."""
        self.bot.waitUntil(holds, timeout=timeout)

    def until_state(self, state: RunState) -> None:
        """Watch until the run is in this state."""
        self.until(lambda: self.document.state is state)

    def until_at_rest(self) -> None:
        """Watch until the run is paused and the screen shows its very last step: that frame may come after the pause."""
        self.until_state(RunState.PAUSED)
        self.until(self._shows_where_it_stands)

    def _shows_where_it_stands(self) -> bool:
        frame, trainer = self.document.frame, self.document.host.worker._trainer
        return (frame.step, frame.epoch) == (trainer.step_count, trainer.epoch)

    def until_epoch(self, epoch: int) -> None:
        """Watch until the screen shows this epoch or a later one."""
        self.until(lambda: self.document.frame is not None and self.document.frame.epoch >= epoch, timeout=60000)

    def see(self, name: str) -> QPixmap:
        """Look at the window and keep the picture for the contact sheet."""
        QCoreApplication.sendPostedEvents(None, 0)  # let layouts settle that the last action has asked for
        picture = self.window.grab()
        PICTURES.mkdir(exist_ok=True)
        picture.save(str(PICTURES / f"{name}-{self.window.theme.name}.png"), quality=QUICK)
        return picture


@pytest.fixture
def person(qtbot: QtBot, qapp: QApplication, request: pytest.FixtureRequest) -> Iterator[Person]:
    """A person before the shown window with the example the test is parametrized by (spiral otherwise)."""
    load_fonts()
    example, theme = getattr(request, "param", ("spiral", LIGHT))
    gate = BusyGate(qapp)
    program = Program(qapp, theme.name, gate)
    window = program.open_window(example_start(example))
    document = window.document
    qtbot.addWidget(window)
    window.resize(1600, 1000)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.waitUntil(lambda: document.state is RunState.PAUSED and window.is_complete, timeout=20000)
    yield Person(qtbot, window)
    for opened in list(program.windows):
        opened.abandon()
    program.close()
    program.deleteLater()
    qapp.removeEventFilter(gate)
    gate.deleteLater()
    QCoreApplication.sendPostedEvents(None, 0)
