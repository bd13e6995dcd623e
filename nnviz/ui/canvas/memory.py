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


class LineMemory:
    """Lines of edges, equally many an edge; `pointers` are the first line of each edge, for QPainter.drawLines."""

    def __init__(self, lines: int) -> None:
        self._memory = np.zeros((0, lines, 4))
        self.pointers: list[QLineF] = []

    def hold(self, lines: Array, breathe: Callable[[], None] = free) -> None:
        """Take over lines of shape (edges, lines, 4); `breathe` is called for each edge that is new."""
        if len(lines) > len(self._memory):
            self._memory, self.pointers = _wrapped((max(len(lines), 64), *self._memory.shape[1:]), QLineF, breathe)
        self._memory[: len(lines)] = lines


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
