"""Turns arrays of values into pictures: orange below zero, background at zero, blue above, hatched grey where not finite.

One table of colours a theme, one look-up an array (DECISIONS 27).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from nnviz.ui.theme import Theme

Array = NDArray[Any]
LEVELS = 128
"""Colours on either side of zero."""
HATCH = 6
"""Width in cells of one stripe and its gap where values are not finite."""


def value_table(theme: Theme) -> Array:
    """Return the colours from −1 to 1, shape (2·LEVELS + 1, 3), 0 to 1."""
    share = np.linspace(0, 1, LEVELS + 1)[:, None]
    below, zero, above = rgb(theme.negative), rgb(theme.window), rgb(theme.positive)
    falling = below + (zero - below) * share
    rising = zero + (above - zero) * share
    return np.concatenate([falling, rising[1:]])


def rgb(hexadecimal: str) -> Array:
    """Return a colour of the theme as three numbers from 0 to 1."""
    ink = QColor(hexadecimal)
    return np.array([ink.redF(), ink.greenF(), ink.blueF()])


def packed(colors: Array) -> Array:
    """Return colours (..., 3) from 0 to 1 as opaque pixels, shape (...), uint32 as QImage's RGB32 holds them."""
    parts = np.rint(colors * 255).astype(np.uint32)
    pixels: Array = np.uint32(0xFF000000) | parts[..., 0] << np.uint32(16) | parts[..., 1] << np.uint32(8) | parts[..., 2]
    return pixels


def value_pixels(values: Array, table: Array) -> Array:
    """Return the pixels of values from −1 to 1 (beyond: the end colours), shape of `values`; NaN looks like 0."""
    inside = np.maximum(np.minimum(values, 1), -1)
    if np.isnan(inside).any():
        inside = np.where(np.isnan(inside), 0, inside)
    pixels: Array = table.take((inside * LEVELS + (LEVELS + 0.5)).astype(np.intp))
    return pixels


def class_pixels(values: Array, theme: Theme) -> Array:
    """Return the pixels of outputs (classes, rows, columns): the colour of the largest, paler the closer the second comes.

    The distance between largest and second is measured against the widest one anywhere up to 1.
    """
    finite = np.where(np.isfinite(values), values, 0.0)
    ordered = np.sort(finite, axis=0)
    lead = ordered[-1] / 2 - ordered[-2] / 2  # halves: the difference must not overflow
    share = 0.12 + 0.73 * np.clip(lead / max(float(lead.max(initial=0.0)), 0.5), 0, 1)
    colors = np.array([rgb(theme.classes[k % len(theme.classes)]) for k in range(len(values))])
    return packed(rgb(theme.window) + (colors[finite.argmax(axis=0)] - rgb(theme.window)) * share[..., None])


def hatched(pixels: Array, bad: Array, theme: Theme) -> Array:
    """Return the pixels (rows, columns) with diagonal stripes where `bad`."""
    if not bad.any():
        return pixels
    rows, columns = np.indices(bad.shape)
    stripe = (rows + columns) % HATCH < HATCH // 2
    grey, ground = packed(rgb(theme.not_finite)), packed(rgb(theme.window))
    return np.where(bad, np.where(stripe, grey, ground), pixels)


def image(pixels: Array) -> QImage:
    """Return pixels (rows, columns) as a QImage that owns its memory; row 0 is its first row."""
    rows, columns = pixels.shape
    buffer = np.ascontiguousarray(pixels, dtype=np.uint32)
    # Without the copy Qt would read the array's memory after it is gone.
    return QImage(buffer.data, columns, rows, 4 * columns, QImage.Format.Format_RGB32).copy()
