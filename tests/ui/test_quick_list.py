"""The list one chooses from by typing: keys, mouse, focus and words on a shown window."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow
from pytestqt.qtbot import QtBot

from nnviz.ui.quick_list import LINES, LONGEST, SHOWN, QuickList
from nnviz.ui.ranking import Entry, literal
from nnviz.ui.theme import LIGHT, apply
from tests.ui.scaling import scaled

Key = Qt.Key
HOSTILE = "<b>&amp; a\nb\u202egnp.exe\x07"


def entries(*texts: str) -> list[Entry]:
    return [Entry(text, text) for text in texts]


class Opened:
    """A window with a field that has the focus, and a quick list opened over it."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot, self.window, self.field = qtbot, QMainWindow(), QLineEdit()
        self.window.setCentralWidget(self.field)
        qtbot.addWidget(self.window)
        self.window.resize(900, 700)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)
        self.field.setFocus()
        self.list = QuickList(self.window)
        self.chosen: list[object] = []
        self.list.chosen.connect(self.chosen.append)

    def offer(self, offered: Sequence[Entry]) -> None:
        self.list.offer("Things", "Type a name", offered)

    def type(self, words: str) -> None:
        self.qtbot.keyClicks(self.list.search, words)

    def press(self, key: Qt.Key) -> None:
        self.qtbot.keyClick(self.list.search, key)

    @property
    def shown(self) -> list[str]:
        model = self.list.entries
        return [model.index(row).data() for row in range(model.rowCount())]

    @property
    def row(self) -> int:
        return self.list.list.currentIndex().row()

    @property
    def is_gone(self) -> bool:
        return not self.list.isVisible() and self.field.hasFocus()


@pytest.fixture
def opened(qtbot: QtBot) -> Opened:
    return Opened(qtbot)


def test_keys_move_in_the_list_while_typing_goes_on(opened: Opened) -> None:
    opened.offer(entries(*(f"entry {at}" for at in range(50))))
    assert opened.list.search.hasFocus() and opened.row == 0
    for key, row in ((Key.Key_Up, 0), (Key.Key_Down, 1), (Key.Key_Tab, 2), (Key.Key_PageDown, 2 + LINES), (Key.Key_PageUp, 2)):
        opened.press(key)
        assert opened.row == row, key
    opened.qtbot.keyClick(opened.list.search, Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert opened.row == 1
    opened.type("4")
    assert opened.row == 0 and opened.shown[0] == "entry 4"
    for _ in range(9):
        opened.press(Key.Key_PageDown)
    assert opened.row == len(opened.shown) - 1
    assert opened.list.search.hasFocus() and opened.list.search.text() == "4"
    opened.press(Key.Key_Return)
    assert opened.chosen == ["entry 34"] and opened.is_gone


def test_the_focus_is_back_before_it_is_told_what_was_chosen(opened: Opened) -> None:
    seen: list[bool] = []
    opened.list.chosen.connect(lambda _: seen.append(opened.is_gone))
    opened.offer(entries("one"))
    opened.press(Key.Key_Enter)
    assert seen == [True]


def test_a_click_chooses(opened: Opened) -> None:
    opened.offer(entries("one", "two"))
    view = opened.list.list
    opened.qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(view.model().index(1, 0)).center())
    assert opened.chosen == ["two"] and opened.is_gone


def test_escape_goes_back_and_chooses_nothing(opened: Opened) -> None:
    opened.offer(entries("one"))
    opened.type("o")
    opened.press(Key.Key_Escape)
    assert opened.chosen == [] and opened.is_gone
    opened.offer(entries("one"))
    assert opened.list.search.text() == "", "it begins anew"


def test_its_keys_are_not_those_of_the_window_meanwhile(opened: Opened) -> None:
    pressed: list[int] = []
    for key in (Key.Key_Escape, Key.Key_Return, Key.Key_PageDown, Key.Key_O):
        QShortcut(QKeySequence(key), opened.window).activated.connect(lambda key=key: pressed.append(key))
    opened.offer(entries("one", "two"))
    for key in (Key.Key_PageDown, Key.Key_O, Key.Key_Return):
        opened.press(key)
    assert pressed == [] and opened.chosen == ["one"]
    opened.offer(entries("one"))
    opened.press(Key.Key_Escape)
    assert pressed == [] and opened.is_gone


def test_it_goes_when_the_focus_leaves_and_lets_it_go(opened: Opened) -> None:
    other = QLineEdit(opened.window)
    other.show()
    opened.offer(entries("one"))
    other.setFocus()
    assert not opened.list.isVisible() and other.hasFocus() and opened.chosen == []


def test_it_goes_when_another_window_takes_the_keyboard(opened: Opened) -> None:
    opened.offer(entries("one"))
    away = QMainWindow()
    opened.qtbot.addWidget(away)
    away.show()
    away.activateWindow()
    opened.qtbot.waitUntil(away.isActiveWindow)
    opened.qtbot.waitUntil(lambda: not opened.list.isVisible())
    opened.window.activateWindow()
    opened.qtbot.waitUntil(opened.field.hasFocus)


