"""Layers without neurons of their own stand as one labelled block each: seen, pointed at, walked over, lit, exported."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnviz.engine.edits import remove_layer, with_units
from nnviz.explain.numbers import format_number
from nnviz.explain.picture import Picture
from nnviz.ui.canvas.blocks import band_corners, bands
from nnviz.ui.canvas.canvas import NETWORK, Canvas, Selection
from nnviz.ui.canvas.columns import overlaps, solid_boxes, text_boxes
from nnviz.ui.canvas.kinds import is_block
from nnviz.ui.canvas.pictures import build, pdf, png, svg
from nnviz.ui.canvas.wording import width
from nnviz.ui.theme import DARK, LIGHT, Theme
from tests.benchmarks.test_canvas import wide
from tests.ui.canvas.conftest import Show
from tests.ui.canvas.networks import Run, example, mixed, with_activation
from tests.ui.canvas.test_canvas import grabbed, place_of
from tests.ui.files import drawn, inked, pdf_drawing, svg_words
from tests.ui.files import pixels as read

NAMES = ("mixed", "digits-cnn", "mnist-cnn", "mnist-mlp", "digits-autoencoder")
ALT = Qt.KeyboardModifier.AltModifier


def made(name: str) -> Run:
    return mixed() if name == "mixed" else example(name)


def block_place(canvas: Canvas, layer: str, down: float = 0.1) -> QPoint:
    """Return a place within a block, beside the words in its middle."""
    assert canvas.sheet.layout is not None
    box = canvas.sheet.layout.column(layer).block
    assert box is not None
    return canvas.mapFromScene(QPointF(box[0] + box[2] / 2, box[1] + down * box[3]))


def band_place(canvas: Canvas, number: int, down: float = 0.25) -> QPoint:
    """Return a place within the band of the pair of columns with this number."""
    assert canvas.sheet.layout is not None
    corners = next(band_corners(left, right) for index, left, right in bands(canvas.sheet.layout) if index == number)
    x, (top, bottom) = corners[:, 0].mean(), corners[[1, 2], 1]
    return canvas.mapFromScene(QPointF(x, top + down * (bottom - top)))


@pytest.mark.parametrize("name", NAMES)
def test_layers_without_neurons_are_blocks_and_the_others_are_not(show: Show, name: str) -> None:
    run = made(name)
    canvas = show(run)
    assert canvas.sheet.layout is not None
    assert len(canvas.scene().items()) == 5
    for column, layer in zip(canvas.sheet.layout.columns[1:], run.spec.network.layers, strict=True):
        assert (column.block is not None) == is_block(layer)
        assert column.block is None or len(column.centers) == 0
        assert column.units == len(next(each.activations for each in run.frame.layers if each.id == layer.id))
    grabbed(canvas)


def test_headers_of_a_convolutional_network(show: Show) -> None:
    canvas = show(example("mnist-cnn"))
    said = {words.id: words for words in canvas.sheet.words}
    assert said["input"].title == "Input · 28×28 pixels"
    assert said["conv1"].title == "Conv 1 · 32 filters 3×3 · ReLU"
    assert (said["conv1"].second, said["pool1"].second, said["flat"].second) == ("26×26×32", "13×13×32", "1\u00a0600 numbers")
    assert said["pool1"].title == "Pool 1 · max 2×2"
    assert said["h1"].note(0) == "1\u00a0600 weights each, not drawn"
    assert "edges" in said["out"].note(canvas.sheet.drawn["out"])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("size", [(1000, 700), (560, 360), (1900, 1000)])
def test_no_words_touch_each_other_or_a_block(show: Show, name: str, size: tuple[int, int]) -> None:
    canvas = show(made(name), size=size)
    layout = canvas.sheet.layout
    assert layout is not None
    everything = np.concatenate([text_boxes(layout), solid_boxes(layout)])
    assert not np.triu(overlaps(everything, everything), k=1).any()
    shown = canvas.mapToScene(canvas.viewport().rect()).boundingRect()
    assert shown.adjusted(-2, -2, 2, 2).contains(canvas.bounds)
    for left, right in pairwise(layout.columns):
        assert (left.solids[:, 0] + left.solids[:, 2]).max() < right.solids[:, 0].min()


@pytest.mark.parametrize("name", NAMES)
def test_the_word_in_a_block_fits_it(show: Show, name: str) -> None:
    canvas = show(made(name), size=(560, 300))
    assert canvas.sheet.layout is not None
    for column, words in zip(canvas.sheet.layout.columns, canvas.sheet.words, strict=True):
        if column.block is not None:
            assert 0 < width(words.inside, canvas.sheet.inks.fonts["name"]) < column.block[3]


def test_no_edges_lead_to_a_block_or_away_and_a_band_joins_it(show: Show) -> None:
    run = example("digits-cnn")
    canvas = show(run)
    assert canvas.sheet.layout is not None
    drawn_into = {canvas.sheet.bundles[bundle].layer for bundle, _, _ in canvas.sheet.plan}
    assert drawn_into == {"out"}
    joined = [(left.id, right.id) for _, left, right in bands(canvas.sheet.layout)]
    ids = ["input", *(layer.id for layer in run.spec.network.layers)]
    assert joined == list(pairwise(ids))[:-1]
    seen = grabbed(canvas)
    for number in range(len(joined)):
        assert seen.pixelColor(band_place(canvas, number)).name() == canvas.sheet.inks.band.name()


def test_a_dense_layer_before_a_block_keeps_its_edges(show: Show) -> None:
    canvas = show(mixed())
    assert {canvas.sheet.bundles[bundle].layer for bundle, _, _ in canvas.sheet.plan} == {"l1"}
    assert canvas.sheet.drawn["l1"] == 16


@pytest.mark.parametrize(("name", "theme"), [("digits-cnn", LIGHT), ("mnist-mlp", DARK)])
def test_an_image_input_is_the_picture_of_the_probe_in_grey(show: Show, name: str, theme: Theme) -> None:
    run = example(name)
    canvas = show(run, theme=theme)
    seen, values = grabbed(canvas), run.frame.probe.inputs
    ends = QColor(theme.canvas), QColor(theme.ink)
    assert seen.pixelColor(place_of(canvas, "input", int(values.argmin()))) == ends[0]
    assert seen.pixelColor(place_of(canvas, "input", int(values.argmax()))) == ends[1]
    middle = int(np.abs(values - values.max() / 2).argmin())
    share = (seen.pixelColor(place_of(canvas, "input", middle)).red() - ends[0].red()) / (ends[1].red() - ends[0].red())
    assert share == pytest.approx(values[middle] / values.max(), abs=0.02)


def test_pixels_are_squares_also_in_a_large_picture(show: Show) -> None:
    canvas = show(example("digits-cnn"))
    assert canvas.sheet.layout is not None
    box = canvas.sheet.layout.column("input").image
    assert box is not None
    side = box[2] / 8
    for content in (read(png(canvas, 3.0)), drawn(svg(canvas), 3000, 2100)):
        row = content[int(3 * (box[1] + side / 2)), int(3 * box[0]) + 6 : int(3 * (box[0] + box[2])) - 6, :3]
        assert len(np.unique(row, axis=0)) <= 16, "a smoothed picture has hundreds of greys"


def test_an_autoencoder_puts_out_a_picture_on_the_scale_of_its_input(show: Show) -> None:
    run = example("digits-autoencoder")
    canvas = show(run)
    assert canvas.sheet.layout is not None
    assert canvas.sheet.layout.columns[-1].image is not None
    exact = replace(run.frame.layers[-1], activations=run.frame.probe.inputs)
    canvas.show_frame(replace(run.frame, layers=(*run.frame.layers[:-1], exact)))
    seen = grabbed(canvas)
    for pixel in range(64):
        assert seen.pixelColor(place_of(canvas, "out", pixel)) == seen.pixelColor(place_of(canvas, "input", pixel))
    bundle = canvas.sheet.bundles[-1]
    lines = bundle.lines(np.arange(bundle.size))
    assert lines[:, -1, 0].max() < canvas.sheet.layout.columns[-1].image[0]


def test_a_click_on_a_block_or_its_header_selects_the_layer(show: Show, qtbot: QtBot) -> None:
    canvas = show(example("digits-cnn"))
    assert canvas.sheet.layout is not None
    title = canvas.sheet.layout.column("pool1").title[0]
    header = canvas.mapFromScene(QPointF(title[0] + title[2] / 2, title[1] + 8))
    before = grabbed(canvas)
    for spot, layer in ((block_place(canvas, "conv1"), "conv1"), (header, "pool1")):
        with qtbot.waitSignal(canvas.selection_changed) as caught:
            QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=spot)
        assert caught.args == [Selection("layer", layer)]
    box = canvas.sheet.layout.column("pool1").block
    assert box is not None
    beside = canvas.mapFromScene(QPointF(box[0] - 2.0, box[1] + 20))
    assert before.pixelColor(beside) != grabbed(canvas).pixelColor(beside), "the selected block is outlined"
    assert canvas.accessibleDescription().startswith("Pool 1 · max 2×2, output 3×3×16")


def test_hovering_a_block_fades_the_rest_and_tells_its_numbers(show: Show) -> None:
    run = example("digits-cnn")
    canvas = show(run)
    before = grabbed(canvas)
    QTest.mouseMove(canvas.viewport(), block_place(canvas, "conv1"))
    assert canvas.sheet.hovered == Selection("layer", "conv1")
    card, layer = canvas.overlay.card, run.frame.layers[0]
    assert card is not None
    assert card.title == "Conv 1 · 16 filters 3×3 · ReLU"
    said = {line.what: line.value for line in card.lines}
    assert said["output"] == "6×6×16"
    assert said["highest output"] == format_number(float(layer.activations.max()))
    assert said["weights"] == "144"
    after = grabbed(canvas)
    own, far = block_place(canvas, "conv1"), block_place(canvas, "pool1")
    assert before.pixelColor(own) == after.pixelColor(own)
    assert before.pixelColor(band_place(canvas, 1)) == after.pixelColor(band_place(canvas, 1))
    assert before.pixelColor(far) != after.pixelColor(far)
    QTest.mouseMove(canvas.viewport(), QPoint(4, canvas.viewport().height() - 4))
    assert grabbed(canvas) == before


def test_a_pool_has_no_weights_to_tell_of(show: Show) -> None:
    canvas = show(example("digits-cnn"))
    canvas.highlight(Selection("layer", "pool1"))
    assert canvas.overlay.card is not None
    assert [line.what for line in canvas.overlay.card.lines] == ["output", "lowest output", "highest output"]


def test_the_header_of_a_dense_layer_fades_nothing(show: Show) -> None:
    canvas = show(mixed())
    before = grabbed(canvas)
    canvas.highlight(Selection("layer", "l1"))
    assert canvas.overlay.card is None
    assert grabbed(canvas) == before


def test_walking_passes_over_a_block_as_one_stop(show: Show) -> None:
    canvas = show(example("digits-cnn"))
    canvas.setFocus()
    for key, layer in (
        (Qt.Key.Key_Right, "input"),
        (Qt.Key.Key_Down, "input"),
        (Qt.Key.Key_Right, "conv1"),
        (Qt.Key.Key_Up, "conv1"),
        (Qt.Key.Key_Right, "pool1"),
        (Qt.Key.Key_Left, "conv1"),
    ):
        QTest.keyClick(canvas, key, ALT)
        assert canvas.selection == Selection("layer", layer)
    for _ in range(3):
        QTest.keyClick(canvas, Qt.Key.Key_Right, ALT)
    assert canvas.selection == Selection("layer", "h1")
    QTest.keyClick(canvas, Qt.Key.Key_Down, ALT)
    assert (canvas.selection.kind, canvas.selection.layer) == ("neuron", "h1")
    QTest.keyClick(canvas, Qt.Key.Key_Left, ALT)
    assert canvas.selection == Selection("layer", "flat")
    QTest.keyClick(canvas, Qt.Key.Key_Tab)
    assert canvas.selection == Selection("layer", "h1")
    for layer in ("flat", "pool1", "conv1", "input"):
        QTest.keyClick(canvas, Qt.Key.Key_Backtab)
        assert canvas.selection == Selection("layer", layer)


def test_a_pixel_that_was_clicked_is_walked_from_by_rows(show: Show) -> None:
    run = example("mnist-mlp")
    canvas = show(run)
    QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=place_of(canvas, "input", 300))
    names = run.spec.network.input.names
    assert canvas.selection == Selection("neuron", "input", names[300])
    QTest.keyClick(canvas, Qt.Key.Key_Down, ALT)
    assert canvas.selection == Selection("neuron", "input", names[328])
    QTest.keyClick(canvas, Qt.Key.Key_Right, ALT)
    assert canvas.selection.layer == "h1"


@pytest.mark.parametrize(("value", "word"), [(float("nan"), "NaN"), (float("-inf"), "−∞")])
def test_what_is_not_finite_in_a_block_is_hatched_and_named(show: Show, value: float, word: str) -> None:
    run = example("digits-cnn")
    canvas = show(run)
    before = grabbed(canvas)
    canvas.show_frame(with_activation(run.frame, 0, 17, value))
    canvas.come_to_rest()
    after = grabbed(canvas)
    middle = block_place(canvas, "conv1", 0.5)
    assert before.copy(middle.x() - 15, middle.y() - 60, 30, 120) != after.copy(middle.x() - 15, middle.y() - 60, 30, 120)
    assert before.pixelColor(block_place(canvas, "pool1")) == after.pixelColor(block_place(canvas, "pool1"))
    assert word in svg_words(svg(canvas))
    canvas.highlight(Selection("layer", "conv1"))
    grabbed(canvas)
    assert canvas.overlay.card is not None
    assert word in [line.value for line in canvas.overlay.card.lines]


def test_a_pixel_that_is_not_finite_is_neither_paper_nor_ink(show: Show) -> None:
    run = example("digits-cnn")
    canvas = show(run)
    values = run.frame.probe.inputs.copy()
    values[9] = np.nan
    canvas.show_frame(replace(run.frame, probe=replace(run.frame.probe, inputs=values)))
    assert grabbed(canvas).pixelColor(place_of(canvas, "input", 9)).name() == LIGHT.not_finite


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("name", NAMES)
def test_exports_hold_every_block(show: Show, name: str, theme: Theme) -> None:
    run = made(name)
    canvas = show(run, theme=theme)
    shapes, dots = svg(canvas), read(png(canvas, 1.0))
    inside = [words.inside for words in canvas.sheet.words if words.inside]
    words = svg_words(shapes)
    assert all(words.count(each) == inside.count(each) for each in inside)
    image = drawn(shapes, dots.shape[1], dots.shape[0])
    assert np.abs(image[..., :3] - dots[..., :3]).mean() < 1.5
    assert np.abs(np.subtract(inked(image), inked(dots))).max() <= 2
    assert pdf_drawing(pdf(canvas))


def test_edits_of_blocks_are_shown_before_their_first_frame(show: Show) -> None:
    run = example("digits-cnn")
    canvas = show(run)
    canvas.select(Selection("layer", "conv1"))
    canvas.show_spec(with_units(run.spec, "conv1", 5))
    assert canvas.selection == Selection("layer", "conv1")
    assert canvas.sheet.words[1].title == "Conv 1 · 5 filters 3×3 · ReLU"
    carried = canvas.sheet.layer_frames()
    assert [layer.activations.size for layer in carried] == [math.prod(shape) for shape in canvas.sheet.spec.network.shapes]
    grabbed(canvas)
    canvas.show_frame(run.frame)
    grabbed(canvas)
    canvas.show_spec(remove_layer(run.spec, "conv1"))
    assert canvas.selection == NETWORK
    assert "conv1" not in [words.id for words in canvas.sheet.words]
    grabbed(canvas)


def test_an_edge_out_of_a_flattened_image_is_known_by_its_ids(show: Show) -> None:
    run = example("digits-cnn")
    canvas = show(run)
    network = run.spec.network
    index = network.index("h1")
    layer = network.weighted("h1")
    chosen = Selection("edge", "h1", layer.neurons[0], network.sources(index)[3])
    assert canvas.sheet.exists(chosen)
    canvas.select(chosen)
    canvas.highlight(chosen)
    grabbed(canvas)
    assert not canvas.sheet.exists(replace(chosen, source="nowhere"))
    assert canvas.sheet.exists(Selection("neuron", "conv1", network.weighted("conv1").neurons[0]))
    assert not canvas.sheet.exists(Selection("neuron", "pool1", "n0"))


def test_784_inputs_that_are_no_picture_are_folded_and_answer(show: Show) -> None:
    run = wide((64, 10), 784)
    canvas = show(run)
    assert canvas.sheet.layout is not None
    first = canvas.sheet.layout.columns[0]
    assert first.box is None and first.fold is not None
    QTest.mouseMove(canvas.viewport(), place_of(canvas, "input", 1))
    assert canvas.sheet.hovered == Selection("neuron", "input", "p1")
    QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=place_of(canvas, "l1", 0))
    assert canvas.selection == Selection("neuron", "l1", "n0")
    terms = {"l1": run.frame.layers[0].weights * run.frame.probe.inputs}
    canvas.show_pass(Picture(edge_values=terms, edge_kind={"l1": "term"}, lit_edges=frozenset({"l1"}), direction=1))
    grabbed(canvas)
    assert any(word.endswith(f"{784 - len(first.shown)} more") for word in svg_words(svg(canvas)))
    assert not QImage.fromData(png(canvas, 1.0)).isNull()


def test_a_convolutional_canvas_opens_at_once_and_paints_within_a_frame(qtbot: QtBot) -> None:
    run = example("mnist-cnn")
    start = time.perf_counter()
    canvas = build(run.spec, run.frame, run.data, LIGHT, (1200, 800))
    qtbot.addWidget(canvas)
    canvas.show()
    grabbed(canvas)
    assert time.perf_counter() - start < 1.0
    image = QImage(1200, 800, QImage.Format.Format_RGB32)

    def fastest() -> float:
        times = []
        for _ in range(9):
            start = time.thread_time()  # not that of whatever else the machine does
            canvas.viewport().render(image, QPoint())
            times.append(time.thread_time() - start)
        return min(times)

    assert fastest() < 0.016
    canvas.highlight(Selection("layer", "conv1"))
    assert fastest() < 0.016
    canvas.highlight(NETWORK)
    canvas.show_pass(Picture(lit_nodes=frozenset({"conv1", "pool1"}), direction=1))
    canvas.overlay.progress = 0.3
    assert fastest() < 0.016
