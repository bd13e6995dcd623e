"""Collects cyclic garbage in the GUI thread only.

A collection that fires in the training thread can delete Qt objects there, which crashes Qt
(ARCHITECTURE, trap 2; DECISIONS 15).
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer, Slot

from nnviz.app.document import RunState

PERIOD = 1000  # ms


class GarbageCollector(QObject):
    """Switches automatic collection off and collects the young generations once a second."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        gc.freeze()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._collect)
        self._timer.start(PERIOD)

    @Slot()
    def _collect(self) -> None:
        gc.collect(1)

    @Slot(object)
    def note_state(self, state: RunState) -> None:
        """Collect everything when training comes to a stand: then a pause of some milliseconds shows nowhere."""
        if state is RunState.PAUSED:
            gc.collect()
