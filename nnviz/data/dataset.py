"""What a data set is: the facts known of it without making it, and the function that makes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from numpy.random import Generator
from numpy.typing import NDArray

Array = NDArray[Any]
Domain = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Raw:
    """A data set as made.

    Attributes:
        inputs: one row a sample, one column a raw coordinate or table column, float64; an empty cell is NaN.
        targets: class numbers, shape (samples,), int64; or values, shape (samples, targets), float64.
    """

    inputs: Array
    targets: Array


@dataclass(frozen=True, slots=True)
class Dataset:
    """What is known of a data set before it is made.

    Attributes:
        summary: one sentence on what is in it. source: who made it, and its licence where it is not nnviz's own.
        make: (samples, noise, rng) -> Raw; a set of fixed size ignores `samples`.
        samples: how many there are, None where the user says how many.
        columns, units, domain: name, unit ("" for none) and shown range of each raw column.
        class_names: one a class, none for regression. target_names: what the values to meet are called.
        shape: (height, width, channels) of images, whose columns are the pixels row by row; () else.
        gaps: whether some cells of `inputs` are empty.
    """

    name: str
    title: str
    summary: str
    source: str
    make: Callable[[int, float, Generator], Raw]
    columns: tuple[str, ...]
    domain: Domain
    class_names: tuple[str, ...] = ()
    target_names: tuple[str, ...] = ("class",)
    units: tuple[str, ...] = ("", "")
    samples: int | None = None
    shape: tuple[int, ...] = ()
    gaps: bool = False

    @property
    def problem(self) -> str:
        """What is learned: "classification" or "regression"."""
        return "classification" if self.class_names else "regression"

    @property
    def classes(self) -> int:
        """How many classes there are, 0 for regression."""
        return len(self.class_names)

    @property
    def targets(self) -> int:
        """How many numbers stand in one sample's target: 1 for a class number."""
        return len(self.target_names)


def still(values: Array) -> Array:
    """Return the array itself, made read-only: what is kept for the next time must not be changed by anyone."""
    values.flags.writeable = False
    return values
