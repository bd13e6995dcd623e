"""The card beside the canvas while a pass is stepped through: the formula, then the numbers put in, then the result.

Every number that stands somewhere on the canvas is linked: the card says which neuron or edge the pointer is on
(`token_hovered`), and marks the numbers of the one that the canvas points at (`mark`).
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnviz.explain.card import Card
from nnviz.explain.stages import Stage
from nnviz.explain.words import say
from nnviz.ui.failsafe import updates
from nnviz.ui.form import text_label
from nnviz.ui.formula import Formula
from nnviz.ui.panels.card_section import CardSection, Place
from nnviz.ui.theme import LIGHT, Theme

GAP = 8


class FormulaCard(QWidget):
    """Shows a card; `token_hovered` carries (layer, neuron), (layer, unit, source), or None."""

    token_hovered = Signal(object)

    def __init__(self, theme: Theme = LIGHT) -> None:
        super().__init__()
        self._theme = theme
        self._card: Card | None = None
        self._stage: Stage | None = None
        self.title = text_label("", "heading")
        self.title.setWordWrap(True)
        self.formula = Formula(theme, points=theme.number_points)
        self.sections: list[CardSection] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.pixels(GAP))
        self._column.addWidget(self.title)
        self._column.addWidget(self.formula)
        self.setAccessibleName(self.tr("Formula card"))

    @updates
    def show_card(self, card: Card, stage: Stage) -> None:
        """Show a card of this stage."""
        self._card, self._stage = card, stage
        self.title.setText(say(card.title).upper())
        self.formula.set_latex(stage.formula)
        while len(self.sections) < len(card.sections):
            section = CardSection(self._theme)
            section.token_hovered.connect(self.token_hovered)
            self._column.addWidget(section)
            self.sections.append(section)
        for at, section in enumerate(self.sections):
            section.setVisible(at < len(card.sections))
            if at < len(card.sections):
                section.show_section(card.sections[at])
        self.setAccessibleDescription("\n".join(section.text() for section in self.sections[: len(card.sections)]))

    @updates
    def mark(self, place: Place | None) -> None:
        """Mark the numbers that come from this neuron or edge, None for no mark."""
        for section in self.sections:
            section.mark(place)

    @updates
    def set_theme(self, theme: Theme) -> None:
        """Show everything in another theme."""
        self._theme = theme
        self._column.setSpacing(theme.pixels(GAP))
        self.formula.set_theme(theme)
        for section in self.sections:
            section.set_theme(theme)

    def changeEvent(self, event: QEvent) -> None:
        """Say everything again in a new language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.setAccessibleName(self.tr("Formula card"))
            if self._card is not None and self._stage is not None:
                self.show_card(self._card, self._stage)
