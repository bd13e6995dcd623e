"""Large networks: geometry only for what is drawn, nothing made an edge in a paint, few edges while the view is moved."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QPainter, QPen
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnviz.ui.canvas.canvas import Canvas
from nnviz.ui.canvas.edges import LEVELS
from nnviz.ui.canvas.plan import shares
from nnviz.ui.canvas.seeing import seen_columns
from nnviz.ui.canvas.strokes import Strokes
from nnviz.ui.canvas.wording import MOVING_EDGES, STILL_EDGES
from nnviz.ui.selection import Selection
from tests.ui.canvas.conftest import Show
from tests.ui.canvas.networks import Run, planar
from tests.ui.canvas.test_canvas import grabbed


@pytest.fixture(scope="module")
def large() -> Run:
    return planar((200, 200, 1), epochs=0)


@pytest.fixture
def unfolded(show: Show, large: Run) -> Canvas:
    canvas = show(large)
    canvas.sheet.unfolded = frozenset({"l1", "l2"})
    canvas.fit()
    canvas.come_to_rest()
    return canvas


def paint(canvas: Canvas, image: QImage) -> None:
    painter = QPainter(image)
    canvas.render(painter)
    painter.end()


def test_nothing_is_made_an_edge_while_painting(unfolded: Canvas) -> None:
    image = QImage(1000, 700, QImage.Format.Format_RGB32)
    canvas = unfolded
    assert len(canvas.sheet.plan) == STILL_EDGES
    paint(canvas, image)
    canvas.sheet.version += 1
    tracemalloc.start()
    try:
        paint(canvas, image)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 10 * STILL_EDGES, "bytes"


def test_an_unfolded_layer_takes_no_memory_an_edge_before_it_is_drawn(show: Show, large: Run) -> None:
    canvas = show(large)
    tracemalloc.start()
    try:
        canvas.set_folded("l1", False)
        canvas.set_folded("l2", False)
        kept = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert canvas.sheet.bundles[1].size == 40_000
    assert kept < 40_000 * 100


def test_few_edges_while_the_view_is_moved_and_all_when_it_rests(unfolded: Canvas, qtbot: QtBot) -> None:
    canvas, view = unfolded, unfolded.viewport()
    canvas.navigator.zoom(4.0)
    canvas.come_to_rest()
    grabbed(canvas)
    assert len(canvas.sheet.plan) > MOVING_EDGES
    QTest.mousePress(view, Qt.MouseButton.MiddleButton, pos=QPoint(500, 300))
    for step in range(1, 8):
        QTest.mouseMove(view, QPoint(500 - 40 * step, 300 + 10 * step))
        grabbed(canvas)
    assert len(canvas.sheet.plan) <= MOVING_EDGES
    QTest.mouseRelease(view, Qt.MouseButton.MiddleButton, pos=QPoint(220, 370))
    qtbot.waitUntil(lambda: len(canvas.sheet.plan) > MOVING_EDGES)
    moved = grabbed(canvas)
    canvas.come_to_rest()
    assert grabbed(canvas) == moved


def test_a_moved_picture_lies_where_the_drawing_is(show: Show) -> None:
    canvas = show(planar((3, 1)))
    before = grabbed(canvas)
    canvas.navigator.zoom(1.0)
    QTest.mousePress(canvas.viewport(), Qt.MouseButton.MiddleButton, pos=QPoint(300, 300))
    QTest.mouseMove(canvas.viewport(), QPoint(330, 320))
    after = grabbed(canvas)
    assert after.copy(30, 20, 900, 600) == before.copy(0, 0, 900, 600)
    QTest.mouseRelease(canvas.viewport(), Qt.MouseButton.MiddleButton, pos=QPoint(330, 320))
    canvas.come_to_rest()
    assert grabbed(canvas).copy(30, 20, 900, 600) == before.copy(0, 0, 900, 600)


def test_only_columns_in_view_are_drawn_and_their_edges_planned(show: Show) -> None:
    canvas = show(planar((6,) * 40 + (1,), epochs=0))
    layout = canvas.sheet.layout
    assert layout is not None
    assert len(canvas.sheet.columns) == 42
    canvas.navigator.look(1.0, QPointF(*layout.column("l20").centers[0]), canvas.bounds)
    canvas.come_to_rest()
    grabbed(canvas)
    seen = [column.id for column in canvas.sheet.columns]
    assert "l20" in seen and len(seen) < 20
    planned = {canvas.sheet.bundles[number].layer for number in np.unique(canvas.sheet.plan.bundles)}
    assert "l20" in planned and planned <= {*seen, f"l{int(seen[-1][1:]) + 1}"}
    assert seen_columns(layout, None) == layout.columns


def test_words_too_small_to_be_read_are_left_out(show: Show) -> None:
    canvas = show(planar((6,) * 60 + (1,), epochs=0))
    grabbed(canvas)
    assert canvas.navigator.scale < 0.3
    assert not canvas.sheet.legible
    assert canvas.sheet.still().legible, "pictures have all words"
    canvas.actual_size()
    grabbed(canvas)
    assert canvas.sheet.legible


def test_hovering_computes_no_more_than_the_neuron_s_edges(unfolded: Canvas, monkeypatch: pytest.MonkeyPatch) -> None:
    sheet, asked = unfolded.sheet, list[int]()
    levels_of = type(sheet).levels_of

    def noted(own: object, bundle: int, edges: np.ndarray) -> np.ndarray:
        asked.append(len(edges))
        return levels_of(sheet, bundle, edges)

    monkeypatch.setattr(type(sheet), "levels_of", noted)
    unfolded.highlight(Selection("neuron", "l1", "n7"))
    grabbed(unfolded)
    assert sorted(asked) == [2, 200]


@given(st.lists(st.integers(0, 500), max_size=12), st.integers(0, 2000))
def test_shares_use_all_that_may_be_drawn(sizes: list[int], total: int) -> None:
    found = shares(sizes, total)
    assert all(share <= size for share, size in zip(found, sizes, strict=True))
    assert total - len(sizes) < sum(found) <= total or found == sizes
    if found != sizes and found:
        most = max(found)
        assert all(share == size or share >= most - 1 for share, size in zip(found, sizes, strict=True))


@given(st.integers(1, 60), st.integers(0, 2**16), st.booleans(), st.booleans())
@settings(max_examples=25, deadline=None)
def test_strokes_are_those_of_each_edge_alone(count: int, seed: int, vertical: bool, dashed: bool) -> None:
    rng = np.random.default_rng(seed)
    starts, ends = rng.uniform(0, 20, (count, 2)), rng.uniform(60, 90, (count, 2))
    levels = np.sort(rng.choice([-LEVELS, -3, 2, 9], count))
    whole, single = QImage(100, 100, QImage.Format.Format_RGB32), QImage(100, 100, QImage.Format.Format_RGB32)
    pens = [QPen(Qt.GlobalColor.black, 1.3 + 0.02 * level) for level in range(2 * LEVELS + 1)]
    strokes, alone = Strokes(), Strokes()
    strokes.hold(starts, ends, levels, vertical=vertical, dashed=dashed)
    for image in (whole, single):
        image.fill(Qt.GlobalColor.white)
        painter = QPainter(image)
        if image is whole:
            strokes.draw(painter, pens)
        for edge in range(count) if image is single else ():
            one = slice(edge, edge + 1)
            alone.hold(starts[one], ends[one], levels[one], vertical=vertical, dashed=dashed)
            alone.draw(painter, pens)
        painter.end()
    assert whole == single


def test_values_that_stream_are_thinned_out_and_one_frame_of_a_large_network_is_too(unfolded: Canvas, large: Run) -> None:
    unfolded.show_frame(replace(large.frame, step=1))
    assert len(unfolded.sheet.plan) == MOVING_EDGES
    assert sum(unfolded.sheet.drawn.values()) <= MOVING_EDGES
