"""The film of one pass: an index into its stages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from nnviz.app.framing import probe_trace
from nnviz.app.stepper import Stepper
from nnviz.data.prepare import prepare
from nnviz.engine.trace import Trace
from nnviz.engine.trainer import Trainer
from nnviz.formats.examples import load


@pytest.fixture
def trace() -> Trace:
    example = load("mazur")
    data = prepare(example.spec.data)
    return probe_trace(Trainer(example.spec, data.samples, initial=example.initial), data, 0)


@pytest.fixture
def stepper(qapp: object) -> Iterator[Stepper]:
    owner = QObject()
    yield Stepper(owner)
    owner.deleteLater()


def test_it_begins_at_the_input(stepper: Stepper, trace: Trace, qtbot: QtBot) -> None:
    assert stepper.stage is None
    with qtbot.waitSignals([stepper.pass_changed, stepper.stage_changed]):
        stepper.begin(trace)
    assert stepper.stage is not None and stepper.stage.quantity == "input"


def test_going_back_shows_the_very_same_stage(stepper: Stepper, trace: Trace) -> None:
    stepper.begin(trace)
    forward = []
    for index in range(len(stepper.stages)):
        stepper.go_to(index)
        forward.append(stepper.stage)
    for index in reversed(range(len(stepper.stages))):
        stepper.go_to(index)
        assert stepper.stage is forward[index]


def test_leaving_puts_it_away_once(stepper: Stepper, trace: Trace) -> None:
    seen: list[object] = []
    stepper.pass_changed.connect(seen.append)
    stepper.begin(trace)
    stepper.leave()
    stepper.leave()
    assert seen == [trace, None] and stepper.stage is None and stepper.index == 0
    stepper.go_to(3)
    assert stepper.stage is None
