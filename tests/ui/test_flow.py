"""Widgets like words on a page."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from nnviz.ui.flow import FlowLayout


@pytest.mark.parametrize("width", [80, 150, 300, 1000])
def test_widgets_wrap_within_the_width_without_overlap(qtbot: QtBot, width: int) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    flow = FlowLayout(spacing=5)
    page.setLayout(flow)
    for word in ("x₁", "x₂", "x₁²", "sin x₁", "petal"):
        flow.addWidget(QPushButton(word))
    page.resize(width, flow.heightForWidth(width))
    page.show()
    boxes = [flow.itemAt(at).geometry() for at in range(flow.count())]
    for at, box in enumerate(boxes):
        assert box.left() == 0 or box.right() < width
        assert box.bottom() < flow.heightForWidth(width)
        assert not any(box.intersects(other) for other in boxes[at + 1 :])


def test_items_can_be_taken(qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    flow = FlowLayout()
    page.setLayout(flow)
    button = QPushButton("a")
    flow.addWidget(button)
    assert flow.count() == 1
    flow.removeWidget(button)
    assert flow.count() == 0
    assert flow.itemAt(0) is None
    assert flow.takeAt(3) is None
