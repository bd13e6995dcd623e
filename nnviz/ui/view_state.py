"""What of a window belongs to its project: zoom, place, selection and the shown sample. And which files are dropped on it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QPointF

from nnviz.formats.view import View
from nnviz.ui.selection import Selection

if TYPE_CHECKING:
    from nnviz.ui.main_window import MainWindow


def view_of(window: MainWindow) -> View:
    """Return how the network is looked at."""
    canvas, frame, navigator = window.canvas, window.document.frame, window.canvas.navigator
    chosen, middle = canvas.selection, canvas.mapToScene(canvas.viewport().rect().center())
    zoom = 0.0 if navigator.fitted else navigator.scale / navigator.full
    row = frame.probe.row if frame is not None else -1
    return View(row, zoom, (middle.x(), middle.y()), chosen.kind, chosen.layer, chosen.neuron, chosen.source)


def show_view(window: MainWindow, view: View) -> None:
    """Show the network as it was looked at; a selection that is not there is none."""
    canvas, chosen = window.canvas, Selection(view.kind, view.layer, view.neuron, view.source)
    if canvas.sheet.exists(chosen):
        canvas.select(chosen)
    if view.zoom:
        canvas.navigator.look(view.zoom, QPointF(*view.center), canvas.bounds)
    else:
        canvas.fit()


def dropped_files(content: QMimeData) -> list[Path]:
    """Return the local files among what is dragged."""
    return [Path(url.toLocalFile()) for url in content.urls() if url.isLocalFile()]
