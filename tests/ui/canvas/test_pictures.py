"""Exported pictures hold everything that is drawn, and look like the canvas."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from threading import Thread

import numpy as np
import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from nnviz.ui import pictures
from nnviz.ui.canvas.canvas import Selection
from nnviz.ui.canvas.pictures import build, pdf, picture, png, svg
from nnviz.ui.failsafe import ViewError
from nnviz.ui.theme import DARK, LIGHT, Theme
from tests.benchmarks.test_canvas import wide
from tests.ui.canvas.conftest import Show
from tests.ui.canvas.networks import Run, flowers, linear, planar
from tests.ui.files import SVG, drawn, inked, letters, pdf_drawing, pdf_glyphs, said_of, svg_words
from tests.ui.files import pixels as read

RUNS = {"planar": planar, "flowers": flowers, "linear": linear}


def pixels(image: QImage) -> np.ndarray:
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[..., :3].astype(int)


def edges(run: Run) -> int:
    return sum(layer.weights.size for layer in run.frame.layers)


@pytest.fixture
def unfolded(show: Show) -> tuple[Run, object]:
    """64-128-64-10 with every neuron and every edge."""
    run = wide((128, 64, 10), 64)
    canvas = show(run, (1200, 800))
    canvas.sheet.unfolded = frozenset({"input", "l1", "l2"})
    canvas.fit()
    return run, canvas


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
    tree = ElementTree.fromstring(svg(canvas))
    words = {"".join(node.itertext()).strip() for node in tree.iter("{http://www.w3.org/2000/svg}text")}
    assert {"setosa", "versicolor", "virginica", "petal width"} <= words
    assert any(word.startswith("Dense 1") for word in words)
    curves = [node for node in tree.iter(f"{SVG}path") if "C" in (node.get("d") or "")]
    assert len(curves) >= edges(run)
    assert (tree.get("width"), tree.get("viewBox")) == ("264.583mm", "0 0 1000 700")


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("name", "stage"), [("planar", ""), ("planar", "back"), ("flowers", "a"), ("linear", "")])
def test_svg_drawn_looks_like_the_png(show: Show, name: str, stage: str, theme: Theme) -> None:
    run = RUNS[name]()
    canvas = show(run, theme=theme)
    if stage:
        canvas.show_pass(run.pictures(stage)[0])
    shapes, dots = drawn(svg(canvas), 1000, 700), read(png(canvas, 1.0))
    assert np.abs(shapes[..., :3] - dots[..., :3]).mean() < 1.5
    assert np.abs(np.subtract(inked(shapes), inked(dots))).max() <= 2


@pytest.mark.parametrize("stage", ["", "back"])
@pytest.mark.parametrize("name", RUNS)
def test_pdf_holds_every_edge_and_letter_of_the_svg(show: Show, name: str, stage: str) -> None:
    run = RUNS[name]()
    canvas = show(run)
    if stage:
        canvas.show_pass(run.pictures(stage)[0])
    content, words = pdf(canvas), [word for word in svg_words(svg(canvas)) if word]
    drawing = pdf_drawing(content)
    assert drawing.count(b" c\n") >= edges(run)
    assert drawing.count(b"Tj") >= len(words)
    assert letters(words) <= pdf_glyphs(content) <= len("".join(words))
    assert b"0 0 1000 700" in drawing[:600], "the background is not as large as the picture"


def test_every_number_and_name_on_the_canvas_is_in_the_svg(show: Show) -> None:
    run = flowers()
    canvas = show(run)
    words = svg_words(svg(canvas))
    values = [value for layer in run.frame.layers for value in layer.activations] + list(run.frame.probe.inputs)
    for value in values:
        assert LIGHT.number(float(value), 2) in words
    for column in canvas.sheet.words:
        assert {*column.before, *(column.after or ())} <= {*words, ""}
        assert column.title in words or set(column.halves) <= set(words)


def test_a_transparent_picture_leaves_nothing_else_out(show: Show) -> None:
    canvas = show(planar((4, 3, 1)), theme=DARK)
    clear, full = read(png(canvas, 2.0, transparent=True)), read(png(canvas, 2.0))
    assert [clear[y, x, 3] for y in (0, -1) for x in (0, -1)] == [0] * 4
    share = clear[..., 3:] / 255
    laid = clear[..., :3] * share + full[0, 0, :3] * (1 - share)
    assert np.abs(laid - full[..., :3]).mean() < 0.6
    assert drawn(svg(canvas, transparent=True), 400, 280)[0, 0, 3] == 0
    assert drawn(svg(canvas), 400, 280)[0, 0, 3] == 255
    assert len(pdf_drawing(pdf(canvas, transparent=True))) < len(pdf_drawing(pdf(canvas)))


def test_thin_lines_are_as_wide_in_a_large_picture(show: Show) -> None:
    canvas = show(planar((4, 3, 1)), (500, 350))
    small, large = (read(png(canvas, scale))[..., :3] for scale in (1.0, 8.0))
    shrunk = large.reshape(350, 8, 500, 8, 3).mean(axis=(1, 3))
    assert large.shape == (2800, 4000, 3)
    assert np.abs(shrunk - small).mean() < 1.5
    ink = [np.abs(each - each[0, 0]).sum() for each in (shrunk, small)]
    assert ink[0] == pytest.approx(ink[1], rel=0.05)


def test_a_picture_of_17_000_edges_has_them_all_in_3_megabytes(unfolded: tuple[Run, object]) -> None:
    run, canvas = unfolded
    content = svg(canvas)
    assert edges(run) == 17024
    assert content.count(b" C") >= edges(run)
    assert len(content) <= 3_000_000
    assert pdf_drawing(pdf(canvas)).count(b" c\n") >= edges(run)
    shapes, dots = drawn(content, 1200, 800), read(png(canvas, 1.0))
    assert np.abs(shapes[..., :3] - dots[..., :3]).mean() < 1.5


def test_a_picture_says_of_which_step_it_is(show: Show) -> None:
    run = planar((3, 1))
    canvas = show(run)
    words = f"step {run.frame.step}, epoch {run.frame.epoch}"
    assert run.frame.step > 0
    for content in (png(canvas, 1.0), svg(canvas), pdf(canvas)):
        assert words in said_of(content)


def test_a_picture_stays_as_it_was_when_the_canvas_goes_on(show: Show) -> None:
    run, later = planar((4, 1)), planar((6, 5, 1))
    canvas = show(run)
    before, taken = png(canvas, 1.0), picture(canvas)
    canvas.show_spec(later.spec)
    canvas.show_frame(later.frame)
    assert png(canvas, 1.0) != before
    assert pictures.png(taken, 1.0) == before


def test_a_picture_is_the_same_from_another_thread(show: Show) -> None:
    run = planar((4, 3, 1))
    canvas = show(run)
    canvas.show_pass(run.pictures("back")[0])
    taken, made = picture(canvas), []
    thread = Thread(target=lambda: made.extend([pictures.png(taken, 2.0), pictures.svg(taken)]))
    thread.start()
    thread.join()
    assert made == [pictures.png(taken, 2.0), pictures.svg(taken)]


def test_a_canvas_that_is_switched_off_has_no_picture(show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    canvas = show(planar((2, 1)))
    canvas.setProperty("switched off", True)
    with pytest.raises(ViewError):
        picture(canvas)
    canvas.setProperty("switched off", False)
    assert picture(canvas).size == (1000.0, 700.0)


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
