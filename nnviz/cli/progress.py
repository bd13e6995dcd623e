"""How far a training is, shown on stderr while that is a terminal."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from nnviz.engine.problem import message
from nnviz.engine.trainer import Trainer
from nnviz.explain.numbers import format_number
from nnviz.explain.words import say


@dataclass(frozen=True, slots=True)
class Goal:
    """When to stop: at an epoch's end or after a step, whichever is given; counted from where the run stands."""

    epochs: int | None
    steps: int | None

    def reached(self, trainer: Trainer) -> bool:
        """Tell whether the run is there."""
        if self.epochs is not None and trainer.epoch >= self.epochs:
            return True
        return self.steps is not None and trainer.step_count >= self.steps

    def left(self, trainer: Trainer) -> float:
        """Return how many steps the run may still make, as far as that is known."""
        return math.inf if self.steps is None else self.steps - trainer.step_count


class Bar(Protocol):
    """Shows how far a run is."""

    def show(self, trainer: Trainer) -> None: ...


class _NoBar:
    def show(self, trainer: Trainer) -> None:
        """Show nothing: stderr is no terminal."""


class _RichBar:
    def __init__(self, progress: Any, goal: Goal, trainer: Trainer) -> None:
        self._progress, self._by_epochs = progress, goal.epochs is not None
        self._start = self._place(trainer)
        total = (goal.epochs if goal.epochs is not None else goal.steps) or 0
        self._task = progress.add_task(say(message("cli.training")), total=total - self._start, loss="")

    def _place(self, trainer: Trainer) -> int:
        return trainer.epoch if self._by_epochs else trainer.step_count

    def show(self, trainer: Trainer) -> None:
        """Show how far the run is, and its loss."""
        loss = say(message("cli.loss", loss=format_number(trainer.latest.train_loss)))
        self._progress.update(self._task, completed=self._place(trainer) - self._start, loss=loss)


@contextmanager
def progress(goal: Goal, trainer: Trainer) -> Iterator[Bar]:
    """Show progress on stderr while it is a terminal."""
    if not sys.stderr.isatty():
        yield _NoBar()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    text = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[loss]}"), TimeRemainingColumn()
    with Progress(*text, console=Console(stderr=True), transient=True) as shown:
        yield _RichBar(shown, goal, trainer)
