"""What the pieces of a plan have in common; `plan` tells what a plan is and why.

Two layouts. Rows: (units, samples), every unit one contiguous row over the samples of a batch, and below them a row of
ones, which carries the bias through a product. Image: (height, width, samples, channels), so that a spatial slice is
one contiguous run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from nnviz.engine.buffers import Buffers

Array = NDArray[Any]
Call = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Signal:
    """What a layer hands on, and the slope that comes back.

    Attributes:
        value: its answers, (units, samples) or (height, width, samples, channels).
        slope: ∂ℓ/∂value, of the same shape, written by the layer behind; None where nobody wants it.
        whole: of rows, (units + 1, samples): the value and a last row of ones; None of an image.
    """

    value: Array
    slope: Array | None = None
    whole: Array | None = None


@dataclass(slots=True)
class Clock:
    """Which step is being made and where in its batch a chunk begins: what drawn masks depend on."""

    seed: int
    step: int = 1
    first: int = 0


@dataclass(frozen=True, slots=True)
class Site:
    """Where a piece is made: for so many samples, in training or in evaluation, with a way back or without."""

    rows: int
    buffers: Buffers
    training: bool
    backward: bool
    clock: Clock


@dataclass(frozen=True, slots=True)
class Piece:
    """One layer (or several done together) as calls.

    Attributes:
        output: what it hands on.
        forward: from the signal it reads to `output.value`.
        backward: from `output.slope` to its parameters' gradient and the slope of the signal it reads.
        follow: what it does after a step was made.
    """

    output: Signal
    forward: tuple[Call, ...]
    backward: tuple[Call, ...] = ()
    follow: tuple[Call, ...] = ()
