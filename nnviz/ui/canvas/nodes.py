"""The neurons: rounded tiles with their maps or activations, the rings of a pass, and the numbers below."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter

from nnviz.analysis.activation_ends import ends
from nnviz.engine.network_spec import Weighted
from nnviz.ui.canvas.blocks import draw_block
from nnviz.ui.canvas.columns import NUMBER, RING, Column
from nnviz.ui.canvas.edges import largest
from nnviz.ui.canvas.inks import greys, shades
from nnviz.ui.canvas.items import SheetItem, finer, image, rect, sharper
from nnviz.ui.canvas.lighting import NodeMark, number_ink
from nnviz.ui.canvas.sheet import Sheet
from nnviz.ui.canvas.wording import INPUT
from nnviz.ui.theme import Theme

Array = NDArray[Any]

CORNER = 0.17
FEWER_DIGITS = 2  # below tiles while training: two less than on the card, which four columns have no room for


class NodesItem(SheetItem):
    """All neurons: rounded tiles with their maps or activations, the rings of a pass, and numbers below."""

    def __init__(self, sheet: Sheet) -> None:
        super().__init__(sheet)
        self._maps: dict[str, list[QImage]] = {}
        self._fills: dict[str, list[QBrush]] = {}
        self._texts: dict[str, list[str]] = {}
        self._broken: dict[str, list[str]] = {}

    def refresh(self) -> None:
        """Take the newest frame: maps become images, activations become fills and texts."""
        sheet = self.sheet
        self._maps, self._fills, self._texts, self._broken = {}, {}, {}, {}
        if sheet.layout is None:
            return
        digits = max(1, sheet.inks.theme.digits - FEWER_DIGITS)
        for column in sheet.layout.columns:
            sheet.breathe()
            values = sheet.values(column.id)
            if values is None:
                continue
            values = np.asarray(values, dtype=float)
            if column.block is not None:
                self._broken[column.id] = [_not_finite(values, sheet.inks.theme)]
                continue
            shown, scale = values[column.shown], 1.0 if self._bounded(column.id) else largest(values)
            if not np.isfinite(shown).all():
                self._broken[column.id] = ["" if np.isfinite(value) else sheet.inks.theme.number(float(value)) for value in shown]
            if column.image is None:
                self._texts[column.id] = [sheet.inks.theme.number(float(value), digits) for value in shown]
            maps = self._column_maps(column)
            if column.image is not None:
                self._maps[column.id] = [self._picture(values)]
            elif maps is not None:
                self._maps[column.id] = maps
            else:
                table = sheet.inks.value_table[shades(shown, scale)]
                self._fills[column.id] = [QBrush(QColor.fromRgb(int(packed))) for packed in table]

    def _picture(self, values: Array) -> QImage:
        """Return pixels in grey, those of an autoencoder's output on the scale of its input's."""
        sheet = self.sheet
        fed = values if sheet.frame is None else np.asarray(sheet.frame.probe.inputs, dtype=float)
        return image(sheet.inks.grey_table[greys(values.reshape(sheet.image or (1, -1)), fed)])

    def _bounded(self, layer_id: str) -> bool:
        spec = self.sheet.spec
        layer = spec.network.layer(layer_id) if spec is not None and layer_id != INPUT else None
        if not isinstance(layer, Weighted):
            return False
        own = ends(layer.activation)
        return own.low >= -1 and own.high <= 1

    def _column_maps(self, column: Column) -> list[QImage] | None:
        frame = self.sheet.frame
        maps = frame.maps.get(column.id) if frame is not None else None
        if frame is None or maps is None or maps.ndim != 3 or len(maps) != column.units:
            return None
        surface = frame.surface
        if surface is not None and surface.ndim == 3 and column.id == frame.layers[-1].id and len(surface) == column.units:
            maps = surface
        shown = maps[column.shown][:, ::-1]
        if self._bounded(column.id):
            scales = np.ones(len(shown))
        elif column.id == INPUT:
            scales = np.array([largest(each) for each in shown])
        else:
            scales = np.full(len(shown), largest(maps))
        index = shades(shown, scales[:, None, None])
        packed = self.sheet.inks.value_table.take(index)
        packed[:, _outside(packed.shape[1])] = 0
        return [image(each) for each in packed]

    def draw(self, painter: QPainter) -> None:
        """Draw every column."""
        sheet = self.sheet
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for column in sheet.layout.columns if sheet.layout else ():
            mark = sheet.light.nodes.get(column.id) if sheet.light else None
            if mark is not None and mark.ringed:
                self._draw_rings(painter, column, mark)
            self.draw_tiles(painter, column, range(len(column.centers)))
            if sheet.light and not (mark and mark.ringed):
                self._dim(painter, column)
            self.draw_numbers(painter, column, range(len(column.centers)))

    def draw_tiles(self, painter: QPainter, column: Column, rows: range) -> None:
        """Draw some of a column's tiles."""
        maps, fills, broken = self._maps.get(column.id), self._fills.get(column.id), self._broken.get(column.id)
        if column.image is not None:
            if maps:
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
                painter.drawImage(rect(column.image), sharper(maps[0]) if self.sheet.complete else maps[0])
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.setPen(self.sheet.inks.tile_border if self._direction(column) is None else self.sheet.inks.acting_border)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(rect(column.image))
            return
        if column.block is not None:
            self._draw_block(painter, column)
            return
        corner = column.side * CORNER
        empty = QBrush(self.sheet.inks.background)
        boxes = [QRectF(x - column.side / 2, y - column.side / 2, column.side, column.side) for x, y in column.centers.tolist()]
        if maps:
            # The border hides the images' edges, so they need no antialiasing, which costs as much as the image.
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            for row in rows:
                self.sheet.breathe()
                painter.drawImage(boxes[row], finer(maps[row]) if self.sheet.complete else maps[row])
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self.sheet.inks.tile_border)
        painter.setBrush(Qt.BrushStyle.NoBrush if maps else empty)
        for row in rows:
            self.sheet.breathe()
            if broken and broken[row]:
                self._draw_broken(painter, boxes[row], corner, broken[row])
                continue
            if fills and not maps:
                painter.setBrush(fills[row])
            painter.drawRoundedRect(boxes[row], corner, corner)

    def _direction(self, column: Column) -> int | None:
        """Return which way the signal runs of a column that acts now, None for one that does not."""
        light = self.sheet.light
        mark = light.nodes.get(column.id) if light is not None else None
        return light.direction if light is not None and mark is not None and mark.lit else None

    def _draw_block(self, painter: QPainter, column: Column) -> None:
        said, broken = next(each for each in self.sheet.words if each.id == column.id), self._broken.get(column.id, [""])[0]
        draw_block(painter, self.sheet.inks, column, said.inside, broken, self._direction(column))

    def _draw_broken(self, painter: QPainter, box: QRectF, corner: float, word: str) -> None:
        inks = self.sheet.inks
        painter.setBrush(inks.background)
        painter.drawRoundedRect(box, corner, corner)
        painter.setBrush(inks.hatch)
        painter.drawRoundedRect(box, corner, corner)
        painter.setFont(inks.fonts["number"])
        painter.fillRect(QRectF(box.left() + 2, box.center().y() - 8, box.width() - 4, 16), inks.background)
        painter.setPen(inks.ink)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, word)
        painter.setPen(inks.tile_border)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _draw_rings(self, painter: QPainter, column: Column, mark: NodeMark) -> None:
        """Draw a ring in the colour and strength of each neuron's number; wide where it acts now."""
        if column.box is not None:
            return
        inks, thick = self.sheet.inks, RING - 0.5 if mark.lit else RING / 2
        painter.setPen(Qt.PenStyle.NoPen)
        for (x, y), share in zip(column.centers, mark.shares, strict=True):
            self.sheet.breathe()
            for beyond, ink in ((thick, inks.ring(float(share), gradient=mark.gradient)), (0.8, inks.background)):
                reach, corner = column.side / 2 + beyond, column.side * CORNER + beyond
                painter.setBrush(ink)
                painter.drawRoundedRect(QRectF(x - reach, y - reach, 2 * reach, 2 * reach), corner, corner)

    def _dim(self, painter: QPainter, column: Column) -> None:
        for box in column.solids:
            painter.fillRect(rect(box).adjusted(-1, -1, 1, 1), self.sheet.inks.dim)

    def draw_numbers(self, painter: QPainter, column: Column, rows: range) -> None:
        """Draw the numbers below some tiles: activations while training, z, a or δ while stepping."""
        sheet = self.sheet
        mark = sheet.light.nodes.get(column.id) if sheet.light else None
        if (sheet.light and mark is None) or not len(column.numbers):
            return
        texts = list(mark.texts) if mark else self._texts.get(column.id, [])
        painter.setFont(sheet.inks.fonts["number"])
        painter.setPen(sheet.inks.muted)
        advance = painter.fontMetrics().horizontalAdvance("0" * 16) / 16
        for row in rows if texts else ():
            sheet.breathe()
            if mark and (mark.lit or mark.gradient):
                painter.setPen(number_ink(sheet.inks, float(mark.values[row]), gradient=mark.gradient))
            x, y, width, _ = column.numbers[row]
            painter.drawText(QPointF(x + (width - advance * len(texts[row])) / 2, y + NUMBER - 3.0), texts[row])


def _not_finite(values: Array, theme: Theme) -> str:
    """Return the word for the first value that is not finite, "" where all are."""
    broken = values[~np.isfinite(values)]
    return theme.number(float(broken[0])) if broken.size else ""


@lru_cache(maxsize=4)
def _outside(side: int) -> Array:
    """Return which pixels of a square map lie outside the tile's round corners."""
    offset = (np.arange(side) + 0.5) / side
    from_edge = np.maximum(CORNER - np.minimum(offset, 1 - offset), 0.0)
    return np.asarray(np.hypot(from_edge[:, None], from_edge[None, :]) > CORNER)
