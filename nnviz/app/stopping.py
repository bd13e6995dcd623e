"""Where a run stands, and why its training has ended there by itself."""

from __future__ import annotations

from typing import Any

from nnviz.engine.course import Stop
from nnviz.engine.trainer import Trainer


def place(trainer: Trainer) -> tuple[Any, ...]:
    """Return what is equal only where the run stands at the same place; a jump or an edit makes a new network."""
    return trainer.network, trainer.step_count, trainer.epoch, trainer.position


def ending(trainer: Trainer, last_epoch: float) -> Stop | None:
    """Return why training has ended, None where it was asked to go so far and no further.

    Args:
        trainer: the run.
        last_epoch: the epoch at whose end training was to end.
    """
    limit = trainer.spec.training.epochs
    reached = bool(limit) and trainer.epoch == limit == last_epoch
    return trainer.stopped or (Stop("epochs", limit, limit) if reached else None)
