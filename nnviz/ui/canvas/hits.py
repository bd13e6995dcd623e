"""What is under a point of the canvas, found in NumPy: no graphics item a neuron or an edge is needed for it.

First the column, by boxes kept with the layout, then what is inside it: the cost does not grow with the network.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from nnviz.ui.canvas.columns import Array, Box, Column, Layout, overlaps
from nnviz.ui.canvas.edges import box_at, nearest
from nnviz.ui.canvas.items import rect
from nnviz.ui.canvas.sheet import Sheet
from nnviz.ui.canvas.surface import points
from nnviz.ui.canvas.walking import edge_of, extended, following, walk
from nnviz.ui.selection import NETWORK, Selection

__all__ = ["Hit", "edge_of", "extended", "following", "hit", "hits_in", "walk"]

EDGE_REACH, SAMPLE_REACH = 6.0, 12.0
TILE_REACH, WORD_REACH, BUTTON_REACH = 3.0, 3.0, 1.0


@dataclass(frozen=True, slots=True)
class Hit:
    """What was hit: a selection, and the part of a header or column that answers a click itself.

    Attributes:
        part: "", or "minus", "plus", "lock", "more", "fold", "title" or "units" of the column `layer`.
        layer: the id of the column in which something was hit, also a neuron; "" elsewhere.
        sample: the row of a data point on the large surface.
        gap: the index at which a layer would be added.
    """

    selection: Selection = NETWORK
    part: str = ""
    layer: str = ""
    sample: int | None = None
    gap: int | None = None


def hit(sheet: Sheet, point: tuple[float, float], scale: float) -> Hit:
    """Return what is under a point in scene coordinates; `scale` is the zoom, so that reach is in pixels on screen."""
    layout = sheet.layout
    if layout is None:
        return Hit()
    for index in np.flatnonzero(_inside(layout.areas, point, WORD_REACH)).tolist():
        found = _column_hit(sheet, layout.columns[index], point)
        if found is not None:
            return found
    gap = box_at(np.array(layout.gaps), point)
    if gap >= 0:
        return Hit(gap=gap)
    sample = _sample_hit(sheet, point, SAMPLE_REACH / max(scale, 1e-6))
    return Hit(sample=sample) if sample is not None else Hit(_edge_hit(sheet, layout, point, EDGE_REACH / max(scale, 1e-6)))


def hits_in(sheet: Sheet, box: Box) -> tuple[Selection, ...]:
    """Return all neurons, and layers that stand as one box, that a rectangle in scene coordinates touches, in reading order."""
    if sheet.layout is None:
        return ()
    around, found = np.array([box]), []
    for index in np.flatnonzero(overlaps(sheet.layout.areas, around)[:, 0]).tolist():
        column = sheet.layout.columns[index]
        touched = np.flatnonzero(overlaps(column.solids, around)[:, 0]).tolist()
        if column.box is None:
            ids = sheet.neuron_ids(column.id)
            found += [Selection("neuron", column.id, ids[int(column.shown[row])]) for row in touched]
        elif touched:
            found.append(Selection("layer", column.id))
    return tuple(found)


def _inside(boxes: Array, point: tuple[float, float], margin: float) -> Array:
    """Tell of each box whether it holds the point, shape (boxes,)."""
    return np.asarray(((boxes[:, :2] - margin <= point) & (point <= boxes[:, :2] + boxes[:, 2:] + margin)).all(axis=1))


def _sample_hit(sheet: Sheet, point: tuple[float, float], reach: float) -> int | None:
    """Return the row of the data point nearest to a place on the large surface, within reach."""
    if sheet.layout is None or sheet.layout.surface is None or sheet.data is None:
        return None
    if box_at(np.array([sheet.layout.surface]), point, 0.0) < 0:
        return None
    distances = np.hypot(*(points(sheet.data, rect(sheet.layout.surface)) - point).T)
    best = int(distances.argmin())
    return best if distances[best] <= reach else None


def _column_hit(sheet: Sheet, column: Column, point: tuple[float, float]) -> Hit | None:
    layer = Hit(Selection("layer", column.id), layer=column.id)
    part = _part_at(column, point)
    if part:
        return replace(layer, part=part)
    whole = [column.second, *([column.block] if column.block is not None else [])]
    if box_at(np.array(whole), point, WORD_REACH) >= 0:
        return layer
    row = box_at(column.tiles, point, 0.0 if column.image is not None else TILE_REACH)
    if row >= 0:
        return Hit(Selection("neuron", column.id, sheet.neuron_ids(column.id)[int(column.shown[row])]), layer=column.id)
    return None


def _part_at(column: Column, point: tuple[float, float]) -> str:
    """Return which part of a column answers at a point; the size stands inside the title, so it comes first."""
    buttons = (("minus", column.minus), ("plus", column.plus), ("lock", column.lock), ("more", column.more), ("fold", column.fold))
    small = [(part, box) for part, box in buttons if box is not None]
    words = [("units", column.units_box)] if column.units_box is not None else []
    words += [("title", box) for box in column.title]
    for parts, reach in ((small, BUTTON_REACH), (words, WORD_REACH)):
        found = box_at(np.reshape([box for _, box in parts], (-1, 4)), point, reach)
        if found >= 0:
            return parts[found][0]
    return ""


def _edge_hit(sheet: Sheet, layout: Layout, point: tuple[float, float], reach: float) -> Selection:
    """Return the drawn edge that passes nearest, within reach."""
    for index in np.flatnonzero(_inside(layout.spans, point, reach)).tolist():
        edges, lines = sheet.drawn_lines(index)
        best, distance = nearest(_passing(lines, point, reach, axis=int(layout.vertical)), point)
        if distance <= reach:
            bundle = sheet.bundles[index]
            target, source = divmod(int(edges[best]), len(bundle.sources))
            neuron = sheet.neuron_ids(bundle.layer)[int(bundle.targets[target])]
            return Selection("edge", bundle.layer, neuron, sheet.neuron_ids(sheet.before(bundle.layer))[int(bundle.sources[source])])
    return NETWORK


def _passing(lines: Array, point: tuple[float, float], reach: float, axis: int) -> Array:
    """Return the stretch of polylines (edges, POINTS, 2) that may be within reach; all of a bundle bend at the same places."""
    if not len(lines):
        return lines
    along = lines[0, :, axis]
    first = int(np.searchsorted(along, point[axis] - reach)) - 1
    last = int(np.searchsorted(along, point[axis] + reach)) + 1
    return lines[:, max(0, min(first, len(along) - 2)) : max(2, last)]
