"""Turns one stage of a pass into what is lit on the canvas: rings, numbers below tiles, lit edges, numbers on them.

It is made once per stage; painting and animating only read it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from nnviz.explain.picture import Picture
from nnviz.ui.canvas.blocks import bands
from nnviz.ui.canvas.bundles import Bundle
from nnviz.ui.canvas.columns import RING, Column, Layout, text_boxes
from nnviz.ui.canvas.edges import largest, levels, points_at, strongest
from nnviz.ui.canvas.inks import Inks
from nnviz.ui.canvas.placing import place
from nnviz.ui.canvas.plan import Plan, of_bundle
from nnviz.ui.canvas.sheet import Sheet
from nnviz.ui.canvas.wording import width
from nnviz.ui.part_names import INPUT
from nnviz.ui.selection import Selection
from nnviz.ui.theme import Theme

Array = NDArray[Any]

LIT_EDGES = 300
NUMBERED_EDGES = 160
NUMBER_HEIGHT = 13.0
PULSE_MIN, PULSE_MAX = 1.6, 6.0
RESTING = 0.5
GRADIENT_KINDS = frozenset({"gradient", "step"})
GRADIENT_SYMBOLS = frozenset({"δ", "∂L/∂a", "∂L/∂ŷ", "∂ℓ/∂a", "∂ℓ/∂ŷ"})


@dataclass(frozen=True, slots=True)
class LitEdges:
    """The acting edges of one bundle, weakest first; `plan` as `draw_edges` takes them, `shares` −1 to 1 of the largest."""

    bundle: int
    edges: Array
    lines: Array
    plan: Plan
    shares: Array
    gradient: bool


@dataclass(frozen=True, slots=True)
class NodeMark:
    """What stands at one column: a number below each shown tile, and a ring around it in the colour of its sign."""

    texts: tuple[str, ...]
    values: Array
    shares: Array
    gradient: bool
    ringed: bool
    lit: bool


@dataclass(frozen=True, slots=True)
class EdgeNumber:
    """A number on an edge: its box and colour."""

    box: tuple[float, float, float, float]
    text: str
    ink: QColor


@dataclass(frozen=True, slots=True)
class Light:
    """One stage as drawn; `direction` is 1 forward, −1 backward, 0 when nothing travels; `bands` are numbers of pairs."""

    picture: Picture
    edges: tuple[LitEdges, ...]
    nodes: dict[str, NodeMark]
    numbers: tuple[EdgeNumber, ...]
    direction: int
    bands: frozenset[int] = frozenset()


def light(sheet: Sheet, picture: Picture, *, numbers: bool = True) -> Light:
    """Return what the picture lights on this sheet; `numbers` off while it flies by too fast to be read."""
    if sheet.layout is None:
        return Light(picture, (), {}, (), picture.direction)
    shapes = [(right.units, left.units) for left, right in pairwise(sheet.layout.columns)]
    edges = tuple(
        _lit_edges(index, bundle, picture)
        for index, (bundle, shape) in enumerate(zip(sheet.bundles, shapes, strict=True))
        if bundle.layer in picture.lit_edges and np.shape(picture.edge_values.get(bundle.layer, ())) == shape
    )
    nodes = {
        column.id: _node_mark(sheet.inks.theme, column, picture)
        for column in sheet.layout.columns
        if column.id in picture.node_values and len(picture.node_values[column.id]) == column.units
    }
    nodes |= {column.id: _block_mark(column, picture) for column in sheet.layout.columns if column.block is not None}
    texts = _edge_numbers(sheet, edges, picture) if numbers else ()
    return Light(picture, edges, nodes, texts, picture.direction, _lit_bands(sheet.layout, picture))


def _lit_bands(layout: Layout, picture: Picture) -> frozenset[int]:
    """Return the pairs that a signal travels between, of those that a band joins."""
    if not picture.direction:
        return frozenset()
    acting = picture.lit_nodes
    return frozenset(index for index, left, right in bands(layout) if right.id in picture.lit_edges or {left.id, right.id} <= acting)


def _lit_edges(index: int, bundle: Bundle, picture: Picture) -> LitEdges:
    values = picture.edge_values[bundle.layer]
    shown, scale = bundle.pick(values), largest(values)
    chosen = strongest(shown, LIT_EDGES)
    shares = np.nan_to_num(shown[chosen] / scale, posinf=0.0, neginf=0.0) if scale else np.zeros(len(chosen))
    gradient = picture.edge_kind.get(bundle.layer, "weight") in GRADIENT_KINDS
    plan = of_bundle(index, chosen, levels(shares, 1.0))
    return LitEdges(index, chosen, bundle.lines(chosen), plan, np.clip(shares, -1.0, 1.0), gradient)


def _node_mark(theme: Theme, column: Column, picture: Picture) -> NodeMark:
    values = np.asarray(picture.node_values[column.id], dtype=float)
    symbol = picture.node_symbols.get(column.id, "")
    scale = largest(values)
    shown = values[column.shown]
    gradient = _is_gradient(symbol)
    named = f"{symbol} " if symbol and column.id != INPUT else ""
    return NodeMark(
        texts=tuple(named + theme.number(float(value)) for value in shown) if column.image is None else (),
        values=shown,
        shares=np.clip(np.nan_to_num(shown / scale, posinf=0.0, neginf=0.0), -1.0, 1.0) if scale else np.zeros(len(shown)),
        gradient=gradient,
        ringed=gradient or column.id in picture.lit_nodes,
        lit=column.id in picture.lit_nodes,
    )


def _block_mark(column: Column, picture: Picture) -> NodeMark:
    """Return how a block is marked: its numbers have no places, so it is lit or not as a whole."""
    none, lit = np.zeros(0), column.id in picture.lit_nodes
    gradient = _is_gradient(picture.node_symbols.get(column.id, ""))
    return NodeMark((), none, none, gradient=gradient, ringed=lit or gradient, lit=lit)


def _is_gradient(symbol: str) -> bool:
    return symbol in GRADIENT_SYMBOLS or "∂" in symbol


def _edge_numbers(sheet: Sheet, edges: tuple[LitEdges, ...], picture: Picture) -> tuple[EdgeNumber, ...]:
    """Put as many numbers on the lit edges as there is room for: the selected neuron's first, then the strongest."""
    if sheet.layout is None or not edges:
        return ()
    taken, found = _obstacles(sheet), []
    font = sheet.inks.fonts["tiny"]
    for lit in edges:
        if picture.direction:
            taken = np.concatenate([taken, _resting(lit)])
        bundle = sheet.bundles[lit.bundle]
        order = _important_first(sheet, lit)[:NUMBERED_EDGES]
        values = bundle.pick(picture.edge_values[bundle.layer])[lit.edges[order]]
        texts = [sheet.inks.theme.number(float(value)) for value in values]
        boxes = place(lit.lines[order], np.array([width(text, font) + 4.0 for text in texts]), NUMBER_HEIGHT, taken)
        for box, text, value in zip(boxes, texts, values, strict=True):
            if np.isfinite(box[0]):
                ink = number_ink(sheet.inks, float(value), gradient=lit.gradient)
                found.append(EdgeNumber((float(box[0]), float(box[1]), float(box[2]), float(box[3])), text, ink))
        taken = np.concatenate([taken, boxes[np.isfinite(boxes[:, 0])]])
    return tuple(found)


