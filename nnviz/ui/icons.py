"""The one place that makes icons: drawn from a font, in the theme's colours, so that they are sharp at any scale.

An icon holds its colours; when the theme changes, the views ask for it again.
"""

from __future__ import annotations

import os

from PySide6.QtGui import QIcon

from nnviz.ui.theme import Theme


def icon(name: str, theme: Theme, *, on_accent: bool = False) -> QIcon:
    """Return an icon of qtawesome, e.g. "mdi6.play", in the theme's ink or in the colour that stands on its accent.

    qtawesome (0.3 s to import) keeps what it made by name and colour, so asking again costs nothing.
    """
    os.environ.setdefault("QT_API", "pyside6")
    import qtawesome

    ink = theme.on_accent if on_accent else theme.ink
    made: QIcon = qtawesome.icon(name, color=ink, color_disabled=theme.muted)
    return made
