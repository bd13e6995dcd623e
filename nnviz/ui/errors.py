"""The one handler of exceptions nobody expected, wherever they were raised, and the dialogs that tell of them.

Qt calls `sys.excepthook` for exceptions in slots, paints and worker threads. The handler logs each and shows one dialog
at a time: a fault that repeats sixty times a second is one dialog with a count, and does not come again at once when that
is closed. A view that has been switched off says so itself (failsafe.py) and is logged alone.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
import traceback
from types import TracebackType

from PySide6.QtCore import QObject, Qt, QThread, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from nnviz.app.diagnostics import say
from nnviz.app.places import log_folder
from nnviz.ui.dialog import Dialog
from nnviz.ui.failsafe import ViewError
from nnviz.ui.tips import set_tip

log = logging.getLogger("nnviz")

AGAIN_AFTER = 10.0  # seconds until the same fault may be shown again
LONGEST_SUMMARY = 300
LONGEST_DETAILS = 100_000
MOST_FAULTS = 100
WIDTH = 36  # of a dialog, in widths of the letter M
Fault = tuple[str, str, int]


class Report(Dialog):
    """A sentence or two, the details folded below, to be copied; never modal. A child says `sentence`."""

    def __init__(self, details: str, parent: QWidget | None) -> None:
        super().__init__(0, 0, parent)
        self.setModal(False)
        self.words, self.details = QLabel(), QPlainTextEdit(details[:LONGEST_DETAILS])
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.words.setWordWrap(True)
        self.details.setReadOnly(True)
        self.details.setTabChangesFocus(True)
        self.details.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.details.hide()
        buttons = QDialogButtonBox()
        self.close_button = buttons.addButton("", QDialogButtonBox.ButtonRole.RejectRole)
        self.fold, self.copy, self.folder = (buttons.addButton("", QDialogButtonBox.ButtonRole.ActionRole) for _ in range(3))
        self.fold.setCheckable(True)
        buttons.rejected.connect(self.reject)
        self.fold.toggled.connect(self._fold)
        self.copy.clicked.connect(self._copy)
        self.folder.clicked.connect(self._open_folder)
        self._column = QVBoxLayout(self)
        for widget in (self.words, self.details, buttons):
            self._column.addWidget(widget, 1 if widget is self.details else 0)
        self.translate()
        self.close_button.setDefault(True)
        self.close_button.setFocus()
        self.fit()

    def sentence(self) -> str:
        """Return what happened, where, why, and what to do next."""
        raise NotImplementedError

    def translate(self) -> None:
        """Say everything in the present language."""
        self.setWindowTitle(self.tr("nnviz"))
        self.words.setText(self.sentence())
        self.details.setAccessibleName(self.tr("Details"))
        self.fold.setText(self.tr("&Details"))
        self.copy.setText(self.tr("&Copy"))
        self.folder.setText(self.tr("&Open the log folder"))
        self.close_button.setText(self.tr("C&lose"))
        set_tip(self.details, self.tr("What nnviz noted of it, for whoever looks into it"))
        set_tip(self.fold, self.tr("Show the details, or put them away again"))
        set_tip(self.copy, self.tr("Put all of this with the details on the clipboard, to be pasted into a report"))
        set_tip(self.folder, self.tr("Show the folder with the log, which says what happened before"))
        set_tip(self.close_button, self.tr("Close this and go on"))

    def text(self) -> str:
        """Return what Copy copies."""
        return f"{self.words.text()}\n\n{self.details.toPlainText()}"

    def fit(self) -> None:
        """Be as large as the words need, and never larger than the screen."""
        room = self.screen().availableGeometry().size()
        lines = 14 if self.fold.isChecked() else 0
        wide = min(self.fontMetrics().horizontalAdvance("M") * WIDTH, room.width())
        high = self._column.totalHeightForWidth(wide) + lines * self.fontMetrics().height()
        self.resize(wide, min(high, room.height() - 2 * self.fontMetrics().height()))

    @Slot(bool)
    def _fold(self, shown: bool) -> None:
        self.details.setVisible(shown)
        self.fit()

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text())

    @Slot()
    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(log_folder())))


class ErrorDialog(Report):
    """Tells of a fault, and how many more there were."""

    def __init__(self, summary: str, details: str, parent: QWidget | None, more: int = 0) -> None:
        self._summary, self.more = summary[:LONGEST_SUMMARY], more
        super().__init__(details, parent)

    def count(self) -> None:
        """Count one more."""
        self.more += 1
        self.words.setText(self.sentence())

    def sentence(self) -> str:
        """Return what went wrong."""
        words = self.tr(
            "Something in nnviz went wrong: {summary}\n"
            "You can go on; to be safe, save your work under another name. Copy puts the details on the clipboard for a report."
        )
        more = self.tr("(and {count} more)").format(count=self.more)
        return words.format(summary=f"{self._summary} {more}" if self.more else self._summary)


class CrashNotice(Report):
    """Tells that the program had died; `details` are the stacks it left (`nnviz.app.diagnostics.previous_crash`)."""

    def sentence(self) -> str:
        """Return what happened."""
        return self.tr(
            "nnviz ended unexpectedly last time.\n"
            "Details shows what it was doing, Copy puts it on the clipboard for a report. Then go on as usual."
        )


class ErrorHandler(QObject):
    """Takes the place of `sys.excepthook` until `restore`.

    Signals:
        caught: the summary, the details and the `Fault` of an exception, from whatever thread.
    """

    caught = Signal(str, str, object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._dialog: ErrorDialog | None = None
        self._shown: list[Fault] = []
        self._quiet: dict[Fault, tuple[float, int]] = {}
        # Queued even in the GUI thread: a dialog must not be opened from within a paint.
        self.caught.connect(self._show, Qt.ConnectionType.QueuedConnection)
        self._before = sys.excepthook, threading.excepthook
        sys.excepthook = self._handle
        threading.excepthook = self._handle_thread

    def restore(self) -> None:
        """Give the hooks back."""
        sys.excepthook, threading.excepthook = self._before

    def _handle(self, kind: type[BaseException], error: BaseException, place: TracebackType | None) -> None:
        if not issubclass(kind, Exception):  # Ctrl+C and exit are no faults
            self._before[0](kind, error, place)
            return
        details = "".join(traceback.format_exception(kind, error, place))
        cause = error.__cause__ if isinstance(error, ViewError) else error
        fault = _fault(cause or error)
        log.error("unexpected error\n%s", details, extra={"fault": fault})
        if isinstance(error, ViewError):
            return
        if QThread.currentThread() is self.thread() and _parent() is None:
            say(details)  # at once: there may never be an event loop to bring it to a window
            return
        self.caught.emit(f"{kind.__name__}: {error}", details, fault)

    def _handle_thread(self, found: threading.ExceptHookArgs) -> None:
        if found.exc_value is not None:
            self._handle(found.exc_type, found.exc_value, found.exc_traceback)

    @Slot(str, str, object)
    def _show(self, summary: str, details: str, fault: Fault) -> None:
        try:
            self._tell(summary, details, fault)
        except Exception:
            log.exception("the error above cannot be shown", extra={"fault": ("dialog", *fault)})

    def _tell(self, summary: str, details: str, fault: Fault) -> None:
        if self._dialog is not None:
            self._shown = [*self._shown, fault][-MOST_FAULTS:] if fault not in self._shown else self._shown
            self._dialog.count()
            return
        since, more = self._quiet.pop(fault, (-AGAIN_AFTER, 0))
        if time.monotonic() - since < AGAIN_AFTER:
            self._quiet[fault] = (since, more + 1)
            return
        parent = _parent()
        if parent is None:
            say(details)
            return
        self._quiet[fault] = (time.monotonic(), 0)  # also where the dialog itself fails
        self._dialog, self._shown = ErrorDialog(summary, details, parent, more), [fault]
        self._dialog.destroyed.connect(self._forget)
        self._dialog.show()

    @Slot()
    def _forget(self) -> None:
        """Leave what was just told alone for a while."""
        self._dialog = None
        now = time.monotonic()
        self._quiet.update(dict.fromkeys(self._shown, (now, 0)))
        for old in list(self._quiet)[: max(0, len(self._quiet) - MOST_FAULTS)]:
            del self._quiet[old]


def _parent() -> QWidget | None:
    """Return the window a dialog can stand above, None where there is none to be seen."""
    active = QApplication.activeWindow()
    if active is not None and not isinstance(active, Report):
        return active
    shown = (window for window in QApplication.topLevelWidgets() if window.isVisible() and not isinstance(window, Report))
    return next((window for window in shown if window.windowType() is Qt.WindowType.Window), None)


def _fault(error: BaseException) -> Fault:
    """Return what makes two exceptions the same fault: their kind, and where they were raised."""
    frames = traceback.extract_tb(error.__traceback__)
    last = frames[-1] if frames else None
    return (type(error).__name__, last.filename if last else "", (last.lineno or 0) if last else 0)
