"""What stands on the canvas: columns of neurons, pictures or plain boxes with their words, each with its place.

In vertical orientation a column lies down as a row: its header at the left, its neurons from left to right.

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
STAND_OFF = 3.0


def no_boxes() -> Array:
    """Return boxes of nothing, shape (0, 4)."""
    return np.zeros((0, 4))


def boxes_at(places: Array, offset: tuple[float, float], size: tuple[float, float]) -> Array:
    """Return a box for each place (boxes, 2), whose upper left corner is so far from it, shape (boxes, 4)."""
    made = np.empty((len(places), 4))
    made[:, :2], made[:, 2:] = places + offset, size
    return made


@dataclass(frozen=True, slots=True)
class ColumnText:
    """A column and the measured widths of its words.

    Attributes:
        id: the layer's id, or "input".
        units: how many neurons it has.
        title: width of the header on one line; `stacked`: of its wider half when it takes two lines.
        size: width of the end of the header that says the size and can be typed over, 0 where there is none.
        second: width of the words of the header's second line; `note`: of the third, 0 where there is none.
        before, after: widest name before and behind the tiles, 0 where there is none.
        buttons: which of "minus", "plus", "lock" and "more" the header has.
        image: (height, width) in pixels when the column is one picture. block: whether it is one plain box.
    """

    id: str
    units: int
    title: float
    stacked: float
    second: float
    size: float = 0.0
    note: float = 0.0
    before: float = 0.0
    after: float = 0.0
    buttons: tuple[str, ...] = ()
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
        x: of its axis, of a row of its middle.
        centers: of the shown tiles, shape (shown, 2); `side`: their width.
        vertical: whether it lies as a row, so that signals run downwards.
        numbers, before, after: text boxes below the tiles, and of the names before and behind them, shape (shown or 0, 4).
        fold: where the ellipsis of hidden neurons stands. image: the picture's box. block: the plain box, of which no
            neuron has a place.
        title, second, note: the header's lines, as many boxes as lines. units_box: the part of the title that says the size.
        minus, plus, lock, more: the header's buttons; they keep their room while they are not drawn.
    """

    id: str
    units: int
    x: float
    side: float
    shown: Array
    centers: Array
    vertical: bool = False
    numbers: Array = field(default_factory=no_boxes)
    before: Array = field(default_factory=no_boxes)
    after: Array = field(default_factory=no_boxes)
    fold: Box | None = None
    image: Box | None = None
    block: Box | None = None
    title: tuple[Box, ...] = ()
    second: Box = (0.0, 0.0, 0.0, 0.0)
    note: Box | None = None
    units_box: Box | None = None
    minus: Box | None = None
    plus: Box | None = None
    lock: Box | None = None
    more: Box | None = None

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
        return boxes_at(self.centers, (-self.side / 2, -self.side / 2), (self.side, self.side))

    @property
    def header(self) -> list[Box]:
        """The boxes of the header: its words and its buttons."""
        parts = (self.note, self.minus, self.plus, self.lock, self.more)
        return [*self.title, *([self.second] if self.second[2] else []), *(box for box in parts if box is not None)]

    @property
    def words(self) -> Array:
        """Every box of its that holds words or a button, shape (boxes, 4)."""
        folds = [self.fold] if self.fold is not None else []
        return np.concatenate([np.reshape([*self.header, *folds], (-1, 4)), self.numbers, self.before, self.after])

    def starts(self) -> Array:
        """Where edges leave the shown neurons, shape (shown, 2): at their right, in a row below their numbers."""
        axis = int(self.vertical)
        if self.image is not None:
            return self._at_side(self.image[axis] + self.image[2 + axis] + STAND_OFF)
        below = RING + NUMBER if self.vertical and len(self.numbers) else 0.0
        return self._beside(self.side / 2 + STAND_OFF + below)

    def ends(self) -> Array:
        """Where edges arrive at the shown neurons, shape (shown, 2): at their left, in a row at their top."""
        if self.image is not None:
            return self._at_side(self.image[int(self.vertical)] - STAND_OFF)
        return self._beside(-self.side / 2 - STAND_OFF)

    def _beside(self, offset: float) -> Array:
        return np.asarray(self.centers + ((0.0, offset) if self.vertical else (offset, 0.0)))

    def _at_side(self, place: float) -> Array:
        moved = self.centers.copy()
        moved[:, int(self.vertical)] = place
        return moved


@dataclass(frozen=True, slots=True)
class Layout:
    """The whole drawing; `bounds` encloses it and is never smaller than the window it was made for.

    Attributes:
        stacked: whether headers take two lines for name and size.
        vertical: whether layers lie as rows from top to bottom, instead of standing as columns from left to right.
        gaps: for every index of a layer, where the + of "add a layer here" stands.
        areas: of each column, the box about all of it but its edges, shape (columns, 4).
        spans: of each pair of neighbours, the box about the edges or the band between them, shape (columns − 1, 4).
    """

    columns: tuple[Column, ...]
    surface: Box | None
    caption: Box | None
    bounds: Box
    stacked: bool
    vertical: bool
    gaps: tuple[Box, ...]
    areas: Array
    spans: Array

    def column(self, layer_id: str) -> Column:
        """Return the column of a layer or of "input". Raises KeyError."""
        for column in self.columns:
            if column.id == layer_id:
                return column
        raise KeyError(layer_id)


def area(column: Column) -> Box:
    """Return the box about all of a column but its edges."""
    single = [*column.header, *(box for box in (column.fold, column.box) if box is not None)]
    many = (column.numbers, column.before, column.after, column.tiles if column.box is None else no_boxes())
    corners = [(x, y, x + width, y + height) for x, y, width, height in single]
    for boxes in many:
        if len(boxes):
            (x, y), (right, lower) = boxes[:, :2].min(axis=0).tolist(), boxes[:, :2].max(axis=0).tolist()
            corners.append((x, y, right + float(boxes[0, 2]), lower + float(boxes[0, 3])))
    left, top, rights, lowers = zip(*corners, strict=True)
    return min(left), min(top), max(rights) - min(left), max(lowers) - min(top)


def span(before: Column, behind: Column) -> Box:
    """Return the box about all edges between two neighbours, or the band: curves stay between their ends."""
    starts, ends = before.starts(), behind.ends()
    if not len(starts) or not len(ends):
        starts, ends = (np.concatenate([solids[:, :2], solids[:, :2] + solids[:, 2:]]) for solids in (before.solids, behind.solids))
    both = np.concatenate([starts, ends])
    (x, y), (right, lower) = both.min(axis=0).tolist(), both.max(axis=0).tolist()
    return x, y, right - x, lower - y


def text_boxes(layout: Layout) -> Array:
    """Return every box that holds words, or a button even where it is not drawn, shape (boxes, 4)."""
    captions = np.reshape([layout.caption] if layout.caption else [], (-1, 4))
    return np.concatenate([captions, *(column.words for column in layout.columns)])


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
