"""Windows without a screen: a document and its journal, and folders as a program that died leaves them."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import SignalInstance
from pytestqt.qtbot import QtBot

from nnviz.app.document import Document, RunState
from nnviz.app.jobs import Jobs
from nnviz.app.journal import Journal
from nnviz.app.journal_folders import recovery_folder
from nnviz.app.recovery import ABOUT, Offer, Recovered, find, line, load
from nnviz.app.start import Start
from nnviz.engine.snapshot import begin, checksum
from nnviz.engine.spec import Spec
from nnviz.formats.examples import load as load_example
from nnviz.formats.project import Project, write_project
from nnviz.formats.save import save

SHORT, NEVER = 0.05, 1000.0  # periods of snapshots
XOR = load_example("xor").spec
ABOUT_XOR = {"format": 1, "name": "xor", "path": "/somewhere/xor.nnviz", "when": 1.7e9, "epoch": 3, "step": 12}


class Window:
    """A document and its journal, as a window has them."""

    def __init__(self, qtbot: QtBot, project: Project, name: str, period: float) -> None:
        self.bot, self.jobs = qtbot, Jobs()
        self.document = Document(Start(project, name))
        qtbot.waitUntil(lambda: self.document.state is RunState.PAUSED, timeout=20000)
        self.journal = Journal(self.document, self.jobs, period=period)

    def set_rate(self, rate: float, merge_key: str | None = None) -> Spec:
        spec = self.document.spec
        assert self.document.edit(replace(spec, training=replace(spec.training, learning_rate=rate + 0.003)), f"Rate {rate}", merge_key)
        return self.document.spec

    def train_to(self, step: int) -> None:
        with self.bot.waitSignal(self.document.state_changed, check_params_cb=lambda state: state is RunState.PAUSED):
            self.document.train(step)
        self.bot.waitUntil(lambda: self.document.frame is not None and self.document.frame.step == step)

    def hold_snapshots(self) -> None:
        """Let no further snapshot be taken for a long time."""
        self.journal._soon.stop()
        self.journal._period, self.journal._last = NEVER, time.monotonic()

    def until_written(self) -> None:
        """Wait until a snapshot holds all there is."""
        journal = self.journal
        self.bot.waitUntil(lambda: not (journal._moved or journal._request or journal._snapshot), timeout=20000)

    def save(self, path: Path) -> None:
        request = self.document.file.take()  # the journal may be waiting for a project of its own
        with self.bot.waitSignal(self.document.file.taken, check_params_cb=lambda number, _: number == request) as taken:
            pass
        save(path, write_project(taken.args[1]))
        self.document.file.mark_saved(request, path, checksum(taken.args[1].snapshot))

    def crash(self) -> None:
        """Leave everything as a killed process does: the files are there, the lock is held by nobody."""
        self.journal.close(discard=False)

    def close(self) -> None:
        self.journal.close(discard=True)
        self.document.close()
        self.jobs.close()
        self.document.deleteLater()


class Opener:
    """Opens windows by example name; `close` ends them all."""

    def __init__(self, qtbot: QtBot) -> None:
        self.bot, self.opened = qtbot, list[Window]()

    def __call__(self, name: str = "xor", *, period: float = NEVER, project: Project | None = None) -> Window:
        """Open one whose first snapshot is taken at once, and the next after this many seconds."""
        example = load_example(name)
        self.opened.append(Window(self.bot, project or Project(example.spec, example.initial), name, period))
        return self.opened[-1]

    def close(self) -> None:
        for window in self.opened:
            window.close()


def folders() -> list[Path]:
    root = recovery_folder()
    return sorted(path for path in root.iterdir() if path.is_dir()) if root.is_dir() else []


def collect(signal: SignalInstance) -> list[object]:
    seen: list[object] = []
    signal.connect(seen.append)
    return seen


def recovered() -> tuple[Offer, Recovered]:
    (offer,) = find()
    return offer, load(offer)


def final(found: Recovered) -> Spec:
    return found.later[-1][1] if found.later else found.project.spec


def rated(rate: float) -> Spec:
    return replace(XOR, training=replace(XOR.training, learning_rate=rate))


def run(spec: Spec = XOR, step: int = 12) -> bytes:
    return write_project(Project(spec, None, replace(begin(spec), step_count=step, epoch=1)))


def make(name: str = "a", *, about: Any = ABOUT_XOR, runs: dict[str, bytes] | None = None, lines: dict[str, bytes] | None = None) -> Path:
    """Write the folder of a window that died."""
    folder = recovery_folder() / name
    folder.mkdir()
    if about is not None:
        (folder / ABOUT).write_bytes(about if isinstance(about, bytes) else json.dumps(about).encode())
    for part, data in ({"run-0.nnviz": run()} if runs is None else runs).items():
        (folder / part).write_bytes(data)
    for part, data in (lines or {}).items():
        (folder / part).write_bytes(data)
    return folder


def edits(*rates: float, first: int = 1) -> bytes:
    return b"".join(line(first + number, "edit", f"Rate {rate}", rated(rate)) for number, rate in enumerate(rates))


def only() -> Offer:
    (offer,) = find()
    return offer


def rates(offer: Offer) -> list[float]:
    return [spec.training.learning_rate for _, spec in load(offer).later]
