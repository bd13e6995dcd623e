"""Where a document is kept: its file, whether something in it is not saved yet, and how to take it as it stands.

Unsaved are edits *and training* since the last save (DECISIONS 22). Edits are judged by the undo stack, so that undoing
back to what was saved counts as saved; the run by a checksum of everything that decides how it goes on. So a run that was
reset and trained anew to the same place is the same run, and one whose moments an edit has cost is another.
"""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from nnviz.app.frame import Frame
from nnviz.app.origin import NONE, stamp
from nnviz.app.start import Start
from nnviz.engine.problem import Problem
from nnviz.engine.spec import Spec
from nnviz.formats.project import Project

if TYPE_CHECKING:
    from nnviz.app.document import Document
    from nnviz.app.host import TrainingHost

NEVER = -2  # the checksum of no run
KEPT_REQUESTS = 16


class ProjectFile(QObject):
    """The file of one document.

    Attributes:
        path: where it is kept, None before the first save.
        damaged: what of the file could not be read; such a document is saved under another name only.
        stamp: what the file was when it was opened or saved here.

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
        self.stamp = NONE
        self.unsaved = False
        self._checksum = -1
        self._saved: int | None = None  # None: where the run stands when it is first seen
        self._requests = count(1)
        self._documents = 0  # how many have been here: a save may end when its document has made way for another
        self._asked: dict[int, tuple[int, int, Spec]] = {}
        host.worker.taken.connect(self._show_taken)
        document.undo_stack.indexChanged.connect(self._judge)
        document.undo_stack.cleanChanged.connect(self._judge)
        document.frame_changed.connect(self._follow)

    def begin(self, start: Start) -> None:
        """Belong to another document."""
        self.path, self.damaged, self.stamp = start.path, start.damaged, stamp(start.path)
        self._saved, self._checksum = NEVER if start.unsaved else None, -1
        self._documents += 1
        self.unsaved = start.unsaved
        self.changed.emit()

    def take(self) -> int:
        """Ask for the document as it stands; `taken` brings it with the number returned here."""
        request = next(self._requests)
        self._asked[request] = (self._documents, self._document.undo_stack.index(), self._document.spec)
        for old in list(self._asked)[:-KEPT_REQUESTS]:  # of journals, which are never marked as saved
            del self._asked[old]
        self._host.take.emit(request)
        return request

    def is_whole(self, request: int, project: Project) -> bool:
        """Tell whether what was taken is what was asked for; an edit that the run could not take over is not in it."""
        return request in self._asked and self._asked[request][2] == project.spec

    def mark_saved(self, request: int, path: Path, checksum: int) -> None:
        """Note that what this request brought, a run with this checksum, is in the file, verified; what was done since is not."""
        document, index, _ = self._asked.pop(request, (-1, -1, None))
        if document != self._documents:
            return
        self.path, self.damaged, self.stamp, self._document.name = path, (), stamp(path), path.stem
        self._saved = checksum
        stack = self._document.undo_stack
        if index == stack.index():
            stack.setClean()
        else:
            stack.resetClean()  # edited meanwhile: nothing on the stack is what the file holds
        self._judge()
        self.changed.emit()

    def changed_on_disk(self) -> bool:
        """Tell whether the file is another than was read or saved here; one that is gone is not."""
        now = stamp(self.path)
        return now != NONE and not now.is_of(self.stamp)

    def close(self) -> None:
        """Judge no more: an undo stack that is deleted says once more that it has changed."""
        stack = self._document.undo_stack
        stack.indexChanged.disconnect(self._judge)
        stack.cleanChanged.disconnect(self._judge)

    @Slot(int, object)
    def _show_taken(self, request: int, project: Project) -> None:
        self.taken.emit(request, project)

    @Slot(object)
    def _follow(self, frame: Frame) -> None:
        self._checksum = frame.checksum
        if self._saved is None:
            self._saved = frame.checksum if frame.checksum >= 0 else NEVER
        self._judge()

    @Slot()
    def _judge(self) -> None:
        moved = self._saved is not None and self._saved != self._checksum
        unsaved = moved or not self._document.undo_stack.isClean()
        if unsaved != self.unsaved:
            self.unsaved = unsaved
            self.changed.emit()
