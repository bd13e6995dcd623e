"""Gives a dialog the size it would like, within the screen it is on."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QDialog

from nnviz.ui.theme import grown

FRAME = QSize(8, 40)
"""Room for the frame and title bar that the window manager puts around a dialog."""


def resize_within_screen(dialog: QDialog, width: int, height: int) -> None:
    """Make a dialog this large at the usual type size, larger with larger type, but never larger than the screen."""
    room = dialog.screen().availableGeometry().size() - FRAME
    dialog.resize(QSize(grown(width), grown(height)).expandedTo(dialog.minimumSizeHint()).boundedTo(room))
