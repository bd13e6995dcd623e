"""Themes with larger type, as the back row needs it."""

from __future__ import annotations

from dataclasses import fields, replace

from nnviz.ui.theme import Theme


def scaled(theme: Theme, factor: float) -> Theme:
    """Return the theme with all type larger by a factor."""
    sizes = [field.name for field in fields(theme) if field.name.endswith("_points")]
    return replace(theme, **{name: getattr(theme, name) * factor for name in sizes})
