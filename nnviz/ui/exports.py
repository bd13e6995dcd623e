"""Writes what the window shows to files: weights, the canvas, plots."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog, QInputDialog

from nnviz.engine.problem import ProblemError
from nnviz.formats.save import save
from nnviz.formats.table import to_csv
from nnviz.formats.weights import to_npz, to_safetensors
from nnviz.ui.canvas.pictures import png, svg

if TYPE_CHECKING:
    from nnviz.ui.main_window import MainWindow

SCALE = 2.0  # of canvas pictures, for print
SUFFIXES = frozenset({".png", ".csv", ".npz", ".safetensors", ".svg"})
KIND = re.compile(r"\(\*(\.\w+)\)")


def with_suffix(target: Path, kind: str, usual: str) -> Path:
    """Return the file's path with the suffix of the chosen kind, "Table (*.csv)", added unless it ends in a known one.

    Only known ones count, since a person may well call a file "run.2" or "rate 0.01".
    """
    if target.suffix.lower() in SUFFIXES:
        return target
    found = KIND.search(kind)
    return target.with_name(target.name + (found[1] if found else usual))


class Exports(QObject):
    """The Export menu; each entry asks for a file and writes it whole or not at all."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    @Slot()
    def npz(self) -> None:
        """Write the weights to a NumPy file."""
        frame = self._window.document.frame
        if frame is not None:
            self._write("weights.npz", self.tr("NumPy archive (*.npz)"), to_npz(frame.spec, frame.parameters))

    @Slot()
    def safetensors(self) -> None:
        """Write the weights to a safetensors file."""
        frame = self._window.document.frame
        if frame is not None:
            self._write("weights.safetensors", self.tr("safetensors (*.safetensors)"), to_safetensors(frame.spec, frame.parameters))

    @Slot()
    def png(self) -> None:
        """Write the canvas to a PNG file."""
        self._write("network.png", self.tr("PNG picture (*.png)"), png(self._window.canvas, SCALE))

    @Slot()
    def svg(self) -> None:
        """Write the canvas to an SVG file."""
        self._write("network.svg", self.tr("SVG picture (*.svg)"), svg(self._window.canvas))

    @Slot()
    def plot(self) -> None:
        """Write a plot as PNG, or its numbers as CSV, whichever the file's name says."""
        plots = self._window.plots.plots
        titles = {plot.title: name for name, plot in plots.items()}
        title, chosen = QInputDialog.getItem(self._window, self.tr("Export a plot"), self.tr("Plot"), list(titles), 0, False)
        if not chosen:
            return
        name = titles[title]
        target = self._ask(f"{name}.png", self.tr("PNG picture (*.png);;Table of its numbers (*.csv)"))
        if target is not None:
            plot, frame = plots[name], self._window.document.frame
            if frame is not None:
                plot.show_frame(frame)  # a plot out of sight, or one that rests, may be behind
            content = to_csv(*plot.table()) if target.suffix.lower() == ".csv" else plot.png()
            self._save(target, content)

    def _write(self, name: str, kinds: str, content: bytes) -> None:
        target = self._ask(name, kinds)
        if target is not None:
            self._save(target, content)

    def _ask(self, name: str, kinds: str) -> Path | None:
        """Ask for a file; a name that does not say its kind gets the suffix of the kind chosen in the dialog."""
        chosen, kind = QFileDialog.getSaveFileName(self._window, self.tr("Export"), name, kinds)
        return with_suffix(Path(chosen), kind, Path(name).suffix) if chosen else None

    def _save(self, target: Path, content: bytes) -> None:
        try:
            save(target, content)
        except ProblemError as error:
            self._window.banner.show_refusal(error.problems)
        else:
            self._window.statusBar().showMessage(self.tr("Written: {file}").format(file=target), 8000)
