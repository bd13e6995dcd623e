"""The key sheet: everything in it comes from the table, changes count at once, and a key two want is refused by name."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from nnviz.ui.action_table import ACTIONS, ROWS
from nnviz.ui.actions import title
from nnviz.ui.key_dialog import KeyDialog
from nnviz.ui.keys import Overrides, default_keys
from nnviz.ui.theme import LIGHT, apply
from tests.ui.scaling import scaled

NONE, CONTROL, ALT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


class Sheet:
    """A shown dialog, and what it told."""

    def __init__(self, qtbot: QtBot, overrides: Overrides = ()) -> None:
        self.qtbot, self.dialog = qtbot, KeyDialog(overrides)
        self.told: list[Overrides] = []
        self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        qtbot.addWidget(self.dialog)
        self.dialog.overridden.connect(self.told.append)
        self.dialog.show()
        self.dialog.activateWindow()
        qtbot.waitUntil(self.dialog.isActiveWindow)

    def select(self, name: str) -> None:
        self.dialog.list.setCurrentItem(self.dialog._items[name])

    def press(self, name: str, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> str:
        """Change a command's key as a person does; return what the dialog says."""
        self.select(name)
        self.dialog.change.click()
        self.qtbot.waitUntil(self.dialog.field.hasFocus)
        self.qtbot.keyClick(self.dialog.field, key, modifier)
        return self.dialog.note.text()

    def shown(self, name: str) -> str:
        return self.dialog._items[name].text(1)

    def visible(self) -> set[str]:
        return {name for name, item in self.dialog._items.items() if not item.isHidden()}


@pytest.fixture
def sheet(qtbot: QtBot) -> Sheet:
    return Sheet(qtbot)


def test_all_commands_are_there_by_menu_with_keys_of_both_kinds(sheet: Sheet) -> None:
    tree = sheet.dialog.list
    menus = [tree.topLevelItem(at).text(0) for at in range(tree.topLevelItemCount())]
    assert menus == ["File", "Edit", "Network", "Run", "View", "Help", "In no menu"]
    assert sheet.visible() == {row.name for row in ACTIONS if not row.is_submenu}
    for row in ACTIONS:
        if not row.is_submenu:
            item = sheet.dialog._items[row.name]
            assert item.text(0) == title(row.text) and "&" not in item.text(0)
            assert item.text(2) == ("on the network" if row.canvas_keys else "everywhere")
    assert (sheet.shown("save"), sheet.shown("next_stage"), sheet.shown("revert")) == ("Ctrl+S", "Right or PgDown", "")


@pytest.mark.parametrize(
    ("words", "found"),
    [("save", {"save", "save_as", "revert"}), ("ctrl+shift+n", {"new_window"}), ("THEME dark", {"dark"}), ("nothing like it", set())],
)
def test_the_search_finds_words_and_keys(qtbot: QtBot, sheet: Sheet, words: str, found: set[str]) -> None:
    qtbot.keyClicks(sheet.dialog.search, words)
    assert sheet.visible() == found
    assert sheet.dialog.change.isEnabled() == bool(found), "what is out of sight cannot be changed"
    sheet.dialog.search.clear()
    assert len(sheet.visible()) == len(sheet.dialog._items)


def test_a_new_key_is_shown_and_told_at_once(sheet: Sheet) -> None:
    assert "Ctrl+J" in sheet.press("save", Qt.Key.Key_J, CONTROL)
    assert sheet.told == [(("save", ("Ctrl+J",)),)] and sheet.shown("save") == "Ctrl+J"
    assert sheet.dialog._items["save"].font(1).bold() and not sheet.dialog._items["open"].font(1).bold()
    sheet.press("fit", Qt.Key.Key_Q)
    assert sheet.told[-1] == (("save", ("Ctrl+J",)), ("fit", ("Q",))) and sheet.shown("fit") == "Q"


@pytest.mark.parametrize(
    ("name", "key", "modifier", "words"),
    [
        ("save", Qt.Key.Key_O, CONTROL, "Ctrl+O is the key of “Open…”"),
        ("save", Qt.Key.Key_F, NONE, "F is the key of “Fit the network”"),
        ("epoch", Qt.Key.Key_F11, NONE, "F11 is the key of “Full screen”"),
        ("save", Qt.Key.Key_Q, NONE, "Q alone is needed for typing"),
        ("fit", Qt.Key.Key_Left, ALT, "Alt+Left is fixed"),
    ],
)
def test_a_key_that_cannot_be_is_refused_in_words(sheet: Sheet, name: str, key: Qt.Key, modifier: Qt.KeyboardModifier, words: str) -> None:
    before = sheet.shown(name)
    assert sheet.press(name, key, modifier).startswith(words)
    assert sheet.told == [] and sheet.shown(name) == before
    assert sheet.dialog.note.property("refused")
    sheet.select("print")
    assert not sheet.dialog.note.text() and not sheet.dialog.note.property("refused")


def test_a_key_that_became_free_can_be_given_to_another(sheet: Sheet) -> None:
    sheet.press("open", Qt.Key.Key_J, CONTROL)
    sheet.press("save", Qt.Key.Key_O, CONTROL)
    assert dict(sheet.told[-1]) == {"open": ("Ctrl+J",), "save": ("Ctrl+O",)}
    sheet.select("open")
    sheet.dialog.reset.click()
    assert sheet.dialog.note.text().startswith("Ctrl+O is the key of “Save”"), "its usual key is taken by now"
    assert sheet.shown("open") == "Ctrl+J"


