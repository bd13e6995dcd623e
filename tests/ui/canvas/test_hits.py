"""What is under the pointer and in a rectangle, in both orientations, and that finding it does not grow with the network."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from nnviz.engine.spec import NetworkSpec
from nnviz.ui.canvas.canvas import Canvas
from nnviz.ui.canvas.columns import Box, Column, Layout, overlaps
from nnviz.ui.canvas.edges import points_at
from nnviz.ui.canvas.hits import Hit, hit, hits_in
from nnviz.ui.selection import NETWORK, Selection
from tests.ui.canvas.conftest import Show
from tests.ui.canvas.networks import Run, example, mixed, planar

in_both = pytest.mark.parametrize("vertical", [False, True], ids=["horizontal", "vertical"])
PARTS = ("minus", "plus", "lock", "more", "title", "units")


def shown(show: Show, run: Run, *, vertical: bool) -> tuple[Canvas, Layout]:
    canvas = show(run)
    canvas.set_vertical(vertical)
    assert canvas.sheet.layout is not None and canvas.sheet.layout.vertical is vertical
    return canvas, canvas.sheet.layout


def middle(box: Box) -> tuple[float, float]:
    return box[0] + box[2] / 2, box[1] + box[3] / 2


def parts(column: Column) -> dict[str, Box]:
    """Where each part of a header can be hit for certain."""
    found = {"minus": column.minus, "plus": column.plus, "lock": column.lock, "more": column.more, "units": column.units_box}
    x, y, _, height = column.title[0]
    found["title"] = (x, y, 8.0, height)
    return {part: box for part, box in found.items() if box is not None}


@in_both
def test_every_part_of_every_header_says_which_it_is(show: Show, vertical: bool) -> None:
    canvas, layout = shown(show, mixed(), vertical=vertical)
    seen = {}
    for column in layout.columns:
        for part, box in parts(column).items():
            assert hit(canvas.sheet, middle(box), 1.0) == Hit(Selection("layer", column.id), part, column.id), part
        seen[column.id] = set(parts(column))
    assert seen["input"] == {"title"}
    assert seen["l1"] == {*PARTS}
    assert seen["b1"] == {"title", "lock", "more"}
    assert seen["d1"] == {"title", "more"}
    assert seen["l3"] == {"title", "lock", "more"}


@in_both
def test_every_gap_is_the_place_of_a_new_layer(show: Show, vertical: bool) -> None:
    canvas, layout = shown(show, planar(), vertical=vertical)
    assert [hit(canvas.sheet, middle(box), 1.0) for box in layout.gaps] == [Hit(gap=index) for index in range(3)]


@in_both
def test_words_blocks_and_tiles_are_hit(show: Show, vertical: bool) -> None:
    canvas, layout = shown(show, mixed(), vertical=vertical)
    output, block = layout.columns[-1], layout.column("b1")
    assert block.block is not None
    assert hit(canvas.sheet, middle(output.second), 1.0) == Hit(Selection("layer", "l3"), layer="l3")
    assert hit(canvas.sheet, middle(block.block), 1.0) == Hit(Selection("layer", "b1"), layer="b1")
    for column in (layout.columns[0], layout.column("l1")):
        ids = canvas.sheet.neuron_ids(column.id)
        found = [hit(canvas.sheet, tuple(center), 1.0).selection for center in column.centers.tolist()]
        assert found == [Selection("neuron", column.id, name) for name in ids]
    assert hit(canvas.sheet, (-50.0, -50.0), 1.0) == Hit()


@in_both
def test_every_edge_is_hit_where_it_runs_alone(show: Show, vertical: bool) -> None:
    canvas, _ = shown(show, planar((3, 1)), vertical=vertical)
    edges, lines = canvas.sheet.drawn_lines(1)
    assert len(edges) == 3
    for edge, line in zip(edges.tolist(), lines, strict=True):
        x, y = points_at(line[None], 0.3)[0].tolist()
        assert hit(canvas.sheet, (x, y), 1.0).selection == Selection("edge", "l2", "n3", f"n{edge}")
        assert hit(canvas.sheet, (x + (5.0 if vertical else 0.0), y + (0.0 if vertical else 5.0)), 1.0).selection.kind == "edge"
    low, high = lines.min(axis=(0, 1)) - 40.0, lines.max(axis=(0, 1)) + 40.0
    assert hit(canvas.sheet, (low[0], high[1]), 1.0).selection == NETWORK


def test_the_reach_of_an_edge_is_in_pixels_of_the_screen(show: Show) -> None:
    canvas, _ = shown(show, planar((1, 1)), vertical=False)
    x, y = points_at(canvas.sheet.drawn_lines(1)[1], 0.5)[0].tolist()
    assert hit(canvas.sheet, (x, y + 9.0), 0.5).selection.kind == "edge"
    assert hit(canvas.sheet, (x, y + 9.0), 1.0).selection == NETWORK


@in_both
def test_a_rectangle_takes_in_what_it_touches(show: Show, vertical: bool) -> None:
    canvas, layout = shown(show, mixed(), vertical=vertical)
    everything = hits_in(canvas.sheet, layout.bounds)
    neurons = [part for part in everything if part.kind == "neuron"]
    assert {part.layer for part in everything if part.kind == "layer"} == {"b1", "d1", "d2"}
    assert len(neurons) == 2 + 8 + 6 + 1
    assert list(dict.fromkeys(part.layer for part in everything)) == [column.id for column in layout.columns]
    column = layout.column("l1")
    second, third = column.tiles[1:3].tolist()
    box = (second[0] + 1, second[1] + 1, third[0] - second[0] + 2, third[1] - second[1] + 2)
    assert hits_in(canvas.sheet, box) == (Selection("neuron", "l1", "n1"), Selection("neuron", "l1", "n2"))
    assert hits_in(canvas.sheet, (-90.0, -90.0, 20.0, 20.0)) == ()


def test_a_rectangle_takes_a_picture_as_a_whole(show: Show) -> None:
    canvas, layout = shown(show, example("digits-cnn"), vertical=False)
    picture = layout.columns[0].image
    assert picture is not None
    assert hits_in(canvas.sheet, (picture[0] + 2, picture[1] + 2, 30.0, 30.0)) == (Selection("layer", "input"),)
    assert hit(canvas.sheet, (picture[0] + 2, picture[1] + 2), 1.0).selection == Selection("neuron", "input", "1,1")


def test_before_there_is_a_layout_nothing_is_hit(show: Show) -> None:
    canvas = show(planar((2, 1)))
    canvas.sheet.layout = None
    assert hit(canvas.sheet, (10.0, 10.0), 1.0) == Hit()
    assert hits_in(canvas.sheet, (0.0, 0.0, 900.0, 900.0)) == ()


def test_a_frozen_layer_has_the_same_places(show: Show) -> None:
    run = planar((4, 1))
    canvas, layout = shown(show, run, vertical=False)
    layers = run.spec.network.layers
    frozen = NetworkSpec(run.spec.network.input, (replace(layers[0], frozen=True), layers[1]), run.spec.network.next_id)
    canvas.show_spec(replace(run.spec, network=frozen))
    assert canvas.sheet.layout is not None
    assert [parts(column) for column in canvas.sheet.layout.columns] == [parts(column) for column in layout.columns]


@in_both
def test_in_two_hundred_layers_a_hit_takes_no_time(show: Show, vertical: bool) -> None:
    run = planar((*[8] * 200, 1), epochs=0)
    canvas, layout = shown(show, run, vertical=vertical)
    x, y, width, height = layout.bounds
    places = np.random.default_rng(3).uniform((x, y), (x + width, y + height), (200, 2)).tolist()
    for place in places:
        hit(canvas.sheet, tuple(place), 1.0)  # the lines of every bundle are made when it is first looked at
    taken = []
    for place in places:
        begun = time.perf_counter()
        found = hit(canvas.sheet, tuple(place), 1.0)
        taken.append(time.perf_counter() - begun)
        if found.selection.kind == "neuron":
            column = layout.column(found.selection.layer)
            assert overlaps(column.tiles + np.array([-3, -3, 6, 6]), np.array([[*place, 0.01, 0.01]])).any()
    assert sorted(taken)[len(taken) // 2] < 0.002
