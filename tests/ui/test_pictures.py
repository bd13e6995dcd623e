"""Pictures are made beside the window: painting breathes often, and the window goes on meanwhile."""

from __future__ import annotations

import time
from base64 import b64decode
from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, Qt, QTimer
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from pytestqt.qtbot import QtBot

from nnviz.app.gate import BusyGate
from nnviz.app.jobs import Jobs
from nnviz.app.progress import CancelledError, Progress
from nnviz.ui import pictures
from nnviz.ui.canvas.canvas import Canvas
from nnviz.ui.canvas.pictures import build, picture
from nnviz.ui.theme import LIGHT
from tests.benchmarks.test_canvas import wide
from tests.ui.canvas.networks import planar

TICK = 5  # ms


@pytest.fixture
def canvas(qtbot: QtBot) -> Canvas:
    """Return a canvas with 17 024 edges, all drawn in pictures."""
    run = wide((128, 64, 10), 64)
    made = build(run.spec, run.frame, run.data, LIGHT, (1200, 800))
    qtbot.addWidget(made)
    made.sheet.unfolded = frozenset({"input", "l1", "l2"})
    made.fit()
    return made


@pytest.fixture
def jobs(qapp: QCoreApplication) -> Iterator[Jobs]:
    """Jobs that wait at a gate, as the program's do."""
    gate = BusyGate(qapp)
    made = Jobs(None, gate)
    yield made
    made.close()
    qapp.removeEventFilter(gate)
    gate.deleteLater()


@pytest.mark.parametrize("suffix", pictures.FILES)
def test_painting_breathes_at_every_edge(canvas: Canvas, suffix: str) -> None:
    breaths: list[float] = []
    begun = pictures.begun(picture(canvas), suffix, 2.0, False)
    begun(Progress(wait=lambda: breaths.append(time.thread_time())))
    assert len(breaths) > 17_000
    assert np.percentile(np.diff(breaths), 99) < 0.005


@pytest.mark.parametrize("suffix", pictures.FILES)
def test_painting_can_be_given_up_in_the_middle(canvas: Canvas, suffix: str) -> None:
    breaths: list[None] = []

    def wait() -> None:
        breaths.append(None)
        if len(breaths) == 5000:
            raise CancelledError

    with pytest.raises(CancelledError):
        pictures.begun(picture(canvas), suffix, 1.0, False)(Progress(wait=wait))
    assert len(breaths) == 5000


@pytest.mark.parametrize("suffix", pictures.FILES)
def test_the_window_goes_on_while_a_large_picture_is_made(canvas: Canvas, jobs: Jobs, qtbot: QtBot, suffix: str) -> None:
    work, ticks = pictures.begun(picture(canvas), suffix, 4.0, False), list[float]()
    clock = QTimer()
    clock.setTimerType(Qt.TimerType.PreciseTimer)
    clock.timeout.connect(lambda: ticks.append(time.perf_counter()))
    clock.start(TICK)
    began = time.perf_counter()
    with qtbot.waitSignal(jobs.start("picture", lambda progress: len(work(progress))).finished, timeout=60_000):
        pass
    took = time.perf_counter() - began
    clock.stop()
    assert len(ticks) > 0.3 * 1000 * took / TICK
    assert np.median(np.diff(ticks)) < 3 * TICK / 1000


def test_images_in_an_svg_are_those_qt_would_put_there(qtbot: QtBot) -> None:
    run = planar((4, 3, 1))
    canvas = build(run.spec, run.frame, run.data, LIGHT, (600, 400))
    qtbot.addWidget(canvas)
    taken = picture(canvas)
    content, buffer = pictures._buffer()
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setResolution(taken.dots)
    with QPainter(generator) as painter:
        taken.paint(painter, True, lambda: None)
    images = [each.split(b'"')[0] for each in bytes(content.data()).split(b"base64,")[1:]]
    assert len(images) > 5
    assert [each.split(b'"')[0] for each in pictures.svg(taken).split(b"base64,")[1:]] == images
    assert not any(QImage.fromData(b64decode(each)).isNull() for each in images)
