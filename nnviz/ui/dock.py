"""A dock whose title bar is a thin handle: what it holds carries its own heading.

Qt drags, floats and docks it by the handle as by any title bar, since the handle leaves the mouse to the dock.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from nnviz.ui.theme import LIGHT, Theme, color

HEIGHT, GRIP = 9, QSize(36, 3)


class Handle(QWidget):
    """A strip with a short bar in its middle."""

    def __init__(self) -> None:
        super().__init__()
        self._theme = LIGHT
        self.setCursor(Qt.CursorShape.SizeAllCursor)

    def set_theme(self, theme: Theme) -> None:
        """Draw the bar in this theme."""
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        """As high as a hand needs, and no higher."""
        return QSize(GRIP.width(), HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Never lower."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Draw the bar."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color(self._theme.rule))
            bar = QRectF((self.width() - GRIP.width()) / 2, (self.height() - GRIP.height()) / 2, GRIP.width(), GRIP.height())
            painter.drawRoundedRect(bar, GRIP.height() / 2, GRIP.height() / 2)


class Dock(QDockWidget):
    """Holds one view; `name` is what its place is remembered by, `title` what menus and tabs call it."""

    def __init__(self, name: str, title: str, view: QWidget, window: QMainWindow) -> None:
        super().__init__(title, window)
        self.setObjectName(name)
        self.setWidget(view)
        self.handle = Handle()
        self.handle.setToolTip(title)
        self.windowTitleChanged.connect(self.handle.setToolTip)
        self.setTitleBarWidget(self.handle)
