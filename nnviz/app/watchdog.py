"""Sees when the GUI thread stands still for a second, and logs what every thread is doing: once a stall.

A timer of the GUI thread counts; a daemon thread looks whether the count grows. Dialogs with an event loop of their own
let the timer run on. Where the watchdog itself has slept for much longer than it wanted, the machine was suspended, or
something held all of Python: then nobody knows what the GUI thread did, and only the time is logged.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
import traceback

from PySide6.QtCore import QObject, Qt, QTimer, Slot

log = logging.getLogger("nnviz")

TICK = 200  # ms between two counts
LOOK = 0.25  # seconds between two looks
STALL = 1.0  # seconds without a count


class Watchdog(QObject):
    """Watches the thread it is made in, from the first turn of its event loop until `stop`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._count = 0
        self._watched = threading.get_ident()
        self._ended = threading.Event()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.CoarseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start(TICK)
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Watch no more; returns when the thread has ended."""
        self._timer.stop()
        self._ended.set()
        self._thread.join()

    @Slot()
    def _tick(self) -> None:
        self._count += 1

    def _watch(self) -> None:
        seen, since, told = 0, time.monotonic(), False
        looked = since
        while not self._ended.wait(LOOK):
            now = time.monotonic()
            slept, looked = now - looked, now
            stood = slept > 2 * LOOK
            if stood and slept >= STALL:
                log.info("the whole program stood for %.1f s", slept)
            if self._count != seen:
                if told:
                    log.warning("the window answers again after %.1f s", now - since)
                seen, since, told = self._count, now, False
            elif stood:
                since = now
            elif seen and not told and now - since >= STALL:
                told = True
                log.warning("the window has not answered for %.1f s; all threads:\n%s", now - since, stacks(self._watched))


def stacks(first: int) -> str:
    """Return the stacks of all threads but the calling one, that of the thread `first` at the top."""
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    frames = {ident: frame for ident, frame in sys._current_frames().items() if ident != threading.get_ident()}
    parts = []
    for ident in sorted(frames, key=first.__ne__):
        lines = "".join(traceback.format_stack(frames[ident]))
        parts.append(f"{names.get(ident, 'a thread of Qt')} ({ident}):\n{lines}")
    return "\n".join(parts)
