"""Twenty windows die by SIGKILL and SIGSEGV in the middle of edits and training; all come back (RELIABILITY 14).

Run as a program, this file is the one that dies: it opens windows' documents and journals, edits and trains them at
random, and writes down what it did, so that what is recovered can be compared with it.
"""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QGuiApplication

from nnviz.app.document import Document, RunState
from nnviz.app.frame import Frame
from nnviz.app.jobs import Jobs
from nnviz.app.journal import Journal
from nnviz.app.places import HOME
from nnviz.app.recovery import Offer, discard, find, load
from nnviz.app.start import Start
from nnviz.engine.edits import insert_layer, remove_layer, with_units
from nnviz.engine.network import initialize
from nnviz.engine.spec import Spec
from nnviz.formats.examples import load as load_example
from nnviz.formats.project import Project, open_project, write_project

EXAMPLES = ("spiral", "circle", "xor", "moons", "mazur")  # a window each
SIGNALS = (signal.SIGKILL, signal.SIGSEGV)
LONGEST_LOSS = 5.0  # s of training
FAST = 200.0  # steps a second: five runs beside each other leave the processor some rest


def digest(spec: Spec) -> str:
    return hashlib.sha256(repr(spec).encode()).hexdigest()[:16]


# -- the one who dies -------------------------------------------------------------------------------------------


class Window(QObject):
    """A document with its journal, and a hand that edits it at random."""

    def __init__(self, number: int, name: str, path: Path | None, log: int, random_: random.Random) -> None:
        super().__init__()
        self.number, self.log, self.random = number, log, random_
        example = load_example(name)
        project = Project(example.spec, example.initial) if path is None else open_project(path).project
        self.jobs = Jobs(self)
        self.document = Document(Start(project, f"{os.getpid()}-{number}", path))
        self.document.host.set_speed.emit(FAST)
        self.document.spec_changed.connect(self.say_begun)  # before the journal hears of it
        self.document.frame_changed.connect(self.say_frame)
        self.journal = Journal(self.document, self.jobs)
        self.say("opened", digest(project.spec))

    def say(self, *words: object) -> None:
        os.write(self.log, (" ".join(map(str, (self.number, *words))) + "\n").encode())

    @Slot(object, object)
    def say_begun(self, _: Spec, spec: Spec) -> None:
        self.say("begun", digest(spec))

    @Slot(object)
    def say_frame(self, frame: Frame) -> None:
        self.say("frame", frame.step, time.monotonic())

    def act(self) -> None:
        """Do one thing, and say when it is done."""
        document, spec = self.document, self.document.spec
        layer = self.random.choice(spec.network.layers[:-1])
        match self.random.randrange(9):
            case 0:
                document.edit(with_units(spec, layer.id, self.random.randint(1, 12)), "Units")
            case 1 if len(spec.network.layers) < 6:
                document.edit(insert_layer(spec, self.random.randrange(len(spec.network.layers)), self.random.randint(1, 6)), "Layer")
            case 2 if len(spec.network.layers) > 2:
                document.edit(remove_layer(spec, layer.id), "No layer")
            case 3:
                document.undo_stack.undo()
            case 4:
                document.undo_stack.redo()
            case 5:
                document.undo_stack.setIndex(self.random.randint(1, max(1, document.undo_stack.count())))
            case 6 | 7:
                for rate in sorted(self.random.random() for _ in range(8)):  # a drag
                    document.edit(replace(document.spec, training=replace(spec.training, learning_rate=rate)), "Rate", f"{spec.training}")
            case _:
                document.toggle() if document.state is RunState.PAUSED else document.train()
        self.say("done", digest(document.spec))


class Hand(QObject):
    """Acts in all windows by turns until it dies."""

    def __init__(self, windows: list[Window], random_: random.Random, seconds: float, how: signal.Signals) -> None:
        super().__init__()
        self.windows, self.random, self.seconds, self.how = windows, random_, seconds, how
        self.timer = QTimer(self)
        self.timer.timeout.connect(self.act)
        self.timer.start(30)
        self.ready = False

    @Slot()
    def act(self) -> None:
        if not self.ready and all(window.document.state is RunState.PAUSED for window in self.windows):
            self.ready = True
            for window in self.windows:
                window.document.edit(with_units(window.document.spec, window.document.spec.network.layers[0].id, 5), "First")
                window.say("done", digest(window.document.spec))
                window.document.train()
            threading.Thread(target=self.die, daemon=True).start()
            os.write(sys.stdout.fileno(), b"ready\n")
        elif self.ready:
            self.random.choice(self.windows).act()

    def die(self) -> None:
        """End the process at some moment, whatever it is about to do."""
        time.sleep(self.seconds)
        self.windows[0].say("died", time.monotonic())
        os.kill(os.getpid(), self.how)


