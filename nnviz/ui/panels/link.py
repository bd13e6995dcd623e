"""A value that leads somewhere: a click on it, Enter or the space bar selects what it names."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from nnviz.ui.failsafe import paints
from nnviz.ui.fields import ENTER
from nnviz.ui.form import EDGE
from nnviz.ui.selection import NETWORK, Selection
from nnviz.ui.theme import grown
from nnviz.ui.tips import set_tip


class Link(QAbstractButton):
    """Words that stand where a fact would; `chosen` carries the `Selection` they lead to. Too long ones are elided."""

    chosen = Signal(object)

    def __init__(self, text: str = "", target: Selection = NETWORK, *, left: bool = False) -> None:
        super().__init__()
        self._side = Qt.AlignmentFlag.AlignLeft if left else Qt.AlignmentFlag.AlignRight
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.clicked.connect(self._tell)
        self.lead(text, target)

    def lead(self, text: str, target: Selection, tip: str = "") -> None:
        """Say something else, and lead there."""
        self.target = target
        self.setText(text)
        self.setAccessibleName(text)
        set_tip(self, "\n".join(filter(None, (text, tip, self.tr("Click to select it")))))
        self.updateGeometry()
        self.update()

    @Slot()
    def _tell(self) -> None:
        self.chosen.emit(self.target)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter is a click, as the space bar is."""
        if Qt.Key(event.key()) in ENTER:
            self.click()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Measure the words anew in another font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Return room for the words, as a fact of the form takes."""
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self.text()) + 2 * grown(EDGE), metrics.height() + 2 * grown(2))

    def minimumSizeHint(self) -> QSize:
        """Return room for a few letters."""
        return QSize(min(self.sizeHint().width(), self.fontMetrics().horizontalAdvance("0" * 8)), self.sizeHint().height())

    @paints
    def paintEvent(self, _event: QPaintEvent) -> None:
        """Write the words; under the pointer they are underlined, with the focus they have a ring."""
        painter, colors = QPainter(self), self.palette()
        room = self.rect().adjusted(grown(EDGE), 0, -grown(EDGE), 0)
        if self.underMouse():
            underlined = self.font()
            underlined.setUnderline(True)
            painter.setFont(underlined)
        painter.setPen(colors.text().color())
        words = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, self._side | Qt.AlignmentFlag.AlignVCenter, words)
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(colors.accent().color(), 1.0))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), grown(4), grown(4))
