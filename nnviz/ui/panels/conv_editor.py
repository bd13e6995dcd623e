"""The inspector's controls of a convolutional layer."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from nnviz.app.frame import LayerFrame
from nnviz.engine.network_spec import PADDINGS
from nnviz.engine.spec import Conv2D, Spec
from nnviz.engine.table import Parameter
from nnviz.ui.decades import exact
from nnviz.ui.editing import layers
from nnviz.ui.form import ChoiceBox, Form
from nnviz.ui.names import entry_name
from nnviz.ui.panels.editing import Editing
from nnviz.ui.panels.pair_field import Pair, PairField
from nnviz.ui.panels.weighted_editor import WeightedEditor
from nnviz.ui.slider import Scale, SliderField

FILTERS = Parameter("filters", 8.0, 1.0, 1e4)


class ConvEditor(QWidget):
    """Shows and edits the filters, how they slide over the image, and what all layers with weights have."""

    def __init__(self, editing: Editing) -> None:
        super().__init__()
        self._editing = editing
        form = Form(self)
        self.filters = SliderField(self.tr("Filters"), FILTERS, Scale(1.0, 32.0), integer=True, meaning=self._filters_meaning)
        form.addWidget(self.filters)
        tip = self.tr("What part of the image a filter sees at once, in every channel")
        down, across = self.tr("The kernel is {value} pixels high."), self.tr("The kernel is {value} pixels wide.")
        self.kernel = PairField(self.tr("Kernel"), tip, down, across)
        tip = self.tr("How far a filter moves from one place to the next")
        down, across = self.tr("From row to row it moves by {value} pixels."), self.tr("From place to place it moves by {value} pixels.")
        self.stride = PairField(self.tr("Stride"), tip, down, across)
        form.addWidget(self.kernel)
        form.addWidget(self.stride)
        self.padding = ChoiceBox(self.tr("Padding"), [(key, entry_name(key)) for key in PADDINGS])
        tip = self.tr("What filters see beyond the edges of the image")
        self.padding_row = form.row(self.tr("Padding"), self.padding, tip)
        meanings = {
            "valid": self.tr("filters stay within the image, so what comes out is smaller"),
            "same": self.tr("zeros are put around the image, so what comes out is as large where the stride is 1"),
        }
        self.padding.explain(tip, meanings)
        self.common = WeightedEditor(editing)
        form.addWidget(self.common)
        self.filters.value_committed.connect(self._set_filters)
        self.kernel.edited.connect(self._set_kernel)
        self.stride.edited.connect(self._set_stride)
        self.padding.picked.connect(self._set_padding)

    @property
    def _layer(self) -> Conv2D:
        layer = self._editing.layer
        assert isinstance(layer, Conv2D)
        return layer

    def show_spec(self, spec: Spec) -> None:
        """Show the values of a spec; tells nobody."""
        layer = self._layer
        self.filters.set_value(float(layer.units))
        self.kernel.show_pair(layer.kernel)
        self.stride.show_pair(layer.stride)
        self.padding.show_key(layer.padding)
        self.padding_row.refuse("")
        self.common.show_spec(spec)

    def show_layer(self, shown: LayerFrame) -> None:
        """Show what the layer does now."""
        self.common.show_layer(shown)

    def _filters_meaning(self, value: float) -> str:
        network = self._editing.spec.network
        sources = len(network.sources(network.index(self._editing.id)))
        words = self.tr("{filters} filters of {sources} weights each.")
        return words.format(filters=exact(value), sources=sources)

    @Slot(float)
    def _set_filters(self, value: float) -> None:
        proposal = layers.set_units(self._editing.spec, self._editing.id, int(value))
        self._editing.propose(self.filters, proposal, self.filters.gesture)

    @Slot(object, str)
    def _set_kernel(self, pair: Pair, merge_key: str) -> None:
        title = self.tr("Set kernel of {layer} to {height} × {width}").format(layer=self._layer.name, height=pair[0], width=pair[1])
        self._editing.replace(self.kernel, replace(self._layer, kernel=pair), title, merge_key)

    @Slot(object, str)
    def _set_stride(self, pair: Pair, merge_key: str) -> None:
        title = self.tr("Set stride of {layer} to {height} × {width}").format(layer=self._layer.name, height=pair[0], width=pair[1])
        self._editing.replace(self.stride, replace(self._layer, stride=pair), title, merge_key)

    @Slot(str)
    def _set_padding(self, key: str) -> None:
        title = self.tr("Set padding of {layer} to {name}").format(layer=self._layer.name, name=entry_name(key))
        self._editing.replace(self.padding_row, replace(self._layer, padding=key), title)
