"""Writes down what a window holds and no file does, so that a crash costs at most one command or five seconds of training.

A line for each command at once, a snapshot of the whole project every few seconds while something moves (DECISIONS 22);
`recovery` says what lies where and reads it. A journal begins with the first unsaved change and is deleted when all is
saved, when the window is closed, or when another document takes its place. Only a crash leaves one behind.
"""

from __future__ import annotations

import math
import time
from dataclasses import asdict, replace
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, QTimer, Signal, Slot

from nnviz.app.document import Document
from nnviz.app.frame import Frame
from nnviz.app.jobs import Job, Jobs, Progress
from nnviz.app.journal_folders import claim, new_folder, remove
from nnviz.app.origin import NONE, Stamp, hashed
from nnviz.app.recovery import (
    ABOUT,
    FORMAT,
    About,
    Kind,
    last_number,
    line,
    line_files,
    quoted,
    snapshots,
)
from nnviz.engine.problem import Problem, ProblemError, message, problem
from nnviz.engine.spec import Spec, Weighted
from nnviz.explain.words import say
from nnviz.formats.project import Project, write_project
from nnviz.formats.save import append, make_private_folder, save
from nnviz.formats.strict import write_json

PERIOD = 4.0  # s between two snapshots: with all it takes to write one, no more than 5 s of training are ever lost
PATIENCE = 30.0  # s after which a snapshot that was asked for is not waited for any longer
LONGEST = 4 << 20  # bytes of a file of lines
LARGE = 1_000  # neurons from which on a line takes more than 2 ms, and is written by a job


class Lines(QObject):
    """The lines of one journal: numbered, in order, in files that begin anew with each snapshot.

    Signals:
        failed(tuple of Problem): a line is not on the disk.
    """

    failed = Signal(object)

    def __init__(self, jobs: Jobs, folder: Path, number: int, parent: QObject) -> None:
        """Go on after the line of this number."""
        super().__init__(parent)
        self.number = number
        self._jobs, self._folder, self._first = jobs, folder, number + 1
        self._size = 0  # of the file that is written to
        self._waiting: list[tuple[int, Kind, str, Spec]] = []
        self._job: Job | None = None

    def write(self, kind: Kind, title: str, spec: Spec) -> None:
        """Write a line before returning; that of a network so large that people would notice goes to a job."""
        if self._size > LONGEST:
            self.turn()
        self.number += 1
        item = (self.number, kind, title, spec)
        units = sum(layer.units for layer in spec.network.layers if isinstance(layer, Weighted))
        if self._job is not None or units + len(spec.network.input.names) > LARGE:
            self._waiting.append(item)
            self._write_waiting()
            return
        data = line(*item)
        self._size += len(data)
        try:
            append(self._file, data)
        except ProblemError as error:
            self._fail(error.problems)

    def turn(self) -> int:
        """Begin a file of its own for the lines to come; return the number of the newest line there is."""
        self._first, self._size = self.number + 1, 0
        return self.number

    def end(self) -> None:
        """Write nothing more."""
        self._waiting.clear()
        if self._job is not None:
            self._job.cancel()

    @property
    def _file(self) -> Path:
        return self._folder / f"journal-{self._first}.jsonl"

    @Slot()
    def _write_waiting(self) -> None:
        """Write what has gathered, unless the job before still does."""
        if self._job is not None and self._job.running:
            return
        self._job = None
        if self._waiting:
            items, self._waiting = tuple(self._waiting), []
            self._job = self._jobs.start(say(message("journal.lines")), _append_lines, (self._file, items))
            self._job.failed.connect(self._fail)
            self._job.ended.connect(self._write_waiting)

    @Slot(object)
    def _fail(self, problems: tuple[Problem, ...]) -> None:
        self.turn()  # what follows a line cut off could not be read
        self.failed.emit(problems)


