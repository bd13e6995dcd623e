"""The neurons: rounded tiles with their maps or activations, the rings of a pass, and the numbers below."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QImage, QPainter, QPainterPath, QPen

from nnviz.analysis.activation_ends import ends
from nnviz.engine.network_spec import Weighted
from nnviz.ui.canvas.blocks import draw_block
from nnviz.ui.canvas.columns import NUMBER, RING, Column
from nnviz.ui.canvas.edges import largest
from nnviz.ui.canvas.inks import BORDER, greys, shades
from nnviz.ui.canvas.items import SheetItem, finer, image, rect, sharper
from nnviz.ui.canvas.lighting import NodeMark, number_ink
from nnviz.ui.canvas.sheet import Sheet
from nnviz.ui.part_names import INPUT
from nnviz.ui.theme import Theme

Array = NDArray[Any]

CORNER, CROSSED = 0.17, 0.3
TINY, COARSE = 7.0, 8  # pixels below which a tile is drawn roughly, and every how manieth point of its map it then shows
FEWER_DIGITS = 2  # below tiles while training: two less than on the card, which four columns have no room for


@dataclass(slots=True)
class Face:
    """What the tiles of one column show of a frame.

    Attributes:
        values: activations of the shown neurons.
        maps: the pictures of all neurons, square and one below the other, or the one of a whole image; None where there
            are none. fills: else the color of each tile.
        broken: the word for each value that is not finite, "" for the others; nothing where all are.
        texts: the numbers below the tiles, by row, as far as they have been drawn.
    """

    values: Array
    maps: QImage | None = None
    fills: list[QBrush] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    texts: dict[int, str] = field(default_factory=dict)

    def map_of(self, row: int) -> QRectF:
        """Return where the picture of a tile stands among the maps."""
        side = self.maps.width() if self.maps is not None else 0
        return QRectF(0, row * side, side, side)


@dataclass(frozen=True, slots=True)
class Tiles:
    """The tiles of a column as Qt has them, made once a layout.

    Attributes:
        column: whose they are.
        boxes: where they stand. frames: their borders as shapes to be filled, half as dear as strokes along the boxes.
    """

    column: Column
    boxes: list[QRectF]
    frames: list[QPainterPath]


class NodesItem(SheetItem):
    """All neurons: rounded tiles with their maps or activations, the rings of a pass, and numbers below."""

    def __init__(self, sheet: Sheet) -> None:
        super().__init__(sheet)
        self._faces: dict[tuple[str, bool], Face] = {}
        self._tiles: dict[str, Tiles] = {}

    def refresh(self) -> None:
        """Take the newest frame: what is seen of it becomes images, fills and texts when it is drawn."""
        self._faces = {}

    def face(self, column: Column) -> Face | None:
        """Return what the column shows, None before there are values."""
        key = (column.id, self._tiny(column))
        if key not in self._faces:
            values = self.sheet.values(column.id)
            if values is None:
                return None
            self.sheet.breathe()
            self._faces[key] = self._made(column, np.asarray(values, dtype=float))
        return self._faces[key]

    def _tiny(self, column: Column) -> bool:
        """Tell whether tiles have so few pixels that neither border nor round corners nor fine maps could be seen."""
        return column.side * self.sheet.scale < TINY and not self.sheet.complete

    def _made(self, column: Column, values: Array) -> Face:
        sheet = self.sheet
        if column.block is not None:
            return Face(values, broken=[_not_finite(values, sheet.inks.theme)])
        shown, scale = values[column.shown], 1.0 if self._bounded(column.id) else largest(values)
        face = Face(shown)
        if not np.isfinite(shown).all():
            face.broken = ["" if np.isfinite(value) else sheet.inks.theme.number(float(value)) for value in shown]
        maps = self._column_maps(column)
        if column.image is not None:
            face.maps = self._picture(values)
        elif maps is not None:
            face.maps = maps
        else:
            table = sheet.inks.value_table[shades(shown, scale)]
            face.fills = [QBrush(QColor.fromRgb(int(packed))) for packed in table]
        return face

    def text(self, column: Column, row: int) -> str:
        """Return the number below a tile, "" before there are values."""
        face = self.face(column)
        if face is None:
            return ""
        if row not in face.texts:
            digits = max(1, self.sheet.inks.theme.digits - FEWER_DIGITS)
            face.texts[row] = self.sheet.inks.theme.number(float(face.values[row]), digits)
        return face.texts[row]

    def tiles(self, column: Column) -> Tiles:
        """Return the tiles of a column; they are made once a layout."""
        kept = self._tiles.get(column.id)
        if kept is None or kept.column is not column:
            half, side = column.side / 2, column.side
            boxes = [QRectF(x - half, y - half, side, side) for x, y in column.centers.tolist()]
            kept = self._tiles[column.id] = Tiles(column, boxes, [_frame(box, side * CORNER) for box in boxes])
        return kept

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

    def _column_maps(self, column: Column) -> QImage | None:
        frame = self.sheet.frame
        maps = frame.maps.get(column.id) if frame is not None else None
        if frame is None or maps is None or maps.ndim != 3 or len(maps) != column.units:
            return None
        surface = frame.surface
        if surface is not None and surface.ndim == 3 and column.id == frame.layers[-1].id and len(surface) == column.units:
            maps = surface
        step = COARSE if self._tiny(column) else 1
        shown = maps[column.shown][:, ::-1][:, ::step, ::step]
        if self._bounded(column.id):
            scales = np.ones(len(shown))
        elif column.id == INPUT:
            scales = np.array([largest(each) for each in shown])
        else:
            scales = np.full(len(shown), largest(maps))
        index = shades(shown, scales[:, None, None])
        packed = self.sheet.inks.value_table.take(index)
        packed &= _inside(packed.shape[1])
        return image(packed.reshape(packed.shape[0] * packed.shape[1], packed.shape[2]))

    def draw(self, painter: QPainter) -> None:
        """Draw every column."""
        sheet = self.sheet
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for column in sheet.columns:
            mark, rows = sheet.light.nodes.get(column.id) if sheet.light else None, sheet.rows(column)
            if mark is not None and mark.ringed:
                self._draw_rings(painter, column, mark, rows)
            self.draw_tiles(painter, column, rows)
            if sheet.light and not (mark and mark.ringed):
                self._dim(painter, column, rows)
            self.draw_numbers(painter, column, rows)

    def draw_tiles(self, painter: QPainter, column: Column, rows: range) -> None:
        """Draw some of a column's tiles."""
        face = self.face(column)
        if column.block is not None:
            self._draw_block(painter, column)
            return
        if column.image is not None:
            self._draw_image(painter, column, face)
        elif self._tiny(column):
            self._draw_tiny(painter, column, rows, face)
        else:
            self._draw_neurons(painter, column, rows, face)
        for row in self._lesioned(column, rows):
            self._draw_lesion(painter, column, row)

    def _draw_image(self, painter: QPainter, column: Column, face: Face | None) -> None:
        if face is not None and face.maps is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
            painter.drawImage(rect(column.image), sharper(face.maps) if self.sheet.complete else face.maps)  # type: ignore[arg-type]
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(self.sheet.inks.tile_border if self._direction(column) is None else self.sheet.inks.acting_border)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(rect(column.image))  # type: ignore[arg-type]

    def _draw_neurons(self, painter: QPainter, column: Column, rows: range, face: Face | None) -> None:
        corner, tiles, border = column.side * CORNER, self.tiles(column), self.sheet.inks.tile_border
        fills, broken = (face.fills, face.broken) if face is not None else ([], [])
        mapped = face is not None and face.maps is not None
        if face is not None and mapped:
            self._draw_maps(painter, tiles, rows, face)
        painter.setPen(border)
        painter.setBrush(self.sheet.inks.background)
        for row in rows:
            self.sheet.breathe()
            if broken and broken[row]:
                self._draw_broken(painter, tiles.boxes[row], corner, broken[row])
                continue
            if mapped:
                painter.fillPath(tiles.frames[row], border.brush())
                continue
            if fills:
                painter.setBrush(fills[row])
            painter.drawRoundedRect(tiles.boxes[row], corner, corner)

    def _draw_maps(self, painter: QPainter, tiles: Tiles, rows: range, face: Face) -> None:
        """Draw what fills the tiles; the border hides the edges, which need no antialiasing: it costs as much as the map."""
        maps = face.maps or QImage()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for row in rows:
            self.sheet.breathe()
            if self.sheet.complete:
                painter.drawImage(tiles.boxes[row], finer(maps.copy(face.map_of(row).toRect())))
            else:
                painter.drawImage(tiles.boxes[row], maps, face.map_of(row))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def _draw_tiny(self, painter: QPainter, column: Column, rows: range, face: Face | None) -> None:
        """Draw tiles of a few pixels."""
        boxes, border = self.tiles(column).boxes, self.sheet.inks.tile_border.color()
        hints = QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        painter.setRenderHints(hints, False)
        for row in rows:
            painter.fillRect(boxes[row], border)
            if face is not None and face.maps is not None:
                painter.drawImage(boxes[row], face.maps, face.map_of(row))
            elif face is not None:
                painter.fillRect(boxes[row].adjusted(1.0, 1.0, -1.0, -1.0), face.fills[row])
        painter.setRenderHints(hints)

    def _lesioned(self, column: Column, rows: range) -> list[int]:
        """Return which of these rows are lesioned neurons."""
        spec = self.sheet.spec
        layer = spec.network.layer(column.id) if spec is not None and column.id != INPUT else None
        if not isinstance(layer, Weighted) or not layer.lesioned:
            return []
        lesioned = set(layer.lesioned)
        return [row for row in rows if layer.neurons[int(column.shown[row])] in lesioned]

    def _draw_lesion(self, painter: QPainter, column: Column, row: int) -> None:
        """Cross out a neuron that answers nothing: two strokes over a pale tile."""
        inks, (x, y), corner = self.sheet.inks, column.centers[row].tolist(), column.side * CORNER
        half, reach = column.side / 2, column.side * CROSSED
        box = QRectF(x - half, y - half, 2 * half, 2 * half)
        painter.setPen(inks.tile_border if column.image is None else Qt.PenStyle.NoPen)
        painter.setBrush(inks.background)
        painter.drawRoundedRect(box, corner, corner)
        painter.setPen(QPen(inks.ink, min(2.0, column.side / 8), Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        for side in (-1, 1):
            painter.drawLine(QPointF(x - reach, y - side * reach), QPointF(x + reach, y + side * reach))

    def _direction(self, column: Column) -> int | None:
        """Return which way the signal runs of a column that acts now, None for one that does not."""
        light = self.sheet.light
        mark = light.nodes.get(column.id) if light is not None else None
        return light.direction if light is not None and mark is not None and mark.lit else None

    def _draw_block(self, painter: QPainter, column: Column) -> None:
        said, face = next(each for each in self.sheet.words if each.id == column.id), self.face(column)
        draw_block(painter, self.sheet.inks, column, said.inside, face.broken[0] if face is not None else "", self._direction(column))

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

    def _draw_rings(self, painter: QPainter, column: Column, mark: NodeMark, rows: range) -> None:
        """Draw a ring in the colour and strength of each neuron's number; wide where it acts now."""
        if column.box is not None:
            return
        inks, thick = self.sheet.inks, RING - 0.5 if mark.lit else RING / 2
        painter.setPen(Qt.PenStyle.NoPen)
        for row in rows:
            (x, y), share = column.centers[row].tolist(), mark.shares[row]
            self.sheet.breathe()
            for beyond, ink in ((thick, inks.ring(float(share), gradient=mark.gradient)), (0.8, inks.background)):
                reach, corner = column.side / 2 + beyond, column.side * CORNER + beyond
                painter.setBrush(ink)
                painter.drawRoundedRect(QRectF(x - reach, y - reach, 2 * reach, 2 * reach), corner, corner)

    def _dim(self, painter: QPainter, column: Column, rows: range) -> None:
        boxes = [rect(column.box)] if column.box is not None else [self.tiles(column).boxes[row] for row in rows]
        for box in boxes:
            painter.fillRect(box.adjusted(-1, -1, 1, 1), self.sheet.inks.dim)

    def draw_numbers(self, painter: QPainter, column: Column, rows: range) -> None:
        """Draw the numbers below some tiles: activations while training, z, a or δ while stepping."""
        sheet = self.sheet
        mark = sheet.light.nodes.get(column.id) if sheet.light else None
        if (sheet.light and mark is None) or not len(column.numbers) or not sheet.legible:
            return
        painter.setFont(sheet.inks.fonts["number"])
        painter.setPen(sheet.inks.muted)
        advance = QFontMetricsF(painter.fontMetrics()).horizontalAdvance("0")
        for row, (x, y, width, _) in zip(rows, column.numbers[rows.start : rows.stop].tolist(), strict=True):
            sheet.breathe()
            if mark and (mark.lit or mark.gradient):
                painter.setPen(number_ink(sheet.inks, float(mark.values[row]), gradient=mark.gradient))
            text = (mark.texts[row] if mark.texts else "") if mark else self.text(column, row)
            painter.drawText(QPointF(x + (width - advance * len(text)) / 2, y + NUMBER - 3.0), text)


def _not_finite(values: Array, theme: Theme) -> str:
    """Return the word for the first value that is not finite, "" where all are."""
    broken = values[~np.isfinite(values)]
    return theme.number(float(broken[0])) if broken.size else ""


@lru_cache(maxsize=4)
def _inside(side: int) -> Array:
    """Return a mask for the pixels of a square map: nothing of those outside the tile's round corners, all of the others."""
    offset = (np.arange(side) + 0.5) / side
    from_edge = np.maximum(CORNER - np.minimum(offset, 1 - offset), 0.0)
    outside = np.hypot(from_edge[:, None], from_edge[None, :]) > CORNER
    return np.where(outside, np.uint32(0), np.uint32(0xFFFFFFFF))


def _frame(box: QRectF, corner: float) -> QPainterPath:
    """Return what a stroke along a tile's round box would cover."""
    made, half = QPainterPath(), BORDER / 2
    for beyond in (half, -half):
        made.addRoundedRect(box.adjusted(-beyond, -beyond, beyond, beyond), corner + beyond, corner + beyond)
    return made
