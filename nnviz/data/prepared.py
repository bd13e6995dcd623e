"""Data ready to learn from, with all that is needed to show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from nnviz.data.dataset import Domain
from nnviz.data.features import Scaling, compute
from nnviz.engine.samples import Samples

Array = NDArray[Any]
PARTS = ("train", "validation", "test")
TRAIN, VALIDATION, TEST = range(3)


@dataclass(frozen=True, slots=True)
class Prepared:
    """Data ready to learn from, with all that is needed to show it.

    Attributes:
        samples: the scaled features and targets, by part.
        raw: all rows as made, shape (n, columns), NaN where a cell is empty; without the rows that were dropped.
        columns, units, domain: name, unit and shown range of each column of `raw`.
        labels: class numbers, shape (n,), None for values. values: shape (n, targets), None for labels.
        groups: class numbers to color the samples by, shape (n,): `labels`, or those an autoencoder is not told; else None.
        class_names: of `groups`. target_names: of `values`, or the one name of the labels.
        part_of: shape (n,): 0 train, 1 validation, 2 test.
        features: what the network is fed. scaling: fitted on the training part.
        shape: (height, width, channels) where what the network is fed is whole images, () else.
        missing: what became of samples with empty cells. dropped: how many were dropped.
        gaps: (feature, empty cells) of each feature that had some.
    """

    samples: Samples
    raw: Array
    columns: tuple[str, ...]
    units: tuple[str, ...]
    domain: Domain
    labels: Array | None
    values: Array | None
    groups: Array | None
    class_names: tuple[str, ...]
    target_names: tuple[str, ...]
    part_of: Array
    features: tuple[str, ...]
    scaling: Scaling
    shape: tuple[int, ...]
    missing: str
    dropped: int
    gaps: tuple[tuple[str, int], ...]

    @property
    def plane(self) -> bool:
        """Whether there are two raw coordinates, so that everything can be drawn over them."""
        return self.columns == ("x1", "x2")

    @property
    def line(self) -> bool:
        """Whether there is one raw coordinate."""
        return self.columns == ("x1",)

    def inputs(self, raw_rows: Array) -> Array:
        """Return what the network is fed for raw rows, shapes (rows, columns) -> (rows, features)."""
        return self.scaling(compute(self.features, self.columns, raw_rows))
