"""Passes are played at their pace, and what the pass does not have is not looked for in it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnviz.app.document import RunState
from nnviz.engine.edits import insert_layer
from nnviz.ui.main_window import MainWindow
from nnviz.ui.player import STAGE_SECONDS, _place, _selection
from nnviz.ui.selection import NETWORK, Selection
from tests.ui.canvas.networks import example
from tests.ui.conftest import OpenWindow


@pytest.fixture
def window(qtbot: QtBot, open_window: OpenWindow) -> MainWindow:
    """A window in the middle of a pass."""
    made = open_window("xor")
    with qtbot.waitSignal(made.document.stepper.pass_changed):
        made.actions_by_name["step"].trigger()
    return made


def test_stages_have_their_time_before_the_speed_is_touched(window: MainWindow) -> None:
    assert window.player._timer.interval() == round(1000 * STAGE_SECONDS)
    window.player.set_pace(4.0)
    assert window.player._timer.interval() == round(250 * STAGE_SECONDS)


def test_space_presses_a_focused_transport_button_and_plays_elsewhere(qtbot: QtBot, window: MainWindow) -> None:
    transport, stepper = window.transport, window.document.stepper
    transport.forward.setFocus()
    qtbot.keyClick(transport.forward, Qt.Key.Key_Space)
    assert stepper.index == 1 and not window.player._timer.isActive()
    transport.bar.setFocus()
    qtbot.keyClick(transport.bar, Qt.Key.Key_Space)
    assert window.player._timer.isActive()
    window.player.set_playing(False)


def test_space_presses_a_focused_button_of_the_banner(qtbot: QtBot, window: MainWindow) -> None:
    window.banner.show_refusal(())
    window.banner.dismiss.setFocus()
    assert QApplication.focusWidget() is window.banner.dismiss
    qtbot.keyClick(window.banner.dismiss, Qt.Key.Key_Space)
    assert window.banner.isHidden() and not window.player._timer.isActive()


def test_what_an_older_pass_does_not_have_has_no_place_in_it(window: MainWindow) -> None:
    shown = window.document.stepper.trace
    assert shown is not None
    newer = insert_layer(shown.spec, 1, 2)
    added, output = newer.network.layers[1], newer.network.layers[2]
    assert _place(shown, Selection("neuron", added.id, added.neurons[0])) is None
    assert _place(shown, Selection("edge", output.id, output.neurons[0], added.neurons[0])) is None
    assert _place(shown, Selection("neuron", output.id, "gone")) is None
    assert _place(shown, NETWORK) is None
    first = shown.spec.network.layers[0]
    source = shown.spec.network.input.names[1]
    assert _place(shown, Selection("edge", first.id, first.neurons[1], source)) == (first.id, 1, 1)
    assert _place(shown, Selection("neuron", "input", source)) == ("input", 1)


def test_layers_without_neurons_have_a_place_as_a_whole() -> None:
    shown = example("digits-cnn").trace
    network = shown.spec.network
    filters, dense = network.weighted("conv1").neurons, network.weighted("h1").neurons
    source = network.sources(network.index("h1"))[5]
    assert _place(shown, Selection("neuron", "conv1", filters[0])) is None
    assert _place(shown, Selection("neuron", "pool1", filters[0])) is None
    assert _place(shown, Selection("layer", "conv1")) is None
    assert _place(shown, Selection("edge", "h1", dense[2], source)) == ("h1", 2, 5)
    assert _selection(shown, ("conv1", 17)) == Selection("layer", "conv1")
    assert _selection(shown, ("flat", 17)) == Selection("layer", "flat")
    assert _selection(shown, ("h1", 2)) == Selection("neuron", "h1", dense[2])
    assert _selection(shown, ("h1", 2, 5)) == Selection("edge", "h1", dense[2], source)
    assert _selection(shown, ("input", 3)) == Selection("neuron", "input", network.input.names[3])
    assert _selection(shown, None) == NETWORK


def test_a_batch_is_stepped_through_as_one_pass(qtbot: QtBot, window: MainWindow) -> None:
    document = window.document
    spec = document.spec
    document.edit(replace(spec, training=replace(spec.training, batch_size=3)), "Three at a time")
    stepper = document.stepper
    window.actions_by_name["step_batch"].trigger()
    qtbot.waitUntil(lambda: stepper.trace is not None and len(stepper.trace.rows) == 3)
    assert document.state is RunState.STEPPING
