"""A sentence beside the pointer: why something cannot be done there."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QHideEvent
from PySide6.QtWidgets import QLabel, QWidget

from nnviz.ui.theme import grown

WIDEST, EDGE, MARGIN = 320, 4, 6
BESIDE = 16  # from the pointer, so that it hides nothing of the words
FAR = 24  # how far the pointer moves on before the words go
STAYS = 4000  # milliseconds


class Hint(QLabel):
    """A small label in a view, which is passed through by the mouse; it goes by itself, or when the pointer moves on."""

    def __init__(self, home: QWidget) -> None:
        super().__init__(home)
        self._home = home
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setProperty("bar", True)
        self.setAutoFillBackground(True)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._spot = QPoint()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(STAYS)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def say(self, words: str, at: QPoint) -> None:
        """Say something beside a point of the view it is in, for a while."""
        new = words != self.text() or not self.isVisible()
        self.setText(words)
        self._spot = at
        self._place(at)
        self.show()
        self.raise_()
        self._timer.start()
        if new:
            self._announce(words)

    def pass_by(self, at: QPoint) -> None:
        """Go, if the pointer has moved on from where it was."""
        if self.isVisible() and (at - self._spot).manhattanLength() > grown(FAR):
            self.hide()

    def _place(self, at: QPoint) -> None:
        """Stand right below the point, or on another side of it where there is no room."""
        room, around = self._home.rect(), grown(MARGIN)
        self.setContentsMargins(around, around, around, around)
        wrapped = QRect(0, 0, min(grown(WIDEST), room.width() - 2 * (around + EDGE)), room.height())
        words = self.fontMetrics().boundingRect(wrapped, int(Qt.TextFlag.TextWordWrap), self.text())
        frame = 2 * (around + self.frameWidth() + 2)
        size = words.size() + QRect(0, 0, frame, frame).size()
        x, y = at.x() + grown(BESIDE), at.y() + grown(BESIDE)
        if x + size.width() > room.right() - EDGE:
            x = at.x() - grown(BESIDE) - size.width()
        if y + size.height() > room.bottom() - EDGE:
            y = at.y() - grown(BESIDE) - size.height()
        x = max(EDGE, min(x, room.right() - EDGE - size.width()))
        y = max(EDGE, min(y, room.bottom() - EDGE - size.height()))
        self.setGeometry(QRect(QPoint(x, y), size))

    def _announce(self, words: str) -> None:
        """Let screen readers say it too."""
        self.setAccessibleName(words)
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._home, words))

    def hideEvent(self, event: QHideEvent) -> None:
        """Forget the time."""
        self._timer.stop()
        super().hideEvent(event)
