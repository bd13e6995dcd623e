"""Where a document is kept: its file, whether something in it is not saved yet, and how to take it as it stands.

Unsaved are edits *and training* since the last save (DECISIONS 22). Edits are judged by the undo stack, so that undoing
back to what was saved counts as saved; training by the step the run stands at, together with a count of its jumps: a
run that was reset and trained anew to the same step is another run.
"""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from nnviz.app.frame import Frame
from nnviz.app.start import Start
from nnviz.engine.problem import Problem
from nnviz.formats.project import Project

if TYPE_CHECKING:
    from nnviz.app.document import Document
    from nnviz.app.host import TrainingHost

Mark = tuple[int, int]  # jumps, step
NEVER: Mark = (-1, -1)
KEPT_REQUESTS = 16


class ProjectFile(QObject):
    """The file of one document.

    Attributes:
        path: where it is kept, None before the first save.
        damaged: what of the file could not be read; such a document is saved under another name only.

    Signals:
        changed: `path`, `damaged` or `unsaved` is another now.
        taken(request, Project): the document as it stood when `take` was called.
    """

    changed = Signal()
    taken = Signal(int, object)

    def __init__(self, document: Document, host: TrainingHost) -> None:
        super().__init__(document)
        self._document, self._host = document, host
        self.path: Path | None = None
        self.damaged: tuple[Problem, ...] = ()
        self.unsaved = False
        self._jumps = 0
        self._step = 0
        self._saved: Mark | None = None  # None: where the run stands when it is first seen
        self._requests = count(1)
        self._asked: dict[int, tuple[int, int]] = {}
        self._given: dict[int, Mark] = {}
        host.worker.taken.connect(self._show_taken)
        document.undo_stack.indexChanged.connect(self._judge)
        document.undo_stack.cleanChanged.connect(self._judge)
        document.frame_changed.connect(self._follow)

    def begin(self, start: Start) -> None:
        """Belong to another document."""
        self.path, self.damaged = start.path, start.damaged
        self._jumps += 1
        self._saved = NEVER if start.unsaved else None
        self._asked.clear()
        self._given.clear()
        self.unsaved = start.unsaved
        self.changed.emit()

    def take(self) -> int:
        """Ask for the document as it stands; `taken` brings it with the number returned here."""
        request = next(self._requests)
        self._asked[request] = (self._document.undo_stack.index(), self._jumps)
        for old in list(self._asked)[:-KEPT_REQUESTS]:  # of journals, which are never marked as saved
            del self._asked[old]
            self._given.pop(old, None)
        self._host.take.emit(request)
        return request

    def mark_saved(self, request: int, path: Path) -> None:
        """Note that what this request brought is in the file, verified; what was done since is not."""
        index, _ = self._asked.pop(request, (-1, 0))
        mark = self._given.pop(request, NEVER)
        self.path, self.damaged, self._document.name = path, (), path.stem
        self._saved = mark
        stack = self._document.undo_stack
        if index == stack.index():
            stack.setClean()
        else:
            stack.resetClean()  # edited meanwhile: nothing on the stack is what the file holds
        self._judge()
        self.changed.emit()

    def note_jump(self) -> None:
        """Note that the run goes on from elsewhere: it was reset, sent back, or stepped by hand."""
        self._jumps += 1

    def close(self) -> None:
        """Judge no more: an undo stack that is deleted says once more that it has changed."""
        stack = self._document.undo_stack
        stack.indexChanged.disconnect(self._judge)
        stack.cleanChanged.disconnect(self._judge)

    @Slot(int, object)
    def _show_taken(self, request: int, project: Project) -> None:
        if request in self._asked:  # else of a document that was here before
            self._given[request] = (self._asked[request][1], project.snapshot.step_count if project.snapshot else 0)
            self.taken.emit(request, project)

    @Slot(object)
    def _follow(self, frame: Frame) -> None:
        if frame.step < self._step:
            self._jumps += 1
        self._step = frame.step
        if self._saved is None:
            self._saved = (self._jumps, frame.step)
        self._judge()

    @Slot()
    def _judge(self) -> None:
        moved = self._saved is not None and self._saved != (self._jumps, self._step)
        unsaved = moved or not self._document.undo_stack.isClean()
        if unsaved != self.unsaved:
            self.unsaved = unsaved
            self.changed.emit()
