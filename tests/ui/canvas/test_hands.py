"""Headers, gaps, keys and the wheel: each edit is one step to undo, each refusal is told beside the pointer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QKeySequence, QShortcut, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from nnviz.app.document import RunState
from nnviz.ui.canvas import pictures
from nnviz.ui.canvas.gap_menu import GapMenu
from nnviz.ui.canvas.in_place import NameEditor
from nnviz.ui.canvas.value_editor import ValueEditor
from nnviz.ui.editing import layers, parts
from nnviz.ui.selection import NETWORK, Selection, several
from tests.ui.canvas.handling import CTRL, Desk, opened

pytestmark = pytest.mark.qt_log_ignore(r"This plugin does not support (raise\(\)|grabbing the keyboard)", extend=True)


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    yield from opened(qtbot)


def wheel(desk: Desk, at: QPoint, angle: int, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    spot, none, phase = QPointF(at), QPoint(), Qt.ScrollPhase.NoScrollPhase
    turned = QPoint(0, angle)
    event = QWheelEvent(spot, desk.viewport.mapToGlobal(spot), none, turned, Qt.MouseButton.NoButton, modifiers, phase, False)
    QApplication.sendEvent(desk.viewport, event)


def drawn(desk: Desk) -> QImage:
    return desk.viewport.grab().toImage()


# -- headers --------------------------------------------------------------------------------------------------------


def test_buttons_appear_on_hover_and_are_in_no_picture(desk: Desk) -> None:
    QTest.mouseMove(desk.viewport, QPoint(3, 690))
    before, picture = drawn(desk), pictures.png(desk.canvas)
    QTest.mouseMove(desk.viewport, desk.title(1))
    assert desk.hands.marks.headers == (desk.column(1).id,)
    hovered = drawn(desk)
    box = desk.column(1).more
    assert box is not None
    assert hovered != before
    assert pictures.png(desk.canvas) == picture
    QTest.mouseMove(desk.viewport, desk.at(box))
    assert drawn(desk) != hovered
    QTest.mouseMove(desk.viewport, QPoint(3, 690))
    assert drawn(desk) == before


def test_buttons_are_seen_while_the_layer_or_a_neuron_of_it_is_selected(desk: Desk) -> None:
    for selection in (Selection("layer", desk.column(1).id), desk.neuron(), desk.edge()):
        desk.canvas.select(selection)
        assert desk.hands.marks.headers == (desk.column(1).id,)
    desk.canvas.select(NETWORK)
    assert desk.hands.marks.headers == ()
    desk.canvas.select(Selection("layer", "input"))
    assert desk.hands.marks.headers == ()


def test_each_click_on_plus_or_minus_is_a_step_of_its_own(desk: Desk) -> None:
    for part, units in (("plus", 5), ("plus", 6), ("minus", 5)):
        desk.click(desk.at(getattr(desk.column(1), part)))
        assert desk.units(1) == units
    assert desk.undoable == 3
    assert desk.canvas.selection == NETWORK


def test_the_second_of_two_quick_clicks_counts_too(desk: Desk) -> None:
    at = desk.at(desk.column(1).plus)
    QTest.mouseClick(desk.viewport, Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseDClick(desk.viewport, Qt.MouseButton.LeftButton, pos=desk.at(desk.column(1).plus))
    assert desk.units(1) == 6


def test_a_button_that_would_be_refused_says_why_on_hover_and_does_nothing(desk: Desk) -> None:
    desk.editor.do(layers.set_units(desk.document.spec, desk.column(1).id, 1))
    at = desk.at(desk.column(1).minus)
    QTest.mouseMove(desk.viewport, at)
    reason = desk.hint
    assert reason
    assert (desk.column(1).id, "minus") in desk.hands.marks.refusals
    desk.click(at)
    assert desk.units(1) == 1
    assert desk.refusals == [reason] == [desk.hint]
    QTest.mouseMove(desk.viewport, at + QPoint(0, 200))
    assert desk.hint == ""


def test_the_lock_freezes_and_unfreezes(desk: Desk) -> None:
    for frozen in (True, False):
        desk.click(desk.at(desk.column(1).lock))
        assert desk.network.layers[0].frozen is frozen
    assert desk.undoable == 2


def test_more_asks_for_the_menu_of_the_layer(desk: Desk, qtbot: QtBot) -> None:
    at = desk.at(desk.column(1).more)
    with qtbot.waitSignal(desk.hands.menu_asked) as asked:
        desk.click(at)
    assert asked.args == [Selection("layer", desk.column(1).id), desk.viewport.mapToGlobal(at)]


# -- the wheel ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["units_box", "plus", "minus"])
def test_the_wheel_over_a_header_counts_units_as_one_step_and_does_not_zoom(desk: Desk, part: str) -> None:
    at, scale = desk.at(getattr(desk.column(1), part)), desk.canvas.navigator.scale
    QTest.mouseMove(desk.viewport, at)
    for angle in (120, 60, 60, 120):
        wheel(desk, at, angle)
    assert desk.units(1) == 7
    assert desk.undoable == 1
    wheel(desk, at, -120 * 20)
    assert desk.units(1) == 1
    assert desk.canvas.navigator.scale == pytest.approx(scale, rel=0.2)
    assert desk.canvas.navigator.fitted
    desk.document.undo_stack.undo()
    assert desk.units(1) == 4


def test_the_wheel_elsewhere_and_with_ctrl_zooms(desk: Desk) -> None:
    for at, modifiers in ((desk.tile(1, 0), Qt.KeyboardModifier.NoModifier), (desk.at(desk.column(1).plus), CTRL)):
        scale = desk.canvas.navigator.scale
        wheel(desk, at, 120, modifiers)
        assert desk.canvas.navigator.scale > scale
    assert desk.undoable == 0


# -- gaps -----------------------------------------------------------------------------------------------------------


def menu(desk: Desk) -> GapMenu:
    found = desk.canvas.findChild(GapMenu)
    assert isinstance(found, QMenu)
    return found


def test_the_plus_of_a_gap_offers_kinds_and_enter_adds_a_dense_layer(desk: Desk) -> None:
    at = desk.at(desk.layout.gaps[1])
    QTest.mouseMove(desk.viewport, at)
    assert desk.hands.marks.hot.gap == 1
    desk.click(at)
    able = {action.data(): action.isEnabled() for action in menu(desk).actions()}
    assert able["dense"]
    assert not able["conv2d"]
    assert all(action.toolTip() for action in menu(desk).actions())
    QTest.keyClick(menu(desk), Qt.Key.Key_Return)
    assert [layer.kind for layer in desk.network.layers] == ["dense", "dense", "dense"]
    assert desk.canvas.selection == Selection("layer", desk.network.layers[1].id)
    assert desk.undoable == 1


def test_a_gap_offers_other_kinds_and_escape_adds_none(desk: Desk) -> None:
    desk.click(desk.at(desk.layout.gaps[0]))
    opened_menu = menu(desk)
    QTest.keyClick(opened_menu, Qt.Key.Key_Escape)
    assert not opened_menu.isVisible()
    assert desk.undoable == 0
    desk.click(desk.at(desk.layout.gaps[1]))
    chosen = [action for action in desk.canvas.findChildren(GapMenu)[-1].actions() if action.data() == "dropout"]
    chosen[0].trigger()
    desk.canvas.findChildren(GapMenu)[-1].hide()
    assert [layer.kind for layer in desk.network.layers] == ["dense", "dropout", "dense"]


# -- keys -----------------------------------------------------------------------------------------------------------


def test_up_and_down_step_the_selected_weight_as_one_step_to_undo(desk: Desk, qtbot: QtBot) -> None:
    edge, before = desk.edge(), desk.parameters()
    desk.canvas.select(edge)
    for _ in range(3):
        desk.key(Qt.Key.Key_Up)
    desk.key(Qt.Key.Key_Down)
    desk.key(Qt.Key.Key_Up)
    qtbot.waitUntil(lambda: desk.value(edge) > before.min() and (desk.parameters() != before).sum() == 1)
    assert desk.undoable == 1
    desk.canvas.select(desk.neuron())
    desk.key(Qt.Key.Key_Up)
    assert desk.undoable == 2
    desk.document.undo_stack.undo()
    desk.document.undo_stack.undo()
    qtbot.waitUntil(lambda: bool((desk.parameters() == before).all()))


def test_up_and_down_change_nothing_where_there_is_no_value(desk: Desk) -> None:
    for selection in (NETWORK, Selection("layer", desk.column(1).id), Selection("neuron", "input", desk.network.input.names[0])):
        desk.canvas.select(selection)
        desk.key(Qt.Key.Key_Up)
    assert desk.undoable == 0
    assert desk.refusals == []


@pytest.mark.parametrize(("key", "text"), [(Qt.Key.Key_Minus, "-"), (Qt.Key.Key_Period, ".")])
def test_the_sign_of_a_number_typed_on_the_canvas_goes_into_the_value_editor(desk: Desk, qtbot: QtBot, key: Qt.Key, text: str) -> None:
    desk.canvas.select(desk.edge())
    desk.key(key)
    panel = desk.hands.panel
    assert isinstance(panel, ValueEditor)
    assert panel.slider.field.text() == text
    qtbot.waitUntil(panel.slider.field.hasFocus)
    QTest.keyClicks(panel.slider.field, "5")
    assert panel.slider.field.text() == text + "5"
    desk.key(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desk.value(desk.edge()) == float(text + "5"))


LEFT_TO_COMMANDS = tuple(Qt.Key(key) for key in range(Qt.Key.Key_0.value, Qt.Key.Key_9.value + 1)) + tuple(
    getattr(Qt.Key, f"Key_{name}") for name in ("E", "F", "R", "L", "P", "U", "X", "Space", "Left", "Right", "Home", "End", "PageUp")
)


def test_keys_of_commands_are_left_to_them_whatever_is_selected(desk: Desk) -> None:
    asked: list[bool] = []

    def note() -> None:
        asked.append(True)

    for key in LEFT_TO_COMMANDS:
        shortcut = QShortcut(QKeySequence(key), desk.canvas)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(note)
    for selection in (desk.neuron(), desk.edge(), several([desk.neuron(), desk.edge()]), Selection("layer", desk.column(1).id), NETWORK):
        desk.canvas.select(selection)
        asked.clear()
        for key in LEFT_TO_COMMANDS:
            desk.key(key)
        assert desk.hands.panel is None
        assert len(asked) == len(LEFT_TO_COMMANDS), selection
    assert desk.undoable == 0


def test_keys_that_set_nothing_are_left_alone(desk: Desk) -> None:
    desk.canvas.select(Selection("neuron", "input", desk.network.input.names[0]))
    desk.key(Qt.Key.Key_Minus)
    assert desk.hands.panel is None
    assert desk.undoable == 0


def test_enter_opens_what_can_be_typed_of_the_selection(desk: Desk) -> None:
    for selection, kind in ((desk.edge(), ValueEditor), (desk.neuron(), ValueEditor), (Selection("layer", desk.column(1).id), NameEditor)):
        desk.canvas.select(selection)
        desk.canvas.setFocus()
        desk.key(Qt.Key.Key_Return)
        assert isinstance(desk.hands.panel, kind)
        desk.key(Qt.Key.Key_Escape)
    desk.editor.value_asked.emit(desk.neuron())
    assert isinstance(desk.hands.panel, ValueEditor)
    desk.key(Qt.Key.Key_Escape)


# -- refusals -------------------------------------------------------------------------------------------------------


def test_a_refusal_of_a_key_is_told_at_what_is_selected(desk: Desk) -> None:
    output = desk.network.layers[-1].id
    desk.canvas.select(Selection("layer", output))
    desk.key(Qt.Key.Key_Shift)
    desk.editor.do(layers.remove(desk.document.spec, [output]))
    assert desk.hint == desk.refusals[0]
    assert (desk.hands.hint.geometry().center() - desk.title(2)).manhattanLength() < 400
    assert desk.viewport.rect().contains(desk.hands.hint.geometry())


def test_edits_go_on_while_it_trains_and_while_it_is_stepped_through(desk: Desk, qtbot: QtBot) -> None:
    desk.document.train()
    desk.click(desk.at(desk.column(1).plus))
    assert desk.document.state is RunState.TRAINING
    assert desk.units(1) == 5
    desk.document.pause()
    qtbot.waitUntil(lambda: desk.document.state is RunState.PAUSED)
    desk.document.step_through()
    qtbot.waitUntil(lambda: desk.document.stepper.trace is not None)
    desk.canvas.select(desk.edge())
    desk.key(Qt.Key.Key_Up)
    assert desk.undoable == 2
    assert desk.editor.do(parts.lesion(desk.document.spec, desk.neuron(), True))


def test_an_edit_from_elsewhere_forgets_a_header_that_is_gone(desk: Desk) -> None:
    QTest.mouseMove(desk.viewport, desk.title(1))
    desk.editor.do(layers.remove(desk.document.spec, [desk.column(1).id]))
    drawn(desk)
    assert desk.hands.marks.headers == ()
