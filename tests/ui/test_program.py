"""One process, several windows: what they share, which of them trains at full speed, and the way out."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nnviz.app.places import config_folder
from nnviz.app.recovery import find
from nnviz.app.start import Start, example_start
from nnviz.formats.examples import load
from nnviz.ui.program import Program
from tests.ui.conftest import OpenWindow, end

PROGRAM = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from nnviz.app.start import Start, example_start
from nnviz.ui.program import run
application = QApplication(["nnviz"])

def windows():
    return [widget for widget in application.topLevelWidgets() if hasattr(widget, "document")]

def act():
    if not all(window.is_complete and window.document.state.value == "paused" for window in windows()):
        QTimer.singleShot(50, act)
        return
    if sys.argv[1] == "close":
        print("shown", flush=True)
        application.closeAllWindows()
        return
    for window in windows():
        window.document.train()
        window.document.frame_changed.connect(tell)
    if sys.argv[1] == "dialog":
        window.guide.about()

def tell(frame):
    if frame.epoch > 2:
        for window in windows():
            window.document.frame_changed.disconnect(tell)
        print("training", flush=True)

QTimer.singleShot(100, act)
sys.exit(run([example_start("circle"), example_start("xor")], "dark"))
"""


def start(what: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", PROGRAM, what], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_windows_open_and_close_cleanly() -> None:
    running = start("close")
    out, err = running.communicate(timeout=60)
    assert running.returncode == 0 and out == "shown\n" and "Traceback" not in err and "QThread" not in err
    assert not find()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("what", ["train", "dialog"])
def test_a_signal_ends_it_soon_while_training_and_nothing_is_lost(number: int, what: str) -> None:
    running = start(what)
    assert running.stdout is not None
    assert running.stdout.readline() == "training\n"
    sent = time.monotonic()
    running.send_signal(number)
    _, err = running.communicate(timeout=30)
    assert running.returncode == 0 and "Traceback" not in err and "QThread" not in err
    assert time.monotonic() - sent < 10  # a busy machine; the campaign's figure of 1.5 s is measured by tests/acceptance/test_endings.py


def test_a_signal_is_obeyed_from_the_event_loop(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_window("xor")
    window.program.end_soon(signal.SIGTERM, None)
    assert window.isVisible()  # closing here would wait for the gate, whose lock the signal may have interrupted
    qtbot.waitUntil(lambda: not window.isVisible())


def test_only_the_active_window_trains_at_full_speed(qtbot: QtBot, open_window: OpenWindow) -> None:
    first, second = open_window("circle"), open_window("circle")
    for window in (first, second):
        window.document.train()
    qtbot.waitUntil(lambda: second.document.frame.epoch > 5)
    steps = first.document.frame.step, second.document.frame.step
    qtbot.waitUntil(lambda: second.document.frame.step > steps[1] + 3000, timeout=20000)
    assert first.document.frame.step - steps[0] < (second.document.frame.step - steps[1]) / 2
    first.activateWindow()
    qtbot.waitUntil(first.isActiveWindow)
    begun = first.document.frame.step
    qtbot.waitUntil(lambda: first.document.frame.step > begun + 500, timeout=20000)  # both workers have heard of it
    steps = first.document.frame.step, second.document.frame.step
    qtbot.waitUntil(lambda: first.document.frame.step > steps[0] + 3000, timeout=20000)
    assert second.document.frame.step - steps[1] < (first.document.frame.step - steps[0]) / 2


def test_the_settings_are_one_for_all_windows(qtbot: QtBot, open_window: OpenWindow) -> None:
    first, second = open_window("circle"), open_window("xor")
    first.look.use_dark()
    assert first.theme.name == second.theme.name == "dark"
    second.look.larger()
    assert first.theme.scale == second.theme.scale > 1


def test_corrupt_settings_never_stop_a_start(qtbot: QtBot, qapp: QApplication) -> None:
    path = config_folder() / "settings.json"
    path.write_bytes(b'{"theme": "dark", "scale": "huge", "digits": 1e999')
    program = Program(qapp)
    window = program.open_window(example_start("circle"))
    qtbot.addWidget(window)
    qtbot.waitUntil(lambda: window.is_complete and window.banner.isVisible(), timeout=20000)
    assert window.theme.name == "light" and "settings.json" in window.banner.words.text()
    end(program)


def test_a_new_project_begins_as_the_settings_say(qtbot: QtBot, open_window: OpenWindow) -> None:
    window = open_window("iris")
    assert window.program.new_start().project.spec == load("circle").spec
    window.look._begin_with_this()
    assert window.program.new_start().project.spec == load("iris").spec
    window.program.settings.change(new_project="")
    assert window.program.new_start().project.spec == load("circle").spec


def test_the_same_file_is_not_opened_twice(qtbot: QtBot, open_window: OpenWindow, tmp_path: Path) -> None:
    window, path = open_window("circle"), tmp_path / "a.nnviz"
    path.write_bytes(b"")
    window.document.file.begin(Start(example_start("circle").project, "a", path))
    assert window.program.raise_window_of(tmp_path / "." / "a.nnviz")
    assert not window.program.raise_window_of(tmp_path / "b.nnviz")


def test_a_window_that_cannot_be_made_leaves_no_thread(open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    program = open_window("circle").program
    monkeypatch.setattr("nnviz.ui.program.MainWindow", None)
    with pytest.raises(TypeError):
        program.open_window(example_start("xor"))
