"""The inspector: the page of what is selected, live, and never a crash when it is gone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from nnviz.app.document import RunState
from nnviz.app.frame import Frame
from nnviz.data.prepare import prepare
from nnviz.engine.edits import remove_layer, with_units
from nnviz.explain.numbers import format_number
from nnviz.formats.examples import load, names
from nnviz.ui.existing import existing
from nnviz.ui.panels.edge_page import EdgePage
from nnviz.ui.panels.inspector import Inspector
from nnviz.ui.panels.layer_page import LayerPage
from nnviz.ui.panels.neuron_page import InputNeuronPage, NeuronPage
from nnviz.ui.panels.pages import InputPage, NetworkPage
from nnviz.ui.panels.several_page import SeveralPage
from nnviz.ui.selection import NETWORK, Selection, several
from nnviz.ui.theme import DARK, LIGHT, apply
from tests.ui.panels.conftest import Run, layer, page_of, run_of, texts
from tests.ui.scaling import scaled


def test_nothing_selected_shows_the_network(inspector: Inspector) -> None:
    assert isinstance(inspector.page, NetworkPage)
    shown = texts(inspector.page)
    assert format_number(inspector.document.spec.network.weights) in shown
    assert inspector.page.layers[0].text() == "8 × 4 + 8 · tanh"


def test_each_kind_of_selection_has_its_page(inspector: Inspector) -> None:
    network = inspector.document.spec.network
    first = network.layers[0]
    pages = {
        Selection("layer", first.id): LayerPage,
        Selection("neuron", first.id, first.neurons[2]): NeuronPage,
        Selection("edge", first.id, first.neurons[0], network.input.names[1]): EdgePage,
        Selection("layer", "input"): InputPage,
        Selection("neuron", "input", "x1"): InputNeuronPage,
        several(Selection("neuron", first.id, neuron) for neuron in first.neurons[:2]): SeveralPage,
        NETWORK: NetworkPage,
    }
    for selection, kind in pages.items():
        inspector.show_selection(selection)
        assert isinstance(inspector.page, kind)
    assert inspector.document.edits == []


def test_the_neuron_page_shows_the_numbers_of_the_frame(inspector: Inspector, run: Run) -> None:
    first = inspector.document.spec.network.layers[0]
    inspector.show_selection(Selection("neuron", first.id, first.neurons[2]))
    page, now = inspector.page, run.frame.layers[0]
    assert isinstance(page, NeuronPage)
    assert page.z.text() == format_number(float(now.z[2]))
    assert page.a.text() == format_number(float(now.activations[2]))
    assert page.unit.bias.text() == format_number(float(now.bias[2]))
    sizes = [abs(value) for _, value in page.weights.rows]
    assert sizes == sorted(sizes, reverse=True)
    assert sorted(value for _, value in page.weights.rows) == sorted(float(value) for value in now.weights[2])
    largest = int(np.abs(now.weights[2]).argmax())
    assert page.weights.rows[0][0] == ("x₁", "x₂", "sin x₁", "sin x₂")[largest]


def test_the_edge_page_shows_weight_and_gradient(inspector: Inspector, run: Run) -> None:
    second = inspector.document.spec.network.layers[1]
    source = inspector.document.spec.network.layers[0].neurons[5]
    inspector.show_selection(Selection("edge", second.id, second.neurons[1], source))
    page, now = inspector.page, run.frame.layers[1]
    assert isinstance(page, EdgePage)
    assert page.weight.field.text() == format_number(float(now.weights[1, 5]))
    assert page.gradient.text() == format_number(float(now.gradient[1, 5]))
    assert (page.source.text(), page.target.text()) == ("Dense 1·6", "Dense 2·2")


def test_the_input_page_shows_the_sample(inspector: Inspector, run: Run) -> None:
    inspector.show_selection(Selection("layer", "input"))
    page = inspector.page
    assert isinstance(page, InputPage)
    assert [fact.text() for fact in page.values] == [format_number(float(value)) for value in run.frame.probe.inputs]


def test_the_layer_page_shows_layer_and_batch(inspector: Inspector, run: Run) -> None:
    page = page_of(inspector)
    assert page.own.units.value() == 8
    assert page.own.common.activation.box.key() == "tanh"
    assert page.live.weights_heading.text() == "WEIGHTS W₁ (8 × 4)"
    assert page.live.histogram_heading.text() == f"ACTIVATIONS, {len(run.frame.layers[0].batch_activations)} SAMPLES"
    assert page.live.dead.text().endswith(" of 8")
    assert page.live.saturated.text().endswith(" %")


def test_edits_of_a_layer(qtbot: QtBot, inspector: Inspector) -> None:
    page = page_of(inspector)

    def now() -> object:
        inspector.show_spec(inspector.document.spec)
        return inspector.document.spec.network.layers[0]

    page.own.units.slider.setValue(page.own.units.slider.value() + 2)
    assert now().units == 10  # type: ignore[attr-defined]
    page.own.common.activation.box.activated.emit(page.own.common.activation.box.findData("relu"))
    assert now().activation.kind == "relu"  # type: ignore[attr-defined]
    page.own.common.initializer.box.activated.emit(page.own.common.initializer.box.findData("he_normal"))
    assert now().initializer.kind == "he_normal"  # type: ignore[attr-defined]
    page.own.common.l2.box.activated.emit(1)
    assert now().l2 == inspector.document.spec.training.l2  # type: ignore[attr-defined]
    page.own.common.l2.field.setFocus()
    page.own.common.l2.field.selectAll()
    qtbot.keyClicks(page.own.common.l2.field, "0,05")
    qtbot.keyClick(page.own.common.l2.field, Qt.Key.Key_Return)
    assert now().l2 == 0.05  # type: ignore[attr-defined]
    page.frozen.click()
    page.own.common.use_bias.click()
    assert (now().frozen, now().use_bias) == (True, False)  # type: ignore[attr-defined]
    page.name.setText("hidden <b>&")
    page.name.editingFinished.emit()
    assert now().name == "hidden <b>&"  # type: ignore[attr-defined]
    assert len(inspector.document.edits) == 8
    assert inspector.page is page


def test_an_output_of_the_wrong_size_is_refused_below_its_slider(inspector: Inspector) -> None:
    inspector.show_selection(layer(inspector, -1))
    page = inspector.page
    assert isinstance(page, LayerPage)
    page.own.units.slider.setValue(page.own.units.slider.value() + 5)
    assert page.own.units.value() == 1
    assert page.own.units.slider.value() == 0
    assert not page.own.units.field.note.isHidden()
    assert "output layer" in page.own.units.field.note.text()


def test_an_empty_name_is_not_taken(inspector: Inspector) -> None:
    page = page_of(inspector)
    page.name.setText("   ")
    page.name.editingFinished.emit()
    assert page.name.text() == "Dense 1"
    assert inspector.document.edits == []


def test_what_is_selected_may_vanish(inspector: Inspector) -> None:
    spec = inspector.document.spec
    first = spec.network.layers[0]
    inspector.show_selection(Selection("neuron", first.id, first.neurons[7]))
    inspector.document.spec = with_units(spec, first.id, 4)
    inspector.show_spec(inspector.document.spec)
    assert isinstance(inspector.page, LayerPage)
    inspector.document.spec = remove_layer(spec, first.id)
    inspector.show_spec(inspector.document.spec)
    assert isinstance(inspector.page, NetworkPage)
    inspector.document.spec = spec
    inspector.show_spec(spec)
    assert isinstance(inspector.page, NeuronPage)


def test_existing_leaves_what_is_left(inspector: Inspector) -> None:
    spec = inspector.document.spec
    first = spec.network.layers[0]
    assert existing(spec.network, Selection("edge", first.id, first.neurons[0], "nobody")) == Selection("layer", first.id)
    assert existing(spec.network, Selection("layer", "nobody")) == NETWORK


def test_a_frame_of_the_spec_before_is_shown_without_harm(inspector: Inspector, run: Run) -> None:
    spec = inspector.document.spec
    for selection in (layer(inspector), Selection("neuron", spec.network.layers[0].id, spec.network.layers[0].neurons[0])):
        inspector.show_selection(selection)
        inspector.document.spec = with_units(spec, selection.layer, 12)
        inspector.show_spec(inspector.document.spec)
        inspector.show_frame(run.frame)
        inspector.document.spec = spec
        inspector.show_spec(spec)


@pytest.mark.parametrize("kind", ["layer", "neuron", "edge"])
def test_numbers_that_are_not_finite_are_shown_as_such(qtbot: QtBot, inspector: Inspector, diverged: Frame, kind: str) -> None:
    first = inspector.document.spec.network.layers[0]
    inspector.show_selection(Selection(kind, first.id, first.neurons[0], "x1"))
    inspector.show_frame(diverged)
    inspector.grab()
    if kind == "neuron":
        assert "∞" in texts(inspector.page)
    if kind == "edge":
        assert inspector.page.weight.field.text() == "NaN"


@pytest.mark.parametrize("example", [pytest.param(name, marks=[pytest.mark.slow] * (name == "mnist-cnn")) for name in names()])
def test_every_example_and_every_page_draws_in_both_themes(inspector: Inspector, example: str) -> None:
    spec = load(example).spec
    inspector.document.spec = spec
    inspector.document.frame = run_of(example, 2).frame
    for theme in (LIGHT, DARK):
        inspector.set_theme(theme)
        inspector.show_spec(spec)
        for at in spec.network.layers:
            outputs = spec.network.outputs(spec.network.index(at.id))
            for selection in (Selection("layer", at.id), Selection("neuron", at.id, outputs[0])):
                inspector.show_selection(selection)
                assert not inspector.grab().isNull()
    assert inspector.document.edits == []


def test_frames_in_quick_succession_are_shown_at_a_readable_pace_and_the_last_always(qtbot: QtBot, inspector: Inspector, run: Run) -> None:
    inspector.show_selection(Selection("layer", "input"))
    page, shown = inspector.page, []
    assert isinstance(page, InputPage)
    page.show_frame = lambda frame: shown.append(frame.probe.row)  # type: ignore[method-assign]
    for row in range(50):
        inspector.show_frame(replace(run.frame, probe=replace(run.frame.probe, row=row)))
    assert shown == [0]
    qtbot.waitUntil(lambda: shown == [0, 49])


def test_names_are_shown_literally(inspector: Inspector) -> None:
    spec = inspector.document.spec
    first = replace(spec.network.layers[0], name="<b>x</b>")
    inspector.document.spec = replace(spec, network=replace(spec.network, layers=(first, *spec.network.layers[1:])))
    inspector.show_spec(inspector.document.spec)
    for label in inspector.findChildren(QLabel):
        assert label.textFormat() == Qt.TextFormat.PlainText
    assert "<b>x</b>" in texts(inspector.page)


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_nothing_is_clipped_at_the_width_of_the_dock(qapp: QApplication, inspector: Inspector, scale: float) -> None:
    theme = scaled(LIGHT, scale)
    apply(qapp, theme)
    inspector.set_theme(theme)
    first = inspector.document.spec.network.layers[0]
    units = [Selection("neuron", first.id, neuron) for neuron in first.neurons]
    edges = [Selection("edge", first.id, neuron, "sin(x1)") for neuron in first.neurons]
    layers = [Selection("layer", at.id) for at in inspector.document.spec.network.layers]
    whole = (layer(inspector), units[0], edges[0], Selection("neuron", "input", "sin(x1)"), NETWORK)
    for selection in (*whole, several(units), several(edges), several(layers)):
        inspector.show_selection(selection)
        inspector.resize(276, 1300)
        for widget in inspector.findChildren(QWidget):
            if widget.isVisibleTo(inspector) and widget.width():
                assert widget.mapTo(inspector, widget.rect().topRight()).x() < 276, widget
    apply(qapp, LIGHT)


def test_a_layer_is_added_on_either_side_and_removed(inspector: Inspector) -> None:
    asked: list[Selection] = []
    inspector.selection_requested.connect(asked.append)
    first, *_ = start = [item.id for item in inspector.document.spec.network.layers]

    def ids() -> list[str]:
        return [item.id for item in inspector.document.spec.network.layers]

    page_of(inspector).buttons.before.click()
    assert ids()[1:] == start and asked == [Selection("layer", ids()[0])]
    inspector.show_selection(Selection("layer", first))
    inspector.page.buttons.after.click()
    assert ids()[1] == first and ids()[3:] == start[1:] and asked[1].layer == ids()[2]
    inspector.show_selection(Selection("layer", first))
    inspector.page.buttons.remove.click()
    inspector.show_spec(inspector.document.spec)
    assert first not in ids() and inspector.document.edits[-1][0].startswith("Remove layer ")


def test_the_output_layer_stays_the_last(inspector: Inspector) -> None:
    inspector.show_selection(layer(inspector, -1))
    buttons = inspector.page.buttons
    assert buttons.before.isEnabled() and not buttons.after.isEnabled() and not buttons.remove.isEnabled()
    buttons.remove.click()
    assert inspector.document.edits == []
    buttons.before.click()
    assert inspector.document.spec.network.layers[-1].id == inspector.selection.layer


def test_the_sample_is_chosen_within_the_data(qtbot: QtBot, inspector: Inspector) -> None:
    assert inspector.sample.isHidden()
    inspector.document.data = data = prepare(inspector.document.spec.data)
    inspector.rebuild()
    sample, last = inspector.sample, len(data.raw) - 1
    assert not sample.isHidden() and sample.field.value() == inspector.document.frame.probe.row
    assert not sample.back.isEnabled()
    sample.forward.click()
    sample.forward.click()
    sample.back.click()
    for typed in (str(last), str(last + 1)):
        sample.field.setFocus()
        sample.field.selectAll()
        qtbot.keyClicks(sample.field, typed)
        qtbot.keyClick(sample.field, Qt.Key.Key_Return)
    assert inspector.document.probes == [1, 2, 1, last]
    assert sample.field.note.text() and not sample.forward.isEnabled()


def test_the_sample_can_be_chosen_while_stepping_whatever_is_selected(inspector: Inspector) -> None:
    inspector.document.data = prepare(inspector.document.spec.data)
    inspector.show_selection(layer(inspector))
    assert inspector.sample.isHidden()
    inspector.document.state = RunState.STEPPING
    inspector.document.state_changed.emit(RunState.STEPPING)
    assert not inspector.sample.isHidden()
