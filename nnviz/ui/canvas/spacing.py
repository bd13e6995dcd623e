"""What both orientations share: sizes of tiles, which neurons of a wide layer have a place, and fair gaps.

Tiles come in a few sizes only, so that one neuron more or less mostly moves nothing but its own layer.
"""

from __future__ import annotations

import numpy as np

from nnviz.ui.canvas.columns import Array, Box, Column, ColumnText

SIDES = (64.0, 56.0, 48.0, 42.0, 36.0, 31.0, 27.0, 22.0)
TILE_MIN, TILE_MAX = SIDES[-1], SIDES[0]
OUTPUT_SCALE = 1.43
FOLD_ABOVE, FOLD_MOST, FOLD_LEAST = 16, 7, 2
MARGIN = 26.0
AIR = 28.0
SURFACE_MIN, SURFACE_MAX = 150.0, 340.0
SURFACE_SHARE = 0.2
SURFACE_GAP = 26.0
IMAGE_SIDE, IMAGE_MIN = 224.0, 60.0
BLOCK_WIDTH = 46.0
CURVE_MIN, CURVE_USUAL = 44.0, 60.0
BANDLESS = 2.0


def stepped(side: float) -> float:
    """Return the largest size of a tile that is not above this one; the smallest where there is none."""
    return next((step for step in SIDES if step <= side), TILE_MIN)


def shown_neurons(column: ColumnText, fitting: int, unfolded: bool) -> Array:
    """Return the neurons that get a place: all of them, the first and last few of a wide layer, or none of a block."""
    if column.block:
        return np.arange(0)
    if not folds(column, unfolded):
        return np.arange(column.units)
    few = int(np.clip((fitting - 1) // 2, FOLD_LEAST, FOLD_MOST))
    return np.concatenate([np.arange(few), np.arange(column.units - few, column.units)])


def folds(column: ColumnText, unfolded: bool) -> bool:
    """Tell whether only the first and last few neurons of a column are shown."""
    return not (unfolded or column.boxed or column.units <= FOLD_ABOVE)


def water_fill(least: Array, total: float) -> Array:
    """Return gaps as equal as can be, none below its least, that add up to `total` where possible."""
    ordered = np.sort(least)
    for count in range(len(least), 0, -1):
        level = (total - ordered[count:].sum()) / count
        if level >= ordered[count - 1]:
            return np.asarray(np.maximum(least, level), dtype=float)
    return least.astype(float)


def grown(size: tuple[float, float], needed: tuple[float, float], *, vertical: bool) -> tuple[float, float]:
    """Return how large the drawing is made: the window, or what it needs; `vertical`: signals run downwards.

    What needs more gets more of both sides, so that fitting it leaves no bands. Only a very deep network is read at
    100 %, while one scrolls along it: the height of its columns, or the width of its rows, stays in the window.
    """
    window = np.maximum(size, 1.0)
    factors, along = np.maximum(np.asarray(needed) / window, 1.0), int(vertical)
    both = factors.max()
    deep = factors[along] > BANDLESS
    factors[along] = both
    if not deep:
        factors[1 - along] = both
    width, height = (window * factors).tolist()
    return width, height


def surface_side(width: float, room: float) -> float:
    """Return the side of the large surface in a window so wide; `room` is the height it may take with its caption."""
    return float(np.clip(width * SURFACE_SHARE, SURFACE_MIN, max(SURFACE_MIN, min(SURFACE_MAX, room))))


def box_column(text: ColumnText, box: Box, *, vertical: bool) -> Column:
    """Place a picture, whose neurons are its pixels, or a block, which shows none."""
    x = box[0] + box[2] / 2
    if text.image is None:
        return Column(text.id, text.units, x, BLOCK_WIDTH, np.arange(0), np.zeros((0, 2)), vertical, block=box)
    rows, across = text.image
    side = box[3] / rows
    row, place = np.divmod(np.arange(text.units) % (rows * across), across)
    centers = np.column_stack([box[0] + (place + 0.5) * side, box[1] + (row + 0.5) * side])
    return Column(text.id, text.units, x, side, np.arange(text.units), centers, vertical, image=box)
