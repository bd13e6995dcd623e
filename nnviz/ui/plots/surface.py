"""What the network says all over the input plane, with the samples on it.

One output is a value: orange, background and blue, as on the canvas; so are the samples, by the value they stand
for. Several outputs are classes: the colour of the largest, paler the closer the second comes.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QPixmap, QTransform
from PySide6.QtWidgets import QGraphicsPixmapItem, QWidget

from nnviz.data.prepare import Prepared
from nnviz.engine.activations import ACTIVATIONS
from nnviz.ui.map_colors import class_pixels, hatched, image, packed, value_pixels, value_table
from nnviz.ui.names import feature_name
from nnviz.ui.plots.base import Plot, Table, samples_entry, spread
from nnviz.ui.plots.decor import Decor, Hover
from nnviz.ui.plots.items import DotsItem
from nnviz.ui.plots.legend import Entry, Ramp
from nnviz.ui.plots.scale import Array, Scale
from nnviz.ui.theme import color

OUTLINE = 0.8
POINTS_ACROSS = 80
SMALLEST, LARGEST = 3.5, 7.0
"""Samples are drawn so large that 80 of them would fill a row, in pixels within these."""


class SurfacePlot(Plot):
    """The decision surface of a network with two input coordinates."""

    name: ClassVar[str] = "surface"
    wants_surface: ClassVar[bool] = True

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table = packed(value_table(self.theme))
        self._plane = QGraphicsPixmapItem()
        self._plane.setTransformationMode(Qt.TransformationMode.SmoothTransformation)
        self._points = DotsItem(pxMode=True, useCache=True)
        self._dotted: tuple[object, ...] = ()
        self.view.add(self._plane)
        self.view.add(self._points)
        self.restyle()
        self.redraw()

    @property
    def title(self) -> str:
        """The plot's name."""
        return self.tr("Decision surface") if self._classes else self.tr("Prediction surface")

    @property
    def meaning(self) -> str:
        """What it shows and how it is read."""
        return self.tr(
            "What the network says at every place of the input "
            "plane, as a color, with the samples as dots."
        )

    @staticmethod
    def fits(data: Prepared) -> bool:
        """Whether the plot can show these data: they have two coordinates."""
        return data.plane

    @property
    def _classes(self) -> int:
        return self.data.samples.classes if self.data is not None else 2

    @property
    def _outputs(self) -> int:
        return self.spec.network.output.units if self.spec is not None else 1

    @property
    def _by_class(self) -> bool:
        """Whether each output is a class; else the first one is shown as a value."""
        return self._classes > 0 and self._outputs > 1

    def draw(self) -> Decor:
        """Colour the plane and place the samples."""
        if self.data is None or not self.data.plane:
            self._plane.setPixmap(QPixmap())
            self._points.setData([], [])
            self._dotted = ()
            return Decor(self.title, message=self.tr("A surface can be drawn over two input coordinates: these data have others"))
        (left, right), (bottom, top) = self.data.domain
        x, y = Scale(left, right), Scale(bottom, top)
        surface = self._surface()
        if surface is not None:
            self._paint(surface)
        self._plane.setVisible(surface is not None)
        self._place_points(x, y)
        note = self.bad_note(surface) if surface is not None else ""
        names = [feature_name(name) for name in self.data.columns]
        return Decor(self.title, names[0], names[1], x, y, self._legend(), note=note, square=True, ramp=self._ramp())

    def _surface(self) -> Array | None:
        """The newest surface, if it is one over a plane."""
        surface = self.frame.surface if self.frame is not None else None
        return surface if surface is not None and surface.ndim == 3 and surface.size else None

    def _ends(self) -> tuple[float, float]:
        """The output values that get the full colours."""
        if self.data is None or self.spec is None:
            return -1.0, 1.0
        if self._classes:
            return ACTIVATIONS[self.spec.network.output.activation.kind].range
        values = self.data.values
        finite = np.abs(values[np.isfinite(values)]) if values is not None else np.zeros(0)
        largest = float(finite.max(initial=0.0)) or 1.0
        return -largest, largest

    def _signed(self, values: Array) -> Array:
        """Return output values as −1 to 1 between the two ends."""
        low, high = self._ends()
        with np.errstate(over="ignore", invalid="ignore"):
            return (values - (low / 2 + high / 2)) / (high / 2 - low / 2)

    def _paint(self, surface: Array) -> None:
        with np.errstate(invalid="ignore"):
            by_class = self._classes > 0 and len(surface) > 1  # of the frame, which may be older than the spec
            pixels = class_pixels(surface, self.theme) if by_class else value_pixels(self._signed(surface[0]), self._table)
        self._plane.setPixmap(QPixmap.fromImage(image(hatched(pixels, _bad(surface), self.theme))))
        rows, columns = pixels.shape
        # The outermost points of the grid lie on the edges, so half of their pixels lies outside.
        wide, high = 1 / max(columns - 1, 1), 1 / max(rows - 1, 1)
        self._plane.setTransform(QTransform(wide, 0, 0, high, -wide / 2, -high / 2))

    def _place_points(self, x: Scale, y: Scale) -> None:
        """Place the samples, unless they stand there already."""
        side = min(self.view.width(), self.view.height())
        size = min(max(side / POINTS_ACROSS, SMALLEST), LARGEST)
        state = (id(self.data), self.theme.name, self._outputs, size)
        if self.data is None or state == self._dotted:
            return
        self._dotted = state
        finite = np.isfinite(self.data.raw).all(axis=1)
        rows = spread(np.flatnonzero(finite))
        held_out = self.data.part_of[rows] != 0
        rings = [pg.mkPen(color(ink), width=OUTLINE) for ink in (self.theme.point_outline, self.theme.ink)]
        self._points.setData(
            x.place(self.data.raw[rows, 0]),
            y.place(self.data.raw[rows, 1]),
            size=size,
            symbol=[self._marker(int(label)) for label in self._labels()[rows]],
            brush=self._brushes(rows),
            pen=[rings[int(outside)] for outside in held_out],
        )

    def _labels(self) -> Array:
        if self.data is None or self.data.labels is None:
            return np.zeros(len(self.data.raw) if self.data is not None else 0, dtype=np.int64)
        return self.data.labels

    def _marker(self, label: int) -> str:
        """Another marker when the colours begin again, so that a hundred classes differ."""
        kinds = len(self.theme.markers)
        return self.theme.markers[(label + label // kinds) % kinds]

    def _brushes(self, rows: Array) -> list[QBrush]:
        if self.data is not None and self.data.values is not None:
            pixels = value_pixels(self._signed(self.data.values[rows, 0]), self._table)
            return [QBrush(QColor.fromRgb(int(pixel))) for pixel in pixels]
        made = [QBrush(color(self._class_color(k))) for k in range(max(self._classes, 1))]
        return [made[int(label)] for label in self._labels()[rows]]

    def _class_color(self, label: int) -> str:
        """Two classes on one output are values below and above its middle."""
        if not self._by_class:
            return self.theme.positive if label else self.theme.negative
        return self.theme.classes[label % len(self.theme.classes)]

    def _legend(self) -> tuple[Entry, ...]:
        if self.data is None:
            return ()
        names = self.data.class_names if self._classes else ()
        classes = tuple(Entry(name, self._class_color(k), symbol=self._marker(k)) for k, name in enumerate(names))
        held_out = (Entry(self.tr("validation"), self.theme.ink, symbol="o", filled=False),) if (self.data.part_of != 0).any() else ()
        return (*samples_entry(self), *held_out, *classes)

    def _ramp(self) -> Ramp | None:
        """What the colours of one output mean."""
        if self._by_class:
            return None
        low, high = self._ends()
        labels = tuple(self.theme.short(float(f"{value:.3g}")) for value in (low, low / 2 + high / 2, high))
        return Ramp(self.tr("output"), labels, (self.theme.negative, self.theme.window, self.theme.positive))

    def restyle(self) -> None:
        """Take the colours of the theme."""
        self._table = packed(value_table(self.theme))
        self._dotted = ()

    def hover_at(self, x: float, y: float) -> Hover | None:
        """Return the coordinates and what the network says there."""
        if self._x is None or self._y is None or self.data is None:
            return None
        names = [feature_name(name) for name in self.data.columns]
        values = self._x.value(x), self._y.value(y)
        rows = [("", name, self.theme.number(value, 2)) for name, value in zip(names, values, strict=True)]
        surface = self._surface()
        if surface is not None and 0 <= x <= 1 and 0 <= y <= 1:
            said = surface[:, round(y * (surface.shape[1] - 1)), round(x * (surface.shape[2] - 1))]
            rows += self._said(said)
        return Hover(x, y, tuple(rows), rule=False)

    def _said(self, said: Array) -> list[tuple[str, str, str]]:
        """One output as a number; of several the three largest with their classes."""
        if len(said) == 1:
            return [("", self.tr("output"), self.theme.number(float(said[0])))]
        names = self.data.class_names if self.data is not None else ()
        best = np.argsort(-np.nan_to_num(said, nan=-np.inf))[:3]
        return [(self._class_color(int(k)), names[k] if k < len(names) else str(k), self.theme.number(float(said[k]))) for k in best]

    def table(self) -> Table:
        """Return one row a point of the plane: its coordinates and the outputs."""
        surface = self._surface()
        if surface is None or self.data is None:
            return ("x1", "x2", "output"), []
        across, up = (np.linspace(low, high, side) for (low, high), side in zip(self.data.domain, surface.shape[:0:-1], strict=True))
        header = (*self.data.columns, *(f"output {k + 1}" for k in range(len(surface))))
        return header, [(float(a), float(b), *map(float, surface[:, i, j])) for i, b in enumerate(up) for j, a in enumerate(across)]


def _bad(surface: Array) -> Array:
    """Return where any output is not finite, shape (rows, columns)."""
    return np.asarray(~np.isfinite(surface).all(axis=0))
