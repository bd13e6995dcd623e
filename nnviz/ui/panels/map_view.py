"""A small picture of numbers that stand in rows and columns: an input image, what a filter or a neuron answers over it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nnviz.ui.failsafe import paints, updates
from nnviz.ui.map_colors import hatched, image, packed, value_pixels, value_table
from nnviz.ui.theme import Theme

Array = NDArray[Any]
HEIGHT = 150


class MapView(QWidget):
    """Shows numbers in the value colours, the largest in full, each as a square; it is `height` high."""

    def __init__(self, name: str, theme: Theme, height: int = HEIGHT) -> None:
        super().__init__()
        self._theme, self._height = theme, height
        self._table = packed(value_table(theme))
        self._values: Array = np.zeros((0, 0))
        self._picture = QImage()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName(name)

    @updates
    def set_theme(self, theme: Theme) -> None:
        """Draw the picture anew in another theme."""
        self._theme, self._table = theme, packed(value_table(theme))
        self.show_map(self._values)

    @updates
    def show_map(self, values: Array) -> None:
        """Show numbers, shape (rows, columns), the first row on top."""
        if values.shape != self._values.shape:
            self.updateGeometry()
        self._values = values
        finite = np.isfinite(values)
        largest = float(np.abs(values[finite]).max(initial=0.0)) or 1.0
        self._picture = image(hatched(value_pixels(values / largest, self._table), ~finite, self._theme)) if values.size else QImage()
        if values.size:
            low, high = (self._theme.number(float(end)) for end in (values.min(), values.max()))
            self.setAccessibleDescription(self.tr("{low} to {high}").format(low=low, high=high))
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for a picture that can be read."""
        return QSize(self._height, self._theme.pixels(self._height))

    def minimumSizeHint(self) -> QSize:
        """Shrink in width as far as needed."""
        return QSize(60, self.sizeHint().height())

    def heightForWidth(self, width: int) -> int:
        """Return the height a picture of this width needs, at most the one asked for."""
        wide, high = self._picture.width(), self._picture.height()
        room = self._theme.pixels(self._height)
        return min(room, max(1, width * high // wide)) if wide else room

    @paints
    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the picture in the middle, as large as it can be with square cells."""
        if self._picture.isNull():
            return
        painter = QPainter(self)
        size = self._picture.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        left = (self.width() - size.width()) / 2.0
        painter.drawImage(QRectF(left, 0.0, size.width(), size.height()), self._picture)
