"""The GUI-busy gate: while the window handles events, the training thread waits.

Without it a worker that runs tiny NumPy calls keeps the interpreter lock, and each callback from Qt into
Python waits a whole switch interval: 60 frames a second become 10 (DECISIONS 13). The event filter closes
the gate at the first event, the dispatcher opens it when it is about to sleep, and the worker looks at it
between steps. This is the one piece of state both threads share.
"""

from __future__ import annotations

import sys
from threading import Event

from PySide6.QtCore import QAbstractEventDispatcher, QCoreApplication, QEvent, QObject, Qt

SWITCH_INTERVAL = 0.0005
LONGEST_WAIT = 0.05  # native modal loops never say that they block; they must not stop training


class BusyGate(QObject):
    """Closed while the GUI thread works, open while it sleeps; one an application."""

    def __init__(self, application: QCoreApplication) -> None:
        super().__init__(application)
        self._open = Event()
        self._open.set()
        sys.setswitchinterval(SWITCH_INTERVAL)
        application.installEventFilter(self)
        dispatcher = QAbstractEventDispatcher.instance()
        if dispatcher is not None:
            dispatcher.aboutToBlock.connect(self.open, Qt.ConnectionType.DirectConnection)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002
        """Close the gate: the GUI thread has something to do."""
        if self._open.is_set():
            self._open.clear()
        return False

    def open(self) -> None:
        """Let the workers go on."""
        self._open.set()

    def wait(self) -> None:
        """Wait, on a worker's side, until the GUI thread sleeps, 50 ms at the longest."""
        if not self._open.is_set():  # looking costs a tenth of waiting, and the gate is open most of the time
            self._open.wait(LONGEST_WAIT)
