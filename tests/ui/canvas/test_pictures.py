"""Exported pictures hold everything that is drawn, and look like the canvas."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from PySide6.QtCore import QByteArray
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from pytestqt.qtbot import QtBot

from nnviz.ui.canvas.canvas import Selection
from nnviz.ui.canvas.edges import POINTS
from nnviz.ui.canvas.pictures import build, png, svg
from nnviz.ui.theme import DARK, LIGHT
from tests.ui.canvas.conftest import Show
from tests.ui.canvas.networks import flowers, planar


def pixels(image: QImage) -> np.ndarray:
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[..., :3].astype(int)


def test_png_has_the_size_asked_for_and_looks_like_the_canvas(show: Show) -> None:
    canvas = show(planar((4, 3, 1)))
    image = QImage.fromData(png(canvas, 1.0))
    assert (image.width(), image.height()) == (1000, 700)
    assert np.abs(pixels(image) - pixels(canvas.viewport().grab().toImage())).mean() < 0.5
    assert QImage.fromData(png(canvas, 2.5)).width() == 2500


def test_png_can_be_transparent(show: Show) -> None:
    canvas = show(planar((2, 1)), theme=DARK)
    assert QImage.fromData(png(canvas, 1.0, transparent=True)).pixelColor(2, 2).alpha() == 0
    assert QImage.fromData(png(canvas, 1.0)).pixelColor(2, 2).name() == DARK.canvas


def test_svg_keeps_words_as_text_and_every_edge(show: Show) -> None:
    run = flowers()
    canvas = show(run)
    canvas.show_frame(run.frame)
    tree = ElementTree.fromstring(svg(canvas))
    words = {"".join(node.itertext()).strip() for node in tree.iter("{http://www.w3.org/2000/svg}text")}
    assert {"setosa", "versicolor", "virginica", "petal width"} <= words
    assert any(word.startswith("Dense 1") for word in words)
    lines = list(tree.iter("{http://www.w3.org/2000/svg}polyline"))
    assert len(lines) >= (4 * 8 + 8 * 3) * (POINTS - 1)
    assert (tree.get("width"), tree.get("viewBox")) == ("264.583mm", "0 0 1000 700")


@pytest.mark.parametrize("stage", [False, True])
def test_svg_rasterised_looks_like_the_png(show: Show, stage: bool) -> None:
    run = planar((4, 3, 1))
    canvas = show(run)
    if stage:
        canvas.show_pass(run.pictures("back")[0])
    renderer = QSvgRenderer(QByteArray(svg(canvas)))
    assert renderer.isValid()
    image = QImage(1000, 700, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    assert np.abs(pixels(image) - pixels(QImage.fromData(png(canvas, 1.0)))).mean() < 2.5


def test_export_draws_all_edges_and_nothing_of_the_pointer(show: Show) -> None:
    run = planar((16, 16, 16, 1), epochs=0)
    canvas = show(run)
    everything = png(canvas, 1.0)
    canvas.show_frame(run.frame)
    canvas.highlight(Selection("neuron", "l1", "n0"))
    drawn = len(canvas.sheet.plan)
    assert png(canvas, 1.0) == everything
    assert len(canvas.sheet.plan) == drawn
    assert canvas.sheet.hovered == Selection("neuron", "l1", "n0")


def test_a_picture_needs_no_window(qtbot: QtBot) -> None:
    run = planar((3, 1))
    canvas = build(run.spec, run.frame, run.data, LIGHT, (640, 400))
    qtbot.addWidget(canvas)
    assert not canvas.isVisible()
    image = QImage.fromData(png(canvas, 1.0))
    assert (image.width(), image.height()) == (640, 400)
    assert len(np.unique(pixels(image).reshape(-1, 3), axis=0)) > 100
