"""Pictures of a run without a window: the canvas and the plots, drawn offscreen. Loads Qt inside its functions only."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnviz.cli.display import qt_problem
from nnviz.cli.errors import FailedError
from nnviz.data.prepare import Prepared
from nnviz.engine.problem import problem
from nnviz.engine.trainer import Trainer
from nnviz.explain.words import problem_text

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from nnviz.app.frame import Frame
    from nnviz.ui.canvas.canvas import Canvas
    from nnviz.ui.theme import Theme

CANVAS_SIZE = (1200, 800)
PLOT_SIZE = (640, 400)
STAGE_SECONDS = 1.2
PICTURES = (".png", ".svg", ".pdf")
THEMES = ("light", "dark")


@dataclass(frozen=True, slots=True)
class Style:
    """How pictures look: pixels a unit (PNG), without a background, in which theme."""

    scale: float = 2.0
    transparent: bool = False
    theme: str = THEMES[0]

    def of_theme(self) -> Theme:
        """Return the theme; loads Qt."""
        from nnviz.ui.theme import THEMES as known

        return known[self.theme]


PLAIN = Style()


def canvas_picture(trainer: Trainer, data: Prepared, suffix: str, style: Style = PLAIN) -> bytes:
    """Return the canvas as one of `PICTURES`.

    Raises:
        FailedError: Qt cannot be used.
        ProblemError: the picture would be too large.
    """
    with drawn_canvas(trainer, data, style) as canvas:
        from nnviz.app.progress import Progress
        from nnviz.ui.canvas.pictures import picture
        from nnviz.ui.pictures import FILES

        return FILES[suffix](picture(canvas), style.scale, style.transparent, Progress())


def pass_animation(trainer: Trainer, data: Prepared, style: Style = PLAIN) -> bytes:
    """Return one pass of the first sample, stage by stage, as a GIF. Raises FailedError where Qt cannot be used."""
    from nnviz.app.framing import probe_trace
    from nnviz.explain.picture import picture
    from nnviz.explain.stages import stages
    from nnviz.formats.animation import to_gif

    shown, pictures = probe_trace(trainer, data, 0), []
    with drawn_canvas(trainer, data, style) as canvas:
        from nnviz.ui.canvas.pictures import pixels

        for stage in stages(shown):
            canvas.show_pass(picture(shown, stage))
            pictures.append(pixels(canvas))
    return to_gif(pictures, STAGE_SECONDS)


@contextmanager
def drawn_canvas(trainer: Trainer, data: Prepared, style: Style = PLAIN) -> Iterator[Canvas]:
    """Lend a canvas that shows the run; it is gone afterwards. Raises FailedError where Qt cannot be used."""
    application = _application()
    from nnviz.ui.canvas.pictures import build

    canvas = build(trainer.spec, frame_of(trainer, data), data, style.of_theme(), CANVAS_SIZE)
    try:
        yield canvas
    finally:
        canvas.deleteLater()
        _settle(application)


def plot_files(
    trainer: Trainer, data: Prepared, name: str, suffixes: tuple[str, ...], course: Sequence[Frame] = (), style: Style = PLAIN
) -> list[bytes]:
    """Return a plot as `PICTURES` and its numbers as ".csv", in the order asked for.

    Args:
        trainer: the run to show.
        data: what it learns from.
        name: which plot.
        suffixes: in what forms.
        course: frames of the training that led here, for plots that show its course.
        style: how pictures look.

    Raises:
        FailedError: Qt cannot be used, or the plot cannot show these data.
        ProblemError: the picture would be too large.
    """
    application = _application()
    from nnviz.formats.table import to_csv
    from nnviz.ui.plots.table import numbers, render

    known = fitting_plots(trainer, data, course)
    if name not in known:
        raise FailedError(problem("--plot", "plot-not-for-data", name=name, known=", ".join(known)))
    frame, made = frame_of(trainer, data), []
    for suffix in suffixes:
        if suffix == ".csv":
            made.append(to_csv(*numbers(name, frame, data, course)))
        else:
            made.append(render(name, frame, data, style.of_theme(), PLOT_SIZE, style.scale, course, suffix, style.transparent))
        _settle(application)
    return made


def fitting_plots(trainer: Trainer, data: Prepared, course: Sequence[Frame]) -> list[str]:
    """Return the names of the plots that have something to show. Raises FailedError as above."""
    _application()
    from nnviz.ui.plots.table import fitting

    curves = trainer.curves.series
    there = {"loss": "train_loss" in curves, "metric": "train_metric" in curves, "gradients": len(course) > 0}
    return [name for name in fitting(data) if there.get(name, True)]


def _application() -> QApplication:
    """Return the application that runs, or a new one, which draws offscreen."""
    found = qt_problem()
    if found is not None:
        raise FailedError(problem(found.where, "pictures-not-drawn", reason=problem_text(found).why.rstrip(".")))
    from PySide6.QtWidgets import QApplication

    from nnviz.ui.theme import LIGHT, apply, load_fonts

    running = QApplication.instance()
    if isinstance(running, QApplication):
        return running
    os.environ["QT_QPA_PLATFORM"] = "offscreen"  # whatever was chosen for windows: nothing is shown, and Qt aborts where it fails
    application = QApplication(["nnviz"])
    load_fonts()
    apply(application, LIGHT)
    return application


def _settle(application: QApplication) -> None:
    """Let what was deleted go before the next picture and before the end."""
    from PySide6.QtCore import QEvent

    application.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def frame_of(trainer: Trainer, data: Prepared) -> Frame:
    """Return the frame that canvas and plots show, with everything they may want."""
    from nnviz.app.frame import Wanted
    from nnviz.app.framing import make_frame, planes

    return make_frame(trainer, data, planes(data), 0, Wanted(visible=True, maps=True, surface=True, batch_activations=True), 0)
