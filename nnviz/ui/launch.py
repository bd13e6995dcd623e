"""Opens the window: application, document, main window, error handler, and the clean way out."""

from __future__ import annotations

import signal
import sys

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from nnviz.app.document import Document
from nnviz.app.garbage import GarbageCollector
from nnviz.app.gate import BusyGate
from nnviz.engine.samples import Array
from nnviz.engine.spec import Spec
from nnviz.engine.trainer import Snapshot
from nnviz.ui.errors import ErrorHandler
from nnviz.ui.main_window import MainWindow
from nnviz.ui.theme import THEMES, load_fonts


def open_window(spec: Spec, initial: Array | None, snapshot: Snapshot | None, name: str, theme: str) -> int:
    """Show the window and run until it is closed; return the exit code.

    Args:
        spec: what to open.
        initial: its given weights, None where the seed makes them.
        snapshot: where its run stands, None at its start.
        name: how the window calls it.
        theme: a name of `THEMES`.
    """
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    application.setApplicationName("nnviz")
    load_fonts()
    gate = BusyGate(application)
    document = Document(spec, initial, gate, snapshot)
    document.name = name
    window = MainWindow(document, THEMES[theme])
    handler = ErrorHandler(window)
    collector = GarbageCollector(window)
    document.state_changed.connect(collector.note_state)
    wake = QTimer(window)  # lets Python handle Ctrl+C while Qt's loop runs
    wake.timeout.connect(gate.open)
    wake.start(200)
    signal.signal(signal.SIGINT, _close_windows)
    signal.signal(signal.SIGTERM, _close_windows)
    window.show()
    code = application.exec()
    handler.restore()
    return code


def _close_windows(number: int, frame: object) -> None:  # noqa: ARG001
    """Close as if by hand, so that the training thread ends first."""
    QApplication.closeAllWindows()
