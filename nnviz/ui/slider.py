"""A number as label, value and thin slider; the value can be typed too, by the strict field."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QSlider, QVBoxLayout, QWidget

from nnviz.engine.table import Parameter
from nnviz.ui.fields import NumberField
from nnviz.ui.form import Row
from nnviz.ui.theme import grown

POSITIONS = 1000
SHORTEST = 40


@dataclass(frozen=True, slots=True)
class Scale:
    """Where a value stands on a slider: evenly from `low` to `high` in steps, or evenly in its logarithm."""

    low: float
    high: float
    step: float = 1.0
    log: bool = False
    integer: bool = False

    @property
    def positions(self) -> int:
        """How many steps the slider has."""
        return POSITIONS if self.log else round((self.high - self.low) / self.step)

    def position(self, value: float) -> int:
        """Return the position nearest to the value; values beyond the scale stand at its ends."""
        value = min(max(value, self.low), self.high)
        if self.log:
            return round(POSITIONS * math.log(value / self.low) / math.log(self.high / self.low))
        return round((value - self.low) / self.step)

    def value(self, position: int) -> float:
        """Return the value at a position, rounded to two digits on a logarithmic scale."""
        if not self.log:
            return round(self.low + position * self.step, 12)
        raw: float = self.low * (self.high / self.low) ** (position / POSITIONS)
        value = round(raw, 1 - math.floor(math.log10(raw)))
        return min(max(round(value), self.low), self.high) if self.integer else value


class ThinSlider(QSlider):
    """A horizontal slider that turns the wheel over to the panel unless it has the focus."""

    def __init__(self, scale: Scale, name: str) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setAccessibleName(name)
        self.setRange(0, scale.positions)
        self.setPageStep(max(1, scale.positions // 10))
        self.setMinimumWidth(grown(SHORTEST))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Move only while focused."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class SliderField(QWidget):
    """A number with its slider. The field takes the whole range of the parameter, the slider its usual part.

    Attributes:
        field: the strict field that shows the value.
        slider: the slider below it.
        gesture: the merge key of the newest value: equal for all values of one drag.
    """

    value_committed = Signal(float)

    def __init__(
        self,
        text: str,
        parameter: Parameter,
        scale: Scale,
        *,
        shown: Callable[[float], str] | None = None,
        meaning: Callable[[float], str] | None = None,
        integer: bool = False,
    ) -> None:
        super().__init__()
        self._scale, self._drags = scale, 0
        self.gesture = ""
        self.field = NumberField(parameter, name=text, meaning=meaning, shown=shown, integer=integer)
        self.slider = ThinSlider(scale, text)
        self.row = Row(text, self.field)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.row)
        column.addWidget(self.slider)
        for tell in (self.slider.setToolTip, self.slider.setWhatsThis):
            tell(self.field.toolTip())
            self.field.tip_changed.connect(tell)
        self.set_value(parameter.default)
        self.field.value_committed.connect(self._take_typed)
        self.slider.sliderPressed.connect(self._begin_drag)
        self.slider.sliderReleased.connect(self._settle)
        self.slider.valueChanged.connect(self._take_slid)

    def value(self) -> float:
        """Return the value."""
        return self.field.value()

    def set_value(self, value: float) -> None:
        """Show a value; tells nobody."""
        self.field.set_value(value)
        if not self.slider.isSliderDown():
            with QSignalBlocker(self.slider):
                self.slider.setValue(self._scale.position(value))

    def set_range(self, parameter: Parameter, scale: Scale) -> None:
        """Change what values are good; a drag that goes on keeps its scale."""
        self.field.parameter = parameter
        if scale != self._scale and not self.slider.isSliderDown():
            self._scale = scale
            with QSignalBlocker(self.slider):
                self.slider.setRange(0, scale.positions)
                self.slider.setValue(scale.position(self.value()))

    def refuse(self, reason: str) -> None:
        """Say below the field why the value cannot be."""
        self.field.refuse(reason)

    def _settle(self) -> None:
        """Let the handle stand where the value is, should the last one have been refused."""
        with QSignalBlocker(self.slider):
            self.slider.setValue(self._scale.position(self.value()))

    def _begin_drag(self) -> None:
        self._drags += 1

    def _take_typed(self, value: float) -> None:
        self.gesture = self.field.gesture
        self.set_value(value)
        self.value_committed.emit(value)

    def _take_slid(self, position: int) -> None:
        value = self._scale.value(position)
        if value != self.value():
            self.gesture = f"slider#{id(self)}.{self._drags}"
            self.field.set_value(value)
            self.value_committed.emit(value)
