"""Makes as many steps in one go as take a given time: asking a run for every single step costs a fifth of a small one."""

from __future__ import annotations

import math
from time import perf_counter

from nnviz.engine.trainer import BURST, Trainer

LEAST = 1e-6  # seconds a step is taken to last at least, whatever the clock says


class Burst:
    """Drives a trainer; how many steps go together never changes what they do."""

    def __init__(self, seconds: float) -> None:
        """Go on for about so many seconds at a time."""
        self._seconds = self._step = seconds

    def advance(self, trainer: Trainer, most: float = math.inf) -> int:
        """Do a piece of work, at most so many steps; return how many were completed. Raises DivergedError."""
        begun, wanted = perf_counter(), min(most, BURST, max(1, self._seconds // self._step))
        made = trainer.advance(max(1, int(wanted)))
        if made:
            self._step = max(LEAST, (perf_counter() - begun) / made)
        return made
