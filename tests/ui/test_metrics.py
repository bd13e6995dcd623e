"""The numbers of the run stand still while they change."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from nnviz.explain.numbers import format_number
from nnviz.ui.metrics import SHORT_STEP_WIDTH, STEP_WIDTH, Metric, Metrics


@pytest.fixture
def metrics(qtbot: QtBot) -> Metrics:
    made = Metrics()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def step(metrics: Metrics) -> Metric:
    return metrics.step


@pytest.mark.parametrize("count", [7, 12_345, 999_999_999])
def test_nine_digits_of_steps_have_room(step: Metric, count: int) -> None:
    before = step.sizeHint()
    step.show_text(format_number(count))
    assert step.sizeHint() == before
    assert step.number.fontMetrics().horizontalAdvance(step.number.text()) <= before.width()


def test_where_there_is_little_room_the_number_alone_counts(step: Metric) -> None:
    wide = step.sizeHint().width()
    step.make_room(SHORT_STEP_WIDTH)
    assert step.sizeHint().width() < wide
    step.show_text(format_number(123_456_789))
    step.make_room(SHORT_STEP_WIDTH)
    assert step.number.sizeHint().width() >= step.number.fontMetrics().horizontalAdvance(step.number.text())
    step.show_text("1")
    step.make_room(STEP_WIDTH)
    assert step.sizeHint().width() == wide


def test_a_screen_reader_is_told_the_number(step: Metric) -> None:
    step.show_text("12")
    assert step.accessibleName() == "Step" and step.accessibleDescription() == "12"
