"""What a screen reader does with a canvas: ask for its interface, walk its tree, and hear when the selection moves."""

from __future__ import annotations

from PySide6.QtGui import QAccessible, QAccessibleInterface

from nnviz.ui.canvas import accessible
from nnviz.ui.canvas.accessible import NetworkInterface, PartInterface
from nnviz.ui.canvas.canvas import Canvas
from nnviz.ui.selection import Selection

TEXT = QAccessible.Text
NEURON = Selection("neuron", "l1", "n2")


def root_of(canvas: Canvas) -> NetworkInterface:
    found = QAccessible.queryAccessibleInterface(canvas)
    assert isinstance(found, NetworkInterface)
    return found


def children(interface: QAccessibleInterface) -> list[QAccessibleInterface]:
    return [interface.child(index) for index in range(interface.childCount())]


def names(interface: QAccessibleInterface) -> list[str]:
    return [child.text(TEXT.Name) for child in children(interface)]


def part(canvas: Canvas, selection: Selection) -> PartInterface:
    found = root_of(canvas).tree.interface(selection)
    assert isinstance(found, PartInterface)
    return found


def selected(canvas: Canvas, selection: Selection) -> None:
    """Select, and tell of it, as the canvas does."""
    canvas.select(selection)
    accessible.notify(canvas)
