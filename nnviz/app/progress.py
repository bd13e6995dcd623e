"""How far a piece of long work is: reported by the work, turned into the time left by whoever shows it.

Free of Qt, so that work in a process of its own need not load it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from threading import Event
from time import monotonic

REPORTS_APART = 0.05  # s: about as often as a bar can be seen to move
MEMORY = 5.0  # s over which what was done lately weighs more than what was done before
SOONEST = 0.5  # s of work before the time left is guessed


class CancelledError(Exception):
    """The work is no longer wanted."""


def free() -> None:
    """Hold up nobody."""


def unheard(fraction: float) -> None:
    """Tell nobody how far it is."""


class Progress:
    """What work is handed to say how far it is, to make way for the window, and to learn that it is cancelled."""

    def __init__(self, tell: Callable[[float], None] = unheard, stop: Event | None = None, wait: Callable[[], None] = free) -> None:
        """Take what to do with reports, what tells that the work is no longer wanted, and what waits until the window sleeps."""
        self._tell, self._stop, self._wait = tell, stop or Event(), wait
        self._told = -math.inf

    @property
    def cancelled(self) -> bool:
        """Whether the work is no longer wanted; for work that has something to clear away first."""
        return self._stop.is_set()

    def breathe(self) -> None:
        """Make way for the window; call it at least once a millisecond in work that holds the interpreter's lock.

        Raises:
            CancelledError: the work is no longer wanted; let it pass through.
        """
        if self._stop.is_set():
            raise CancelledError
        self._wait()

    def report(self, fraction: float) -> None:
        """Say how much is done, from 0 to 1, and breathe; call it as often as you like. Raises CancelledError as `breathe` does."""
        self.breathe()
        now = monotonic()
        if now - self._told >= REPORTS_APART or fraction >= 1.0:
            self._told = now
            self._tell(min(1.0, fraction) if fraction > 0.0 else 0.0)  # NaN is not above 0 either


class TimeLeft:
    """Guesses the time left from the rate, in which the last seconds weigh most."""

    def __init__(self, now: float) -> None:
        self._begin(now)

    def _begin(self, now: float) -> None:
        self._began = self._at = now
        self._fraction = 0.0
        self._done = self._spent = 0.0  # of late: what lies back further fades

    def after(self, fraction: float, now: float) -> float:
        """Note a report; return the seconds left, -1 while they are unknown."""
        if fraction < self._fraction:  # the work has begun anew, or on its next part
            self._begin(now)
        apart = max(0.0, now - self._at)
        faded = math.exp(-apart / MEMORY)
        self._done = self._done * faded + fraction - self._fraction
        self._spent = self._spent * faded + apart
        self._at, self._fraction = now, fraction
        if fraction >= 1.0:
            return 0.0
        if now - self._began < SOONEST or self._done <= 0.0:
            return -1.0
        return (1.0 - fraction) * self._spent / self._done
