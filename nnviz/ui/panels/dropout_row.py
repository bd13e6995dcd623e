"""How much of what a layer answers is silenced while training, by the dropout right behind it; 0 is none."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnviz.engine import edits
from nnviz.engine.spec import Spec
from nnviz.engine.table import Parameter
from nnviz.ui.decades import exact
from nnviz.ui.panels.editing import Editing
from nnviz.ui.slider import Scale, SliderField
from nnviz.ui.theme import Theme

PERCENT = Parameter("dropout", 0.0, 0.0, 100.0, open_high=True)


class DropoutRow(QWidget):
    """Shows "off" or a share in percent; setting it adds, changes or removes the layer behind."""

    def __init__(self, editing: Editing) -> None:
        super().__init__()
        self._editing, self._theme = editing, editing.theme
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.rate = SliderField(self.tr("Dropout"), PERCENT, Scale(0.0, 90.0, 5.0), shown=self._percent, meaning=self._meaning)
        column.addWidget(self.rate)
        self.rate.value_committed.connect(self._set_rate)

    def set_theme(self, theme: Theme) -> None:
        """Say numbers as another theme does from now on."""
        self._theme = theme

    def show_spec(self, spec: Spec) -> None:
        """Show the rate of the dropout behind the layer; tells nobody."""
        self.rate.set_value(percent(edits.dropout_of(spec.network, self._editing.id)))

    def _percent(self, value: float) -> str:
        return f"{self._theme.marked(exact(value))} %" if value else self.tr("off")

    def _meaning(self, value: float) -> str:
        if not value:
            return self.tr("Every answer of this layer passes as it is.")
        return self.tr("While training each answer of this layer is 0 with this probability.")

    @Slot(float)
    def _set_rate(self, value: float) -> None:
        name = self._editing.layer.name
        title = self.tr("Silence {percent} of {layer}") if value else self.tr("No dropout behind {layer}")
        edited = edits.with_dropout(self._editing.spec, self._editing.id, rate(value))
        self._editing.edit(self.rate, edited, title.format(percent=self._percent(value), layer=name), self.rate.gesture)


def percent(found: float | None) -> float:
    """Return a rate in percent, 0 where there is none."""
    return 0.0 if found is None else round(100.0 * found, 9)


def rate(value: float) -> float | None:
    """Return the rate of a share in percent, None for 0."""
    return value / 100.0 if value else None
