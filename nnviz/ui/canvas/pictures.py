"""Pictures of a canvas as bytes: PNG and SVG, with every edge drawn; also without a shown window."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgGenerator

from nnviz.app.frame import Frame
from nnviz.data.prepare import Prepared
from nnviz.engine.spec import Spec
from nnviz.ui.canvas.canvas import Canvas
from nnviz.ui.canvas.items import SheetItem
from nnviz.ui.selection import NETWORK
from nnviz.ui.theme import Theme

Array = NDArray[Any]
SIZE = (1200, 780)
RESOLUTION = 96


def build(spec: Spec, frame: Frame, data: Prepared | None, theme: Theme, size: tuple[int, int] = SIZE) -> Canvas:
    """Return a canvas of this size that is never shown, for the command line."""
    made = Canvas(theme)
    made.resize(*size)
    made.viewport().resize(*size)
    made.show_spec(spec)
    if data is not None:
        made.show_data(data)
    made.show_frame(frame)
    made.fit()
    made.come_to_rest()
    return made


@contextmanager
def complete(canvas: Canvas, *, vector: bool = False) -> Iterator[None]:
    """Within, the scene draws all edges and nothing of the pointer; with `vector`, in shapes alone."""
    sheet, overlay = canvas.sheet, canvas.overlay
    before = sheet.complete, sheet.vector, sheet.hovered, overlay.card
    sheet.complete, sheet.vector, sheet.hovered, overlay.card = True, vector, NETWORK, None
    sheet.plan_edges()
    for item in canvas.scene().items():
        if isinstance(item, SheetItem):
            item.kept = False
    try:
        yield
    finally:
        sheet.complete, sheet.vector, sheet.hovered, overlay.card = before
        sheet.plan_edges()


def png(canvas: Canvas, scale: float = 2.0, *, transparent: bool = False) -> bytes:
    """Return the whole drawing as PNG, `scale` pixels a unit."""
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(_image(canvas, scale, transparent=transparent))
    return bytes(content.data())


def pixels(canvas: Canvas, scale: float = 1.0) -> Array:
    """Return the whole drawing as an array of its own, (height, width, 3) uint8."""
    image = _image(canvas, scale, transparent=False).convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def _image(canvas: Canvas, scale: float, *, transparent: bool) -> QImage:
    bounds = canvas.bounds
    size = QSize(max(1, round(bounds.width() * scale)), max(1, round(bounds.height() * scale)))
    image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent if transparent else canvas.sheet.inks.background)
    painter = QPainter(image)
    try:
        with complete(canvas):
            canvas.scene().render(painter, QRectF(image.rect()), bounds)
    finally:
        painter.end()
    return image


def svg(canvas: Canvas, *, transparent: bool = False) -> bytes:
    """Return the whole drawing as SVG: words as text, edges as lines, maps as embedded pictures."""
    bounds = canvas.bounds
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setResolution(RESOLUTION)
    generator.setSize(bounds.size().toSize())
    generator.setViewBox(QRectF(0, 0, bounds.width(), bounds.height()))
    generator.setTitle(canvas.accessibleName())
    painter = QPainter(generator)
    try:
        if not transparent:
            painter.fillRect(QRectF(0, 0, bounds.width(), bounds.height()), canvas.sheet.inks.background)
        with complete(canvas, vector=True):
            canvas.scene().render(painter, QRectF(0, 0, bounds.width(), bounds.height()), bounds)
    finally:
        painter.end()
    return bytes(content.data())
