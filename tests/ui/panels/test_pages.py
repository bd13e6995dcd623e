"""The inspector's pages on a real document, by mouse and keys: what is set arrives in the network, is named, and can be undone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from nnviz.app.document import RunState
from nnviz.engine import edits
from nnviz.engine.patch import BIAS, single
from nnviz.engine.spec import Dropout
from nnviz.ui.panels.edge_page import EdgePage
from nnviz.ui.panels.layer_page import LayerPage
from nnviz.ui.panels.neuron_page import InputNeuronPage, NeuronPage
from nnviz.ui.panels.pages import FilterPage, NetworkPage
from nnviz.ui.selection import NETWORK, Selection
from tests.ui.panels.desk import Desk

# -- a neuron -----------------------------------------------------------------------------------------------------------


def test_a_bias_is_typed_named_and_undone(desk: Desk) -> None:
    page, before = desk.neuron(1), desk.frame.layers[0].bias[1]
    desk.type_in(page.unit.bias, "0,25")
    desk.qtbot.waitUntil(lambda: desk.frame.layers[0].bias[1] == 0.25)
    assert desk.undo_text == f"Set bias of {desk.first.name}·2 to 0.25"
    assert desk.inspector.page is page
    desk.undo()
    desk.qtbot.waitUntil(lambda: desk.frame.layers[0].bias[1] == before)
    desk.qtbot.waitUntil(lambda: page.unit.bias.value() == before)


def test_a_run_of_arrow_steps_is_one_edit(desk: Desk) -> None:
    field = desk.neuron().unit.bias
    desk.type_in(field, "0.1")
    for _ in range(3):
        desk.qtbot.keyClick(field, Qt.Key.Key_Up)
    desk.qtbot.waitUntil(lambda: desk.frame.layers[0].bias[0] == 0.4)
    assert desk.document.undo_stack.count() == 2


def test_what_cannot_be_read_is_refused_at_the_field(desk: Desk) -> None:
    page = desk.neuron()
    for text in ("abc", "1e400", ""):
        desk.type_in(page.unit.bias, text)
        assert page.unit.bias.note.text() and not page.unit.bias.note.isHidden()
    assert desk.document.undo_stack.count() == 0


def test_a_layer_without_biases_offers_none(desk: Desk) -> None:
    page = desk.neuron()
    assert page.unit.bias_row.isVisibleTo(page)
    desk.document.edit(edits.replace_layer(desk.spec, replace(desk.first, use_bias=False)), "no biases")
    assert desk.inspector.page is page and not page.unit.bias_row.isVisibleTo(page)


def test_a_neuron_is_silenced_and_healed(desk: Desk) -> None:
    page = desk.neuron(2)
    desk.click(page.unit.lesion)
    assert desk.first.lesioned == (desk.first.neurons[2],) and desk.undo_text == f"Lesion {desk.first.name}·3"
    desk.qtbot.waitUntil(lambda: page.a.text() == "0")
    desk.qtbot.keyClick(page.unit.lesion, Qt.Key.Key_Space)
    assert desk.first.lesioned == () and desk.undo_text == f"Heal {desk.first.name}·3"
    desk.undo()
    assert page.unit.lesion.isChecked() and desk.inspector.page is page


def test_incoming_and_outgoing_weights_lead_to_their_edges(desk: Desk) -> None:
    page = desk.neuron(1)
    names = [name for name, _ in page.weights.rows]
    line = page.weights._line_height
    desk.qtbot.mouseClick(page.weights, Qt.MouseButton.LeftButton, pos=QPoint(20, line + line // 2))
    source = ("x1", "x2")[("x₁", "x₂").index(names[1])]
    assert desk.inspector.selection == Selection("edge", desk.first.id, desk.first.neurons[1], source)
    page = desk.neuron(1)
    page.outgoing.setFocus()
    desk.qtbot.keyClick(page.outgoing, Qt.Key.Key_Down)
    desk.qtbot.keyClick(page.outgoing, Qt.Key.Key_Return)
    assert desk.inspector.selection == Selection("edge", desk.last.id, desk.last.neurons[0], desk.first.neurons[1])
    page = desk.inspector.page
    assert isinstance(page, EdgePage)
    desk.qtbot.waitUntil(page.source.hasFocus)
    desk.qtbot.keyClick(page.source, Qt.Key.Key_Return)
    assert desk.inspector.selection == Selection("neuron", desk.first.id, desk.first.neurons[1])


def test_outgoing_weights_are_read_through_what_only_passes_on(desk: Desk) -> None:
    desk.document.edit(edits.with_dropout(desk.spec, desk.first.id, 0.5), "dropout")
    desk.qtbot.waitUntil(lambda: desk.frame.spec is desk.spec)
    page = desk.neuron(1)
    assert [value for _, value in page.outgoing.rows] == [desk.weight(2, 0, 1)]
    page = desk.show(Selection("neuron", desk.last.id, desk.last.neurons[0]))
    assert isinstance(page, NeuronPage) and not page.outgoing.isVisibleTo(page)


def test_the_map_stands_as_the_plane_does(desk: Desk) -> None:
    desk.document.set_weights((single(desk.first.id, desk.first.neurons[0], BIAS, 0.5),), "any")
    desk.qtbot.waitUntil(lambda: desk.frame.maps and desk.frame.layers[0].bias[0] == 0.5)
    page = desk.neuron()
    assert page.map.isVisibleTo(page) and np.array_equal(page.map.view._values[-1], desk.frame.maps[desk.first.id][0][0])
    shown = desk.show(Selection("neuron", "input", "x2"))
    assert isinstance(shown, InputNeuronPage) and shown.map.view._values[0, 0] > shown.map.view._values[-1, 0]
    shown.show_frame(replace(desk.frame, maps={}))
    assert not shown.map.isVisibleTo(shown)


def test_the_lines_of_a_list_hold_still_under_the_hand(desk: Desk) -> None:
    page = desk.neuron()
    names = ("a", "b", "c")
    page.weights.show_weights(np.array([3.0, 2.0, 1.0]), names)
    page.weights.setFocus()
    page.weights.show_weights(np.array([1.0, 2.0, 3.0]), names)
    assert page.weights.rows == (("a", 1.0), ("b", 2.0), ("c", 3.0)) and "a 1" in page.weights.accessibleDescription()
    page.weights.clearFocus()
    page.weights.show_weights(np.array([1.0, 2.0, 3.0]), names)
    assert page.weights.rows[0] == ("c", 3.0)


def test_what_is_typed_counts_when_another_part_is_chosen(desk: Desk) -> None:
    page = desk.neuron(1)
    page.unit.bias.setFocus()
    desk.qtbot.waitUntil(page.unit.bias.hasFocus)
    page.unit.bias.selectAll()
    desk.qtbot.keyClicks(page.unit.bias, "0.5")
    desk.neuron(0)
    assert desk.undo_text == f"Set bias of {desk.first.name}·2 to 0.5"


@pytest.mark.parametrize("leaves", [False, True], ids=["before it is deselected", "after it is deselected"])
def test_what_is_typed_for_a_part_that_vanishes_is_dropped(desk: Desk, leaves: bool) -> None:
    page, smaller = desk.neuron(1), edits.remove_layers(desk.spec, (desk.first.id,))
    page.unit.bias.setFocus()
    desk.qtbot.waitUntil(page.unit.bias.hasFocus)
    page.unit.bias.selectAll()
    desk.qtbot.keyClicks(page.unit.bias, "0.5")
    if leaves:  # as the canvas does, which hears of the edit first
        desk.document.spec_changed.disconnect()
        desk.document.spec_changed.connect(lambda *_: desk.inspector.show_selection(NETWORK))
    desk.document.edit(smaller, "gone")
    assert desk.undo_text == "gone" and desk.inspector.page is not page


# -- an edge ------------------------------------------------------------------------------------------------------------


def test_a_weight_is_typed_and_undone(desk: Desk) -> None:
    page, before = desk.edge(), desk.weight(0, 0, 0)
    assert (page.source.text(), page.target.text()) == ("x₁", f"{desk.first.name}·1")
    desk.type_in(page.weight.field, "7.5")
    desk.qtbot.waitUntil(lambda: desk.weight(0, 0, 0) == 7.5)
    assert desk.undo_text == f"Set weight x₁ → {desk.first.name}·1 to 7.5"
    desk.qtbot.waitUntil(lambda: 0 < page.weight.slider.value() < page.weight.slider.maximum())
    desk.undo()
    desk.qtbot.waitUntil(lambda: page.weight.value() == before)


def test_a_drag_of_the_slider_is_one_edit(desk: Desk) -> None:
    page, before = desk.edge(), desk.weight(0, 0, 0)
    slider = page.weight.slider
    slider.setSliderDown(True)  # what a press on the handle does; where that lies is the style's business
    for share in (0.55, 0.7, 0.9):
        slider.setSliderPosition(round(share * slider.maximum()))
    slider.setSliderDown(False)
    value = page.weight.value()
    assert 1.0 < value <= 2.0 and desk.document.undo_stack.count() == 1
    desk.qtbot.waitUntil(lambda: desk.weight(0, 0, 0) == value)
    desk.undo()
    desk.qtbot.waitUntil(lambda: desk.weight(0, 0, 0) == before)


def test_an_edge_is_cut_stays_cut_and_is_restored(desk: Desk) -> None:
    page, before = desk.edge(), desk.weight(0, 0, 0)
    desk.click(page.prune)
    assert desk.first.pruned == (("x1", desk.first.neurons[0]),) and desk.undo_text == f"Prune x₁ → {desk.first.name}·1"
    desk.qtbot.waitUntil(lambda: desk.weight(0, 0, 0) == 0 and page.weight.value() == 0)
    desk.type_in(page.weight.field, "3")
    assert page.weight.value() == 0 and "pruned" in page.weight.field.note.text() and desk.document.undo_stack.count() == 1
    desk.undo()
    desk.qtbot.waitUntil(lambda: desk.weight(0, 0, 0) == before)
    assert not page.prune.isChecked() and desk.inspector.page is page


def test_its_ends_can_be_gone_to(desk: Desk) -> None:
    page = desk.edge(1)
    desk.qtbot.mouseClick(page.target, Qt.MouseButton.LeftButton)
    assert desk.inspector.selection == Selection("neuron", desk.first.id, desk.first.neurons[1])
    page = desk.edge(1)
    page.source.setFocus()
    desk.qtbot.keyClick(page.source, Qt.Key.Key_Return)
    assert desk.inspector.selection == Selection("neuron", "input", "x1")


def test_its_past_is_drawn_read_out_and_forgotten_with_the_run(desk: Desk) -> None:
    desk.document.train(until_step=40)
    desk.qtbot.waitUntil(lambda: desk.document.state is RunState.PAUSED and desk.frame.step == 40)
    page = desk.edge()
    steps, values = page.past._steps, page.past._values
    assert steps[0] == 0 and steps[-1] == 40 and values[-1] == desk.weight(0, 0, 0)
    assert "step 40" in page.past.accessibleDescription() and not page.past.grab().isNull()
    desk.qtbot.mouseMove(page.past, QPoint(1, 40))
    assert page.past.words() == f"step 0: {desk.inspector.theme.number(float(values[0]))}"
    page.past.setFocus()
    desk.qtbot.keyClick(page.past, Qt.Key.Key_Right)
    desk.qtbot.keyClick(page.past, Qt.Key.Key_Left)
    assert page.past.words().startswith("step 0:")
    desk.document.reset()
    desk.qtbot.waitUntil(lambda: desk.document.state is RunState.PAUSED and len(page.past._steps) == 1)


def test_what_is_typed_is_left_alone_while_the_run_goes_on(desk: Desk) -> None:
    page = desk.edge()
    desk.document.train()
    page.weight.field.setFocus()
    page.weight.field.selectAll()
    desk.qtbot.keyClicks(page.weight.field, "1.")
    shown, step = page.gradient.text(), desk.frame.step
    desk.qtbot.waitUntil(lambda: page.gradient.text() != shown and desk.frame.step > step + 2)
    assert page.weight.field.text() == "1."
    desk.qtbot.keyClick(page.weight.field, Qt.Key.Key_Escape)
    set_back = page.weight.value()
    desk.qtbot.waitUntil(lambda: page.weight.value() != set_back)
    desk.document.pause()
    desk.qtbot.waitUntil(lambda: desk.document.state is RunState.PAUSED)


def test_a_bias_has_a_page_of_the_same_parts(desk: Desk) -> None:
    page = desk.edge(0, BIAS)
    assert not page.prune_row.isVisibleTo(page) and not page.source_row.isVisibleTo(page)
    desk.type_in(page.weight.field, "-1")
    desk.qtbot.waitUntil(lambda: desk.frame.layers[0].bias[0] == -1)
    assert desk.undo_text == f"Set bias of {desk.first.name}·1 to −1"
    desk.qtbot.waitUntil(lambda: list(page.past._values) == [-1])


# -- layers and the network ---------------------------------------------------------------------------------------------


def test_a_line_of_the_network_leads_to_its_layer(desk: Desk) -> None:
    page = desk.show(NETWORK)
    assert isinstance(page, NetworkPage)
    desk.qtbot.mouseClick(page.layers[1], Qt.MouseButton.LeftButton)
    assert desk.inspector.selection == Selection("layer", desk.spec.network.layers[1].id)


def test_dropout_is_put_behind_a_layer_and_taken_away(desk: Desk) -> None:
    page = desk.show(Selection("layer", desk.first.id))
    assert isinstance(page, LayerPage) and page.dropout is not None and page.dropout.rate.field.text() == "off"
    desk.type_in(page.dropout.rate.field, "25")
    behind = desk.spec.network.layers[1]
    assert isinstance(behind, Dropout) and behind.rate == 0.25 and desk.inspector.page is page
    desk.type_in(page.dropout.rate.field, "0")
    assert not any(isinstance(layer, Dropout) for layer in desk.spec.network.layers)
    output = desk.show(Selection("layer", desk.last.id))
    assert isinstance(output, LayerPage) and output.dropout is None


def test_biases_can_be_left_as_they_are(desk: Desk) -> None:
    page = desk.show(Selection("layer", desk.first.id))
    assert isinstance(page, LayerPage)
    common = page.own.common  # type: ignore[union-attr]
    desk.click(common.train_bias)
    assert not desk.first.train_bias
    desk.click(common.use_bias)
    assert not common.train_bias_row.isVisibleTo(page)


def test_a_cell_of_the_weights_leads_to_its_edge(desk: Desk) -> None:
    page = desk.show(Selection("layer", desk.first.id))
    assert isinstance(page, LayerPage)
    image = page.live.weights
    place = image._box(1, 1).center().toPoint()
    desk.qtbot.mouseClick(image, Qt.MouseButton.LeftButton, pos=place)
    assert desk.inspector.selection == Selection("edge", desk.first.id, desk.first.neurons[1], "x2")
    image = desk.edge(1, "x2").image
    image.setFocus()
    desk.qtbot.keyClick(image, Qt.Key.Key_Left)
    assert "unit 2 ← x₂" in image.accessibleDescription()
    desk.qtbot.keyClick(image, Qt.Key.Key_Left)
    desk.qtbot.keyClick(image, Qt.Key.Key_Return)
    assert desk.inspector.selection == Selection("edge", desk.first.id, desk.first.neurons[1], "x1")


@pytest.mark.parametrize("desk", ["digits-cnn"], indirect=True)
def test_a_filter_is_set_and_silenced(qtbot: QtBot, desk: Desk) -> None:
    layer = desk.spec.network.weighted(desk.spec.network.layers[0].id)
    page = desk.show(Selection("neuron", layer.id, layer.neurons[1]))
    assert isinstance(page, FilterPage)
    desk.type_in(page.unit.bias, "0.5")
    qtbot.waitUntil(lambda: desk.frame.layers[0].bias[1] == 0.5)
    desk.click(page.unit.lesion)
    assert desk.spec.network.weighted(layer.id).lesioned == (layer.neurons[1],)
    page.weights.setFocus()
    qtbot.keyClick(page.weights, Qt.Key.Key_Return)
    assert isinstance(desk.inspector.page, EdgePage) and not desk.inspector.page.prune_row.isVisibleTo(desk.inspector.page)
