"""What acts at a stage is lit on blocks too: each as a whole, with the band it is joined by."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from nnviz.explain.picture import Picture, picture
from nnviz.explain.stages import stages
from nnviz.ui.canvas.blocks import band_corners, bands
from nnviz.ui.canvas.canvas import Canvas
from nnviz.ui.canvas.kinds import is_block
from nnviz.ui.canvas.playing import wave_pictures
from nnviz.ui.theme import DARK, LIGHT, Theme
from tests.ui.canvas.conftest import Show
from tests.ui.canvas.networks import Run, example
from tests.ui.canvas.test_blocks import NAMES, band_place, block_place, made
from tests.ui.canvas.test_canvas import grabbed, place_of


def stage(run: Run, layer: str, direction: int) -> Picture:
    """Return a stage in which a layer and the one before it act."""
    ids = ["input", *(each.id for each in run.frame.layers)]
    before = ids[ids.index(layer) - 1]
    values = {each.id: each.activations for each in run.frame.layers} | {"input": run.frame.probe.inputs}
    symbols = dict.fromkeys(values, "z" if direction > 0 else "δ")
    return Picture(values, symbols, lit_nodes=frozenset({layer, before}), lit_edges=frozenset({layer}), direction=direction)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("direction", [1, -1])
def test_a_stage_lights_a_block_and_its_band_as_a_whole(show: Show, theme: Theme, direction: int) -> None:
    run = example("digits-cnn")
    canvas = show(run, theme=theme)
    before = grabbed(canvas)
    canvas.show_pass(stage(run, "pool1", direction))
    lit = QColor(theme.forward_soft if direction > 0 else theme.backward_soft)
    seen = grabbed(canvas)
    assert seen.pixelColor(block_place(canvas, "pool1")) == lit
    assert seen.pixelColor(block_place(canvas, "conv1")) == lit
    assert seen.pixelColor(band_place(canvas, 1)) == lit
    assert seen.pixelColor(band_place(canvas, 2)).name() == canvas.sheet.inks.band.name()
    assert seen.pixelColor(block_place(canvas, "flat")) != lit
    canvas.show_pass(None)
    assert grabbed(canvas) == before


def framed(canvas: Canvas, seen: QImage, y: float) -> bool:
    """Tell whether a line of ink runs along this height, in the middle of the first column's lower edge or the last one's."""
    ink = canvas.sheet.inks.ink.lightness()
    columns = canvas.sheet.layout.columns if canvas.sheet.layout is not None else ()
    places = [canvas.mapFromScene(QPointF(column.x, y)) for column in (columns[0], columns[-1])]
    return any(abs(seen.pixelColor(place.x(), place.y() + down).lightness() - ink) < 40 for place in places for down in (-1, 0, 1))


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_a_picture_that_acts_is_framed_and_not_faded(show: Show, theme: Theme) -> None:
    run = example("digits-autoencoder")
    canvas = show(run, theme=theme)
    assert canvas.sheet.layout is not None
    for layer, acting, resting in (("h1", "input", "out"), ("out", "out", "input")):
        canvas.show_pass(None)
        before = grabbed(canvas)
        canvas.show_pass(stage(run, layer, 1))
        after = grabbed(canvas)
        box = canvas.sheet.layout.column(acting).image
        assert box is not None
        assert framed(canvas, after, box[1] + box[3]) and not framed(canvas, before, box[1] + box[3])
        dark = int(run.frame.probe.inputs.argmax())
        assert before.pixelColor(place_of(canvas, acting, dark)) == after.pixelColor(place_of(canvas, acting, dark))
        assert before.pixelColor(place_of(canvas, resting, dark)) != after.pixelColor(place_of(canvas, resting, dark))


def arrow(canvas: Canvas, seen: QImage, number: int) -> float:
    """Return how far to the right the arrow of a band stands."""
    assert canvas.sheet.layout is not None
    corners = next(band_corners(left, right) for index, left, right in bands(canvas.sheet.layout) if index == number)
    y = canvas.mapFromScene(QPointF(0, corners[:, 1].mean())).y()
    left, right = (canvas.mapFromScene(QPointF(x, 0)).x() for x in (corners[0, 0], corners[1, 0]))
    inked_at = [x for x in range(left + 1, right - 1) if seen.pixelColor(x, y) == canvas.sheet.inks.muted]
    return float(np.mean(inked_at))


@pytest.mark.parametrize("direction", [1, -1])
def test_an_arrow_travels_along_the_band_the_right_way(show: Show, direction: int) -> None:
    run = example("digits-cnn")
    canvas = show(run)
    canvas.show_pass(stage(run, "pool1", direction))
    places = []
    for share in (0.1, 0.5, 0.9):
        canvas.overlay.progress = share
        places.append(arrow(canvas, grabbed(canvas), 1))
    assert (np.sign(np.diff(places)) == direction).all()


@pytest.mark.parametrize("name", NAMES)
def test_every_layer_can_be_stepped_through_in_both_directions(show: Show, name: str) -> None:
    run = made(name)
    canvas = show(run)
    for layer in run.frame.layers:
        for direction in (1, -1):
            canvas.show_pass(stage(run, layer.id, direction))
            canvas.overlay.progress = 0.3
            grabbed(canvas)
    canvas.show_pass(None)


@pytest.mark.parametrize("name", NAMES)
def test_every_stage_of_a_real_pass_can_be_shown(show: Show, name: str) -> None:
    run = made(name)
    canvas = show(run)
    for each in stages(run.trace):
        canvas.show_pass(picture(run.trace, each))
        grabbed(canvas)
        assert canvas.sheet.light is not None
        lit = {layer for layer, mark in canvas.sheet.light.nodes.items() if mark.lit}
        assert lit == canvas.sheet.light.picture.lit_nodes


@pytest.mark.parametrize("name", ["mixed", "digits-cnn"])
def test_a_wave_runs_through_blocks(show: Show, name: str, qtbot: QtBot) -> None:
    run = made(name)
    canvas = show(run)
    waves = wave_pictures(run.frame)
    assert len(waves) == len(run.frame.layers)
    for layer, wave in zip(run.spec.network.layers, waves, strict=True):
        assert (layer.id in wave.edge_values) != is_block(layer)
    with qtbot.waitSignal(canvas.played, timeout=5000):
        canvas.pulse(0.15)
        grabbed(canvas)
        assert canvas.sheet.light is None
