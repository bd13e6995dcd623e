"""Canvases to look at, closed after the test."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from nnviz.ui.canvas.canvas import Canvas
from nnviz.ui.canvas.pictures import build
from nnviz.ui.theme import LIGHT, Theme
from tests.ui.canvas.networks import Run

Show = Callable[..., Canvas]


@pytest.fixture
def show(qtbot: QtBot) -> Show:
    """Return a function that draws a run on a canvas of a given size."""

    def made(run: Run, size: tuple[int, int] = (1000, 700), theme: Theme = LIGHT) -> Canvas:
        canvas = build(run.spec, run.frame, run.data, theme, size)
        qtbot.addWidget(canvas)
        canvas.show()
        return canvas

    return made
