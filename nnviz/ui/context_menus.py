"""What a right click, or the Menu key, offers: on the canvas, on a plot, on the handle of a dock.

The entries are rows of the table of actions. A plot is zoomed by dragging with the right button, so its menu comes
when the button is let go where it was pressed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Slot
from PySide6.QtGui import QContextMenuEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from nnviz.ui.action_table import CANVAS_MENUS, DOCK_MENU, PLOT_ACTIONS
from nnviz.ui.actions import make_action, pick, translate_action
from nnviz.ui.icons import icon
from nnviz.ui.selection import Selection

if TYPE_CHECKING:
    from nnviz.ui.exports import Exports
    from nnviz.ui.main_window import MainWindow
    from nnviz.ui.plots.base import Plot

MOUSE_BUTTONS = frozenset({QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease})


def install_context_menus(window: MainWindow) -> None:
    """Give the canvas, the plots and the docks their menus; after the plots are made."""
    window.canvas_menu = CanvasMenu(window)
    for name, plot in window.plots.plots.items():
        PlotMenu(name, plot, window.exports)
    DockMenu(window)


class CanvasMenu(QMenu):
    """What can be done with the network, or with the part of it under the pointer, which is selected unless it is already."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._canvas, self._actions = window.canvas, window.actions_by_name
        self.setToolTipsVisible(True)
        self._fill("network")
        for watched in (self._canvas, self._canvas.viewport()):
            watched.installEventFilter(self)

    @Slot(object, object)
    def show_for(self, selection: Selection, at: QPoint) -> None:
        """Show what can be done with a part of the network, at a point of the screen."""
        if selection not in self._canvas.selection.each:
            self._canvas.select(selection)
        self._fill(self._canvas.selection.kind)
        self.popup(at)

    def _fill(self, kind: str) -> None:
        for old in self.actions():  # not clear(), after which PySide takes the action of a submenu for deleted
            self.removeAction(old)
            if old.isSeparator():
                old.deleteLater()
        pick(self, self._actions, CANVAS_MENUS[kind])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002
        """Show the menu where it is asked for."""
        if not isinstance(event, QContextMenuEvent):
            return False
        if event.reason() is QContextMenuEvent.Reason.Mouse:
            self.show_for(self._canvas.pointer.hit(event.pos().toPointF()).selection, event.globalPos())
        else:
            self.show_for(self._canvas.selection, _middle(self._canvas))
        return True


class PlotMenu(QMenu):
    """What can be done with one plot."""

    def __init__(self, name: str, plot: Plot, exports: Exports) -> None:
        super().__init__(plot)
        self._name, self._plot, self._exports = name, plot, exports
        self._pressed: QPoint | None = None
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self._refresh)
        for watched in (plot.view, plot.view.viewport()):
            watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002
        """Show the menu where it is asked for; a drag with the right button is left to the plot."""
        if isinstance(event, QContextMenuEvent):
            if event.reason() is not QContextMenuEvent.Reason.Mouse:
                self.popup(_middle(self._plot))
            return True
        if event.type() in MOUSE_BUTTONS and isinstance(event, QMouseEvent) and event.button() is Qt.MouseButton.RightButton:
            here = event.globalPosition().toPoint()
            if event.type() is QEvent.Type.MouseButtonPress:
                self._pressed = here
            elif self._pressed is not None and (here - self._pressed).manhattanLength() < QApplication.startDragDistance():
                self._pressed = None
                self.popup(here)
        return False

    @Slot()
    def _refresh(self) -> None:
        """Show what is the case now."""
        plot = self._plot
        states = {"always": True, "log": plot.has_log, "logarithmic": plot.log, "zoomed": not plot.view.whole}
        if self.isEmpty():
            for row in PLOT_ACTIONS:
                if row.rule:
                    self.addSeparator()
                self.addAction(make_action(row, self, self))
        for row, action in zip(PLOT_ACTIONS, (entry for entry in self.actions() if not entry.isSeparator()), strict=True):
            translate_action(row, action)
            action.setIcon(icon(row.icon, plot.theme))
            action.setEnabled(states[row.when])
            if row.checked:
                action.setVisible(states[row.when])
                action.setChecked(states[row.checked])

    @Slot()
    def copy(self) -> None:
        """Put the plot's picture on the clipboard."""
        self._exports.copy_plot(self._name)

    @Slot()
    def export(self) -> None:
        """Write the plot to a file."""
        self._exports.export_plot(self._name)

    @Slot()
    def toggle_log(self) -> None:
        """Make the vertical axis logarithmic, or linear."""
        self._plot.set_log(not self._plot.log)

    @Slot()
    def see_whole(self) -> None:
        """See the whole plot again."""
        self._plot.view.home()


class DockMenu(QMenu):
    """Which docks are shown, and how all are laid out."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.setToolTipsVisible(True)
        docks = (window.left, window.right, window.history_dock, *window.plots.docks.values())
        for dock in docks:
            self.addAction(dock.toggleViewAction())
            dock.handle.installEventFilter(self)
        self.addSeparator()
        pick(self, window.actions_by_name, DOCK_MENU)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002
        """Show the menu where it is asked for."""
        if isinstance(event, QContextMenuEvent):
            self.popup(event.globalPos())
            return True
        return False


def _middle(widget: QWidget) -> QPoint:
    return widget.mapToGlobal(widget.rect().center())
