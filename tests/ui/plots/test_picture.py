"""Pictures of plots: the same in every format, nothing cut, nothing outside its place."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from threading import Thread

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPen

from nnviz.app.progress import Progress, free
from nnviz.ui import pictures
from nnviz.ui.failsafe import ViewError
from nnviz.ui.plots.base import Plot
from nnviz.ui.plots.picture import LINE, PIECE, SMALLEST, _draw_curve, clipped, picture, pieces
from nnviz.ui.plots.table import PLOTS
from nnviz.ui.theme import DARK, LIGHT, Theme
from tests.ui.files import drawn, inked, letters, pdf_drawing, pdf_glyphs, pixels, said_of, svg_words
from tests.ui.plots.conftest import Run

EXAMPLES = {"fit": "sine", "gradients": "iris"}


@pytest.fixture
def made(shown: Callable[..., Plot], run: Callable[[str], Run]) -> Callable[..., Plot]:
    """Return a plot with a run it fits, in a dock of the usual size."""

    def make(name: str, theme: Theme = LIGHT, size: tuple[int, int] = (300, 180)) -> Plot:
        plot = shown(name, run(EXAMPLES.get(name, "spiral")), size)
        plot.set_theme(theme)
        return plot

    return make


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("name", PLOTS)
def test_svg_and_png_look_the_same(made: Callable[..., Plot], name: str, theme: Theme) -> None:
    taken = picture(made(name, theme))
    width, height = taken.pixels(2.0)
    dots, shapes = pixels(pictures.png(taken, 2.0)), drawn(pictures.svg(taken), width, height)
    assert np.abs(shapes[..., :3] - dots[..., :3]).mean() < 2.0
    assert np.abs(np.subtract(inked(shapes), inked(dots))).max() <= 3


@pytest.mark.parametrize("name", PLOTS)
def test_pdf_has_the_words_and_shapes_of_the_svg(made: Callable[..., Plot], name: str) -> None:
    plot = made(name)
    taken = picture(plot)
    shapes, content = pictures.svg(taken), pictures.pdf(taken)
    words = [word for word in svg_words(shapes) if word]
    drawing = pdf_drawing(content)
    assert drawing.count(b"Tj") >= len(words)
    assert letters(words) <= pdf_glyphs(content) <= len("".join(words))
    assert drawing.count(b" l\n") >= len(re.findall(rb"<polyline", shapes))
    for each in (shapes, content, pictures.png(taken, 1.0)):
        assert f"step {plot.frame.step}, epoch {plot.frame.epoch}" in said_of(each)


@pytest.mark.parametrize("name", PLOTS)
def test_no_word_of_a_legend_is_cut_however_small_the_dock(made: Callable[..., Plot], name: str) -> None:
    plot = made(name, size=(150, 90))
    taken = picture(plot)
    words = svg_words(pictures.svg(taken))
    decor = plot.view.decor
    assert taken.size[0] >= SMALLEST.width()
    assert {decor.title, decor.x_name, decor.y_name, *(entry.text for entry in decor.legend)} - {""} <= set(words)
    assert not [word for word in words if word.startswith("+") or "…" in word]


def test_a_large_plot_keeps_its_size(made: Callable[..., Plot]) -> None:
    assert picture(made("loss", size=(900, 700))).size == (900.0, 700.0)


@pytest.mark.parametrize("name", PLOTS)
def test_the_plot_on_screen_stays_as_it_was(made: Callable[..., Plot], name: str) -> None:
    plot = made(name)
    before = plot.grab().toImage()
    for suffix in pictures.FILES:
        pictures.begun(picture(plot), suffix, 3.0, True)(Progress())
    after = plot.grab().toImage()
    assert before == after


@pytest.mark.parametrize("name", PLOTS)
def test_a_hidden_plot_has_the_same_picture(made: Callable[..., Plot], name: str) -> None:
    plot = made(name)
    before = plot.png(1.0)
    plot.hide()
    assert plot.png(1.0) == before


@pytest.mark.parametrize("name", PLOTS)
def test_transparent(made: Callable[..., Plot], name: str) -> None:
    taken = picture(made(name, DARK))
    clear = pixels(pictures.png(taken, 2.0, transparent=True))
    assert [clear[y, x, 3] for y in (0, -1) for x in (0, -1)] == [0] * 4
    assert clear[..., 3].max() == 255


def test_curves_are_as_wide_in_a_large_picture(made: Callable[..., Plot]) -> None:
    taken = picture(made("loss"))
    ink = {scale: pixels(pictures.png(taken, scale, transparent=True))[..., 3].sum() / scale**2 for scale in (2.0, 8.0)}
    assert ink[8.0] == pytest.approx(ink[2.0], rel=0.1)


def test_a_zoomed_plot_draws_nothing_outside_its_axes(made: Callable[..., Plot]) -> None:
    plot = made("loss")
    plot.view._box.setRange(xRange=(0.2, 0.5), yRange=(0.3, 0.5), padding=0)
    shapes = pictures.svg(picture(plot)).decode()
    place = [float(number) for found in re.findall(r'polyline[^>]*points="([^"]*)"', shapes) for number in re.findall(r"[-\d.]+", found)]
    assert place
    assert min(place) >= 0
    assert max(place[0::2]) <= picture(plot).size[0]
    assert max(place[1::2]) <= picture(plot).size[1]


def test_a_plot_that_is_switched_off_has_no_picture(made: Callable[..., Plot]) -> None:
    plot = made("loss")
    plot.setProperty("switched off", True)
    with pytest.raises(ViewError):
        picture(plot)


def test_a_picture_larger_than_memory_is_refused(made: Callable[..., Plot]) -> None:
    from dataclasses import replace

    from nnviz.engine.problem import ProblemError

    taken = replace(picture(made("loss")), size=(40_000.0, 30_000.0))
    with pytest.raises(ProblemError) as refused:
        pictures.painted(taken, 1.0)
    assert refused.value.problems[0].message.key == "problem.picture-too-large"


@pytest.mark.parametrize(
    ("points", "parts"),
    [
        ([(1, 1), (2, 2)], [[(1, 1), (2, 2)]]),
        ([(-5, 5), (5, 5)], [[(0, 5), (5, 5)]]),
        ([(5, 5), (15, 5), (15, 8), (5, 8)], [[(5, 5), (10, 5)], [(10, 8), (5, 8)]]),
        ([(5, -20), (5, 30)], [[(5, 0), (5, 10)]]),
        ([(-5, -5), (-1, 20)], []),
        ([(3, 3)], []),
        ([(0, 0), (10, 10), (20, 10)], [[(0, 0), (10, 10)], [(10, 10), (10, 10)]][:1]),
    ],
)
def test_clipping(points: list[tuple[float, float]], parts: list[list[tuple[float, float]]]) -> None:
    found = clipped(np.array(points, dtype=float), QRectF(0, 0, 10, 10))
    assert [[tuple(point) for point in part.tolist()] for part in found] == parts


def test_pixels_own_their_memory(made: Callable[..., Plot]) -> None:
    taken = picture(made("weights"))
    memory = pictures.painted(taken, 1.0)
    before = memory.copy()
    pictures.painted(taken, 2.0)
    assert (memory == before).all()


@pytest.mark.parametrize("name", PLOTS)
def test_a_picture_stays_as_it_was_when_the_plot_goes_on(made: Callable[..., Plot], name: str) -> None:
    plot = made(name)
    taken, before = picture(plot), pictures.png(picture(plot), 1.0)
    plot.set_theme(DARK)
    plot.show_data(None)
    assert pictures.png(picture(plot), 1.0) != before
    assert pictures.png(taken, 1.0) == before


@pytest.mark.parametrize("name", PLOTS)
def test_a_picture_is_the_same_from_another_thread(made: Callable[..., Plot], name: str) -> None:
    taken, drawn_there = picture(made(name)), []
    thread = Thread(target=lambda: drawn_there.extend([pictures.png(taken, 2.0), pictures.svg(taken)]))
    thread.start()
    thread.join()
    assert drawn_there == [pictures.png(taken, 2.0), pictures.svg(taken)]


def jagged(points: int) -> np.ndarray:
    """Return a line that goes up and down all the time."""
    return np.column_stack([np.linspace(10, 490, points), np.where(np.arange(points) % 2, 20.0, 210.0)])


@pytest.mark.parametrize("points", [2, 3, 60, 200])
def test_pieces_make_up_the_line(points: int) -> None:
    line = jagged(points)
    found = list(pieces(line))
    joined = np.vstack([piece[1:-1] if 0 < k < len(found) - 1 else piece for k, (piece, _) in enumerate(found)])
    lengths = [float(np.hypot(*np.diff(piece, axis=0).T).sum()) for piece, _ in found]
    assert {tuple(point) for point in line} <= {tuple(point) for point in joined}
    assert [before for _, before in found] == pytest.approx([0.0, *np.cumsum(lengths)][:-1])
    assert max(lengths) < PIECE + 2 * 200
    assert all(np.array_equal(one[-1], other[0]) for (one, _), (other, _) in pairwise(found))


@pytest.mark.parametrize("dashes", [[], [5.0, 3.0]])
def test_a_line_in_pieces_looks_like_a_whole_one(qapp: object, dashes: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    pen = QPen(Qt.GlobalColor.blue, LINE)
    if dashes:
        pen.setDashPattern(dashes)
    drawn_: list[np.ndarray] = []
    for longest in (PIECE, 1e9):
        monkeypatch.setattr("nnviz.ui.plots.picture.PIECE", longest)
        image = QImage(1000, 460, QImage.Format.Format_RGB32)
        image.fill(Qt.GlobalColor.white)
        with QPainter(image) as painter:
            painter.scale(2.0, 2.0)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            _draw_curve(pen, jagged(60), QRectF(0, 0, 500, 230), painter, False, free)
        drawn_.append(np.frombuffer(image.constBits(), np.uint8).reshape(460, 1000, 4).astype(int))
    apart = np.abs(drawn_[0] - drawn_[1]).max(axis=2)
    assert 0 < (apart > 8).mean() < 0.001
    assert apart.max() < 100
