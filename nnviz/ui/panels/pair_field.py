"""Height and width of a window that slides over an image, e.g. a kernel of 3 × 3."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from nnviz.engine.network_problems import SIDE
from nnviz.ui.decades import exact
from nnviz.ui.fields import NumberField
from nnviz.ui.form import GAP, ROW_SPACING, Form, Row, text_label
from nnviz.ui.theme import grown

Pair = tuple[int, int]
DIGITS = 2  # as many as a width usually has, so that both numbers stand close


class PairField(QWidget):
    """Two whole numbers in a row; `edited` carries both and a merge key."""

    edited = Signal(object, str)

    def __init__(self, text: str, tip: str, down: str, across: str) -> None:
        """Make it; `down` and `across` say what `{value}` means as height and as width."""
        super().__init__()
        self._down, self._across = down, across
        self.height_field = NumberField(SIDE, name=self.tr("{what}, height").format(what=text), meaning=self._means_down, integer=True)
        self.width_field = NumberField(SIDE, name=self.tr("{what}, width").format(what=text), meaning=self._means_across, integer=True)
        both = QWidget()
        line = QHBoxLayout(both)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(grown(ROW_SPACING))
        line.addWidget(self.height_field, 1)
        line.addWidget(text_label("×", "muted"))
        line.addWidget(self.width_field)
        self.row = Row(text, both, tip)
        column = Form(self)
        for widget in (self.row, self.height_field.note, self.width_field.note):
            column.addWidget(widget)
        self.width_field.setFixedWidth(self.width_field.fontMetrics().horizontalAdvance("0" * DIGITS) + grown(GAP))
        self.height_field.value_committed.connect(self._tell_height)
        self.width_field.value_committed.connect(self._tell_width)

    def pair(self) -> Pair:
        """Return height and width."""
        return int(self.height_field.value()), int(self.width_field.value())

    def show_pair(self, pair: Pair) -> None:
        """Show height and width; tells nobody."""
        self.row.refuse("")
        self.height_field.set_value(float(pair[0]))
        self.width_field.set_value(float(pair[1]))

    def refuse(self, reason: str) -> None:
        """Say below why they cannot be."""
        self.row.refuse(reason)

    def _means_down(self, value: float) -> str:
        return self._down.format(value=exact(value))

    def _means_across(self, value: float) -> str:
        return self._across.format(value=exact(value))

    @Slot()
    def _tell_height(self) -> None:
        self.edited.emit(self.pair(), self.height_field.gesture)

    @Slot()
    def _tell_width(self) -> None:
        self.edited.emit(self.pair(), self.width_field.gesture)
