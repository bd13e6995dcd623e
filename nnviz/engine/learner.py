"""The optimizer step in plain words of NumPy: gather loss and gradient chunk by chunk, then change the parameters.

This is the inner loop of all training, kept apart so that a compiled plan can take its place.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.layers import TrainingMode
from nnviz.engine.network import Gradient, Network, Pass
from nnviz.engine.objective import Objective
from nnviz.engine.optimizers import State
from nnviz.engine.spec import Spec
from nnviz.engine.update import Update, finite

Array = NDArray[Any]
SUSPECT = 0.2  # ‖g‖² beyond this power of the largest number brings a look at the loss; below, only far targets make it overflow


class Learner:
    """Makes optimizer steps on a network, in place.

        learner.begin(step)
        for x, t in chunks_of_one_batch:
            learner.add(x, t)
        learner.finish(count)

    Attributes:
        state: the moments; replaced by every step, never written to.
        gradient: ∂L/∂θ of the data loss in the newest step, flat.
        refused: what was not finite, or too long to be measured, when a step was not made: its gradient or its change, flat.
    """

    def __init__(self, spec: Spec, network: Network, state: State, *, wary: bool = False) -> None:
        """Learn with this network and these moments; a `wary` learner looks at the loss of every batch."""
        dtype = network.parameters.dtype
        self._seed, self._number = spec.training.seed, 1
        self._wary, self._suspect = wary, float(np.finfo(dtype).max) ** SUSPECT
        self.network, self.state = network, state
        self.objective, self.update = Objective(spec, dtype), Update(spec, dtype)
        self.gradient = self.refused = np.zeros_like(network.parameters)
        self._sum, self._part = (Gradient(network.spec, np.empty_like(network.parameters)) for _ in range(2))
        self._newest: tuple[Pass, Array] | None = None
        self._earlier = 0.0  # the summed loss of all chunks before the newest, so that only one pass is kept
        self._rows = 0

    @property
    def loss(self) -> float:
        """The data loss of the newest batch, before its step; worked out only when somebody looks. NaN before the first."""
        if self._newest is None:
            return math.nan
        return float(self.objective.batch_scale(self._rows) * (self._earlier + float(self.objective.summed_loss(*self._newest))))

    def begin(self, step: int) -> None:
        """Begin the batch of a step, the first being 1; one that was not finished is forgotten."""
        self._rows, self._newest, self._earlier, self._number = 0, None, 0.0, step

    def add(self, x: Array, t: Array) -> None:
        """Take a chunk of the batch, x (samples, inputs) and t (samples, outputs): forward and backward."""
        passed = self.network.forward(x, TrainingMode(self._seed, self._number, self._rows))
        if self._newest is not None:
            self._earlier += float(self.objective.summed_loss(*self._newest))
        self._newest = passed, t
        delta = self.objective.delta(passed, t)
        if self._rows == 0:
            self.network.backward(passed, delta, self._sum)
        else:
            self._sum.flat += self.network.backward(passed, delta, self._part)
        self._rows += len(x)

    def finish(self, count: int) -> bool:
        """Make the step; `count` is 1 for the optimizer's first.

        Returns:
            False when the loss, the gradient, or the squared length of the clipped gradient or the change is not finite; then
            nothing has changed.
        """
        network, gradient = self.network, self.objective.batch_scale(self._rows) * self._sum.flat
        penalty = self.objective.penalty_gradient(network.parameters)
        used = gradient if penalty is None else gradient + penalty
        squares = used.dot(used)
        calm, self.refused = squares <= self._suspect, used  # not so for NaN
        if not (calm or finite(used)) or ((self._wary or not calm) and not math.isfinite(self.loss)):
            return False  # before clipping, which would make an infinite gradient look well
        if self.update.clips:
            used, _ = self.update.clip(used)
        if not calm and not math.isfinite(used.dot(used)):
            return False
        change, state = self.update.change(used, self.state, count, network.parameters)
        self.refused = change
        if not math.isfinite(change.dot(change)):
            return False
        network.parameters += change
        if self._newest is not None:
            network.follow(self._newest[0])
        self.state, self.gradient = state, gradient
        return True
