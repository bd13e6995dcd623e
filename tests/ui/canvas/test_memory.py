"""Qt draws what the arrays hold, from memory that stays where it is."""

from __future__ import annotations

import gc

import numpy as np
import pytest
from PySide6.QtCore import QLineF, Qt
from PySide6.QtGui import QImage, QPainter, QPen, QPixmap
from pytestqt.qtbot import QtBot
from shiboken6 import Shiboken

from nnviz.ui.canvas import memory
from nnviz.ui.canvas.memory import PIECE, FragmentMemory, LineMemory


def test_pointers_see_the_lines() -> None:
    held = LineMemory()
    held.room(3 * PIECE)[PIECE : PIECE + 2] = np.arange(8.0).reshape(2, 4)
    found = held.pointer(PIECE)
    assert (found.x1(), found.y1(), found.x2(), found.y2()) == (0.0, 1.0, 2.0, 3.0)


def test_fewer_lines_reuse_the_memory_and_more_find_another() -> None:
    held = LineMemory()
    first = held.room(1000)
    before = held.pointer(0)
    assert np.shares_memory(held.room(7), first)
    assert held.pointer(0) is before
    assert len(held.room(100_000)) >= 100_000
    held.room(100_000)[PIECE * 1000] = 6.0
    assert held.pointer(PIECE * 1000).x2() == 6.0


def test_nothing_can_be_held() -> None:
    assert len(LineMemory().room(0)) == 0


def test_a_stale_wrapper_is_never_handed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = np.zeros((8, PIECE, 4))
    stale = Shiboken.wrapInstance(taken.ctypes.data, QPainter.PixmapFragment)
    places = [taken]
    zeros = np.zeros

    def first_the_taken_one(shape: tuple[int, ...]) -> np.ndarray:
        return places.pop() if places else zeros(shape)

    held = LineMemory()
    monkeypatch.setattr(memory.np, "zeros", first_the_taken_one)
    held.room(2)[:] = 1.0
    assert type(held.pointer(0)) is QLineF
    assert taken.sum() == 0
    assert Shiboken.isValid(stale)


def test_many_lines_are_painted_from_memory(qtbot: QtBot) -> None:
    held = LineMemory()
    held.room(2)[:2] = [[2.0, 2, 18, 2], [2, 10, 18, 10]]
    gc.collect()
    image = QImage(20, 20, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.setPen(QPen(Qt.GlobalColor.black, 3))
    painter.drawLines(held.pointer(0), 2)
    painter.end()
    assert image.pixelColor(10, 2).name() == image.pixelColor(10, 10).name() == "#000000"
    assert image.pixelColor(10, 6).name() == "#ffffff"


def test_fragments_are_painted_from_memory(qtbot: QtBot) -> None:
    held = FragmentMemory(5)
    count = held.hold(np.array([[5.0, 5.0], [15.0, 15.0]]), 4.0, np.ones(2), np.zeros(2))
    sprite = QPixmap(4, 4)
    sprite.fill(Qt.GlobalColor.red)
    image = QImage(20, 20, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.drawPixmapFragments(held.first, count, sprite)
    painter.end()
    assert [image.pixelColor(x, x).name() for x in (5, 10, 15)] == ["#ff0000", "#ffffff", "#ff0000"]
