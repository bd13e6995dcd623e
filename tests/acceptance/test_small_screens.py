"""Every dialog on the smallest screen there is, 1024×600, as usual and with everything twice as large, light and dark.

All of it is to be seen, reached by Tab and left by Esc; pictures of all are kept for the contact sheet.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QScreen
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QMessageBox,
    QPlainTextEdit,
    QScrollArea,
    QStyle,
    QToolBar,
    QWidget,
)

from nnviz.app.recovery import Offer
from nnviz.engine.problem import problem
from nnviz.ui.errors import CrashNotice, ErrorDialog
from nnviz.ui.job_bar import SHOWN_AFTER
from nnviz.ui.recovery_dialog import RecoveryDialog
from nnviz.ui.theme import DARK, LIGHT
from tests.acceptance.conftest import PICTURES, Person

SCREEN = QRect(0, 0, 1024, 600)
ROOM = QSize(1024 - 8, 600 - 40)  # of the screen, without the frame that the window manager puts around
SLACK = 2  # pixels that rounding may cost
STACK = "Traceback (most recent call last):\n" + "\n".join(f'  File "/nowhere/nnviz/part{row}.py", line {row}, in do' for row in range(60))
SCALES = pytest.mark.parametrize("scale", [1.0, 2.0])
THEMES = pytest.mark.parametrize("person", [("circle", LIGHT), ("circle", DARK)], indirect=True, ids=["light", "dark"])


@pytest.fixture(autouse=True)
def small_screen(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the screen of the tests, which is square, be the small one for whoever asks; leave no large type behind."""
    monkeypatch.setattr(QScreen, "availableGeometry", lambda _: SCREEN)
    before = qapp.font()
    yield
    qapp.setFont(before)


def offers() -> tuple[Offer, ...]:
    """Return what three windows left, one of them with a long name and something damaged."""
    where = Path("/home/someone/a folder with a rather long name/and another one in it/lecture number seven, the second half.nnviz")
    return (
        Offer(Path("/nowhere/1"), "spiral", None, time.time() - 100, 12, 345, 2, ()),
        Offer(Path("/nowhere/2"), where.stem, where, time.time() - 4000, 0, 0, 1, (problem(str(where), "part-damaged", part="view.json"),)),
        Offer(Path("/nowhere/3"), "学习", where.with_name("学习.nnviz"), time.time() - 400_000, 3, 99, 0, ()),
    )


class Openers:
    """Opens each dialog there is, the way the program does."""

    def __init__(self, person: Person) -> None:
        self.window = person.window

    def all(self) -> dict[str, Callable[[], QDialog]]:
        """Return how to open them, by name."""
        return {
            "settings": self.settings,
            "keys": lambda: self.newest(self.window.guide.keys),
            "about": lambda: self.newest(self.window.guide.about),
            "export": lambda: self.newest(self.window.exports.dialog),
            "print": lambda: self.newest(self.window.exports.print_preview),
            "recovery": lambda: self.shown(RecoveryDialog(offers(), self.window)),
            "error": lambda: self.shown(ErrorDialog(f"ValueError: {'a long tale ' * 30}", STACK, self.window, 7)),
            "error unfolded": self.unfolded,
            "crash": lambda: self.shown(CrashNotice(STACK, self.window)),
            "unsaved": self.unsaved,
            "revert": self.discarding,
        }

    def newest(self, open_: Callable[[], object]) -> QDialog:
        open_()
        found = QApplication.activeModalWidget()
        assert isinstance(found, QDialog)
        return found

    def shown(self, dialog: QDialog) -> QDialog:
        dialog.show()
        return dialog

    def settings(self) -> QDialog:
        self.window.look.settings()
        assert self.window.look._dialog is not None
        return self.window.look._dialog

    def unfolded(self) -> QDialog:
        dialog = ErrorDialog("ValueError: of a kind", STACK, self.window)
        dialog.fold.setChecked(True)
        return self.shown(dialog)

    def unsaved(self) -> QDialog:
        document = self.window.document
        document.edit(replace(document.spec, training=replace(document.spec.training, learning_rate=0.0123)), "Rate")
        document.name = "a network whose name somebody has written down at great length, with 1–2–3 numbers in it"
        assert not self.window.close()
        return self.window.findChild(QMessageBox)

    def discarding(self) -> QDialog:
        self.window.document.file.path = Path("/nowhere/lecture number seven, the second half.nnviz")
        return self.newest(self.window.projects.revert)


def controls(dialog: QDialog) -> Iterator[QWidget]:
    """Return what can be operated in a dialog, without the parts other widgets are made of."""
    for kind in (QAbstractButton, QComboBox, QLineEdit):
        for widget in dialog.findChildren(kind):
            inner = isinstance(widget.parent(), QComboBox | QAbstractScrollArea | QToolBar) or widget.objectName().startswith("qt_")
            if widget.isVisible() and widget.isEnabled() and not inner:
                yield widget


