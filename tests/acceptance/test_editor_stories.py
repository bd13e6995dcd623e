"""Editing the network by mouse (issue 6): from nothing to xor, lesions and pruning, names and order, weights, refusals."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QStyle, QStyleOptionSlider

from nnviz.app.document import RunState
from nnviz.ui.canvas.in_place import NameEditor
from nnviz.ui.selection import NETWORK, Selection
from nnviz.ui.slider import ThinSlider
from nnviz.ui.theme import DARK, LIGHT
from tests.acceptance.conftest import Person
from tests.acceptance.hands import CTRL, Hands

# A menu grabs the keyboard, which the offscreen platform has not got.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support grabbing the keyboard", extend=True)
on_circle = pytest.mark.parametrize("person", [("circle", LIGHT)], indirect=True)
on_circle_in_the_dark = pytest.mark.parametrize("person", [("circle", DARK)], indirect=True)
on_circle_in_both = pytest.mark.parametrize("person", [("circle", LIGHT), ("circle", DARK)], indirect=True, ids=("light", "dark"))
TOLD_APART, GUESSED = 0.95, 0.8  # accuracies: of a trained network, and of one of which too much is missing


@on_circle
def test_xor_from_nothing_in_under_twenty_actions(person: Person) -> None:
    hands = Hands(person)
    window = hands.window
    hands.push(window.data_panel.gallery.thumbnails["xor"])
    hands.until(lambda: hands.document.spec.data.source == "xor" and hands.document.state is RunState.PAUSED)
    hands.tap(hands.title("h1"))
    hands.key(Qt.Key.Key_Delete)
    assert hands.names == ["Output"]
    hands.tap(hands.at(hands.layout.gaps[0]))
    hands.choose("dense")
    (added, _) = hands.network.layers
    hands.double_tap(hands.units(added.id))
    hands.write("6")
    assert hands.network.weighted(added.id).units == 6
    hands.pick("sig", window.inspector.page.own.common.activation.box)
    assert hands.network.weighted(added.id).activation.kind == "sigmoid"
    hands.push(window.top_bar.train)
    hands.until(lambda: hands.frame.metric == 1.0 and hands.frame.train_loss < 0.1, timeout=30000)
    hands.push(window.top_bar.train)
    hands.until_at_rest()
    assert window.top_bar.metrics.quality.number.text() == "100.0 %"
    hands.see("editor-xor-from-nothing")
    assert hands.actions < 20, f"{hands.actions} actions"


def train(hands: Hands) -> None:
    """Train until the circle is told apart, and go on."""
    hands.push(hands.window.top_bar.train)
    hands.until(lambda: hands.frame.metric > TOLD_APART, timeout=30000)
    assert hands.document.state is RunState.TRAINING


@on_circle_in_both
def test_a_lesion_during_training_costs_accuracy_and_healing_brings_it_back(person: Person) -> None:
    hands = Hands(person)
    train(hands)
    hands.tap(hands.tile("h2", 0))
    hands.key(Qt.Key.Key_X)
    assert hands.undoable == "Lesion Dense 2·1" and hands.network.layer("h2").lesioned == ("n5",)
    hands.tap(hands.tile("h2", 1))
    hands.key(Qt.Key.Key_X)
    hands.until(lambda: hands.frame.metric < GUESSED)
    hands.see("editor-lesioned")
    assert hands.document.state is RunState.TRAINING
    hands.tap(hands.tile("h2", 0), CTRL)
    hands.key(Qt.Key.Key_X)
    assert hands.undoable == "Heal 2 things" and not hands.network.layer("h2").lesioned
    hands.until(lambda: hands.frame.metric > TOLD_APART)
    assert hands.document.state is RunState.TRAINING
    hands.press(Qt.Key.Key_Space)
    hands.until_at_rest()


@on_circle
def test_edges_are_pruned_during_training_and_restored(person: Person) -> None:
    hands = Hands(person)
    train(hands)
    edges = [hands.edge("out", 0, source) for source in range(2)]
    hands.tap(hands.on_edge(edges[0]))
    hands.tap(hands.on_edge(edges[1]), CTRL)
    assert hands.canvas.selection.each == tuple(edges)
    hands.key(Qt.Key.Key_P)
    assert hands.undoable == "Prune 2 things"
    hands.until(lambda: hands.frame.metric < GUESSED)
    assert hands.document.state is RunState.TRAINING
    hands.until(lambda: all(hands.value(edge) == 0.0 for edge in edges))
    hands.see("editor-pruned")
    hands.key(Qt.Key.Key_P)
    assert hands.undoable == "Restore 2 things"
    hands.until(lambda: hands.frame.metric > TOLD_APART)
    assert all(hands.value(edge) != 0.0 for edge in edges)
    hands.press(Qt.Key.Key_Space)
    hands.until_at_rest()


@on_circle_in_both
def test_names_order_and_a_paste_into_a_second_window(person: Person) -> None:
    hands = Hands(person)
    hands.double_tap(hands.title("h1"))
    assert isinstance(hands.window.hands.panel, NameEditor)
    hands.see("editor-rename-open")
    hands.write("<b>first</b>")
    assert hands.names[0] == "<b>first</b>" and hands.undoable == "Rename Dense 1 to <b>first</b>"
    goal = hands.title("out") - QPoint(40, 0)
    hands.drag(hands.title("h1"), goal)
    hands.see("editor-header-dragged")
    hands.drop(goal)
    assert hands.names == ["Dense 2", "<b>first</b>", "Output"] and hands.undoable == "Move layer <b>first</b>"
    hands.tap(hands.title("h1"))
    hands.key(Qt.Key.Key_C, CTRL)
    hands.key(Qt.Key.Key_N, CTRL | Qt.KeyboardModifier.ShiftModifier)
    program = hands.window.program
    hands.until(lambda: len(program.windows) == 2 and program.windows[1].is_complete)
    other = Hands(person, program.windows[1])
    other.bot.addWidget(other.window)
    other.window.activateWindow()
    other.until(lambda: other.window.isActiveWindow() and other.document.state is RunState.PAUSED)
    other.canvas.setFocus()
    other.key(Qt.Key.Key_V, CTRL)
    assert other.names == ["Dense 1", "Dense 2", "<b>first</b>", "Output"] and other.undoable == "Paste layer <b>first</b>"
    assert other.network.weighted(other.canvas.selection.layer).units == 4
    other.see("editor-pasted")
    assert hands.names == ["Dense 2", "<b>first</b>", "Output"]


def knob(slider: ThinSlider) -> QPoint:
    """The middle of a slider's handle."""
    option = QStyleOptionSlider()
    slider.initStyleOption(option)
    style = slider.style()
    return style.subControlRect(QStyle.ComplexControl.CC_Slider, option, QStyle.SubControl.SC_SliderHandle, slider).center()


