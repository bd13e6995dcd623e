"""Random actions of a user while training goes on (RELIABILITY.md, row 6): nothing breaks, nothing stalls, all can be undone.

`NNVIZ_MONKEY=seed,count` lets one monkey do as many actions again.
"""

from __future__ import annotations

import os
import traceback
from typing import Any

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from nnviz.app.document import RunState
from nnviz.ui.theme import LIGHT
from tests.acceptance.conftest import Person
from tests.acceptance.deeds import LEADS_AWAY, Key, press
from tests.acceptance.monkey import Gaps, Monkey, at, drawn, leave, told

AGAIN = os.environ.get("NNVIZ_MONKEY", "0,2000").split(",")
USUAL, LONGEST = 50.0, 200.0  # milliseconds of work that may hold the window up: 99 of 100 times, and ever
SLOW = 10.0  # how much longer on the slow machines of a push
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support (grabbing the keyboard|raise)", extend=True)
on_circle = pytest.mark.parametrize("person", [("circle", LIGHT)], indirect=True)


@on_circle
def test_a_monkey_breaks_nothing(person: Person, qtlog: Any) -> None:
    release(person, qtlog, int(AGAIN[0]), int(AGAIN[1]), SLOW)


@pytest.mark.campaign
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", range(1, 11))
@on_circle
def test_ten_monkeys_break_nothing(person: Person, qtlog: Any, seed: int) -> None:
    release(person, qtlog, seed, 10_000, 1.0)


def release(person: Person, qtlog: Any, seed: int, count: int, factor: float) -> None:
    """Let a monkey do so many actions, and judge what came of it."""
    window, document = person.window, person.document
    start = document.spec
    for name in LEADS_AWAY:  # from menus and by keys as well
        window.actions_by_name[name].setVisible(False)
    window.resize(1024, 700)
    document.train()
    gaps = Gaps()
    with person.bot.captureExceptions() as exceptions:
        monkey = Monkey(window, drawn(seed, count), lambda: bool(exceptions or warnings(qtlog)))
        with person.bot.waitSignal(monkey.done, timeout=100 * count, raising=False):
            gaps.start()
            monkey.start()
        gaps.stop()
    last = f"seed {seed}, after {monkey.at} actions, the last ones\n" + "\n".join(monkey.last)
    assert monkey.at == count or exceptions or warnings(qtlog), f"{last}\nit came no further; {monkey.slowest}"
    assert not exceptions, last + "\n" + "".join(line for each in exceptions for line in traceback.format_exception(*each))
    assert not warnings(qtlog), f"{last}\n{warnings(qtlog)}"
    assert not off(window), f"{last}\nswitched off: {off(window)}"
    held = f"seed {seed}: held up {told(gaps.found)}; of that at work {told(gaps.worked)}; the slowest: {monkey.slowest}"
    print(held)  # noqa: T201  # the figures RELIABILITY.md asks for
    undo_all(person)
    assert document.spec == start, f"{last}\nundoing everything gives {document.spec}"
    assert at(gaps.worked, 0.99) <= factor * USUAL and max(gaps.worked) <= factor * LONGEST, held


def undo_all(person: Person) -> None:
    """Close what is open and take every edit back."""
    person.window.activateWindow()
    while person.window.hands.panel is not None:
        press(person.window.canvas, Key.Key_Escape)
        person.window.hands.close()
    leave()
    stack = person.document.undo_stack
    while stack.canUndo():
        stack.undo()
    person.document.pause()
    person.until(lambda: person.document.state is not RunState.TRAINING)


def warnings(qtlog: Any) -> list[str]:
    """Return what Qt warned of."""
    return [record.message for record in qtlog.records if not record.ignored and record.type_name != "QtDebugMsg"]


def off(window: QObject) -> list[QWidget]:
    """Return the views that could not be shown and were switched off."""
    return [widget for widget in window.findChildren(QWidget) if widget.property("switched off")]
