"""The inspector's page of an edge, or of a neuron's bias: its weight, its gradient, and its past."""

from __future__ import annotations

from PySide6.QtCore import Slot

from nnviz.app.frame import Frame, LayerFrame
from nnviz.app.past import Past
from nnviz.engine.network_spec import Dense, NetworkSpec
from nnviz.engine.patch import BIAS
from nnviz.engine.spec import Spec
from nnviz.ui.editing import parts
from nnviz.ui.editing.conditions import are_pruned
from nnviz.ui.failsafe import updates
from nnviz.ui.form import Fact, Form, Tick
from nnviz.ui.panels.editing import PartEditing
from nnviz.ui.panels.link import Link
from nnviz.ui.panels.live_number import WEIGHT, LiveNumber
from nnviz.ui.panels.part_page import PartPage
from nnviz.ui.panels.past_curve import PastCurve
from nnviz.ui.panels.weight_image import WeightImage
from nnviz.ui.part_names import INPUT, neuron_name, source_name
from nnviz.ui.selection import Selection
from nnviz.ui.slider import SliderField
from nnviz.ui.theme import Theme
from nnviz.ui.value_scale import value_scale


class EdgePage(PartPage):
    """One weight; with the source `BIAS` it is the bias of the neuron, which comes from nowhere and cannot be cut."""

    def __init__(self, editing: PartEditing, past: Past) -> None:
        super().__init__(editing)
        self._past, self._is_bias = past, editing.part.source == BIAS
        form = Form(self)
        form.heading(self.tr("Inspector · bias") if self._is_bias else self.tr("Inspector · edge"))
        self.source, self.target = Link(), Link()
        self.source_row = form.row(self.tr("From"), self.source)
        form.row(self.tr("To"), self.target)
        for link in (self.source, self.target):
            link.chosen.connect(editing.choose)
        name = self.tr("Bias b") if self._is_bias else self.tr("Weight w")
        self.weight = SliderField(name, WEIGHT, value_scale(0.0), shown=self._shown, meaning=self._meaning)
        form.addWidget(self.weight)
        self._reach, self.live = value_scale(0.0).high, LiveNumber(self.weight)
        self.gradient = Fact("—")
        self.gradient.setProperty("role", "mono")
        words = self.tr("How the loss changed with this weight at the newest step")
        self.gradient_row = form.row(self.tr("Gradient ∂L/∂w"), self.gradient, words)
        self.prune = Tick(self.tr("Prune"))
        self.prune_row = form.row(self.tr("Prune"), self.prune, self.tr("Cut this edge: its weight is 0 and stays 0"))
        form.heading(self.tr("Its past"))
        self.past = PastCurve(self.tr("The weight over the steps"), editing.theme)
        form.addWidget(self.past)
        self.image_heading = form.heading(self.tr("Its place in the weights"))
        self.image = WeightImage(editing.theme)
        form.addWidget(self.image)
        for widget in (self.source_row, self.gradient_row, self.image_heading, self.image):
            widget.setVisible(not self._is_bias)
        self.weight.value_committed.connect(self._set_weight)
        self.prune.clicked.connect(self._set_pruned)
        self.image.cell_chosen.connect(self.choose_cell)

    @updates
    def set_theme(self, theme: Theme) -> None:
        """Say numbers as another theme does from now on."""
        self._theme = theme
        self.live.show_again()

    def show_spec(self, spec: Spec) -> None:
        """Show what a spec, which has the edge, says of it; tells nobody."""
        network, part = spec.network, self._part
        layer = network.layer(part.layer)
        self.target.lead(neuron_name(network, part.layer, part.neuron), Selection("neuron", part.layer, part.neuron))
        if not self._is_bias:
            self.source.lead(source_name(network, part.layer, part.source), _source(network, part))
        self.prune_row.setVisible(isinstance(layer, Dense) and not self._is_bias)
        self.prune.setChecked(all(are_pruned(spec.network, [part])))
        self.prune_row.refuse("")

    def show_part(self, frame: Frame, found: LayerFrame, index: int) -> None:
        """Show the newest weight and gradient, and how the weight got there."""
        network, part = frame.spec.network, self._part
        rows, sources = network.rows(index), network.sources(index)
        if part.neuron not in rows or (not self._is_bias and part.source not in sources):
            return
        unit = rows.index(part.neuron)
        if self._is_bias:
            self._show_weight(float(found.bias[unit]))
        else:
            source = sources.index(part.source)
            self._show_weight(float(found.weights[unit, source]))
            self.gradient.setText(self._theme.number(float(found.gradient[unit, source])))
            self.image.show_weights(found.weights, self.names(frame.spec, index))
            self.image.mark(unit, source)
        self.past.show_past(*self._past.weight(part.layer, part.neuron, part.source))

    def _show_weight(self, value: float) -> None:
        scale = value_scale(value)
        if scale.high > self._reach:  # it never shrinks: a slider must not move away under a weight that comes back
            self._reach = scale.high
            self.weight.set_range(WEIGHT, scale)
        self.live.show_value(value)

    def _shown(self, value: float) -> str:
        return self._theme.number(value)

    def _meaning(self, value: float) -> str:
        if self._is_bias:
            return self.tr("Where all the neuron reads is 0, its sum is {value}.").format(value=self._shown(value))
        return self.tr("What comes along this edge counts {value} times in the sum.").format(value=self._shown(value))

    # -- edits --------------------------------------------------------------------------------------------------

    @Slot(float)
    def _set_weight(self, value: float) -> None:
        proposal = parts.set_value(self._editing.spec, self._part, value, self.weight.gesture)
        if proposal.reason:
            self.live.show_again()
        self._editing.propose(self.weight, proposal)

    @Slot(bool)
    def _set_pruned(self, on: bool) -> None:
        self._editing.propose(self.prune_row, parts.prune(self._editing.spec, self._part, on))


def _source(network: NetworkSpec, part: Selection) -> Selection:
    """Return what an edge comes from: a neuron of the layer before; of a kernel's weight the layer, of batch norm its own."""
    index = network.index(part.layer)
    if not isinstance(network.layers[index], Dense):
        return Selection("layer", part.layer)
    before = network.layers[index - 1].id if index else INPUT
    return Selection("neuron", before, part.source)
