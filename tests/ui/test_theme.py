"""The colours keep apart and readable: for every eye, in both themes.

Four meanings (value above and below zero, gradient above and below zero) are told by four colours. Each pair must differ by
ΔE2000 ≥ 14 in normal sight and under full protanopia, deuteranopia and tritanopia (Machado, Oliveira & Fernandes 2009);
what is drawn has contrast ≥ 3, text ≥ 4.5 (WCAG 2.1).
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from nnviz.ui.theme import THEMES, Theme, apply, blend, load_fonts, style_sheet

FLOOR = 14.0
# Machado, Oliveira & Fernandes 2009, severity 1.0, on linear RGB.
SIGHTS = {
    "normal": np.eye(3),
    "protanopia": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    "deuteranopia": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
    "tritanopia": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
}
themes = pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)


def linear(hexadecimal: str) -> NDArray[np.float64]:
    """Linear RGB of a colour, 0 to 1 (IEC 61966-2-1)."""
    channels = np.array([int(hexadecimal[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def lab(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """CIELAB under D65 of linear RGB."""
    to_xyz = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]])
    x, y, z = np.clip(to_xyz @ np.clip(rgb, 0, 1), 0, None) / np.array([0.95047, 1.0, 1.08883])
    fx, fy, fz = (v ** (1 / 3) if v > 216 / 24389 else (24389 / 27 * v + 16) / 116 for v in (x, y, z))
    return np.array([116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)])


def difference(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """ΔE2000 of two CIELAB colours (Sharma, Wu & Dalal 2005)."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    mean = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    g = 0.5 * (1 - np.sqrt(mean**7 / (mean**7 + 25.0**7)))
    a1, a2 = (1 + g) * a1, (1 + g) * a2
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = np.degrees(np.arctan2(b1, a1)) % 360, np.degrees(np.arctan2(b2, a2)) % 360
    dh = (h2 - h1 + 180) % 360 - 180 if c1 * c2 else 0.0
    big_h = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(dh / 2))
    lm, cm = (l1 + l2) / 2, (c1 + c2) / 2
    hm = (h1 + dh / 2) % 360 if c1 * c2 else h1 + h2
    t = (
        1
        - 0.17 * np.cos(np.radians(hm - 30))
        + 0.24 * np.cos(np.radians(2 * hm))
        + 0.32 * np.cos(np.radians(3 * hm + 6))
        - 0.20 * np.cos(np.radians(4 * hm - 63))
    )
    sl = 1 + 0.015 * (lm - 50) ** 2 / np.sqrt(20 + (lm - 50) ** 2)
    sc, sh = 1 + 0.045 * cm, 1 + 0.015 * cm * t
    turn = -np.sin(np.radians(60 * np.exp(-(((hm - 275) / 25) ** 2)))) * 2 * np.sqrt(cm**7 / (cm**7 + 25.0**7))
    dl, dc, dh = (l2 - l1) / sl, (c2 - c1) / sc, big_h / sh
    return float(np.sqrt(dl**2 + dc**2 + dh**2 + turn * dc * dh))


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio of two colours."""
    bright, dark = sorted((float(np.array([0.2126, 0.7152, 0.0722]) @ linear(name)) for name in (one, other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def test_the_measures_themselves() -> None:
    # Pairs 1 and 17 of Sharma, Wu & Dalal 2005, table 1.
    assert difference(np.array([50, 2.6772, -79.7751]), np.array([50, 0, -82.7485])) == pytest.approx(2.0425, abs=1e-4)
    assert difference(np.array([50, 2.5, 0]), np.array([73, 25, -18])) == pytest.approx(27.1492, abs=1e-4)
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)


@themes
@pytest.mark.parametrize("sight", SIGHTS)
def test_the_four_meanings_keep_apart_for_every_eye(theme: Theme, sight: str) -> None:
    colours = {name: lab(SIGHTS[sight] @ linear(getattr(theme, name))) for name in ("positive", "negative", "rising", "falling")}
    for one, other in combinations(colours, 2):
        assert difference(colours[one], colours[other]) >= FLOOR, f"{one} and {other}"


@themes
def test_what_is_drawn_stands_out(theme: Theme) -> None:
    for name in ("positive", "negative", "rising", "falling", "accent", "not_finite", "danger"):
        for ground in (theme.canvas, theme.window):
            assert contrast(getattr(theme, name), ground) >= 3.0, f"{name} on {ground}"
    for curve in (*theme.curves, *theme.classes):
        assert contrast(curve, theme.window) >= 3.0, curve


@themes
def test_text_can_be_read(theme: Theme) -> None:
    for name in ("ink", "muted", "positive_text", "negative_text", "rising", "falling"):
        for ground in (theme.window, theme.canvas, theme.raised):
            assert contrast(getattr(theme, name), ground) >= 4.5, f"{name} on {ground}"
    assert contrast(theme.on_accent, theme.accent) >= 4.5
    assert contrast(theme.positive_text, theme.forward_soft) >= 4.5
    assert contrast(theme.rising, theme.backward_soft) >= 4.5


@themes
def test_the_whole_application_takes_the_theme(theme: Theme, qapp: QApplication) -> None:
    apply(qapp, theme)
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(theme.window)
    assert "@" not in style_sheet(theme).replace("@media", "")


def test_blend_is_opaque() -> None:
    assert blend("#ffffff", "#000000", 0.25).getRgb() == (64, 64, 64, 255)


def test_the_shipped_fonts_are_loaded(qapp: QApplication) -> None:
    load_fonts()
    assert {"Inter", "JetBrains Mono"} <= set(QFontDatabase.families())
