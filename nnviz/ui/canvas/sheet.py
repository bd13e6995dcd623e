"""What the items of a canvas draw from: layout, curves, the newest frame, and what is lit, focused or selected.

The canvas fills it in bulk; items only read it. Nothing here grows with the number of paints.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF

from nnviz.app.frame import Frame, LayerFrame
from nnviz.app.progress import free
from nnviz.data.prepare import Prepared
from nnviz.engine.network_spec import Weighted
from nnviz.engine.spec import Spec
from nnviz.ui.canvas.columns import Layout
from nnviz.ui.canvas.edges import DASHES, POINTS, control_points, curves, dashes, largest, levels, segments, strongest
from nnviz.ui.canvas.inks import Inks
from nnviz.ui.canvas.layout import arrange
from nnviz.ui.canvas.memory import LineMemory
from nnviz.ui.canvas.wording import (
    INPUT,
    MOVING_EDGES,
    PIXEL_EDGES,
    STILL_EDGES,
    ColumnWords,
    ImageSides,
    column_texts,
    image_sides,
    width,
    words,
)
from nnviz.ui.selection import NETWORK, Selection

if TYPE_CHECKING:
    from nnviz.ui.canvas.lighting import Light

Array = NDArray[Any]
WIDEST_SYMBOL, FEWEST_DIGITS = "∂L/∂a ", 4
MOST_CURVES = 4000  # as pixels, a curve takes twice as long as the lines it is drawn with on screen


@dataclass(frozen=True, slots=True)
class Bundle:
    """The edges between two neighbouring columns, as placed; edge number = row of the target · sources + source.

    Attributes:
        first: the number of its first edge among those of all bundles.
        lines: polylines, shape (edges, POINTS, 2).
    """

    layer: str
    targets: Array
    sources: Array
    first: int
    lines: Array

    def pick(self, matrix: Array) -> Array:
        """Return the values of the shown edges out of a (units, sources) matrix, shape (edges,)."""
        if matrix.size == len(self.lines):
            return matrix.ravel()
        return np.asarray(matrix[np.ix_(self.targets, self.sources)]).ravel()


def _solid_memory() -> LineMemory:
    return LineMemory(POINTS - 1)


def _dash_memory() -> LineMemory:
    return LineMemory(DASHES)


@dataclass(slots=True)
class Sheet:
    """The state of one canvas; see the module."""

    inks: Inks
    spec: Spec | None = None
    words: tuple[ColumnWords, ...] = ()
    image: ImageSides | None = None
    layout: Layout | None = None
    bundles: tuple[Bundle, ...] = ()
    frame: Frame | None = None
    data: Prepared | None = None
    light: Light | None = None
    hovered: Selection = NETWORK
    selection: Selection = NETWORK
    unfolded: frozenset[str] = frozenset()
    moving: bool = False
    close: bool = False
    complete: bool = False
    curved: bool = False
    breathe: Callable[[], None] = free
    plan: list[tuple[int, int, int]] = field(default_factory=list)
    drawn: dict[str, int] = field(default_factory=dict)
    version: int = 0
    _solid: LineMemory = field(default_factory=_solid_memory)
    _dashed: LineMemory = field(default_factory=_dash_memory)
    _solid_made: bool = False
    _dashes_made: bool = False
    _controls: list[list[float]] = field(default_factory=list)

    def still(self) -> Sheet:
        """Return a copy for pictures: the canvas goes on, the copy stays; it has all edges and nothing of the pointer.

        What a sheet holds is frozen, but for fonts and for the memory that lines are drawn from: the copy makes its own.
        """
        made = replace(self, inks=self.inks.still(), complete=True, close=False, hovered=NETWORK, plan=[], drawn={}, _controls=[])
        made._solid, made._dashed, made._solid_made, made._dashes_made = _solid_memory(), _dash_memory(), False, False
        return made

    def plan_still(self, *, shapes: bool) -> None:
        """Make a still copy ready to be drawn, in any thread: with curves for `shapes` or where they are few, else with lines."""
        self.plan_edges()
        self.curved = shapes or len(self.plan) <= MOST_CURVES

    def lay_out(self, size: tuple[float, float]) -> None:
        """Place everything for a window of this size."""
        if self.spec is None:
            return
        names = self.data.class_names if self.data is not None and self.data.labels is not None else ()
        self.image = image_sides(self.spec, self.data.shape if self.data is not None else ())
        self.words = words(self.spec, self.frame.probe.row if self.frame else None, names, self.image, self.inks)
        texts = column_texts(self.words, self.spec, self.image, self.inks)
        widest = WIDEST_SYMBOL + "−0." + "0" * max(FEWEST_DIGITS, self.inks.theme.digits)
        number = width(widest, self.inks.fonts["number"])
        self.layout = arrange(texts, size, number=number, surface=self.has_surface, unfolded=self.unfolded)
        self.bundles = _bundles(self.layout)
        self._solid_made = self._dashes_made = False
        self._controls = []
        self.plan_edges()

    def _lines(self) -> Array:
        return np.concatenate([bundle.lines for bundle in self.bundles])

    def solid(self, bundle: int, edge: int) -> QLineF:
        """Return an edge's first segment in the memory Qt draws from; segments are made when first asked for."""
        if not self._solid_made:
            self._solid.hold(segments(self._lines()), self.breathe)
            self._solid_made = True
        return self._solid.pointers[self.bundles[bundle].first + edge]

    def dashed(self, bundle: int, edge: int) -> QLineF:
        """Return an edge's first dash in the memory Qt draws from; dashes are made when first asked for."""
        if not self._dashes_made:
            self._dashed.hold(dashes(self._lines()), self.breathe)
            self._dashes_made = True
        return self._dashed.pointers[self.bundles[bundle].first + edge]

    def control_points(self, bundle: int, edge: int) -> list[float]:
        """Return the control points of an edge's curve; all are made when first asked for."""
        if not self._controls:
            self._controls = control_points(self._lines()).tolist()
        return self._controls[self.bundles[bundle].first + edge]

    @property
    def has_surface(self) -> bool:
        """Whether the data has one or two raw coordinates, so that the output can be drawn over them."""
        return self.data is not None and (self.data.plane or self.data.line)

    def plan_edges(self) -> None:
        """Choose the edges to draw and how strong each is, weakest first, as (bundle, edge, level)."""
        self.version += 1
        self.plan, self.drawn = [], {bundle.layer: len(bundle.lines) for bundle in self.bundles}
        limits, chosen = self._limits(), []
        for index, layer in enumerate(self.layer_frames() if self.bundles else ()):
            bundle = self.bundles[index]
            shown, edges = bundle.pick(layer.weights), np.arange(len(bundle.lines))
            if limits[index] < len(edges):
                edges = strongest(np.nan_to_num(np.abs(shown), posinf=0.0), limits[index])
                shown = shown[edges]
            self.drawn[bundle.layer] = len(edges)
            chosen.append(np.stack([np.full_like(edges, index), edges, levels(shown, largest(layer.weights))]))
        if chosen:
            rows = np.concatenate(chosen, axis=1)
            rows = rows[:, np.lexsort((rows[2], np.abs(rows[2])))]
            self.plan = list(zip(*rows[:, rows[2] != 0].tolist(), strict=True))

    def _limits(self) -> list[int]:
        """Return how many edges each bundle may draw: small ones all of theirs, the others equal shares of the rest."""
        sizes = [self._legible(bundle) for bundle in self.bundles]
        left = sum(sizes) if self.complete else MOVING_EDGES if self.moving or self.light is not None else STILL_EDGES
        limits = [0] * len(sizes)
        for place, index in enumerate(sorted(range(len(sizes)), key=sizes.__getitem__)):
            limits[index] = min(sizes[index], left // (len(sizes) - place))
            left -= limits[index]
        return limits

    def _legible(self, bundle: Bundle) -> int:
        """Return how many edges can be told apart: of a picture's pixels, only the strongest few a neuron."""
        pictures = {column.id for column in self.layout.columns if column.image is not None} if self.layout else set[str]()
        seen = not pictures.isdisjoint((bundle.layer, self.before(bundle.layer)))
        return min(len(bundle.lines), min(len(bundle.targets), len(bundle.sources)) * PIXEL_EDGES) if seen else len(bundle.lines)

    def levels_of(self, bundle: int) -> Array:
        """Return the strength of every edge of a bundle, shape (edges,), int."""
        layers = self.layer_frames()
        if not layers:
            return np.zeros(len(self.bundles[bundle].lines), dtype=np.int64)
        weights = layers[bundle].weights
        return levels(self.bundles[bundle].pick(weights), largest(weights))

    def row_of(self, layer_id: str, neuron: str) -> int | None:
        """Return the row of a shown neuron in its column, None for one that has no place."""
        ids = self.neuron_ids(layer_id)
        if self.layout is None or neuron not in ids:
            return None
        rows = np.flatnonzero(self.layout.column(layer_id).shown == ids.index(neuron))
        return int(rows[0]) if len(rows) else None

    def layer_frames(self) -> tuple[LayerFrame, ...]:
        """Return the frame's layers when they belong to the spec that is laid out, else nothing."""
        if self.frame is None or self.spec is None:
            return ()
        if self.frame.spec.network is self.spec.network:
            return self.frame.layers
        shown = [(layer.id, layer.weights.shape, layer.activations.size) for layer in self.frame.layers]
        network = self.spec.network
        wanted = [
            (layer.id, weights, math.prod(shape))
            for layer, weights, shape in zip(network.layers, network.weight_shapes(), network.shapes, strict=True)
        ]
        return self.frame.layers if shown == wanted else ()

    def neuron_ids(self, layer_id: str) -> tuple[str, ...]:
        """Return the ids of a column's neurons, of a convolution its filters; of other blocks there are none."""
        if self.spec is None:
            return ()
        layer = None if layer_id == INPUT else self.spec.network.layer(layer_id)
        if layer is None:
            return self.spec.network.input.names
        return layer.neurons if isinstance(layer, Weighted) else ()

    def values(self, layer_id: str) -> Array | None:
        """Return the probe's activations of a layer, or its inputs; None before there is a frame of this network."""
        layers = self.layer_frames()
        if not layers or self.frame is None:
            return None
        if layer_id == INPUT:
            return self.frame.probe.inputs
        return next((layer.activations for layer in layers if layer.id == layer_id), None)

    def exists(self, selection: Selection) -> bool:
        """Tell whether what was chosen is still there."""
        if self.spec is None:
            return selection.kind == "network"
        known = {INPUT, *(layer.id for layer in self.spec.network.layers)}
        if selection.kind == "network" or selection.layer not in known:
            return selection.kind == "network"
        if selection.kind == "layer":
            return True
        if selection.neuron not in self.neuron_ids(selection.layer):
            return False
        network = self.spec.network
        if selection.kind == "neuron" or selection.layer == INPUT:
            return selection.kind == "neuron"
        return selection.source in network.sources(network.index(selection.layer))

    def is_block(self, layer_id: str) -> bool:
        """Tell whether a layer stands as one block."""
        return any(words.id == layer_id and words.inside for words in self.words)

    def before(self, layer_id: str) -> str:
        """Return the id of the column left of a layer."""
        ids = [column.id for column in self.words]
        return ids[max(0, ids.index(layer_id) - 1)]

    def edges_of(self, selection: Selection) -> list[tuple[int, Array]]:
        """Return the shown edges of a neuron, or the one edge, as (bundle, edge numbers)."""
        found = []
        for index, bundle in enumerate(self.bundles):
            into = bundle.layer == selection.layer
            out = self.before(bundle.layer) == selection.layer and selection.kind == "neuron"
            if selection.kind not in ("neuron", "edge") or not (into or out):
                continue
            targets = np.isin(self._ids(bundle.layer)[bundle.targets], [selection.neuron] if into else self._ids(bundle.layer))
            wanted = {"edge": selection.source}.get(selection.kind, "") if into else selection.neuron
            ids = self._ids(self.before(bundle.layer))[bundle.sources]
            sources = ids == wanted if wanted else np.ones(len(ids), dtype=bool)
            found.append((index, np.flatnonzero((targets[:, None] & sources[None, :]).ravel())))
        return found

    def _ids(self, layer_id: str) -> Array:
        return np.array(self.neuron_ids(layer_id), dtype=object)



def _bundles(layout: Layout) -> tuple[Bundle, ...]:
    found, count = [], 0
    for left, right in pairwise(layout.columns):
        grid = curves(left.starts(), right.ends())
        found.append(Bundle(right.id, right.shown, left.shown, count, grid.reshape(-1, *grid.shape[2:])))
        count += len(found[-1].lines)
    return tuple(found)
