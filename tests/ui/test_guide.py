"""The Help menu, and the keys of the settings on the window's actions."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QKeySequence
from PySide6.QtWidgets import QWhatsThis
from pytestqt.qtbot import QtBot

from nnviz.app.places import log_folder
from nnviz.ui.about_dialog import AboutDialog
from nnviz.ui.actions import keys_of
from nnviz.ui.guide import Guide
from nnviz.ui.key_dialog import KeyDialog
from tests.ui.paper import PaperWindow


@pytest.fixture
def window(qtbot: QtBot) -> PaperWindow:
    window = PaperWindow()
    qtbot.addWidget(window)
    window.guide = Guide(window)  # type: ignore[arg-type]
    window.make_actions()
    window.show()
    return window


def test_the_keys_of_the_settings_are_taken_up_and_followed(window: PaperWindow) -> None:
    store, actions = window.program.settings, window.actions_by_name
    store.settings = type(store.settings)(keys=(("save", ("Ctrl+J",)),))
    window.guide.take_keys()
    assert keys_of(actions["save"]) == (QKeySequence("Ctrl+J"),)
    store.change(keys=(("open", ("Ctrl+J",)),))
    assert keys_of(actions["save"]) == (QKeySequence("Ctrl+S"),) and keys_of(actions["open"]) == (QKeySequence("Ctrl+J"),)


def test_keys_that_cannot_be_used_are_told(window: PaperWindow) -> None:
    window.program.settings.change(keys=(("save", ("Ctrl+Foo",)), ("dance", ("F7",))))
    assert window.statusBar().currentMessage() == "These keys of the settings cannot be used: save: Ctrl+Foo; dance"


def test_a_key_changed_in_the_sheet_is_kept_and_works_in_every_window(qtbot: QtBot, window: PaperWindow) -> None:
    other = PaperWindow()
    qtbot.addWidget(other)
    other.program = window.program
    other.guide = Guide(other)  # type: ignore[arg-type]
    other.make_actions()
    window.actions_by_name["keys"].trigger()
    (dialog,) = window.findChildren(KeyDialog)
    dialog.overridden.emit((("save", ("Ctrl+J",)),))
    assert window.program.settings.settings.keys == (("save", ("Ctrl+J",)),)
    for one in (window, other):
        assert keys_of(one.actions_by_name["save"]) == (QKeySequence("Ctrl+J"),)
    with qtbot.waitSignal(dialog.destroyed):
        dialog.close()


def test_about_is_shown_and_goes(qtbot: QtBot, window: PaperWindow) -> None:
    window.actions_by_name["about"].trigger()
    (dialog,) = window.findChildren(AboutDialog)
    assert dialog.isVisible() and dialog.isModal()
    with qtbot.waitSignal(dialog.destroyed):
        dialog.close()


def test_what_is_this_waits_for_a_click(window: PaperWindow) -> None:
    window.actions_by_name["whats_this"].trigger()
    assert QWhatsThis.inWhatsThisMode()
    QWhatsThis.leaveWhatsThisMode()


@pytest.mark.parametrize("opens", [True, False])
def test_the_log_folder_is_shown_or_named(window: PaperWindow, monkeypatch: pytest.MonkeyPatch, opens: bool) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url) or opens)
    window.actions_by_name["open_log_folder"].trigger()
    assert opened == [QUrl.fromLocalFile(str(log_folder()))]
    assert (str(log_folder()) in window.statusBar().currentMessage()) == (not opens)
