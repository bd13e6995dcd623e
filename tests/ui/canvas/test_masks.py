"""Lesioned neurons are crossed, pruned edges are gone but can be found; an edit changes its own pixels and no others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage

from nnviz.engine.patch import BIAS
from nnviz.engine.spec import Spec
from nnviz.ui.canvas.canvas import Canvas
from nnviz.ui.canvas.edges import points_at
from nnviz.ui.canvas.hits import hit
from nnviz.ui.canvas.pictures import png
from nnviz.ui.selection import NETWORK, Selection, several
from nnviz.ui.theme import DARK, LIGHT, Theme
from tests.ui.canvas.conftest import Show
from tests.ui.canvas.networks import Run, planar, with_weight
from tests.ui.canvas.test_canvas import edge_place, grabbed, place_of


def masked(run: Run, lesioned: tuple[str, ...] = (), pruned: tuple[tuple[str, str], ...] = ()) -> Spec:
    network = run.spec.network
    layer = replace(network.layers[0], lesioned=lesioned, pruned=pruned)
    return replace(run.spec, network=replace(network, layers=(layer, *network.layers[1:])))


def show_masked(canvas: Canvas, run: Run, spec: Spec) -> None:
    canvas.show_spec(spec)
    canvas.show_frame(replace(run.frame, spec=spec))
    canvas.come_to_rest()


def changed(before: QImage, after: QImage) -> np.ndarray:
    pixels = [np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.width()) for image in (before, after)]
    return np.argwhere(pixels[0] != pixels[1])[:, ::-1]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_a_lesioned_neuron_is_crossed_over_a_pale_tile_also_in_pictures(show: Show, theme: Theme) -> None:
    run = planar((4, 1))
    canvas = show(run, theme=theme)
    show_masked(canvas, run, masked(run, lesioned=("n1",)))
    seen, inks = grabbed(canvas), canvas.sheet.inks
    assert seen.pixelColor(place_of(canvas, "l1", 1)).name() == inks.ink.name()
    assert canvas.sheet.layout is not None
    column = canvas.sheet.layout.column("l1")
    aside = canvas.mapFromScene(QPointF(*column.centers[1]) + QPointF(0, column.side * 0.35))
    assert seen.pixelColor(aside) == inks.background
    assert seen.pixelColor(place_of(canvas, "l1", 2)).name() != inks.ink.name()
    picture = QImage.fromData(png(canvas, 1.0))
    assert picture.pixelColor(place_of(canvas, "l1", 1)).name() == inks.ink.name()


def test_a_pruned_edge_is_not_drawn_whatever_the_frame_says(show: Show) -> None:
    run = planar((4, 1))
    canvas = show(run)
    show_masked(canvas, run, masked(run, pruned=(("x2", "n1"),)))
    assert 3 not in canvas.sheet.plan.of(0)
    edges, lines = canvas.sheet.drawn_lines(0)
    assert 3 not in edges and len(edges) == len(lines)


@pytest.mark.parametrize(
    "chosen", [Selection("neuron", "l1", "n0"), Selection("neuron", "input", "x2"), Selection("edge", "l1", "n0", "x2")], ids=str
)
def test_a_pruned_edge_of_what_is_chosen_is_dotted_crossed_and_can_be_hit(show: Show, chosen: Selection) -> None:
    run = planar((1, 1))
    canvas = show(run)
    show_masked(canvas, run, masked(run, pruned=(("x2", "n0"),)))
    spot = edge_place(canvas, 0, 1, 0.5)
    assert grabbed(canvas).pixelColor(spot) == canvas.sheet.inks.background
    x, y = points_at(canvas.sheet.bundles[0].lines(np.array([1])), 0.5)[0].tolist()
    assert hit(canvas.sheet, (x, y), 1.0).selection == NETWORK
    canvas.select(chosen)
    assert grabbed(canvas).pixelColor(spot) != canvas.sheet.inks.background
    assert hit(canvas.sheet, (x, y), 1.0).selection == Selection("edge", "l1", "n0", "x2")
    canvas.select(NETWORK)
    canvas.highlight(chosen)
    assert 1 in canvas.sheet.drawn_lines(0)[0]


def test_several_are_outlined_and_described_each(show: Show) -> None:
    canvas = show(planar((3, 2, 1)))
    plain = grabbed(canvas)
    parts = [Selection("neuron", "l1", "n0"), Selection("layer", "l2"), Selection("edge", "l3", "n5", "n4")]
    alone = []
    for part in parts:
        canvas.select(part)
        alone.append({tuple(place) for place in changed(plain, grabbed(canvas)).tolist()})
    canvas.select(several(parts))
    together = {tuple(place) for place in changed(plain, grabbed(canvas)).tolist()}
    assert together == set.union(*alone)
    assert canvas.accessibleDescription() == "3 things"
    assert canvas.sheet.exists(canvas.selection)
    assert not canvas.sheet.exists(several([*parts, Selection("neuron", "l1", "n77")]))


def test_a_bias_outlines_its_neuron_and_has_a_card(show: Show) -> None:
    run = planar((3, 1))
    canvas = show(run)
    canvas.select(Selection("neuron", "l1", "n1"))
    outlined = grabbed(canvas)
    bias = Selection("edge", "l1", "n1", BIAS)
    canvas.select(bias)
    assert grabbed(canvas) == outlined
    assert canvas.accessibleDescription().startswith("bias of Dense 1·2, ")
    canvas.highlight(bias)
    assert canvas.overlay.card is not None
    assert canvas.overlay.card.lines[0].value == canvas.sheet.inks.theme.number(float(run.frame.layers[0].bias[1]))
    assert canvas.sheet.exists(bias) and not canvas.sheet.exists(Selection("edge", "l1", "n9", BIAS))


def test_a_weight_that_is_set_changes_its_edge_alone(show: Show) -> None:
    run = planar((5, 4, 1))
    canvas = show(run)
    before = grabbed(canvas)
    weights = np.abs(run.frame.layers[1].weights)
    unit, source = np.unravel_index(weights.argmin(), weights.shape)
    canvas.show_frame(with_weight(run.frame, 1, int(unit), int(source), 0.8 * float(weights.max())))
    places = changed(before, grabbed(canvas))
    assert len(places) > 20
    edge = int(unit) * len(canvas.sheet.bundles[1].sources) + int(source)
    line = canvas.sheet.bundles[1].lines(np.array([edge]))[0]
    for x, y in places.tolist():
        at = canvas.mapToScene(x, y)
        assert np.hypot(*(line - (at.x(), at.y())).T).min() < 40.0
    canvas.come_to_rest()
    assert len(changed(before, grabbed(canvas))) == len(places)


@pytest.mark.parametrize(("lesioned", "pruned", "name"), [(("n2",), (), ""), ((), (("x1", "n0"),), ""), ((), (), "Other")])
def test_an_edit_changes_its_own_region(show: Show, lesioned: tuple[str, ...], pruned: tuple[tuple[str, str], ...], name: str) -> None:
    run = planar((4, 3, 1))
    canvas = show(run)
    before = grabbed(canvas)
    spec = masked(run, lesioned, pruned)
    if name:
        layers = spec.network.layers
        spec = replace(spec, network=replace(spec.network, layers=(replace(layers[0], name=name), *layers[1:])))
    canvas.show_spec(spec)
    canvas.show_frame(replace(run.frame, spec=spec))
    places = changed(before, grabbed(canvas))
    assert len(places)
    low, high = canvas.mapToScene(*places.min(axis=0).tolist()), canvas.mapToScene(*places.max(axis=0).tolist())
    layout = canvas.sheet.layout
    assert layout is not None
    column = layout.column("l1")
    if name:
        assert high.y() < column.centers[0][1] - column.side / 2
    left = layout.column("input").x if pruned else column.x - 80.0
    assert left < low.x() and high.x() < column.x + 80.0


def test_a_layer_folds_and_unfolds_but_a_narrow_one_shows_all(show: Show) -> None:
    canvas = show(planar((40, 4, 1), epochs=0))
    layout = canvas.sheet.layout
    assert layout is not None
    few = len(layout.column("l1").shown)
    for folded, shown in ((False, 40), (True, few)):
        canvas.set_folded("l1", folded)
        assert canvas.sheet.layout is not None
        assert len(canvas.sheet.layout.column("l1").shown) == shown
    canvas.set_folded("l2", True)
    assert canvas.sheet.layout is not None
    assert len(canvas.sheet.layout.column("l2").shown) == 4


def test_the_selection_fills_the_view(show: Show) -> None:
    canvas = show(planar((8, 6, 1)))
    canvas.select(several([Selection("neuron", "l1", "n2"), Selection("neuron", "l1", "n4")]))
    canvas.fit_selection()
    assert canvas.navigator.scale > 1.2
    for row in (2, 4):
        assert canvas.viewport().rect().contains(place_of(canvas, "l1", row))
    canvas.select(NETWORK)
    canvas.fit_selection()
    assert canvas.navigator.fitted


def test_downwards_the_edges_leave_below_and_signals_run_down(show: Show) -> None:
    run = planar((4, 3, 1))
    canvas = show(run)
    canvas.set_vertical(True)
    layout = canvas.sheet.layout
    assert layout is not None and layout.vertical
    for bundle in canvas.sheet.bundles:
        lines = bundle.lines(np.arange(bundle.size))
        assert (np.diff(lines[..., 1], axis=1) > 0).all()
        assert (np.abs(lines[:, 1] - lines[:, 0])[:, 0] <= np.abs(lines[:, 1] - lines[:, 0])[:, 1]).all()
    canvas.show_pass(run.pictures("z")[1])
    heights = []
    for share in (0.2, 0.7):
        canvas.overlay.progress = share
        grabbed(canvas)
        heights.append(canvas.overlay.fragments.memory[0, :3, 1].mean())
    assert heights[0] < heights[1]
    canvas.set_vertical(False)
    assert canvas.sheet.layout is not None and not canvas.sheet.layout.vertical
