"""The one item above the others: pulses that travel, what is under the pointer, what is selected, and its card."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QTransform

from nnviz.ui.canvas.blocks import bands, draw_arrow, draw_bands
from nnviz.ui.canvas.columns import Box
from nnviz.ui.canvas.edges import angles_at, points_at
from nnviz.ui.canvas.inks import SPRITE, SPRITE_RADIUS, draw_comet, draw_sign
from nnviz.ui.canvas.items import SheetItem, draw_edges
from nnviz.ui.canvas.labels import LabelsItem
from nnviz.ui.canvas.lighting import RESTING, Light, LitEdges, pulse_radii
from nnviz.ui.canvas.memory import FragmentMemory
from nnviz.ui.canvas.nodes import NodesItem
from nnviz.ui.canvas.outlines import draw_pruned, draw_selection, ends, strongest_of
from nnviz.ui.canvas.sheet import Sheet
from nnviz.ui.selection import Selection
from nnviz.ui.theme import color

Array = NDArray[Any]

PULSES = 220
SIGNED = 3.4  # larger pulses have room for their sign


@dataclass(frozen=True, slots=True)
class CardLine:
    """One line of the card: what and how much."""

    what: str
    value: str
    ink: QColor | None = None


@dataclass(frozen=True, slots=True)
class HoverCard:
    """What the card says, and the box it stands above (or below, where there is no room)."""

    title: str
    lines: tuple[CardLine, ...]
    box: Box


class OverlayItem(SheetItem):
    """Everything that moves or answers the pointer."""

    def __init__(self, sheet: Sheet, nodes: NodesItem, labels: LabelsItem) -> None:
        super().__init__(sheet)
        self._nodes, self._labels = nodes, labels
        self.progress: float | None = None
        self.card: HoverCard | None = None
        self.waves: tuple[Light, ...] = ()
        self.wave = 0
        self.fragments = FragmentMemory(PULSES)

    def draw(self, painter: QPainter) -> None:
        """Draw, lowest first: veil and focus, selection, pulses, card."""
        sheet = self.sheet
        if sheet.layout is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if sheet.hovered.kind in ("neuron", "edge") or sheet.is_block(sheet.hovered.layer):
            self._draw_veil(painter)
            self._draw_focus(painter, sheet.hovered)
        draw_selection(painter, sheet)
        acting = sheet.light or (self.waves[min(self.wave, len(self.waves) - 1)] if self.waves else None)
        if acting is not None and acting.direction:
            for lit in acting.edges:
                self._draw_pulses(painter, lit, acting.direction)
            self._draw_arrows(painter, acting)
        if self.card is not None:
            self._draw_card(painter, self.card)

    def _draw_veil(self, painter: QPainter) -> None:
        """Fade all but the headers and the surface."""
        layout = self.sheet.layout
        if layout is None:
            return
        x, y, width, height = layout.bounds
        top = max(column.second[1] + 2 * column.second[3] for column in layout.columns)
        right = layout.surface[0] - 3 if layout.surface else x + width
        painter.fillRect(QRectF(x - 1, top, right - x + 1, y + height - top + 1), self.sheet.inks.faint)

    def _draw_focus(self, painter: QPainter, chosen: Selection) -> None:
        """Draw the neuron with all its edges, the edge with both its neurons, or the layer with its bands, over the veil."""
        sheet = self.sheet
        if chosen.kind == "layer" and sheet.layout is not None:
            draw_bands(painter, sheet, only=chosen.layer)
            column = sheet.layout.column(chosen.layer)
            self._nodes.draw_tiles(painter, column, range(len(column.centers)))
            return
        for bundle, edges in sheet.edges_of(chosen):
            light = [lit for lit in sheet.light.edges if lit.bundle == bundle] if sheet.light else []
            for lit in light:
                pens = sheet.inks.gradient_pens if lit.gradient else sheet.inks.value_pens
                draw_edges(painter, sheet, pens, lit.plan.among(edges), dashed=True)
            if not light:
                draw_edges(painter, sheet, sheet.inks.value_pens, strongest_of(sheet, bundle, edges), dashed=True)
        draw_pruned(painter, sheet, chosen)
        for column, row in ends(sheet, chosen):
            self._nodes.draw_tiles(painter, column, range(row, row + 1))
            self._nodes.draw_numbers(painter, column, range(row, row + 1))
            said = next(each for each in sheet.words if each.id == column.id)
            self._labels.draw_names(painter, column, said, range(row, row + 1))

    def _draw_pulses(self, painter: QPainter, lit: LitEdges, direction: int) -> None:
        """Draw what travels on the edges of one bundle, sized by magnitude: a comet that points its way, and its sign."""
        share = RESTING if self.progress is None else self.progress
        along = share if direction > 0 else 1.0 - share
        strong = slice(max(0, len(lit.edges) - PULSES), None)
        lines, shares = lit.lines[strong], lit.shares[strong]
        moving = np.abs(shares) > 0.004
        lines, shares = lines[moving], shares[moving]
        if not len(lines):
            return
        centers, turned = points_at(lines, along), angles_at(lines, along) + (180.0 if direction < 0 else 0.0)
        radii = pulse_radii(shares)
        for up in (False, True):
            rows = (shares > 0) == up
            if not rows.any():
                continue
            if self.sheet.complete:
                self._draw_shapes(painter, centers[rows], radii[rows], turned[rows], gradient=lit.gradient, up=up)
                continue
            self._stamp(painter, self.sheet.inks.sprites[lit.gradient, up], centers[rows], radii[rows], turned[rows])
            large = rows & (radii > SIGNED)
            self._stamp(painter, self.sheet.inks.signs[up], centers[large], radii[large], np.zeros(int(large.sum())))

    def _draw_arrows(self, painter: QPainter, acting: Light) -> None:
        """Draw what travels on the bands that act."""
        share = RESTING if self.progress is None else self.progress
        for index, left, right in bands(self.sheet.layout) if self.sheet.layout is not None else ():
            if index in acting.bands:
                draw_arrow(painter, self.sheet.inks, left, right, share, acting.direction)

    def _stamp(self, painter: QPainter, sprite: QPixmap, centers: Array, radii: Array, angles: Array) -> None:
        """Draw one sprite many times in one call; the sprite is kept at twice its size."""
        if not len(centers):
            return
        count = self.fragments.hold(centers, 2.0 * SPRITE, radii / SPRITE_RADIUS / 2, angles)
        painter.drawPixmapFragments(self.fragments.first, count, sprite)

    def _draw_shapes(self, painter: QPainter, centers: Array, radii: Array, angles: Array, *, gradient: bool, up: bool) -> None:
        """The same as shapes, sharp at any size: for pictures, where sprites blur in PNG and come out garbled in SVG."""
        inks = self.sheet.inks
        ink = inks.signed_color(1.0 if up else -1.0, gradient=gradient)
        painter.setPen(Qt.PenStyle.NoPen)
        for (x, y), radius, angle in zip(centers.tolist(), radii.tolist(), angles.tolist(), strict=True):
            self.sheet.breathe()
            for turned, draw, drawn in ((angle, draw_comet, (ink,)), (0.0, draw_sign, (inks.background, up))):
                if draw is draw_sign and radius <= SIGNED:
                    continue
                cos, sin = (radius / SPRITE_RADIUS * turn for turn in (math.cos(math.radians(turned)), math.sin(math.radians(turned))))
                middle = (x - (cos - sin) * SPRITE / 2, y - (sin + cos) * SPRITE / 2)
                painter.save()
                painter.setTransform(QTransform(cos, sin, -sin, cos, *middle), True)
                draw(painter, *drawn)
                painter.restore()

    def _draw_card(self, painter: QPainter, card: HoverCard) -> None:
        """Draw the card by its box, inside the window; its size on screen does not depend on the zoom, only on that of all type."""
        inks, theme = self.sheet.inks, self.sheet.inks.theme
        scale = (painter.worldTransform().m11() or 1.0) / theme.scale
        painter.save()
        middle, low, high = card.box[0] + card.box[2] / 2, card.box[1], card.box[1] + card.box[3]
        painter.translate(middle, low)
        painter.scale(1 / scale, 1 / scale)
        painter.setFont(inks.fonts["strong"])
        title = painter.fontMetrics().horizontalAdvance(card.title)
        painter.setFont(inks.fonts["number"])
        widest = max((painter.fontMetrics().horizontalAdvance(f"{line.what}  {line.value}") for line in card.lines), default=0)
        size = (max(title, widest) + 28.0, 18.0 * (1 + len(card.lines)) + 14.0)
        bounds = painter.worldTransform().inverted()[0].mapRect(QRectF(painter.viewport()))
        x = min(max(-size[0] / 2, bounds.left() + 4), bounds.right() - size[0] - 4)
        y = -size[1] - 8.0
        if y < bounds.top() + 4:
            y = (high - low) * scale + 8.0
        painter.setPen(QPen(inks.rule, 1.2))
        painter.setBrush(color(theme.window))
        painter.drawRoundedRect(QRectF(x, y, *size), theme.corner / theme.scale, theme.corner / theme.scale)
        painter.setFont(inks.fonts["strong"])
        painter.setPen(inks.ink)
        painter.drawText(QPointF(x + 12, y + 19), card.title)
        for index, line in enumerate(card.lines, 1):
            self._draw_card_line(painter, QRectF(x + 12, y + 7 + 18 * index, size[0] - 24, 18), line)
        painter.restore()

    def _draw_card_line(self, painter: QPainter, box: QRectF, line: CardLine) -> None:
        inks = self.sheet.inks
        painter.setFont(inks.fonts["small"])
        painter.setPen(inks.muted)
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, line.what)
        painter.setFont(inks.fonts["number"])
        painter.setPen(line.ink or inks.ink)
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, line.value)
