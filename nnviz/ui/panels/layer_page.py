"""The inspector's page of a layer: what it is, to be changed; what it does now, live."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from nnviz.app.document import Document
from nnviz.app.frame import Frame, LayerFrame
from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.edits import replace_layer, with_units
from nnviz.engine.initializers import INITIALIZERS
from nnviz.engine.spec import Dense, Spec
from nnviz.engine.table import Choice, Parameter
from nnviz.explain.numbers import format_number
from nnviz.ui.choice_editor import ChoiceEditor
from nnviz.ui.decades import exact
from nnviz.ui.failsafe import updates
from nnviz.ui.form import Fact, Form, Tick
from nnviz.ui.names import entry_name, feature_name, lowered
from nnviz.ui.panels.activation_plots import ActivationCurve, Histogram
from nnviz.ui.panels.layer_buttons import LayerButtons
from nnviz.ui.panels.panel import Refusing
from nnviz.ui.panels.penalty import PenaltyEditor
from nnviz.ui.panels.saturation import saturation
from nnviz.ui.panels.weight_image import WeightImage
from nnviz.ui.slider import Scale, SliderField
from nnviz.ui.theme import Theme
from nnviz.ui.tips import set_tip

UNITS = Parameter("units", 4.0, 1.0, 1e6)
LONGEST_NAME = 60
Edit = Callable[[Refusing, Spec, str, str | None], None]


class LayerPage(QWidget):
    """One layer, by its id."""

    def __init__(self, layer_id: str, document: Document, edit: Edit, theme: Theme) -> None:
        super().__init__()
        self._id, self._document, self._edit, self._theme = layer_id, document, edit, theme
        form = Form(self)
        self.heading = form.heading("")
        self._build_shape(form)
        self._build_training(form)
        self.weights_heading = form.heading("")
        self.weights = WeightImage(theme)
        form.addWidget(self.weights)
        self.histogram_heading = form.heading("")
        self.histogram = Histogram(theme)
        form.addWidget(self.histogram)
        self.saturated, self.dead = Fact("—"), Fact("—")
        flat = self.tr("Values where the slope f′ is below 5 % of its steepest: little is learned there")
        form.row(self.tr("Saturated"), self.saturated, flat)
        form.row(self.tr("Dead units"), self.dead, self.tr("Units that are saturated for every one of these samples"))

    def _build_shape(self, form: Form) -> None:
        self.name = QLineEdit()
        self.name.setAcceptDrops(False)
        self.name.setMaxLength(LONGEST_NAME)
        self.name.setProperty("flat", True)
        self.name.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.name.setAccessibleName(self.tr("Layer name"))
        set_tip(self.name, self.tr("What the canvas, the formulas and files call this layer, e.g. “hidden 2”"))
        self.name.editingFinished.connect(self._set_name)
        self.name_row = form.row(self.tr("Name"), self.name)
        self.units = SliderField(self.tr("Units"), UNITS, Scale(1.0, 32.0), integer=True, meaning=self._units_meaning)
        self.units.value_committed.connect(self._set_units)
        form.addWidget(self.units)
        self.activation = ChoiceEditor(self.tr("Activation"), ACTIVATIONS)
        self.activation.edited.connect(self._set_activation)
        form.addWidget(self.activation)
        self.curve = ActivationCurve(self._theme)
        form.addWidget(self.curve)

    def _build_training(self, form: Form) -> None:
        self.initializer = ChoiceEditor(self.tr("Initializer"), INITIALIZERS)
        self.initializer.edited.connect(self._set_initializer)
        form.addWidget(self.initializer)
        self.use_bias, self.frozen = Tick(self.tr("Use bias")), Tick(self.tr("Freeze weights"))
        self.use_bias_row = form.row(self.tr("Use bias"), self.use_bias, self.tr("Each unit adds a number of its own to its sum"))
        self.l1, self.l2 = PenaltyEditor(self.tr("L1 penalty"), self._theme), PenaltyEditor(self.tr("L2 penalty"), self._theme)
        self.l1.edited.connect(self._set_l1)
        self.l2.edited.connect(self._set_l2)
        form.addWidget(self.l1)
        form.addWidget(self.l2)
        self.frozen_row = form.row(self.tr("Freeze weights"), self.frozen, self.tr("Training leaves this layer as it is"))
        layers = self._spec.network.layers
        self.buttons = LayerButtons(output=self._id == layers[-1].id)
        form.addWidget(self.buttons)
        self.use_bias.clicked.connect(self._set_use_bias)
        self.frozen.clicked.connect(self._set_frozen)

    # -- showing ------------------------------------------------------------------------------------------------

    @property
    def _spec(self) -> Spec:
        return self._document.spec

    @property
    def layer(self) -> Dense:
        """The layer as the spec has it."""
        return self._spec.network.layer(self._id)

    @updates
    def set_theme(self, theme: Theme) -> None:
        """Say numbers as another theme does from now on."""
        self._theme = theme

    def show_spec(self, spec: Spec) -> None:
        """Show the values of a spec, which has the layer."""
        layer = spec.network.layer(self._id)
        self.heading.setText(self.tr("Inspector · {name}").format(name=layer.name).upper())
        if not self.name.isModified():
            self.name.setText(layer.name)
            self.name.setCursorPosition(0)
        self.units.set_value(float(layer.units))
        self.activation.show_choice(layer.activation)
        self.curve.show_activation(layer.activation)
        self.initializer.show_choice(layer.initializer)
        self.use_bias.setChecked(layer.use_bias)
        self.frozen.setChecked(layer.frozen)
        self.l1.show_penalty(layer.l1, spec.training.l1)
        self.l2.show_penalty(layer.l2, spec.training.l2)

    @updates
    def show_frame(self, frame: Frame) -> None:
        """Show what the layer does now."""
        shown = next((item for item in frame.layers if item.id == self._id), None)
        if shown is None:
            return
        index = frame.spec.network.index(self._id)
        rows, columns = shown.weights.shape
        heading = self.tr("Weights W{layer} ({rows} × {columns})").format(layer=lowered(index + 1), rows=rows, columns=columns)
        self.weights_heading.setText(heading.upper())
        self.weights.show_weights(shown.weights, source_names(frame.spec, index))
        self.curve.show_points(shown.z, shown.activations)
        self._show_batch(shown)

    def _show_batch(self, shown: LayerFrame) -> None:
        values = shown.batch_activations
        self.histogram_heading.setText(self.tr("Activations, {count} samples").format(count=len(values)).upper())
        self.histogram.show_values(np.asarray(values))
        found = saturation(self.layer.activation, values)
        share = self.tr("{share} %").format(share=format_number(round(100.0 * found.share))) if found else "—"
        self.saturated.setText(share)
        self.dead.setText(self.tr("{dead} of {units}").format(dead=found.dead, units=values.shape[1]) if found else "—")

    def _units_meaning(self, value: float) -> str:
        sources = len(self._spec.network.sources(self._spec.network.index(self._id)))
        weights = int(value) * (sources + self.layer.use_bias)
        return self.tr("{units} units reading {sources} numbers: {weights} weights and biases.").format(
            units=int(value), sources=sources, weights=weights
        )

    # -- edits --------------------------------------------------------------------------------------------------

    def _replace(self, control: Refusing, layer: Dense, title: str, merge_key: str = "") -> None:
        self._edit(control, replace_layer(self._spec, layer), title, merge_key or None)

    @Slot()
    def _set_name(self) -> None:
        name = " ".join(self.name.text().split())
        self.name.setModified(False)
        if name and name != self.layer.name:
            title = self.tr("Rename {layer} to {name}").format(layer=self.layer.name, name=name)
            self._replace(self.name_row, replace(self.layer, name=name), title)
        self.name.setText(self.layer.name)

    @Slot(float)
    def _set_units(self, value: float) -> None:
        title = self.tr("Set {layer} to {units} units").format(layer=self.layer.name, units=exact(value))
        self._edit(self.units, with_units(self._spec, self._id, int(value)), title, self.units.gesture)

    @Slot(object, str)
    def _set_activation(self, choice: Choice, merge_key: str) -> None:
        title = self.tr("Set activation of {layer} to {name}").format(layer=self.layer.name, name=entry_name(choice.kind))
        self._replace(self.activation, replace(self.layer, activation=choice), title, merge_key)

    @Slot(object, str)
    def _set_initializer(self, choice: Choice, merge_key: str) -> None:
        title = self.tr("Set initializer of {layer} to {name}").format(layer=self.layer.name, name=entry_name(choice.kind))
        self._replace(self.initializer, replace(self.layer, initializer=choice), title, merge_key)

    @Slot(bool)
    def _set_use_bias(self, on: bool) -> None:
        title = self.tr("Give {layer} biases") if on else self.tr("Take the biases of {layer} away")
        self._replace(self.use_bias_row, replace(self.layer, use_bias=on), title.format(layer=self.layer.name))

    @Slot(bool)
    def _set_frozen(self, on: bool) -> None:
        title = self.tr("Freeze {layer}") if on else self.tr("Unfreeze {layer}")
        self._replace(self.frozen_row, replace(self.layer, frozen=on), title.format(layer=self.layer.name))

    @Slot(object, str)
    def _set_l1(self, value: float | None, merge_key: str) -> None:
        self._replace(self.l1, replace(self.layer, l1=value), self.tr("Set L1 of {layer}").format(layer=self.layer.name), merge_key)

    @Slot(object, str)
    def _set_l2(self, value: float | None, merge_key: str) -> None:
        self._replace(self.l2, replace(self.layer, l2=value), self.tr("Set L2 of {layer}").format(layer=self.layer.name), merge_key)


def source_names(spec: Spec, index: int) -> tuple[str, ...]:
    """Return what the sources of a layer are called: the input features, or the layer before and a number."""
    if index == 0:
        return tuple(feature_name(name) for name in spec.network.input.names)
    before = spec.network.layers[index - 1]
    return tuple(f"{before.name} / {number}" for number in range(1, before.units + 1))
