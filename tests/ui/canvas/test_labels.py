"""Words stand where their boxes are, a frozen layer shows its lock, and buttons are left to the hands."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from nnviz.engine.spec import Spec
from nnviz.ui.canvas.canvas import Canvas
from nnviz.ui.canvas.columns import Array, Box, Column
from nnviz.ui.canvas.pictures import pixels, svg
from nnviz.ui.theme import DARK, LIGHT, Theme
from tests.ui.canvas.conftest import Show
from tests.ui.canvas.networks import flowers, mixed, planar
from tests.ui.files import svg_words

in_both = pytest.mark.parametrize("vertical", [False, True], ids=["horizontal", "vertical"])


def changed(spec: Spec, layer_id: str, **fields: object) -> Spec:
    """The spec with fields of one layer changed."""
    layers = tuple(replace(layer, **fields) if layer.id == layer_id else layer for layer in spec.network.layers)  # type: ignore[arg-type]
    return replace(spec, network=replace(spec.network, layers=layers))


def inked(picture: Array, box: Box | Array, scale: float = 1.0) -> int:
    """How many pixels in a box are not the background."""
    x, y, width, height = (round(float(side) * scale) for side in box)
    part = picture[y : y + height, x : x + width].astype(int)
    return int((np.abs(part - picture[0, 0].astype(int)).sum(axis=2) > 60).sum())


def columns(canvas: Canvas) -> dict[str, Column]:
    assert canvas.sheet.layout is not None
    assert canvas.sheet.layout.bounds[:2] == (0.0, 0.0)
    return {column.id: column for column in canvas.sheet.layout.columns}


@in_both
@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_a_frozen_layer_shows_its_lock_and_nothing_else_of_its_buttons(show: Show, vertical: bool, theme: Theme) -> None:
    run = mixed()
    canvas = show(run, (1400, 1000), theme)
    canvas.set_vertical(vertical)
    for frozen in (False, True):
        for layer_id in ("l1", "b1", "l3"):
            canvas.show_spec(changed(run.spec, layer_id, frozen=frozen))
            canvas.show_frame(run.frame)
            column, picture = columns(canvas)[layer_id], pixels(canvas)
            assert column.lock is not None
            assert (inked(picture, column.lock) > 20) is frozen, layer_id
            for button in (column.minus, column.plus, column.more):
                assert button is None or inked(picture, button) == 0


def test_what_cannot_learn_shows_no_lock(show: Show) -> None:
    run = mixed()
    canvas = show(run)
    canvas.show_spec(changed(run.spec, "d1", frozen=True))
    assert columns(canvas)["d1"].lock is None
    assert not next(said for said in canvas.sheet.words if said.id == "d1").frozen


@in_both
def test_headers_names_and_bars_stand_in_their_boxes(show: Show, vertical: bool) -> None:
    canvas = show(flowers(), (1200, 800))
    canvas.set_vertical(vertical)
    picture, placed = pixels(canvas), columns(canvas)
    for column in placed.values():
        for box in column.title:
            assert inked(picture, box) > 60
    first, last = placed["input"], placed["l2"]
    assert len(first.before) == 4 and len(last.after) == 3
    for box in (*first.before, *last.after):
        assert inked(picture, box) > 40
    sheet = canvas.sheet
    values = sheet.values("l2")
    assert values is not None
    high, low = int(np.argmax(values)), int(np.argmin(values))
    blue = [int(((picture[_rows(box), _across(box)].astype(int)) @ (-1, 0, 1) > 60).sum()) for box in last.after]
    assert blue[high] > blue[low]


def _rows(box: Array) -> slice:
    return slice(int(box[1]), int(box[1] + box[3]))


def _across(box: Array) -> slice:
    return slice(int(box[0]), int(box[0] + box[2]))


@in_both
def test_names_are_drawn_literally(show: Show, vertical: bool) -> None:
    run = planar((4, 3, 1))
    canvas = show(run)
    canvas.set_vertical(vertical)
    for name, seen in (("<b>x</b> & y", "<b>x</b> & y"), ("a\u202eb\x07c\nd", "a□b□c d"), ("%1 {0} &amp;", "%1 {0} &amp;")):
        canvas.show_spec(changed(run.spec, "l1", name=name))
        assert any(word == seen or word.startswith(f"{seen} · ") for word in svg_words(svg(canvas))), seen


@pytest.mark.parametrize("size", [(1000, 700), (1600, 900)])
@in_both
def test_a_neuron_more_moves_no_other_layer(show: Show, size: tuple[int, int], vertical: bool) -> None:
    placed = []
    for units in (5, 6, 9, 10):
        canvas = show(planar((10, units, 1), ("x1", "x2")), size)
        canvas.set_vertical(vertical)
        kept = [column for name, column in columns(canvas).items() if name != "l2"]
        placed.append([(each.words.tolist(), each.solids.tolist(), each.units_box) for each in kept])
    assert placed[0] == placed[1] == placed[2] == placed[3]
