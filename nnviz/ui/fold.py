"""A heading that folds away what is rarely needed; beside it stands what is set there, so that nothing is hidden unsaid."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from nnviz.ui.failsafe import paints
from nnviz.ui.form import CHEVRON, EDGE, GAP, ROW_SPACING, Form
from nnviz.ui.theme import grown
from nnviz.ui.tips import set_tip


class FoldHead(QAbstractButton):
    """The heading with its arrow, a button; `summary` is what is set below it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._summary = ""
        self.setText(text)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.toggled.connect(self._say)
        self._say()

    def show_summary(self, summary: str) -> None:
        """Show what is set below."""
        self._summary = summary
        self._say()
        self.update()

    def _say(self) -> None:
        state = self.tr("Click to fold it away") if self.isChecked() else self.tr("Click to unfold")
        self.setAccessibleName(f"{self.text()}: {self._summary}" if self._summary else self.text())
        set_tip(self, "\n".join(words for words in (self._summary, state) if words))

    def sizeHint(self) -> QSize:
        """Return one line."""
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(f"{self.text()}  {self._summary}") + grown(4 * CHEVRON), metrics.height() + grown(4))

    def minimumSizeHint(self) -> QSize:
        """Shrink to the heading: the rest is elided and told by the tooltip."""
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + grown(4 * CHEVRON), self.sizeHint().height())

    @paints
    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw arrow and heading, the summary at the right, and a frame where it has the focus."""
        painter, colors, half = QPainter(self), self.palette(), grown(CHEVRON)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink = colors.text() if self.underMouse() or self.isChecked() else colors.placeholderText()
        painter.setPen(QPen(ink.color(), 1.4))
        center = QPointF(half + 1.0, self.height() / 2.0)
        corners = ((-1, -0.5), (0, 0.5), (1, -0.5)) if self.isChecked() else ((-0.5, -1), (0.5, 0), (-0.5, 1))
        painter.drawPolyline([center + QPointF(x * half, y * half) for x, y in corners])
        room = self.rect().adjusted(4 * half, 0, -grown(EDGE), 0)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, self.text())
        left = room.left() + self.fontMetrics().horizontalAdvance(self.text()) + grown(GAP)
        rest = QRect(left, 0, max(0, room.right() - left), self.height())
        painter.setPen(colors.placeholderText().color())
        words = self.fontMetrics().elidedText(self._summary, Qt.TextElideMode.ElideRight, rest.width())
        painter.drawText(rest, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, words)
        if self.hasFocus():
            painter.setPen(QPen(colors.accent().color(), 1.0))
            painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 4.0, 4.0)


class Fold(QWidget):
    """A heading and, while it is unfolded, the rows below it; `toggled` tells whether a person unfolded it or folded it away."""

    toggled = Signal(bool)

    def __init__(self, text: str, *, unfolded: bool = False) -> None:
        super().__init__()
        self.head, self.body = FoldHead(text), QWidget()
        self.form = Form(self.body)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(grown(ROW_SPACING))
        column.addWidget(self.head)
        column.addWidget(self.body)
        self.unfold(unfolded)
        self.head.toggled.connect(self.body.setVisible)
        self.head.clicked.connect(self.toggled)

    def unfold(self, unfolded: bool) -> None:
        """Show or hide what is below; tells nobody."""
        self.head.setChecked(unfolded)
        self.body.setVisible(unfolded)
