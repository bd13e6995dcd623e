"""The rows of `nnviz bench` that need the whole window: what training keeps of its speed, how evenly the GUI ticks.

It runs in a process of its own, `python -m nnviz.cli.bench_window`, which prints the rows as JSON. Headless training is
measured there too, before and after, so that the share holds however busy the machine is.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from nnviz.cli.errors import FailedError
from nnviz.engine.problem import problem

SECONDS = 4.0
EXAMPLE = "circle"
Row = dict[str, Any]


def window_rows() -> list[Row]:
    """Measure the window with a network of W1's size, idle and while the mouse moves."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run([sys.executable, "-m", "nnviz.cli.bench_window"], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise FailedError(problem("window", "bench-worker-ended"))
    rows: list[Row] = json.loads(done.stdout.splitlines()[-1])
    return rows


def _headless(seconds: float) -> float:
    """Return steps a second without a window."""
    from nnviz.data.prepare import prepare
    from nnviz.engine.trainer import Trainer
    from nnviz.formats.examples import load

    spec = load(EXAMPLE).spec
    trainer, began = Trainer(spec, prepare(spec.data).samples), time.perf_counter()
    while time.perf_counter() - began < seconds:
        for _ in range(50):
            trainer.advance()
    return trainer.step_count / (time.perf_counter() - began)


class Stage:
    """A shown window that trains, and an event loop to run it by."""

    def __init__(self) -> None:
        from PySide6.QtWidgets import QApplication

        from nnviz.app.document import Document, RunState
        from nnviz.app.garbage import GarbageCollector
        from nnviz.app.gate import BusyGate
        from nnviz.formats.examples import load
        from nnviz.ui.main_window import MainWindow
        from nnviz.ui.theme import load_fonts

        self.application = QApplication(["nnviz"])
        load_fonts()
        self.paused = RunState.PAUSED
        self.document = Document(load(EXAMPLE).spec, None, BusyGate(self.application))
        self.window = MainWindow(self.document)
        GarbageCollector(self.window)
        self.window.show()
        self.run_until(lambda: self.document.state is self.paused and bool(self.window.plots.docks))
        self.run_for(1.0)

    def run_until(self, holds: Callable[[], bool], longest: float = 20.0) -> None:
        """Let the window live until something holds."""
        from PySide6.QtCore import QEventLoop, QTimer

        loop, timer, end = QEventLoop(), QTimer(), time.perf_counter() + longest

        def look() -> None:
            if holds() or time.perf_counter() > end:
                loop.quit()

        timer.timeout.connect(look)
        timer.start(10)
        loop.exec()
        timer.stop()

    def run_for(self, seconds: float) -> None:
        """Let the window live so long."""
        from PySide6.QtCore import QEventLoop, QTimer

        loop = QEventLoop()
        QTimer.singleShot(round(1000 * seconds), loop.quit)
        loop.exec()

    def train(self, *, hover: bool) -> tuple[float, list[float]]:
        """Train for a while; return steps a second and the milliseconds between ticks of a 16 ms timer."""
        from PySide6.QtCore import QEvent, QPointF, Qt, QTimer
        from PySide6.QtGui import QMouseEvent

        ticks, pointer, clock, views = [time.perf_counter()], QTimer(), QTimer(), [self.window.canvas.viewport()]
        views += [self.window.plots.plots["loss"].view.viewport()]
        none, still = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier

        def move() -> None:
            at, view = QPointF(100 + 7 * len(ticks) % 300, 60 + 3 * len(ticks) % 80), views[len(ticks) % 2]
            moved = QMouseEvent(QEvent.Type.MouseMove, at, QPointF(view.mapToGlobal(at.toPoint())), none, none, still)
            self.application.postEvent(view, moved)

        def tick() -> None:
            ticks.append(time.perf_counter())

        pointer.timeout.connect(move)
        clock.timeout.connect(tick)
        clock.setTimerType(Qt.TimerType.PreciseTimer)
        self.document.train()
        self.run_for(1.0)
        if hover:
            pointer.start(11)
        clock.start(16)
        began, first = time.perf_counter(), self.step
        ticks[:] = [began]
        self.run_for(SECONDS)
        speed = (self.step - first) / (time.perf_counter() - began)
        clock.stop()
        pointer.stop()
        return speed, (1000 * np.diff(ticks)).tolist()

    @property
    def step(self) -> int:
        """The newest step shown."""
        return self.document.frame.step if self.document.frame is not None else 0

    def pause(self) -> float:
        """Return the milliseconds from the key to the last step."""
        began = time.perf_counter()
        self.document.pause()
        self.run_until(lambda: self.document.state is self.paused)
        return 1000 * (time.perf_counter() - began)


def main() -> None:
    """Measure, and print the rows."""
    before, stage, rows = _headless(1.5), Stage(), []
    measured = {}
    for name in ("idle", "hover"):
        speed, ticks = stage.train(hover=name == "hover")
        measured[name] = (speed, ticks, stage.pause())
    headless = (before + _headless(1.5)) / 2
    for name, (speed, ticks, pause) in measured.items():
        spread = {"tick_ms_p95": float(np.percentile(ticks, 95)), "tick_ms_max": max(ticks), "pause_ms": pause}
        kept = {"workload": "window", "implementation": f"nnviz-f8 {name}", "us": 1e6 / speed, "ratios": {"headless": speed / headless}}
        rows.append({**kept, **spread})
    stage.window.close()
    sys.stdout.write(json.dumps(rows) + "\n")


if __name__ == "__main__":
    main()
