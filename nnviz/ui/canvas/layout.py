"""Where everything stands on the canvas, in NumPy alone: columns of neurons, their words, the surface.

One unit is one pixel at 100 %. Columns spread over the width, tiles shrink before anything is allowed to
touch, and what still does not fit makes the drawing larger than the window, so that "fit" scales it down.
Boxes are (x, y, width, height).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Box = tuple[float, float, float, float]

FOLD_ABOVE = 16
MARGIN = 26.0
TITLE_TOP = 14.0
LINE = 17.0
HEADER_GAP = 22.0
BUTTON = 17.0
NUMBER = 14.0
RING = 6.0
TILE_MIN, TILE_MAX = 22.0, 64.0
OUTPUT_SCALE = 1.43
AIR = 28.0
GAP_MAX = 330.0
NAME_GAP = 9.0
WORD_GAP = 18.0
SURFACE_MIN, SURFACE_MAX = 150.0, 340.0
SURFACE_SHARE = 0.2
SURFACE_GAP = 26.0
IMAGE_SIDE = 224.0
CURVE_MIN, CURVE_USUAL = 44.0, 60.0
FOLD_ROW = 0.8


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
        image: (height, width) in pixels when the column is one picture.
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


@dataclass(frozen=True, slots=True)
class Column:
    """A column as placed; `shown` are the indices of the neurons that have a place, in their order.

    Attributes:
        centers: of the shown tiles, shape (shown, 2); `side`: their width.
        numbers, before, after: text boxes below, left and right of the tiles, shape (shown or 0, 4).
        title, second, note: the header's lines, as many boxes as lines; minus, plus: its buttons.
        fold: where the ellipsis of hidden neurons stands. image: the picture's box.
    """

    id: str
    units: int
    x: float
    side: float
    shown: Array
    centers: Array
    numbers: Array
    before: Array
    after: Array
    title: tuple[Box, ...]
    second: Box
    note: Box | None
    minus: Box | None
    plus: Box | None
    fold: Box | None
    image: Box | None

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


def arrange(
    columns: tuple[ColumnText, ...],
    size: tuple[float, float],
    *,
    number: float = 60.0,
    surface: bool = False,
    unfolded: frozenset[str] = frozenset(),
) -> Layout:
    """Place everything.

    Args:
        columns: input first, output last; at least two.
        size: width and height of the window in pixels.
        number: width of the widest number below a tile.
        surface: whether the large decision surface stands at the right.
        unfolded: ids of wide layers that show all their neurons.
    """
    width, height = max(size[0], 1.0), max(size[1], 1.0)
    stacked = _needed_width(columns, number, surface, width, stacked=False) > width
    lines = (3 if stacked else 2) + any(column.note for column in columns)
    # What needs more than the window gets more of both sides, so that fitting it leaves no bands.
    wider = _needed_width(columns, number, surface, width, stacked=stacked) / width
    higher = _needed_height(columns, unfolded, lines) / height
    width, height = width * max(1.0, wider, higher), height * max(1.0, wider, higher)
    top = TITLE_TOP + lines * LINE + HEADER_GAP
    room = height - top - MARGIN
    rows = [_rows(column, room, column.id in unfolded) for column in columns]
    side = _tile_side(rows, columns, room)
    side = min(side, _side_for_width(columns, number, surface, width, stacked))
    sides = [_column_side(column, shown, side, room, last=column is columns[-1]) for column, shown in zip(columns, rows, strict=True)]
    tallest = max(_height(column, shown, each, room) for column, shown, each in zip(columns, rows, sides, strict=True))
    square = _surface_side(width, max(room, tallest)) if surface else 0.0
    tallest = max(tallest, square + 2 * LINE)
    middle = top + max(room, tallest) / 2
    xs, right = _spread(columns, sides, number, square, width, stacked)
    placed = tuple(
        _place(column, shown, x, each, middle, room, number, stacked)
        for column, shown, x, each in zip(columns, rows, xs, sides, strict=True)
    )
    box = (right - MARGIN - square, middle - square / 2 - LINE / 2, square, square) if surface else None
    caption = (box[0], box[1] + square + 6, square, LINE) if box else None
    bounds = (0.0, 0.0, float(max(width, right)), float(max(height, top + tallest + MARGIN)))
    return Layout(placed, box, caption, bounds, stacked)


def _rows(column: ColumnText, room: float, unfolded: bool) -> Array:
    """Choose the neurons that get a place: all of them, or the first and last few of a wide layer."""
    if unfolded or column.image or column.units <= FOLD_ABOVE:
        return np.arange(column.units)
    fitting = int(room / (TILE_MIN * 1.6 + NUMBER + RING * 2 + 2))
    few = int(np.clip((fitting - 1) // 2, 2, 7))
    return np.concatenate([np.arange(few), np.arange(column.units - few, column.units)])


def _row_count(column: ColumnText, shown: Array) -> float:
    return len(shown) + FOLD_ROW * (len(shown) < column.units)


def _tile_side(rows: list[Array], columns: tuple[ColumnText, ...], room: float) -> float:
    """Return the tile size that lets the tallest column fit, within what is still legible."""
    most = max((_row_count(column, shown) for column, shown in zip(columns, rows, strict=True) if not column.image), default=1.0)
    return float(np.clip(room / most - NUMBER - 2 * RING, TILE_MIN, TILE_MAX))


def _side_for_width(columns: tuple[ColumnText, ...], number: float, surface: bool, width: float, stacked: bool) -> float:
    """Return the tile size that leaves the curves between columns room to bend."""
    ends = _extents(columns[0], TILE_MIN, number, stacked)[0] + _extents(columns[-1], TILE_MIN, number, stacked)[1]
    square = _surface_side(width, SURFACE_MAX) + SURFACE_GAP if surface else 0.0
    pitch = (width - 2 * MARGIN - ends - square) / (len(columns) - 1)
    return float(np.clip(max(pitch, number + WORD_GAP) - CURVE_USUAL, TILE_MIN * 1.25, TILE_MAX))


def _column_side(column: ColumnText, shown: Array, side: float, room: float, *, last: bool) -> float:
    if column.image:
        return float(min(IMAGE_SIDE, max(room, 60.0)) / max(column.image))
    if not last:
        return side
    return float(np.clip(room / _row_count(column, shown) - NUMBER - 2 * RING - AIR / 2, side, side * OUTPUT_SCALE))


def _pitch(column: ColumnText, shown: Array, side: float, room: float) -> float:
    """Return the distance of neighbours: room for a ring, a number and, where there is some, air."""
    least = side + NUMBER + 2 * RING
    return float(np.clip(room / _row_count(column, shown), least, least + AIR))


def _height(column: ColumnText, shown: Array, side: float, room: float) -> float:
    if column.image:
        return column.image[0] * side + NUMBER + RING
    return _row_count(column, shown) * _pitch(column, shown, side, room)


def _surface_side(width: float, room: float) -> float:
    return float(np.clip(width * SURFACE_SHARE, SURFACE_MIN, max(SURFACE_MIN, min(SURFACE_MAX, room - 2 * LINE))))


def _extents(column: ColumnText, side: float, number: float, stacked: bool) -> tuple[float, float]:
    """Return how far a column reaches left and right of its axis."""
    header = max(column.stacked if stacked else column.title, column.second, column.note, 3 * BUTTON if column.buttons else 0.0)
    tiles = side * column.image[1] if column.image else side + 2 * RING
    half = max(header, tiles, number) / 2
    inner = tiles / 2 + NAME_GAP
    return max(half, inner + column.before if column.before else 0.0), max(half, inner + column.after if column.after else 0.0)


def _least_gaps(columns: tuple[ColumnText, ...], sides: list[float], number: float, stacked: bool) -> Array:
    extents = [_extents(column, side, number, stacked) for column, side in zip(columns, sides, strict=True)]
    words = np.array([left[1] + right[0] + WORD_GAP for left, right in pairwise(extents)])
    halves = np.array([side * column.image[1] if column.image else side for column, side in zip(columns, sides, strict=True)]) / 2
    return np.asarray(np.maximum(words, halves[:-1] + halves[1:] + CURVE_MIN))


def _needed_width(columns: tuple[ColumnText, ...], number: float, surface: bool, width: float, *, stacked: bool) -> float:
    """Return the width below which headers of neighbours would touch."""
    sides = [TILE_MIN * 1.25 if column.image is None else IMAGE_SIDE / max(column.image) for column in columns]
    first, last = (_extents(columns[index], sides[index], number, stacked) for index in (0, -1))
    square = _surface_side(width, SURFACE_MAX) + SURFACE_GAP if surface else 0.0
    return float(first[0] + _least_gaps(columns, sides, number, stacked).sum() + last[1] + square + 2 * MARGIN)


def _needed_height(columns: tuple[ColumnText, ...], unfolded: frozenset[str], lines: int) -> float:
    """Return the height below which even the smallest tiles would touch."""
    rows = [column.units if column.units <= FOLD_ABOVE or column.id in unfolded else 1 for column in columns if column.image is None]
    return TITLE_TOP + lines * LINE + HEADER_GAP + MARGIN + max(rows, default=1) * (TILE_MIN + NUMBER + 2 * RING)


def _spread(
    columns: tuple[ColumnText, ...], sides: list[float], number: float, square: float, width: float, stacked: bool
) -> tuple[Array, float]:
    """Return the columns' axes and the right end of the drawing."""
    least = _least_gaps(columns, sides, number, stacked)
    first = _extents(columns[0], sides[0], number, stacked)[0]
    last, beside = _extents(columns[-1], sides[-1], number, stacked)[1], 0.0
    if square:
        # The header may reach over the surface, which stands lower; tiles, names and numbers may not.
        tail = max(sides[-1] / 2 + RING, number / 2, sides[-1] / 2 + RING + NAME_GAP + columns[-1].after if columns[-1].after else 0.0)
        beside = max(tail + SURFACE_GAP + square, last) - last
    free = width - 2 * MARGIN - first - last - beside
    gaps = _water_fill(least, min(free, GAP_MAX * len(least)))
    used = first + gaps.sum() + last + beside + 2 * MARGIN
    left = MARGIN + first + max(0.0, (width - used) / 2)
    return left + np.concatenate([[0.0], np.cumsum(gaps)]), float(max(0.0, (width - used) / 2) + used)


