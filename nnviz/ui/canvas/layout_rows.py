"""The vertical orientation: layers are rows from top to bottom, neurons stand from left to right, headers at the left.

Numbers stay below their tiles, so edges leave below the numbers; names of inputs stand above, those of outputs below.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from nnviz.ui.canvas.columns import LINE, NUMBER, RING, Array, Column, ColumnText, Layout, area, boxes_at, no_boxes, span
from nnviz.ui.canvas.headers import LEAST_GAP, gap_boxes, header_lines, header_sides, with_header
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
    TILE_MIN,
    box_column,
    grown,
    shown_neurons,
    surface_side,
    water_fill,
)

HEADER_GAP = 24.0
HEADER_RISE = 1.5 * LINE  # name, size and buttons stand about the row's axis, a note below them
WORDS_GAP = 8.0
NAMED = LINE + 9.0  # a name with its bar below
GAP_MAX = 240.0
IMAGE_SHARE = 0.22


@dataclass(frozen=True, slots=True)
class _Plan:
    """What holds for all rows: width of a number, where tiles may stand from left to right, and the side of pictures."""

    number: float
    left: float
    room: float
    image: float

    @property
    def middle(self) -> float:
        """Where rows are centered."""
        return self.left + self.room / 2


@dataclass(frozen=True, slots=True)
class _Row:
    """One layer before it has a height: its words, its shown neurons and its place for each of them."""

    text: ColumnText
    shown: Array
    side: float

    @property
    def count(self) -> int:
        """How many places the row has; the ellipsis takes one."""
        return len(self.shown) + (len(self.shown) < self.text.units)

    def reach(self, plan: _Plan) -> tuple[float, float]:
        """Return how far tiles, numbers and names reach above and below the axis."""
        if self.text.boxed:
            half = (BLOCK_WIDTH if self.text.image is None else plan.image) / 2
            return half, half
        above = LINE if self.text.before else 0.0
        return self.side / 2 + RING + above, self.side / 2 + RING + NUMBER + (NAMED if self.text.after else 0.0)


def arrange_rows(
    columns: tuple[ColumnText, ...], size: tuple[float, float], *, number: float, surface: bool, unfolded: frozenset[str]
) -> Layout:
    """Place everything; see `nnviz.ui.canvas.layout.arrange`."""
    reaches = [header_sides(column, stacked=True) for column in columns]
    axis = MARGIN + max(left for left, _ in reaches)
    left = axis + max(right for _, right in reaches) + HEADER_GAP
    square = surface_side(size[0], size[1] - 2 * MARGIN - 2 * LINE) if surface else 0.0
    beside = MARGIN + (square + SURFACE_GAP if surface else 0.0)
    image = float(np.clip(size[1] * IMAGE_SHARE, IMAGE_MIN, IMAGE_SIDE))
    least = _Plan(number, left, max(1.0, size[0] - left - beside), image)
    smallest = _rows(columns, least, TILE_MIN, unfolded)
    across = left + max(_across(row, least, TILE_MIN) for row in smallest) + beside
    needed = across, max(_needed_height(smallest, least), square + 2 * LINE + 2 * MARGIN)
    width, height = grown(size, needed, vertical=True)
    plan = _Plan(number, left, width - left - beside, image)
    rows = _largest(columns, plan, height, unfolded)
    ys, bottom = _spread(rows, plan, height)
    placed = tuple(_place(row, y, axis, plan) for row, y in zip(rows, ys.tolist(), strict=True))
    height = max(height, bottom)
    low = height - MARGIN - LINE - 6 - square
    box = (width - MARGIN - square, min(max(MARGIN, float(ys[-1]) - square / 2), low), square, square) if surface else None
    return Layout(
        columns=placed,
        surface=box,
        caption=(box[0], box[1] + square + 6, square, LINE) if box else None,
        bounds=(0.0, 0.0, float(width), float(height)),
        stacked=True,
        vertical=True,
        gaps=gap_boxes(placed, vertical=True),
        areas=np.array([area(column) for column in placed]),
        spans=np.array([span(above, below) for above, below in pairwise(placed)]),
    )


def _rows(columns: tuple[ColumnText, ...], plan: _Plan, side: float, unfolded: frozenset[str]) -> list[_Row]:
    """Choose the neurons that get a place and how large their tiles are; the output's are larger where they have room."""
    found = []
    for column in columns:
        shown = shown_neurons(column, int(plan.room / _words(column, plan)), column.id in unfolded)
        row = _Row(column, shown, side)
        if column is columns[-1] and not column.boxed:
            wide = float(np.clip(plan.room / row.count - 2 * RING - AIR, side, side * OUTPUT_SCALE))
            row = _Row(column, shown, wide)
        found.append(row)
    return found


def _words(column: ColumnText, plan: _Plan) -> float:
    """Return how far apart neighbours stand at least for their words."""
    return max(plan.number, column.before, column.after) + WORDS_GAP


