"""Shows that the canvas has the keyboard: what is selected is outlined by itself, this also where nothing is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QWidget

from nnviz.ui.failsafe import paints
from nnviz.ui.theme import color

if TYPE_CHECKING:
    from nnviz.ui.canvas.canvas import Canvas

RING = 2
BY_KEY = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)
KEPT = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason, Qt.FocusReason.OtherFocusReason)  # as it was before


class FocusRing(QWidget):
    """A ring at the edge of the canvas while it has the keyboard, if it came there by a key; it lies over the viewport."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas, self._by_key = canvas, False
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()
        canvas.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the canvas's focus and size."""
        if event.type() == QEvent.Type.FocusOut:  # also while the canvas is being destroyed: it must not be asked anything
            self.hide()
        elif isinstance(event, QFocusEvent) and event.gotFocus():
            if event.reason() not in KEPT:
                self._by_key = event.reason() in BY_KEY
            self._fill()
            self.setVisible(self._by_key)
        elif event.type() == QEvent.Type.Resize:
            self._fill()
        return super().eventFilter(watched, event)

    @paints
    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Fill what the mask leaves."""
        QPainter(self).fillRect(self.rect(), color(self._canvas.sheet.inks.theme.accent))

    def _fill(self) -> None:
        """Lie along the edge; the inside is cut out, so that nothing there is painted twice."""
        area = self._canvas.rect()
        self.setGeometry(area)
        self.setMask(QRegion(area) - QRegion(area.adjusted(RING, RING, -RING, -RING)))
        self.raise_()
