"""The status bar says what is happening, in numbers that can be read and in the present language."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnviz.app.document import RunState
from nnviz.explain.numbers import format_number
from nnviz.ui.status import Status
from tests.ui.conftest import OpenWindow


def test_speeds_are_written_like_all_numbers(open_window: OpenWindow) -> None:
    document = open_window("xor").document
    status = Status(document)
    document.state, document.frame = RunState.TRAINING, replace(document.frame, steps_per_second=12345.6)
    document.state_changed.emit(document.state)
    assert f"{format_number(12346)} steps/s" in status.activity.text()
    document.state = RunState.PAUSED


def test_it_follows_the_run_and_the_pass(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_window("xor")
    status = window.statusBar()
    assert status.activity.text().startswith("Ready") and "reproducible" in status.setup.text()
    with qtbot.waitSignal(window.document.stepper.stage_changed):
        window.document.step_through()
    assert status.activity.text().startswith(f"Stage 1 of {len(window.document.stepper.stages)}")
    window.document.apply_pass()
    qtbot.waitUntil(lambda: "hand-stepped" in status.setup.text())


def test_a_change_of_language_says_it_again(open_window: OpenWindow) -> None:
    status = open_window("xor").statusBar()
    status.activity.setText("")
    QApplication.sendEvent(status, QEvent(QEvent.Type.LanguageChange))
    assert status.activity.text().startswith("Ready")
