"""The number with a slider."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from nnviz.engine.table import Parameter
from nnviz.ui.slider import POSITIONS, Scale, SliderField

RATE = Parameter("rate", 0.03, 0.0, open_low=True)
LOG = Scale(1e-5, 10.0, log=True)


@pytest.fixture
def slider(qtbot: QtBot) -> SliderField:
    made = SliderField("Learning rate", RATE, LOG)
    qtbot.addWidget(made)
    made.show()
    return made


@given(st.integers(0, POSITIONS))
def test_a_position_gives_a_value_that_stands_near_it(position: int) -> None:
    value = LOG.value(position)
    assert LOG.low <= value <= LOG.high * 1.0000001
    assert abs(LOG.position(value) - position) <= 4
    assert float(f"{value:.1e}") == value


@given(st.integers(0, 18))
def test_a_linear_scale_is_exact(position: int) -> None:
    scale = Scale(10.0, 100.0, 5.0)
    assert scale.positions == 18
    assert scale.position(scale.value(position)) == position


@given(st.integers(0, POSITIONS))
def test_a_whole_number_scale_gives_whole_numbers_within(position: int) -> None:
    value = Scale(1.0, 210.0, log=True, integer=True).value(position)
    assert value == int(value)
    assert 1 <= value <= 210


def test_both_ends_can_be_reached() -> None:
    scale = Scale(1.0, 213.0, log=True, integer=True)
    assert (scale.value(0), scale.value(POSITIONS)) == (1.0, 210.0) or scale.value(POSITIONS) == 213.0


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=1e-300, max_value=1e300))
def test_any_value_has_a_place(value: float) -> None:
    assert 0 <= LOG.position(value) <= POSITIONS


def test_showing_a_value_moves_the_slider_and_tells_nobody(slider: SliderField) -> None:
    seen: list[float] = []
    slider.value_committed.connect(seen.append)
    slider.set_value(0.5)
    assert slider.slider.value() == LOG.position(0.5)
    assert slider.field.text() == "0.5"
    assert seen == []


def test_a_value_between_two_positions_stays_exact(slider: SliderField) -> None:
    slider.set_value(0.0123456)
    assert slider.value() == 0.0123456


def test_sliding_commits_and_typing_moves_the_slider(qtbot: QtBot, slider: SliderField) -> None:
    seen: list[float] = []
    slider.value_committed.connect(seen.append)
    slider.slider.setValue(POSITIONS)
    assert seen == [10.0]
    slider.field.setFocus()
    slider.field.selectAll()
    qtbot.keyClicks(slider.field, "0,1")
    qtbot.keyClick(slider.field, Qt.Key.Key_Return)
    assert seen == [10.0, 0.1]
    assert slider.slider.value() == LOG.position(0.1)


def test_after_a_refusal_the_handle_goes_back(slider: SliderField) -> None:
    slider.set_value(0.1)
    slider.slider.setSliderDown(True)
    slider.slider.setValue(POSITIONS)
    slider.set_value(0.1)
    slider.refuse("no")
    slider.slider.setSliderDown(False)
    assert slider.slider.value() == LOG.position(0.1)
    assert slider.field.note.text() == "no"


def test_the_slider_has_name_and_meaning(slider: SliderField) -> None:
    assert slider.slider.accessibleName() == slider.field.accessibleName() == "Learning rate"
    assert "0.03" in slider.slider.toolTip()
    slider.slider.setValue(POSITIONS)
    assert "10" in slider.slider.toolTip()


def test_another_range_keeps_the_value(slider: SliderField) -> None:
    slider.set_value(0.5)
    slider.set_range(Parameter("rate", 0.5, 0.0, 1.0), Scale(0.0, 1.0, 0.25))
    assert slider.value() == 0.5
    assert slider.slider.value() == 2
    assert slider.slider.maximum() == 4
