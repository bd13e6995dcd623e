"""The one handler: an exception from anywhere is one dialog with a count, and the hooks are given back."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from nnviz.ui import errors
from nnviz.ui.errors import CrashNotice, ErrorDialog, ErrorHandler, Report
from nnviz.ui.failsafe import ViewError
from nnviz.ui.theme import LIGHT, apply, font, load_fonts


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[QWidget]:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    yield made
    made.close()


@pytest.fixture
def handler(window: QWidget) -> Iterator[ErrorHandler]:
    made = ErrorHandler(window)
    yield made
    made.restore()
    for dialog in window.findChildren(Report):
        dialog.close()


def fail(text: str, place: str = "here") -> None:
    """Raise at one of two places, catch, and hand the exception to the hook as Qt does."""
    try:
        if place == "there":
            raise RuntimeError(text)
        raise RuntimeError(text)
    except RuntimeError as error:
        sys.excepthook(type(error), error, error.__traceback__)


def dialogs(handler: ErrorHandler) -> list[ErrorDialog]:
    return handler.parent().findChildren(ErrorDialog)


def the_dialog(qtbot: QtBot, handler: ErrorHandler) -> ErrorDialog:
    qtbot.waitUntil(lambda: len(dialogs(handler)) == 1)
    return dialogs(handler)[0]


def close(qtbot: QtBot, dialog: Report) -> None:
    with qtbot.waitSignal(dialog.destroyed):
        dialog.close()


def test_a_fault_that_repeats_is_one_dialog_with_a_count(qtbot: QtBot, handler: ErrorHandler) -> None:
    for number in range(60):
        fail(f"fault {number}")
    dialog = the_dialog(qtbot, handler)
    qtbot.waitUntil(lambda: "59 more" in dialog.words.text())
    assert "fault 0" in dialog.words.text() and not dialog.isModal()


def test_the_same_fault_waits_ten_seconds_and_is_counted_meanwhile(
    qtbot: QtBot, handler: ErrorHandler, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0
    monkeypatch.setattr(errors.time, "monotonic", lambda: now)
    fail("first")
    close(qtbot, the_dialog(qtbot, handler))
    now += 9.0
    for _ in range(3):
        fail("again")
    fail("another fault", "there")
    other = the_dialog(qtbot, handler)
    assert "another" in other.words.text()
    close(qtbot, other)
    now += 2.0
    fail("and again")
    assert "3 more" in the_dialog(qtbot, handler).words.text()


def test_a_fault_that_comes_while_another_is_told_is_quiet_after_it(qtbot: QtBot, handler: ErrorHandler) -> None:
    fail("first")
    dialog = the_dialog(qtbot, handler)
    fail("second", "there")
    qtbot.waitUntil(lambda: "1 more" in dialog.words.text())
    close(qtbot, dialog)
    with qtbot.waitSignal(handler.caught):
        fail("second", "there")
    QApplication.sendPostedEvents(handler)
    assert not dialogs(handler)


def test_an_exception_in_a_thread_reaches_the_window(qtbot: QtBot, handler: ErrorHandler) -> None:
    def work() -> None:
        raise ValueError("in the thread")

    thread = threading.Thread(target=work)
    with qtbot.waitSignal(handler.caught) as caught:
        thread.start()
    thread.join()
    assert caught.args[0] == "ValueError: in the thread" and "def work" not in caught.args[0]
    assert "raise ValueError" in caught.args[1]
    the_dialog(qtbot, handler)


@pytest.mark.parametrize("kind", [ErrorDialog, CrashNotice])
def test_everything_in_a_report_has_a_name_and_a_tip(qtbot: QtBot, window: QWidget, kind: type[Report]) -> None:
    made = ErrorDialog("x", "details", window) if kind is ErrorDialog else CrashNotice("details", window)
    for part in (made.details, made.fold, made.copy, made.folder, made.close_button):
        assert part.accessibleName() or part.text()  # type: ignore[attr-defined]
        assert part.toolTip() and part.whatsThis()
    close(qtbot, made)


def test_a_report_asserts_nothing_it_does_not_know(qtbot: QtBot, window: QWidget) -> None:
    error, crash = ErrorDialog("x", "details", window), CrashNotice("details", window)
    assert "unchanged" not in error.sentence()
    assert "below" not in crash.sentence() and crash.fold.text().replace("&", "") in crash.sentence()
    close(qtbot, error)
    close(qtbot, crash)


def test_no_dialog_opens_before_the_code_that_failed_is_left(handler: ErrorHandler) -> None:
    fail("in a paint")
    assert not dialogs(handler)


def test_a_dialog_that_fails_itself_is_logged_and_not_tried_again(
    qtbot: QtBot, handler: ErrorHandler, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    made: list[int] = []

    def broken(self: ErrorDialog) -> str:
        made.append(1)
        raise RuntimeError("no words")

    monkeypatch.setattr(ErrorDialog, "sentence", broken)
    for _ in range(5):
        fail("fault")
    qtbot.waitUntil(lambda: bool(made))
    QApplication.sendPostedEvents(handler)
    assert made == [1] and "cannot be shown" in caplog.text and "no words" in caplog.text
    for left in handler.parent().findChildren(ErrorDialog):
        left.deleteLater()


def test_without_a_window_it_is_printed_and_logged(
    qapp: QApplication, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    made = ErrorHandler(qapp)
    fail("nobody looks")
    made.restore()
    made.deleteLater()
    assert "nobody looks" in capsys.readouterr().err and "nobody looks" in caplog.text


def test_ctrl_c_passes(window: QWidget, caplog: pytest.LogCaptureFixture) -> None:
    passed: list[type[BaseException]] = []

    def before(kind: type[BaseException], error: BaseException, place: object) -> None:
        passed.append(kind)

    hook, sys.excepthook = sys.excepthook, before
    made = ErrorHandler(window)
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    made.restore()
    sys.excepthook = hook
    assert passed == [KeyboardInterrupt] and not caplog.records


def test_a_view_that_says_it_itself_is_logged_alone(handler: ErrorHandler, caplog: pytest.LogCaptureFixture) -> None:
    fault = ViewError("Network could not be shown")
    fault.__cause__ = ZeroDivisionError("the cause")
    sys.excepthook(ViewError, fault, None)
    QApplication.sendPostedEvents(handler)
    assert not dialogs(handler) and "the cause" in caplog.text and "Network could not be shown" in caplog.text


def test_each_fault_is_logged_under_its_place(handler: ErrorHandler, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "nnviz"):
        for text, place in (("a", "here"), ("b", "here"), ("c", "there")):
            fail(text, place)
    first, second, third = (record.fault for record in caplog.records)
    assert first == second != third and first[0] == "RuntimeError"


def test_the_details_fold_out_and_can_be_copied(qtbot: QtBot) -> None:
    dialog = ErrorDialog("<b>no markup</b>", "the stack", None)
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.details.isHidden() and dialog.words.textFormat() is Qt.TextFormat.PlainText
    dialog.fold.click()
    assert dialog.details.isVisible()
    dialog.fold.click()
    assert dialog.details.isHidden()
    dialog.copy.click()
    assert "the stack" in QGuiApplication.clipboard().text() and "no markup" in QGuiApplication.clipboard().text()


def test_the_log_folder_can_be_opened(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("NNVIZ_HOME", str(tmp_path))
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    dialog = ErrorDialog("x", "y", None)
    qtbot.addWidget(dialog)
    dialog.folder.click()
    assert Path(opened[0].toLocalFile()).is_dir() and Path(opened[0].toLocalFile()).is_relative_to(tmp_path)


@pytest.mark.parametrize("notice", [False, True])
def test_all_of_it_can_be_used_by_keyboard(qtbot: QtBot, notice: bool) -> None:
    dialog = CrashNotice("the stack", None) if notice else ErrorDialog("x", "the stack", None)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    reached = set()
    for _ in range(12):
        QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
        reached.add(dialog.focusWidget())
        if dialog.focusWidget() is dialog.fold and dialog.details.isHidden():
            QTest.keyClick(dialog.fold, Qt.Key.Key_Space)
    assert {dialog.close_button, dialog.fold, dialog.copy, dialog.folder, dialog.details} <= reached
    mnemonics = [QKeySequence.mnemonic(button.text()) for button in (dialog.close_button, dialog.fold, dialog.copy, dialog.folder)]
    assert all(not key.isEmpty() for key in mnemonics) and len(set(mnemonics)) == 4
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_it_fits_a_small_screen_with_large_type(qtbot: QtBot, qapp: QApplication) -> None:
    before = qapp.font(), qapp.styleSheet(), qapp.palette()
    load_fonts()
    apply(qapp, LIGHT)
    qapp.setFont(font(2 * LIGHT.font_points))
    dialog = ErrorDialog("ValueError: " + "a long story " * 100, "line\n" * 500, None, 59)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.fold.click()
    needed = dialog.layout().totalMinimumSize()
    buttons = (dialog.fold, dialog.copy, dialog.folder, dialog.close_button)
    inside = [dialog.rect().contains(button.mapTo(dialog, button.rect().bottomRight() - QPoint(1, 1))) for button in buttons]
    high = dialog.layout().totalMinimumHeightForWidth(dialog.width())
    qapp.setFont(before[0])
    qapp.setStyleSheet(before[1])
    qapp.setPalette(before[2])
    assert needed.width() <= 1024 and high <= 600 and all(inside)


def test_the_hooks_are_given_back(window: QWidget) -> None:
    before = sys.excepthook, threading.excepthook
    made = ErrorHandler(window)
    assert sys.excepthook != before[0]
    made.restore()
    assert (sys.excepthook, threading.excepthook) == before
