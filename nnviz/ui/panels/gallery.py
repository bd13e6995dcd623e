"""The examples as thumbnails, four a row."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from nnviz.formats.examples import load, names
from nnviz.ui.panels.thumbnails import Thumbnail
from nnviz.ui.theme import Theme
from nnviz.ui.tips import set_tip

A_ROW = 4
GAP = 6


class Gallery(QWidget):
    """All examples; `picked` carries the name of the one that was clicked."""

    picked = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(theme.pixels(GAP))
        self.thumbnails: dict[str, Thumbnail] = {}
        for at, name in enumerate(names()):
            example = load(name)
            button = Thumbnail(name, example.spec, theme)
            button.setAccessibleName(example.title)
            set_tip(button, f"{example.title}\n{example.summary}")
            button.picked.connect(self.picked)
            grid.addWidget(button, at // A_ROW, at % A_ROW)
            self.thumbnails[name] = button
        for column in range(A_ROW):
            grid.setColumnStretch(column, 1)

    def show_current(self, name: str) -> None:
        """Frame the example that is open, none for any other network."""
        for key, button in self.thumbnails.items():
            button.setChecked(key == name)
