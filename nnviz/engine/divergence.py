"""Where a number that is not finite is born, so that a person can be told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.layers import TrainingMode
from nnviz.engine.learner import Learner
from nnviz.engine.network import Gradient, Network, views
from nnviz.engine.objective import Objective
from nnviz.engine.planned import PlannedLearner
from nnviz.engine.problem import ProblemError, problem
from nnviz.engine.spec import NetworkSpec

Array = NDArray[Any]


class DivergedError(ProblemError):
    """A number that is not finite was born; parameters and moments are those before the step.

    Attributes:
        step: the number of the step that could not be made.
        layer: the id of the layer where it was born.
        quantity: its symbol: "z", "a", "L", "δ", "∂L/∂W" or "Δ", the step itself.
    """

    def __init__(self, step: int, index: int, network: NetworkSpec, quantity: str) -> None:
        layer = network.layers[index]
        super().__init__(problem(f"network.layers.{index}", "diverged", step=step, layer=layer.name, quantity=quantity))
        self.step, self.layer, self.quantity = step, layer.id, quantity


def diverged(step: int, learner: Learner | PlannedLearner, chunks: Iterable[tuple[Array, Array]], seed: int = 0) -> DivergedError:
    """Return the error for a step that a learner refused, from its batch, given as chunks of inputs and targets."""
    network, first = learner.network, 0
    for x, t in chunks:
        born = birth(network, learner.objective, x, t, TrainingMode(seed, step, first))
        if born:
            return DivergedError(step, born[0], network.spec, born[1])
        first += len(x)
    return DivergedError(step, _largest(network.spec, learner.refused), network.spec, "Δ")


def _largest(spec: NetworkSpec, flat: Array) -> int:
    """Return the layer with the largest of these numbers, what is not finite being larger than anything."""
    sizes = [np.concatenate([part.ravel() for part in (view.weights, view.bias)]) for view in views(spec, flat)]
    return int(np.argmax([np.nan_to_num(np.abs(size), nan=np.inf, posinf=np.inf).max(initial=-1.0) for size in sizes]))


def birth(network: Network, objective: Objective, x: Array, t: Array, mode: TrainingMode | None = None) -> tuple[int, str] | None:
    """Return the layer and the quantity of the first number that is not finite, in the order of computing.

    Args:
        network: the network.
        objective: its loss.
        x: inputs, shape (samples, inputs).
        t: targets, shape (samples, outputs).
        mode: of the forward pass.

    Returns:
        The layer's index and a symbol as in `DivergedError`; None when these samples give finite numbers only.
    """
    passed, last = network.forward(x, mode), len(network.layers) - 1
    for index, (z, a) in enumerate(zip(passed.z, passed.a, strict=True)):
        for quantity, values in (("z", z), ("a", a)):
            if not np.isfinite(values).all():
                return index, quantity
    if not np.isfinite(objective.summed_loss(passed, t)):
        return last, "L"
    delta = objective.delta(passed, t)
    deltas, gradient = network.deltas(passed, delta), Gradient(network.spec, np.empty_like(network.parameters))
    network.backward(passed, delta, gradient)
    for index in range(last, -1, -1):
        if not np.isfinite(deltas[index]).all():
            return index, "δ"
        if not (np.isfinite(gradient.views[index].weights).all() and np.isfinite(gradient.views[index].bias).all()):
            return index, "∂L/∂W"
    return None
