"""The commands of the Help menu."""

from __future__ import annotations

from nnviz.ui.action_rows.row import HELP, QT_TRANSLATE_NOOP, Keys, Row

ROWS = (
    Row(
        "keys",
        QT_TRANSLATE_NOOP("actions", "&Keys…"),
        "guide.keys",
        QT_TRANSLATE_NOOP("actions", "All keys at a glance; each can be changed"),
        "mdi6.keyboard-outline",
        keys=("Ctrl+/",),
        menu=HELP,
    ),
    Row(
        "whats_this",
        QT_TRANSLATE_NOOP("actions", "&What is this?"),
        "guide.whats_this",
        QT_TRANSLATE_NOOP("actions", "Click on anything to read what it does and what its present value means"),
        "mdi6.help-circle-outline",
        keys=("F1", Keys.WhatsThis),
        menu=HELP,
    ),
    Row(
        "open_log_folder",
        QT_TRANSLATE_NOOP("actions", "Open the &log folder"),
        "guide.open_log_folder",
        QT_TRANSLATE_NOOP("actions", "Show the folder with the log, which says what happened before something went wrong"),
        "mdi6.folder-text-outline",
        rule=True,
        menu=HELP,
    ),
    Row(
        "about",
        QT_TRANSLATE_NOOP("actions", "&About nnviz"),
        "guide.about",
        QT_TRANSLATE_NOOP("actions", "Versions of nnviz and of what it is built on, ready to be copied"),
        "mdi6.information-outline",
        rule=True,
        menu=HELP,
    ),
)
