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
from nnviz.ui.canvas.memory import FragmentMemory, LineMemory


def test_pointers_see_the_lines() -> None:
    held = LineMemory(2)
    lines = np.arange(24.0).reshape(3, 2, 4)
    held.hold(lines)
    for pointer, line in zip(held.pointers, lines, strict=False):
        assert (pointer.x1(), pointer.y1(), pointer.x2(), pointer.y2()) == tuple(line[0])


def test_fewer_lines_reuse_the_memory_and_more_find_another() -> None:
    held = LineMemory(1)
    held.hold(np.ones((100, 1, 4)))
    before = held.pointers
    held.hold(np.full((7, 1, 4), 5.0))
    assert held.pointers is before
    assert held.pointers[6].x2() == 5.0
    held.hold(np.full((101, 1, 4), 6.0))
    assert held.pointers[100].x2() == 6.0


def test_nothing_can_be_held() -> None:
    LineMemory(3).hold(np.zeros((0, 3, 4)))


def test_a_stale_wrapper_is_never_handed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = np.zeros((64, 1, 4))
    stale = Shiboken.wrapInstance(taken.ctypes.data, QPainter.PixmapFragment)
    places = [taken]
    zeros = np.zeros

    def first_the_taken_one(shape: tuple[int, ...]) -> np.ndarray:
        return places.pop() if places else zeros(shape)

    held = LineMemory(1)
    monkeypatch.setattr(memory.np, "zeros", first_the_taken_one)
    held.hold(np.ones((2, 1, 4)))
    assert all(type(pointer) is QLineF for pointer in held.pointers)
    assert taken.sum() == 0
    assert Shiboken.isValid(stale)


def test_many_lines_are_painted_from_memory(qtbot: QtBot) -> None:
    held = LineMemory(2)
    held.hold(np.array([[[2.0, 2, 18, 2], [2, 10, 18, 10]]]))
    gc.collect()
    image = QImage(20, 20, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.setPen(QPen(Qt.GlobalColor.black, 3))
    painter.drawLines(held.pointers[0], 2)
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
