"""Saves the project of one window, and asks before something unsaved goes.

The worker hands over the run as it stands, a job writes it; only a verified file counts as saved. What follows a question
or a save (closing the window, opening something else) is done when the answer, or the file, is there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from nnviz.app.document import RunState
from nnviz.app.jobs import Progress
from nnviz.app.project_file import NEVER
from nnviz.engine.problem import Problem, problem
from nnviz.engine.snapshot import checksum
from nnviz.formats.project import Project, write_project
from nnviz.formats.save import save
from nnviz.formats.view import View
from nnviz.ui.view_state import view_of

if TYPE_CHECKING:
    from nnviz.ui.main_window import MainWindow

SUFFIX = ".nnviz"
Then = Callable[[], None]
Answer = QMessageBox.StandardButton


class Saving(QObject):
    """What the File menu saves of its window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window, self._document, self._program = window, window.document, window.program
        self._leaving: Then | None = None  # what the question on the screen is about
        self._taking: dict[int, tuple[Path, View]] = {}
        self._follows: dict[int, Then] = {}  # what to do once a save has ended well, by its request
        self._document.file.taken.connect(self._write)

    @Slot()
    def save(self) -> None:
        """Save to the project's file; without one, or where it was damaged, ask for one."""
        self._save(None)

    @Slot()
    def save_as(self) -> None:
        """Ask for a file and save to it."""
        self._save_as(None)

    def _save(self, then: Then | None) -> None:
        path = self._document.file.path
        if path is None or self._document.file.damaged:
            self._save_as(then)
            return
        words = self.tr("Another program has changed {file} since. Replace it?")
        if not self._document.file.changed_on_disk() or self._may_replace(words, path):
            self._begin(path, then)
        else:
            self._stay()

    def _save_as(self, then: Then | None) -> None:
        usual = str(Path(self.folder()) / f"{self._document.name or self.tr('network')}{SUFFIX}")
        name, _ = QFileDialog.getSaveFileName(self._window, self.tr("Save as"), usual, self.tr("Projects (*.nnviz)"))
        path = Path(name)
        if name and path.suffix != SUFFIX:
            path = path.with_name(path.name + SUFFIX)  # a name that the dialog has not asked about
            if path.exists() and not self._may_replace(self.tr("{file} is there already. Replace it?"), path):
                name = ""
        if name:
            self._begin(path, then)
        else:
            self._stay()

    def _may_replace(self, words: str, path: Path) -> bool:
        return QMessageBox.question(self._window, self.tr("Save"), words.format(file=path.name)) is Answer.Yes

    def _begin(self, path: Path, then: Then | None) -> None:
        other = self._program.window_of(path)
        if other is not None and other is not self._window:
            self._show_not_saved((problem(str(path), "save-open-elsewhere"),))
            return
        request = self._document.file.take()
        self._taking[request] = path, view_of(self._window)
        if then is not None:
            self._follows[request] = then

    @Slot(int, object)
    def _write(self, request: int, project: Project) -> None:
        """Write what the worker handed over; only a verified file counts as saved."""
        if request not in self._taking:  # somebody else's
            return
        path, view = self._taking.pop(request)
        if not self._document.file.is_whole(request, project):
            self._show_not_saved((problem(str(path), "save-edit-missing"),))
            return
        title, work = self.tr("Saving {file}").format(file=path.name), (request, path, replace(project, view=view))
        follows = dict(self._follows)
        job = self._program.jobs.start(title, _write_project, work, key=f"save {path}")
        self._follows = follows  # forgotten with an older save of this file, which this one has just cancelled
        job.finished.connect(self._show_saved)
        job.failed.connect(self._show_not_saved)
        job.cancelled.connect(self._stay)

    @Slot(object)
    def _show_saved(self, found: tuple[int, Path, int]) -> None:
        request, path, checksum = found
        self._document.file.mark_saved(request, path, checksum)
        self._window.banner.withdraw_offers()
        self._program.settings.remember_recent(str(path))
        self._window.say(self.tr("Saved: {file}").format(file=path))
        then = self._follows.pop(request, None)
        if then is None:
            return
        if self._document.state is not RunState.TRAINING and self._document.undo_stack.isClean():
            then()  # whatever the last frame on its way says: the run stands, and nothing was edited
        else:
            self.leave(then)

    @Slot(object)
    def _show_not_saved(self, problems: tuple[Problem, ...]) -> None:
        self._stay()
        self._window.banner.offer_elsewhere(problems, self.save_as)

    def show_damage(self, damaged: tuple[Problem, ...]) -> None:
        """Say what of the file could not be read; the rest is shown, and saved under another name only."""
        if damaged:
            self._window.banner.offer_elsewhere(damaged, self.save_as)

    @Slot()
    def _stay(self) -> None:
        """Drop what was to follow: the document stays, and so does the program."""
        self._follows.clear()
        self._program.quitting = False

    def leave(self, then: Then) -> None:
        """Do this, which ends the present document; when something is unsaved, ask first, one question at a time."""
        if not self._document.file.unsaved:
            then()
        elif self._leaving is None:
            self._leaving = then
            words = self.tr("{name} has unsaved changes. Save them?").format(name=self._document.name)
            box = ask(self._window, words, Answer.Save | Answer.Discard | Answer.Cancel)
            box.setDefaultButton(Answer.Save)
            box.finished.connect(self._answer)
            box.open()

    @Slot(int)
    def _answer(self, answer: int) -> None:
        then, self._leaving = self._leaving, None
        if answer == Answer.Save:
            self._document.pause()
            self._save(then)
        elif answer == Answer.Discard and then is not None:
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


def _write_project(progress: Progress, request: int, path: Path, project: Project) -> tuple[int, Path, int]:  # noqa: ARG001 - over too soon to tell
    save(path, write_project(project))
    return request, path, checksum(project.snapshot) if project.snapshot is not None else NEVER
