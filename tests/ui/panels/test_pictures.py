"""The small pictures of the panels: thumbnails, the weight image, the weight list, curve and histogram."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.table import choose
from nnviz.formats.examples import load, names
from nnviz.resources import resource
from nnviz.ui.panels.activation_plots import BINS, ActivationCurve, Histogram
from nnviz.ui.panels.thumbnail_pictures import thumbnail
from nnviz.ui.panels.thumbnails import Thumbnail
from nnviz.ui.panels.weight_image import WeightImage
from nnviz.ui.panels.weight_list import LONGEST, WeightList
from nnviz.ui.theme import DARK, LIGHT, Theme
from tests.ui.panels.make_thumbnails import made


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_every_example_has_a_picture_of_its_own(qapp: object, theme: Theme) -> None:
    pictures = [thumbnail(load(name).spec, theme, 46, 2.0).toImage() for name in names()]
    for at, picture in enumerate(pictures):
        assert picture.width() == 92
        assert any(picture.pixelColor(x, y) != QColor(theme.window) for x in range(0, 92, 2) for y in range(0, 92, 2))
        assert all(picture != other for other in pictures[at + 1 :])


def test_the_kept_samples_are_those_of_the_data() -> None:
    with np.load(resource("thumbnails.npz")) as kept:
        fresh = made()
        assert set(kept) == set(fresh)
        for name in kept:
            assert np.array_equal(kept[name], fresh[name]), name


def test_thumbnails_do_not_load_scikit_learn() -> None:
    script = (
        "import os, sys; os.environ['QT_QPA_PLATFORM'] = 'offscreen'\n"
        "from PySide6.QtWidgets import QApplication; app = QApplication([])\n"
        "from nnviz.formats.examples import load, names\n"
        "from nnviz.ui.panels.thumbnail_pictures import thumbnail\n"
        "from nnviz.ui.theme import LIGHT\n"
        "[thumbnail(load(name).spec, LIGHT, 46, 1.0) for name in names()]\n"
        "sys.exit('sklearn' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False, timeout=60).returncode == 0


def test_a_thumbnail_stays_square(qtbot: QtBot) -> None:
    button = Thumbnail("xor", load("xor").spec, LIGHT)
    qtbot.addWidget(button)
    button.show()
    for width in (40, 64):
        button.resize(width, button.height())
        qtbot.waitUntil(lambda width=width: button.height() == button.width() == width)


def test_weights_are_rows_of_units_and_columns_of_sources(qtbot: QtBot) -> None:
    image = WeightImage(LIGHT)
    qtbot.addWidget(image)
    image.resize(200, 120)
    image.show_weights(np.array([[1.0, -1.0], [0.0, 0.5], [np.nan, 0.0]]), ("x₁", "x₂"))
    picture = image.grab().toImage()
    assert picture.pixelColor(50, 20) == QColor(LIGHT.positive)
    assert picture.pixelColor(150, 20) == QColor(LIGHT.negative)
    assert picture.pixelColor(50, 60) == QColor(LIGHT.window)
    assert picture.pixelColor(50, 100) in (QColor(LIGHT.not_finite), QColor(LIGHT.window))
    assert image.cell_words(0, 1) == "unit 1 ← x₂: −1"
    assert "NaN" in image.cell_words(2, 0)


def test_the_pointer_tells_its_cell(qtbot: QtBot) -> None:
    image = WeightImage(LIGHT)
    qtbot.addWidget(image)
    image.resize(200, 120)
    image.show_weights(np.arange(6.0).reshape(3, 2), ("a", "b"))
    image.show()
    seen: list[tuple[int, int]] = []
    image.cell_hovered.connect(lambda unit, source: seen.append((unit, source)))
    qtbot.mouseMove(image, QPoint(10, 10))
    qtbot.mouseMove(image, QPoint(150, 100))
    assert seen[-1] == (2, 1)


@pytest.mark.parametrize("shape", [(1, 1), (8, 4), (512, 784), (0, 0)])
def test_any_matrix_can_be_drawn(qtbot: QtBot, shape: tuple[int, int]) -> None:
    image = WeightImage(DARK)
    qtbot.addWidget(image)
    image.resize(276, 170)
    image.show_weights(np.random.default_rng(0).normal(size=shape), tuple(map(str, range(shape[1]))))
    assert not image.grab().isNull()


def test_the_strongest_weights_come_first_and_the_rest_is_counted(qtbot: QtBot) -> None:
    listed = WeightList(LIGHT)
    qtbot.addWidget(listed)
    weights = np.linspace(-1.0, 0.9, 100)
    listed.show_weights(weights, tuple(f"n{at}" for at in range(100)))
    assert listed.rows[0] == ("n0", -1.0)
    assert len(listed.rows) == LONGEST
    assert listed.lines == LONGEST + 1
    assert "n0 −1" in listed.accessibleDescription()
    listed.resize(276, listed.sizeHint().height())
    assert not listed.grab().isNull()


@pytest.mark.parametrize("kind", list(ACTIVATIONS))
def test_the_curve_is_that_of_the_table(qtbot: QtBot, kind: str) -> None:
    curve = ActivationCurve(LIGHT)
    qtbot.addWidget(curve)
    curve.show_activation(choose(ACTIVATIONS, kind))
    curve.show_points(np.array([-4.0, 0.5, np.nan, np.inf]), np.array([-1.0, 0.5, np.nan, 1.0]))
    z, a = curve.curve()
    if ACTIVATIONS[kind].derivative is None:
        assert z.size == 0
    else:
        assert z[0] <= -4.0
        assert np.array_equal(a, ACTIVATIONS[kind].value(z, **dict(choose(ACTIVATIONS, kind).parameters)))
    curve.resize(276, 84)
    assert not curve.grab().isNull()


@pytest.mark.parametrize("values", [np.linspace(-1, 1, 300), np.zeros(5), np.array([np.nan, np.inf]), np.zeros((0, 3))])
def test_a_histogram_counts_what_is_finite(qtbot: QtBot, values: np.ndarray) -> None:
    histogram = Histogram(LIGHT)
    qtbot.addWidget(histogram)
    histogram.show_values(values)
    finite = values[np.isfinite(values)]
    assert int(histogram._counts.sum()) == finite.size
    assert len(histogram._counts) in (0, BINS)
    histogram.resize(276, 80)
    assert not histogram.grab().isNull()
