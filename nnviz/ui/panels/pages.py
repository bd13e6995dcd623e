"""The inspector's pages of the network, its input, one number that a layer passes on, and a filter."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from nnviz.app.document import Document
from nnviz.app.frame import Frame, LayerFrame
from nnviz.engine.spec import NetworkSpec, Spec
from nnviz.explain.numbers import format_number
from nnviz.ui.failsafe import updates
from nnviz.ui.form import Fact, Form, text_label
from nnviz.ui.names import feature_name, lowered
from nnviz.ui.panels.editing import PartEditing
from nnviz.ui.panels.health_section import HealthSection
from nnviz.ui.panels.link import Link
from nnviz.ui.panels.map_view import MapView
from nnviz.ui.panels.part_page import PartPage
from nnviz.ui.panels.unit_editor import UnitEditor
from nnviz.ui.panels.weight_list import WeightList
from nnviz.ui.panels.wording import layer_words, shape_words, trainable
from nnviz.ui.part_names import neuron_name
from nnviz.ui.selection import Selection
from nnviz.ui.theme import Theme

MOST_FACTS = 40  # of the input's numbers that are listed
MOST_LAYERS = 40


class NetworkPage(QWidget):
    """What the network is made of, and how its run is; a layer's line leads to the layer."""

    def __init__(self, spec: Spec, document: Document, choose: Callable[[Selection], None]) -> None:
        super().__init__()
        network = spec.network
        self._rows = _rows(network)
        form = Form(self)
        form.heading(self.tr("Inspector · network"))
        self.weights, self.learned, self.precision, self.inputs = Fact(), Fact(), Fact(), Fact()
        form.row(self.tr("Layers"), Fact(format_number(len(network.layers))))
        form.row(self.tr("Weights and biases"), self.weights, self.tr("How many numbers the network is made of"))
        learned = self.tr("How many of them training changes: frozen layers and cut edges stay as they are")
        form.row(self.tr("Trainable"), self.learned, learned)
        form.row(self.tr("Precision"), self.precision)
        form.heading(self.tr("Shapes"))
        form.row(self.tr("Input"), self.inputs)
        self.layers = [Link() for _ in network.layers[:MOST_LAYERS]]
        for layer, link in zip(network.layers, self.layers, strict=False):
            link.chosen.connect(choose)
            form.row(layer.name, link)
        if len(network.layers) > MOST_LAYERS:
            more = format_number(len(network.layers) - MOST_LAYERS)
            form.addWidget(text_label(self.tr("… and {count} more").format(count=more), "muted"))
        form.heading(self.tr("Health"))
        self.health = HealthSection(document)
        form.addWidget(self.health)

    def fits(self, spec: Spec) -> bool:
        """Tell whether this page has a line for every layer of the spec, under its name."""
        return _rows(spec.network) == self._rows

    def show_spec(self, spec: Spec) -> None:
        """Show how large everything is."""
        network = spec.network
        self.weights.setText(format_number(network.weights))
        self.learned.setText(format_number(trainable(network)))
        self.precision.setText(spec.training.precision)
        image = len(network.input.shape) == 3
        count = self.tr("{count} numbers").format(count=format_number(len(network.input.names)))
        self.inputs.setText(shape_words(network.input.shape) if image else count)
        tip = self.tr("Units × inputs + biases · activation; of a convolution its filters, their size, and what it puts out")
        shapes = network.shapes
        for index, (layer, link) in enumerate(zip(network.layers, self.layers, strict=False)):
            words = layer_words(network, index, shapes[index])
            if words != link.text():
                link.lead(words, Selection("layer", layer.id), tip)
                link.setAccessibleName(f"{layer.name}: {words}")

    def show_frame(self, frame: Frame) -> None:
        """Show how the run is; the shapes do not change with it."""
        self.health.show_findings(frame.findings)


