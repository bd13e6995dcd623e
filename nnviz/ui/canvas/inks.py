"""The theme's colours as what painting needs: pens by strength, lookup tables for maps, sprites of pulses.

Everything is opaque, blended with the background beforehand: translucent strokes cost three times as much.
"""

from __future__ import annotations

from copy import copy
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QImage, QPainter, QPen, QPixmap, QRadialGradient

from nnviz.ui.canvas.edges import LEVELS
from nnviz.ui.theme import Theme, blend, color, font

Array = NDArray[Any]

SHADES = 255
NOT_FINITE = 2 * SHADES + 1
WIDTH_MIN, WIDTH_MAX = 0.55, 6.2
FADED = 0.3
SPRITE = 48
SPRITE_RADIUS = 11.0
BORDER = 1.2  # width of a tile's


class Inks:
    """All pens, brushes, fonts and tables of one theme, made at once: nothing of it is made inside a paint.

    Attributes:
        fonts: unscaled, as all of the drawing is: the view enlarges it (`Navigator.full`).
        value_pens, gradient_pens, faded_pens: by level + LEVELS; the faded ones are for what does not act.
        value_table: colours of values −1 … 1 as 0xffRRGGBB, then the one for what is not finite, shape (2·SHADES + 2,).
        grey_table: of brightness 0 … 1, from paper to ink, then the one for what is not finite, shape (SHADES + 2,).
        block, band, flow: of a layer that is one block, of what joins it to its neighbours, of both where they act by direction.
        faint, dim: veils over all but what is under the pointer, and over tiles that do not act.
        sprites: pulses by (gradient, positive), comets that fly to the right; signs: the + and − to lay over them.
    """

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.fonts = _fonts(theme)
        self.background = color(theme.canvas)
        self.ink, self.muted, self.rule = color(theme.ink), color(theme.muted), color(theme.rule)
        self.tile_border = QPen(blend(theme.ink, theme.canvas, 0.2), BORDER)
        self.acting_border = QPen(self.ink, 2.0)
        self.hatch = QBrush(color(theme.not_finite), Qt.BrushStyle.BDiagPattern)
        self.faint, self.dim = self.veil(0.74), self.veil(0.5)
        self.value_pens = _pens(theme, theme.positive, theme.negative)
        self.faded_pens = _pens(theme, theme.positive, theme.negative, FADED)
        self.gradient_pens = _pens(theme, theme.rising, theme.falling)
        self.block, self.band = color(theme.raised), blend(theme.raised, theme.canvas, 0.6)
        self.flow = {1: color(theme.forward_soft), -1: color(theme.backward_soft), 0: color(theme.raised)}
        self.value_table = self._table(theme.positive, theme.negative)
        self.grey_table = _greys(theme)
        kinds = [(gradient, up) for gradient in (False, True) for up in (False, True)]
        self.sprites = {(gradient, up): _comet(self.signed_color(1 if up else -1, gradient=gradient)) for gradient, up in kinds}
        self.signs = {up: _sign(self.background, up) for up in (False, True)}

    def still(self) -> Inks:
        """Return a copy for another thread, with fonts of its own: Qt changes what a font holds while it draws with it."""
        made = copy(self)
        made.fonts = _fonts(self.theme)
        return made

    def _table(self, positive: str, negative: str) -> Array:
        shares = np.linspace(-1.0, 1.0, 2 * SHADES + 1)
        below, zero, above = (rgb(name) for name in (negative, self.theme.canvas, positive))
        ends = np.where(shares[:, None] < 0, below, above)
        mixed = np.rint(zero + (ends - zero) * np.abs(shares)[:, None]).astype(np.uint32)
        packed = 0xFF000000 | mixed[:, 0] << 16 | mixed[:, 1] << 8 | mixed[:, 2]
        return np.append(packed, np.uint32(QColor(self.theme.not_finite).rgb())).astype(np.uint32)

    def value_color(self, share: float) -> QColor:
        """Return the fill for a value, −1 to 1 of its scale."""
        return QColor.fromRgb(int(self.value_table[int(shades(np.array(share), 1.0))]))

    def signed_color(self, value: float, *, gradient: bool, text: bool = False) -> QColor:
        """Return the colour that says the sign of a value or of a gradient; as text with more contrast."""
        theme = self.theme
        if gradient:
            return color(theme.rising if value >= 0 else theme.falling)
        if text:
            return color(theme.positive_text if value >= 0 else theme.negative_text)
        return color(theme.positive if value >= 0 else theme.negative)

    def ring(self, share: float, *, gradient: bool) -> QColor:
        """Return the colour of a ring whose magnitude is `share` (−1 to 1) of the largest."""
        name = self.signed_color(share, gradient=gradient).name()
        return blend(name, self.theme.canvas, 0.22 + 0.6 * min(1.0, abs(share)))

    def veil(self, share: float) -> QColor:
        """Return the background as a translucent ink that fades what is below and leaves the background its very colour."""
        for step in range(16):
            veil = QColor(self.background)
            veil.setAlpha(round(255 * share) + (step // 2 if step % 2 else -step // 2))
            pixel = QImage(1, 1, QImage.Format.Format_RGB32)
            pixel.fill(self.background)
            painter = QPainter(pixel)
            painter.fillRect(0, 0, 1, 1, veil)
            painter.end()
            if pixel.pixelColor(0, 0).rgb() == self.background.rgb():
                break
        return veil


def _greys(theme: Theme) -> Array:
    paper, ink = rgb(theme.canvas), rgb(theme.ink)
    mixed = np.rint(paper + (ink - paper) * np.linspace(0.0, 1.0, SHADES + 1)[:, None]).astype(np.uint32)
    packed = 0xFF000000 | mixed[:, 0] << 16 | mixed[:, 1] << 8 | mixed[:, 2]
    return np.append(packed, np.uint32(QColor(theme.not_finite).rgb())).astype(np.uint32)


def greys(values: Array, like: Array) -> Array:
    """Return the index of each pixel in the grey table, on the scale of the picture `like`.

    Paper is 0, or its lowest pixel where that is below 0; ink is its highest. What lies beyond is paper or ink.
    """
    whole, seen = np.isfinite(values), like[np.isfinite(like)]
    low, high = float(seen.min(initial=0.0)), float(seen.max(initial=0.0))
    share = (np.where(whole, values, low) / 2 - low / 2) / ((high / 2 - low / 2) or 1.0)  # halves: no overflow
    return np.where(whole, np.rint(np.clip(share, 0.0, 1.0) * SHADES).astype(np.int64), SHADES + 1)


def _fonts(theme: Theme) -> dict[str, QFont]:
    title, small, tiny = (points / theme.scale for points in (theme.title_points, theme.small_points, theme.caption_points))
    return {
        "title": font(title, bold=True),
        "small": font(small),
        "name": font(title),
        "number": font(small, mono=True),
        "tiny": font(tiny, mono=True),
        "strong": font(small, bold=True),
    }


def rgb(name: str) -> Array:
    """Return a colour's red, green and blue, 0 to 255, shape (3,)."""
    ink = QColor(name)
    return np.array([ink.red(), ink.green(), ink.blue()], dtype=float)


def pen_width(level: int) -> float:
    """Return the stroke width of a level; never 0 or 1, which Qt draws five times slower without antialiasing."""
    width = WIDTH_MIN + (WIDTH_MAX - WIDTH_MIN) * (abs(level) / LEVELS) ** 1.15
    return width if abs(width - 1.0) > 0.02 else 1.03


def shades(values: Array, scale: float | Array) -> Array:
    """Return the index of each value in a colour table; `scale` and above is the full colour."""
    size, kind = np.asarray(scale, dtype=float), values.dtype
    whole = np.isfinite(values)
    everything = bool(whole.all())
    with np.errstate(over="ignore"):
        factor = np.divide(SHADES, size, out=np.zeros_like(size), where=size > 0)
        factor = np.minimum(factor, np.finfo(kind).max).astype(kind)  # of a scale next to nothing
        index = np.asarray((values if everything else np.where(whole, values, 0)) * factor)  # of one value: no array
    index += SHADES + 0.5
    np.maximum(index, 0.5, out=index)  # two calls cost a third of np.clip
    np.minimum(index, 2 * SHADES + 0.5, out=index)
    found = index.astype(np.int64)
    return found if everything else np.where(whole, found, NOT_FINITE)


def _pens(theme: Theme, positive: str, negative: str, strength: float = 1.0) -> list[QPen]:
    made = []
    for level in range(-LEVELS, LEVELS + 1):
        share = abs(level) / LEVELS
        ink = blend(positive if level > 0 else negative, theme.canvas, (0.16 + 0.74 * share**0.8) * strength)
        width = pen_width(level) * (0.8 if strength < 1 else 1.0)
        made.append(QPen(ink, width if abs(width - 1.0) > 0.02 else 1.03, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
    return made


def _sprite() -> tuple[QPixmap, QPainter]:
    image = QImage(2 * SPRITE, 2 * SPRITE, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    pixmap = QPixmap.fromImage(image)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(2, 2)
    painter.setPen(Qt.PenStyle.NoPen)
    return pixmap, painter


def _comet(ink: QColor) -> QPixmap:
    pixmap, painter = _sprite()
    draw_comet(painter, ink)
    painter.end()
    return pixmap


def draw_comet(painter: QPainter, ink: QColor) -> None:
    """Draw a pulse that flies to the right, in a square of side SPRITE; without a pen."""
    middle = QPointF(SPRITE / 2, SPRITE / 2)
    halo = QColor(ink)
    halo.setAlphaF(0.22)
    painter.setBrush(halo)
    painter.drawEllipse(middle, SPRITE_RADIUS * 1.8, SPRITE_RADIUS * 1.8)
    tail = QRadialGradient(middle, SPRITE / 2)
    strong, none = QColor(ink), QColor(ink)
    strong.setAlphaF(0.75)
    none.setAlphaF(0.0)
    tail.setColorAt(0.2, strong)
    tail.setColorAt(1.0, none)
    painter.setBrush(tail)
    painter.drawPolygon([QPointF(0, SPRITE / 2), middle - QPointF(0, SPRITE_RADIUS), middle + QPointF(0, SPRITE_RADIUS)])
    painter.setBrush(ink)
    painter.drawEllipse(middle, SPRITE_RADIUS, SPRITE_RADIUS)


def _sign(ink: QColor, positive: bool) -> QPixmap:
    pixmap, painter = _sprite()
    draw_sign(painter, ink, positive)
    painter.end()
    return pixmap


def draw_sign(painter: QPainter, ink: QColor, positive: bool) -> None:
    """Draw the sign of a pulse, + or −, in a square of side SPRITE; without a pen."""
    middle, arm, thick = SPRITE / 2, SPRITE_RADIUS * 0.55, 3.0
    painter.setBrush(ink)
    painter.drawRect(QRectF(middle - arm, middle - thick / 2, 2 * arm, thick))
    if positive:
        painter.drawRect(QRectF(middle - thick / 2, middle - arm, thick, 2 * arm))
