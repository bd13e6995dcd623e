"""A window of paper: it has every slot the table of actions names, and notes which were called."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMainWindow, QWidget

from nnviz.app.settings_file import Settings
from nnviz.ui.action_table import ACTIONS
from nnviz.ui.actions import make_actions
from nnviz.ui.theme import LIGHT


class PaperStore(QObject):
    """The settings, without a file."""

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.settings = Settings()

    def change(self, **values: Any) -> None:
        from dataclasses import replace

        self.settings = replace(self.settings, **values)
        self.changed.emit(self.settings)


class PaperWindow(QMainWindow):
    """`called` grows by the slot's path and what it was handed."""

    def __init__(self) -> None:
        super().__init__()
        self.called: list[tuple[Any, ...]] = []
        self.theme = LIGHT
        self.program = SimpleNamespace(settings=PaperStore())
        self.area = QWidget()
        self.setCentralWidget(self.area)
        for row in ACTIONS:
            self._put(row.slot)

    def _put(self, slot: str) -> None:
        *path, last = slot.split(".")
        owner: Any = self
        for name in path:
            if not hasattr(owner, name):
                setattr(owner, name, SimpleNamespace())
            owner = getattr(owner, name)
        if last:
            setattr(owner, last, lambda *args: self.called.append((slot, *args)))

    def make_actions(self) -> None:
        self.actions_by_name = make_actions(self, (self.area,))

    def names(self) -> list[str]:
        """Return the paths of the slots called so far."""
        return [name for name, *_ in self.called]
