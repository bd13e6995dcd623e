"""What can be changed about one neuron of a dense layer or one filter: its bias, and whether it answers at all."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from nnviz.app.frame import LayerFrame
from nnviz.engine.network_spec import Weighted
from nnviz.engine.spec import Spec
from nnviz.ui.editing import parts
from nnviz.ui.failsafe import updates
from nnviz.ui.fields import NumberField
from nnviz.ui.form import Form, Tick
from nnviz.ui.panels.editing import PartEditing
from nnviz.ui.panels.live_number import WEIGHT, LiveNumber
from nnviz.ui.theme import Theme


class UnitEditor(QWidget):
    """Shows the bias, live, where the layer uses biases, and a tick that silences the unit."""

    def __init__(self, editing: PartEditing) -> None:
        super().__init__()
        self._editing, self._theme = editing, editing.theme
        form = Form(self)
        self.bias = NumberField(WEIGHT, name=self.tr("Bias b"), meaning=self._meaning, shown=self._shown)
        self.bias_row = form.row(self.tr("Bias b"), self.bias)
        self.live = LiveNumber(self.bias)
        self.lesion = Tick(self.tr("Lesion"))
        self.lesion_row = form.row(self.tr("Lesion"), self.lesion, self.tr("Silence this neuron: it answers 0, whatever it reads"))
        self.bias.value_committed.connect(self._set_bias)
        self.lesion.clicked.connect(self._set_lesion)

    @updates
    def set_theme(self, theme: Theme) -> None:
        """Say numbers as another theme does from now on."""
        self._theme = theme
        self.live.show_again()

    def show_spec(self, spec: Spec) -> None:
        """Show what a spec, which has the unit, says of it; tells nobody."""
        layer = spec.network.layer(self._editing.part.layer)
        assert isinstance(layer, Weighted)
        self.bias_row.setVisible(layer.use_bias)
        self.lesion.setChecked(self._editing.part.neuron in layer.lesioned)
        self.lesion_row.refuse("")

    def show_layer(self, found: LayerFrame, at: int) -> None:
        """Show the bias of row `at` of the layer."""
        self.live.show_value(float(found.bias[at]))

    def _shown(self, value: float) -> str:
        return self._theme.number(value)

    def _meaning(self, value: float) -> str:
        return self.tr("Where all it reads is 0, its sum is {value}.").format(value=self._shown(value))

    @Slot(float)
    def _set_bias(self, value: float) -> None:
        proposal = parts.set_value(self._editing.spec, self._editing.part, value, self.bias.gesture)
        if proposal.reason:
            self.live.show_again()
        self._editing.propose(self.bias_row, proposal)

    @Slot(bool)
    def _set_lesion(self, on: bool) -> None:
        self._editing.propose(self.lesion_row, parts.lesion(self._editing.spec, self._editing.part, on))