class Journal(QObject):
    """The journal of one window.

    Signals:
        snapshot_written(): the newest snapshot is on the disk.
        failed(tuple of Problem): nothing can be kept just now; told once, and again only after it has worked.
    """

    snapshot_written = Signal()
    failed = Signal(object)

    def __init__(self, document: Document, jobs: Jobs, folder: Path | None = None, period: float = PERIOD) -> None:
        """Begin to watch a document.

        Args:
            document: with the edits of a recovery already made again.
            jobs: where snapshots are written.
            folder: the journal it was recovered from, which is gone on with: at no time is there none.
            period: seconds between two snapshots.
        """
        super().__init__(document)
        self._document, self._jobs, self._period = document, jobs, period
        self._folder: Path | None = None
        self._lock: QLockFile | None = None
        self._lines: Lines | None = None
        self._snapshot: Job | None = None
        self._clean = document.spec
        self._unwritten: Spec | None = None
        self._hashed = NONE  # the stamp of the document's file with the hash that a snapshot found
        self._index, self._step = document.undo_stack.index(), -1
        self._request, self._asked, self._last = 0, (0, document.spec), -math.inf
        self._moved = self._told = self._closed = False
        self._soon, self._opened = QTimer(self), QTimer(self)
        for timer in (self._soon, self._opened):
            timer.setSingleShot(True)
        self._soon.timeout.connect(self._take)
        self._opened.timeout.connect(self._note_opened)
        if folder is not None and (lock := claim(folder)) is not None:
            self._keep(folder, lock, last_number(folder) + 1)
        document.spec_changed.connect(self._note_spec)
        document.undo_stack.indexChanged.connect(self._note_command)
        document.frame_changed.connect(self._follow)
        document.file.changed.connect(self._judge)
        document.file.taken.connect(self._write_snapshot)
        self._judge()

    def close(self, *, discard: bool) -> None:
        """End it with its window: delete it, or leave it to be offered at the next start."""
        self._closed = True
        self._end(discard=discard)

    # -- begin and end ------------------------------------------------------------------------------------------

    @Slot()
    def _judge(self) -> None:
        """Begin with the first unsaved change, end when all is saved."""
        if self._closed:
            return
        if not self._document.file.unsaved:
            self._clean = self._document.spec
            self._end(discard=True)
        elif self._folder is None:
            self._begin()
        else:  # it may have another name or file now
            self._note_move()

    def _begin(self) -> None:
        """Make a new folder with what the window shows without its unsaved changes."""
        if self._soon.isActive():  # it has just failed, and is tried again then
            return
        folder = new_folder()
        try:
            make_private_folder(folder.parent)
            lock = claim(folder)
            if lock is None:
                raise ProblemError(problem(str(folder.parent), "journal-folder"))
            self._keep(folder, lock, 0)
            make_private_folder(folder)
            append(folder / ABOUT, _as_json(self._about(None)))
            append(folder / "journal-0.jsonl", line(0, "start", "", self._clean))
        except ProblemError as error:
            self._end(discard=True)
            self._soon.start(math.ceil(1000 * self._period))
            self._tell(error.problems)

    def _keep(self, folder: Path, lock: QLockFile, number: int) -> None:
        """Write to this folder from now on, beginning with a snapshot; lines after the one of this number."""
        self._folder, self._lock, self._last = folder, lock, -math.inf
        self._lines = Lines(self._jobs, folder, number, self)
        self._lines.failed.connect(self._tell)
        self._note_move()

    def _end(self, *, discard: bool) -> None:
        """Write no more to this folder; delete it if all of it is saved, or nobody wants it."""
        folder, self._folder = self._folder, None
        lines, self._lines = self._lines, None
        job, self._snapshot = self._snapshot, None
        self._request, self._moved = 0, False
        self._soon.stop()
        self._opened.stop()
        if job is not None:
            job.cancel()
        if lines is not None:
            lines.end()
            lines.deleteLater()
        if folder is not None and discard:
            remove(folder)
        if self._lock is not None:
            self._lock.unlock()
            self._lock = None

    # -- lines --------------------------------------------------------------------------------------------------

    @Slot(object, object)
    def _note_spec(self, _: Spec, new: Spec) -> None:
        """Hold the spec until the undo stack has said what kind of command it was; when it says nothing, it was none."""
        if self._closed:
            return
        if self._unwritten is not None:  # one of several that are undone together
            self._write_line("back", "", self._unwritten)
        self._unwritten = new
        self._opened.start(0)

    @Slot(int)
    def _note_command(self, index: int) -> None:
        if self._closed:  # an undo stack that is deleted says once more that it has changed
            return
        before, self._index = self._index, index
        spec, self._unwritten = self._unwritten, None
        self._opened.stop()
        if spec is not None:
            kind: Kind = "back" if index < before else "merge" if index == before else "edit"
            self._write_line(kind, self._document.undo_stack.text(index if index < before else index - 1), spec)
        elif self._folder is not None:  # numbers were set by hand: lines say specs, the next snapshot has them
            self._note_move()

    @Slot()
    def _note_opened(self) -> None:
        """Begin anew: another document has come in place of this one."""
        self._unwritten = None
        self._end(discard=True)
        self._clean = self._document.spec
        self._judge()

    def _write_line(self, kind: Kind, title: str, spec: Spec) -> None:
        if self._lines is None:  # it could not begin before
            self._judge()
        if self._lines is not None:
            self._lines.write(kind, title, spec)
            self._note_move()

    # -- snapshots ----------------------------------------------------------------------------------------------

    @Slot(object)
    def _follow(self, frame: Frame) -> None:
        if frame.step != self._step:
            self._step = frame.step
            if self._folder is not None:
                self._note_move()
            elif self._document.file.unsaved:
                self._judge()

    def _note_move(self) -> None:
        """Take a snapshot as soon as the last one is written and old enough."""
        self._moved = True
        self._plan()

    def _plan(self) -> None:
        now = time.monotonic()
        waiting = self._request and now < self._last + PATIENCE
        if self._moved and not waiting and self._snapshot is None and not self._soon.isActive():
            self._soon.start(math.ceil(1000 * max(0.0, self._last + self._period - now)))

    @Slot()
    def _take(self) -> None:
        if self._lines is None:
            self._judge()
        else:
            self._moved, self._last = False, time.monotonic()
            self._asked = (self._lines.turn(), self._document.spec)
            self._request = self._document.file.take()

    @Slot(int, object)
    def _write_snapshot(self, request: int, project: Project) -> None:
        if request != self._request or self._folder is None:
            return
        self._request = 0
        number, spec = self._asked
        if project.spec != spec:  # the run could not take the last edit over: it is to be tried again
            number -= 1
        work = (self._folder, max(0, number), project, self._about(project))
        self._snapshot = self._jobs.start(say(message("journal.snapshot")), _write, work)
        self._snapshot.finished.connect(self._note_written)
        self._snapshot.failed.connect(self._note_failed)
        self._snapshot.cancelled.connect(self._note_cancelled)

    @Slot(object)
    def _note_written(self, file: Stamp) -> None:
        self._snapshot, self._told, self._hashed = None, False, file
        self.snapshot_written.emit()
        self._plan()

    @Slot(object)
    def _note_failed(self, problems: tuple[Problem, ...]) -> None:
        self._snapshot = None
        self._tell(problems)
        self._note_move()

    @Slot()
    def _note_cancelled(self) -> None:
        """A person may cancel any job they see; this one comes again."""
        self._snapshot = None
        if self._folder is not None:
            self._note_move()

    @Slot(object)
    def _tell(self, problems: tuple[Problem, ...]) -> None:
        if not self._told:
            self._told = True
            self.failed.emit(problems)

    def _about(self, project: Project | None) -> About:
        stands = project.snapshot if project is not None else None
        file, name = self._document.file, self._document.name
        epoch, step = (stands.epoch, stands.step_count) if stands is not None else (0, 0)
        was = self._hashed if self._hashed.is_of(file.stamp) else file.stamp
        name = name.encode("utf-8", "replace").decode("utf-8")
        return About(FORMAT, name, quoted(file.path), bool(file.damaged), time.time(), epoch, step, was)


def _as_json(about: About) -> bytes:
    return write_json(asdict(about))


def _append_lines(_: Progress, file: Path, items: tuple[tuple[int, Kind, str, Spec], ...]) -> None:
    for item in items:
        append(file, line(*item))


def _write(_: Progress, folder: Path, number: int, project: Project, about: About) -> Stamp:
    """Write a snapshot and what is known of it; then delete what it makes superfluous. Return the stamp of the document's file."""
    target = folder / f"run-{number}.nnviz"
    save(target, write_project(project))
    if about.path and not about.file.sha256:
        about = replace(about, file=hashed(Path(about.path), about.file))
    save(folder / ABOUT, _as_json(about))
    for older, path in snapshots(folder):
        if older != number:
            path.unlink(missing_ok=True)
    ends = line_files(folder)
    for (_first, path), (following, _path) in pairwise(ends):
        if following <= number + 1:
            path.unlink(missing_ok=True)
    return about.file
