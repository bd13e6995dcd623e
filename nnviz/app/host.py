"""Hosts the training worker in its own thread.

Controls are signals, so they are queued and run between the worker's slices: no flags, no locks.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QThread, Signal

from nnviz.app.gate import BusyGate
from nnviz.app.worker import TrainingWorker


class TrainingHost(QObject):
    """The thread and its worker; emit a control to have it done there, connect to `worker` for the answers."""

    open = Signal(object)
    edit = Signal(object, int)
    reset = Signal(int, int)
    train = Signal(int, int)
    pause = Signal()
    acknowledge = Signal()
    set_speed = Signal(float)
    set_probe = Signal(int)
    set_active = Signal(bool)
    take = Signal(int)
    want = Signal(object)
    trace = Signal(bool, int)
    apply = Signal(object, int)
    go_back = Signal(int)

    def __init__(self, gate: BusyGate | None, parent: QObject) -> None:
        super().__init__(parent)
        self._gate = gate
        self._thread = QThread(self)
        self._thread.setObjectName("training")
        self.worker = worker = TrainingWorker(gate)
        worker.moveToThread(self._thread)
        queued = Qt.ConnectionType.QueuedConnection
        self.open.connect(worker.open, queued)
        self.edit.connect(worker.edit, queued)
        self.reset.connect(worker.reset, queued)
        self.train.connect(worker.train, queued)
        self.pause.connect(worker.pause, queued)
        self.acknowledge.connect(worker.acknowledge, queued)
        self.set_speed.connect(worker.set_speed, queued)
        self.set_probe.connect(worker.set_probe, queued)
        self.set_active.connect(worker.set_active, queued)
        self.take.connect(worker.take, queued)
        self.want.connect(worker.want, queued)
        self.trace.connect(worker.make_pass, queued)
        self.apply.connect(worker.apply_pass, queued)
        self.go_back.connect(worker.go_back, queued)
        self._thread.finished.connect(worker.deleteLater)
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether the thread has not been closed."""
        return self._thread.isRunning()

    def close(self) -> None:
        """Stop after the present chunk and wait for the thread to end."""
        self._thread.requestInterruption()
        self._thread.quit()
        if self._gate is not None:
            self._gate.open()  # else each step the worker still makes waits for a GUI thread that waits for it
        self._thread.wait()
