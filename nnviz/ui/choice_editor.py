"""A choice out of one of the engine's tables with a field for each of its parameters: no code per entry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnviz.engine.table import Choice, Parameter, choose
from nnviz.ui.fields import NumberField
from nnviz.ui.form import ROW_SPACING, ChoiceBox, Row
from nnviz.ui.names import entry_name, parameter_name
from nnviz.ui.theme import grown
from nnviz.ui.tips import plain, set_tip


class Described(Protocol):
    """What an entry needs to have to be offered."""

    @property
    def summary(self) -> str: ...

    @property
    def parameters(self) -> tuple[Parameter, ...]: ...


class ParameterRow(Row):
    """One parameter; `changed` carries its name and new value."""

    changed = Signal(str, float)

    def __init__(self, parameter: Parameter) -> None:
        self.field = NumberField(parameter, name=parameter_name(parameter.name))
        super().__init__(parameter_name(parameter.name), self.field)
        self.parameter = parameter
        self.field.value_committed.connect(self._tell)

    @Slot(float)
    def _tell(self, value: float) -> None:
        self.changed.emit(self.parameter.name, value)


class ChoiceEditor(QWidget):
    """Shows a choice, or that several differ; `edited` carries the new choice and a merge key ("" for none)."""

    edited = Signal(object, str)

    def __init__(self, text: str, table: Mapping[str, Described]) -> None:
        super().__init__()
        self._table = table
        self._choice: Choice | None = None
        self.box = ChoiceBox(text, [(key, entry_name(key)) for key in table])
        for at, entry in enumerate(table.values()):
            self.box.setItemData(at, plain(entry.summary), Qt.ItemDataRole.ToolTipRole)
        self.box.setPlaceholderText(self.tr("various"))
        self.box.picked.connect(self._pick)
        self.row = Row(text, self.box)
        self.rows: dict[str, ParameterRow] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(grown(ROW_SPACING))
        self._column.addWidget(self.row)

    def show_choice(self, choice: Choice | None) -> None:
        """Show a choice, None where several differ; tells nobody."""
        self.row.refuse("")
        kind = choice.kind if choice else ""
        if choice is None or self._choice is None or kind != self._choice.kind:
            self._make_rows(kind)
        self._choice = choice
        self.box.show_key(kind)
        entry = self._table.get(kind)
        set_tip(self.box, f"{entry_name(kind)}: {entry.summary}" if entry else self.tr("The layers differ; choosing sets all of them"))
        for name, value in choice.parameters if choice else ():
            self.rows[name].field.set_value(value)

    def refuse(self, reason: str) -> None:
        """Say below the box why the choice cannot be."""
        self.row.refuse(reason)

    def _make_rows(self, kind: str) -> None:
        for row in self.rows.values():
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = {}
        for parameter in self._table[kind].parameters if kind else ():
            row = ParameterRow(parameter)
            row.changed.connect(self._change)
            self._column.addWidget(row)
            self.rows[parameter.name] = row

    @Slot(str)
    def _pick(self, kind: str) -> None:
        if self._choice is None or kind != self._choice.kind:
            self.edited.emit(choose(self._table, kind), "")

    @Slot(str, float)
    def _change(self, name: str, value: float) -> None:
        if self._choice is not None:
            self.edited.emit(self._choice.replace(name, value), self.rows[name].field.gesture)
