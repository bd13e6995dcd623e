"""How much of a layer still learns: where the slope f′ is nearly flat, gradients do not come through.

A unit is saturated for a sample where its slope is below 5 % of the function's steepest; a unit that is so for
every sample is called dead. The slope is read off as a function of the activation itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.table import Choice

Array = NDArray[Any]
FLAT = 0.05
GRID = np.linspace(-20.0, 20.0, 4001)


@dataclass(frozen=True, slots=True)
class Saturation:
    """The share of saturated values, and how many units are dead."""

    share: float
    dead: int


def saturation(choice: Choice, activations: Array) -> Saturation | None:
    """Return how saturated a layer is, None where units are coupled (softmax) or there is no sample.

    Args:
        choice: the activation.
        activations: shape (samples, units).
    """
    if ACTIVATIONS[choice.kind].derivative is None or not activations.size:
        return None
    outputs, slopes = _slopes(choice)
    # The next output of the grid and not one in between: at the kink of ReLU the slope jumps.
    at = np.minimum(np.searchsorted(outputs, activations), len(outputs) - 1)
    flat = slopes[at] < FLAT * slopes.max()
    return Saturation(float(flat.mean()), int(flat.all(axis=0).sum()))


@lru_cache(maxsize=64)
def _slopes(choice: Choice) -> tuple[Array, Array]:
    """Return outputs, rising, and |f′| at each; where outputs stay level the first slope counts, which is the flat one."""
    entry, parameters = ACTIVATIONS[choice.kind], dict(choice.parameters)
    outputs = entry.value(GRID, **parameters)
    slopes: Array = np.abs(entry.derivative(GRID, outputs, **parameters)) if entry.derivative else np.ones_like(outputs)
    outputs, first = np.unique(outputs, return_index=True)
    return outputs, slopes[first]
