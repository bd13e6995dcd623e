"""A field and a tick for what several parts have: they show that the parts differ, and set all of them alike."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen

from nnviz.engine.table import Parameter
from nnviz.ui.failsafe import paints
from nnviz.ui.fields import NumberField
from nnviz.ui.form import Tick
from nnviz.ui.tips import set_tip

VARIOUS = math.nan  # the value of a field whose parts differ


class SeveralField(NumberField):
    """Shows the number that all parts have, or that they differ; then it is empty to be typed in."""

    def __init__(self, parameter: Parameter, *, name: str, shown: Callable[[float], str] | None = None) -> None:
        self._one = shown
        super().__init__(parameter, name=name, meaning=self._common_meaning, shown=self._common_words)
        self.setPlaceholderText(self.tr("various"))

    def show_values(self, values: Iterable[float]) -> None:
        """Show what the parts have; tells nobody."""
        self.set_value(common_number(values))

    def _common_words(self, value: float) -> str:
        if math.isnan(value):
            return self.tr("various")
        return self._one(value) if self._one is not None else super()._exact(value)

    def _common_meaning(self, value: float) -> str:
        return self.tr("They differ; a number typed here is set in all of them.") if math.isnan(value) else self.tr("All of them have it.")

    def _exact(self, value: float) -> str:
        return "" if math.isnan(value) else super()._exact(value)

    def _step(self, steps: int) -> None:
        """Step from the common number; where there is none, from 0 or the nearest end."""
        if math.isnan(self._value):
            self._value = min(max(0.0, self.parameter.low), self.parameter.high)
        super()._step(steps)


class SeveralTick(Tick):
    """Shows whether all parts, some or none have it; a click gives it to all of them, or takes it from all that have it."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.setTristate(True)
        self.checkStateChanged.connect(self._explain)

    def show_values(self, values: Iterable[bool]) -> None:
        """Show what the parts have; tells nobody."""
        found = set(values)
        some = Qt.CheckState.PartiallyChecked
        self.setCheckState(some if len(found) > 1 else Qt.CheckState.Checked if True in found else Qt.CheckState.Unchecked)

    def nextCheckState(self) -> None:
        """Go to all or to none: only the parts themselves can be in between."""
        self.setCheckState(Qt.CheckState.Unchecked if self.checkState() is Qt.CheckState.Checked else Qt.CheckState.Checked)

    def _explain(self) -> None:
        if self.checkState() is Qt.CheckState.PartiallyChecked and self._tip:
            set_tip(self, f"{self._tip}\n{self.tr('On for some of them.')}")
        else:
            super()._explain()

    @paints
    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a bar in the box where only some have it."""
        if self.checkState() is not Qt.CheckState.PartiallyChecked:
            super().paintEvent(event)
            return
        painter, colors = QPainter(self), self.palette()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self._box()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(colors.accent().color(), 2.0 if self.hasFocus() else 1.0))
        painter.setBrush(colors.base())
        painter.drawRoundedRect(box, 3.0, 3.0)
        painter.setPen(QPen(colors.accent().color(), 2.0))
        painter.drawLine(QPointF(box.left() + 3.5, box.center().y()), QPointF(box.right() - 3.5, box.center().y()))


def common_number(values: Iterable[float]) -> float:
    """Return the number that all values are, `VARIOUS` where they differ or there are none."""
    found = set(values)
    return found.pop() if len(found) == 1 else VARIOUS
