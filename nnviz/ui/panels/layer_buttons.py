"""What can be done to a layer as a whole: another one before or after it, or none in its place."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from nnviz.ui.form import refusal_label
from nnviz.ui.theme import grown
from nnviz.ui.tips import set_tip

GAP = 4


class LayerButtons(QWidget):
    """Buttons to add a layer before or after this one and to remove it; the output layer is the last and stays."""

    def __init__(self, *, output: bool) -> None:
        super().__init__()
        self.before, self.after, self.remove = QPushButton(), QPushButton(), QPushButton()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(grown(GAP))
        last = self.tr("The output layer is the last one and stays")
        for button, words, tip in (
            (self.before, self.tr("Add a layer before"), self.tr("Put a new layer between this one and what it reads")),
            (self.after, self.tr("Add a layer after"), last if output else self.tr("Put a new layer between this one and the next")),
            (self.remove, self.tr("Remove layer"), last if output else self.tr("Take this layer away; the next one reads what it read")),
        ):
            button.setText(words)
            button.setAccessibleName(words)
            set_tip(button, tip)
            column.addWidget(button)
        self.after.setEnabled(not output)
        self.remove.setEnabled(not output)
        self.note = refusal_label()
        column.addWidget(self.note)

    def refuse(self, reason: str) -> None:
        """Say below the buttons why it cannot be; an empty reason takes it away."""
        self.note.setText(reason)
        self.note.setVisible(bool(reason))
