"""How steep slopes are cut: each entry of the gradient at a limit, the whole gradient at a length, both, or not."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnviz.engine.table import Parameter
from nnviz.ui.decades import exact
from nnviz.ui.fields import NumberField
from nnviz.ui.form import ROW_SPACING, ChoiceBox, Row
from nnviz.ui.theme import Theme, grown

LIMIT = Parameter("limit", 1.0, 0.0, open_low=True)


class ClippingEditor(QWidget):
    """Shows both limits; `edited` carries the limit of the entries, that of the norm (None: off), and a merge key."""

    edited = Signal(object, object, str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        text = self.tr("Gradient clipping")
        kinds = [("", self.tr("off")), ("value", self.tr("each entry")), ("norm", self.tr("norm")), ("value norm", self.tr("both"))]
        self.box = ChoiceBox(text, kinds)
        meanings = {
            "": self.tr("slopes count as they are"),
            "value": self.tr("each entry of the gradient is cut at a limit"),
            "norm": self.tr("the whole gradient is shortened to a length"),
            "value norm": self.tr("entries are cut first, then the whole is shortened"),
        }
        self.box.explain(self.tr("Keeps a steep slope from throwing the weights far away"), meanings)
        self.row = Row(text, self.box)
        self.value = NumberField(LIMIT, name=self.tr("Entries at most"), meaning=self._value_meaning)
        self.norm = NumberField(LIMIT, name=self.tr("Norm at most"), meaning=self._norm_meaning)
        self.value_row, self.norm_row = Row(self.tr("Entries at most"), self.value), Row(self.tr("Norm at most"), self.norm)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(grown(ROW_SPACING))
        for row in (self.row, self.value_row, self.norm_row):
            column.addWidget(row)
        self.box.picked.connect(self._pick)
        self.value.value_committed.connect(self._set_value)
        self.norm.value_committed.connect(self._set_norm)

    def set_theme(self, theme: Theme) -> None:
        """Say numbers as another theme does from now on."""
        self._theme = theme

    def show_limits(self, value: float | None, norm: float | None) -> None:
        """Show the limits, None for off; tells nobody."""
        self.row.refuse("")
        self.box.show_key(" ".join(name for name, limit in (("value", value), ("norm", norm)) if limit is not None))
        self.value_row.setVisible(value is not None)
        self.norm_row.setVisible(norm is not None)
        self.value.set_value(LIMIT.default if value is None else value)
        self.norm.set_value(LIMIT.default if norm is None else norm)

    def refuse(self, reason: str) -> None:
        """Say below the box why the limits cannot be."""
        self.row.refuse(reason)

    def _value_meaning(self, value: float) -> str:
        return self.tr("No entry of the gradient counts as more than {value}, either way.").format(value=self._theme.marked(exact(value)))

    def _norm_meaning(self, value: float) -> str:
        words = self.tr("A gradient longer than {value} is shortened to it, in the same direction.")
        return words.format(value=self._theme.marked(exact(value)))

    def _tell(self, kinds: str, merge_key: str) -> None:
        value = self.value.value() if "value" in kinds else None
        norm = self.norm.value() if "norm" in kinds else None
        self.edited.emit(value, norm, merge_key)

    @Slot(str)
    def _pick(self, kinds: str) -> None:
        self._tell(kinds, "")

    @Slot()
    def _set_value(self) -> None:
        self._tell(self.box.key(), self.value.gesture)

    @Slot()
    def _set_norm(self) -> None:
        self._tell(self.box.key(), self.norm.gesture)
