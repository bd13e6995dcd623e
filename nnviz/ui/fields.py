"""The one number field: strict, exact, and never silent.

What is typed counts when Enter is pressed or the field is left. What cannot be read or is out of range is
refused with the reason beside the field (`note`), and the last good value stays. Escape restores it.
Point and comma are both read; the style sheet, so the theme, says which of them is shown (`comma`).
"""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import Property, QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QSizePolicy, QWidget

from nnviz.engine.problem import ProblemError
from nnviz.engine.table import Parameter
from nnviz.explain.numbers import parse_integer, parse_number, with_comma
from nnviz.explain.words import problem_text
from nnviz.ui.decades import exact, stepped
from nnviz.ui.tips import set_tip

WHEEL_NOTCH = 120
STEPS = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: 9, Qt.Key.Key_PageDown: -9}
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class NumberField(QLineEdit):
    """A field for one number.

    Attributes:
        note: the label for what was understood or why the text was refused; put it beside or below the field.
        gesture: names the hand movement a value came from; equal for all values of one run of wheel or arrow
            steps, new for each typed one. Use it as merge key, so that a run of steps is one undo step.
    """

    value_committed = Signal(float)
    tip_changed = Signal(str)

    def __init__(
        self,
        parameter: Parameter,
        *,
        name: str,
        meaning: Callable[[float], str] | None = None,
        shown: Callable[[float], str] | None = None,
        integer: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """Make a field.

        Args:
            parameter: the range of good values; the first value is its default.
            name: what the number is called, for screen readers and the tooltip.
            meaning: says what a value means, for the tooltip.
            shown: how the value is written while nobody types, e.g. "8 %"; by default as the number alone.
            integer: take whole numbers only.
            parent: the widget that owns it.
        """
        super().__init__(parent)
        self.parameter, self.name, self.integer = parameter, name, integer
        self._meaning, self._shown = meaning, shown
        self._value, self._comma = parameter.default, False
        self._count, self.gesture = 0, ""
        self._stepping, self._turned = False, 0
        self.note = QLabel(self)
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setWordWrap(True)
        self.note.setProperty("role", "note")
        self.note.hide()
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(name)
        self.setAcceptDrops(False)  # a file that falls here is for the window
        self.textEdited.connect(self._show_understood)
        self._show()

    def value(self) -> float:
        """Return the last good value."""
        return self._value

    def set_value(self, value: float) -> None:
        """Show a value from outside; what a person is typing at the moment stays."""
        changed = value != self._value
        self._value = float(value)
        if changed and not self.isModified():
            self._say("", refused=False)
        if not self.isModified():
            self._show()

    def refuse(self, reason: str) -> None:
        """Say beside the field why the value cannot be; the caller keeps the old one."""
        self._say(reason, refused=True)

    def restore(self) -> None:
        """Put the last good value back and take the reason away."""
        self._say("", refused=False)
        self._show()
        self.selectAll()

    def _show(self) -> None:
        self.setText(self._exact(self._value) if self.hasFocus() else self._said(self._value))
        self.setModified(False)
        lines = [f"{self.name}: {self._said(self._value)}", self._meaning(self._value) if self._meaning else "", self._range_words()]
        set_tip(self, "\n".join(line for line in lines if line))
        self.tip_changed.emit(self.toolTip())
        self.updateGeometry()

    def _exact(self, value: float) -> str:
        return with_comma(exact(value)) if self._comma else exact(value)

    def _said(self, value: float) -> str:
        return self._shown(value) if self._shown is not None else self._exact(value)

    def _get_comma(self) -> bool:
        return self._comma

    def _set_comma(self, comma: bool) -> None:
        if comma != self._comma:
            self._comma = comma
            if not self.isModified():
                self._show()

    comma = Property(bool, _get_comma, _set_comma)

    def _read(self, text: str) -> tuple[float | None, str]:
        """Return the number and no reason, or None and the reason."""
        try:
            value = float(parse_integer(text) if self.integer else parse_number(text))
        except ProblemError as error:
            found = problem_text(error.problems[0])
            return None, f"{found.what} {found.why}".strip()
        except OverflowError:
            value = math.inf
        if not self.parameter.allows(value):
            return None, self.tr("{value} is out of range. {range}").format(value=self._exact(value), range=self._range_words())
        return value, ""

    def _range_words(self) -> str:
        low, high = ("" if math.isinf(end) else self._exact(end) for end in (self.parameter.low, self.parameter.high))
        if low and high:
            above = self.tr("Above {low}") if self.parameter.open_low else self.tr("From {low}")
            below = self.tr("below {high}.") if self.parameter.open_high else self.tr("to {high}.")
            return f"{above} {below}".format(low=low, high=high)
        if low:
            return (self.tr("Must be above {low}.") if self.parameter.open_low else self.tr("Must be {low} or more.")).format(low=low)
        if high:
            return (self.tr("Must be below {high}.") if self.parameter.open_high else self.tr("Must be {high} or less.")).format(high=high)
        return self.tr("Any number.")

    def _show_understood(self, text: str) -> None:
        value, _ = self._read(text)
        understood = "" if value is None or self._exact(value) == text.strip() else f"= {self._exact(value)}"
        self._say(understood, refused=False)

    def _say(self, text: str, *, refused: bool) -> None:
        self.note.setText(text)
        self.note.setVisible(bool(text))
        self.setAccessibleDescription(text)
        for widget in (self, self.note):
            if bool(widget.property("refused")) != refused:
                widget.setProperty("refused", refused)
                widget.style().unpolish(widget)
                widget.style().polish(widget)

    def _commit(self) -> None:
        """Take what was typed, or refuse it in words and keep the last good value."""
        if not self.isModified():
            return
        value, reason = self._read(self.text())
        if value is None:
            kept = self.tr("Still {value}.").format(value=self._exact(self._value))
            self.refuse(f"{reason} {kept}")
            self.selectAll()
            return
        self.setModified(False)
        self._say("", refused=False)
        self._stepping = False
        self._take(value)

    def _take(self, value: float) -> None:
        if not self._stepping:
            self._count += 1
            self.gesture = f"{self.name}#{id(self)}.{self._count}"
        changed, self._value = value != self._value, value
        self._show()
        if changed:
            self.value_committed.emit(value)

    def _step(self, steps: int) -> None:
        if self.isModified():
            self._commit()
        self._say("", refused=False)
        value = stepped(self._value, steps, self.parameter, integer=self.integer)
        self._take(value)
        self._stepping = True

    def sizeHint(self) -> QSize:
        """Return room for the value as it is shown now, at least six digits."""
        metrics = self.fontMetrics()
        width = max(metrics.horizontalAdvance("0" * 6), metrics.horizontalAdvance(self._said(self._value)))
        return QSize(width + metrics.height(), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Return room for six digits."""
        return QSize(self.fontMetrics().horizontalAdvance("0" * 6), super().minimumSizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter commits, Escape restores, arrows and page keys step."""
        key = Qt.Key(event.key())
        if key in ENTER:
            self._commit()
        elif key in STEPS:
            self._step(STEPS[key])
        elif key == Qt.Key.Key_Escape and (self.isModified() or self.property("refused")):
            self.restore()
        elif key == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Step while focused, once a notch: a trackpad turns by a few degrees at a time. Else let the panel scroll."""
        if not self.hasFocus():
            event.ignore()
            return
        self._turned += event.angleDelta().y()
        notches = int(self._turned / WHEEL_NOTCH)
        self._turned -= notches * WHEEL_NOTCH
        if notches:
            self._step(notches)
        event.accept()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the bare number to type over."""
        super().focusInEvent(event)
        if not self.isModified():
            self._show()
        QTimer.singleShot(0, self, self.selectAll)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Commit; a refused text gives way to the value that counts, and the reason stays."""
        super().focusOutEvent(event)
        self._stepping, self._turned = False, 0
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._commit()
            self._show()

    def changeEvent(self, event: QEvent) -> None:
        """Say the range again in a new language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange and not self.isModified():
            self._show()
