"""What several neurons or several edges have in common, to be set in all of them at once."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from nnviz.app.frame import Frame
from nnviz.engine.network_spec import Dense, NetworkSpec, Weighted
from nnviz.engine.patch import BIAS
from nnviz.engine.spec import Spec
from nnviz.ui.editing import parts
from nnviz.ui.editing.conditions import are_lesioned, are_pruned
from nnviz.ui.failsafe import updates
from nnviz.ui.form import Form
from nnviz.ui.panels.editing import PartEditing
from nnviz.ui.panels.live_number import WEIGHT, LiveNumber
from nnviz.ui.panels.several_fields import SeveralField, SeveralTick, common_number
from nnviz.ui.panels.several_values import Values
from nnviz.ui.theme import Theme


class SeveralNumbers(QWidget):
    """The biases of several neurons and whether they are lesioned, or the weights of several edges and whether they are pruned."""

    def __init__(self, editing: PartEditing) -> None:
        super().__init__()
        self._editing, self._theme, chosen = editing, editing.theme, editing.part.parts
        self._values = Values(chosen)
        self._neurons = chosen[0].kind == "neuron"
        form = Form(self)
        name = self.tr("Bias b") if self._neurons else self.tr("Weight w")
        self.value = SeveralField(WEIGHT, name=name, shown=self._shown)
        self.value_row = form.row(name, self.value)
        self.live = LiveNumber(self.value)
        name = self.tr("Lesion") if self._neurons else self.tr("Prune")
        silent, cut = self.tr("Silence these neurons: they answer 0, whatever they read"), self.tr("Cut these edges: their weights stay 0")
        self.cut = SeveralTick(name)
        self.cut_row = form.row(name, self.cut, silent if self._neurons else cut)
        self.value.value_committed.connect(self._set_value)
        self.cut.clicked.connect(self._set_cut)
        self._offer(editing.spec.network)

    def _offer(self, network: NetworkSpec) -> None:
        """Show what the parts have: only some neurons have biases, only edges between neurons can be cut."""
        chosen, known = self._editing.part.parts, {layer.id: layer for layer in network.layers}
        layers = [known.get(part.layer) for part in chosen]
        if self._neurons:
            owned = [isinstance(layer, Weighted) and part.neuron in layer.neurons for part, layer in zip(chosen, layers, strict=True)]
            biased = all(isinstance(layer, Weighted) and layer.use_bias for layer in layers)
            self.value_row.setVisible(all(owned) and biased)
            self.cut_row.setVisible(all(owned))
        else:
            self.cut_row.setVisible(all(isinstance(layer, Dense) for layer in layers) and all(part.source != BIAS for part in chosen))

    @property
    def is_empty(self) -> bool:
        """Whether the parts have nothing in common that can be set."""
        return self.value_row.isHidden() and self.cut_row.isHidden()

    @updates
    def set_theme(self, theme: Theme) -> None:
        """Say numbers as another theme does from now on."""
        self._theme = theme
        self.live.show_again()

    def show_spec(self, spec: Spec) -> None:
        """Show which of the parts are silenced or cut; tells nobody."""
        self._offer(spec.network)
        tell = are_lesioned if self._neurons else are_pruned
        self.cut.show_values(tell(spec.network, self._editing.part.parts))
        self.cut_row.refuse("")

    def show_frame(self, frame: Frame) -> None:
        """Show the number that all parts have now, or that they differ."""
        self.live.show_value(common_number(self._values.read(frame).tolist()))

    def _shown(self, value: float) -> str:
        return self._theme.number(value)

    @Slot(float)
    def _set_value(self, value: float) -> None:
        proposal = parts.set_value(self._editing.spec, self._editing.part, value, self.value.gesture)
        if proposal.reason:
            self.live.show_again()
        self._editing.propose(self.value_row, proposal)

    @Slot()
    def _set_cut(self) -> None:
        does = parts.lesion if self._neurons else parts.prune
        self._editing.propose(self.cut_row, does(self._editing.spec, self._editing.part, self.cut.isChecked()))
