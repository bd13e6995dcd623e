"""The examples as thumbnails, four a row; those beyond the first rows are folded away."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from nnviz.formats.examples import load, names
from nnviz.ui.fold import Fold
from nnviz.ui.panels.thumbnails import Thumbnail
from nnviz.ui.theme import Theme
from nnviz.ui.tips import set_tip

A_ROW, ROWS = 4, 3
GAP = 6


class Gallery(QWidget):
    """All examples; `picked` carries the name of the one that was clicked."""

    picked = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.pixels(GAP))
        self.more = Fold(self.tr("More examples"))
        self.thumbnails: dict[str, Thumbnail] = {}
        first, rest = names()[: A_ROW * ROWS], names()[A_ROW * ROWS :]
        column.addWidget(self._rows(first, theme))
        column.addWidget(self.more)
        self.more.form.addWidget(self._rows(rest, theme))
        self.more.head.show_summary(str(len(rest)))
        self.more.setVisible(bool(rest))

    def _rows(self, shown: tuple[str, ...], theme: Theme) -> QWidget:
        """Return these examples in rows."""
        made = QWidget()
        grid = QGridLayout(made)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(theme.pixels(GAP))
        for at, name in enumerate(shown):
            example = load(name)
            button = Thumbnail(name, example.spec, theme)
            button.setAccessibleName(example.title)
            set_tip(button, f"{example.title}\n{example.summary}")
            button.picked.connect(self.picked)
            grid.addWidget(button, at // A_ROW, at % A_ROW)
            self.thumbnails[name] = button
        for column in range(A_ROW):
            grid.setColumnStretch(column, 1)
        return made

    def show_current(self, name: str) -> None:
        """Frame the example that is open, none for any other network; it is never folded away."""
        for key, button in self.thumbnails.items():
            button.setChecked(key == name)
        if name in names()[A_ROW * ROWS :]:
            self.more.unfold(True)
