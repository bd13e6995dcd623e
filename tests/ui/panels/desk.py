"""A real document with an inspector beside it, as in a window, and the hands that work on it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from nnviz.app.document import Document, RunState
from nnviz.app.frame import Frame, Wanted
from nnviz.app.start import example_start
from nnviz.engine.spec import Dense, Spec
from nnviz.ui.fields import NumberField
from nnviz.ui.form import Tick
from nnviz.ui.panels.edge_page import EdgePage
from nnviz.ui.panels.inspector import Inspector
from nnviz.ui.panels.neuron_page import NeuronPage
from nnviz.ui.panels.several_page import SeveralPage
from nnviz.ui.selection import Selection, several


@dataclass
class Desk:
    """A document with an inspector connected to it as in a window."""

    qtbot: QtBot
    document: Document
    inspector: Inspector

    @property
    def spec(self) -> Spec:
        return self.document.spec

    @property
    def frame(self) -> Frame:
        assert self.document.frame is not None
        return self.document.frame

    @property
    def first(self) -> Dense:
        layer = self.spec.network.layers[0]
        assert isinstance(layer, Dense)
        return layer

    @property
    def last(self) -> Dense:
        return self.spec.network.output

    @property
    def undo_text(self) -> str:
        return self.document.undo_stack.undoText()

    def weight(self, layer: int, row: int, column: int) -> float:
        return float(self.frame.layers[layer].weights[row, column])

    def show(self, selection: Selection) -> QWidget:
        self.inspector.show_selection(selection)
        return self.inspector.page

    def neuron(self, at: int = 0) -> NeuronPage:
        page = self.show(Selection("neuron", self.first.id, self.first.neurons[at]))
        assert isinstance(page, NeuronPage)
        return page

    def edge(self, row: int = 0, source: str = "x1") -> EdgePage:
        page = self.show(Selection("edge", self.first.id, self.first.neurons[row], source))
        assert isinstance(page, EdgePage)
        return page

    def several(self, *parts: Selection) -> SeveralPage:
        page = self.show(several(parts))
        assert isinstance(page, SeveralPage)
        return page

    def type_in(self, field: NumberField, text: str) -> None:
        field.setFocus()
        field.selectAll()
        self.qtbot.keyClicks(field, text)
        self.qtbot.keyClick(field, Qt.Key.Key_Return)

    def click(self, tick: Tick) -> None:
        self.qtbot.mouseClick(tick, Qt.MouseButton.LeftButton, pos=tick._box().center())

    def undo(self) -> None:
        self.document.undo_stack.undo()


def opened(qtbot: QtBot, name: str) -> Desk:
    document = Document(example_start(name))
    qtbot.waitUntil(lambda: document.state is RunState.PAUSED and document.frame is not None, timeout=20000)
    document.host.want.emit(Wanted(maps=True, batch_activations=True))
    inspector = Inspector(document)
    qtbot.addWidget(inspector)
    document.spec_changed.connect(lambda _, new: inspector.show_spec(new))
    document.frame_changed.connect(inspector.show_frame)
    inspector.selection_requested.connect(inspector.show_selection)
    inspector.show_frame(document.frame)  # type: ignore[arg-type]
    inspector.resize(276, 900)
    inspector.show()
    inspector.activateWindow()
    qtbot.waitUntil(inspector.isActiveWindow)
    return Desk(qtbot, document, inspector)
