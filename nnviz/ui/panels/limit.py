"""A number that may be off: a box to switch it on, and then its field below."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnviz.engine.table import Parameter
from nnviz.ui.fields import NumberField
from nnviz.ui.form import ROW_SPACING, Row, Tick
from nnviz.ui.theme import grown


class LimitEditor(QWidget):
    """Shows a limit, None for off; `edited` carries it and a merge key ("" for none)."""

    edited = Signal(object, str)

    def __init__(self, text: str, tip: str, parameter: Parameter, meaning: Callable[[float], str]) -> None:
        """Make it; switched on, the limit is at first the parameter's default."""
        super().__init__()
        self._parameter = parameter
        self.tick = Tick(text)
        self.row = Row(text, self.tick, tip)
        self.field = NumberField(parameter, name=text, meaning=meaning)
        self.field_row = Row(self.tr("Value"), self.field)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(grown(ROW_SPACING))
        column.addWidget(self.row)
        column.addWidget(self.field_row)
        self.tick.clicked.connect(self._switch)
        self.field.value_committed.connect(self._set_value)

    def show_limit(self, limit: float | None) -> None:
        """Show the limit; tells nobody."""
        self.row.refuse("")
        self.tick.setChecked(limit is not None)
        self.field_row.setVisible(limit is not None)
        self.field.set_value(self._parameter.default if limit is None else limit)

    def refuse(self, reason: str) -> None:
        """Say below why the limit cannot be."""
        self.row.refuse(reason)

    @Slot(bool)
    def _switch(self, on: bool) -> None:
        self.edited.emit(self._parameter.default if on else None, "")

    @Slot(float)
    def _set_value(self, value: float) -> None:
        self.edited.emit(value, self.field.gesture)
