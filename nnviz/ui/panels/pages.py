"""The inspector's pages that only show: the network, its input, a neuron, an edge."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from nnviz.app.frame import Frame, LayerFrame
from nnviz.engine.spec import Spec
from nnviz.explain.numbers import format_number
from nnviz.ui.failsafe import updates
from nnviz.ui.form import Fact, Form
from nnviz.ui.names import entry_name, feature_name, lowered
from nnviz.ui.panels.layer_page import source_names
from nnviz.ui.panels.weight_list import WeightList
from nnviz.ui.theme import Theme


class NetworkPage(QWidget):
    """What the network is made of."""

    def __init__(self, spec: Spec) -> None:
        super().__init__()
        network = spec.network
        form = Form(self)
        form.heading(self.tr("Inspector · network"))
        form.row(self.tr("Layers"), Fact(format_number(len(network.layers))))
        form.row(self.tr("Weights and biases"), Fact(format_number(network.weights)), self.tr("How many numbers training can change"))
        form.row(self.tr("Precision"), Fact(spec.training.precision))
        form.heading(self.tr("Shapes"))
        form.row(self.tr("Input"), Fact(self.tr("{count} numbers").format(count=format_number(len(network.input.names)))))
        for index, layer in enumerate(network.layers):
            units, sources = format_number(layer.units), format_number(len(network.sources(index)))
            bias = f" + {units}" if layer.use_bias else ""
            shape = self.tr("{units} × {sources}{bias} · {activation}")
            words = shape.format(units=units, sources=sources, bias=bias, activation=entry_name(layer.activation.kind))
            form.row(layer.name, Fact(words), self.tr("Units × inputs + biases · activation"))

    def show_frame(self, frame: Frame) -> None:
        """Show a frame: the shapes do not change with it."""


class InputPage(QWidget):
    """What the network is fed for the shown sample."""

    def __init__(self, spec: Spec, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        form = Form(self)
        form.heading(self.tr("Inspector · input"))
        self.values = [Fact("—") for _ in spec.network.input.names]
        for name, fact in zip(spec.network.input.names, self.values, strict=True):
            fact.setProperty("role", "mono")
            form.row(feature_name(name), fact)

    @updates
    def set_theme(self, theme: Theme) -> None:
        """Say numbers as another theme does from now on."""
        self._theme = theme

    def show_frame(self, frame: Frame) -> None:
        """Show the inputs of the probe."""
        for fact, value in zip(self.values, frame.probe.inputs, strict=False):
            fact.setText(self._theme.number(float(value)))


class NeuronPage(QWidget):
    """One neuron: its sum, its activation, its bias, and where its sum comes from."""

    def __init__(self, layer_id: str, neuron: str, spec: Spec, theme: Theme) -> None:
        super().__init__()
        self._layer, self._neuron, self._theme = layer_id, neuron, theme
        layer = spec.network.layer(layer_id)
        form = Form(self)
        place = layer.neurons.index(neuron) + 1
        form.heading(self.tr("Neuron · {layer} / {number}").format(layer=layer.name, number=place))
        number = lowered(place)
        self.z, self.a, self.bias = Fact("—"), Fact("—"), Fact("—")
        self.bias_row = form.row(self.tr("Bias b{number}").format(number=number), self.bias)
        form.row(self.tr("Sum z{number}").format(number=number), self.z, self.tr("Each input times its weight, added up, plus the bias"))
        activation = self.tr("Activation a{number} = {function}(z)").format(number=number, function=entry_name(layer.activation.kind))
        form.row(activation, self.a)
        for fact in (self.z, self.a, self.bias):
            fact.setProperty("role", "mono")
        self.bias_row.setVisible(layer.use_bias)
        form.heading(self.tr("Weights, strongest first"))
        self.weights = WeightList(theme)
        form.addWidget(self.weights)

    @updates
    def set_theme(self, theme: Theme) -> None:
        """Say numbers as another theme does from now on."""
        self._theme = theme

    def show_frame(self, frame: Frame) -> None:
        """Show what the neuron does for the probe."""
        found = layer_frame(frame, self._layer)
        layer = frame.spec.network.layer(self._layer) if found else None
        if found is None or layer is None or self._neuron not in layer.neurons:
            return
        at = layer.neurons.index(self._neuron)
        self.z.setText(self._theme.number(float(found.z[at])))
        self.a.setText(self._theme.number(float(found.activations[at])))
        self.bias.setText(self._theme.number(float(found.bias[at])) if layer.use_bias else "—")
        self.weights.show_weights(found.weights[at], source_names(frame.spec, frame.spec.network.index(self._layer)))


class EdgePage(QWidget):
    """One edge: its weight and the newest slope of the loss along it."""

    def __init__(self, layer_id: str, neuron: str, source: str, spec: Spec, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._layer, self._neuron, self._source = layer_id, neuron, source
        index = spec.network.index(layer_id)
        layer, sources = spec.network.layers[index], spec.network.sources(index)
        form = Form(self)
        form.heading(self.tr("Inspector · edge"))
        self.weight, self.gradient = Fact("—"), Fact("—")
        form.row(self.tr("From"), Fact(source_names(spec, index)[sources.index(source)]))
        form.row(self.tr("To"), Fact(f"{layer.name} / {layer.neurons.index(neuron) + 1}"))
        form.row(self.tr("Weight w"), self.weight)
        form.row(self.tr("Gradient ∂L/∂w"), self.gradient, self.tr("How the loss changed with this weight at the newest step"))
        for fact in (self.weight, self.gradient):
            fact.setProperty("role", "mono")

    @updates
    def set_theme(self, theme: Theme) -> None:
        """Say numbers as another theme does from now on."""
        self._theme = theme

    def show_frame(self, frame: Frame) -> None:
        """Show the newest weight and gradient."""
        found = layer_frame(frame, self._layer)
        if found is None:
            return
        index = frame.spec.network.index(self._layer)
        targets, sources = frame.spec.network.layers[index].neurons, frame.spec.network.sources(index)
        if self._neuron in targets and self._source in sources:
            unit, source = targets.index(self._neuron), sources.index(self._source)
            self.weight.setText(self._theme.number(float(found.weights[unit, source])))
            self.gradient.setText(self._theme.number(float(found.gradient[unit, source])))


def layer_frame(frame: Frame, layer_id: str) -> LayerFrame | None:
    """Return the layer's part of a frame, None when it has none."""
    return next((item for item in frame.layers if item.id == layer_id), None)
