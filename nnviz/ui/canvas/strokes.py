"""Edges ready to be drawn: their segments or dashes in memory that Qt draws from, equally strong ones in one call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QPainter, QPen

from nnviz.app.progress import free
from nnviz.ui.canvas.edges import DASHES, dashes, joined, steps_of, write_segments
from nnviz.ui.canvas.memory import PIECE, LineMemory

Array = NDArray[Any]

AT_ONCE = 16 * PIECE  # lines in one call; whoever draws pictures beside a window draws a piece at once, and lets it live in between


class Strokes:
    """Edges as lines; the memory is kept and reused."""

    def __init__(self) -> None:
        self._memory = LineMemory()
        self._runs: list[tuple[int, int, int]] = []

    def hold(
        self,
        starts: Array,
        ends: Array,
        levels: Array,
        *,
        vertical: bool = False,
        dashed: bool = False,
        breathe: Callable[[], None] = free,
    ) -> None:
        """Take over edges.

        Args:
            starts: where they begin, shape (edges, 2).
            ends: where they end, shape (edges, 2).
            levels: how strong they are, equal ones together, in the order to be drawn, shape (edges,).
            vertical: whether they run downwards.
            dashed: whether negative ones are drawn as dashes.
            breathe: called from time to time.
        """
        counts = steps_of(starts, ends, vertical)
        broken = np.flatnonzero(levels < 0) if dashed else np.zeros(0, dtype=np.int64)
        counts[broken] = DASHES
        offsets = self._make_runs(levels, counts)
        end = self._runs[-1][1] + self._runs[-1][2] if self._runs else 0
        memory = self._memory.room(end, breathe)
        whole = np.flatnonzero(levels >= 0) if dashed else np.arange(len(levels))
        write_segments(memory, offsets[whole], starts[whole], ends[whole], vertical)
        if len(broken):
            made = dashes(joined(starts[broken], ends[broken], vertical))
            memory[offsets[broken][:, None] + np.arange(DASHES)] = made

    def _make_runs(self, levels: Array, counts: Array) -> Array:
        """Note where each run of equal levels stands, which begins a piece; return where the lines of each edge stand."""
        if not len(levels):
            self._runs = []
            return counts
        firsts = np.flatnonzero(np.concatenate([[True], np.diff(levels) != 0]))
        lines = np.add.reduceat(counts, firsts)
        rooms = -(-lines // PIECE) * PIECE
        begins = np.cumsum(rooms) - rooms
        self._runs = list(zip(levels[firsts].tolist(), begins.tolist(), lines.tolist(), strict=True))
        before = np.cumsum(counts) - counts
        run = np.repeat(np.arange(len(firsts)), np.diff(np.append(firsts, len(levels))))
        return np.asarray(before - before[firsts][run] + begins[run])

    def draw(self, painter: QPainter, pens: list[QPen], breathe: Callable[[], None] = free) -> None:
        """Draw the edges, with the pen of each level."""
        middle = len(pens) // 2
        for level, first, count in self._runs:
            painter.setPen(pens[level + middle])
            self._draw_run(painter, first, count, breathe)

    def _draw_run(self, painter: QPainter, first: int, count: int, breathe: Callable[[], None]) -> None:
        most = AT_ONCE if breathe is free else PIECE
        for line in range(first, first + count, most):
            breathe()
            painter.drawLines(self._memory.pointer(line), min(most, first + count - line))
