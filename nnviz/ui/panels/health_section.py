"""What was found of a run's health: each finding in a sentence, with its reason and its remedies as buttons.

Findings belong to the spec they were made for; as soon as it is edited they are put away until new ones come.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from PySide6.QtCore import QEvent, Slot
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from nnviz.analysis.finding import Finding, Remedy
from nnviz.app.document import Document
from nnviz.explain.words import say
from nnviz.ui.failsafe import updates
from nnviz.ui.flow import FlowLayout
from nnviz.ui.form import text_label
from nnviz.ui.theme import grown
from nnviz.ui.tips import set_tip

MOST = 5  # findings shown at once; the worst come first
GAP = 6


class HealthSection(QWidget):
    """Shows findings; a click on a remedy edits the document, undoably."""

    is_view: ClassVar[bool] = True  # is switched off as a whole (failsafe.py)

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._findings: tuple[Finding, ...] = ()
        self.boxes: list[FindingBox] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(grown(2 * GAP))
        self.well = text_label("", "muted")
        self.well.setWordWrap(True)
        self._column.addWidget(self.well)
        document.spec_changed.connect(self._put_away)
        self._translate()

    def _translate(self) -> None:
        self.setAccessibleName(self.tr("Health of the run"))
        self.well.setText(self.tr("Nothing wrong was found."))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() is QEvent.Type.LanguageChange:
            self._translate()
            self._fill()
        super().changeEvent(event)

    @updates
    def show_findings(self, findings: tuple[Finding, ...]) -> None:
        """Show these findings, of the document's present spec; nothing changes on screen where nothing else is said."""
        if findings != self._findings:
            self._findings = findings
            self._fill()

    def _fill(self) -> None:
        """Show the worst findings in the boxes there are, and make or hide boxes as needed."""
        shown = self._findings[:MOST]
        while len(self.boxes) < len(shown):
            self.boxes.append(FindingBox(self.apply))
            self._column.addWidget(self.boxes[-1])
        for place, box in enumerate(self.boxes):
            box.setVisible(place < len(shown))
            if place < len(shown):
                box.show_finding(shown[place])
        self.well.setHidden(bool(shown))

    @Slot()
    def _put_away(self) -> None:
        """The spec is another now: what was found, and what its remedies would change, is of the old one."""
        self.show_findings(())

    def apply(self, remedy: Remedy) -> None:
        """Edit the document; where the weights are of no use, go back to the best ones first."""
        if remedy.back:
            self._document.go_back()
        self._document.edit(remedy.spec, say(remedy.message))


class FindingBox(QWidget):
    """One finding: what is so, why, and a button for each remedy."""

    def __init__(self, apply: Callable[[Remedy], None]) -> None:
        super().__init__()
        self._apply = apply
        self._remedies: tuple[Remedy, ...] = ()
        self.what, self.why = text_label(""), text_label("", "muted")
        self.buttons: list[QPushButton] = []
        self._row = FlowLayout(grown(GAP))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(grown(GAP // 2))
        for label in (self.what, self.why):
            label.setWordWrap(True)
            column.addWidget(label)
        column.addLayout(self._row)

    def show_finding(self, finding: Finding) -> None:
        """Show another finding; buttons stay where they are, so that none moves away under the pointer."""
        self.what.setText(say(finding.message))
        self.why.setText(say(finding.reason))
        self._remedies = finding.remedies
        while len(self.buttons) < len(finding.remedies):
            button = QPushButton(self)
            button.clicked.connect(self._take)
            self.buttons.append(button)
            self._row.addWidget(button)
        for place, button in enumerate(self.buttons):
            button.setVisible(place < len(finding.remedies))
            if place < len(finding.remedies):
                words = say(finding.remedies[place].message)
                button.setText(words.replace("&", "&&"))
                set_tip(button, self.tr("Apply this remedy; Undo takes it back: {remedy}").format(remedy=words))

    @Slot()
    def _take(self) -> None:
        button = self.sender()
        assert isinstance(button, QPushButton)
        self._apply(self._remedies[self.buttons.index(button)])
