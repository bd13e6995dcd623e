"""A scrolling column of views, as the docks at the sides hold them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from nnviz.ui.theme import grown

EDGE, TOP, BOTTOM, GAP, BAR = 12, 2, 8, 10, 8


class Column(QScrollArea):
    """Views below each other.

    The scroll bar always has its room, and shows only where there is something to scroll. A bar that came and went would
    change the width, and with it the height of what is in the column: where a narrower column is a lower one, Qt calls
    itself without end.
    """

    def __init__(self, *views: QWidget) -> None:
        super().__init__()
        inside = QWidget()
        layout = QVBoxLayout(inside)
        for view in views:
            layout.addWidget(view)
        layout.addStretch(1)
        self.setWidgetResizable(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self._layout = layout
        self._leave_room()
        self.setWidget(inside)
        self.verticalScrollBar().rangeChanged.connect(self._show_bar)
        self._show_bar(0, 0)

    def _leave_room(self) -> None:
        self._layout.setContentsMargins(grown(EDGE), grown(TOP), grown(EDGE - BAR), grown(BOTTOM))
        self._layout.setSpacing(grown(GAP))

    def changeEvent(self, event: QEvent) -> None:
        """Leave more room around larger type."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._leave_room()

    @Slot(int, int)
    def _show_bar(self, lowest: int, highest: int) -> None:
        self.verticalScrollBar().setEnabled(highest > lowest)
