"""What clicks, drags and keys mean on the canvas, whoever answers them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnviz.ui.canvas.canvas import Canvas
from nnviz.ui.canvas.hits import Hit
from nnviz.ui.canvas.pointing import cursor
from nnviz.ui.selection import NETWORK, Selection, several
from tests.ui.canvas.conftest import Show
from tests.ui.canvas.handling import ALT, CTRL, LEFT, RIGHT, SHIFT
from tests.ui.canvas.networks import planar


class Recorder:
    """A drag that notes what becomes of it."""

    def __init__(self) -> None:
        self.cursor: Qt.CursorShape | None = Qt.CursorShape.SizeAllCursor
        self.seen: list[str] = []

    def move(self, at: QPointF) -> None:
        self.seen.append(f"move {at.x():.0f}")

    def end(self, at: QPointF) -> None:
        self.seen.append(f"end {at.x():.0f}")

    def cancel(self) -> None:
        self.seen.append("cancel")


@pytest.fixture
def canvas(show: Show) -> Canvas:
    return show(planar((5, 3, 1)))


@pytest.fixture
def recorder(canvas: Canvas) -> Recorder:
    made = Recorder()

    def begin(found: Hit, event: QMouseEvent) -> Recorder:
        return made

    canvas.pointer.begin = begin
    return made


def tile(canvas: Canvas, layer: str, row: int) -> QPoint:
    assert canvas.sheet.layout is not None
    x, y = canvas.sheet.layout.column(layer).centers[row]
    return canvas.mapFromScene(QPointF(x, y))


def neuron(layer: str, number: int) -> Selection:
    return Selection("neuron", layer, f"n{number}")


def click(canvas: Canvas, at: QPoint, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.mouseClick(canvas.viewport(), LEFT, modifiers, at)


def test_ctrl_click_adds_and_takes_away(canvas: Canvas) -> None:
    click(canvas, tile(canvas, "l1", 0))
    click(canvas, tile(canvas, "l2", 1), CTRL)
    assert canvas.selection == several([neuron("l1", 0), neuron("l2", 6)])
    click(canvas, tile(canvas, "l1", 0), CTRL)
    assert canvas.selection == neuron("l2", 6)
    click(canvas, QPoint(4, canvas.viewport().height() - 4), CTRL)
    assert canvas.selection == neuron("l2", 6)


def test_shift_click_selects_all_from_the_last_selected_neuron(canvas: Canvas) -> None:
    click(canvas, tile(canvas, "l1", 3))
    click(canvas, tile(canvas, "l1", 1), SHIFT)
    assert canvas.selection.each == (neuron("l1", 3), neuron("l1", 2), neuron("l1", 1))
    click(canvas, tile(canvas, "l2", 0), SHIFT)
    assert canvas.selection == neuron("l2", 5)


def test_a_click_on_empty_canvas_selects_nothing(canvas: Canvas) -> None:
    click(canvas, tile(canvas, "l1", 3))
    click(canvas, QPoint(4, canvas.viewport().height() - 4))
    assert canvas.selection == NETWORK


def test_a_drag_is_moved_and_ended_once(canvas: Canvas, recorder: Recorder) -> None:
    viewport = canvas.viewport()
    QTest.mousePress(viewport, LEFT, pos=QPoint(20, 300))
    assert canvas.pointer.dragging
    QTest.mouseMove(viewport, QPoint(40, 310))
    assert viewport.cursor().shape() is Qt.CursorShape.SizeAllCursor
    QTest.mouseRelease(viewport, LEFT, pos=QPoint(60, 320))
    QTest.mouseMove(viewport, QPoint(80, 310))
    assert recorder.seen == ["move 40", "end 60"]
    assert not canvas.pointer.dragging


@pytest.mark.parametrize("how", ["escape", "right button", "another window", "hidden"])
def test_a_drag_is_cancelled_once(canvas: Canvas, recorder: Recorder, how: str) -> None:
    viewport = canvas.viewport()
    click(canvas, tile(canvas, "l1", 3))
    recorder.seen.clear()
    QTest.mousePress(viewport, LEFT, pos=QPoint(20, 300))
    if how == "escape":
        QTest.keyClick(canvas, Qt.Key.Key_Escape)
    elif how == "right button":
        QTest.mousePress(viewport, RIGHT, pos=QPoint(20, 300))
        assert canvas.pointer.has_cancelled
    elif how == "another window":
        QApplication.sendEvent(canvas, QEvent(QEvent.Type.WindowDeactivate))
    else:
        canvas.hide()
    assert recorder.seen == ["cancel"]
    canvas.show()
    QTest.mouseMove(viewport, QPoint(40, 310))
    QTest.mouseRelease(viewport, LEFT, pos=QPoint(60, 320))
    assert recorder.seen == ["cancel"]


def test_while_something_is_dragged_nothing_else_is_hovered(canvas: Canvas, recorder: Recorder) -> None:
    QTest.mousePress(canvas.viewport(), LEFT, pos=QPoint(20, 300))
    QTest.mouseMove(canvas.viewport(), tile(canvas, "l1", 0))
    assert canvas.sheet.hovered == NETWORK
    QTest.mouseRelease(canvas.viewport(), LEFT, pos=tile(canvas, "l1", 0))
    assert canvas.sheet.hovered == neuron("l1", 0)
    assert recorder.seen[-1].startswith("end")


def test_a_double_click_is_told_with_what_it_hit(canvas: Canvas, qtbot: QtBot) -> None:
    at = tile(canvas, "l1", 2)
    click(canvas, at)
    with qtbot.waitSignal(canvas.pointer.doubled) as told:
        QTest.mouseDClick(canvas.viewport(), LEFT, pos=at)
    assert told.args[0].selection == neuron("l1", 2)


def test_alt_and_shift_go_along_the_strongest_edges(canvas: Canvas) -> None:
    frame = canvas.sheet.frame
    assert frame is not None
    canvas.select(neuron("l2", 6))
    QTest.keyClick(canvas, Qt.Key.Key_Left, ALT | SHIFT)
    best = int(abs(frame.layers[1].weights[1]).argmax())
    assert canvas.selection == Selection("edge", "l2", "n6", f"n{best}")
    canvas.select(neuron("l2", 6))
    QTest.keyClick(canvas, Qt.Key.Key_Right, ALT | SHIFT)
    assert canvas.selection == Selection("edge", "l3", "n8", "n6")


def test_alt_and_arrows_walk(canvas: Canvas) -> None:
    canvas.select(neuron("l1", 1))
    QTest.keyClick(canvas, Qt.Key.Key_Down, ALT)
    assert canvas.selection == neuron("l1", 2)
    QTest.keyClick(canvas, Qt.Key.Key_Right, ALT)
    assert canvas.selection.layer == "l2"


def test_alt_shift_up_and_down_extend_the_selection_and_shrink_it_again(canvas: Canvas) -> None:
    canvas.select(neuron("l1", 1))
    for key, wanted in (("Down", (1, 2)), ("Down", (1, 2, 3)), ("Up", (1, 2)), ("Up", (1,)), ("Up", (1, 0)), ("Up", (1, 0))):
        QTest.keyClick(canvas, getattr(Qt.Key, f"Key_{key}"), ALT | SHIFT)
        assert canvas.selection.each == tuple(neuron("l1", number) for number in wanted)
    canvas.select(neuron("l1", 4))
    QTest.keyClick(canvas, Qt.Key.Key_Down, ALT | SHIFT)
    assert canvas.selection == neuron("l1", 4)
    for selection in (NETWORK, Selection("layer", "l1")):
        canvas.select(selection)
        QTest.keyClick(canvas, Qt.Key.Key_Down, ALT | SHIFT)
        assert canvas.selection == selection


def test_ctrl_space_lets_go_what_was_chosen_last_and_takes_it_again(canvas: Canvas) -> None:
    canvas.select(neuron("l1", 1))
    QTest.keyClick(canvas, Qt.Key.Key_Down, ALT | SHIFT)
    for wanted in ((1,), (1, 2), (1,)):
        QTest.keyClick(canvas, Qt.Key.Key_Space, CTRL)
        assert canvas.selection.each == tuple(neuron("l1", number) for number in wanted)
    QTest.keyClick(canvas, Qt.Key.Key_Down, ALT | SHIFT)
    assert canvas.selection.each == (neuron("l1", 1), neuron("l1", 3)), "keys go on from where it was let go"
    canvas.select(neuron("l2", 6))
    for wanted in ((), (6,)):
        QTest.keyClick(canvas, Qt.Key.Key_Space, CTRL)
        assert canvas.selection.each == tuple(neuron("l2", number) for number in wanted)


def test_ctrl_space_with_nothing_chosen_is_left_to_others(canvas: Canvas) -> None:
    QTest.keyClick(canvas, Qt.Key.Key_Space, CTRL)
    assert canvas.selection == NETWORK


def test_escape_selects_nothing_and_is_left_to_others_where_nothing_is(canvas: Canvas) -> None:
    canvas.select(neuron("l1", 1))
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.selection == NETWORK


def test_the_pointer_says_what_can_be_done() -> None:
    shapes = Qt.CursorShape
    layer = Selection("layer", "l1")
    assert cursor(Hit()) is shapes.ArrowCursor
    assert cursor(Hit(layer, "title", "l1")) is shapes.OpenHandCursor
    assert cursor(Hit(Selection("layer", "input"), "title", "input")) is shapes.PointingHandCursor
    for answers in (Hit(layer, "plus", "l1"), Hit(neuron("l1", 0), "", "l1"), Hit(gap=0), Hit(sample=3)):
        assert cursor(answers) is shapes.PointingHandCursor
