"""A dock whose title bar is a thin handle: what it holds carries its own heading.

Qt drags, floats and docks it by the handle as by any title bar, since the handle leaves the mouse to the dock.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QScrollArea, QWidget

from nnviz.ui.failsafe import paints
from nnviz.ui.theme import LIGHT, Theme, color
from nnviz.ui.tips import plain

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
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As high as a hand needs, and no higher."""
        return QSize(self._theme.pixels(GRIP.width()), self._theme.pixels(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        """Never lower."""
        return self.sizeHint()

    @paints
    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Draw the bar."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color(self._theme.rule))
            wide, high = GRIP.width() * self._theme.scale, GRIP.height() * self._theme.scale
            bar = QRectF((self.width() - wide) / 2, (self.height() - high) / 2, wide, high)
            painter.drawRoundedRect(bar, high / 2, high / 2)


class Dock(QDockWidget):
    """Holds one view; `name` is what its place is remembered by, `title` what menus and tabs call it."""

    def __init__(self, name: str, title: str, view: QWidget, window: QMainWindow) -> None:
        super().__init__(title, window)
        self._main = window
        self.setObjectName(name)
        self.setWidget(view)
        self.handle = Handle()
        self._name(title)
        self.windowTitleChanged.connect(self._name)
        self.setTitleBarWidget(self.handle)
        self.setAcceptDrops(True)

    @Slot()
    def toggle(self) -> None:
        """Show it, or hide it."""
        self.setVisible(not self.isVisible())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Ask the window, which a dock that floats is not a part of for the desktop."""
        QApplication.sendEvent(self._main, event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Let the window open it."""
        QApplication.sendEvent(self._main, event)

    @Slot(str)
    def _name(self, title: str) -> None:
        self.handle.setToolTip(title)
        area = [self.widget()] if isinstance(self.widget(), QScrollArea) else []  # a plot says more of itself
        for view in area:
            view.setAccessibleName(title)
        words = self.tr("{title}: drag this handle to move it or to take it out of the window; a double click does so, too")
        for target in (self, self.handle, *area):
            target.setWhatsThis(plain(words.format(title=title)))
