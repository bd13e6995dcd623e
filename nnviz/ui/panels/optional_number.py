"""A number that may be left out: a control that says whether it counts, and then its field below."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnviz.engine.table import Parameter
from nnviz.ui.fields import NumberField
from nnviz.ui.form import ROW_SPACING, Row
from nnviz.ui.theme import grown


class OptionalNumber(QWidget):
    """Shows a number, None where it does not count; `edited` carries it and a merge key ("" for none)."""

    edited = Signal(object, str)

    def __init__(self, row: Row, parameter: Parameter, name: str, meaning: Callable[[float], str] | None = None) -> None:
        super().__init__()
        self.row = row
        self.field = NumberField(parameter, name=name, meaning=meaning)
        self.field_row = Row(self.tr("Value"), self.field)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(grown(ROW_SPACING))
        column.addWidget(self.row)
        column.addWidget(self.field_row)
        self.field.value_committed.connect(self._set_value)

    def show_number(self, number: float | None, otherwise: float) -> None:
        """Show the number, or no field where there is none, which would start from `otherwise`; tells nobody."""
        self.row.refuse("")
        self.field_row.setVisible(number is not None)
        self.field.set_value(otherwise if number is None else number)

    def refuse(self, reason: str) -> None:
        """Say below the control why the number cannot be."""
        self.row.refuse(reason)

    @Slot(float)
    def _set_value(self, value: float) -> None:
        self.edited.emit(value, self.field.gesture)
