"""The step bar: shows where a pass stands, and asks; it moves nothing itself."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from nnviz.app.framing import probe_trace
from nnviz.data.prepare import prepare
from nnviz.engine.trainer import Trainer
from nnviz.explain.stages import Stage, stages
from nnviz.explain.words import say
from nnviz.formats.examples import load
from nnviz.ui.canvas.transport import SPEEDS, Transport
from nnviz.ui.theme import DARK, LIGHT


@pytest.fixture(scope="module")
def film() -> tuple[Stage, ...]:
    example = load("spiral")
    data = prepare(example.spec.data)
    trainer = Trainer(example.spec, data.samples, initial=example.initial)
    return stages(probe_trace(trainer, data, 0))


@pytest.fixture
def transport(qtbot: QtBot, film: tuple[Stage, ...]) -> Transport:
    made = Transport()
    qtbot.addWidget(made)
    made.resize(900, made.sizeHint().height())
    made.show_stages(film)
    made.show_index(3)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    return made


def asked(transport: Transport) -> list[int]:
    seen: list[int] = []
    transport.stage_requested.connect(seen.append)
    return seen


def test_the_buttons_ask_for_first_back_forward_last(qtbot: QtBot, transport: Transport, film: tuple[Stage, ...]) -> None:
    seen = asked(transport)
    for button in (transport.first, transport.back, transport.forward, transport.last):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert seen == [0, 2, 4, len(film) - 1]
    assert transport.bar._index == 3


def test_at_the_ends_there_is_nothing_beyond(transport: Transport, film: tuple[Stage, ...]) -> None:
    buttons = (transport.first, transport.back, transport.forward, transport.last)
    transport.show_index(0)
    assert [button.isEnabled() for button in buttons] == [False, False, True, True]
    transport.show_index(len(film) - 1)
    assert [button.isEnabled() for button in buttons] == [True, True, False, False]


def test_a_button_that_is_switched_off_hands_the_focus_to_the_bar(qtbot: QtBot, transport: Transport) -> None:
    transport.back.setFocus()
    transport.show_index(0)
    assert transport.bar.hasFocus()


def test_clicking_a_cell_asks_for_its_stage(qtbot: QtBot, transport: Transport) -> None:
    seen = asked(transport)
    box = transport.bar._boxes()[5].translated(-transport.bar._offset, 0)
    qtbot.mouseClick(transport.bar, Qt.MouseButton.LeftButton, pos=box.center().toPoint())
    assert seen == [5]


def test_the_arrow_keys_go_one_stage(qtbot: QtBot, transport: Transport, film: tuple[Stage, ...]) -> None:
    seen = asked(transport)
    transport.bar.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Home, Qt.Key.Key_End):
        qtbot.keyClick(transport.bar, key)
    assert seen == [4, 2, 0, len(film) - 1]
    transport.show_index(0)
    qtbot.keyClick(transport.bar, Qt.Key.Key_Left)
    assert len(seen) == 4


def test_play_asks_for_the_other_state(qtbot: QtBot, transport: Transport) -> None:
    seen: list[bool] = []
    transport.play_toggled.connect(seen.append)
    qtbot.mouseClick(transport.play, Qt.MouseButton.LeftButton)
    transport.set_playing(True)
    qtbot.mouseClick(transport.play, Qt.MouseButton.LeftButton)
    assert seen == [True, False]
    assert transport.play.accessibleName() == "Stop playing"


@pytest.mark.parametrize("name", ["apply", "discard"])
def test_apply_and_discard_only_ask(qtbot: QtBot, transport: Transport, name: str) -> None:
    with qtbot.waitSignal(getattr(transport, f"{name}_requested")):
        qtbot.mouseClick(getattr(transport, name), Qt.MouseButton.LeftButton)


def test_speeds(qtbot: QtBot, transport: Transport) -> None:
    seen: list[float] = []
    transport.speed_changed.connect(seen.append)
    for index in range(len(SPEEDS)):
        transport.speed.activated.emit(index)
    assert tuple(seen) == SPEEDS
    assert transport.speed.key() == "1.0"


@pytest.mark.parametrize("width", [420, 640, 900, 2400])
def test_the_present_stage_is_always_in_view(qtbot: QtBot, transport: Transport, film: tuple[Stage, ...], width: int) -> None:
    transport.resize(width, transport.height())
    bar = transport.bar
    for index in range(len(film)):
        transport.show_index(index)
        box = bar._boxes()[index].translated(-bar._offset, 0)
        assert box.left() >= -0.5
        assert box.right() <= bar.width() + 0.5
        assert bar.stage_at(box.center()) == index
        assert not bar.grab().isNull()


def test_cells_stand_apart_and_fill_a_wide_bar(transport: Transport) -> None:
    transport.resize(2400, transport.height())
    boxes = transport.bar._boxes()
    for left, right in pairwise(boxes):
        assert left.right() < right.left()
    assert boxes[-1].right() == pytest.approx(transport.bar.width(), abs=1.0)


def test_done_now_and_coming_look_different(transport: Transport, film: tuple[Stage, ...]) -> None:
    transport.resize(2400, transport.height())
    backward = next(index for index, stage in enumerate(film) if stage.phase == "backward")
    transport.show_index(backward)
    picture, boxes = transport.bar.grab().toImage(), transport.bar._boxes()

    def fill(index: int) -> str:
        place = QPointF(boxes[index].left() + 5, boxes[index].top() + 3)
        return picture.pixelColor(place.toPoint()).name()

    assert fill(0) == LIGHT.forward_soft
    assert fill(backward) == LIGHT.rising
    assert fill(backward + 1) == LIGHT.raised
    transport.show_index(1)
    picture = transport.bar.grab().toImage()
    assert fill(1) == LIGHT.positive_text
    transport.show_index(len(film) - 1)
    picture = transport.bar.grab().toImage()
    assert fill(backward) == LIGHT.backward_soft


def test_the_sentence_of_the_stage_is_its_caption(transport: Transport, film: tuple[Stage, ...]) -> None:
    transport.show_index(6)
    assert transport.caption.accessibleName() == say(film[6].sentence)
    assert film[6].label in transport.bar.accessibleDescription()


def test_everything_has_a_name(transport: Transport) -> None:
    for button in transport.findChildren(QToolButton):
        assert button.accessibleName()
        assert button.toolTip()
    assert transport.bar.accessibleName()
    assert transport.speed.accessibleName()


def test_many_stages_cost_one_widget(transport: Transport, film: tuple[Stage, ...]) -> None:
    before = len(transport.findChildren(QToolButton))
    transport.show_stages(film * 50)
    transport.show_index(len(film) * 25)
    assert len(transport.findChildren(QToolButton)) == before
    assert transport.bar.findChildren(QToolButton) == []
    assert not transport.grab().isNull()


def test_theme_and_language(transport: Transport) -> None:
    transport.set_theme(DARK)
    QApplication.sendEvent(transport, QEvent(QEvent.Type.LanguageChange))
    assert transport.forward_words.text() == "FORWARD →"
    assert not transport.grab().isNull()


def test_no_stages_is_no_trouble(qtbot: QtBot) -> None:
    empty = Transport()
    qtbot.addWidget(empty)
    empty.resize(600, 80)
    empty.show()
    qtbot.mouseClick(empty.bar, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert empty.bar.stage_at(QPointF(5, 5)) is None
    assert not empty.grab().isNull()
