"""A document without a thread, and real frames and passes of a short run, for the panels to show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from nnviz.app.document import RunState
from nnviz.app.frame import Frame, Wanted
from nnviz.app.framing import make_frame, planes, probe_trace
from nnviz.data.prepare import Prepared, facts, prepare
from nnviz.engine.problem import SpecError
from nnviz.engine.spec import Spec, check
from nnviz.engine.trace import Trace
from nnviz.engine.trainer import Trainer
from nnviz.formats.examples import load
from nnviz.ui.panels.inspector import Inspector
from nnviz.ui.panels.layer_page import LayerPage
from nnviz.ui.selection import Selection
from tests.ui.panels.desk import Desk, opened


class PaperDocument(QObject):
    """Judges and keeps edits as the real one does, and writes them down; nothing trains."""

    refused = Signal(object)
    data_changed = Signal(object)
    state_changed = Signal(object)
    spec_changed = Signal(object, object)

    def __init__(self, name: str = "spiral") -> None:
        super().__init__()
        self.name, self.spec = name, load(name).spec
        self.frame: Frame | None = None
        self.data: Prepared | None = None
        self.state = RunState.PAUSED
        self.probes: list[int] = []
        self.edits: list[tuple[str, str | None]] = []
        self.opened: list[str] = []

    def edit(self, spec: Spec, title: str, merge_key: str | None = None) -> bool:
        try:
            check(spec, facts(spec.data))
        except SpecError as error:
            self.refused.emit(error.problems)
            return False
        self.spec = spec
        self.edits.append((title, merge_key))
        return True

    def set_probe(self, row: int) -> None:
        self.probes.append(row)

    def open_example(self, name: str) -> None:
        self.name, self.spec = name, load(name).spec
        self.opened.append(name)


@dataclass(frozen=True)
class Run:
    """A frame and a recorded pass after some steps."""

    frame: Frame
    trace: Trace


@cache
def run_of(example: str, steps: int = 12) -> Run:
    loaded = load(example)
    data = prepare(loaded.spec.data)
    trainer = Trainer(loaded.spec, data.samples, initial=loaded.initial)
    for _ in range(steps):
        trainer.step()
    frame = make_frame(trainer, data, planes(data), 0, Wanted(batch_activations=True), 0)
    return Run(frame, probe_trace(trainer, data, 0))


@pytest.fixture
def document() -> PaperDocument:
    return PaperDocument()


@pytest.fixture
def run() -> Run:
    return run_of("spiral")


@pytest.fixture
def inspector(qtbot: QtBot, document: object, run: Run) -> Inspector:
    made = Inspector(document)  # type: ignore[arg-type]
    qtbot.addWidget(made)
    made.document.frame = run.frame
    made.resize(276, 800)
    made.show()
    return made


@pytest.fixture
def desk(qtbot: QtBot, request: pytest.FixtureRequest) -> Iterator[Desk]:
    """An inspector on a document that trains; another example than xor is named by parametrizing it indirectly."""
    made = opened(qtbot, getattr(request, "param", "xor"))
    yield made
    made.document.close()


@pytest.fixture
def diverged(run: Run) -> Frame:
    """A frame with numbers that are not finite."""
    broken = []
    for layer in run.frame.layers:
        weights, z = layer.weights.copy(), layer.z.copy()
        weights[0, 0], z[0] = float("nan"), float("inf")
        broken.append(replace(layer, weights=weights, z=z, activations=z))
    return replace(run.frame, layers=tuple(broken))


def layer(inspector: Inspector, index: int = 0) -> Selection:
    return Selection("layer", inspector.document.spec.network.layers[index].id)


def page_of(inspector: Inspector) -> LayerPage:
    inspector.show_selection(layer(inspector))
    assert isinstance(inspector.page, LayerPage)
    return inspector.page


def texts(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel)]
