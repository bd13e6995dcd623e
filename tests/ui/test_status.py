"""The status bar says what is happening, in numbers that can be read and in the present language."""

from __future__ import annotations

import time
from dataclasses import replace

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnviz.app.document import RunState
from nnviz.app.jobs import Progress
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


def test_why_training_has_ended_stays_in_the_status_bar(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_window("xor")
    document = window.document
    document.edit(replace(document.spec, training=replace(document.spec.training, epochs=3)), "Three epochs")
    document.train()
    qtbot.waitUntil(lambda: "its 3 epochs" in window.status.activity.accessibleName())
    assert "its 3 epochs" in window.banner.words.text() and window.banner.isVisible()
    document.reset()
    qtbot.waitUntil(lambda: window.status.activity.accessibleName().startswith("Ready") and window.banner.isHidden())


def test_it_is_said_that_the_readable_engine_trains_and_why(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_window("xor")
    document, setup = window.document, window.status.setup
    assert "engine" not in setup.text() and not setup.toolTip()
    training = document.spec.training
    document.edit(replace(document.spec, training=replace(training, learning_rate=1e200)), "A wild rate")
    qtbot.waitUntil(lambda: setup.text().startswith("readable engine · "))
    assert "overflow" in setup.toolTip()
    document.edit(replace(document.spec, training=training), "A tame one")
    qtbot.waitUntil(lambda: "engine" not in setup.text() and not setup.toolTip())


def test_a_change_of_language_says_it_again(qtbot: QtBot, open_window: OpenWindow) -> None:
    status = open_window("xor").statusBar()
    qtbot.waitUntil(lambda: status.activity.isVisible() and status.activity.width() > 300)  # once it is laid out
    status.activity.setText("")
    QApplication.sendEvent(status, QEvent(QEvent.Type.LanguageChange))
    assert status.activity.text().startswith("Ready")


def test_long_words_never_push_the_job_bar_out_of_a_narrow_window(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_window("xor")
    window.resize(1024, 600)
    window.program.settings.change(scale=1.5)
    window.document.step_through()
    window.status.activity.show_words("many words " * 40)
    job = window.program.jobs.start("Exporting a file with a rather long name.svg", wait)
    qtbot.waitUntil(window.job_bar.isVisible)
    qtbot.waitUntil(lambda: window.status.activity.text().endswith("…"))
    for widget in (window.job_bar, window.job_bar.bar, window.job_bar.cancel):
        right = widget.mapTo(window, widget.rect().topRight()).x()
        assert widget.isVisible() and right < 1024 and widget.width() >= widget.minimumSizeHint().width()
    assert window.width() == 1024
    job.cancel()


def wait(progress: Progress) -> None:
    """Go on until cancelled."""
    while True:
        time.sleep(0.02)
        progress.report(0.3)
