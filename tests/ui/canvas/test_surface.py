"""The large surface answers clicks on data points and shows which one the canvas is about."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from pytestqt.qtbot import QtBot

from nnviz.ui.canvas.items import rect
from nnviz.ui.canvas.surface import RING, points
from tests.ui.canvas.conftest import Show
from tests.ui.canvas.networks import Run, linear, planar
from tests.ui.canvas.test_canvas import grabbed


@pytest.mark.parametrize("run", [planar(epochs=0), linear()], ids=("plane", "line"))
def test_a_click_on_a_data_point_asks_for_its_sample(qtbot: QtBot, show: Show, run: Run) -> None:
    canvas = show(run)
    layout, seen = canvas.sheet.layout, []
    assert layout is not None and layout.surface is not None
    canvas.sample_requested.connect(seen.append)
    where = points(run.data, rect(layout.surface))
    for row in (0, 7, 31):
        at = canvas.mapFromScene(QPointF(*where[row].tolist()))
        qtbot.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=at)
        scene = canvas.mapToScene(at)
        distances = np.hypot(*(where - (scene.x(), scene.y())).T)
        assert distances[seen[-1]] == distances.min()
    assert len(seen) == 3
    qtbot.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(4, 4))
    assert len(seen) == 3


def test_the_shown_sample_has_a_ring_on_the_surface(show: Show) -> None:
    run = planar(epochs=0)
    canvas = show(run)
    canvas.come_to_rest()
    before = grabbed(canvas)
    assert canvas.sheet.layout is not None and canvas.sheet.layout.surface is not None
    for row in (7, 12):
        x, y = points(run.data, rect(canvas.sheet.layout.surface))[row].tolist()
        canvas.show_frame(replace(run.frame, probe=replace(run.frame.probe, row=row)))
        canvas.come_to_rest()
        at = canvas.mapFromScene(QPointF(x, y - RING))
        ink = min(grabbed(canvas).pixelColor(at + QPoint(0, step)).lightness() for step in (-1, 0, 1))
        assert ink < 110, "there is no ring"
    assert grabbed(canvas) != before
