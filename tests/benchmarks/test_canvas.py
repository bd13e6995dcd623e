"""One paint of the canvas at 1200×800 (PERFORMANCE.md, "The window"); `make bench` prints the medians."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage
from pytest_benchmark.fixture import BenchmarkFixture
from pytestqt.qtbot import QtBot

from nnviz.engine.network import Network
from nnviz.explain.picture import Picture
from nnviz.ui.canvas.canvas import Canvas, Selection
from nnviz.ui.canvas.pictures import build
from nnviz.ui.theme import LIGHT
from tests.ui.canvas.networks import Run, planar
from tests.ui.canvas.networks import network as dense

SIZE = (1200, 800)


def paint(canvas: Canvas, image: QImage) -> None:
    canvas.viewport().render(image, QPoint())


def shown(qtbot: QtBot, run: Run) -> tuple[Canvas, QImage]:
    canvas = build(run.spec, run.frame, run.data, LIGHT, SIZE)
    qtbot.addWidget(canvas)
    canvas.show()
    image = QImage(*SIZE, QImage.Format.Format_RGB32)
    paint(canvas, image)
    return canvas, image


def wide(units: tuple[int, ...], inputs: int) -> Run:
    """Return the frame of a large network with fresh weights; nothing is trained."""
    small = planar((2, 1), epochs=0)
    names = tuple(f"p{index}" for index in range(inputs))
    spec = replace(small.spec, network=dense(units, names, "relu", "softmax"))
    flat = np.random.default_rng(0).normal(0, 0.1, spec.network.weights)
    passed = Network(spec.network, flat)
    x = np.random.default_rng(1).normal(size=(1, inputs))
    run = passed.forward(x)
    layers = tuple(
        replace(small.frame.layers[0], id=layer.id, weights=own.weights, bias=own.bias, z=z[0], activations=a[0], gradient=own.weights)
        for layer, own, z, a in zip(spec.network.layers, passed.views, run.z, run.a, strict=True)
    )
    frame = replace(small.frame, layers=layers, probe=replace(small.frame.probe, inputs=x[0]), maps={}, surface=None)
    return replace(small, spec=spec, frame=frame)


@pytest.fixture
def small(qtbot: QtBot) -> tuple[Canvas, QImage, Run]:
    run = planar((8, 8, 1))
    return *shown(qtbot, run), run


@pytest.fixture
def large(qtbot: QtBot) -> tuple[Canvas, QImage, Run]:
    run = wide((128, 64, 10), 64)
    canvas, image = shown(qtbot, run)
    canvas.sheet.unfolded = frozenset({"input", "l1", "l2"})
    canvas.fit()
    return canvas, image, run


def test_paint_2_8_8_1_while_training(small: tuple[Canvas, QImage, Run], benchmark: BenchmarkFixture) -> None:
    canvas, image, _ = small
    canvas.sheet.moving = True
    benchmark(paint, canvas, image)


def test_take_a_frame_of_2_8_8_1(small: tuple[Canvas, QImage, Run], benchmark: BenchmarkFixture) -> None:
    canvas, _, run = small
    benchmark(canvas.show_frame, run.frame)
    canvas.come_to_rest()


def test_paint_a_moving_pulse_on_2_8_8_1(small: tuple[Canvas, QImage, Run], benchmark: BenchmarkFixture) -> None:
    canvas, image, run = small
    canvas.show_pass(run.pictures("back")[1])
    canvas.overlay.progress = 0.3
    benchmark(paint, canvas, image)


def test_paint_64_128_64_10_while_training(large: tuple[Canvas, QImage, Run], benchmark: BenchmarkFixture) -> None:
    canvas, image, run = large
    canvas.show_frame(run.frame)
    benchmark(paint, canvas, image)
    canvas.come_to_rest()


def test_paint_64_128_64_10_while_stepping(large: tuple[Canvas, QImage, Run], benchmark: BenchmarkFixture) -> None:
    canvas, image, run = large
    terms = {"l2": run.frame.layers[1].weights * run.frame.layers[0].activations}
    canvas.show_pass(Picture(edge_values=terms, edge_kind={"l2": "term"}, lit_edges=frozenset({"l2"}), direction=1))
    canvas.overlay.progress = 0.3
    benchmark(paint, canvas, image)


def test_hover_in_64_128_64_10(large: tuple[Canvas, QImage, Run], benchmark: BenchmarkFixture) -> None:
    canvas, image, _ = large
    canvas.highlight(Selection("neuron", "l2", "n150"))
    benchmark(paint, canvas, image)


def test_paint_every_edge_of_64_128_64_10_once(large: tuple[Canvas, QImage, Run], benchmark: BenchmarkFixture) -> None:
    canvas, image, _ = large

    def anew() -> None:
        canvas.sheet.version += 1
        paint(canvas, image)

    benchmark.pedantic(anew, rounds=3)
