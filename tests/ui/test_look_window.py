"""The look of a whole window: what every number, size and movement does when the settings change while it is open."""

from __future__ import annotations

import re
import time

import pytest
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from nnviz.ui.main_window import MainWindow
from nnviz.ui.selection import Selection
from tests.ui.conftest import OpenWindow

BUDGET = 0.25  # seconds of the window's own work for another theme
POINT = re.compile(r"(?<![\w.])[0-9]+\.[0-9]")


def shown(window: MainWindow) -> list[str]:
    """All words a person can see in the window, the painted ones too."""
    found = [text(widget) for widget in window.findChildren(QWidget) if widget.isVisible()]
    found += [section.text() for section in window.card.sections if section.isVisible()]
    found += [metric.number.text() for metric in window.top_bar.metrics.all]
    light = window.canvas.sheet.light
    if light is not None:
        found += [number.text for number in light.numbers]
        found += [words for mark in light.nodes.values() for words in mark.texts]
    for plot in window.plots.plots.values():
        hover = plot.hover_at(0.4, 0.6)
        found += [line[2] for line in hover.lines] if hover is not None else []
        x, y = plot.view.seen()
        painter = plot.view._painter
        found += [label for scale in (x, y) if scale is not None for _, label in painter.y_ticks(scale, 200.0)]
    found += [line.value for line in window.canvas.overlay.card.lines] if window.canvas.overlay.card else []
    return [words for words in found if words]


def text(widget: QWidget) -> str:
    return str(widget.text()) if isinstance(widget, QLabel | QAbstractButton | QLineEdit) else ""


def stepping(qtbot: QtBot, window: MainWindow) -> None:
    window.document.train(until_step=100)
    qtbot.waitUntil(lambda: window.document.frame is not None and window.document.frame.step == 100, timeout=20000)
    window.document.step_through()
    qtbot.waitUntil(lambda: window.document.stepper.trace is not None, timeout=20000)
    window.document.stepper.go_to(4)
    window.canvas.highlight(Selection("neuron", "h1", "n1"))


def test_every_number_follows_comma_and_digits_at_once(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_window("spiral")
    stepping(qtbot, window)
    settings = window.program.settings
    assert any(POINT.search(words) for words in shown(window))
    settings.change(decimal_comma=True, digits=6)
    qtbot.waitUntil(lambda: not [words for words in shown(window) if POINT.search(words)])
    decimals = {len(number.partition(",")[2]) for words in shown(window) for number in re.findall(r"\b0,[0-9]+\b", words)}
    assert 6 in decimals
    card = "\n".join(section.text() for section in window.card.sections if section.isVisible())
    assert re.search(r"[0-9],[0-9]{6}\b", card)
    settings.change(decimal_comma=False, digits=4)
    qtbot.waitUntil(lambda: any(POINT.search(words) for words in shown(window)))
    assert not [words for words in shown(window) if re.search(r"\b[0-9]+,[0-9]", words)]


def test_another_theme_takes_no_longer_than_an_eye_blinks(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_window("spiral")
    costs = []
    for use in (window.look.use_dark, window.look.use_light, window.look.use_dark, window.look.use_light):
        start = time.thread_time()
        use()
        costs.append(time.thread_time() - start)
    assert min(costs[::2]) <= BUDGET, costs
    assert min(costs[1::2]) <= BUDGET, costs


def test_larger_type_is_larger_on_the_canvas_and_gives_the_panels_room(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_window("circle")
    window.resize(1920, 1080)
    width, scale = window.left.width(), window.canvas.navigator.scale
    window.program.settings.change(scale=1.5)
    qtbot.waitUntil(lambda: window.left.width() >= 1.4 * width)
    assert window.canvas.navigator.full == 1.5
    assert window.canvas.navigator.scale > 1.2 * scale
    window.canvas.actual_size()
    assert window.canvas.navigator.scale == 1.5
    window.program.settings.change(scale=1.0)


def test_reduced_motion_lets_nothing_travel(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_window("xor")
    window.program.settings.change(reduce_motion=True)
    stepping(qtbot, window)
    window.player.next_stage()
    assert not window.canvas.player.running
    window.document.discard_pass()
    window.canvas.pulse(0.5)
    assert not window.canvas.player.running
    assert window.canvas.overlay.waves == ()
    window.program.settings.change(reduce_motion=False)
    window.canvas.pulse(0.1)
    assert window.canvas.player.running
    qtbot.waitUntil(lambda: not window.canvas.player.running)


@pytest.mark.parametrize("name", ["light", "dark", "system"])
def test_the_menu_marks_what_was_chosen(open_window: OpenWindow, name: str) -> None:
    window = open_window("xor")
    window.actions_by_name[name].trigger()
    assert window.actions_by_name[name].isChecked()
    assert window.program.settings.settings.theme == name
    assert [action for action in ("light", "dark", "system") if window.actions_by_name[action].isChecked()] == [name]
