"""The inspector's pages of layers of every kind: what they show, what can be changed, and what they say where there is nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from nnviz.app.frame import Wanted
from nnviz.app.framing import make_frame, planes
from nnviz.data.prepare import prepare
from nnviz.engine.edits import replace_layer, with_network
from nnviz.engine.spec import BatchNorm, Conv2D, Dense, Dropout, Layer, Spec
from nnviz.engine.trainer import Trainer
from nnviz.explain.numbers import format_number
from nnviz.formats.examples import load
from nnviz.ui.fields import NumberField
from nnviz.ui.panels.batch_norm_editor import BatchNormEditor
from nnviz.ui.panels.conv_editor import ConvEditor
from nnviz.ui.panels.dense_editor import DenseEditor
from nnviz.ui.panels.dropout_editor import DropoutEditor
from nnviz.ui.panels.edge_page import EdgePage
from nnviz.ui.panels.inspector import Inspector
from nnviz.ui.panels.layer_page import LayerPage
from nnviz.ui.panels.pages import FilterPage, InputPage, NetworkPage, NumberPage
from nnviz.ui.panels.pooling_editor import PoolingEditor
from nnviz.ui.selection import NETWORK, Selection
from nnviz.ui.theme import LIGHT, apply
from tests.ui.panels.conftest import layer, page_of, texts
from tests.ui.scaling import scaled


def show(inspector: Inspector, example: str, *more: Layer) -> Spec:
    """Show an example, with further layers before its output, and a frame of it."""
    spec = load(example).spec
    *before, output = spec.network.layers
    spec = with_network(spec, replace(spec.network, layers=(*before, *more, output)))
    data = prepare(spec.data)
    trainer = Trainer(spec, data.samples)
    trainer.step()
    inspector.document.spec = spec
    inspector.document.frame = make_frame(trainer, data, planes(data), 0, Wanted(batch_activations=True), 0)
    inspector.show_spec(spec)
    return spec


def page_at(inspector: Inspector, index: int) -> LayerPage:
    inspector.show_selection(layer(inspector, index))
    assert isinstance(inspector.page, LayerPage)
    return inspector.page


def type_in(qtbot: QtBot, inspector: Inspector, field: NumberField, text: str) -> None:
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    inspector.show_spec(inspector.document.spec)


def test_the_network_page_has_a_line_for_every_kind(inspector: Inspector) -> None:
    show(inspector, "digits-cnn", Dropout("d", "Dropout", rate=0.25), BatchNorm("b", "Norm"))
    inspector.show_selection(NETWORK)
    assert "8 × 8 × 1" in texts(inspector.page)
    assert isinstance(inspector.page, NetworkPage)
    shown = [link.text() for link in inspector.page.layers]
    assert "16 of 3 × 3 × 1 · ReLU → 6 × 6 × 16" in shown
    assert "max pooling 2 × 2 → 3 × 3 × 16" in shown
    assert {"→ 144", "25 % silent", "normalizes 32 units"} <= set(shown)


def test_a_convolution_is_edited(qtbot: QtBot, inspector: Inspector) -> None:
    show(inspector, "digits-cnn")
    page = page_at(inspector, 0)
    own = page.own
    assert isinstance(own, ConvEditor) and page.shape.text() == "6 × 6 × 16" and page.live.dead.text().endswith(" of 16")
    own.padding.activated.emit(own.padding.findData("same"))
    type_in(qtbot, inspector, own.kernel.height_field, "5")
    type_in(qtbot, inspector, own.filters.field, "12")
    type_in(qtbot, inspector, own.stride.width_field, "2")
    now = inspector.document.spec.network.layers[0]
    assert isinstance(now, Conv2D)
    assert (now.padding, now.kernel, now.stride, now.units) == ("same", (5, 3), (1, 2), 12)
    assert page.shape.text() == "8 × 4 × 12" and inspector.page is page
    assert "5 pixels high" in own.kernel.height_field.toolTip()


def test_a_kernel_that_is_too_large_is_refused_beside_it(qtbot: QtBot, inspector: Inspector) -> None:
    show(inspector, "digits-cnn")
    own = page_at(inspector, 0).own
    assert isinstance(own, ConvEditor)
    type_in_without_showing(qtbot, own.kernel.width_field, "9")
    assert inspector.document.edits == [] and own.kernel.width_field.value() == 3
    assert not own.kernel.row.note.isHidden() and own.kernel.row.note.text()


def type_in_without_showing(qtbot: QtBot, field: NumberField, text: str) -> None:
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def test_pooling_dropout_and_batch_norm_are_edited(qtbot: QtBot, inspector: Inspector) -> None:
    show(inspector, "digits-cnn", Dropout("d", "Dropout"), BatchNorm("b", "Norm"))
    pooling = page_at(inspector, 1).own
    assert isinstance(pooling, PoolingEditor)
    type_in(qtbot, inspector, pooling.stride.height_field, "1")
    dropout = page_at(inspector, 4).own
    assert isinstance(dropout, DropoutEditor)
    type_in(qtbot, inspector, dropout.rate.field, "20")
    assert "1.25" in dropout.rate.field.toolTip()
    type_in_without_showing(qtbot, dropout.rate.field, "100")
    assert not dropout.rate.field.note.isHidden()
    norm = page_at(inspector, 5).own
    assert isinstance(norm, BatchNormEditor)
    assert norm.gamma.text() != "—" and norm.variance.text() != "—"
    type_in(qtbot, inspector, norm.momentum, "0.3")
    type_in(qtbot, inspector, norm.epsilon, "1e-3")
    layers = inspector.document.spec.network.layers
    assert layers[1].stride == (1, 2) and layers[4].rate == 0.2  # type: ignore[union-attr]
    assert (layers[5].momentum, layers[5].epsilon) == (0.3, 1e-3)  # type: ignore[union-attr]


@pytest.mark.parametrize(("index", "words"), [(1, True), (2, True), (0, False)], ids=["pooling", "flatten", "conv"])
def test_layers_without_weights_say_so(inspector: Inspector, index: int, words: bool) -> None:
    show(inspector, "digits-cnn")
    page = page_at(inspector, index)
    inspector.show_frame(inspector.document.frame)
    assert page.live.nothing.isVisibleTo(page) == words != page.live.weights.isVisibleTo(page)
    assert page.frozen_row.isVisibleTo(page) != words


def test_the_rate_multiplier_and_the_code(qtbot: QtBot, inspector: Inspector) -> None:
    spec = show(inspector, "digits-autoencoder")
    narrowest = min(range(len(spec.network.layers) - 1), key=lambda at: spec.network.layers[at].units)  # type: ignore[union-attr]
    page = page_at(inspector, narrowest)
    assert isinstance(page.own, DenseEditor) and page.own.code_row.isVisibleTo(page)
    before = page.own.code.isChecked()
    page.own.code.click()
    type_in(qtbot, inspector, page.multiplier, "0.1")
    now = inspector.document.spec.network.layers[narrowest]
    assert isinstance(now, Dense) and now.rate_multiplier == 0.1 and now.role == ("" if before else "code")


def test_a_filter_shows_its_kernel_and_its_answers(inspector: Inspector) -> None:
    spec = show(inspector, "digits-cnn")
    first = spec.network.weighted(spec.network.layers[0].id)
    inspector.show_selection(Selection("neuron", first.id, first.neurons[2]))
    page, frame = inspector.page, inspector.document.frame
    assert isinstance(page, FilterPage) and frame is not None
    assert sorted(value for _, value in page.weights.rows) == sorted(float(value) for value in frame.layers[0].weights[2])
    assert np.array_equal(page.answers._values, frame.layers[0].activations.reshape(6, 6, 16)[:, :, 2])
    inspector.show_selection(Selection("neuron", first.id, f"{first.neurons[2]}@1,4"))
    assert isinstance(inspector.page, NumberPage)
    assert inspector.page.a.text() == format_number(float(frame.layers[0].activations.reshape(6, 6, 16)[1, 4, 2]))


def test_an_image_as_input_is_shown_as_one(inspector: Inspector) -> None:
    show(inspector, "digits-cnn")
    inspector.show_selection(Selection("layer", "input"))
    page = inspector.page
    assert isinstance(page, InputPage) and page.image is not None and page.values == []
    assert page.image._values.shape == (8, 8)
    show(inspector, "mnist-mlp")
    inspector.show_selection(NETWORK)
    inspector.show_selection(Selection("layer", "input"))
    assert isinstance(inspector.page, InputPage) and len(inspector.page.values) <= 40


def test_a_pruned_edge_says_that_it_is_one(inspector: Inspector) -> None:
    spec = inspector.document.spec
    first = spec.network.layers[0]
    assert isinstance(first, Dense)
    inspector.document.spec = replace_layer(spec, replace(first, pruned=(("x1", first.neurons[0]),)))
    inspector.show_selection(Selection("edge", first.id, first.neurons[0], "x1"))
    page = inspector.page
    assert isinstance(page, EdgePage) and page.prune.isChecked() and page.prune_row.isVisibleTo(page)
    inspector.show_selection(Selection("edge", first.id, first.neurons[0], "x2"))
    assert isinstance(inspector.page, EdgePage) and not inspector.page.prune.isChecked()


def test_another_document_whose_layer_has_the_same_id_gets_a_page_of_its_kind(inspector: Inspector) -> None:
    spec = inspector.document.spec
    page = page_of(inspector)
    *_, output = spec.network.layers
    replaced = Dropout(spec.network.layers[0].id, "Dropout")
    other = with_network(spec, replace(spec.network, layers=(replaced, output)))
    inspector.document.spec, inspector.document.frame = other, None
    inspector.show_spec(other)
    assert inspector.page is not page and isinstance(inspector.page, LayerPage)
    assert isinstance(inspector.page.own, DropoutEditor)


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_no_page_is_clipped_in_a_narrow_dock(qapp: QApplication, inspector: Inspector, scale: float) -> None:
    theme = scaled(LIGHT, scale)
    apply(qapp, theme)
    inspector.set_theme(theme)
    spec = show(inspector, "digits-cnn", Dropout("d", "Dropout"), BatchNorm("b", "Norm"))
    for index in range(len(spec.network.layers)):
        page_at(inspector, index)
        inspector.resize(276, 1600)
        for widget in inspector.page.findChildren(QWidget):
            if widget.isVisibleTo(inspector) and widget.width():
                assert widget.mapTo(inspector, widget.rect().topRight()).x() < 276, widget
    apply(qapp, LIGHT)
