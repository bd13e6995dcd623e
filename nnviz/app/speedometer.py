"""Measures how fast training is."""

from __future__ import annotations

import time

PERIOD = 0.5  # seconds a reading is the mean of, at least


class Speedometer:
    """Steps a second, 0 while nothing runs."""

    def __init__(self) -> None:
        self._began, self._steps, self._speed = 0.0, 0, 0.0

    def start(self, steps: int) -> None:
        """Begin to measure at so many steps."""
        self._began, self._steps, self._speed = time.perf_counter(), steps, 0.0

    def stop(self) -> None:
        """Show 0."""
        self._began = self._speed = 0.0

    def read(self, steps: int) -> float:
        """Return the speed, now that there are so many steps."""
        now = time.perf_counter()
        if self._began and now - self._began >= PERIOD:
            self._speed = (steps - self._steps) / (now - self._began)
            self._began, self._steps = now, steps
        return self._speed
