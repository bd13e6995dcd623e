"""Whole windows for tests of what only shows in one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnviz.app.document import Document, RunState
from nnviz.formats.examples import load
from nnviz.ui.main_window import MainWindow
from nnviz.ui.theme import LIGHT, load_fonts

OpenWindow = Callable[[str], MainWindow]


@pytest.fixture
def open_window(qtbot: QtBot, qapp: QApplication) -> Iterator[OpenWindow]:
    """Open windows by example name, shown, active and complete; they are closed after the test."""
    opened: list[MainWindow] = []
    load_fonts()

    def open_(name: str) -> MainWindow:
        example = load(name)
        document = Document(example.spec, example.initial)
        document.name = name
        window = MainWindow(document, LIGHT)
        opened.append(window)
        qtbot.addWidget(window)
        window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        qtbot.waitUntil(lambda: document.state is RunState.PAUSED and bool(window.plots.docks), timeout=20000)
        return window

    yield open_
    for window in opened:
        window.close()
