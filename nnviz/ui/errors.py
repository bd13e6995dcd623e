"""The one handler of exceptions nobody expected, wherever they were raised.

Qt calls `sys.excepthook` for exceptions in slots, paints and worker threads. The handler carries them to the
GUI thread, logs each, and shows one dialog at a time: a fault that repeats sixty times a second is one dialog.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

log = logging.getLogger("nnviz")


class ErrorDialog(QDialog):
    """Says what happened in a sentence, with the details folded below, ready to be copied."""

    def __init__(self, summary: str, details: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("nnviz"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        words = self.tr("Something in nnviz went wrong: {summary}\nYour network is unchanged. Go on, or copy the details and report them.")
        sentence = QLabel(words.format(summary=summary))
        sentence.setTextFormat(Qt.TextFormat.PlainText)
        sentence.setWordWrap(True)
        self._details = QPlainTextEdit(details)
        self._details.setReadOnly(True)
        self._details.hide()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        fold = buttons.addButton(self.tr("Details"), QDialogButtonBox.ButtonRole.ActionRole)
        copy = buttons.addButton(self.tr("Copy"), QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.close)
        fold.clicked.connect(self._fold)
        copy.clicked.connect(self._copy)
        layout = QVBoxLayout(self)
        for widget in (sentence, self._details, buttons):
            layout.addWidget(widget)
        self.resize(520, self.sizeHint().height())

    @Slot()
    def _fold(self) -> None:
        self._details.setVisible(self._details.isHidden())

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._details.toPlainText())


class ErrorHandler(QObject):
    """Takes the place of `sys.excepthook` while the window is open."""

    caught = Signal(str, str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._dialog: ErrorDialog | None = None
        self.caught.connect(self._show)
        self._before = sys.excepthook, threading.excepthook
        sys.excepthook = self._handle
        threading.excepthook = self._handle_thread

    def restore(self) -> None:
        """Give the hooks back."""
        sys.excepthook, threading.excepthook = self._before

    def _handle(self, kind: type[BaseException], error: BaseException, place: TracebackType | None) -> None:
        details = "".join(traceback.format_exception(kind, error, place))
        log.error("unexpected error\n%s", details)
        self.caught.emit(f"{kind.__name__}: {error}", details)

    def _handle_thread(self, found: threading.ExceptHookArgs) -> None:
        if found.exc_value is not None:
            self._handle(found.exc_type, found.exc_value, found.exc_traceback)

    @Slot(str, str)
    def _show(self, summary: str, details: str) -> None:
        if self._dialog is None:
            self._dialog = ErrorDialog(summary, details, self._window)
            self._dialog.destroyed.connect(self._forget)
            self._dialog.show()

    @Slot()
    def _forget(self) -> None:
        self._dialog = None
