"""Saves the project of one window, and asks before something unsaved goes.

The worker hands over the run as it stands, a job writes it; only a verified file counts as saved. What follows a question
or a save (closing the window, opening something else) is kept as `_then` and done when the answer, or the file, is there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QFileDialog, QMessageBox, QPushButton, QWidget

from nnviz.app.document import RunState
from nnviz.app.jobs import Progress
from nnviz.app.project_file import NEVER
from nnviz.engine.problem import Problem, problem
from nnviz.engine.snapshot import checksum
from nnviz.explain.words import one_line
from nnviz.formats.project import Project, write_project
from nnviz.formats.save import save
from nnviz.ui.view_state import view_of

if TYPE_CHECKING:
    from nnviz.ui.main_window import MainWindow

SUFFIX = ".nnviz"
Answer = QMessageBox.StandardButton


class Saving(QObject):
    """What the File menu saves of its window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window, self._document, self._program = window, window.document, window.program
        self._then: Callable[[], None] | None = None
        self._saving: dict[int, Path] = {}
        self._document.file.taken.connect(self._write)

    @Slot()
    def save(self) -> None:
        """Save to the project's file; without one, or where it was damaged, ask for one."""
        path = self._document.file.path
        if path is None or self._document.file.damaged:
            self.save_as()
        else:
            self._begin_save(path)

    @Slot()
    def save_as(self) -> None:
        """Ask for a file and save to it."""
        usual = str(Path(self.folder()) / f"{self._document.name or self.tr('network')}{SUFFIX}")
        name, _ = QFileDialog.getSaveFileName(self._window, self.tr("Save as"), usual, self.tr("Projects (*.nnviz)"))
        if not name:
            self._stay()
            return
        path = Path(name)
        if path.suffix != SUFFIX:
            path = path.with_name(path.name + SUFFIX)
            if path.exists() and not self._may_replace(path):
                self._stay()
                return
        self._begin_save(path)

    def _may_replace(self, path: Path) -> bool:
        """Ask before a suffix that was added makes the name one that is there already."""
        words = self.tr("{file} is there already. Replace it?").format(file=path.name)
        return QMessageBox.question(self._window, self.tr("Save as"), words) is Answer.Yes

    def _begin_save(self, path: Path) -> None:
        other = self._program.window_of(path)
        if other is None or other is self._window:
            self._saving[self._document.file.take()] = path
        else:
            self._show_not_saved((problem(str(path), "save-open-elsewhere"),))

    @Slot(int, object)
    def _write(self, request: int, project: Project) -> None:
        """Write what the worker handed over; only a verified file counts as saved."""
        path = self._saving.pop(request, None)
        if path is None:  # somebody else's request
            return
        if not self._document.file.is_whole(request, project):
            self._show_not_saved((problem(str(path), "save-edit-missing"),))
            return
        project = replace(project, view=view_of(self._window))
        title, then = self.tr("Saving {file}").format(file=path.name), self._then
        job = self._program.jobs.start(title, _save, (request, path, project), key=f"save {path}")
        self._then = then  # forgotten with an older save of this file, which this one has just cancelled
        job.finished.connect(self._show_saved)
        job.failed.connect(self._show_not_saved)
        job.cancelled.connect(self._stay)

    @Slot(object)
    def _show_saved(self, found: tuple[int, Path, int]) -> None:
        request, path, checksum = found
        self._document.file.mark_saved(request, path, checksum)
        self._program.settings.remember_recent(str(path))
        self._window.say(self.tr("Saved: {file}").format(file=path))
        then, self._then = self._then, None
        if then is None:
            return
        if self._document.state is not RunState.TRAINING and self._document.undo_stack.isClean():
            then()  # whatever the last frame on its way says: the run stands, and nothing was edited
        else:
            self.leave(then)

    @Slot(object)
    def _show_not_saved(self, problems: tuple[Problem, ...]) -> None:
        self._stay()
        self._offer_elsewhere(problems)

    def show_damage(self, damaged: tuple[Problem, ...]) -> None:
        """Say what of the file could not be read; the rest is shown, and saved under another name only."""
        if damaged:
            self._offer_elsewhere(damaged)

    def _offer_elsewhere(self, problems: tuple[Problem, ...]) -> None:
        """Say what is wrong with the file, and offer to save to another one."""
        button = QPushButton(self.tr("Save as…"), self._window)
        button.clicked.connect(self.save_as)
        self._window.banner.offer("\n".join(map(one_line, problems[:3])), (button,))

    @Slot()
    def _stay(self) -> None:
        """Drop what was to follow: the document stays, and so does the program."""
        self._then = None
        self._program.quitting = False

    def leave(self, then: Callable[[], None]) -> None:
        """Do this, which ends the present document; when something is unsaved, ask first."""
        if not self._document.file.unsaved:
            then()
            return
        self._then = then
        words = self.tr("{name} has unsaved changes. Save them?").format(name=self._document.name)
        box = ask(self._window, words, Answer.Save | Answer.Discard | Answer.Cancel)
        box.setDefaultButton(Answer.Save)
        box.finished.connect(self._answer)
        box.open()

    @Slot(int)
    def _answer(self, answer: int) -> None:
        if answer == Answer.Save:
            self._document.pause()
            self.save()
            return
        then = self._then
        if answer == Answer.Discard and then is not None:
            self._then = None
            then()
        else:
            self._stay()

    def folder(self) -> str:
        """Return where a dialog begins: beside the project, or where the last one was."""
        path, recent = self._document.file.path, self._program.settings.settings.recent
        return str(path.parent) if path is not None else str(Path(recent[0]).parent) if recent else ""


def ask(window: QWidget, words: str, buttons: Answer) -> QMessageBox:
    """Return a question to be opened; it goes when it is answered."""
    box = QMessageBox(QMessageBox.Icon.Question, window.windowTitle(), words, buttons, window)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return box


def _save(progress: Progress, request: int, path: Path, project: Project) -> tuple[int, Path, int]:  # noqa: ARG001 - over too soon to tell
    save(path, write_project(project))
    return request, path, checksum(project.snapshot) if project.snapshot is not None else NEVER
