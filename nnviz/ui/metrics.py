"""How far the run is and how good: numbers large and monospaced, in fields of fixed width, so that nothing jumps."""

from __future__ import annotations

import math
from typing import ClassVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from nnviz.app.frame import Frame
from nnviz.ui.failsafe import paints, updates
from nnviz.ui.form import text_label
from nnviz.ui.names import entry_name
from nnviz.ui.theme import LIGHT, Theme, font
from nnviz.ui.tips import set_tip

NONE = "—"
DIGITS, GAP = 4, 8
EPOCH_WIDTH, STEP_WIDTH, SHORT_STEP_WIDTH, NUMBER_WIDTH = "00\u00a0000", "000\u00a0000\u00a0000", "000\u00a0000", "0.0000"


class Figure(QWidget):
    """A number that changes many times a second: painted, since a label has the whole window laid out anew each time."""

    def __init__(self, text: str, widest: str) -> None:
        super().__init__()
        self._text, self._widest = text, widest
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)

    def text(self) -> str:
        """Return what is shown."""
        return self._text

    def set_text(self, text: str) -> None:
        """Show a number; only one wider than was foreseen makes the field wider."""
        self._text = text
        if self.fontMetrics().horizontalAdvance(text) > self.width():
            self.make_room(text)
        self.update()

    def make_room(self, widest: str) -> None:
        """Be as wide as this text."""
        self._widest = widest
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """As wide as the widest number."""
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self._widest) + 4, metrics.height())

    def minimumSizeHint(self) -> QSize:
        """Never narrower."""
        return self.sizeHint()

    @paints
    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        """Draw the number."""
        with QPainter(self) as painter:
            painter.setPen(self.palette().windowText().color())
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self._text)


class Metric(QWidget):
    """One number over its caption; as wide as `widest`, whatever it shows."""

    def __init__(self, widest: str) -> None:
        super().__init__()
        self.number, self.caption = Figure(NONE, widest), text_label("", "caption")
        self.caption.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.rule = QFrame()
        self.rule.setProperty("rule", True)
        self._column = column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(self.number)
        column.addWidget(self.caption)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.rule)
        row.addLayout(column)
        self._row = row

    def set_words(self, caption: str, tip: str) -> None:
        """Say what the number is."""
        self.caption.setText(caption.upper())
        set_tip(self, tip)
        self.setAccessibleName(caption)

    def set_theme(self, theme: Theme) -> None:
        """Take the width that the theme's type needs."""
        self.number.setFont(font(theme.number_points, mono=True))
        self._row.setSpacing(theme.pixels(GAP))
        self.number.updateGeometry()

    def make_room(self, widest: str) -> None:
        """Be as wide as this text, or as the number where that is wider."""
        self.number.make_room(max(widest, self.number.text(), key=len))
        self._column.invalidate()  # a layout in a layout is else told later, too late for who asks at once how wide this is
        self.updateGeometry()

    def show_text(self, text: str) -> None:
        """Show the number."""
        if text != self.number.text():
            self.number.set_text(text)
            self.setAccessibleDescription(text)


class Metrics(QWidget):
    """Epoch, step, losses, and accuracy or R²."""

    is_view: ClassVar[bool] = True  # is switched off as a whole (failsafe.py)

    def __init__(self, theme: Theme = LIGHT) -> None:
        super().__init__()
        self.epoch, self.step = Metric(EPOCH_WIDTH), Metric(STEP_WIDTH)
        self.train_loss, self.validation_loss, self.quality = (Metric(NUMBER_WIDTH) for _ in range(3))
        self.all = (self.epoch, self.step, self.train_loss, self.validation_loss, self.quality)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for metric in self.all:
            row.addWidget(metric)
        self._row, self._theme = row, theme
        self._frame: Frame | None = None
        self._quality_name = ("accuracy", True)
        self.translate()
        self.set_theme(theme)

    def translate(self) -> None:
        """Say what the numbers are, in the present language."""
        self.epoch.set_words(self.tr("Epoch"), self.tr("How often all training samples have been seen"))
        self.step.set_words(self.tr("Step"), self.tr("How often the weights have been changed"))
        self.train_loss.set_words(self.tr("Train loss"), self.tr("Loss over all training samples, at the newest epoch end"))
        self.validation_loss.set_words(self.tr("Val loss"), self.tr("Loss over the validation samples, which are not learned from"))
        name, validated = self._quality_name
        caption = self.tr("Val {metric}") if validated else self.tr("Train {metric}")
        right, fit = self.tr("Share of samples whose class is told right"), self.tr("1 is a perfect fit, 0 no better than the mean")
        tip = right if name == "accuracy" else fit
        self.quality.set_words(caption.format(metric=entry_name(name)), tip)

    def set_theme(self, theme: Theme) -> None:
        """Show everything in another theme; its digits are those of the fields' width, whatever the theme has elsewhere."""
        self._theme = theme
        self._row.setSpacing(theme.pixels(GAP))
        for metric in self.all:
            metric.set_theme(theme)
        if self._frame is not None:
            self.show_frame(self._frame)

    @updates
    def show_frame(self, frame: Frame) -> None:
        """Show the numbers of a frame."""
        self._frame, number = frame, self._number
        self.epoch.show_text(number(frame.epoch))
        self.step.show_text(number(frame.step))
        self.train_loss.show_text(NONE if math.isnan(frame.train_loss) else number(frame.train_loss))
        self.validation_loss.show_text(NONE if math.isnan(frame.validation_loss) else number(frame.validation_loss))
        name = (frame.metric_name, not math.isnan(frame.validation_loss))
        if name != self._quality_name:
            self._quality_name = name
            self.translate()
        share = self.tr("{percent} %").format(percent=self._theme.marked(f"{100.0 * frame.metric:.1f}"))
        value = share if frame.metric_name == "accuracy" else number(frame.metric)
        self.quality.show_text(NONE if math.isnan(frame.metric) else value)

    def _number(self, value: float) -> str:
        return self._theme.number(value, DIGITS)
