"""Curves over epochs or steps: several lines, told apart by colour and dashes, with a gap and a mark where a value is not finite."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QWidget

from nnviz.explain.numbers import format_number
from nnviz.ui.plots.base import Plot, Table
from nnviz.ui.plots.decor import Decor, Hover
from nnviz.ui.plots.items import CurveItem, DotsItem
from nnviz.ui.plots.legend import Entry
from nnviz.ui.plots.scale import Array, extent
from nnviz.ui.theme import color

PIXELS = 2
"""Groups of points that are drawn as their two extremes are this wide."""
FIRST_STRETCH = 1.0
"""The x axis shows at least this much, so that a single first point stands at its left end."""
MARK_HEIGHT = 0.04
"""Where the mark of a value that is not finite stands: just above the axis."""


@dataclass(frozen=True, slots=True)
class Line:
    """A curve: `name` heads its column in files, `text` names it on screen; `ink` counts through the theme's curve colours."""

    name: str
    text: str
    x: Array
    y: Array
    ink: int = 0
    dashed: bool = False


class LinesPlot(Plot):
    """Lines over a common x."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self._lines: tuple[Line, ...] = ()
        self._curves: list[CurveItem] = []
        super().__init__(parent)
        self._dots = DotsItem(size=5, pen=None, pxMode=True)
        self._marks = DotsItem(size=7, symbol="x", pxMode=True)
        for item in (self._dots, self._marks):
            self.view.add(item)
        self.restyle()
        self.redraw()

    # What each plot of lines says of itself

    def lines(self) -> tuple[Line, ...]:
        """Return the curves to show."""
        raise NotImplementedError

    def names(self) -> tuple[str, str]:
        """Return the names of the axes, x and y, with units."""
        raise NotImplementedError

    def reach(self, low: float, high: float) -> tuple[tuple[float, float], float | None]:
        """Return what the y axis must show for values from `low` to `high`, and the value it starts at exactly."""
        return (low, high), None

    def shown_value(self, value: float) -> str:
        """Return a y value as the hover label shows it."""
        return self.theme.number(value)

    # Drawing

    def draw(self) -> Decor:
        """Place the lines."""
        self._lines = tuple(line for line in self.lines() if len(line.x))
        x_name, y_name = self.names()
        legend = tuple(Entry(line.text, self._ink(line), line.dashed) for line in self._lines)
        along = extent(line.x for line in self._lines)
        up = extent((line.y for line in self._lines), self.log)
        if along is None or up is None:
            self._place_nothing()
            message = self.tr("Nothing but NaN or ∞ here") if self._lines else self.tr("No epoch yet: press Space")
            return Decor(self.title, x_name, y_name, legend=legend, message=self.why_empty(message))
        wanted, floor = self.reach(*up)
        x = self.covered(self._x, (along[0], max(along[1], FIRST_STRETCH)), floor=min(0.0, along[0]))
        y = self.covered(self._y, wanted, floor=None if self.log else floor, log=self.log)
        self._place(x.place, y.place)
        begun = along[0] < along[1]
        hint = "" if begun else self.tr("No epoch yet: press Space")
        note = self.bad_note(*(line.y for line in self._lines))
        return Decor(self.title, x_name, y_name, x, y, legend, message=hint, note=note, whole_x=True)

    def why_empty(self, message: str) -> str:
        """Return why nothing is shown: a logarithmic axis cannot show a loss of exactly 0, which is not NaN."""
        if self.log and extent(line.y for line in self._lines) is not None:
            return self.tr("A logarithmic axis shows nothing at or below 0: switch to linear")
        return message

    def _ink(self, line: Line) -> str:
        return self.theme.curves[line.ink % len(self.theme.curves)]

    def _place_nothing(self) -> None:
        for curve in self._curves:
            curve.hide()
        self._show_marks(False, False)

    def _place(self, place_x: Callable[[Array], Array], place_y: Callable[[Array], Array]) -> None:
        self._make_curves()
        dots: list[tuple[float, float, str]] = []
        marks: list[float] = []
        for line, curve in zip(self._lines, self._curves, strict=False):
            x, y = place_x(line.x), place_y(line.y)
            finite = np.isfinite(y)
            if finite.all() and len(y) > 1:
                curve.setData(*thinned(x, y, max(self.view.width() // PIXELS, 2)), connect="all")
            else:
                curve.setData(x, y, connect="finite")
                marks += x[~finite].tolist()
                dots += [(float(x[k]), float(y[k]), self._ink(line)) for k in _alone(finite)]
            curve.show()
        for curve in self._curves[len(self._lines) :]:
            curve.hide()
        self._marks.setData(marks, [MARK_HEIGHT] * len(marks))
        brushes = [pg.mkBrush(color(ink)) for _, _, ink in dots]
        self._dots.setData([x for x, _, _ in dots], [y for _, y, _ in dots], brush=brushes)
        self._show_marks(bool(marks), bool(dots))

    def _show_marks(self, marks: bool, dots: bool) -> None:
        """Show them only when there are any: an empty scatter takes as long to paint as a curve."""
        self._marks.setVisible(marks)
        self._dots.setVisible(dots)

    def _make_curves(self) -> None:
        while len(self._curves) < len(self._lines):
            curve = CurveItem(antialias=True, skipFiniteCheck=True)
            self._curves.append(curve)
            self.view.add(curve)
        for line, curve in zip(self._lines, self._curves, strict=False):
            pen = self.pen(self._ink(line), dashed=line.dashed)
            if curve.opts["pen"] != pen:
                curve.setPen(pen)

    def restyle(self) -> None:
        """Take the colours of the theme for the marks; the curves take theirs as they are placed."""
        self._marks.setPen(pg.mkPen(color(self.theme.danger), width=1.5))

    # Numbers

    def hover_at(self, x: float, y: float) -> Hover | None:
        """Return the values of all lines at the epoch or step nearest to the pointer."""
        if self._x is None or self._y is None or not self._lines:
            return None
        wanted = self._x.value(x)
        at = min((line.x[_nearest(line.x, wanted)] for line in self._lines), key=_distance_to(wanted))
        rows: list[tuple[str, str, str]] = [("", self.names()[0], format_number(int(at)))]
        dots: list[tuple[float, float, str]] = []
        for line in self._lines:
            index = _nearest(line.x, at)
            if line.x[index] != at:
                continue
            value, place = float(line.y[index]), float(self._y.place(line.y[index]))
            rows.append((self._ink(line), line.text, self.shown_value(value)))
            if np.isfinite(place):
                dots.append((float(self._x.place(at)), place, self._ink(line)))
        return Hover(float(self._x.place(at)), y, tuple(rows), tuple(dots))

    def table(self) -> Table:
        """Return one row for each x that any line has a point at; empty cells where a line has none."""
        lines = self.lines()
        every = sorted({float(x) for line in lines for x in line.x})
        columns = [dict(zip(line.x.tolist(), line.y.tolist(), strict=True)) for line in lines]
        header = (self.names()[0], *(line.name for line in lines))
        return header, [(int(x) if x == int(x) else x, *(column.get(x) for column in columns)) for x in every]


def _alone(finite: Array) -> Array:
    """Return the indices of finite values with no finite neighbor, which no line would show."""
    padded = np.concatenate([[False], finite, [False]])
    return np.flatnonzero(finite & ~padded[:-2] & ~padded[2:])


def thinned(x: Array, y: Array, groups: int) -> tuple[Array, Array]:
    """Return the lowest and the highest point of each of so many groups of neighbors, in order, and both ends.

    On noisy curves the strokes between neighboring extremes are nearly all of the painting.
    """
    size = -(-len(y) // groups)
    if size < 3:
        return x, y
    whole = len(y) // size * size
    rows = y[:whole].reshape(-1, size)
    starts = np.arange(0, whole, size)
    picks = np.concatenate([[0], starts + rows.argmin(axis=1), starts + rows.argmax(axis=1), np.arange(whole, len(y)), [len(y) - 1]])
    picks.sort()
    return x[picks], y[picks]


def _nearest(values: Array, wanted: float) -> int:
    """Return the index of the value closest to `wanted` in a rising array."""
    after = int(np.searchsorted(values, wanted))
    if after == 0:
        return 0
    if after == len(values) or wanted - values[after - 1] <= values[after] - wanted:
        return after - 1
    return after


def _distance_to(wanted: float) -> Callable[[float], float]:
    def distance(value: float) -> float:
        return abs(value - wanted)

    return distance
