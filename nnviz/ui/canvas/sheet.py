"""What the items of a canvas draw from: layout, curves, the newest frame, and what is lit, focused or selected.

The canvas fills it in bulk; items only read it. Nothing here grows with the number of paints.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nnviz.app.frame import Frame, LayerFrame
from nnviz.app.progress import free
from nnviz.data.prepare import Prepared
from nnviz.engine.network_spec import Weighted
from nnviz.engine.spec import Spec
from nnviz.ui.canvas.bundles import Bundle, bundles
from nnviz.ui.canvas.columns import Box, Column, Layout
from nnviz.ui.canvas.edges import largest, levels
from nnviz.ui.canvas.inks import Inks
from nnviz.ui.canvas.layout import arrange
from nnviz.ui.canvas.plan import EMPTY, Plan, in_view, pairs, planned, shares
from nnviz.ui.canvas.seeing import seen_columns, seen_pairs, seen_rows
from nnviz.ui.canvas.strokes import Strokes
from nnviz.ui.canvas.wording import MOVING_EDGES, PIXEL_EDGES, STILL_EDGES, ColumnWords, ImageSides, column_texts, image_sides, width, words
from nnviz.ui.existing import existing
from nnviz.ui.part_names import INPUT
from nnviz.ui.selection import NETWORK, Selection

if TYPE_CHECKING:
    from nnviz.ui.canvas.lighting import Light

Array = NDArray[Any]
WIDEST_SYMBOL, FEWEST_DIGITS = "∂L/∂a ", 4
MOST_CURVES = 4000  # as pixels, a curve takes twice as long as the lines it is drawn with on screen
WORD_HEIGHT, LEGIBLE = 12.0, 5.0  # units that words are high, pixels below which they cannot be read
NO_EDGES = np.zeros(0, dtype=np.int64)


@dataclass(slots=True)
class Sheet:
    """The state of one canvas; see the module.

    Attributes:
        vertical: whether the network runs downwards.
        moving, gliding: whether values stream, and whether the view is moved, so that few edges are drawn.
        close: whether dashes can be told.
        complete: whether it is drawn for a picture, with everything; `curved`: its edges as curves.
        plan: the edges that are drawn; `drawn`: how many those are by layer.
        view: what is seen, in scene coordinates, None for all; `scale`: pixels a unit.
        strokes: the planned edges' lines; `scratch`: those of the few that are drawn beside them.
    """

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
    vertical: bool = False
    moving: bool = False
    gliding: bool = False
    close: bool = False
    complete: bool = False
    curved: bool = False
    breathe: Callable[[], None] = free
    plan: Plan = EMPTY
    drawn: dict[str, int] = field(default_factory=dict)
    version: int = 0
    view: Box | None = None
    scale: float = 1.0
    strokes: Strokes = field(default_factory=Strokes)
    scratch: Strokes = field(default_factory=Strokes)
    _held: tuple[Plan, bool, Box | None] | None = None
    _scales: list[float] = field(default_factory=list)
    _judged: tuple[object, object, bool] = (None, None, False)
    _arranged: tuple[object, ...] = ()
    _lines: dict[int, tuple[tuple[object, ...], Array, Array]] = field(default_factory=dict)

    def still(self) -> Sheet:
        """Return a copy for pictures: the canvas goes on, the copy stays; it has all edges and nothing of the pointer.

        What a sheet holds is frozen, but for fonts and for the memory that lines are drawn from: the copy makes its own.
        """
        return replace(
            self,
            inks=self.inks.still(),
            complete=True,
            close=False,
            hovered=NETWORK,
            view=None,
            scale=1.0,
            plan=EMPTY,
            drawn={},
            strokes=Strokes(),
            scratch=Strokes(),
            _held=None,
            _lines={},
        )

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
        wanted = (texts, size, number, self.has_surface, self.unfolded, self.vertical)
        if self.layout is None or wanted != self._arranged:  # most edits change no word and no size
            surface, unfolded, vertical = self.has_surface, self.unfolded, self.vertical
            self.layout = arrange(texts, size, number=number, surface=surface, unfolded=unfolded, vertical=vertical)
            self._arranged = wanted
        self.bundles = bundles(self.layout.columns, self.spec.network, self.vertical)
        self.plan_edges()

    def see(self, view: Box | None, scale: float) -> None:
        """Note what is seen, in scene coordinates, and how large; choose other edges where other columns are seen."""
        if view == self.view and scale == self.scale:
            return
        before = self._seen_bundles()
        self.view, self.scale = view, scale
        if self._seen_bundles() != before:
            self.plan_edges()

    @property
    def legible(self) -> bool:
        """Whether words are large enough to be read."""
        return self.scale * WORD_HEIGHT >= LEGIBLE

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns that are seen."""
        return seen_columns(self.layout, self.view) if self.layout is not None else ()

    def rows(self, column: Column) -> range:
        """Return the rows of a column that are seen."""
        return seen_rows(column, self.view)

    def _seen_bundles(self) -> list[int]:
        return seen_pairs(self.layout, self.view) if self.layout is not None else []

    @property
    def has_surface(self) -> bool:
        """Whether the data has one or two raw coordinates, so that the output can be drawn over them."""
        return self.data is not None and (self.data.plane or self.data.line)

    def plan_edges(self) -> None:
        """Choose the edges to draw and how strong each is; those between columns that are not seen count as drawn."""
        self.version += 1
        self.drawn = {bundle.layer: bundle.size for bundle in self.bundles}
        layers = self.layer_frames() if self.bundles else ()
        self._scales = [largest(layer.weights) for layer in layers]
        self.plan = EMPTY
        if not layers:
            return
        seen = self._seen_bundles()
        sizes = [_legible_edges(self, self.bundles[index]) for index in seen]
        few = self.moving or self.gliding or self.light is not None
        total = sum(sizes) if self.complete else MOVING_EDGES if few else STILL_EDGES
        limits = shares(sizes, total)
        self.drawn |= {self.bundles[index].layer: limit for index, limit in zip(seen, limits, strict=True)}
        chosen = [(index, self.bundles[index]) for index in seen]
        self.plan = planned(chosen, [layers[index].weights for index in seen], [self._scales[index] for index in seen], limits)

    @property
    def edges(self) -> int:
        """How many edges are drawn while all stands still."""
        return min(STILL_EDGES, sum(_legible_edges(self, self.bundles[index]) for index in self._seen_bundles()))

    def hold_plan(self) -> Strokes:
        """Return the lines of the planned edges that are in view; they are made when first asked for."""
        wanted = (self.plan, self.close, self.view)
        if self._held is None or any(new is not old for new, old in zip(wanted, self._held, strict=True)):
            shown = self.plan if self.view is None else in_view(self.bundles, self.plan, self.view)
            self.hold(self.strokes, shown, dashed=self.close)
            self._held = wanted
        return self.strokes

    def hold(self, strokes: Strokes, plan: Plan, *, dashed: bool) -> None:
        """Make the lines of some edges."""
        starts, ends = pairs(self.bundles, plan)
        strokes.hold(starts, ends, plan.levels, vertical=self.vertical, dashed=dashed, breathe=self.breathe)

    def levels_of(self, bundle: int, edges: Array) -> Array:
        """Return the strength of some edges of a bundle, drawn or not, shape (edges,), int."""
        layers = self.layer_frames()
        if not layers:
            return np.zeros(len(edges), dtype=np.int64)
        found = levels(self.bundles[bundle].picked(layers[bundle].weights, edges), self._scales[bundle])
        found[np.isin(edges, self.bundles[bundle].pruned)] = 0
        return found

    def drawn_lines(self, bundle: int) -> tuple[Array, Array]:
        """Return the edges of a bundle that can be seen now: their numbers, and polylines, shape (edges, POINTS, 2)."""
        key = (self.plan, self.layout, self.hovered, self.selection)
        kept = self._lines.get(bundle)
        if kept is None or any(new is not old for new, old in zip(key, kept[0], strict=True)):
            edges = np.concatenate([self.plan.of(bundle), self.pruned_of(self.hovered, self.selection).get(bundle, NO_EDGES)])
            kept = self._lines[bundle] = (key, edges, self.bundles[bundle].lines(edges))
        return kept[1], kept[2]

    def pruned_of(self, *chosen: Selection) -> dict[int, Array]:
        """Return the pruned edges that belong to what is chosen, by bundle."""
        found: dict[int, Array] = {}
        for selection in chosen:
            for index, edges in self.edges_of(selection):
                mine = np.intersect1d(edges, self.bundles[index].pruned)
                if len(mine):
                    found[index] = np.union1d(found.get(index, NO_EDGES), mine)
        return found

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
        if self.frame is not self._judged[0] or self.spec is not self._judged[1]:
            self._judged = self.frame, self.spec, _fits(self.frame, self.spec)
        return self.frame.layers if self._judged[2] else ()

    def layer_frame(self, layer_id: str) -> LayerFrame | None:
        """Return the frame's numbers of one layer, None where there are none."""
        return next((layer for layer in self.layer_frames() if layer.id == layer_id), None)

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
        if layer_id == INPUT:
            return self.frame.probe.inputs if self.frame is not None and self.layer_frames() else None
        layer = self.layer_frame(layer_id)
        return layer.activations if layer is not None else None

    def exists(self, selection: Selection) -> bool:
        """Tell whether what was chosen is there, of several all of it."""
        return selection.kind == "network" if self.spec is None else existing(self.spec.network, selection) == selection

    def is_block(self, layer_id: str) -> bool:
        """Tell whether a layer stands as one block."""
        return any(words.id == layer_id and words.inside for words in self.words)

    def before(self, layer_id: str) -> str:
        """Return the id of the column left of a layer."""
        ids = [column.id for column in self.words]
        return ids[max(0, ids.index(layer_id) - 1)]

    def edges_of(self, selection: Selection) -> list[tuple[int, Array]]:
        """Return the shown edges of neurons, or single edges, as (bundle, edge numbers); a bias has none."""
        found: dict[int, Array] = {}
        for part in selection.each:
            for index, edges in _part_edges(self, part):
                found[index] = np.union1d(found[index], edges) if index in found else edges
        return sorted(found.items(), key=_first)


