"""What an activation function does at its ends, read off its own formula, so that a new entry of the table is judged by itself.

The function and its slope are looked at along a line of sums z, dense where functions bend and sparse far out:

    outputs have an end where f at |z| up to FAR goes no further than at |z| up to NEAR
    a side is flat where |f′| is next to nothing beside the steepest slope, and cut where it is exactly 0
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.engine.activations import ACTIVATIONS, Activation
from nnviz.engine.table import Choice, bind

Array = NDArray[Any]
NEAR, FAR, CLOSE = 1e3, 1e9, 0.01
FLAT, WEAK = 0.04, 0.5  # slope, as a share of the steepest; of that of the other side
BEND = np.linspace(-10.0, 10.0, 2001)
OUT = np.geomspace(100.0, NEAR, 41)
BEHIND = np.linspace(10.0, 20.0, 41)  # behind all kinks, and before a slope that only fades is 0 in floating point
KEPT = 0.05  # how far mean and variance may be from 0 and 1


@dataclass(frozen=True, slots=True)
class Ends:
    """What was found.

    Attributes:
        low, high: the least and the largest output, to two digits; ∓∞ where there is none.
        steepest: the largest size of the slope; NaN where units are coupled, which have no slope of their own.
        flat: whether hardly any slope is left on either side, as of the sigmoid; and of coupled units that have ends.
        cut: whether there is no slope at all on one side and some on the other, as of ReLU.
        one_sided: whether one side's slope is weak beside the other's.
        keeps: whether a sum with mean 0 and variance 1 is answered with mean 0 and variance 1, as by SELU.
    """

    low: float
    high: float
    steepest: float
    flat: bool
    cut: bool
    one_sided: bool
    keeps: bool


def ends(chosen: Choice) -> Ends:
    """Return what an activation does at its ends, with its parameters as they are chosen."""
    return _ends(ACTIVATIONS[chosen.kind], chosen)


@lru_cache(maxsize=256)
def _ends(entry: Activation, chosen: Choice) -> Ends:
    value = bind(entry.value, chosen)
    with np.errstate(all="ignore"):  # far out a formula may overflow
        low, high = (0.0, 1.0) if entry.probabilities else _bounds(value)
        if entry.derivative is None:
            return Ends(low, high, math.nan, math.isfinite(high - low), False, False, False)
        slope = bind(entry.derivative, chosen)
        middle, left, right, cut_left, cut_right = (_sizes(value, slope, z) for z in (BEND, -OUT, OUT, -BEHIND, BEHIND))
        steepest = float(middle.max())
        return Ends(
            low,
            high,
            steepest,
            flat=bool(max(left.max(), right.max()) < FLAT * steepest),
            cut=bool(cut_left.any()) != bool(cut_right.any()),
            one_sided=bool(left.max() < WEAK * right.min() or right.max() < WEAK * left.min()),
            keeps=_keeps(value),
        )


def _bounds(value: Callable[..., Array]) -> tuple[float, float]:
    """Return the least and the largest output, in a layer of three units that hear z, 0 and −z."""
    found = []
    for z in (np.concatenate([BEND, OUT]), np.geomspace(NEAR, FAR, 41)):
        a = value(np.stack([z, 0 * z, -z], axis=1)).ravel()
        found.append((float(np.fmin.reduce(a)), float(np.fmax.reduce(a))))
    (low, high), (lower, higher) = found
    return (
        -math.inf if lower < low - CLOSE * max(1.0, abs(low)) else round(low, 2),
        math.inf if higher > high + CLOSE * max(1.0, abs(high)) else round(high, 2),
    )


def _sizes(value: Callable[..., Array], slope: Callable[..., Array], z: Array) -> Array:
    """Return |f′(z)|."""
    return np.abs(slope(z, value(z)))


def _keeps(value: Callable[..., Array]) -> bool:
    """Tell whether a standard normal z, is answered with mean 0 and variance 1."""
    weights = np.exp(-(BEND**2) / 2)
    weights /= weights.sum()
    a = value(BEND)
    mean = float(weights @ a)
    return abs(mean) < KEPT and abs(float(weights @ (a - mean) ** 2) - 1) < KEPT
