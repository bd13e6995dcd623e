"""run.json: the counts and flags of where a run stands, and what a schedule and early stopping remember of it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from nnviz.engine.course import Best, Past
from nnviz.engine.schedules import Plateau
from nnviz.engine.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Run:
    """The numbers of a snapshot, and at which step the spec was last edited in the middle of the run (−1: it was not).

    `plateau_*` is the memory of a plateau schedule, `best_*` that of early stopping; a loss that is not known is None.
    """

    step_count: int
    epoch: int
    position: int
    moments_since: int
    hand_stepped: bool
    edited_at: int = -1
    plateau_best: float | None = None
    plateau_waited: int = 0
    plateau_factor: float = 1.0
    best_loss: float | None = None
    best_epoch: int = 0
    best_waited: int = 0

    def possible(self, samples: int) -> bool:
        """Tell whether a run on so many samples can stand there: every epoch takes a step, and so does what is begun of one."""
        counts = self.step_count, self.epoch, self.position, self.moments_since, self.edited_at + 1
        if min(*counts, self.plateau_waited, self.plateau_factor, self.best_epoch, self.best_waited) < 0:
            return False
        begun = self.epoch + (self.position > 0)
        remembered = self.plateau_factor <= 1 and self.best_epoch + self.best_waited <= self.epoch
        return remembered and self.moments_since <= self.step_count and self.position <= samples and begun <= self.step_count

    @property
    def past(self) -> Past:
        """What is remembered of the epochs before."""
        lowest = math.inf if self.plateau_best is None else self.plateau_best
        best = Best(self.best_loss, self.best_epoch, self.best_waited)
        return Past(Plateau(lowest, self.plateau_waited, self.plateau_factor), best)


def run_of(snapshot: Snapshot, edited_at: int) -> Run:
    """Return the numbers of a snapshot."""
    plateau, best = snapshot.past.plateau, snapshot.past.best
    return Run(
        snapshot.step_count,
        snapshot.epoch,
        snapshot.position,
        snapshot.moments_since,
        snapshot.hand_stepped,
        edited_at,
        _known(plateau.best),
        plateau.waited,
        plateau.factor,
        None if best.loss is None else _known(best.loss),
        best.epoch,
        best.waited,
    )


def _known(loss: float) -> float | None:
    return loss if math.isfinite(loss) else None
