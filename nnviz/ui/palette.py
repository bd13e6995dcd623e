"""The command palette (Ctrl+K): every command of the table of actions, found by typing part of its name or key."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, Slot
from PySide6.QtGui import QAction

from nnviz.ui.action_rows.row import QT_TRANSLATE_NOOP
from nnviz.ui.action_table import ACTIONS, ROWS, Row
from nnviz.ui.actions import key_words, keys_of, title
from nnviz.ui.quick_list import QuickList
from nnviz.ui.ranking import Entry

if TYPE_CHECKING:
    from nnviz.ui.main_window import MainWindow

CONTEXT = "Palette"
REASONS = {
    "loaded": QT_TRANSLATE_NOOP("Palette", "The data are still being loaded."),
    "standing": QT_TRANSLATE_NOOP("Palette", "Training is going on: pause it first."),
    "stepping": QT_TRANSLATE_NOOP("Palette", "Step through a pass first."),
    "layer": QT_TRANSLATE_NOOP("Palette", "Select a layer first."),
    "one layer": QT_TRANSLATE_NOOP("Palette", "Select one layer first."),
    "neuron": QT_TRANSLATE_NOOP("Palette", "Select a neuron first."),
    "edge": QT_TRANSLATE_NOOP("Palette", "Select an edge first."),
    "value": QT_TRANSLATE_NOOP("Palette", "Select a neuron or an edge first."),
    "part": QT_TRANSLATE_NOOP("Palette", "Select a layer, a neuron or an edge first."),
    "undo": QT_TRANSLATE_NOOP("Palette", "There is no edit to take back."),
    "redo": QT_TRANSLATE_NOOP("Palette", "No edit was taken back."),
    "revertible": QT_TRANSLATE_NOOP("Palette", "There is nothing unsaved in a project of a file."),
}
"""Why a command cannot be used at present, by the state that it needs (`Row.when`)."""
OTHERWISE = QT_TRANSLATE_NOOP("Palette", "This cannot be done at present.")


class Palette(QObject):
    """Offers the commands of a window, those chosen last first, and does what is chosen."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._recent: list[str] = []
        self.list = QuickList(window)
        self.list.chosen.connect(self._do)

    @Slot()
    def show(self) -> None:
        """Show all commands that can be called up."""
        rows = [row for row in ACTIONS if not row.is_submenu and self._action(row).isVisible()]
        entries = [self._entry(row) for row in sorted(rows, key=self._age)]
        tip = self.tr("Type words of a command's name or its key; Enter does it, Esc goes back")
        self.list.offer(self.tr("Commands"), tip, entries)

    def _action(self, row: Row) -> QAction:
        return self._window.actions_by_name[row.name]

    def _age(self, row: Row) -> int:
        """Return after how many others a command was chosen; those never chosen stay as they are, behind."""
        return self._recent.index(row.name) if row.name in self._recent else len(self._recent)

    def _entry(self, row: Row) -> Entry:
        action = self._action(row)
        text = unmarked(action.text())
        if row.submenu:
            text = self.tr("{menu}: {command}").format(menu=title(ROWS[row.submenu].text).rstrip("…"), command=text)
        reason = "" if action.isEnabled() else QCoreApplication.translate(CONTEXT, REASONS.get(row.when, OTHERWISE))
        return Entry(text, row.name, note=key_words(keys_of(action)), reason=reason, icon=action.icon())

    @Slot(object)
    def _do(self, name: str) -> None:
        self._recent = [name, *(each for each in self._recent if each != name)]
        self._window.actions_by_name[name].trigger()


def unmarked(text: str) -> str:
    """Return an entry's text as it is read: without the mark of its mnemonic, && being the letter &."""
    return re.sub("&(.)", r"\1", text)
