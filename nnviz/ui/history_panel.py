"""The history of edits as a list (Qt's own undo view): what was done, what was taken back; a click goes to any of them."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPalette
from PySide6.QtWidgets import QFrame, QStyledItemDelegate, QStyleOptionViewItem, QToolTip, QUndoView

from nnviz.app.document import Document
from nnviz.ui.ranking import literal
from nnviz.ui.theme import LIGHT, Theme
from nnviz.ui.tips import plain, set_tip

PADDING = 3
Index = QModelIndex | QPersistentModelIndex


class Steps(QStyledItemDelegate):
    """Draws an edit: cut where it is too long, pale if it was taken back."""

    def __init__(self, view: HistoryPanel) -> None:
        super().__init__(view)
        self._view = view

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        """Put the edit's title into what Qt draws; row 0 is the start, row n stands behind the n-th edit."""
        super().initStyleOption(option, index)
        option.text = literal(option.text)
        if index.row() > self._view.stack().index():
            option.palette.setBrush(QPalette.ColorRole.Text, option.palette.placeholderText())

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002
        """Return the height of a line; it is as wide as the list, whatever its title."""
        return QSize(0, option.fontMetrics.height() + 2 * self._view.theme.pixels(PADDING))


class HistoryPanel(QUndoView):
    """The edits of one document, oldest first, the present state selected."""

    is_view: ClassVar[bool] = True  # is switched off as a whole (failsafe.py)

    def __init__(self, document: Document, theme: Theme = LIGHT) -> None:
        super().__init__(document.undo_stack)
        self.theme = theme
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setItemDelegate(Steps(self))
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.translate()

    def translate(self) -> None:
        """Say everything in the present language; edits keep the words they were made with."""
        self.setEmptyLabel(self.tr("Start"))
        self.setAccessibleName(self.tr("History"))
        set_tip(self, self.tr("All edits since the document was opened; click one to go back to it, or forward"))

    def set_theme(self, theme: Theme) -> None:
        """Take the height of lines that the theme's type needs; colours come with the palette."""
        self.theme = theme
        self.scheduleDelayedItemsLayout()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the language."""
        if event.type() is QEvent.Type.LanguageChange:
            self.translate()
        super().changeEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        """Show the whole title of the edit under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            index = self.indexAt(event.pos())
            if index.isValid():
                QToolTip.showText(event.globalPos(), plain(str(index.data())), self.viewport(), self.visualRect(index))
                return True
        return super().viewportEvent(event)
