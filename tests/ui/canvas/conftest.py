"""Canvases to look at, closed after the test."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from nnviz.ui.canvas.canvas import Canvas
from nnviz.ui.canvas.pictures import build
from nnviz.ui.theme import LIGHT, Theme
from tests.ui.canvas.networks import Run

Show = Callable[..., Canvas]


@pytest.fixture(autouse=True)
def collected_between_tests() -> Iterator[None]:
    """Collect garbage where the program does, never inside a paint: a canvas that dies there takes the painter with it."""
    gc.disable()
    yield
    gc.enable()
    gc.collect()


@pytest.fixture
def show(qtbot: QtBot) -> Show:
    """Return a function that draws a run on a canvas of a given size."""

    def made(run: Run, size: tuple[int, int] = (1000, 700), theme: Theme = LIGHT) -> Canvas:
        canvas = build(run.spec, run.frame, run.data, theme, size)
        qtbot.addWidget(canvas)
        canvas.show()
        return canvas

    return made
