"""The inspector's control of a dropout layer."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from nnviz.engine.spec import Dropout, Spec
from nnviz.engine.table import Parameter
from nnviz.ui.decades import exact
from nnviz.ui.form import Form
from nnviz.ui.panels.editing import Editing
from nnviz.ui.slider import Scale, SliderField
from nnviz.ui.theme import Theme

PERCENT = Parameter("percent", 50.0, 0.0, 100.0, open_high=True)


class DropoutEditor(QWidget):
    """Shows and edits how many numbers fall silent, in percent."""

    def __init__(self, editing: Editing) -> None:
        super().__init__()
        self._editing, self._theme = editing, editing.theme
        form = Form(self)
        self.rate = SliderField(self.tr("Silenced"), PERCENT, Scale(0.0, 90.0, 5.0), shown=self._percent, meaning=self._meaning)
        form.addWidget(self.rate)
        self.rate.value_committed.connect(self._set_rate)

    def set_theme(self, theme: Theme) -> None:
        """Say numbers as another theme does from now on."""
        self._theme = theme

    @property
    def _layer(self) -> Dropout:
        layer = self._editing.layer
        assert isinstance(layer, Dropout)
        return layer

    def show_spec(self, _spec: Spec) -> None:
        """Show the values of the layer; tells nobody."""
        self.rate.set_value(round(100.0 * self._layer.rate, 9))

    def _percent(self, value: float) -> str:
        return f"{self._theme.marked(exact(value))} %"

    def _meaning(self, value: float) -> str:
        if not value:
            return self.tr("Every number passes as it is.")
        words = self.tr(
            "While training each number is 0 with this probability, and the others count {factor} times; else all pass as they are."
        )
        return words.format(factor=self._theme.number(1 / (1 - value / 100.0)))

    @Slot(float)
    def _set_rate(self, value: float) -> None:
        title = self.tr("Silence {percent} in {layer}").format(percent=self._percent(value), layer=self._layer.name)
        self._editing.replace(self.rate, replace(self._layer, rate=value / 100.0), title, self.rate.gesture)
