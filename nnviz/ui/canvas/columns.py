"""What stands on the canvas: columns of neurons, pictures or plain boxes with their words, each with its place.

A layer whose neurons are not drawn one by one stands as a single box: an image input as its picture, a convolution,
pooling, flatten, dropout or batch norm as a block. Boxes are (x, y, width, height); one unit is one pixel at 100 %.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Box = tuple[float, float, float, float]

LINE = 17.0
NUMBER = 14.0
RING = 6.0
NAME_GAP = 9.0


def no_boxes() -> Array:
    """Return boxes of nothing, shape (0, 4)."""
    return np.zeros((0, 4))


@dataclass(frozen=True, slots=True)
class ColumnText:
    """A column and the measured widths of its words.

    Attributes:
        id: the layer's id, or "input".
        units: how many neurons it has.
        title: width of the header on one line; `stacked`: of its wider half when it takes two lines.
        second: width of the header's second line; `note`: of the third, 0 where there is none.
        before, after: widest name left and right of the tiles, 0 where there is none.
        buttons: whether the header has − and +.
        image: (height, width) in pixels when the column is one picture. block: whether it is one plain box.
    """

    id: str
    units: int
    title: float
    stacked: float
    second: float
    note: float = 0.0
    before: float = 0.0
    after: float = 0.0
    buttons: bool = False
    image: tuple[int, int] | None = None
    block: bool = False

    @property
    def boxed(self) -> bool:
        """Whether it stands as one box instead of a tile a neuron."""
        return self.block or self.image is not None


@dataclass(frozen=True, slots=True)
class Column:
    """A column as placed; `shown` are the indices of the neurons that have a place, in their order.

    Attributes:
        centers: of the shown tiles, shape (shown, 2); `side`: their width.
        title, second, note: the header's lines, as many boxes as lines; minus, plus: its buttons.
        numbers, before, after: text boxes below, left and right of the tiles, shape (shown or 0, 4).
        fold: where the ellipsis of hidden neurons stands. image: the picture's box. block: the plain box, of which no
            neuron has a place.
    """

    id: str
    units: int
    x: float
    side: float
    shown: Array
    centers: Array
    title: tuple[Box, ...]
    second: Box
    note: Box | None
    minus: Box | None
    plus: Box | None
    numbers: Array = field(default_factory=no_boxes)
    before: Array = field(default_factory=no_boxes)
    after: Array = field(default_factory=no_boxes)
    fold: Box | None = None
    image: Box | None = None
    block: Box | None = None

    @property
    def box(self) -> Box | None:
        """The one box of a picture or a block, None for a column of neurons."""
        return self.block if self.image is None else self.image

    @property
    def solids(self) -> Array:
        """The boxes it fills: its tiles, or its one box; shape (boxes, 4)."""
        return self.tiles if self.box is None else np.array([self.box])

    @property
    def tiles(self) -> Array:
        """Boxes of the shown tiles, shape (shown, 4)."""
        half = self.side / 2
        return np.column_stack([self.centers - half, np.full((len(self.centers), 2), self.side)])

    def starts(self) -> Array:
        """Where edges leave the shown neurons, shape (shown, 2)."""
        if self.image is not None:
            return np.column_stack([np.full(len(self.centers), self.image[0] + self.image[2] + 3), self.centers[:, 1]])
        return np.asarray(self.centers + np.array([self.side / 2 + 3, 0.0]))

    def ends(self) -> Array:
        """Where edges arrive at the shown neurons, shape (shown, 2)."""
        if self.image is not None:
            return np.column_stack([np.full(len(self.centers), self.image[0] - 3), self.centers[:, 1]])
        return np.asarray(self.centers - np.array([self.side / 2 + 3, 0.0]))


@dataclass(frozen=True, slots=True)
class Layout:
    """The whole drawing; `bounds` encloses it and is never smaller than the window it was made for."""

    columns: tuple[Column, ...]
    surface: Box | None
    caption: Box | None
    bounds: Box
    stacked: bool

    def column(self, layer_id: str) -> Column:
        """Return the column of a layer or of "input". Raises KeyError."""
        for column in self.columns:
            if column.id == layer_id:
                return column
        raise KeyError(layer_id)


def text_boxes(layout: Layout) -> Array:
    """Return every box that holds words, shape (boxes, 4)."""
    found: list[Any] = [layout.caption] if layout.caption else []
    for column in layout.columns:
        found += [*column.title, *column.numbers, *column.before, *column.after]
        found += [box for box in (column.note, column.fold) if box is not None]
        found += [box for box in (column.minus, column.plus) if box is not None] or [column.second]
    return np.array([box for box in found if box[2] > 0], dtype=float).reshape(-1, 4)


def solid_boxes(layout: Layout) -> Array:
    """Return every tile, picture and surface, shape (boxes, 4)."""
    found: list[Any] = [layout.surface] if layout.surface else []
    for column in layout.columns:
        found += list(column.solids)
    return np.array(found, dtype=float).reshape(-1, 4)


def overlaps(boxes: Array, others: Array) -> Array:
    """Return which boxes overlap which others, shape (boxes, others), bool; touching is not overlapping."""
    low, high = boxes[:, None, :2], boxes[:, None, :2] + boxes[:, None, 2:]
    other_low, other_high = others[None, :, :2], others[None, :, :2] + others[None, :, 2:]
    return np.asarray(((low < other_high - 1e-9) & (other_low < high - 1e-9)).all(axis=2))
