"""Tooltips as plain text: Qt guesses at rich text, and a name out of a file may look like it."""

from __future__ import annotations

import html

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget


def plain(text: str) -> str:
    """Return the text as markup that shows exactly this text, line by line, and wraps where it is long."""
    return "<qt>" + html.escape(text).replace("\n", "<br>") + "</qt>"


def set_tip(target: QWidget | QAction, text: str) -> None:
    """Give a widget or action this tooltip, shown literally; "What is this?" (F1) answers with the same words."""
    words = plain(text) if text else ""
    target.setToolTip(words)
    target.setWhatsThis(words)
