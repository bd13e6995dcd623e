"""The items of pyqtgraph that the plots draw with, guarded: an exception in one of them switches off its plot alone."""

from __future__ import annotations

from collections.abc import Callable
from inspect import getclosurevars

import pyqtgraph as pg

from nnviz.ui.failsafe import paints


def _raising(method: Callable[..., None]) -> Callable[..., None]:
    """Return a painting method as it was before pyqtgraph wrapped it to print its exceptions and go on without a word."""
    found: Callable[..., None] = getclosurevars(method).nonlocals.get("func", method)
    return found


class CurveItem(pg.PlotCurveItem):
    """A curve."""

    paint = paints(_raising(pg.PlotCurveItem.paint))


class DotsItem(pg.ScatterPlotItem):
    """Dots, or other marks."""

    paint = paints(_raising(pg.ScatterPlotItem.paint))


class BarsItem(pg.BarGraphItem):
    """Bars."""

    paint = paints(_raising(pg.BarGraphItem.paint))
