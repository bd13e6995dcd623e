"""Every dialog that is open follows the theme, the size of the type and the language."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QTranslator
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QListWidget, QTreeWidget, QWidget
from pytestqt.qtbot import QtBot

from nnviz.app.recovery import Offer
from nnviz.ui.about_dialog import AboutDialog
from nnviz.ui.dialog import Dialog
from nnviz.ui.errors import CrashNotice, ErrorDialog
from nnviz.ui.export_dialog import ExportDialog
from nnviz.ui.key_dialog import KeyDialog
from nnviz.ui.main_window import MainWindow
from nnviz.ui.recovery_dialog import RecoveryDialog
from nnviz.ui.settings_dialog import SettingsDialog
from nnviz.ui.theme import LIGHT, apply
from tests.ui.conftest import OpenWindow

# What is the same in every language: names and numbers out of data, versions, keys.
SAME = re.compile(r"[^a-z]*|en|nnviz|Python|PySide6|NumPy|pyqtgraph|Qt")


class Loud(QTranslator):
    """Another language: every word of this one between two marks."""

    def isEmpty(self) -> bool:
        return False

    def translate(self, context: str, source: str, disambiguation: str | None = None, n: int = -1) -> str:
        return f"«{source}»"


def recovery(window: MainWindow) -> RecoveryDialog:
    return RecoveryDialog((Offer(Path("/x"), "mine", Path("/mine"), time.time() - 90, 1, 2, 3, saved_since=1e9),), window)


OPEN: dict[type[Dialog], Callable[[MainWindow], object]] = {
    AboutDialog: lambda window: window.guide.about(),
    KeyDialog: lambda window: window.guide.keys(),
    ExportDialog: lambda window: window.exports.dialog(),
    SettingsDialog: lambda window: window.look.settings(),
    RecoveryDialog: lambda window: recovery(window).show(),
    ErrorDialog: lambda window: ErrorDialog("ValueError: x", "trace", window, 3).show(),
    CrashNotice: lambda window: CrashNotice("trace", window).show(),
}


def opened(window: MainWindow, kind: type[Dialog]) -> Dialog:
    OPEN[kind](window)
    (found,) = window.findChildren(kind)
    assert found.isVisible()
    return found


@pytest.fixture
def dress(qapp: QApplication) -> Iterator[None]:
    """Take the program's look off again, once there is no window left to be dressed anew."""
    yield
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    apply(qapp, LIGHT)
    qapp.setStyleSheet("")


@pytest.fixture
def window(dress: None, open_window: OpenWindow) -> MainWindow:
    return open_window("xor")


def words(dialog: QWidget) -> list[str]:
    """Return all that is shown or said in a dialog."""
    found = [dialog.windowTitle()]
    for part in dialog.findChildren(QWidget):
        if not part.isVisible():
            continue
        found += [part.accessibleName(), re.sub(r"<[^>]*>", "", part.toolTip())]
        if isinstance(part, QLabel | QAbstractButton):
            found.append(part.text())
        elif isinstance(part, QComboBox):
            found += [part.itemText(at) for at in range(part.count())]
        elif isinstance(part, QListWidget):
            found += [part.item(row).text() for row in range(part.count())]
        elif isinstance(part, QTreeWidget):
            items = [part.headerItem(), *(part.topLevelItem(at) for at in range(part.topLevelItemCount()))]
            items += [item.child(at) for item in items for at in range(item.childCount())]
            found += [item.text(column) for item in items for column in (0, 2)]
    return [" ".join(text.split()) for text in found if text]


@pytest.fixture
def dialogs(window: MainWindow) -> list[Dialog]:
    """One dialog of each kind, all open beside each other."""
    return [opened(window, kind) for kind in OPEN]