def main() -> None:
    """Live for a while."""
    import resource

    seed, how, folder = int(sys.argv[1]), signal.Signals(int(sys.argv[2])), Path(sys.argv[3])
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    random_ = random.Random(seed)
    application = QGuiApplication([])
    log = os.open(folder / f"{os.getpid()}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    paths = [folder / f"{name}.nnviz" if number % 2 else None for number, name in enumerate(EXAMPLES)]
    windows = [Window(number, name, paths[number], log, random_) for number, name in enumerate(EXAMPLES)]
    hand = Hand(windows, random_, float(sys.argv[4]), how)
    application.exec()
    del hand


# -- the one who looks ------------------------------------------------------------------------------------------


@dataclass
class Told:
    """What one window said before it died."""

    opened: str = ""
    done: str = ""
    begun: list[str] = field(default_factory=list)
    frames: list[tuple[int, float]] = field(default_factory=list)

    @property
    def unsaved(self) -> bool:
        """Tell whether there was something to lose for certain: not all of it was just undone."""
        return self.opened not in (self.done, *self.begun) or any(step for step, _ in self.frames)


@dataclass
class Dead:
    """One process that died: what its windows said, and when it did."""

    windows: dict[str, Told]
    at: float


def heard(log: Path) -> Dead:
    """Return what a process wrote down."""
    windows: dict[str, Told] = {}
    at = 0.0
    for row in log.read_text().splitlines():
        number, what, *words = row.split()
        told = windows.setdefault(f"{log.stem}-{number}", Told())
        if what == "opened":
            told.opened = words[0]
        elif what == "begun":
            told.begun.append(words[0])
        elif what == "done":
            told.done, told.begun = words[0], []
        elif what == "frame":
            told.frames.append((int(words[0]), float(words[1])))
        else:
            at = float(words[0])
    return Dead(windows, at)


def kill(folder: Path, seeds: range) -> list[Dead]:
    """Run a process a seed beside each other until each has killed itself."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONFAULTHANDLER"}
    processes = []
    for seed in seeds:
        how, seconds = SIGNALS[seed % 2], random.Random(seed).uniform(0.2, 8.0)
        words = [sys.executable, __file__, str(seed), str(int(how)), str(folder), str(seconds)]
        processes.append((how, subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, text=True)))
    for _, process in processes:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
        offered = {offer.name.split("-")[0] for offer in find()}
        assert str(process.pid) not in offered or process.poll() is not None, "a living window was offered"
    for how, process in processes:
        process.communicate(timeout=100)
        assert process.returncode == -how
    return [heard(folder / f"{process.pid}.log") for _, process in processes]


def check_window(offer: Offer, told: Told, died: float) -> Spec:
    """Compare what comes back with what there was."""
    found = load(offer)
    spec = found.later[-1][1] if found.later else found.project.spec
    assert found.damaged == () and digest(spec) in {told.done, *told.begun}, "a command is lost"
    step = found.project.snapshot.step_count if found.project.snapshot is not None else 0
    before = [shown for shown, when in told.frames if when < died - LONGEST_LOSS]
    assert step >= max(before, default=0), f"more than {LONGEST_LOSS} s of training are lost"
    return spec


def check_kills(folder: Path, seeds: range) -> None:
    originals = {}
    for name in EXAMPLES:
        path, spec = folder / f"{name}.nnviz", load_example(name).spec
        path.write_bytes(write_project(Project(spec, initialize(spec.network, 3))))
        originals[path] = path.read_bytes()
    for dead in kill(folder, seeds):
        offers = {offer.name: offer for offer in find()}
        assert {name for name, told in dead.windows.items() if told.unsaved} <= offers.keys(), "a window is not offered"
        for name in dead.windows.keys() & offers.keys():
            offer, told, number = offers[name], dead.windows[name], int(name.split("-")[1])
            check_window(offer, told, dead.at)
            assert offer.path == (folder / f"{EXAMPLES[number]}.nnviz" if number % 2 else None)
            assert 0 <= time.time() - offer.when < 100
    assert all(path.read_bytes() == data for path, data in originals.items()), "an original was touched"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(HOME, str(tmp_path / "home"))
    return tmp_path


def test_twenty_windows_that_die_come_back(home: Path) -> None:
    check_kills(home, range(92, 96))  # these live for 3.5, 7.3, 4.5 and 6.1 s: before, at and after the second snapshot


@pytest.mark.campaign
@pytest.mark.timeout(0)
def test_five_hundred_windows_that_die_come_back(home: Path) -> None:
    for first in range(100, 200, 4):
        check_kills(home, range(first, first + 4))
        for offer in find():
            assert discard(offer.folder)


def test_what_came_back_goes_on(qtbot: object, home: Path) -> None:
    """Recovered, edited again and trained on, and dead again before the first snapshot: still all there."""
    (dead,) = kill(home_with_originals(home), range(7, 8))
    name, told = next((name, told) for name, told in dead.windows.items() if told.unsaved)
    offer = next(offer for offer in find() if offer.name == name)
    found, jobs = load(offer), Jobs()
    document = Document(Start(found.project, found.name, found.path, unsaved=True))
    for title, spec in found.later:
        assert document.edit(spec, title)
    journal = Journal(document, jobs, offer.folder)
    assert document.file.unsaved and digest(document.spec) in {told.done, *told.begun}
    assert all(other.folder != offer.folder for other in find())
    document.edit(with_units(document.spec, document.spec.network.layers[0].id, 9), "After")
    journal.close(discard=False)
    again = load(next(other for other in find() if other.folder == offer.folder))
    assert again.later[-1] == ("After", document.spec)
    document.close()
    jobs.close()
    document.deleteLater()


def home_with_originals(home: Path) -> Path:
    for name in EXAMPLES:
        (home / f"{name}.nnviz").write_bytes(write_project(Project(load_example(name).spec, None)))
    return home


if __name__ == "__main__":
    main()
