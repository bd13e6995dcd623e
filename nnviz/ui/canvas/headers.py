"""Headers: a layer's name and size, what stands under them, their buttons, and the + between two of them.

Buttons stand about what the second line says: − and + before it, lock and … behind it.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from nnviz.ui.canvas.columns import LINE, Box, Column, ColumnText

BUTTON, BUTTON_GAP = 17.0, 2.0
WORDS_GAP = 4.0
PLUS = 20.0
LEAST_GAP = PLUS + 2.0
BEFORE, BEHIND = ("minus", "plus"), ("lock", "more")


def header_lines(stacked: bool) -> int:
    """Return how many lines a header may take; one is kept for notes, so that one that comes or goes moves nothing."""
    return 4 if stacked else 3


def header_sides(text: ColumnText, stacked: bool) -> tuple[float, float]:
    """Return how far a header reaches left and right of its middle."""
    half = max(text.stacked if stacked else text.title, text.second, text.note) / 2
    return max(half, _reach(text, BEFORE)[1]), max(half, _reach(text, BEHIND)[1])


def _group(text: ColumnText, side: tuple[str, ...]) -> list[str]:
    return [name for name in side if name in text.buttons]


def _reach(text: ColumnText, side: tuple[str, ...]) -> tuple[float, float]:
    """Return how far from the middle the buttons of one side start and end."""
    start = text.second / 2 + WORDS_GAP if text.second else BUTTON_GAP / 2
    count = len(_group(text, side))
    return start, start + count * BUTTON + (count - 1) * BUTTON_GAP if count else 0.0


def with_header(column: Column, text: ColumnText, x: float, y: float, stacked: bool) -> Column:
    """Return the column with its header, whose first line starts at height `y`, about `x`."""
    width = text.stacked if stacked else text.title
    title = tuple((x - width / 2, y + line * LINE, width, LINE) for line in range(2 if stacked else 1))
    size = min(text.size, width)
    units_box = (title[-1] if stacked else (x + width / 2 - size, y, size, LINE)) if size else None
    y += len(title) * LINE
    buttons = _buttons(text, x, y)
    return replace(
        column,
        title=title,
        second=(x - text.second / 2, y, text.second, LINE),
        note=(x - text.note / 2, y + LINE, text.note, LINE) if text.note else None,
        units_box=units_box,
        minus=buttons.get("minus"),
        plus=buttons.get("plus"),
        lock=buttons.get("lock"),
        more=buttons.get("more"),
    )


def _buttons(text: ColumnText, x: float, y: float) -> dict[str, Box]:
    """Return the buttons by name; on each side they stand in a row."""
    found: dict[str, Box] = {}
    left, right = x - _reach(text, BEFORE)[1], x + _reach(text, BEHIND)[0]
    for start, side in ((left, BEFORE), (right, BEHIND)):
        found |= {name: (start + place * (BUTTON + BUTTON_GAP), y, BUTTON, BUTTON) for place, name in enumerate(_group(text, side))}
    return found


def gap_boxes(columns: tuple[Column, ...], *, vertical: bool) -> tuple[Box, ...]:
    """Return where the + between each pair of headers stands: half way between the columns, off the words of both."""
    axis, found = int(vertical), []
    for before, behind in pairwise(columns):
        low = max(box[axis] + box[2 + axis] for box in before.header) + PLUS / 2
        high = min(box[axis] for box in behind.header) - PLUS / 2
        (x, y), (right, lower) = _middle(before), _middle(behind)
        along = min(max(((y + lower) if vertical else (x + right)) / 2, low), high)
        middle = (x, along) if vertical else (along, y)
        found.append((middle[0] - PLUS / 2, middle[1] - PLUS / 2, PLUS, PLUS))
    return tuple(found)


def _middle(column: Column) -> tuple[float, float]:
    x, y, width, height = column.title[0]
    return x + width / 2, y + height / 2
