"""The way in and the way out, in a process of its own."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

PROGRAM = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from nnviz.formats.examples import load
from nnviz.ui.launch import open_window
application = QApplication(["nnviz"])
def shown():
    window = application.activeWindow() or application.topLevelWidgets()[0]
    print("shown", flush=True)
    if sys.argv[1] == "close":
        application.closeAllWindows()
    elif sys.argv[1] == "train":
        [w for w in application.topLevelWidgets() if hasattr(w, "document")][0].document.train()
QTimer.singleShot(1500, shown)
example = load("circle")
sys.exit(open_window(example.spec, example.initial, None, "circle", "dark"))
"""


def start(what: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", PROGRAM, what], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_the_window_opens_and_closes_cleanly() -> None:
    out, err = start("close").communicate(timeout=60)
    assert out == "shown\n" and "Traceback" not in err and "QThread" not in err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly_while_training(number: int) -> None:
    running = start("train")
    assert running.stdout is not None
    assert running.stdout.readline() == "shown\n"
    time.sleep(0.3)  # of another process: there is no signal of it to wait for
    running.send_signal(number)
    _, err = running.communicate(timeout=30)
    assert running.returncode == 0 and "Traceback" not in err and "QThread" not in err
