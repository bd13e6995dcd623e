"""The rows of `nnviz bench` that draw: one paint of the canvas, and the start until the canvas is painted.

Both run in a process of their own, `python -m nnviz.cli.bench_screen canvas|start`, which prints microseconds.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from nnviz.cli.errors import FailedError
from nnviz.engine.problem import problem

PAINTS = 40
STARTS = 5
CANVAS_SETTINGS = ("layers.0.units=8", "layers.1.units=8", "data.features=x1,x2")


@contextmanager
def own_home() -> Iterator[dict[str, str]]:
    """Lend the environment of a process that draws offscreen and keeps its settings and journals to itself."""
    with tempfile.TemporaryDirectory() as folder:
        yield {**os.environ, "QT_QPA_PLATFORM": "offscreen", "NNVIZ_HOME": folder}


def _child(name: str) -> list[float]:
    command = [sys.executable, "-m", "nnviz.cli.bench_screen", name]
    with own_home() as home:
        environment = {**home, "NNVIZ_BENCH_BEGUN": repr(time.time())}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise FailedError(problem(name, "bench-worker-ended"))
    return [float(line) for line in done.stdout.split()]


def canvas_times() -> list[float]:
    """Return the microseconds it takes to show and paint a new frame on a 2-8-8-1 canvas with its maps, 1200×800."""
    return _child("canvas")


def start_times() -> list[float]:
    """Return the microseconds of starts: from the making of the process to the first picture of the canvas."""
    return [_child("start")[0] for _ in range(STARTS)]


SCREEN: dict[str, Callable[[], list[float]]] = {"canvas": canvas_times, "start": start_times}


def _paint() -> list[float]:
    from PySide6.QtCore import QRect
    from PySide6.QtGui import QImage, QPainter

    from nnviz.cli.drawing import drawn_canvas, frame_of
    from nnviz.cli.source import read_source
    from nnviz.data.prepare import prepare

    source = read_source("spiral", CANVAS_SETTINGS)
    data = prepare(source.spec.data)
    trainer, times = source.trainer(data), []
    with drawn_canvas(trainer, data) as canvas:
        image = QImage(canvas.viewport().size(), QImage.Format.Format_RGB32)
        for _ in range(PAINTS):
            trainer.run_epoch()
            frame = frame_of(trainer, data)
            begun = time.perf_counter()
            canvas.show_frame(frame)
            painter = QPainter(image)
            canvas.render(painter, QRect(image.rect()), canvas.viewport().rect())
            painter.end()
            times.append((time.perf_counter() - begun) * 1e6)
    return times


def _start() -> list[float]:
    from PySide6.QtWidgets import QApplication

    from nnviz.app.gate import BusyGate
    from nnviz.app.start import example_start
    from nnviz.ui.program import Program
    from nnviz.ui.theme import load_fonts

    application = QApplication(["nnviz"])
    load_fonts()
    program = Program(application, gate=BusyGate(application))
    window = program.open_window(example_start("spiral"))
    window.canvas.grab()
    elapsed = (time.time() - float(os.environ["NNVIZ_BENCH_BEGUN"])) * 1e6
    window.close()
    program.close()
    return [elapsed]


if __name__ == "__main__":
    for value in {"canvas": _paint, "start": _start}[sys.argv[1]]():
        sys.stdout.write(f"{value}\n")
