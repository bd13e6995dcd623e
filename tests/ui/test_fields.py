"""The one number field: what it reads, what it refuses, and that it never changes a number silently."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from nnviz.engine.table import Parameter
from nnviz.ui.fields import NumberField

RATE = Parameter("learning_rate", 0.03, 0.0, open_low=True)
COUNT = Parameter("batch_size", 10.0, 0.0, 240.0)


class Stage(QWidget):
    """A window with the field, its note, and another field to go to."""

    def __init__(self, field: NumberField) -> None:
        super().__init__()
        self.field, self.other = field, QLineEdit()
        layout = QVBoxLayout(self)
        for widget in (self.other, field, field.note):
            layout.addWidget(widget)
        self.seen: list[float] = []
        field.value_committed.connect(self.seen.append)


@pytest.fixture
def stage(qtbot: QtBot) -> Stage:
    return staged(qtbot, NumberField(RATE, name="Learning rate", meaning=said))


def said(value: float) -> str:
    return f"steps of {value}"


def staged(qtbot: QtBot, field: NumberField) -> Stage:
    made = Stage(field)
    qtbot.addWidget(made)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    field.setFocus()
    qtbot.waitUntil(lambda: field.hasFocus() and field.selectedText() == field.text())
    return made


def typed(qtbot: QtBot, stage: Stage, text: str, *, enter: bool = True) -> None:
    stage.field.selectAll()
    if text:
        qtbot.keyClicks(stage.field, text)
    else:
        qtbot.keyClick(stage.field, Qt.Key.Key_Delete)
    if enter:
        qtbot.keyClick(stage.field, Qt.Key.Key_Return)


@pytest.mark.parametrize(
    ("text", "value"), [("1e-3", 0.001), ("0,001", 0.001), ("0.001", 0.001), (".5", 0.5), (" 2 ", 2.0), ("1E2", 100.0), ("+3", 3.0)]
)
def test_a_number_is_read_right(qtbot: QtBot, stage: Stage, text: str, value: float) -> None:
    typed(qtbot, stage, text)
    assert stage.seen == [value]
    assert stage.field.value() == value
    assert not stage.field.note.isVisible()


@pytest.mark.parametrize("text", ["abc", "", "-1", "1e400", "0", "1.000,5", "nan", "1 2", "-0.5", "1e-999"])
def test_what_cannot_be_is_refused_with_the_reason_in_sight(qtbot: QtBot, stage: Stage, text: str) -> None:
    typed(qtbot, stage, text)
    assert stage.seen == []
    assert stage.field.value() == 0.03
    note = stage.field.note
    assert note.isVisible()
    assert note.text().endswith("Still 0.03.")
    assert len(note.text()) > len("Still 0.03.") + 10
    assert note.property("refused") is True
    assert stage.field.accessibleDescription() == note.text()
    assert note.textFormat() == Qt.TextFormat.PlainText


def test_two_refusals_give_two_reasons(qtbot: QtBot, stage: Stage) -> None:
    typed(qtbot, stage, "-1")
    below = stage.field.note.text()
    typed(qtbot, stage, "abc")
    assert "above 0" in below
    assert below != stage.field.note.text()


def test_while_typing_it_shows_what_was_understood(qtbot: QtBot, stage: Stage) -> None:
    typed(qtbot, stage, "1e-3", enter=False)
    assert stage.field.note.text() == "= 0.001"
    assert stage.field.note.isVisible()
    assert stage.seen == []
    typed(qtbot, stage, "0.5", enter=False)
    assert not stage.field.note.isVisible()


def test_leaving_the_field_commits(qtbot: QtBot, stage: Stage) -> None:
    typed(qtbot, stage, "0.2", enter=False)
    stage.other.setFocus()
    assert stage.seen == [0.2]
    assert stage.field.text() == "0.2"


def test_leaving_a_refused_text_shows_the_value_that_counts_and_keeps_the_reason(qtbot: QtBot, stage: Stage) -> None:
    typed(qtbot, stage, "abc", enter=False)
    stage.other.setFocus()
    assert stage.seen == []
    assert stage.field.text() == "0.03"
    assert stage.field.note.isVisible()
    assert "abc" in stage.field.note.text()


def test_escape_restores_and_then_belongs_to_the_window(qtbot: QtBot, stage: Stage) -> None:
    typed(qtbot, stage, "abc")
    qtbot.keyClick(stage.field, Qt.Key.Key_Escape)
    assert stage.field.text() == "0.03"
    assert not stage.field.note.isVisible()
    typed(qtbot, stage, "7", enter=False)
    qtbot.keyClick(stage.field, Qt.Key.Key_Escape)
    stage.other.setFocus()
    assert stage.seen == []
    assert stage.field.value() == 0.03


def test_the_same_number_again_is_no_edit(qtbot: QtBot, stage: Stage) -> None:
    typed(qtbot, stage, "3e-2")
    assert stage.seen == []
    assert stage.field.text() == "0.03"


def test_a_committed_value_is_never_changed_by_looking_at_it(qtbot: QtBot, stage: Stage) -> None:
    typed(qtbot, stage, "0.012345678901234567")
    stage.other.setFocus()
    stage.field.setFocus()
    qtbot.keyClick(stage.field, Qt.Key.Key_Return)
    assert stage.seen == [0.012345678901234567]


def test_arrows_step_by_the_size_of_the_number_and_are_one_gesture(qtbot: QtBot, stage: Stage) -> None:
    keys = []
    stage.field.value_committed.connect(lambda _: keys.append(stage.field.gesture))
    for _ in range(3):
        qtbot.keyClick(stage.field, Qt.Key.Key_Up)
    assert stage.seen == [0.04, 0.05, 0.06]
    assert len(set(keys)) == 1
    typed(qtbot, stage, "0.5")
    qtbot.keyClick(stage.field, Qt.Key.Key_Down)
    assert stage.seen[-2:] == [0.5, 0.4]
    assert len(set(keys)) == 3


def turned(field: NumberField, notches: int) -> bool:
    place = QPointF(5.0, 5.0)
    event = QWheelEvent(
        place, QPointF(field.mapToGlobal(place)), QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    event.accept()
    QApplication.sendEvent(field, event)
    return event.isAccepted()


def test_the_wheel_steps_only_with_the_focus(stage: Stage) -> None:
    assert turned(stage.field, 2)
    assert stage.seen == [0.05]
    stage.other.setFocus()
    turned(stage.field, 2)
    assert stage.seen == [0.05]


def test_whole_numbers_only(qtbot: QtBot) -> None:
    stage = staged(qtbot, NumberField(COUNT, name="Batch size", integer=True))
    typed(qtbot, stage, "2.5")
    assert stage.seen == []
    assert "whole" in stage.field.note.text()
    typed(qtbot, stage, "241")
    assert stage.seen == []
    assert "240" in stage.field.note.text()
    typed(qtbot, stage, "1e2")
    assert stage.seen == [100.0]


def test_a_whole_number_too_large_for_a_float_is_refused(qtbot: QtBot) -> None:
    stage = staged(qtbot, NumberField(COUNT, name="Batch size", integer=True))
    typed(qtbot, stage, "9" * 400)
    assert stage.seen == []
    assert stage.field.note.isVisible()


def test_showing_a_value_tells_nobody_and_spares_what_is_being_typed(qtbot: QtBot, stage: Stage) -> None:
    typed(qtbot, stage, "0.7", enter=False)
    stage.field.set_value(0.1)
    assert stage.field.text() == "0.7"
    assert stage.seen == []
    qtbot.keyClick(stage.field, Qt.Key.Key_Escape)
    assert stage.field.text() == "0.1"


def test_a_unit_is_shown_but_not_typed(qtbot: QtBot) -> None:
    stage = staged(qtbot, NumberField(COUNT, name="Noise", shown=percent))
    assert stage.field.text() == "10"
    stage.other.setFocus()
    assert stage.field.text() == "10 %"


def percent(value: float) -> str:
    return f"{value:g} %"


def test_it_says_what_it_is(stage: Stage) -> None:
    assert stage.field.accessibleName() == "Learning rate"
    for words in ("Learning rate: 0.03", "steps of 0.03", "above 0"):
        assert words in stage.field.toolTip()
    stage.field.set_value(0.5)
    assert "steps of 0.5" in stage.field.toolTip()


@pytest.mark.parametrize(
    ("parameter", "words"),
    [
        (Parameter("a", 0.0), "Any number."),
        (Parameter("a", 0.0, 0.0), "Must be 0 or more."),
        (Parameter("a", 1.0, 0.0, open_low=True), "Must be above 0."),
        (Parameter("a", 0.0, high=1.0), "Must be 1 or less."),
        (Parameter("a", 0.0, high=1.0, open_high=True), "Must be below 1."),
        (Parameter("a", 0.0, 0.0, 1.0, open_high=True), "From 0 below 1."),
        (Parameter("a", 0.5, 0.0, 1.0, open_low=True), "Above 0 to 1."),
    ],
)
def test_the_range_is_said_in_words(qtbot: QtBot, parameter: Parameter, words: str) -> None:
    field = NumberField(parameter, name="a")
    qtbot.addWidget(field)
    assert words in field.toolTip()


def test_a_change_of_language_says_it_again(stage: Stage) -> None:
    stage.field.setToolTip("")
    QApplication.sendEvent(stage.field, QEvent(QEvent.Type.LanguageChange))
    assert "Learning rate" in stage.field.toolTip()


def test_a_trackpad_steps_once_a_notch_and_not_at_every_touch(qtbot: QtBot, stage: Stage) -> None:
    field = stage.field
    field.setFocus()
    start, seen = field.value(), stage.seen

    def turn(angle: int) -> None:
        where = QPointF(field.rect().center())
        no = Qt.KeyboardModifier.NoModifier
        wheel = QWheelEvent(where, where, QPoint(), QPoint(0, angle), Qt.MouseButton.NoButton, no, Qt.ScrollPhase.NoScrollPhase, False)
        QApplication.sendEvent(field, wheel)

    for angle in (-10, -10, 20):
        turn(angle)
    assert seen == [] and field.value() == start
    for _ in range(8):
        turn(-30)
    assert len(seen) == 2 and seen[1] < seen[0] < start