@on_circle_in_both
def test_a_weight_is_set_at_its_edge(person: Person) -> None:
    hands = Hands(person)
    edge = hands.edge("h2", 0, 2)
    before, start = hands.frame.parameters.copy(), hands.value(edge)
    hands.double_tap(hands.on_edge(edge))
    assert hands.canvas.selection == edge
    slider = hands.value_editor.slider.slider
    hands.drag(knob(slider), knob(slider) + QPoint(40, 0), slider)
    hands.until(lambda: hands.value(edge) > start)  # live, while the button is down
    hands.until(lambda: hands.value(edge) == hands.value_editor.slider.value())
    assert slider.isSliderDown()
    hands.see("editor-value-open")
    hands.drop(knob(slider), slider)
    hands.key(Qt.Key.Key_Escape)
    hands.until(lambda: hands.value(edge) == start)
    assert np.array_equal(hands.frame.parameters, before) and hands.steps == 0
    hands.double_tap(hands.on_edge(edge))
    slider = hands.value_editor.slider.slider
    hands.drag(knob(slider), knob(slider) + QPoint(30, 0), slider)
    hands.drop(knob(slider), slider)
    hands.value_editor.slider.field.setFocus()
    hands.value_editor.slider.field.selectAll()
    hands.write("0,5")
    hands.until(lambda: hands.value(edge) == 0.5)
    assert hands.steps == 1 and hands.undoable == "Set weight Dense 1·3 → Dense 2·1 to 0.5"
    assert hands.window.hands.panel is None and hands.canvas.hasFocus()
    hands.key(Qt.Key.Key_Z, CTRL)
    hands.until(lambda: np.array_equal(hands.frame.parameters, before))


