"""Canvases to look at, closed after the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from nnviz.ui.canvas.canvas import Canvas
from nnviz.ui.canvas.pictures import build
from nnviz.ui.theme import LIGHT, Theme
from tests.ui.canvas.networks import Run

Show = Callable[..., Canvas]


@pytest.fixture
def show(qtbot: QtBot) -> Iterator[Show]:
    """Return a function that draws a run on a canvas of a given size.

    The canvases are held until the test is over: qtbot holds them weakly, and pytest-qt paints once more after the test's
    own names are gone; a shown widget that nobody holds can then be collected inside its own paint.
    """
    held: list[Canvas] = []

    def made(run: Run, size: tuple[int, int] = (1000, 700), theme: Theme = LIGHT) -> Canvas:
        canvas = build(run.spec, run.frame, run.data, theme, size)
        qtbot.addWidget(canvas)
        canvas.show()
        held.append(canvas)
        return canvas

    yield made
    held.clear()
