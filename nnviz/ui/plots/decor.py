"""What stands around the data of a plot, and how it is painted: title, legend, axes, hover label, messages.

All of it is painted in one go from a frozen `Decor`. pyqtgraph's own axes are items with a Python call each,
and their titles read HTML, which names from a file must never reach (ARCHITECTURE.md, trap 9).
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from nnviz.ui.plots.legend import COLUMN, GAP, Entry, LegendPainter, Ramp
from nnviz.ui.plots.scale import Scale
from nnviz.ui.theme import Theme, color, font

TICK_HEIGHT, MOST_ROWS = 30.0, 6
TICK_WIDTH = 90.0
FEWEST = 3
Ticks = list[tuple[float, str]]


@dataclass(frozen=True, slots=True)
class Decor:
    """Everything around the data.

    Attributes:
        title: the plot's name. x_name, y_name: of the axes, with units.
        x, y: the scales of the whole view; None draws no axis.
        legend: what the lines and markers mean.
        message: stands in the middle instead of data.
        note: a short remark inside, such as how many values are not finite.
        square: make the data area a square, with the legend beside it where there is room.
        whole_x: label whole numbers only.
        ramp: what the colours of a surface mean.
    """

    title: str
    x_name: str = ""
    y_name: str = ""
    x: Scale | None = None
    y: Scale | None = None
    legend: tuple[Entry, ...] = ()
    message: str = ""
    note: str = ""
    square: bool = False
    whole_x: bool = False
    ramp: Ramp | None = None


@dataclass(frozen=True, slots=True)
class Hover:
    """What the pointer is at: a place (0 to 1 on both axes), dots on the lines, and values in words.

    `lines` are (color, name, value); an empty color means the line heads the label.
    """

    x: float
    y: float
    lines: tuple[tuple[str, str, str], ...]
    dots: tuple[tuple[float, float, str], ...] = ()
    rule: bool = True


@dataclass(frozen=True, slots=True)
class Margins:
    """Room around the data, in pixels."""

    left: float
    top: float
    right: float
    bottom: float


class Painter:
    """Paints a `Decor` in a theme."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self._gap = GAP * theme.scale
        self.small = font(theme.caption_points)
        self.medium = font(theme.small_points)
        self.bold = font(theme.small_points, bold=True)
        self._key = LegendPainter(theme)
        self._small = QFontMetricsF(self.small)
        self._medium = QFontMetricsF(self.medium)
        self._bold = QFontMetricsF(self.bold)

    def margins(self, decor: Decor, width: float, height: float, x: Scale | None, y: Scale | None) -> Margins:
        """Return the room the decor needs around the data of a view of this size."""
        top = self._bold.height() + self._small.height() + 2.5 * self._gap
        if x is None or y is None:
            return Margins(self._gap, top, self._gap, self._gap)
        bottom = self._small.height() + self._gap
        labels = [label for _, label in self.y_ticks(y, height - top - bottom)]
        left = max((self._small.horizontalAdvance(label) for label in labels), default=0.0) + 2 * self._gap
        if not decor.square:
            return Margins(left, top, 2 * self._gap, bottom)
        side = max(min(width - left - 2 * self._gap, height - top - bottom), 10.0)
        return Margins(left, top, max(width - left - side, self._gap), bottom + max(height - top - bottom - side, 0.0))

    def whole(self, decor: Decor, height: float) -> tuple[float, float]:
        """Return how wide and high a view must be, at least `height`, for nothing of the title, the legend and the names to be cut."""
        above = self._bold.height() + 2 * self._small.height() + 3.5 * self._gap
        title = self._bold.horizontalAdvance(decor.title) + 3 * self._gap
        if not decor.square:
            names = self._small.horizontalAdvance(decor.y_name) + self._key.whole_row(decor.legend) + 6 * self._gap
            return max(title, names), height
        wide, high = self._key.whole_column(decor.legend, decor.ramp)
        height = max(height, high + above + self._gap)
        return max(title, height - above + wide + 12 * self._gap), height

    def x_ticks(self, decor: Decor, scale: Scale, width: float) -> Ticks:
        """Return the ticks below the data that keep clear of each other and of the axis' name."""
        name = 0.0 if decor.square else self._small.horizontalAdvance(decor.x_name) + 2 * self._gap
        shown: Ticks = []
        end = -self._gap
        for value, label in scale.ticks(max(FEWEST, int(width / (TICK_WIDTH * self.theme.scale)))):
            if decor.whole_x and value != int(value):
                continue
            label = label.partition(".")[0] if decor.whole_x else self.theme.marked(label)
            half = self._small.horizontalAdvance(label) / 2
            place = float(scale.place(value)) * width
            if place - half > end and place + half < width - name:
                shown.append((value, label))
                end = place + half + self._gap
        return shown

    def y_ticks(self, scale: Scale, height: float) -> Ticks:
        """Return the ticks left of the data."""
        ticks = scale.ticks(min(max(FEWEST, int(height / (TICK_HEIGHT * self.theme.scale))), MOST_ROWS))
        return [(value, self.theme.marked(label)) for value, label in ticks]

    def paint(self, painter: QPainter, decor: Decor, size: QRectF, plot: QRectF, x: Scale | None, y: Scale | None, reserved: float) -> None:
        """Paint title, legend and axes; `x` and `y` are the scales of what is seen, `reserved` is taken at the top right."""
        painter.setFont(self.bold)
        painter.setPen(color(self.theme.ink))
        title = self._bold.elidedText(decor.title, Qt.TextElideMode.ElideRight, size.width() - 2 * self._gap - reserved)
        painter.drawText(QPointF(self._gap, self._gap + self._bold.ascent()), title)
        if x is not None and y is not None:
            self._grid(painter, y, plot)
            self._axes(painter, decor, x, y, plot)
        # The legend may not shrink for the sake of the axis' name.
        beside = QRectF(plot.right() + 2 * self._gap, plot.top(), size.right() - plot.right() - 3 * self._gap, plot.height())
        room = size.right() - self._gap
        if decor.square and beside.width() > COLUMN * self.theme.scale:
            self._key.column(painter, decor.legend, decor.ramp, beside)
        else:
            room = self._key.row(painter, decor.legend, self._gap, size.right() - self._gap, self._names_base()) - 2 * self._gap
        painter.setFont(self.small)
        painter.setPen(color(self.theme.muted))
        name = self._small.elidedText(decor.y_name, Qt.TextElideMode.ElideRight, room - self._gap)
        painter.drawText(QPointF(self._gap, self._names_base()), name)

    def _grid(self, painter: QPainter, y: Scale, plot: QRectF) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(color(self.theme.rule), 1))
        for value, _ in self.y_ticks(y, plot.height()):
            place = round(plot.bottom() - float(y.place(value)) * plot.height())
            painter.drawLine(QPointF(plot.left(), place), QPointF(plot.right(), place))

    def _axes(self, painter: QPainter, decor: Decor, x: Scale, y: Scale, plot: QRectF) -> None:
        left, bottom = round(plot.left()), round(plot.bottom())
        painter.setPen(QPen(color(self.theme.muted), 1))
        painter.drawLine(QPointF(left, round(plot.top())), QPointF(left, bottom))
        painter.drawLine(QPointF(left, bottom), QPointF(round(plot.right()), bottom))
        painter.setFont(self.small)
        ascent, height = self._small.ascent(), self._small.height()
        for value, label in self.y_ticks(y, plot.height()):
            place = plot.bottom() - float(y.place(value)) * plot.height()
            painter.drawText(QPointF(left - self._gap / 2 - self._small.horizontalAdvance(label), place - height / 2 + ascent), label)
        base = bottom + self._gap / 2 + ascent
        for value, label in self.x_ticks(decor, x, plot.width()):
            place = left + float(x.place(value)) * plot.width()
            painter.drawText(QPointF(place - self._small.horizontalAdvance(label) / 2, base), label)
        end = self._gap if decor.square else -self._small.horizontalAdvance(decor.x_name)
        painter.drawText(QPointF(plot.right() + end, base), decor.x_name)

    def _names_base(self) -> float:
        return 1.5 * self._gap + self._bold.height() + self._small.ascent()

    def words(self, painter: QPainter, decor: Decor, plot: QRectF) -> None:
        """Paint the message in the middle and the note at the lower right of the data."""
        if decor.message:
            painter.setFont(self.medium)
            painter.setPen(color(self.theme.muted))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(plot.adjusted(self._gap, 0, -self._gap, 0), flags, decor.message)
        if decor.note:
            self._boxed(painter, decor.note, plot)

    def _boxed(self, painter: QPainter, text: str, plot: QRectF) -> None:
        text = self._small.elidedText(text, Qt.TextElideMode.ElideRight, plot.width() - 3 * self._gap)
        box = QRectF(0, 0, self._small.horizontalAdvance(text) + self._gap, self._small.height() + self._gap / 2)
        box.moveBottomRight(plot.bottomRight() - QPointF(self._gap / 2, self._gap))
        painter.setPen(QPen(color(self.theme.danger), 1))
        painter.setBrush(color(self.theme.window))
        painter.drawRoundedRect(box, 3, 3)
        painter.setFont(self.small)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def hover(self, painter: QPainter, hover: Hover, size: QRectF, plot: QRectF) -> None:
        """Paint the crosshair, the dots and the label with the values."""
        at = QPointF(plot.left() + hover.x * plot.width(), plot.bottom() - hover.y * plot.height())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(color(self.theme.muted), 1))
        if hover.rule:
            painter.drawLine(QPointF(round(at.x()), plot.top()), QPointF(round(at.x()), plot.bottom()))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for x, y, ink in hover.dots:
            center = QPointF(plot.left() + x * plot.width(), plot.bottom() - y * plot.height())
            if plot.adjusted(-1, -1, 1, 1).contains(center):
                self._dot(painter, center, color(ink))
        self._label(painter, hover, at, QRectF(0, plot.top(), size.width(), plot.height()))

    def _dot(self, painter: QPainter, center: QPointF, ink: QColor) -> None:
        painter.setPen(QPen(color(self.theme.window), 1))
        painter.setBrush(ink)
        painter.drawEllipse(center, 3.5, 3.5)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _label(self, painter: QPainter, hover: Hover, at: QPointF, room: QRectF) -> None:
        """The values in a box beside the pointer, right of it if there is room."""
        names = max((self._small.horizontalAdvance(name) for _, name, _ in hover.lines), default=0.0)
        values = max((self._small.horizontalAdvance(value) for _, _, value in hover.lines), default=0.0)
        step = self._small.height()
        box = QRectF(0, 0, names + values + 4.5 * self._gap, step * len(hover.lines) + self._gap)
        away = 1.5 * self._gap
        beside = at.x() + away if at.x() + away + box.width() < room.right() else at.x() - away - box.width()
        top = min(max(at.y() - box.height() / 2, room.top()), max(room.bottom() - box.height(), room.top()))
        box.moveTopLeft(QPointF(round(max(beside, 0.0)), round(top)))
        painter.setPen(QPen(color(self.theme.rule), 1))
        painter.setBrush(color(self.theme.window))
        painter.drawRoundedRect(box, 4, 4)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setFont(self.small)
        base = box.top() + self._gap / 2 + self._small.ascent()
        for ink, name, value in hover.lines:
            self._label_line(painter, box, base, ink, name, value)
            base += step

    def _label_line(self, painter: QPainter, box: QRectF, base: float, ink: str, name: str, value: str) -> None:
        if ink:
            side = self._gap * 0.75
            painter.fillRect(QRectF(box.left() + self._gap, base - self._small.xHeight(), side, side), color(ink))
        painter.setPen(color(self.theme.muted))
        painter.drawText(QPointF(box.left() + 2.25 * self._gap, base), name)
        painter.setPen(color(self.theme.ink))
        painter.drawText(QPointF(box.right() - self._gap - self._small.horizontalAdvance(value), base), value)
