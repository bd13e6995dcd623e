"""Lives and ends once for each case it is given: the programs that `test_endings.py` watches.

Everything is imported once; each ending is a fork of that, two beside each other, since most of what a start costs is
imports. A fork is a whole program of its own: it opens a window, is brought into a state, is asked to end, and goes
through the interpreter's own end.
"""

from __future__ import annotations

import faulthandler
import json
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox

from nnviz.app.document import RunState
from nnviz.app.journal import Journal  # noqa: F401 - as below
from nnviz.app.places import HOME
from nnviz.app.start import example_start
from nnviz.ui import exports, furnishing, projects, saving  # noqa: F401 - what a window is made of is imported before the forks
from nnviz.ui.main_window import MainWindow
from nnviz.ui.plots.table import PLOTS
from nnviz.ui.program import run

os.environ["QT_API"] = "pyside6"
import qtawesome  # noqa: F401 - as above

AT_ONCE = 2
HANGS = 30  # seconds after which a program that does not end tells where it stands, and is ended
SLOW_WRITE, SLOW_READ = 0.3, 3.0  # seconds: a slow disk, and one that does not answer in time
UNSAVED = ("training", "saving", "question", "edited")
Answer = QMessageBox.StandardButton


@dataclass(frozen=True)
class Case:
    """One ending: what goes on, and who ends it."""

    state: str
    way: str
    seed: int = 0


@dataclass
class Ending:
    """What was seen of it; `seconds` and `cpu` are from the (last) request or answer to the end of the process."""

    case: Case
    code: int = -1
    seconds: float = -1.0
    cpu: float = -1.0
    asked: bool = False
    unsaved: bool = False
    threads: tuple[str, ...] = ()
    orphans: bool = False


class Hand(QObject):
    """Brings the window into the state, asks it to end, and answers the question that may follow."""

    def __init__(self, case: Case, folder: Path) -> None:
        super().__init__(QApplication.instance())
        self.case, self.folder, self.asked, self.unsaved = case, folder, False, False
        self._delay = random.Random(case.seed).uniform(0.0, 0.2)
        self._steps = [self.is_complete, self.is_there, self.is_answered]
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.act)
        self._timer.start(15)

    @property
    def window(self) -> MainWindow:
        """The window there is."""
        (found,) = self.windows()
        return found

    def windows(self) -> list[MainWindow]:
        """Return the window, or nothing once it is gone."""
        return [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, MainWindow)]

    @Slot()
    def act(self) -> None:
        """Go on to the next step once this one is done."""
        if self._steps and self._steps[0]():
            self._steps.pop(0)

    def is_complete(self) -> bool:
        """Begin what shall be going on, once the window is whole."""
        window = self.window
        if window.document.state is not RunState.PAUSED or not window.is_complete or window.document.frame is None:
            return False
        QTimer.singleShot(0, self, self.begin)  # a dialog with a loop of its own must not stop this one
        return True

    @Slot()
    def begin(self) -> None:
        window, document = self.window, self.window.document
        if self.case.state in UNSAVED:
            spec = document.spec
            document.edit(replace(spec, training=replace(spec.training, learning_rate=0.0123)), "Rate")
        begin: dict[str, Callable[[], Any]] = {
            "training": document.train,
            "saving": window.saving.save_as,
            "opening": lambda: window.projects.open_paths([self.folder / "a.nnviz"]),
            "exporting": window.exports.png,
            "question": window.close,
            "settings": window.look.settings,
            "keys": window.guide.keys,
            "file dialog": window.projects.open,
            "stepping": document.step_through,
        }
        if self.case.state in begin:
            begin[self.case.state]()

    def is_there(self) -> bool:
        """Ask it to end at some moment after the state is reached."""
        window, document = self.window, self.window.document
        reached = {
            "training": document.state is RunState.TRAINING and document.frame is not None and document.frame.step > 20,
            "saving": bool(window.program.jobs.running),
            "opening": bool(window.program.jobs.running),
            "exporting": bool(window.program.jobs.running),
            "question": window.findChild(QMessageBox) is not None,
            "settings": window.look._dialog is not None,
            "keys": QApplication.activeModalWidget() is not None,
            "file dialog": QApplication.activeModalWidget() is not None,
            "stepping": document.state is RunState.STEPPING,
            "edited": document.file.unsaved,
        }.get(self.case.state, True)
        if reached:
            QTimer.singleShot(round(1000 * self._delay), self, self.request)
        return reached

    @Slot()
    def request(self) -> None:
        """End it, in the way of this case."""
        self.unsaved = self.window.document.file.unsaved
        self.note()
        if self.case.way == "close":
            self.window.close()
        elif self.case.way == "quit":
            self.window.actions_by_name["quit"].trigger()
        else:
            os.kill(os.getpid(), signal.Signals[self.case.way])

    def is_answered(self) -> bool:
        """Answer the question whether to save, where a person is there to be asked."""
        found = [window.findChild(QMessageBox) for window in self.windows()]
        if found in ([], [None]) or self.case.state == "question":
            return False
        (box,) = found
        self.asked = True
        self.note()
        box.button(Answer.Save if self.case.state == "saving" else Answer.Discard).click()
        return True

    def note(self) -> None:
        """Write down when the end began."""
        words = {"at": time.monotonic(), "cpu": time.process_time(), "asked": self.asked, "unsaved": self.unsaved}
        (self.folder / "request.json").write_text(json.dumps(words))


