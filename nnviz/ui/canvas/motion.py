"""Time on the canvas: beats that follow each other, each with a share that runs from 0 to 1 while pulses travel.

The timer runs only while something moves. With reduced motion nothing travels: each beat is shown once, with its
pulses half-way, and stands until the next; a single beat just stands.
"""

from __future__ import annotations

import math

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal, Slot

TICK = 16
HALF_WAY = 0.5


class Motion(QObject):
    """Plays a number of equally long beats.

    Signals:
        beat_changed: the number of the beat that begins.
        moved: how far it is, 0 to 1.
        finished: all have been played; not sent by `stop`.
    """

    beat_changed = Signal(int)
    moved = Signal(float)
    finished = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.reduced = False
        self._beats = 0
        self._seconds = 0.0
        self._beat = -1
        self._clock = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    @property
    def running(self) -> bool:
        """Whether something moves."""
        return self._timer.isActive()

    def play(self, beats: int, seconds: float) -> None:
        """Play from the beginning; all beats together take `seconds`."""
        self.stop()
        if beats < 1 or seconds <= 0:
            return
        self._beats, self._seconds = beats, seconds
        self._clock.start()
        if not self.reduced:
            self._timer.start(TICK)
        elif beats > 1:
            self._timer.start(math.ceil(1000 * seconds / beats))
        self.show_at(0.0)
        if self.reduced and beats == 1:
            self.show_at(seconds)

    def stop(self) -> None:
        """Stop where it is."""
        self._timer.stop()
        self._beat = -1

    @Slot()
    def _tick(self) -> None:
        self.show_at(self._clock.elapsed() / 1000.0)

    def show_at(self, seconds: float) -> None:
        """Show the moment that many seconds after the beginning."""
        position = seconds / self._seconds * self._beats
        if position >= self._beats:
            self.stop()
            self.finished.emit()
            return
        beat = int(position)
        if beat != self._beat:
            self._beat = beat
            self.beat_changed.emit(beat)
        self.moved.emit(HALF_WAY if self.reduced else eased(position - beat))


def eased(share: float) -> float:
    """Return a share of time as a share of the way: a little slower at both ends."""
    return share * share * (3.0 - 2.0 * share) * 0.6 + share * 0.4