def test_all_speak_another_language_at_once(qtbot: QtBot, qapp: QApplication, dialogs: list[Dialog]) -> None:
    before = [set(words(dialog)) for dialog in dialogs]
    assert all(any(not SAME.fullmatch(text) for text in own) for own in before)
    loud = Loud()
    qapp.installTranslator(loud)
    try:
        qtbot.waitUntil(lambda: all("«" in dialog.windowTitle() for dialog in dialogs))
        for dialog, own in zip(dialogs, before, strict=True):
            left = [text for text in words(dialog) if text in own and not SAME.fullmatch(text)]
            assert not left, dialog
    finally:
        qapp.removeTranslator(loud)
    qtbot.waitUntil(lambda: all("«" not in dialog.windowTitle() for dialog in dialogs))
    for dialog, own in zip(dialogs, before, strict=True):
        assert set(words(dialog)) == own, dialog


def test_all_grow_and_shrink_with_the_type(qtbot: QtBot, window: MainWindow, dialogs: list[Dialog]) -> None:
    before = [(dialog, dialog.size(), dialog.screen().availableGeometry().width() - 8) for dialog in dialogs]
    window.program.settings.change(scale=1.5)
    qtbot.waitUntil(lambda: all(dialog.width() >= min(1.4 * own.width(), room) for dialog, own, room in before))
    qtbot.waitUntil(lambda: all(dialog.font().pointSizeF() > 14 for dialog in dialogs))
    window.program.settings.change(scale=1.0)
    qtbot.waitUntil(lambda: all(dialog.size() == own for dialog, own, _ in before))


def test_the_logo_is_drawn_in_the_ink_of_the_theme(window: MainWindow) -> None:
    about = opened(window, AboutDialog)
    assert isinstance(about, AboutDialog)

    def lightest() -> int:
        image = about.logo.pixmap().toImage()
        places = ((x, y) for x in range(image.width()) for y in range(image.height()))
        return max(color.lightness() for place in places if (color := image.pixelColor(*place)).alpha() > 200)

    assert lightest() < 128
    window.look.use_dark()
    assert lightest() > 128
    window.look.use_light()
    assert lightest() < 128


def test_the_versions_are_not_cut_with_large_type(qtbot: QtBot, window: MainWindow) -> None:
    about = opened(window, AboutDialog)
    assert isinstance(about, AboutDialog)
    window.program.settings.change(scale=1.5)
    qtbot.waitUntil(lambda: about.width() > 1.4 * 460)

    def whole() -> bool:
        table = about.table
        return all(table.columnWidth(column) >= table.sizeHintForColumn(column) for column in range(2)) and (
            table.viewport().width() >= sum(table.sizeHintForColumn(column) for column in range(2))
            or about.width() >= about.screen().availableGeometry().width() - 8
        )

    qtbot.waitUntil(whole)
    assert "type 150 %" in dict(about.rows)["Screen"]


def test_bold_names_of_the_key_sheet_grow_too(qtbot: QtBot, window: MainWindow) -> None:
    dialog = opened(window, KeyDialog)
    assert isinstance(dialog, KeyDialog)
    window.program.settings.change(scale=1.5)
    qtbot.waitUntil(lambda: dialog.list.topLevelItem(0).font(0).pointSizeF() > 14)
    assert dialog._items["save"].font(1).pointSizeF() in (-1.0, dialog.font().pointSizeF())


def test_the_focus_stays_where_it_is(qtbot: QtBot, qapp: QApplication, window: MainWindow) -> None:
    dialog = opened(window, SettingsDialog)
    assert isinstance(dialog, SettingsDialog)
    with qtbot.waitActive(dialog):
        dialog.activateWindow()
    dialog.digits.setFocus()
    before = dialog.digits
    loud = Loud()
    qapp.installTranslator(loud)
    qtbot.waitUntil(lambda: dialog.digits is not before)
    qapp.removeTranslator(loud)
    qtbot.waitUntil(lambda: "«" not in dialog.windowTitle())
    assert dialog.focusWidget() is dialog.digits and dialog.digits.hasFocus()


def test_the_settings_show_the_theme_of_the_command_line(window: MainWindow) -> None:
    window.program.theme = "dark"
    dialog = opened(window, SettingsDialog)
    assert isinstance(dialog, SettingsDialog)
    assert dialog.theme.key() == "dark" and window.program.settings.settings.theme == "light"
    window.look.use_light()
    assert dialog.theme.key() == "light"
    window.look.use_dark()
    assert dialog.theme.key() == "dark"
