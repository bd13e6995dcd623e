"""A number that changes by itself: it is shown as it is, and stands still under a hand."""

from __future__ import annotations

import math

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from nnviz.ui.fields import NumberField
from nnviz.ui.panels.live_number import WEIGHT, LiveNumber
from nnviz.ui.slider import SliderField
from nnviz.ui.value_scale import value_scale


@pytest.fixture
def field(qtbot: QtBot) -> NumberField:
    made = NumberField(WEIGHT, name="weight")
    qtbot.addWidget(made)
    made.show()
    return made


def test_what_is_selected_to_be_typed_over_stays_selected(qtbot: QtBot, field: NumberField) -> None:
    live = LiveNumber(field)
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    field.selectAll()
    live.show_value(0.5)
    assert field.selectedText() == "0.5"
    field.setCursorPosition(1)
    live.show_value(0.5)
    assert field.cursorPosition() == 1


def test_a_value_set_by_hand_stands_until_frames_can_know_it(qtbot: QtBot, field: NumberField) -> None:
    live = LiveNumber(field)
    field.setFocus()
    qtbot.keyClicks(field, "3")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    live.show_value(1.0)
    assert field.value() == 3.0
    qtbot.waitUntil(lambda: field.value() == 1.0)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1.7e308, 5e-324])
def test_any_number_there_is_can_be_shown(qtbot: QtBot, value: float) -> None:
    control = SliderField("weight", WEIGHT, value_scale(0.0))
    qtbot.addWidget(control)
    control.set_range(WEIGHT, value_scale(value))
    LiveNumber(control).show_value(value)
    assert control.value() == value or (math.isnan(control.value()) and math.isnan(value))
