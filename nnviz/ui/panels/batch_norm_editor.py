"""The inspector's controls of a batch normalization, and a summary of what it has learned and seen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from nnviz.app.frame import Array, LayerFrame
from nnviz.engine.network_problems import EPSILON, MOMENTUM
from nnviz.engine.spec import BatchNorm, Spec
from nnviz.ui.decades import exact
from nnviz.ui.fields import NumberField
from nnviz.ui.form import Fact, Form
from nnviz.ui.panels.editing import Editing
from nnviz.ui.theme import Theme


class BatchNormEditor(QWidget):
    """Shows and edits momentum and ε; shows from where to where γ, β and the running statistics go over the channels."""

    def __init__(self, editing: Editing) -> None:
        super().__init__()
        self._editing, self._theme = editing, editing.theme
        form = Form(self)
        self.momentum = NumberField(MOMENTUM, name=self.tr("Momentum"), meaning=self._momentum_meaning)
        self.momentum_row = form.row(self.tr("Momentum"), self.momentum)
        self.epsilon = NumberField(EPSILON, name="ε", meaning=self._epsilon_meaning)
        self.epsilon_row = form.row("ε", self.epsilon)
        self.gamma, self.beta, self.mean, self.variance = (Fact("—") for _ in range(4))
        for text, fact, tip in (
            (self.tr("Scale γ"), self.gamma, self.tr("What the normalized numbers are multiplied by; learned, from channel to channel")),
            (self.tr("Shift β"), self.beta, self.tr("What is added to them; learned, from channel to channel")),
            (self.tr("Running mean"), self.mean, self.tr("The mean of the batches so far, which counts when the network is evaluated")),
            (self.tr("Running variance"), self.variance, self.tr("The variance of the batches so far, for the same use")),
        ):
            fact.setProperty("role", "mono")
            form.row(text, fact, tip)
        self.momentum.value_committed.connect(self._set_momentum)
        self.epsilon.value_committed.connect(self._set_epsilon)

    def set_theme(self, theme: Theme) -> None:
        """Say numbers as another theme does from now on."""
        self._theme = theme

    @property
    def _layer(self) -> BatchNorm:
        layer = self._editing.layer
        assert isinstance(layer, BatchNorm)
        return layer

    def show_spec(self, _spec: Spec) -> None:
        """Show the values of the layer; tells nobody."""
        self.momentum.set_value(self._layer.momentum)
        self.epsilon.set_value(self._layer.epsilon)

    def show_layer(self, shown: LayerFrame) -> None:
        """Show what the layer has learned and seen."""
        mean, variance = shown.statistics
        for fact, values in ((self.gamma, shown.weights), (self.beta, shown.bias), (self.mean, mean), (self.variance, variance)):
            fact.setText(self._span(values))

    def _span(self, values: Array) -> str:
        """Return from where to where values go."""
        finite = values[np.isfinite(values)]
        if not finite.size:
            return "—" if not values.size else "NaN"
        low, high = self._theme.number(float(finite.min())), self._theme.number(float(finite.max()))
        return low if low == high else self.tr("{low} to {high}").format(low=low, high=high)

    def _momentum_meaning(self, value: float) -> str:
        words = self.tr("Each batch moves the running statistics by {value} of the way towards its own.")
        return words.format(value=self._theme.marked(exact(value)))

    def _epsilon_meaning(self, value: float) -> str:
        words = self.tr("{value} is added to every variance, so that nothing is divided by 0.")
        return words.format(value=self._theme.marked(exact(value)))

    @Slot(float)
    def _set_momentum(self, value: float) -> None:
        title = self.tr("Set momentum of {layer}").format(layer=self._layer.name)
        self._editing.replace(self.momentum_row, replace(self._layer, momentum=value), title, self.momentum.gesture)

    @Slot(float)
    def _set_epsilon(self, value: float) -> None:
        title = self.tr("Set ε of {layer}").format(layer=self._layer.name)
        self._editing.replace(self.epsilon_row, replace(self._layer, epsilon=value), title, self.epsilon.gesture)
