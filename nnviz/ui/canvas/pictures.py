"""Pictures of a canvas: its whole drawing with every edge, as it stands, also without a shown window."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QPainter

from nnviz.app.frame import Frame
from nnviz.data.prepare import Prepared
from nnviz.engine.spec import Spec
from nnviz.ui import failsafe, pictures
from nnviz.ui.canvas.canvas import Canvas
from nnviz.ui.canvas.items import EdgesItem
from nnviz.ui.canvas.labels import LabelsItem
from nnviz.ui.canvas.nodes import NodesItem
from nnviz.ui.canvas.overlay import OverlayItem
from nnviz.ui.canvas.surface import SurfaceItem
from nnviz.ui.pictures import Breathe, Picture, said, saved
from nnviz.ui.theme import Theme

Array = NDArray[Any]
SIZE = (1200, 780)


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


class Drawing:
    """What stands on a canvas at one moment; it can be painted while the canvas goes on, in another thread."""

    def __init__(self, canvas: Canvas, scale: float) -> None:
        self._sheet, self._scale = canvas.sheet.still(), scale
        overlay = canvas.overlay
        self._progress, self._waves, self._wave = overlay.progress, overlay.waves, overlay.wave

    def paint(self, painter: QPainter, vector: bool, breathe: Breathe) -> None:
        """Paint all of it, with units as coordinates: in shapes alone, or in what is fast to turn into pixels."""
        sheet = self._sheet.still()
        sheet.breathe = breathe
        if sheet.layout is None:
            return
        sheet.plan_still(shapes=vector)
        x, y = sheet.layout.bounds[:2]
        painter.scale(self._scale, self._scale)
        painter.translate(-x, -y)
        surface, nodes, labels = SurfaceItem(sheet), NodesItem(sheet), LabelsItem(sheet)
        overlay = OverlayItem(sheet, nodes, labels)
        overlay.progress, overlay.waves, overlay.wave = self._progress, self._waves, self._wave
        surface.refresh()
        nodes.refresh()
        for item in (surface, EdgesItem(sheet), nodes, labels, overlay):
            with saved(painter):
                item.draw(painter)


def picture(canvas: Canvas) -> Picture:
    """Return the whole drawing as it stands; a unit is a pixel of the canvas when all of it is shown.

    Raises:
        ViewError: the canvas is switched off, since it could not be drawn.
    """
    failsafe.check(canvas)
    bounds, room, frame = canvas.bounds, canvas.viewport().size(), canvas.sheet.frame
    scale = canvas.navigator.full
    if not bounds.isEmpty() and not room.isEmpty():
        scale = min(scale, room.width() / bounds.width(), room.height() / bounds.height())
    return Picture(
        paint=Drawing(canvas, scale).paint,
        size=(max(1.0, bounds.width() * scale), max(1.0, bounds.height() * scale)),
        background=canvas.sheet.inks.background,
        title=canvas.accessibleName(),
        said=said(frame),
        dots=canvas.logicalDpiX(),
    )


def png(canvas: Canvas, scale: float = 2.0, *, transparent: bool = False) -> bytes:
    """Return the whole drawing as PNG, `scale` pixels a unit."""
    return pictures.png(picture(canvas), scale, transparent=transparent)


def svg(canvas: Canvas, *, transparent: bool = False) -> bytes:
    """Return the whole drawing as SVG: words as text, edges as curves, maps as embedded pictures."""
    return pictures.svg(picture(canvas), transparent=transparent)


def pdf(canvas: Canvas, *, transparent: bool = False) -> bytes:
    """Return the whole drawing as PDF."""
    return pictures.pdf(picture(canvas), transparent=transparent)


def pixels(canvas: Canvas, scale: float = 1.0) -> Array:
    """Return the whole drawing as an array of its own, (height, width, 3) uint8."""
    return np.ascontiguousarray(pictures.painted(picture(canvas), scale)[..., 2::-1])
