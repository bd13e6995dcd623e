"""The gate is closed while the GUI thread handles events and open while it sleeps."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QThread, QTimer
from pytestqt.qtbot import QtBot

from nnviz.app.gate import LONGEST_WAIT, BusyGate
from nnviz.app.jobs import Jobs
from nnviz.app.progress import Progress


@pytest.fixture
def gate(qapp: QCoreApplication) -> Iterator[BusyGate]:
    made = BusyGate(qapp)
    yield made
    qapp.removeEventFilter(made)
    made.deleteLater()


def seconds_at(gate: BusyGate) -> float:
    began = time.perf_counter()
    gate.wait()
    return time.perf_counter() - began


class Look(QObject):
    """Measures, while an event is handled, how long a worker would wait."""

    def __init__(self, gate: BusyGate) -> None:
        super().__init__()
        self.gate, self.waited = gate, -1.0

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.User:
            self.waited = seconds_at(self.gate)
        return super().event(event)


class Waiter(QThread):
    """Waits at the gate in another thread and notes how long."""

    def __init__(self, gate: BusyGate) -> None:
        super().__init__()
        self.gate, self.waited = gate, -1.0

    def run(self) -> None:
        self.waited = seconds_at(self.gate)


def test_it_is_closed_while_an_event_is_handled(qtbot: QtBot, gate: BusyGate) -> None:
    look = Look(gate)
    QCoreApplication.postEvent(look, QEvent(QEvent.Type.User))
    qtbot.waitUntil(lambda: look.waited >= 0)
    assert look.waited >= LONGEST_WAIT * 0.9  # the time-out let it through: nobody opened the gate


def test_it_opens_when_the_gui_thread_sleeps(qtbot: QtBot, gate: BusyGate) -> None:
    gate.eventFilter(QObject(), QEvent(QEvent.Type.User))
    waiter = Waiter(gate)
    with qtbot.waitSignal(waiter.finished):
        QTimer.singleShot(0, waiter.start)
    assert waiter.wait(1000)
    assert 0 <= waiter.waited < LONGEST_WAIT * 0.9


def test_it_can_be_opened_by_hand(gate: BusyGate) -> None:
    gate.eventFilter(QObject(), QEvent(QEvent.Type.User))
    gate.open()
    assert seconds_at(gate) < LONGEST_WAIT / 2


def test_a_job_waits_at_the_gate_with_each_breath(qtbot: QtBot) -> None:
    class Counting(BusyGate):
        waits = 0

        def __init__(self) -> None:
            QObject.__init__(self)

        def wait(self) -> None:
            self.waits += 1

    def work(progress: Progress) -> str:
        progress.breathe()
        progress.report(0.5)
        return "done"

    gate = Counting()
    jobs = Jobs(None, gate)
    with qtbot.waitSignal(jobs.start("job", work).finished) as told:
        pass
    jobs.close()
    assert told.args == ["done"]
    assert gate.waits == 2
