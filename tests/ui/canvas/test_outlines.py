"""What is selected is outlined twice in ink: smooth beside an edge, and off the words and the buttons of a header."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtGui import QImage, QPainter

from nnviz.ui.canvas.canvas import NETWORK, Canvas
from nnviz.ui.canvas.items import rect
from nnviz.ui.canvas.outlines import draw_selection
from nnviz.ui.canvas.sheet import Array
from nnviz.ui.selection import Selection, several
from nnviz.ui.theme import DARK, LIGHT, Theme
from tests.ui.canvas.conftest import Show
from tests.ui.canvas.networks import example, planar

ZOOM = 2


def outlined(canvas: Canvas, chosen: Selection) -> Array:
    """Return where the outline of a selection alone is drawn in ink, 0 to 1, from the drawing's corner on, ZOOM pixels a unit."""
    canvas.select(chosen)
    inks, bounds = canvas.sheet.inks, canvas.bounds
    picture = QImage(bounds.size().toSize() * ZOOM, QImage.Format.Format_RGB32)
    picture.fill(inks.background)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(ZOOM, ZOOM)
    painter.translate(-bounds.topLeft())
    draw_selection(painter, canvas.sheet)
    painter.end()
    pixels = np.frombuffer(picture.constBits(), np.uint8).reshape(picture.height(), picture.width(), 4)[..., :3].astype(float)
    paper, ink = (np.array([each.blue(), each.green(), each.red()], dtype=float) for each in (inks.background, inks.ink))
    along = np.asarray(((pixels - paper) @ (ink - paper)) / ((ink - paper) @ (ink - paper)))
    gray = np.abs(pixels - paper - along[..., None] * (ink - paper)).max(axis=-1) < 12  # no colored edge between the hairlines
    return np.where(gray, along, 0.0)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("vertical", [False, True])
def test_two_even_hairlines_run_beside_a_selected_edge(show: Show, theme: Theme, vertical: bool) -> None:
    canvas = show(planar((5, 1)), theme=theme)
    canvas.set_vertical(vertical)
    ink = outlined(canvas, Selection("edge", "l1", "n0", "x2"))
    if vertical:
        ink = ink.T
    layout = canvas.sheet.layout
    assert layout is not None
    starts, ends = layout.column("input").starts()[1], layout.column("l1").ends()[0]
    axis = int(vertical)
    origin = canvas.bounds.topLeft().toTuple()[axis]
    first, last = (int(ZOOM * (end[axis] - origin)) for end in (starts, ends))
    columns = ink[:, first + 4 * ZOOM : last - 4 * ZOOM]
    darkest = columns.max(axis=0)
    assert darkest.min() > 0.6  # no column without ink: the lines have no gaps
    # Both together cover as much of each column as two hairlines at their slope: no teeth, nothing missing.
    covered = columns.sum(axis=0)
    assert np.abs(np.diff(covered)).max() < 0.05 * covered.max()


@pytest.mark.parametrize("name", ["planar", "digits-cnn"])
@pytest.mark.parametrize("size", [(1000, 700), (560, 420)], ids=str)
@pytest.mark.parametrize("vertical", [False, True])
def test_the_lines_of_a_selected_layer_touch_no_words_and_no_buttons(show: Show, name: str, size: tuple[int, int], vertical: bool) -> None:
    canvas = show(planar() if name == "planar" else example(name), size)
    canvas.set_vertical(vertical)
    layout = canvas.sheet.layout
    assert layout is not None
    layers = [Selection("layer", column.id) for column in layout.columns[1:]]
    ink = outlined(canvas, several(layers)) > 0.2
    assert ink.any()
    for column in layout.columns:
        for box in column.header:
            left, top, right, lower = (ZOOM * end for end in rect(box).translated(-canvas.bounds.topLeft()).getCoords())  # type: ignore[attr-defined]
            assert not ink[math.ceil(top) : int(lower), math.ceil(left) : int(right)].any(), (column.id, box)


def test_nothing_is_outlined_while_nothing_is_selected(show: Show) -> None:
    assert not outlined(show(planar()), NETWORK).any()
