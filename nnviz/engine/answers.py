"""What every layer answers to points that stay the same: maps and surfaces, drawn anew for every picture of a run.

All points go through as one matrix, in float32 whatever the training's precision: tanh costs a fifth of what it does in float64
(measured on the 100×100 grid of 2-4-2-1: 1 513 → 564 µs a picture).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.buffers import Buffers
from nnviz.engine.network import Network
from nnviz.engine.plan import Plan, obstacle
from nnviz.engine.plan_feed import with_ones
from nnviz.engine.plan_layout import Mirror
from nnviz.engine.spec import Conv2D, Spec

Array = NDArray[Any]


class Answers:
    """A network's answers to the same points, for any parameters."""

    def __init__(self, spec: Spec, points: Array) -> None:
        """Get ready for these points, (points, inputs)."""
        self._spec, self._columns = spec, np.ascontiguousarray(with_ones(points.astype(np.float32)).T)
        self._flat = np.empty(spec.network.weights, np.float32)
        self._plan: Plan | None = None
        images = any(isinstance(layer, Conv2D) for layer in spec.network.layers)  # done together with a pooling they answer nothing
        if obstacle(spec) is None and not images:
            self._mirror = Mirror(spec.network, self._flat, np.empty_like(self._flat))
            self._plan = Plan(spec, len(points), self._mirror.packed, None, Buffers(np.float32), training=False)

    def __call__(self, parameters: Array) -> list[Array]:
        """Return every layer's answers, (units, points), first to last; the arrays are written anew by the next call.

        Args:
            parameters: flat, in the oracle's order.
        """
        np.copyto(self._flat, parameters, casting="same_kind")
        inputs = self._columns[:-1]
        if self._plan is None:
            return [a.T for a in Network(self._spec.network, self._flat).forward(inputs.T).a]
        self._mirror.pack()
        self._plan.forward(self._columns if self._plan.ones else inputs)
        return [inputs if signal is None else _rows(signal.value) for signal in self._plan.signals]


def _rows(value: Array) -> Array:
    """Return a layer's answers as rows, (numbers, points), also those of an image, (height, width, points, channels)."""
    return value if value.ndim == 2 else value.transpose(0, 1, 3, 2).reshape(-1, value.shape[2])
