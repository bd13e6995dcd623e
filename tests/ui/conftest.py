"""Whole windows for tests of what only shows in one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnviz.app.document import RunState
from nnviz.app.start import example_start
from nnviz.ui.main_window import MainWindow
from nnviz.ui.program import Program
from nnviz.ui.theme import load_fonts

OpenWindow = Callable[[str], MainWindow]


def end(program: Program) -> None:
    """Close all windows without a question, and what they share."""
    for window in list(program.windows):
        window.abandon()
    program.close()
    program.deleteLater()


@pytest.fixture
def open_window(qtbot: QtBot, qapp: QApplication) -> Iterator[OpenWindow]:
    """Open windows by example name, shown, active and complete; they are closed after the test."""
    load_fonts()
    program = Program(qapp)

    def open_(name: str) -> MainWindow:
        window = program.open_window(example_start(name))
        document = window.document
        qtbot.addWidget(window)
        window.resize(1440, 900)
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        qtbot.waitUntil(lambda: document.state is RunState.PAUSED and window.is_complete, timeout=20000)
        return window

    yield open_
    end(program)
