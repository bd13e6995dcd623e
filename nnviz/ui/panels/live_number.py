"""A number that changes by itself, in a field where it can be set: it moves as long as no hand is on it."""

from __future__ import annotations

import math

from PySide6.QtCore import QObject, QTimer, Slot

from nnviz.app.frame import SETTLING
from nnviz.engine.table import Parameter
from nnviz.ui.fields import NumberField
from nnviz.ui.slider import SliderField

WEIGHT = Parameter("weight", 0.0)


class LiveNumber(QObject):
    """Shows the newest value in a control; one that has just been set there by hand stands for a moment, whatever comes."""

    def __init__(self, control: NumberField | SliderField) -> None:
        super().__init__(control)
        self._control = control
        self._field = control.field if isinstance(control, SliderField) else control
        self._newest = control.value()
        self._hold = QTimer(self)
        self._hold.setSingleShot(True)
        self._hold.setInterval(SETTLING)
        self._hold.timeout.connect(self._show)
        control.value_committed.connect(self._wait)

    def show_value(self, value: float) -> None:
        """Show a value, finite or not; what is being typed stays, and what is selected to be typed over stays selected."""
        self._newest = value
        if not self._hold.isActive():
            self._show()

    def show_again(self) -> None:
        """Write the value anew, as another theme does, or in place of one that was refused."""
        self._hold.stop()
        self._write()

    @Slot()
    def _wait(self) -> None:
        self._hold.start()

    @Slot()
    def _show(self) -> None:
        if self._newest != self._field.value():  # to write the same again would move the cursor
            self._write()

    def _write(self) -> None:
        field = self._field
        whole = bool(field.text()) and field.selectedText() == field.text()
        if isinstance(self._control, SliderField) and math.isfinite(self._newest):
            self._control.set_value(self._newest)
        else:
            field.set_value(self._newest)
        if whole:
            field.selectAll()
