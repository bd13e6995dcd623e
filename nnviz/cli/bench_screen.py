"""The rows of `nnviz bench` that draw: one paint of the canvas, of a plot, and the start until the canvas is painted.

Each runs in a process of its own, `python -m nnviz.cli.bench_screen canvas|wide|plots|start`, which prints microseconds: of CPU
time, but for the start, where people wait for the disk too.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from nnviz.cli.errors import FailedError
from nnviz.engine.problem import problem

if TYPE_CHECKING:
    from nnviz.data.prepare import Prepared
    from nnviz.engine.trainer import Trainer

PAINTS = 40
STARTS = 5
ROUNDS = 12
PLOT_SIZE = (420, 200)
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


def wide_times() -> list[float]:
    """Return the same for 64-128-64-10 with every neuron shown."""
    return _child("wide")


def plot_times() -> list[float]:
    """Return the microseconds that the slowest of all plots takes to show and paint a new frame, by round."""
    return _child("plots")


def start_times() -> list[float]:
    """Return the microseconds of starts: from the making of the process to the first picture of the canvas."""
    return [_child("start")[0] for _ in range(STARTS)]


SCREEN: dict[str, Callable[[], list[float]]] = {
    "canvas": canvas_times,
    "canvas-wide": wide_times,
    "plots": plot_times,
    "start": start_times,
}


def _paint() -> list[float]:
    from nnviz.cli.source import read_source
    from nnviz.data.prepare import prepare

    source = read_source("spiral", CANVAS_SETTINGS)
    data = prepare(source.spec.data)
    return _painted(source.trainer(data), data, False)


def _wide() -> list[float]:
    from nnviz.cli.bench_files import WIDE, table_data
    from nnviz.cli.bench_work import spec_of
    from nnviz.engine.trainer import Trainer

    data = table_data(WIDE)
    return _painted(Trainer(spec_of(WIDE), data.samples), data, True)


def _painted(trainer: Trainer, data: Prepared, unfolded: bool) -> list[float]:
    """Train epoch by epoch; return the microseconds each new frame took to be shown and painted."""
    from PySide6.QtCore import QRect
    from PySide6.QtGui import QImage, QPainter

    from nnviz.cli.bench_files import unfold
    from nnviz.cli.drawing import drawn_canvas, frame_of

    times = []
    with drawn_canvas(trainer, data) as canvas:
        if unfolded:
            unfold(canvas)
        image = QImage(canvas.viewport().size(), QImage.Format.Format_RGB32)
        for _ in range(PAINTS):
            trainer.run_epoch()
            frame = frame_of(trainer, data)
            begun = time.process_time()
            canvas.show_frame(frame)
            painter = QPainter(image)
            canvas.render(painter, QRect(image.rect()), canvas.viewport().rect())
            painter.end()
            times.append((time.process_time() - begun) * 1e6)
    return times


def _plots() -> list[float]:
    from PySide6.QtCore import QPoint
    from PySide6.QtGui import QImage
    from PySide6.QtWidgets import QApplication, QWidget

    from nnviz.cli.drawing import frame_of
    from nnviz.cli.source import read_source
    from nnviz.data.prepare import prepare
    from nnviz.ui.plots.table import PLOTS
    from nnviz.ui.theme import load_fonts

    application, times = QApplication(["nnviz"]), [0.0] * ROUNDS
    load_fonts()
    for name, kind in PLOTS.items():
        source = read_source("sine" if name == "fit" else "spiral")
        data = prepare(source.spec.data)
        trainer, plot, picture = source.trainer(data), kind.plot(), QImage(*PLOT_SIZE, QImage.Format.Format_RGB32)
        plot.resize(*PLOT_SIZE)
        plot.show()
        plot.show_data(data)
        for number in range(-1, ROUNDS):  # the first only sets the plot up
            trainer.run_epoch()
            frame, begun = frame_of(trainer, data), time.process_time()
            plot.show_frame(frame)
            QWidget.render(plot.view, picture, QPoint())
            if number >= 0:
                times[number] = max(times[number], (time.process_time() - begun) * 1e6)
        plot.close()
        plot.deleteLater()
    application.quit()
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
    for value in {"canvas": _paint, "wide": _wide, "plots": _plots, "start": _start}[sys.argv[1]]():
        sys.stdout.write(f"{value}\n")
