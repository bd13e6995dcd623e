"""Maps: the sign is the colour, zero the background, what is not finite is hatched; the picture owns its memory."""

from __future__ import annotations

import gc

import numpy as np
import pytest
from PySide6.QtGui import QColor

from nnviz.ui.map_colors import HATCH, class_pixels, hatched, image, packed, rgb, value_pixels, value_table
from nnviz.ui.theme import DARK, LIGHT, Theme

THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK])


def pixel(value: float, theme: Theme) -> str:
    return name(int(value_pixels(np.array([[value]]), packed(value_table(theme)))[0, 0]))


def name(value: int) -> str:
    return QColor.fromRgb(value).name()


@THEMES
def test_ends_and_zero_are_the_colors_of_the_theme(theme: Theme) -> None:
    assert pixel(-1, theme) == theme.negative
    assert pixel(0, theme) == theme.window
    assert pixel(1, theme) == theme.positive


@pytest.mark.parametrize(("value", "same_as"), [(5.0, 1.0), (-1e308, -1.0), (np.inf, 1.0), (-np.inf, -1.0), (np.nan, 0.0), (1e-310, 0.0)])
def test_values_beyond_the_ends(value: float, same_as: float) -> None:
    assert pixel(value, LIGHT) == pixel(same_as, LIGHT)


def test_blue_grows_with_the_value() -> None:
    table = value_table(LIGHT)
    distance = np.abs(table - rgb(LIGHT.window)).sum(axis=1)
    middle = len(table) // 2
    assert (np.diff(distance[middle:]) >= 0).all()
    assert (np.diff(distance[: middle + 1]) <= 0).all()


def test_row_zero_is_the_first_row_and_the_picture_owns_its_memory() -> None:
    pixels = packed(value_table(LIGHT))[[0, 128, 256, 0, 128, 256]].reshape(2, 3)
    made = image(pixels)
    expected = [[made.pixelColor(column, row).name() for column in range(3)] for row in range(2)]
    pixels[:] = 0
    del pixels
    gc.collect()
    assert expected[0] == [LIGHT.negative, LIGHT.window, LIGHT.positive]
    assert [[made.pixelColor(column, row).name() for column in range(3)] for row in range(2)] == expected


def test_a_slice_with_strides_is_drawn_right() -> None:
    pixels = np.arange(24, dtype=np.uint32).reshape(4, 6)[::2, ::3] | np.uint32(0xFF000000)
    made = image(pixels)
    assert [made.pixel(column, row) & 0xFFFFFF for row in range(2) for column in range(2)] == [0, 3, 12, 15]


@THEMES
def test_the_largest_output_gives_the_color_and_its_lead_the_strength(theme: Theme) -> None:
    sure, unsure = [0.98, 0.01, 0.01], [0.35, 0.33, 0.32]
    pixels = class_pixels(np.array([sure, unsure, sure[::-1]]).T[:, None, :], theme)
    strength = [np.abs(rgb(name(int(value))) - rgb(theme.window)).sum() for value in pixels[0]]
    assert strength[0] > 3 * strength[1]
    target = rgb(theme.classes[2]) - rgb(theme.window)
    direction = rgb(name(int(pixels[0, 2]))) - rgb(theme.window)
    assert np.dot(target, direction) / np.linalg.norm(target) / np.linalg.norm(direction) > 0.99


def test_many_classes_and_wild_outputs_have_colors() -> None:
    values = np.random.default_rng(0).choice([0.0, 1e308, -1e308, np.nan, np.inf, 1e-310], (100, 5, 5))
    assert class_pixels(values, LIGHT).shape == (5, 5)


def test_stripes_stand_where_values_are_bad_and_nowhere_else() -> None:
    pixels = np.full((HATCH * 2, HATCH * 2), 7, dtype=np.uint32)
    bad = np.zeros(pixels.shape, dtype=bool)
    bad[:HATCH] = True
    drawn = hatched(pixels, bad, LIGHT)
    assert (drawn[HATCH:] == 7).all()
    assert {name(int(value)) for value in np.unique(drawn[:HATCH])} == {LIGHT.not_finite, LIGHT.window}
    assert hatched(pixels, ~bad & bad, LIGHT) is pixels
