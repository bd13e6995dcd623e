"""The inspector's controls of a pooling layer."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from nnviz.engine.network_spec import Pooling
from nnviz.engine.spec import Spec
from nnviz.ui.form import Form
from nnviz.ui.panels.editing import Editing
from nnviz.ui.panels.pair_field import Pair, PairField


class PoolingEditor(QWidget):
    """Shows and edits how large the windows are and how they move."""

    def __init__(self, editing: Editing) -> None:
        super().__init__()
        self._editing = editing
        form = Form(self)
        tip = self.tr("How much of the image becomes one number")
        down, across = self.tr("A window is {value} pixels high."), self.tr("A window is {value} pixels wide.")
        self.size_field = PairField(self.tr("Window"), tip, down, across)
        tip = self.tr("How far it is from one window to the next; rows and columns that fill no window are dropped")
        down, across = self.tr("From row to row it moves by {value} pixels."), self.tr("From place to place it moves by {value} pixels.")
        self.stride = PairField(self.tr("Stride"), tip, down, across)
        form.addWidget(self.size_field)
        form.addWidget(self.stride)
        self.size_field.edited.connect(self._set_size)
        self.stride.edited.connect(self._set_stride)

    @property
    def _layer(self) -> Pooling:
        layer = self._editing.layer
        assert isinstance(layer, Pooling)
        return layer

    def show_spec(self, _spec: Spec) -> None:
        """Show the values of the layer; tells nobody."""
        self.size_field.show_pair(self._layer.size)
        self.stride.show_pair(self._layer.stride)

    @Slot(object, str)
    def _set_size(self, pair: Pair, merge_key: str) -> None:
        title = self.tr("Set windows of {layer} to {height} × {width}").format(layer=self._layer.name, height=pair[0], width=pair[1])
        self._editing.replace(self.size_field, replace(self._layer, size=pair), title, merge_key)

    @Slot(object, str)
    def _set_stride(self, pair: Pair, merge_key: str) -> None:
        title = self.tr("Set stride of {layer} to {height} × {width}").format(layer=self._layer.name, height=pair[0], width=pair[1])
        self._editing.replace(self.stride, replace(self._layer, stride=pair), title, merge_key)
