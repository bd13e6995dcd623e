"""Says what a plot shows and how it is read: as its tip beside the data, on which the pointer reads values, and for F1."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QToolTip

from nnviz.ui.plots.view import View
from nnviz.ui.tips import plain


class Meaning(QObject):
    """The words of one view; pyqtgraph itself would show no tip."""

    def __init__(self, view: View) -> None:
        super().__init__(view)
        self._view, self._words = view, ""
        view.viewport().installEventFilter(self)

    def say(self, words: str) -> None:
        """Say these words from now on."""
        if words != self._words:
            self._words = words
            reading = self.tr("The pointer or the arrow keys read values, the wheel and + − zoom, Home shows the whole.")
            self._view.setToolTip(plain(words))
            self._view.setWhatsThis(plain(f"{words}\n{reading}"))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002
        """Show the tip where no values are read."""
        if not isinstance(event, QHelpEvent) or event.type() is not QEvent.Type.ToolTip:
            return False
        beside = not self._view.plot_rect().contains(QPointF(event.pos()))
        QToolTip.showText(event.globalPos(), self._view.toolTip() if beside else "", self._view.viewport())
        return True
