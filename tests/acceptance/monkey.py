"""A monkey at the window: random actions of a user, drawn from a seed, so that the same seed does the same again.

It works from a timer in the program's own event loop; a second timer measures how long the loop is held up.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from nnviz.app.document import RunState
from nnviz.ui.main_window import MainWindow
from tests.acceptance.deeds import DEEDS, PLAIN, Action, Key, click, pick, press

HELD = (*[PLAIN] * 6, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier)
TURN = 0.02  # seconds in which the monkey goes on in one turn of the loop: what comes fast is painted once, as from a real mouse
MOST_LAYERS = 10  # beyond which the monkey takes its newest edit back, as someone does who wants to see something


def drawn(seed: int, count: int) -> list[Action]:
    """Draw what a monkey will do."""
    rng = random.Random(seed)
    kinds = rng.choices(list(DEEDS), [often for often, _ in DEEDS.values()], k=count)
    return [Action(kind, rng.random(), rng.random(), rng.random(), rng.random(), rng.choice(HELD)) for kind in kinds]


class Gaps(QObject):
    """Measures how long the event loop of its thread is held up, by what passes between two calls of a timer.

    Attributes:
        found: milliseconds of the clock.
        worked: milliseconds in which this thread computed: what remains on a machine that others use as well.
    """

    def __init__(self) -> None:
        super().__init__()
        self.found: list[float] = []
        self.worked: list[float] = []
        self._before = self._worked_before = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(5)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        """Begin to measure."""
        self._before, self._worked_before = time.perf_counter(), time.thread_time()
        self._timer.start()

    def stop(self) -> None:
        """Measure no further."""
        self._timer.stop()

    @Slot()
    def _tick(self) -> None:
        now, worked = time.perf_counter(), time.thread_time()
        self.found.append(1000 * (now - self._before))
        self.worked.append(1000 * (worked - self._worked_before))
        self._before, self._worked_before = now, worked


def told(gaps: list[float]) -> str:
    """Return the figures of gaps, as they are reported."""
    return f"p50 {at(gaps, 0.5):.1f} ms, p99 {at(gaps, 0.99):.1f} ms, max {max(gaps):.1f} ms"


def at(gaps: list[float], share: float) -> float:
    """Return the gap that this share of all does not exceed."""
    return pick(sorted(gaps), share)


class Monkey(QObject):
    """Does actions at a window until all are done or something went wrong.

    Attributes:
        at: how many were done.
        slowest: the longest ones: milliseconds, and which it was.

    Signals:
        done: it has come to its end.
    """

    done = Signal()

    def __init__(self, window: MainWindow, todo: list[Action], went_wrong: Callable[[], bool]) -> None:
        super().__init__()
        self._window, self._todo, self._went_wrong = window, todo, went_wrong
        self.at = 0
        self.slowest: list[tuple[float, str]] = []
        self._acting = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        """Begin, once the event loop runs."""
        self._timer.start(0)

    @property
    def last(self) -> list[str]:
        """The newest twenty actions, as they can be told."""
        first = max(0, self.at - 20)
        return [f"{at}: {action}" for at, action in enumerate(self._todo[first : self.at], first)]

    @Slot()
    def _tick(self) -> None:
        if self._acting:  # inside of something that has an event loop of its own
            leave()
        elif self.at == len(self._todo) or self._went_wrong():
            self._timer.stop()
            self.done.emit()
        else:
            began = time.perf_counter()
            while self.at < len(self._todo) and time.perf_counter() - began < TURN:
                self._do(self._todo[self.at])

    def _do(self, action: Action) -> None:
        self.at += 1
        self._acting, began = True, time.perf_counter()
        try:
            self._act(action)
        finally:
            self._acting = False
        self.slowest.append((1000 * (time.perf_counter() - began), f"{self.at - 1}: {action}"))
        self.slowest = sorted(self.slowest, reverse=True)[:5]

    def _act(self, action: Action) -> None:
        popup, document = QApplication.activePopupWidget(), self._window.document
        if QApplication.activeModalWidget() is not None:
            leave()
        elif popup is not None:
            in_popup(popup, action)
        else:
            self._come_back()
            if document.state in (RunState.PAUSED, RunState.STEPPING, RunState.FAILED) and action.c < 0.3:
                document.train()
            DEEDS[action.kind][1](self._window, action)
            if len(document.spec.network.layers) > MOST_LAYERS:
                document.undo_stack.undo()

    def _come_back(self) -> None:
        """Close dialogs that stand beside the window, and have it active again: there is no window manager to do it."""
        if not self._window.isActiveWindow():
            for dialog in self._window.findChildren(QDialog):
                if dialog.isVisible():
                    press(dialog, Key.Key_Escape)
            self._window.activateWindow()


def leave() -> None:
    """Press Escape in the menu or dialog that keeps everything else waiting, or where the focus is."""
    for widget in (QApplication.activePopupWidget(), QApplication.activeModalWidget(), QApplication.focusWidget()):
        if widget is not None:
            press(widget, Key.Key_Escape)
            return


def in_popup(popup: QWidget, action: Action) -> None:
    """Go on in a menu or a list that is open: leave it, choose, or move on."""
    if action.a < 0.3:
        press(popup, Key.Key_Escape)
    elif action.a < 0.85:
        press(popup, pick((Key.Key_Down, Key.Key_Up, Key.Key_Return), action.b))
    else:
        click(popup, QPoint(int(action.c * popup.width()), int(action.d * popup.height())))
