"""The rows panels are made of: a small heading, a muted label left with its control right, a fact.

A row puts its control under the label where both do not fit beside each other, so that nothing is
clipped in a narrow dock or with large type.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QCheckBox,
    QComboBox,
    QLabel,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QVBoxLayout,
    QWidget,
)

from nnviz.ui.failsafe import paints
from nnviz.ui.fields import NumberField
from nnviz.ui.theme import grown
from nnviz.ui.tips import set_tip

ROW_SPACING = 4
GAP = 8
CHEVRON = 4
EDGE = 3  # between a value and the right edge of its row
TICK = ((0.24, 0.52), (0.43, 0.70), (0.77, 0.30))


def text_label(text: str, role: str = "", parent: QWidget | None = None) -> QLabel:
    """Return a label that shows exactly this text; `role` picks its look in style.qss."""
    made = QLabel(text, parent)
    made.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        made.setProperty("role", role)
    return made


def refusal_label() -> QLabel:
    """Return a hidden label for why something was refused."""
    made = text_label("", "note")
    made.setProperty("refused", True)
    made.setWordWrap(True)
    made.hide()
    return made


class Row(QWidget):
    """A muted label and its control; why the control's last value was refused stands below."""

    is_view: ClassVar[bool] = True  # is switched off as a whole (failsafe.py)

    def __init__(self, text: str, control: QWidget, tip: str = "") -> None:
        super().__init__()
        self.label, self.control = text_label(text, "muted"), control
        self.label.setBuddy(control)
        if tip:
            set_tip(self.label, tip)
            if isinstance(control, ChoiceBox | Tick):
                control.explain(tip)
        self._pair = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._pair.setSpacing(grown(GAP))
        self._pair.addWidget(self.label)
        self._pair.addWidget(control, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(grown(2))
        column.addLayout(self._pair)
        self.note = control.note if isinstance(control, NumberField) else refusal_label()
        column.addWidget(self.note)

    def refuse(self, reason: str) -> None:
        """Say below the control why its value cannot be; an empty reason takes it away."""
        if isinstance(self.control, NumberField):
            self.control.refuse(reason)
        else:
            self.note.setText(reason)
            self.note.setVisible(bool(reason))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the control beside or below the label, whichever fits."""
        super().resizeEvent(event)
        beside = self.label.sizeHint().width() + grown(GAP) + self.control.sizeHint().width() <= self.width()
        wanted = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        if self._pair.direction() != wanted:
            self._pair.setDirection(wanted)
            self._pair.setSpacing(grown(GAP) if beside else 0)

    def minimumSizeHint(self) -> QSize:
        """Return the width of the wider of both."""
        width = max(self.label.minimumSizeHint().width(), self.control.minimumSizeHint().width())
        return QSize(width, super().minimumSizeHint().height())


class Fact(QLabel):
    """A value that can be read, right-aligned, as control of a `Row`."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setContentsMargins(0, grown(2), grown(EDGE), grown(2))


class ElidedLabel(QLabel):
    """One line of words in the middle, cut where it is too long; the whole of it is its tooltip."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", "small")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._words = ""

    def show_words(self, words: str) -> None:
        """Show these words."""
        self._words = words
        set_tip(self, words)
        self.setAccessibleName(words)
        self._cut()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut anew."""
        super().resizeEvent(event)
        self._cut()

    def _cut(self) -> None:
        self.setText(self.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, max(0, self.width() - 2)))