def _legible_edges(sheet: Sheet, bundle: Bundle) -> int:
    """Return how many edges can be told apart: of a picture's pixels, only the strongest few a neuron."""
    pictures = {column.id for column in sheet.layout.columns if column.image is not None} if sheet.layout else set[str]()
    seen = not pictures.isdisjoint((bundle.layer, sheet.before(bundle.layer)))
    return min(bundle.size, min(len(bundle.targets), len(bundle.sources)) * PIXEL_EDGES) if seen else bundle.size


def _part_edges(sheet: Sheet, part: Selection) -> list[tuple[int, Array]]:
    """Return the shown edges of one neuron, or one edge, as (bundle, edge numbers)."""
    found: list[tuple[int, Array]] = []
    row = sheet.row_of(part.layer, part.neuron) if part.kind in ("neuron", "edge") else None
    if row is None:
        return found
    for index, bundle in enumerate(sheet.bundles):
        across = len(bundle.sources)
        if bundle.layer == part.layer and part.kind == "neuron":
            found.append((index, np.arange(row * across, (row + 1) * across)))
        elif bundle.layer == part.layer:
            source = sheet.row_of(sheet.before(part.layer), part.source)
            found.append((index, NO_EDGES if source is None else np.array([row * across + source])))
        elif part.kind == "neuron" and sheet.before(bundle.layer) == part.layer:
            found.append((index, np.arange(row, bundle.size, across)))
    return found


def _first(pair: tuple[int, Array]) -> int:
    return pair[0]


def _fits(frame: Frame, spec: Spec) -> bool:
    """Tell whether a frame's numbers are those of a network of the same layers and sizes."""
    network = spec.network
    if frame.spec.network is network:
        return True
    shown = [(layer.id, layer.weights.shape, layer.activations.size) for layer in frame.layers]
    wanted = zip(network.layers, network.weight_shapes(), network.shapes, strict=True)
    return shown == [(layer.id, weights, math.prod(shape)) for layer, weights, shape in wanted]
