"""Thumbnails of the examples: buttons that open them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from nnviz.engine.spec import Spec
from nnviz.ui.failsafe import paints
from nnviz.ui.panels.thumbnail_pictures import thumbnail
from nnviz.ui.theme import Theme, color, grown

SIDE, SMALLEST = 46, 28


class Thumbnail(QAbstractButton):
    """A button that shows an example; square, framed when it is the open one, a ring when focused."""

    picked = Signal(str)

    def __init__(self, name: str, spec: Spec, theme: Theme) -> None:
        super().__init__()
        self.example, self._spec, self._theme = name, spec, theme
        self._picture = QPixmap()
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._pick)

    def set_theme(self, theme: Theme) -> None:
        """Draw the picture anew in another theme."""
        self._theme, self._picture = theme, QPixmap()
        self.update()

    def _pick(self) -> None:
        self.picked.emit(self.example)

    def sizeHint(self) -> QSize:
        """Return the size of the mockups."""
        return QSize(grown(SIDE), grown(SIDE))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stay square: the column gives the width."""
        super().resizeEvent(event)
        if self.height() != self.width():
            self.setFixedHeight(self.width())

    def minimumSizeHint(self) -> QSize:
        """Return the smallest legible picture."""
        return QSize(grown(SMALLEST), grown(SMALLEST))

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show that it can be clicked."""
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Stop showing it."""
        super().leaveEvent(event)
        self.update()

    @paints
    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the picture in its frame."""
        theme, side = self._theme, min(self.width(), self.height())
        inner = max(8, side - 6)
        if self._picture.width() != round(inner * self.devicePixelRatioF()):
            self._picture = thumbnail(self._spec, theme, inner, self.devicePixelRatioF())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = self.isChecked() or self.hasFocus()
        line = theme.accent if chosen else theme.muted if self.underMouse() else theme.rule
        width = 2.0 if chosen else 1.0
        painter.setPen(QPen(color(line), width))
        painter.setBrush(color(theme.window))
        edge = width / 2.0
        painter.drawRoundedRect(QRectF(edge, edge, side - width, side - width), theme.corner, theme.corner)
        painter.drawPixmap(QPointF((side - inner) / 2.0, (side - inner) / 2.0), self._picture)
        if self.hasFocus() and self.isChecked():
            painter.setPen(QPen(color(theme.ink), 1.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(3.5, 3.5, side - 7.0, side - 7.0), theme.corner - 3, theme.corner - 3)