def _resting(lit: LitEdges) -> Array:
    """Return the boxes of the pulses while they stand half-way."""
    radii = pulse_radii(lit.shares)[:, None]
    return np.concatenate([points_at(lit.lines, RESTING) - radii, np.repeat(2 * radii, 2, axis=1)], axis=1)


def pulse_radii(shares: Array) -> Array:
    """Return how large the pulses of these magnitudes are; area says how much."""
    return np.asarray(PULSE_MIN + (PULSE_MAX - PULSE_MIN) * np.sqrt(np.abs(shares)))


def _important_first(sheet: Sheet, lit: LitEdges) -> Array:
    strongest_first = np.arange(len(lit.edges))[::-1]
    chosen: Selection = sheet.selection
    own = [edges for index, edges in sheet.edges_of(chosen) if index == lit.bundle]
    if not own:
        return strongest_first
    mine = np.isin(lit.edges[strongest_first], own[0])
    return np.concatenate([strongest_first[mine], strongest_first[~mine]])


def _obstacles(sheet: Sheet) -> Array:
    """Return the boxes numbers on edges must stay clear of: all words, and tiles with their rings."""
    if sheet.layout is None:
        return np.zeros((0, 4))
    found = [text_boxes(sheet.layout)]
    for column in sheet.layout.columns:
        found.append(column.solids + np.array([-RING, -RING, 2 * RING, 2 * RING]))
    if sheet.layout.surface is not None:
        found.append(np.array([sheet.layout.surface]))
    return np.concatenate(found)


def number_ink(inks: Inks, value: float, *, gradient: bool) -> QColor:
    """Return the colour of a number: that of its sign; zero and what is not finite stay muted."""
    if not np.isfinite(value) or value == 0:
        return inks.muted
    return inks.signed_color(value, gradient=gradient, text=True)