def test_one_that_opens_over_another_knows_where_the_focus_was(opened: Opened) -> None:
    opened.offer(entries("one"))
    second = QuickList(opened.window)
    second.offer("Others", "", entries("two"))
    assert not opened.list.isVisible() and second.search.hasFocus()
    second.offer("Others", "", entries("three"))
    opened.qtbot.keyClick(second.search, Key.Key_Escape)
    assert opened.field.hasFocus()


def test_what_cannot_be_chosen_says_why_and_nothing_happens(opened: Opened) -> None:
    opened.offer([Entry("one", 1, reason="Load <i>data</i> first."), Entry("two", 2)])
    opened.press(Key.Key_Return)
    assert opened.chosen == [] and opened.list.isVisible()
    note = opened.list.note
    assert note.isVisible() and note.text() == "Load <i>data</i> first." and note.property("refused")
    assert note.textFormat() is Qt.TextFormat.PlainText
    assert opened.list.search.accessibleDescription() == note.text()
    opened.type("t")
    assert not note.isVisible() and opened.shown == ["two"]


def test_many_are_counted_and_none_is_said(opened: Opened) -> None:
    opened.offer(entries(*(f"n {at}" for at in range(20_000))))
    assert len(opened.shown) == SHOWN and opened.list.note.text() == "19\u00a0800 more: go on typing"
    opened.type("n 1999")
    assert len(opened.shown) == 12 and opened.shown[-1] == "n 11999" and not opened.list.note.isVisible()
    opened.type(" no")
    assert opened.shown == [] and opened.list.note.text() == "Nothing is called so." and not opened.list.list.isVisible()
    opened.press(Key.Key_Down)
    opened.press(Key.Key_Return)
    assert opened.chosen == [] and opened.list.isVisible()


def test_a_million_pasted_letters_are_cut(opened: Opened) -> None:
    opened.offer(entries("one"))
    QApplication.clipboard().setText("o" * 1_000_000)
    opened.list.search.paste()
    assert len(opened.list.search.text()) == LONGEST


def test_a_screen_reader_hears_what_enter_would_choose(opened: Opened) -> None:
    opened.offer([Entry("one", 1, note="Ctrl+1"), Entry("two", 2, reason="Not now.")])
    search = opened.list.search
    assert search.accessibleName() == "Things" and "Type a name" in search.toolTip()
    assert search.accessibleDescription() == "one, Ctrl+1"
    opened.press(Key.Key_Down)
    assert search.accessibleDescription() == "two, Not now."


def test_names_with_markup_are_drawn_and_told_literally(opened: Opened) -> None:
    opened.offer([Entry(HOSTILE, 1, note=HOSTILE)])
    index = opened.list.entries.index(0)
    assert opened.shown == [literal(HOSTILE)]
    assert "&lt;b&gt;" in index.data(Qt.ItemDataRole.ToolTipRole)
    assert not opened.list.grab().isNull()


def test_pale_is_what_cannot_be_chosen(opened: Opened, qapp: QApplication) -> None:
    apply(qapp, LIGHT)
    opened.offer([Entry("MMMM", 1), Entry("MMMM", 2), Entry("MMMM", 3, reason=".")])
    view = opened.list.list
    image = opened.list.grab().toImage()

    def darkest(row: int) -> int:
        area = view.visualRect(view.model().index(row, 0)).translated(view.viewport().mapTo(opened.list, QPoint()))
        places = (QPoint(x, y) for x in range(area.left(), area.left() + 60) for y in range(area.top(), area.bottom()))
        return min(image.pixelColor(place).lightness() for place in places)

    assert darkest(1) + 40 < darkest(2)


@pytest.mark.parametrize(("factor", "size"), [(1.0, (1024, 600)), (2.0, (1024, 600)), (3.0, (500, 300))])
def test_it_stays_within_the_window_at_any_size_of_type(opened: Opened, qapp: QApplication, factor: float, size: tuple[int, int]) -> None:
    try:
        apply(qapp, scaled(LIGHT, factor))
        opened.offer([Entry(f"A name that is rather long, number {at}", at, note="A note, rather long, too") for at in range(30)])
        opened.window.resize(*size)
        opened.qtbot.waitUntil(lambda: opened.list.geometry().right() < size[0])
        area = opened.list.geometry()
        assert opened.window.rect().contains(area), area
        assert abs(area.center().x() - opened.window.rect().center().x()) <= 1
        assert opened.list.list.height() >= opened.list.list.sizeHintForRow(0)
    finally:
        apply(qapp, LIGHT)


def test_another_language_ends_it(opened: Opened, qapp: QApplication) -> None:
    opened.offer(entries("one"))
    qapp.sendEvent(opened.list, QEvent(QEvent.Type.LanguageChange))
    assert opened.is_gone