def live(case: Case, folder: Path) -> int:
    """Be the program of this case; return its exit code."""
    os.setsid()
    faulthandler.dump_traceback_later(HANGS, exit=True)
    for number, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), number)
    os.environ[HOME] = str(folder / "home")
    written, read = saving.save, projects.open_file

    def slow_save(*words: Any) -> Any:
        time.sleep(SLOW_WRITE)
        return written(*words)

    def slow_read(*words: Any) -> Any:
        time.sleep(SLOW_READ)
        return read(*words)

    saving.save, projects.open_file = slow_save, slow_read
    QFileDialog.getSaveFileName = staticmethod(lambda *_: (str(folder / "live.nnviz"), ""))
    exports.ask_for_file = lambda *_: folder / "live.png"
    application = QApplication(["nnviz"])
    hand = Hand(case, folder)
    code = run([example_start("circle")])
    del hand
    left = [thread.name for thread in threading.enumerate() if not isinstance(thread, threading._DummyThread)]
    (folder / "threads.json").write_text(json.dumps(left))
    del application
    return code


def main() -> int:
    """Fork a program for each case; write down how each ended. Returns the exit code of a fork in the fork."""
    folder, cases = Path(sys.argv[1]), [Case(*words) for words in json.loads(sys.argv[2])]
    np.dot(np.ones((2, 2)), np.ones((2, 2)))
    for entry in PLOTS.values():
        entry.plot_class()
    alive: dict[int, tuple[Path, Ending]] = {}
    endings, waiting = [], list(enumerate(cases))
    while waiting or alive:
        while waiting and len(alive) < AT_ONCE:
            number, case = waiting.pop(0)
            own = folder / str(number)
            (own / "home").mkdir(parents=True)
            pid = os.fork()
            if not pid:
                return live(case, own)
            alive[pid] = own, Ending(case)
        pid, status, usage = os.wait4(-1, 0)
        now = time.monotonic()
        own, ending = alive.pop(pid)
        ending.code = os.waitstatus_to_exitcode(status)
        if (own / "request.json").exists():
            begun = json.loads((own / "request.json").read_text())
            ending.seconds, ending.cpu = now - begun["at"], usage.ru_utime + usage.ru_stime - begun["cpu"]
            ending.asked, ending.unsaved = begun["asked"], begun["unsaved"]
        if (own / "threads.json").exists():
            ending.threads = tuple(json.loads((own / "threads.json").read_text()))
        ending.orphans = _is_group(pid)
        endings.append(asdict(ending) | {"number": int(own.name)})
    (folder / "endings.json").write_text(json.dumps(endings))
    return 0


def _is_group(pid: int) -> bool:
    """Tell whether anything is left of the session of a process."""
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
