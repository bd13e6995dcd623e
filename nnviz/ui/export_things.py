"""What a window has to be taken away: the canvas, the plots, the weights, each as a picture or as what is left to be done."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QSize

from nnviz.app.progress import Progress
from nnviz.engine.problem import ProblemError, problem
from nnviz.formats.table import to_csv
from nnviz.formats.weights import WEIGHTS
from nnviz.ui import pictures
from nnviz.ui.canvas.pictures import picture as canvas_picture
from nnviz.ui.export_dialog import CANVAS, NETWORK_WEIGHTS, TABLE, Choice
from nnviz.ui.failsafe import OFF, ViewError
from nnviz.ui.pictures import Picture
from nnviz.ui.theme import LIGHT, themed

if TYPE_CHECKING:
    from nnviz.ui.main_window import MainWindow
    from nnviz.ui.plots.base import Plot

Work = Callable[[Progress], bytes]


class Things:
    """What one window shows, by name."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    def titles(self) -> dict[str, str]:
        """Return the words for everything there is, by its name; plots that cannot show the present data are left out."""
        data = self._window.document.data
        plots = {name: plot.title for name, plot in self._window.plots.plots.items() if data is None or plot.fits(data)}
        return {CANVAS: _tr("Network"), **plots, NETWORK_WEIGHTS: _tr("Weights and biases")}

    def size(self, what: str) -> tuple[float, float]:
        """Return how large a picture is in units; nothing for a view that is switched off."""
        if what == CANVAS:
            try:
                return self.picture(what).size
            except ProblemError:
                return 0.0, 0.0
        from nnviz.ui.plots.picture import whole_size

        plot = self._plot(what)
        size = QSize(0, 0) if plot.property(OFF) else whole_size(plot)
        return float(size.width()), float(size.height())

    def picture(self, what: str) -> Picture:
        """Return the canvas or a plot as a picture. Raises ProblemError for a view that is switched off."""
        try:
            if what == CANVAS:
                return canvas_picture(self._window.canvas)
            from nnviz.ui.plots.picture import picture as plot_picture  # pyqtgraph: half a second, after the first picture

            return plot_picture(self._plot(what))
        except ViewError as error:
            raise ProblemError(problem(what, "picture-not-whole", reason=str(error).rstrip("."))) from error

    def on_paper(self, what: str) -> Picture:
        """Return a picture for paper, in the light theme whatever the window's is: paper is white. Raises ProblemError as `picture`."""
        theme, view = self._window.theme, self._window.canvas if what == CANVAS else self._plot(what)
        paper = themed(
            LIGHT, scale=theme.scale, digits=theme.digits, decimal_comma=theme.decimal_comma, reduce_motion=theme.reduce_motion
        )
        view.set_theme(paper)
        try:
            return self.picture(what)
        finally:
            view.set_theme(theme)

    def begun(self, choice: Choice) -> Work:
        """Return what is left to be done in a job, with everything of it taken from the frame of now.

        Raises:
            ProblemError: there is no picture, or it is too large.
        """
        if choice.what == NETWORK_WEIGHTS:
            frame = self._window.document.frame
            assert frame is not None  # the actions wait for the first frame
            return partial(_made, partial(WEIGHTS[choice.suffix.removeprefix(".")], frame.spec, frame.parameters))
        if choice.suffix == TABLE:
            return partial(_made, partial(to_csv, *self._plot(choice.what).table()))
        return pictures.begun(self.picture(choice.what), choice.suffix, choice.scale, choice.transparent)

    def _plot(self, name: str) -> Plot:
        """Return a plot brought up to date: one out of sight, or one that rests, may be behind."""
        plot, frame = self._window.plots.plots[name], self._window.document.frame
        if frame is not None and plot.frame is not frame:
            plot.show_frame(frame)
        return plot


def _made(make: Callable[[], bytes], progress: Progress) -> bytes:
    progress.report(0.0)
    return make()


def _tr(text: str) -> str:
    return QCoreApplication.translate("Exports", text)
