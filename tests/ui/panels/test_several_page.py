"""Several parts in the inspector: they show where they differ, and one edit sets all of them."""

from __future__ import annotations

import math
from dataclasses import replace

from PySide6.QtCore import Qt

from nnviz.engine import edits
from nnviz.engine.patch import BIAS, single
from nnviz.ui.existing import existing
from nnviz.ui.panels.neuron_page import NeuronPage
from nnviz.ui.panels.several_layers import SeveralLayers
from nnviz.ui.panels.several_numbers import SeveralNumbers
from nnviz.ui.selection import Selection, several
from tests.ui.panels.desk import Desk

MIXED = Qt.CheckState.PartiallyChecked


def neurons(desk: Desk, *places: int) -> list[Selection]:
    return [Selection("neuron", desk.first.id, desk.first.neurons[at]) for at in places]


def test_several_neurons_get_one_bias_in_one_edit(desk: Desk) -> None:
    desk.document.set_weights((single(desk.first.id, desk.first.neurons[0], BIAS, 0.5),), "one")
    page = desk.several(*neurons(desk, 0, 1))
    common = page.common
    assert isinstance(common, SeveralNumbers)
    desk.qtbot.waitUntil(lambda: math.isnan(common.value.value()))
    common.value.setFocus()
    assert common.value.text() == "" and common.value.placeholderText() == "various"
    common.cut.setFocus()
    assert common.value.text() == "various"
    desk.type_in(common.value, "0.75")
    desk.qtbot.waitUntil(lambda: desk.frame.layers[0].bias[:2].tolist() == [0.75, 0.75])
    assert desk.document.undo_stack.count() == 2 and desk.undo_text == "Set 2 numbers to 0.75"
    assert common.value.value() == 0.75


def test_a_step_from_values_that_differ_begins_at_nought(desk: Desk) -> None:
    desk.document.set_weights((single(desk.first.id, desk.first.neurons[0], BIAS, 0.5),), "one")
    common = desk.several(*neurons(desk, 0, 1)).common
    assert isinstance(common, SeveralNumbers)
    desk.qtbot.waitUntil(lambda: math.isnan(common.value.value()))
    desk.qtbot.keyClick(common.value, Qt.Key.Key_Up)
    desk.qtbot.waitUntil(lambda: desk.frame.layers[0].bias[:2].tolist() == [0.0001, 0.0001])


def test_a_tick_of_several_is_in_between_until_it_is_clicked(desk: Desk) -> None:
    common = desk.several(*neurons(desk, 0, 1)).common
    assert isinstance(common, SeveralNumbers)
    desk.document.edit(edits.lesion(desk.spec, desk.first.id, desk.first.neurons[:1], True), "one")
    assert common.cut.checkState() is MIXED and "some" in common.cut.toolTip() and not common.cut.grab().isNull()
    desk.click(common.cut)
    assert desk.first.lesioned == desk.first.neurons[:2] and common.cut.checkState() is Qt.CheckState.Checked
    desk.click(common.cut)
    assert desk.first.lesioned == () and common.cut.checkState() is Qt.CheckState.Unchecked
    assert desk.document.undo_stack.count() == 3


def test_several_edges_are_set_and_cut(desk: Desk) -> None:
    page = desk.several(*(Selection("edge", desk.first.id, desk.first.neurons[0], source) for source in ("x1", "x2")))
    common = page.common
    assert isinstance(common, SeveralNumbers) and page.links[0].text() == f"x₁ → {desk.first.name}·1"
    desk.type_in(common.value, "2")
    desk.qtbot.waitUntil(lambda: desk.frame.layers[0].weights[0].tolist() == [2, 2])
    desk.click(common.cut)
    desk.qtbot.waitUntil(lambda: desk.frame.layers[0].weights[0].tolist() == [0, 0])
    desk.type_in(common.value, "1")
    assert "pruned" in common.value.note.text() and common.value.value() == 0


def test_several_layers_differ_until_one_choice_sets_them_all(desk: Desk) -> None:
    desk.document.edit(edits.insert_layer(desk.spec, 1, 3), "another")
    ids = [layer.id for layer in desk.spec.network.layers[:2]]
    desk.document.edit(edits.replace_layer(desk.spec, replace(desk.first, l2=0.1, frozen=True, rate_multiplier=3.0)), "differ")
    page = desk.several(*(Selection("layer", layer_id) for layer_id in ids))
    common, count = page.common, desk.document.undo_stack.count()
    assert isinstance(common, SeveralLayers)
    assert (common.l2.box.key(), common.multiplier.text(), common.frozen.checkState()) == ("None", "various", MIXED)
    common.activation.box.activated.emit(common.activation.box.findData("relu"))
    assert desk.undo_text == "Set activation of 2 layers to ReLU"
    desk.click(common.frozen)
    desk.type_in(common.multiplier, "0.5")
    desk.type_in(common.dropout, "20")
    common.l1.box.activated.emit(1)
    common.initializer.box.activated.emit(common.initializer.box.findData("he_normal"))
    assert desk.document.undo_stack.count() == count + 6 and desk.inspector.page is page
    for layer_id in ids:
        layer = desk.spec.network.weighted(layer_id)
        assert (layer.activation.kind, layer.initializer.kind) == ("relu", "he_normal")
        assert layer.frozen and layer.rate_multiplier == 0.5 and layer.l1 is not None
        assert edits.dropout_of(desk.spec.network, layer_id) == 0.2


def test_parts_of_different_kinds_are_only_listed(desk: Desk) -> None:
    page = desk.several(Selection("layer", desk.first.id), *neurons(desk, 0))
    assert page.common is None and page.nothing.isVisibleTo(page)
    desk.qtbot.mouseClick(page.links[1], Qt.MouseButton.LeftButton)
    assert desk.inspector.selection == neurons(desk, 0)[0]


def test_what_of_several_is_gone_is_let_go(desk: Desk) -> None:
    chosen = several((*neurons(desk, 0, 1), Selection("layer", "nobody")))
    assert existing(desk.spec.network, chosen) == several(neurons(desk, 0, 1))
    desk.several(*neurons(desk, 0, 1))
    desk.document.edit(edits.remove_neurons(desk.spec, desk.first.id, desk.first.neurons[1:2]), "gone")
    assert isinstance(desk.inspector.page, NeuronPage)
