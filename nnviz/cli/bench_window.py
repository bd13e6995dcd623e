"""The rows of `nnviz bench` that need the whole window: what training keeps of its speed, and how evenly the GUI ticks.

They run in a process of their own, `python -m nnviz.cli.bench_window window|ticks`, which prints the rows as JSON.
Headless training is measured there too, before and after, so that the share holds however busy the machine is.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nnviz.cli.bench_files import LARGE
from nnviz.cli.bench_screen import own_home
from nnviz.cli.bench_work import spec_of
from nnviz.cli.errors import FailedError
from nnviz.engine.problem import problem

if TYPE_CHECKING:
    from nnviz.app.progress import Progress
    from nnviz.app.start import Start

SECONDS = 4.0
EXAMPLE = "circle"
Row = dict[str, Any]


def window_rows(name: str) -> list[Row]:
    """Measure the window that trains: its speed and ticks, or the ticks while it saves and exports."""
    command = [sys.executable, "-m", "nnviz.cli.bench_window", name, str(SECONDS)]
    with own_home() as environment:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise FailedError(problem(name, "bench-worker-ended"))
    rows: list[Row] = json.loads(done.stdout.splitlines()[-1])
    return rows


def _headless(seconds: float) -> float:
    """Return steps a second without a window."""
    from nnviz.app.worker import BURST
    from nnviz.data.prepare import prepare
    from nnviz.engine.burst import Burst
    from nnviz.engine.trainer import Trainer
    from nnviz.formats.examples import load

    spec = load(EXAMPLE).spec
    trainer, burst, began = Trainer(spec, prepare(spec.data).samples), Burst(BURST), time.perf_counter()
    while time.perf_counter() - began < seconds:
        burst.advance(trainer)
    return trainer.step_count / (time.perf_counter() - began)


class Stage:
    """A shown window that trains, and an event loop to run it by."""

    def __init__(self, start: Start, seconds: float) -> None:
        from PySide6.QtWidgets import QApplication

        from nnviz.app.document import RunState
        from nnviz.app.garbage import GarbageCollector
        from nnviz.app.gate import BusyGate
        from nnviz.ui.program import Program
        from nnviz.ui.theme import load_fonts

        self.ticks: list[float] = []
        self.seconds, self.exported = seconds, 0
        self.application = QApplication(["nnviz"])
        load_fonts()
        self.paused = RunState.PAUSED
        self.program = Program(self.application, gate=BusyGate(self.application))
        self.window = self.program.open_window(start)
        self.document = self.window.document
        GarbageCollector(self.window)
        self.run_until(lambda: self.document.state is self.paused and self.window.is_complete)
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

    def train(self, pulse: Callable[[], object] | None = None, period: int = 11) -> tuple[float, list[float]]:
        """Train for a while; return steps a second and the milliseconds between ticks of a 16 ms timer.

        Args:
            pulse: what is done meanwhile, if anything.
            period: how often that is, in milliseconds.
        """
        from PySide6.QtCore import Qt, QTimer

        ticks, pulses, clock = self.ticks, QTimer(), QTimer()

        def tick() -> None:
            ticks.append(time.perf_counter())

        if pulse is not None:
            pulses.timeout.connect(pulse)
        clock.timeout.connect(tick)
        clock.setTimerType(Qt.TimerType.PreciseTimer)
        self.document.train()
        self.run_for(1.0)
        if pulse is not None:
            pulses.start(period)
        clock.start(16)
        began, first = time.perf_counter(), self.step
        ticks[:] = [began]
        self.run_for(self.seconds)
        speed = (self.step - first) / (time.perf_counter() - began)
        clock.stop()
        pulses.stop()
        return speed, (1000 * np.diff(ticks)).tolist()

    def hover(self) -> None:
        """Move the mouse a bit, now over the canvas, now over a plot."""
        from PySide6.QtCore import QEvent, QPointF, Qt
        from PySide6.QtGui import QMouseEvent

        count, none, still = len(self.ticks), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
        view = self.window.plots.plots["loss"].view.viewport() if count % 2 else self.window.canvas.viewport()
        at = QPointF(100 + 7 * count % 300, 60 + 3 * count % 80)
        moved = QMouseEvent(QEvent.Type.MouseMove, at, QPointF(view.mapToGlobal(at.toPoint())), none, none, still)
        self.application.postEvent(view, moved)

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

    def export(self) -> None:
        """Make a picture of the canvas in a job, as the Export menu does: PNG, SVG and PDF in turn."""
        from nnviz.ui.canvas.pictures import picture
        from nnviz.ui.pictures import begun

        self.exported += 1
        work = begun(picture(self.window.canvas), (".png", ".svg", ".pdf")[self.exported % 3], 4.0, False)
        self.program.jobs.start("", _made, (work,))

    def close(self) -> None:
        """End without a question about what is unsaved."""
        self.window.abandon()
        self.program.close()


def _made(progress: Progress, work: Callable[[Progress], bytes]) -> int:
    return len(work(progress))


def _spread(ticks: list[float]) -> Row:
    return {"tick_ms_p95": float(np.percentile(ticks, 95)), "tick_ms_max": max(ticks)}


def _window(seconds: float) -> list[Row]:
    """Measure a network of W1's size, idle and while the mouse moves."""
    from nnviz.app.start import example_start

    before, stage, rows, measured = _headless(1.5), Stage(example_start(EXAMPLE), seconds), [], {}
    for name, pulse in (("idle", None), ("hover", stage.hover)):
        measured[name] = (*stage.train(pulse), stage.pause())
    headless = (before + _headless(1.5)) / 2
    for name, (speed, ticks, pause) in measured.items():
        kept = {"workload": "window", "implementation": f"nnviz-f8 {name}", "us": 1e6 / speed, "ratios": {"headless": speed / headless}}
        rows.append({**kept, **_spread(ticks), "pause_ms": pause})
    stage.close()
    return rows


def _ticks(seconds: float) -> list[Row]:
    """Measure the ticks while a project of 100 000 weights trains, and is saved or exported again and again."""
    from nnviz.app.start import Start
    from nnviz.formats.project import Project

    rows = []
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(Start(Project(spec_of(LARGE), None), "large", Path(folder) / "large.nnviz"), seconds)
        for name, pulse, period in (("training", None, 0), ("saving", stage.window.saving.save, 500), ("exporting", stage.export, 1000)):
            speed, ticks = stage.train(pulse, period)
            rows.append({"workload": "ticks", "implementation": name, "us": 1e6 / speed, "ratios": {}, **_spread(ticks)})
        stage.pause()
        stage.close()
    return rows


WINDOW: dict[str, Callable[[float], list[Row]]] = {"window": _window, "ticks": _ticks}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(WINDOW[sys.argv[1]](float(sys.argv[2]))) + "\n")
