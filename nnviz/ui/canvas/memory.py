"""NumPy memory that Qt draws from: lines and pixmap fragments, many in one call, without a Python object for each.

Qt is handed a pointer into the array, wrapped as the type it expects (Shiboken.wrapInstance, the way of pyqtgraph's
PrimitiveArray). Shiboken remembers wrappers by address and may hand out the stale one of an object that is long gone.
Hence memory is kept and reused, wrapped once, and every wrapper is checked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF
from PySide6.QtGui import QPainter
from shiboken6 import Shiboken

from nnviz.app.progress import free

Array = NDArray[Any]
Wrapped = TypeVar("Wrapped")

FRAGMENT = 10  # numbers in a QPainter::PixmapFragment: x, y, source box, scales, rotation, opacity
ATTEMPTS = 8
PIECE = 16  # lines: about those of one edge


class LineMemory:
    """Lines in pieces of PIECE; only the first line of each piece has a wrapper."""

    def __init__(self) -> None:
        self._memory = np.zeros((0, PIECE, 4))
        self._pointers: list[QLineF] = []

    def room(self, count: int, breathe: Callable[[], None] = free) -> Array:
        """Return rows for at least `count` lines, shape (lines, 4); what they held is lost where more is needed than ever."""
        if count > self._memory.shape[0] * PIECE:
            pieces = 1 << max(3, (-(-count // PIECE) - 1).bit_length())
            self._memory, self._pointers = _wrapped((pieces, PIECE, 4), QLineF, breathe)
        return self._memory.reshape(-1, 4)

    def pointer(self, line: int) -> QLineF:
        """Return a line that begins a piece, for QPainter.drawLines, which reads on from there."""
        piece, inside = divmod(line, PIECE)
        assert not inside
        return self._pointers[piece]


class FragmentMemory:
    """Up to `capacity` pixmap fragments; `first` points at them, for QPainter.drawPixmapFragments."""

    def __init__(self, capacity: int) -> None:
        self.memory, pointers = _wrapped((1, capacity, FRAGMENT), QPainter.PixmapFragment)
        self.first: QPainter.PixmapFragment = pointers[0]

    def hold(self, centers: Array, side: float, scales: Array, angles: Array) -> int:
        """Take over fragments of one whole square sprite of this side; return how many there are."""
        rows = self.memory[0, : len(centers)]
        rows[:, :2] = centers
        rows[:, 2:4] = 0.0
        rows[:, 4:6] = side
        rows[:, 6:8] = scales[:, None]
        rows[:, 8] = angles
        rows[:, 9] = 1.0
        return len(rows)


def _wrapped(shape: tuple[int, ...], kind: type[Wrapped], breathe: Callable[[], None] = free) -> tuple[Array, list[Wrapped]]:
    """Return zeros, and their rows as `kind`.

    Raises:
        MemoryError: no memory free of stale wrappers was found.
    """
    refused = []
    for _ in range(ATTEMPTS):
        memory = np.zeros(shape)
        address, step = memory.ctypes.data, memory.strides[0]
        found: list[Any] = []
        for row in range(len(memory)):
            breathe()
            found.append(Shiboken.wrapInstance(address + row * step, kind))
        if all(type(each) is kind and Shiboken.isValid(each) for each in found):
            return memory, found
        refused.append(memory)  # kept until another place is found, or the next attempt would get the same
    raise MemoryError(f"no place for {kind.__name__}")
