"""Keys lead from neuron to neuron, along the edges of one neuron, and along the flow, whatever the orientation."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from nnviz.engine.patch import BIAS
from nnviz.engine.spec import NetworkSpec
from nnviz.ui.canvas.walking import edge_of, extended, following, walk
from nnviz.ui.selection import NETWORK, Selection, several
from tests.ui.canvas.conftest import Show
from tests.ui.canvas.networks import example, mixed, planar, with_weight

LEFT, RIGHT, UP, DOWN = (-1, 0), (1, 0), (0, -1), (0, 1)
TURNED = {LEFT: UP, RIGHT: DOWN, UP: LEFT, DOWN: RIGHT}
in_both = pytest.mark.parametrize("vertical", [False, True], ids=["horizontal", "vertical"])


def neuron(layer: str, name: str) -> Selection:
    return Selection("neuron", layer, name)


def edge(layer: str, name: str, source: str) -> Selection:
    return Selection("edge", layer, name, source)


def ways(vertical: bool) -> tuple[tuple[int, int], ...]:
    """Against the flow, with the flow, to the neuron before, to the one behind."""
    plain = (LEFT, RIGHT, UP, DOWN)
    return tuple(TURNED[way] for way in plain) if vertical else plain


@in_both
def test_arrows_walk_on_screen(show: Show, vertical: bool) -> None:
    sheet = (canvas := show(planar((4, 2, 1)))).sheet
    canvas.set_vertical(vertical)
    back, on, _, behind = ways(vertical)
    assert walk(sheet, NETWORK, *on) == neuron("input", "x1")
    assert walk(sheet, neuron("l1", "n1"), *behind) == neuron("l1", "n2")
    assert walk(sheet, neuron("l1", "n3"), *on) == neuron("l2", "n5")
    assert walk(sheet, neuron("l1", "n3"), *back) == neuron("input", "x2")
    assert walk(sheet, neuron("input", "x1"), *back) == neuron("input", "x1")
    assert walk(sheet, neuron("l3", "n6"), *on) == neuron("l3", "n6")


@in_both
def test_before_the_first_neuron_stands_the_layer_from_which_arrows_lead_to_layers(show: Show, vertical: bool) -> None:
    sheet = (canvas := show(mixed())).sheet
    canvas.set_vertical(vertical)
    back, on, before, behind = ways(vertical)
    for layer, first in (("l1", "n0"), ("input", "x1")):
        assert walk(sheet, neuron(layer, first), *before) == Selection("layer", layer)
        assert walk(sheet, Selection("layer", layer), *before) == Selection("layer", layer)
        assert walk(sheet, Selection("layer", layer), *behind) == neuron(layer, first)
    order = ["input", *(layer.id for layer in sheet.spec.network.layers)]
    for left, right in pairwise(order):
        assert walk(sheet, Selection("layer", left), *on) == Selection("layer", right)
        assert walk(sheet, Selection("layer", right), *back) == Selection("layer", left)
    for end, way in ((order[0], back), (order[-1], on)):
        assert walk(sheet, Selection("layer", end), *way) == Selection("layer", end)
    for way in (before, behind):
        assert walk(sheet, Selection("layer", "b1"), *way) == Selection("layer", "b1")


@in_both
def test_a_filter_is_answered_by_its_block(show: Show, vertical: bool) -> None:
    canvas = show(example("digits-cnn"))
    canvas.set_vertical(vertical)
    layer = canvas.sheet.spec.network.layers[0]
    for way in ways(vertical)[2:]:
        assert walk(canvas.sheet, neuron(layer.id, layer.neurons[0]), *way) == Selection("layer", layer.id)


def test_a_selection_is_extended_in_its_column_and_by_edges_of_one_neuron(show: Show) -> None:
    sheet = show(planar((4, 2, 1))).sheet
    chosen, other = neuron("l1", "n2"), neuron("l2", "n4")
    assert extended(sheet, several([other, chosen]), chosen, 1).each == (other, chosen, neuron("l1", "n3"))
    assert extended(sheet, several([neuron("l1", "n3"), other, chosen]), chosen, 1).each == (other, chosen, neuron("l1", "n3"))
    first, second = edge("l2", "n4", "n0"), edge("l2", "n4", "n1")
    assert extended(sheet, first, first, 1).each == (first, second)
    assert extended(sheet, several([first, second]), second, -1) == first
    assert extended(sheet, first, first, -1) == first


@in_both
def test_from_an_edge_arrows_lead_to_its_neighbours_and_its_ends(show: Show, vertical: bool) -> None:
    run = planar((4, 2, 1))
    network = run.spec.network
    pruned = replace(network.layers[1], pruned=(("n2", "n4"),))
    canvas = show(run)
    canvas.set_vertical(vertical)
    canvas.show_spec(replace(run.spec, network=NetworkSpec(network.input, (network.layers[0], pruned, network.layers[2]), network.next_id)))
    back, on, before, behind = ways(vertical)
    chosen = edge("l2", "n4", "n1")
    assert walk(canvas.sheet, chosen, *behind) == edge("l2", "n4", "n2")
    assert canvas.sheet.exists(edge("l2", "n4", "n2")), "a pruned edge can be chosen, so that it can be restored"
    assert walk(canvas.sheet, chosen, *before) == edge("l2", "n4", "n0")
    assert walk(canvas.sheet, edge("l2", "n4", "n0"), *before) == edge("l2", "n4", "n0")
    assert walk(canvas.sheet, edge("l2", "n4", "n3"), *behind) == edge("l2", "n4", "n3")
    assert walk(canvas.sheet, chosen, *back) == neuron("l1", "n1")
    assert walk(canvas.sheet, chosen, *on) == neuron("l2", "n4")
    assert walk(canvas.sheet, edge("l1", "n0", "x2"), *back) == neuron("input", "x2")
    assert walk(canvas.sheet, edge("l2", "n4", BIAS), *back) == neuron("l2", "n4")
    assert walk(canvas.sheet, edge("l2", "n4", BIAS), *behind) == edge("l2", "n4", "n0")


def test_an_edge_through_dropout_leads_to_the_neuron_behind_it(show: Show) -> None:
    sheet = show(mixed()).sheet
    assert walk(sheet, edge("l2", "n8", "n3"), *LEFT) == neuron("l1", "n3")
    assert walk(sheet, neuron("l1", "n3"), *RIGHT) == Selection("layer", "b1")
    assert walk(sheet, Selection("layer", "b1"), *LEFT) == Selection("layer", "l1")


def test_in_a_picture_arrows_walk_by_pixels(show: Show) -> None:
    canvas = show(example("digits-cnn"))
    pixel = neuron("input", "3,3")
    assert walk(canvas.sheet, pixel, *DOWN) == neuron("input", "4,3")
    assert walk(canvas.sheet, pixel, *RIGHT).layer != "input"
    assert walk(canvas.sheet, neuron("input", "0,3"), *UP) == Selection("layer", "input")
    canvas.set_vertical(True)
    assert walk(canvas.sheet, pixel, *RIGHT) == neuron("input", "3,4")


def test_reading_order_goes_through_everything_and_back(show: Show) -> None:
    sheet = show(mixed()).sheet
    stop: Selection | None = Selection("layer", "input")
    way = []
    while stop is not None:
        way.append(stop)
        stop = following(sheet, stop, 1)
    assert len(way) == len(set(way)) == 2 + 8 + 6 + 1 + 7
    assert [part.layer for part in way if part.kind == "layer"] == ["input", *(layer.id for layer in sheet.spec.network.layers)]
    assert way[:3] == [Selection("layer", "input"), neuron("input", "x1"), neuron("input", "x2")]
    assert way[3:5] == [Selection("layer", "l1"), neuron("l1", "n0")]
    assert [following(sheet, part, -1) for part in way] == [None, *way[:-1]]
    assert following(sheet, NETWORK, 1) is following(sheet, edge("l1", "n0", "x1"), 1) is None


def test_from_a_neuron_to_its_strongest_edges(show: Show) -> None:
    run = planar((4, 3, 1))
    canvas = show(run)
    frame = with_weight(with_weight(run.frame, 1, 2, 1, -90.0), 1, 0, 3, 80.0)
    canvas.show_frame(frame)
    sheet = canvas.sheet
    assert edge_of(sheet, neuron("l2", "n6"), -1) == edge("l2", "n6", "n1")
    assert edge_of(sheet, neuron("l1", "n1"), 1) == edge("l2", "n6", "n1")
    assert edge_of(sheet, neuron("l1", "n3"), 1) == edge("l2", "n4", "n3")
    assert edge_of(sheet, neuron("input", "x1"), -1) == NETWORK
    assert edge_of(sheet, neuron("l3", "n7"), 1) == NETWORK
    assert edge_of(sheet, Selection("layer", "l1"), 1) == edge_of(sheet, NETWORK, -1) == NETWORK


def test_along_the_flow_edges_lead_to_edges(show: Show) -> None:
    run = planar((4, 3, 1))
    canvas = show(run)
    canvas.show_frame(with_weight(run.frame, 0, 1, 0, 70.0))
    sheet, weights = canvas.sheet, run.frame.layers[1].weights
    chosen = edge("l2", "n6", "n1")
    assert edge_of(sheet, chosen, 1) == edge("l3", "n7", "n6")
    assert edge_of(sheet, chosen, -1) == edge("l1", "n1", "x1")
    assert edge_of(sheet, edge("l1", "n1", "x1"), -1) == NETWORK
    assert edge_of(sheet, edge("l1", "n1", "x1"), 1) == edge("l2", f"n{4 + int(np.abs(weights[:, 1]).argmax())}", "n1")
    assert edge_of(sheet, edge("l2", "n6", BIAS), -1) == NETWORK


def test_edges_are_followed_through_batch_norm_and_dropout_but_not_into_a_convolution(show: Show) -> None:
    sheet = show(mixed()).sheet
    out = edge_of(sheet, neuron("l1", "n3"), 1)
    assert (out.kind, out.layer, out.source) == ("edge", "l2", "n3")
    assert edge_of(sheet, out, -1).layer == "l1"
    picture = show(example("digits-cnn")).sheet
    assert edge_of(picture, neuron("input", "3,3"), 1) == NETWORK


def test_weights_that_are_not_finite_count_as_the_largest_or_as_none(show: Show) -> None:
    run = planar((4, 1))
    canvas = show(run)
    canvas.show_frame(with_weight(with_weight(run.frame, 1, 0, 1, np.nan), 1, 0, 2, -np.inf))
    assert edge_of(canvas.sheet, neuron("l2", "n4"), -1) == edge("l2", "n4", "n2")
