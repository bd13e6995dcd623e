"""Twelve set-ups: four screens at three scalings, from 1024×600 to 4K and 100 to 300 % (RELIABILITY 13).

Run as a program, this file opens one window and carries it from screen to screen; the scaling is that of its process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject, QPoint, QRect, QTimer, Slot
from PySide6.QtGui import QScreen
from PySide6.QtWidgets import QApplication, QDialog, QToolButton, QWidget

from nnviz.app.document import RunState
from nnviz.app.start import example_start
from nnviz.ui.main_window import MainWindow
from nnviz.ui.program import run

SCREENS = ((1024, 600), (1366, 768), (1920, 1080), (3840, 2160))
FACTORS = (1.0, 2.0, 3.0)
NARROWEST, LOWEST = 512, 420  # device-independent pixels that still show the whole window; 1024×600 has fewer from 200 % on
HARMLESS = ("This plugin does not support propagateSizeHints()", "This plugin does not support raise()")


class Carrier(QObject):
    """Carries the window from screen to screen and looks at it there."""

    def __init__(self) -> None:
        super().__init__(QApplication.instance())
        self.screens, self.seen = list(QApplication.screens()), list[dict[str, Any]]()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.act)
        self._timer.start(100)
        self._moved = False

    @Slot()
    def act(self) -> None:
        """Move to the next screen, or look."""
        window = next(widget for widget in QApplication.topLevelWidgets() if isinstance(widget, MainWindow))
        if window.document.state is not RunState.PAUSED or not window.is_complete:
            return
        if not self._moved:
            window.setGeometry(self.screens[0].availableGeometry())
        else:
            self.seen.append(self.look(window, self.screens.pop(0)))
        self._moved = not self._moved
        if not self.screens:
            self._timer.stop()
            print(json.dumps(self.seen), flush=True)  # noqa: T201 - what this program is for
            window.close()

    def look(self, window: MainWindow, screen: QScreen) -> dict[str, Any]:
        """Return what can be seen of the window and of its settings on this screen."""
        room = screen.availableGeometry()
        buttons = [button for button in window.top_bar.findChildren(QToolButton) if not button.objectName().startswith("qt_")]
        window.look.settings()
        dialog = window.look._dialog
        assert isinstance(dialog, QDialog)
        fits = room.size().expandedTo(dialog.size()) == room.size()
        dialog.close()
        return {
            "size": [room.width(), room.height()],
            "ratio": screen.devicePixelRatio(),
            "window": [window.width(), window.height()],
            "least": [window.minimumSizeHint().width(), window.minimumSizeHint().height()],
            "cut off": [button.accessibleName() for button in buttons if not _whole(button, window, room)],
            "buttons": len(buttons),
            "picture": not window.grab().isNull(),
            "settings": fits,
        }


def _whole(button: QWidget, window: MainWindow, room: QRect) -> bool:
    """Tell whether a button is on the screen, as large as it wants to be."""
    place = QRect(button.mapTo(window, QPoint(0, 0)), button.size())
    hint = button.minimumSizeHint()
    enough = button.width() >= hint.width() and button.height() >= hint.height()
    return button.isVisible() and enough and QRect(QPoint(0, 0), room.size()).contains(place)


def screens_at(factor: float, tmp_path: Path) -> list[dict[str, Any]]:
    """Return what a process with this scaling sees on each screen."""
    left, screens = 0, []
    for width, height in SCREENS:
        about = {"name": f"{width}x{height}", "x": left, "y": 0, "width": width, "height": height}
        screens.append({**about, "logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1})
        left += width
    table = tmp_path / "screens.json"
    table.write_text(json.dumps({"screens": screens}))
    environment = {**os.environ, "QT_QPA_PLATFORM": f"offscreen:configfile={table}", "QT_SCALE_FACTOR": str(factor)}
    done = subprocess.run([sys.executable, __file__], env=environment, capture_output=True, text=True, timeout=100, check=False)
    said = [line for line in done.stderr.splitlines() if not line.endswith(HARMLESS)]
    assert done.returncode == 0 and not said, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("factor", FACTORS)
def test_the_window_can_be_used_on_every_screen(factor: float, tmp_path: Path) -> None:
    found = screens_at(factor, tmp_path)
    assert [seen["ratio"] for seen in found] == [factor] * len(SCREENS)
    for seen, screen in zip(found, SCREENS, strict=True):
        assert seen["picture"] and seen["buttons"] == 7, seen
        width, height = (length / factor for length in screen)
        assert seen["settings"], seen
        if width >= NARROWEST:
            assert seen["cut off"] == [], seen
        if height >= LOWEST:
            assert seen["window"] == [round(width), round(height)], seen


def main() -> int:
    """Open the window."""
    application = QApplication(["nnviz"])
    carrier = Carrier()
    code = run([example_start("circle")])
    del application, carrier
    return code


if __name__ == "__main__":
    sys.exit(main())
