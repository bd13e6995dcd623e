"""What one update and painting of each plot costs while training runs (PERFORMANCE.md, "The window"); `make bench` measures it."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from nnviz.app.frame import Frame, Wanted
from nnviz.app.framing import make_frame, planes
from nnviz.data.prepare import Prepared, prepare
from nnviz.engine.history import SERIES, Curves
from nnviz.engine.trainer import Trainer
from nnviz.formats.examples import load
from nnviz.ui.map_colors import image, packed, value_pixels, value_table
from nnviz.ui.plots.table import PLOTS
from nnviz.ui.theme import LIGHT

POINTS = 2048


def trained(example: str) -> tuple[Prepared, Frame]:
    loaded = load(example)
    data = prepare(loaded.spec.data)
    trainer = Trainer(loaded.spec, data.samples, initial=loaded.initial)
    for _ in range(3):
        trainer.run_epoch()
    return data, make_frame(trainer, data, planes(data), 0, Wanted(surface=True), 0)


@pytest.mark.parametrize("name", PLOTS)
def test_update_and_paint(name: str, benchmark: Any, qapp: Any) -> None:
    data, frame = trained("sine" if name == "fit" else "spiral")
    x = np.arange(float(POINTS))
    y = np.exp(-x / 500) + 0.1 * np.random.default_rng(0).random(POINTS)
    plot, steps, picture = PLOTS[name].plot(), count(1), QImage(420, 200, QImage.Format.Format_RGB32)
    plot.resize(420, 200)
    plot.show()
    plot.show_data(data)

    def update() -> None:
        step = next(steps)
        end = POINTS // 2 + step % (POINTS // 2)
        curves = Curves(dict.fromkeys(SERIES, (x[:end], y[:end])))
        layers = tuple(replace(layer, gradient=layer.gradient * (1.5 + np.sin(step))) for layer in frame.layers)
        plot.show_frame(replace(frame, step=step, curves=curves, layers=layers, steps_per_second=1000.0))
        QWidget.render(plot.view, picture, QPoint())

    benchmark(update)
    assert plot.frame is not None
    assert plot.frame.step >= 1
    plot.close()
    plot.deleteLater()


def test_twenty_maps(benchmark: Any) -> None:
    maps = np.random.default_rng(0).uniform(-1, 1, (20, 32, 32)).astype(np.float32)
    table = packed(value_table(LIGHT))
    pictures = benchmark(lambda: [image(value_pixels(values, table)) for values in maps])
    assert len(pictures) == 20
