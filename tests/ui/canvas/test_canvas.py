"""The canvas shows the true values, answers the pointer and the keys, and keeps its number of items."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnviz.engine.edits import with_units
from nnviz.explain.numbers import format_number
from nnviz.ui.canvas.canvas import NETWORK, Canvas, Selection
from nnviz.ui.canvas.columns import overlaps, solid_boxes, text_boxes
from nnviz.ui.canvas.edges import LEVELS, points_at
from nnviz.ui.canvas.wording import MOVING_EDGES
from nnviz.ui.theme import DARK
from tests.ui.canvas.conftest import Show
from tests.ui.canvas.networks import flowers, linear, planar, with_activation, with_weight


def grabbed(canvas: Canvas) -> QImage:
    return canvas.viewport().grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


def place_of(canvas: Canvas, layer: str, row: int) -> QPoint:
    assert canvas.sheet.layout is not None
    x, y = canvas.sheet.layout.column(layer).centers[row]
    return canvas.mapFromScene(QPointF(x, y))


def edge_place(canvas: Canvas, bundle: int, edge: int, share: float) -> QPoint:
    x, y = points_at(canvas.sheet.bundles[bundle].lines(np.array([edge])), share)[0]
    return canvas.mapFromScene(QPointF(x, y))


@pytest.mark.parametrize("units", [(1,), (8, 6, 1), (40, 40, 1)])
def test_the_number_of_items_does_not_depend_on_the_network(show: Show, units: tuple[int, ...]) -> None:
    assert len(show(planar(units, epochs=0)).scene().items()) == 5


def test_a_weight_decides_sign_and_strength_of_its_edge(show: Show) -> None:
    run = planar((3, 1))
    canvas = show(run)
    weights = run.frame.layers[0].weights
    drawn = {(bundle, edge): level for bundle, edge, level in canvas.sheet.plan}
    for unit in range(3):
        for source in range(2):
            level = drawn[0, unit * 2 + source]
            assert np.sign(level) == np.sign(weights[unit, source])
            assert abs(level) == np.ceil(abs(weights[unit, source]) / np.abs(weights).max() * LEVELS - 1e-9)


def test_an_edge_of_weight_zero_is_not_drawn_and_others_keep_their_colour(show: Show) -> None:
    run = planar((1, 1))
    canvas = show(run)
    at = edge_place(canvas, 1, 0, 0.5)
    assert grabbed(canvas).pixelColor(at) != canvas.sheet.inks.background
    canvas.show_frame(with_weight(run.frame, 1, 0, 0, 0.0))
    assert grabbed(canvas).pixelColor(at) == canvas.sheet.inks.background
    for weight, hue in ((1.0, canvas.sheet.inks.theme.positive), (-1.0, canvas.sheet.inks.theme.negative)):
        canvas.show_frame(with_weight(run.frame, 1, 0, 0, weight))
        assert abs(grabbed(canvas).pixelColor(at).hue() - QColor(hue).hue()) < 8


def test_numbers_below_are_the_activations(show: Show) -> None:
    run = planar((4, 1))
    canvas = show(run)
    assert canvas.sheet.layout is not None
    for layer, values in (("l1", run.frame.layers[0].activations), ("input", run.frame.probe.inputs)):
        column = canvas.sheet.layout.column(layer)
        texts = [canvas._nodes.text(column, row) for row in range(len(values))]
        assert texts == [format_number(float(value), 2) for value in values]


def test_a_map_shows_high_values_in_blue_and_the_lower_edge_at_the_bottom(show: Show) -> None:
    run = planar((2, 1))
    canvas = show(run)
    canvas.come_to_rest()
    assert canvas.sheet.layout is not None
    column = canvas.sheet.layout.column("input")
    shown = grabbed(canvas)
    x, y = column.centers[1]
    low, high = (canvas.mapFromScene(QPointF(x, y + side * column.side * 0.4)) for side in (1, -1))
    inks = canvas.sheet.inks.theme
    assert abs(shown.pixelColor(high).hue() - QColor(inks.positive).hue()) < 8
    assert abs(shown.pixelColor(low).hue() - QColor(inks.negative).hue()) < 8


@pytest.mark.parametrize(("value", "word"), [(float("nan"), "NaN"), (float("inf"), "∞"), (-float("inf"), "−∞")])
def test_what_is_not_finite_is_hatched_and_named(show: Show, value: float, word: str) -> None:
    run = planar((3, 1))
    canvas = show(run)
    before = grabbed(canvas)
    frame = with_weight(with_activation(run.frame, 0, 1, value), 0, 2, 0, value)
    canvas.show_frame(frame)
    assert canvas.sheet.layout is not None
    face = canvas._nodes.face(canvas.sheet.layout.column("l1"))
    assert face is not None and face.broken == ["", word, ""]
    assert grabbed(canvas) != before
    canvas.highlight(Selection("neuron", "l1", "n1"))
    grabbed(canvas)
    assert canvas.overlay.card is not None
    assert word in [line.value for line in canvas.overlay.card.lines]


def test_class_names_stand_beside_the_outputs(show: Show) -> None:
    canvas = show(flowers())
    assert canvas.sheet.words[-1].after == ("setosa", "versicolor", "virginica")
    assert canvas.sheet.words[-1].bars
    assert canvas.sheet.layout is not None
    assert canvas.sheet.layout.surface is None


def test_no_words_touch_each_other_or_a_tile(show: Show) -> None:
    for run in (planar((8, 6, 1)), flowers(), linear(), planar((6,) * 8 + (1,), epochs=0)):
        layout = show(run).sheet.layout
        assert layout is not None
        everything = np.concatenate([text_boxes(layout), solid_boxes(layout)])
        assert not np.triu(overlaps(everything, everything), k=1).any()


def test_only_the_strongest_edges_are_drawn_while_values_stream(show: Show) -> None:
    run = planar((16, 16, 16, 1), epochs=0)
    canvas = show(run)
    total = sum(bundle.size for bundle in canvas.sheet.bundles)
    assert len(canvas.sheet.plan) == total
    canvas.show_frame(run.frame)
    assert len(canvas.sheet.plan) == total, "one frame alone, as an edit brings it, thins nothing out"
    canvas.show_frame(run.frame)
    assert len(canvas.sheet.plan) == MOVING_EDGES < total
    assert canvas.sheet.drawn["l4"] == 16
    weights = np.abs(run.frame.layers[1].weights).ravel()
    kept = {edge for bundle, edge, _ in canvas.sheet.plan if bundle == 1}
    assert min(weights[list(kept)]) >= max(np.delete(weights, list(kept)))
    canvas.come_to_rest()
    assert len(canvas.sheet.plan) == total


def test_a_click_selects_a_neuron_an_edge_a_layer_and_the_network(show: Show, qtbot: QtBot) -> None:
    canvas = show(planar((3, 2, 1)))
    assert canvas.sheet.layout is not None
    title = canvas.sheet.layout.column("l2").title[0]
    spots = {
        place_of(canvas, "l1", 2): Selection("neuron", "l1", "n2"),
        place_of(canvas, "input", 0): Selection("neuron", "input", "x1"),
        edge_place(canvas, 2, 1, 0.3): Selection("edge", "l3", "n5", "n4"),
        canvas.mapFromScene(QPointF(title[0] + title[2] / 2, title[1] + 8)): Selection("layer", "l2"),
        QPoint(5, canvas.viewport().height() - 5): NETWORK,
    }
    for spot, wanted in spots.items():
        with qtbot.waitSignal(canvas.selection_changed) as caught:
            QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=spot)
        assert caught.args == [wanted]
        assert canvas.selection == wanted
        grabbed(canvas)


def test_hovering_fades_the_rest_and_tells_the_numbers(show: Show) -> None:
    run = planar((3, 2, 1))
    canvas = show(run)
    before = grabbed(canvas)
    QTest.mouseMove(canvas.viewport(), place_of(canvas, "l1", 1))
    assert canvas.sheet.hovered == Selection("neuron", "l1", "n1")
    card = canvas.overlay.card
    assert card is not None
    assert card.title == "Dense 1·2"
    assert format_number(float(run.frame.layers[0].activations[1])) in [line.value for line in card.lines]
    after = grabbed(canvas)
    far, own = place_of(canvas, "l2", 0), place_of(canvas, "l1", 1) + QPoint(8, 8)
    assert before.pixelColor(own) == after.pixelColor(own)
    assert before.pixelColor(far) != after.pixelColor(far)
    canvas.highlight(NETWORK)
    assert grabbed(canvas) == before


def test_hovering_an_edge_tells_weight_and_gradient(show: Show) -> None:
    run = planar((3, 1))
    canvas = show(run)
    QTest.mouseMove(canvas.viewport(), edge_place(canvas, 1, 2, 0.2))
    assert canvas.sheet.hovered == Selection("edge", "l2", "n3", "n2")
    assert canvas.overlay.card is not None
    values = [line.value for line in canvas.overlay.card.lines]
    layer = run.frame.layers[1]
    assert values == [format_number(float(layer.weights[0, 2])), format_number(float(layer.gradient[0, 2]))]
    QApplication.sendEvent(canvas.viewport(), QEvent(QEvent.Type.Leave))
    assert canvas.sheet.hovered == NETWORK


def test_escape_arrows_and_tab(show: Show) -> None:
    canvas = show(planar((3, 2, 1)))
    canvas.setFocus()
    alt = Qt.KeyboardModifier.AltModifier
    for key, wanted in (
        (Qt.Key.Key_Right, Selection("neuron", "input", "x1")),
        (Qt.Key.Key_Down, Selection("neuron", "input", "x2")),
        (Qt.Key.Key_Right, Selection("neuron", "l1", "n2")),
        (Qt.Key.Key_Up, Selection("neuron", "l1", "n1")),
        (Qt.Key.Key_Left, Selection("neuron", "input", "x2")),
    ):
        QTest.keyClick(canvas, key, alt)
        assert canvas.selection == wanted
    for key, wanted in (
        (Qt.Key.Key_Tab, Selection("layer", "l1")),
        (Qt.Key.Key_Tab, Selection("neuron", "l1", "n0")),
        (Qt.Key.Key_Backtab, Selection("layer", "l1")),
        (Qt.Key.Key_Backtab, Selection("neuron", "input", "x2")),
    ):
        QTest.keyClick(canvas, key)
        assert canvas.selection == wanted
    assert "x₂" in canvas.accessibleDescription()
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.selection == NETWORK
    assert canvas.accessibleName()


def test_tab_leaves_after_the_last_neuron(show: Show) -> None:
    canvas = show(planar((2, 1)))
    canvas.select(Selection("neuron", "l2", "n2"))
    canvas.focusNextPrevChild(True)
    assert canvas.selection == Selection("neuron", "l2", "n2")


def test_the_selection_follows_ids_through_an_edit(show: Show) -> None:
    run = planar((4, 1))
    canvas = show(run)
    canvas.select(Selection("neuron", "l1", "n1"))
    canvas.show_spec(with_units(run.spec, "l1", 3))
    assert canvas.selection == Selection("neuron", "l1", "n1")
    canvas.show_spec(with_units(run.spec, "l1", 1))
    assert canvas.selection == Selection("layer", "l1"), "what is left of a neuron that is gone is its layer"


def test_a_frame_of_another_network_is_not_drawn_into_this_one(show: Show) -> None:
    run = planar((4, 1))
    canvas = show(run)
    canvas.show_spec(with_units(run.spec, "l1", 6))
    assert len(canvas.sheet.plan), "until its own frame comes, what survives is shown as it was"
    canvas.show_frame(run.frame)
    grabbed(canvas)
    assert not len(canvas.sheet.plan)


def test_the_wheel_zooms_at_the_cursor(show: Show) -> None:
    canvas = show(planar((4, 1)))
    spot = QPointF(place_of(canvas, "l1", 0))
    before = canvas.mapToScene(spot.toPoint())
    for _ in range(6):
        turned = QWheelEvent(
            spot,
            canvas.viewport().mapToGlobal(spot),
            QPoint(),
            QPoint(0, 120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(canvas.viewport(), turned)
    after = canvas.mapToScene(spot.toPoint())
    assert canvas.navigator.scale > 2
    assert (after - before).manhattanLength() < 2
    grabbed(canvas)
    assert canvas.sheet.close
    canvas.actual_size()
    assert canvas.navigator.scale == 1.0
    canvas.fit()
    grabbed(canvas)
    assert not canvas.sheet.close


def test_the_middle_button_and_space_pan(show: Show) -> None:
    canvas = show(planar((4, 1)))
    view = canvas.viewport()
    for button in (Qt.MouseButton.MiddleButton, Qt.MouseButton.LeftButton):
        if button == Qt.MouseButton.LeftButton:
            QTest.keyPress(canvas, Qt.Key.Key_Space)
        before = canvas.mapToScene(QPoint(300, 300))
        QTest.mousePress(view, button, pos=QPoint(300, 300))
        QTest.mouseMove(view, QPoint(360, 340))
        QTest.mouseRelease(view, button, pos=QPoint(360, 340))
        assert canvas.mapToScene(QPoint(360, 340)) == before
    QTest.keyRelease(canvas, Qt.Key.Key_Space)
    assert not canvas.navigator.fitted
    assert canvas.selection == NETWORK


def test_fit_shows_all_of_a_large_network(show: Show) -> None:
    canvas = show(planar((6,) * 10 + (1,), epochs=0), size=(700, 400))
    shown = canvas.mapToScene(canvas.viewport().rect()).boundingRect()
    assert shown.adjusted(-2, -2, 2, 2).contains(canvas.bounds)
    assert canvas.navigator.scale < 1


def test_resizing_lays_out_anew(show: Show) -> None:
    canvas = show(planar((4, 1)))
    canvas.resize(1400, 500)
    QApplication.sendPostedEvents()
    assert (canvas.bounds.width(), canvas.bounds.height()) == (1400, 500)


def test_a_wide_layer_unfolds_at_a_click(show: Show) -> None:
    canvas = show(planar((40, 1), epochs=0))
    assert canvas.sheet.layout is not None
    fold = canvas.sheet.layout.column("l1").fold
    assert fold is not None
    spot = canvas.mapFromScene(QPointF(fold[0] + fold[2] / 2, fold[1] + fold[3] / 2))
    QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert len(canvas.sheet.layout.column("l1").shown) == 40


def test_the_theme_changes_live(show: Show) -> None:
    canvas = show(planar((4, 1)))
    light = grabbed(canvas)
    canvas.set_theme(DARK)
    dark = grabbed(canvas)
    assert dark.pixelColor(3, 3).name() == DARK.canvas
    assert dark != light


def test_the_probe_is_named_in_the_header(show: Show) -> None:
    run = planar((2, 1))
    canvas = show(run)
    assert "7" in canvas.sheet.words[0].second
    canvas.show_frame(replace(run.frame, probe=replace(run.frame.probe, row=31)))
    assert "31" in canvas.sheet.words[0].second


def test_names_are_shown_literally(show: Show) -> None:
    run = planar((2, 1))
    network = run.spec.network
    named = replace(network.layers[0], name="<b>a</b>\nb & c")
    canvas = show(run)
    canvas.show_spec(replace(run.spec, network=replace(network, layers=(named, *network.layers[1:]))))
    assert canvas.sheet.words[1].halves[0] == "<b>a</b> b & c"


def test_an_empty_canvas_paints_its_background(qtbot: QtBot) -> None:
    canvas = Canvas(DARK)
    qtbot.addWidget(canvas)
    canvas.resize(300, 200)
    assert grabbed(canvas).pixelColor(150, 100).name() == DARK.canvas
    QTest.mouseMove(canvas.viewport(), QPoint(20, 20))
    QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    canvas.pulse(1.0)
    canvas.fit()
    assert canvas.selection == NETWORK
