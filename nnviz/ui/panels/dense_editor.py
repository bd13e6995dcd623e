"""The inspector's controls of a dense layer."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from nnviz.app.frame import LayerFrame
from nnviz.engine.spec import Dense, Spec
from nnviz.engine.table import Parameter
from nnviz.ui.editing import layers
from nnviz.ui.form import Form, Tick
from nnviz.ui.panels.editing import Editing
from nnviz.ui.panels.weighted_editor import WeightedEditor
from nnviz.ui.slider import Scale, SliderField

UNITS = Parameter("units", 4.0, 1.0, 1e6)


class DenseEditor(QWidget):
    """Shows and edits how many units there are, what all layers with weights have, and whether this is an autoencoder's code."""

    def __init__(self, editing: Editing) -> None:
        super().__init__()
        self._editing = editing
        form = Form(self)
        self.units = SliderField(self.tr("Units"), UNITS, Scale(1.0, 32.0), integer=True, meaning=self._units_meaning)
        form.addWidget(self.units)
        self.common = WeightedEditor(editing)
        form.addWidget(self.common)
        self.code = Tick(self.tr("Code of an autoencoder"))
        tip = self.tr("Marks the layer where an autoencoder is narrowest: what it says there is the code of a sample")
        self.code_row = form.row(self.tr("Code of an autoencoder"), self.code, tip)
        self.units.value_committed.connect(self._set_units)
        self.code.clicked.connect(self._set_code)

    @property
    def _layer(self) -> Dense:
        layer = self._editing.layer
        assert isinstance(layer, Dense)
        return layer

    def show_spec(self, spec: Spec) -> None:
        """Show the values of a spec; tells nobody."""
        layer = self._layer
        self.units.set_value(float(layer.units))
        self.common.show_spec(spec)
        self.code.setChecked(layer.role == "code")
        hidden = layer.id != spec.network.output.id
        self.code_row.setVisible(hidden and (spec.data.problem == "autoencoder" or layer.role == "code"))

    def show_layer(self, shown: LayerFrame) -> None:
        """Show what the layer does now."""
        self.common.show_layer(shown)

    def _units_meaning(self, value: float) -> str:
        network = self._editing.spec.network
        sources = len(network.sources(network.index(self._editing.id)))
        weights = int(value) * (sources + self._layer.use_bias)
        return self.tr("{units} units reading {sources} numbers: {weights} weights and biases.").format(
            units=int(value), sources=sources, weights=weights
        )

    @Slot(float)
    def _set_units(self, value: float) -> None:
        proposal = layers.set_units(self._editing.spec, self._editing.id, int(value))
        self._editing.propose(self.units, proposal, self.units.gesture)

    @Slot(bool)
    def _set_code(self, on: bool) -> None:
        title = self.tr("Call {layer} the code") if on else self.tr("Call {layer} no code")
        self._editing.replace(self.code_row, replace(self._layer, role="code" if on else ""), title.format(layer=self._layer.name))