class ChoiceBox(QComboBox):
    """A flat combo box with its text at the right; `picked` carries the key of what a person picked."""

    picked = Signal(str)

    def __init__(self, name: str, choices: Sequence[tuple[str, str]]) -> None:
        """Make a box of (key, text) choices."""
        super().__init__()
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        for key, text in choices:
            self.addItem(text, key)
        self._tip, self._meanings = "", dict[str, str]()
        self.activated.connect(self._emit_picked)

    def explain(self, tip: str, meanings: Mapping[str, str] | None = None) -> None:
        """Say what is chosen here, and by key what the present choice means; without a meaning, what it is."""
        self._tip, self._meanings = tip, dict(meanings or {})
        self._explain()

    def _explain(self) -> None:
        if self._tip:
            meaning = self._meanings.get(self.key(), "")
            now = self.tr("{value}: {meaning}") if meaning else self.tr("Now {value}.")
            set_tip(self, f"{self._tip}\n{now.format(value=self.currentText(), meaning=meaning)}")

    def key(self) -> str:
        """Return the key of what is shown."""
        return str(self.currentData())

    def show_key(self, key: str) -> None:
        """Show the choice with this key; tells nobody."""
        self.setCurrentIndex(self.findData(key))
        self._explain()
        self.updateGeometry()

    def _words(self) -> str:
        """Return what is written: the choice, or what stands there while there is none."""
        return self.currentText() or self.placeholderText()

    def _emit_picked(self, index: int) -> None:
        self.picked.emit(str(self.itemData(index)))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Choose only while focused; else let the panel scroll."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def sizeHint(self) -> QSize:
        """Return room for the text shown now."""
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self._words()) + grown(3 * CHEVRON + 2 * EDGE + GAP), metrics.height() + grown(4))

    def minimumSizeHint(self) -> QSize:
        """Return room for a few letters: the rest is elided and told by the tooltip."""
        return QSize(self.fontMetrics().horizontalAdvance("0" * 8), self.sizeHint().height())

    @paints
    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw frame by style sheet, then the text and a small arrow at the right."""
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        painter.drawPrimitive(QStyle.PrimitiveElement.PE_Widget, option)
        inner, half = self.rect().adjusted(grown(4), 0, -grown(EDGE), 0), grown(CHEVRON)
        arrow = QRect(inner.right() - 2 * half, inner.center().y() - 1, 2 * half, half)
        room = inner.adjusted(0, 0, -3 * half, 0)
        text = self.fontMetrics().elidedText(self._words(), Qt.TextElideMode.ElideRight, room.width())
        painter.setPen(option.palette.text().color() if self.isEnabled() else option.palette.placeholderText().color())
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(option.palette.placeholderText().color(), 1.4))
        painter.drawPolyline([arrow.topLeft(), arrow.center() + (arrow.bottomLeft() - arrow.topLeft()), arrow.topRight()])


class Tick(QCheckBox):
    """A tick box without text of its own, as control of a `Row`; stands at the right."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._tip = ""
        self.toggled.connect(self._explain)

    def explain(self, tip: str) -> None:
        """Say what it is for; whether it is on is added."""
        self._tip = tip
        self._explain()

    @Slot()
    def _explain(self) -> None:
        if self._tip:
            set_tip(self, f"{self._tip}\n{self.tr('On.') if self.isChecked() else self.tr('Off.')}")

    def sizeHint(self) -> QSize:
        """Return a square as high as the type."""
        side = self.fontMetrics().height() + 4
        return QSize(side, side)

    def hitButton(self, position: QPoint) -> bool:
        """Take a click on the box alone."""
        return self._box().contains(position)

    def _box(self) -> QRect:
        side = self.fontMetrics().height() - 2
        return QRect(self.width() - side - 2, (self.height() - side) // 2, side, side)

    @paints
    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the box with its tick; a ring when focused."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors, box = self.palette(), QRectF(self._box()).adjusted(0.5, 0.5, -0.5, -0.5)
        on = self.isChecked()
        painter.setPen(QPen(colors.accent().color() if on or self.hasFocus() else colors.placeholderText().color(), 1.0))
        painter.setBrush(colors.accent() if on else colors.base())
        painter.drawRoundedRect(box, 3.0, 3.0)
        if on:
            painter.setPen(QPen(colors.highlightedText().color(), 1.8))
            painter.drawPolyline([box.topLeft() + QPointF(x * box.width(), y * box.height()) for x, y in TICK])
        if self.hasFocus():
            painter.setPen(QPen(colors.accent().color(), 1.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(-1.8, -1.8, 1.8, 1.8), 4.5, 4.5)


class Form(QVBoxLayout):
    """Headings and rows from top to bottom."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(grown(ROW_SPACING))

    def heading(self, text: str) -> QLabel:
        """Add a small heading."""
        if self.count():
            self.addSpacing(grown(2 * ROW_SPACING))
        made = text_label(text.upper(), "heading")
        self.addWidget(made)
        return made

    def row(self, text: str, control: QWidget, tip: str = "") -> Row:
        """Add a labelled control."""
        made = Row(text, control, tip)
        self.addWidget(made)
        return made
