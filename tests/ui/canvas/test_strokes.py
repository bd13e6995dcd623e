"""Edges as lines: each with the pen of its strength, whatever else is held, and dashes where asked for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from nnviz.ui.canvas.edges import LEVELS
from nnviz.ui.canvas.strokes import Strokes

INKS = {level: QColor(0, 100 + level, 200) for level in range(-LEVELS, LEVELS + 1)}
PENS = [QPen(ink, 2.0) for ink in INKS.values()]
FAR = 30.0


def drawn(strokes: Strokes, size: tuple[int, int] = (200, 400)) -> QImage:
    picture = QImage(*size, QImage.Format.Format_RGB32)
    picture.fill(QColor("white"))
    painter = QPainter(picture)
    strokes.draw(painter, PENS)
    painter.end()
    return picture


def held(levels: list[int], *, dashed: bool = False) -> tuple[Strokes, np.ndarray]:
    """Return level lines, one FAR below the other."""
    heights = FAR * (1 + np.arange(len(levels)))
    starts, ends = np.column_stack([np.full(len(levels), 10.0), heights]), np.column_stack([np.full(len(levels), 190.0), heights])
    strokes = Strokes()
    strokes.hold(starts, ends, np.array(levels), dashed=dashed)
    return strokes, heights


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(-LEVELS, LEVELS), min_size=1, max_size=10))
def test_each_edge_has_the_pen_of_its_level(levels: list[int]) -> None:
    levels = sorted(levels, key=abs)
    strokes, heights = held(levels)
    picture = drawn(strokes)
    assert [picture.pixelColor(100, int(height)) for height in heights] == [INKS[level] for level in levels]


@pytest.mark.parametrize("dashed", [False, True])
def test_only_negative_edges_are_dashed(dashed: bool) -> None:
    strokes, heights = held([-3, 3], dashed=dashed)
    picture = drawn(strokes)
    gaps = [sum(picture.pixelColor(x, int(height)) == QColor("white") for x in range(12, 188)) for height in heights]
    assert gaps[1] == 0 and (gaps[0] > 20) is dashed


def test_what_was_held_before_is_gone() -> None:
    strokes, heights = held([1, 2, 3])
    strokes.hold(np.array([[10.0, 300.0]]), np.array([[190.0, 300.0]]), np.array([5]))
    picture = drawn(strokes)
    assert all(picture.pixelColor(100, int(height)) == QColor("white") for height in heights)
    assert picture.pixelColor(100, 300) == INKS[5]
    strokes.hold(np.zeros((0, 2)), np.zeros((0, 2)), np.zeros(0, dtype=np.int64))
    assert drawn(strokes).pixelColor(100, 300) == QColor("white")
