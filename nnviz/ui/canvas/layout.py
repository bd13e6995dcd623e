"""Where everything stands on the canvas, in NumPy alone: columns of neurons, their words, the surface.

One unit is one pixel at 100 %. Columns spread over the width, tiles shrink before anything is allowed to
touch, and what still does not fit makes the drawing larger than the window, so that "fit" scales it down.
Boxes are (x, y, width, height).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from nnviz.ui.canvas.columns import LINE, NAME_GAP, NUMBER, RING, Array, Column, ColumnText, Layout, area, boxes_at, no_boxes, span
from nnviz.ui.canvas.headers import LEAST_GAP, gap_boxes, header_lines, header_sides, with_header
from nnviz.ui.canvas.layout_rows import arrange_rows
from nnviz.ui.canvas.spacing import (
    AIR,
    BLOCK_WIDTH,
    CURVE_MIN,
    CURVE_USUAL,
    IMAGE_MIN,
    IMAGE_SIDE,
    MARGIN,
    OUTPUT_SCALE,
    SIDES,
    SURFACE_GAP,
    SURFACE_MAX,
    TILE_MAX,
    TILE_MIN,
    box_column,
    folds,
    grown,
    shown_neurons,
    stepped,
    surface_side,
    water_fill,
)

TITLE_TOP = 14.0
HEADER_GAP = 12.0
NARROW = SIDES[-2]
GAP_MAX = 330.0
FOLD_ROW = 0.8


def arrange(
    columns: tuple[ColumnText, ...],
    size: tuple[float, float],
    *,
    number: float = 60.0,
    surface: bool = False,
    unfolded: frozenset[str] = frozenset(),
    vertical: bool = False,
) -> Layout:
    """Place everything.

    Args:
        columns: input first, output last; at least two.
        size: width and height of the window in pixels.
        number: width of the widest number below a tile.
        surface: whether the large decision surface stands at the right.
        unfolded: ids of wide layers that show all their neurons.
        vertical: whether layers lie as rows from top to bottom.
    """
    if vertical:
        return arrange_rows(columns, size, number=number, surface=surface, unfolded=unfolded)
    stacked = _needed_width(columns, number, surface, size[0], stacked=False) > size[0]
    top = TITLE_TOP + header_lines(stacked) * LINE + HEADER_GAP
    needed = _needed_width(columns, number, surface, size[0], stacked=stacked), _needed_height(columns, unfolded, top)
    width, height = grown(size, needed, vertical=False)
    room = height - top - MARGIN
    plan = _Plan(number, room, stacked)
    fitting = int(room / (TILE_MIN * 1.6 + NUMBER + RING * 2 + 2))
    rows = [shown_neurons(column, fitting, column.id in unfolded) for column in columns]
    side = stepped(min(_side_for_height(rows, columns, room), _side_for_width(columns, plan, surface, width)))
    sides = [_column_side(column, shown, side, room, last=column is columns[-1]) for column, shown in zip(columns, rows, strict=True)]
    tallest = max(_height(column, shown, each, room) for column, shown, each in zip(columns, rows, sides, strict=True))
    square = surface_side(width, max(room, tallest) - 2 * LINE) if surface else 0.0
    tallest = max(tallest, square + 2 * LINE)
    middle = top + max(room, tallest) / 2
    xs, right = _spread(columns, sides, plan, square, width)
    placed = tuple(_place(*each, middle, plan) for each in zip(columns, rows, xs.tolist(), sides, strict=True))
    box = (right - MARGIN - square, middle - square / 2 - LINE / 2, square, square) if surface else None
    return Layout(
        columns=placed,
        surface=box,
        caption=(box[0], box[1] + square + 6, square, LINE) if box else None,
        bounds=(0.0, 0.0, float(max(width, right)), float(max(height, top + tallest + MARGIN))),
        stacked=stacked,
        vertical=False,
        gaps=gap_boxes(placed, vertical=False),
        areas=np.array([area(column) for column in placed]),
        spans=np.array([span(left, right) for left, right in pairwise(placed)]),
    )


@dataclass(frozen=True, slots=True)
class _Plan:
    """What holds for all columns: width of a number, height below the headers, lines of a header."""

    number: float
    room: float
    stacked: bool


def _row_count(column: ColumnText, shown: Array) -> float:
    return len(shown) + FOLD_ROW * (len(shown) < column.units)


def _side_for_height(rows: list[Array], columns: tuple[ColumnText, ...], room: float) -> float:
    """Return the tile size that lets the tallest column fit."""
    most = max((_row_count(column, shown) for column, shown in zip(columns, rows, strict=True) if not column.boxed), default=1.0)
    return min(room / most - NUMBER - 2 * RING, TILE_MAX)


def _side_for_width(columns: tuple[ColumnText, ...], plan: _Plan, surface: bool, width: float) -> float:
    """Return the tile size that leaves the curves between columns room to bend."""
    first, last = (_extents(column, _least_side(column), plan.number, plan.stacked) for column in (columns[0], columns[-1]))
    square = surface_side(width, SURFACE_MAX) + SURFACE_GAP if surface else 0.0
    pitch = (width - 2 * MARGIN - first[0] - last[1] - square) / (len(columns) - 1)
    return max(max(pitch, plan.number + LEAST_GAP) - CURVE_USUAL, NARROW)


def _column_side(column: ColumnText, shown: Array, side: float, room: float, *, last: bool) -> float:
    if column.image:
        return _box_height(room) / max(column.image)
    if column.block:
        return BLOCK_WIDTH
    if not last:
        return side
    return float(np.clip(room / _row_count(column, shown) - NUMBER - 2 * RING - AIR / 2, side, side * OUTPUT_SCALE))


def _least_side(column: ColumnText) -> float:
    return _column_side(column, np.arange(1), NARROW, IMAGE_SIDE, last=False)


def _box_height(room: float) -> float:
    return min(IMAGE_SIDE, max(room, IMAGE_MIN))


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


def _extents(column: ColumnText, side: float, number: float, stacked: bool) -> tuple[float, float]:
    """Return how far a column reaches left and right of its axis."""
    left, right = header_sides(column, stacked)
    tiles = _solid_width(column, side) + 2 * RING * (not column.boxed)
    half = max(tiles, 0.0 if column.boxed else number) / 2
    inner = tiles / 2 + NAME_GAP
    before, after = (inner + names if names else 0.0 for names in (column.before, column.after))
    return max(half, left, before), max(half, right, after)


def _solid_width(column: ColumnText, side: float) -> float:
    return side * column.image[1] if column.image else side


def _least_gaps(columns: tuple[ColumnText, ...], sides: list[float], number: float, stacked: bool) -> Array:
    extents = [_extents(column, side, number, stacked) for column, side in zip(columns, sides, strict=True)]
    words = np.array([left[1] + right[0] + LEAST_GAP for left, right in pairwise(extents)])
    halves = np.array([_solid_width(column, side) for column, side in zip(columns, sides, strict=True)]) / 2
    return np.asarray(np.maximum(words, halves[:-1] + halves[1:] + CURVE_MIN))


def _needed_width(columns: tuple[ColumnText, ...], number: float, surface: bool, width: float, *, stacked: bool) -> float:
    """Return the width below which headers of neighbours would touch."""
    sides = [_least_side(column) for column in columns]
    first, last = (_extents(columns[index], sides[index], number, stacked) for index in (0, -1))
    square = surface_side(width, SURFACE_MAX) + SURFACE_GAP if surface else 0.0
    return float(first[0] + _least_gaps(columns, sides, number, stacked).sum() + last[1] + square + 2 * MARGIN)


def _needed_height(columns: tuple[ColumnText, ...], unfolded: frozenset[str], top: float) -> float:
    """Return the height below which even the smallest tiles would touch."""
    rows = [1 if folds(column, column.id in unfolded) else column.units for column in columns if not column.boxed]
    return top + MARGIN + max(rows, default=1) * (TILE_MIN + NUMBER + 2 * RING)


def _spread(columns: tuple[ColumnText, ...], sides: list[float], plan: _Plan, square: float, width: float) -> tuple[Array, float]:
    """Return the columns' axes and the right end of the drawing."""
    least = _least_gaps(columns, sides, plan.number, plan.stacked)
    first = _extents(columns[0], sides[0], plan.number, plan.stacked)[0]
    last, beside = _extents(columns[-1], sides[-1], plan.number, plan.stacked)[1], 0.0
    if square:
        # The header may reach over the surface, which stands lower; tiles, names and numbers may not.
        tail = max(sides[-1] / 2 + RING, plan.number / 2, sides[-1] / 2 + RING + NAME_GAP + columns[-1].after if columns[-1].after else 0.0)
        beside = max(tail + SURFACE_GAP + square, last) - last
    free = width - 2 * MARGIN - first - last - beside
    gaps = water_fill(least, min(free, GAP_MAX * len(least)))
    used = first + gaps.sum() + last + beside + 2 * MARGIN
    left = MARGIN + first + max(0.0, (width - used) / 2)
    return left + np.concatenate([[0.0], np.cumsum(gaps)]), float(max(0.0, (width - used) / 2) + used)


