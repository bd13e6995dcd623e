"""Where a panel stands beside what it is about, so that it covers nothing of it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from PySide6.QtCore import QPoint, QRect, QSize

GAP = 10
DETOUR = 400  # pixels that it is worth to go farther away instead of lying on other things with all of the panel


def beside(size: QSize, about: QRect, keep_free: Sequence[QRect], room: QRect, others: Sequence[QRect] = ()) -> QPoint:
    """Return where a panel's upper left corner shall be: inside the room and clear of what is to be kept free, near what it is about.

    Where there is no such place, it covers as little as possible; a panel larger than the room begins at its upper left corner.

    Args:
        size: of the panel.
        about: what it belongs to, e.g. the middle of an edge.
        keep_free: what it may not cover, e.g. the ends of the edge.
        room: where it has to stay.
        others: what it would rather not cover.
    """
    width, height, middle = size.width(), size.height(), about.center()
    free = (about, *keep_free)
    lefts = [middle.x() - width // 2, room.left(), room.right() - width + 1]
    tops = [middle.y() - height // 2, room.top(), room.bottom() - height + 1]
    for box in free:
        lefts += [box.right() + GAP, box.left() - GAP - width]
        tops += [box.bottom() + GAP, box.top() - GAP - height]
    places = [_inside(QPoint(x, y), size, room) for x, y in product(lefts, tops)]

    def cost(place: QPoint) -> tuple[int, float]:
        panel = QRect(place, size)
        hidden = _covered(panel, others) / max(1, width * height)
        return _covered(panel, free), (panel.center() - middle).manhattanLength() + DETOUR * hidden

    return min(places, key=cost)


def _inside(place: QPoint, size: QSize, room: QRect) -> QPoint:
    x = max(room.left(), min(place.x(), room.right() - size.width() + 1))
    y = max(room.top(), min(place.y(), room.bottom() - size.height() + 1))
    return QPoint(x, y)


def _covered(panel: QRect, boxes: Sequence[QRect]) -> int:
    """Return how many pixels of the boxes a panel hides."""
    hidden = (panel.intersected(box) for box in boxes)
    return sum(max(0, box.width()) * max(0, box.height()) for box in hidden)
