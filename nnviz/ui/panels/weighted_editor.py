"""What dense and convolutional layers share in the inspector: activation, initializer, biases, penalties."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from nnviz.app.frame import LayerFrame
from nnviz.engine.activations import ACTIVATIONS
from nnviz.engine.initializers import INITIALIZERS
from nnviz.engine.spec import Spec, Weighted
from nnviz.engine.table import Choice
from nnviz.ui.choice_editor import ChoiceEditor
from nnviz.ui.form import Form, Tick
from nnviz.ui.names import entry_name
from nnviz.ui.panels.activation_plots import ActivationCurve
from nnviz.ui.panels.editing import Editing
from nnviz.ui.panels.penalty import PenaltyEditor


class WeightedEditor(QWidget):
    """Shows and edits one layer that has neurons or filters."""

    def __init__(self, editing: Editing) -> None:
        super().__init__()
        self._editing = editing
        form = Form(self)
        self.activation = ChoiceEditor(self.tr("Activation"), ACTIVATIONS)
        form.addWidget(self.activation)
        self.curve = ActivationCurve(editing.theme)
        form.addWidget(self.curve)
        self.initializer = ChoiceEditor(self.tr("Initializer"), INITIALIZERS)
        form.addWidget(self.initializer)
        self.use_bias = Tick(self.tr("Use bias"))
        self.use_bias_row = form.row(self.tr("Use bias"), self.use_bias, self.tr("Each unit adds a number of its own to its sum"))
        self.train_bias = Tick(self.tr("Train biases"))
        tip = self.tr("Whether training changes the biases, or leaves them as they are")
        self.train_bias_row = form.row(self.tr("Train biases"), self.train_bias, tip)
        self.l1, self.l2 = PenaltyEditor(self.tr("L1 penalty"), editing.theme), PenaltyEditor(self.tr("L2 penalty"), editing.theme)
        form.addWidget(self.l1)
        form.addWidget(self.l2)
        self.activation.edited.connect(self._set_activation)
        self.initializer.edited.connect(self._set_initializer)
        self.use_bias.clicked.connect(self._set_use_bias)
        self.train_bias.clicked.connect(self._set_train_bias)
        self.l1.edited.connect(self._set_l1)
        self.l2.edited.connect(self._set_l2)

    @property
    def _layer(self) -> Weighted:
        return self._editing.spec.network.weighted(self._editing.id)

    def show_spec(self, spec: Spec) -> None:
        """Show the values of a spec; tells nobody."""
        layer = spec.network.weighted(self._editing.id)
        self.activation.show_choice(layer.activation)
        self.curve.show_activation(layer.activation)
        self.initializer.show_choice(layer.initializer)
        self.use_bias.setChecked(layer.use_bias)
        self.use_bias_row.refuse("")
        self.train_bias.setChecked(layer.train_bias)
        self.train_bias_row.refuse("")
        self.train_bias_row.setVisible(layer.use_bias)
        self.l1.show_penalty(layer.l1, spec.training.l1)
        self.l2.show_penalty(layer.l2, spec.training.l2)

    def show_layer(self, shown: LayerFrame) -> None:
        """Show where the units stand on the curve."""
        self.curve.show_points(shown.z, shown.activations)

    # -- edits --------------------------------------------------------------------------------------------------

    @Slot(object, str)
    def _set_activation(self, choice: Choice, merge_key: str) -> None:
        title = self.tr("Set activation of {layer} to {name}").format(layer=self._layer.name, name=entry_name(choice.kind))
        self._editing.replace(self.activation, replace(self._layer, activation=choice), title, merge_key)

    @Slot(object, str)
    def _set_initializer(self, choice: Choice, merge_key: str) -> None:
        title = self.tr("Set initializer of {layer} to {name}").format(layer=self._layer.name, name=entry_name(choice.kind))
        self._editing.replace(self.initializer, replace(self._layer, initializer=choice), title, merge_key)

    @Slot(bool)
    def _set_use_bias(self, on: bool) -> None:
        title = self.tr("Give {layer} biases") if on else self.tr("Take the biases of {layer} away")
        self._editing.replace(self.use_bias_row, replace(self._layer, use_bias=on), title.format(layer=self._layer.name))

    @Slot(bool)
    def _set_train_bias(self, on: bool) -> None:
        title = self.tr("Train the biases of {layer}") if on else self.tr("Leave the biases of {layer} as they are")
        self._editing.replace(self.train_bias_row, replace(self._layer, train_bias=on), title.format(layer=self._layer.name))

    @Slot(object, str)
    def _set_l1(self, value: float | None, merge_key: str) -> None:
        title = self.tr("Set L1 of {layer}").format(layer=self._layer.name)
        self._editing.replace(self.l1, replace(self._layer, l1=value), title, merge_key)

    @Slot(object, str)
    def _set_l2(self, value: float | None, merge_key: str) -> None:
        title = self.tr("Set L2 of {layer}").format(layer=self._layer.name)
        self._editing.replace(self.l2, replace(self._layer, l2=value), title, merge_key)
