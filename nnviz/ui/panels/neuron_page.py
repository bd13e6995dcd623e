"""The inspector's pages of neurons: one of a dense layer, and one of the input."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from nnviz.app.frame import Frame, LayerFrame
from nnviz.engine.network_spec import NetworkSpec
from nnviz.engine.spec import Spec
from nnviz.ui.failsafe import updates
from nnviz.ui.form import Fact, Form
from nnviz.ui.names import feature_name, lowered
from nnviz.ui.panels.editing import PartEditing
from nnviz.ui.panels.map_view import MapView
from nnviz.ui.panels.part_page import PartPage
from nnviz.ui.panels.unit_editor import UnitEditor
from nnviz.ui.panels.weight_image import WeightImage
from nnviz.ui.panels.weight_list import WeightList
from nnviz.ui.part_names import INPUT, neuron_name
from nnviz.ui.readers import reader
from nnviz.ui.selection import Selection
from nnviz.ui.theme import Theme

Array = NDArray[Any]
MAP_HEIGHT = 200


class NeuronPage(PartPage):
    """One neuron of a dense layer: what it does for the shown sample, what it reads, and who reads it."""

    def __init__(self, editing: PartEditing) -> None:
        super().__init__(editing)
        form = Form(self)
        self.heading = form.heading("")
        self.z, self.a = Fact("—"), Fact("—")
        for fact in (self.z, self.a):
            fact.setProperty("role", "mono")
        self.z_row = form.row("", self.z, self.tr("The weights times what comes in, plus the bias"))
        self.a_row = form.row("", self.a, self.tr("What the activation function makes of the sum: the neuron's answer"))
        self.unit = UnitEditor(editing)
        form.addWidget(self.unit)
        self.map = MapSection(editing.theme)
        form.addWidget(self.map)
        form.heading(self.tr("Incoming weights"))
        self.weights = WeightList(editing.theme)
        self.weights.setAccessibleName(self.tr("Incoming weights, strongest first"))
        form.addWidget(self.weights)
        self.outgoing_heading = form.heading(self.tr("Outgoing weights"))
        self.outgoing = WeightList(editing.theme)
        self.outgoing.setAccessibleName(self.tr("Outgoing weights, strongest first"))
        form.addWidget(self.outgoing)
        self.image_heading = form.heading("")
        self.image = WeightImage(editing.theme)
        form.addWidget(self.image)
        self._reader = ""
        self._readers: tuple[NetworkSpec | None, tuple[str, ...]] = (None, ())
        self.weights.chosen.connect(self._choose_incoming)
        self.outgoing.chosen.connect(self._choose_outgoing)
        self.image.cell_chosen.connect(self.choose_cell)

    def show_spec(self, spec: Spec) -> None:
        """Show what a spec, which has the neuron, says of it; tells nobody."""
        network = spec.network
        index = network.index(self._part.layer)
        name = neuron_name(network, self._part.layer, self._part.neuron)
        self.heading.setText(self.tr("Neuron · {name}").format(name=name).upper())
        number = lowered(index + 1)
        for row, words in ((self.z_row, self.tr("Sum z{layer}")), (self.a_row, self.tr("Activation a{layer}"))):
            row.label.setText(words.format(layer=number))
        self.image_heading.setText(self.tr("Its row in the weights W{layer}").format(layer=number).upper())
        self.unit.show_spec(spec)
        for widget in (self.outgoing_heading, self.outgoing):
            widget.setVisible(reader(network, self._part.layer, self._part.neuron) > 0)

    def show_part(self, frame: Frame, found: LayerFrame, index: int) -> None:
        """Show what the neuron does for the probe."""
        network = frame.spec.network
        neurons = network.rows(index)
        if self._part.neuron not in neurons:
            return
        at = neurons.index(self._part.neuron)
        self.z.setText(self._theme.number(float(found.z[at])))
        self.a.setText(self._theme.number(float(found.activations[at])))
        self.unit.show_layer(found, at)
        self.map.show_map(frame.maps.get(self._part.layer), at)
        names = self.names(frame.spec, index)
        self.weights.show_weights(found.weights[at], names)
        self.image.show_weights(found.weights, names)
        self.image.mark(at)
        self._show_readers(frame)

    def _show_readers(self, frame: Frame) -> None:
        network = frame.spec.network
        later = reader(network, self._part.layer, self._part.neuron)
        self._reader = network.layers[later].id if later > 0 else ""
        if not self._reader:
            return
        if self._readers[0] is not network:
            layer = network.layers[later]
            names = tuple(f"{layer.name}·{number + 1}" for number in range(len(network.rows(later))))
            self._readers = network, names
        column = network.sources(later).index(self._part.neuron)
        self.outgoing.show_weights(frame.layers[later].weights[:, column], self._readers[1])

    @Slot(int)
    def _choose_incoming(self, at: int) -> None:
        self.choose_edge(self._part.neuron, at)

    @Slot(int)
    def _choose_outgoing(self, at: int) -> None:
        network = self._editing.spec.network
        known = {layer.id: index for index, layer in enumerate(network.layers)}
        targets = network.rows(known[self._reader]) if self._reader in known else ()
        if at < len(targets):
            self._editing.choose(Selection("edge", self._reader, targets[at], self._part.neuron))


class InputNeuronPage(QWidget):
    """One number the network is fed: what it is for the shown sample, and over the plane."""

    def __init__(self, editing: PartEditing) -> None:
        super().__init__()
        self._name, self._theme = editing.part.neuron, editing.theme
        form = Form(self)
        form.heading(self.tr("Inspector · input"))
        form.row(self.tr("Name"), Fact(feature_name(self._name)))
        self.value = Fact("—")
        self.value.setProperty("role", "mono")
        form.row(self.tr("Value"), self.value, self.tr("What the shown sample says here, scaled as the network reads it"))
        self.map = MapSection(editing.theme)
        form.addWidget(self.map)

    @updates
    def set_theme(self, theme: Theme) -> None:
        """Say numbers as another theme does from now on."""
        self._theme = theme

    def fits(self, spec: Spec) -> bool:
        """Tell whether the spec has the input."""
        return self._name in spec.network.input.names

    def show_spec(self, _spec: Spec) -> None:
        """Nothing of it changes with the spec."""

    def show_frame(self, frame: Frame) -> None:
        """Show the input of the probe."""
        names = frame.spec.network.input.names
        if self._name in names:
            at = names.index(self._name)
            self.value.setText(self._theme.number(float(frame.probe.inputs[at])))
            self.map.show_map(frame.maps.get(INPUT), at)


class MapSection(QWidget):
    """A neuron's answers all over the input plane, shown where there is a plane."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        form = Form(self)
        form.addSpacing(theme.spacing)
        form.heading(self.tr("Over the input plane"))
        self.view = MapView(self.tr("Answers over the input plane"), theme, MAP_HEIGHT)
        form.addWidget(self.view)
        self.hide()

    def show_map(self, maps: Array | None, at: int) -> None:
        """Show the map of unit `at`, of maps (units, rows, columns) whose row 0 is the lower edge; a line (units, points) is one row."""
        there = maps is not None and at < len(maps)
        self.setVisible(there)
        if maps is not None and there:
            self.view.show_map(np.atleast_2d(maps[at])[::-1])
