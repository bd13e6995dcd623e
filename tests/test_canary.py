"""The Qt that is installed bears what the program does to it: some versions crash after a few thousand calls."""

from __future__ import annotations

import subprocess
import sys

import PySide6

from nnviz.cli.display import is_bad

CALLS = 100_000
SCRIPT = f"""
import sys
from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication, QLabel

application = QApplication([])
label, timer, thing = QLabel(), QTimer(), QObject()
image = QImage(8, 8, QImage.Format.Format_RGB32)
painter = QPainter(image)
before = sys.getrefcount(None)
for number in range({CALLS} // 5):
    label.setEnabled(True)
    timer.setInterval(10)
    thing.setObjectName("name")
    painter.drawLine(0, 0, 7, 7)
    label.update()
painter.end()
# A call that returns nothing must not use up references to None (PySide6 6.12 on Python 3.11); they are immortal from 3.12 on.
print("lost" if before - sys.getrefcount(None) > {CALLS} // 10 else "alive")
"""


def test_a_hundred_thousand_void_calls() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "alive"


def test_the_installed_version_is_not_one_that_is_refused() -> None:
    assert not is_bad(PySide6.__version__, sys.version_info[:2])
