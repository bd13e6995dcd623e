"""What of a drawing is in view: columns, rows and edges outside it need not be drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnviz.ui.canvas.columns import NUMBER, RING, Box, Column, Layout

Array = NDArray[Any]
AROUND = 80.0  # units that something may be drawn beyond its box: rings, outlines, words wider than theirs


def seen_columns(layout: Layout, view: Box | None) -> tuple[Column, ...]:
    """Return the columns that are partly in view, None being all."""
    if view is None:
        return layout.columns
    return tuple(layout.columns[index] for index in np.flatnonzero(_meets(layout.areas, view)).tolist())


def seen_pairs(layout: Layout, view: Box | None) -> list[int]:
    """Return the numbers of the pairs of neighbours whose edges, or the header that tells how many they are, are in view."""
    if view is None:
        return list(range(len(layout.columns) - 1))
    found: list[int] = np.flatnonzero(_meets(layout.spans, view) | _meets(layout.areas[1:], view)).tolist()
    return found


def seen_rows(column: Column, view: Box | None) -> range:
    """Return the rows of a column that are partly in view, with their rings and numbers."""
    count = len(column.centers)
    if view is None or column.box is not None or not count:
        return range(count)
    reach = column.side / 2 + 2 * RING + NUMBER
    low, high = np.array(view[:2]) - reach, np.array(view[:2]) + np.array(view[2:]) + reach
    inside = np.flatnonzero(((column.centers >= low) & (column.centers <= high)).all(axis=1))
    return range(int(inside[0]), int(inside[-1]) + 1) if len(inside) else range(0)


def _meets(boxes: Array, view: Box) -> Array:
    """Return which boxes (x, y, width, height) are partly in view, shape (boxes,), bool."""
    low, high = boxes[:, :2] - AROUND, boxes[:, :2] + boxes[:, 2:] + AROUND
    x, y, width, height = view
    return np.asarray(((low <= (x + width, y + height)) & (high >= (x, y))).all(axis=1))
