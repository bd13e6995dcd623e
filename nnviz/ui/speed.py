"""The speed slider: from four steps a second, each played as a pass, to full speed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from nnviz.app.worker import PLAYED_SPEED
from nnviz.explain.numbers import format_number
from nnviz.ui.form import text_label
from nnviz.ui.slider import Scale, ThinSlider
from nnviz.ui.tips import set_tip

SLOWEST, FASTEST = 4.0, 10_000.0
POSITIONS = 24


class SpeedSlider(QWidget):
    """`speed_changed` carries steps a second, None for full speed."""

    speed_changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.caption = text_label("", "caption")
        self.slider = ThinSlider(Scale(0.0, float(POSITIONS)), self.tr("Speed"))
        self.slider.setPageStep(4)
        self.slider.setValue(POSITIONS)
        self.slider.valueChanged.connect(self._tell)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.caption)
        column.addWidget(self.slider)
        self._translate()

    def speed(self) -> float | None:
        """Return the steps a second, None for full speed."""
        position = self.slider.value()
        if position == POSITIONS:
            return None
        raw = SLOWEST * (FASTEST / SLOWEST) ** (position / (POSITIONS - 1))
        digits = 10 ** max(0, len(str(int(raw))) - 2)
        return float(round(raw / digits) * digits)

    def _translate(self) -> None:
        speed = self.speed()
        per_second = self.tr("{steps}/s").format(steps=format_number(int(speed))) if speed else self.tr("full")
        self.caption.setText(self.tr("Speed · {speed}").format(speed=per_second).upper().replace("/S", "/s"))
        widest = self.tr("Speed · {speed}").format(speed=self.tr("{steps}/s").format(steps=format_number(int(FASTEST)))).upper()
        self.caption.ensurePolished()
        self.setMinimumWidth(self.caption.fontMetrics().horizontalAdvance(widest) + 4)
        self.slider.setAccessibleName(self.tr("Speed"))
        if speed is None:
            words = self.tr("Full speed: as many steps as the computer can; the screen shows the newest state.")
        elif speed <= PLAYED_SPEED:
            words = self.tr("{steps} steps a second: each real step is played as a pass.").format(steps=format_number(int(speed)))
        else:
            words = self.tr("At most {steps} steps a second.").format(steps=format_number(int(speed)))
        set_tip(self.slider, words)
        self.slider.setAccessibleDescription(words)

    def changeEvent(self, event: QEvent) -> None:
        """Say the speed again in a new language or type size."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.LanguageChange, QEvent.Type.StyleChange):
            self._translate()

    @Slot()
    def _tell(self) -> None:
        self._translate()
        self.speed_changed.emit(self.speed())
