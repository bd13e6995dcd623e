"""The running program: one process, any number of windows, and what they share.

Shared are the settings, the jobs and the gate; each window has a document, a worker and a journal of its own, and only
the active one trains at full speed (DECISIONS 17).
"""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QWidget

from nnviz.app.diagnostics import Diagnostics, previous_crash
from nnviz.app.document import Document
from nnviz.app.garbage import GarbageCollector
from nnviz.app.gate import BusyGate
from nnviz.app.jobs import Jobs
from nnviz.app.recovery import Offer, find, load
from nnviz.app.settings import SettingsStore
from nnviz.app.start import Start, example_start
from nnviz.app.watchdog import Watchdog
from nnviz.engine.plain import from_plain
from nnviz.engine.problem import ProblemError
from nnviz.formats.project import Project
from nnviz.resources import resource
from nnviz.ui.canvas import accessible
from nnviz.ui.errors import CrashNotice, ErrorHandler
from nnviz.ui.main_window import MainWindow
from nnviz.ui.theme import load_fonts

FIRST_EXAMPLE = "circle"  # what a new project begins as, unless the settings say otherwise


class Program(QObject):
    """Opens windows and keeps what they share; ends with the application."""

    def __init__(self, application: QApplication, theme: str | None = None, gate: BusyGate | None = None) -> None:
        """Take up the settings; `theme` overrides the one they name, for this time only."""
        super().__init__(application)
        self.settings = SettingsStore(self)
        self.jobs = Jobs(self, gate)
        self.theme = theme
        self.windows: list[MainWindow] = []
        self.collector: GarbageCollector | None = None
        self._gate = gate
        self.quitting = False
        self._welcomed = False

    def open_window(self, start: Start) -> MainWindow:
        """Show a document in a window of its own."""
        document = Document(start, self._gate)
        try:
            window = MainWindow(document, self, start)
        except BaseException:
            document.close()  # a training thread nobody owns would abort the process
            raise
        self.windows.append(window)
        window.activated.connect(self._attend)
        window.completed.connect(self._welcome)
        window.closed.connect(self._forget)
        window.show()
        if self.collector is not None:
            document.state_changed.connect(self.collector.note_state)
        return window

    def window_of(self, path: Path) -> MainWindow | None:
        """Return the window that shows this file, if there is one."""
        shown = ((window, window.document.file.path) for window in self.windows)
        return next((window for window, own in shown if own is not None and _same(own, path)), None)

    def raise_window_of(self, path: Path) -> bool:
        """Bring the window to the front that shows this file already; tell whether there is one."""
        window = self.window_of(path)
        if window is not None:
            window.raise_()
            window.activateWindow()
        return window is not None

    def quit(self) -> None:
        """Close all windows, one after the other; each may ask, and an answer that keeps it open ends this."""
        self.quitting = bool(self.windows)
        if self.windows:
            self.windows[0].close()

    def new_start(self) -> Start:
        """Return what a new project begins with: what the person chose in the settings, else a small network."""
        name = self.tr("Untitled")
        chosen = self.settings.settings.new_project
        if chosen:
            return Start(Project(from_plain(json.loads(chosen)), None), name)
        return Start(example_start(FIRST_EXAMPLE).project, name)

    @Slot()
    def _welcome(self) -> None:
        """Once, when the first window stands: tell what went wrong with the settings or the last time, offer what can be recovered."""
        if self._welcomed or not self.windows:
            return
        self._welcomed, window = True, self.windows[0]
        if self.settings.problems:
            window.banner.show_refusal(self.settings.problems)
        self.settings.not_saved.connect(window.banner.show_refusal)
        crash = previous_crash()
        if crash is not None:
            CrashNotice(crash, window).show()
        self.offer_recovery()

    def offer_recovery(self) -> None:
        """Show what programs left that were ended in the middle, if there is anything."""
        offers = find()
        if offers:
            from nnviz.ui.recovery_dialog import RecoveryDialog

            dialog = RecoveryDialog(offers, self.windows[0])
            dialog.recovered.connect(self._recover)
            dialog.show()

    @Slot(object)
    def _recover(self, offers: Sequence[Offer]) -> None:
        """Open what was there before, each document in a window of its own; its file is not touched."""
        for offer in offers:
            try:
                found = load(offer)
            except ProblemError as error:
                self.windows[0].banner.show_refusal(error.problems)
                continue
            self.open_window(Start(found.project, found.name, found.path, found.damaged, True, found.later, offer.folder))

    def end_soon(self, *_: object) -> None:
        """End from the event loop: a signal may come between any two steps of Python, with the gate's lock held, say."""
        QTimer.singleShot(0, self, self.abandon)

    @Slot()
    def abandon(self) -> None:
        """Close everything without a question, as when the system asks the program to end; journals keep what is unsaved."""
        for window in list(self.windows):
            window.abandon()
        QApplication.closeAllWindows()

    def close(self) -> None:
        """End what still works and write the settings."""
        self.jobs.close()
        self.settings.close()

    @Slot(object)
    def _attend(self, active: QWidget) -> None:
        """Let the window that has the person's attention train at full speed, and no other."""
        for window in self.windows:
            window.document.host.set_active.emit(window is active)

    @Slot(object)
    def _forget(self, window: QWidget) -> None:
        self.windows = [item for item in self.windows if item is not window]
        if self.quitting:
            QTimer.singleShot(0, self, self.quit)
        if len(self.windows) == 1:
            self.windows[0].document.host.set_active.emit(True)


def run(starts: Sequence[Start], theme: str | None = None) -> int:
    """Show a window for each of `starts` and go on until the last is closed; return the exit code.

    Args:
        starts: the documents to show.
        theme: "light", "dark" or "system" for this time; None for what the settings say.
    """
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    application.setApplicationName("nnviz")
    application.setDesktopFileName("nnviz")
    application.setWindowIcon(QIcon(str(resource("icons/nnviz.svg"))))
    load_fonts()
    accessible.install()
    diagnostics = Diagnostics()
    gate = BusyGate(application)
    program = Program(application, theme, gate)
    handler = ErrorHandler(program)
    collector = GarbageCollector(program)
    program.collector = collector
    for start in starts:
        program.open_window(start)
    wake = QTimer(program)  # lets Python handle Ctrl+C while Qt's loop runs
    wake.timeout.connect(gate.open)
    wake.start(200)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, program.end_soon)
    watchdog = Watchdog(program)
    code = application.exec()
    watchdog.stop()
    program.close()
    handler.restore()
    diagnostics.close()
    return code


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False
