"""How long each layer's gradient is over the steps: where learning stops, and where it explodes."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from PySide6.QtWidgets import QWidget

from nnviz.app.frame import Frame
from nnviz.engine.history import Curve
from nnviz.ui.failsafe import updates
from nnviz.ui.plots.lines import Line, LinesPlot
from nnviz.ui.plots.scale import Array

BUCKETS = 128


class GradientsPlot(LinesPlot):
    """‖∂L/∂W‖ of each layer at the steps the screen has seen, decimated as they grow."""

    name: ClassVar[str] = "gradients"
    has_log: ClassVar[bool] = True

    def __init__(self, parent: QWidget | None = None) -> None:
        self._history: dict[str, Curve] = {}
        self._newest: dict[str, float] = {}
        self._step = -1
        super().__init__(parent)

    @property
    def title(self) -> str:
        """The plot's name."""
        return self.tr("Gradient norm by layer")

    @property
    def meaning(self) -> str:
        """What it shows and how it is read."""
        return self.tr(
            "How long the gradient of each layer with weights is over the steps: "
            "one that shrinks to zero learns no more, one that keeps growing explodes."
        )

    def names(self) -> tuple[str, str]:
        """Steps, and the Frobenius norm."""
        return self.tr("step"), "‖∂L/∂W‖"

    @updates
    def record(self, frame: Frame) -> None:
        """Note the norms; when the run has gone back, forget what came after."""
        if frame.step < self._step:
            for curve in self._history.values():
                curve.cut(frame.step)
            self._newest.clear()
        if frame.step > 0 and frame.step != self._step:
            for layer in frame.layers:
                if not layer.gradient.size:
                    continue  # there is nothing to learn in it
                self._newest[layer.id] = norm(layer.gradient)
                self._history.setdefault(layer.id, Curve(BUCKETS)).add(float(frame.step), self._newest[layer.id])
        self._step = frame.step

    @updates
    def show_frame(self, frame: Frame) -> None:
        """Note the norms and draw them."""
        self.record(frame)
        super().show_frame(frame)

    def lines(self) -> tuple[Line, ...]:
        """One line a layer of the network as it is now; a newest value that is not finite is the end of its line."""
        layers = self.spec.network.layers if self.spec is not None else ()
        return tuple(self._line(layer.id, layer.name, k) for k, layer in enumerate(layers) if layer.id in self._history)

    def _line(self, layer_id: str, text: str, number: int) -> Line:
        x, y = self._history[layer_id].points()
        newest = self._newest.get(layer_id, 0.0)
        if not np.isfinite(newest):
            x, y = np.append(x, float(self._step)), np.append(y, newest)
        colors = len(self.theme.curves)
        return Line(layer_id, text, x, y, ink=number, dashed=number // colors % 2 == 1)


def norm(values: Array) -> float:
    """Return the Frobenius norm, of 0-filled empty arrays 0, without overflow on the way."""
    if not values.size:
        return 0.0
    largest = float(np.abs(values).max())
    if not np.isfinite(largest) or largest == 0:
        return largest
    with np.errstate(over="ignore"):
        return float(largest * np.sqrt(np.square(values / largest).sum()))
