"""Which sample the canvas, the inspector and the pass show: its row in the data, typed or gone through one by one."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from nnviz.engine.table import Parameter
from nnviz.ui.fields import NumberField
from nnviz.ui.form import Row
from nnviz.ui.theme import grown
from nnviz.ui.tips import set_tip

GAP = 2


class SampleRow(QWidget):
    """A field for the row, and buttons to the samples before and after; `row_chosen` carries what a person chose."""

    row_chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.field = NumberField(Parameter("row", 0.0, 0.0), name=self.tr("Sample"), integer=True)
        self.back, self.forward = QToolButton(), QToolButton()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(grown(GAP))
        row.addWidget(Row(self.tr("Sample"), self.field, self.tr("The row of the data that is shown, counted from 0")), 1)
        buttons = ((self.back, "‹", self.tr("The sample before")), (self.forward, "›", self.tr("The next sample")))
        for button, sign, words in buttons:
            button.setText(sign)
            button.setProperty("tight", True)
            button.setAccessibleName(words)
            set_tip(button, words)
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self.field.value_committed.connect(self._choose)
        self.back.clicked.connect(self._go_back)
        self.forward.clicked.connect(self._go_forward)

    def set_rows(self, count: int) -> None:
        """Take rows of data of so many samples."""
        self.field.parameter = Parameter("row", 0.0, 0.0, float(count - 1) if count else math.inf)
        self.show_row(int(self.field.value()))

    def show_row(self, row: int) -> None:
        """Show which sample is shown; tells nobody."""
        self.field.set_value(float(row))
        self.back.setEnabled(row > 0)
        self.forward.setEnabled(row < self.field.parameter.high)

    @Slot(float)
    def _choose(self, value: float) -> None:
        self.show_row(int(value))
        self.row_chosen.emit(int(value))

    @Slot()
    def _go_back(self) -> None:
        self._choose(self.field.value() - 1)

    @Slot()
    def _go_forward(self) -> None:
        self._choose(self.field.value() + 1)
