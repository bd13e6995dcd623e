"""What every plot is: a widget that shows the newest frame, follows the theme, and gives its picture and its numbers.

A new plot is a file with a subclass that says its title, draws itself and names the values under the pointer, and
one row in `table.py`. Data are placed by `Scale`s; nothing but finite numbers between 0 and 1 reaches pyqtgraph.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

import numpy as np
from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QPen, QShowEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from nnviz.app.frame import Frame
from nnviz.data.prepare import Prepared
from nnviz.engine.spec import Spec
from nnviz.ui import pictures
from nnviz.ui.failsafe import updates
from nnviz.ui.plots.buttons import Buttons
from nnviz.ui.plots.decor import Decor, Hover
from nnviz.ui.plots.legend import Entry
from nnviz.ui.plots.meaning import Meaning
from nnviz.ui.plots.picture import laid_out, picture
from nnviz.ui.plots.scale import Array, Scale, cover
from nnviz.ui.plots.view import View
from nnviz.ui.theme import LIGHT, Theme, color

Table = tuple[tuple[str, ...], list[tuple[float | int | str | None, ...]]]
MOST_SAMPLES = 2000


def spread(rows: Array) -> Array:
    """Return the rows, or `MOST_SAMPLES` of them, evenly spread: more could neither be told apart nor drawn in time."""
    return rows if len(rows) <= MOST_SAMPLES else rows[np.linspace(0, len(rows) - 1, MOST_SAMPLES).astype(np.intp)]


def samples_entry(plot: Plot) -> tuple[Entry, ...]:
    """Return the line of the legend that says how many samples are drawn, nothing where all are."""
    count = len(plot.data.raw) if plot.data is not None else 0
    if count <= MOST_SAMPLES:
        return ()
    text = plot.tr("{shown} of {all} samples").format(shown=MOST_SAMPLES, all=count)
    return (Entry(text, plot.theme.muted, symbol="o", filled=False),)


class Plot(QWidget):
    """One plot.

    Signals:
        appeared: it became visible and may be out of date; vanished: it is no longer visible.
    """

    is_view: ClassVar[bool] = True  # is switched off as a whole (failsafe.py)
    name: ClassVar[str] = ""
    wants_surface: ClassVar[bool] = False
    has_log: ClassVar[bool] = False
    of_layer: ClassVar[bool] = False  # whether what is drawn depends on the selected layer

    appeared = Signal()
    vanished = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = LIGHT
        self.frame: Frame | None = None
        self.data: Prepared | None = None
        self.spec: Spec | None = None
        self.layer = ""
        self.log = self.has_log
        self.seconds = 0.0
        self._x: Scale | None = None
        self._y: Scale | None = None
        self._exporting = False
        self._pointer: tuple[float, float] | None = None
        self.view = View(self.theme, self)
        self.view.pointed.connect(self._point)
        self._meaning = Meaning(self.view)
        self.setFocusProxy(self.view)
        self._buttons = Buttons(self.log if self.has_log else None, self)
        self._buttons.log_toggled.connect(self.set_log)
        self._buttons.home_clicked.connect(self.view.home)
        self.view.zoomed.connect(self._buttons.offer_home)
        self.view.corner = self._buttons
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.addWidget(self.view, 0, 0)
        grid.addWidget(self._buttons, 0, 0, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight)

    # What each plot says of itself

    @property
    def title(self) -> str:
        """The plot's name in the person's language."""
        raise NotImplementedError

    @property
    def meaning(self) -> str:
        """What the plot shows and how it is read, in the person's language."""
        raise NotImplementedError

    @staticmethod
    def fits(data: Prepared) -> bool:
        """Whether the plot can show something of these data; by default always."""
        del data
        return True

    def draw(self) -> Decor:
        """Bring the items up to date and return what stands around them."""
        raise NotImplementedError

    def hover_at(self, x: float, y: float) -> Hover | None:
        """Return the values at a place of the data, 0 to 1 on both axes."""
        raise NotImplementedError

    def table(self) -> Table:
        """Return the shown numbers in full precision: the header and the rows."""
        raise NotImplementedError

    def restyle(self) -> None:
        """Take colours and line widths from `theme` and `pen` again."""
        raise NotImplementedError

    @updates
    def record(self, frame: Frame) -> None:
        """Note what must not be missed of a frame that may never be drawn; by default nothing."""

    # What the window tells it

    @updates
    def show_spec(self, spec: Spec) -> None:
        """Take over what the user made; what is drawn of it comes with the next frame, which follows every edit."""
        self.spec = spec
        if self.frame is None:
            self.redraw()

    @updates
    def show_data(self, data: Prepared | None) -> None:
        """Show the samples."""
        self.data = data
        self._x = self._y = None
        self.restyle()
        self.redraw()

    @updates
    def show_layer(self, layer_id: str) -> None:
        """Show this layer, or with "" the whole network, where it makes a difference."""
        if layer_id != self.layer:
            self.layer = layer_id
            if self.of_layer:
                self.redraw()

    @updates
    def show_frame(self, frame: Frame) -> None:
        """Show this frame."""
        self.frame = frame
        self.spec = frame.spec
        self.redraw()

    @updates
    def set_theme(self, theme: Theme) -> None:
        """Show everything in this theme."""
        self.theme = theme
        self.view.set_theme(theme)
        self._buttons.set_theme(theme)
        self.restyle()
        self.redraw()

    @Slot(bool)
    @updates
    def set_log(self, log: bool) -> None:
        """Make the vertical axis logarithmic or linear."""
        self.log = log and self.has_log
        self._buttons.set_log(self.log)
        self.redraw()

    def redraw(self) -> None:
        """Draw the newest frame and note how long it took."""
        start = time.perf_counter()
        decor = self.draw()
        self._x, self._y = decor.x, decor.y
        self.setAccessibleName(decor.title)
        self.view.decorate(decor)
        self._meaning.say(self.meaning)
        self._point(self._pointer)
        self.seconds = time.perf_counter() - start

    @property
    def cost(self) -> float:
        """Seconds the last update and the last painting took together."""
        return self.seconds + self.view.paint_seconds

    # What it hands out

    def png(self, scale: float = 2.0) -> bytes:
        """Return the plot as a PNG, `scale` times as large as on screen, with lines that grow with it."""
        return pictures.png(picture(self), scale)

    # Help for the plots

    def pen(self, hexadecimal: str, *, dashed: bool = False) -> QPen:
        """Return the pen of a curve: one pixel wide on screen, where wider ones cost six times as much."""
        made = QPen(color(hexadecimal), 1.0)
        made.setCosmetic(True)
        if dashed:
            made.setDashPattern([5.0, 3.0])
        return made

    def covered(self, before: Scale | None, reach: tuple[float, float], *, floor: float | None = None, log: bool = False) -> Scale:
        """Return the scale to show `reach` on: growing in jumps while training runs, close-fitting when it stands."""
        still = self.frame is None or self.frame.steps_per_second == 0
        return cover(before, reach, floor=floor, tight=still or self._exporting, log=log)

    def bad_note(self, *arrays: Array) -> str:
        """Return the remark on how many values are not finite, "" where all are."""
        count = sum(int(array.size - np.count_nonzero(np.isfinite(array))) for array in arrays)
        return self.tr("NaN or ∞: {count} values").format(count=count) if count else ""

    # Inside

    @Slot(object)
    @updates
    def _point(self, place: tuple[float, float] | None) -> None:
        """Show the values at the place the pointer is at, None for nowhere."""
        self._pointer = place
        placed = self._x is not None and self._y is not None
        self.view.set_hover(self.hover_at(*place) if placed and place is not None else None)

    def showEvent(self, event: QShowEvent) -> None:
        """Ask to be brought up to date."""
        super().showEvent(event)
        self.appeared.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        """Tell that nobody looks any more."""
        super().hideEvent(event)
        self.vanished.emit()

    def changeEvent(self, event: QEvent) -> None:
        """Speak the new language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.redraw()


@contextmanager
def exporting(plot: Plot, size: QSize) -> Iterator[None]:
    """Within, a plot is drawn for a picture of this size: close-fitting and without the pointer's label."""
    pointer, plot._pointer = plot._pointer, None
    before = plot._x, plot._y
    plot._exporting = True
    try:
        with laid_out(plot.view, size):
            plot.redraw()
            yield
    finally:
        plot._exporting, plot._pointer = False, pointer
        plot._x, plot._y = before
        plot.redraw()
