"""The inspector's pages that only show: the network, its input, one number of a layer, an edge."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from nnviz.app.document import Document
from nnviz.app.frame import Frame, LayerFrame
from nnviz.engine.spec import Dense, Spec
from nnviz.explain.numbers import format_number
from nnviz.ui.failsafe import updates
from nnviz.ui.form import Fact, Form, text_label
from nnviz.ui.names import feature_name, lowered
from nnviz.ui.panels.health_section import HealthSection
from nnviz.ui.panels.map_view import MapView
from nnviz.ui.panels.weight_list import WeightList
from nnviz.ui.panels.wording import layer_words, shape_words, source_names
from nnviz.ui.theme import Theme

MOST_FACTS = 40  # of the input's numbers that are listed


class NetworkPage(QWidget):
    """What the network is made of, and how its run is."""

    def __init__(self, spec: Spec, document: Document) -> None:
        super().__init__()
        network = spec.network
        form = Form(self)
        form.heading(self.tr("Inspector · network"))
        form.row(self.tr("Layers"), Fact(format_number(len(network.layers))))
        form.row(self.tr("Weights and biases"), Fact(format_number(network.weights)), self.tr("How many numbers training can change"))
        form.row(self.tr("Precision"), Fact(spec.training.precision))
        form.heading(self.tr("Shapes"))
        image = len(network.input.shape) == 3
        count = self.tr("{count} numbers").format(count=format_number(len(network.input.names)))
        form.row(self.tr("Input"), Fact(shape_words(network.input.shape) if image else count))
        tip = self.tr("Units × inputs + biases · activation; of a convolution its filters, their size, and what it puts out")
        for index, layer in enumerate(network.layers):
            form.row(layer.name, Fact(layer_words(network, index)), tip)
        form.heading(self.tr("Health"))
        self.health = HealthSection(document)
        form.addWidget(self.health)

    def show_frame(self, frame: Frame) -> None:
        """Show how the run is; the shapes do not change with it."""
        self.health.show_findings(frame.findings)


class InputPage(QWidget):
    """What the network is fed for the shown sample: an image as one, other numbers in a list."""

    def __init__(self, spec: Spec, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
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

    def show_frame(self, frame: Frame) -> None:
        """Show the inputs of the probe."""
        shape = frame.spec.network.input.shape
        if self.image is not None and len(shape) == 3:
            self.image.show_map(frame.probe.inputs.reshape(shape)[:, :, 0])
        for fact, value in zip(self.values, frame.probe.inputs, strict=False):
            fact.setText(self._theme.number(float(value)))


class PartPage(QWidget):
    """A page of a part of a layer."""

    def __init__(self, layer_id: str, theme: Theme) -> None:
        super().__init__()
        self._layer, self._theme = layer_id, theme

    @updates
    def set_theme(self, theme: Theme) -> None:
        """Say numbers as another theme does from now on."""
        self._theme = theme

    def show_frame(self, frame: Frame) -> None:
        """Show what the part is in a frame, which may be of a network that no longer has the layer."""
        found = layer_frame(frame, self._layer)
        if found is not None:
            self.show_part(found, frame.spec, frame.spec.network.index(self._layer))

    def show_part(self, found: LayerFrame, spec: Spec, index: int) -> None:
        """Show the part of layer `index` as the frame has it; nothing where the layer no longer has the part."""
        raise NotImplementedError


class NumberPage(PartPage):
    """One number a layer puts out, and of a dense layer's neuron its sum, its bias, and where its sum comes from."""

    def __init__(self, layer_id: str, name: str, spec: Spec, theme: Theme) -> None:
        super().__init__(layer_id, theme)
        self._name = name
        network = spec.network
        index = network.index(layer_id)
        layer = network.layers[index]
        place = network.outputs(index).index(name) + 1
        form = Form(self)
        form.heading(self.tr("Neuron · {layer} / {number}").format(layer=layer.name, number=place))
        self.z, self.a, self.bias = Fact("—"), Fact("—"), Fact("—")
        for fact in (self.z, self.a, self.bias):
            fact.setProperty("role", "mono")
        form.row(self.tr("Sum z{layer}").format(layer=lowered(index + 1)), self.z)
        form.row(self.tr("Activation a{layer}").format(layer=lowered(index + 1)), self.a)
        bias_row = form.row(self.tr("Bias b"), self.bias)
        heading = form.heading(self.tr("Incoming weights"))
        self.weights = WeightList(theme)
        form.addWidget(self.weights)
        for widget in (bias_row, heading, self.weights):
            widget.setVisible(isinstance(layer, Dense))

    def show_part(self, found: LayerFrame, spec: Spec, index: int) -> None:
        """Show what the neuron does for the probe."""
        layer, outputs = spec.network.layers[index], spec.network.outputs(index)
        if self._name not in outputs:
            return
        at = outputs.index(self._name)
        self.z.setText(self._theme.number(float(found.z[at])))
        self.a.setText(self._theme.number(float(found.activations[at])))
        if isinstance(layer, Dense):
            self.bias.setText(self._theme.number(float(found.bias[at])) if layer.use_bias else "—")
            self.weights.show_weights(found.weights[at], source_names(spec, index))


