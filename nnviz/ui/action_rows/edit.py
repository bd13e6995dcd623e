"""The commands of the Edit menu: what changes the network."""

from __future__ import annotations

from nnviz.ui.action_rows.row import EDIT, QT_TRANSLATE_NOOP, Keys, Row

ROWS = (
    Row(
        "undo",
        QT_TRANSLATE_NOOP("actions", "&Undo"),
        "document.undo_stack.undo",
        QT_TRANSLATE_NOOP("actions", "Take the last edit back"),
        "mdi6.undo",
        keys=("Ctrl+Z", Keys.Undo),
        when="undo",
        menu=EDIT,
    ),
    Row(
        "redo",
        QT_TRANSLATE_NOOP("actions", "&Redo"),
        "document.undo_stack.redo",
        QT_TRANSLATE_NOOP("actions", "Make the edit taken back again"),
        "mdi6.redo",
        keys=("Ctrl+Shift+Z", Keys.Redo, "Ctrl+Y"),
        when="redo",
        menu=EDIT,
    ),
    Row(
        "add_layer",
        QT_TRANSLATE_NOOP("actions", "&Add layer"),
        "inspector.add_layer",
        QT_TRANSLATE_NOOP("actions", "Add a layer after the selected one, or before the output"),
        "mdi6.plus",
        keys=("Ctrl+L",),
        when="loaded",
        rule=True,
        menu=EDIT,
    ),
    Row(
        "remove_layer",
        QT_TRANSLATE_NOOP("actions", "Re&move layer"),
        "inspector.remove_layer",
        QT_TRANSLATE_NOOP("actions", "Take the selected layer away; the output layer stays"),
        "mdi6.minus",
        canvas_keys=("Del",),
        when="hidden layer",
        menu=EDIT,
    ),
)
