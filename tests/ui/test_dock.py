"""A dock is moved by a thin handle that says what it moves."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QMainWindow
from pytestqt.qtbot import QtBot

from nnviz.ui.dock import HEIGHT, Dock
from tests.ui.conftest import OpenWindow


def test_the_handle_says_the_docks_title_also_when_it_changes(qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    dock = Dock("place", "Loss", QLabel("inside"), window)
    assert dock.objectName() == "place" and dock.handle.toolTip() == "Loss"
    dock.setWindowTitle("Verlust")
    assert dock.handle.toolTip() == "Verlust" and dock.toggleViewAction().text() == "Verlust"
    assert dock.titleBarWidget().sizeHint().height() == HEIGHT


def test_every_handle_of_the_window_has_its_words(open_window: OpenWindow) -> None:
    docks = open_window("xor").findChildren(Dock)
    assert all(dock.handle.toolTip() == dock.windowTitle() != "" for dock in docks)
