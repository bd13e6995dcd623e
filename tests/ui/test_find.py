"""Find: layers, neurons, weights, biases and settings by any name they have; going to what was chosen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QMainWindow, QWidget
from pytestqt.qtbot import QtBot

from nnviz.data.prepare import prepare
from nnviz.engine.network_spec import BatchNorm, Dense, Dropout, InputSpec, NetworkSpec
from nnviz.engine.patch import BIAS
from nnviz.formats.examples import load
from nnviz.ui.canvas.canvas import Canvas
from nnviz.ui.column import Column
from nnviz.ui.dock import Dock
from nnviz.ui.find import Finder, settings
from nnviz.ui.fold import Fold
from nnviz.ui.form import Fact, Form, Tick
from nnviz.ui.ranking import Entry
from nnviz.ui.selection import Selection
from nnviz.ui.theme import LIGHT
from tests.ui.conftest import OpenWindow

LEFT = Qt.DockWidgetArea.LeftDockWidgetArea


def dense() -> NetworkSpec:
    """Two inputs, layers h1 of 4 and h2 of 3 with batch norm and dropout between them, and an output without bias."""
    layers = (
        Dense("a", "h1", ("n1", "n2", "n3", "n4")),
        BatchNorm("b", "norm"),
        Dropout("d", "drop"),
        Dense("c", "h2", ("n5", "n6", "n7")),
        Dense("o", "out", ("n8",), use_bias=False),
    )
    return NetworkSpec(InputSpec((2,), ("x1", "x1^2")), layers, 9)


def edge(layer: str, neuron: str, source: str) -> Selection:
    return Selection("edge", layer, neuron, source)


class Window(QMainWindow):
    """A window with a network on a canvas and, in a dock, rows to set."""

    def __init__(self, network: NetworkSpec) -> None:
        super().__init__()
        spec = replace(load("circle").spec, network=network)
        self.document = SimpleNamespace(spec=spec)
        self.canvas = Canvas(LIGHT)
        self.setCentralWidget(self.canvas)
        self.canvas.show_spec(spec)
        self.canvas.show_data(prepare(spec.data))
        body = QWidget()
        form = Form(body)
        self.rate, self.clip, self.deep = QLineEdit(), Tick("Clipping"), QLineEdit()
        form.row("Problem", Fact("classification"))
        for number in range(30):
            form.row(f"Other {number}", QLineEdit())
        form.row("Learning <b>rate</b>", self.rate)
        self.clipping = form.row("Clipping", self.clip)
        self.fold = Fold("Rarely needed")
        self.fold.form.row("Deep", self.deep)
        form.addWidget(self.fold)
        self.dock = Dock("settings", "Training", Column(body), self)  # type: ignore[arg-type]
        self.addDockWidget(LEFT, self.dock)


class Shown:
    def __init__(self, qtbot: QtBot, network: NetworkSpec) -> None:
        self.qtbot = qtbot
        self.window: Any = Window(network)
        qtbot.addWidget(self.window)
        self.window.resize(900, 500)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)
        self.window.canvas.setFocus()
        self.finder = Finder(self.window)
        self.told: list[tuple[str, object]] = []
        self.finder.chosen.connect(lambda part: self.told.append(("chosen", part)))
        self.finder.unfold_asked.connect(lambda layer: self.told.append(("unfold", layer)))

    def type(self, words: str) -> list[Entry]:
        self.finder.show()
        self.qtbot.keyClicks(self.finder.list.search, words)
        model = self.finder.list.entries
        return [model.entry(model.index(row)) for row in range(model.rowCount())]

    def choose(self, words: str) -> None:
        assert self.type(words)
        self.qtbot.keyClick(self.finder.list.search, Qt.Key.Key_Return)


@pytest.fixture
def shown(qtbot: QtBot) -> Iterator[Shown]:
    made = Shown(qtbot, dense())
    yield made
    del made.window


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ("h2", Selection("layer", "c")),
        ("batch norm", Selection("layer", "b")),
        ("h2.1", Selection("neuron", "c", "n5")),
        ("neuron h1 3", Selection("neuron", "a", "n3")),
        ("x1^2", Selection("neuron", "input", "x1^2")),
        ("h1.3 h2.1", edge("c", "n5", "n3")),
        ("bias of h1.3", edge("a", "n3", BIAS)),
        ("layers.3.weight[2,1]", edge("c", "n7", "n2")),
        ("layers.1.bias[0]", Selection("layer", "b")),
    ],
)
def test_a_part_of_the_network_is_chosen_by_typing(shown: Shown, words: str, part: Selection) -> None:
    shown.choose(words)
    assert shown.told == [("chosen", part)]
    assert shown.window.canvas.hasFocus()


def test_without_a_word_all_layers_neurons_and_settings_are_there(shown: Shown) -> None:
    entries = shown.type("")
    texts = [entry.text for entry in entries]
    assert texts[:6] == ["Input", "h1", "norm", "drop", "h2", "out"]
    assert texts[6:16] == ["x₁", "x₁²", "h1·1", "h1·2", "h1·3", "h1·4", "h2·1", "h2·2", "h2·3", "out·1"]
    assert texts[16:] == [*(f"Other {number}" for number in range(30)), "Learning <b>rate</b>", "Clipping", "Deep"]
    assert (entries[4].note, entries[8].note, entries[16].note) == ("layer, dense", "neuron", "Training")


def test_a_neuron_comes_before_its_bias(shown: Shown) -> None:
    assert [entry.text for entry in shown.type("h2·1")] == ["h2·1", "bias of h2·1"]


def test_a_number_that_is_not_there_says_what_is(shown: Shown) -> None:
    shown.choose("layers.0.weight[9,9]")
    assert shown.told == [] and shown.finder.list.note.text() == "Its shape is 4 × 2; it is counted from 0."
    (entry,) = shown.type("layers.7.bias[")
    assert entry.reason == "The network has no such numbers."


def test_a_neuron_that_is_folded_away_is_unfolded_first(qtbot: QtBot) -> None:
    many = tuple(f"n{number}" for number in range(60))
    network = NetworkSpec(InputSpec((2,), ("x1", "x2")), (Dense("a", "wide", many), Dense("o", "out", ("z1",))), 99)
    shown = Shown(qtbot, network)
    shown.choose("wide.30")
    assert shown.told == [("unfold", "a"), ("chosen", Selection("neuron", "a", "n29"))]
    shown.told.clear()
    shown.choose("wide.30 out.1")
    assert shown.told == [("unfold", "a"), ("chosen", edge("o", "z1", "n29"))]
    shown.told.clear()
    shown.choose("wide.1")
    assert shown.told == [("chosen", Selection("neuron", "a", "n0"))], "it is in sight"


def test_a_setting_is_scrolled_to_and_has_the_focus(shown: Shown) -> None:
    window = shown.window
    assert window.rate.visibleRegion().isEmpty(), "it is below what is in view"
    shown.choose("learn rate")
    shown.qtbot.waitUntil(window.rate.hasFocus)
    assert not window.rate.visibleRegion().isEmpty() and shown.told == []


def test_a_hidden_dock_is_shown_and_a_fold_unfolded(shown: Shown) -> None:
    window = shown.window
    window.dock.hide()
    shown.choose("deep")
    shown.qtbot.waitUntil(window.deep.hasFocus)
    assert window.dock.isVisible() and window.fold.head.isChecked()
    assert not window.deep.visibleRegion().isEmpty()


def test_a_row_that_makes_no_sense_at_present_is_not_offered(shown: Shown) -> None:
    window = shown.window
    window.clipping.hide()
    assert "Clipping" not in [setting.label for setting, _ in settings(window)]
    window.clipping.show()
    assert "Clipping" in [setting.label for setting, _ in settings(window)]
    window.clip.setEnabled(False)
    assert "Clipping" not in [setting.label for setting, _ in settings(window)], "it could not have the focus"


def test_a_panel_made_anew_meanwhile_is_gone_to_all_the_same(shown: Shown) -> None:
    window = shown.window
    assert shown.type("clipping")
    old, row = window.clipping, Tick("Clipping")
    form = old.parentWidget().layout()
    assert isinstance(form, Form)
    old.hide()
    old.deleteLater()
    form.row("Clipping", row)
    shown.qtbot.keyClick(shown.finder.list.search, Qt.Key.Key_Return)
    shown.qtbot.waitUntil(row.hasFocus)


def test_what_the_panels_of_the_program_set_can_be_found(open_window: OpenWindow, qtbot: QtBot) -> None:
    window = open_window("xor")
    finder = Finder(window)
    labels = [setting.label for setting, _ in settings(window)]
    assert {"Learning rate", "Batch size", "L2 penalty", "Noise", "Scaling", "Optimizer"} <= set(labels)
    window.left.hide()
    finder.show()
    qtbot.keyClicks(finder.list.search, "learning")
    qtbot.keyClick(finder.list.search, Qt.Key.Key_Return)
    qtbot.waitUntil(window.training_panel.rate.rate.field.hasFocus)
    assert window.left.isVisible() and not window.training_panel.rate.rate.field.visibleRegion().isEmpty()
