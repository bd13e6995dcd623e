"""The command palette: all commands with their present words, keys and states; what is chosen is done."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from nnviz.ui.action_table import ACTIONS, ROWS
from nnviz.ui.actions import enable_actions, refresh_icons
from nnviz.ui.palette import OTHERWISE, REASONS, Palette, unmarked
from nnviz.ui.ranking import Entry
from nnviz.ui.theme import LIGHT
from tests.ui.paper import PaperWindow

CAN = {row.when: True for row in ACTIONS} | {row.checked: False for row in ACTIONS if row.checked}


class Shown:
    """A window of paper with its palette."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.window: Any = PaperWindow()
        qtbot.addWidget(self.window)
        self.window.make_actions()
        refresh_icons(self.window.actions_by_name, LIGHT)
        enable_actions(self.window.actions_by_name, CAN)
        self.window.resize(900, 700)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)
        self.window.area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.window.area.setFocus()
        self.palette = Palette(self.window)

    def open(self) -> None:
        self.palette.show()

    def entries(self) -> list[Entry]:
        return self.palette.list._ranking.best("")

    def entry(self, name: str) -> Entry:
        return next(entry for entry in self.entries() if entry.value == name)

    def choose(self, words: str) -> None:
        self.open()
        self.qtbot.keyClicks(self.palette.list.search, words)
        self.qtbot.keyClick(self.palette.list.search, Qt.Key.Key_Return)


@pytest.fixture
def shown(qtbot: QtBot) -> Shown:
    return Shown(qtbot)


def test_every_command_is_there_with_words_keys_and_icon(shown: Shown) -> None:
    shown.open()
    assert [entry.value for entry in shown.entries()] == [row.name for row in ACTIONS if not row.is_submenu]
    for entry in shown.entries():
        assert entry.text and "&" not in entry.text and entry.icon is not None and not entry.icon.isNull(), entry.text
    save, numbers = shown.entry("save"), shown.entry("export_npz")
    assert (save.text, save.note, save.reason) == ("Save", "Ctrl+S", "")
    assert numbers.text == "Export as: Weights as NPZ…", "in a menu within a menu, a word alone says too little"


def test_choosing_does_it_with_the_focus_where_it_was(shown: Shown) -> None:
    shown.choose("save as")
    assert shown.window.names() == [ROWS["save_as"].slot]
    assert shown.window.area.hasFocus() and not shown.palette.list.isVisible()


def test_keys_are_found_as_well(shown: Shown) -> None:
    shown.choose("ctrl+shift+n")
    assert shown.window.names() == [ROWS["new_window"].slot]


def test_those_chosen_last_come_first(shown: Shown) -> None:
    for words in ("save as", "ctrl+shift+n", "save as"):
        shown.choose(words)
    shown.open()
    usual = [row.name for row in ACTIONS if not row.is_submenu and row.name not in ("save_as", "new_window")]
    assert [entry.value for entry in shown.entries()] == ["save_as", "new_window", *usual]


def test_undo_says_what_it_would_undo_with_its_very_name(shown: Shown) -> None:
    shown.window.actions_by_name["undo"].setText("&Undo Rename a&&b to <b>")
    shown.open()
    assert shown.entry("undo").text == "Undo Rename a&b to <b>"


def test_what_cannot_be_done_says_why_and_is_not_done(shown: Shown) -> None:
    enable_actions(shown.window.actions_by_name, CAN | {"undo": False, "stepping": False})
    shown.choose("undo")
    assert shown.window.names() == [] and shown.palette.list.note.text() == REASONS["undo"]
    reasons = {entry.value: entry.reason for entry in shown.entries() if entry.reason}
    assert reasons == {row.name: REASONS[row.when] for row in ACTIONS if row.when in ("undo", "stepping")}


def test_an_unknown_state_has_a_reason_too(shown: Shown) -> None:
    shown.window.actions_by_name["save"].setEnabled(False)
    shown.open()
    assert shown.entry("save").reason == REASONS.get(ROWS["save"].when, OTHERWISE)


def test_what_is_not_offered_at_all_is_not_here_either(shown: Shown) -> None:
    shown.window.actions_by_name["save"].setVisible(False)
    shown.open()
    assert "save" not in [entry.value for entry in shown.entries()]


@pytest.mark.parametrize(("text", "words"), [("&Save", "Save"), ("a&&b", "a&b"), ("E&xit && &go", "Exit & go"), ("plain", "plain")])
def test_marks_of_mnemonics_are_taken_out(text: str, words: str) -> None:
    assert unmarked(text) == words
