"""The weights that lead into a neuron or out of it, strongest first, as name, bar and number; each can be gone to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnviz.ui.failsafe import paints, updates
from nnviz.ui.fields import ENTER
from nnviz.ui.theme import Theme, color, font
from nnviz.ui.tips import set_tip

Array = NDArray[Any]
LONGEST = 24
SHORTEST_BARS = 48  # what the bars of both signs keep beside long names


STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -8, Qt.Key.Key_PageDown: 8}


class WeightList(QWidget):
    """Shows up to `LONGEST` weights and says how many more there are.

    `chosen` carries the place among all the weights of the one that was clicked, or gone to with ↑ and ↓ and taken with
    Enter. While the pointer or the focus is on the list its lines keep their places: nobody can take hold of what moves.
    """

    chosen = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.rows: tuple[tuple[str, float], ...] = ()
        self.current = -1
        self._order: Array = np.zeros(0, dtype=np.intp)
        self._names: Sequence[str] = ()
        self._more, self._pointed = 0, False
        self.setFont(font(theme.small_points, mono=True))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Weights, strongest first"))
        set_tip(self, self.tr("Each line is one weight, strongest first; a click on it, or Enter, selects its edge"))

    @updates
    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme = theme
        self.update()

    def show_weights(self, weights: Array, names: Sequence[str]) -> None:
        """Show weights, shape (sources,), with the names of their sources; sorted by magnitude, ties as they come."""
        stays = (self._pointed or self.hasFocus()) and names is self._names and self._more + len(self.rows) == len(weights)
        if not stays:
            self._order = np.argsort(-np.abs(weights), kind="stable")[:LONGEST]
        before = self.lines
        self._names = names
        self.rows = tuple((names[at], float(weights[at])) for at in self._order)
        self._more = len(weights) - len(self.rows)
        self.current = min(self.current, len(self.rows) - 1)
        self._tell()
        if self.lines != before:
            self.updateGeometry()

    def _tell(self) -> None:
        """Say all of it, the line the keys are at first."""
        said = [f"{name} {self._theme.number(value)}" for name, value in self.rows]
        now = [self.tr("Now at {weight}; Enter goes to it.").format(weight=said[self.current])] if self.current >= 0 else []
        self.setAccessibleDescription(" ".join([*now, ", ".join(said)]))
        self.update()

    # -- choosing a line ----------------------------------------------------------------------------------------

    def _line_at(self, y: float) -> int:
        line = int(y // self._line_height)
        return line if 0 <= line < len(self.rows) else -1

    def _go(self, line: int) -> None:
        if line != self.current:
            self.current = line
            self._tell()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Hold still."""
        self._pointed = True
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Move on."""
        self._pointed = False
        if not self.hasFocus():
            self._go(-1)
        super().leaveEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Mark the line under the pointer."""
        self._pointed = True
        self._go(self._line_at(event.position().y()))
        self.setCursor(Qt.CursorShape.PointingHandCursor if self.current >= 0 else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Go to the weight."""
        line = self._line_at(event.position().y())
        if event.button() is Qt.MouseButton.LeftButton and line >= 0 and self.rect().contains(event.position().toPoint()):
            self.chosen.emit(int(self._order[line]))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Begin at the strongest."""
        super().focusInEvent(event)
        if self.current < 0 and self.rows:
            self._go(0)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Mark nothing."""
        super().focusOutEvent(event)
        self._go(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go from line to line, Enter takes one."""
        key = Qt.Key(event.key())
        if key in STEPS and self.rows:
            self._go(min(len(self.rows) - 1, max(0, self.current + STEPS[key])))
        elif key in ENTER and self.current >= 0:
            self.chosen.emit(int(self._order[self.current]))
        else:
            super().keyPressEvent(event)

    @property
    def lines(self) -> int:
        """How many lines are written."""
        return len(self.rows) + (self._more > 0)

    @property
    def _widest(self) -> str:
        return "−0.0" + "0" * max(4, self._theme.digits)

    @property
    def _line_height(self) -> int:
        return self.fontMetrics().height() + 4

    def sizeHint(self) -> QSize:
        """Return room for all lines."""
        return QSize(160, max(1, self.lines) * self._line_height)

    def minimumSizeHint(self) -> QSize:
        """Shrink in width as far as the numbers go."""
        return QSize(self.fontMetrics().horizontalAdvance(self._widest) * 2, self.sizeHint().height())

    @paints
    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw a line a weight."""
        painter, theme, metrics = QPainter(self), self._theme, self.fontMetrics()
        number = metrics.horizontalAdvance(self._widest)
        most = max(self.width() // 3, self.width() - number - SHORTEST_BARS)
        name = min(most, max((metrics.horizontalAdvance(text) for text, _ in self.rows), default=0) + 6)
        middle = self._theme.spacing + name + (self.width() - number - name) / 2.0 - self._theme.spacing
        reach = max(4.0, (self.width() - number - name) / 2.0 - 6.0)
        self._mark_current(painter)
        largest = max((abs(value) for _, value in self.rows if np.isfinite(value)), default=0.0) or 1.0
        for line, (text, value) in enumerate(self.rows):
            box = QRectF(0.0, line * self._line_height, self.width(), self._line_height)
            painter.setPen(color(theme.muted))
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, name))
            length = reach * min(1.0, abs(value) / largest) if np.isfinite(value) else 0.0
            bar = QRectF(middle if value > 0 else middle - length, box.center().y() - 2.5, length, 5.0)
            painter.fillRect(bar, color(theme.positive if value > 0 else theme.negative))
            painter.setPen(color(theme.positive_text if value > 0 else theme.negative_text if value < 0 else theme.ink))
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, theme.number(value))
        if self._more:
            box = QRectF(0.0, len(self.rows) * self._line_height, self.width(), self._line_height)
            painter.setPen(color(theme.muted))
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, self.tr("… and {count} more").format(count=self._more))

    def _mark_current(self, painter: QPainter) -> None:
        """Draw the ground of the line the pointer or the keys are at, with a ring where the keys are."""
        if self.current < 0:
            return
        box = QRectF(0.0, self.current * self._line_height, self.width(), self._line_height)
        painter.fillRect(box, color(self._theme.raised))
        if self.hasFocus():
            painter.setPen(QPen(color(self._theme.accent), 1.0))
            painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
