"""Editing the network without a mouse (issue 6): keys, menus by Alt, the palette, find."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu

from nnviz.app.document import RunState
from nnviz.ui.action_rows.row import EDIT, NETWORK
from nnviz.ui.canvas.value_editor import ValueEditor
from nnviz.ui.selection import Selection
from nnviz.ui.theme import DARK, LIGHT
from tests.acceptance.conftest import Person
from tests.acceptance.hands import ALT, CTRL, PLAIN, SHIFT, Hands

# A menu grabs the keyboard, which the offscreen platform has not got.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support grabbing the keyboard", extend=True)
on_circle = pytest.mark.parametrize("person", [("circle", LIGHT)], indirect=True)
Key = Qt.Key


def begin(hands: Hands) -> None:
    """Tab until the canvas has the focus."""
    for _ in range(80):
        if hands.canvas.hasFocus():
            return
        hands.key(Key.Key_Tab)
    raise AssertionError("the Tab key does not lead to the canvas")


def call(hands: Hands, words: str) -> None:
    """Do a command by the palette."""
    hands.key(Key.Key_K, CTRL)
    hands.until(lambda: hands.window.palette_list.list.isVisible())
    hands.write(words)


def go_to(hands: Hands, words: str) -> None:
    """Find something by its name and go there."""
    hands.key(Key.Key_F, CTRL)
    hands.until(lambda: hands.window.finder.list.isVisible())
    hands.write(words)


@on_circle
def test_the_tab_key_leads_to_the_canvas_and_through_its_neurons(person: Person) -> None:
    hands = Hands(person)
    hands.window.top_bar.train.setFocus()
    begin(hands)
    hands.key(Key.Key_Right, ALT)
    seen = [hands.canvas.selection]
    while hands.canvas.hasFocus() and len(seen) < 20:
        hands.key(Key.Key_Tab)
        seen.append(hands.canvas.selection)
    walked = [(part.layer, part.neuron) for part in dict.fromkeys(seen) if part.kind == "neuron"]
    assert [layer for layer, _ in walked] == ["input"] * 2 + ["h1"] * 4 + ["h2"] * 2 + ["out"]
    assert not hands.canvas.hasFocus(), "Tab never leaves the canvas"


@on_circle
def test_xor_from_nothing_in_under_twenty_actions_by_keys(person: Person) -> None:
    hands = Hands(person)
    hands.document.open(hands.window.program.new_start())
    hands.until_state(RunState.PAUSED)
    thumbnail = hands.window.data_panel.gallery.thumbnails["xor"]
    thumbnail.setFocus(Qt.FocusReason.TabFocusReason)  # how far Tab has to go there is another matter
    hands.key(Key.Key_Space)
    hands.until(lambda: hands.document.spec.data.source == "xor" and hands.document.state is RunState.PAUSED)
    go_to(hands, "dense 1")
    assert hands.canvas.selection == Selection("layer", "h1") and hands.canvas.hasFocus()
    hands.key(Key.Key_Delete)
    assert hands.names == ["Output"]
    hands.key(Key.Key_L, CTRL)
    assert len(hands.names) == 2
    hands.key(Key.Key_U)
    assert QApplication.focusWidget() is not hands.canvas
    hands.write("6")
    layer = hands.network.layers[0]
    assert layer.units == 6
    go_to(hands, "activation")
    hands.until(lambda: hands.window.right.isAncestorOf(QApplication.focusWidget()))
    hands.bot.keyClicks(QApplication.focusWidget(), "sig")
    assert hands.network.layers[0].activation.kind == "sigmoid"
    hands.key(Key.Key_Return, CTRL)
    hands.until(lambda: hands.frame.metric == 1.0 and hands.frame.train_loss < 0.1, timeout=30000)
    hands.key(Key.Key_Return, CTRL)
    hands.until_at_rest()
    assert hands.actions < 20, f"{hands.actions} actions"


@on_circle
def test_lesion_and_prune_during_training_by_keys(person: Person) -> None:
    hands = Hands(person)
    begin(hands)
    hands.key(Key.Key_Space)
    hands.until_epoch(60)
    hands.until(lambda: hands.frame.metric > 0.95)
    for _ in range(3):
        hands.key(Key.Key_Right, ALT)
    assert hands.canvas.selection.layer == "h2"
    hands.key(Key.Key_A, CTRL)
    hands.key(Key.Key_X)
    assert hands.undoable == "Lesion 2 things"
    hands.until(lambda: hands.frame.metric < 0.8)
    hands.key(Key.Key_X)
    hands.until(lambda: hands.frame.metric > 0.95)
    go_to(hands, "dense 2.1 output.1")
    hands.key(Key.Key_P)
    assert hands.undoable == "Prune Dense 2·1 → Output·1"
    hands.key(Key.Key_Down, ALT)
    hands.key(Key.Key_P)
    assert hands.undoable == "Prune Dense 2·2 → Output·1"
    hands.until(lambda: hands.frame.metric < 0.8)
    hands.key(Key.Key_P)
    hands.key(Key.Key_Up, ALT)
    hands.key(Key.Key_P)
    assert hands.undoable == "Restore Dense 2·1 → Output·1"
    hands.until(lambda: hands.frame.metric > 0.95)
    assert hands.document.state is RunState.TRAINING
    hands.key(Key.Key_Space)
    hands.until_at_rest()


@on_circle
def test_names_order_copies_and_a_second_window_by_keys(person: Person) -> None:
    hands = Hands(person)
    go_to(hands, "dense 1")
    hands.key(Key.Key_F2)
    hands.write("first")
    assert hands.names[0] == "first"
    hands.key(Key.Key_Right, CTRL)
    assert hands.names == ["Dense 2", "first", "Output"]
    hands.key(Key.Key_D, CTRL)
    assert len(hands.names) == 4
    hands.key(Key.Key_Z, CTRL)
    go_to(hands, "first")
    hands.key(Key.Key_C, CTRL)
    hands.key(Key.Key_N, CTRL | SHIFT)
    program = hands.window.program
    hands.until(lambda: len(program.windows) == 2 and program.windows[1].is_complete)
    other = Hands(person, program.windows[1])
    other.bot.addWidget(other.window)
    other.come_back()
    other.until_state(RunState.PAUSED)
    begin(other)
    other.key(Key.Key_V, CTRL)
    assert other.names == ["Dense 1", "Dense 2", "first", "Output"]


@on_circle
def test_a_weight_is_set_by_keys(person: Person) -> None:
    hands = Hands(person)
    before = hands.frame.parameters.copy()
    begin(hands)
    go_to(hands, "dense 1.3 dense 2.1")
    edge = hands.edge("h2", 0, 2)
    assert hands.canvas.selection == edge
    start = hands.value(edge)
    hands.key(Key.Key_Return)
    assert isinstance(hands.window.hands.panel, ValueEditor)
    for _ in range(3):
        hands.key(Key.Key_Up)
    hands.until(lambda: hands.value(edge) > start)
    hands.key(Key.Key_Escape)
    hands.until(lambda: np.array_equal(hands.frame.parameters, before))
    assert hands.steps == 0 and hands.canvas.hasFocus() and hands.canvas.selection == edge
    hands.key(Key.Key_Minus)
    hands.write("0.25")
    hands.until(lambda: hands.value(edge) == -0.25)
    assert hands.steps == 1 and hands.undoable == "Set weight Dense 1·3 → Dense 2·1 to −0.25"
    hands.key(Key.Key_Z, CTRL)
    hands.until(lambda: np.array_equal(hands.frame.parameters, before))


@on_circle
def test_menus_open_by_alt_and_name_what_undo_undoes(person: Person) -> None:
    hands = Hands(person)
    go_to(hands, "dense 2")
    network, edit = (hands.window.menuBar().findChild(QMenu, title) for title in (NETWORK, EDIT))
    assert network is not None and edit is not None
    hands.key(Key.Key_N, ALT)
    hands.until(network.isVisible)
    assert QApplication.activePopupWidget() is network
    hands.key(Key.Key_Escape)
    hands.come_back()
    hands.canvas.setFocus()
    hands.key(Key.Key_L)
    assert hands.network.layer("h2").frozen
    assert hands.window.actions_by_name["undo"].text().replace("&", "") == "Undo Freeze Dense 2"
    hands.key(Key.Key_E, ALT)
    hands.until(edit.isVisible)
    hands.key(Key.Key_U)
    hands.come_back()
    assert not hands.network.layer("h2").frozen


@on_circle
def test_a_context_menu_opens_by_its_key_and_offers_what_can_be_done(person: Person) -> None:
    hands = Hands(person)
    go_to(hands, "dense 1.2")
    QApplication.sendEvent(hands.canvas, menu_key(hands))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    offered = [action.objectName() for action in menu.actions() if action.isEnabled() and not action.isSeparator()]
    assert offered[:2] == ["set_value", "lesion"]
    hands.see("editor-context-menu")
    hands.key(Key.Key_Escape)
    hands.come_back()


def menu_key(hands: Hands) -> QContextMenuEvent:
    """What the Menu key sends."""
    middle = hands.viewport.rect().center()
    return QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, middle, hands.viewport.mapToGlobal(middle), PLAIN)


@pytest.mark.parametrize("person", [("circle", LIGHT), ("circle", DARK)], indirect=True, ids=("light", "dark"))
def test_find_and_palette(person: Person) -> None:
    hands = Hands(person)
    begin(hands)
    hands.key(Key.Key_F, CTRL)
    hands.bot.keyClicks(QApplication.focusWidget(), "dense")
    hands.see("editor-find")
    hands.key(Key.Key_Escape)
    assert hands.canvas.hasFocus()
    go_to(hands, "learning rate")
    hands.until(lambda: hands.window.left.isAncestorOf(QApplication.focusWidget()))
    hands.key(Key.Key_K, CTRL)
    hands.bot.keyClicks(QApplication.focusWidget(), "layer")
    hands.see("editor-palette")
    hands.key(Key.Key_Escape)
    call(hands, "max pooling")  # an image is needed for that: refused in words
    hands.until(lambda: hands.names == ["Dense 1", "Dense 2", "Output"])
    assert hands.hint
    hands.key(Key.Key_Escape)
    begin(hands)
    go_to(hands, "dense 2")
    call(hands, "add layer dropout")
    assert hands.names == ["Dense 1", "Dense 2", "Dropout 1", "Output"]
