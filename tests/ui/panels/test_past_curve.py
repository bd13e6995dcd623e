"""The small curve of a weight's past: any values can be drawn, and each moment can be read."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from nnviz.explain.numbers import format_number
from nnviz.ui.panels.past_curve import PastCurve
from nnviz.ui.theme import DARK, LIGHT


@pytest.fixture
def curve(qtbot: QtBot) -> PastCurve:
    made = PastCurve("weight", LIGHT)
    qtbot.addWidget(made)
    made.resize(200, made.sizeHint().height())
    made.show()
    return made


@pytest.mark.parametrize(
    "values",
    [[], [0.0], [1.0, 1.0, 1.0], [np.nan, 1.0, np.inf], [np.nan], [-1.7e308, 1.7e308], [1e308] * 3, [5e-324, 0.0]],
    ids=["none", "one", "constant", "not finite", "only NaN", "widest", "largest", "smallest"],
)
def test_any_values_are_drawn(curve: PastCurve, values: list[float]) -> None:
    for theme in (LIGHT, DARK):
        curve.set_theme(theme)
        curve.show_past(np.arange(len(values)), np.array(values))
        assert not curve.grab().isNull()
        for at in range(len(values)):
            curve._mark(min(at, len(curve._steps) - 1))
            curve.grab()
        curve._mark(-1)
        assert ("Nothing yet" in curve.words()) == (not np.isfinite(values).any())


def test_it_goes_up_where_the_values_do(curve: PastCurve) -> None:
    curve.clearFocus()  # its ring has the colour of the curve
    curve.show_past(np.array([0, 5, 10]), np.array([-1.0, 0.0, 3.0]))
    picture, accent = curve.grab().toImage(), QColor(LIGHT.accent)
    found = [(x, y) for x in range(picture.width()) for y in range(picture.height()) if picture.pixelColor(x, y) == accent]
    left, right = min(found), max(found)
    assert left[1] > right[1] + 20


def test_it_is_read_by_pointer_and_keys(qtbot: QtBot, curve: PastCurve) -> None:
    curve.show_past(np.array([0, 1000, 4000]), np.array([0.25, 0.5, -0.75]))
    assert curve.words() == f"from 0.2500 at step 0 to −0.7500 at step {format_number(4000)}"
    qtbot.mouseMove(curve, QPoint(50, 40))
    assert curve.words().endswith(": 0.5000")
    curve.setFocus()
    for key, said in ((Qt.Key.Key_Right, "−0.7500"), (Qt.Key.Key_Left, "0.5000"), (Qt.Key.Key_Left, "0.2500"), (Qt.Key.Key_Left, "0.2500")):
        qtbot.keyClick(curve, key)
        assert curve.accessibleDescription().endswith(f": {said}")
    curve.show_past(np.array([0]), np.array([0.25]))
    assert curve.words().endswith(": 0.2500")


def test_a_mark_beyond_a_shorter_past_is_forgotten(curve: PastCurve) -> None:
    curve.show_past(np.arange(9), np.arange(9.0))
    curve._mark(8)
    curve.show_past(np.arange(2), np.arange(2.0))
    assert curve.marked == -1 and curve.words().startswith("from")
