"""The table of commands: complete, without clashes, and the same on menus, keys and tips."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from pytestqt.qtbot import QtBot

from nnviz.ui.action_table import ACTIONS, EXPORTS, MENUS
from nnviz.ui.main_window import MainWindow
from nnviz.ui.selection import Selection
from tests.ui.conftest import OpenWindow


def test_names_are_unique_and_menus_known() -> None:
    assert max(Counter(row.name for row in ACTIONS).values()) == 1
    assert {row.menu for row in ACTIONS} <= {*MENUS, ""}
    assert set(EXPORTS) <= {row.name for row in ACTIONS}
    assert {row.when for row in ACTIONS} <= {"always", "loaded", "standing", "stepping", "hidden layer", "undo", "redo"}


def test_no_key_is_bound_twice(qapp: object) -> None:
    keys = [QKeySequence(key).toString() for row in ACTIONS for key in (*row.keys, *row.canvas_keys)]
    assert [key for key, count in Counter(keys).items() if count > 1] == []


@pytest.fixture
def window(open_window: OpenWindow) -> MainWindow:
    return open_window("xor")


def test_every_action_says_what_it_does(window: MainWindow) -> None:
    for row in ACTIONS:
        action = window.actions_by_name[row.name]
        assert action.text() and action.statusTip() and action.toolTip().startswith(row.tip)


def test_undo_names_what_it_undoes(window: MainWindow) -> None:
    undo = window.actions_by_name["undo"]
    assert not undo.isEnabled()
    window.inspector.set_units("h1", 2)
    assert undo.isEnabled() and undo.text() == f"Undo {window.document.undo_stack.undoText()}"


def test_stage_keys_sleep_until_a_pass_is_shown(qtbot: QtBot, window: MainWindow) -> None:
    assert not window.actions_by_name["next_stage"].isEnabled()
    with qtbot.waitSignal(window.document.stepper.pass_changed):
        window.actions_by_name["step"].trigger()
    assert window.actions_by_name["next_stage"].isEnabled()


def test_single_keys_act_on_the_canvas_and_not_in_a_field(qtbot: QtBot, window: MainWindow) -> None:
    field = window.training_panel.rate.field
    field.setFocus()
    step = window.document.frame.step
    qtbot.keyClick(field, Qt.Key.Key_E)
    assert window.document.frame.step == step and field.text().endswith("e")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    window.canvas.setFocus()
    qtbot.keyClick(window.canvas, Qt.Key.Key_E)
    qtbot.waitUntil(lambda: window.document.frame.epoch == 1)


def test_layers_are_added_and_removed_by_keys_and_named_in_undo(qtbot: QtBot, window: MainWindow) -> None:
    document, canvas = window.document, window.canvas
    start = document.spec
    remove = window.actions_by_name["remove_layer"]
    canvas.setFocus()
    qtbot.keyClick(canvas, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    added = document.spec.network.layers[-2]
    assert len(document.spec.network.layers) == len(start.network.layers) + 1
    assert canvas.selection == Selection("layer", added.id) and document.undo_stack.undoText() == f"Add layer {added.name}"
    assert remove.isEnabled()
    qtbot.keyClick(canvas, Qt.Key.Key_Delete)
    assert document.spec.network.layers == start.network.layers
    assert document.undo_stack.undoText() == f"Remove layer {added.name}"
    canvas.select(Selection("layer", document.spec.network.layers[-1].id))
    assert not remove.isEnabled()
    qtbot.keyClick(canvas, Qt.Key.Key_Delete)
    assert document.spec.network.layers == start.network.layers