def _place(column: ColumnText, shown: Array, x: float, side: float, middle: float, plan: _Plan) -> Column:
    if column.image is not None:
        height, width = column.image[0] * side, column.image[1] * side
        placed = box_column(column, (x - width / 2, middle - height / 2, width, height), vertical=False)
    elif column.block:
        height = _box_height(plan.room)
        placed = box_column(column, (x - side / 2, middle - height / 2, side, height), vertical=False)
    else:
        placed = _place_tiles(column, shown, x, side, middle, plan)
    return with_header(placed, column, x, TITLE_TOP, plan.stacked)


def _place_tiles(column: ColumnText, shown: Array, x: float, side: float, middle: float, plan: _Plan) -> Column:
    pitch, number = _pitch(column, shown, side, plan.room), plan.number
    hidden = len(shown) < column.units
    offsets = np.arange(len(shown), dtype=float)
    offsets[len(shown) // 2 :] += FOLD_ROW * hidden
    top = middle - _row_count(column, shown) * pitch / 2 + (pitch - NUMBER) / 2
    centers = np.empty((len(shown), 2))
    centers[:, 0], centers[:, 1] = x, top + offsets * pitch
    below = boxes_at(centers, (-number / 2, side / 2 + RING), (number, NUMBER))
    beside = side / 2 + RING + NAME_GAP
    fold = None
    if hidden:
        low = below[len(shown) // 2 - 1, 1] + NUMBER
        high = centers[len(shown) // 2, 1] - side / 2 - RING
        fold = (x - number / 2, float(low + high) / 2 - 7.0, number, 14.0)
    before = _names(centers, -beside - column.before, column.before)
    after = _names(centers, beside, column.after)
    return Column(column.id, column.units, x, side, shown, centers, numbers=below, before=before, after=after, fold=fold)


def _names(centers: Array, offset: float, width: float) -> Array:
    return boxes_at(centers, (offset, -LINE / 2), (width, LINE)) if width else no_boxes()
