"""Puts numbers on edges so that none covers another: greedy, strongest first, several places tried along the curve."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.ui.canvas.columns import overlaps
from nnviz.ui.canvas.edges import points_at

Array = NDArray[Any]

# The middle first: there the curves are furthest apart and no tile is near.
SHARES = (0.5, 0.58, 0.42, 0.66, 0.34, 0.74, 0.26, 0.82, 0.18)


def place(lines: Array, widths: Array, height: float, taken: Array, shares: tuple[float, ...] = SHARES) -> Array:
    """Place one text box on each polyline where there is room.

    Args:
        lines: polylines, most important first, shape (edges, POINTS, 2).
        widths: of the texts, shape (edges,).
        height: of all texts.
        taken: boxes that must stay free, shape (boxes, 4).
        shares: how far along the curve to try, best first.

    Returns:
        The boxes, shape (edges, 4); a row of NaN where no place is left.
    """
    placed = np.full((len(lines), 4), np.nan)
    busy = np.empty((len(taken) + len(lines), 4))
    busy[: len(taken)] = taken
    count = len(taken)
    spots = np.stack([points_at(lines, share) for share in shares], axis=1) if len(lines) else np.zeros((0, 1, 2))
    for index, (centers, width) in enumerate(zip(spots, widths, strict=True)):
        boxes = np.column_stack([centers - (width / 2, height / 2), np.full(len(centers), width), np.full(len(centers), height)])
        free = np.flatnonzero(~overlaps(boxes, busy[:count]).any(axis=1))
        if len(free):
            placed[index] = busy[count] = boxes[free[0]]
            count += 1
    return placed
