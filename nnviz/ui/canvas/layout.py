"""Where everything stands on the canvas, in NumPy alone: columns of neurons, their words, the surface.

One unit is one pixel at 100 %. Columns spread over the width, tiles shrink before anything is allowed to
touch, and what still does not fit makes the drawing larger than the window, so that "fit" scales it down.
Boxes are (x, y, width, height).
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np

from nnviz.ui.canvas.columns import LINE, NAME_GAP, NUMBER, RING, Array, Box, Column, ColumnText, Layout, no_boxes

FOLD_ABOVE = 16
MARGIN = 26.0
TITLE_TOP = 14.0
HEADER_GAP = 22.0
BUTTON = 17.0
TILE_MIN, TILE_MAX = 22.0, 64.0
OUTPUT_SCALE = 1.43
AIR = 28.0
GAP_MAX = 330.0
WORD_GAP = 18.0
SURFACE_MIN, SURFACE_MAX = 150.0, 340.0
SURFACE_SHARE = 0.2
SURFACE_GAP = 26.0
IMAGE_SIDE = 224.0
BLOCK_WIDTH = 46.0
CURVE_MIN, CURVE_USUAL = 44.0, 60.0
FOLD_ROW = 0.8


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
    """Choose the neurons that get a place: all of them, the first and last few of a wide layer, or none of a block."""
    if column.block:
        return np.arange(0)
    if unfolded or column.image or column.units <= FOLD_ABOVE:
        return np.arange(column.units)
    fitting = int(room / (TILE_MIN * 1.6 + NUMBER + RING * 2 + 2))
    few = int(np.clip((fitting - 1) // 2, 2, 7))
    return np.concatenate([np.arange(few), np.arange(column.units - few, column.units)])


def _row_count(column: ColumnText, shown: Array) -> float:
    return len(shown) + FOLD_ROW * (len(shown) < column.units)


def _tile_side(rows: list[Array], columns: tuple[ColumnText, ...], room: float) -> float:
    """Return the tile size that lets the tallest column fit, within what is still legible."""
    most = max((_row_count(column, shown) for column, shown in zip(columns, rows, strict=True) if not column.boxed), default=1.0)
    return float(np.clip(room / most - NUMBER - 2 * RING, TILE_MIN, TILE_MAX))


def _side_for_width(columns: tuple[ColumnText, ...], number: float, surface: bool, width: float, stacked: bool) -> float:
    """Return the tile size that leaves the curves between columns room to bend."""
    first, last = (_extents(column, _least_side(column), number, stacked) for column in (columns[0], columns[-1]))
    ends = first[0] + last[1]
    square = _surface_side(width, SURFACE_MAX) + SURFACE_GAP if surface else 0.0
    pitch = (width - 2 * MARGIN - ends - square) / (len(columns) - 1)
    return float(np.clip(max(pitch, number + WORD_GAP) - CURVE_USUAL, TILE_MIN * 1.25, TILE_MAX))


def _column_side(column: ColumnText, shown: Array, side: float, room: float, *, last: bool) -> float:
    if column.image:
        return _box_height(room) / max(column.image)
    if column.block:
        return BLOCK_WIDTH
    if not last:
        return side
    return float(np.clip(room / _row_count(column, shown) - NUMBER - 2 * RING - AIR / 2, side, side * OUTPUT_SCALE))


def _least_side(column: ColumnText) -> float:
    return _column_side(column, np.arange(1), TILE_MIN * 1.25, IMAGE_SIDE, last=False)


def _box_height(room: float) -> float:
    return min(IMAGE_SIDE, max(room, 60.0))


def _pitch(column: ColumnText, shown: Array, side: float, room: float) -> float:
    """Return the distance of neighbours: room for a ring, a number and, where there is some, air."""
    least = side + NUMBER + 2 * RING
    return float(np.clip(room / _row_count(column, shown), least, least + AIR))


def _height(column: ColumnText, shown: Array, side: float, room: float) -> float:
    if column.image:
        return column.image[0] * side + NUMBER + RING
    if column.block:
        return _box_height(room) + NUMBER + RING
    return _row_count(column, shown) * _pitch(column, shown, side, room)


def _surface_side(width: float, room: float) -> float:
    return float(np.clip(width * SURFACE_SHARE, SURFACE_MIN, max(SURFACE_MIN, min(SURFACE_MAX, room - 2 * LINE))))


def _extents(column: ColumnText, side: float, number: float, stacked: bool) -> tuple[float, float]:
    """Return how far a column reaches left and right of its axis."""
    header = max(column.stacked if stacked else column.title, column.second, column.note, 3 * BUTTON if column.buttons else 0.0)
    tiles = _solid_width(column, side) + 2 * RING * (not column.boxed)
    half = max(header, tiles, 0.0 if column.boxed else number) / 2
    inner = tiles / 2 + NAME_GAP
    return max(half, inner + column.before if column.before else 0.0), max(half, inner + column.after if column.after else 0.0)


def _solid_width(column: ColumnText, side: float) -> float:
    return side * column.image[1] if column.image else side


def _least_gaps(columns: tuple[ColumnText, ...], sides: list[float], number: float, stacked: bool) -> Array:
    extents = [_extents(column, side, number, stacked) for column, side in zip(columns, sides, strict=True)]
    words = np.array([left[1] + right[0] + WORD_GAP for left, right in pairwise(extents)])
    halves = np.array([_solid_width(column, side) for column, side in zip(columns, sides, strict=True)]) / 2
    return np.asarray(np.maximum(words, halves[:-1] + halves[1:] + CURVE_MIN))


def _needed_width(columns: tuple[ColumnText, ...], number: float, surface: bool, width: float, *, stacked: bool) -> float:
    """Return the width below which headers of neighbours would touch."""
    sides = [_least_side(column) for column in columns]
    first, last = (_extents(columns[index], sides[index], number, stacked) for index in (0, -1))
    square = _surface_side(width, SURFACE_MAX) + SURFACE_GAP if surface else 0.0
    return float(first[0] + _least_gaps(columns, sides, number, stacked).sum() + last[1] + square + 2 * MARGIN)


def _needed_height(columns: tuple[ColumnText, ...], unfolded: frozenset[str], lines: int) -> float:
    """Return the height below which even the smallest tiles would touch."""
    rows = [column.units if column.units <= FOLD_ABOVE or column.id in unfolded else 1 for column in columns if not column.boxed]
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
    if column.boxed:
        return _place_box(column, shown, x, side, middle, room, stacked)
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
    before = _names(centers, -beside - column.before, column.before)
    after = _names(centers, beside, column.after)
    return Column(column.id, column.units, x, side, shown, centers, *_header(column, x, stacked), below, before, after, fold)


def _names(centers: Array, offset: float, width: float) -> Array:
    if not width:
        return no_boxes()
    count = len(centers)
    return np.column_stack([centers[:, 0] + offset, centers[:, 1] - LINE / 2, np.full(count, width), np.full(count, LINE)])


def _place_box(column: ColumnText, shown: Array, x: float, side: float, middle: float, room: float, stacked: bool) -> Column:
    """Place a picture, whose neurons are its pixels, or a block, which shows none."""
    rows, across = column.image or (1, 1)
    width, height = across * side, rows * side if column.image else _box_height(room)
    box = (x - width / 2, middle - height / 2, width, height)
    row, place = np.divmod(shown % (rows * across), across)
    centers = np.column_stack([box[0] + (place + 0.5) * side, box[1] + (row + 0.5) * side])
    placed = Column(column.id, column.units, x, side, shown, centers, *_header(column, x, stacked))
    return replace(placed, image=box) if column.image else replace(placed, block=box)


def _header(column: ColumnText, x: float, stacked: bool) -> tuple[tuple[Box, ...], Box, Box | None, Box | None, Box | None]:
    width = column.stacked if stacked else column.title
    title = tuple((x - width / 2, TITLE_TOP + line * LINE, width, LINE) for line in range(2 if stacked else 1))
    y = TITLE_TOP + len(title) * LINE
    second = (x - column.second / 2, y, column.second, LINE)
    note = (x - column.note / 2, y + LINE, column.note, LINE) if column.note else None
    if not column.buttons:
        return title, second, note, None, None
    return title, second, note, (x - BUTTON - 3, y, BUTTON, BUTTON), (x + 3, y, BUTTON, BUTTON)
