"""The ring around the canvas: there while a key brought the keyboard, and only then."""

from __future__ import annotations

import subprocess
import sys

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from nnviz.ui.canvas.focus_ring import FocusRing
from nnviz.ui.theme import LIGHT
from tests.ui.canvas.conftest import Show
from tests.ui.canvas.networks import planar


@pytest.mark.parametrize(
    ("reason", "seen"),
    [(Qt.FocusReason.TabFocusReason, True), (Qt.FocusReason.BacktabFocusReason, True), (Qt.FocusReason.MouseFocusReason, False)],
)
def test_the_ring_shows_that_a_key_brought_the_keyboard(show: Show, qtbot: QtBot, reason: Qt.FocusReason, seen: bool) -> None:
    canvas = show(planar(), size=(400, 300))
    qtbot.waitUntil(canvas.hasFocus)
    canvas.clearFocus()
    ring = FocusRing(canvas)
    canvas.setFocus(reason)
    qtbot.waitUntil(canvas.hasFocus)
    assert ring.isVisible() == seen
    canvas.resize(420, 320)
    colors = {canvas.grab().toImage().pixelColor(place).name() for place in (QPoint(1, 100), QPoint(100, 1), QPoint(418, 318))}
    assert (colors == {LIGHT.accent}) == seen
    assert canvas.grab().toImage().pixelColor(3, 100).name() != LIGHT.accent
    canvas.clearFocus()
    assert not ring.isVisible()


def test_the_ring_comes_back_with_the_window(show: Show, qtbot: QtBot) -> None:
    canvas = show(planar())
    qtbot.waitUntil(canvas.hasFocus)
    canvas.clearFocus()
    ring = FocusRing(canvas)
    canvas.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(canvas.hasFocus)
    canvas.clearFocus()
    canvas.setFocus(Qt.FocusReason.ActiveWindowFocusReason)
    assert ring.isVisible()


PROGRAM = """
import faulthandler
faulthandler.enable()
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from nnviz.ui.canvas.canvas import Canvas
from nnviz.ui.canvas.focus_ring import FocusRing
from nnviz.ui.theme import LIGHT

app = QApplication([])
canvas = Canvas(LIGHT)
ring = FocusRing(canvas)
canvas.show()
canvas.activateWindow()
assert QTest.qWaitForWindowActive(canvas)
canvas.clearFocus()
canvas.setFocus(Qt.FocusReason.TabFocusReason)
print(canvas.hasFocus(), ring.isVisible())
"""


def test_a_canvas_may_go_while_it_has_the_keyboard() -> None:
    """In a process of its own: a crash would take the other tests with it."""
    ended = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout.split()) == (0, ["True", "True"])
