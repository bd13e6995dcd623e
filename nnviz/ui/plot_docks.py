"""The plots in docks under the canvas: made after the first picture, updated in turn, idle when hidden."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QMainWindow

from nnviz.app.document import Document
from nnviz.data.prepare import Prepared
from nnviz.engine.spec import Spec
from nnviz.ui.dock import Dock
from nnviz.ui.theme import Theme

if TYPE_CHECKING:
    from nnviz.ui.plots.base import Plot

HEIGHT = 230


class PlotDocks(QObject):
    """A dock a plot; those shown at first stand in a row, the others are tabs behind the first.

    Signals:
        wishes_changed: `wants_surface` may be another now.
    """

    wishes_changed = Signal()

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.plots: dict[str, Plot] = {}
        self.docks: dict[str, Dock] = {}
        self._scale = 1.0

    def make(self, document: Document, theme: Theme) -> None:
        """Import pyqtgraph and make the plots: half a second, which is why this comes after the first picture."""
        from nnviz.ui.plots.table import PLOTS
        from nnviz.ui.plots.turns import RoundRobin

        for name, entry in PLOTS.items():
            plot = self.plots[name] = entry.plot()
            plot.set_theme(theme)
            self.docks[name] = Dock(f"plot-{name}", plot.title, plot, self._window)
            self.docks[name].handle.set_theme(theme)
            self.docks[name].visibilityChanged.connect(self.wishes_changed)
        self._shown = [self.docks[name] for name, entry in PLOTS.items() if entry.shown]
        self._turns = RoundRobin(list(self.plots.values()), self)
        self._turns.wishes_changed.connect(self.wishes_changed)
        document.spec_changed.connect(self._show_spec)
        document.data_changed.connect(self._show_data)
        document.frame_changed.connect(self._turns.show_frame)
        self._show_spec(document.spec, document.spec)
        if document.data is not None:
            self._show_data(document.data)
        if document.frame is not None:
            self._turns.show_frame(document.frame)

    @property
    def wants_surface(self) -> bool:
        """Whether a visible plot shows the output over the input plane."""
        return bool(self.plots) and self._turns.wants_surface

    def place(self, chosen: Sequence[str] = ()) -> None:
        """Put the docks where they stand at the beginning; with names, only those, beside each other."""
        row = [self.docks[name] for name in chosen] or self._shown
        area = Qt.DockWidgetArea.BottomDockWidgetArea
        for dock in self.docks.values():
            dock.setFloating(False)
            self._window.addDockWidget(area, dock)
            dock.show()
        for left, right in pairwise(row):
            self._window.splitDockWidget(left, right, Qt.Orientation.Horizontal)
        for dock in self.docks.values():
            if dock not in row:
                self._window.tabifyDockWidget(row[0], dock)
                dock.setVisible(not chosen)
        for dock in row:
            dock.raise_()
        self._window.resizeDocks(row, [round(HEIGHT * self._scale)] * len(row), Qt.Orientation.Vertical)
        self._window.resizeDocks(row, [100] * len(row), Qt.Orientation.Horizontal)

    def set_theme(self, theme: Theme) -> None:
        """Show all plots in this theme."""
        self._scale = theme.scale
        for name, plot in self.plots.items():
            plot.set_theme(theme)
            self.docks[name].handle.set_theme(theme)

    def translate(self) -> None:
        """Call the docks by the plots' names in the present language."""
        for name, plot in self.plots.items():
            self.docks[name].setWindowTitle(plot.title)

    def show_layer(self, layer_id: str) -> None:
        """Let plots of one layer show this one; "" is the whole network."""
        for plot in self.plots.values():
            plot.show_layer(layer_id)

    @Slot(object, object)
    def _show_spec(self, old: Spec, new: Spec) -> None:  # noqa: ARG002
        for plot in self.plots.values():
            plot.show_spec(new)

    @Slot(object)
    def _show_data(self, data: Prepared) -> None:
        for plot in self.plots.values():
            plot.show_data(data)
