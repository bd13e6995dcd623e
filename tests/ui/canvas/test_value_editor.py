"""The editor of a weight or bias beside its edge: live, one step to undo, taken back by Escape, and never in the way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from nnviz.app.document import RunState
from nnviz.ui.canvas.beside import beside
from nnviz.ui.canvas.spots import parts_around
from nnviz.ui.canvas.value_editor import ValueEditor
from nnviz.ui.editing import layers, parts
from nnviz.ui.selection import NETWORK, Selection, several
from tests.ui.canvas.handling import CTRL, Desk, opened


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    yield from opened(qtbot)


def editing(desk: Desk, selection: Selection) -> ValueEditor:
    desk.canvas.select(selection)
    panel = desk.hands.set_value(selection)
    assert panel is not None
    return panel


def typed(desk: Desk, panel: ValueEditor, text: str, key: Qt.Key = Qt.Key.Key_Return) -> None:
    panel.slider.field.setFocus()
    panel.slider.field.selectAll()
    QTest.keyClicks(panel.slider.field, text)
    desk.key(key)


def test_a_double_click_on_a_neuron_opens_the_editor_of_its_bias(desk: Desk) -> None:
    desk.click(desk.tile(1, 2))
    QTest.mouseDClick(desk.viewport, Qt.MouseButton.LeftButton, pos=desk.tile(1, 2))
    panel = desk.hands.panel
    assert isinstance(panel, ValueEditor)
    assert panel.selection == desk.neuron(0, 2)
    assert panel.slider.value() == desk.value(desk.neuron(0, 2))
    assert panel.slider.field.hasFocus()


def test_the_bias_of_a_neuron_no_frame_knows_yet_can_be_set(desk: Desk, qtbot: QtBot) -> None:
    desk.editor.do(parts.add_neuron(desk.document.spec, desk.column(1).id))
    panel = editing(desk, desk.canvas.selection)  # at once, as a double click comes
    qtbot.waitUntil(lambda: desk.value(panel.selection) == 0.0)
    typed(desk, panel, "0.5")
    qtbot.waitUntil(lambda: desk.value(panel.selection) == 0.5)


def test_what_is_typed_is_set_by_enter_and_undone_in_one_step(desk: Desk, qtbot: QtBot) -> None:
    edge = desk.edge()
    before = desk.parameters()
    typed(desk, editing(desk, edge), "0.5")
    assert desk.hands.panel is None
    assert desk.canvas.hasFocus()
    qtbot.waitUntil(lambda: desk.value(edge) == 0.5)
    assert (desk.parameters() != before).sum() == 1
    assert desk.undoable == 1
    desk.document.undo_stack.undo()
    qtbot.waitUntil(lambda: bool((desk.parameters() == before).all()))


def test_a_drag_of_the_slider_shows_at_once_and_is_one_step(desk: Desk, qtbot: QtBot) -> None:
    edge = desk.edge()
    panel = editing(desk, edge)
    slider = panel.slider.slider
    slider.setSliderDown(True)
    for position in range(slider.maximum() // 2, slider.maximum(), 37):
        slider.setSliderPosition(position)
    reached = panel.slider.value()
    qtbot.waitUntil(lambda: desk.value(edge) == reached)
    slider.setSliderDown(False)
    assert desk.hands.panel is panel
    panel.commit()
    assert desk.undoable == 1


def test_escape_puts_the_very_value_back(desk: Desk, qtbot: QtBot) -> None:
    edge = desk.edge()
    before = desk.parameters()
    panel = editing(desk, edge)
    QTest.mouseClick(panel.plus, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: desk.value(edge) != before[0] and (desk.parameters() != before).any())
    panel.slider.field.setFocus()
    QTest.keyClicks(panel.slider.field, "7")
    desk.key(Qt.Key.Key_Escape)
    assert desk.hands.panel is None
    qtbot.waitUntil(lambda: bool((desk.parameters() == before).all()))
    assert desk.undoable == 0
    assert not desk.document.undo_stack.canRedo()


def test_a_click_elsewhere_keeps_what_was_typed(desk: Desk, qtbot: QtBot) -> None:
    neuron = desk.neuron(0, 1)
    panel = editing(desk, neuron)
    QTest.keyClicks(panel.slider.field, "-0.25")
    desk.canvas.setFocus()
    assert desk.hands.panel is None
    qtbot.waitUntil(lambda: desk.value(neuron) == -0.25)
    assert desk.undoable == 1


@pytest.mark.parametrize("text", ["abc", "1e999", "nan"])
def test_what_is_no_number_is_refused_and_stays_to_be_corrected(desk: Desk, text: str) -> None:
    panel = editing(desk, desk.edge())
    before = panel.slider.value()
    typed(desk, panel, text)
    assert desk.hands.panel is panel
    assert panel.slider.field.note.isVisible()
    assert panel.slider.value() == before
    assert desk.undoable == 0
    panel.cancel()


def test_all_selected_numbers_are_set_also_to_the_one_that_is_shown(desk: Desk, qtbot: QtBot) -> None:
    chosen = several([desk.edge(0, unit, 0) for unit in range(3)])
    panel = editing(desk, chosen)
    shown = panel.slider.value()
    typed(desk, panel, repr(shown))
    qtbot.waitUntil(lambda: all(desk.value(part) == shown for part in chosen.each))
    assert desk.undoable == 1


def test_while_it_trains_the_editor_shows_the_live_value(desk: Desk, qtbot: QtBot) -> None:
    edge = desk.edge()
    panel = editing(desk, edge)
    first = panel.slider.value()
    desk.document.train()
    qtbot.waitUntil(lambda: panel.slider.value() != first)
    desk.document.pause()
    qtbot.waitUntil(lambda: desk.document.state is RunState.PAUSED and panel.slider.value() == desk.value(edge))
    panel.cancel()
    assert desk.undoable == 0


def test_a_value_is_set_while_it_trains(desk: Desk, qtbot: QtBot) -> None:
    edge = desk.edge()
    desk.document.train()
    typed(desk, editing(desk, edge), "40")
    qtbot.waitUntil(lambda: desk.value(edge) > 20)
    desk.document.pause()
    qtbot.waitUntil(lambda: desk.document.state is RunState.PAUSED)


def test_an_edge_is_pruned_and_restored_where_it_is(desk: Desk, qtbot: QtBot) -> None:
    edge = desk.edge()
    before = desk.parameters()
    panel = editing(desk, edge)
    QTest.mouseClick(panel.switch, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: desk.value(edge) == 0.0)
    assert desk.hands.panel is panel
    assert not panel.slider.isEnabled()
    QTest.mouseClick(panel.switch, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool((desk.parameters() == before).all()))
    assert panel.slider.isEnabled()
    assert desk.undoable == 2
    panel.cancel()
    assert desk.undoable == 2


def test_a_neuron_is_lesioned_and_healed(desk: Desk) -> None:
    panel = editing(desk, desk.neuron())
    for silent in (1, 0):
        QTest.mouseClick(panel.switch, Qt.MouseButton.LeftButton)
        assert len(desk.network.weighted(desk.column(1).id).lesioned) == silent
    panel.commit()


@pytest.mark.parametrize("count", [1, 3])
def test_escape_puts_the_values_back_also_where_another_edit_came_in_between(desk: Desk, qtbot: QtBot, count: int) -> None:
    chosen = several([desk.edge(0, unit, 0) for unit in range(count)])
    before = desk.parameters()
    panel = editing(desk, chosen)
    QTest.mouseClick(panel.plus, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool((desk.parameters() != before).any()))
    desk.editor.do(layers.rename(desk.document.spec, desk.column(1).id, "Other"))
    panel.slider.field.setFocus()
    desk.key(Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: bool((desk.parameters() == before).all()))
    assert desk.network.layers[0].name == "Other"
    assert desk.undoable == 3


def test_escape_after_nothing_was_set_leaves_what_others_did(desk: Desk) -> None:
    panel = editing(desk, desk.edge())
    desk.editor.do(layers.rename(desk.document.spec, desk.column(1).id, "Other"))
    panel.cancel()
    assert (desk.network.layers[0].name, desk.undoable) == ("Other", 1)


def test_a_value_typed_for_several_parts_one_of_which_goes_is_let_go(desk: Desk) -> None:
    panel = editing(desk, several([desk.neuron(0, 0), desk.neuron(0, 3)]))
    QTest.keyClicks(panel.slider.field, "7")
    desk.editor.do(layers.set_units(desk.document.spec, desk.column(1).id, 2))
    assert desk.hands.panel is None
    assert desk.undoable == 1
    assert desk.canvas.selection == desk.neuron(0, 0)
    assert desk.refusals == []


@pytest.mark.parametrize("what", ["selection", "view", "size", "layer"])
def test_it_closes_when_its_part_is_no_longer_there_to_be_seen(desk: Desk, what: str) -> None:
    editing(desk, desk.edge())
    if what == "selection":
        desk.canvas.select(NETWORK)
    elif what == "view":
        desk.canvas.navigator.zoom(1.5)
    elif what == "size":
        desk.canvas.resize(800, 600)
    else:
        desk.editor.do(layers.remove(desk.document.spec, [desk.column(1).id]))
    assert desk.hands.panel is None


def test_tab_goes_round_inside_and_plain_keys_stay_inside(desk: Desk) -> None:
    panel = editing(desk, desk.neuron())
    seen = []
    for _ in range(6):
        seen.append(QApplication.focusWidget())
        desk.key(Qt.Key.Key_Tab)
    assert len(set(seen)) == 5
    assert all(panel.holds(stop) for stop in seen)
    assert seen[5] is seen[0]
    desk.key(Qt.Key.Key_Right)
    assert desk.hands.panel is panel
    assert desk.canvas.selection == desk.neuron()
    panel.cancel()


def test_an_undo_while_it_is_open_shows_in_it(desk: Desk, qtbot: QtBot) -> None:
    edge = desk.edge()
    first = desk.value(edge)
    typed(desk, editing(desk, edge), "0.5")
    qtbot.waitUntil(lambda: desk.value(edge) == 0.5)
    panel = editing(desk, edge)
    desk.document.undo_stack.undo()
    qtbot.waitUntil(lambda: panel.slider.value() == first)
    panel.commit()


def test_it_leaves_the_ends_of_its_edge_free(desk: Desk) -> None:
    for unit in range(4):
        for source in range(2):
            panel = editing(desk, desk.edge(0, unit, source))
            _, ends = parts_around(desk.canvas, desk.canvas.sheet, panel.selection)
            assert len(ends) == 2
            assert not any(panel.geometry().intersects(end) for end in ends)
            assert desk.viewport.rect().contains(panel.geometry())
            panel.commit()


def test_an_input_has_no_bias_and_it_is_said(desk: Desk) -> None:
    part = Selection("neuron", "input", desk.network.input.names[0])
    assert desk.hands.set_value(part) is None
    assert desk.hint


def test_another_modifier_is_left_to_the_window(desk: Desk) -> None:
    panel = editing(desk, desk.edge())
    panel.slider.slider.setFocus()
    desk.key(Qt.Key.Key_Z, CTRL)
    assert desk.hands.panel is panel
    panel.cancel()


SIDES = st.integers(0, 900)


@given(SIDES, SIDES, st.integers(20, 400), st.integers(20, 200), st.tuples(SIDES, SIDES))
def test_a_panel_stays_in_the_room_and_covers_nothing_where_it_fits(x: int, y: int, width: int, height: int, end: tuple[int, int]) -> None:
    (left, top), room, about = end, QRect(0, 0, 1000, 1000), QRect(x, y, 12, 12)
    ends = (QRect(left, top, 40, 40), QRect(left, 960 - top, 40, 40))
    panel = QRect(beside(QSize(width, height), about, ends, room), QSize(width, height))
    assert room.contains(panel)
    assert not panel.intersects(about)
    assert not any(panel.intersects(end) for end in ends)


def test_a_panel_larger_than_the_room_begins_at_its_corner() -> None:
    room = QRect(0, 0, 100, 50)
    assert beside(QSize(300, 200), QRect(40, 20, 5, 5), (), room) == QPoint(0, 0)


def test_over_a_view_too_small_for_it_it_lies_in_the_window(desk: Desk, qtbot: QtBot) -> None:
    window = QWidget()
    window.resize(800, 600)
    desk.canvas.setMinimumSize(10, 10)
    desk.canvas.setParent(window)
    desk.canvas.setGeometry(300, 200, 240, 60)
    window.show()
    qtbot.waitExposed(window)
    panel = editing(desk, desk.neuron(0, 0))
    assert panel.parentWidget() is window and window.rect().contains(panel.geometry())
    panel.close()
    desk.canvas.setParent(None)
    window.deleteLater()
