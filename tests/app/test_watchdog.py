"""The watchdog: a stall is logged once with all stacks, a dialog or a suspended machine is none, and it ends at once."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEventLoop, QTimer
from pytestqt.qtbot import QtBot

from nnviz.app import watchdog
from nnviz.app.watchdog import Watchdog, stacks


@pytest.fixture
def dog(qapp: QCoreApplication, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watchdog]:
    """A watchdog in a hurry: ten times as fast as the real one."""
    monkeypatch.setattr(watchdog, "TICK", 20)
    monkeypatch.setattr(watchdog, "LOOK", 0.1)
    monkeypatch.setattr(watchdog, "STALL", 0.3)
    caplog.set_level(logging.INFO, "nnviz")
    made = Watchdog()
    yield made
    made.stop()


def ticked(qtbot: QtBot, dog: Watchdog) -> None:
    """Wait until the watchdog has seen the event loop run."""
    before = dog._count
    qtbot.waitUntil(lambda: dog._count > before + 10)


def stall_for_a_while(seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        time.sleep(0.01)


def test_a_stall_is_logged_once_with_what_every_thread_does(qtbot: QtBot, dog: Watchdog, caplog: pytest.LogCaptureFixture) -> None:
    held, go_on = threading.Event(), threading.Event()

    def wait_somewhere() -> None:
        held.set()
        go_on.wait()

    other = threading.Thread(target=wait_somewhere, name="the other")
    other.start()
    held.wait()
    ticked(qtbot, dog)
    stall_for_a_while(1.2)
    go_on.set()
    other.join()
    qtbot.waitUntil(lambda: "answers again" in caplog.text)
    stalls = [record for record in caplog.records if "not answered" in record.getMessage()]
    assert len(stalls) == 1
    words = stalls[0].getMessage()
    assert "stall_for_a_while" in words and "wait_somewhere" in words and "the other" in words
    assert words.index("stall_for_a_while") < words.index("wait_somewhere")
    over = next(record for record in caplog.records if "answers again" in record.getMessage())
    assert isinstance(over.args, tuple) and 1.0 < float(str(over.args[0])) < 5.0


def test_two_stalls_are_two_records(qtbot: QtBot, dog: Watchdog, caplog: pytest.LogCaptureFixture) -> None:
    for number in (1, 2):
        ticked(qtbot, dog)
        stall_for_a_while(0.8)
        qtbot.waitUntil(lambda: caplog.text.count("answers again") == number)  # noqa: B023
    assert caplog.text.count("not answered") == 2


def test_a_dialog_with_a_loop_of_its_own_is_no_stall(qtbot: QtBot, dog: Watchdog, caplog: pytest.LogCaptureFixture) -> None:
    ticked(qtbot, dog)
    loop = QEventLoop()
    QTimer.singleShot(900, loop.quit)
    loop.exec()
    assert "not answered" not in caplog.text


def test_a_suspended_machine_is_no_stall(
    qtbot: QtBot, dog: Watchdog, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticked(qtbot, dog)
    real, slept = time.monotonic, 0.0
    monkeypatch.setattr(watchdog.time, "monotonic", lambda: real() + slept)
    slept = 3600.0
    stall = real() + 0.25  # the window wakes a little later than the watchdog
    while real() < stall:
        time.sleep(0.01)
    ticked(qtbot, dog)
    assert "not answered" not in caplog.text and "stood for 3600" in caplog.text


def test_before_the_event_loop_runs_nothing_is_a_stall(dog: Watchdog, caplog: pytest.LogCaptureFixture) -> None:
    dog.stop()  # pytest-qt may have run the event loop since it was made
    fresh = Watchdog()
    stall_for_a_while(0.8)
    fresh.stop()
    assert "not answered" not in caplog.text


def test_it_ends_at_once_and_leaves_no_thread(qapp: QCoreApplication) -> None:
    before = threading.active_count()
    made = Watchdog()
    start = time.monotonic()
    made.stop()
    assert time.monotonic() - start < 0.2 and threading.active_count() == before


def test_it_costs_next_to_nothing(qtbot: QtBot) -> None:
    made = Watchdog()
    begun, loop = time.process_time(), QEventLoop()
    QTimer.singleShot(1000, loop.quit)
    loop.exec()
    used = time.process_time() - begun
    made.stop()
    assert used < 0.02


def test_the_stack_of_the_watched_thread_stands_first() -> None:
    found: list[str] = []
    asking = threading.Thread(target=lambda ident: found.append(stacks(ident)), args=(threading.get_ident(),))
    asking.start()
    asking.join()
    assert found[0].startswith("MainThread") and "test_the_stack_of_the_watched_thread" in found[0]