@on_circle_in_both
def test_what_cannot_be_is_told_beside_the_pointer_and_changes_nothing(person: Person) -> None:
    hands = Hands(person)
    hands.tap(hands.at(hands.column("h2").minus))
    start = hands.document.spec
    hands.hover(hands.title("h2"))
    hands.hover(hands.at(hands.column("h2").minus))
    assert hands.hint == "A layer has at least one unit. Remove the layer to do without it."
    hands.see("editor-refused-minus")
    goal = hands.title("h1") - QPoint(60, 0)
    hands.drag(hands.title("out"), goal)
    assert hands.hint == "The output layer is the last one and stays there."
    hands.see("editor-refused-drag")
    hands.drop(goal)
    hands.tap(hands.title("out"))
    hands.key(Qt.Key.Key_Delete)
    assert hands.hint == "The output layer says what the network answers; it stays."
    for text in ("SELECT * FROM layers", "x" * 1_000_000, "[" * 100_000, '{"nnviz": 99}', ""):
        QGuiApplication.clipboard().setText(text)
        hands.window.hands.hint.hide()
        hands.key(Qt.Key.Key_V, CTRL)
        assert 10 < len(hands.hint) < 400, text[:30]
        assert hands.document.spec is start and hands.steps == 1
    hands.see("editor-refused-paste")


@on_circle
def test_edits_while_training_keep_every_surviving_weight(person: Person) -> None:
    hands = Hands(person)
    hands.document.train(until_step=100)
    hands.until(lambda: hands.frame.step == 100)
    hands.until_at_rest()
    before = hands.weights()
    hands.tap(hands.tile("h1", 1))
    hands.key(Qt.Key.Key_Delete)
    hands.tap(hands.at(hands.column("h2").plus))
    hands.until(lambda: len(hands.frame.layers[1].bias) == 3 and len(hands.frame.layers[0].bias) == 3)
    after = hands.weights()
    surviving = before.keys() & after.keys()
    assert len(surviving) == 2 * 3 + 3 * 2 + 2 and all(after[place] == before[place] for place in surviving)
    hands.press(Qt.Key.Key_Space)
    hands.until(lambda: hands.frame.step > 200)
    hands.tap(hands.at(hands.column("h2").plus))
    hands.until(lambda: len(hands.frame.layers[1].bias) == 4)
    step = hands.frame.step
    hands.until(lambda: hands.frame.step > step)
    assert hands.document.state is RunState.TRAINING
    hands.key(Qt.Key.Key_Space)
    hands.until_at_rest()


@on_circle_in_both
def test_an_edit_of_one_weight_changes_nothing_on_screen_before_it(person: Person) -> None:
    hands = Hands(person)
    hands.document.train(until_step=300)
    hands.until(lambda: hands.frame.step == 300)
    hands.until_at_rest()
    edge = hands.edge("h2", 0, 2)
    hands.focus_canvas()
    before = pixels(hands)
    hands.tap(hands.on_edge(edge))
    hands.key(Qt.Key.Key_Return)
    hands.write("2")
    hands.until(lambda: hands.value(edge) == 2.0)
    hands.focus_canvas()
    after = pixels(hands)
    differing = np.flatnonzero((before != after).any(axis=(0, 2)))
    left = hands.canvas.mapFromScene(hands.canvas.sheet.bundles[1].starts[0][0], 0.0).x()
    assert len(differing), "the edit is not seen"
    assert differing.min() >= left - 1, f"changed from {differing.min()} on, the edges begin at {left}"


