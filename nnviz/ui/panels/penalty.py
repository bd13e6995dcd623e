"""A layer's own L1 or L2 penalty, or the one of the training."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnviz.engine.table import Parameter
from nnviz.ui.decades import exact
from nnviz.ui.fields import NumberField
from nnviz.ui.form import ROW_SPACING, ChoiceBox, Row
from nnviz.ui.theme import Theme, grown

PENALTY = Parameter("penalty", 0.0, 0.0)
SHARED, OWN = "shared", "own"


class PenaltyEditor(QWidget):
    """Shows the penalty; `edited` carries the layer's own one, None for the training's, and a merge key."""

    edited = Signal(object, str)

    def __init__(self, text: str, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._shared = 0.0
        self.box = ChoiceBox(text, [(SHARED, ""), (OWN, self.tr("its own"))])
        self.row = Row(text, self.box)
        meanings = {SHARED: self.tr("this layer has the penalty of the training"), OWN: self.tr("this layer has a penalty of its own")}
        self.box.explain(self.tr("What large weights of this layer add to the loss"), meanings)
        self.field = NumberField(PENALTY, name=text)
        self.field_row = Row(self.tr("Value"), self.field)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(grown(ROW_SPACING))
        column.addWidget(self.row)
        column.addWidget(self.field_row)
        self.box.picked.connect(self._pick)
        self.field.value_committed.connect(self._set_value)

    def set_theme(self, theme: Theme) -> None:
        """Say numbers as another theme does from now on."""
        self._theme = theme

    def show_penalty(self, own: float | None, shared: float) -> None:
        """Show the layer's own penalty, or that it takes the shared one; tells nobody."""
        self._shared = shared
        self.row.refuse("")
        value = self._theme.marked(exact(shared)) if shared else self.tr("off")
        self.box.setItemText(0, self.tr("as training ({value})").format(value=value))
        self.box.show_key(SHARED if own is None else OWN)
        self.field_row.setVisible(own is not None)
        self.field.set_value(shared if own is None else own)

    def refuse(self, reason: str) -> None:
        """Say below the box why the penalty cannot be."""
        self.row.refuse(reason)

    @Slot(str)
    def _pick(self, key: str) -> None:
        self.edited.emit(self._shared if key == OWN else None, "")

    @Slot(float)
    def _set_value(self, value: float) -> None:
        self.edited.emit(value, self.field.gesture)
