"""What a layer does now: its weights as a picture, its activations as a histogram, and how much of it still learns."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from nnviz.app.frame import Frame, LayerFrame
from nnviz.engine.network_spec import NetworkSpec
from nnviz.engine.spec import Weighted
from nnviz.explain.numbers import format_number
from nnviz.ui.form import Fact, Form, text_label
from nnviz.ui.names import lowered
from nnviz.ui.panels.activation_plots import Histogram
from nnviz.ui.panels.saturation import saturation
from nnviz.ui.panels.weight_image import WeightImage
from nnviz.ui.panels.wording import source_names
from nnviz.ui.selection import Selection
from nnviz.ui.theme import Theme


class LayerLive(QWidget):
    """Shows one layer, by its id; of a layer without weights it says that there are none.

    `edge_chosen` carries the `Selection` of the edge whose weight was clicked.
    """

    edge_chosen = Signal(object)

    def __init__(self, layer_id: str, *, weighted: bool, theme: Theme) -> None:
        super().__init__()
        self._id = layer_id
        self._network: NetworkSpec | None = None
        self._names: tuple[str, ...] = ()
        form = Form(self)
        self.weights_heading = form.heading("")
        self.weights = WeightImage(theme)
        form.addWidget(self.weights)
        self.weights.cell_chosen.connect(self._choose)
        self.nothing = text_label(self.tr("This layer has no weights: it learns nothing itself."), "note")
        self.nothing.setWordWrap(True)
        form.addWidget(self.nothing)
        self.histogram_heading = form.heading("")
        self.histogram = Histogram(theme)
        form.addWidget(self.histogram)
        self.saturated, self.dead = Fact("—"), Fact("—")
        flat = self.tr("Values where the slope f′ is below 5 % of its steepest: little is learned there")
        saturated_row = form.row(self.tr("Saturated"), self.saturated, flat)
        dead_row = form.row(self.tr("Dead units"), self.dead, self.tr("Units that are saturated for every one of these samples"))
        for row in (saturated_row, dead_row):
            row.setVisible(weighted)

    def show_frame(self, frame: Frame, shown: LayerFrame) -> None:
        """Show what the layer does now."""
        index = frame.spec.network.index(self._id)
        rows, columns = shown.weights.shape
        heading = self.tr("Weights W{layer} ({rows} × {columns})").format(layer=lowered(index + 1), rows=rows, columns=columns)
        self.weights_heading.setText((heading if rows else self.tr("Weights")).upper())
        self.weights.setVisible(rows > 0)
        self.nothing.setVisible(not rows)
        if self._network is not frame.spec.network:  # there may be many names, and they stay as long as the network does
            self._network, self._names = frame.spec.network, source_names(frame.spec, index) if rows else ()
        self.weights.show_weights(shown.weights, self._names)
        self._show_batch(frame, index, shown)

    @Slot(int, int)
    def _choose(self, unit: int, source: int) -> None:
        if self._network is not None:
            index = self._network.index(self._id)
            neuron, name = self._network.rows(index)[unit], self._network.sources(index)[source]
            self.edge_chosen.emit(Selection("edge", self._id, neuron, name))

    def _show_batch(self, frame: Frame, index: int, shown: LayerFrame) -> None:
        values, layer = shown.batch_activations, frame.spec.network.layers[index]
        self.histogram_heading.setText(self.tr("Activations, {count} samples").format(count=len(values)).upper())
        self.histogram.show_values(np.asarray(values))
        if not isinstance(layer, Weighted):
            return
        places = math.prod(frame.spec.network.shapes[index]) // max(1, layer.units)
        units = values.reshape(len(values) * places, layer.units)  # the answers of one filter are in every place its own
        found = saturation(layer.activation, units)
        share = self.tr("{share} %").format(share=format_number(round(100.0 * found.share))) if found else "—"
        self.saturated.setText(share)
        self.dead.setText(self.tr("{dead} of {units}").format(dead=found.dead, units=layer.units) if found else "—")
