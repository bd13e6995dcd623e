"""A formula set as mathematics.

ziamath needs 0.3 s to be imported, which a thread of its own does, and some 50 ms for a formula, which is asked for
only after the screen stands, from a timer, and kept. Until then, and where it cannot read a formula, plain text stands there.
"""

from __future__ import annotations

import importlib
import logging
from functools import cache, lru_cache
from threading import Thread

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnviz.explain.latex import text
from nnviz.ui.failsafe import paints
from nnviz.ui.theme import Theme, font

log = logging.getLogger(__name__)
KEPT = 256
LOOK_AGAIN = 40  # ms, while ziamath is being imported


@cache
def importing() -> Thread:
    """Return the thread that imports ziamath, started by the first call."""
    thread = Thread(target=importlib.import_module, args=("ziamath",), name="import ziamath", daemon=True)
    thread.start()
    return thread


@lru_cache(maxsize=KEPT)
def typeset(latex: str, pixels: float, color: str) -> bytes:
    """Return the formula as SVG, empty where it cannot be read, which the log tells."""
    try:
        from ziamath.config import config
        from ziamath.zmath import Latex

        config.svg2 = False
        made: str = Latex(latex, size=pixels, color=color).svg()
    except Exception as error:
        # The words of the error alone: a kept error would keep the frames of this slot, and with them dead widgets.
        log.warning("the formula %r stays plain text: %s", latex, f"{type(error).__name__} {error}")
        return b""
    return made.encode()


def plain(latex: str) -> str:
    """Return the formula as plain text, as it stands where even that cannot be read."""
    try:
        return text(latex)
    except ValueError as error:
        log.warning("the formula %r cannot be read: %s", latex, str(error))
        return latex


class Formula(QWidget):
    """Shows one formula, shrunk where it would be too wide."""

    def __init__(self, theme: Theme, *, points: float = 0.0, muted: bool = False, at_right: bool = False) -> None:
        super().__init__()
        self._theme, self._share, self._muted = theme, points / theme.font_points if points else 1.0, muted
        self._at_right = at_right
        self._latex, self._svg = "", QSvgRenderer(self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._typeset)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFont(font(self._size()))

    @property
    def latex(self) -> str:
        """The formula shown."""
        return self._latex

    def set_theme(self, theme: Theme) -> None:
        """Show the formula in another theme."""
        self._theme = theme
        self.setFont(font(self._size()))
        self.updateGeometry()
        self._timer.start(0)

    def set_latex(self, latex: str) -> None:
        """Show another formula: at once as plain text, typeset as soon as the event loop is idle."""
        if latex != self._latex:
            self._latex = latex
            self._svg.load(QByteArray())
            self.setAccessibleName(plain(latex) if latex else "")
            self._timer.start(0)
            self.updateGeometry()
            self.update()

    def _size(self) -> float:
        return self._theme.font_points * self._share

    @Slot()
    def _typeset(self) -> None:
        if self._latex and importing().is_alive():
            self._timer.start(LOOK_AGAIN)
            return
        pixels = self._size() * self.logicalDpiY() / 72.0
        made = typeset(self._latex, pixels, self._theme.muted if self._muted else self._theme.ink) if self._latex else b""
        self._svg.load(QByteArray(made))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size of the formula, at most as wide as there is room."""
        if not self._latex:
            return QSize(0, 0)
        if not self._svg.isValid():
            return QSize(self.fontMetrics().horizontalAdvance(plain(self._latex)), self.fontMetrics().height() * 2)
        full = self._svg.defaultSize()
        return QSize(full.width(), max(1, round(full.height() * self._shrink())))

    def minimumSizeHint(self) -> QSize:
        """Return the height; a formula shrinks rather than widen its panel."""
        return QSize(20 if self._latex else 0, self.sizeHint().height())

    def _shrink(self) -> float:
        width = self._svg.defaultSize().width()
        return min(1.0, self.width() / width) if self._svg.isValid() and width else 1.0

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take the height that the width leaves."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.updateGeometry()

    @paints
    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the formula at its side."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._svg.isValid():
            full, shrink = self._svg.defaultSize(), self._shrink()
            wide, high = full.width() * shrink, full.height() * shrink
            self._svg.render(painter, QRectF(self.width() - wide if self._at_right else 0.0, 0.0, wide, high))
        elif self._latex:
            painter.setPen(self.palette().placeholderText().color() if self._muted else self.palette().text().color())
            room = self.fontMetrics().elidedText(plain(self._latex), Qt.TextElideMode.ElideRight, self.width())
            side = Qt.AlignmentFlag.AlignRight if self._at_right else Qt.AlignmentFlag.AlignLeft
            painter.drawText(self.rect(), side | Qt.AlignmentFlag.AlignVCenter, room)
