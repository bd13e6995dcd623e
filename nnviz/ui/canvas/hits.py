"""What is under a point of the canvas, found in NumPy: no graphics item a neuron or an edge is needed for it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nnviz.ui.canvas.columns import Column
from nnviz.ui.canvas.edges import box_at, nearest
from nnviz.ui.canvas.items import rect
from nnviz.ui.canvas.sheet import Sheet
from nnviz.ui.canvas.surface import points
from nnviz.ui.selection import NETWORK, Selection

EDGE_REACH, SAMPLE_REACH = 6.0, 12.0
TILE_REACH = 3.0


@dataclass(frozen=True, slots=True)
class Hit:
    """What was hit: a selection, and the part of a header or column that answers a click itself.

    Attributes:
        part: "", "minus", "plus" or "fold" of the column `layer`.
        sample: the row of a data point on the large surface.
    """

    selection: Selection = NETWORK
    part: str = ""
    layer: str = ""
    sample: int | None = None


def hit(sheet: Sheet, point: tuple[float, float], scale: float) -> Hit:
    """Return what is under a point in scene coordinates; `scale` is the zoom, so that reach is in pixels on screen."""
    if sheet.layout is None:
        return Hit()
    for column in sheet.layout.columns:
        found = _column_hit(sheet, column, point)
        if found is not None:
            return found
    sample = _sample_hit(sheet, point, SAMPLE_REACH / max(scale, 1e-6))
    return Hit(sample=sample) if sample is not None else Hit(_edge_hit(sheet, point, EDGE_REACH / max(scale, 1e-6)))


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
    for part, box in (("minus", column.minus), ("plus", column.plus), ("fold", column.fold)):
        if box is not None and box_at(np.array([box]), point, 1.0) == 0:
            return Hit(Selection("layer", column.id), part, column.id)
    whole = [*column.title, column.second, *([column.block] if column.block is not None else [])]
    if box_at(np.array(whole), point, 3.0) >= 0:
        return Hit(Selection("layer", column.id))
    row = box_at(column.tiles, point, 0.0 if column.image is not None else TILE_REACH)
    if row >= 0:
        return Hit(Selection("neuron", column.id, sheet.neuron_ids(column.id)[int(column.shown[row])]))
    return None


def _edge_hit(sheet: Sheet, point: tuple[float, float], reach: float) -> Selection:
    """Return the drawn edge that passes nearest, within reach."""
    for index, bundle in enumerate(sheet.bundles):
        if not len(bundle.lines) or not bundle.lines[:, 0, 0].min() - reach <= point[0] <= bundle.lines[:, -1, 0].max() + reach:
            continue
        drawn = np.array([edge for owner, edge, _ in sheet.plan if owner == index], dtype=np.int64)
        best, distance = nearest(bundle.lines[drawn], point)
        if distance <= reach:
            target, source = divmod(int(drawn[best]), len(bundle.sources))
            neuron = sheet.neuron_ids(bundle.layer)[int(bundle.targets[target])]
            return Selection("edge", bundle.layer, neuron, sheet.neuron_ids(sheet.before(bundle.layer))[int(bundle.sources[source])])
    return NETWORK


def walk(sheet: Sheet, selection: Selection, across: int, down: int) -> Selection:
    """Return the stop that many columns and rows away from the selected one; the first when none is selected.

    A stop is a neuron, or a whole picture or block; in a picture, one pixel of which is selected, a row is one of pixels.
    """
    if sheet.layout is None:
        return NETWORK
    columns = sheet.layout.columns
    ids = [column.id for column in columns]
    if selection.layer not in ids:
        return _stop(sheet, columns[0], 0)
    here = ids.index(selection.layer)
    row = sheet.row_of(selection.layer, selection.neuron) or 0
    there = min(max(here + across, 0), len(columns) - 1)
    if there != here:
        share = (row + 0.5) / max(1, len(columns[here].shown))
        return _stop(sheet, columns[there], int(share * len(columns[there].shown)))
    column = columns[here]
    if column.image is None or selection.kind != "neuron":
        return _stop(sheet, column, row + down)
    return _neuron(sheet, column, row + down * round(column.image[2] / column.side))


def following(sheet: Sheet, selection: Selection, step: int) -> Selection | None:
    """Return the stop after (or before) the selected one in reading order, None past the end or where none is selected."""
    if sheet.layout is None or selection.layer not in (column.id for column in sheet.layout.columns):
        return None
    column = sheet.layout.column(selection.layer)
    if selection.kind != "neuron" and (selection.kind != "layer" or column.box is None):
        return None
    order = [(each, row) for each in sheet.layout.columns for row in range(1 if each.box is not None else len(each.shown))]
    row = 0 if column.box is not None else sheet.row_of(selection.layer, selection.neuron) or 0
    place = next(index for index, (each, number) in enumerate(order) if each is column and number == row) + step
    return _stop(sheet, *order[place]) if 0 <= place < len(order) else None


def _stop(sheet: Sheet, column: Column, row: int) -> Selection:
    """Return a neuron of a column, or the whole column where it is one box."""
    return _neuron(sheet, column, row) if column.box is None else Selection("layer", column.id)


def _neuron(sheet: Sheet, column: Column, row: int) -> Selection:
    index = int(column.shown[min(max(row, 0), len(column.shown) - 1)])
    return Selection("neuron", column.id, sheet.neuron_ids(column.id)[index])
