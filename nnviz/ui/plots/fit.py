"""What the network says along its one input, with the samples it learns from."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QWidget

from nnviz.data.prepare import Prepared
from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.samples import encode
from nnviz.ui.names import feature_name
from nnviz.ui.plots.base import Plot, Table, samples_entry, spread
from nnviz.ui.plots.decor import Decor, Hover
from nnviz.ui.plots.items import CurveItem, DotsItem
from nnviz.ui.plots.legend import Entry
from nnviz.ui.plots.scale import Array, Scale, extent
from nnviz.ui.theme import blend, color

POINT = 5.0


class FitPlot(Plot):
    """The curve of a network with one input coordinate through its samples."""

    name: ClassVar[str] = "fit"
    wants_surface: ClassVar[bool] = True

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._points = {part: DotsItem(size=POINT, pxMode=True) for part in ("train", "validation")}
        self._curves: list[CurveItem] = []
        self._placed: tuple[object, ...] = ()
        for item in self._points.values():
            self.view.add(item)
        self.restyle()
        self.redraw()

    @property
    def title(self) -> str:
        """The plot's name."""
        return self.tr("Fit")

    @property
    def meaning(self) -> str:
        """What it shows and how it is read."""
        return self.tr(
            "What the network says along its input, as a curve, with the "
            "samples as dots: a good network goes through their middle."
        )

    @staticmethod
    def fits(data: Prepared) -> bool:
        """Whether the plot can show these data: they have one coordinate."""
        return data.line

    def _targets(self) -> Array:
        """What the outputs should be, shape (samples, outputs)."""
        if self.data is None:
            return np.zeros((0, 1))
        if self.data.values is not None or self.data.labels is None:
            return self.data.values if self.data.values is not None else np.zeros((0, 1))
        output = self.spec.network.output if self.spec is not None else None
        low, high = ACTIVATIONS[output.activation.kind].range if output is not None else (0.0, 1.0)
        return encode(self.data.labels, self.data.samples.classes, output.units if output is not None else 1, low, high)

    def _outputs(self) -> Array:
        """What the outputs are along the domain, shape (outputs, places)."""
        surface = self.frame.surface if self.frame is not None else None
        return surface if surface is not None and surface.ndim == 2 and surface.size else np.zeros((0, 0))

    def _axis_names(self) -> tuple[str, str]:
        if self.data is None:
            return "", ""
        name, unit = feature_name(self.data.columns[0]), next(iter(self.data.units), "")
        return f"{name}, {unit}" if unit else name, ", ".join(self.data.target_names)

    def draw(self) -> Decor:
        """Place samples and curve."""
        if self.data is None or not self.data.line:
            self._place_nothing()
            return Decor(self.title, message=self.tr("A curve can be drawn over one input coordinate: these data have more"))
        targets, outputs = self._targets(), self._outputs()
        x_name, y_name = self._axis_names()
        up = extent((targets, outputs))
        if up is None:
            self._place_nothing()
            return Decor(self.title, x_name, y_name, message=self.tr("Nothing but NaN or ∞ here"))
        x, y = Scale(*self.data.domain[0]), self.covered(self._y, self._reach(targets, up))
        self._place_points(x, y, targets)
        self._place_curves(y, outputs)
        return Decor(self.title, x_name, y_name, x, y, self._legend(len(outputs)), note=self.bad_note(outputs, targets))

    def _reach(self, targets: Array, up: tuple[float, float]) -> tuple[float, float]:
        """All samples and, within twice their height beyond them, the curve: a wild curve must not flatten the samples."""
        wanted = extent((targets,)) or up
        height = (wanted[1] / 4 - wanted[0] / 4) * 8 or 1.0
        return max(up[0], wanted[0] - height), min(up[1], wanted[1] + height)

    def _place_nothing(self) -> None:
        self._placed = ()
        for dots in self._points.values():
            dots.setData([], [])
        for curve in self._curves:
            curve.setData([], [])

    def _place_points(self, x: Scale, y: Scale, targets: Array) -> None:
        """Place the samples, unless they stand there already."""
        output = self.spec.network.output.activation if self.spec is not None else None
        if self.data is None or self._placed == (x, y, output, targets.shape):
            return
        self._placed = (x, y, output, targets.shape)
        for part, chosen in (("train", self.data.part_of == 0), ("validation", self.data.part_of != 0)):
            rows = spread(np.flatnonzero(chosen))
            across, up = np.repeat(x.place(self.data.raw[rows, 0]), targets.shape[1]), y.place(targets[rows].ravel())
            good = np.isfinite(across) & np.isfinite(up)
            self._points[part].setData(across[good], up[good])

    def _place_curves(self, y: Scale, outputs: Array) -> None:
        while len(self._curves) < len(outputs):
            curve = CurveItem(antialias=True, skipFiniteCheck=True)
            self._curves.append(curve)
            self.view.add(curve)
        across = np.linspace(0, 1, outputs.shape[1])
        for k, curve in enumerate(self._curves):
            if k >= len(outputs):
                curve.setData([], [])
                continue
            up = y.place(outputs[k])
            curve.setData(across, up, connect="all" if np.isfinite(up).all() else "finite")
            curve.setPen(self.pen(self._ink(k), dashed=k > 0))

    def _ink(self, number: int) -> str:
        return self.theme.curves[(number + 1) % len(self.theme.curves)]

    def _legend(self, outputs: int) -> tuple[Entry, ...]:
        held_out = Entry(self.tr("validation"), self.theme.muted, symbol="o", filled=False)
        dots = (Entry(self.tr("train"), self.theme.curves[0], symbol="o"), held_out)
        names = self.data.target_names if self.data is not None and len(self.data.target_names) == outputs > 1 else ()
        lines = [self.tr("network")] if outputs == 1 else names or [self.tr("output {number}").format(number=k + 1) for k in range(outputs)]
        has_held_out = self.data is not None and bool((self.data.part_of != 0).any())
        curves = (Entry(text, self._ink(k), dashed=k > 0) for k, text in enumerate(lines))
        return (*samples_entry(self), *dots[: 1 + has_held_out], *curves)

    def restyle(self) -> None:
        """Take the colours of the theme, and place the samples anew."""
        self._placed = ()
        self._points["train"].setBrush(blend(self.theme.curves[0], self.theme.window, 0.75))
        self._points["train"].setPen(pg.mkPen(None))
        self._points["validation"].setBrush(pg.mkBrush(None))
        self._points["validation"].setPen(pg.mkPen(color(self.theme.muted), width=1))

    def hover_at(self, x: float, y: float) -> Hover | None:
        """Return the input and the outputs there."""
        outputs = self._outputs()
        if self._x is None or self._y is None or not 0 <= x <= 1:
            return None
        rows = [("", self._axis_names()[0], self.theme.number(self._x.value(x), 2))]
        dots: list[tuple[float, float, str]] = []
        for k, entry in enumerate(self._legend(len(outputs))[-len(outputs) :] if len(outputs) else ()):
            value = float(outputs[k, round(x * (outputs.shape[1] - 1))])
            rows.append((entry.color, entry.text, self.theme.number(value)))
            if np.isfinite(value):
                dots.append((x, float(self._y.place(value)), entry.color))
        return Hover(x, y, tuple(rows), tuple(dots))

    def table(self) -> Table:
        """Return one row a place: the input and the outputs."""
        outputs = self._outputs()
        if self.data is None or not self.data.line or not len(outputs):
            return ("x1", "output"), []
        across = np.linspace(*self.data.domain[0], outputs.shape[1])
        header = (*self.data.columns, *(f"output {k + 1}" for k in range(len(outputs))))
        return header, [(float(a), *map(float, outputs[:, k])) for k, a in enumerate(across)]
