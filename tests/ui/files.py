"""Reads pictures back, without the program's own help: pixels, words and lines of PNG, SVG and PDF."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
import zlib

import numpy as np
from PySide6.QtCore import QByteArray
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

SVG = "{http://www.w3.org/2000/svg}"


def pixels(content: bytes) -> np.ndarray:
    """Return a PNG's blue, green, red and opacity, (height, width, 4)."""
    image = QImage.fromData(content).convertToFormat(QImage.Format.Format_ARGB32)
    assert not image.isNull()
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4).astype(int)


def drawn(svg: bytes, width: int, height: int) -> np.ndarray:
    """Return an SVG drawn in this size, as `pixels`."""
    renderer = QSvgRenderer(QByteArray(svg))
    assert renderer.isValid()
    image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    with QPainter(image) as painter:
        renderer.render(painter)
    image = image.convertToFormat(QImage.Format.Format_ARGB32)
    return np.frombuffer(image.constBits(), np.uint8).reshape(height, width, 4).astype(int)


def inked(picture: np.ndarray) -> tuple[int, int, int, int]:
    """Return the first and last row and column that differ from the top left pixel by more than a breath."""
    other = np.abs(picture[..., :3] - picture[0, 0, :3]).max(axis=2) > 24
    rows, columns = np.flatnonzero(other.any(axis=1)), np.flatnonzero(other.any(axis=0))
    return int(rows[0]), int(rows[-1]), int(columns[0]), int(columns[-1])


def svg_words(content: bytes) -> list[str]:
    """Return all texts of an SVG."""
    return ["".join(node.itertext()).strip() for node in ElementTree.fromstring(content).iter(f"{SVG}text")]


def said_of(content: bytes) -> str:
    """Return what an SVG, PNG or PDF says of itself, as one text."""
    if content.startswith(b"%PDF"):
        return b"".join(re.findall(rb"\((.*?)\)", content)).replace(b"\0", b"").decode("latin-1")
    if content.startswith(b"\x89PNG"):
        image = QImage.fromData(content)
        return " ".join(image.text(key) for key in image.textKeys())
    root = ElementTree.fromstring(content)
    return " ".join((root.findtext(f"{SVG}{name}") or "") for name in ("title", "desc"))


def pdf_drawing(content: bytes) -> bytes:
    """Return the drawing commands of a one-page PDF."""
    streams = []
    for found in re.finditer(rb"stream\r?\n", content):
        try:
            streams.append(zlib.decompressobj().decompress(content[found.end() :]))
        except zlib.error:
            continue
    return max((stream for stream in streams if re.search(rb"\bcm\b", stream) or re.search(rb"\bre\b", stream)), key=len)


def pdf_glyphs(content: bytes) -> int:
    """Return how many letters a one-page PDF shows; it names them by their number in the font, two bytes each."""
    return sum(len(found) // 4 for found in re.findall(rb"<([0-9A-Fa-f]+)>\s*Tj", pdf_drawing(content)))


def letters(words: list[str]) -> int:
    """Return how many letters words have, without spaces."""
    return len("".join("".join(words).split()))
