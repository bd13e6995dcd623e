"""The stages of a pass as a row of cells, painted in one widget: done, now, and still to come."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from nnviz.explain.stages import Stage
from nnviz.explain.words import say
from nnviz.ui.failsafe import paints
from nnviz.ui.theme import LIGHT, Theme, color, font
from nnviz.ui.tips import plain

GAP = 3.0
PADDING = 7.0
NARROWEST = 30.0
WIDEST = 96.0
ENDS = 20.0
FORWARD_PHASES = ("input", "forward", "loss", "check")
STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class StageBar(QWidget):
    """Shows where the pass stands; `stage_requested` carries the index of the stage that was clicked.

    Too many cells for the width scroll so that the present one is in view; the ends say that there are more.
    """

    stage_requested = Signal(int)

    def __init__(self, theme: Theme = LIGHT) -> None:
        super().__init__()
        self._theme = theme
        self._stages: tuple[Stage, ...] = ()
        self._index = 0
        self._offset = 0.0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFont(font(theme.small_points))
        self.setAccessibleName(self.tr("Stages of the pass"))
        self.setWhatsThis(self.tr("The stages of the pass from left to right; the filled one is shown. Click on a stage to go there."))

    def set_theme(self, theme: Theme) -> None:
        """Paint in another theme."""
        self._theme = theme
        self.setFont(font(theme.small_points))
        self.updateGeometry()
        self.update()

    def show_stages(self, stages: Sequence[Stage]) -> None:
        """Show these stages, from the first."""
        self._stages, self._index, self._offset = tuple(stages), 0, 0.0
        self.update()

    def show_index(self, index: int) -> None:
        """Show that this stage is the present one, and bring it into view."""
        self._index = index
        boxes = self._boxes()
        if boxes:
            box = boxes[index]
            self._scroll_to(box.center().x() - self.width() / 2.0)
            place = self.tr("Stage {index} of {count}: {label}")
            self.setAccessibleDescription(place.format(index=index + 1, count=len(boxes), label=self._stages[index].label))
        self.update()

    def _boxes(self) -> list[QRectF]:
        """Return the cells, unscrolled; stretched where there is room."""
        metrics = QFontMetrics(font(self._theme.small_points, bold=True))
        narrowest, widest, padding = (self._theme.pixels(size) for size in (NARROWEST, WIDEST, PADDING))
        widths = [max(narrowest, min(widest, metrics.horizontalAdvance(stage.label) + 2 * padding)) for stage in self._stages]
        spare = self.width() - sum(widths) - GAP * (len(widths) - 1)
        extra = spare / len(widths) if widths and spare > 0 else 0.0
        boxes, x = [], 0.0
        for width in widths:
            boxes.append(QRectF(x, 0.5, width + extra, self.height() - 1.0))
            x += width + extra + GAP
        return boxes

    def _scroll_to(self, offset: float) -> None:
        boxes = self._boxes()
        most = max(0.0, boxes[-1].right() - self.width()) if boxes else 0.0
        self._offset = min(max(0.0, offset), most)

    def stage_at(self, position: QPointF) -> int | None:
        """Return the index of the stage under a point."""
        for index, box in enumerate(self._boxes()):
            if box.translated(-self._offset, 0.0).contains(position):
                return index
        return None

    def sizeHint(self) -> QSize:
        """Return one row of cells."""
        return QSize(self._theme.pixels(400), self.fontMetrics().height() + self._theme.pixels(10))

    def minimumSizeHint(self) -> QSize:
        """Return room for a few cells."""
        return QSize(self._theme.pixels(120), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the present stage in view."""
        super().resizeEvent(event)
        self.show_index(self._index)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Ask for the stage that was clicked."""
        index = self.stage_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and index is not None:
            self.stage_requested.emit(index)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll along the stages."""
        turned = event.angleDelta().y() or event.angleDelta().x()
        self._scroll_to(self._offset - turned / 2.0)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go one stage on or back, or to the ends."""
        key, last = Qt.Key(event.key()), len(self._stages) - 1
        wanted = self._index + STEPS[key] if key in STEPS else {Qt.Key.Key_Home: 0, Qt.Key.Key_End: last}.get(key, -1)
        if 0 <= wanted <= last:
            self.stage_requested.emit(wanted)
        elif key not in STEPS:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring."""
        super().focusInEvent(event)
        self.update()

    def event(self, event: QEvent) -> bool:
        """Say what a stage does where the pointer rests."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            index = self.stage_at(QPointF(event.pos()))
            if index is not None:
                QToolTip.showText(event.globalPos(), plain(say(self._stages[index].title)), self)
            return True
        return super().event(event)

    @paints
    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the cells in view."""
        painter, theme, boxes = QPainter(self), self._theme, self._boxes()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for index, (stage, box) in enumerate(zip(self._stages, boxes, strict=True)):
            moved = box.translated(-self._offset, 0.0)
            if moved.right() > 0 and moved.left() < self.width():
                self._paint_cell(painter, moved, stage, index)
        ends = theme.pixels(ENDS)
        if boxes and self._offset > 0:
            self._paint_end(painter, QRectF(0.0, 0.0, ends, self.height()), "‹")
        if boxes and boxes[-1].right() - self._offset > self.width() + 1:
            self._paint_end(painter, QRectF(self.width() - ends, 0.0, ends, self.height()), "›")
        if self.hasFocus() and boxes:
            painter.setPen(QPen(color(theme.accent), 1.6))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.8, 0.8, -0.8, -0.8), theme.corner - 2, theme.corner - 2)

    def _paint_cell(self, painter: QPainter, box: QRectF, stage: Stage, index: int) -> None:
        theme = self._theme
        forward = stage.phase in FORWARD_PHASES
        ink = theme.positive_text if forward else theme.rising
        soft = theme.forward_soft if forward else theme.backward_soft
        if index == self._index:
            fill, words = ink, theme.window
        elif index < self._index:
            fill, words = soft, ink
        else:
            fill, words = theme.raised, theme.muted
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color(fill))
        painter.drawRoundedRect(box, theme.corner - 2, theme.corner - 2)
        painter.setPen(color(words))
        painter.setFont(font(theme.small_points, bold=index == self._index))
        text = painter.fontMetrics().elidedText(stage.label, Qt.TextElideMode.ElideRight, int(box.width() - 4))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_end(self, painter: QPainter, box: QRectF, mark: str) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color(self._theme.window))
        painter.drawRect(box)
        painter.setPen(color(self._theme.ink))
        painter.setFont(font(self._theme.number_points, bold=True))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, mark)