def _across(row: _Row, plan: _Plan, side: float) -> float:
    """Return the width a row needs at least."""
    if row.text.image is not None:
        return plan.image * row.text.image[1] / row.text.image[0]
    return IMAGE_MIN if row.text.block else row.count * max(_words(row.text, plan), side + 2 * RING)


def _largest(columns: tuple[ColumnText, ...], plan: _Plan, height: float, unfolded: frozenset[str]) -> list[_Row]:
    """Return the rows with the largest tiles that leave the curves room to bend and stand in the window; else with the smallest."""
    for side in SIDES:
        rows = _rows(columns, plan, side, unfolded)
        if _height(rows, plan, CURVE_USUAL) <= height and all(_across(row, plan, side) <= plan.room for row in rows):
            return rows
    return _rows(columns, plan, TILE_MIN, unfolded)


def _least_gaps(rows: list[_Row], plan: _Plan, curve: float) -> Array:
    """Return how far apart the axes of neighbours stand at least: for their curves, and for the + between their headers."""
    reaches = np.array([row.reach(plan) for row in rows])
    blocks = np.array([row.text.block for row in rows])
    curves = np.where(blocks[1:] | blocks[:-1], CURVE_MIN, curve)
    edges = reaches[:-1, 1] + reaches[1:, 0] + curves
    return np.asarray(np.maximum(edges, header_lines(stacked=True) * LINE + LEAST_GAP))


def _ends(rows: list[_Row], plan: _Plan) -> tuple[float, float]:
    """Return how far the first row reaches above its axis, and the last below."""
    under = header_lines(stacked=True) * LINE - HEADER_RISE
    return max(rows[0].reach(plan)[0], HEADER_RISE), max(rows[-1].reach(plan)[1], under)


def _height(rows: list[_Row], plan: _Plan, curve: float) -> float:
    return float(sum(_ends(rows, plan)) + _least_gaps(rows, plan, curve).sum() + 2 * MARGIN)


def _needed_height(rows: list[_Row], plan: _Plan) -> float:
    return _height(rows, plan, CURVE_MIN)


def _spread(rows: list[_Row], plan: _Plan, height: float) -> tuple[Array, float]:
    """Return the heights of the rows' axes and the lower end of the drawing."""
    least, (first, last) = _least_gaps(rows, plan, CURVE_MIN), _ends(rows, plan)
    free = height - 2 * MARGIN - first - last
    gaps = water_fill(least, min(free, GAP_MAX * len(least)))
    used = first + gaps.sum() + last + 2 * MARGIN
    top = MARGIN + first + max(0.0, (height - used) / 2)
    return top + np.concatenate([[0.0], np.cumsum(gaps)]), float(max(0.0, (height - used) / 2) + used)


def _place(row: _Row, y: float, axis: float, plan: _Plan) -> Column:
    text = row.text
    if text.image is not None:
        width = plan.image * text.image[1] / text.image[0]
        placed = box_column(text, (plan.middle - width / 2, y - plan.image / 2, width, plan.image), vertical=True)
    elif text.block:
        width = min(IMAGE_SIDE, plan.room)
        placed = box_column(text, (plan.middle - width / 2, y - BLOCK_WIDTH / 2, width, BLOCK_WIDTH), vertical=True)
    else:
        placed = _place_tiles(row, y, plan)
    return with_header(placed, text, axis, y - HEADER_RISE, stacked=True)


def _place_tiles(row: _Row, y: float, plan: _Plan) -> Column:
    text, shown, side, number = row.text, row.shown, row.side, plan.number
    least = max(_words(text, plan), side + 2 * RING)
    pitch = float(np.clip(plan.room / row.count, least, least + AIR))
    hidden, half = len(shown) < text.units, len(shown) // 2
    offsets = np.arange(len(shown), dtype=float)
    offsets[half:] += hidden
    centers = np.empty((len(shown), 2))
    centers[:, 0], centers[:, 1] = plan.middle + (offsets - (row.count - 1) / 2) * pitch, y
    below = side / 2 + RING
    fold = None
    if hidden:
        fold = (float(centers[half - 1, 0] + centers[half, 0]) / 2 - number / 2, y - NUMBER / 2, number, NUMBER)
    return Column(
        text.id,
        text.units,
        plan.middle,
        side,
        shown,
        centers,
        vertical=True,
        numbers=_boxes(centers, below, number, NUMBER),
        before=_boxes(centers, -below - LINE, text.before, LINE),
        after=_boxes(centers, below + NUMBER, text.after, NAMED),
        fold=fold,
    )


def _boxes(centers: Array, offset: float, width: float, height: float) -> Array:
    """Return a box below or above each tile, shape (tiles, 4); none where nothing stands in it."""
    return boxes_at(centers, (-width / 2, offset), (width, height)) if width else no_boxes()