def faults(name: str, dialog: QDialog) -> list[str]:
    """Return what of a dialog cannot be seen: beyond the screen, cut off, or only after scrolling to the side."""
    found = []
    if dialog.width() > ROOM.width() or dialog.height() > ROOM.height():
        found.append(f"{name} is {dialog.size()}, larger than the screen")
    least = dialog.minimumSizeHint()
    if least.width() > ROOM.width() or least.height() > ROOM.height():
        found.append(f"{name} cannot be made smaller than {least}")
    for control in controls(dialog):
        hint, words = control.minimumSizeHint(), f"{name}: {control.accessibleName() or control}"
        if control.width() < hint.width() or control.height() < hint.height() - SLACK:
            found.append(f"{words} has {control.size()} but needs {hint}")
        place = QRect(control.mapTo(dialog, QPoint(0, 0)), control.size())
        scrolls = any(area.isAncestorOf(control) for area in dialog.findChildren(QScrollArea))
        if not scrolls and not dialog.rect().contains(place):
            found.append(f"{words} stands at {place}, outside")
    for label in dialog.findChildren(QLabel):
        needed = label.heightForWidth(label.width()) if label.wordWrap() else label.fontMetrics().height()
        if label.isVisible() and label.text() and label.height() < needed - SLACK:
            found.append(f"{name}: “{label.text()[:30]}” is cut at {label.height()} of {needed}")
    for bar in dialog.findChildren(QToolBar):  # of the print preview, which is Qt's own
        shown = [bar.widgetForAction(action) for action in bar.actions()]
        found += [f"{name}: “{each.toolTip()}” has no room" for each in shown if not each.isVisible()]
    for area in dialog.findChildren(QAbstractScrollArea):
        if area.isVisible() and area.horizontalScrollBar().isVisible() and not isinstance(area, QPlainTextEdit):
            found.append(f"{name}: {type(area).__name__} scrolls to the side")
    return found


def unreached(name: str, dialog: QDialog, person: Person) -> list[str]:
    """Return what Tab does not reach."""
    reached = set()
    for _ in range(60):
        focused = dialog.focusWidget()
        if focused is None:
            return [f"{name}: nothing has the focus"]
        reached.add(focused)
        person.bot.keyClick(focused, Qt.Key.Key_Tab)
    return [f"{name}: Tab does not reach {each.accessibleName() or each}" for each in controls(dialog) if each not in reached]


def keep(name: str, picture_of: QWidget, scale: float, theme: str) -> None:
    """Keep a picture for the contact sheet."""
    PICTURES.mkdir(exist_ok=True)
    picture_of.grab().save(str(PICTURES / f"dialog-{name.replace(' ', '-')}-{math.floor(scale)}-{theme}.png"))


@SCALES
@THEMES
def test_every_dialog_fits_and_is_left_by_the_keyboard(person: Person, scale: float) -> None:
    window = person.window
    window.resize(1024, 600)
    window.program.settings.change(scale=scale)
    QCoreApplication.sendPostedEvents(None, 0)
    found = []
    for name, open_ in Openers(person).all().items():
        dialog = open_()
        dialog.activateWindow()
        person.until(dialog.isActiveWindow)
        QCoreApplication.sendPostedEvents(None, 0)
        keep(name, dialog, scale, window.theme.name)
        found += faults(name, dialog)
        if name != "print":  # Qt's own, whose buttons stand in a tool bar
            found += unreached(name, dialog, person)
        gone = []
        dialog.finished.connect(gone.append)
        person.bot.keyClick(dialog.focusWidget() or dialog, Qt.Key.Key_Escape)
        if not gone:
            found.append(f"{name}: Esc does not close it")
            dialog.close()
        window.activateWindow()
        QCoreApplication.sendPostedEvents(None, 0)
    assert not found, "\n".join(found)


@SCALES
@THEMES
@pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)
def test_menus_and_bars_fit(person: Person, scale: float) -> None:
    window = person.window
    window.resize(1024, 600)
    window.program.settings.change(scale=scale)
    person.until(lambda: window.theme.scale == scale)
    QCoreApplication.sendPostedEvents(None, 0)
    menus = {menu.title().replace("&", ""): menu for menu in window.menuBar().findChildren(QMenu) if menu.parent() is window.menuBar()}
    menus |= {"examples": window.top_bar.picker.menu(), "exports": window.top_bar.export.menu()}
    found = []
    for name, menu in menus.items():
        menu.popup(window.mapToGlobal(QPoint(0, 0)))
        keep(f"menu {name}", menu, scale, window.theme.name)
        if menu.height() > menu.screen().geometry().height() or menu.width() > SCREEN.width():  # what is too long scrolls
            found.append(f"the menu {name} has {menu.size()}, more than the screen")
        if menu.style().styleHint(QStyle.StyleHint.SH_Menu_Scrollable, None, menu) != 1:
            found.append(f"the menu {name} would go on in a second column")
        person.bot.keyClick(menu, Qt.Key.Key_Escape)
        assert not menu.isVisible()
    window.program.jobs.start("Exporting a file with a rather long name.svg", _wait)
    person.until(window.job_bar.isVisible, timeout=10 * SHOWN_AFTER)
    bar = window.job_bar
    for widget in (*window.top_bar.findChildren(QAbstractButton), bar.cancel, bar.title):
        if widget.objectName().startswith("qt_"):
            continue
        place = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
        if not widget.isVisible() or not window.rect().contains(place) or widget.width() < widget.minimumSizeHint().width():
            found.append(f"{widget.accessibleName()} stands at {place} and needs {widget.minimumSizeHint()}")
    keep("bars", window, scale, window.theme.name)
    for job in window.program.jobs.running:
        job.cancel()
    assert window.width() == 1024 and window.height() == 600, window.size()
    assert not found, "\n".join(found)


def _wait(progress: object) -> None:
    """Go on until cancelled."""
    while True:
        time.sleep(0.02)
        progress.report(0.3)
