"""Shares out the frames: one or two plots are updated at a time, in turn, so that none of them makes the window stutter.

Eight plots at once take 26 ms; in turn, within a budget, each still moves ten times a second (DECISIONS 28).
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from nnviz.app.frame import Frame
from nnviz.ui.plots.base import Plot

BUDGET = 0.004
REST = 0.09  # seconds a plot stands between two updates: ten a second are as many as an eye can read
AT_MOST = 2
TICK = 16


class RoundRobin(QObject):
    """Brings the newest frame to the visible plots, one or two every 16 ms; hidden ones do nothing.

    Signals:
        wishes_changed: `wants_surface` may be another now.
    """

    wishes_changed = Signal()

    def __init__(self, plots: Sequence[Plot], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._plots = list(plots)
        self._due: list[Plot] = []
        self._frame: Frame | None = None
        self._updated: dict[Plot, float] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(TICK)
        self._timer.timeout.connect(self._update_some)
        for plot in self._plots:
            plot.appeared.connect(self._appeared)
            plot.vanished.connect(self.wishes_changed)

    @property
    def wants_surface(self) -> bool:
        """Whether a visible plot shows the outputs over the input plane."""
        return any(plot.wants_surface and seen(plot) for plot in self._plots)

    @property
    def is_busy(self) -> bool:
        """Whether visible plots still wait for their turn."""
        return self._timer.isActive()

    @Slot(object)
    def show_frame(self, frame: Frame) -> None:
        """Take the newest frame; the plots whose turn it is show it now, the others soon."""
        self._frame = frame
        for plot in self._plots:
            plot.record(frame)
        waiting = [plot for plot in self._plots if plot not in self._due]
        self._due += waiting
        if not self._timer.isActive():
            self._update_some()

    @Slot()
    def _appeared(self) -> None:
        """A plot became visible: the newest frame is due."""
        if self._frame is not None and not self._timer.isActive():
            self._due = [plot for plot in self._plots if plot.frame is not self._frame]
            self._timer.start()
        self.wishes_changed.emit()

    @Slot()
    def _update_some(self) -> None:
        """Update the visible plots that have waited longest, as many as fit the budget, but at least one."""
        if self._frame is None:
            return
        left, now = BUDGET, time.perf_counter()
        self._due = [plot for plot in self._due if seen(plot) and plot.frame is not self._frame]
        rested = [plot for plot in self._due if now - self._updated.get(plot, 0.0) >= REST]
        for plot in rested[:AT_MOST]:
            if left < BUDGET and plot.cost > left:
                break
            self._due.remove(plot)
            self._updated[plot] = now
            plot.show_frame(self._frame)
            left -= plot.cost
        if self._due:
            rest = min(REST - (now - self._updated.get(plot, 0.0)) for plot in self._due)
            self._timer.start(max(TICK, math.ceil(1000 * rest)))


def seen(plot: Plot) -> bool:
    """Tell whether a plot can be seen; of a dock that is a tab behind another, Qt says that it is visible."""
    return plot.isVisible() and not plot.view.viewport().visibleRegion().isEmpty()
