"""Chips that switch the input features on and off."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from nnviz.ui.flow import FlowLayout
from nnviz.ui.form import refusal_label
from nnviz.ui.names import feature_name
from nnviz.ui.theme import grown
from nnviz.ui.tips import set_tip

GAP = 6


class Chip(QPushButton):
    """One feature."""

    flipped = Signal(str)

    def __init__(self, feature: str) -> None:
        super().__init__(feature_name(feature).replace("&", "&&"))
        self.feature = feature
        self.setProperty("chip", True)
        self.setCheckable(True)
        self.setAutoDefault(False)
        self.clicked.connect(self._flip)

    def _flip(self) -> None:
        self.flipped.emit(self.feature)


class Chips(QWidget):
    """The features on offer; `flipped` carries the one that was clicked. The spec decides which are on."""

    flipped = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.chips: dict[str, Chip] = {}
        self.note = refusal_label()
        self._flow = FlowLayout(grown(GAP))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._flow)
        column.addWidget(self.note)

    def refuse(self, reason: str) -> None:
        """Say below the chips why they stay as they are; an empty reason takes it away."""
        self.note.setText(reason)
        self.note.setVisible(bool(reason))

    def show_features(self, offered: tuple[str, ...], chosen: tuple[str, ...]) -> None:
        """Show what there is and what of it the network is fed."""
        if tuple(self.chips) != offered:
            for chip in self.chips.values():
                self._flow.removeWidget(chip)
                chip.hide()
                chip.deleteLater()
            self.chips = {}
            for feature in offered:
                chip = Chip(feature)
                chip.flipped.connect(self.flipped)
                self._flow.addWidget(chip)
                self.chips[feature] = chip
        for feature, chip in self.chips.items():
            on = feature in chosen
            chip.setChecked(on)
            chip.setAccessibleName(self.tr("Input feature {name}").format(name=feature_name(feature)))
            state = self.tr("The network is fed {name}; click to take it away") if on else self.tr("Click to feed the network {name}")
            set_tip(chip, state.format(name=feature_name(feature)))