class FilterPage(PartPage):
    """One filter of a convolution: its kernel, its bias, and what it answers all over the image."""

    def __init__(self, layer_id: str, name: str, spec: Spec, theme: Theme) -> None:
        super().__init__(layer_id, theme)
        self._name = name
        layer = spec.network.weighted(layer_id)
        form = Form(self)
        form.heading(self.tr("Filter · {layer} / {number}").format(layer=layer.name, number=layer.neurons.index(name) + 1))
        self.bias = Fact("—")
        self.bias.setProperty("role", "mono")
        form.row(self.tr("Bias b"), self.bias)
        form.heading(self.tr("Answers to the shown sample"))
        self.answers = MapView(self.tr("Answers of the filter"), theme)
        form.addWidget(self.answers)
        form.heading(self.tr("Weights of the kernel"))
        self.weights = WeightList(theme)
        form.addWidget(self.weights)

    def show_part(self, found: LayerFrame, spec: Spec, index: int) -> None:
        """Show what the filter is now, and what it says to the probe."""
        rows, shape = spec.network.rows(index), spec.network.shapes[index]
        if self._name not in rows or len(shape) != 3:
            return
        at = rows.index(self._name)
        self.bias.setText(self._theme.number(float(found.bias[at])))
        self.answers.show_map(found.activations.reshape(shape)[:, :, at])
        self.weights.show_weights(found.weights[at], source_names(spec, index))


class EdgePage(PartPage):
    """One edge: its weight and the newest slope of the loss along it."""

    def __init__(self, layer_id: str, neuron: str, source: str, spec: Spec, theme: Theme) -> None:
        super().__init__(layer_id, theme)
        self._neuron, self._source = neuron, source
        network = spec.network
        index = network.index(layer_id)
        layer = network.layers[index]
        form = Form(self)
        form.heading(self.tr("Inspector · edge"))
        self.weight, self.gradient = Fact("—"), Fact("—")
        form.row(self.tr("From"), Fact(source_names(spec, index)[network.sources(index).index(source)]))
        form.row(self.tr("To"), Fact(f"{layer.name} / {network.rows(index).index(neuron) + 1}"))
        form.row(self.tr("Weight w"), self.weight)
        form.row(self.tr("Gradient ∂L/∂w"), self.gradient, self.tr("How the loss changed with this weight at the newest step"))
        for fact in (self.weight, self.gradient):
            fact.setProperty("role", "mono")

    def show_part(self, found: LayerFrame, spec: Spec, index: int) -> None:
        """Show the newest weight and gradient; a pruned edge says that it is one."""
        network = spec.network
        rows, columns, layer = network.rows(index), network.sources(index), network.layers[index]
        if self._neuron in rows and self._source in columns:
            unit, source = rows.index(self._neuron), columns.index(self._source)
            weight = self._theme.number(float(found.weights[unit, source]))
            cut = isinstance(layer, Dense) and (self._source, self._neuron) in layer.pruned
            self.weight.setText(self.tr("{weight}, pruned").format(weight=weight) if cut else weight)
            self.gradient.setText(self._theme.number(float(found.gradient[unit, source])))


def layer_frame(frame: Frame, layer_id: str) -> LayerFrame | None:
    """Return the layer's part of a frame, None when it has none."""
    return next((item for item in frame.layers if item.id == layer_id), None)
