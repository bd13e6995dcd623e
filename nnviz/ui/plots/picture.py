"""A plot's view as a PNG."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint
from PySide6.QtGui import QImage, QImageWriter
from PySide6.QtWidgets import QGraphicsView, QWidget

from nnviz.ui.plots.view import View


def picture(view: View, scale: float) -> bytes:
    """Return the view, without the buttons above it, as a PNG `scale` times as large as on screen."""
    image = QImage(view.size() * scale, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(scale)
    corner, view.corner = view.corner, None
    cached = view.cacheMode()
    view.setCacheMode(QGraphicsView.CacheModeFlag.CacheNone)  # the kept background is as coarse as the screen
    QWidget.render(view, image, QPoint())  # QGraphicsView.render paints the scene alone
    view.corner = corner
    view.setCacheMode(cached)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(buffer.data().data())
