"""Drags on the canvas: the box, a header, a held button; each can be refused and cancelled, and is one step to undo."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnviz.ui.canvas.dragging import landing
from nnviz.ui.editing import layers
from nnviz.ui.selection import NETWORK, Selection, several
from tests.ui.canvas.handling import CTRL, RIGHT, Desk, opened


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    yield from opened(qtbot)


@pytest.fixture(params=["columns", "rows"])
def wide(desk: Desk, request: pytest.FixtureRequest) -> Desk:
    """Return a desk with two hidden layers, drawn from left to right or from top to bottom."""
    assert desk.editor.do(layers.add(desk.document.spec, 1))
    desk.canvas.select(NETWORK)
    if request.param == "rows":
        desk.canvas.set_vertical(True)
    assert desk.layout.vertical == (request.param == "rows")
    return desk


def ids(desk: Desk) -> list[str]:
    return [layer.id for layer in desk.network.layers]


def beyond(desk: Desk, index: int) -> QPoint:
    """Return a place a little behind the middle of a column."""
    box = desk.column(index).solids.mean(axis=0)
    by = QPointF(0.0, 6.0) if desk.layout.vertical else QPointF(6.0, 0.0)
    return desk.canvas.mapFromScene(QPointF(box[0] + box[2] / 2, box[1] + box[3] / 2) + by)


def test_a_box_selects_the_neurons_it_touches(desk: Desk) -> None:
    start = desk.tile(1, 0) - QPoint(60, 40)
    desk.drag(start, desk.tile(1, 1))
    assert desk.hands.marks.box is not None
    assert desk.canvas.selection == NETWORK
    desk.drop(desk.tile(1, 1))
    assert desk.canvas.selection.each == (desk.neuron(0, 0), desk.neuron(0, 1))
    assert desk.hands.marks.box is None


def test_with_ctrl_a_box_adds_to_the_selection(desk: Desk) -> None:
    desk.click(desk.tile(1, 3))
    desk.drag(desk.tile(1, 0) - QPoint(60, 40), desk.tile(1, 0), CTRL)
    desk.drop(desk.tile(1, 0))
    assert desk.canvas.selection.each == (desk.neuron(0, 3), desk.neuron(0, 0))


@pytest.mark.parametrize("how", ["escape", "right button"])
def test_a_cancelled_box_leaves_the_selection(desk: Desk, how: str) -> None:
    desk.click(desk.tile(1, 3))
    end = desk.tile(1, 1)
    desk.drag(desk.tile(1, 0) - QPoint(60, 40), end)
    if how == "escape":
        desk.key(Qt.Key.Key_Escape)
    else:
        QTest.mousePress(desk.viewport, RIGHT, pos=end)
    assert desk.hands.marks.box is None
    desk.drop(end)
    assert desk.canvas.selection == desk.neuron(0, 3)


def test_no_menu_comes_of_the_right_button_that_cancels(desk: Desk) -> None:
    at = desk.tile(1, 1)
    desk.drag(desk.tile(1, 0) - QPoint(60, 40), at)
    QTest.mousePress(desk.viewport, RIGHT, pos=at)
    menu = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, desk.viewport.mapToGlobal(at))
    assert desk.hands.eventFilter(desk.viewport, menu)
    desk.drop(at)
    desk.click(at)
    assert not desk.hands.eventFilter(desk.viewport, menu)


def test_a_click_on_empty_canvas_selects_nothing(desk: Desk) -> None:
    desk.click(desk.tile(1, 3))
    desk.click(QPoint(4, desk.viewport.height() - 4))
    assert desk.canvas.selection == NETWORK


def test_a_header_is_dragged_to_another_place_as_one_step(wide: Desk) -> None:
    first, second, output = ids(wide)
    before = wide.undoable
    wide.drag(wide.title(1), beyond(wide, 2))
    ghost = wide.hands.marks.ghost
    assert ghost is not None
    assert ghost.line is not None
    assert not ghost.refused
    assert ids(wide) == [first, second, output]
    wide.drop(beyond(wide, 2))
    assert ids(wide) == [second, first, output]
    assert wide.undoable == before + 1
    assert wide.canvas.selection == Selection("layer", first)
    wide.document.undo_stack.undo()
    assert ids(wide) == [first, second, output]


def test_a_header_dropped_at_its_own_place_does_nothing(wide: Desk) -> None:
    before = wide.undoable
    end = wide.title(1) + QPoint(30, 0) if not wide.layout.vertical else wide.title(1) + QPoint(30, 4)
    wide.drag(wide.title(1), end)
    ghost = wide.hands.marks.ghost
    assert ghost is not None
    assert ghost.line is None
    wide.drop(end)
    assert wide.undoable == before


def test_a_header_cannot_land_behind_the_output_and_the_pointer_says_why(wide: Desk) -> None:
    order, before = ids(wide), wide.undoable
    wide.drag(wide.title(1), beyond(wide, 3))
    ghost = wide.hands.marks.ghost
    assert ghost is not None
    assert ghost.refused
    reason = wide.editor.reason(layers.move(wide.document.spec, order[0], 2))
    assert wide.hint == reason != ""
    assert wide.viewport.cursor().shape() is Qt.CursorShape.ForbiddenCursor
    wide.drop(beyond(wide, 3))
    assert ids(wide) == order
    assert wide.undoable == before
    assert wide.hands.marks.ghost is None


def test_escape_and_the_right_button_leave_a_dragged_header_where_it_was(wide: Desk) -> None:
    order, before = ids(wide), wide.undoable
    for button in (False, True):
        end = beyond(wide, 2)
        wide.drag(wide.title(1), end)
        if button:
            QTest.mousePress(wide.viewport, RIGHT, pos=end)
        else:
            wide.key(Qt.Key.Key_Escape)
        assert wide.hands.marks.ghost is None
        wide.drop(end)
        assert ids(wide) == order
    assert wide.undoable == before
    assert wide.canvas.selection == Selection("layer", order[0])


def test_a_layer_that_is_gone_in_the_middle_of_a_drag_is_let_go(wide: Desk) -> None:
    first, second, output = ids(wide)
    end = beyond(wide, 1)
    wide.drag(wide.title(2), end)
    wide.editor.do(layers.remove(wide.document.spec, [second]))
    wide.drop(end)
    assert ids(wide) == [first, output]
    assert wide.hands.marks.ghost is None


def test_a_header_whose_layer_is_undone_in_the_middle_of_the_drag_does_nothing(wide: Desk) -> None:
    added = wide.column(2).id
    end = beyond(wide, 1) - QPoint(20, 20)
    wide.drag(wide.title(2), end)
    ghost = wide.hands.marks.ghost
    assert ghost is not None
    assert ghost.line is not None
    assert not ghost.refused
    wide.document.undo_stack.undo()
    assert added not in ids(wide)
    QTest.mouseMove(wide.viewport, end + QPoint(3, 3))
    assert wide.hands.marks.ghost is None
    wide.drop(end)
    assert wide.undoable == 0
    assert wide.refusals == []


@pytest.mark.parametrize("ends", ["cancelled", "released"])
def test_a_box_does_not_select_what_was_undone_meanwhile(desk: Desk, ends: str) -> None:
    desk.editor.do(layers.set_units(desk.document.spec, desk.column(1).id, 6))
    desk.canvas.select(several([desk.neuron(0, 0), desk.neuron(0, 5)]))
    start = desk.tile(1, 1) - QPoint(60, 10)
    desk.drag(start, desk.tile(1, 1), CTRL)
    desk.document.undo_stack.undo()
    if ends == "cancelled":
        desk.key(Qt.Key.Key_Escape)
    desk.drop(start)
    assert desk.neuron(0, 0) in desk.canvas.selection.each
    assert desk.canvas.sheet.exists(desk.canvas.selection)


def test_every_place_along_the_network_is_one_gap(wide: Desk) -> None:
    first = ids(wide)[0]
    size = wide.layout.bounds[3 if wide.layout.vertical else 2]
    at = [QPointF(step, step) for step in range(0, int(size), 7)]
    found = [landing(wide.layout, first, point) for point in at]
    assert found == sorted(found)
    assert set(found) == {0, 1, 2}


def test_the_input_is_not_dragged(desk: Desk) -> None:
    desk.drag(desk.title(0), desk.title(1))
    assert desk.hands.marks.ghost is None
    desk.drop(desk.title(1))
    assert desk.undoable == 0


def test_a_held_plus_counts_on_as_one_step(desk: Desk, qtbot: QtBot) -> None:
    units = desk.units(1)
    at = desk.at(desk.column(1).plus)
    QTest.mouseMove(desk.viewport, at)
    QTest.mousePress(desk.viewport, Qt.MouseButton.LeftButton, pos=at)
    assert desk.units(1) == units + 1
    qtbot.waitUntil(lambda: desk.units(1) >= units + 3)
    desk.drop(at)
    assert desk.undoable == 1
    desk.document.undo_stack.undo()
    assert desk.units(1) == units


def test_escape_gives_back_what_a_held_button_changed(desk: Desk, qtbot: QtBot) -> None:
    units = desk.units(1)
    at = desk.at(desk.column(1).minus)
    QTest.mouseMove(desk.viewport, at)
    QTest.mousePress(desk.viewport, Qt.MouseButton.LeftButton, pos=at)
    qtbot.waitUntil(lambda: desk.units(1) == 1)
    desk.key(Qt.Key.Key_Escape)
    assert desk.units(1) == units
    assert desk.undoable == 0
    desk.drop(at)
    assert desk.units(1) == units


def test_a_held_minus_stops_at_one_and_says_why(desk: Desk, qtbot: QtBot) -> None:
    at = desk.at(desk.column(1).minus)
    QTest.mousePress(desk.viewport, Qt.MouseButton.LeftButton, pos=at)
    qtbot.waitUntil(lambda: bool(desk.refusals))
    desk.drop(at)
    assert desk.units(1) == 1
    assert desk.refusals == [desk.hint]
