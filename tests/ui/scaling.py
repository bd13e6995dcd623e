"""Themes with everything larger, as the back row needs it."""

from __future__ import annotations

from nnviz.ui.theme import Theme, themed


def scaled(theme: Theme, factor: float) -> Theme:
    """Return the theme with all sizes larger by a factor."""
    return themed(
        theme, scale=factor, digits=theme.digits, decimal_comma=theme.decimal_comma, reduce_motion=theme.reduce_motion
    )
