"""The optimizer step in plain words of NumPy: gather loss and gradient chunk by chunk, then change the parameters.

This is the inner loop of all training, kept apart so that a compiled plan can take its place.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.network import Gradient, Network
from nnviz.engine.objective import Objective
from nnviz.engine.optimizers import State
from nnviz.engine.spec import Spec
from nnviz.engine.update import Update

Array = NDArray[Any]


class Learner:
    """Makes optimizer steps on a network, in place.

        learner.begin()
        for x, t in chunks_of_one_batch:
            learner.add(x, t)
        learner.finish()

    Attributes:
        state: the moments; replaced by every step, never written to.
        gradient: ∂L/∂θ of the data loss in the newest step, flat.
        loss: the data loss of the newest batch, before its step.
    """

    def __init__(self, spec: Spec, network: Network, state: State) -> None:
        dtype = network.parameters.dtype
        self.network, self.state = network, state
        self.objective, self.update = Objective(spec, dtype), Update(spec, dtype)
        self.gradient, self.loss = np.zeros_like(network.parameters), math.nan
        self._sum, self._part = (Gradient(network.spec, np.empty_like(network.parameters)) for _ in range(2))
        self._rows, self._losses = 0, 0.0

    def begin(self) -> None:
        """Begin a batch; one that was not finished is forgotten."""
        self._rows, self._losses = 0, 0.0

    def add(self, x: Array, t: Array) -> None:
        """Take a chunk of the batch, x (samples, inputs) and t (samples, outputs): forward, loss, backward."""
        passed = self.network.forward(x)
        self._losses += float(self.objective.summed_loss(passed, t))
        delta = self.objective.delta(passed, t)
        if self._rows == 0:
            self.network.backward(passed, delta, self._sum)
        else:
            self._sum.flat += self.network.backward(passed, delta, self._part)
        self._rows += len(x)

    def finish(self, count: int) -> bool:
        """Make the step; `count` is 1 for the optimizer's first.

        Returns:
            False when the loss or the squared length of gradient or change is not finite; then nothing has changed.
        """
        network, scale = self.network, self.objective.batch_scale(self._rows)
        loss, gradient = scale * self._losses, scale * self._sum.flat
        penalty = self.objective.penalty_gradient(network.parameters)
        used = gradient if penalty is None else gradient + penalty
        if self.update.clips:
            used, _ = self.update.clip(used)
        if not (math.isfinite(loss) and math.isfinite(np.dot(used, used))):
            return False
        change, state = self.update.change(used, self.state, count)
        if not math.isfinite(np.dot(change, change)):
            return False
        network.parameters += change
        self.state, self.gradient, self.loss = state, gradient, loss
        return True
