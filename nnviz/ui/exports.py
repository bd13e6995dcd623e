"""The Export menu and its dialog: takes away what the window shows.

All of one export is of one frame, the one shown when the file has been chosen. Painting, packing and writing happen in
a job, which makes way for the window.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from nnviz.app.progress import Progress
from nnviz.engine.problem import Problem, ProblemError
from nnviz.formats.save import save
from nnviz.ui import pictures
from nnviz.ui.export_dialog import CANVAS, NETWORK_WEIGHTS, Choice, ExportDialog, offered
from nnviz.ui.export_files import ask_for_file
from nnviz.ui.export_things import Things, Work
from nnviz.ui.pictures import Picture

if TYPE_CHECKING:
    from nnviz.ui.main_window import MainWindow



class Exports(QObject):
    """The Export menu and its dialog; a file is written whole or not at all."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window, self._things = window, Things(window)
        self._choice = Choice()
        self._folder = ""
        self._dialog: ExportDialog | None = None

    # -- what the menu offers -----------------------------------------------------------------------------------

    @Slot()
    def dialog(self) -> None:
        """Ask what is to be taken away, and how."""
        made = ExportDialog(self._things.titles, self._things.size, self._choice, self._window)
        made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        made.changed.connect(self._remember)
        made.chosen.connect(self._export)
        made.copied.connect(self._copy)
        made.printed.connect(self._print)
        made.finished.connect(self._forget_dialog)
        self._dialog = made
        made.open()

    @Slot()
    def plot(self) -> None:
        """Ask how a plot is to be taken away."""
        names = list(self._window.plots.plots)
        if names:
            self.export_plot(self._choice.what if self._choice.what in names else names[0])

    def export_plot(self, name: str) -> None:
        """Ask how this plot is to be taken away."""
        self._choice = replace(self._choice, what=name)
        self.dialog()

    @Slot()
    def png(self) -> None:
        """Write the canvas to a PNG file."""
        self._export(replace(self._choice, what=CANVAS, suffix=".png"))

    @Slot()
    def svg(self) -> None:
        """Write the canvas to an SVG file."""
        self._export(replace(self._choice, what=CANVAS, suffix=".svg"))

    @Slot()
    def pdf(self) -> None:
        """Write the canvas to a PDF file."""
        self._export(replace(self._choice, what=CANVAS, suffix=".pdf"))

    @Slot()
    def npz(self) -> None:
        """Write the weights to a NumPy file."""
        self._export(Choice(NETWORK_WEIGHTS, ".npz"))

    @Slot()
    def safetensors(self) -> None:
        """Write the weights to a safetensors file."""
        self._export(Choice(NETWORK_WEIGHTS, ".safetensors"))

    @Slot()
    def weights_json(self) -> None:
        """Write the weights to a JSON file."""
        self._export(Choice(NETWORK_WEIGHTS, ".json"))

    @Slot()
    def weights_csv(self) -> None:
        """Write the weights to a CSV file."""
        self._export(Choice(NETWORK_WEIGHTS, ".csv"))

    @Slot()
    def copy_canvas(self) -> None:
        """Put the picture of the canvas on the clipboard."""
        self._copy(replace(self._choice, what=CANVAS))

    def copy_plot(self, name: str) -> None:
        """Put the picture of this plot on the clipboard."""
        self._copy(replace(self._choice, what=name))

    @Slot()
    def print_preview(self) -> None:
        """Show the canvas on paper."""
        self._print(replace(self._choice, what=CANVAS))

    # -- the dialog ---------------------------------------------------------------------------------------------

    @Slot(object)
    def _remember(self, choice: Choice) -> None:
        self._choice = choice

    @Slot()
    def _forget_dialog(self) -> None:
        self._dialog = None

    def _end_dialog(self) -> None:
        if self._dialog is not None:
            self._dialog.accept()

    # -- doing --------------------------------------------------------------------------------------------------

    @Slot(object)
    def _export(self, choice: Choice) -> None:
        """Ask for a file and write it in a job; its name decides what kind it is."""
        target = ask_for_file(self._window, offered(choice), self._folder)
        if target is None:
            return
        self._end_dialog()
        self._folder = str(target.parent)
        try:
            work = self._things.begun(replace(choice, suffix=target.suffix.lower()))
        except ProblemError as error:
            self._window.banner.show_refusal(error.problems)
            return
        title = self.tr("Exporting {file}").format(file=target.name)
        job = self._window.program.jobs.start(title, _write, (target, work), key=f"export {target}")
        job.finished.connect(self._say_written)
        job.failed.connect(self._offer_elsewhere)

    @Slot(object)
    def _copy(self, choice: Choice) -> None:
        """Put a picture on the clipboard, as pixels, PNG and SVG."""
        self._end_dialog()
        try:
            picture = self._things.picture(choice.what)
            works = [pictures.begun(picture, suffix, choice.scale, choice.transparent) for suffix in (".png", ".svg")]
        except ProblemError as error:
            self._window.banner.show_refusal(error.problems)
            return
        job = self._window.program.jobs.start(self.tr("Copying"), _all_of, (picture, works), key="copy")
        job.finished.connect(self._put_on_clipboard)
        job.failed.connect(self._window.banner.show_refusal)

    @Slot(object)
    def _put_on_clipboard(self, made: tuple[Picture, QImage, bytes, bytes]) -> None:
        QApplication.clipboard().setMimeData(pictures.clipping(*made))
        self._window.say(self.tr("Copied: {what}").format(what=made[0].title))

    @Slot(object)
    def _print(self, choice: Choice) -> None:
        """Show a picture on paper."""
        from nnviz.ui.printing import Preview

        self._end_dialog()
        try:
            Preview(self._things.on_paper(choice.what), self._window).open()
        except ProblemError as error:
            self._window.banner.show_refusal(error.problems)

    @Slot(object)
    def _say_written(self, target: Path) -> None:
        self._window.say(self.tr("Written: {file}").format(file=target))

    @Slot(object)
    def _offer_elsewhere(self, problems: tuple[Problem, ...]) -> None:
        """Say why nothing was written, and offer another place."""
        self._window.banner.offer_elsewhere(problems, self.dialog)


def _write(progress: Progress, target: Path, work: Work) -> Path:
    content = work(progress)
    progress.report(1.0)
    save(target, content)
    return target


def _all_of(progress: Progress, picture: Picture, works: list[Work]) -> tuple[Picture, QImage, bytes, bytes]:
    drawn, shapes = (work(progress) for work in works)
    return picture, QImage.fromData(drawn), drawn, shapes