def _water_fill(least: Array, total: float) -> Array:
    """Return gaps as equal as can be, none below its least, that add up to `total` where possible."""
    gaps = least.astype(float)
    for count in range(len(least), 0, -1):
        level = (total - np.sort(least)[count:].sum()) / count
        if level >= np.sort(least)[count - 1]:
            return np.asarray(np.maximum(gaps, level))
    return gaps


def _place(
    column: ColumnText,
    shown: Array,
    x: float,
    side: float,
    middle: float,
    room: float,
    number: float,
    stacked: bool,
) -> Column:
    title, second, note, minus, plus = _header(column, x, stacked)
    if column.image:
        return _place_image(column, shown, x, side, middle, title, second, note)
    pitch = _pitch(column, shown, side, room)
    hidden = len(shown) < column.units
    offsets = np.arange(len(shown), dtype=float)
    offsets[len(shown) // 2 :] += FOLD_ROW * hidden
    top = middle - _row_count(column, shown) * pitch / 2 + (pitch - NUMBER) / 2
    centers = np.column_stack([np.full(len(shown), x), top + offsets * pitch])
    below = np.column_stack(
        [centers[:, 0] - number / 2, centers[:, 1] + side / 2 + RING, np.full(len(shown), number), np.full(len(shown), NUMBER)]
    )
    beside = side / 2 + RING + NAME_GAP
    fold = None
    if hidden:
        low = below[len(shown) // 2 - 1, 1] + NUMBER
        high = centers[len(shown) // 2, 1] - side / 2 - RING
        fold = (x - number / 2, (low + high) / 2 - 7.0, number, 14.0)
    return Column(
        id=column.id,
        units=column.units,
        x=x,
        side=side,
        shown=shown,
        centers=centers,
        numbers=below,
        before=_names(centers, -beside - column.before, column.before),
        after=_names(centers, beside, column.after),
        title=title,
        second=second,
        note=note,
        minus=minus,
        plus=plus,
        fold=fold,
        image=None,
    )


def _names(centers: Array, offset: float, width: float) -> Array:
    if not width:
        return np.zeros((0, 4))
    count = len(centers)
    return np.column_stack([centers[:, 0] + offset, centers[:, 1] - LINE / 2, np.full(count, width), np.full(count, LINE)])


def _place_image(
    column: ColumnText, shown: Array, x: float, side: float, middle: float, title: tuple[Box, ...], second: Box, note: Box | None
) -> Column:
    rows, columns = column.image or (1, 1)
    box = (x - columns * side / 2, middle - rows * side / 2, columns * side, rows * side)
    row, across = np.divmod(shown % (rows * columns), columns)
    centers = np.column_stack([box[0] + (across + 0.5) * side, box[1] + (row + 0.5) * side])
    none = np.zeros((0, 4))
    return Column(column.id, column.units, x, side, shown, centers, none, none, none, title, second, note, None, None, None, box)


def _header(column: ColumnText, x: float, stacked: bool) -> tuple[tuple[Box, ...], Box, Box | None, Box | None, Box | None]:
    width = column.stacked if stacked else column.title
    title = tuple((x - width / 2, TITLE_TOP + line * LINE, width, LINE) for line in range(2 if stacked else 1))
    y = TITLE_TOP + len(title) * LINE
    second = (x - column.second / 2, y, column.second, LINE)
    note = (x - column.note / 2, y + LINE, column.note, LINE) if column.note else None
    if not column.buttons:
        return title, second, note, None, None
    return title, second, note, (x - BUTTON - 3, y, BUTTON, BUTTON), (x + 3, y, BUTTON, BUTTON)


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
        found += [column.image] if column.image else list(column.tiles)
    return np.array(found, dtype=float).reshape(-1, 4)


def overlaps(boxes: Array, others: Array) -> Array:
    """Return which boxes overlap which others, shape (boxes, others), bool; touching is not overlapping."""
    low, high = boxes[:, None, :2], boxes[:, None, :2] + boxes[:, None, 2:]
    other_low, other_high = others[None, :, :2], others[None, :, :2] + others[None, :, 2:]
    return np.asarray(((low < other_high - 1e-9) & (other_low < high - 1e-9)).all(axis=2))
