"""The projects and files that come into a window: new, open, recent, examples, weights, and back to what the file holds.

Files are read in jobs, off the GUI thread. A project takes the place of one that nobody has touched yet, else it gets a
window of its own, so that opening never puts work away.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu, QMessageBox

from nnviz.app.jobs import Progress
from nnviz.app.start import Start, example_start
from nnviz.engine.problem import problem
from nnviz.engine.spec import Spec
from nnviz.formats.examples import names
from nnviz.formats.opening import Weights, open_file
from nnviz.formats.project import Opened, Project
from nnviz.ui.actions import list_in
from nnviz.ui.saving import ask

if TYPE_CHECKING:
    from nnviz.ui.main_window import MainWindow

Answer = QMessageBox.StandardButton


class Projects(QObject):
    """What the File menu opens in its window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window, self._document, self._program = window, window.document, window.program

    @Slot()
    def new(self) -> None:
        """Begin a project with the settings for new ones."""
        self._place(self._program.new_start())

    @Slot()
    def new_window(self) -> None:
        """Begin a project in a window of its own."""
        self._program.open_window(self._program.new_start())

    @Slot()
    def open(self) -> None:
        """Ask for files and open them."""
        kinds = self.tr("All that nnviz opens (*.nnviz *.npz *.safetensors *.json *.csv);;Projects (*.nnviz);;All files (*)")
        found, _ = QFileDialog.getOpenFileNames(self._window, self.tr("Open"), self._window.saving.folder(), kinds)
        self.open_paths([Path(name) for name in found])

    def open_paths(self, paths: list[Path]) -> None:
        """Open files of any kind: projects take a fresh window's place or get one of their own, weights go into the network."""
        for path in paths:
            if not self._program.raise_window_of(path):
                job = self._program.jobs.start(
                    self.tr("Opening {file}").format(file=path.name), _read, (path, self._document.spec), key=f"open {path}"
                )
                job.finished.connect(self._show_opened)
                job.failed.connect(self._window.banner.show_refusal)

    @Slot(object)
    def _show_opened(self, found: tuple[Path, Opened | Weights]) -> None:
        path, content = found
        if isinstance(content, Weights):
            self._take_weights(content, path)
            return
        self._program.settings.remember_recent(str(path))
        self._place(Start(content.project, path.stem, path, content.damaged))

    def _take_weights(self, weights: Weights, path: Path) -> None:
        """Begin the run of the present network anew, from weights out of a file."""
        if weights.spec.network != self._document.spec.network:  # edited while the file was read
            self.open_paths([path])
            return
        file, project = self._document.file, Project(self._document.spec, weights.parameters)
        start = Start(project, self._document.name, file.path, file.damaged, unsaved=True)

        def begin() -> None:
            self._document.open(start)
            self._window.say(self.tr("The run now begins with the weights of {file}").format(file=path.name))

        self._window.saving.leave(begin)

    def open_example(self, name: str) -> None:
        """Show a built-in example here; what is unsaved is asked about, unless its seed gives it again to the last bit."""
        start = example_start(name)
        if self._repeats():
            self._window.show_start(start)
        else:
            self._window.saving.leave(lambda: self._window.show_start(start))

    def _repeats(self) -> bool:
        """Tell whether this is an example as it comes, at most trained: opened and trained again, it gives the same bits."""
        document, frame = self._document, self._document.frame
        made_here = document.undo_stack.count() > 0 or frame is None or frame.hand_stepped or frame.edited_at >= 0
        if made_here or document.file.path is not None or document.name not in names():
            return False
        return document.started is example_start(document.name)

    def _place(self, start: Start) -> None:
        """Show a project here, if there is nothing here yet that anyone made, else in a window of its own."""
        document = self._document
        fresh = document.file.path is None and not document.file.unsaved and document.undo_stack.count() == 0
        if fresh:
            self._window.show_start(start)
        else:
            self._program.open_window(start)

    @Slot(QMenu)
    def fill_recent(self, menu: QMenu) -> None:
        """List the files last used, newest first."""
        entries = []
        for name in self._program.settings.settings.recent:
            entry = QAction(Path(name).name.replace("&", "&&"), menu)
            entry.setData(name)
            entry.setStatusTip(name)
            entry.triggered.connect(self._open_recent)
            entries.append(entry)
        list_in(menu, entries)

    @Slot()
    def _open_recent(self) -> None:
        entry = self.sender()
        if isinstance(entry, QAction):
            self.open_paths([Path(str(entry.data()))])

    @Slot()
    def clear_recent(self) -> None:
        """Forget which files were used."""
        self._program.settings.forget_recent()

    @Slot()
    def revert(self) -> None:
        """Read the file again; what was done since is gone, so that is asked first."""
        path = self._document.file.path
        if path is None:
            return
        words = self.tr("Go back to what {file} holds? Edits and training since the last save are lost.").format(file=path.name)
        box = ask(self._window, words, Answer.Discard | Answer.Cancel)
        box.finished.connect(self._revert)
        box.open()

    @Slot(int)
    def _revert(self, answer: int) -> None:
        path = self._document.file.path
        if answer == Answer.Discard and path is not None:
            job = self._program.jobs.start(self.tr("Reading {file}").format(file=path.name), _read, (path, self._document.spec))
            job.finished.connect(self._show_reverted)
            job.failed.connect(self._window.banner.show_refusal)

    @Slot(object)
    def _show_reverted(self, found: tuple[Path, Opened | Weights]) -> None:
        path, content = found
        if not isinstance(content, Opened):
            self._window.banner.show_refusal((problem(str(path), "not-a-project"),))
        else:
            self._window.show_start(Start(content.project, path.stem, path, content.damaged))

    @Slot()
    def close_window(self) -> None:
        """Close this window."""
        self._window.close()

    @Slot()
    def quit(self) -> None:
        """Close all windows; each asks for itself."""
        self._program.quit()


def _read(progress: Progress, path: Path, spec: Spec) -> tuple[Path, Opened | Weights]:  # noqa: ARG001 - reading cannot tell how far it is
    return path, open_file(path, spec)
