"""Where panels and plots stand: two named layouts, and the one the person made, kept between starts."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING
from zlib import crc32

from PySide6.QtCore import QByteArray, QObject, QSize, Qt, Slot

if TYPE_CHECKING:
    from nnviz.ui.main_window import MainWindow

LEFT_WIDTH, RIGHT_WIDTH = 236, 300
FIRST_SIZE = QSize(1440, 900)
VERSION = 1  # of what saveState writes; another one's layout is not restored
LECTURE_PLOTS = ("loss", "surface")


class Layouts(QObject):
    """Arranges the docks of one window; usable once its plots are made."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    @Slot()
    def explore(self) -> None:
        """Show everything there is: settings, network, inspector, and the plots in a row."""
        self._place_panels(settings=True)
        self._window.plots.place()
        self._size()

    @Slot()
    def lecture(self) -> None:
        """Give the network the room: no settings, the loss and the output beside each other below."""
        self._place_panels(settings=False)
        self._window.plots.place(LECTURE_PLOTS)
        self._size()

    @Slot()
    def reset(self) -> None:
        """Bring all panels and plots back to where they stood at the beginning."""
        self.explore()

    @Slot()
    def full_screen(self) -> None:
        """Fill the screen, or go back."""
        self._window.setWindowState(self._window.windowState() ^ Qt.WindowState.WindowFullScreen)

    def restore(self, state: str) -> None:
        """Arrange everything as it was when `state` was taken; what cannot be read is the layout of the beginning."""
        content = _unsealed(state)
        if content.isEmpty() or not self._window.restoreState(content, VERSION):
            self.explore()

    def state(self) -> str:
        """Return how everything stands, as text."""
        return _sealed(self._window.saveState(VERSION))

    def restore_geometry(self, geometry: str) -> None:
        """Give the window the size and place it had, on a screen that is there; at first, most of the screen."""
        window, content = self._window, _unsealed(geometry)
        if content.isEmpty() or not window.restoreGeometry(content):
            room = window.screen().availableGeometry().size()
            window.resize(min(FIRST_SIZE.width(), room.width()), min(FIRST_SIZE.height(), room.height()))

    def geometry(self) -> str:
        """Return size and place of the window, as text."""
        return _sealed(self._window.saveGeometry())

    def _place_panels(self, *, settings: bool) -> None:
        window = self._window
        for dock, area in ((window.left, Qt.DockWidgetArea.LeftDockWidgetArea), (window.right, Qt.DockWidgetArea.RightDockWidgetArea)):
            dock.setFloating(False)
            window.addDockWidget(area, dock)
            dock.show()
        window.history_dock.setFloating(False)
        window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, window.history_dock)
        window.history_dock.hide()
        window.left.setVisible(settings)

    def _size(self) -> None:
        window, scale = self._window, self._window.theme.scale
        widths = [round(LEFT_WIDTH * scale), round(RIGHT_WIDTH * scale)]
        window.resizeDocks([window.left, window.right], widths, Qt.Orientation.Horizontal)


def _sealed(content: QByteArray) -> str:
    """Return bytes as text with their checksum before them: Qt trusts what it once wrote, and crashes when that was changed."""
    data = bytes(content.data())
    return base64.b64encode(crc32(data).to_bytes(6, "big") + data).decode("ascii")


def _unsealed(text: str) -> QByteArray:
    """Return what was sealed; nothing where a letter of it is another now."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        return QByteArray()
    return QByteArray(data[6:] if int.from_bytes(data[:6], "big") == crc32(data[6:]) else b"")
