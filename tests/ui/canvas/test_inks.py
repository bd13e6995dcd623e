"""Pens and tables say sign and magnitude, on either background, and are never the slow widths."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from nnviz.ui.canvas.edges import LEVELS
from nnviz.ui.canvas.inks import NOT_FINITE, SHADES, Inks, greys, pen_width, rgb, shades
from nnviz.ui.theme import DARK, LIGHT, THEMES, Theme


@pytest.fixture(params=[LIGHT, DARK], ids=THEMES)
def inks(request: pytest.FixtureRequest, qtbot: QtBot) -> Inks:
    theme: Theme = request.param
    return Inks(theme)


def test_no_pen_has_a_slow_width_or_a_translucent_ink(inks: Inks) -> None:
    for pens in (inks.value_pens, inks.faded_pens, inks.gradient_pens):
        assert len(pens) == 2 * LEVELS + 1
        for pen in pens:
            assert pen.widthF() > 0.3
            assert pen.widthF() != 1.0
            assert pen.color().alpha() == 255
    assert [pen_width(level) for level in range(LEVELS + 1)] == sorted(pen_width(level) for level in range(LEVELS + 1))


def test_stronger_pens_stand_further_from_the_background(inks: Inks) -> None:
    paper = rgb(inks.theme.canvas)
    for pens in (inks.value_pens, inks.gradient_pens):
        for half in (range(LEVELS, 2 * LEVELS + 1), range(LEVELS, -1, -1)):
            away = [np.abs(rgb(pens[level].color().name()) - paper).sum() for level in half][1:]
            assert all(later >= earlier - 1 for earlier, later in pairwise(away))


def test_zero_is_the_background_and_the_ends_are_the_theme(inks: Inks) -> None:
    table = inks.value_table
    assert QColor.fromRgb(int(table[SHADES])).name() == inks.theme.canvas
    assert QColor.fromRgb(int(table[0])).name() == inks.theme.negative
    assert QColor.fromRgb(int(table[2 * SHADES])).name() == inks.theme.positive
    assert QColor.fromRgb(int(table[NOT_FINITE])).name() == inks.theme.not_finite


def test_shades_of_values() -> None:
    found = shades(np.array([-2.0, -1.0, 0.0, 1.0, 5.0, np.nan, np.inf]), 1.0)
    assert found.tolist() == [0, 0, SHADES, 2 * SHADES, 2 * SHADES, NOT_FINITE, NOT_FINITE]
    assert shades(np.array([3.0]), 0.0).tolist() == [SHADES]
    assert shades(np.array([1e-300]), 1e-300).tolist() == [2 * SHADES]


def test_the_veil_leaves_the_background_as_it_is(inks: Inks) -> None:
    for veil in (inks.faint, inks.dim):
        image = QImage(2, 1, QImage.Format.Format_RGB32)
        image.fill(inks.background)
        image.setPixelColor(1, 0, inks.ink)
        painter = QPainter(image)
        painter.fillRect(0, 0, 2, 1, veil)
        painter.end()
        assert image.pixelColor(0, 0).rgb() == inks.background.rgb()
        assert image.pixelColor(1, 0).rgb() != inks.ink.rgb()


def test_signs_have_colours_of_their_own(inks: Inks) -> None:
    found = {inks.signed_color(sign, gradient=gradient).name() for sign in (-1.0, 1.0) for gradient in (False, True)}
    assert len(found) == 4
    assert set(inks.sprites) == {(gradient, up) for gradient in (False, True) for up in (False, True)}
    assert all(not sprite.isNull() for sprite in [*inks.sprites.values(), *inks.signs.values()])


def test_one_value_has_the_colour_that_many_have() -> None:
    inks = Inks(LIGHT)
    table = inks.value_table[shades(np.array([0.3, -1.0]), 1.0)]
    assert [inks.value_color(share).rgb() for share in (0.3, -1.0)] == [int(ink) for ink in table]


def test_greys_run_from_paper_to_ink_on_the_scale_of_a_picture(inks: Inks) -> None:
    values = np.array([0.0, 0.5, 2.0, 4.0, -1.0])
    shown = greys(values, np.array([0.0, 1.0, 2.0]))
    assert shown.tolist() == [0, round(SHADES / 4), SHADES, SHADES, 0]
    names = [QColor.fromRgb(int(inks.grey_table[index])).name() for index in (0, SHADES)]
    assert names == [inks.theme.canvas, inks.theme.ink]


@pytest.mark.parametrize("like", [np.zeros(3), np.full(3, np.nan), np.array([np.inf, -1e308, 1e308]), np.zeros(0)])
def test_greys_of_a_picture_without_a_scale_stay_within_the_table(inks: Inks, like: np.ndarray) -> None:
    shown = greys(np.array([0.0, 1.0, np.nan, -np.inf, -1e308, 1e308]), like)
    assert ((shown >= 0) & (shown < len(inks.grey_table))).all()
    assert shown[2] == shown[3] == SHADES + 1
    assert QColor.fromRgb(int(inks.grey_table[SHADES + 1])).name() == inks.theme.not_finite
