"""Where on the screen parts of the network stand: boxes of the viewport, for what opens over or beside them."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRect
from PySide6.QtWidgets import QGraphicsView

from nnviz.ui.canvas.columns import Array, Box, Column
from nnviz.ui.canvas.edges import POINTS
from nnviz.ui.canvas.items import rect
from nnviz.ui.canvas.sheet import Sheet
from nnviz.ui.selection import Selection

AROUND = 6  # pixels about the middle of an edge


def title_of(view: QGraphicsView, sheet: Sheet, layer_id: str) -> QRect | None:
    """Return where a layer's title stands, None for a layer that is not drawn."""
    column = _column(sheet, layer_id)
    return _seen(view, column.title[0]) if column is not None else None


def units_of(view: QGraphicsView, sheet: Sheet, layer_id: str) -> QRect | None:
    """Return where a layer's size stands: the words that say it, or its title where there are none."""
    column = _column(sheet, layer_id)
    if column is None:
        return None
    return _seen(view, column.units_box if column.units_box is not None else column.title[-1])


def spot_of(view: QGraphicsView, sheet: Sheet, selection: Selection) -> QRect:
    """Return where what is selected stands, of several the first that has a place; the middle of the view where nothing has one."""
    about, _ = parts_around(view, sheet, selection)
    return about


def parts_around(view: QGraphicsView, sheet: Sheet, selection: Selection) -> tuple[QRect, tuple[QRect, ...]]:
    """Return what a panel about a selection stands beside, and what it may not cover.

    A neuron is kept free itself, of an edge both neurons, and its middle is what the panel stands beside.
    """
    for part in selection.each:
        if part.kind == "edge" and part.source:
            for index, edges in sheet.edges_of(part):
                if len(edges):
                    line = sheet.bundles[index].lines(edges[:1])[0]
                    middle = _point(view, line[POINTS // 2])
                    ends = (_tile(view, sheet, part.layer, part.neuron), _tile(view, sheet, sheet.before(part.layer), part.source))
                    return QRect(middle, middle).adjusted(-AROUND, -AROUND, AROUND, AROUND), tuple(end for end in ends if end is not None)
        tile = _tile(view, sheet, part.layer, part.neuron) if part.kind in ("edge", "neuron") else None
        if tile is not None:
            return tile, (tile,)
        title = title_of(view, sheet, part.layer)
        if title is not None:
            return title, (title,)
    middle = view.viewport().rect().center()
    return QRect(middle, middle), ()


def drawn_in(view: QGraphicsView, sheet: Sheet) -> list[QRect]:
    """Return where the headers and neurons stand that are seen."""
    room = view.viewport().rect()
    boxes = [_seen(view, box) for column in sheet.columns for box in (*column.header, *column.solids)]
    return [box for box in boxes if box.intersects(room)]


def _tile(view: QGraphicsView, sheet: Sheet, layer_id: str, neuron: str) -> QRect | None:
    """Return where a neuron stands with its number, None for one that has no place."""
    column, row = _column(sheet, layer_id), sheet.row_of(layer_id, neuron)
    if column is None or row is None:
        return None
    tile = _seen(view, column.tiles[row])
    return tile.united(_seen(view, column.numbers[row])) if len(column.numbers) else tile


def _column(sheet: Sheet, layer_id: str) -> Column | None:
    columns = sheet.layout.columns if sheet.layout is not None else ()
    return next((column for column in columns if column.id == layer_id), None)


def _seen(view: QGraphicsView, box: Box | Array) -> QRect:
    return view.viewportTransform().mapRect(rect(box)).toAlignedRect()


def _point(view: QGraphicsView, place: Array) -> QPoint:
    return view.viewportTransform().map(QPointF(float(place[0]), float(place[1]))).toPoint()
