"""What a picture is, and how it becomes PNG, SVG, PDF, a clipping or a page: the canvas and the plots share it.

A picture is a function that paints, and a size in units; a unit is a pixel of the screen at 100 %. What it paints is
frozen, so that it is painted in a thread beside the window's: Qt's painting does not need the GUI thread unless widgets
paint. It goes through many short calls with a breath between them, at which it makes way for the window, since a single
call holds the interpreter's lock to its end (measured: QPicture.play does, which is why nothing is recorded and played).
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QBuffer, QByteArray, QCoreApplication, QIODevice, QMarginsF, QMimeData, QRect, QRectF, QSize, QSizeF
from PySide6.QtGui import QColor, QImage, QPageLayout, QPageSize, QPainter, QPdfWriter
from PySide6.QtSvg import QSvgGenerator
from shiboken6 import Shiboken

from nnviz.app.frame import Frame
from nnviz.app.progress import Progress, free
from nnviz.engine.problem import ProblemError, problem
from nnviz.formats.png import to_png

Array = NDArray[Any]

STRIP = 64  # rows at a time: a millisecond
MOST_PIXELS = 300_000_000  # four bytes each; 4800×3200 are 15 000 000
POINTS_PER_INCH = 72.0
INCHES_PER_METER = 39.3701
SCALES = (1.0, 8.0)
SOFTWARE = "nnviz"
PNG_TYPE, SVG_TYPE = "image/png", "image/svg+xml"
Breathe = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Picture:
    """Something to be taken away.

    Attributes:
        paint: paints with units as coordinates, in any thread. The second argument tells whether the painter makes shapes
            (SVG, PDF, paper) instead of pixels; the third is called between strokes, to make way for the window.
        size: width and height in units.
        background: what is under it, unless it is wanted transparent.
        title: what it shows. said: when, "step 12, epoch 3".
        dots: units an inch, which is how large letters are.
    """

    paint: Callable[[QPainter, bool, Breathe], None]
    size: tuple[float, float]
    background: QColor
    title: str
    said: str
    dots: int

    @property
    def area(self) -> QRectF:
        """The whole picture in units."""
        return QRectF(0.0, 0.0, *self.size)

    def pixels(self, scale: float) -> tuple[int, int]:
        """Return width and height in pixels, `scale` pixels a unit."""
        width, height = self.size
        return max(1, round(width * scale)), max(1, round(height * scale))


@contextmanager
def saved(painter: QPainter) -> Iterator[None]:
    """Within, a painter may be changed; it is afterwards as before, also when the painting is given up."""
    painter.save()
    try:
        yield
    finally:
        painter.restore()


def said(frame: Frame | None) -> str:
    """Return which moment of the run a frame is."""
    if frame is None:
        return ""
    words = QCoreApplication.translate("Pictures", "step {step}, epoch {epoch}")
    return words.format(step=frame.step, epoch=frame.epoch)


def painted(picture: Picture, scale: float, *, transparent: bool = False, breathe: Breathe = free) -> Array:
    """Return the picture as pixels, blue, green, red and opacity by which they are multiplied, shape (height, width, 4).

    Raises:
        ProblemError: it would have more pixels than there is room for.
    """
    width, height = picture.pixels(scale)
    if width * height > MOST_PIXELS:
        raise ProblemError(problem("", "picture-too-large", width=width, height=height, most=MOST_PIXELS // 1_000_000))
    memory = np.empty((height, width), dtype=np.uint32)
    for begin in range(0, height, STRIP):
        breathe()
        memory[begin : begin + STRIP] = 0 if transparent else picture.background.rgba()
    form = QImage.Format.Format_ARGB32_Premultiplied if transparent else QImage.Format.Format_RGB32
    image = QImage(memory.data, width, height, 4 * width, form)
    image.setDevicePixelRatio(scale)
    dots = round(picture.dots * INCHES_PER_METER)
    image.setDotsPerMeterX(dots)
    image.setDotsPerMeterY(dots)
    _paint(picture, QPainter(image), breathe, vector=False)
    return memory.view(np.uint8).reshape(height, width, 4)


def colors(pixels: Array, *, transparent: bool = False) -> Iterator[Array]:
    """Yield strips of rows as red, green, blue and, of a transparent picture, opacity; shape (rows, width, 3 or 4)."""
    for begin in range(0, len(pixels), STRIP):
        strip = pixels[begin : begin + STRIP]
        if transparent:
            opacity = strip[..., 3:].astype(np.uint16)
            straight = (strip[..., 2::-1] * np.uint16(255) + opacity // 2) // np.maximum(opacity, 1)
            yield np.concatenate([np.minimum(straight, 255), opacity], axis=2).astype(np.uint8)
        else:
            yield np.ascontiguousarray(strip[..., 2::-1])


def png(picture: Picture, scale: float, *, transparent: bool = False, progress: Progress | None = None) -> bytes:
    """Return the picture as PNG. Raises ProblemError as `painted` does, CancelledError as `progress` does."""
    progress = progress or Progress()
    progress.report(0.0)
    pixels = painted(picture, scale, transparent=transparent, breathe=progress.breathe)
    words = {"Title": picture.title, "Description": picture.said, "Software": SOFTWARE}
    dots = round(picture.dots * scale * INCHES_PER_METER)
    return to_png(picture.pixels(scale), _told(pixels, transparent, progress), dots_per_meter=dots, words=words)


def _told(pixels: Array, transparent: bool, progress: Progress) -> Iterator[Array]:
    """Yield the strips and say how far they are: painting is taken for the first half."""
    count = -(-len(pixels) // STRIP)
    for index, strip in enumerate(colors(pixels, transparent=transparent)):
        progress.report(0.5 + 0.5 * index / count)
        yield strip


class _ShapePainter(QPainter):
    """Paints into SVG and packs its images itself: the generator does so while it holds the interpreter's lock."""

    def __init__(self, generator: QSvgGenerator) -> None:
        super().__init__(generator)
        self._stand_in = QImage(1, 1, QImage.Format.Format_Mono)
        self._stand_in.fill(0)
        self._images: list[bytes] = []

    def drawImage(self, place: QRectF, image: QImage) -> None:  # type: ignore[override]
        """Draw an image into a place."""
        self._images.append(_packed(image))
        super().drawImage(place, self._stand_in)

    def with_images(self, content: bytes) -> bytes:
        """Return the file with the images where their stand-ins are."""
        parts = content.split(_packed(self._stand_in))
        images = [*self._images, b""]
        return b"".join(piece for pair in zip(parts, images, strict=True) for piece in pair)


