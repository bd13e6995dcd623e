"""Keeps the window from taking more than its share of the time while training runs at speed.

A picture is asked for anew (by acknowledging the last) only after a rest in proportion to the work the last one made. So
values come thirty times a second where drawing is cheap, less often where the network is large, the machine slow, or a
hand moves the pointer over the plots; training keeps its pace, and the window stays ready to answer.
"""

from __future__ import annotations

import time

SHARE = 0.22  # of the time, at most, that showing values may take
LONGEST = 0.15  # seconds of rest: even then values come six times a second
MEMORY = 0.7  # of the mean over the last pictures


class Pacing:
    """Measures, in the GUI thread, what a picture costs there."""

    def __init__(self) -> None:
        self._cost = 0.0
        self._spent = time.thread_time()

    def rest(self) -> float:
        """Return how many seconds to rest now that a picture has been handed to the views.

        Everything the thread has done since the last picture counts as what that one cost, since painting comes later.
        """
        spent = time.thread_time()
        cost, self._spent = min(spent - self._spent, SHARE * LONGEST), spent
        self._cost = MEMORY * self._cost + (1 - MEMORY) * cost
        return self._cost / SHARE
