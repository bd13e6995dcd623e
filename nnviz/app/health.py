"""Looks at a run's health now and then, for whoever shows it."""

from __future__ import annotations

import time
from typing import Any

from nnviz.analysis.health import Finding, diagnose
from nnviz.app.stopping import place
from nnviz.engine.divergence import DivergedError
from nnviz.engine.trainer import Trainer

PERIOD = 1.0  # seconds between two looks while training
SHARE = 0.01  # of the time that looking may take


class HealthWatch:
    """Remembers what was found, so that a run that stands is looked at once.

    Attributes:
        error: what ended the run where it stands, None if nothing did.
    """

    def __init__(self) -> None:
        self.error: DivergedError | None = None
        self._found: tuple[Finding, ...] = ()
        self._place: tuple[Any, ...] = ()
        self._due = 0.0

    def findings(self, trainer: Trainer) -> tuple[Finding, ...]:
        """Return what is found of the run, at most about a second old."""
        now, where = time.perf_counter(), (*place(trainer), trainer.stale, self.error)
        known = where == self._place or (now < self._due and self._place[:1] == where[:1])
        if not known:
            self._found, self._place = diagnose(trainer, self.error), where
            after = time.perf_counter()
            self._due = after + max(PERIOD, (after - now) / SHARE)
        return self._found

    def fail(self, error: Exception | None) -> None:
        """Note what ended the run, or that it goes on."""
        self.error, self._due = error if isinstance(error, DivergedError) else None, 0.0