def _packed(image: QImage) -> bytes:
    content, buffer = _buffer()
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return b64encode(content.data())


def svg(picture: Picture, *, transparent: bool = False, breathe: Breathe = free) -> bytes:
    """Return the picture as SVG: words as text, lines as lines, maps as embedded pictures."""
    content, buffer = _buffer()
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setResolution(picture.dots)
    generator.setSize(QSize(*picture.pixels(1.0)))
    generator.setViewBox(QRectF(0.0, 0.0, *picture.pixels(1.0)))
    generator.setTitle(picture.title)
    generator.setDescription(picture.said)
    painter = _ShapePainter(generator)
    _paint(picture, painter, breathe, vector=True, under=None if transparent else picture.background)
    return painter.with_images(bytes(content.data()))


def pdf(picture: Picture, *, transparent: bool = False, breathe: Breathe = free) -> bytes:
    """Return the picture as PDF, on one page of its size."""
    content, buffer = _buffer()
    writer = QPdfWriter(buffer)
    writer.setCreator(SOFTWARE)
    writer.setTitle(f"{picture.title}, {picture.said}")
    writer.setResolution(picture.dots)
    points = POINTS_PER_INCH / picture.dots
    page = QPageSize(QSizeF(*(side * points for side in picture.size)), QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch)
    writer.setPageLayout(QPageLayout(page, QPageLayout.Orientation.Portrait, QMarginsF(), QPageLayout.Unit.Point))
    _paint(picture, QPainter(writer), breathe, vector=True, under=None if transparent else picture.background)
    return bytes(content.data())


def paint_page(picture: Picture, painter: QPainter, page: QRect) -> None:
    """Paint the picture as large as it fits in the middle of a page, whose dots an inch must be the picture's."""
    width, height = picture.size
    scale = min(page.width() / width, page.height() / height)
    shown = QSize(round(width * scale), round(height * scale))
    place = QRect(page.topLeft(), shown)
    place.moveCenter(page.center())
    # Not by `scale`: pyqtgraph's dots undo it to be of a size in pixels.
    painter.setWindow(0, 0, *picture.pixels(1.0))
    painter.setViewport(place)
    painter.fillRect(picture.area, picture.background)
    picture.paint(painter, True, free)


def clipping(picture: Picture, image: QImage, drawn: bytes, shapes: bytes) -> QMimeData:
    """Return what to put on the clipboard: a picture's pixels, its PNG and its SVG."""
    made = QMimeData()
    made.setImageData(image)
    made.setData(PNG_TYPE, QByteArray(drawn))
    made.setData(SVG_TYPE, QByteArray(shapes))
    made.setText(f"{picture.title}, {picture.said}")
    return made


def _buffer() -> tuple[QByteArray, QBuffer]:
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return content, buffer


def _paint(picture: Picture, painter: QPainter, breathe: Breathe, *, vector: bool, under: QColor | None = None) -> None:
    try:
        if under is not None:
            painter.fillRect(picture.area, under)
        picture.paint(painter, vector, breathe)
    finally:
        Shiboken.delete(painter)  # ends it (a device must not go before), like `end`, but without the interpreter's lock


def _svg(picture: Picture, scale: float, transparent: bool, progress: Progress) -> bytes:  # noqa: ARG001
    return svg(picture, transparent=transparent, breathe=progress.breathe)


def _pdf(picture: Picture, scale: float, transparent: bool, progress: Progress) -> bytes:  # noqa: ARG001
    return pdf(picture, transparent=transparent, breathe=progress.breathe)


def _png(picture: Picture, scale: float, transparent: bool, progress: Progress) -> bytes:
    return png(picture, scale, transparent=transparent, progress=progress)


# By suffix: (picture, scale, transparent, progress) -> bytes of a file, in any thread.
FILES: dict[str, Callable[[Picture, float, bool, Progress], bytes]] = {".png": _png, ".svg": _svg, ".pdf": _pdf}


def begun(picture: Picture, suffix: str, scale: float, transparent: bool) -> Callable[[Progress], bytes]:
    """Return what is left to be done for a file of this kind, in any thread. Raises KeyError: no such kind of picture."""
    return partial(FILES[suffix], picture, scale, transparent)
