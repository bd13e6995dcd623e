"""The list of edits: what was done and taken back, by mouse and keys, with any title shown as it is."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent, QUndoCommand, QUndoStack
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from nnviz.ui.history_panel import HistoryPanel
from nnviz.ui.theme import DARK, LIGHT, apply
from tests.ui.scaling import scaled

TITLES = ("Add layer", "Set weight h1·3 → h2·1 to 0.5", "Rename a to <b>&amp;\u202enoise</b>")


class Shown:
    """A panel over a stack of edits that do nothing."""

    def __init__(self, qtbot: QtBot, titles: tuple[str, ...] = TITLES) -> None:
        self.qtbot, self.stack = qtbot, QUndoStack()
        for title in titles:
            self.stack.push(QUndoCommand(title))
        document: Any = SimpleNamespace(undo_stack=self.stack)
        self.panel = HistoryPanel(document, LIGHT)
        qtbot.addWidget(self.panel)
        self.panel.resize(260, 240)
        self.panel.show()

    @property
    def words(self) -> list[str]:
        model = self.panel.model()
        return [model.index(row, 0).data() for row in range(model.rowCount())]

    def place(self, row: int) -> QPoint:
        return self.panel.visualRect(self.panel.model().index(row, 0)).center()

    def darkest(self, row: int) -> int:
        area, image = self.panel.visualRect(self.panel.model().index(row, 0)), self.panel.viewport().grab().toImage()
        places = ((x, y) for x in range(area.left(), area.left() + 100) for y in range(area.top(), area.bottom()))
        return min(image.pixelColor(*place).lightness() for place in places)


@pytest.fixture
def shown(qtbot: QtBot, qapp: QApplication) -> Shown:
    apply(qapp, LIGHT)
    return Shown(qtbot)


def test_all_edits_are_listed_from_the_start_and_the_present_one_is_marked(shown: Shown) -> None:
    assert shown.words == ["Start", *TITLES] and shown.panel.currentIndex().row() == 3
    shown.stack.undo()
    assert shown.panel.currentIndex().row() == 2
    shown.stack.push(QUndoCommand("Another"))
    assert shown.words == ["Start", *TITLES[:2], "Another"]
    shown.stack.clear()
    assert shown.words == ["Start"]


def test_a_click_goes_there_and_back_again(shown: Shown) -> None:
    for row in (1, 0, 3):
        shown.qtbot.mouseClick(shown.panel.viewport(), Qt.MouseButton.LeftButton, pos=shown.place(row))
        assert shown.stack.index() == row


def test_keys_go_through_it(shown: Shown) -> None:
    for key, index in ((Qt.Key.Key_Up, 2), (Qt.Key.Key_Home, 0), (Qt.Key.Key_Down, 1), (Qt.Key.Key_End, 3)):
        shown.qtbot.keyClick(shown.panel, key)
        assert shown.stack.index() == index


def test_what_was_taken_back_is_pale(shown: Shown) -> None:
    shown.stack.setIndex(0)
    pale = shown.darkest(1)
    shown.stack.setIndex(3)
    assert shown.darkest(1) + 30 < pale


def test_a_long_title_is_cut_and_told_whole_and_literally(shown: Shown) -> None:
    long = "Rename <img src=x> to " + "very " * 40 + "long"
    shown.stack.push(QUndoCommand(long))
    panel = shown.panel
    assert panel.visualRect(panel.currentIndex()).width() <= panel.viewport().width()
    assert not panel.horizontalScrollBar().isVisible()
    place = shown.place(4)
    QApplication.sendEvent(panel.viewport(), QHelpEvent(QEvent.Type.ToolTip, place, panel.viewport().mapToGlobal(place)))
    assert QToolTip.text() == "<qt>" + long.replace("<", "&lt;").replace(">", "&gt;") + "</qt>"
    QToolTip.hideText()


def test_markup_in_a_title_is_drawn_as_letters(qtbot: QtBot, qapp: QApplication) -> None:
    apply(qapp, LIGHT)
    plain, marked = Shown(qtbot, ("WW",)), Shown(qtbot, ("<b>WW</b>",))

    def ink(shown: Shown) -> int:
        area, image = shown.panel.visualRect(shown.panel.model().index(1, 0)), shown.panel.viewport().grab().toImage()
        rows = range(area.top(), area.bottom())
        columns = [x for x in range(area.left(), area.right()) if any(image.pixelColor(x, y).lightness() < 100 for y in rows)]
        return columns[-1] - columns[0]

    assert ink(marked) > 2 * ink(plain), "all seven signs of the markup are seen"


def test_it_has_a_name_says_what_it_is_for_and_follows_language_and_theme(shown: Shown, qapp: QApplication) -> None:
    panel = shown.panel
    assert panel.accessibleName() == "History" and "go back" in panel.toolTip() and panel.whatsThis()
    panel.setAccessibleName("")
    panel.setEmptyLabel("")
    qapp.sendEvent(panel, QEvent(QEvent.Type.LanguageChange))
    assert panel.accessibleName() == "History" and shown.words[0] == "Start"
    low = panel.sizeHintForRow(0)
    try:
        larger = scaled(DARK, 2.0)
        apply(qapp, larger)
        panel.set_theme(larger)
        assert panel.sizeHintForRow(0) > 1.6 * low and not panel.grab().isNull()
    finally:
        apply(qapp, LIGHT)