class InputPage(QWidget):
    """What the network is fed for the shown sample: an image as one, other numbers in a list."""

    def __init__(self, spec: Spec, theme: Theme) -> None:
        super().__init__()
        self._spec, self._theme = spec, theme
        shape, names = spec.network.input.shape, spec.network.input.names
        form = Form(self)
        form.heading(self.tr("Inspector · input"))
        self.image = MapView(self.tr("Input image"), theme) if len(shape) == 3 else None
        self.values = [Fact("—") for _ in names[: 0 if self.image else MOST_FACTS]]
        if self.image is not None:
            form.row(self.tr("Shape"), Fact(shape_words(shape)))
            form.addWidget(self.image)
        for name, fact in zip(names, self.values, strict=False):
            fact.setProperty("role", "mono")
            form.row(feature_name(name), fact)
        if self.image is None and len(names) > MOST_FACTS:
            form.addWidget(text_label(self.tr("… and {count} more").format(count=format_number(len(names) - MOST_FACTS)), "muted"))

    @updates
    def set_theme(self, theme: Theme) -> None:
        """Say numbers as another theme does from now on."""
        self._theme = theme

    def fits(self, spec: Spec) -> bool:
        """Tell whether this is the page of the spec: its names are laid out once."""
        return spec is self._spec

    def show_spec(self, _spec: Spec) -> None:
        """Nothing of it changes with the values of a spec."""

    def show_frame(self, frame: Frame) -> None:
        """Show the inputs of the probe."""
        shape = frame.spec.network.input.shape
        if self.image is not None and len(shape) == 3:
            self.image.show_map(frame.probe.inputs.reshape(shape)[:, :, 0])
        for fact, value in zip(self.values, frame.probe.inputs, strict=False):
            fact.setText(self._theme.number(float(value)))


class NumberPage(PartPage):
    """One number that a layer passes on or answers somewhere in an image."""

    def __init__(self, editing: PartEditing) -> None:
        super().__init__(editing)
        form = Form(self)
        self.heading = form.heading("")
        self.z, self.a = Fact("—"), Fact("—")
        for fact in (self.z, self.a):
            fact.setProperty("role", "mono")
        self.z_row, self.a_row = form.row("", self.z), form.row("", self.a)

    def show_spec(self, spec: Spec) -> None:
        """Name the number as a spec, which has it, does."""
        name = neuron_name(spec.network, self._part.layer, self._part.neuron)
        self.heading.setText(self.tr("Neuron · {name}").format(name=name).upper())
        number = lowered(spec.network.index(self._part.layer) + 1)
        self.z_row.label.setText(self.tr("Sum z{layer}").format(layer=number))
        self.a_row.label.setText(self.tr("Activation a{layer}").format(layer=number))

    def show_part(self, frame: Frame, found: LayerFrame, index: int) -> None:
        """Show what it is for the probe."""
        outputs = frame.spec.network.outputs(index)
        if self._part.neuron in outputs:
            at = outputs.index(self._part.neuron)
            self.z.setText(self._theme.number(float(found.z[at])))
            self.a.setText(self._theme.number(float(found.activations[at])))


class FilterPage(PartPage):
    """One filter of a convolution: its kernel, its bias, and what it answers all over the image."""

    def __init__(self, editing: PartEditing) -> None:
        super().__init__(editing)
        form = Form(self)
        self.heading = form.heading("")
        self.unit = UnitEditor(editing)
        form.addWidget(self.unit)
        form.heading(self.tr("Answers to the shown sample"))
        self.answers = MapView(self.tr("Answers of the filter"), editing.theme)
        form.addWidget(self.answers)
        form.heading(self.tr("Weights of the kernel"))
        self.weights = WeightList(editing.theme)
        form.addWidget(self.weights)
        self.weights.chosen.connect(self._choose)

    def show_spec(self, spec: Spec) -> None:
        """Show what a spec, which has the filter, says of it; tells nobody."""
        name = neuron_name(spec.network, self._part.layer, self._part.neuron)
        self.heading.setText(self.tr("Filter · {name}").format(name=name).upper())
        self.unit.show_spec(spec)

    def show_part(self, frame: Frame, found: LayerFrame, index: int) -> None:
        """Show what the filter is now, and what it says to the probe."""
        rows, shape = frame.spec.network.rows(index), frame.spec.network.shapes[index]
        if self._part.neuron not in rows or len(shape) != 3:
            return
        at = rows.index(self._part.neuron)
        self.unit.show_layer(found, at)
        self.answers.show_map(found.activations.reshape(shape)[:, :, at])
        self.weights.show_weights(found.weights[at], self.names(frame.spec, index))

    @Slot(int)
    def _choose(self, at: int) -> None:
        self.choose_edge(self._part.neuron, at)


def _rows(network: NetworkSpec) -> tuple[tuple[str, str], ...]:
    """Return what the lines of a network's page are made for."""
    return tuple((layer.id, layer.name) for layer in network.layers)