def test_pressing_the_usual_key_is_no_change(sheet: Sheet) -> None:
    sheet.press("save", Qt.Key.Key_S, CONTROL)
    assert sheet.told == [()] and not sheet.dialog.reset_all.isEnabled()


def test_one_and_all_are_reset(qtbot: QtBot) -> None:
    sheet = Sheet(qtbot, (("save", ("Ctrl+J",)), ("fit", ("Q",)), ("print", ())))
    assert (sheet.shown("save"), sheet.shown("fit"), sheet.shown("print")) == ("Ctrl+J", "Q", "")
    sheet.select("open")
    assert not sheet.dialog.reset.isEnabled()
    sheet.select("save")
    sheet.dialog.reset.click()
    assert dict(sheet.told[0]) == {"fit": ("Q",), "print": ()} and sheet.shown("save") == "Ctrl+S"
    sheet.dialog.reset_all.click()
    assert sheet.told[-1] == () and (sheet.shown("fit"), sheet.shown("print")) == ("F", "Ctrl+P")
    assert not sheet.dialog.reset_all.isEnabled() and not sheet.dialog.reset.isEnabled()


def test_a_command_can_go_without_a_key(sheet: Sheet) -> None:
    sheet.select("print")
    sheet.dialog.none.click()
    assert sheet.told == [(("print", ()),)] and sheet.shown("print") == ""
    assert sheet.dialog.note.text() == "“Print…” has no key now."


def test_escape_ends_the_waiting_first_and_then_the_dialog(qtbot: QtBot, sheet: Sheet) -> None:
    assert sheet.press("save", Qt.Key.Key_Escape) == ""
    assert sheet.told == [] and sheet.dialog.isVisible() and not sheet.dialog.field.isEnabled()
    assert sheet.dialog.list.hasFocus()
    qtbot.keyClick(sheet.dialog.list, Qt.Key.Key_Escape)
    assert not sheet.dialog.isVisible()


def test_leaving_the_field_leaves_the_key(qtbot: QtBot, sheet: Sheet) -> None:
    sheet.select("save")
    sheet.dialog.change.click()
    sheet.dialog.search.setFocus()
    qtbot.waitUntil(lambda: not sheet.dialog.field.isEnabled())
    assert sheet.told == [] and sheet.shown("save") == "Ctrl+S"


def test_the_keyboard_alone_does_it(qtbot: QtBot, sheet: Sheet) -> None:
    dialog = sheet.dialog
    assert dialog.search.hasFocus()
    qtbot.keyClicks(dialog.search, "whole network")
    qtbot.keyClicks(dialog.search, "\b" * 13)
    qtbot.keyClicks(dialog.search, "fit")
    qtbot.keyClick(dialog.search, Qt.Key.Key_Tab)
    assert dialog.list.hasFocus()
    qtbot.keyClick(dialog.list, Qt.Key.Key_Return)
    qtbot.waitUntil(dialog.field.hasFocus)
    qtbot.keyClick(dialog.field, Qt.Key.Key_Q)
    assert sheet.told == [(("fit", ("Q",)),)]
    reached = []
    for _ in range(8):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        reached.append(QApplication.focusWidget())
    assert {dialog.change, dialog.none, dialog.reset, dialog.reset_all, dialog.leave, dialog.search} <= set(reached)


def test_what_makes_no_sense_in_the_settings_is_shown_as_usual(qtbot: QtBot) -> None:
    sheet = Sheet(qtbot, (("save", ("Ctrl+Foo",)), ("dance", ("F7",)), ("open", ("Ctrl+N",))))
    assert (sheet.shown("save"), sheet.shown("open")) == ("Ctrl+S", "Ctrl+O")
    sheet.press("print", Qt.Key.Key_J, CONTROL)
    assert sheet.told == [(("print", ("Ctrl+J",)),)]


def test_every_control_has_a_name_and_says_what_it_does(sheet: Sheet) -> None:
    dialog = sheet.dialog
    controls = [dialog.search, dialog.list, dialog.field, *dialog.findChildren(QPushButton)]
    for control in controls:
        assert control.accessibleName() and control.toolTip() and control.whatsThis(), control
    assert {field.accessibleName() for field in dialog.findChildren(QLineEdit)} == {"Search", "New key"}


def test_it_fits_a_small_screen_with_large_type(qtbot: QtBot, qapp: QApplication) -> None:
    try:
        apply(qapp, scaled(LIGHT, 2.0))
        dialog = Sheet(qtbot).dialog
        least = dialog.minimumSizeHint()
        assert least.width() <= 1024 - 8 and least.height() <= 600 - 40, least
        dialog.resize(1016, 560)
        last = dialog.leave.geometry()
        assert dialog.rect().contains(last) and dialog.list.height() > 4 * dialog.fontMetrics().height()
    finally:
        apply(qapp, LIGHT)


def test_usual_keys_are_the_tables() -> None:
    assert default_keys(ROWS["train"]) == (QKeySequence("Ctrl+Return"), QKeySequence("Ctrl+Enter"))