def pixels(hands: Hands) -> np.ndarray:
    """The canvas at rest, the pointer in an empty corner, shape (height, width, 4)."""
    hands.hover(QPoint(2, hands.viewport.height() - 3))
    hands.until(lambda: not hands.canvas.sheet.moving and not hands.canvas.player.running)
    picture = hands.canvas.viewport().grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(picture.constBits(), np.uint8).reshape(picture.height(), picture.bytesPerLine() // 4, 4).copy()


@on_circle_in_both
def test_the_history_brings_the_start_back(person: Person) -> None:
    hands = Hands(person)
    start, parameters = hands.document.spec, hands.frame.parameters.copy()
    hands.tap(hands.at(hands.column("h1").plus))
    hands.tap(hands.tile("h2", 1))
    hands.key(Qt.Key.Key_X)
    hands.tap(hands.at(hands.column("h1").lock))
    hands.key(Qt.Key.Key_H, CTRL)
    history = hands.window.history
    hands.until(history.isVisible)
    assert [history.model().index(row, 0).data() for row in range(history.model().rowCount())] == [
        "Start",
        "Set Dense 1 to 5 units",
        "Lesion Dense 2·2",
        "Freeze Dense 1",
    ]
    hands.see("editor-history")
    hands.push(history.viewport(), history.visualRect(history.model().index(0, 0)).center())
    assert hands.document.spec == start
    hands.until(lambda: np.array_equal(hands.frame.parameters, parameters))


@on_circle_in_both
def test_several_parts_are_chosen_by_a_box(person: Person) -> None:
    hands = Hands(person)
    first, last = hands.tile("h1", 0), hands.tile("h1", 3)
    hands.drag(first - QPoint(60, 60), last + QPoint(30, 30))
    hands.see("editor-box")
    hands.drop(last + QPoint(30, 30))
    assert {part.layer for part in hands.canvas.selection.each} == {"h1"} and len(hands.canvas.selection.each) == 4
    hands.key(Qt.Key.Key_X)
    hands.tap(hands.on_edge(hands.edge("out", 0, 0)))
    hands.key(Qt.Key.Key_P)
    hands.tap(hands.at(hands.column("h2").lock))
    hands.canvas.select(Selection("several", parts=tuple(hands.neuron("h1", unit) for unit in range(3))))
    hands.see("editor-lesioned-pruned-frozen")
    hands.key(Qt.Key.Key_Escape)
    assert hands.canvas.selection == NETWORK


@on_circle_in_both
def test_the_editor_is_looked_at_in_other_shapes(person: Person) -> None:
    hands = Hands(person)
    settings = hands.window.program.settings
    hands.canvas.select(hands.neuron("h1", 1))
    hands.window.resize(1024, 600)
    hands.see("editor-1024x600")
    hands.window.resize(1366, 768)
    settings.change(scale=2.0)
    settle(hands)
    hands.see("editor-1366x768-at-200")
    settings.change(scale=1.0)
    hands.window.resize(1600, 1000)
    settle(hands)
    settings.change(vertical=True)
    hands.hover(hands.title("h2"))
    hands.see("editor-vertical")
    hands.double_tap(hands.on_edge(hands.edge("h2", 0, 2)))
    hands.see("editor-vertical-value-open")
    hands.key(Qt.Key.Key_Escape)
    settings.change(vertical=False)
    hands.key(Qt.Key.Key_F, Qt.KeyboardModifier.ShiftModifier)
    assert hands.window.mini_map.isVisible()
    hands.see("editor-zoomed-in")


def settle(hands: Hands) -> None:
    """Watch until the panels have the room their type needs now."""
    hands.window.grab()  # takes up the new type
    panel = hands.window.training_panel
    hands.until(lambda: panel.height() >= panel.minimumSizeHint().height())
