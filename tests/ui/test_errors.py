"""The one handler: an exception from anywhere is one dialog, and the hooks are given back."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from nnviz.ui.errors import ErrorDialog, ErrorHandler


@pytest.fixture
def handler(qtbot: QtBot) -> Iterator[ErrorHandler]:
    window = QWidget()
    qtbot.addWidget(window)
    made = ErrorHandler(window)
    yield made
    made.restore()
    for dialog in window.findChildren(ErrorDialog):
        dialog.close()


def fail(text: str) -> None:
    """Raise, catch, and hand the exception to the hook as Qt does."""
    try:
        raise RuntimeError(text)
    except RuntimeError as error:
        sys.excepthook(type(error), error, error.__traceback__)


def dialogs(handler: ErrorHandler) -> list[ErrorDialog]:
    return handler.parent().findChildren(ErrorDialog)


def test_a_fault_that_repeats_is_one_dialog(qtbot: QtBot, handler: ErrorHandler) -> None:
    for number in range(50):
        fail(f"fault {number}")
    qtbot.waitUntil(lambda: len(dialogs(handler)) == 1)
    (dialog,) = dialogs(handler)
    with qtbot.waitSignal(dialog.destroyed):
        dialog.close()
    fail("another")
    qtbot.waitUntil(lambda: len(dialogs(handler)) == 1)


def test_an_exception_in_a_thread_reaches_the_window(qtbot: QtBot, handler: ErrorHandler) -> None:
    def work() -> None:
        raise ValueError("in the thread")

    thread = threading.Thread(target=work)
    with qtbot.waitSignal(handler.caught) as caught:
        thread.start()
    thread.join()
    assert caught.args[0] == "ValueError: in the thread" and "def work" not in caught.args[0]
    assert "raise ValueError" in caught.args[1]


def test_the_details_fold_out_and_can_be_copied(qtbot: QtBot) -> None:
    dialog = ErrorDialog("<b>no markup</b>", "the stack", None)
    qtbot.addWidget(dialog)
    dialog.show()
    details = dialog.findChild(QPlainTextEdit)
    assert isinstance(details, QPlainTextEdit) and details.isHidden()
    buttons = {button.text(): button for button in dialog.findChildren(QPushButton)}
    buttons["Details"].click()
    assert details.isVisible()
    buttons["Copy"].click()
    assert QGuiApplication.clipboard().text() == "the stack"


def test_the_hooks_are_given_back(qtbot: QtBot) -> None:
    before = sys.excepthook, threading.excepthook
    window = QWidget()
    qtbot.addWidget(window)
    made = ErrorHandler(window)
    assert sys.excepthook != before[0]
    made.restore()
    assert (sys.excepthook, threading.excepthook) == before
