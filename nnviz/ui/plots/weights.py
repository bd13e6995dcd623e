"""How the weights of a layer, or of the whole network, are spread: orange below zero, blue above."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QWidget

from nnviz.ui.plots.base import Plot, Table
from nnviz.ui.plots.decor import Decor, Hover
from nnviz.ui.plots.items import BarsItem
from nnviz.ui.plots.legend import Entry
from nnviz.ui.plots.scale import Array, Scale, extent
from nnviz.ui.theme import blend

BARS = 32
"""Even, so that no bar holds both signs."""
FILL = 0.9
STRENGTH = 0.8
"""Large areas in full colour would outshine the curves beside them."""


class WeightsPlot(Plot):
    """A histogram of the weights, biases not included."""

    name: ClassVar[str] = "weights"
    of_layer: ClassVar[bool] = True

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._edges = np.zeros(0)
        self._counts = np.zeros(0, dtype=np.int64)
        self._bars = {sign: BarsItem(x=[], height=[], width=0) for sign in ("negative", "positive")}
        for bars in self._bars.values():
            self.view.add(bars)
        self.restyle()
        self.redraw()

    @property
    def title(self) -> str:
        """The plot's name with the layer it shows."""
        return self.tr("Weight distribution · {layer}").format(layer=self._layer_name or self.tr("all layers"))

    @property
    def meaning(self) -> str:
        """What it shows and how it is read."""
        return self.tr(
            "How many weights there are of each size, a bar for each "
            "range of values; select a layer to see its own."
        )

    @property
    def _layer_name(self) -> str:
        layers = self.spec.network.layers if self.spec is not None else ()
        return next((layer.name for layer in layers if layer.id == self.layer), "")

    def _weights(self) -> Array:
        if self.frame is None:
            return np.zeros(0)
        layers = self.frame.layers
        chosen = [layer for layer in layers if layer.id == self.layer] or layers
        return np.concatenate([np.zeros(0), *(layer.weights.ravel() for layer in chosen)])

    def draw(self) -> Decor:
        """Count the weights into bars."""
        weights = self._weights()
        reach = extent((weights,))
        if reach is None:
            self._edges, self._counts = np.zeros(0), np.zeros(0, dtype=np.int64)
            for bars in self._bars.values():
                bars.setOpts(x=[], height=[], width=0)
            nothing = self.tr("This layer has no weights") if self._layer_name and self.frame is not None else self.tr("No weights yet")
            message = self.tr("Nothing but NaN or ∞ here") if weights.size else nothing
            return Decor(self.title, self.tr("weight"), self.tr("count"), message=message)
        widest = max(abs(reach[0]), abs(reach[1]))
        x = self.covered(self._x, (-widest, widest))
        self._count(weights, x)
        y = self.covered(self._y, (0.0, float(self._counts.max())), floor=0.0)
        self._place(x, y)
        legend = (Entry(self.tr("below 0"), self.theme.negative, symbol="s"), Entry(self.tr("above 0"), self.theme.positive, symbol="s"))
        return Decor(self.title, self.tr("weight"), self.tr("count"), x, y, legend, note=self.bad_note(weights))

    def _count(self, weights: Array, x: Scale) -> None:
        """Count places, not values: these are within reach of float64 whatever the weights are."""
        places = x.place(weights[np.isfinite(weights)])
        bars = (places[(places >= 0) & (places <= 1)] * BARS).astype(np.intp)  # as np.histogram does, four times as fast
        self._counts = np.bincount(np.minimum(bars, BARS - 1), minlength=BARS)
        self._edges = np.linspace(0.0, 1.0, BARS + 1)

    def _place(self, x: Scale, y: Scale) -> None:
        middle = float(x.place(0.0))
        centers = (self._edges[:-1] + self._edges[1:]) / 2
        heights = y.place(self._counts)
        for sign, side in (("negative", centers < middle), ("positive", centers >= middle)):
            self._bars[sign].setOpts(x=centers[side], height=heights[side], width=FILL / BARS)

    def restyle(self) -> None:
        """Take the colours of the theme."""
        for sign, bars in self._bars.items():
            bars.setOpts(brush=pg.mkBrush(blend(getattr(self.theme, sign), self.theme.window, STRENGTH)), pen=pg.mkPen(None))

    def hover_at(self, x: float, y: float) -> Hover | None:
        """Return the bar under the pointer."""
        if self._x is None or not self._counts.size or not 0 <= x <= 1:
            return None
        bar = min(int(x * BARS), BARS - 1)
        low, high = (self.theme.number(self._x.value(float(edge))) for edge in self._edges[bar : bar + 2])
        span = self.tr("{low} to {high}").format(low=low, high=high)
        return Hover(x, y, (("", self.tr("weight"), span), ("", self.tr("count"), str(int(self._counts[bar])))), rule=False)

    def table(self) -> Table:
        """Return one row a bar: its ends and its count."""
        if self._x is None:
            return ("low", "high", "count"), []
        ends = [self._x.value(float(edge)) for edge in self._edges]
        rows: list[tuple[float | int | str | None, ...]]
        rows = [(low, high, int(count)) for low, high, count in zip(ends, ends[1:], self._counts, strict=False)]
        return ("low", "high", "count"), rows
