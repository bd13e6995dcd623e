"""The leak fixtures themselves: each planted leak fails its test, and says where it came from."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).with_name("conftest.py")
PLANTED = '''
import sys, threading
import pytest
from PySide6.QtCore import QObject, QPropertyAnimation, QThread, QTimer, Signal, qWarning
from PySide6.QtWidgets import QWidget

KEPT = []

def kept(item):
    KEPT.append(item)
    return item

def test_widget(qtbot):
    kept(QWidget()).show()

def test_thread(qtbot):
    kept(QThread()).start()

def test_timer(qtbot):
    kept(QTimer()).start(10_000)

def test_timer_of_a_widget(qtbot, qapp):
    widget = QWidget()
    qtbot.addWidget(widget)
    kept(QTimer(qapp)).start(10_000)

def test_animation(qtbot):
    animation = kept(QPropertyAnimation(kept(QWidget()), b"windowOpacity"))
    animation.setDuration(60_000)
    animation.setEndValue(0.5)
    animation.start()

def test_warning(qtbot):
    qWarning("planted")

def test_slot(qtbot):
    class Sender(QObject):
        sent = Signal()
    def fails():
        raise ValueError("planted")
    sender = Sender()
    sender.sent.connect(fails)
    sender.sent.emit()

def test_hook(qtbot):
    sys.excepthook = print

def test_python_thread():
    def fails():
        raise ValueError("planted")
    thread = threading.Thread(target=fails)
    thread.start()
    thread.join()

def test_clean(qtbot):
    widget = QWidget()
    qtbot.addWidget(widget)
    timer = QTimer(widget)
    timer.start(10_000)
    thread = QThread()
    thread.start()
    thread.quit()
    thread.wait()

def test_cycle(qtbot):
    widget = QWidget()
    widget.itself = widget
'''


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("planted")
    (folder / "conftest.py").write_text(CONFTEST.read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "test_planted.py").write_text(PLANTED, encoding="utf-8")
    settings = str(CONFTEST.parents[1] / "pyproject.toml")
    command = [sys.executable, "-m", "pytest", "-c", settings, "--rootdir", str(folder), "-p", "no:cacheprovider", "-rA", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=100).stdout


LEAKS = ["widget", "thread", "timer", "timer_of_a_widget", "animation", "warning", "slot", "hook", "python_thread"]


@pytest.mark.parametrize("name", LEAKS)
def test_a_planted_leak_fails(report: str, name: str) -> None:
    outcomes = [line.split()[0] for line in report.splitlines() if line.split(" - ")[0].endswith(f"::test_{name}")]
    assert {"FAILED", "ERROR"} & set(outcomes), report


@pytest.mark.parametrize("name", ["clean", "cycle"])
def test_what_is_ended_or_only_in_a_cycle_is_no_leak(report: str, name: str) -> None:
    outcomes = [line.split()[0] for line in report.splitlines() if line.split(" - ")[0].endswith(f"::test_{name}")]
    assert outcomes == ["PASSED"], report


@pytest.mark.parametrize("line", ["kept(QThread()).start()", "kept(QTimer()).start(10_000)", "animation.start()"])
def test_the_failure_says_where_it_was_started(report: str, line: str) -> None:
    left = report.split("the test left behind:")[1:]
    assert any("test_planted.py" in part and line in part for part in left), report
